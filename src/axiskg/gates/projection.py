"""The OWL DL part of a corpus: what HermiT and rustdl are given.

Left out are annotations (alignments among them), literals of datatypes outside the OWL 2 datatype
map (`xsd:date`), and triples of properties that the ontology doesn't declare; the violation
queries see to the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from axiskg.gates.corpus import Corpus
from axiskg.namespaces import AXIS, ENT, PREFIXES

__all__ = ["project"]

_OWL, _RDF, _RDFS, _XSD = (PREFIXES[p] for p in ("owl", "rdf", "rdfs", "xsd"))
_TYPE = NamedNode(_RDF + "type")
_CLASS = NamedNode(_OWL + "Class")
_OBJECT_PROPERTY = NamedNode(_OWL + "ObjectProperty")
_DATATYPE_PROPERTY = NamedNode(_OWL + "DatatypeProperty")
_RESTRICTION = NamedNode(_OWL + "Restriction")
_INDIVIDUAL = NamedNode(_OWL + "NamedIndividual")
_CHARACTERISTICS = frozenset(
    NamedNode(_OWL + name)
    for name in (
        "SymmetricProperty",
        "TransitiveProperty",
        "AsymmetricProperty",
        "IrreflexiveProperty",
        "FunctionalProperty",
        "InverseFunctionalProperty",
    )
)
_AXIOMS = frozenset(
    [
        NamedNode(_RDFS + "subClassOf"),
        NamedNode(_RDFS + "subPropertyOf"),
        NamedNode(_RDFS + "domain"),
        NamedNode(_RDFS + "range"),
        *(
            NamedNode(_OWL + name)
            for name in (
                "disjointWith",
                "equivalentClass",
                "equivalentProperty",
                "inverseOf",
                "propertyDisjointWith",
                "onProperty",
                "maxCardinality",
            )
        ),
    ]
)
_DATATYPES = frozenset(
    NamedNode(_XSD + name)
    for name in ("string", "boolean", "integer", "decimal", "double", "dateTime", "anyURI")
)


def project(corpus: Corpus) -> list[Triple]:
    """The axioms of the ontology and the plain content, as triples of an OWL 2 DL ontology."""
    triples = corpus.ontology.triples
    classes = _typed(triples, _CLASS)
    objects = _typed(triples, _OBJECT_PROPERTY)
    values = _typed(triples, _DATATYPE_PROPERTY)
    kept = [Triple(NamedNode(AXIS.removesuffix("#")), _TYPE, NamedNode(_OWL + "Ontology"))]
    kept += [t for t in triples if _is_axiom(t, objects | values)]
    borrowed = {
        t.object
        for t in kept
        if t.predicate == NamedNode(_RDFS + "subClassOf") and isinstance(t.object, NamedNode)
    } - classes
    kept += [Triple(c, _TYPE, _CLASS) for c in sorted(borrowed, key=str)]
    individuals: set[NamedNode] = set()
    for triple in [*triples, *corpus.plain]:
        subject, about = triple.subject, triple.object
        if not isinstance(subject, NamedNode) or subject in classes | objects | values:
            continue
        if (triple.predicate == _TYPE and about in classes) or (
            triple.predicate in objects and isinstance(about, NamedNode)
        ):
            individuals.add(subject)
            if triple.predicate != _TYPE and isinstance(about, NamedNode):
                individuals.add(about)
        elif not (
            triple.predicate in values
            and isinstance(about, Literal)
            and about.datatype in _DATATYPES
        ):
            continue
        kept.append(triple)
    kept += [Triple(i, _TYPE, _INDIVIDUAL) for i in sorted(individuals, key=str)]
    return kept + _disjoint_pairs(triples) + _different_pairs(kept)


def _typed(triples: tuple[Triple, ...], kind: NamedNode) -> set[NamedNode]:
    return {
        t.subject
        for t in triples
        if t.predicate == _TYPE and t.object == kind and isinstance(t.subject, NamedNode)
    }


def _is_axiom(triple: Triple, properties: set[NamedNode]) -> bool:
    if triple.predicate == _TYPE:
        # rustdl takes a restriction that is called a class as well for a mere class.
        if isinstance(triple.subject, BlankNode):
            return triple.object == _RESTRICTION
        return triple.object in ({_CLASS, _OBJECT_PROPERTY, _DATATYPE_PROPERTY} | _CHARACTERISTICS)
    if triple.predicate == NamedNode(_RDFS + "subPropertyOf"):
        return triple.subject in properties and triple.object in properties
    if triple.predicate in {NamedNode(_RDFS + "domain"), NamedNode(_RDFS + "range")}:
        return triple.subject in properties
    return triple.predicate in _AXIOMS


def _disjoint_pairs(triples: Sequence[Triple]) -> list[Triple]:
    """`owl:AllDisjointClasses` as pairs, since rustdl doesn't read the list."""
    after = {t.subject: t.object for t in triples if t.predicate == NamedNode(_RDF + "rest")}
    first = {t.subject: t.object for t in triples if t.predicate == NamedNode(_RDF + "first")}
    pairs = []
    for axiom in triples:
        if axiom.predicate != NamedNode(_OWL + "members"):
            continue
        members = []
        cell = axiom.object
        while isinstance(cell, BlankNode):
            members.append(first[cell])
            cell = after[cell]
        pairs += [
            Triple(a, NamedNode(_OWL + "disjointWith"), b)
            for a, b in combinations(members, 2)
            if isinstance(a, NamedNode)
        ]
    return pairs


def _different_pairs(triples: Sequence[Triple]) -> list[Triple]:
    """That no two entities are one (slugs are unique names), for the values of one subject.

    Only these can be merged by a functional property, so pairs of all entities are not needed.
    """
    values: dict[object, set[NamedNode]] = {}
    for triple in triples:
        about = triple.object
        if isinstance(about, NamedNode) and about.value.startswith(ENT):
            values.setdefault(triple.subject, set()).add(about)
    pairs = {pair for group in values.values() for pair in combinations(sorted(group, key=str), 2)}
    different = NamedNode(_OWL + "differentFrom")
    return [Triple(a, different, b) for a, b in sorted(pairs, key=str)]
