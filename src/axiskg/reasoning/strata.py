"""The order in which relations are filled: strongly connected components, lowest first.

Tarjan 1972. A relation may depend on the absence of another only when that one is filled before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from axiskg.errors import RuleError
from axiskg.reasoning.ir import ANY_TYPE, Atom, Kind, Origin, Relation, Rule
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

    Raises `RuleError` for a cycle through negation, naming its files, for names minted in
    recursion, and for `GRAPH ?st` over a property that a rule concludes.
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
            _check(rule, inside, edges, by_head)
        if mine:
            found.append(Stratum(inside, tuple(mine), recursive))
    return tuple(found)


def _atoms(rule: Rule) -> Iterable[Atom]:
    yield from rule.atoms
    for absent in rule.absent:
        yield from absent.atoms


def _check(
    rule: Rule,
    inside: frozenset[Relation],
    edges: Mapping[Relation, set[Relation]],
    by_head: Mapping[Relation, Sequence[Rule]],
) -> None:
    for absent in rule.absent:
        for atom in absent.atoms:
            if atom.relation in inside:
                raise _cycle(rule, atom.relation, inside, edges, by_head)
    if rule.mints and any(atom.relation in inside for atom in rule.atoms):
        raise RuleError(
            "BIND makes names inside a recursion, and new names in a recursive rule may never end",
            "make the names in a rule that does not depend on its own conclusion",
            path=rule.origin.path,
            line=_line(rule.origin, r"\bBIND\b"),
        )


def _cycle(
    rule: Rule,
    absent: Relation,
    inside: frozenset[Relation],
    edges: Mapping[Relation, set[Relation]],
    by_head: Mapping[Relation, Sequence[Rule]],
) -> RuleError:
    """That a rule asks for the absence of what depends on its own conclusion: step by step."""
    origin, head = _named(rule, by_head)
    way = _way(absent, head, inside, edges)
    said = [f"{_name(head)} depends on the absence of {_name(absent)} ({_source(origin)})"]
    files = [origin]
    sources: dict[str, None] = {}
    for relation, other in pairwise(way):
        for step in _steps(relation, other, by_head):
            sources[_source(step)] = None
            files.append(step)
        if other.kind is not Kind.HELPER:
            by = f" ({', '.join(sources)})" if sources else ""
            said.append(f"which depends on {_name(other)}{by}")
            sources.clear()
    names = sorted({o.path.name for o in files if o.path is not None})
    one = names[0] if len(names) == 1 else f"one of {', '.join(names)}"
    return RuleError(
        f"{', '.join(said)}; a conclusion would undo its own ground",
        f"let {one} read something that does not follow from what it concludes",
        path=origin.path,
        line=_line(origin, r"\bNOT\s+EXISTS\b"),
    )


def _named(rule: Rule, by_head: Mapping[Relation, Sequence[Rule]]) -> tuple[Origin, Relation]:
    """The origin and head of a rule; of a helper's, those of the first rule that reads it."""
    queue, seen = [rule], {rule.head.relation}
    for one in queue:
        if one.head.relation.kind is not Kind.HELPER:
            return one.origin, one.head.relation
        for other in (other for rules in by_head.values() for other in rules):
            reads = {atom.relation for atom in _atoms(other)}
            if one.head.relation in reads and other.head.relation not in seen:
                seen.add(other.head.relation)
                queue.append(other)
    return rule.origin, rule.head.relation


def _steps(
    relation: Relation, other: Relation, by_head: Mapping[Relation, Sequence[Rule]]
) -> Iterator[Origin]:
    """Where a rule by which one relation depends on another comes from, rule files first."""
    rules = [
        rule.origin
        for rule in by_head.get(relation, ())
        if relation.kind is not Kind.HELPER and any(a.relation == other for a in _atoms(rule))
    ]
    yield from sorted(rules, key=lambda origin: (origin.path is None, origin.name))[:1]


def _source(origin: Origin) -> str:
    return f"the ontology: {origin.label}" if origin.path is None else origin.path.name


def _check_quoted(rule: Rule, by_head: Mapping[Relation, list[Rule]]) -> None:
    for quote in rule.quoted:
        derived = by_head.get(Relation(Kind.PROPERTY, quote.prop), [])
        if any(other.origin.path is not None for other in derived):
            raise RuleError(
                f"GRAPH ?{quote.statement.name} over {short(quote.prop)}, which a rule concludes,"
                " and a conclusion has no statement",
                "leave GRAPH out",
                path=rule.origin.path,
                line=_line(rule.origin, r"\bGRAPH\s+[?$]"),
            )


def _line(origin: Origin, pattern: str) -> int | None:
    """The line of a rule's file on which a construct stands; algebra keeps no places."""
    if origin.path is None or not origin.path.is_file():
        return None
    lines = origin.path.read_text(encoding="utf-8").splitlines()
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
