"""Recursive strata: semi-naive rounds, and plain transitive closures as one query.

Each round joins what is new, more certain or lower with everything, until nothing is (Ullman 1989;
for max-min and products up to one, that ends: a longer way is never more certain).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from axiskg.reasoning.ir import Kind, Mode, Relation, Rule, Var
from axiskg.reasoning.sql import RUN, Body
from axiskg.reasoning.strata import Stratum

if TYPE_CHECKING:
    from axiskg.reasoning.evaluation import Evaluation

__all__ = ["fill_recursive", "is_transitive"]

MAX_LEVELS: Final = 24
"""Distinct confidences up to which a closure goes level by level."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One rule with one of its recursive premises read from what is new."""

    rule: Rule
    index: int


def fill_recursive(run: Evaluation, stratum: Stratum) -> None:
    """Fill the tables of a stratum to the fix-point."""
    inside = sorted(stratum.relations)
    steps = [
        _Step(rule, index)
        for rule in stratum.rules
        for index, atom in enumerate(rule.atoms)
        if atom.relation in stratum.relations
    ]
    looping = {step.rule for step in steps}
    names: dict[Relation, str] = {}
    filled = 0
    for relation in inside:
        first = [r for r in stratum.rules if r not in looping and r.head.relation == relation]
        name = run.union(relation, first)
        filled += name is not None
        if name is None:
            name = run.new_name()
            run.db.rows(f"CREATE TABLE {name} (c0 INT, c1 INT, conf DOUBLE, h INT, asserted BOOL)")
        names[relation] = name
    run.tables.update(names)
    closed = filled and _is_closure(run, stratum, looping) and _close(run, inside[0])
    if filled and not closed:
        _rounds(run, names, steps)
        for rule in stratum.rules:
            if rule in looping and rule.mode is not Mode.MATCHED:
                run.keep(rule)
    for relation in inside:
        if not run.db.rows(f"SELECT 1 FROM {run.tables[relation]} LIMIT 1"):
            run.db.rows(f"DROP TABLE {run.tables[relation]}")
            run.tables[relation] = None


def _rounds(run: Evaluation, names: dict[Relation, str], steps: Sequence[_Step]) -> None:
    rows = run.db.rows
    new: dict[Relation, str] = {}
    for relation, name in names.items():
        if rows(f"SELECT 1 FROM {name} LIMIT 1"):
            new[relation] = run.new_name()
            rows(f"CREATE TABLE {new[relation]} AS SELECT * FROM {name}")
    while new:
        found: dict[Relation, list[str]] = {}
        for step in steps:
            fresh = new.get(step.rule.atoms[step.index].relation)
            if fresh is not None and run.is_possible(step.rule):
                found.setdefault(step.rule.head.relation, []).append(_step_sql(run, step, fresh))
        better: dict[Relation, tuple[str, int, int]] = {}
        for relation, queries in found.items():
            name, old = run.new_name(), names[relation]
            rows(
                f"""CREATE TABLE {name} AS SELECT n.c0, n.c1,
                  greatest(n.conf, coalesce(o.conf, 0)) AS conf,
                  least(n.h, coalesce(o.h, n.h)) AS h, coalesce(o.asserted, FALSE) AS asserted,
                  o.c0 IS NULL AS unseen
                FROM (SELECT h0 AS c0, h1 AS c1, max(conf) AS conf, min(h)::INT AS h
                      FROM ({" UNION ALL ".join(queries)}) GROUP BY h0, h1) n
                LEFT JOIN {old} o ON o.c0 = n.c0 AND o.c1 = n.c1
                WHERE o.c0 IS NULL OR n.conf > o.conf OR n.h < o.h"""
            )
            count, unseen = rows(f"SELECT count(*), count(*) FILTER (unseen) FROM {name}")[0]
            better[relation] = (name, count, unseen)
        for name in new.values():
            rows(f"DROP TABLE {name}")
        new = {}
        for relation, (name, count, unseen) in better.items():
            old = names[relation]
            if count > unseen:
                rows(
                    f"""UPDATE {old} AS o SET conf = n.conf, h = n.h FROM {name} n
                    WHERE NOT n.unseen AND o.c0 = n.c0 AND o.c1 = n.c1"""
                )
            if unseen:
                rows(f"INSERT INTO {old} SELECT c0, c1, conf, h, asserted FROM {name} WHERE unseen")
            if count:
                new[relation] = name
            else:
                rows(f"DROP TABLE {name}")


def _step_sql(run: Evaluation, step: _Step, fresh: str) -> str:
    along, place = run.selection.along, "fresh_table_"
    sql = run.sql(
        ("step", step.rule, step.index, along, run.pattern(step.rule)),
        lambda: Body(step.rule, run.naming, replaced={step.index: place}).derivations(
            along, bindings=False
        ),
    )
    return sql.replace(f"{run.schema}.{place}", fresh).replace(f"{RUN}.{place}", fresh)


def _is_closure(run: Evaluation, stratum: Stratum, looping: set[Rule]) -> bool:
    if len(stratum.relations) != 1 or len(looping) != 1 or run.selection.along != "min":
        return False
    (rule,) = looping
    return is_transitive(rule)


def _close(run: Evaluation, relation: Relation) -> bool:
    """Fill a transitive closure; false when it has too many levels of confidence for that."""
    rows = run.db.rows
    edges = str(run.tables[relation])
    levels = [row[0] for row in rows(f"SELECT DISTINCT conf FROM {edges} ORDER BY conf DESC")]
    if len(levels) > MAX_LEVELS:
        return False
    top = run.db.value(f"SELECT coalesce(max(h), 0) + 1 FROM {edges}")
    pairs = run.new_name()
    rows(f"CREATE TABLE {pairs} (c0 INT, c1 INT, conf DOUBLE)")
    for level in levels:
        unseen = (
            f"WHERE NOT EXISTS (SELECT 1 FROM {pairs} q WHERE q.c0 = c.c0 AND q.c1 = c.c1)"
            if level != levels[0]
            else ""
        )
        rows(
            f"""INSERT INTO {pairs} WITH RECURSIVE
            e AS (SELECT c0, c1 FROM {edges} WHERE conf >= {level!r}),
            c(c0, c1) AS (SELECT c0, c1 FROM e
              UNION SELECT c.c0, e.c1 FROM c JOIN e ON c.c1 = e.c0)
            SELECT c0, c1, {level!r}::DOUBLE FROM c {unseen}"""
        )
    name = run.new_name()
    rows(
        f"""CREATE TABLE {name} AS SELECT p.c0, p.c1, p.conf, coalesce(e.h, {top})::INT AS h,
        coalesce(e.asserted, FALSE) AS asserted
        FROM {pairs} p LEFT JOIN {edges} e ON p.c0 = e.c0 AND p.c1 = e.c1"""
    )
    rows(f"DROP TABLE {pairs}")
    run.tables[relation] = name
    run.edges[relation] = edges
    return True


def is_transitive(rule: Rule) -> bool:
    """Whether a rule is `p(x, y) :- p(x, z), p(z, y)` and nothing else."""
    if len(rule.atoms) != 2 or rule.quoted or rule.absent or rule.tests or rule.values:
        return False
    if rule.mints or rule.confidence < 1:
        return False
    first, second, head = rule.atoms[0], rule.atoms[1], rule.head
    if not first.relation == second.relation == head.relation:
        return False
    if first.relation.kind not in (Kind.PROPERTY, Kind.HELPER):
        return False
    if second.s == head.s:
        first, second = second, first
    terms = (head.s, head.o, first.o)
    return (
        all(isinstance(term, Var) for term in terms)
        and len(set(terms)) == 3
        and (first.s, second.s, second.o) == (head.s, first.o, head.o)
    )
