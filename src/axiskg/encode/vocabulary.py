"""The terms that the ontology's modules declare, as far as an encoder needs them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from axiskg.errors import DataError, ParseError, did_you_mean
from axiskg.namespaces import AXIS, PREFIXES

__all__ = ["Vocabulary", "read_vocabulary"]

_RDF_TYPE: Final = PREFIXES["rdf"] + "type"
_PROPERTIES: Final = frozenset(
    PREFIXES["owl"] + name for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
) | {PREFIXES["rdf"] + "Property"}
_CLASSES: Final = frozenset({PREFIXES["owl"] + "Class", PREFIXES["rdfs"] + "Class"})


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The local names of properties, classes and all declared terms of `axis:`."""

    properties: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.terms)

    def check(self, triple: ox.Triple) -> None:
        """Raise `DataError` when a triple uses a term of `axis:` that the ontology lacks."""
        predicate = triple.predicate.value
        self._known(predicate, self.properties, "property")
        kind = (self.classes, "class") if predicate == _RDF_TYPE else (self.terms, "term")
        if isinstance(triple.object, ox.NamedNode):
            self._known(triple.object.value, *kind)
        if isinstance(triple.subject, ox.NamedNode):
            self._known(triple.subject.value, self.terms, "term")

    def _known(self, iri: str, names: frozenset[str], kind: str) -> None:
        name = iri.removeprefix(AXIS)
        if iri.startswith(AXIS) and name not in names:
            hint = did_you_mean(name, sorted(names)) or "; declare it in ontology/modules/"
            raise DataError(f"the ontology has no {kind} axis:{name}{hint}")


def read_vocabulary(folder: Path) -> Vocabulary:
    """The terms that `modules/*.ttl` of an ontology folder declare; empty without modules.

    Raises `ParseError`.
    """
    properties, classes, terms = set(), set(), set()
    for path in sorted(folder.glob("modules/*.ttl")):
        try:
            for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
                if quad.predicate.value != _RDF_TYPE or not isinstance(quad.subject, ox.NamedNode):
                    continue
                iri = quad.subject.value
                if not iri.startswith(AXIS) or not isinstance(quad.object, ox.NamedNode):
                    continue
                name, kind = iri.removeprefix(AXIS), quad.object.value
                terms.add(name)
                if kind in _PROPERTIES:
                    properties.add(name)
                if kind in _CLASSES:
                    classes.add(name)
        except SyntaxError as error:
            raise ParseError(f"not Turtle: {error}", path=path, line=error.lineno) from error
    return Vocabulary(frozenset(properties), frozenset(classes), frozenset(terms))
