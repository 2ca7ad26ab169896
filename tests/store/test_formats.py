"""Formats of answers beside those that Oxigraph writes itself, and content negotiation."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pyoxigraph as ox
import pytest

from axiskg.errors import QueryError
from axiskg.formats import (
    DATASETS,
    FORMATS,
    GRAPHS,
    RESULTS,
    format_named,
    negotiate,
    offered_for,
    serialize,
    serialize_quads,
)
from axiskg.store import Solutions

ROWS = """SELECT ?o ?none WHERE { VALUES ?o {
  <http://x/?a=1&b=2> "plain" "é"@en "tab\\t, \\"quotes\\" & <angles>" 'line\\nend' 5 -5.5 1e3 true
  "x"^^<urn:d> "2023-07-01"^^<http://www.w3.org/2001/XMLSchema#date> "" UNDEF } }"""
ENGINE = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}


def solutions(results: object) -> Solutions:
    assert isinstance(results, ox.QuerySolutions)
    return Solutions(tuple(v.value for v in results.variables), [tuple(row) for row in results])


def canonical(name: str, document: bytes) -> object:
    if name == "json":
        return json.loads(document)
    return ElementTree.canonicalize(document.decode()) if name == "xml" else document


@pytest.mark.parametrize("name", ENGINE)
def test_rows_are_written_as_the_engine_writes_them(name: str) -> None:
    store = ox.Store()
    mine = serialize(solutions(store.query(ROWS)), FORMATS[name])
    theirs = store.query(ROWS).serialize(format=ENGINE[name])
    assert isinstance(theirs, bytes)
    assert canonical(name, mine) == canonical(name, theirs)


@pytest.mark.parametrize("name", ["json", "xml", "tsv"])
def test_rows_are_read_back_unchanged(name: str) -> None:
    answer = solutions(ox.Store().query(ROWS))
    again = ox.parse_query_results(serialize(answer, FORMATS[name]), ENGINE[name])
    assert solutions(again) == answer


@pytest.mark.parametrize("name", ["json", "xml"])
def test_triple_terms_are_read_back_unchanged(name: str) -> None:
    text = "SELECT ?t WHERE { VALUES ?t { <<( <urn:a> <urn:b> <<( <urn:c> <urn:d> 5 )>> )>> } }"
    answer = solutions(ox.Store().query(text))
    again = ox.parse_query_results(serialize(answer, FORMATS[name]), ENGINE[name])
    assert solutions(again) == answer


@pytest.mark.parametrize("name", ENGINE)
@pytest.mark.parametrize("value", [True, False])
def test_yes_and_no(name: str, value: bool) -> None:
    text = f"ASK {{ FILTER({str(value).lower()}) }}"
    theirs = ox.Store().query(text).serialize(format=ENGINE[name])  # type: ignore[call-overload]
    assert serialize(value, FORMATS[name]) == theirs


@pytest.mark.parametrize("chosen", [*GRAPHS, *DATASETS], ids=lambda f: f.name)
def test_graphs_are_read_back_unchanged(chosen: object) -> None:
    store = ox.Store()
    store.update(
        "INSERT DATA { <http://x/a> <http://x/b> 'é'@en, 5, <http://x/c> ."
        " <http://x/c> <http://x/d> 'a \\u0022 b' }"
    )
    found = store.query("CONSTRUCT WHERE { ?s ?p ?o }")
    assert isinstance(found, ox.QueryTriples)
    triples = list(found)
    syntax = chosen.rdf  # type: ignore[attr-defined]
    read = ox.parse(serialize(triples, chosen), syntax)  # type: ignore[arg-type]
    assert {quad.triple for quad in read} == set(triples)


def test_named_graphs_survive_in_datasets_and_are_merged_elsewhere() -> None:
    a, g = ox.NamedNode("urn:a"), ox.NamedNode("urn:g")
    quads = [ox.Quad(a, a, a), ox.Quad(a, a, g, g)]
    for name, graphs in (("trig", 2), ("nq", 2), ("jsonld", 2), ("ttl", 1)):
        chosen = FORMATS[name]
        assert chosen.rdf is not None
        read = list(ox.parse(serialize_quads(quads, chosen), chosen.rdf))
        assert (len(read), len({quad.graph_name for quad in read})) == (2, graphs)


def test_a_format_that_can_not_hold_the_answer_is_refused() -> None:
    with pytest.raises(QueryError, match="no format 'ttl'; choose one of json, xml, csv, tsv"):
        serialize(True, FORMATS["ttl"])
    with pytest.raises(QueryError, match="no format 'csv'"):
        serialize([], FORMATS["csv"])
    a = ox.NamedNode("urn:a")
    nested = [ox.Triple(a, a, ox.Triple(a, a, a))]
    with pytest.raises(QueryError, match="can't be written as JSON-LD"):
        serialize(nested, FORMATS["jsonld"])


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("turtle", "ttl"),
        (".TTL", "ttl"),
        ("text/turtle", "ttl"),
        ("n-quads", "nq"),
        ("rdf", "rdfxml"),
    ],
)
def test_formats_have_several_names(name: str, found: str) -> None:
    assert format_named(name).name == found


def test_xml_and_json_of_a_graph_are_rdf() -> None:
    graphs = offered_for([])
    assert [format_named(n, graphs).name for n in ("xml", "json")] == ["rdfxml", "jsonld"]
    assert [format_named(n, offered_for(True)).name for n in ("xml", "json")] == ["xml", "json"]
    with pytest.raises(QueryError, match="did you mean json"):
        format_named("jsn", RESULTS)


@pytest.mark.parametrize(
    ("accept", "offered", "chosen"),
    [
        (None, RESULTS, "json"),
        ("", GRAPHS, "ttl"),
        ("*/*", RESULTS, "json"),
        ("*", GRAPHS, "ttl"),
        ("text/csv", RESULTS, "csv"),
        ("TEXT/CSV; charset=utf-8", RESULTS, "csv"),
        ("text/*", RESULTS, "csv"),
        ("text/*, text/csv;q=0", RESULTS, "tsv"),
        ("application/json", RESULTS, "json"),
        ("application/json", GRAPHS, "jsonld"),
        ("application/xml", GRAPHS, "rdfxml"),
        ("application/sparql-results+xml;q=0.9, text/csv;q=0.8", RESULTS, "xml"),
        ("text/csv;q=0.8, application/sparql-results+xml;q=0.9", RESULTS, "xml"),
        ("text/csv, application/sparql-results+xml", RESULTS, "xml"),
        ("*/*;q=0.1, text/tab-separated-values;q=0.2", RESULTS, "tsv"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", RESULTS, "xml"),
        ("image/png", RESULTS, None),
        ("text/csv;q=0", RESULTS, None),
        ("text/csv;q=x", RESULTS, None),
        ("application/json;q=0, */*;q=0.5", RESULTS, "xml"),
        ("nonsense", RESULTS, None),
        ("application/ld+json;q=0.5, text/turtle;q=0.5", GRAPHS, "ttl"),
        ("application/trig", (*GRAPHS, *DATASETS[:2]), "trig"),
    ],
)
def test_negotiation(accept: str | None, offered: tuple, chosen: str | None) -> None:  # type: ignore[type-arg]
    found = negotiate(accept, offered)
    assert (found and found.name) == chosen


def test_nothing_offered_is_nothing_chosen() -> None:
    assert negotiate(None, ()) is None
