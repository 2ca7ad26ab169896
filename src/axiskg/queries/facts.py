"""Statements as rows, and what is said of one entity, what is said against it kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pyoxigraph import Literal, NamedNode

from axiskg.errors import NotFoundError
from axiskg.namespaces import AXIS, PROVENANCE_GRAPH, curie
from axiskg.queries.catalogue import Catalogue
from axiskg.queries.names import entity_named, label_of
from axiskg.store.protocol import Solutions, Store, Term

__all__ = [
    "STANDINGS",
    "EntityFacts",
    "Fact",
    "StatementRow",
    "entity_described",
    "entity_facts",
    "statement_rows",
]

STANDINGS = (
    "Accepted",
    "Implied",
    "Judged",
    "Foreseen",
    "Hedged",
    "Denied",
    "Open",
    "Attributed",
    "Hypothetical",
)
"""All standings, from what the plain view holds to what is furthest from it."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One statement: its head triple and the provenance that a reader asks for first.

    `subject`, `property` and `object` are IRIs (or the text of a literal), the agents tuples of
    IRIs; modality and the like are bare names, as "Fact".
    """

    statement: str
    source: str
    paragraph: int
    sentence: int
    subject: str
    property: str
    object: str
    standing: str
    modality: str
    likelihood: str
    polarity: str
    expression: str
    paraphrase: str
    asserted_by: tuple[str, ...] = ()
    reported_by: tuple[str, ...] = ()
    held_by: tuple[str, ...] = ()
    valid_time: str | None = None
    surely: bool | None = None
    """With an as-of date: whether it surely holds then, and not only possibly."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A conclusion or a description about an entity, as subject or as object."""

    subject: str
    property: str
    object: str


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """All there is about an entity; statements by standing, in the order of `STANDINGS`."""

    iri: str
    label: str
    types: tuple[str, ...]
    names: tuple[str, ...]
    links: tuple[str, ...]
    description: tuple[Fact, ...]
    inferred: tuple[Fact, ...]
    statements: Mapping[str, tuple[StatementRow, ...]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing describes or links it, and nothing is concluded of it."""
        return not (self.types or self.names or self.links or self.description or self.inferred)


def statement_rows(
    store: Store,
    catalogue: Catalogue,
    parameters: Mapping[str, str | Sequence[str]] | None = None,
) -> list[StatementRow]:
    """The statements that the saved query `statements` finds, by source, paragraph and id.

    `parameters`: entity, paragraph, standing, modality, asserter, holder, as_of, as people type
    them; several values of one are alternatives.
    """
    answer = catalogue.run(store, "statements", parameters)
    assert isinstance(answer, Solutions)
    rows = list(answer.dicts())
    agents = _agents(store)
    return [_row(row, agents) for row in rows]


def _agents(store: Store) -> dict[tuple[str, str], tuple[str, ...]]:
    """Asserters, reporters and holders by statement and property."""
    found = store.query(
        f"PREFIX axis: <{AXIS}> SELECT ?st ?p ?agent WHERE {{"
        " VALUES ?p { axis:assertedBy axis:reportedBy axis:heldBy }"
        f" GRAPH <{PROVENANCE_GRAPH}> {{ ?st a axis:Statement ; ?p ?agent }} }} ORDER BY ?agent"
    )
    assert isinstance(found, Solutions)
    agents: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in found.rows:
        statement, prop, agent = (_text(term) for term in row)
        agents[statement, prop] = (*agents.get((statement, prop), ()), agent)
    return agents


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, (NamedNode, Literal)) else str(term or "")


def _row(
    row: Mapping[str, Term], agents: Mapping[tuple[str, str], tuple[str, ...]]
) -> StatementRow:
    statement = _text(row["statement"])

    def concept(name: str) -> str:
        return _text(row.get(name)).removeprefix(AXIS)

    def who(name: str) -> tuple[str, ...]:
        return agents.get((statement, AXIS + name), ())

    return StatementRow(
        statement=statement,
        source=_text(row["source"]),
        paragraph=int(_text(row["paragraph"])),
        sentence=int(_text(row["sentence"])),
        subject=_text(row.get("subject")),
        property=_text(row.get("property")),
        object=_text(row.get("object")),
        standing=concept("standing"),
        modality=concept("modality"),
        likelihood=concept("likelihood"),
        polarity=concept("polarity"),
        expression=concept("expression"),
        paraphrase=_text(row.get("paraphrase")),
        asserted_by=who("assertedBy"),
        reported_by=who("reportedBy"),
        held_by=who("heldBy"),
        valid_time=_text(row["valid_time"]) if "valid_time" in row else None,
        surely=_text(row["surely"]) == "true" if "surely" in row else None,
    )


def entity_facts(store: Store, catalogue: Catalogue, name: str) -> EntityFacts:
    """All there is about the entity that people call `name`; raises `NotFoundError`."""
    about = entity_described(store, catalogue, entity_named(store, name))
    rows = statement_rows(store, catalogue, {"entity": about.iri})
    if about.is_empty and not rows:
        raise NotFoundError(f"nothing is said of {curie(about.iri)} in this graph")
    return replace(
        about,
        statements={
            standing: found
            for standing in STANDINGS
            if (found := tuple(row for row in rows if row.standing == standing))
        },
    )


def entity_described(store: Store, catalogue: Catalogue, entity: NamedNode) -> EntityFacts:
    """How an entity is described and what is concluded of it, without its statements."""
    answer = catalogue.run(store, "entity", {"entity": entity.value})
    assert isinstance(answer, Solutions)
    facts: dict[str, list[Fact]] = {}
    for row in answer.dicts():
        fact = Fact(*(_text(row[name]) for name in ("subject", "property", "object")))
        facts.setdefault(_text(row["kind"]), []).append(fact)
    return EntityFacts(
        iri=entity.value,
        label=label_of(store, entity),
        types=tuple(sorted(fact.object for fact in facts.get("type", ()))),
        names=tuple(sorted({fact.object for fact in facts.get("name", ())})),
        links=tuple(sorted({fact.object for fact in facts.get("link", ())})),
        description=tuple(facts.get("description", ())),
        inferred=tuple(facts.get("inferred", ())),
    )
