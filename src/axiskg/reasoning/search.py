"""How proofs are found in the tables of a run: lowest first, never through the goal itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import prod

from axiskg.reasoning.facts import Facts, Link, Node
from axiskg.reasoning.ir import (
    Kind,
    Var,
)
from axiskg.reasoning.proofs import Asserted, Derivation, Key, Proof, Step, Supports
from axiskg.reasoning.words import absence_text

__all__ = ["Search"]


class Search(Facts):
    """Proof search in one run."""

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
            proof = self._assembled(goal, None, max_premises)
            if proof is not None:
                given = 1
                yield proof
        for link in self._visible(goal):
            if given >= limit:
                return
            proof = self._assembled(goal, link, max_premises)
            if proof is not None:
                given += 1
                yield proof

    def _visible(self, node: Node) -> Iterator[Link]:
        """The derivations of a fact with helpers replaced by what they stand for."""
        for link in self.derivations(node):
            for premises, bindings, others in self._expanded(link, frozenset({node})):
                known = dict(link.bindings)
                new = tuple((v, i) for v, i in bindings if known.setdefault(v, i) == i)
                yield replace(
                    link,
                    premises=premises,
                    bindings=tuple(dict.fromkeys((*link.bindings, *new))),
                    others=link.others + others,
                )

    def _expanded(self, link: Link, inside: frozenset[Node]) -> Iterator[_Expansion]:
        """The premises of a link with helpers replaced, in every way."""
        yield from _product([self._ways(premise, inside) for premise in link.premises])

    def _ways(self, premise: Node, inside: frozenset[Node]) -> Callable[[], Iterator[_Expansion]]:
        def ways() -> Iterator[_Expansion]:
            if premise[0].kind is not Kind.HELPER:
                yield ((premise,), (), 0)
            elif premise not in inside:
                for inner in self.derivations(premise):
                    named = inner.bindings if inner.rule.origin.category == "part" else ()
                    for premises, bindings, others in self._expanded(inner, inside | {premise}):
                        yield (premises, (*named, *bindings), inner.others + others)

        return ways

    def _assembled(self, goal: Node, first: Link | None, max_premises: int) -> Proof | None:
        """A proof with `first` as its last step, or the lowest; None when it would be circular."""
        chosen: dict[Node, Link | None] = {}
        truncated = 0
        try:
            self._choose(goal, first, chosen, frozenset(), [max_premises])
        except _CircularError:
            return None
        order = _ordered(goal, chosen)
        self.db.texts(_ids(chosen[node] for node in order) | {i for n in order for i in n[1:]})
        supports = self.supports([node for node in order if chosen[node] is None])
        confidences: dict[Node, float] = {}
        steps: dict[Key, Step] = {}
        for node in reversed(order):
            link = chosen[node]
            if link is None:
                fact = self.fact(node)
                if fact is not None and not fact.asserted:
                    truncated += 1
                    supported = (Supports((), 0), fact.confidence)
                else:
                    supported = supports[node]
                confidences[node] = supported[1]
                step: Step = Asserted(self.key(node), supported[1], supported[0])
            else:
                for cited, statement in link.cited:
                    key = self.key(cited)
                    quote = Supports((self.db.text(statement),), 1)
                    steps.setdefault(key, Asserted(key, link.confidence, quote))
                confidences[node] = self._confidence(link, confidences)
                step = self._derived(node, link, confidences[node])
            steps[step.fact] = step
        return Proof(self.key(goal), tuple(reversed(steps.values())), truncated)

    def _confidence(self, link: Link, known: dict[Node, float]) -> float:
        """The confidence of a conclusion by just these premises."""
        parts = [known[premise] for premise in link.premises]
        if link.cited:
            parts.append(link.confidence)
        if self.run.selection.along == "product":
            return prod(parts) * link.rule.confidence
        return min([*parts, link.rule.confidence])

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
        options = [link] if link is not None else self._visible(node)
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

    def _derived(self, node: Node, link: Link, confidence: float) -> Derivation:
        texts = self.db.texts([i for _, i in link.bindings])
        named = {v: texts[i] for v, i in link.bindings}
        origin = link.rule.origin
        return Derivation(
            fact=self.key(node),
            confidence=confidence,
            rule=origin.name,
            label=origin.label,
            description=origin.description,
            bindings=tuple(sorted((v.name, text) for v, text in named.items())),
            premises=tuple(
                dict.fromkeys(
                    [self.key(p) for p in link.premises] + [self.key(c) for c, _ in link.cited]
                )
            ),
            axioms=origin.axioms,
            absences=tuple(absence_text(absent, named) for absent in link.rule.absent),
            alternatives=link.others,
        )


_Expansion = tuple[tuple[Node, ...], tuple[tuple[Var, int], ...], int]


def _product(choices: Sequence[Callable[[], Iterator[_Expansion]]]) -> Iterator[_Expansion]:
    """Every combination of one way for each premise, made as it is asked for."""
    if not choices:
        yield ((), (), 0)
        return
    for first in choices[0]():
        for rest in _product(choices[1:]):
            yield (first[0] + rest[0], first[1] + rest[1], first[2] + rest[2])


def _ids(links: Iterable[Link | None]) -> set[int]:
    """The ids of all that derivations name."""
    found: set[int] = set()
    for link in links:
        if link is not None:
            found.update(i for _, i in link.bindings)
            found.update(st for _, st in link.cited)
    return found


class _CircularError(Exception):
    """No derivation here that would not lead back."""


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
