"""The entities that questions name, and what people call them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode

from axiskg.namespaces import PREFIXES
from axiskg.queries import entity_named, term_named
from axiskg.queries.names import scenario_named, statement_named
from axiskg.reasoning.lookup import rows
from axiskg.reasoning.values import Actor, short
from axiskg.store.protocol import Store

__all__ = ["RDF_TYPE", "Directory"]

RDF_TYPE: Final = PREFIXES["rdf"] + "type"


@dataclass(frozen=True)
class Directory:
    """The names of one state of a store; make a new one after the store has changed."""

    store: Store
    queries_dir: Path

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for row in rows(self.store, self.queries_dir, "labels"):
            entity, label = row["entity"], row["label"]
            if isinstance(entity, NamedNode) and isinstance(label, Literal):
                found.setdefault(entity.value, label.value)
        return found

    def label(self, iri: str) -> str:
        """The label of an entity, else its slug."""
        found = self._labels.get(iri)
        return short(iri) if found is None else found

    def entity(self, name: str, parameter: str = "entity") -> Actor:
        """The entity of a slug, IRI, CURIE, Wikidata id, label or other name.

        Raises `NotFoundError` with near names, and `ParameterError` when several have the name.
        """
        iri = entity_named(self.store, name, parameter).value
        return Actor(slug=short(iri), iri=iri, label=self.label(iri))

    def statement(self, name: str, parameter: str = "statement") -> str:
        """The IRI of a statement by its id, CURIE or IRI. Raises `NotFoundError`."""
        return statement_named(self.store, name, parameter).value

    def property(self, name: str, parameter: str = "p") -> str:
        """The IRI of a term of the ontology, or of `a`. Raises `ParameterError` with near names."""
        if name.strip() == "a":
            return RDF_TYPE
        return term_named(self.store, name, parameter).value

    def triple(
        self, subject: str, relation: str, object_: str, parameters: tuple[str, str, str]
    ) -> tuple[str, str, str]:
        """The IRIs of a triple as people write it; the object of `a` is a class."""
        property_ = self.property(relation, parameters[1])
        named = self.property if property_ == RDF_TYPE else self.entity
        found = named(object_, parameters[2])
        return (
            self.entity(subject, parameters[0]).iri,
            property_,
            found if isinstance(found, str) else found.iri,
        )

    def scenario(self, name: str) -> str:
        """The IRI of a scenario by slug, CURIE or IRI. Raises `NotFoundError` with all of them."""
        return scenario_named(self.store, name).value
