"""Headers, parameters and their replacement."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from axiskg.errors import (
    NotFoundError,
    ParameterError,
    ParseError,
    QuerySyntaxError,
    UnknownQueryError,
)
from axiskg.plain import refresh_plain_view
from axiskg.queries import Catalogue, entity_facts, entity_named, read_query, statement_rows
from axiskg.queries.catalogue import ask_text, run
from axiskg.queries.names import scenario_named, statement_named, term_named
from axiskg.queries.saved import SavedQuery, slots
from axiskg.settings import Settings
from axiskg.store import EmbeddedStore, Solutions
from axiskg.store.sparql_text import keywords, tokens

QUERIES = list(Catalogue.of(Settings()))
SMALL = Path(__file__).parents[1] / "fixtures" / "small.trig"
HEADER = "#+ summary: Things\n#+ columns: {s: a thing}\n"


@pytest.fixture(scope="module")
def small(article: EmbeddedStore) -> EmbeddedStore:
    """The invented text with the real ontology beside it."""
    store = EmbeddedStore.in_memory()
    store.extend(q for q in article.dump() if "graph/ontology" in str(q.graph_name))
    store.load(SMALL, ".trig")
    refresh_plain_view(store)
    return store


def query_of(tmp_path: Path, text: str) -> SavedQuery:
    path = tmp_path / "things.rq"
    path.write_text(text, encoding="utf-8")
    return read_query(path)


# --- what every saved query owes its readers ----------------------------------------------------


def test_there_are_enough_queries() -> None:
    assert len(QUERIES) >= 30


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_the_header_matches_the_query(query: SavedQuery, article: EmbeddedStore) -> None:
    assert query.summary
    assert query.tags
    assert all(p.description and p.example for p in query.parameters)
    assert all(p.optional == (p.default == "UNDEF") for p in query.parameters)
    answer = article.query(query.text)
    if isinstance(answer, Solutions):
        assert answer.variables == tuple(query.columns)


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_every_example_runs(query: SavedQuery, article: EmbeddedStore) -> None:
    for parameter in query.parameters:
        run(article, query, {parameter.name: parameter.example})


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_a_query_that_opens_statement_graphs_joins_their_standing(query: SavedQuery) -> None:
    read = list(tokens(query.text))
    opened = {
        after.value
        for before, after in pairwise(read)
        if before.value.upper() == "GRAPH" and after.kind == "variable"
    }
    if opened:
        assert re.search(r"axis:standing", query.text), f"{sorted(opened)} without standing"


@pytest.mark.parametrize("query", QUERIES, ids=lambda q: q.name)
def test_no_query_touches_the_network(query: SavedQuery) -> None:
    assert not keywords(query.text) & {"SERVICE", "LOAD"}


# --- replacement --------------------------------------------------------------------------------


def test_all_slots_are_filled_in_one_pass(tmp_path: Path) -> None:
    query = query_of(
        tmp_path,
        "#+ summary: Things\n#+ columns: {s: a thing}\n"
        "#+ parameters:\n"
        "#+   a: {type: string, description: a, example: x}\n"
        "#+   b: {type: string, description: b, example: y}\n"
        "SELECT ?s { VALUES ?a { 'A' } VALUES ?b { 'B' } ?s ?a ?b } # VALUES ?a { 'C' }\n",
    )
    bound = query.bound({"a": [Literal("VALUES ?b { 'z' } }")], "b": [Literal("2"), Literal("3")]})
    assert [bound[begin:end].strip() for _, begin, end in slots(bound)] == [
        "\"VALUES ?b { 'z' } }\"",
        '"2" "3"',
    ]
    assert bound.endswith("# VALUES ?a { 'C' }\n")


@pytest.mark.parametrize(
    "value",
    [
        '"} UNION { ?s ?p ?o } #',
        "> } INSERT",
        "'''",
        "\\",
        "\\u0022 } #",
        "\n} ?s ?p ?o",
    ],
)
def test_no_value_changes_the_query_around_it(value: str, tmp_path: Path) -> None:
    query = query_of(
        tmp_path,
        "#+ summary: Things\n#+ columns: {v: the value}\n"
        "#+ parameters: {v: {type: string, description: text, example: x}}\n"
        'SELECT ?v { VALUES ?v { "default" } }\n',
    )
    answer = run(EmbeddedStore.in_memory(), query, {"v": value})
    assert isinstance(answer, Solutions)
    assert answer.rows == [(Literal(value),)]


def test_an_iri_parameter_can_not_break_out(tmp_path: Path) -> None:
    query = query_of(
        tmp_path,
        "#+ summary: Things\n#+ columns: {v: the value}\n"
        "#+ parameters: {v: {type: iri, description: an IRI, example: 'ent:china'}}\n"
        "SELECT ?v { VALUES ?v { <urn:x> } }\n",
    )
    with pytest.raises(ParameterError, match="an IRI or CURIE"):
        run(EmbeddedStore.in_memory(), query, {"v": "http://x> } SERVICE <http://y"})


# --- headers that are wrong ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * { ?s ?p ?o }", "has no header"),
        ("#+ summary: [\nASK {}", "no YAML"),
        ("#+ just words\nASK {}", "no mapping"),
        ("#+ summary: x\nASK {}", "lacks columns"),
        ("#+ sumary: x\n#+ columns: {}\nASK {}", "unknown keys: sumary"),
        (HEADER + "#+ parameters: [a]\nASK {}", "parameters: write"),
        (HEADER + "#+ parameters: {a: {typ: iri}}\nASK {}", "parameter a: write"),
        (HEADER + "#+ parameters: {a: {type: color}}\nASK {}", "the type is none of"),
        (HEADER + "#+ parameters: {a: {type: iri}}\nASK {}", r"lacks the line `VALUES \?a"),
    ],
)
def test_a_wrong_header_is_refused_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ParseError, match=message) as caught:
        query_of(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path / 'things.rq'}:1: ")


def test_an_unknown_name_offers_near_ones(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownQueryError, match="did you mean mutual-backing"):
        catalogue.get("mutual-backin")
    with pytest.raises(UnknownQueryError):
        catalogue.get("../pyproject")


def test_an_unknown_parameter_offers_near_ones(catalogue: Catalogue, small: EmbeddedStore) -> None:
    with pytest.raises(ParameterError, match="did you mean backer"):
        catalogue.run(small, "backing", {"baker": "zembla"})


# --- what people type ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "ruritania",
        "ent:ruritania",
        "https://w3id.org/axiskg/entity/ruritania",
        "<https://w3id.org/axiskg/entity/ruritania>",
        "Ruritania",
        "RURITANIA",
        "the kingdom",
        "Q1046371",
        "wd:Q1046371",
        "https://www.wikidata.org/wiki/Q1046371",
    ],
)
def test_an_entity_is_found_by_all_its_names(name: str, small: EmbeddedStore) -> None:
    assert entity_named(small, name) == NamedNode("https://w3id.org/axiskg/entity/ruritania")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ruritanya", "did you mean ruritania"),
        ("Atlantis", "`axiskg query entities` lists all"),
        ("Q1", "no entity is linked to 'Q1'"),
        ("ent:nowhere", "no entity is called 'ent:nowhere'"),
    ],
)
def test_an_unknown_entity_is_not_found(name: str, message: str, small: EmbeddedStore) -> None:
    with pytest.raises(NotFoundError, match=message):
        entity_named(small, name)


def test_nothing_is_no_entity(small: EmbeddedStore) -> None:
    with pytest.raises(ParameterError, match="an entity"):
        entity_named(small, "  ")


def test_a_name_of_two_entities_names_both(small: EmbeddedStore) -> None:
    store = EmbeddedStore.in_memory()
    store.extend(small.dump())
    store.update(
        "PREFIX ent: <https://w3id.org/axiskg/entity/>"
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"
        "INSERT DATA { GRAPH <https://w3id.org/axiskg/graph/entities>"
        " { ent:zembla-river rdfs:label 'Zembla river' ."
        " ent:zembla-lake rdfs:label 'Zembla river' } }"
    )
    with pytest.raises(ParameterError, match="ent:zembla-lake, ent:zembla-river"):
        entity_named(store, "zembla river")


def test_statements_scenarios_and_terms_by_their_short_names(small: EmbeddedStore) -> None:
    statement = NamedNode("https://w3id.org/axiskg/statement/small/p1.a")
    for name in ("p1.a", "small/p1.a", "st:small/p1.a", statement.value):
        assert statement_named(small, name) == statement
    with pytest.raises(NotFoundError, match="axiskg statements"):
        statement_named(small, "p99.z")
    assert scenario_named(small, "blockade").value.endswith("scenario/blockade")
    with pytest.raises(NotFoundError, match="did you mean blockade"):
        scenario_named(small, "blokade")
    for name in ("Denied", "denied", "axis:Denied"):
        assert term_named(small, name).value.endswith("#Denied")
    with pytest.raises(ParameterError, match="did you mean Denied"):
        term_named(small, "Denid")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"entity": "straits"}, ["p1.a"]),
        ({"standing": ["denied", "Open"]}, ["p2.b", "p2.c"]),
        ({"paragraph": "3"}, ["p3.a", "p3.b", "p3.c", "p3.d"]),
        ({"asserter": "The Gazette"}, ["p2.h"]),
        ({"holder": "ruritania"}, ["p2.a"]),
        ({"modality": "Claim"}, []),
        ({"as_of": "1990-06-01"}, ["p1.b"]),
        ({"as_of": "1989-12-31"}, []),
        ({"entity": "graustark", "paragraph": "2"}, ["p2.a", "p2.g"]),
    ],
)
def test_statements_are_chosen_by_each_parameter(
    parameters: dict[str, str | list[str]],
    expected: list[str],
    catalogue: Catalogue,
    small: EmbeddedStore,
) -> None:
    rows = statement_rows(small, catalogue, parameters)
    assert [row.statement.rpartition("/")[2] for row in rows] == expected


def test_surely_needs_both_bounds(catalogue: Catalogue, small: EmbeddedStore) -> None:
    (row,) = statement_rows(small, catalogue, {"as_of": "1991-01-01"})
    assert row.surely is False
    assert statement_rows(small, catalogue, {"paragraph": "1"})[0].surely is None


def test_what_is_against_is_kept_apart(catalogue: Catalogue, small: EmbeddedStore) -> None:
    facts = entity_facts(small, catalogue, "Zembla")
    standings = {
        standing: [row.statement.rpartition("/")[2] for row in rows]
        for standing, rows in facts.statements.items()
    }
    assert standings["Accepted"] == ["p1.a", "p1.b", "p1.c"]
    assert standings["Denied"] == ["p2.b"]
    assert standings["Hypothetical"] == ["p3.b", "p3.c", "p3.d"]
    assert [fact.property.rpartition("#")[2] for fact in facts.inferred] == ["mutuallyBacks"]


def test_typed_in_sparql_knows_our_prefixes_and_keeps_its_columns(small: EmbeddedStore) -> None:
    assert ask_text(small, "ASK { ent:ruritania a axis:State }") is True
    with pytest.raises(QuerySyntaxError) as caught:
        ask_text(small, "SELECT ?x { ?x axis:a }")
    assert (caught.value.line, caught.value.column) == (1, 23)
    assert "line 1, column 23: '}' can't stand here" in str(caught.value)
    with pytest.raises(QuerySyntaxError, match="the text ends too early"):
        ask_text(small, "SELECT ?x { ?x a axis:State")
