"""Mutual backing: what each of two actors does for the other, in what manner, and how unevenly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import Field

from axiskg.reasoning.citations import dating, listed
from axiskg.reasoning.findings import Findings
from axiskg.reasoning.frames import Tabular
from axiskg.reasoning.values import Actor, Asked, Citation, Counter, Value, short

__all__ = ["Direction", "MutualBacking", "Support", "direction", "mutual_backing_of"]


@dataclass(frozen=True, slots=True)
class Manner:
    """One way of standing by an actor: its property, the way to the other, and its words."""

    name: str
    relation: str
    party: str
    issue: tuple[str, ...]
    strength: int
    verb: str
    noun: str

    @property
    def is_backing(self) -> bool:
        """Whether the manner is backing at all: declining to condemn and a view are not."""
        return self.strength >= 3


MANNERS: Final = (
    Manner(
        "full",
        "fullyBacks",
        "heldBy",
        ("onIssue", "overPlace"),
        4,
        "fully backs {b} on",
        "full backing",
    ),
    Manner(
        "tacit",
        "tacitlyBacks",
        "heldBy",
        ("onIssue", "overPlace"),
        3,
        "tacitly backs {b} on",
        "tacit backing",
    ),
    Manner(
        "views-as-legitimate",
        "viewsAsLegitimate",
        "heldBy",
        ("about",),
        2,
        "views as legitimate {b}'s concerns about",
        "finding a concern legitimate",
    ),
    Manner(
        "declines-to-condemn",
        "declinesToCondemn",
        "carriedOutBy",
        (),
        1,
        "declines to condemn what {b} does in",
        "declining to condemn",
    ),
)
"""From the strongest to the weakest; the numbers order, they measure nothing."""


class Support(Citation):
    """A statement that shows one actor's support for the other."""

    manner: str
    issue: str = Field(description="The issue of a position or concern; for an action, the action.")
    place: str | None = Field(description="Where an action took place.")
    confidence: float
    surely: bool = Field(description="False when it holds on the date only possibly.")


class Direction(Value):
    """What `backer` does for `backed`."""

    backer: str
    backed: str
    supports: tuple[Support, ...]
    manners: dict[str, tuple[str, ...]] = Field(description="Issues by manner, strongest first.")
    strongest: str | None
    weakest: str | None
    is_backing: bool = Field(description="False when all there is falls short of backing.")
    general: tuple[Citation, ...] = Field(description="Support on no issue in particular.")
    words: str


class MutualBacking(Tabular):
    """Whether two actors back each other, how, how unevenly, and what speaks against it."""

    holds: bool = Field(description="With `as_of`: surely or possibly on that day.")
    surely: bool | None = Field(description="Surely on the day of `as_of`; None without one.")
    a: str
    b: str
    directions: tuple[Direction, ...]
    symmetric: bool = Field(description="Both directions have the same manners.")
    weakest_link: str = Field(description="In words: the direction whose best is the weaker.")
    asymmetry: str = Field(description="In words: how the two directions differ.")
    dating: str = Field(description="With `as_of`, in words: how many statements bear no date.")
    counter_evidence: tuple[Counter, ...]
    confidence: float | None
    asked: Asked

    def table_rows(self) -> list[dict[str, Any]]:
        """One row a support, with its direction."""
        return [
            {"backer": one.backer, "backed": one.backed} | dict(support)
            for one in self.directions
            for support in one.supports
        ]


@dataclass(frozen=True, slots=True)
class _Shown:
    manner: Manner
    node: str
    issue: str
    place: str | None


def _shown(findings: Findings, backer: str, backed: str) -> Iterator[_Shown]:
    for manner in MANNERS:
        for node in findings.objects(backer, manner.relation):
            if not findings.holds(node, manner.party, backed):
                continue
            issues = [issue for name in manner.issue for issue in findings.objects(node, name)]
            places = findings.objects(node, "location")
            yield _Shown(
                manner=manner,
                node=node,
                issue=issues[0] if issues else node,
                place=places[0] if places else None,
            )


def direction(backer: Actor, backed: Actor, surely: Findings, possibly: Findings) -> Direction:
    """What `backer` does for `backed`, from what holds surely and what holds possibly."""
    supports: list[Support] = []
    by_manner: dict[str, list[str]] = {}
    named: dict[str, list[str]] = {}
    found = list(_shown(possibly, backer.iri, backed.iri))
    said = possibly.statements_of((backer.iri, one.manner.relation, one.node) for one in found)
    possibly.cite(statement for statements in said.values() for statement in statements)
    for shown in found:
        triple = (backer.iri, shown.manner.relation, shown.node)
        is_sure = surely.holds(*triple)
        by_manner.setdefault(shown.manner.name, []).append(short(shown.issue))
        named.setdefault(shown.manner.name, []).append(possibly.label(shown.place or shown.issue))
        supports += [
            Support(
                **dict(citation),
                manner=shown.manner.name,
                issue=short(shown.issue),
                place=None if shown.place is None else short(shown.place),
                confidence=possibly.confidence(*triple),
                surely=is_sure,
            )
            for citation in possibly.cite(said[triple])
        ]
    used = [manner for manner in MANNERS if manner.name in by_manner]
    clauses = [m.verb.format(b=backed.label) + " " + listed(named[m.name]) for m in used]
    return Direction(
        backer=backer.slug,
        backed=backed.slug,
        supports=tuple(supports),
        manners={name: tuple(issues) for name, issues in by_manner.items()},
        strongest=used[0].name if used else None,
        weakest=used[-1].name if used else None,
        is_backing=any(manner.is_backing for manner in used),
        general=possibly.cite(possibly.statements(backer.iri, "advocatesFor", backed.iri)),
        words=f"{backer.label} {', and '.join(clauses)}."
        if clauses
        else f"No statement shows {backer.label} standing by {backed.label} on any issue.",
    )


def mutual_backing_of(
    a: Actor,
    b: Actor,
    *,
    surely: Findings,
    possibly: Findings,
    counter_evidence: Sequence[Counter],
    asked: Asked,
) -> MutualBacking:
    """The answer for two actors; `surely` and `possibly` are the same without a date."""
    directions = (direction(a, b, surely, possibly), direction(b, a, surely, possibly))
    triple = (a.iri, "mutuallyBacks", b.iri)
    return MutualBacking(
        holds=possibly.holds(*triple),
        surely=None if asked.timeless else surely.holds(*triple),
        a=a.slug,
        b=b.slug,
        directions=directions,
        symmetric=set(directions[0].manners) == set(directions[1].manners),
        weakest_link=_weakest_link(directions, (a, b)),
        asymmetry=_asymmetry(directions, (a, b)),
        dating=dating((s for one in directions for s in one.supports), asked),
        counter_evidence=tuple(counter_evidence),
        confidence=possibly.confidence(*triple) if possibly.holds(*triple) else None,
        asked=asked,
    )


def _rank(one: Direction) -> int:
    return next((m.strength for m in MANNERS if m.name == one.strongest), 0)


def _weakest_link(directions: Sequence[Direction], actors: Sequence[Actor]) -> str:
    ranks = [_rank(one) for one in directions]
    if 0 in ranks:
        missing = ranks.index(0)
        return f"No support of {actors[1 - missing].label} by {actors[missing].label} is stated."
    nouns = [next(m.noun for m in MANNERS if m.name == one.strongest) for one in directions]
    if ranks[0] == ranks[1]:
        return f"Neither direction is weaker: the best of both is {nouns[0]}."
    weak = ranks.index(min(ranks))
    return (
        f"{actors[weak].label}'s side is the weaker: the best it offers is {nouns[weak]},"
        f" against {nouns[1 - weak]}."
    )


def _asymmetry(directions: Sequence[Direction], actors: Sequence[Actor]) -> str:
    words = " ".join(one.words for one in directions)
    shown = [one for one in directions if one.supports]
    if len(shown) < 2:
        return words
    if set(directions[0].manners) == set(directions[1].manners):
        return f"{words} Both directions have the same manners."
    for one, backer, backed in zip(directions, actors, reversed(actors), strict=True):
        if not one.is_backing:
            words += (
                f" {backer.label} is not said to back any position of {backed.label}:"
                " declining to condemn, or finding a concern legitimate, is not backing."
            )
    return words + " The two directions are not of the same kind."
