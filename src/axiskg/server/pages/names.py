"""The pages of our own names: entities, statements, sources, scenarios, terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple

import pyoxigraph as ox
from fastapi.responses import HTMLResponse

from axiskg.errors import NotFoundError
from axiskg.namespaces import AXIS, PREFIXES, PROVENANCE_GRAPH, SCN, curie
from axiskg.queries import STANDINGS, Catalogue, entity_described
from axiskg.reasoning.analysis import Analysis
from axiskg.reasoning.citations import citations
from axiskg.reasoning.lookup import rows
from axiskg.reasoning.values import Citation, short, spoken
from axiskg.reasoning.what_if import Change
from axiskg.server.context import Context
from axiskg.server.pages.rendering import render

__all__ = [
    "entity_page",
    "ontology_page",
    "record_page",
    "scenario_page",
    "source_page",
    "statement_page",
]

_MAX_STATEMENTS: Final = 3000
_RDFS, _OWL, _SKOS = (PREFIXES[name] for name in ("rdfs", "owl", "skos"))
_TITLE: Final = PREFIXES["dcterms"] + "title"
_PART_OF_SOURCE: Final = (AXIS + "hasPassage", AXIS + "passage")

_MATCHES: Final = {
    _SKOS + "exactMatch": "the same as",
    _SKOS + "closeMatch": "close to",
    _SKOS + "broadMatch": "within",
    _SKOS + "narrowMatch": "wider than",
}
"""What each mapping property says, in words."""

Facts = list[tuple[str, list[str]]]


class _Group(NamedTuple):
    standing: str
    rows: tuple[Citation, ...]


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _facts(quads: Iterable[ox.Quad]) -> Facts:
    """Values by property, each once, in order."""
    found: dict[str, dict[str, None]] = {}
    for quad in quads:
        found.setdefault(quad.predicate.value, {})[_text(quad.object)] = None
    return [(name, list(values)) for name, values in sorted(found.items())]


def entity_page(
    context: Context, analysis: Analysis, iri: str, path: str, quads: Sequence[ox.Quad]
) -> HTMLResponse:
    """What is said of an entity, by what it counts for; conclusions and denials never mixed."""
    catalogue = Catalogue.of(context.settings)
    about = entity_described(context.store, catalogue, ox.NamedNode(iri))
    said = analysis.statements(entity=iri)
    groups = [
        _Group(standing, found)
        for standing in (*STANDINGS, "")
        if (found := tuple(one for one in said if one.standing == standing))
    ]
    return render(
        "entity.html",
        label=analysis.directory.label,
        about=about,
        groups=groups,
        links=[
            (_MATCHES[name], item)
            for name, items in _facts(quad for quad in quads if quad.predicate.value in _MATCHES)
            for item in items
        ],
        path=path,
    )


def statement_page(
    context: Context, analysis: Analysis, iri: str, path: str, quads: Sequence[ox.Quad]
) -> HTMLResponse:
    """What a statement counts for, what it says, and all that is on record about it."""
    own = [quad for quad in quads if _text(quad.graph_name) == iri]
    record = _facts(quad for quad in quads if _text(quad.graph_name) == PROVENANCE_GRAPH)
    known = dict(record)
    cited = citations(context.store, context.settings.queries_dir, [iri]).get(iri)
    begin, end = (next(iter(known.get(AXIS + name, ())), "") for name in ("spanBegin", "spanEnd"))
    return render(
        "statement.html",
        label=analysis.directory.label,
        iri=iri,
        path=path,
        cited=cited,
        title=_title(context, cited.source) if cited and cited.source else "",
        span=(begin, end) if begin and end else None,
        content=[tuple(map(_text, (q.subject, q.predicate, q.object))) for q in own],
        other=record,
    )


def _title(context: Context, source: str) -> str:
    found = rows(
        context.store,
        context.settings.queries_dir,
        "statement-provenance",
        statement=[ox.NamedNode(source)],
    )
    return next((_text(row["value"]) for row in found if _text(row["property"]) == _TITLE), "")


def source_page(
    context: Context, analysis: Analysis, iri: str, path: str, quads: Sequence[ox.Quad]
) -> HTMLResponse:
    """A source with its statements, paragraph by paragraph."""
    queries_dir = context.settings.queries_dir
    found = rows(context.store, queries_dir, "statements-of-source", source=[ox.NamedNode(iri)])
    cited = citations(context.store, queries_dir, (_text(row["statement"]) for row in found))
    facts = [fact for fact in _facts(quads) if fact[0] not in _PART_OF_SOURCE]
    titles = dict(facts).get(_TITLE)
    return render(
        "source.html",
        label=analysis.directory.label,
        iri=iri,
        path=path,
        title=titles[0] if titles else curie(iri),
        facts=[(name, values) for name, values in facts if name != _TITLE],
        cut=len(found) if len(found) >= _MAX_STATEMENTS else 0,
        paragraphs=[
            (number, list(group))
            for number, group in groupby(cited.values(), key=lambda one: one.paragraph)
        ],
    )


def scenario_page(analysis: Analysis, iri: str, path: str) -> HTMLResponse:
    """What a scenario supposes, and what it would change. Raises `NotFoundError`."""
    card = next((one for one in analysis.scenarios() if one.iri == iri), None)
    if card is None:
        raise NotFoundError(f"there is no scenario {iri.removeprefix(SCN)!r}")
    difference = analysis.what_if(Change(), analysis.asked(scenario=card.scenario))
    return render(
        "scenario.html",
        label=analysis.directory.label,
        card=card,
        difference=difference,
        path=path,
    )


def record_page(analysis: Analysis, iri: str, path: str, quads: Sequence[ox.Quad]) -> HTMLResponse:
    """Whatever is on record of an IRI, property by property."""
    return render(
        "plain.html",
        label=analysis.directory.label,
        iri=iri,
        path=path,
        title=curie(iri),
        facts=_facts(quads),
    )


class _Term(NamedTuple):
    name: str
    definition: str
    above: list[str]
    ends: str


_KINDS: Final = (
    ("classes", (_OWL + "Class", _RDFS + "Class")),
    ("properties", (_OWL + "ObjectProperty", _OWL + "DatatypeProperty")),
    ("concepts", (_SKOS + "Concept",)),
)


def ontology_page(quads: Iterable[ox.Quad]) -> HTMLResponse:
    """The terms with their definitions: classes, properties, concepts."""
    about: dict[str, dict[str, list[str]]] = {}
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(AXIS):
            described = about.setdefault(quad.subject.value, {})
            described.setdefault(quad.predicate.value, []).append(_text(quad.object))
    types = PREFIXES["rdf"] + "type"
    kinds = [
        (
            kind,
            [
                _term(iri, described)
                for iri, described in sorted(about.items())
                if not set(wanted).isdisjoint(described.get(types, ()))
            ],
        )
        for kind, wanted in _KINDS
    ]
    return render("ontology.html", kinds=kinds, path="/ontology")


def _term(iri: str, described: dict[str, list[str]]) -> _Term:
    def first(*names: str) -> str:
        return next((described[name][0] for name in names if name in described), "")

    domain, range_ = first(_RDFS + "domain"), first(_RDFS + "range")
    ends = [f"of {spoken(short(domain))}"] if domain else []
    ends += [f"to {spoken(short(range_))}"] if range_ else []
    parents = described.get(_RDFS + "subClassOf", []) + described.get(_RDFS + "subPropertyOf", [])
    return _Term(
        name=iri.removeprefix(AXIS),
        definition=first(_SKOS + "definition", _RDFS + "comment", _RDFS + "label"),
        above=[parent for parent in parents if parent.startswith("http")],
        ends=", ".join(ends),
    )
