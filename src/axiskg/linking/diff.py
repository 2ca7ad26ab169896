"""What Wikidata says of memberships and relations beside what the graph says.

The two are laid side by side, never merged: Wikidata's side comes as statements of another source,
each a Claim of Wikidata, so that nothing of the article is overwritten and nothing of Wikidata is
taken for accepted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Quad

from axiskg.linking.curated import Curated
from axiskg.linking.reconciliation.wikidata_service import property_labels
from axiskg.namespaces import (
    AXIS,
    ENT,
    ENTITIES_GRAPH,
    PREFIXES,
    PROVENANCE_GRAPH,
    SRC,
    ST,
    prologue,
)
from axiskg.store.protocol import Solutions, Store

__all__ = [
    "OUTCOMES",
    "PROPERTIES",
    "WIKIDATA",
    "Difference",
    "Held",
    "compare",
    "held_here",
    "source_quads",
]

WIKIDATA: Final = SRC + "wikidata"
"""The source of what Wikidata says, in the store and in the TriG of a comparison."""

OUTCOMES: Final = ("agree", "only here", "only there", "contradicts")

Claims = Callable[[str, str], Iterable[str]]
"""The QIDs that Wikidata gives for an item and a property."""


@dataclass(frozen=True, slots=True)
class _Mapped:
    """Which of our properties say what a Wikidata property says, and which deny it."""

    same: frozenset[str]
    denying: frozenset[str] = frozenset()
    inverse: bool = False
    symmetric: bool = False
    single: bool = False
    """Whether there is one at a time, so that another on the other side contradicts."""


PROPERTIES: Final[Mapping[str, _Mapped]] = {
    "P463": _Mapped(frozenset({"memberOf"}), frozenset({"appliedToJoin", "invitedToJoin"})),
    "P530": _Mapped(frozenset({"partnerOf", "militaryPartnerOf", "closeTo"}), symmetric=True),
    "P35": _Mapped(frozenset({"leads"}), inverse=True, single=True),
}
"""By Wikidata property. Who applies or is invited is not yet a member when the text is written."""

_HELD: Final = """
SELECT ?st ?s ?p ?o ?standing ?polarity ?paragraph ?source WHERE {
  VALUES ?p { %s }
  GRAPH g:provenance {
    ?st axis:headSubject ?s ; axis:headProperty ?p ; axis:headObject ?o ;
        axis:standing ?standing ; axis:polarity ?polarity ; axis:source ?source .
    OPTIONAL { ?st axis:paragraph ?paragraph }
  }
  FILTER(?source != src:wikidata)
} ORDER BY ?st"""
_DESCRIBED: Final = """
SELECT ?s ?p ?o WHERE { VALUES ?p { %s } GRAPH g:entities { ?s ?p ?o } } ORDER BY ?s ?o"""


@dataclass(frozen=True, slots=True)
class Held:
    """What the graph has of one property between two entities (slugs, by our direction).

    `statement` is "" where it is part of the description of an entity.
    """

    subject: str
    relation: str
    object: str
    statement: str
    standing: str
    polarity: str
    paragraph: int | None

    @property
    def accepted(self) -> bool:
        """Whether it is the author's plain word."""
        return self.standing == "Accepted"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the comparison; subject and object are slugs, in Wikidata's direction."""

    outcome: str
    subject: str
    property: str
    object: str
    subject_qid: str
    object_qid: str
    here: tuple[Held, ...]
    note: str = ""

    def json(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "outcome": self.outcome,
            "subject": self.subject,
            "property": self.property,
            "property_label": property_labels().get(self.property, self.property),
            "object": self.object,
            "subject_qid": self.subject_qid,
            "object_qid": self.object_qid,
            "note": self.note,
            "here": [
                {
                    "statement": held.statement or None,
                    "property": held.relation,
                    "standing": held.standing,
                    "paragraph": held.paragraph,
                }
                for held in self.here
            ],
        }


def _value(term: object) -> str:
    return term.value if isinstance(term, (NamedNode, Literal)) else ""


def held_here(store: Store) -> list[Held]:
    """What the graph's statements and descriptions say in the properties that are compared."""
    names = sorted({n for m in PROPERTIES.values() for n in m.same | m.denying})
    listed = " ".join(f"axis:{name}" for name in names)
    found: list[Held] = []
    answer = store.query(prologue() + _HELD % listed)
    assert isinstance(answer, Solutions)
    for st, s, p, o, standing, polarity, paragraph, _ in answer.rows:
        subject, thing = _value(s), _value(o)
        if subject.startswith(ENT) and thing.startswith(ENT):
            number = _value(paragraph)
            found.append(
                Held(
                    subject=subject.removeprefix(ENT),
                    relation=_value(p).removeprefix(AXIS),
                    object=thing.removeprefix(ENT),
                    statement=_value(st),
                    standing=_value(standing).removeprefix(AXIS),
                    polarity=_value(polarity).removeprefix(AXIS),
                    paragraph=int(number) if number else None,
                )
            )
    described = store.query(prologue() + _DESCRIBED % listed)
    assert isinstance(described, Solutions)
    for s, p, o in described.rows:
        subject, name, thing = (_value(term) for term in (s, p, o))
        found.append(
            Held(
                subject=subject.removeprefix(ENT),
                relation=name.removeprefix(AXIS),
                object=thing.removeprefix(ENT),
                statement="",
                standing="Accepted",
                polarity="Affirmed",
                paragraph=None,
            )
        )
    return found


def compare(
    held: Sequence[Held], base: Curated, claims: Claims, states: Sequence[str]
) -> list[Difference]:
    """The comparison for all pairs of linked entities, by outcome, property and names.

    `states` are the slugs whose claims are asked for. Only entities with an exact link take part.
    """
    lines: list[Difference] = []
    for prop, mapped in PROPERTIES.items():
        ours: dict[tuple[str, str], list[Held]] = defaultdict(list)
        for one in held:
            if one.relation in mapped.same | mapped.denying:
                pair = (one.object, one.subject) if mapped.inverse else (one.subject, one.object)
                ours[pair].append(one)
                if mapped.symmetric:
                    ours[pair[::-1]].append(one)
        theirs = set(_claimed(base, claims, states, prop))
        found: list[Difference] = []
        for pair in sorted(set(ours) | theirs):
            line = _line(prop, mapped, pair, ours.get(pair, []), pair in theirs, base)
            if line is not None and not (mapped.symmetric and pair[0] > pair[1]):
                found.append(line)
        lines += _one_at_a_time(found) if mapped.single else found
    return sorted(
        lines, key=lambda one: (OUTCOMES.index(one.outcome), one.property, one.subject, one.object)
    )


def _exact(base: Curated, slug: str) -> str | None:
    link = base.link_of(slug)
    return link.qid if link is not None and link.identical else None


def _claimed(
    base: Curated, claims: Claims, states: Sequence[str], prop: str
) -> Iterator[tuple[str, str]]:
    for state in states:
        qid = _exact(base, state)
        if qid is None:
            continue
        for value in claims(qid, prop):
            slug = base.by_item.get(value)
            if slug is not None and _exact(base, slug) == value:
                yield (state, slug)
                if PROPERTIES[prop].symmetric:
                    yield (slug, state)


def _line(
    prop: str,
    mapped: _Mapped,
    pair: tuple[str, str],
    ours: Sequence[Held],
    there: bool,
    base: Curated,
) -> Difference | None:
    first, second = _exact(base, pair[0]), _exact(base, pair[1])
    if first is None or second is None:
        return None
    saying = [h for h in ours if h.accepted and h.relation in mapped.same]
    denying = [h for h in ours if h.accepted and h.relation in mapped.denying]
    denying += [h for h in ours if h.polarity == "Negated" and h.relation in mapped.same]
    note = ""
    if saying and there:
        outcome, here = "agree", saying
    elif saying:
        outcome, here = "only here", saying
    elif denying and there:
        outcome, here = "contradicts", denying
        note = "not a member when the text was written" if prop == "P463" else "denied here"
    elif there:
        outcome, here = "only there", [h for h in ours if h not in saying]
        note = "here not as the author's plain word" if here else ""
    else:
        return None
    return Difference(outcome, pair[0], prop, pair[1], first, second, tuple(here), note)


def _one_at_a_time(lines: Sequence[Difference]) -> Iterator[Difference]:
    """The lines of a property with one value at a time: two sides with none in common contradict.

    Which of them is out of date, the comparison can't tell.
    """
    sides: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        sides[line.subject][line.outcome].append(line.object)
    for line in lines:
        here, there = sides[line.subject]["only here"], sides[line.subject]["only there"]
        if here and there and not sides[line.subject]["agree"]:
            others = there if line.outcome == "only here" else here
            where = "there" if line.outcome == "only here" else "here"
            yield replace(line, outcome="contradicts", note=f"{where}: {', '.join(others)}")
        else:
            yield line


def source_quads(lines: Iterable[Difference], taken: str) -> Iterator[Quad]:
    """What Wikidata says in the comparison, as statements of the source `src:wikidata`.

    Each is a named graph with a Claim that Wikidata asserts, so its standing is Attributed: it is
    beside what other sources say, and never in the plain view. `taken` is the day of the extract
    or of the question (ISO, or a part of such), "" where nobody knows.
    """
    graph, entities = NamedNode(PROVENANCE_GRAPH), NamedNode(ENTITIES_GRAPH)
    source, asserter = NamedNode(WIKIDATA), NamedNode(ENT + "wikidata")
    rdf_type = NamedNode(PREFIXES["rdf"] + "type")

    def axis(name: str) -> NamedNode:
        return NamedNode(AXIS + name)

    yield Quad(source, rdf_type, axis("Source"), graph)
    title = Literal("Wikidata", language="en")
    yield Quad(source, NamedNode(PREFIXES["dcterms"] + "title"), title, graph)
    yield Quad(asserter, rdf_type, axis("Organization"), entities)
    yield Quad(asserter, NamedNode(PREFIXES["rdfs"] + "label"), title, entities)
    date = NamedNode(PREFIXES["dcterms"] + "date")
    kind = {4: "gYear", 7: "gYearMonth"}.get(len(taken), "date")
    day = Literal(taken, datatype=NamedNode(PREFIXES["xsd"] + kind))
    if taken:
        yield Quad(source, date, day, graph)
    for line in lines:
        if line.outcome == "only here" or line.note.startswith("there: "):
            continue
        name = f"{ST}wikidata/{line.subject_qid}-{line.property}-{line.object_qid}"
        statement = NamedNode(name)
        subject, thing = NamedNode(ENT + line.subject), NamedNode(ENT + line.object)
        predicate = NamedNode(PREFIXES["wdt"] + line.property)
        yield Quad(subject, predicate, thing, statement)
        for prop, value in (
            (rdf_type, axis("Statement")),
            (axis("source"), source),
            (axis("headSubject"), subject),
            (axis("headProperty"), predicate),
            (axis("headObject"), thing),
            (axis("assertedBy"), asserter),
            (axis("voice"), asserter),
            (axis("modality"), axis("Claim")),
            (axis("likelihood"), axis("Certain")),
            (axis("polarity"), axis("Affirmed")),
            (axis("expression"), axis("Explicit")),
            (axis("standing"), axis("Attributed")),
        ):
            yield Quad(statement, prop, value, graph)
        if taken:
            yield Quad(statement, date, day, graph)
