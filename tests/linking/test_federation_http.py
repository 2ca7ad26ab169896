"""SERVICE over the endpoint: the server asks what its setting allows, and says how it went."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
import rdflib
from benchmarks.conformance_servers import axiskg_server
from rdflib.query import ResultRow
from tests.linking.conftest import ROOT, free_port


@pytest.fixture(scope="module")
def endpoint(store_folder: Path, wikidata_server: str) -> Iterator[httpx.Client]:
    """A client of our server, and three services: one answers, one is dead, one says nothing."""
    mute = socket.create_server(("127.0.0.1", 0), backlog=64)
    services = {
        "wikidata": wikidata_server,
        "dead": f"http://127.0.0.1:{free_port()}/query",
        "mute": f"http://127.0.0.1:{mute.getsockname()[1]}/query",
    }
    with (
        mute,
        axiskg_server(
            store_folder,
            federation=json.dumps(services),
            allow_loopback="true",
            http_cache_s=0,
            federation_retries=0,
            query_timeout_s=60,
            workers=1,
            spare_workers=1,
        ) as server,
    ):
        accept = {"Accept": "application/sparql-results+json"}
        with httpx.Client(base_url=server.root, headers=accept, timeout=90) as client:
            yield client


def test_a_ready_query_runs_over_http(endpoint: httpx.Client) -> None:
    text = (ROOT / "queries" / "federated" / "heads-of-state.rq").read_text("utf-8")
    reply = endpoint.post("/sparql", data={"query": text})
    assert reply.status_code == 200, reply.text
    heads = {
        (row["state"]["value"].rpartition("/")[2], row["name"]["value"])
        for row in reply.json()["results"]["bindings"]
    }
    assert ("russia", "Vladimir Putin") in heads
    assert reply.headers["axiskg-services"].startswith("wikidata;rows=")
    assert "etag" not in reply.headers


def test_a_silent_failure_is_told_in_a_header(endpoint: httpx.Client) -> None:
    text = "SELECT ?a { VALUES ?a { 1 } SERVICE SILENT dead: { ?s ?p ?o } }"
    reply = endpoint.get("/sparql", params={"query": text})
    assert [row["a"]["value"] for row in reply.json()["results"]["bindings"]] == ["1"]
    assert 'dead;rows=0;cached=?0;error="' in reply.headers["axiskg-services"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("SELECT * { SERVICE dead: { ?s ?p ?o } }", 502),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 403),
        ("SELECT * { SERVICE elsewhere: { ?s ?p ?o } }", 400),
        ("SELECT * { SERVICE wikidata: { ?s ?p } }", 400),
    ],
)
def test_failures_are_problems(text: str, status: int, endpoint: httpx.Client) -> None:
    reply = endpoint.get("/sparql", params={"query": text})
    assert reply.status_code == status
    assert reply.headers["content-type"].startswith("application/problem+json")


def test_the_time_of_a_query_is_that_of_its_services_too(endpoint: httpx.Client) -> None:
    """A fifth of it is left for our own part, so that SILENT has its answer."""
    text = "SELECT ?a { VALUES ?a { 1 } SERVICE %s mute: { ?s ?p ?o } }"
    loud = endpoint.get("/sparql", params={"query": text % "", "timeout": "1"})
    assert loud.status_code == 502
    assert "did not answer in 0." in loud.json()["detail"]
    silent = endpoint.get("/sparql", params={"query": text % "SILENT", "timeout": "1"})
    assert len(silent.json()["results"]["bindings"]) == 1
    assert "did not answer in 0." in silent.headers["axiskg-services"]


def test_slow_services_hold_up_nobody_else(endpoint: httpx.Client) -> None:
    """More of them than a machine has threads to spare, while a long query is looked at."""
    slow = "SELECT ?a { VALUES ?a { 1 } SERVICE SILENT mute: { ?s ?p ?o } }"
    long = f"SELECT ?a {{ VALUES ?a {{ {' '.join(map(str, range(9_000)))} }} }} LIMIT 1"
    with ThreadPoolExecutor(24) as several:
        waiting = [
            several.submit(endpoint.post, "/sparql", data={"query": slow, "timeout": "5"})
            for _ in range(24)
        ]
        while not any(one.running() for one in waiting):
            time.sleep(0.01)
        time.sleep(0.5)
        assert endpoint.post("/sparql", data={"query": long}).status_code == 200
        assert not any(one.done() for one in waiting)
        answers = [one.result() for one in waiting]
    for reply in answers:
        assert reply.status_code in (200, 503)
        assert "axiskg-services" in reply.headers or "retry-after" in reply.headers


CALL = """SELECT ?state ?name WHERE {
  SERVICE <%s> {
    ?state <https://w3id.org/axiskg/ontology#memberOf> <https://w3id.org/axiskg/entity/brics> ;
        <http://schema.org/sameAs> ?item .
  }
  ?item <http://www.w3.org/2000/01/rdf-schema#label> ?name
}"""


def test_another_endpoint_calls_ours(endpoint: httpx.Client, wikidata_server: str) -> None:
    """Oxigraph with Wikidata's triples joins them with our graph."""
    query = CALL % endpoint.base_url.join("/sparql")
    accept = {"Accept": "application/sparql-results+json"}
    reply = httpx.post(wikidata_server, data={"query": query}, headers=accept, timeout=60)
    names = {row["name"]["value"] for row in reply.json()["results"]["bindings"]}
    assert {"People's Republic of China", "Russia", "India", "Brazil", "South Africa"} <= names


def test_rdflib_calls_ours(endpoint: httpx.Client) -> None:
    graph = rdflib.Graph()
    item = rdflib.URIRef("http://www.wikidata.org/entity/Q148")
    graph.add((item, rdflib.RDFS.label, rdflib.Literal("China")))
    rows = list(graph.query(CALL % endpoint.base_url.join("/sparql")))
    assert [str(row.name) for row in rows if isinstance(row, ResultRow)] == ["China"]
