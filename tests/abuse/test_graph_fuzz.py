"""Random requests to the Graph Store, beside a model of what it should hold and say."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest
from benchmarks.conformance_servers import Server
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

GRAPHS = ["urn:fuzz:a", "urn:fuzz:b", "urn:fuzz:c"]
TYPES = ["text/turtle", "application/n-triples", "application/rdf+xml", "text/html", ""]
NO_500 = {200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 408, 412, 413, 415, 431}


@dataclass(frozen=True)
class Step:
    """One request: numbers are the objects of the triples that it sends."""

    method: str
    graph: str
    numbers: frozenset[int]
    condition: str

    @property
    def turtle(self) -> str:
        return "".join(f"<urn:s> <urn:p> <urn:n:{n}> .\n" for n in sorted(self.numbers))

    @property
    def patch(self) -> str:
        """Removes the even of its numbers and adds the odd ones."""
        odd = "".join(f"<urn:s> <urn:p> <urn:n:{n}> ." for n in self.numbers if n % 2)
        even = "".join(f"<urn:s> <urn:p> <urn:n:{n}> ." for n in self.numbers if n % 2 == 0)
        return f"DELETE DATA {{ {even} }} ; INSERT DATA {{ {odd} }}"


steps = st.builds(
    Step,
    st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"]),
    st.sampled_from(GRAPHS),
    st.frozensets(st.integers(0, 6), max_size=4),
    st.sampled_from(["", "", "", "current", "stale", "absent", "present"]),
)


class Model:
    """What the graphs hold, and the last tag that was seen of each, current or not."""

    def __init__(self, client: httpx.Client, token: dict[str, str]) -> None:
        self.client, self.token = client, token
        self.held: dict[str, frozenset[int]] = {}
        self.old: dict[str, str] = {}

    def tag(self, graph: str) -> str | None:
        response = self.client.head("/graphs", params={"graph": graph})
        return response.headers.get("etag") if response.status_code == 200 else None

    def run(self, step: Step) -> None:
        exists, tag = step.graph in self.held, self.tag(step.graph)
        assert (tag is not None) == exists
        headers, holds = dict(self.token), True
        if step.condition == "current" and tag is not None:
            headers["if-match"] = tag
        elif step.condition == "stale" and self.old.get(step.graph, tag) != tag:
            headers["if-match"], holds = self.old[step.graph], False
        elif step.condition == "absent":
            headers["if-none-match"], holds = "*", not exists
        elif step.condition == "present":
            headers["if-match"], holds = "*", exists
        if tag is not None:
            self.old[step.graph] = tag
        content: str | None = None
        if step.method in {"PUT", "POST"}:
            headers["content-type"], content = "text/turtle", step.turtle
        elif step.method == "PATCH":
            headers["content-type"], content = "application/sparql-update", step.patch
        if step.method in {"GET", "HEAD"}:
            headers = {"accept": "application/n-triples"}
            holds = True
        response = self.client.request(
            step.method, "/graphs", params={"graph": step.graph}, content=content, headers=headers
        )
        self._check(step, response, exists=exists, holds=holds)

    def _check(self, step: Step, response: httpx.Response, *, exists: bool, holds: bool) -> None:
        if not holds:
            expected = 412
        elif step.method in {"PUT", "POST"}:
            expected = 204 if exists else 201
        elif not exists:
            expected = 404
        else:
            expected = 200 if step.method in {"GET", "HEAD"} else 204
        assert response.status_code == expected, (step, response.text)
        if expected not in {200, 201, 204}:
            return
        held = self.held.get(step.graph, frozenset())
        if step.method == "GET":
            found = {line.split("<urn:n:")[1].partition(">")[0] for line in response.iter_lines()}
            assert found == {str(number) for number in held}
        elif step.method == "PUT":
            self.held[step.graph] = step.numbers
        elif step.method == "POST":
            self.held[step.graph] = held | step.numbers
        elif step.method == "DELETE":
            del self.held[step.graph]
        elif step.method == "PATCH":
            even = {number for number in step.numbers if number % 2 == 0}
            self.held[step.graph] = (held - even) | (step.numbers - even)


def _play(client: httpx.Client, server: Server, sequence: list[Step]) -> None:
    token = dict(server.headers)
    for graph in GRAPHS:
        client.delete("/graphs", params={"graph": graph}, headers=token)
    model = Model(client, token)
    for step in sequence:
        model.run(step)


@given(sequence=st.lists(steps, min_size=3, max_size=12))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_some_sequences(client: httpx.Client, server: Server, sequence: list[Step]) -> None:
    _play(client, server, sequence)


@pytest.mark.slow
@given(sequence=st.lists(steps, min_size=5, max_size=30))
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_many_sequences(client: httpx.Client, server: Server, sequence: list[Step]) -> None:
    _play(client, server, sequence)


texts = st.text(max_size=20)
wild = {
    "method": st.sampled_from(
        ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "MOVE", "LOCK"]
    ),
    "params": st.dictionaries(
        st.sampled_from(["graph", "default", "format", "other"]),
        st.one_of(texts, st.sampled_from(["urn:wild", "", "nt", "http://x/?a=b#c"])),
        max_size=3,
    ),
    "path": st.sampled_from(["", "/", "/x", "/x/../y", "/%00", "/é", "/a%20b", "//", "/?"]),
    "body": st.one_of(st.binary(max_size=200), texts.map(lambda text: text.encode())),
    "kind": st.one_of(st.sampled_from([*TYPES, "multipart/form-data; boundary=x"]), texts),
    "condition": st.one_of(st.just(""), st.sampled_from(['"', "*", 'W/"x"', '"a",,"b"', "x"])),
    "accept": st.one_of(st.just("*/*"), texts),
}


@pytest.mark.slow
@given(**wild)
@settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
def test_wild_requests(
    client: httpx.Client,
    server: Server,
    method: str,
    params: dict[str, str],
    path: str,
    body: bytes,
    kind: str,
    condition: str,
    accept: str,
) -> None:
    def header(value: str) -> bytes:
        return value.encode("utf-8").replace(b"\n", b"").replace(b"\r", b"").replace(b"\0", b"")

    headers = {
        b"authorization": server.headers["Authorization"].encode(),
        b"content-type": header(kind),
        b"accept": header(accept),
        b"if-match": header(condition),
    }
    kept = {name: value.strip() for name, value in headers.items() if value.strip()}
    # The default graph is what other tests of this folder ask.
    params = {name: value for name, value in params.items() if name != "default" or not path}
    if "default" in params and method != "GET":
        del params["default"]
    try:
        response = client.request(
            method, f"/graphs{path}", params=params, content=body, headers=list(kept.items())
        )
    except (httpx.LocalProtocolError, httpx.InvalidURL, httpx.RemoteProtocolError):
        return
    assert response.status_code in NO_500, (method, path, params, response.text)
    if response.status_code >= 400 and method != "HEAD":
        assert response.headers["content-type"] == "application/problem+json"
        assert "Traceback" not in response.text
