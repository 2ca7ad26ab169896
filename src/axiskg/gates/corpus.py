"""What the gates look at: the ontology and the quads of the encoded files, each with its file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

import rdflib
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)
from rdflib import Graph
from rdflib.term import Node

from axiskg.errors import NotFoundError, ParseError
from axiskg.namespaces import (
    AXIS,
    ENTITIES_GRAPH,
    ONTOLOGY_GRAPH,
    PREFIXES,
    PROVENANCE_GRAPH,
    ST,
    curie,
)
from axiskg.ontology import Ontology
from axiskg.store import Term

__all__ = ["Corpus", "n_triples", "rdflib_graph", "read_corpus"]

_STANDING = NamedNode(AXIS + "standing")
_ACCEPTED = NamedNode(AXIS + "Accepted")
_FORMATS = {".trig": RdfFormat.TRIG, ".nq": RdfFormat.N_QUADS, ".ttl": RdfFormat.TURTLE}


@dataclass(frozen=True)
class Corpus:
    """The ontology, and the quads of the files under check; `origin` has a file a quad."""

    ontology: Ontology
    origin: dict[Quad, Path]
    home: Path

    @property
    def quads(self) -> Iterable[Quad]:
        """All quads of the files, without the ontology."""
        return self.origin.keys()

    @cached_property
    def accepted(self) -> frozenset[NamedNode]:
        """The statements whose stored standing is accepted."""
        return frozenset(
            q.subject
            for q in self.quads
            if q.predicate == _STANDING
            and q.object == _ACCEPTED
            and isinstance(q.subject, NamedNode)
        )

    @cached_property
    def plain(self) -> dict[Triple, Quad]:
        """Triples of descriptions and of accepted statements, each with a quad that has it."""
        entities = NamedNode(ENTITIES_GRAPH)
        return {
            q.triple: q
            for q in self.quads
            if q.graph_name == entities or q.graph_name in self.accepted
        }

    @cached_property
    def statements(self) -> frozenset[str]:
        """The IRIs of statement graphs."""
        return frozenset(
            q.graph_name.value
            for q in self.quads
            if isinstance(q.graph_name, NamedNode) and q.graph_name.value.startswith(ST)
        )

    @cached_property
    def files(self) -> tuple[Path, ...]:
        """The files that were read, sorted."""
        return tuple(sorted(set(self.origin.values())))

    @cached_property
    def dataset(self) -> list[Quad]:
        """All quads, with the ontology in its graph."""
        ontology = NamedNode(ONTOLOGY_GRAPH)
        return [
            *self.quads,
            *(Quad(t.subject, t.predicate, t.object, ontology) for t in self.ontology.triples),
        ]

    def shown(self, path: Path) -> str:
        """A path as it is shown: below the project's folder where it lies there."""
        return str(path.relative_to(self.home)) if path.is_relative_to(self.home) else str(path)

    def place_of(self, iri: str) -> str:
        """`file:line` where a statement, scenario or entity is first written.

        The line is left out when the file doesn't spell the name out; with no file at all the
        ontology's header stands in.
        """
        path = self._file_of.get(iri)
        if path is None:
            return self.term_place(iri)
        return self._found(path, iri) or self.shown(path)

    def term_place(self, iri: str) -> str:
        """`file:line` where a term of the ontology is described, or the ontology's header."""
        places = (self._found(path, iri) for path in self.ontology.files)
        return next(filter(None, places), self.shown(self.ontology.files[0]))

    def _found(self, path: Path, iri: str) -> str | None:
        begins = _beginnings(iri)
        lines = self._lines(path)
        whole = (n for n, line in enumerate(lines, 1) if (line.strip() + " ").startswith(begins))
        number = next(whole, None)
        return f"{self.shown(path)}:{number}" if number else None

    @cached_property
    def _file_of(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for quad, path in self.origin.items():
            for node in (quad.graph_name, quad.subject):
                if isinstance(node, NamedNode):
                    found.setdefault(node.value, path)
        return found

    @cached_property
    def _text(self) -> dict[Path, tuple[str, ...]]:
        return {}

    def _lines(self, path: Path) -> tuple[str, ...]:
        if path not in self._text:
            self._text[path] = tuple(path.read_text(encoding="utf-8").splitlines())
        return self._text[path]


def _beginnings(iri: str) -> tuple[str, ...]:
    """How a line begins that is about `iri`, in the forms that writers of TriG use."""
    short = curie(iri)
    names = (f"<{iri}>", short, short.replace("/", "\\/"), ":" + iri.rpartition("/")[2])
    return tuple(f"{name} " for name in names)


def read_corpus(ontology: Ontology, paths: Iterable[Path], *, home: Path) -> Corpus:
    """The corpus of `paths`: TriG, N-Quads or Turtle; Turtle is read into the provenance graph.

    Raises `NotFoundError` for a path that isn't there, `ParseError` with the line.
    """
    origin: dict[Quad, Path] = {}
    provenance = NamedNode(PROVENANCE_GRAPH)
    for path in paths:
        if path.suffix not in _FORMATS:
            raise ParseError(f"expected one of {', '.join(_FORMATS)}", path=path)
        if not path.is_file():
            raise NotFoundError(f"{path}: no such file")
        try:
            for quad in parse(path.read_bytes(), format=_FORMATS[path.suffix]):
                named = quad
                if path.suffix == ".ttl" and isinstance(quad.graph_name, DefaultGraph):
                    named = Quad(quad.subject, quad.predicate, quad.object, provenance)
                origin.setdefault(named, path)
        except SyntaxError as error:
            raise ParseError(f"not RDF: {error.msg}", path=path, line=error.lineno) from error
    return Corpus(ontology, origin, home)


def n_triples(triples: Iterable[Triple]) -> bytes:
    """Triples as an N-Triples document."""
    document = BytesIO()
    serialize(triples, document, RdfFormat.N_TRIPLES)
    return document.getvalue()


def rdflib_graph(triples: Iterable[Triple]) -> Graph:
    """Triples as a graph of rdflib, for the tools that work on one; triple terms are left out."""
    graph = Graph()
    terms: dict[Term, Node] = {}
    for triple in triples:
        parts = (triple.subject, triple.predicate, triple.object)
        for part in parts:
            if part not in terms and not isinstance(part, Triple):
                terms[part] = _rdflib_term(part)
        if all(part in terms for part in parts):
            graph.add((terms[parts[0]], terms[parts[1]], terms[parts[2]]))
    return graph


def _rdflib_term(term: NamedNode | BlankNode | Literal) -> Node:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    if term.datatype.value == PREFIXES["xsd"] + "string":
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
