"""The ontology's files as one graph, its terms by name, and its version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from axiskg.errors import ConfigError, NotFoundError, ParseError, did_you_mean
from axiskg.namespaces import AXIS, PREFIXES, expand

__all__ = ["MODULES", "Ontology", "OntologyTerm", "ontology_files", "read_ontology", "read_triples"]

MODULES = (
    "actors",
    "relations",
    "institutions",
    "grievances",
    "events",
    "statements",
    "inference",
)
"""The modules, in the order in which `axiskg.ttl` imports them."""

ONTOLOGY_IRI = AXIS.removesuffix("#")

_RDF, _RDFS, _OWL, _SKOS = (PREFIXES[p] for p in ("rdf", "rdfs", "owl", "skos"))
_TYPE = NamedNode(_RDF + "type")
_KINDS = MappingProxyType(
    {
        NamedNode(_OWL + "Class"): "class",
        NamedNode(_OWL + "ObjectProperty"): "object property",
        NamedNode(_OWL + "DatatypeProperty"): "datatype property",
        NamedNode(_OWL + "AnnotationProperty"): "annotation property",
        NamedNode(_SKOS + "ConceptScheme"): "concept scheme",
        NamedNode(_SKOS + "Concept"): "concept",
        NamedNode(AXIS + "ConfidenceTable"): "confidence table",
    }
)


@dataclass(frozen=True, slots=True)
class OntologyTerm:
    """One term of the `axis:` namespace, as the modules describe it."""

    iri: str
    kind: str
    label: str
    definition: str
    example: str
    parents: tuple[str, ...]
    domain: str | None
    range: str | None
    module: str

    @property
    def name(self) -> str:
        """The local name, as authors type it."""
        return self.iri.removeprefix(AXIS)


@dataclass(frozen=True)
class Ontology:
    """The triples of the ontology, read once; `files` in reading order."""

    triples: tuple[Triple, ...]
    files: tuple[Path, ...]

    @cached_property
    def version(self) -> str:
        """`owl:versionInfo` of the whole; raises `ConfigError` when it is missing."""
        found = self._value(NamedNode(ONTOLOGY_IRI), _OWL + "versionInfo")
        if found is None:
            raise ConfigError(f"{self.files[0]} states no owl:versionInfo of <{ONTOLOGY_IRI}>")
        return found

    @cached_property
    def terms(self) -> Mapping[str, OntologyTerm]:
        """The terms of the `axis:` namespace by IRI, in order of IRI."""
        kinds: dict[str, str] = {}
        for kind_iri, kind in _KINDS.items():
            for subject in self._subjects(_TYPE, kind_iri):
                if subject.startswith(AXIS):
                    kinds.setdefault(subject, kind)
        return MappingProxyType({iri: self._describe(iri, kinds[iri]) for iri in sorted(kinds)})

    @cached_property
    def confidence(self) -> Mapping[tuple[str, str], Decimal]:
        """Weight by IRIs of modality and likelihood, from `axis:DefaultConfidence`."""
        table: dict[tuple[str, str], Decimal] = {}
        default = NamedNode(AXIS + "DefaultConfidence")
        for row in self._subjects(NamedNode(AXIS + "inTable"), default):
            modality, likelihood, weight = (
                self._value(NamedNode(row), AXIS + name)
                for name in ("forModality", "forLikelihood", "confidence")
            )
            if modality is None or likelihood is None or weight is None:
                raise ConfigError(f"confidence row <{row}> lacks modality, likelihood or weight")
            table[modality, likelihood] = Decimal(weight)
        return MappingProxyType(table)

    def term(self, name: str) -> OntologyTerm:
        """The term of a local name, CURIE or IRI; raises `NotFoundError` with near names."""
        iri = expand(name) if ":" in name else AXIS + name
        found = self.terms.get(iri)
        if found is None:
            near = did_you_mean(iri.removeprefix(AXIS), [t.name for t in self.terms.values()])
            raise NotFoundError(f"the ontology has no term {name!r}{near}")
        return found

    def ancestors(self, iri: str) -> frozenset[str]:
        """All super-classes or super-properties of a term, itself not included."""
        seen: set[str] = set()
        todo = [iri]
        while todo:
            term = self.terms.get(todo.pop())
            for parent in term.parents if term else ():
                if parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        return frozenset(seen)

    @cached_property
    def _by_subject(self) -> Mapping[NamedNode, tuple[Triple, ...]]:
        grouped: dict[NamedNode, list[Triple]] = {}
        for triple in self.triples:
            if isinstance(triple.subject, NamedNode):
                grouped.setdefault(triple.subject, []).append(triple)
        return MappingProxyType({s: tuple(ts) for s, ts in grouped.items()})

    def _subjects(self, predicate: NamedNode, value: NamedNode) -> Iterator[str]:
        for triple in self.triples:
            if (
                triple.predicate == predicate
                and triple.object == value
                and isinstance(triple.subject, NamedNode)
            ):
                yield triple.subject.value

    def _values(self, subject: NamedNode, predicate: str) -> list[str]:
        return [
            t.object.value
            for t in self._by_subject.get(subject, ())
            if t.predicate.value == predicate and isinstance(t.object, NamedNode | Literal)
        ]

    def _value(self, subject: NamedNode, predicate: str) -> str | None:
        return next(iter(self._values(subject, predicate)), None)

    def _describe(self, iri: str, kind: str) -> OntologyTerm:
        node = NamedNode(iri)
        module = self._value(node, _RDFS + "isDefinedBy") or ""
        parents = self._values(node, _RDFS + "subClassOf") + self._values(
            node, _RDFS + "subPropertyOf"
        )
        return OntologyTerm(
            iri=iri,
            kind=kind,
            label=self._value(node, _RDFS + "label") or "",
            definition=self._value(node, _SKOS + "definition") or "",
            example=self._value(node, _SKOS + "example") or "",
            parents=tuple(sorted(parents)),
            domain=self._value(node, _RDFS + "domain"),
            range=self._value(node, _RDFS + "range"),
            module=module.rpartition("/")[2],
        )


def ontology_files(folder: Path, *, alignments: bool = True) -> tuple[Path, ...]:
    """The Turtle files of the ontology: header, modules, then alignments unless left out.

    Raises `ConfigError` when the header or a module is not there.
    """
    files = [folder / "axiskg.ttl", *(folder / "modules" / f"{name}.ttl" for name in MODULES)]
    for path in files:
        if not path.is_file():
            raise ConfigError(f"{path} is missing; point AXISKG_HOME at a whole checkout")
    if alignments:
        files += sorted((folder / "alignments").glob("*.ttl"))
    return tuple(files)


def read_triples(path: Path) -> list[Triple]:
    """The triples of a Turtle file; raises `ParseError` with the line."""
    try:
        return [quad.triple for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE)]
    except SyntaxError as error:
        raise ParseError(f"not Turtle: {error.msg}", path=path, line=error.lineno) from error


def read_ontology(folder: Path, *, alignments: bool = True) -> Ontology:
    """The ontology of a folder (`Settings.ontology_dir`) as one value."""
    files = ontology_files(folder, alignments=alignments)
    return Ontology(tuple(t for path in files for t in read_triples(path)), files)
