"""The service description (SPARQL 1.1 Service Description) and VoID, as RDF, kept current."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field

import pyoxigraph as ox

from axiskg.errors import AxisKGError, QueryTooLargeError
from axiskg.formats import DATASETS, GRAPHS, RESULTS, Format, negotiate, serialize_quads
from axiskg.namespaces import INFERRED_GRAPH, LINKS_GRAPH, PREFIXES, ROOT
from axiskg.server.answers import Answer, NotAcceptableError, Question
from axiskg.server.conditions import matches_etag
from axiskg.server.http import HeaderList, ProblemError, preflight
from axiskg.server.negotiation import OFFERED, not_acceptable
from axiskg.server.request import Request
from axiskg.server.services import Services

__all__ = ["DescriptionRoute"]

_HTML = Format("html", "text/html", "html", "HTML", charset=True)
_FORMATS_NS = "http://www.w3.org/ns/formats/"
_FORMAT_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "nt": "N-Triples",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF_XML",
    "n3": "N3",
    "trig": "TriG",
    "nq": "N-Quads",
}
_MAX_LISTED = 100_000
_METHODS = b"GET, HEAD, OPTIONS"

_COUNTS = {
    "triples": "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) WHERE { ?s ?p ?o }",
    "classes": "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?s a ?c FILTER(isIRI(?c)) }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?s ?p ?o }",
}
_GRAPH_SIZES = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
_CLASSES = "SELECT ?c (COUNT(?s) AS ?n) WHERE { ?s a ?c FILTER(isIRI(?c)) } GROUP BY ?c ORDER BY ?c"
_PROPERTIES = "SELECT ?p (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?p ORDER BY ?p"
_LINKS = f"""SELECT ?p ?host (COUNT(*) AS ?n) WHERE {{
  GRAPH <{LINKS_GRAPH}> {{ ?s ?p ?o FILTER(isIRI(?o)) }}
  BIND(REPLACE(STR(?o), "^([a-z]+://[^/]+/).*$", "$1") AS ?host)
  FILTER(STRSTARTS(?host, "http") && !STRSTARTS(STR(?o), "{ROOT}"))
}} GROUP BY ?p ?host ORDER BY ?p ?host"""

Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class _Statistics:
    """The figures of one generation; `whole` is false when a count ran into its deadline."""

    generation: int
    counts: dict[str, int] = field(default_factory=dict)
    graphs: Rows = field(default_factory=list)
    classes: Rows = field(default_factory=list)
    properties: Rows = field(default_factory=list)
    links: Rows = field(default_factory=list)
    whole: bool = True


class DescriptionRoute:
    """Describes the service and its dataset; counts once a generation."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._statistics = _Statistics(0)

    async def answer(self, request: Request) -> None:
        """Answer a GET without a query, or one of the VoID document."""
        if request.method == "OPTIONS":
            await request.respond(204, preflight(_METHODS))
            return
        if request.method not in {"GET", "HEAD"}:
            raise ProblemError(405, "this is read with GET", headers=[(b"allow", _METHODS)])
        accept = request.headers.get(b"accept")
        offered = (*OFFERED["graph"], _HTML)
        chosen = negotiate(None if accept is None else accept.decode("latin-1"), offered)
        if chosen is None:
            raise not_acceptable(NotAcceptableError("graph"))
        if chosen is _HTML:
            await request.respond(303, [(b"location", b"/"), (b"vary", b"accept")])
            return
        if not self._services.ready:
            raise ProblemError(503, "the store is being opened", headers=[(b"retry-after", b"2")])
        statistics = await self._current(request)
        stale_at = self._services.refresher.stale_at
        writes = self._services.accounts.writes_possible
        state = f"{statistics.generation}-{int(writes)}{int(bool(stale_at))}"
        etag = f'"{self._services.boot}-{state}-{chosen.name}"'.encode()
        headers: HeaderList = [
            (b"content-type", chosen.content_type.encode()),
            (b"vary", b"accept"),
            (b"cache-control", b"no-cache"),
            (b"etag", etag),
            (b"axiskg-generation", str(statistics.generation).encode()),
        ]
        if matches_etag(request.headers.get(b"if-none-match"), etag):
            await request.respond(304, headers[1:])
            return
        writer = _Writer(request.root_url)
        writer.service(updates=writes, federated=bool(self._services.settings.federation))
        writer.dataset(statistics, stale_at)
        await request.respond(200, headers, serialize_quads(writer.quads, chosen))

    async def _current(self, request: Request) -> _Statistics:
        generation = self._services.generation
        if self._statistics.generation != generation:
            self._statistics = await self._count(request, generation)
        return self._statistics

    async def _count(self, request: Request, generation: int) -> _Statistics:
        try:
            counts = {
                name: int((await self._rows(request, text))[0]["n"])
                for name, text in _COUNTS.items()
            }
            return _Statistics(
                generation,
                counts,
                await self._rows(request, _GRAPH_SIZES),
                await self._rows(request, _CLASSES),
                await self._rows(request, _PROPERTIES),
                await self._rows(request, _LINKS),
            )
        except AxisKGError as error:
            self._services.log.event("statistics-failed", error=str(error))
            return _Statistics(generation, whole=False)

    async def _rows(self, request: Request, text: str) -> Rows:
        settings = self._services.settings
        question = Question(
            text=text,
            base=ROOT,
            default_graphs=None,
            named_graphs=None,
            union=False,
            formats=(("bindings", ("json", RESULTS[0].media_type)),),
            encoding="",
            max_rows=_MAX_LISTED,
            max_bytes=settings.max_answer_mb << 20,
            explained_at="",
        )
        deadline = time.monotonic() + settings.query_timeout_s
        answer = await self._services.pool.ask(question, deadline, key=request.id)
        if isinstance(answer, Answer):
            body = answer.body
        else:
            body = b"".join([chunk async for chunk in answer.chunks()])
        bindings = json.loads(body)["results"]["bindings"]
        if answer.truncated:
            raise QueryTooLargeError(f"more than {_MAX_LISTED} rows of statistics")
        return [{name: term["value"] for name, term in row.items()} for row in bindings]


class _Writer:
    """Collects the quads of the description."""

    def __init__(self, root_url: str) -> None:
        self.quads: list[ox.Quad] = []
        self._root = root_url
        self._nodes = itertools.count()
        self._dataset = ox.NamedNode(f"{root_url}/void#dataset")

    def _blank(self) -> ox.BlankNode:
        # Numbered, so that the same figures are described by the same bytes.
        return ox.BlankNode(f"n{next(self._nodes)}")

    def _add(
        self,
        subject: ox.NamedNode | ox.BlankNode,
        name: str,
        value: ox.NamedNode | ox.BlankNode | ox.Literal,
    ) -> None:
        prefix, _, local = name.partition(":")
        self.quads.append(ox.Quad(subject, ox.NamedNode(PREFIXES[prefix] + local), value))

    def _type(self, subject: ox.NamedNode | ox.BlankNode, name: str) -> None:
        prefix, _, local = name.partition(":")
        self._add(subject, "rdf:type", ox.NamedNode(PREFIXES[prefix] + local))

    def service(self, *, updates: bool, federated: bool) -> None:
        """The sd:Service."""
        endpoint = ox.NamedNode(f"{self._root}/sparql")
        service = ox.NamedNode(f"{self._root}/sparql#service")
        self._type(service, "sd:Service")
        self._add(service, "sd:endpoint", endpoint)
        languages = ["SPARQL11Query", *(["SPARQL11Update"] if updates else [])]
        for language in languages:
            self._add(service, "sd:supportedLanguage", ox.NamedNode(PREFIXES["sd"] + language))
        features = ["EmptyGraphs", *(["BasicFederatedQuery"] if federated else [])]
        for feature in features:
            self._add(service, "sd:feature", ox.NamedNode(PREFIXES["sd"] + feature))
        for offered in (*RESULTS, *GRAPHS, *DATASETS[:2]):
            name = ox.NamedNode(_FORMATS_NS + _FORMAT_NAMES[offered.name])
            self._add(service, "sd:resultFormat", name)
        for taken in GRAPHS:
            self._add(
                service, "sd:inputFormat", ox.NamedNode(_FORMATS_NS + _FORMAT_NAMES[taken.name])
            )
        self._add(service, "sd:defaultDataset", self._dataset)
        self._type(self._dataset, "sd:Dataset")
        self._type(self._dataset, "void:Dataset")
        self._add(self._dataset, "void:sparqlEndpoint", endpoint)

    def dataset(self, statistics: _Statistics, stale_at: str) -> None:
        """The sd:Dataset, which is the void:Dataset too; its figures are of the default graph."""
        default = ox.NamedNode(f"{self._root}/void#default-graph")
        self._add(self._dataset, "sd:defaultGraph", default)
        self._type(default, "sd:Graph")
        self._add(self._dataset, "dcterms:title", ox.Literal("AxisKG", language="en"))
        if stale_at:
            when = ox.Literal(stale_at, datatype=ox.NamedNode(PREFIXES["xsd"] + "dateTime"))
            self._add(ox.NamedNode(INFERRED_GRAPH), "prov:invalidatedAtTime", when)
        if not statistics.whole:
            note = "The figures are missing: counting took more than a query may."
            self._add(self._dataset, "rdfs:comment", ox.Literal(note, language="en"))
        for name, count in statistics.counts.items():
            self._count(self._dataset, f"void:{name}", count)
            self._count(default, f"void:{name}", count)
        for row in statistics.graphs:
            named = self._blank()
            graph = self._blank()
            self._add(self._dataset, "sd:namedGraph", named)
            self._type(named, "sd:NamedGraph")
            self._add(named, "sd:name", ox.NamedNode(row["g"]))
            self._add(named, "sd:graph", graph)
            self._type(graph, "sd:Graph")
            self._count(graph, "void:triples", int(row["n"]))
        for row in statistics.classes:
            part = self._part("void:classPartition", "void:class", row["c"])
            self._count(part, "void:entities", int(row["n"]))
        for row in statistics.properties:
            part = self._part("void:propertyPartition", "void:property", row["p"])
            self._count(part, "void:triples", int(row["n"]))
        for row in statistics.links:
            self._linkset(row)
        for name in ("axis", "ent", "st"):
            self._add(self._dataset, "void:uriSpace", ox.Literal(PREFIXES[name]))

    def _part(self, relation: str, of: str, term: str) -> ox.BlankNode:
        part = self._blank()
        self._add(self._dataset, relation, part)
        self._add(part, of, ox.NamedNode(term))
        return part

    def _linkset(self, row: dict[str, str]) -> None:
        links, target = self._blank(), self._blank()
        self._type(links, "void:Linkset")
        self._add(self._dataset, "void:subset", links)
        self._add(links, "void:linkPredicate", ox.NamedNode(row["p"]))
        self._add(links, "void:subjectsTarget", self._dataset)
        self._add(links, "void:objectsTarget", target)
        self._type(target, "void:Dataset")
        self._add(target, "void:uriSpace", ox.Literal(row["host"]))
        self._count(links, "void:triples", int(row["n"]))

    def _count(self, subject: ox.NamedNode | ox.BlankNode, name: str, count: int) -> None:
        self._add(subject, name, ox.Literal(count))
