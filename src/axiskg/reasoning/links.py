"""What links two actors, kind by kind, each with its strength and its statements.

Strengths order links, they measure nothing and are no probabilities. An institution, threat,
grievance, adversary or partner that n actors have in common counts 1 / log2(n), at least two: the
rarer, the more it says (after Adamic and Adar 2003). So two of five members count 0.43, two of 193
count 0.13. Only members that the statements name are counted, so a large institution of which few
members are named looks more exclusive than it is; `named` says how many there were.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import Field

from axiskg.reasoning.findings import Findings
from axiskg.reasoning.roles import MEMBER
from axiskg.reasoning.values import Citation, Value, short, spoken

__all__ = ["Draft", "Link", "cited", "drafts_between", "exclusivity"]

Triple = tuple[str, str, str]

Dimension = Literal[
    "partnership", "institution", "founding", "threat", "grievance", "adversary", "partner"
]

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


@dataclass(frozen=True, slots=True)
class Draft:
    """A link before its statements are looked up, which costs a proof each."""

    dimension: Dimension
    via: str | None
    triples: tuple[Triple, ...]
    relations: tuple[str, str]
    named: int
    weight: float
    confidence: float
    words: str
    topic: str | None = None

    @property
    def exclusivity(self) -> float:
        """How much it says to have this in common."""
        return round(exclusivity(self.named), 4)

    @property
    def strength(self) -> float:
        """The exclusivity, weighed by the roles of both sides."""
        return round(exclusivity(self.named) * self.weight, 4)

    @property
    def length(self) -> int:
        """Edges from one actor to the other: 1 for a partnership, 2 through something."""
        return 1 if self.via is None else 2

    def cited(self, findings: Findings) -> Link:
        """The link with its statements."""
        return Link(
            dimension=self.dimension,
            via=None if self.via is None else short(self.via),
            topic=None if self.topic is None else short(self.topic),
            a_relation=self.relations[0],
            b_relation=self.relations[1],
            named=self.named,
            exclusivity=self.exclusivity,
            strength=self.strength,
            confidence=self.confidence,
            statements=findings.cite(
                st for triple in self.triples for st in findings.statements(*triple)
            ),
            words=self.words,
        )


def exclusivity(named: int) -> float:
    """How much it says to have something in common that `named` actors have.

    >>> [round(exclusivity(n), 2) for n in (2, 5, 193)]
    [1.0, 0.43, 0.13]
    """
    return 1 / math.log2(max(named, 2))


def cited(findings: Findings, drafts: Iterable[Draft]) -> tuple[Link, ...]:
    """The links of some drafts; their statements are looked up together."""
    chosen = list(drafts)
    said = findings.statements_of(triple for draft in chosen for triple in draft.triples)
    findings.cite(st for statements in said.values() for st in statements)
    return tuple(draft.cited(findings) for draft in chosen)


def drafts_between(findings: Findings, a: str, b: str) -> Iterator[Draft]:
    """All links of two actors, kind by kind; within a kind by strength, then by name."""
    kinds = (
        _partnerships,
        _institutions,
        _foundings,
        _threats,
        _grievances,
        _adversaries,
        _partners,
    )
    for kind in kinds:
        yield from sorted(
            kind(findings, a, b), key=lambda draft: (-draft.strength, draft.via or "")
        )


def _draft(
    findings: Findings,
    dimension: Dimension,
    via: str | None,
    triples: Sequence[Triple],
    *,
    relations: tuple[str, str],
    named: int,
    words: str,
    weight: float = 1.0,
    topic: str | None = None,
) -> Draft:
    return Draft(
        dimension=dimension,
        via=via,
        triples=tuple(triples),
        relations=relations,
        named=named,
        weight=weight,
        confidence=min(findings.confidence(*triple) for triple in triples),
        words=words,
        topic=topic,
    )


def _partnerships(findings: Findings, a: str, b: str) -> Iterator[Draft]:
    for property_ in _TIES:
        both = ((a, property_, b), (b, property_, a))
        stated = [triple for triple in both if findings.is_stated(*triple)]
        if stated:
            words = f"{findings.label(a)} and {findings.label(b)}: {spoken(property_)}"
            yield _draft(
                findings,
                "partnership",
                None,
                stated,
                relations=(property_, property_),
                named=2,
                words=words,
            )


def _institutions(findings: Findings, a: str, b: str) -> Iterator[Draft]:
    ours, theirs = findings.roles_of(a), findings.roles_of(b)
    for institution in ours.keys() & theirs.keys():
        (a_property, a_role, a_weight), (b_property, b_role, b_weight) = (
            ours[institution],
            theirs[institution],
        )
        if MEMBER not in (a_property, b_property):
            continue
        named = len(findings.subjects(MEMBER, institution))
        words = (
            f"{findings.label(a)} is {_article(a_role)} and {findings.label(b)}"
            f" {_article(b_role)} of {findings.label(institution)} ({named} members named)"
        )
        yield _draft(
            findings,
            "institution",
            institution,
            [(a, a_property, institution), (b, b_property, institution)],
            relations=(a_role, b_role),
            named=named,
            weight=a_weight * b_weight,
            words=words,
        )


def _article(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"


def _foundings(findings: Findings, a: str, b: str) -> Iterator[Draft]:
    for institution in findings.subjects("foundedBy", a):
        if findings.holds(institution, "foundedBy", b):
            yield _draft(
                findings,
                "founding",
                institution,
                [(institution, "foundedBy", a), (institution, "foundedBy", b)],
                relations=("founder", "founder"),
                named=len(findings.objects(institution, "foundedBy")),
                words=f"both founded {findings.label(institution)}",
            )


def _threats(findings: Findings, a: str, b: str) -> Iterator[Draft]:
    for source in findings.objects(a, "perceivesThreatFrom"):
        if findings.holds(b, "perceivesThreatFrom", source):
            yield _draft(
                findings,
                "threat",
                source,
                [(a, "perceivesThreatFrom", source), (b, "perceivesThreatFrom", source)],
                relations=("perceivesThreatFrom", "perceivesThreatFrom"),
                named=len(findings.subjects("perceivesThreatFrom", source)),
                words=f"both perceive a threat from {findings.label(source)}",
            )


def _grievances(findings: Findings, a: str, b: str) -> Iterator[Draft]:
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
        yield _draft(
            findings,
            "grievance",
            target,
            [(a, "hasGrievance", grievance), (b, "hasGrievance", other)],
            relations=("hasGrievance", "hasGrievance"),
            named=len(holders),
            words=f"both have a grievance against {findings.label(target)}{about}",
            topic=topic if topic != grievance else None,
        )


def _adversaries(findings: Findings, a: str, b: str) -> Iterator[Draft]:
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
        yield _draft(
            findings,
            "adversary",
            adversary,
            triples,
            relations=tuple("opposes" if t[0] != adversary else "opposed by" for t in triples),  # type: ignore[arg-type]
            named=len(involved),
            words=f"hostility is stated between each of them and {findings.label(adversary)}",
        )


def _partners(findings: Findings, a: str, b: str) -> Iterator[Draft]:
    for partner in findings.objects(a, "directlyTiedTo"):
        if partner != b and findings.holds(partner, "directlyTiedTo", b):
            yield _draft(
                findings,
                "partner",
                partner,
                [(a, "directlyTiedTo", partner), (partner, "directlyTiedTo", b)],
                relations=("directlyTiedTo", "directlyTiedTo"),
                named=len(findings.objects(partner, "directlyTiedTo")),
                words=f"both are directly tied to {findings.label(partner)}",
            )
