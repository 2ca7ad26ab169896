"""One run: the facts of all relations, filled stratum by stratum.

Strata without recursion take one pass. Recursive ones go round semi-naively (each round joins what
is new or better with everything) until no fact is new, more certain or lower; a plain transitive
closure is one recursive query for each level of confidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from axiskg.errors import QueryTooLargeError
from axiskg.namespaces import expand
from axiskg.plain import LABELS, LINKS
from axiskg.reasoning.database import Database
from axiskg.reasoning.ir import ANY_TYPE, RDF_TYPE, Kind, Mode, Relation, Rule, Var
from axiskg.reasoning.program import Program
from axiskg.reasoning.selection import Selection, select_statements
from axiskg.reasoning.sql import Body, Naming, written
from axiskg.reasoning.strata import Stratum
from axiskg.reasoning.terms import short

__all__ = ["Evaluation"]

MAX_LEVELS: Final = 24
"""Distinct confidences up to which a closure goes level by level."""

_PAIR: Final = "c0 INT, c1 INT, conf DOUBLE, h INT, asserted BOOL"


@dataclass(frozen=True, slots=True)
class _Step:
    """One rule with one of its recursive premises read from what is new."""

    rule: Rule
    index: int


class Evaluation:
    """The tables of one run, in a schema of its own; filled by `fill`."""

    def __init__(self, db: Database, program: Program, selection: Selection, schema: str) -> None:
        self.db, self.program, self.selection, self.schema = db, program, selection, schema
        self.tables: dict[Relation, str | None] = {}
        """The table of each relation, with its schema; None when it is empty."""
        self.kept: dict[Rule, str] = {}
        """The table of derivations of each rule that has any."""
        self.edges: dict[Relation, str] = {}
        """The table of single steps of each relation that is filled as a closure."""
        self.uses: set[str] = {schema}
        """All schemas that the tables are in."""
        self.naming = Naming(self.table, db.intern)
        self._properties: dict[int, int] = {}
        self._classes: dict[int, int] = {}
        self._count = 0

    # filling

    def fill(self, previous: Evaluation | None = None) -> None:
        """Compute everything; of `previous` (same program and selection) keep what is as it was."""
        rows = self.db.rows
        rows(f"CREATE SCHEMA {self.schema}")
        rows(f"CREATE TABLE {self.schema}.empty ({_PAIR})")
        select_statements(self.db, self.selection, self.schema)
        self._base()
        changed = None if previous is None else self._changed(previous)
        for stratum in self.program.strata:
            if previous is not None and changed is not None and self._unchanged(stratum, changed):
                self._adopt(stratum, previous)
                continue
            if changed is not None:
                changed.update(stratum.relations)
            if stratum.recursive:
                self._recursive(stratum)
            else:
                (relation,) = stratum.relations
                self._single(relation, stratum.rules)

    def _base(self) -> None:
        """`base(p, s, o, conf)`: what the chosen statements and the descriptions say."""
        rows, run, term = self.db.rows, self.schema, self.db.intern
        over = "max(conf)" if self.selection.over == "max" else "1 - product(1 - conf)"
        shown = ", ".join(str(term(expand(name))) for name in f"{LABELS} {LINKS}".split())
        rows(
            f"""CREATE TABLE {run}.base AS SELECT p, s, o, {over} AS conf FROM (
            SELECT p, s, o, conf FROM {run}.chosen
            UNION ALL SELECT DISTINCT p, s, o, 1.0 FROM described WHERE part = 2
              OR (part = 1 AND s IN (SELECT s FROM {run}.chosen UNION SELECT o FROM {run}.chosen))
              OR p IN ({shown})) GROUP BY p, s, o ORDER BY p, s, o"""
        )
        kind = term(RDF_TYPE)
        self._properties = dict(rows(f"SELECT p, count(*) FROM {run}.base GROUP BY p"))
        self._classes = dict(
            rows(f"SELECT o, count(*) FROM {run}.base WHERE p = {kind} GROUP BY o")
        )

    def _changed(self, previous: Evaluation) -> set[Relation]:
        """The relations whose base facts differ from those of an earlier run."""
        new, old = f"{self.schema}.base", f"{previous.schema}.base"
        kind = self.db.intern(RDF_TYPE)
        differing = self.db.rows(
            f"""SELECT DISTINCT p, CASE WHEN p = {kind} THEN o END FROM (
            (SELECT * FROM {new} EXCEPT SELECT * FROM {old})
            UNION ALL (SELECT * FROM {old} EXCEPT SELECT * FROM {new}))"""
        )
        texts = self.db.texts({i for row in differing for i in row if i is not None})
        changed: set[Relation] = set()
        for prop, cls in differing:
            if cls is None:
                changed.add(Relation(Kind.PROPERTY, texts[prop]))
            else:
                changed |= {Relation(Kind.CLASS, texts[cls]), ANY_TYPE}
        return changed

    def _unchanged(self, stratum: Stratum, changed: set[Relation]) -> bool:
        if any(rule.quoted for rule in stratum.rules):
            return False
        reads = stratum.reads() | stratum.relations
        if any(relation.kind is Kind.PROVENANCE for relation in reads):
            return False
        if ANY_TYPE in reads and any(relation.kind is Kind.CLASS for relation in changed):
            return False
        return not reads & changed

    def _adopt(self, stratum: Stratum, previous: Evaluation) -> None:
        for relation in stratum.relations:
            self.tables[relation] = name = previous.tables.get(relation)
            if name is not None:
                self.uses.add(name.split(".")[0])
            if relation in previous.edges:
                self.edges[relation] = previous.edges[relation]
                self.uses.add(previous.edges[relation].split(".")[0])
        for rule in stratum.rules:
            if rule in previous.kept:
                self.kept[rule] = previous.kept[rule]
                self.uses.add(previous.kept[rule].split(".")[0])

    # tables

    def table(self, relation: Relation) -> str | None:
        """The table of a relation, made from the base when no rule fills it; None when empty."""
        if relation not in self.tables:
            self.tables[relation] = self._from_base(relation)
        return self.tables[relation]

    def _from_base(self, relation: Relation) -> str | None:
        source = self._source(relation)
        if source is None:
            return None
        name = self._new_name()
        self.db.rows(f"CREATE TABLE {name} AS {source}")
        return name

    def _source(self, relation: Relation) -> str | None:
        """The base facts of a relation as a query."""
        found = "SELECT s AS c0, o AS c1, conf, 0::INT AS h, TRUE AS asserted"
        kind = self.db.intern(RDF_TYPE)
        if relation.kind is Kind.CLASS:
            cls = self.db.intern(relation.name)
            if cls not in self._classes:
                return None
            return f"{found} FROM {self.schema}.base WHERE p = {kind} AND o = {cls}"
        if relation.kind is Kind.PROPERTY:
            prop = self.db.intern(relation.name)
            if prop not in self._properties:
                return None
            return f"{found} FROM {self.schema}.base WHERE p = {prop}"
        if relation.kind is Kind.ANY_TYPE:
            filled = [
                r for s in self.program.strata for r in s.relations if r.kind is Kind.CLASS
            ]
            ids = ", ".join(str(self.db.intern(r.name)) for r in filled)
            others = f" AND o NOT IN ({ids})" if ids else ""
            parts = [f"{found} FROM {self.schema}.base WHERE p = {kind}{others}"]
            parts += [f"SELECT * FROM {n}" for r in filled if (n := self.tables.get(r))]
            return " UNION ALL ".join(parts)
        return None

    def _new_name(self) -> str:
        self._count += 1
        return f"{self.schema}.t{self._count}"

    # strata without recursion

    def _single(self, relation: Relation, rules: Sequence[Rule]) -> None:
        self.tables[relation] = self._union(relation, rules)

    def _union(self, relation: Relation, rules: Sequence[Rule]) -> str | None:
        """A new table of a relation: its base facts and what these rules give."""
        parts = []
        if (source := self._source(relation)) is not None:
            parts.append(source)
        for rule in rules:
            if (derived := self._derived(rule)) is not None:
                parts.append(f"SELECT h0, h1, conf, h, FALSE FROM {derived}")
        if not parts:
            return None
        over = "max(conf)" if self.selection.over == "max" else "1 - product(1 - conf)"
        name = self._new_name()
        if len(parts) == 1 and parts[0] == source:
            count = self.db.value(f"CREATE TABLE {name} AS {source}")
        else:
            count = self.db.value(
                f"""CREATE TABLE {name} AS SELECT c0, c1, {over} AS conf, min(h)::INT AS h,
                bool_or(asserted) AS asserted FROM (
                SELECT 0::INT AS c0, 0::INT AS c1, 0.0::DOUBLE AS conf, 0::INT AS h,
                  FALSE AS asserted WHERE FALSE
                UNION ALL {" UNION ALL ".join(parts)}) GROUP BY c0, c1"""
            )
        if not count:
            self.db.rows(f"DROP TABLE {name}")
            return None
        return name

    def _derived(self, rule: Rule) -> str | None:
        """What a rule gives: the table of its derivations, or a query; None when nothing."""
        if any(
            atom.relation.kind is not Kind.PROVENANCE and self.table(atom.relation) is None
            for atom in rule.atoms
        ):
            return None
        self._mint(rule)
        body = Body(rule, self.naming)
        if rule.mode is Mode.MATCHED:
            return f"({self._written(body.derivations(self.selection.along, bindings=False))})"
        return self._keep(rule, body)

    def _keep(self, rule: Rule, body: Body) -> str | None:
        name = self._new_name()
        most = self.db.limits.max_derivations
        query = self._written(body.derivations(self.selection.along))
        count = self.db.value(f"CREATE TABLE {name} AS {query} LIMIT {most + 1}")
        if count > most:
            raise QueryTooLargeError(
                f"rule {rule.origin.name} has more than {most} derivations: add a pattern that"
                " narrows it"
            )
        if not count:
            self.db.rows(f"DROP TABLE {name}")
            return None
        self.kept[rule] = name
        return name

    def _mint(self, rule: Rule) -> None:
        """Put the names that a rule makes into the dictionary."""
        for mint in rule.mints:
            body = Body(replace(rule, mints=()), self.naming)
            if not body.possible:
                return
            made = body.minted(mint)
            query = body.select([made]).distinct()
            self.db.intern_all(row[0] for row in self.db.rows(self._written(query)))

    def _written(self, expression: object) -> str:
        return written(expression, self.schema)  # type: ignore[arg-type]

    # recursive strata

    def _recursive(self, stratum: Stratum) -> None:
        inside = stratum.relations
        steps = [
            _Step(rule, index)
            for rule in stratum.rules
            for index, atom in enumerate(rule.atoms)
            if atom.relation in inside
        ]
        looping = {step.rule for step in steps}
        for relation in inside:
            self.tables[relation] = None
        for relation in sorted(inside):
            first = [
                r for r in stratum.rules if r not in looping and r.head.relation == relation
            ]
            name = self._union(relation, first)
            if name is None:
                name = self._new_name()
                self.db.rows(f"CREATE TABLE {name} ({_PAIR})")
            self.tables[relation] = name
        if not (self._is_closure(stratum, looping) and self._close(*inside)):
            self._rounds(sorted(inside), steps)
            for rule in stratum.rules:
                if rule in looping and rule.mode is not Mode.MATCHED:
                    self._keep(rule, Body(rule, self.naming))
        for relation in inside:
            name = self.tables[relation]
            if not self.db.value(f"SELECT count(*) FROM {name}"):
                self.tables[relation] = None

    def _rounds(self, relations: Sequence[Relation], steps: Sequence[_Step]) -> None:
        rows = self.db.rows
        names = {relation: str(self.tables[relation]) for relation in relations}
        new: dict[Relation, str] = {}
        for relation in relations:
            if self.db.value(f"SELECT count(*) FROM {names[relation]}"):
                new[relation] = self._new_name()
                rows(f"CREATE TABLE {new[relation]} AS SELECT * FROM {names[relation]}")
        while new:
            found: dict[Relation, list[str]] = {}
            for step in steps:
                fresh = new.get(step.rule.atoms[step.index].relation)
                if fresh is None:
                    continue
                body = Body(step.rule, self.naming, replaced={step.index: fresh})
                if body.possible:
                    query = body.derivations(self.selection.along, bindings=False)
                    found.setdefault(step.rule.head.relation, []).append(self._written(query))
            better: dict[Relation, tuple[str, int, int]] = {}
            for relation, queries in found.items():
                name = self._new_name()
                old = names[relation]
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
                    rows(
                        f"INSERT INTO {old} SELECT c0, c1, conf, h, asserted FROM {name}"
                        " WHERE unseen"
                    )
                if count:
                    new[relation] = name
                else:
                    rows(f"DROP TABLE {name}")

    # closures

    def _is_closure(self, stratum: Stratum, looping: set[Rule]) -> bool:
        if len(stratum.relations) != 1 or len(looping) != 1 or self.selection.along != "min":
            return False
        (rule,) = looping
        return is_transitive(rule)

    def _close(self, relation: Relation) -> bool:
        """Fill a transitive closure; false when it has too many levels of confidence for that."""
        rows = self.db.rows
        edges = str(self.tables[relation])
        levels = [
            row[0] for row in rows(f"SELECT DISTINCT conf FROM {edges} ORDER BY conf DESC")
        ]
        if len(levels) > MAX_LEVELS:
            return False
        top = self.db.value(f"SELECT coalesce(max(h), 0) + 1 FROM {edges}")
        pairs = self._new_name()
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
        name = self._new_name()
        rows(
            f"""CREATE TABLE {name} AS SELECT p.c0, p.c1, p.conf, coalesce(e.h, {top})::INT AS h,
            coalesce(e.asserted, FALSE) AS asserted
            FROM {pairs} p LEFT JOIN {edges} e ON p.c0 = e.c0 AND p.c1 = e.c1"""
        )
        rows(f"DROP TABLE {pairs}")
        self.tables[relation] = name
        self.edges[relation] = edges
        return True

    def size(self) -> dict[str, int]:
        """The rows of each relation and of each rule's derivations, by name, for people."""
        found = {
            short(relation.name): self.db.value(f"SELECT count(*) FROM {name}")
            for relation, name in self.tables.items()
            if name
        }
        for rule, name in self.kept.items():
            key = f"derivations of {rule.origin.name} {rule.number}"
            found[key] = self.db.value(f"SELECT count(*) FROM {name}")
        return found


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
