"""What one pass over a sheet shares: its names, and the faults found so far."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from axiskg.authoring.fields import BLOCKS, SLUG
from axiskg.authoring.sheet import Entry, Sheet
from axiskg.encode.vocabulary import Vocabulary
from axiskg.errors import DataError, ProvenanceError, did_you_mean
from axiskg.namespaces import ENT, ST
from axiskg.sources import Source

__all__ = ["Ledger"]


class Ledger:
    """A sheet, its source and its faults, which are reported together at the end.

    `used` collects the slugs of entities that statements use, `references` those that a node's
    description uses. In a draft, some faults are only remarks.
    """

    def __init__(self, sheet: Sheet, source: Source, vocabulary: Vocabulary, draft: bool):
        self.sheet, self.source, self.vocabulary, self.draft = sheet, source, vocabulary, draft
        self.path = sheet.path or Path(f"{sheet.source}.yaml")
        self.nodes = {entry.name: entry for entry in sheet.nodes}
        self.statements = {entry.name: entry for entry in sheet.statements}
        self.scenarios = {entry.name: entry for entry in sheet.scenarios}
        self.references: dict[str, set[str]] = {}
        self.used: set[str] = set()
        self._faults: list[tuple[int, str]] = []
        self._remarks: list[tuple[int, str]] = []

    def fault(self, entry: Entry, message: object, *, draft_may: bool = False) -> None:
        """Note what is wrong with an entry; a remark only in a draft that `draft_may` have it."""
        kept = self._remarks if draft_may and self.draft else self._faults
        kept.append((entry.line, f"{entry.name}: {message}"))

    def remarks(self) -> tuple[str, ...]:
        """The remarks, each with its place. Raises `ProvenanceError` when there are faults."""
        if self._faults:
            (line, first), *others = sorted(self._faults)
            rest = "".join(f"\n{self.path}:{number}: {message}" for number, message in others)
            raise ProvenanceError(first + rest, path=self.path, line=line)
        return tuple(f"{self.path}:{line}: {message}" for line, message in sorted(self._remarks))

    def statement_iri(self, name: str) -> str:
        """The IRI of the statement of that name."""
        return f"{ST}{self.source.slug}/{name}"

    def require_statement(self, name: str) -> None:
        """Raise `DataError` when the sheet has no statement of that name."""
        if name not in self.statements:
            hint = did_you_mean(name, list(self.statements))
            raise DataError(f"there is no statement {name}{hint}")

    def require_node(self, slug: str) -> None:
        """Raise `DataError` when the sheet describes no entity of that slug."""
        if slug not in self.nodes:
            hint = did_you_mean(slug, list(self.nodes)) or "; describe it under nodes:"
            raise DataError(f"unknown node {slug!r}{hint}")

    def entities(self, triples: Iterable[Triple]) -> set[str]:
        """The slugs of the entities in triples. Raises `DataError` for unknown names in them."""
        slugs = set()
        own = self.statement_iri("")
        for triple in triples:
            for term in (triple.subject, triple.object):
                if not isinstance(term, NamedNode):
                    continue
                if term.value.startswith(ENT):
                    slugs.add(term.value.removeprefix(ENT))
                elif term.value.startswith(own):
                    self.require_statement(term.value.removeprefix(own))
        for slug in sorted(slugs):
            self.require_node(slug)
        return slugs

    def check_terms(self, triples: Iterable[Triple], entry: Entry) -> None:
        """Note each term that the ontology lacks; nothing when there is no ontology."""
        for triple in triples if self.vocabulary else ():
            try:
                self.vocabulary.check(triple)
            except DataError as error:
                self.fault(entry, error, draft_may=True)

    def check_values(self, entry: Entry, kind: str) -> None:
        """Raise `DataError` for a name or a value that its key doesn't take."""
        if kind in {"node", "scenario"} and not re.fullmatch(SLUG, entry.name):
            raise DataError(f"{entry.name!r} is no slug; write lower-case words joined by hyphens")
        for key in entry.values:
            spec = BLOCKS[kind].fields[key]
            for value in entry.texts(key):
                if not value.strip():
                    raise DataError(f"{key} is empty; write it or leave it out")
                if spec.choices and value not in spec.choices:
                    hint = did_you_mean(value, spec.choices)
                    raise DataError(f"{key}: {value!r} is none of {', '.join(spec.choices)}{hint}")
                if spec.pattern and not re.fullmatch(spec.pattern, value):
                    raise DataError(f"{key}: {value!r} is malformed; it takes {spec.meaning}")
