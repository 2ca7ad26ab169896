"""Alignment of actors: a vector of links with their evidence, never one score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

from pydantic import Field

from axiskg.reasoning.citations import dating, listed
from axiskg.reasoning.findings import Findings
from axiskg.reasoning.frames import Tabular
from axiskg.reasoning.links import Draft, Link, cited, drafts_between
from axiskg.reasoning.values import Actor, Asked, Citation, Counter, Value, short

__all__ = [
    "Alignment",
    "Component",
    "Overview",
    "Path",
    "Row",
    "Step",
    "alignment_of",
    "overview_of",
]

Kind = Literal["direct", "indirect", "opposed", "none"]

MAX_PATHS: Final = 25
_CONCLUSIONS: Final = (
    "directlyTiedTo",
    "indirectlyAlignedWith",
    "mutuallyBacks",
    "sharesInstitutionWith",
    "linkedByInvitationWith",
    "linkedByApplicationWith",
    "sharesPartnerWith",
    "sharesThreatWith",
    "sharesGrievanceWith",
    "sharesAdversaryWith",
    "coFoundedInstitutionWith",
)


class Component(Value):
    """One dimension of an alignment."""

    links: int
    strength: float = Field(description="Of the strongest link.")
    confidence: float = Field(description="Of the surest link.")
    via: tuple[str, ...]


class Step(Value):
    """One link of a path, from an actor to the next."""

    source: str
    target: str
    dimension: str
    via: str | None
    source_relation: str
    target_relation: str
    statements: tuple[str, ...]


class Path(Value):
    """A way from one actor to the other; its strength is that of its weakest link."""

    steps: tuple[Step, ...]
    length: int = Field(description="Edges; an institution or other thing between counts two.")
    strength: float
    words: str


class Alignment(Tabular):
    """How two actors are aligned."""

    a: str
    b: str
    kind: Kind
    holds: bool = Field(description="Indirectly aligned; with `as_of`, surely or possibly.")
    surely: bool | None = Field(description="The kind is sure on the day; None without `as_of`.")
    direct: bool
    mutually_backing: bool
    conclusions: tuple[str, ...] = Field(description="All inferred properties between the two.")
    vector: dict[str, Component]
    links: tuple[Link, ...]
    paths: tuple[Path, ...]
    a_adverse_to: tuple[str, ...]
    b_adverse_to: tuple[str, ...]
    common_adverse_to: tuple[str, ...] = Field(description="Whom both are adverse to.")
    opposition: tuple[Citation, ...] = Field(description="Statements of hostility between the two.")
    not_counted: tuple[Citation, ...] = Field(
        description="Statements of a tie between the two that are not accepted here."
    )
    counter_evidence: tuple[Counter, ...]
    confidence: float | None
    words: str
    dating: str = Field(description="With `as_of`, in words: how many statements bear no date.")
    asked: Asked

    def table_rows(self) -> list[dict[str, Any]]:
        """One row a link, its statements as IRIs."""
        return [
            dict(link) | {"statements": [citation.statement for citation in link.statements]}
            for link in self.links
        ]


class Row(Value):
    """One other actor in an overview."""

    actor: str
    label: str
    kind: Kind
    surely: bool | None
    vector: dict[str, Component]
    common_adverse_to: tuple[str, ...]
    confidence: float | None


class Overview(Tabular):
    """All actors that one is aligned with: direct first, then by number of dimensions, links."""

    a: str
    rows: tuple[Row, ...]
    asked: Asked

    def table_rows(self) -> list[dict[str, Any]]:
        """One row a pair of another actor and a dimension."""
        return [
            {"actor": row.actor, "label": row.label, "kind": row.kind, "dimension": dimension}
            | dict(component)
            for row in self.rows
            for dimension, component in row.vector.items()
        ]


def kind_of(findings: Findings, a: str, b: str) -> Kind:
    """Opposed before direct before indirect."""
    if findings.holds(a, "opposes", b) or findings.holds(b, "opposes", a):
        return "opposed"
    if findings.holds(a, "directlyTiedTo", b):
        return "direct"
    return "indirect" if findings.holds(a, "indirectlyAlignedWith", b) else "none"


def vector_of(links: Iterable[Draft]) -> dict[str, Component]:
    """One component for each dimension that has a link."""
    by_dimension: dict[str, list[Draft]] = defaultdict(list)
    for link in links:
        by_dimension[link.dimension].append(link)
    return {
        dimension: Component(
            links=len(found),
            strength=max(link.strength for link in found),
            confidence=max(link.confidence for link in found),
            via=tuple(dict.fromkeys(short(link.via) for link in found if link.via)),
        )
        for dimension, found in by_dimension.items()
    }


Way = tuple[tuple[str, str, Draft], ...]
"""Links from an actor to the next, each with both ends."""


def paths_between(findings: Findings, a: str, b: str) -> tuple[Path, ...]:
    """The paths of one link, and of two of which one is a direct tie; shortest, strongest first.

    Of more than `MAX_PATHS` the first are given; only of those the statements are looked up.
    """
    ways: list[Way] = [((a, b, link),) for link in drafts_between(findings, a, b)]
    near, far = (
        set(findings.objects(a, "directlyTiedTo")),
        set(findings.objects(b, "directlyTiedTo")),
    )
    around = _neighbours(findings, a) & _neighbours(findings, b)
    for middle in sorted((near | far) & around - {a, b}):
        for first in _plain_links(findings, a, middle):
            for second in _plain_links(findings, middle, b):
                if first.length == 1 or second.length == 1:
                    ways.append(((a, middle, first), (middle, b, second)))
    ways.sort(key=lambda way: (_length(way), -_strength(way), _told(way)))
    chosen = ways[:MAX_PATHS]
    links = iter(cited(findings, (draft for way in chosen for _, _, draft in way)))
    return tuple(_path(way, [next(links) for _ in way]) for way in chosen)


def _length(way: Way) -> int:
    return sum(link.length for _, _, link in way)


def _strength(way: Way) -> float:
    return min(link.strength for _, _, link in way)


def _told(way: Way) -> str:
    return "; ".join(link.words for _, _, link in way)


def _plain_links(findings: Findings, a: str, b: str) -> list[Draft]:
    """The links without common partners, and of several partnerships only the first."""
    links = [link for link in drafts_between(findings, a, b) if link.dimension != "partner"]
    tied = [link for link in links if link.dimension == "partnership"]
    return tied[:1] + [link for link in links if link.dimension != "partnership"]


def _neighbours(findings: Findings, actor: str) -> set[str]:
    return {o for name in _CONCLUSIONS for o in findings.objects(actor, name)}


def _path(way: Way, links: Sequence[Link]) -> Path:
    steps = tuple(
        Step(
            source=short(source),
            target=short(target),
            dimension=link.dimension,
            via=link.via,
            source_relation=link.a_relation,
            target_relation=link.b_relation,
            statements=tuple(citation.statement for citation in link.statements),
        )
        for (source, target, _), link in zip(way, links, strict=True)
    )
    return Path(steps=steps, length=_length(way), strength=_strength(way), words=_told(way))


def adverse_targets(findings: Findings, actor: str) -> tuple[str, ...]:
    """Slugs of whom the actor is adverse to."""
    return tuple(sorted(short(target) for target in findings.objects(actor, "adverseTo")))


def alignment_of(
    a: Actor,
    b: Actor,
    *,
    surely: Findings,
    possibly: Findings,
    not_counted: Sequence[Citation],
    counter_evidence: Sequence[Counter],
    asked: Asked,
) -> Alignment:
    """The answer for two actors; `surely` and `possibly` are the same without a date."""
    drafts = tuple(drafts_between(possibly, a.iri, b.iri))
    links = cited(possibly, drafts)
    ours, theirs = adverse_targets(possibly, a.iri), adverse_targets(possibly, b.iri)
    common = tuple(target for target in ours if target in theirs)
    kind = kind_of(possibly, a.iri, b.iri)
    hostile = [(x, "opposes", y) for x, y in ((a.iri, b.iri), (b.iri, a.iri))]
    return Alignment(
        a=a.slug,
        b=b.slug,
        kind=kind,
        holds=possibly.holds(a.iri, "indirectlyAlignedWith", b.iri),
        surely=None if asked.timeless else kind_of(surely, a.iri, b.iri) == kind,
        direct=possibly.holds(a.iri, "directlyTiedTo", b.iri),
        mutually_backing=possibly.holds(a.iri, "mutuallyBacks", b.iri),
        conclusions=tuple(n for n in _CONCLUSIONS if possibly.holds(a.iri, n, b.iri)),
        vector=vector_of(drafts),
        links=links,
        paths=paths_between(possibly, a.iri, b.iri),
        a_adverse_to=ours,
        b_adverse_to=theirs,
        common_adverse_to=common,
        opposition=possibly.cite(
            st for t in hostile if possibly.holds(*t) for st in possibly.statements(*t)
        ),
        not_counted=tuple(not_counted),
        counter_evidence=tuple(counter_evidence),
        confidence=_confidence(possibly, a.iri, b.iri, kind),
        words=_words(possibly, a, b, kind, links, common),
        dating=dating((st for link in links for st in link.statements), asked),
        asked=asked,
    )


def _confidence(findings: Findings, a: str, b: str, kind: Kind) -> float | None:
    named = {"direct": "directlyTiedTo", "indirect": "indirectlyAlignedWith"}.get(kind)
    return None if named is None else findings.confidence(a, named, b)


def _words(
    findings: Findings,
    a: Actor,
    b: Actor,
    kind: Kind,
    links: Sequence[Link],
    common: Sequence[str],
) -> str:
    pair = f"{a.label} and {b.label}"
    openings = {
        "direct": f"{pair} are directly tied.",
        "indirect": f"No partnership of {pair} is accepted here; they are linked indirectly.",
        "none": f"Nothing in the chosen statements aligns {pair}.",
    }
    opening = _opposed(findings, a, b) if kind == "opposed" else openings[kind]
    reasons = listed(dict.fromkeys(link.words for link in links))
    shared = (
        f" Both are adverse to {listed(common)}."
        if common
        else " No hostility to a third party is common to both, so what links them is"
        " no common front."
        if links
        else ""
    )
    return f"{opening}{' ' + reasons + '.' if reasons else ''}{shared}"


def _opposed(findings: Findings, a: Actor, b: Actor) -> str:
    ways = [f"{x.label} opposes {y.label}" for x, y in ((a, b), (b, a)) if _opposes(findings, x, y)]
    return f"{a.label} and {b.label} oppose each other." if len(ways) == 2 else f"{ways[0]}."


def _opposes(findings: Findings, a: Actor, b: Actor) -> bool:
    return findings.holds(a.iri, "opposes", b.iri)


def overview_of(a: Actor, *, surely: Findings, possibly: Findings, asked: Asked) -> Overview:
    """All actors that `a` has anything in common with."""
    rows = []
    ours = set(adverse_targets(possibly, a.iri))
    for other in sorted(_neighbours(possibly, a.iri) - {a.iri}):
        kind = kind_of(possibly, a.iri, other)
        rows.append(
            Row(
                actor=short(other),
                label=possibly.label(other),
                kind=kind,
                surely=None if asked.timeless else kind_of(surely, a.iri, other) == kind,
                vector=vector_of(drafts_between(possibly, a.iri, other)),
                common_adverse_to=tuple(sorted(ours & set(adverse_targets(possibly, other)))),
                confidence=_confidence(possibly, a.iri, other, kind),
            )
        )
    order = {"direct": 0, "indirect": 1, "opposed": 2, "none": 3}
    rows.sort(
        key=lambda row: (
            order[row.kind],
            -len(row.vector),
            -sum(component.links for component in row.vector.values()),
            row.actor,
        )
    )
    return Overview(a=a.slug, rows=tuple(rows), asked=asked)
