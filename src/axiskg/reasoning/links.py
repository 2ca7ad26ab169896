"""What links two actors, kind by kind, each with its strength and its statements.

Strengths order links, they measure nothing and are no probabilities. An institution, threat,
grievance, adversary or partner that n actors have in common counts 1 / log2(n), at least two: the
rarer, the more it says (after Adamic and Adar 2003). So two of five members count 0.43, two of 193
count 0.13. Only members that the statements name are counted, so a large institution of which few
members are named looks more exclusive than it is; `named` says how many there were.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, Literal

from pydantic import Field

from axiskg.reasoning.findings import Findings
from axiskg.reasoning.values import Citation, Value, short, spoken

__all__ = ["ROLES", "Link", "exclusivity", "links_between", "roles_of"]

Dimension = Literal[
    "partnership", "institution", "founding", "threat", "grievance", "adversary", "partner"
]

ROLES: Final = {
    "memberOf": ("member", 1.0),
    "invitedToJoin": ("invitee", 0.5),
    "appliedToJoin": ("applicant", 0.25),
}
"""Property, role and weight, strongest role first: an invitee is no member, an applicant less."""

_TIES: Final = ("allianceWith", "militaryPartnerOf", "partnerOf", "tradingPartnerOf")


class Link(Value):
    """One thing that links two actors, with what each side has to do with it."""

    dimension: Dimension
    via: str | None = Field(description="The institution, source, target or partner between them.")
    topic: str | None = Field(default=None, description="Of a shared grievance.")
    a_relation: str = Field(description="A role in an institution, else a property.")
    b_relation: str
    named: int = Field(description="How many actors have it in common, as far as they are named.")
    exclusivity: float
    strength: float
    confidence: float
    statements: tuple[Citation, ...]
    words: str

    @property
    def length(self) -> int:
        """Edges from one actor to the other: 1 for a partnership, 2 through something."""
        return 1 if self.via is None else 2


def exclusivity(named: int) -> float:
    """How much it says to have something in common that `named` actors have.

    >>> [round(exclusivity(n), 2) for n in (2, 5, 193)]
    [1.0, 0.43, 0.13]
    """
    return 1 / math.log2(max(named, 2))


def roles_of(findings: Findings, actor: str) -> dict[str, tuple[str, str]]:
    """Institution to (role, property): the strongest role that the actor has in each."""
    roles: dict[str, tuple[str, str]] = {}
    for property_, (role, _) in ROLES.items():
        for institution in findings.objects(actor, property_):
            roles.setdefault(institution, (role, property_))
    return roles


def links_between(findings: Findings, a: str, b: str) -> Iterator[Link]:
    """All links of two actors, kind by kind; within a kind by strength, then by name."""
    for kind in (_partnerships, _institutions, _foundings, _threats, _grievances):
        yield from sorted(kind(findings, a, b), key=lambda link: (-link.strength, link.via or ""))
    for kind in (_adversaries, _partners):
        yield from sorted(kind(findings, a, b), key=lambda link: (-link.strength, link.via or ""))


def _link(
    findings: Findings,
    dimension: Dimension,
    via: str | None,
    triples: list[tuple[str, str, str]],
    *,
    relations: tuple[str, str],
    named: int,
    weight: float,
    words: str,
    topic: str | None = None,
) -> Link:
    share = exclusivity(named)
    return Link(
        dimension=dimension,
        via=None if via is None else short(via),
        topic=None if topic is None else short(topic),
        a_relation=relations[0],
        b_relation=relations[1],
        named=named,
        exclusivity=round(share, 4),
        strength=round(share * weight, 4),
        confidence=min(findings.confidence(*triple) for triple in triples),
        statements=findings.cite(st for triple in triples for st in findings.statements(*triple)),
        words=words,
    )


def _partnerships(findings: Findings, a: str, b: str) -> Iterator[Link]:
    for property_ in _TIES:
        held = [(a, property_, b)] if findings.holds(a, property_, b) else []
        stated = [t for t in ((a, property_, b), (b, property_, a)) if findings.statements(*t)]
        if held and stated:
            words = f"{findings.label(a)} and {findings.label(b)}: {spoken(property_)}"
            yield _link(
                findings,
                "partnership",
                None,
                stated,
                relations=(property_, property_),
                named=2,
                weight=1.0,
                words=words,
            )


def _institutions(findings: Findings, a: str, b: str) -> Iterator[Link]:
    ours, theirs = roles_of(findings, a), roles_of(findings, b)
    weights = dict(ROLES.values())
    for institution in ours.keys() & theirs.keys():
        (a_role, a_property), (b_role, b_property) = ours[institution], theirs[institution]
        if "member" not in (a_role, b_role):
            continue
        named = len(findings.subjects("memberOf", institution))
        words = (
            f"{findings.label(a)} is {_article(a_role)} and {findings.label(b)}"
            f" {_article(b_role)} of {findings.label(institution)} ({named} members named)"
        )
        yield _link(
            findings,
            "institution",
            institution,
            [(a, a_property, institution), (b, b_property, institution)],
            relations=(a_role, b_role),
            named=named,
            weight=weights[a_role] * weights[b_role],
            words=words,
        )


def _article(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"


def _foundings(findings: Findings, a: str, b: str) -> Iterator[Link]:
    for institution in findings.subjects("foundedBy", a):
        if findings.holds(institution, "foundedBy", b):
            yield _link(
                findings,
                "founding",
                institution,
                [(institution, "foundedBy", a), (institution, "foundedBy", b)],
                relations=("founder", "founder"),
                named=len(findings.objects(institution, "foundedBy")),
                weight=1.0,
                words=f"both founded {findings.label(institution)}",
            )


def _threats(findings: Findings, a: str, b: str) -> Iterator[Link]:
    for source in findings.objects(a, "perceivesThreatFrom"):
        if findings.holds(b, "perceivesThreatFrom", source):
            yield _link(
                findings,
                "threat",
                source,
                [(a, "perceivesThreatFrom", source), (b, "perceivesThreatFrom", source)],
                relations=("perceivesThreatFrom", "perceivesThreatFrom"),
                named=len(findings.subjects("perceivesThreatFrom", source)),
                weight=1.0,
                words=f"both perceive a threat from {findings.label(source)}",
            )


def _grievances(findings: Findings, a: str, b: str) -> Iterator[Link]:
    def complaints(actor: str) -> Iterator[tuple[str, str, str]]:
        for grievance in findings.objects(actor, "hasGrievance"):
            for target in findings.objects(grievance, "against"):
                for topic in findings.objects(grievance, "about") or (grievance,):
                    yield target, topic, grievance

    theirs: dict[tuple[str, str], str] = {(t, x): g for t, x, g in complaints(b)}
    for target, topic, grievance in sorted(set(complaints(a))):
        other = theirs.get((target, topic))
        if other is None:
            continue
        about = f" about {findings.label(topic)}" if topic != grievance else ""
        holders = {
            holder
            for holder, any_grievance in findings.pairs("hasGrievance")
            if findings.holds(any_grievance, "against", target)
            and (any_grievance == topic or findings.holds(any_grievance, "about", topic))
        }
        yield _link(
            findings,
            "grievance",
            target,
            [(a, "hasGrievance", grievance), (b, "hasGrievance", other)],
            relations=("hasGrievance", "hasGrievance"),
            named=len(holders),
            weight=1.0,
            words=f"both have a grievance against {findings.label(target)}{about}",
            topic=topic if topic != grievance else None,
        )


def _adversaries(findings: Findings, a: str, b: str) -> Iterator[Link]:
    if not findings.holds(a, "sharesAdversaryWith", b):
        return

    def hostile(actor: str) -> dict[str, tuple[str, str, str]]:
        acts = {o: (actor, "opposes", o) for o in findings.objects(actor, "opposes")}
        suffers = {s: (s, "opposes", actor) for s in findings.subjects("opposes", actor)}
        return suffers | acts

    ours, theirs = hostile(a), hostile(b)
    for adversary in ours.keys() & theirs.keys():
        triples = [ours[adversary], theirs[adversary]]
        involved = {
            *findings.objects(adversary, "opposes"),
            *findings.subjects("opposes", adversary),
        }
        yield _link(
            findings,
            "adversary",
            adversary,
            triples,
            relations=tuple("opposes" if t[0] != adversary else "opposed by" for t in triples),  # type: ignore[arg-type]
            named=len(involved),
            weight=1.0,
            words=f"hostility is stated between each of them and {findings.label(adversary)}",
        )


def _partners(findings: Findings, a: str, b: str) -> Iterator[Link]:
    for partner in findings.objects(a, "directlyTiedTo"):
        if partner != b and findings.holds(partner, "directlyTiedTo", b):
            yield _link(
                findings,
                "partner",
                partner,
                [(a, "directlyTiedTo", partner), (partner, "directlyTiedTo", b)],
                relations=("directlyTiedTo", "directlyTiedTo"),
                named=len(findings.objects(partner, "directlyTiedTo")),
                weight=1.0,
                words=f"both are directly tied to {findings.label(partner)}",
            )
