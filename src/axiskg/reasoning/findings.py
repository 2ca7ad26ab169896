"""What one run of the rules found, with names for people and places in the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from axiskg.namespaces import AXIS, ENT
from axiskg.reasoning.actors import Directory
from axiskg.reasoning.citations import citations
from axiskg.reasoning.engine import Head, Run
from axiskg.reasoning.lookup import rows
from axiskg.reasoning.roles import Role, role_weights
from axiskg.reasoning.values import Citation, short
from axiskg.store.protocol import Store

__all__ = ["ASSUMED", "Findings"]

ASSUMED: Final = "urn:axiskg:assumed:"
"""How the names begin under which proofs cite what a what-if adds."""


@dataclass(frozen=True)
class _Table:
    """The facts of one property, by both ends."""

    confidence: dict[tuple[str, str], float]
    stated: set[tuple[str, str]]
    by_subject: dict[str, list[str]]
    by_object: dict[str, list[str]]


@dataclass(frozen=True)
class Findings:
    """A run, read by local names of properties and IRIs of entities.

    A property's facts are read whole at the first question about it: questions about all pairs of
    actors ask thousands of times.
    """

    store: Store
    queries_dir: Path
    directory: Directory
    run: Run
    _tables: dict[str, _Table] = field(default_factory=dict, compare=False)
    _said: dict[str, dict[tuple[str, str], tuple[str, ...]]] = field(
        default_factory=dict, compare=False
    )
    _narrower: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict, compare=False)
    _cited: dict[str, Citation] = field(default_factory=dict, compare=False)
    _stated: dict[tuple[str, str, str], tuple[str, ...]] = field(
        default_factory=dict, compare=False
    )

    def _table(self, name: str) -> _Table:
        table = self._tables.get(name)
        if table is None:
            table = _Table({}, set(), defaultdict(list), defaultdict(list))
            for fact in self.run.facts(AXIS + name):
                table.confidence[fact.s, fact.o] = round(fact.confidence, 4)
                if fact.asserted:
                    table.stated.add((fact.s, fact.o))
                table.by_subject[fact.s].append(fact.o)
                table.by_object[fact.o].append(fact.s)
            self._tables[name] = table
        return table

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """All (subject, object) of a property, sorted."""
        return sorted(self._table(name).confidence)

    def objects(self, subject: str, name: str) -> list[str]:
        """The objects of a subject, sorted."""
        return sorted(self._table(name).by_subject.get(subject, ()))

    def subjects(self, name: str, object_: str) -> list[str]:
        """The subjects of an object, sorted."""
        return sorted(self._table(name).by_object.get(object_, ()))

    def holds(self, subject: str, name: str, object_: str) -> bool:
        """Whether the triple is stated or inferred in this run."""
        return (subject, object_) in self._table(name).confidence

    def is_stated(self, subject: str, name: str, object_: str) -> bool:
        """Whether a statement or a description says the triple itself."""
        return (subject, object_) in self._table(name).stated

    def confidence(self, subject: str, name: str, object_: str) -> float:
        """The confidence of a triple that holds, 0.0 of one that does not."""
        return self._table(name).confidence.get((subject, object_), 0.0)

    @cached_property
    def symmetric(self) -> frozenset[str]:
        """The IRIs of the symmetric properties."""
        found = rows(self.store, self.queries_dir, "symmetric-properties")
        return frozenset(
            row["property"].value for row in found if isinstance(row["property"], NamedNode)
        )

    def heads(self, nodes: Iterable[str]) -> list[Head]:
        """The statements whose head names one of the nodes, whatever their standing.

        All in short names but the statement itself.
        """
        iris = [node if ":" in node else ENT + node for node in sorted(nodes)]
        return [Head(head.statement, *map(short, head[1:])) for head in self.run.heads(iris)]

    def narrower(self, properties: tuple[str, ...]) -> frozenset[str]:
        """These properties and their sub-properties, by local name."""
        if properties not in self._narrower:
            wanted = [NamedNode(AXIS + name) for name in properties]
            found = rows(self.store, self.queries_dir, "sub-properties", family=wanted)
            self._narrower[properties] = frozenset(
                short(row["property"].value)
                for row in found
                if isinstance(row["property"], NamedNode)
            )
        return self._narrower[properties]

    @cached_property
    def _roles(self) -> tuple[Role, ...]:
        return role_weights(self.store, self.queries_dir)

    def roles_of(self, actor: str) -> dict[str, Role]:
        """The heaviest role that an actor has in each institution."""
        found: dict[str, Role] = {}
        for role in self._roles:
            for institution in self.objects(actor, role.property):
                found.setdefault(institution, role)
        return found

    def label(self, iri: str) -> str:
        """What people call an entity."""
        return self.directory.label(iri)

    def statements(self, subject: str, name: str, object_: str) -> tuple[str, ...]:
        """The statements that a triple rests on: its own, else those at the leaves of its proof."""
        triple = (subject, AXIS + name, object_)
        if triple not in self._stated:
            held = self.holds(subject, name, object_)
            self._stated[triple] = self._rests_on(triple) if held else ()
        return self._stated[triple]

    def _rests_on(self, triple: tuple[str, str, str]) -> tuple[str, ...]:
        subject, property_, object_ = triple
        if property_ not in self._said:
            self._said[property_] = self.run.stated(property_)
        own = self._said[property_].get((subject, object_))
        if own:
            return own
        return tuple(sorted(self.run.proof(*triple).statements))

    def cite(self, statements: Iterable[str]) -> tuple[Citation, ...]:
        """The statements with their places, in the order of the text; assumptions have none."""
        wanted = {iri for iri in statements if not iri.startswith(ASSUMED)}
        missing = wanted - self._cited.keys()
        if missing:
            self._cited.update(citations(self.store, self.queries_dir, missing))
        found = [self._cited[iri] for iri in wanted if iri in self._cited]
        found.sort(key=lambda c: (c.paragraph or 0, c.sentence or 0, c.statement))
        return tuple(found)
