"""What people type for an entity, statement or term, as the IRI that is meant."""

from __future__ import annotations

import re
from typing import Final

from pyoxigraph import Literal, NamedNode

from axiskg.errors import NotFoundError, ParameterError, QueryError, did_you_mean
from axiskg.namespaces import AXIS, ENT, SCN, ST, curie, expand, prologue
from axiskg.store.protocol import Solutions, Store, Term

__all__ = ["entity_named", "label_of", "scenario_named", "statement_named", "term_named"]

_QID: Final = re.compile(r"(?:wd:|https?://www\.wikidata\.org/(?:entity|wiki)/)?(Q[1-9]\d*)")
_NAMES: Final = "rdfs:label|skos:prefLabel|skos:altLabel"


def _column(store: Store, text: str) -> list[Term]:
    found = store.query(prologue() + text)
    assert isinstance(found, Solutions)
    return [row[0] for row in found.rows if row[0] is not None]


def _is_known(store: Store, iri: NamedNode) -> bool:
    known = store.query(
        f"{prologue()}ASK {{ {{ GRAPH g:entities {{ {iri} ?p ?o }} }}"
        f" UNION {{ GRAPH g:provenance {{ {iri} ?p ?o }} }}"
        f" UNION {{ GRAPH g:ontology {{ {iri} ?p ?o }} }}"
        f" UNION {{ {iri} ?p ?o }} UNION {{ ?s ?p {iri} }} }}"
    )
    return bool(known)


def _iri(name: str) -> NamedNode | None:
    """The IRI of an IRI or a CURIE; None for anything else."""
    try:
        return NamedNode(expand(name))
    except (QueryError, ValueError):
        return None


def entity_named(store: Store, name: str, parameter: str = "entity") -> NamedNode:
    """The entity of a slug, CURIE, IRI, Wikidata id, label or other name (in whatever case).

    Raises `NotFoundError` with near names, and `ParameterError` when several have the name.
    """
    wanted = name.strip()
    if not wanted:
        raise ParameterError(parameter, "an entity", "nothing")
    if qid := _QID.fullmatch(wanted.strip("<>")):
        linked = _column(
            store, f"SELECT ?e WHERE {{ GRAPH g:links {{ ?e skos:exactMatch wd:{qid[1]} }} }}"
        )
        return _the_one(linked, wanted, parameter)
    slug = re.fullmatch(r"[A-Za-z0-9][\w\-.]*", wanted)
    iri = NamedNode(ENT + wanted) if slug else _iri(wanted)
    if iri is not None and _is_known(store, iri):
        return iri
    folded = Literal(wanted.casefold())
    for names in ("rdfs:label|skos:prefLabel", "skos:altLabel"):
        called = _column(
            store,
            f"SELECT DISTINCT ?e WHERE {{ VALUES ?g {{ g:entities g:links }}"
            f" GRAPH ?g {{ ?e {names} ?name FILTER(LCASE(STR(?name)) = {folded}) }}"
            f" FILTER(STRSTARTS(STR(?e), {Literal(ENT)})) }} ORDER BY ?e",
        )
        if called:
            return _the_one(called, wanted, parameter)
    known = _column(store, "SELECT ?e WHERE { GRAPH g:entities { ?e a ?c } }")
    slugs = [t.value.removeprefix(ENT) for t in known if isinstance(t, NamedNode)]
    labels = [
        term.value
        for term in _column(store, f"SELECT ?n WHERE {{ GRAPH g:entities {{ ?e {_NAMES} ?n }} }}")
        if isinstance(term, Literal)
    ]
    near = did_you_mean(wanted.removeprefix("ent:"), sorted({*slugs, *labels}))
    cure = near or "; `axiskg query entities` lists all"
    raise NotFoundError(f"{parameter}: no entity is called {name!r} in this graph{cure}")


def _the_one(found: list[Term], wanted: str, parameter: str) -> NamedNode:
    entities = [term for term in found if isinstance(term, NamedNode)]
    if not entities:
        raise NotFoundError(f"{parameter}: no entity is linked to {wanted!r} in this graph")
    if len(entities) > 1:
        names = ", ".join(curie(entity.value) for entity in entities)
        raise ParameterError(parameter, "the name of one entity", f"{wanted!r}, which is {names}")
    return entities[0]


def statement_named(store: Store, name: str, parameter: str = "statement") -> NamedNode:
    """The statement of an IRI, CURIE, `source/p14.a`, or `p14.a` where one source has that."""
    wanted = name.strip()
    if re.fullmatch(r"p\d+\.\w+", wanted):
        tail = Literal("/" + wanted)
        found = _column(
            store,
            "SELECT ?st WHERE { GRAPH g:provenance { ?st a axis:Statement }"
            f" FILTER(STRENDS(STR(?st), {tail})) }} ORDER BY ?st",
        )
        if len(found) > 1:
            names = ", ".join(curie(t.value) for t in found if isinstance(t, NamedNode))
            raise ParameterError(parameter, "the id of one statement", f"{wanted!r}: {names}")
        iri = found[0] if found and isinstance(found[0], NamedNode) else None
    else:
        iri = _iri(wanted) or _iri(ST + wanted)
    if iri is None or not _is_known(store, iri):
        raise NotFoundError(
            f"{parameter}: there is no statement {name!r};"
            " `axiskg statements --paragraph N` lists those of a paragraph"
        )
    return iri


def scenario_named(store: Store, name: str, parameter: str = "scenario") -> NamedNode:
    """The scenario of an IRI, CURIE or slug."""
    wanted = name.strip()
    iri = _iri(wanted) if ":" in wanted else _iri(SCN + wanted)
    if iri is None or not _is_known(store, iri):
        scenarios = _column(
            store, "SELECT ?s WHERE { GRAPH g:provenance { ?s a axis:Scenario } } ORDER BY ?s"
        )
        slugs = [t.value.removeprefix(SCN) for t in scenarios if isinstance(t, NamedNode)]
        cure = did_you_mean(wanted, slugs) or f"; there are: {', '.join(slugs) or 'none'}"
        raise NotFoundError(f"{parameter}: there is no scenario {name!r}{cure}")
    return iri


def term_named(store: Store, name: str, parameter: str = "term") -> NamedNode:
    """The term of the ontology of a bare name (`Fact`, in whatever case), CURIE or IRI."""
    wanted = name.strip()
    if ":" in wanted:
        iri = _iri(wanted)
        if iri is not None and (not iri.value.startswith(AXIS) or _is_known(store, iri)):
            return iri
    terms = _column(
        store, "SELECT DISTINCT ?t WHERE { GRAPH g:ontology { ?t ?p ?o FILTER(isIRI(?t)) } }"
    )
    names = sorted(
        t.value.removeprefix(AXIS)
        for t in terms
        if isinstance(t, NamedNode) and t.value.startswith(AXIS)
    )
    bare = wanted.removeprefix("axis:")
    for match in (bare, *(n for n in names if n.casefold() == bare.casefold())):
        if match in names:
            return NamedNode(AXIS + match)
    raise ParameterError(
        parameter, "a term of the ontology", f"{name!r}{did_you_mean(bare, names)}"
    )


def label_of(store: Store, iri: NamedNode) -> str:
    """The label of an entity, else its CURIE."""
    labels = _column(
        store,
        f"SELECT ?l WHERE {{ GRAPH g:entities {{ {iri} rdfs:label ?l }} }} ORDER BY ?l LIMIT 1",
    )
    return labels[0].value if labels and isinstance(labels[0], Literal) else curie(iri.value)
