"""Health, figures, running queries, headers, errors of routes, limits that are announced."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import httpx
import pytest
from benchmarks.conformance_servers import Server, axiskg_server
from prometheus_client.parser import text_string_to_metric_families

from axiskg import errors
from axiskg.server.answers import NotAcceptableError, OverloadError
from axiskg.server.http import ProblemError
from axiskg.server.problems import problem, status_of
from axiskg.server.rate import RateLimit

ENDLESS = "SELECT (COUNT(*) AS ?n) FROM <{0}> {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}"


def test_alive_and_ready(stranger: httpx.Client) -> None:
    assert stranger.get("/healthz").json() == {"status": "ok"}
    ready = stranger.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["ready"] is True
    assert ready.json()["generation"] >= 1


def test_metrics_can_be_read_by_prometheus(stranger: httpx.Client) -> None:
    stranger.get("/sparql", params={"query": "ASK {}"})
    families = {f.name: f for f in text_string_to_metric_families(stranger.get("/metrics").text)}
    assert {
        "axiskg_requests",
        "axiskg_request_seconds",
        "axiskg_workers",
        "axiskg_queries_waiting",
        "axiskg_cache_hits",
        "axiskg_generation",
        "axiskg_workers_started",
    } <= set(families)
    counted = [s for s in families["axiskg_requests"].samples if s.labels["route"] == "sparql"]
    assert sum(sample.value for sample in counted) > 0


def test_a_running_query_is_listed_and_stopped(client: httpx.Client, numbers: str) -> None:
    answers: list[httpx.Response] = []
    query = ENDLESS.format(numbers)
    asking = threading.Thread(
        target=lambda: answers.append(client.get("/sparql", params={"query": query}))
    )
    asking.start()
    running: list[dict[str, str]] = []
    for _ in range(100):
        running = [q for q in client.get("/api/queries").json() if q["text"] == query]
        if running:
            break
        time.sleep(0.02)
    (found,) = running
    assert client.delete(f"/api/queries/{found['id']}").status_code == 200
    asking.join()
    assert answers[0].status_code == 504
    assert "cancelled" in answers[0].json()["detail"]
    assert client.delete(f"/api/queries/{found['id']}").status_code == 404


def test_only_admins_see_the_queries(stranger: httpx.Client) -> None:
    assert stranger.get("/api/queries").status_code == 401


def test_the_deadline_holds(stranger: httpx.Client, numbers: str) -> None:
    began = time.monotonic()
    response = stranger.get("/sparql", params={"query": ENDLESS.format(numbers), "timeout": "0.3"})
    assert response.status_code == 504
    assert time.monotonic() - began < 5, "the query outlived even the server's own deadline"


def test_a_late_deadline_cuts_the_transfer_visibly(stranger: httpx.Client, numbers: str) -> None:
    query = f"SELECT * FROM <{numbers}> {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}"
    params = {"query": query, "timeout": "0.5"}
    with stranger.stream("GET", "/sparql", params=params) as response:
        assert response.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            response.read()


def test_the_first_byte_comes_before_the_last_row(stranger: httpx.Client, numbers: str) -> None:
    query = f"SELECT * FROM <{numbers}> {{ ?a ?b ?c . ?d ?e ?f }}"
    with stranger.stream("GET", "/sparql", params={"query": query}) as response:
        assert response.status_code == 200
        assert "axiskg-limits" in response.headers
        first = next(response.iter_bytes())
        assert first.startswith(b'{"head":{"link":["http')


def test_safe_headers_on_every_route(stranger: httpx.Client) -> None:
    for path in ("/", "/sparql?query=ASK{}", "/healthz", "/nowhere", "/graphs", "/docs"):
        headers = stranger.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-request-id"]
        assert "server" not in headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/entity/nobody", 404),
        ("/graphs", 400),
        ("/graphs?graph=urn:none", 404),
        ("/sparql?query=SELECT", 400),
        ("/sparql?query=ASK{}&format=xls", 400),
        ("/api/queries", 401),
        ("/update", 405),
    ],
)
def test_errors_have_one_shape(stranger: httpx.Client, path: str, status: int) -> None:
    response = stranger.get(path)
    body = response.json()
    assert response.status_code == body["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "detail", "request_id"} <= set(body)
    assert "Traceback" not in response.text


ALL_ERRORS = [
    errors.ConfigError("x"),
    errors.ParseError("x", line=3),
    errors.ProvenanceError("x"),
    errors.ShapeError("x"),
    errors.UnknownQueryError("x"),
    errors.ParameterError("a", "b", "c"),
    errors.QuerySyntaxError("x", line=1, column=2),
    errors.QueryTimeoutError("x"),
    errors.QueryTooLargeError("x"),
    errors.NotAllowedError("x"),
    errors.ConflictError("x"),
    errors.RuleError("x", "y"),
    errors.NotFoundError("x"),
    errors.LinkingError("x"),
    errors.StoreLockedError("x"),
    OverloadError("x"),
    NotAcceptableError("graph"),
    ProblemError(418, "x"),
]


@pytest.mark.parametrize("error", ALL_ERRORS, ids=lambda e: type(e).__name__)
def test_every_error_becomes_a_problem(error: errors.AxisKGError) -> None:
    status, headers, body = problem(error, request_id="r", text="ASK")
    document = json.loads(body)
    assert document["status"] == status == status_of(error)
    assert (b"content-type", b"application/problem+json") in headers
    if status == 503:
        assert any(name == b"retry-after" for name, _ in headers)


def test_the_rate_limit_fills_up_again() -> None:
    limit = RateLimit(10)
    for _ in range(20):
        limit.admit("a", now=0.0)
    with pytest.raises(ProblemError) as caught:
        limit.admit("a", now=0.0)
    assert caught.value.status == 429
    limit.admit("b", now=0.0)
    limit.admit("a", now=0.2)


@pytest.fixture(scope="module")
def strict() -> Iterator[Server]:
    with axiskg_server(
        workers=1,
        spare_workers=0,
        max_rows=10,
        max_request_kb=8,
        max_url_kb=8,
        rate_limit_per_s=200,
        header_timeout_s=1,
        body_timeout_s=1,
    ) as running:
        yield running


def test_a_row_cap_is_announced(strict: Server) -> None:
    values = " ".join(str(n) for n in range(50))
    response = httpx.get(
        strict.query, params={"query": f"SELECT ?x {{ VALUES ?x {{ {values} }} }}"}, trust_env=False
    )
    results = response.json()
    assert len(results["results"]["bindings"]) == 10
    assert response.headers["axiskg-truncated"] == "rows; rows=10"
    (link,) = results["head"]["link"]
    assert httpx.get(link.partition("#")[0], trust_env=False).status_code == 200


@pytest.fixture(scope="module")
def capped() -> Iterator[Server]:
    with axiskg_server(workers=1, spare_workers=0, max_rows=300) as running:
        yield running


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
@pytest.mark.parametrize("accept", ["json", "xml", "csv", "tsv"])
def test_a_cap_reached_late_breaks_the_transfer_off(
    capped: Server, accept: str, encoding: str
) -> None:
    values = " ".join(f'"{n} {"x" * 500}"' for n in range(400))
    query = f"SELECT ?x {{ VALUES ?x {{ {values} }} }}"
    headers = {"content-type": "application/sparql-query", "accept-encoding": encoding}
    url = f"{capped.query}?format={accept}"
    with (
        httpx.Client(trust_env=False, timeout=60) as own,
        own.stream("POST", url, content=query, headers=headers) as response,
    ):
        assert response.status_code == 200
        assert response.headers["axiskg-limits"].startswith("rows=300,")
        with pytest.raises(httpx.RemoteProtocolError):
            response.read()


def test_requests_over_the_limits_are_refused(strict: Server) -> None:
    long = "ASK { # " + "x" * 20_000 + "\n}"
    by_post = httpx.post(
        strict.query,
        content=long,
        headers={"content-type": "application/sparql-query"},
        trust_env=False,
    )
    by_url = httpx.get(strict.query, params={"query": long}, trust_env=False)
    assert (by_post.status_code, by_url.status_code) == (413, 414)


def test_the_access_log_is_structured(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("log")
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from axiskg.cli import main; main()",
            "serve",
            "--no-build",
            "--port",
            "0",
            "--json",
        ],
        env={**os.environ, "AXISKG_STORE": str(folder / "store"), "AXISKG_LOG_FORMAT": "json"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    response = httpx.get(
        f"{url}sparql",
        params={"query": "ASK {}"},
        headers={"x-request-id": "mine-1"},
        trust_env=False,
    )
    process.terminate()
    _, written = process.communicate(timeout=30)
    lines = [json.loads(line) for line in written.decode().splitlines() if line.startswith("{")]
    (line,) = [entry for entry in lines if entry.get("request_id") == "mine-1"]
    assert response.headers["x-request-id"] == "mine-1"
    assert line["status"] == 200
    assert line["path"] == "/sparql"
    assert len(line["query"]) == 16
    assert process.returncode == 0


def test_a_server_that_does_not_start_says_why() -> None:
    with pytest.raises(RuntimeError, match="workers"), axiskg_server(workers=-1):
        pass
