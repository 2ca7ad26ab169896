"""One alternative of a rule's body while it is being read, and what is checked once it is whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from axiskg.namespaces import PROVENANCE_GRAPH
from axiskg.reasoning.ir import (
    Absent,
    Atom,
    Compare,
    Either,
    Kind,
    Member,
    Mint,
    Not,
    Quoted,
    Term,
    Test,
    ValueRows,
    Var,
    relation_of,
    variables_of,
)
from axiskg.reasoning.parsing import Refuse
from axiskg.reasoning.terms import short

__all__ = ["Group", "check_connected", "finished", "opened"]


@dataclass
class Group:
    """One alternative of a group graph pattern, while it is being read."""

    atoms: list[Atom] = field(default_factory=list)
    quoted: list[Quoted] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    tests: list[Test] = field(default_factory=list)
    values: list[ValueRows] = field(default_factory=list)
    mints: list[Mint] = field(default_factory=list)
    binds: dict[Var, Term] = field(default_factory=dict)

    def bound(self) -> set[Var]:
        """The variables that have a value in every solution."""
        found = set(self.binds) | {mint.variable for mint in self.mints}
        for atom in self.atoms:
            found.update(variables_of(atom.s, atom.o))
        for quote in self.quoted:
            found.update(variables_of(quote.statement, quote.s, quote.o))
        for rows in self.values:
            found.update(rows.variables)
        return found

    def joined(self, other: Group) -> Group:
        """Both, in one."""
        return Group(
            self.atoms + other.atoms,
            self.quoted + other.quoted,
            self.absent + other.absent,
            self.tests + other.tests,
            self.values + other.values,
            self.mints + other.mints,
            {**self.binds, **other.binds},
        )

    def stands_for(self, term: Term) -> Term:
        """What a variable stands for after the BINDs."""
        for _ in self.binds:
            if isinstance(term, Var):
                term = self.binds.get(term, term)
        return term


def opened(group: Group) -> list[Group]:
    """One alternative for each row of VALUES that names classes of a type pattern.

    So the rule reads those classes, and not all types.
    """
    classes = {a.o for a in group.atoms if a.relation.kind is Kind.ANY_TYPE}
    for rows in group.values:
        if classes.isdisjoint(rows.variables):
            continue
        found = []
        for row in rows.rows:
            one = group.joined(Group())
            one.values = [other for other in group.values if other is not rows]
            one.binds.update(
                {v: c for v, c in zip(rows.variables, row, strict=True) if c is not None}
            )
            found += opened(one)
        return found
    return [group]


def finished(group: Group, refuse: Refuse) -> Group:
    """The alternative with BIND substituted, checked."""
    swap = group.stands_for
    if not group.atoms and not group.quoted:
        refuse("the body has no triple pattern", "write what it follows from", r"\bwhere\b")

    def swap_test(test: Test) -> Test:
        match test:
            case Compare(op, left, right):
                return Compare(op, swap(left), swap(right))
            case Member(term, choices, negated):
                return Member(swap(term), choices, negated)
            case Not(inner):
                return Not(swap_test(inner))
            case Either(op, tests):
                return Either(op, tuple(map(swap_test, tests)))

    if group.binds:
        group.atoms = [_swapped(atom, swap) for atom in group.atoms]
        group.quoted = [replace(q, s=swap(q.s), o=swap(q.o)) for q in group.quoted]
        group.tests = [swap_test(test) for test in group.tests]
        group.absent = [
            Absent(
                tuple(_swapped(atom, swap) for atom in absent.atoms),
                tuple(map(swap_test, absent.tests)),
            )
            for absent in group.absent
        ]
        if any(v in group.binds for rows in group.values for v in rows.variables):
            refuse("BIND and VALUES give the same variable", "rename one", r"\bbind\b")
    _check_quotes(group, refuse)
    return group


def _swapped(atom: Atom, swap: Callable[[Term], Term]) -> Atom:
    s, o = swap(atom.s), swap(atom.o)
    if atom.relation.kind is Kind.ANY_TYPE:
        return Atom(relation_of(atom.relation.name, o), s, o)
    return Atom(atom.relation, s, o)


def _check_quotes(group: Group, refuse: Refuse) -> None:
    explained = {atom.s for atom in group.atoms if atom.relation.kind is Kind.PROVENANCE}
    for quote in group.quoted:
        if quote.statement not in explained:
            refuse(
                f"GRAPH ?{quote.statement.name} would read denied and hedged statements",
                f"add GRAPH <{PROVENANCE_GRAPH}> {{ ?{quote.statement.name} axis:standing … }}, or"
                " leave GRAPH out",
                r"\bgraph\b",
            )


def check_connected(group: Group, refuse: Refuse) -> None:
    """Refuse a cross product: parts of the body that share no variable."""
    parts: list[tuple[set[Var], str]] = [
        (set(variables_of(a.s, a.o)), _shown(a.s, a.relation.name, a.o)) for a in group.atoms
    ]
    parts += [
        (set(variables_of(q.statement, q.s, q.o)), _shown(q.s, q.prop, q.o)) for q in group.quoted
    ]
    parts += [(set(rows.variables), "VALUES") for rows in group.values]
    parts = [part for part in parts if part[0]]
    merged: list[tuple[set[Var], list[str]]] = []
    for variables, text in parts:
        near = [m for m in merged if m[0] & variables]
        merged = [m for m in merged if not m[0] & variables]
        merged.append(
            (
                variables.union(*(m[0] for m in near)),
                [t for m in near for t in m[1]] + [text],
            )
        )
    if len(merged) > 1:
        first, second = merged[0][1], merged[1][1]
        refuse(
            f"{{ {' . '.join(first)} }} and {{ {' . '.join(second)} }} share no variable, so each"
            " would be paired with each",
            "join them by a variable, or write two rules",
            r"\bwhere\b",
        )


def _shown(s: Term, prop: str, o: Term) -> str:
    """A pattern for people."""
    texts = [f"?{t.name}" if isinstance(t, Var) else short(t.text) for t in (s, o)]
    return f"{texts[0]} {re.sub(r'<([^<>]*)>', lambda m: short(m[1]), short(prop))} {texts[1]}"
