"""Proofs as text, JSON, Mermaid and PROV-O."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from pyoxigraph import RdfFormat, parse

from axiskg.errors import ParseError
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.proof_rdf import read_proofs_rdf, write_proofs_rdf
from axiskg.reasoning.proofs import Derivation
from axiskg.reasoning.rendering import proof_json, proof_text, proofs_mermaid, why_not_text
from axiskg.reasoning.rules import RuleFile
from axiskg.reasoning.run import Run
from axiskg.reasoning.selection import Assumption, Selection

from .conftest import Said, described, graph, node, prop, rule
from .strategies import statements

A, B, POSITION, ACTION = (node(n) for n in ("a", "b", "position", "action"))


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    rules = [
        rule("CONSTRUCT { ?a t:standsBy ?b } WHERE { ?a t:backs|t:spares ?x . ?x t:of ?b }", "by"),
        rule(
            "CONSTRUCT { ?a t:mutual ?b } WHERE { ?a t:standsBy ?b . ?b t:standsBy ?a"
            " FILTER NOT EXISTS { ?a t:opposes ?b } }",
            "mutual",
            label="Mutual backing",
        ),
    ]
    said = [Said(A, prop("backs"), POSITION) for _ in range(8)] + [Said(B, prop("spares"), ACTION)]
    quads = graph(said)
    quads += [described(POSITION, prop("of"), B), described(ACTION, prop("of"), A)]
    with Reasoner.from_quads(quads, rules) as reasoner:
        yield reasoner.run()


def test_text_tree(run: Run) -> None:
    text = proof_text(run.proof(A, prop("mutual"), B))
    assert text.splitlines()[:3] == [
        "urn:n:a urn:t:mutual urn:n:b  [1]",
        "  by Mutual backing",
        "  as it is not said that urn:n:a urn:t:opposes urn:n:b",
    ]
    lines = [line.strip() for line in text.splitlines()]
    at = lines.index("said by urn:st:0")
    assert lines[at + 1 : at + 4] == [f"said by urn:st:{n}" for n in (1, 2, 3)]
    assert lines[at + 4] == "said by urn:st:4 and 3 more"
    assert "from a description or the ontology" in text


def test_json_is_json_and_points_at_its_steps(run: Run) -> None:
    found = json.loads(json.dumps(proof_json(run.proof(A, prop("mutual"), B))))
    steps = found["steps"]
    assert steps[0]["fact"] == found["goal"] == [A, prop("mutual"), B]
    assert [steps[n]["fact"][1] for n in steps[0]["premises"]] == [prop("standsBy")] * 2
    assert found["height"] == 2


def test_mermaid_has_a_node_for_each_step(run: Run) -> None:
    proof = run.proof(A, prop("mutual"), B)
    chart = proofs_mermaid([proof])
    assert chart.startswith("flowchart BT")
    assert sum(f'  f{n}["' in chart for n in range(len(proof.steps))) == len(proof.steps)
    assert chart.count("{{") == sum(isinstance(step, Derivation) for step in proof.steps)
    assert "and 3 more" in chart


def test_prov_is_rdf_and_reads_back(run: Run) -> None:
    proof = run.proof(A, prop("mutual"), B)
    text = write_proofs_rdf([proof])
    assert len(list(parse(text, format=RdfFormat.TURTLE))) > 20
    [again] = read_proofs_rdf(text)
    assert again.goal == proof.goal
    assert set(again.steps) == set(proof.steps)
    assert write_proofs_rdf([again]) == text


@pytest.fixture(scope="module")
def three_ways() -> Iterator[Run]:
    """A fact that is stated, and follows from either of two stated ones that share a premise."""
    rules = [
        rule("CONSTRUCT { ?a t:ties ?b } WHERE { ?a t:backs ?x . ?x t:of ?b }", "backing"),
        rule("CONSTRUCT { ?a t:ties ?b } WHERE { ?a t:spares ?x . ?x t:of ?b }", "sparing"),
        rule("CONSTRUCT { ?b t:top ?a } WHERE { ?a t:ties ?b . ?a t:big ?b }", "top"),
        rule("CONSTRUCT { ?b t:top ?a } WHERE { ?a t:ties ?b . ?a t:old ?b }", "top-old"),
    ]
    said = [Said(A, prop(name), POSITION) for name in ("backs", "spares")]
    said += [Said(A, prop(name), B) for name in ("ties", "big", "old")]
    quads = [*graph(said), described(POSITION, prop("of"), B)]
    with Reasoner.from_quads(quads, rules) as reasoner:
        yield reasoner.run()


def test_several_proofs_read_back_each_with_its_own_steps(three_ways: Run) -> None:
    proofs = three_ways.proofs(A, prop("ties"), B)
    assert len(proofs) == 3
    proofs += three_ways.proofs(B, prop("top"), A)
    assert len(proofs) == 5
    text = write_proofs_rdf(proofs)
    again = read_proofs_rdf(text)
    assert [proof.goal for proof in again] == [proof.goal for proof in proofs]
    assert [set(proof.steps) for proof in again] == [set(proof.steps) for proof in proofs]
    assert write_proofs_rdf(again) == text
    generated = [
        quad.subject
        for quad in parse(text, format=RdfFormat.TURTLE)
        if quad.predicate.value.endswith("wasGeneratedBy")
    ]
    assert len(generated) == len(set(generated)) == 4


def test_several_proofs_are_boxes_of_one_chart(three_ways: Run) -> None:
    proofs = three_ways.proofs(A, prop("ties"), B)
    lines = proofs_mermaid(proofs).splitlines()
    assert lines[0] == "flowchart BT"
    boxes = [line.strip() for line in lines if "subgraph" in line]
    assert boxes == [f'subgraph p{n}["proof {n} of 3"]' for n in (1, 2, 3)]
    assert lines.count("  end") == 3
    for number, proof in enumerate(proofs, 1):
        nodes = [line for line in lines if line.startswith(f"    p{number}f") and "-->" not in line]
        assert len(nodes) == len(proof.steps)


def test_an_assumption_reads_back(run: Run) -> None:
    assumed = Assumption(B, prop("backs"), ACTION, 0.5)
    rules = [rule("CONSTRUCT { ?a t:x ?b } WHERE { ?a t:backs ?b }")]
    with Reasoner.from_quads(graph([Said(A, prop("backs"), POSITION)]), rules) as reasoner:
        proof = reasoner.run(Selection(add=frozenset({assumed}))).proof(B, prop("x"), ACTION)
    assert proof.statements == (assumed.statement,)
    assert proof.confidence == 0.5
    assert set(read_proofs_rdf(write_proofs_rdf([proof]))[0].steps) == set(proof.steps)


@given(said=statements)
def test_every_proof_reads_back(said: list[Said], all_rules: tuple[RuleFile, ...]) -> None:
    with Reasoner.from_quads(graph(said), all_rules) as reasoner:
        found = reasoner.run()
        for fact in [f for f in found.all_facts() if f.p.startswith("urn:t:")][::7]:
            proof = found.proof(*fact.key)
            assert set(read_proofs_rdf(write_proofs_rdf([proof]))[0].steps) == set(proof.steps)


@pytest.mark.parametrize("text", ["this is no Turtle", "<urn:a> <urn:b> <urn:c> ."])
def test_other_rdf_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        read_proofs_rdf(text)


def test_why_not_in_words(run: Run) -> None:
    text = why_not_text(run.why_not(B, prop("mutual"), B))
    assert "urn:n:b urn:t:mutual urn:n:b does not hold" in text
    assert "missing: urn:n:b urn:t:standsBy urn:n:b" in text
    assert why_not_text(run.why_not(A, prop("mutual"), B)).endswith("holds")
