"""The article's encoding as read for the competency tests: statements found by content."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from axiskg.namespaces import ENTITIES_GRAPH, PROVENANCE_GRAPH, curie, expand, prologue

ROOT = Path(__file__).parents[2]
SLUG = "fp-2023-china-russia-axis"
TRIG = ROOT / "data" / "triples" / f"{SLUG}.trig"
SHEET = ROOT / "data" / "statements" / f"{SLUG}.yaml"
SOURCE = ROOT / "data" / "sources" / f"{SLUG}.ttl"


def iri(name: str) -> ox.NamedNode:
    """The IRI of `p11.c`, `china`, `axis:Fact`; kebab-case words are entities."""
    if name.startswith("p") and name[1:2].isdecimal():
        return ox.NamedNode(expand(f"st:{SLUG}/{name}"))
    return ox.NamedNode(expand(name if ":" in name else f"ent:{name}"))


def short(term: ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple) -> str:
    """`p11.c`, `china`, `Fact`, or the text of a literal."""
    if isinstance(term, ox.NamedNode):
        name = curie(term.value)
        for prefix in (f"st:{SLUG}/", "ent:", "axis:"):
            name = name.removeprefix(prefix)
        return name
    return str(term) if isinstance(term, ox.Triple) else term.value


@dataclass(frozen=True)
class Encoded:
    """The quads of the encoding, of its source and of the ontology, in memory."""

    store: ox.Store

    @classmethod
    def load(cls) -> Encoded:
        store = ox.Store()
        store.load(path=str(TRIG), format=ox.RdfFormat.TRIG)
        provenance = ox.NamedNode(PROVENANCE_GRAPH)
        store.load(path=str(SOURCE), format=ox.RdfFormat.TURTLE, to_graph=provenance)
        return cls(store)

    def rows(self, query: str) -> list[tuple[str, ...]]:
        """The rows of a SELECT, as short names, in order of their text."""
        solutions = self.store.query(prologue() + query)
        assert isinstance(solutions, ox.QuerySolutions)
        return sorted(tuple("" if t is None else short(t) for t in row) for row in solutions)

    def field(self, statement: str, name: str) -> set[str]:
        """The values of a property of a statement, in the provenance graph."""
        quads = self.store.quads_for_pattern(
            iri(statement), iri(f"axis:{name}"), None, ox.NamedNode(PROVENANCE_GRAPH)
        )
        return {short(quad.object) for quad in quads}

    def one(self, statement: str, name: str) -> str:
        """The only value of a property of a statement."""
        values = self.field(statement, name)
        assert len(values) == 1, (statement, name, values)
        return values.pop()

    def described(self, entity: str, name: str) -> set[str]:
        """The values of a property in the description of an entity."""
        predicate = iri("rdf:type" if name == "a" else f"axis:{name}")
        quads = self.store.quads_for_pattern(
            iri(entity), predicate, None, ox.NamedNode(ENTITIES_GRAPH)
        )
        return {short(quad.object) for quad in quads}

    def statements(self) -> list[str]:
        """The names of all statements, in order of their text."""
        return [
            row[0] for row in self.rows("SELECT ?s { GRAPH g:provenance { ?s a axis:Statement } }")
        ]

    def content(self, statement: str) -> set[tuple[str, str, str]]:
        """The triples of a statement, as short names."""
        quads = self.store.quads_for_pattern(None, None, None, iri(statement))
        return {(short(q.subject), short(q.predicate), short(q.object)) for q in quads}

    def saying(
        self, subject: str | None, predicate: str, obj: str | None, **fields: str
    ) -> list[str]:
        """The statements with such a triple in their content and all these fields."""
        return sorted(self._saying(subject, predicate, obj, fields))

    def _saying(
        self, subject: str | None, predicate: str, obj: str | None, fields: dict[str, str]
    ) -> Iterator[str]:
        property_ = iri("rdf:type" if predicate == "a" else f"axis:{predicate}")
        quads = self.store.quads_for_pattern(
            iri(subject) if subject else None, property_, None, None
        )
        for quad in quads:
            if obj is not None and short(quad.object) != obj:
                continue
            name = short(quad.graph_name) if isinstance(quad.graph_name, ox.NamedNode) else ""
            if not name.startswith("p") or not name[1:2].isdecimal():
                continue
            if all(self.field(name, key) == {value} for key, value in fields.items()):
                yield name
