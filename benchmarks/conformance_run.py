"""Runs the W3C tests against a server over HTTP; each gives None or what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

import httpx
import pyoxigraph as ox
from benchmarks.conformance_compare import same_graph, same_results
from benchmarks.conformance_servers import Server
from benchmarks.conformance_suite import Case, Exchange, HttpCase

__all__ = ["Outcome", "Runner"]

SD = "http://www.w3.org/ns/sparql-service-description#"
_RESULTS = "application/sparql-results+json"
_ACCEPT = {
    ".srx": "application/sparql-results+xml",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
}
_TABULAR = ("sparql-results+xml", "sparql-results+json", "text/csv", "tab-separated-values")
_RDF = ("turtle", "n-triples", "rdf+xml", "ld+json", "n-quads", "trig", "n3")
_STATUS_NAMES = {"OK": 200, "Created": 201, "NoContent": 204, "NotFound": 404}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one test; `fault` is empty when it passed."""

    group: str
    suite: str
    name: str
    fault: str


class Runner:
    """Runs tests against one server."""

    def __init__(self, server: Server, client: httpx.Client) -> None:
        self._server, self._client = server, client

    def run(self, cases: list[Case], http_cases: list[HttpCase]) -> Iterator[Outcome]:
        """The outcome of each test, in order."""
        for http_case in http_cases:
            group = "protocol" if http_case.suite == "protocol" else "graph store"
            yield self._outcome(group, http_case, self._caught(self._http, http_case))
        yield from self._service_description()
        for case in cases:
            if "Syntax" in case.kind:
                yield self._outcome("syntax", case, self._syntax(case))
            elif "Update" in case.kind:
                yield self._outcome("update", case, self._caught(self._update, case))
            else:
                yield self._outcome("query", case, self._caught(self._query, case))

    @staticmethod
    def _outcome(group: str, case: Case | HttpCase, fault: str) -> Outcome:
        return Outcome(group, case.suite, case.name, fault)

    @staticmethod
    def _caught(run: object, case: Case | HttpCase) -> str:
        assert callable(run)
        try:
            return str(run(case))
        except (ValueError, SyntaxError, httpx.TransportError) as error:
            return f"unreadable answer: {error}"

    # ---- the store

    def _send_update(self, text: str) -> httpx.Response:
        return self._client.post(
            self._server.update,
            content=text.encode(),
            headers={"content-type": "application/sparql-update", **self._server.headers},
        )

    def _fill(self, data: dict[str, Path]) -> str:
        """Make the store hold just this dataset; what went wrong."""
        if self._server.fill:
            quads = [_quad(t, graph) for graph, path in data.items() for t in _triples(path, graph)]
            body = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
            response = self._client.put(self._server.fill, content=body)
            return "" if response.is_success else f"could not load: {response.status_code}"
        pieces, creations = [], ""
        for graph, path in data.items():
            triples = _triples(path, graph)
            statements = (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
            if graph and not triples:
                creations += f" ; CREATE SILENT GRAPH <{graph}>"
            else:
                pieces.append(f"GRAPH <{graph}> {{ {statements} }}" if graph else statements)
        insert = f"{creations} ; INSERT DATA {{ {' '.join(pieces)} }}"
        response = self._send_update(f"DROP ALL{insert}")
        return "" if response.is_success else f"could not load: {response.status_code}"

    # ---- queries and updates

    def _query(self, case: Case) -> str:
        if fault := self._fill(case.data):
            return fault
        assert case.result is not None
        graph = case.result.suffix in {".ttl", ".rdf", ".nt"} and not _is_result_set(case.result)
        accept = "text/turtle" if graph else _ACCEPT.get(case.result.suffix, _RESULTS)
        response = self._client.post(
            self._server.query,
            content=f"BASE <{case.base}>\n{case.text}".encode(),
            headers={"content-type": "application/sparql-query", "accept": accept},
        )
        if not response.is_success:
            return f"status {response.status_code}"
        got = response.headers.get("content-type", "").partition(";")[0]
        return "" if same_results(case.result, response.content, got) else "another result"

    def _update(self, case: Case) -> str:
        if fault := self._fill(case.data):
            return fault
        response = self._send_update(f"BASE <{case.base}>\n{case.text}")
        if not response.is_success:
            return f"status {response.status_code}"
        for graph, path in {"": None, **case.expected}.items():
            wanted = [] if path is None else _triples(path, graph)
            if not same_graph(wanted, self._graph(graph)):
                return f"another {f'graph {graph}' if graph else 'default graph'}"
        names = self._client.get(
            self._server.query,
            params={"query": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"},
            headers={"accept": _RESULTS},
        ).json()["results"]["bindings"]
        found = {row["g"]["value"] for row in names} - {"urn:x-rdflib:default"}
        return (
            ""
            if found == {g for g in case.expected if g and _triples(case.expected[g], g)}
            else "other graphs"
        )

    def _graph(self, graph: str) -> list[ox.Triple]:
        where = f"GRAPH <{graph}> {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
        response = self._client.post(
            self._server.query,
            content=f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {where} }}".encode(),
            headers={"content-type": "application/sparql-query", "accept": "application/n-triples"},
        )
        return [q.triple for q in ox.parse(response.content, ox.RdfFormat.N_TRIPLES)]

    def _syntax(self, case: Case) -> str:
        if "Update" in case.kind:
            if fault := self._fill({}):
                return fault
            status = self._send_update(case.text).status_code
        else:
            status = self._client.post(
                self._server.query,
                content=case.text.encode(),
                headers={"content-type": "application/sparql-query"},
            ).status_code
        refused = status == 400
        if "Negative" in case.kind:
            return "" if refused else f"accepted with {status}"
        return f"refused with {status}" if refused else ""

    # ---- protocols

    def _http(self, case: HttpCase) -> str:
        if fault := self._fill(case.data):
            return fault
        names: dict[str, str] = {}
        for number, exchange in enumerate(case.exchanges, 1):
            fault = self._exchange(case.suite, exchange, names)
            if fault:
                return f"request {number}: {fault}"
        return ""

    def _exchange(self, suite: str, exchange: Exchange, names: dict[str, str]) -> str:
        url = self._url(suite, exchange, names)
        headers = {**exchange.headers, **self._server.headers}
        request = self._client.build_request(
            exchange.method, url, content=exchange.body, headers=headers
        )
        if exchange.method == "HEAD":
            # A server that sends a body here spoils the connection for the next request.
            request.headers["connection"] = "close"
        if "content-type" not in exchange.headers:
            request.headers.pop("content-type", None)
        response = self._client.send(request)
        if not any(_fits(response.status_code, wanted) for wanted in exchange.statuses):
            return f"status {response.status_code}, expected {' or '.join(exchange.statuses)}"
        return self._content(exchange, response, names)

    def _url(self, suite: str, exchange: Exchange, names: dict[str, str]) -> str:
        path = exchange.path
        for name, value in names.items():
            path = path.replace(f"${name}$", quote(value, safe=""))
        if suite == "protocol":
            rest = path.removeprefix("/sparql/").removeprefix("/sparql")
            kind = exchange.headers.get("content-type", "")
            body = exchange.body or b""
            update = "sparql-update" in kind or body.startswith(b"update=") or "update=" in rest
            return (self._server.update if update else self._server.query) + rest
        return self._server.graphs + path.removeprefix("/gsp")

    def _content(self, exchange: Exchange, response: httpx.Response, names: dict[str, str]) -> str:
        kind = response.headers.get("content-type", "")
        if exchange.location:
            location = response.headers.get("location")
            if not location:
                return "no Location"
            names[exchange.location.strip("$")] = str(response.url.join(location))
        if exchange.form == "tabular" and not any(part in kind for part in _TABULAR):
            return f"not a table: {kind}"
        if exchange.form == "RDF" and not any(part in kind for part in _RDF):
            return f"not RDF: {kind}"
        if exchange.boolean is not None and _boolean(response) is not exchange.boolean:
            return f"not {exchange.boolean}"
        if exchange.content_type and exchange.method != "HEAD":
            wanted = exchange.content_type.partition(";")[0].strip().lower()
            if kind.partition(";")[0].strip().lower() != wanted:
                return f"content type {kind!r}"
        if exchange.graph is not None:
            base = unquote(str(response.url))
            wanted_graph = [
                q.triple for q in ox.parse(exchange.graph, ox.RdfFormat.TURTLE, base_iri=base)
            ]
            got = [q.triple for q in ox.parse(response.content, ox.RdfFormat.TURTLE, base_iri=base)]
            if not same_graph(wanted_graph, got):
                return "another graph"
        return ""

    def _service_description(self) -> Iterator[Outcome]:
        names = (
            "GET on endpoint returns RDF",
            "Service description contains a matching sd:endpoint triple",
            "Service description conforms to schema",
        )
        response = self._client.get(
            self._server.query, headers={"accept": "text/turtle, application/rdf+xml"}
        )
        kind = response.headers.get("content-type", "").partition(";")[0]
        syntax = ox.RdfFormat.from_media_type(kind) if response.is_success else None
        try:
            triples = (
                []
                if syntax is None
                else [
                    q.triple
                    for q in ox.parse(response.content, syntax, base_iri=self._server.query)
                ]
            )
        except SyntaxError:
            triples = []
        endpoint = ox.NamedNode(SD + "endpoint")
        matching = any(
            t.predicate == endpoint
            and str(getattr(t.object, "value", "")).rstrip("/") == self._server.query.rstrip("/")
            for t in triples
        )
        found = (bool(triples), matching, bool(triples) and _conforms(triples))
        for name, passed in zip(names, found, strict=True):
            yield Outcome(
                "service description", "service-description", name, "" if passed else "no"
            )


def _conforms(triples: list[ox.Triple]) -> bool:
    """The constraints of the vocabulary: one service with one endpoint; resources where due."""
    rdf_type = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    services = [
        t.subject
        for t in triples
        if t.predicate == rdf_type and t.object == ox.NamedNode(SD + "Service")
    ]
    if len(services) != 1:
        return False
    of_resources = {
        SD + name
        for name in (
            "endpoint",
            "feature",
            "defaultEntailmentRegime",
            "supportedLanguage",
            "resultFormat",
            "inputFormat",
            "defaultDataset",
            "defaultGraph",
            "namedGraph",
            "name",
            "graph",
        )
    }
    endpoints = [t for t in triples if t.predicate.value == SD + "endpoint"]
    return len(endpoints) == 1 and all(
        isinstance(t.object, (ox.NamedNode, ox.BlankNode))
        for t in triples
        if t.predicate.value in of_resources
    )


def _fits(status: int, wanted: str) -> bool:
    if wanted.startswith("StatusCode"):
        return str(status)[0] == wanted.removeprefix("StatusCode")[0]
    return status == _STATUS_NAMES.get(wanted)


def _boolean(response: httpx.Response) -> bool | None:
    kind = response.headers.get("content-type", "").partition(";")[0]
    syntax = ox.QueryResultsFormat.from_media_type(kind)
    if syntax is None:
        return None
    results = ox.parse_query_results(response.content, syntax)
    return bool(results) if isinstance(results, ox.QueryBoolean) else None


def _quad(triple: ox.Triple, graph: str) -> ox.Quad:
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    return ox.Quad(triple.subject, triple.predicate, triple.object, name)


def _triples(path: Path, graph: str) -> list[ox.Triple]:
    base = graph or f"http://www.w3.org/2009/sparql/docs/tests/data-sparql11/{path.name}"
    return [q.triple for q in ox.parse(path=str(path), base_iri=base, rename_blank_nodes=True)]


def _is_result_set(path: Path) -> bool:
    return "result-set#" in path.read_text(encoding="utf-8")
