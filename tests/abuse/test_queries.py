"""Queries that nest, multiply and explode."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import pytest

QUERY = {"content-type": "application/sparql-query"}
DEADLINE_S = 2.0

NESTED: dict[str, Callable[[int], str]] = {
    "groups": lambda n: "ASK " + "{" * n + "}" * n,
    "open groups": lambda n: "ASK " + "{" * n,
    "parentheses": lambda n: "ASK { FILTER(" + "(" * n + "1" + ")" * n + ") }",
    "negations": lambda n: "ASK { FILTER(" + "!" * n + "1) }",
    "sub-selects": lambda n: "ASK " + "{ SELECT * " * n + "{}" + "}" * n,
    "collections": lambda n: "ASK { ?s ?p " + "(" * n + ")" * n + " }",
    "paths": lambda n: "ASK { ?s " + "(" * n + "<urn:p>" + ")" * n + " ?o }",
    "exists": lambda n: "ASK {" + "FILTER EXISTS {" * n + "?s ?p ?o" + "}" * n + "}",
    "unions": lambda n: "ASK " + "{ {?s ?p ?o} UNION " * n + "{}" + "}" * n,
    "optionals": lambda n: "ASK {" + "OPTIONAL {?s ?p ?o " * n + "}" * n + "}",
    "inverse paths": lambda n: "ASK { ?s " + "^(" * n + "<urn:p>" + ")" * n + " ?o }",
    "repeated paths": lambda n: "ASK { ?s " + "(" * n + "<urn:p>" + ")*" * n + " ?o }",
    "blank nodes": lambda n: "ASK { ?s ?p " + "[ <urn:p> " * n + "1" + " ]" * n + " }",
    "functions": lambda n: "ASK { FILTER(" + "STR(" * n + "1" + ")" * n + ") }",
    "conditions": lambda n: "ASK { FILTER(" + "IF(1," * n + "1" + ",1)" * n + ") }",
}
LONG: dict[str, Callable[[int], str]] = {
    "unions": lambda n: "ASK {" + " UNION ".join(["{?s ?p ?o}"] * n) + "}",
    "sums": lambda n: "ASK { FILTER(" + "+".join(["1"] * n) + ") }",
    "alternatives": lambda n: "ASK { FILTER(" + "||".join(["?x"] * n) + ") }",
    "path steps": lambda n: "ASK { ?s " + "/".join(["<urn:p>"] * n) + " ?o }",
    "optionals": lambda n: "ASK {" + " OPTIONAL {?s ?p ?o}" * n + "}",
    "filters": lambda n: "ASK {" + " FILTER(?x>1)" * n + "}",
}
HEAVY = {
    "product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "distinct": "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "sorted": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c",
    "grouped": "SELECT (GROUP_CONCAT(STR(?a)) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "regex": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?a),"
    " STR(?d), STR(?f)), '^(a|[a-z:0-9]+)+(x{1,50})+$')) }",
    "replace": "SELECT (SUM(STRLEN(REPLACE(REPLACE(REPLACE(STR(?a), '.', '$0$0$0$0$0$0$0$0'), '.',"
    " '$0$0$0$0$0$0$0$0'), '.', '$0$0$0$0$0$0$0$0'))) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "path": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)* ?b . ?b (!<urn:x>)* ?c ."
    " ?d ?e ?f . ?g ?h ?i }",
}


@pytest.mark.parametrize("kind", NESTED)
def test_depth_is_refused(client: httpx.Client, survives: Callable[[], None], kind: str) -> None:
    response = client.post("/sparql", content=NESTED[kind](100_000), headers=QUERY)
    assert response.status_code in {400, 413}
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("kind", ["groups", "parentheses", "negations", "paths", "exists"])
def test_some_depth_is_answered(client: httpx.Client, kind: str) -> None:
    response = client.post("/sparql", content=NESTED[kind](900), headers=QUERY)
    assert response.status_code == 200


@pytest.mark.parametrize("kind", LONG)
def test_length_is_refused(client: httpx.Client, survives: Callable[[], None], kind: str) -> None:
    response = client.post("/sparql", content=LONG[kind](100_000), headers=QUERY)
    assert response.status_code in {400, 413}


@pytest.mark.slow
@pytest.mark.parametrize("kind", LONG)
def test_length_under_the_limit_ends_by_the_deadline(
    client: httpx.Client, survives: Callable[[], None], kind: str
) -> None:
    response = client.post("/sparql", content=LONG[kind](9_000), headers=QUERY)
    assert response.status_code in {200, 400, 503, 504}


def test_ten_thousand_variables(client: httpx.Client, survives: Callable[[], None]) -> None:
    names = " ".join(f"?v{number}" for number in range(10_000))
    response = client.post("/sparql", content=f"SELECT {names} {{}}", headers=QUERY)
    assert response.status_code in {200, 400, 503, 504}


@pytest.mark.parametrize("kind", ["product", "distinct"])
def test_a_runaway_is_ended(client: httpx.Client, survives: Callable[[], None], kind: str) -> None:
    _run_away(client, kind, survives)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(set(HEAVY) - {"product", "distinct"}))
def test_every_runaway_is_ended(
    client: httpx.Client, survives: Callable[[], None], kind: str
) -> None:
    _run_away(client, kind, survives)


def _run_away(client: httpx.Client, kind: str, survives: Callable[[], None]) -> None:
    began = time.monotonic()
    try:
        with client.stream("POST", "/sparql", content=HEAVY[kind], headers=QUERY) as response:
            response.read()
            assert response.status_code in {503, 504}
            assert response.headers["content-type"] == "application/problem+json"
    except httpx.RemoteProtocolError:
        assert kind == "distinct", "only an answer that has begun may break off"
    # Far more than the deadline: a test on a busy machine measures the machine.
    assert time.monotonic() - began < 10 * DEADLINE_S
    survives()
