"""Proofs for people and programs: text tree, JSON, Mermaid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from axiskg.reasoning.proofs import Asserted, Key, Proof, Step
from axiskg.reasoning.terms import is_literal, lexical, short
from axiskg.reasoning.why_not import Aside, Attempt, WhyNot

__all__ = [
    "proof_json",
    "proof_text",
    "proofs_mermaid",
    "said",
    "why_not_text",
]

NEAREST: Final = 3
"""How many instances of one rule a text shows."""


def said(key: Sequence[str]) -> str:
    """A fact, or some terms, for people; of a literal its value.

    >>> said(("urn:a", "urn:b", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'))
    'urn:a urn:b "true"'
    """
    return " ".join(f'"{lexical(text)}"' if is_literal(text) else short(text) for text in key)


# text


def proof_text(proof: Proof, cite: Callable[[str], str] = short) -> str:
    """A proof as an indented tree; a fact shown before is named, not unfolded again.

    `cite` says how a statement is cited, such as by paragraph and sentence.
    """
    lines: list[str] = []
    shown: set[Key] = set()

    def add(step: Step, depth: int) -> None:
        indent = "  " * depth
        head = f"{indent}{said(step.fact)}  [{step.confidence:g}]"
        if step.fact in shown:
            lines.append(f"{head}  (as above)")
            return
        shown.add(step.fact)
        lines.append(head)
        if isinstance(step, Asserted):
            more = f" and {step.supports.more} more" if step.supports.more else ""
            said_by = [f"said by {cite(statement)}" for statement in step.statements]
            lines.extend(f"{indent}  {line}" for line in said_by[:-1])
            last = said_by[-1] if said_by else "from a description or the ontology"
            lines.append(f"{indent}  {last}{more}")
            return
        ways = "other way" if step.alternatives == 1 else "other ways"
        others = f" ({step.alternatives} {ways})" if step.alternatives else ""
        lines.append(f"{indent}  by {step.label}{others}")
        lines.extend(f"{indent}  as it is not said that {absence}" for absence in step.absences)
        for premise in proof.premises(step.fact):
            add(premise, depth + 2)

    add(proof.root, 0)
    if proof.truncated:
        lines.append(f"({proof.truncated} facts shown without their own proof)")
    return "\n".join(lines)


def why_not_text(found: WhyNot, cite: Callable[[str], str] = short) -> str:
    """Why a fact does not hold, as an indented tree."""
    if found.holds:
        return f"{said(found.goal)} holds"
    lines = [f"{said(found.goal)} does not hold"]
    lines += [f"  nothing is known of {short(name)}" for name in found.unknown]
    lines += [_aside_line(aside, 1, cite) for aside in found.aside]
    _add_attempts(lines, found.attempts, 1, cite)
    return "\n".join(lines)


def _add_attempts(
    lines: list[str], attempts: Sequence[Attempt], depth: int, cite: Callable[[str], str]
) -> None:
    """The nearest instances of each rule; what is further off is only counted."""
    indent = "  " * depth
    bare, attempts = _without_bare(attempts, " rdfs:subPropertyOf ")
    if bare:
        lines.append(f"{indent}by a narrower property:")
        lines += [f"{indent}  {line}" for line in bare]
    for label, of_rule in _by_label(attempts).items():
        near, further = _nearest(of_rule)
        for attempt in near:
            lines.append(f"{indent}by {label}:")
            _add_attempt(lines, attempt, depth + 1, cite)
        if further:
            lines.append(f"{indent}({further} more by {label}, lacking as much or more)")


def _by_label(attempts: Sequence[Attempt]) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        found.setdefault(attempt.label, []).append(attempt)
    return found


def _nearest(attempts: Sequence[Attempt]) -> tuple[list[Attempt], int]:
    """The first instances that lack least, and those of which something is said; and how many are
    left out."""
    near = [
        attempt
        for n, attempt in enumerate(attempts)
        if (n < NEAREST and len(attempt.missing) <= len(attempts[0].missing))
        or any(missing.aside for missing in attempt.missing)
    ]
    return near, len(attempts) - len(near)


def _add_attempt(
    lines: list[str], attempt: Attempt, depth: int, cite: Callable[[str], str]
) -> None:
    indent = "  " * depth
    lines += [f"{indent}holds: {said(key)}" for key in attempt.holding]
    lines += [f"{indent}in the way: {present}" for present in attempt.present]
    lines += [f"{indent}fails: {test}" for test in attempt.failed]
    for missing in attempt.missing:
        if not missing.ways:
            lines.append(f"{indent}missing: {said(missing.pattern)}")
            lines += [_aside_line(aside, depth + 1, cite) for aside in missing.aside]
            _add_attempts(lines, missing.attempts, depth + 1, cite)
            continue
        s, _, o = missing.pattern
        lines.append(f"{indent}missing: any way from {said((s,))} to {said((o,))}")
        _add_ways(lines, missing.attempts, depth + 1, cite)


def _add_ways(
    lines: list[str], attempts: Sequence[Attempt], depth: int, cite: Callable[[str], str]
) -> None:
    """The alternatives of a path, those of a single property in one line."""
    bare, rest = _without_bare(attempts)
    lines += [f"{'  ' * depth}{line}" for line in bare]
    for attempt in rest[:NEAREST]:
        _add_attempt(lines, attempt, depth, cite)
    if len(rest) > NEAREST:
        lines.append(f"{'  ' * depth}({len(rest) - NEAREST} more ways)")


def _without_bare(
    attempts: Sequence[Attempt], labelled: str = ""
) -> tuple[list[str], list[Attempt]]:
    """Lines for what lacks a single triple of which nothing more is known, and the rest."""
    bare: dict[tuple[str, str], list[str]] = {}
    rest: list[Attempt] = []
    for attempt in attempts:
        single = len(attempt.missing) == 1 and not (
            attempt.holding or attempt.present or attempt.failed
        )
        missing = attempt.missing[0] if single and labelled in attempt.label else None
        if missing is None or missing.attempts or missing.aside or missing.ways:
            rest.append(attempt)
        else:
            s, p, o = missing.pattern
            bare.setdefault((s, o), []).append(short(p))
    return [
        f"missing: {said((s,))} {' or '.join(properties)} {said((o,))}"
        for (s, o), properties in bare.items()
    ], rest


_STANDINGS: Final = {
    "Attributed": "Attributed, the word or view of another",
    "Denied": "Denied",
    "Foreseen": "Foreseen, not yet so",
    "Hedged": "Hedged, not put as certain",
    "Hypothetical": "Hypothetical, only within a scenario",
    "Implied": "Implied, not said outright",
    "Judged": "Judged, an assessment of the author's",
    "Open": "Open, not known",
}
"""Why a statement supports nothing, in words."""


def _aside_line(aside: Aside, depth: int, cite: Callable[[str], str]) -> str:
    standing = _STANDINGS.get(
        aside.standing.rpartition(":")[2], "not among those asked about (view, day, confidence)"
    )
    return f"{'  ' * depth}said, but {standing}: {cite(aside.statement)}"


# JSON


def proof_json(proof: Proof) -> dict[str, Any]:
    """A proof as JSON values: steps by index, the goal first."""
    index = {step.fact: n for n, step in enumerate(proof.steps)}
    return {
        "goal": list(proof.goal),
        "confidence": proof.confidence,
        "height": proof.height,
        "truncated": proof.truncated,
        "statements": list(proof.statements),
        "steps": [_step_json(step, index) for step in proof.steps],
    }


def _step_json(step: Step, index: dict[Key, int]) -> dict[str, Any]:
    common = {"id": index[step.fact], "fact": list(step.fact), "confidence": step.confidence}
    if isinstance(step, Asserted):
        return {
            **common,
            "kind": "asserted",
            "statements": list(step.statements),
            "more": step.supports.more,
        }
    return {
        **common,
        "kind": "derived",
        "rule": step.rule,
        "label": step.label,
        "bindings": dict(step.bindings),
        "premises": [index[premise] for premise in step.premises],
        "axioms": [list(axiom) for axiom in step.axioms],
        "absences": list(step.absences),
        "alternatives": step.alternatives,
    }


# Mermaid


def proofs_mermaid(proofs: Sequence[Proof], cite: Callable[[str], str] = short) -> str:
    """Proofs as a Mermaid flow chart, premises pointing to conclusions; several in a box each."""
    lines = ["flowchart BT"]
    if len(proofs) == 1:
        lines += _chart(proofs[0], "f", "  ", cite)
        return "\n".join(lines)
    for number, proof in enumerate(proofs, 1):
        lines.append(f'  subgraph p{number}["proof {number} of {len(proofs)}"]')
        lines += _chart(proof, f"p{number}f", "    ", cite)
        lines.append("  end")
    return "\n".join(lines)


def _chart(proof: Proof, prefix: str, indent: str, cite: Callable[[str], str]) -> Iterator[str]:
    index = {step.fact: f"{prefix}{n}" for n, step in enumerate(proof.steps)}
    for step in proof.steps:
        node = index[step.fact]
        yield f'{indent}{node}["{_escaped(said(step.fact))}"]'
        if isinstance(step, Asserted):
            for n, statement in enumerate(step.statements):
                yield f'{indent}{node}s{n}(["{_escaped(cite(statement))}"]) --> {node}'
            if step.supports.more:
                yield f'{indent}{node}more(["and {step.supports.more} more"]) --> {node}'
        else:
            yield f'{indent}{node}r{{{{"{_escaped(step.label)}"}}}} --> {node}'
            yield from (f"{indent}{index[premise]} --> {node}r" for premise in step.premises)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "#quot;").replace("<", "&lt;")
