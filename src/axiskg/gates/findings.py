"""What a gate reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ["CheckReport", "Finding", "GateReport", "Outcome"]


class Outcome(StrEnum):
    """How a gate ended; only `PASSED` is green."""

    PASSED = "passed"
    FAILED = "failed"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what is wrong, where, and what mends it.

    `place` is a file, with a line from 1 where it is known (`data/triples/x.trig:12`); `subject`
    the statement, term or query at fault.
    """

    message: str
    place: str
    subject: str
    cure: str

    def __str__(self) -> str:
        return f"{self.place}: {self.subject}: {self.message}\n    cure: {self.cure}"


@dataclass(frozen=True, slots=True)
class GateReport:
    """The result of one gate.

    `scope` says in a phrase what was looked at; `reason`, for an unchecked gate, why it was not.
    """

    gate: str
    outcome: Outcome
    scope: str
    findings: tuple[Finding, ...] = ()
    reason: str = ""

    @classmethod
    def of(cls, gate: str, scope: str, findings: tuple[Finding, ...]) -> GateReport:
        """A report that failed when there are findings, and passed when there are none."""
        return cls(gate, Outcome.FAILED if findings else Outcome.PASSED, scope, findings)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "gate": self.gate,
            "outcome": str(self.outcome),
            "scope": self.scope,
            "reason": self.reason,
            "findings": [
                {"message": f.message, "place": f.place, "subject": f.subject, "cure": f.cure}
                for f in self.findings
            ],
        }


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The reports of all gates, in the order in which they ran."""

    gates: tuple[GateReport, ...]

    @property
    def outcome(self) -> Outcome:
        """Failed when any gate failed, else unchecked when any was not run, else passed."""
        outcomes = {report.outcome for report in self.gates}
        for outcome in (Outcome.FAILED, Outcome.UNCHECKED):
            if outcome in outcomes:
                return outcome
        return Outcome.PASSED

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of the gates that failed."""
        return tuple(r.gate for r in self.gates if r.outcome is Outcome.FAILED)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {"outcome": str(self.outcome), "gates": [gate.as_json() for gate in self.gates]}
