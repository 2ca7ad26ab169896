"""The W3C SPARQL 1.1 tests, read from their manifests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

import pyoxigraph as ox

__all__ = [
    "EXCLUDED",
    "Case",
    "Exchange",
    "HttpCase",
    "read_cases",
    "read_http_cases",
    "suite_root",
]

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
BASE = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"

EXCLUDED = {"entailment": "another entailment regime"}

Node = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True, slots=True)
class Case:
    """A test of a query or update; files by path, the dataset as graph name to file."""

    suite: str
    name: str
    kind: str
    text: str
    base: str
    data: dict[str, Path] = field(default_factory=dict)
    result: Path | None = None
    expected: dict[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request of an HTTP test and what is expected of its response."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: tuple[str, ...]
    boolean: bool | None
    form: str
    location: str
    graph: bytes | None
    content_type: str


@dataclass(frozen=True, slots=True)
class HttpCase:
    """A test of several requests; `data` is what the store holds before."""

    suite: str
    name: str
    exchanges: tuple[Exchange, ...]
    data: dict[str, Path]


def suite_root(folder: Path) -> Path:
    """The folder `sparql11` of a checkout of the W3C tests, or of a part of it."""
    for candidate in (folder / "sparql" / "sparql11", folder / "sparql11", folder):
        if (candidate / "manifest-all.ttl").exists():
            return candidate
    raise FileNotFoundError(f"no manifest-all.ttl below {folder}")


class _Manifest:
    def __init__(self, path: Path, base: str) -> None:
        self.folder, self.base = path.parent, base
        self.store = ox.Dataset()
        for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=base):
            self.store.add(quad)

    def value(self, subject: Node, name: str) -> Node | None:
        return next(iter(self.values(subject, name)), None)

    def values(self, subject: Node, name: str) -> list[Node]:
        found = self.store.quads_for_subject(subject)
        return [quad.object for quad in found if quad.predicate.value == name]

    def listed(self, head: Node | None) -> Iterator[Node]:
        while head is not None and head != ox.NamedNode(RDF + "nil"):
            first = self.value(head, RDF + "first")
            if first is not None:
                yield first
            head = self.value(head, RDF + "rest")

    def entries(self) -> Iterator[Node]:
        for quad in self.store.quads_for_predicate(ox.NamedNode(MF + "entries")):
            yield from self.listed(quad.object)

    def file(self, node: Node | None) -> Path | None:
        if not isinstance(node, ox.NamedNode):
            return None
        return self.folder / node.value.removeprefix(urljoin(self.base, "."))

    def dataset(self, node: Node | None, prefix: str) -> dict[str, Path]:
        """The default graph under '' and named graphs by name."""
        found: dict[str, Path] = {}
        if node is None:
            return found
        for data in self.values(node, prefix + "data"):
            path = self.file(data)
            if path is not None:
                found[""] = path
        for data in self.values(node, prefix + "graphData"):
            if isinstance(data, ox.NamedNode):
                path, name = self.file(data), data.value
            else:
                label = self.value(data, RDFS + "label")
                path, name = (
                    self.file(self.value(data, prefix + "graph")),
                    label.value if label else "",
                )
            if path is not None:
                found[name] = path
        return found


def read_cases(root: Path) -> list[Case]:
    """All tests of queries and updates, those of syntax too."""
    cases: list[Case] = []
    for path in sorted(root.glob("*/manifest.ttl")):
        if path.parent.name in EXCLUDED:
            continue
        manifest = _Manifest(path, f"{BASE}{path.parent.name}/manifest")
        cases += [case for node in manifest.entries() if (case := _case(manifest, node))]
    return cases


def _case(manifest: _Manifest, node: Node) -> Case | None:
    """A test; None for one of another kind, or one that needs other endpoints than ours."""
    kinds = [kind.value.rpartition("#")[2] for kind in manifest.values(node, RDF + "type")]
    kind = next((k for k in kinds if "Syntax" in k or "Evaluation" in k or "CSV" in k), None)
    if kind is None:
        return None
    action = manifest.value(node, MF + "action")
    name = manifest.value(node, MF + "name")
    assert action is not None
    assert name is not None
    if isinstance(action, ox.NamedNode):
        request: Node | None = action
        data: dict[str, Path] = {}
    elif "Update" in kind and "Syntax" not in kind:
        request = manifest.value(action, UT + "request")
        data = manifest.dataset(action, UT)
    else:
        request = manifest.value(action, QT + "query")
        data = manifest.dataset(action, QT)
        if manifest.values(action, QT + "serviceData"):
            return None
        for listed in manifest.values(action, QT + "graphData"):
            assert isinstance(listed, ox.NamedNode)
    file = manifest.file(request)
    assert file is not None
    result = manifest.value(node, MF + "result")
    return Case(
        suite=manifest.folder.name,
        name=name.value,
        kind=kind,
        text=file.read_text(encoding="utf-8"),
        base=urljoin(manifest.base, file.name),
        data=data,
        result=manifest.file(result),
        expected=manifest.dataset(result, UT) if "Update" in kind else {},
    )


def read_http_cases(root: Path) -> list[HttpCase]:
    """The tests of the SPARQL protocol and of the Graph Store protocol."""
    cases: list[HttpCase] = []
    for suite, name in (
        ("protocol", "manifest.ttl"),
        ("graph-store-protocol", "manifest-direct.ttl"),
        ("graph-store-protocol", "manifest-indirect.ttl"),
    ):
        path = root / suite / name
        manifest = _Manifest(path, f"{BASE}{suite}/{name}")
        cases += [_http_case(manifest, suite, node) for node in manifest.entries()]
    return cases


def _http_case(manifest: _Manifest, suite: str, node: Node) -> HttpCase:
    action = manifest.value(node, MF + "action")
    name = manifest.value(node, MF + "name")
    assert action is not None
    assert name is not None
    exchanges = [
        _exchange(manifest, request)
        for request in manifest.listed(manifest.value(action, HT + "requests"))
    ]
    return HttpCase(suite, name.value, tuple(exchanges), manifest.dataset(node, UT))


def _exchange(manifest: _Manifest, request: Node) -> Exchange:
    response = manifest.value(request, HT + "resp")
    assert response is not None
    boolean = manifest.value(response, MF + "expectedBoolean")
    body, graph = _body(manifest, request), _body(manifest, response)
    return Exchange(
        method=_text(manifest, request, HT + "methodName"),
        path=_text(manifest, request, HT + "absolutePath"),
        headers=_headers(manifest, request),
        body=body,
        statuses=tuple(
            status.value.rpartition("#")[2]
            for status in manifest.values(response, MF + "expectedStatus")
        ),
        boolean=None if boolean is None else boolean.value == "true",
        form=_text(manifest, response, MF + "expectedFormat"),
        location=_text(manifest, response, MF + "expectedLocation"),
        graph=graph,
        content_type=_headers(manifest, response).get("content-type", ""),
    )


def _text(manifest: _Manifest, node: Node, name: str) -> str:
    found = manifest.value(node, name)
    return "" if found is None else found.value


def _headers(manifest: _Manifest, node: Node) -> dict[str, str]:
    return {
        _text(manifest, header, HT + "fieldName").lower(): _text(
            manifest, header, HT + "fieldValue"
        )
        for header in manifest.listed(manifest.value(node, HT + "headers"))
    }


def _body(manifest: _Manifest, node: Node) -> bytes | None:
    body = manifest.value(node, HT + "body")
    if body is None:
        return None
    encoding = _text(manifest, body, CNT + "characterEncoding") or "utf-8"
    return _text(manifest, body, CNT + "chars").encode(encoding)
