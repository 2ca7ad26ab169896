"""The dependencies between the fields of a statement, checked where they are authored.

The ontology's `checks/*-violation.rq` say the same of the graph, whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from axiskg.authoring.sheet import Entry
from axiskg.edtf_bounds import bounds
from axiskg.errors import DataError

__all__ = ["Fields", "Role", "check_fields"]


@dataclass(frozen=True, slots=True)
class Role:
    """The part of a statement in a scenario: `if`, `not`, `then` or `even-if`, and its IRI."""

    key: str
    scenario: str


@dataclass(frozen=True, slots=True)
class Fields:
    """The values of a statement's interdependent fields, defaults filled in."""

    modality: str
    likelihood: str
    polarity: str
    expression: str
    time_basis: str | None


def check_fields(
    entry: Entry,
    *,
    triples: int,
    asserters: Sequence[str],
    creators: Sequence[str],
    publisher: str | None,
    held: Sequence[str],
    roles: Sequence[Role],
) -> Fields:
    """The fields of a statement of so many triples, defaults filled in.

    A statement with a role in a scenario is a Hypothesis; unless it is a consequent, its likelihood
    is Undetermined when none is given. Raises `DataError` naming the rule broken and its cure.
    """
    keys = {role.key for role in roles}
    premise = keys & {"if", "not", "even-if"}
    modality = entry.text("mod") or ("Hypothesis" if keys else "Fact")
    open_by_role = bool(premise) and "then" not in keys
    likelihood = entry.text("lik") or ("Undetermined" if open_by_role else "Certain")
    polarity = entry.text("pol") or "Affirmed"
    outsiders = [a for a in asserters if a not in creators]
    time = entry.text("time")
    if time is not None:
        bounds(time)
    rules = (
        (
            bool(keys) and modality != "Hypothesis",
            f"has a role in a scenario and is a {modality}; leave mod out",
        ),
        (
            modality == "Hypothesis" and not keys,
            "is a Hypothesis in no scenario; list it under scenarios:, or change mod",
        ),
        (
            modality == "Fact" and likelihood != "Certain",
            f"is a Fact and {likelihood}; a hedged one is an Assessment or a Prediction",
        ),
        (
            modality == "Fact" and any(a != publisher for a in outsiders),
            "is a Fact that another asserts; reported speech is mod: Claim",
        ),
        (
            modality == "Claim" and len(outsiders) < len(asserters),
            "is a Claim of the author; name the quoted party in by:, or change mod",
        ),
        (
            modality == "Perception" and not held,
            "is a Perception that nobody holds; name the holders in held:",
        ),
        (
            bool(held) and modality not in {"Perception", "Hypothesis"},
            f"is held by somebody and is a {modality}; a view is mod: Perception",
        ),
        (
            entry.text("att") is not None and not held,
            "has an attitude and no holder; att: goes with held:",
        ),
        (
            likelihood == "Undetermined" and polarity == "Negated" and not premise,
            "is Undetermined and Negated; what is not clear is put affirmatively",
        ),
        (
            "if" in keys and polarity == "Negated",
            "is a negated antecedent; list it under not: instead of if:",
        ),
        (
            "not" in keys and polarity == "Affirmed",
            "is listed under not: and Affirmed; write pol: Negated, or list it under if:",
        ),
        (
            polarity == "Negated" and triples != 1,
            f"is negated and has {triples} triples; one only, or the negation's scope is open",
        ),
        (
            bool(premise) and triples != 1,
            f"is an antecedent or concession of {triples} triples; one only, the node's"
            " description goes under nodes:",
        ),
        (
            entry.text("basis") is not None and time is None,
            "has a basis and no time; write time:",
        ),
    )
    for broken, message in rules:
        if broken:
            raise DataError(message)
    return Fields(
        modality=modality,
        likelihood=likelihood,
        polarity=polarity,
        expression=entry.text("expr") or "Explicit",
        time_basis=(entry.text("basis") or "Stated") if time is not None else None,
    )
