"""What speaks against a conclusion about two actors, whatever its standing.

Counted are: reservations and hostility between the two or between those who lead or belong to them;
denials of a tie; ties that are only possible; what weakens or may weaken something that belongs to
both; fears of one about the other; and, where an institution links them, what holds the institution
back. What only happens in a scenario is counted where it weakens, and says that it is hypothetical.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from axiskg.namespaces import ENT
from axiskg.reasoning.citations import listed
from axiskg.reasoning.findings import Findings
from axiskg.reasoning.lookup import rows
from axiskg.reasoning.run import Head
from axiskg.reasoning.values import Citation, Counter, clause, short, spoken

__all__ = ["counter_evidence", "unaccepted_ties"]

FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "reservation": ("hasReservationAbout", "reluctantToAlignWith", "suspiciousOf"),
    "hostile": ("actsAgainst", "perceivesThreatFrom", "viewsAsHostile", "hostileTo"),
    "weakening": ("weakens", "hinders", "slows", "reverses", "prevents"),
    "self-regard": ("prioritizesOverRelations",),
    "holding-back": ("operatesBy",),
    "friendly": ("relatedTo", "cooperatesWith", "supports", "prioritizesRelationsWith"),
}
"""By what a statement may speak against an alignment; the ontology gives the sub-properties."""

_AGAINST: Final = ("reservation", "hostile", "weakening", "self-regard", "holding-back")

_PARTS: Final = ("leads", "leaderOf", "bodyOf", "partOf")
_HOSTILITY: Final = frozenset({"opposes", "adverseTo", "rivalOf"})
"""Conclusions against which friendliness speaks, not hostility."""

_THROUGH_INSTITUTIONS: Final = frozenset(
    {
        "indirectlyAlignedWith",
        "linkedByApplicationWith",
        "linkedByInvitationWith",
        "reaches",
        "sharesInstitutionWith",
    }
)
"""Conclusions that may rest on an institution, so that what holds it back speaks against them."""

_DOUBTFUL: Final = frozenset({"Possible", "Unlikely", "Undetermined"})


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two actors with all that belongs to each, to both, and to what links them."""

    a: frozenset[str]
    b: frozenset[str]
    common: frozenset[str]
    groups: frozenset[str]
    of_groups: frozenset[str]
    memberships: frozenset[str]
    weakening: frozenset[str]

    def between(self, citation: Citation | Head) -> bool:
        s, o = citation.subject, citation.object
        return (s in self.a and o in self.b) or (s in self.b and o in self.a)

    @property
    def nodes(self) -> frozenset[str]:
        around = self.common | self.groups | self.of_groups | self.memberships | self.weakening
        return self.a | self.b | around


def counter_evidence(findings: Findings, a: str, b: str, against: str) -> tuple[Counter, ...]:
    """The statements against a conclusion on `a` and `b`, in the order of the text.

    `against` names the conclusion. What holds back an institution that the two have in common is
    counted where the conclusion may rest on it.
    """
    families = _families(findings)
    common = findings.roles_of(a).keys() & findings.roles_of(b).keys()
    institutions = sorted(common) if against in _THROUGH_INSTITUTIONS else ()
    pair = _pair(findings, a, b, institutions, families["weakening"])
    found: list[Counter] = []
    reasons = _friendly_reasons if against in _HOSTILITY else _reasons
    matters = _may_be_friendly if against in _HOSTILITY else _may_speak_against
    heads = findings.heads(pair.nodes)
    for citation in findings.cite(h.statement for h in heads if matters(h, pair, families)):
        judged = next(reasons(citation, pair, families, findings), None)
        if judged is not None:
            kind, why = judged
            told = f"{why}{_caveat(citation, findings)}"
            found.append(Counter(**dict(citation), kind=kind, against=against, why=told))
    if against not in _HOSTILITY:
        known = {counter.statement for counter in found}
        found += [c for c in _opposition(findings, a, b, against) if c.statement not in known]
    return tuple(sorted(found, key=lambda c: (c.paragraph or 0, c.sentence or 0, c.statement)))


def _opposition(findings: Findings, a: str, b: str, against: str) -> Iterator[Counter]:
    """The statements on which opposition of the two rests, such as those of an invasion."""
    for one, other in ((a, b), (b, a)):
        why = clause(findings.label(one), "opposes", findings.label(other))
        for citation in findings.cite(findings.statements(one, "opposes", other)):
            yield Counter(**dict(citation), kind="hostile", against=against, why=why)


def unaccepted_ties(findings: Findings, a: str, b: str) -> tuple[Citation, ...]:
    """Affirmed statements of a tie of the two that the chosen view does not accept."""
    families = _families(findings)
    adverse = families["reservation"] | families["hostile"]
    pair = _Pair(frozenset({short(a)}), frozenset({short(b)}), *(frozenset[str](),) * 5)
    ties = [
        head.statement
        for head in findings.heads(pair.nodes)
        if pair.between(head) and head.polarity == "Affirmed" and head.relation not in adverse
    ]
    return tuple(
        citation
        for citation in findings.cite(ties)
        if citation.standing != "Accepted"
        and citation.statement
        not in findings.statements(ENT + citation.subject, citation.relation, ENT + citation.object)
    )


def _families(findings: Findings) -> dict[str, frozenset[str]]:
    return {name: findings.narrower(members) for name, members in FAMILIES.items()}


def _nodes_of(
    findings: Findings, parties: Iterable[str], among: frozenset[str] | None = None
) -> set[str]:
    """The nodes described by one of the properties `among`, or by any, as belonging to parties."""
    wanted = [NamedNode(iri) for iri in parties]
    found = rows(findings.store, findings.queries_dir, "nodes-of", party=wanted)
    return {
        row["node"].value
        for row in found
        if isinstance(row["node"], NamedNode)
        and (among is None or short(str(row["property"]).strip("<>")) in among)
    }


def _pair(
    findings: Findings,
    a: str,
    b: str,
    institutions: Iterable[str],
    weakens: frozenset[str],
) -> _Pair:
    def parts(actor: str) -> list[str]:
        inner = {s for name in _PARTS for s in findings.subjects(name, actor)}
        for office in findings.subjects("officeIn", actor):
            inner.update(findings.subjects("holdsOffice", office))
        return sorted({actor, *inner, *findings.objects(actor, "leads")})

    def slugs(iris: Iterable[str]) -> frozenset[str]:
        return frozenset(map(short, iris))

    groups = list(institutions)
    memberships = findings.statements_of(
        (member, "memberOf", group)
        for group in groups
        for member in findings.subjects("memberOf", group)
    )
    members = {statement for said in memberships.values() for statement in said}
    ours, theirs = parts(a), parts(b)
    common = _nodes_of(findings, ours) & _nodes_of(findings, theirs)
    return _Pair(
        a=slugs(ours),
        b=slugs(theirs),
        common=slugs(common),
        groups=slugs(groups),
        of_groups=slugs(_nodes_of(findings, groups) - common),
        memberships=slugs(members),
        weakening=slugs(_nodes_of(findings, common, weakens)),
    )


def _may_speak_against(head: Head, pair: _Pair, families: Mapping[str, frozenset[str]]) -> bool:
    """Whether `_reasons` may find one: told from little, for most statements are plain facts."""
    return (
        head.polarity == "Negated"
        or head.likelihood in _DOUBTFUL
        or head.modality == "Perception"
        or not {head.subject, head.object}.isdisjoint(pair.weakening)
        or any(head.relation in families[name] for name in _AGAINST)
    )


def _may_be_friendly(head: Head, pair: _Pair, families: Mapping[str, frozenset[str]]) -> bool:
    """Likewise for `_friendly_reasons`."""
    named = "hostile" if head.polarity == "Negated" else "friendly"
    return head.relation in families[named]


def _caveat(citation: Citation, findings: Findings) -> str:
    told = {
        "Hypothetical": "; only within a scenario",
        "Attributed": f"; {_attribution(citation, findings)}, not by the author",
        "Foreseen": f"; foreseen as {citation.likelihood.lower()}",
        "Judged": "; the author's assessment",
        "Hedged": f"; put as {citation.likelihood.lower()}",
        "Implied": "; implied",
    }
    return told.get(citation.standing, "")


_FELT: Final = {"Fears": "feared", "Wants": "wished", "Expects": "expected"}


def _attribution(citation: Citation, findings: Findings) -> str:
    """By whom a statement that is not the author's own is seen or said so."""
    how = next((_FELT[a] for a in citation.attitude if a in _FELT), "so seen")
    who = citation.held_by or citation.asserted_by
    names = listed(findings.label(ENT + slug) for slug in who)
    return f"{how if citation.held_by else 'so said'} by {names}"


def _reasons(
    citation: Citation,
    pair: _Pair,
    families: Mapping[str, frozenset[str]],
    findings: Findings,
) -> Iterator[tuple[str, str]]:
    relation = citation.relation
    affirmed = citation.polarity == "Affirmed"
    hypothetical = citation.standing == "Hypothetical"
    adverse = families["reservation"] | families["hostile"]
    subject, object_ = (findings.label(ENT + slug) for slug in (citation.subject, citation.object))
    told = clause(subject, relation, object_)
    if pair.between(citation) and not hypothetical:
        if relation in families["reservation"] and affirmed:
            yield "reservation", f"{subject} has a reservation about {object_} ({spoken(relation)})"
        if relation in families["hostile"] and affirmed:
            yield "hostile", f"{subject} is hostile to {object_} ({spoken(relation)})"
        if not affirmed and relation not in adverse:
            yield "denied", f"it is denied that {told}"
        if affirmed and relation not in adverse and citation.likelihood in _DOUBTFUL:
            yield "doubtful", f"{citation.likelihood.lower()} only: {told}"
    if relation in families["weakening"] and affirmed and citation.object in pair.common:
        yield "weakening", told
    if affirmed and pair.weakening & {citation.subject, citation.object}:
        yield "weakening", told
    if not affirmed and not hypothetical and citation.subject in pair.common:
        yield "denied", f"it is denied that {told}"
    if relation in families["self-regard"] and affirmed and _regards_the_other(citation, pair):
        yield "feared", f"{subject} puts its own interests above its relations"
    if "Fears" in citation.attitude and _fears_the_other(citation, pair):
        yield "feared", told
    yield from _held_back(citation, pair, families, (subject, object_))


def _friendly_reasons(
    citation: Citation,
    pair: _Pair,
    families: Mapping[str, frozenset[str]],
    findings: Findings,
) -> Iterator[tuple[str, str]]:
    """What speaks against hostility: ties of the two, and hostility that is denied."""
    if not pair.between(citation) or citation.standing == "Hypothetical":
        return
    subject, object_ = (findings.label(ENT + slug) for slug in (citation.subject, citation.object))
    told = clause(subject, citation.relation, object_)
    if citation.polarity == "Affirmed" and citation.relation in families["friendly"]:
        yield "friendly", told
    if citation.polarity == "Negated" and citation.relation in families["hostile"]:
        yield "denied", f"it is denied that {told}"


def _held_back(
    citation: Citation,
    pair: _Pair,
    families: Mapping[str, frozenset[str]],
    labels: tuple[str, str],
) -> Iterator[tuple[str, str]]:
    affirmed = citation.polarity == "Affirmed"
    subject, object_ = labels
    told = clause(subject, citation.relation, object_)
    if citation.relation in families["weakening"] and affirmed:
        if citation.subject in pair.memberships:
            presence = clause("a member's presence", citation.relation, object_)
            yield "group-held-back", presence
        if citation.object in pair.groups | pair.of_groups:
            yield "group-held-back", told
    if citation.subject in pair.groups and citation.standing != "Hypothetical":
        if citation.relation in families["holding-back"] and affirmed:
            yield "group-held-back", f"{subject} acts only by {object_}"
        if not affirmed:
            yield "group-held-back", f"it is denied that {told}"


def _regards_the_other(citation: Citation, pair: _Pair) -> bool:
    """Whether one of the two is spoken of, by the author or by someone of the other's side."""
    if citation.standing == "Accepted":
        return citation.subject in pair.a | pair.b
    return _fears_the_other(citation, pair)


def _fears_the_other(citation: Citation, pair: _Pair) -> bool:
    holders = set(citation.held_by)
    return bool(
        (holders & pair.a and citation.subject in pair.b)
        or (holders & pair.b and citation.subject in pair.a)
    )
