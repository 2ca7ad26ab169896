"""Our entities, types and properties as the reconciliation service needs them, out of the store."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from axiskg.linking.reconciliation.service import Described
from axiskg.namespaces import AXIS, ENT, prologue
from axiskg.store.protocol import Solutions, Store, Term

__all__ = ["Entities", "load_entities", "property_uses", "values_of"]

_ENTITIES: Final = """
SELECT ?entity ?label ?type WHERE {
  GRAPH g:entities { ?entity rdfs:label ?label . OPTIONAL { ?entity a ?type } }
} ORDER BY ?entity ?type"""
_CLASSES: Final = """
SELECT ?class ?label ?definition ?above WHERE {
  GRAPH g:ontology {
    ?class a owl:Class ; rdfs:label ?label . FILTER(isIRI(?class))
    OPTIONAL { ?class skos:definition ?definition }
    OPTIONAL { ?class rdfs:subClassOf ?above . FILTER(isIRI(?above)) }
  }
} ORDER BY ?class ?above"""
_PROPERTIES: Final = """
SELECT ?property ?label ?definition WHERE {
  GRAPH g:ontology {
    VALUES ?kind { owl:ObjectProperty owl:DatatypeProperty }
    ?property a ?kind ; rdfs:label ?label .
    OPTIONAL { ?property skos:definition ?definition }
  }
} ORDER BY ?property"""
_USES: Final = """
SELECT ?type ?property (COUNT(DISTINCT ?entity) AS ?n) WHERE {
  GRAPH g:entities { ?entity a ?type }
  ?entity ?property ?value .
  FILTER(STRSTARTS(STR(?property), STR(axis:)))
} GROUP BY ?type ?property"""
_VALUES: Final = """
SELECT ?entity ?value WHERE {
  VALUES ?entity { %s }
  { ?entity <%s> ?value } UNION { GRAPH g:links { ?entity <%s> ?value } }
} ORDER BY ?entity ?value"""


@dataclass(frozen=True, slots=True)
class Entities:
    """What one generation of the store holds of entities and of their vocabulary."""

    described: Mapping[str, Described]
    types: Mapping[str, tuple[str, ...]]
    classes: Mapping[str, Described]
    above: Mapping[str, frozenset[str]]
    """The classes over a class, itself included, by local name."""

    properties: Mapping[str, Described]

    def is_a(self, slug: str, wanted: str) -> bool:
        """Whether an entity is of a type or of one below it."""
        name = wanted.rpartition("#")[2].rpartition(":")[2]
        return any(name in self.above.get(one, {one}) for one in self.types.get(slug, ()))


def _rows(store: Store, text: str) -> Iterable[tuple[Term | None, ...]]:
    answer = store.query(prologue() + text)
    assert isinstance(answer, Solutions)
    return answer.rows


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, (NamedNode, Literal)) else ""


def load_entities(store: Store) -> Entities:
    """The entities of the store with their types, and the ontology's classes and properties."""
    labels: dict[str, str] = {}
    types: dict[str, list[str]] = defaultdict(list)
    for entity, label, kind in _rows(store, _ENTITIES):
        if not _text(entity).startswith(ENT):
            continue
        slug = _text(entity).removeprefix(ENT)
        labels[slug] = _text(label)
        name = _text(kind).removeprefix(AXIS)
        if name and name not in types[slug]:
            types[slug].append(name)
    classes: dict[str, Described] = {}
    direct: dict[str, set[str]] = defaultdict(set)
    for iri, label, definition, over in _rows(store, _CLASSES):
        name = _text(iri).removeprefix(AXIS)
        classes[name] = Described(name, _text(label), _text(definition))
        if _text(over).startswith(AXIS):
            direct[name].add(_text(over).removeprefix(AXIS))
    properties = {
        _text(iri).removeprefix(AXIS): Described(
            _text(iri).removeprefix(AXIS), _text(label), _text(definition)
        )
        for iri, label, definition in _rows(store, _PROPERTIES)
        if _text(iri).startswith(AXIS)
    }
    named = {
        slug: Described(slug, label, _line(types[slug], classes)) for slug, label in labels.items()
    }
    return Entities(
        described=named,
        types={slug: tuple(names) for slug, names in types.items()},
        classes=classes,
        above={name: _closure(name, direct) for name in classes},
        properties=properties,
    )


def _line(types: Iterable[str], classes: Mapping[str, Described]) -> str:
    return ", ".join(classes[name].name if name in classes else name for name in types)


def _closure(name: str, direct: Mapping[str, set[str]]) -> frozenset[str]:
    found = {name}
    waiting = [name]
    while waiting:
        for over in direct.get(waiting.pop(), ()):
            if over not in found:
                found.add(over)
                waiting.append(over)
    return frozenset(found)


def property_uses(store: Store) -> dict[str, Counter[str]]:
    """For each class, how many of its entities have which property in the plain view."""
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, prop, count in _rows(store, _USES):
        name = _text(kind).removeprefix(AXIS)
        uses[name][_text(prop).removeprefix(AXIS)] += int(_text(count))
    return uses


def values_of(store: Store, slugs: Iterable[str], iri: str) -> dict[str, list[Term]]:
    """The values of a property in the plain view and the links, by slug.

    `iri` and the slugs must be such as IRIs may hold; the caller has looked them up.
    """
    entities = " ".join(f"<{ENT}{slug}>" for slug in slugs)
    found: dict[str, list[Term]] = defaultdict(list)
    for entity, value in _rows(store, _VALUES % (entities, iri, iri)):
        if value is not None and value not in found[_text(entity).removeprefix(ENT)]:
            found[_text(entity).removeprefix(ENT)].append(value)
    return found
