"""What a run says of single facts: do they hold, which statements assert them, what gives them.

Out of sorted arrays, or by the database where those are too large (`arrays`, `matching`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Final

import numpy as np

from axiskg.reasoning.arrays import Row
from axiskg.reasoning.evaluation import Evaluation
from axiskg.reasoning.ir import (
    RDF_TYPE,
    Const,
    Kind,
    Mode,
    Relation,
    Rule,
    Term,
    Var,
    relation_of,
)
from axiskg.reasoning.matching import Matcher, UnansweredError
from axiskg.reasoning.proofs import Key, Supports

__all__ = ["MOST", "Facts", "Found", "Link", "Node"]

SHOWN: Final = 5
"""Statements listed for one asserted fact."""
MOST: Final = 25

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
    others: int = 0
    """How many other derivations there are, here and in the helpers that were unfolded."""


class Facts:
    """Facts and derivations of one run; keeps what it has read, so make one for each question.

    `most` derivations of one fact are looked at, lowest first.
    """

    def __init__(self, run: Evaluation, most: int = MOST) -> None:
        self.run, self.db, self.most = run, run.db, most
        self.facts: dict[Node, Found | None] = {}
        self.links: dict[Node, list[Link]] = {}
        self._rules = run.by_head
        run.db.open_dictionary()
        self._matcher = Matcher(run)

    # facts

    def node(self, s: str, p: str, o: str) -> Node | None:
        """The node of a fact, or None when one of its terms is unknown."""
        ids = self.db.found({s, o})
        if s not in ids or o not in ids:
            return None
        return (relation_of(p, Const(o)), ids[s], ids[o])

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
            if table is None:
                continue
            pairs = self.run.pairs(relation)
            if pairs is not None:
                row = pairs.row(c0, c1)
                if row is not None:
                    self.facts[wanted[index]] = Found(
                        float(pairs.confidence[row]),
                        int(pairs.height[row]),
                        bool(pairs.asserted[row]),
                    )
            else:
                queries.append(
                    f"SELECT {index}, conf, h, asserted FROM {table} WHERE c0 = {c0} AND c1 = {c1}"
                )
        if queries:
            for index, confidence, height, asserted in self.db.rows(" UNION ALL ".join(queries)):
                self.facts[wanted[index]] = Found(confidence, height, asserted)

    def supports(
        self, nodes: Sequence[Node], shown: int | None = SHOWN
    ) -> dict[Node, tuple[Supports, float]]:
        """The statements of the run that assert facts, strongest first, and the confidence.

        What only a description or the ontology says has no statement, and confidence 1.
        """
        found = {node: (Supports((), 0), 1.0) for node in nodes}
        wanted = [node for node in nodes if node[0].kind in (Kind.PROPERTY, Kind.CLASS)]
        stated = {node: self._stated(node, shown) for node in wanted}
        texts = self.db.texts({st for rows, _, _ in stated.values() for st, _ in rows})
        for node, (rows, count, confidence) in stated.items():
            if count:
                ordered = sorted((-c, texts[st]) for st, c in rows)
                names = tuple(name for _, name in ordered[:shown])
                found[node] = (Supports(names, count), confidence)
        return found

    def _stated(self, node: Node, shown: int | None) -> tuple[list[tuple[int, float]], int, float]:
        """The statements of a fact that may be among the strongest, how many, and its confidence.

        All that are as confident as the last one shown are there: their names decide.
        """
        said = self.run.said()
        if said is None or said.confidence is None:
            rows: list[tuple[int, float]] = self.db.rows(
                f"SELECT st, conf FROM {self.run.schema}.chosen"
                f" WHERE s = {node[1]} AND p = {self._property(node)} AND o = {node[2]}"
            )
        else:
            at = said.rows(node[1], self._property(node), node[2])
            pairs = (said.statements[at].tolist(), said.confidence[at].tolist())
            rows = list(zip(*pairs, strict=True))
        if not rows:
            return ([], 0, 1.0)
        ordered = sorted((c for _, c in rows), reverse=True)
        certain = self.run.selection.over == "max"
        confidence = ordered[0] if certain else 1 - prod(1 - c for c in ordered)
        least = 0.0 if shown is None or shown > len(ordered) else ordered[shown - 1]
        return ([row for row in rows if row[1] >= least], len(rows), confidence)

    def _property(self, node: Node) -> int:
        kind = node[0].kind
        return self.db.intern(RDF_TYPE if kind is Kind.CLASS else node[0].name)

    # derivations

    def derivations(self, node: Node) -> list[Link]:
        """The derivations of a fact, lowest first, then most certain."""
        if node not in self.links:
            found = self._read_links(node)
            closure = self._closure(node)
            if closure is not None:
                found.append(closure)
            found.sort(key=lambda link: (link.height, -link.confidence, link.rule.origin.name))
            self.links[node] = found
        return self.links[node]

    def _read_links(self, node: Node) -> list[Link]:
        found: list[tuple[Rule, list[Row], int]] = []
        for rule in self._rules.get(node[0], ()):
            if rule.mode is Mode.MATCHED:
                found.append((rule, *self._matched(rule, node)))
            elif rule in self.run.kept:
                found.append((rule, *self._kept(rule, node)))
        others = sum(total for _, _, total in found) - 1
        return [self._link(rule, *row, others) for rule, rows, _ in found for row in rows]

    def _kept(self, rule: Rule, node: Node) -> tuple[list[Row], int]:
        """The lowest derivations of a fact that a rule has kept, and how many there are."""
        _, c0, c1 = node
        derived = self.run.derived(rule)
        if derived is not None:
            return derived.lowest(c0, c1, self.most)
        return self._asked(rule, f"{self.run.kept[rule]} WHERE h0 = {c0} AND h1 = {c1}")

    def _matched(self, rule: Rule, node: Node) -> tuple[list[Row], int]:
        """The lowest derivations of a fact by a rule that keeps none, and how many there are."""
        relation, c0, c1 = node
        nothing: tuple[list[Row], int] = ([], 0)
        if relation in self.run.edges and any(a.relation == relation for a in rule.atoms):
            return nothing
        bound: dict[Var, int] = {}
        for term, value in ((rule.head.s, c0), (rule.head.o, c1)):
            if isinstance(term, Const):
                if self.db.find(term.text) != value:
                    return nothing
            elif bound.setdefault(term, value) != value:
                return nothing
        if not self.run.is_possible(rule):
            return nothing
        try:
            return self._matcher.derivations(rule, bound, self.most)
        except UnansweredError:
            query = self.run.derivations_sql(rule, bound=tuple(bound.items()))
            return self._asked(rule, f"({query})")

    def _asked(self, rule: Rule, source: str) -> tuple[list[Row], int]:
        names = ", ".join(f"v{n}" for n in range(len(rule.variables())))
        rows = self.db.rows(
            f"SELECT [{names}]::INT[] AS v, conf, h, count(*) OVER () FROM {source}"
            f" ORDER BY h, conf DESC, v LIMIT {self.most}"
        )
        return [(tuple(v), conf, h) for v, conf, h, _ in rows], rows[0][3] if rows else 0

    def _link(
        self, rule: Rule, row: Sequence[int], confidence: float, height: int, others: int
    ) -> Link:
        bindings = dict(zip(rule.variables(), row, strict=True))
        premises = tuple(
            self._typed((a.relation, self._id(a.s, bindings), self._id(a.o, bindings)))
            for a in rule.atoms
            if a.relation.kind is not Kind.PROVENANCE
        )
        cited = tuple(
            (
                self._typed(
                    (
                        relation_of(q.prop, Var("o")),
                        self._id(q.s, bindings),
                        self._id(q.o, bindings),
                    )
                ),
                bindings[q.statement],
            )
            for q in rule.quoted
        )
        shown = tuple((v, i) for v, i in bindings.items() if not v.name.startswith("_"))
        return Link(rule, shown, premises, cited, confidence, height, others)

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
            steps = self._steps(relation, frontier, found.confidence)
            frontier = []
            for c0, c1 in steps:
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
        premises = tuple((relation, a, b) for a, b in pairwise(chain))
        return Link(rule, (), premises, (), found.confidence, found.height)

    def _steps(self, relation: Relation, start: list[int], least: float) -> list[tuple[int, int]]:
        """The single steps of a closure from some nodes that are certain enough, in order."""
        pairs = self.run.steps(relation)
        if pairs is None:
            listed = ", ".join(map(str, start))
            return self.db.rows(
                f"SELECT c0, c1 FROM {self.run.edges[relation]} WHERE c0 IN ({listed})"
                f" AND conf >= {least!r} ORDER BY c0, c1"
            )
        low, high = pairs.of_subjects(np.array(sorted(start)))
        rows = np.concatenate([np.arange(a, b) for a, b in zip(low, high, strict=True)])
        rows = rows[pairs.confidence[rows] >= least]
        ends = (pairs.subjects(rows).tolist(), pairs.objects(rows).tolist())
        return list(zip(*ends, strict=True))
