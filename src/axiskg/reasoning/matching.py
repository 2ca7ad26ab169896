"""The matches of a rule's body around given values, worked out over the arrays of a run.

What can't be done so (comparisons of literals, provenance, very many matches) raises
`UnansweredError`, and is asked of the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from axiskg.reasoning.arrays import Ints, Pairs, Row, TooManyError, lowest, spread
from axiskg.reasoning.evaluation import Evaluation
from axiskg.reasoning.ir import (
    Atom,
    Compare,
    Either,
    Kind,
    Member,
    Not,
    Rule,
    Term,
    Test,
    Var,
    terms_of_test,
    variables_of,
)

__all__ = ["Matcher", "UnansweredError"]

Bools = NDArray[np.bool_]
LOOKED_AT: Final = 32
"""Among how many matches a wanted one is looked for."""


class UnansweredError(Exception):
    """The arrays can't tell; the database can."""


@dataclass(frozen=True, slots=True)
class Matches:
    """The ways in which atoms hold together: one row each, in no order that means anything."""

    size: int
    columns: Mapping[Var, Ints]
    confidences: tuple[NDArray[np.float64], ...]
    heights: tuple[NDArray[Any], ...]

    def taken(self, which: Ints | Bools) -> Matches:
        """Some of the rows."""
        columns = {v: column[which] for v, column in self.columns.items()}
        size = int(which.sum()) if which.dtype == np.bool_ else len(which)
        return Matches(
            size,
            columns,
            tuple(c[which] for c in self.confidences),
            tuple(h[which] for h in self.heights),
        )


class Matcher:
    """Matches in one run."""

    def __init__(self, run: Evaluation) -> None:
        self.run = run

    def derivations(self, rule: Rule, bound: Mapping[Var, int], most: int) -> tuple[list[Row], int]:
        """The lowest derivations of a rule with some variables given, and how many there are.

        Raises `UnansweredError`.
        """
        if rule.quoted or rule.absent or rule.values or rule.mints:
            raise UnansweredError
        found = self._passed(rule.atoms, bound, rule.tests)
        if not found.size:
            return [], 0
        confidence = np.full(found.size, rule.confidence)
        height = np.zeros(found.size, dtype=np.int64)
        for part in found.confidences:
            if self.run.selection.along == "product":
                confidence = confidence * part
            else:
                confidence = np.minimum(confidence, part)
        for part in found.heights:
            height = np.maximum(height, part)
        variables = [found.columns[v] for v in rule.variables()]
        return lowest(variables, confidence, height + 1, most)

    def first(
        self,
        atoms: Sequence[Atom],
        bound: Mapping[Var, int],
        tests: Sequence[Test],
        wanted: Callable[[dict[Var, int]], bool] | None = None,
    ) -> dict[Var, int] | None:
        """One way in which atoms hold together, better one that passes the tests; None if none.

        Of those equal in that, one of the first few that is `wanted`, if there is one. Tests on
        other variables are passed over. Raises `UnansweredError`.
        """
        found = self.matches(atoms, bound)
        if not found.size:
            return None
        passed = [
            ~self.passing(test, found.columns)
            for test in tests
            if found.columns.keys() >= set(variables_of(*terms_of_test(test)))
        ]
        order = np.lexsort(passed[::-1]) if passed else np.arange(found.size)
        alike = [at for at in order[:LOOKED_AT] if all(p[at] == p[order[0]] for p in passed)]
        rows = ({v: int(column[at]) for v, column in found.columns.items()} for at in alike)
        first = next(rows)
        if wanted is None or wanted(first):
            return first
        return next(filter(wanted, rows), first)

    def exists(
        self, atoms: Sequence[Atom], bound: Mapping[Var, int], tests: Sequence[Test]
    ) -> bool:
        """Whether there is a match that passes the tests. Raises `UnansweredError`."""
        return self._passed(atoms, bound, tests).size > 0

    def _passed(
        self, atoms: Sequence[Atom], bound: Mapping[Var, int], tests: Sequence[Test]
    ) -> Matches:
        found = self.matches(atoms, bound)
        for test in tests:
            if found.size:
                found = found.taken(self.passing(test, found.columns))
        return found

    def matches(self, atoms: Sequence[Atom], bound: Mapping[Var, int]) -> Matches:
        """All ways in which atoms hold together. Raises `UnansweredError`."""
        found = Matches(1, {v: np.array([i]) for v, i in bound.items()}, (), ())
        rest: list[tuple[Atom, Pairs]] = []
        for atom in atoms:
            if atom.relation.kind is Kind.PROVENANCE:
                raise UnansweredError
            if self.run.table(atom.relation) is None:
                return found.taken(np.empty(0, dtype=np.int64))
            pairs = self.run.pairs(atom.relation)
            if pairs is None:
                raise UnansweredError
            rest.append((atom, pairs))
        try:
            while rest and found.size:
                choices = [self._bounds(found, atom, pairs) for atom, pairs in rest]
                best = min(range(len(rest)), key=lambda n: choices[n].total)
                found = self._joined(found, *rest.pop(best), choices[best])
        except TooManyError:
            raise UnansweredError from None
        if not found.size:
            return found.taken(np.empty(0, dtype=np.int64))
        return found

    def _bounds(self, found: Matches, atom: Atom, pairs: Pairs) -> _Bounds:
        """Where the rows lie that an atom can add to each match, and how many there are."""
        s, o = self._values(found, atom.s), self._object(found, atom)
        if s is not None and o is not None:
            return _Bounds("both", 0, s, o)
        if s is not None:
            low, high = pairs.of_subjects(s)
        elif o is not None:
            low, high = pairs.of_objects(o)
        else:
            low, high = np.zeros(found.size, np.int64), np.full(found.size, len(pairs))
        side = "subject" if o is None else "object"
        return _Bounds(side, int((high - low).sum()), low, high)

    def _joined(self, found: Matches, atom: Atom, pairs: Pairs, bounds: _Bounds) -> Matches:
        if bounds.side == "both":
            which, rows = pairs.rows(bounds.low, bounds.high)
        else:
            which, rows = spread(bounds.low, bounds.high)
            if bounds.side == "object":
                rows = pairs.at_objects(rows)
        kept = found.taken(which)
        columns = dict(kept.columns)
        twice = None
        if isinstance(atom.s, Var) and atom.s not in columns:
            columns[atom.s] = pairs.subjects(rows)
        if isinstance(atom.o, Var) and atom.o not in columns:
            columns[atom.o] = pairs.objects(rows)
        elif atom.o == atom.s and isinstance(atom.o, Var) and atom.o not in found.columns:
            twice = columns[atom.o] == pairs.objects(rows)
        made = Matches(
            len(rows),
            columns,
            (*kept.confidences, pairs.confidence[rows]),
            (*kept.heights, pairs.height[rows]),
        )
        return made if twice is None else made.taken(twice)

    def _values(self, found: Matches, term: Term) -> Ints | None:
        """The values of a term in each match, None when it has none yet."""
        if isinstance(term, Var):
            return found.columns.get(term)
        return np.full(found.size, self.run.db.intern(term.text))

    def _object(self, found: Matches, atom: Atom) -> Ints | None:
        """Of a class the object says nothing: its table holds that class alone."""
        return None if atom.relation.kind is Kind.CLASS else self._values(found, atom.o)

    def passing(self, test: Test, columns: Mapping[Var, Ints]) -> Bools:
        """Which matches pass a test that asks for identity. Raises `UnansweredError`."""
        match test:
            case Not(inner):
                return ~self.passing(inner, columns)
            case Either(op, tests):
                each = [self.passing(inner, columns) for inner in tests]
                combined: Bools = (np.logical_or if op == "or" else np.logical_and).reduce(each)
                return combined
            case Member(term, choices, negated):
                ids = [self.run.db.intern(choice.text) for choice in choices]
                return np.isin(self._column(term, columns), ids, invert=negated)
            case Compare("sameTerm", left, right):
                return np.equal(self._column(left, columns), self._column(right, columns))
            case Compare("sameTerm<", left, right):
                return np.less(self._column(left, columns), self._column(right, columns))
            case Compare("=" | "!=" as op, left, right):
                one, two = self._column(left, columns), self._column(right, columns)
                same = np.equal(one, two)
                if np.any((one < 0) & (two < 0) & ~same):  # literals, by their values
                    raise UnansweredError
                return same if op == "=" else ~same
        raise UnansweredError

    def _column(self, term: Term, columns: Mapping[Var, Ints]) -> Ints:
        if isinstance(term, Var):
            return columns[term]
        size = len(next(iter(columns.values()))) if columns else 1
        return np.full(size, self.run.db.intern(term.text))


@dataclass(frozen=True, slots=True)
class _Bounds:
    side: str
    """Which end of the atom is new: `object` when it is looked up by object, else `subject`."""
    total: int
    low: Ints
    high: Ints
