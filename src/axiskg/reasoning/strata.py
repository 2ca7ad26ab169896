"""The order in which relations are filled: strongly connected components, lowest first.

Tarjan 1972. A relation may depend on the absence of another only when that one is filled before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from axiskg.errors import RuleError
from axiskg.reasoning.ir import ANY_TYPE, Atom, Kind, Relation, Rule
from axiskg.reasoning.rules import line_of
from axiskg.reasoning.terms import short

__all__ = ["Stratum", "components", "stratified"]


@dataclass(frozen=True, slots=True)
class Stratum:
    """Relations that depend on one another, with the rules that fill them."""

    relations: frozenset[Relation]
    rules: tuple[Rule, ...]
    recursive: bool

    def reads(self) -> frozenset[Relation]:
        """All relations that the rules read, whether for presence or for absence."""
        return frozenset(a.relation for rule in self.rules for a in _atoms(rule))


def stratified(rules: Sequence[Rule]) -> tuple[Stratum, ...]:
    """The strata of a set of rules, lowest first.

    Raises `RuleError` for a cycle through negation, naming it, for names minted in recursion, and
    for `GRAPH ?st` over a property that a rule concludes.
    """
    by_head: dict[Relation, list[Rule]] = defaultdict(list)
    for rule in rules:
        by_head[rule.head.relation].append(rule)
    classes = [relation for relation in by_head if relation.kind is Kind.CLASS]
    edges: dict[Relation, set[Relation]] = {ANY_TYPE: set(classes)} if classes else {}
    for relation, mine in by_head.items():
        edges[relation] = {atom.relation for rule in mine for atom in _atoms(rule)}
    for rule in rules:
        _check_quoted(rule, by_head)
    found = []
    for component in components(edges):
        inside = frozenset(component)
        mine = [rule for relation in component for rule in by_head.get(relation, ())]
        recursive = any(a.relation in inside for rule in mine for a in _atoms(rule))
        for rule in mine:
            _check(rule, inside, edges)
        if mine:
            found.append(Stratum(inside, tuple(mine), recursive))
    return tuple(found)


def _atoms(rule: Rule) -> Iterable[Atom]:
    yield from rule.atoms
    for absent in rule.absent:
        yield from absent.atoms


def _check(
    rule: Rule, inside: frozenset[Relation], edges: Mapping[Relation, set[Relation]]
) -> None:
    head = rule.head.relation
    for absent in rule.absent:
        for atom in absent.atoms:
            if atom.relation in inside:
                way = _way(atom.relation, head, inside, edges)
                named = [r for r in way[1:] if r.kind is not Kind.HELPER]
                names = ", which depends on ".join(map(_name, named))
                raise RuleError(
                    f"{_name(head)} depends on the absence of {_name(atom.relation)}, which"
                    f" depends on {names or _name(head)}: a conclusion would undo its own ground",
                    path=rule.origin.path,
                    line=_line(rule, r"\bNOT\s+EXISTS\b"),
                )
    if rule.mints and any(atom.relation in inside for atom in rule.atoms):
        raise RuleError(
            "BIND makes names inside a recursion: new names in a recursive rule may never end",
            path=rule.origin.path,
            line=_line(rule, r"\bBIND\b"),
        )


def _check_quoted(rule: Rule, by_head: Mapping[Relation, list[Rule]]) -> None:
    for quote in rule.quoted:
        derived = by_head.get(Relation(Kind.PROPERTY, quote.prop), [])
        if any(other.origin.path is not None for other in derived):
            raise RuleError(
                f"GRAPH ?{quote.statement.name} over {short(quote.prop)}, which a rule concludes:"
                " a conclusion has no statement; leave GRAPH out",
                path=rule.origin.path,
                line=_line(rule, r"\bGRAPH\s+[?$]"),
            )


def _line(rule: Rule, pattern: str) -> int | None:
    """The line of a rule's file on which a construct stands; algebra keeps no places."""
    if rule.origin.path is None or not rule.origin.path.is_file():
        return None
    lines = rule.origin.path.read_text(encoding="utf-8").splitlines()
    return line_of(lines, pattern, code=True)


def _way(
    start: Relation,
    goal: Relation,
    inside: frozenset[Relation],
    edges: Mapping[Relation, set[Relation]],
) -> list[Relation]:
    """A shortest way along dependencies."""
    came: dict[Relation, Relation | None] = {start: None}
    queue = [start]
    for relation in queue:
        if relation == goal:
            break
        for other in sorted(edges.get(relation, ())):
            if other in inside and other not in came:
                came[other] = relation
                queue.append(other)
    way: list[Relation] = []
    step: Relation | None = goal
    while step is not None:
        way.append(step)
        step = came.get(step)
    return way[::-1]


def _name(relation: Relation) -> str:
    return f"class {short(relation.name)}" if relation.kind is Kind.CLASS else short(relation.name)


def components(edges: Mapping[Relation, set[Relation]]) -> list[list[Relation]]:
    """Strongly connected components, each after all that it depends on."""
    index: dict[Relation, int] = {}
    low: dict[Relation, int] = {}
    stack: list[Relation] = []
    on_stack: set[Relation] = set()
    found: list[list[Relation]] = []
    for root in sorted(edges):
        if root in index:
            continue
        work = [(root, iter(sorted(edges.get(root, ()))))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, others = work[-1]
            for other in others:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(sorted(edges.get(other, ())))))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    cut = stack.index(node)
                    found.append(sorted(stack[cut:]))
                    on_stack.difference_update(stack[cut:])
                    del stack[cut:]
    return found
