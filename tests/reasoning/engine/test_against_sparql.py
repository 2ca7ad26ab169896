"""The engine's conclusions are those of plain SPARQL, and every one has a proof that checks."""

from __future__ import annotations

from hypothesis import given

from axiskg.reasoning.checker import check_proof
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.rules import RuleFile
from axiskg.reasoning.run import Run
from axiskg.reasoning.selection import Selection

from .conftest import PROVENANCE, Said, graph
from .oracles import facts_of, fix_point, plain_store
from .strategies import statements


def own_facts(run: Run) -> set[tuple[str, str, str]]:
    return {
        fact.key
        for fact in run.all_facts()
        if fact.p.startswith("urn:t:") or fact.o.startswith("urn:t:")
    }


@given(said=statements)
def test_conclusions_are_those_of_sparql(said: list[Said], all_rules: tuple[RuleFile, ...]) -> None:
    quads = graph(said)
    expected = facts_of(fix_point(plain_store(quads), all_rules))
    with Reasoner.from_quads(quads, all_rules) as reasoner:
        assert own_facts(reasoner.run()) == expected


@given(said=statements)
def test_every_proof_checks_and_none_is_circular(
    said: list[Said], all_rules: tuple[RuleFile, ...]
) -> None:
    quads = graph(said)
    texts = {f"urn:st:{n}": s for n, s in enumerate(said)}

    def says(name: str, fact: tuple[str, str, str]) -> bool:
        return (texts[name].s, texts[name].p) == fact[:2]

    provenance = [q for q in quads if q.graph_name == PROVENANCE or "urn:st" in str(q.graph_name)]
    with Reasoner.from_quads(quads, all_rules) as reasoner:
        run = reasoner.run()
        for fact in run.all_facts():
            if not fact.p.startswith("urn:t:"):
                continue
            for proof in run.proofs(*fact.key, limit=3):
                assert check_proof(proof, all_rules, says=says, provenance=provenance) == []
                assert proof.confidence <= fact.confidence + 1e-9
            assert run.proof(*fact.key).height <= max(fact.rank, 1)


@given(said=statements)
def test_max_min_confidence_is_a_run_over_the_statements_above(
    said: list[Said], all_rules: tuple[RuleFile, ...]
) -> None:
    positive = [rule for rule in all_rules if "NOT EXISTS" not in rule.text]
    positive = [r for r in positive if r.name not in ("a8-weak", "b7-quoted", "c1-above-negation")]
    quads = graph(said)
    with Reasoner.from_quads(quads, positive) as reasoner:
        everything = {f.key: f.confidence for f in reasoner.run(Selection(view="all")).all_facts()}
        for least in (0.45, 0.6, 0.7, 1.0):
            above = reasoner.run(Selection(view="all", min_confidence=least))
            assert {f.key for f in above.all_facts()} == {
                key for key, confidence in everything.items() if confidence >= least
            }
