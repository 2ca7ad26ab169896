"""The rule files run by a SPARQL engine, stratum by stratum to a fix-point: the oracle."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, QueryTriples, Store

from axiskg.namespaces import AXIS

_NAME = re.compile(r"axis:(\w+)")
_NEGATED = re.compile(r"NOT\s+EXISTS\s*\{([^}]*)\}", re.IGNORECASE)

Fact = tuple[str, str, str]


class _Rule:
    def __init__(self, path: Path) -> None:
        self.text = path.read_text(encoding="utf-8")
        query = "\n".join(line for line in self.text.splitlines() if not line.startswith("#"))
        template, body = re.split(r"\bWHERE\b", query, maxsplit=1)
        self.heads = set(_NAME.findall(template))
        self.negated = {n for part in _NEGATED.findall(body) for n in _NAME.findall(part)}
        self.uses = set(_NAME.findall(_NEGATED.sub("", body)))


def strata(rules: list[_Rule]) -> list[list[_Rule]]:
    """The rules in layers: what a rule negates is complete in a layer below its own."""
    level = {head: 0 for rule in rules for head in rule.heads}
    for _ in range(len(level) + 1):
        changed = False
        for rule in rules:
            floor = max(
                [level.get(n, 0) for n in rule.uses]
                + [level[n] + 1 for n in rule.negated if n in level]
                + [0]
            )
            for head in rule.heads:
                if level[head] < floor:
                    level[head], changed = floor, True
        if not changed:
            break
    else:
        raise AssertionError("a rule negates what it derives")
    top = max(level.values(), default=0)
    return [[r for r in rules if max(level[h] for h in r.heads) == n] for n in range(top + 1)]


def conclusions(rules_dir: Path, quads: Iterable[Quad]) -> set[Fact]:
    """All that the rules conclude from the default graph, as (subject, local name, object)."""
    store = Store()
    store.extend(quads)
    before = set(store.quads_for_pattern(None, None, None, DefaultGraph()))
    symmetric = [NamedNode(AXIS + n) for n in ("partnerOf", "militaryPartnerOf", "allianceWith")]
    for verb in symmetric:
        for quad in list(store.quads_for_pattern(None, verb, None, DefaultGraph())):
            assert not isinstance(quad.object, BlankNode | Literal)
            store.add(Quad(quad.object, verb, quad.subject, DefaultGraph()))
    for layer in strata([_Rule(path) for path in sorted(rules_dir.glob("*.rq"))]):
        while True:
            size = len(store)
            for rule in layer:
                found = store.query(rule.text)
                assert isinstance(found, QueryTriples)
                store.extend(Quad(t.subject, t.predicate, t.object) for t in found)
            if len(store) == size:
                break
    after = set(store.quads_for_pattern(None, None, None, DefaultGraph())) - before
    return {
        (q.subject.value, q.predicate.value.removeprefix(AXIS), q.object.value)
        for q in after
        if q.predicate.value.startswith(AXIS)
    }
