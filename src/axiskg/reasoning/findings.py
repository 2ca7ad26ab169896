"""What one run of the rules found, with names for people and places in the text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import compress
from pathlib import Path
from typing import Final, NamedTuple

from pyoxigraph import NamedNode

from axiskg.namespaces import AXIS, ENT, PREFIXES
from axiskg.reasoning.actors import Directory
from axiskg.reasoning.citations import citations
from axiskg.reasoning.lookup import rows
from axiskg.reasoning.roles import Role, role_weights
from axiskg.reasoning.run import Extension, Head, Run
from axiskg.reasoning.terms import lexical
from axiskg.reasoning.values import Citation, short
from axiskg.store.protocol import Store

__all__ = ["ASSUMED", "Findings", "Place"]

ASSUMED: Final = "urn:axiskg:assumed:"
"""How the names begin under which proofs cite what a what-if adds."""

Triple = tuple[str, str, str]
_NOTHING: Final[Sequence[str]] = ()


class Place(NamedTuple):
    """A statement's place in the order of the text, and between which days it may hold."""

    paragraph: int
    sentence: int
    statement: str
    begins: date | None
    ends: date | None


class _Table:
    """The facts of one property, by both ends; all in order."""

    def __init__(self, found: Extension) -> None:
        rounded = {confidence: round(confidence, 4) for confidence in set(found.confidence)}
        self._pairs = list(zip(found.subjects, found.objects, strict=True))
        self._asserted = found.asserted
        self.confidence = dict(
            zip(self._pairs, map(rounded.__getitem__, found.confidence), strict=True)
        )

    @cached_property
    def stated(self) -> frozenset[tuple[str, str]]:
        return frozenset(compress(self._pairs, self._asserted))

    @cached_property
    def by_subject(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for s, o in self._pairs:
            found[s].append(o)
        return found

    @cached_property
    def by_object(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for s, o in self._pairs:
            found[o].append(s)
        return found


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
    _narrower: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict, compare=False)
    _cited: dict[str, Citation] = field(default_factory=dict, compare=False)
    _stated: dict[Triple, tuple[str, ...]] = field(default_factory=dict, compare=False)
    _held: dict[str, dict[str, Role]] = field(default_factory=dict, compare=False)

    def _table(self, name: str) -> _Table:
        table = self._tables.get(name)
        if table is None:
            table = _Table(self.run.extension(AXIS + name))
            self._tables[name] = table
        return table

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """All (subject, object) of a property, sorted."""
        return list(self._table(name).confidence)

    def objects(self, subject: str, name: str) -> Sequence[str]:
        """The objects of a subject, sorted."""
        return self._table(name).by_subject.get(subject, _NOTHING)

    def subjects(self, name: str, object_: str) -> Sequence[str]:
        """The subjects of an object, sorted."""
        return self._table(name).by_object.get(object_, _NOTHING)

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
        found = self._held.get(actor)
        if found is None:
            found = {}
            for role in self._roles:
                for institution in self.objects(actor, role.property):
                    found.setdefault(institution, role)
            self._held[actor] = found
        return found

    def label(self, iri: str) -> str:
        """What people call an entity."""
        return self.directory.label(iri)

    def statements(self, subject: str, name: str, object_: str) -> tuple[str, ...]:
        """The statements that a triple rests on: its own, else those at the leaves of its proof."""
        triple = (subject, name, object_)
        return self.statements_of([triple])[triple]

    def statements_of(self, triples: Iterable[Triple]) -> dict[Triple, tuple[str, ...]]:
        """The same for many triples, by subject, local name and object."""
        wanted = dict.fromkeys(triples)
        missing = {
            (s, AXIS + name, o): (s, name, o)
            for s, name, o in wanted
            if (s, name, o) not in self._stated
        }
        held = [fact for fact, triple in missing.items() if self.holds(*triple)]
        said = self.run.statements(held) if held else {}
        for fact, triple in missing.items():
            own = said.get(fact)
            if own is None:
                self._stated[triple] = ()
            else:
                self._stated[triple] = own or tuple(sorted(self.run.proof(*fact).statements))
        return {triple: self._stated[triple] for triple in wanted}

    def places(self, statements: Iterable[str]) -> dict[str, Place]:
        """The place of each statement, without the rest of its citation; assumptions have none."""
        wanted = {iri for iri in statements if not iri.startswith(ASSUMED)}
        recorded = self.run.recorded(wanted, [*_NUMBERS, *_DAYS])
        found = {}
        for statement, about in recorded.items():
            first = {name: min(map(lexical, texts)) for name, texts in about.items()}
            paragraph, sentence = (int(first.get(name, 0)) for name in _NUMBERS)
            begins, ends = (_day(first.get(name)) for name in _DAYS)
            found[statement] = Place(paragraph, sentence, statement, begins, ends)
        return found

    def cite(self, statements: Iterable[str]) -> tuple[Citation, ...]:
        """The statements with their places, in the order of the text; assumptions have none."""
        wanted = {iri for iri in statements if not iri.startswith(ASSUMED)}
        missing = wanted - self._cited.keys()
        if missing:
            self._cited.update(citations(self.store, self.queries_dir, missing))
        found = [self._cited[iri] for iri in wanted if iri in self._cited]
        found.sort(key=lambda c: (c.paragraph or 0, c.sentence or 0, c.statement))
        return tuple(found)


_NUMBERS: Final = (AXIS + "paragraph", AXIS + "sentence")
_DAYS: Final = tuple(
    PREFIXES["sem"] + name for name in ("hasEarliestBeginTimeStamp", "hasLatestEndTimeStamp")
)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text[:10])
