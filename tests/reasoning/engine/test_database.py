"""What is loaded is what was there: every kind of term, and only the graphs that are meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

from axiskg.errors import ConfigError, StoreError
from axiskg.namespaces import INFERRED_GRAPH, ONTOLOGY_GRAPH, PLAIN_GRAPH, SCENARIO_GRAPH
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.terms import lexical, term_of, text_of, values
from axiskg.store import EmbeddedStore

from .conftest import HERE, axis

S, P = NamedNode("urn:s"), NamedNode("urn:p")
GRAPH = NamedNode(ONTOLOGY_GRAPH)
WORDS = [
    "plain",
    "two words",
    'a "quoted" word',
    "a <b> c",
    "ends with <urn:g> .",
    "back\\slash \\n not a line",
    "line\nbreak\r\ttab",
    "中文 é 🂡",
    "",
    " ",
    "_:b0 .",
]
TERMS = [
    *(Literal(word) for word in WORDS),
    *(Literal(word, language="zh-hant") for word in WORDS),
    *(Literal(word, datatype=NamedNode("urn:type")) for word in WORDS),
    BlankNode("b0"),
    NamedNode("http://example.org/a%20b#é"),
]


def test_every_term_reads_back() -> None:
    quads = [Quad(S, P, term, GRAPH) for term in TERMS]
    with Reasoner.from_quads(quads) as reasoner:
        found = reasoner.run().facts("urn:p")
    assert sorted(fact.o for fact in found) == sorted(map(text_of, TERMS))
    assert {term_of(fact.o) for fact in found} == set(TERMS)


@given(words=st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), max_size=8))
def test_any_text_reads_back(words: list[str]) -> None:
    literals = {Literal(word) for word in words}
    with Reasoner.from_quads([Quad(S, P, term, GRAPH) for term in literals]) as reasoner:
        found = {term_of(fact.o) for fact in reasoner.run().facts("urn:p")}
    assert found == literals
    assert {lexical(text_of(term)) for term in literals} == set(words)


def test_lines_of_any_number_of_words_are_read() -> None:
    named = [Quad(S, P, Literal(" ".join("ab" * n)), GRAPH) for n in range(6)]
    named += [Quad(S, P, Literal(" " * n, language="en"), GRAPH) for n in range(4)]
    default = [Quad(S, P, quad.object, DefaultGraph()) for quad in named]
    with Reasoner.from_quads([*default, *named]) as reasoner:
        found = [fact.o for fact in reasoner.run().facts("urn:p")]
    assert sorted(found) == sorted(text_of(quad.object) for quad in named)


def test_a_store_and_its_quads_give_the_same() -> None:
    quads = [Quad(S, P, term, GRAPH) for term in TERMS]
    with EmbeddedStore.in_memory() as store:
        store.extend([*quads, Quad(S, P, Literal("a b"), DefaultGraph())])
        with Reasoner.from_store(store, HERE / "rules") as reasoner:
            found = {term_of(fact.o) for fact in reasoner.run().facts("urn:p")}
    assert found == set(TERMS)


def test_a_literal_too_long_is_refused_in_words() -> None:
    short = [Quad(S, P, Literal(n), GRAPH) for n in range(3)]
    for length in (2_100_000, 9_000_000):
        long = Quad(S, P, Literal("x" * length), GRAPH)
        for quads in ([long], [long, *short], [*short, long]):
            with pytest.raises(StoreError, match="more than 2 MB"):
                Reasoner.from_quads(quads)
    with Reasoner.from_quads([Quad(S, P, Literal("x " * 900_000), GRAPH)]) as reasoner:
        (fact,) = reasoner.run().facts("urn:p")
    assert len(fact.o) == 1_800_002


def test_derived_graphs_and_the_default_graph_are_left_out() -> None:
    quads = [
        Quad(S, P, Literal('the "default" graph'), DefaultGraph()),
        Quad(S, P, NamedNode("urn:default"), DefaultGraph()),
        *(
            Quad(S, P, NamedNode(f"urn:in:{name}"), NamedNode(name))
            for name in (INFERRED_GRAPH, PLAIN_GRAPH, SCENARIO_GRAPH + "x")
        ),
        Quad(S, P, NamedNode("urn:kept"), GRAPH),
    ]
    with Reasoner.from_quads(quads) as reasoner:
        assert [fact.o for fact in reasoner.run().facts("urn:p")] == ["urn:kept"]
        reasoner.apply(added=[Quad(S, P, NamedNode("urn:more"), NamedNode(INFERRED_GRAPH))])
        assert [fact.o for fact in reasoner.run().facts("urn:p")] == ["urn:kept"]


def test_values_of_terms() -> None:
    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert values(f'"-1.5"^^<{xsd}decimal>')[1] == -1.5
    assert values(f'"1970-01-02"^^<{xsd}date>')[2] == 1
    assert values(f'"1970-01-01T00:01:00Z"^^<{xsd}dateTime>')[3] == 60
    assert values(f'"many"^^<{xsd}integer>') == (2, None, None, None)
    assert values("urn:a")[0] == 0
    assert values("_:b")[0] == 1


def test_a_confidence_out_of_range_is_refused() -> None:
    row = NamedNode("urn:row")
    quads = [
        Quad(row, axis("inTable"), axis("DefaultConfidence"), GRAPH),
        Quad(row, axis("forModality"), axis("Fact"), GRAPH),
        Quad(row, axis("forLikelihood"), axis("Certain"), GRAPH),
        Quad(row, axis("confidence"), Literal(2), GRAPH),
    ]
    with pytest.raises(ConfigError, match="not from 0 to 1"):
        Reasoner.from_quads(quads)
