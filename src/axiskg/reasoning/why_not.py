"""Why a fact does not hold: the nearest instances of each rule, and what each of them lacks.

One premise is left out at a time and the rest is asked for; what is missing is then looked for in
the statements that the run leaves aside ("it is there, but hedged, in paragraph 12"), and, where a
rule could give it, asked about in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Final

import numpy as np
from sqlglot import exp

from axiskg.namespaces import AXIS
from axiskg.reasoning.evaluation import Evaluation
from axiskg.reasoning.facts import Facts
from axiskg.reasoning.ir import (
    RDF_TYPE,
    Atom,
    Const,
    Kind,
    Rule,
    Term,
    Test,
    Var,
    terms_of_test,
    variables_of,
)
from axiskg.reasoning.matching import Matcher, UnansweredError
from axiskg.reasoning.proofs import Key
from axiskg.reasoning.sql import Body, number
from axiskg.reasoning.terms import short
from axiskg.reasoning.words import absence_text, test_text

__all__ = ["Aside", "Attempt", "Missing", "WhyNot", "why_not"]

SHOWN: Final = 3
DEPTH: Final = 1
"""How far down the rules for a missing premise are followed."""
QUERIES: Final = 24
"""Questions to the database for one answer, so that it comes in milliseconds."""

Bindings = dict[Var, int]


@dataclass(frozen=True, slots=True)
class Aside:
    """A statement that says it, but that the run leaves aside."""

    statement: str
    fact: Key
    standing: str
    paragraph: int | None
    sentence: int | None


@dataclass(frozen=True, slots=True)
class Missing:
    """A premise that does not hold; unbound places are `?name`."""

    pattern: tuple[str, str, str]
    aside: tuple[Aside, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    """How rules could have given it."""
    ways: bool = False
    """Whether it is a path with alternatives, of which `attempts` are the ways."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The nearest instance of one rule; it holds but for `missing`, `present` and `failed`."""

    rule: str
    label: str
    bindings: tuple[tuple[str, str], ...]
    holding: tuple[Key, ...]
    missing: tuple[Missing, ...]
    present: tuple[str, ...] = ()
    """What the rule needs to be absent, and is there."""
    failed: tuple[str, ...] = ()
    """Tests that fail."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why `goal` does not hold; `holds` is true when it does, and the rest is empty."""

    goal: Key
    holds: bool
    attempts: tuple[Attempt, ...] = ()
    aside: tuple[Aside, ...] = ()
    unknown: tuple[str, ...] = ()
    """Terms of the goal that occur nowhere."""


def why_not(run: Evaluation, goal: Key) -> WhyNot:
    """What is missing for a fact, nearest instances first."""
    return _Asking(run).ask(goal)


class _Asking:
    def __init__(self, run: Evaluation) -> None:
        self.run, self.db = run, run.db
        self.facts = Facts(run)
        self.left = QUERIES
        self.places: list[_Place] = []
        self.known: dict[tuple[Atom, int], tuple[Attempt, ...]] = {}
        self.by_head = run.by_head
        self.matcher = Matcher(run)

    def ask(self, goal: Key) -> WhyNot:
        known = self.db.found(goal)
        unknown = tuple(text for text in goal if text not in known)
        node = self.facts.node(*goal)
        if node is not None and self.facts.fact(node) is not None:
            return WhyNot(goal, True)
        if node is None:
            return WhyNot(goal, False, unknown=unknown)
        atom = Atom(node[0], Const(goal[0]), Const(goal[2]))
        attempts = self.attempts(atom, 0, frozenset())
        place = self.place(atom, {})
        asides = self.asides()
        return WhyNot(
            goal,
            False,
            tuple(_filled(attempt, asides) for attempt in attempts),
            asides.get(place, ()),
            unknown,
        )

    def attempts(self, goal: Atom, depth: int, above: frozenset[Atom]) -> tuple[Attempt, ...]:
        """The nearest instances of all rules for a ground atom, the most complete first."""
        if depth > DEPTH or goal in above:
            return ()
        if (goal, depth) in self.known:
            return self.known[goal, depth]
        found = [
            attempt
            for rule in self.by_head.get(goal.relation, ())
            for attempt in self.of_rule(rule, goal, depth, above | {goal})
        ]
        found.sort(key=lambda a: (len(a.missing) + len(a.present) + len(a.failed), -len(a.holding)))
        self.known[goal, depth] = tuple(found[: 2 * SHOWN if depth else 20])
        return self.known[goal, depth]

    def of_rule(
        self, rule: Rule, goal: Atom, depth: int, above: frozenset[Atom]
    ) -> Iterator[Attempt]:
        bound: Bindings = {}
        for term, wanted in ((rule.head.s, goal.s), (rule.head.o, goal.o)):
            value = self.number(wanted, {})
            if isinstance(term, Const):
                if self.db.find(term.text) != value:
                    return
            elif bound.setdefault(term, value) != value:
                return
        if rule.mints or any(a.relation == goal.relation for a in rule.atoms):
            return
        everything = tuple(range(len(rule.atoms)))
        without_one = [tuple(n for n in everything if n != gone) for gone in everything]
        # the goal does not hold, so neither does the body, if nothing but its atoms could fail
        whole = [everything] if rule.tests or rule.absent or rule.quoted or rule.values else []
        choices = [[*whole, *without_one]]
        choices += [
            list(combinations(everything, size)) for size in range(len(rule.atoms) - 2, 0, -1)
        ]
        for kept in choices:
            found = self.instances(rule, [k for k in kept if k], bound)
            if everything in found:
                found = {everything: found[everything]}
            for numbers, row in found.items():
                gone = tuple(n for n in everything if n not in numbers)
                yield self.attempt(rule, numbers, gone, row, depth, above)
            if found:
                return
        if everything:
            yield self.attempt(rule, (), everything, dict(bound), depth, above)

    def instances(
        self, rule: Rule, choices: list[tuple[int, ...]], bound: Bindings
    ) -> dict[tuple[int, ...], Bindings]:
        """For each choice of atoms that hold together, one way in which they do.

        Tests and absences are not asked for, but what passes the tests comes first.
        """
        queries: list[str] = []
        names: list[list[Var]] = []
        asked: list[tuple[int, ...]] = []
        given = tuple(bound)
        if self.left <= 0:
            return {}
        if not rule.quoted and all(a.relation.kind is not Kind.PROVENANCE for a in rule.atoms):
            with suppress(UnansweredError):
                return self.matched(rule, choices, bound)
        for numbers in choices:
            atoms = tuple(rule.atoms[n] for n in numbers)
            plain = replace(rule, atoms=atoms, tests=(), absent=(), mints=(), values=())
            if not self.run.is_possible(plain):
                continue
            known = {v for a in atoms for v in variables_of(a.s, a.o)}
            known.update(v for q in rule.quoted for v in variables_of(q.s, q.o, q.statement))
            names.append(sorted(known - set(bound)))
            make = partial(self._instance_query, plain, rule.tests, names[-1], given)
            sql = self.run.sql(("instance", rule, numbers, given), make, list(bound.values()))
            values = ", ".join(f"i{n}" for n in range(len(names[-1])))
            queries.append(f"(SELECT {len(asked)} AS n, [{values}]::INT[] AS v FROM ({sql}))")
            asked.append(numbers)
        if not queries:
            return {}
        self.left -= 1
        found = dict(self.db.rows(" UNION ALL ".join(queries)))
        return {
            numbers: {**bound, **dict(zip(names[n], found[n], strict=True))}
            for n, numbers in enumerate(asked)
            if n in found
        }

    def matched(
        self, rule: Rule, choices: list[tuple[int, ...]], bound: Bindings
    ) -> dict[tuple[int, ...], Bindings]:
        """The same, from the run's arrays. Raises `UnansweredError`."""
        found = {}
        asked = False
        for numbers in choices:
            atoms = [rule.atoms[n] for n in numbers]
            if self.run.is_possible(replace(rule, atoms=tuple(atoms))):
                asked = True
                left_out = [a for n, a in enumerate(rule.atoms) if n not in numbers]
                row = self.matcher.first(atoms, bound, rule.tests, self.said_of(left_out))
                if row is not None:
                    found[numbers] = row
        self.left -= asked
        return found

    def said_of(self, left_out: list[Atom]) -> Callable[[Bindings], bool] | None:
        """Whether some statement says the one premise that an instance lacks, though not chosen."""
        quads = self.db.quads()
        if quads is None or len(left_out) != 1 or left_out[0].relation.kind is not Kind.PROPERTY:
            return None
        (atom,) = left_out
        property_ = self.db.intern(atom.relation.name)

        def is_said(row: Bindings) -> bool:
            if any(isinstance(term, Var) and term not in row for term in (atom.s, atom.o)):
                return False
            ends = self.number(atom.s, row), self.number(atom.o, row)
            return len(quads.rows(ends[0], property_, ends[1])) > 0

        return is_said

    def _instance_query(
        self, plain: Rule, tests: tuple[Test, ...], names: list[Var], given: tuple[Var, ...]
    ) -> exp.Select:
        body = Body(plain, self.run.naming, bound=given)
        passing = [
            exp.Coalesce(this=body.test(test), expressions=[exp.false()])
            for test in tests
            if set(variables_of(*terms_of_test(test))) <= {*names, *given}
        ]
        columns = [exp.alias_(body.columns[v].copy(), f"i{n}") for n, v in enumerate(names)]
        made = body.select(columns or [number(1)])
        for test in passing:
            made = made.order_by(exp.Ordered(this=test, desc=True))
        return made.limit(1)

    def attempt(
        self,
        rule: Rule,
        kept: tuple[int, ...],
        gone: tuple[int, ...],
        row: Bindings,
        depth: int,
        above: frozenset[Atom],
    ) -> Attempt:
        missing = [self.missing(rule.atoms[n], row, depth, above) for n in gone]
        texts = self.db.texts(row.values())
        named = {v: texts[i] for v, i in row.items()}
        holding = tuple(
            self.facts.key((a.relation, self.number(a.s, row), self.number(a.o, row)))
            for a in (rule.atoms[n] for n in kept)
            if a.relation.kind in (Kind.PROPERTY, Kind.CLASS)
        )
        present, failed = [], []
        if not gone:
            for absent in rule.absent:
                if not self.passes(replace(rule, absent=(absent,), tests=()), row):
                    present.append(absence_text(absent, named))
            for test in rule.tests:
                if not self.passes(replace(rule, absent=(), tests=(test,)), row):
                    failed.append(test_text(test, named))
        return Attempt(
            rule.origin.name if rule.origin.path else rule.origin.label,
            rule.origin.label,
            tuple(sorted((v.name, t) for v, t in named.items() if not v.name.startswith("_"))),
            holding,
            tuple(missing),
            tuple(present),
            tuple(failed),
        )

    def passes(self, rule: Rule, row: Bindings) -> bool:
        """Whether an instance of a rule holds, all variables bound."""
        self.left -= 1
        if not rule.quoted and not rule.values:
            with suppress(UnansweredError):
                holds = self.matcher.exists((), row, rule.tests)
                return holds and not any(
                    self.matcher.exists(absent.atoms, row, absent.tests) for absent in rule.absent
                )
        given = tuple(row)

        def query() -> exp.Select:
            body = Body(replace(rule, mints=()), self.run.naming, bound=given)
            return body.select([number(1)]).limit(1)

        key = ("passes", rule, given, self.run.pattern(rule))
        return bool(self.db.rows(self.run.sql(key, query, list(row.values()))))

    def missing(self, atom: Atom, row: Bindings, depth: int, above: frozenset[Atom]) -> Missing:
        s, o = self.said(atom.s, row), self.said(atom.o, row)
        prop = RDF_TYPE if atom.relation.kind in (Kind.CLASS, Kind.ANY_TYPE) else atom.relation.name
        helper = atom.relation.kind is Kind.HELPER
        attempts: tuple[Attempt, ...] = ()
        if not s.startswith("?") and not o.startswith("?") and self.left > 0:
            ground = Atom(atom.relation, Const(s), Const(o))
            # a helper is part of its rule: going into it is no step down
            attempts = self.attempts(ground, depth if helper else depth + 1, above)
        if not helper:
            self.place(atom, row)
        label = prop
        if helper:
            rules = self.by_head.get(atom.relation, [])
            label = rules[0].origin.label if rules else "part"
        return Missing((s, label, o), (), attempts, helper)

    def place(self, atom: Atom, row: Bindings) -> tuple[str, str, str]:
        """Note a missing pattern, to be looked for among the statements left aside."""
        s, o = self.said(atom.s, row), self.said(atom.o, row)
        prop = RDF_TYPE if atom.relation.kind in (Kind.CLASS, Kind.ANY_TYPE) else atom.relation.name
        pattern = (s, prop, o)
        known = [None if t.startswith("?") else self.db.intern(t) for t in pattern]
        if known[0] is not None or known[2] is not None:
            self.places.append((pattern, known[0], self.db.intern(prop), known[2]))
        return pattern

    def asides(self) -> dict[tuple[str, str, str], tuple[Aside, ...]]:
        """For each missing pattern, the first few statements outside the run that say it."""
        places = list(dict.fromkeys(self.places))
        if not places:
            return {}
        rows = self._left_aside(places)
        if not rows:
            return {}
        where = self._passages({row[1] for row in rows})
        texts = self.db.texts({i for row in rows for i in row[1:] if i is not None})
        found: dict[tuple[str, str, str], list[Aside]] = {}
        for n, st, s, o, standing in rows:
            pattern = places[n][0]
            paragraph, sentence = where.get(st, (None, None))
            name = "" if standing is None else short(texts[standing])
            aside = Aside(texts[st], (texts[s], pattern[1], texts[o]), name, paragraph, sentence)
            found.setdefault(pattern, []).append(aside)
        return {pattern: tuple(asides) for pattern, asides in found.items()}

    def _left_aside(self, places: list[_Place]) -> list[tuple[int, int, int, int, int | None]]:
        """The place, statement, subject, object and standing of what is left aside."""
        quads, chosen = self.db.quads(), self.run.selected()
        if quads is None or chosen is None:
            return self._left_aside_asked(places)
        found = []
        for n, (_, s, p, o) in enumerate(places):
            rows = quads.rows(s, p, o)
            rows = rows[~chosen.holds(quads.statements[rows])]
            rows = rows[np.argsort(quads.statements[rows], kind="stable")[:SHOWN]]
            found += [(n, int(quads.statements[row]), *quads.ends(row)) for row in rows.tolist()]
        if not found:
            return []
        listed = ", ".join({str(st) for _, st, _, _ in found})
        standing = dict(self.db.rows(f"SELECT st, standing FROM statement WHERE st IN ({listed})"))
        return [(n, st, s, o, standing.get(st)) for n, st, s, o in found]

    def _left_aside_asked(
        self, places: list[_Place]
    ) -> list[tuple[int, int, int, int, int | None]]:
        listed = ", ".join(
            f"({n}, {'NULL' if s is None else s}::INT, {p}, {'NULL' if o is None else o}::INT)"
            for n, (_, s, p, o) in enumerate(places)
        )
        return self.db.rows(
            f"""SELECT w.n, q.st, q.s, q.o, x.standing FROM quad q
            JOIN (VALUES {listed}) w(n, s, p, o) ON q.p = w.p
              AND (w.s IS NULL OR q.s = w.s) AND (w.o IS NULL OR q.o = w.o)
            ANTI JOIN {self.run.schema}.sel y ON y.st = q.st
            LEFT JOIN statement x ON x.st = q.st
            QUALIFY row_number() OVER (PARTITION BY w.n ORDER BY q.st) <= {SHOWN}
            ORDER BY w.n, q.st"""
        )

    def _passages(self, statements: set[int]) -> dict[int, tuple[int | None, int | None]]:
        """The paragraph and sentence of statements."""
        paragraph = self.db.intern(AXIS + "paragraph")
        sentence = self.db.intern(AXIS + "sentence")
        listed = ", ".join(map(str, sorted(statements)))
        found: dict[int, tuple[int | None, int | None]] = {}
        for st, p, value in self.db.rows(
            f"""SELECT v.s, v.p, l.num::INT FROM prov v JOIN lit l ON l.id = v.o
            WHERE v.p IN ({paragraph}, {sentence}) AND v.s IN ({listed})"""
        ):
            known = found.get(st, (None, None))
            found[st] = (value, known[1]) if p == paragraph else (known[0], value)
        return found

    def number(self, term: Term, row: Bindings) -> int:
        return row[term] if isinstance(term, Var) else self.db.intern(term.text)

    def said(self, term: Term, row: Bindings) -> str:
        if isinstance(term, Const):
            return term.text
        return self.db.text(row[term]) if term in row else f"?{term.name.lstrip('_')}"


_Place = tuple[tuple[str, str, str], int | None, int, int | None]


def _filled(attempt: Attempt, asides: Mapping[tuple[str, str, str], tuple[Aside, ...]]) -> Attempt:
    """An attempt with the statements left aside put beside what is missing."""
    return replace(
        attempt,
        missing=tuple(
            replace(
                missing,
                aside=asides.get(missing.pattern, ()),
                attempts=tuple(_filled(inner, asides) for inner in missing.attempts),
            )
            for missing in attempt.missing
        ),
    )
