"""Why a triple holds, or does not, with passages: values, text, Mermaid and PROV-O."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from pydantic import Field

from axiskg.errors import NotFoundError
from axiskg.reasoning.citations import dating
from axiskg.reasoning.findings import ASSUMED, Findings
from axiskg.reasoning.proof_rdf import write_proofs_rdf
from axiskg.reasoning.proofs import Asserted, Derivation, Key, Proof
from axiskg.reasoning.rendering import proof_text, proofs_mermaid, said, why_not_text
from axiskg.reasoning.values import Asked, Citation, Counter, Value, short
from axiskg.reasoning.why_not import Attempt

__all__ = [
    "Explanation",
    "Lacking",
    "MissingValue",
    "Nearest",
    "ProofTree",
    "Together",
    "TripleValue",
    "citer",
    "explanation_of",
    "lacking_of",
]


class TripleValue(Value):
    """A triple in short names."""

    subject: str
    relation: str
    object: str


class StepValue(Value):
    """One fact of a proof: stated, or derived by a rule from facts that stand further down."""

    fact: TripleValue
    confidence: float
    rule: str | None = Field(description="None for what is stated or described.")
    label: str | None
    bindings: dict[str, str] = Field(description="The rule's variables, each with its term.")
    premises: tuple[TripleValue, ...]
    absences: tuple[str, ...] = Field(description="What the rule needs to be absent, and is.")
    alternatives: int = Field(description="How many other derivations the fact has.")
    statements: tuple[Citation, ...]
    more_statements: int


class Together(Value):
    """When all premises may hold at one time: the intersection of their times."""

    begins: date | None = Field(description="Earliest; None when no premise says.")
    ends: date | None = Field(description="Latest; None when no premise says.")
    never: bool
    words: str


class ProofTree(Value):
    """One proof, conclusions before premises."""

    height: int
    confidence: float
    steps: tuple[StepValue, ...]
    together: Together


class Explanation(Value):
    """Why a triple holds."""

    goal: TripleValue
    holds: bool
    inferred: bool
    confidence: float
    proofs: tuple[ProofTree, ...]
    other_proofs: int = Field(description="Other last steps that are not shown.")
    statements: tuple[Citation, ...]
    counter_evidence: tuple[Counter, ...]
    text: str
    mermaid: str = Field(description="The proofs as a flow chart, several in a box each.")
    prov: str = Field(description="The proofs as PROV-O in Turtle.")
    asked: Asked


class MissingValue(TripleValue):
    """A premise that does not hold, what is said of it all the same, and what could give it."""

    unaccepted: tuple[Citation, ...] = Field(
        description="Statements of it that this view, day and scenario leave aside."
    )
    nearest: tuple[Nearest, ...] = Field(description="The nearest rules that would conclude it.")


class Nearest(Value):
    """The nearest instance of a rule, with what it lacks."""

    rule: str
    label: str
    holding: tuple[TripleValue, ...]
    missing: tuple[MissingValue, ...] = Field(description="Unbound places are `?name`.")
    present: tuple[str, ...] = Field(description="What the rule needs absent, and is there.")
    failed: tuple[str, ...] = Field(description="Tests that fail.")


class Lacking(Value):
    """Why a triple does not hold; with `holds` the rest is empty."""

    goal: TripleValue
    holds: bool
    nearest: tuple[Nearest, ...]
    unaccepted: tuple[Citation, ...] = Field(
        description="Statements of the triple that this view, day and scenario leave aside."
    )
    text: str
    asked: Asked


def explanation_of(
    findings: Findings,
    triple: Key,
    asked: Asked,
    *,
    max_proofs: int,
    counter_evidence: tuple[Counter, ...],
) -> Explanation:
    """The lowest proofs of a triple. Raises `NotFoundError` when it does not hold."""
    fact = findings.run.holds(*triple)
    if fact is None:
        names = said(triple)
        raise NotFoundError(
            f"{names} does not hold here; ask why-not {' '.join(map(short, triple))}"
        )
    proofs = findings.run.proofs(*triple, limit=max_proofs)
    cited = findings.cite(st for proof in proofs for st in proof.statements)
    by_iri = {citation.statement: citation for citation in cited}
    cite = citer(by_iri)
    root = proofs[0].root
    others = root.alternatives + 1 if isinstance(root, Derivation) else 1
    return Explanation(
        goal=_named(triple),
        holds=True,
        inferred=not fact.asserted,
        confidence=round(fact.confidence, 4),
        proofs=tuple(_tree(proof, by_iri, asked) for proof in proofs),
        other_proofs=max(0, others - len(proofs)),
        statements=cited,
        counter_evidence=counter_evidence,
        text="\n\n".join(
            f"{proof_text(proof, cite)}\n{_together(proof, by_iri, asked).words}"
            for proof in proofs
        ),
        mermaid=proofs_mermaid(proofs, cite),
        prov=write_proofs_rdf(proofs, by_iri),
        asked=asked,
    )


def _named(key: Key) -> TripleValue:
    return TripleValue(subject=short(key[0]), relation=short(key[1]), object=short(key[2]))


def _tree(proof: Proof, cited: dict[str, Citation], asked: Asked) -> ProofTree:
    return ProofTree(
        height=proof.height,
        confidence=round(proof.confidence, 4),
        steps=tuple(_steps(proof, cited)),
        together=_together(proof, cited, asked),
    )


def _steps(proof: Proof, cited: dict[str, Citation]) -> Iterator[StepValue]:
    for step in proof.steps:
        derived = isinstance(step, Derivation)
        yield StepValue(
            fact=_named(step.fact),
            confidence=round(step.confidence, 4),
            rule=step.rule if isinstance(step, Derivation) else None,
            label=step.label if isinstance(step, Derivation) else None,
            bindings={name: short(text) for name, text in step.bindings}
            if isinstance(step, Derivation)
            else {},
            premises=tuple(map(_named, step.premises)) if isinstance(step, Derivation) else (),
            absences=step.absences if isinstance(step, Derivation) else (),
            alternatives=step.alternatives if isinstance(step, Derivation) else 0,
            statements=()
            if derived
            else tuple(cited[st] for st in _statements(step) if st in cited),
            more_statements=step.supports.more if isinstance(step, Asserted) else 0,
        )


def _statements(step: Asserted | Derivation) -> tuple[str, ...]:
    return step.statements if isinstance(step, Asserted) else ()


def _together(proof: Proof, cited: dict[str, Citation], asked: Asked) -> Together:
    """The intersection of the times of the premises, each taken from its widest statement."""
    begins: list[date] = []
    ends: list[date] = []
    for step in proof.steps:
        found = [cited[st] for st in _statements(step) if st in cited]
        if found and all(c.earliest_begin for c in found):
            begins.append(min(c.earliest_begin for c in found if c.earliest_begin))
        if found and all(c.latest_end for c in found):
            ends.append(max(c.latest_end for c in found if c.latest_end))
    first, last = max(begins, default=None), min(ends, default=None)
    never = first is not None and last is not None and first > last
    if never:
        words = (
            f"The premises never hold at one time: one begins {first}, another has ended {last}."
        )
    elif first is None and last is None:
        words = "No premise says when it holds: at some time each."
    else:
        span = f"{first or 'at an unknown time'} to {last or 'no stated end'}"
        words = f"All premises may hold together from {span}."
    if asked.as_of is not None:
        told = dating((cited[st] for st in proof.statements if st in cited), asked)
        words += f" Asked as of {asked.as_of}.{' ' + told if told else ''}"
    return Together(begins=first, ends=last, never=never, words=words)


def lacking_of(findings: Findings, triple: Key, asked: Asked) -> Lacking:
    """What is missing for a triple, nearest rules first."""
    found = findings.run.why_not(*triple)
    asides = {aside.statement for aside in found.aside}
    cited = findings.cite(asides | set(_asides(found.attempts)))
    by_iri = {citation.statement: citation for citation in cited}
    return Lacking(
        goal=_named(triple),
        holds=found.holds,
        nearest=tuple(_nearest(attempt, by_iri) for attempt in found.attempts),
        unaccepted=tuple(citation for citation in cited if citation.statement in asides),
        text=why_not_text(found, citer(by_iri)),
        asked=asked,
    )


def _asides(attempts: Sequence[Attempt]) -> Iterator[str]:
    for attempt in attempts:
        for missing in attempt.missing:
            yield from (aside.statement for aside in missing.aside)
            yield from _asides(missing.attempts)


def citer(cited: Mapping[str, Citation]) -> Callable[[str], str]:
    """How text cites a statement: its id, place and paraphrase, as far as it is known."""

    def cite(statement: str) -> str:
        citation = cited.get(statement)
        if citation is None:
            assumed = statement.startswith(ASSUMED)
            return "assumption" if assumed else statement.rpartition("/")[2]
        words = f": {citation.paraphrase}" if citation.paraphrase else ""
        place = f"paragraph {citation.paragraph}, sentence {citation.sentence}"
        return f"{statement.rpartition('/')[2]} ({place}){words}"

    return cite


def _nearest(attempt: Attempt, cited: Mapping[str, Citation]) -> Nearest:
    return Nearest(
        rule=attempt.rule,
        label=attempt.label,
        holding=tuple(map(_named, attempt.holding)),
        missing=tuple(
            MissingValue(
                **dict(_named(missing.pattern)),
                unaccepted=tuple(cited[a.statement] for a in missing.aside if a.statement in cited),
                nearest=tuple(_nearest(inner, cited) for inner in missing.attempts),
            )
            for missing in attempt.missing
        ),
        present=attempt.present,
        failed=attempt.failed,
    )
