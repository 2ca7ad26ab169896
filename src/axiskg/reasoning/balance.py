"""Structural balance of triads, and whom two actors both reach.

A triad of three ties is balanced when the product of their signs is positive: friends of friends
are friends, enemies of enemies are friends (Heider 1946; Cartwright and Harary 1956).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, Final, Literal

from pydantic import Field

from axiskg.reasoning.counter_evidence import counter_evidence
from axiskg.reasoning.findings import Findings
from axiskg.reasoning.frames import Tabular
from axiskg.reasoning.values import Asked, Citation, Counter, Value, short

__all__ = ["Balance", "Reached", "SignedTie", "Triad", "Web", "balance_of", "web_of"]

Triple = tuple[str, str, str]
Sign = Literal["+", "-", "mixed"]

MAX_TRIADS: Final = 1000
MAX_CITED: Final = 25
"""How many triads are listed, and how many ties have their statements looked up."""


class SignedTie(Value):
    """The sign of what is stated between two actors; mixed where both signs are.

    Of more than `MAX_CITED` ties the later have neither statements nor counter-evidence here;
    `explain` has them.
    """

    a: str
    b: str
    sign: Sign
    confidence: float
    statements: tuple[Citation, ...]
    counter_evidence: tuple[Counter, ...]


class Triad(Value):
    """Three actors with a signed tie between each two."""

    actors: tuple[str, str, str]
    signs: tuple[Sign, Sign, Sign] = Field(description="Of 1-2, 1-3 and 2-3.")
    balanced: bool | None = Field(description="None where a tie is mixed.")
    confidence: float = Field(description="Of the least sure tie.")
    against: tuple[str, ...] = Field(description="The statements against one of the ties.")
    words: str


class Balance(Tabular):
    """All signed ties and the triads they form; unbalanced first, at most `MAX_TRIADS` listed."""

    ties: tuple[SignedTie, ...]
    triads: tuple[Triad, ...]
    balanced: int
    unbalanced: int
    undecided: int
    asked: Asked

    def table_rows(self) -> list[dict[str, Any]]:
        """One row a triad."""
        return [dict(triad) for triad in self.triads]


class Reached(Value):
    """An actor that both reach, with what says so for each."""

    actor: str
    label: str
    a_statements: tuple[Citation, ...]
    b_statements: tuple[Citation, ...]
    confidence: float
    counter_evidence: tuple[Counter, ...] = Field(
        description="Against either's reach; of more than 25 actors only for the first."
    )


class Web(Tabular):
    """The common web of influence of two actors."""

    a: str
    b: str
    reached: tuple[Reached, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    asked: Asked

    def table_rows(self) -> list[dict[str, Any]]:
        """One row an actor that both reach, statements as IRIs."""
        kept = ("a_statements", "b_statements", "counter_evidence")
        return [
            dict(one) | {name: [c.statement for c in getattr(one, name)] for name in kept}
            for one in self.reached
        ]


def signed_ties(findings: Findings) -> dict[frozenset[str], SignedTie]:
    """By the pair of actors: positive for direct ties, negative for opposition or rivalry."""
    signs: dict[frozenset[str], set[Sign]] = {}
    triples: dict[frozenset[str], list[Triple]] = {}
    signed: tuple[tuple[str, Sign], ...] = (
        ("directlyTiedTo", "+"),
        ("opposes", "-"),
        ("rivalOf", "-"),
    )
    for name, sign in signed:
        for a, b in findings.pairs(name):
            if a == b:
                continue
            pair = frozenset((a, b))
            signs.setdefault(pair, set()).add(sign)
            triples.setdefault(pair, []).append((a, name, b))
    ties = {}
    for number, (pair, found) in enumerate(sorted(signs.items(), key=lambda one: sorted(one[0]))):
        a, b = sorted(pair)
        shown = triples[pair] if number < MAX_CITED else []
        concluded = dict.fromkeys(triple[1] for triple in shown)
        ties[pair] = SignedTie(
            a=short(a),
            b=short(b),
            sign=found.pop() if len(found) == 1 else "mixed",
            confidence=max(findings.confidence(*triple) for triple in triples[pair]),
            statements=findings.cite(st for triple in shown for st in findings.statements(*triple)),
            counter_evidence=_against(findings, ((a, name, b) for name in concluded)),
        )
    return ties


def _against(findings: Findings, triples: Iterable[Triple]) -> tuple[Counter, ...]:
    """What speaks against any of these conclusions, each statement once."""
    found: dict[str, Counter] = {}
    for s, name, o in triples:
        for counter in counter_evidence(findings, s, o, name):
            found.setdefault(counter.statement, counter)
    return tuple(found.values())


def _triads(findings: Findings, ties: dict[frozenset[str], SignedTie]) -> Iterator[Triad]:
    near: dict[str, set[str]] = {}
    for pair in ties:
        a, b = sorted(pair)
        near.setdefault(a, set()).add(b)
    for a, others in sorted(near.items()):
        for b, c in combinations(sorted(others), 2):
            third = ties.get(frozenset((b, c)))
            if third is None:
                continue
            edges = (ties[frozenset((a, b))], ties[frozenset((a, c))], third)
            signs = (edges[0].sign, edges[1].sign, edges[2].sign)
            balanced = None if "mixed" in signs else signs.count("-") % 2 == 0
            names = [findings.label(actor) for actor in (a, b, c)]
            verdict = {True: "balanced", False: "unbalanced", None: "undecided"}[balanced]
            yield Triad(
                actors=(short(a), short(b), short(c)),
                signs=signs,
                balanced=balanced,
                confidence=min(edge.confidence for edge in edges),
                against=tuple(
                    dict.fromkeys(c.statement for edge in edges for c in edge.counter_evidence)
                ),
                words=f"{names[0]} {signs[0]} {names[1]}, {names[0]} {signs[1]} {names[2]},"
                f" {names[1]} {signs[2]} {names[2]}: {verdict}",
            )


_VERDICTS: Final = (False, None, True)


def balance_of(findings: Findings, asked: Asked) -> Balance:
    """The signed ties of a run, and its triads in the order of their actors."""
    ties = signed_ties(findings)
    triads = sorted(_triads(findings, ties), key=lambda triad: _VERDICTS.index(triad.balanced))
    verdicts = [triad.balanced for triad in triads]
    return Balance(
        ties=tuple(sorted(ties.values(), key=lambda tie: (tie.a, tie.b))),
        triads=tuple(triads[:MAX_TRIADS]),
        balanced=verdicts.count(True),
        unbalanced=verdicts.count(False),
        undecided=verdicts.count(None),
        asked=asked,
    )


def web_of(findings: Findings, a: str, b: str, asked: Asked) -> Web:
    """Whom `a` and `b` both reach, beside those that only one of them does."""
    ours = set(findings.objects(a, "reaches")) - {b}
    theirs = set(findings.objects(b, "reaches")) - {a}

    def said(actor: str, reached: str) -> tuple[Citation, ...]:
        return findings.cite(findings.statements(actor, "reaches", reached))

    return Web(
        a=short(a),
        b=short(b),
        reached=tuple(
            Reached(
                actor=short(actor),
                label=findings.label(actor),
                a_statements=said(a, actor),
                b_statements=said(b, actor),
                confidence=min(
                    findings.confidence(a, "reaches", actor),
                    findings.confidence(b, "reaches", actor),
                ),
                counter_evidence=_against(
                    findings,
                    ((x, "reaches", actor) for x in (a, b) if number < MAX_CITED),
                ),
            )
            for number, actor in enumerate(sorted(ours & theirs))
        ),
        only_a=tuple(sorted(short(actor) for actor in ours - theirs)),
        only_b=tuple(sorted(short(actor) for actor in theirs - ours)),
        asked=asked,
    )
