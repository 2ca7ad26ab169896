"""Content negotiation of answers: Accept, `?format=`, encodings, downloads."""

from __future__ import annotations

import gzip
import json

import httpx
import pyoxigraph as ox
import pytest
import zstandard

from axiskg.server.negotiation import encoding_for

SELECT = "SELECT ?x { VALUES ?x { 1 'a,b' <urn:x> } }"
CONSTRUCT = "CONSTRUCT { <urn:s> <urn:p> 'o' } WHERE {}"


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/csv, */*;q=0.1", "text/csv; charset=utf-8"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (SELECT, "*/*", "application/sparql-results+json"),
        (SELECT, "application/json", "application/sparql-results+json"),
        (SELECT, "text/html, */*;q=0.5", "application/sparql-results+json"),
        ("ASK {}", "application/sparql-results+xml", "application/sparql-results+xml"),
        (CONSTRUCT, "*/*", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "application/rdf+xml;q=0.9, text/turtle;q=0.1", "application/rdf+xml"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/n-quads", "application/n-quads"),
        (CONSTRUCT, "application/trig", "application/trig"),
    ],
)
def test_accept_chooses(stranger: httpx.Client, query: str, accept: str, expected: str) -> None:
    response = stranger.get("/sparql", params={"query": query}, headers={"accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == expected
    assert "accept" in response.headers["vary"]


@pytest.mark.parametrize("media", ["turtle", "nt", "nq", "trig", "rdfxml", "jsonld"])
def test_graphs_can_be_read_back(stranger: httpx.Client, media: str) -> None:
    response = stranger.get("/sparql", params={"query": CONSTRUCT, "format": media})
    syntax = ox.RdfFormat.from_media_type(response.headers["content-type"].partition(";")[0])
    (quad,) = ox.parse(response.content, syntax)
    assert quad.object == ox.Literal("o")


def test_nothing_acceptable_is_406_with_what_there_is(stranger: httpx.Client) -> None:
    response = stranger.get("/sparql", params={"query": SELECT}, headers={"accept": "image/png"})
    assert response.status_code == 406
    offered = {entry["media_type"] for entry in response.json()["available"]}
    assert {"application/sparql-results+json", "text/csv"} <= offered


def test_format_wins_over_accept_and_names_the_file(stranger: httpx.Client) -> None:
    response = stranger.get(
        "/sparql",
        params={"query": SELECT, "format": "csv"},
        headers={"accept": "application/sparql-results+json"},
    )
    assert response.text == 'x\r\n1\r\n"a,b"\r\nurn:x\r\n'
    assert response.headers["content-disposition"].endswith('.csv"')


def test_an_unknown_format_is_refused(stranger: httpx.Client) -> None:
    response = stranger.get("/sparql", params={"query": SELECT, "format": "xlsx"})
    assert response.status_code == 400
    assert response.json()["parameter"] == "format"


@pytest.mark.parametrize(
    ("header", "encoding"),
    [("gzip", "gzip"), ("zstd", "zstd"), ("*", "gzip"), ("gzip;q=0", ""), ("br, deflate", "")],
)
def test_encodings(header: str, encoding: str) -> None:
    assert encoding_for(header) == encoding


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
@pytest.mark.parametrize("limit", [50, 3000])
def test_compressed_answers_are_the_same(
    stranger: httpx.Client, numbers: str, encoding: str, limit: int
) -> None:
    query = f"SELECT ?s ?o FROM <{numbers}> {{ ?s ?p ?o }} ORDER BY ?o LIMIT {limit}"
    plain = stranger.get(
        "/sparql", params={"query": query}, headers={"accept-encoding": "identity"}
    )
    with stranger.stream(
        "GET", "/sparql", params={"query": query}, headers={"accept-encoding": encoding}
    ) as response:
        raw = b"".join(response.iter_raw())
    assert response.headers["content-encoding"] == encoding
    assert response.headers["etag"] != plain.headers["etag"]
    if encoding == "gzip":
        body = gzip.decompress(raw)
    else:
        body = zstandard.ZstdDecompressor().decompressobj().decompress(raw)
    assert json.loads(body)["results"] == plain.json()["results"]
