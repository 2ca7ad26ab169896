"""Queries from a grammar, requests from the API's description: never a 500, never a hang."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from benchmarks.conformance_servers import Server
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ALLOWED = {200, 400, 403, 406, 413, 503, 504}

variables = st.sampled_from(["?a", "?b", "?c", "$d"])
terms = st.one_of(
    variables,
    st.sampled_from(["<urn:p>", "<urn:n:1>", "1", "-2.5", "1e3", "'x'", "'é'@fr", "true", "[]"]),
    st.text(max_size=5).map(lambda text: '"' + text.replace("\\", "").replace('"', "") + '"'),
)
paths = st.recursive(
    st.sampled_from(["<urn:p>", "a", "!<urn:q>", "?p"]),
    lambda inner: st.one_of(
        inner.map(lambda p: f"({p})*"),
        inner.map(lambda p: f"^({p})"),
        st.tuples(inner, inner).map(lambda ps: f"({ps[0]}/{ps[1]})"),
        st.tuples(inner, inner).map(lambda ps: f"({ps[0]}|{ps[1]})"),
    ),
    max_leaves=4,
)
triples = st.tuples(terms, paths, terms).map(lambda t: f"{t[0]} {t[1]} {t[2]} .")
expressions = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.tuples(
            inner, st.sampled_from(["+", "-", "*", "/", "<", ">=", "=", "!=", "&&", "||"]), inner
        ).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(
            st.sampled_from(["STR", "LANG", "ABS", "!", "BOUND", "MD5", "UCASE", "YEAR"]), inner
        ).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"IF({t[0]}, {t[1]}, {t[2]})"),
    ),
    max_leaves=5,
)
groups = st.recursive(
    st.lists(triples, max_size=3).map(lambda ts: "{ " + " ".join(ts) + " }"),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda g: f"{{ {g[0]} UNION {g[1]} }}"),
        st.tuples(inner, inner).map(lambda g: f"{{ {g[0]} OPTIONAL {g[1]} }}"),
        st.tuples(inner, inner).map(lambda g: f"{{ {g[0]} MINUS {g[1]} }}"),
        st.tuples(inner, expressions).map(lambda g: f"{{ {g[0]} FILTER({g[1]}) }}"),
        st.tuples(inner, inner).map(lambda g: f"{{ {g[0]} FILTER NOT EXISTS {g[1]} }}"),
        st.tuples(inner, expressions).map(lambda g: f"{{ {g[0]} BIND({g[1]} AS ?x) }}"),
        inner.map(lambda g: f"{{ GRAPH ?g {g} }}"),
        inner.map(lambda g: f"{{ SELECT * WHERE {g} LIMIT 3 }}"),
    ),
    max_leaves=4,
)
queries = st.tuples(
    st.sampled_from(
        [
            "SELECT *",
            "ASK",
            "SELECT DISTINCT ?a",
            "CONSTRUCT { ?a <urn:x> ?b }",
            "SELECT (COUNT(*) AS ?n)",
            "DESCRIBE ?a",
            "SELECT REDUCED ?b ?c",
        ]
    ),
    groups,
    st.sampled_from(["", " LIMIT 5", " ORDER BY ?a LIMIT 5", " OFFSET 2 LIMIT 2"]),
).map(lambda q: f"{q[0]} WHERE {q[1]}{q[2] if 'ASK' not in q[0] else ''}")
broken = st.tuples(queries, st.integers(0, 200), st.text(max_size=3)).map(
    lambda q: q[0][: q[1]] + q[2] + q[0][q[1] + 1 :]
)


def check(client: httpx.Client, query: str, fmt: str) -> None:
    try:
        response = client.post(
            "/sparql",
            params={"timeout": "0.5", "format": fmt} if fmt else {"timeout": "0.5"},
            content=query.encode("utf-8", "replace"),
            headers={"content-type": "application/sparql-query"},
        )
    except httpx.RemoteProtocolError:
        return
    assert response.status_code in ALLOWED, (query, response.text)
    if response.status_code != 200:
        assert response.headers["content-type"] == "application/problem+json"


@given(query=st.one_of(queries, broken), fmt=st.sampled_from(["", "json", "csv", "xml", "ttl"]))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_some_queries(client: httpx.Client, query: str, fmt: str) -> None:
    check(client, query, fmt)


@pytest.mark.slow
@given(query=st.one_of(queries, broken), fmt=st.sampled_from(["", "json", "csv", "xml", "ttl"]))
@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
def test_many_queries(client: httpx.Client, query: str, fmt: str) -> None:
    check(client, query, fmt)


@pytest.mark.slow
def test_the_api_keeps_to_its_description(server: Server) -> None:
    schemathesis = pytest.importorskip("schemathesis")
    schema = schemathesis.openapi.from_url(f"{server.root}/openapi.json")
    for result in schema.get_all_operations():
        _exercise(result.ok())


def _exercise(operation: Any) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def one(case: Any) -> None:
        response = case.call()
        assert response.status_code != 500, (operation.label, response.text)

    one()
