"""How proofs are found in the tables of a run: lowest first, never through the goal itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from axiskg.reasoning.evaluation import Evaluation
from axiskg.reasoning.ir import (
    RDF_TYPE,
    Absent,
    Atom,
    Compare,
    Const,
    Either,
    Kind,
    Member,
    Mode,
    Not,
    Relation,
    Rule,
    Term,
    Test,
    Var,
    relation_of,
)
from axiskg.reasoning.proofs import Asserted, Derivation, Key, Proof, Step, Supports
from axiskg.reasoning.sql import Body, written
from axiskg.reasoning.terms import short

__all__ = ["Search", "absence_text", "test_text"]

SHOWN: Final = 5
"""Statements listed for one asserted fact."""
MOST: Final = 1_000
"""Derivations of one fact that are looked at."""

Node = tuple[Relation, int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A fact's row."""

    confidence: float
    height: int
    asserted: bool


@dataclass(frozen=True, slots=True)
class Link:
    """One derivation of a fact, as nodes; `cited` are statements of `GRAPH ?st` patterns."""

    rule: Rule
    bindings: tuple[tuple[Var, int], ...]
    premises: tuple[Node, ...]
    cited: tuple[tuple[Node, int], ...]
    confidence: float
    height: int


class Search:
    """Proof search in one run; keeps what it has read, so make one for each question."""

    def __init__(self, run: Evaluation) -> None:
        self.run, self.db = run, run.db
        self.facts: dict[Node, Found | None] = {}
        self.links: dict[Node, list[Link]] = {}
        self._rules: dict[Relation, list[Rule]] = {}
        for rule in run.program.rules:
            self._rules.setdefault(rule.head.relation, []).append(rule)

    # facts

    def node(self, s: str, p: str, o: str) -> Node | None:
        """The node of a fact, or None when one of its terms is unknown."""
        ids = [self.db.find(text) for text in (s, o)]
        if ids[0] is None or ids[1] is None:
            return None
        return (relation_of(p, Const(o)), ids[0], ids[1])

    def key(self, node: Node) -> Key:
        """The fact of a node."""
        relation, c0, c1 = node
        texts = self.db.texts([c0, c1])
        prop = RDF_TYPE if relation.kind is Kind.CLASS else relation.name
        return (texts[c0], prop, texts[c1])

    def fact(self, node: Node) -> Found | None:
        """The row of a fact, or None when it does not hold."""
        if node not in self.facts:
            self.read([node])
        return self.facts[node]

    def read(self, nodes: list[Node]) -> None:
        """Read many facts at once."""
        wanted = [node for node in dict.fromkeys(nodes) if node not in self.facts]
        queries = []
        for index, (relation, c0, c1) in enumerate(wanted):
            self.facts[wanted[index]] = None
            table = self.run.table(relation)
            if table is not None:
                queries.append(
                    f"SELECT {index}, conf, h, asserted FROM {table} WHERE c0 = {c0} AND c1 = {c1}"
                )
        if queries:
            for index, confidence, height, asserted in self.db.rows(" UNION ALL ".join(queries)):
                self.facts[wanted[index]] = Found(confidence, height, asserted)

    def supports(self, node: Node, shown: int | None = SHOWN) -> Supports:
        """The statements of the run that assert a fact, strongest first."""
        relation, c0, c1 = node
        if relation.kind is Kind.HELPER:
            return Supports((), 0)
        prop = self.db.intern(RDF_TYPE if relation.kind is Kind.CLASS else relation.name)
        limit = "" if shown is None else f"LIMIT {shown}"
        rows = self.db.rows(
            f"""SELECT t.text, count(*) OVER () FROM {self.run.schema}.chosen c
            JOIN term t ON t.id = c.st WHERE c.s = {c0} AND c.p = {prop} AND c.o = {c1}
            ORDER BY c.conf DESC, t.text {limit}"""
        )
        return Supports(tuple(row[0] for row in rows), rows[0][1] if rows else 0)

    # derivations

    def derivations(self, node: Node) -> list[Link]:
        """The derivations of a fact, lowest first, then most certain."""
        if node not in self.links:
            found = [
                link
                for rule in self._rules.get(node[0], ())
                for link in self._of_rule(rule, node)
            ]
            closure = self._closure(node)
            if closure is not None:
                found.append(closure)
            found.sort(key=lambda link: (link.height, -link.confidence, link.rule.origin.name))
            self.links[node] = found
        return self.links[node]

    def _of_rule(self, rule: Rule, node: Node) -> Iterator[Link]:
        relation, c0, c1 = node
        variables = rule.variables()
        names = [f"v{n}" for n in range(len(variables))]
        listed = ", ".join([*names, "conf", "h"])
        if rule.mode is Mode.MATCHED:
            if relation in self.run.edges and any(a.relation == relation for a in rule.atoms):
                return
            bound: dict[Var, int] = {}
            for term, value in ((rule.head.s, c0), (rule.head.o, c1)):
                if isinstance(term, Const):
                    if self.db.find(term.text) != value:
                        return
                elif bound.setdefault(term, value) != value:
                    return
            body = Body(rule, self.run.naming, bound=bound)
            if not body.possible:
                return
            query = body.derivations(self.run.selection.along)
            source = f"({written(query, self.run.schema)})"
            where = ""
        else:
            table = self.run.kept.get(rule)
            if table is None:
                return
            source, where = table, f"WHERE h0 = {c0} AND h1 = {c1}"
        rows = self.db.rows(
            f"SELECT {listed} FROM {source} {where} ORDER BY h, conf DESC, {listed} LIMIT {MOST}"
        )
        for row in rows:
            bindings = dict(zip(variables, row, strict=False))
            premises = tuple(
                (a.relation, self._id(a.s, bindings), self._id(a.o, bindings))
                for a in map(lambda a: _grounded(a, bindings), rule.atoms)
                if a.relation.kind is not Kind.PROVENANCE
            )
            premises = tuple(self._typed(premise) for premise in premises)
            cited = tuple(
                (
                    (
                        relation_of(q.prop, Const("")),
                        self._id(q.s, bindings),
                        self._id(q.o, bindings),
                    ),
                    bindings[q.statement],
                )
                for q in rule.quoted
            )
            shown = tuple((v, i) for v, i in bindings.items() if not v.name.startswith("_"))
            yield Link(rule, shown, premises, cited, row[-2], row[-1])

    def _id(self, term: Term, bindings: dict[Var, int]) -> int:
        return bindings[term] if isinstance(term, Var) else self.db.intern(term.text)

    def _typed(self, node: Node) -> Node:
        """A type premise with the class in the node's relation."""
        if node[0].kind is Kind.ANY_TYPE:
            return (Relation(Kind.CLASS, self.db.text(node[2])), node[1], node[2])
        return node

    def _closure(self, node: Node) -> Link | None:
        """A fact of a transitive closure, as one step from a shortest chain of single steps."""
        relation, start, goal = node
        edges = self.run.edges.get(relation)
        if edges is None:
            return None
        found = self.fact(node)
        if found is None:
            return None
        rule = next(
            r for r in self._rules[relation] if any(a.relation == relation for a in r.atoms)
        )
        came: dict[int, int] = {}
        frontier = [start]
        while frontier and goal not in came:
            listed = ", ".join(map(str, frontier))
            frontier = []
            for c0, c1 in self.db.rows(
                f"SELECT c0, c1 FROM {edges} WHERE c0 IN ({listed})"
                f" AND conf >= {found.confidence!r} ORDER BY c0, c1"
            ):
                if c1 not in came:
                    came[c1] = c0
                    frontier.append(c1)
        chain = [goal]
        while len(chain) == 1 or chain[-1] != start:
            if chain[-1] not in came:
                return None
            chain.append(came[chain[-1]])
        chain.reverse()
        if len(chain) == 2:
            return None
        premises = tuple((relation, a, b) for a, b in zip(chain, chain[1:], strict=False))
        return Link(rule, (), premises, (), found.confidence, found.height)

    # proofs

    def proof(self, goal: Node, max_premises: int) -> Proof | None:
        """The lowest proof of a fact."""
        found = self.fact(goal)
        if found is None:
            return None
        return self._assembled(goal, None, max_premises)

    def proofs(self, goal: Node, limit: int, max_premises: int) -> Iterator[Proof]:
        """Up to `limit` proofs that differ in the last step, lowest first."""
        found = self.fact(goal)
        if found is None:
            return
        given = 0
        if found.asserted and limit > 0:
            given = 1
            yield self._assembled(goal, None, max_premises)
        for link in self._visible(goal):
            if given >= limit:
                return
            proof = self._assembled(goal, link, max_premises)
            if proof is not None:
                given += 1
                yield proof

    def _visible(self, node: Node) -> list[Link]:
        """The derivations of a fact with helpers replaced by what they stand for."""
        found: list[Link] = []
        for link in self.derivations(node):
            found.extend(self._unfolded(link, frozenset()))
            if len(found) >= MOST:
                break
        return found

    def _unfolded(self, link: Link, inside: frozenset[Node]) -> Iterator[Link]:
        for index, premise in enumerate(link.premises):
            if premise[0].kind is not Kind.HELPER:
                continue
            if premise in inside:
                return
            for inner in self.derivations(premise):
                merged = replace(
                    link,
                    premises=(
                        *link.premises[:index],
                        *inner.premises,
                        *link.premises[index + 1 :],
                    ),
                    bindings=link.bindings + tuple(
                        (v, i) for v, i in inner.bindings if v not in dict(link.bindings)
                        and inner.rule.origin.category == "part"
                    ),
                )
                yield from self._unfolded(merged, inside | {premise})
            return
        yield link

    def _assembled(self, goal: Node, first: Link | None, max_premises: int) -> Proof | None:
        """A proof with `first` as its last step, or the lowest; None when it would be circular."""
        chosen: dict[Node, Link | None] = {}
        truncated = 0
        try:
            self._choose(goal, first, chosen, frozenset(), [max_premises])
        except _CircularError:
            return None
        steps: dict[Key, Step] = {}
        for node in _ordered(goal, chosen):
            step = self._step(node, chosen[node])
            if isinstance(step, Asserted) and not self.facts[node].asserted:  # type: ignore[union-attr]
                truncated += 1
            steps[step.fact] = step
            link = chosen[node]
            if link is not None:
                for cited, statement in link.cited:
                    key = self.key(cited)
                    steps.setdefault(
                        key, Asserted(key, link.confidence, Supports((self.db.text(statement),), 1))
                    )
        return Proof(self.key(goal), tuple(steps.values()), truncated)

    def _choose(
        self,
        node: Node,
        link: Link | None,
        chosen: dict[Node, Link | None],
        above: frozenset[Node],
        budget: list[int],
    ) -> None:
        """Choose a derivation for a node and all below it that never leads back above."""
        if node in chosen:
            return
        fact = self.fact(node)
        if fact is None:
            raise _CircularError
        if link is None and (fact.asserted or budget[0] <= 0):
            chosen[node] = None
            return
        above = above | {node}
        options = [link] if link is not None else self._lowest(node)
        for option in options:
            if any(premise in above for premise in option.premises):
                continue
            trial = dict(chosen)
            trial[node] = option
            self.read(list(option.premises))
            budget[0] -= len(option.premises)
            try:
                for premise in option.premises:
                    self._choose(premise, None, trial, above, budget)
            except _CircularError:
                continue
            if not _circular(node, trial):
                chosen.clear()
                chosen.update(trial)
                return
        raise _CircularError

    def _lowest(self, node: Node) -> list[Link]:
        """The derivations of a fact, unfolded one by one so that the first comes cheap."""
        return self._visible(node)

    def _step(self, node: Node, link: Link | None) -> Step:
        fact = self.fact(node)
        assert fact is not None
        if link is None:
            return Asserted(self.key(node), fact.confidence, self.supports(node))
        texts = self.db.texts([i for _, i in link.bindings])
        return Derivation(
            fact=self.key(node),
            confidence=link.confidence,
            rule=link.rule.origin.name,
            label=link.rule.origin.label,
            description=link.rule.origin.description,
            bindings=tuple(sorted((v.name, texts[i]) for v, i in link.bindings)),
            premises=tuple(
                dict.fromkeys(
                    [self.key(p) for p in link.premises] + [self.key(c) for c, _ in link.cited]
                )
            ),
            axioms=link.rule.origin.axioms,
            absences=tuple(
                absence_text(a, {v: texts[i] for v, i in link.bindings}) for a in link.rule.absent
            ),
            alternatives=max(0, len(self.derivations(node)) - 1),
        )


class _CircularError(Exception):
    """No derivation here that would not lead back."""


def _grounded(atom: Atom, bindings: dict[Var, int]) -> Atom:
    """The atom itself, its class made an object for class patterns."""
    if atom.relation.kind is Kind.CLASS:
        return Atom(atom.relation, atom.s, Const(atom.relation.name))
    return atom


def _circular(start: Node, chosen: dict[Node, Link | None]) -> bool:
    """Whether following the chosen derivations from a node leads back to it."""
    seen: set[Node] = set()
    stack = [start]
    while stack:
        link = chosen.get(stack.pop())
        for premise in link.premises if link else ():
            if premise == start:
                return True
            if premise not in seen:
                seen.add(premise)
                stack.append(premise)
    return False


def _ordered(goal: Node, chosen: dict[Node, Link | None]) -> list[Node]:
    """The nodes that the goal needs, each conclusion before its premises."""
    done: dict[Node, None] = {}

    def visit(node: Node) -> None:
        if node in done:
            return
        link = chosen[node]
        for premise in reversed(link.premises) if link else ():
            visit(premise)
        done[node] = None

    visit(goal)
    return list(done)[::-1]


def absence_text(absent: Absent, bindings: Mapping[Var, str]) -> str:
    """An absence in words, with what is bound filled in."""

    def name(term: Term) -> str:
        if isinstance(term, Const):
            return short(term.text)
        return short(bindings[term]) if term in bindings else f"?{term.name}"

    patterns = [
        f"{name(a.s)} {re.sub(r'<([^<>]*)>', lambda m: short(m[1]), short(_property(a)))} {name(a.o)}"
        for a in absent.atoms
    ]
    tests = [test_text(test, bindings) for test in absent.tests]
    return " . ".join(patterns) + (f" with {' and '.join(tests)}" if tests else "")


def _property(atom: Atom) -> str:
    return RDF_TYPE if atom.relation.kind in (Kind.CLASS, Kind.ANY_TYPE) else atom.relation.name


def test_text(test: Test, bindings: Mapping[Var, str]) -> str:
    """A test in words, with what is bound filled in."""

    def say(term: Term) -> str:
        if isinstance(term, Const):
            return short(term.text)
        return short(bindings[term]) if term in bindings else f"?{term.name}"

    match test:
        case Compare(op, left, right):
            return f"{say(left)} {op} {say(right)}"
        case Member(term, choices, negated):
            listed = ", ".join(say(c) for c in choices)
            return f"{say(term)} {'not ' if negated else ''}in ({listed})"
        case Not(inner):
            return f"not ({test_text(inner, bindings)})"
        case Either(op, tests):
            return "(" + f" {op} ".join(test_text(t, bindings) for t in tests) + ")"
