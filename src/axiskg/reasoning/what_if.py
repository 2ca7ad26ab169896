"""What a scenario or a change of one's own would change, against the same question without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ConfigDict, Field

from axiskg.errors import ParameterError
from axiskg.reasoning.actors import RDF_TYPE, Directory
from axiskg.reasoning.explanations import citer
from axiskg.reasoning.findings import Findings
from axiskg.reasoning.frames import Tabular
from axiskg.reasoning.proofs import Derivation
from axiskg.reasoning.rendering import proof_text, said
from axiskg.reasoning.scenarios import ScenarioCard
from axiskg.reasoning.terms import is_literal, term_of
from axiskg.reasoning.values import Asked, Citation, Value, clause, short

__all__ = [
    "Change",
    "Changed",
    "Difference",
    "Ground",
    "Resolved",
    "Supposed",
    "check_possible",
    "difference_of",
    "resolved",
]

Triple = tuple[str, str, str]


class Change(Value):
    """What a person supposes, as typed: triples to add, statements to remove or to negate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    add: tuple[str, ...] = Field(default=(), description="Triples, like `belarus memberOf sco`.")
    remove: tuple[str, ...] = Field(default=(), description="Statements, like `p26.j`.")
    negate: tuple[str, ...] = Field(
        default=(), description="Statements or triples taken as untrue."
    )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is supposed."""
        return not (self.add or self.remove or self.negate)


class Supposed(Value):
    """A statement that a scenario brings along, with its part in it."""

    scenario: str
    role: str
    statement: Citation


class Changed(Value):
    """A triple whose confidence differs; None is: does not hold."""

    subject: str
    relation: str
    object: str
    before: float | None
    after: float | None
    inferred: bool = Field(description="False for what is assumed or taken away itself.")
    statements: tuple[str, ...] = Field(description="What it rests on: after, or before when gone.")
    proof: str = Field(description="As text: after, or before when gone.")


class Difference(Tabular):
    """What would change, without the other halves of symmetric properties."""

    new: tuple[Changed, ...]
    gone: tuple[Changed, ...]
    stronger: tuple[Changed, ...]
    weaker: tuple[Changed, ...]
    unchanged: int
    assumed: tuple[Supposed, ...]
    change: Change
    words: str
    asked: Asked

    def table_rows(self) -> list[dict[str, Any]]:
        """One row a changed triple."""
        return [
            {"change": name} | dict(changed) for name in _KINDS for changed in getattr(self, name)
        ]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A change with names resolved: triples assumed, statements out, triples taken as untrue."""

    added: tuple[Triple, ...] = ()
    removed: frozenset[str] = frozenset()
    denied: frozenset[Triple] = frozenset()


@dataclass(frozen=True, slots=True)
class Ground:
    """What a change is checked against: the run without it."""

    directory: Directory
    head: Callable[[str], Triple]
    """The head triple of a statement."""
    stating: Callable[[Triple], Sequence[str]]
    """The statements of the run that state a triple."""
    concluded: frozenset[str]
    """The properties that only rules conclude."""


def resolved(change: Change, ground: Ground) -> Resolved:
    """The change with names resolved, once it is found possible.

    Raises `ParameterError` or `NotFoundError` that says what can't be supposed, and why.
    """
    added = {_triple(text, ground, "add"): text for text in change.add}
    removed = {_used(text, ground, "remove")[0] for text in change.remove}
    denied: set[Triple] = set()
    for text in change.negate:
        if len(text.split()) == 1:
            denied.add(_used(text, ground, "negate")[1])
            continue
        triple = _triple(text, ground, "negate")
        if triple in added:
            raise ParameterError("negate", "a triple that is not added as well", f"both: {text!r}")
        if not ground.stating(triple):
            raise ParameterError(
                "negate", "a triple that is stated", f"{text!r}: nothing states it"
            )
        denied.add(triple)
    for triple, text in added.items():
        if set(ground.stating(triple)) - removed:
            raise ParameterError("add", "a triple that is not stated already", repr(text))
    return Resolved(tuple(added), frozenset(removed), frozenset(denied))


def _used(text: str, ground: Ground, name: str) -> tuple[str, Triple]:
    statement = ground.directory.statement(text, name)
    head = ground.head(statement)
    if statement not in ground.stating(head):
        raise ParameterError(
            name,
            "a statement that supports conclusions",
            f"{text!r}, which is not among the statements of this view, day and scenario",
        )
    return statement, head


def _triple(text: str, ground: Ground, name: str) -> Triple:
    words = text.split()
    if len(words) != 3:
        raise ParameterError(name, "three words: subject, property and object", repr(text))
    triple = ground.directory.triple(words[0], words[1], words[2], (name, name, name))
    if triple[1] in ground.concluded:
        raise ParameterError(
            name, "a property that statements use", f"{words[1]!r}, which only rules conclude"
        )
    if triple[1] != RDF_TYPE and not re.fullmatch(r"[a-z]\w*", short(triple[1])):
        raise ParameterError(name, "a property", f"{words[1]!r}, which is a class or concept")
    return triple


def check_possible(before: Findings, after: Findings) -> None:
    """Raise `ParameterError` when what is supposed contradicts the ontology, and how."""
    known = {(i.rule, i.premises) for i in before.run.inconsistencies}
    for found in after.run.inconsistencies:
        if (found.rule, found.premises) not in known:
            facts = " and ".join(said(key) for key in found.premises)
            raise ParameterError(
                "add",
                "what can be true together",
                f"a contradiction, for the ontology does not allow {facts} ({found.label})",
            )


def difference_of(
    before: Findings,
    after: Findings,
    ground: Ground,
    scenarios: Sequence[ScenarioCard],
    change: Change,
    asked: Asked,
) -> Difference:
    """The difference of two runs in what rules conclude and in what is supposed itself.

    Of the two halves of a symmetric property the first by name is told.
    """
    supposed = tuple(_supposed(asked.scenario, scenarios))
    stated = {ground.head(one.statement.statement) for one in supposed}
    stated |= {(a.s, a.p, a.o) for a in after.run.selection.add}
    stated |= set(after.run.selection.deny)
    stated |= {ground.head(statement) for statement in after.run.selection.remove}
    was = _confidences(before, ground.concluded, stated)
    will = _confidences(after, ground.concluded, stated)
    symmetric = after.symmetric
    changes: dict[str, list[Changed]] = {name: [] for name in _KINDS}
    unchanged = 0
    for triple in sorted(was.keys() | will.keys()):
        if triple[1] in symmetric and triple[2] < triple[0]:
            continue
        kind = _kind(was.get(triple), will.get(triple))
        if kind is None:
            unchanged += 1
            continue
        findings = before if kind == "gone" else after
        proof = findings.run.proof(*triple)
        cited = {citation.statement: citation for citation in findings.cite(proof.statements)}
        changes[kind].append(
            Changed(
                subject=short(triple[0]),
                relation=short(triple[1]),
                object=_plain(triple[2]),
                before=was.get(triple),
                after=will.get(triple),
                inferred=isinstance(proof.root, Derivation),
                statements=tuple(sorted(proof.statements)),
                proof=proof_text(proof, citer(cited)),
            )
        )
    return Difference(
        **{name: tuple(found) for name, found in changes.items()},
        unchanged=unchanged,
        assumed=supposed,
        change=change,
        words=_words(changes),
        asked=asked,
    )


_KINDS: Final = ("new", "gone", "stronger", "weaker")


def _kind(was: float | None, will: float | None) -> str | None:
    if was == will:
        return None
    if was is None or will is None:
        return "new" if was is None else "gone"
    return "stronger" if will > was else "weaker"


def _plain(text: str) -> str:
    """A term as people write it: the short name of an IRI, the value of a literal."""
    return term_of(text).value if is_literal(text) else short(text)


def _confidences(
    findings: Findings, concluded: frozenset[str], stated: set[Triple]
) -> dict[Triple, float]:
    found = {
        (fact.s, fact.p, fact.o): round(fact.confidence, 4)
        for name in sorted(concluded)
        for fact in findings.run.facts(name)
    }
    for triple in stated:
        fact = findings.run.holds(*triple)
        if fact is not None:
            found[triple] = round(fact.confidence, 4)
    return found


def _supposed(name: str | None, scenarios: Sequence[ScenarioCard]) -> Iterator[Supposed]:
    """The members of a scenario and of those that it follows or is a case of."""
    cards = {card.scenario: card for card in scenarios}
    wanted, seen = [name] if name else [], set[str]()
    while wanted:
        card = cards[wanted.pop(0)]
        if card.scenario in seen:
            continue
        seen.add(card.scenario)
        wanted += [*card.follows, *card.broader]
        roles = (
            ("antecedent", card.antecedents),
            ("assumed not", card.assumes_not),
            ("consequent", card.consequents),
            ("regardless of", card.regardless_of),
        )
        for role, cited in roles:
            for citation in cited:
                yield Supposed(scenario=card.scenario, role=role, statement=citation)


def _words(changes: Mapping[str, Sequence[Changed]]) -> str:
    counts = [f"{len(found)} {name}" for name, found in changes.items() if found]
    told = ", ".join(
        clause(c.subject, c.relation, c.object) for c in changes["new"] if not c.inferred
    )
    return f"{', '.join(counts) or 'Nothing changes'}{f': {told}' if told else ''}."
