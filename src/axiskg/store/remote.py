"""A store behind SPARQL 1.1 Protocol and Graph Store HTTP Protocol, whatever engine runs there."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import parse_qs, urldefrag, urlencode, urljoin

import httpx
import pyoxigraph as ox

from axiskg.errors import (
    QueryError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
    StoreError,
)
from axiskg.store.documents import quads_of
from axiskg.store.protocol import Answer, Dataset, Solutions, graph_name
from axiskg.store.sources import clear, insert_data, replacement
from axiskg.store.sparql_text import forbid, syntax_error

__all__ = ["RemoteStore"]

_ACCEPT = "application/sparql-results+json, application/n-triples"
_ALL = "SELECT ?s ?p ?o ?g WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
_PLACE = re.compile(r"error at (\d+):(\d+): ")
"""How Oxigraph tells the place of a syntax error."""
_TOLD = re.compile(r"^not valid SPARQL at line (\d+), column (\d+)")
"""How AxisKG does."""
_NEIGHBOURS = {
    # last step of the query URL: those of the update and Graph Store URLs
    "query": ("update", "store"),
    "sparql": ("update", "graphs"),
}


class RemoteStore:
    """A remote engine, by its query URL.

    The update and Graph Store URLs are the neighbours `update` and `store` of `…/query` (as with
    `oxigraph serve`) and `update` and `graphs` of `…/sparql` (as with AxisKG); others are given
    behind a `#`: `http://host/ds/query#update=update&graphs=data`. `token` is sent with writes.
    """

    def __init__(self, url: str, *, token: str | None = None, timeout_s: float = 60.0):
        self.url, fragment = urldefrag(url)
        update, graphs = _NEIGHBOURS.get(self.url.rsplit("/", 1)[-1], ("update", "graphs"))
        given = parse_qs(fragment)
        self.update_url = urljoin(self.url, given.get("update", [update])[0])
        self.graphs_url = urljoin(self.url, given.get("graphs", [graphs])[0])
        self._write_headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._writer = threading.RLock()
        # The environment's proxies are for the web; an engine is named by its own URL.
        self._client = httpx.Client(timeout=timeout_s, trust_env=False)

    def query(self, text: str, *, dataset: Dataset | None = None) -> Answer:
        """The answer to a query."""
        forbid(text, "SERVICE")
        form = [("query", text), *_parameters(dataset, "default-graph-uri", "named-graph-uri")]
        response = self._send("POST", self.url, form=form, headers={"Accept": _ACCEPT})
        media_type = response.headers.get("content-type", "").partition(";")[0].strip()
        try:
            if media_type == "application/n-triples":
                read = ox.parse(response.content, ox.RdfFormat.N_TRIPLES)
                return [quad.triple for quad in read]
            results = ox.parse_query_results(response.content, ox.QueryResultsFormat.JSON)
            if isinstance(results, ox.QueryBoolean):
                return bool(results)
            names = tuple(variable.value for variable in results.variables)
            return Solutions(names, [tuple(row) for row in results])
        except (SyntaxError, ValueError) as error:
            raise StoreError(f"{self.url} gave an answer that can't be read: {error}") from error

    def update(self, text: str, *, dataset: Dataset | None = None) -> None:
        """Run a whole update request; atomic if the engine's requests are."""
        forbid(text, "SERVICE", "LOAD")
        form = [
            ("update", text),
            *_parameters(dataset, "using-graph-uri", "using-named-graph-uri"),
        ]
        with self._writer:
            self._send("POST", self.update_url, form=form, headers=self._write_headers)

    def load(self, data: bytes | BinaryIO | Path, media_type: str, graph: str | None = None) -> int:
        """Add a document; one with named graphs goes as INSERT DATA, others to the Graph Store."""
        quads = list(quads_of(data, media_type, graph))
        names = {quad.graph_name for quad in quads}
        if len(names) != 1:
            self.extend(quads)
            return len(quads)
        body = ox.serialize([quad.triple for quad in quads], format=ox.RdfFormat.N_TRIPLES)
        assert body is not None
        with self._writer:
            self._send(
                "POST",
                self.graphs_url,
                query=_graph_parameter(quads[0].graph_name),
                content=body,
                headers={"Content-Type": "application/n-triples"} | self._write_headers,
            )
        return len(quads)

    def extend(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads with one request."""
        self.update(insert_data(quads))

    def replace_graph(self, graph: str | None, quads: Iterable[ox.Quad]) -> None:
        """Put `quads` in the place of one graph, with one request."""
        name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
        moved = (ox.Quad(q.subject, q.predicate, q.object, name) for q in quads)
        self.update(f"{clear(graph)} ;\n{insert_data(moved)}")

    def replace_source(self, source: str, quads: Iterable[ox.Quad]) -> None:
        """Put `quads` in the place of all that the store holds of one source."""
        with self._writer:
            self.update(replacement(self.query, source, quads))

    def dump(self) -> Iterator[ox.Quad]:
        """All quads, as one answer."""
        found = self.query(_ALL)
        assert isinstance(found, Solutions)
        for subject, predicate, target, graph in found.rows:
            assert isinstance(subject, (ox.NamedNode, ox.BlankNode))
            assert isinstance(predicate, ox.NamedNode)
            assert target is not None
            assert graph is None or isinstance(graph, (ox.NamedNode, ox.BlankNode))
            yield ox.Quad(subject, predicate, target, graph)

    def write_nquads(self, path: Path) -> None:
        """Write all quads, as one answer, to a file."""
        ox.serialize(self.dump(), str(path), format=ox.RdfFormat.N_QUADS)

    def fingerprint(self) -> str | None:
        """None: what a remote engine holds must be read to be known."""
        return None

    def snapshot(self, path: Path) -> None:
        """Copy the graph into a new embedded store at `path`."""
        from axiskg.store.embedded import EmbeddedStore

        if path.exists():
            raise StoreError(f"{path} exists; a snapshot needs a name that is free")
        with EmbeddedStore.open(path) as copy:
            copy.extend(self.dump())

    def graph_sizes(self) -> dict[str | None, int]:
        """Number of quads in each graph; the default graph under None."""
        found = self.query(
            "SELECT ?g (COUNT(*) AS ?n) WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
            " GROUP BY ?g"
        )
        assert isinstance(found, Solutions)
        sizes: dict[str | None, int] = {None: 0}
        for graph, size in found.rows:
            assert isinstance(size, ox.Literal)
            sizes[None if graph is None else graph_name(graph)] = int(size.value)
        return sizes

    def __len__(self) -> int:
        return sum(self.graph_sizes().values())

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> RemoteStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(
        self,
        method: str,
        url: str,
        *,
        form: list[tuple[str, str]] | None = None,
        query: dict[str, str] | None = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        body = content
        sent = dict(headers or {})
        if form is not None:
            body = urlencode(form).encode()
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            response = self._client.request(method, url, params=query, content=body, headers=sent)
        except httpx.TimeoutException as error:
            raise QueryTimeoutError(f"{url} did not answer in time") from error
        except httpx.HTTPError as error:
            raise StoreError(
                f"{url} can't be reached: {error}; is the engine running,"
                " and --store its query URL?"
            ) from error
        except RuntimeError as error:
            raise StoreError("the store is closed") from error
        if response.is_success:
            return response
        raise _refusal(url, response)


def _refusal(url: str, response: httpx.Response) -> QueryError | StoreError:
    """The error for a response that is not a success."""
    status, text = response.status_code, response.text.strip()[:500]
    if response.headers.get("content-type", "").startswith("application/problem+json"):
        text = str(response.json().get("detail", text))
    if status == 400:
        told = _TOLD.search(text)
        if told:
            line, column = int(told[1]), int(told[2])
            return QuerySyntaxError(text, line=line, column=column)
        found = _PLACE.search(text)
        return syntax_error(text[found.start() :] if found else text)
    if status in {408, 504}:
        return QueryTimeoutError(f"{url} stopped the query at its deadline: {text}")
    if status == 413:
        return QueryTooLargeError(f"{url} refused the query for its size: {text}")
    if status in {401, 403}:
        return StoreError(f"{url} refuses the write; set AXISKG_WRITE_TOKEN to a token it accepts")
    return StoreError(f"{url} answered {status}: {text}")


def _parameters(dataset: Dataset | None, default: str, named: str) -> list[tuple[str, str]]:
    if dataset is None:
        return []
    return [(default, graph) for graph in dataset.default_graphs or ()] + [
        (named, graph) for graph in dataset.named_graphs or ()
    ]


def _graph_parameter(name: object) -> dict[str, str]:
    return {"graph": name.value} if isinstance(name, ox.NamedNode) else {"default": ""}
