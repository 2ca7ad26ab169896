"""The IRIs that AxisKG mints and borrows, and the short forms in which people type them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from axiskg.errors import QueryError

__all__ = [
    "AXIS",
    "ENT",
    "ENTITIES_GRAPH",
    "EVIDENCE_GRAPH",
    "GRAPH",
    "INFERRED_GRAPH",
    "LINKS_GRAPH",
    "ONTOLOGY_GRAPH",
    "PLAIN_GRAPH",
    "PREFIXES",
    "PROVENANCE_GRAPH",
    "RULE",
    "SCENARIO_GRAPH",
    "SCN",
    "SRC",
    "ST",
    "UNION_GRAPH",
    "curie",
    "expand",
    "prologue",
]

ROOT: Final = "https://w3id.org/axiskg/"
AXIS: Final = ROOT + "ontology#"
ENT: Final = ROOT + "entity/"
ST: Final = ROOT + "statement/"
SRC: Final = ROOT + "source/"
RULE: Final = ROOT + "rule/"
SCN: Final = ROOT + "scenario/"
GRAPH: Final = ROOT + "graph/"

PROVENANCE_GRAPH: Final = GRAPH + "provenance"
ENTITIES_GRAPH: Final = GRAPH + "entities"
ONTOLOGY_GRAPH: Final = GRAPH + "ontology"
LINKS_GRAPH: Final = GRAPH + "links"
INFERRED_GRAPH: Final = GRAPH + "inferred"
EVIDENCE_GRAPH: Final = GRAPH + "evidence"
PLAIN_GRAPH: Final = GRAPH + "plain"
SCENARIO_GRAPH: Final = GRAPH + "scenario/"
UNION_GRAPH: Final = "urn:x-arq:UnionGraph"

PREFIXES: Final = MappingProxyType(
    {
        "axis": AXIS,
        "ent": ENT,
        "st": ST,
        "src": SRC,
        "rule": RULE,
        "scn": SCN,
        "g": GRAPH,
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "prov": "http://www.w3.org/ns/prov#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "skosxl": "http://www.w3.org/2008/05/skos-xl#",
        "dcterms": "http://purl.org/dc/terms/",
        "time": "http://www.w3.org/2006/time#",
        "oa": "http://www.w3.org/ns/oa#",
        "org": "http://www.w3.org/ns/org#",
        "schema": "http://schema.org/",
        "sem": "http://semanticweb.cs.vu.nl/2009/11/sem/",
        "sh": "http://www.w3.org/ns/shacl#",
        "vann": "http://purl.org/vocab/vann/",
        "void": "http://rdfs.org/ns/void#",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "wd": "http://www.wikidata.org/entity/",
        "wdt": "http://www.wikidata.org/prop/direct/",
    }
)
"""Prefix to namespace; the first six are fixed by the design."""

_BY_LENGTH = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))


def expand(name: str) -> str:
    """The IRI for a CURIE of `PREFIXES`, or for an IRI (with or without angle brackets) itself.

    Raises `QueryError` when the prefix is unknown.

    >>> expand("ent:china")
    'https://w3id.org/axiskg/entity/china'
    """
    if name.startswith("<") and name.endswith(">"):
        return name[1:-1]
    prefix, colon, local = name.partition(":")
    if local.startswith("//") or prefix in {"urn", "mailto", "tag"}:
        return name
    if not colon or prefix not in PREFIXES:
        raise QueryError(f"{name!r} is neither an IRI nor a name with a known prefix")
    return PREFIXES[prefix] + local


def curie(iri: str) -> str:
    """The shortest CURIE of `PREFIXES` for an IRI, or the IRI itself.

    The local part may hold a slash (`st:fp-2023/p9.a`): short for people, not for Turtle.

    >>> curie("https://w3id.org/axiskg/statement/s/p9.a")
    'st:s/p9.a'
    """
    for prefix, namespace in _BY_LENGTH:
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def prologue() -> str:
    """SPARQL PREFIX lines for all of `PREFIXES`."""
    return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
