"""What the ontology says can't be, and is."""

from __future__ import annotations

from dataclasses import dataclass

from axiskg.reasoning.evaluation import Evaluation
from axiskg.reasoning.ir import Atom, Const, Kind, Relation, Rule, Term, Var
from axiskg.reasoning.proofs import Key
from axiskg.reasoning.search import Search
from axiskg.reasoning.sql import Body, column, written

__all__ = ["Inconsistency", "found_inconsistencies"]

MOST = 1_000
"""Inconsistencies reported for one axiom."""


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """Facts that the ontology does not allow together; `rule` is its name in OWL 2 RL."""

    rule: str
    label: str
    premises: tuple[Key, ...]
    axioms: tuple[Key, ...]


def found_inconsistencies(run: Evaluation) -> list[Inconsistency]:
    """All inconsistencies of a run, up to a thousand for each axiom."""
    found = []
    search = Search(run)
    for violation in run.program.violations:
        head = Atom(Relation(Kind.HELPER, "violation"), Const("urn:x"), Const("urn:x"))
        rule = Rule(violation.origin, 0, head, violation.atoms, tests=violation.tests)
        if not run.is_possible(rule):
            continue
        body = Body(rule, run.naming)
        variables = rule.variables()
        query = body.select([body.columns[v].copy() for v in variables] or [column("a0", "c0")])
        rows = run.db.rows(f"{run.placed(written(query))} ORDER BY ALL LIMIT {MOST}")
        for row in rows:
            values = dict(zip(variables, row, strict=False))

            def number(term: Term, values: dict[Var, int] = values) -> int:
                return values[term] if isinstance(term, Var) else run.db.intern(term.text)

            found.append(
                Inconsistency(
                    violation.origin.name,
                    violation.origin.label,
                    tuple(
                        dict.fromkeys(
                            search.key((a.relation, number(a.s), number(a.o)))
                            for a in violation.atoms
                        )
                    ),
                    violation.origin.axioms,
                )
            )
    return found
