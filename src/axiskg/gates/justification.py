"""Why an ontology is inconsistent: a minimal set of axioms, from rustdl."""

from __future__ import annotations

import re
from collections.abc import Sequence

import rustdl
from pyoxigraph import NamedNode, Quad, Triple

from axiskg.gates.corpus import Corpus, rdflib_graph
from axiskg.gates.findings import Finding
from axiskg.namespaces import ENTITIES_GRAPH, PREFIXES, curie

__all__ = ["explain"]

_IRI = re.compile(r"<([^>]+)>")
_TYPE = PREFIXES["rdf"] + "type"
_CURE = (
    "correct or withdraw one of the statements or descriptions named, or, if they are right,"
    " loosen one of the axioms"
)


def explain(
    corpus: Corpus, triples: Sequence[Triple], query: Sequence[str], *, subject: str
) -> Finding:
    """One finding that names the axioms and the content which can't hold together.

    `query` is rustdl's: `["inconsistent"]` or `["unsat", class IRI]`. When rustdl gives no
    justification of what HermiT found, the finding says that, with the ontology's header as
    its place.
    """
    axioms = _justify(triples, query)
    assertions = [quad for axiom in axioms if (quad := _asserted(corpus, axiom)) is not None]
    # Content is what an author can mend; the last axiom stands in where there is none.
    named = _IRI.findall(axioms[-1]) if axioms else []
    place = _place(corpus, assertions[-1]) if assertions else corpus.term_place(*named[:1] or [""])
    if not axioms:
        return Finding(
            message="HermiT finds a contradiction, for which rustdl has no justification",
            place=place,
            subject=subject,
            cure="take out half of the newest statements, check again, and so on",
        )
    told = [f"{_short(axiom)}{_where(corpus, axiom)}" for axiom in axioms]
    return Finding(
        message="these cannot all hold: " + "; ".join(told),
        place=place,
        subject=subject,
        cure=_CURE,
    )


def _justify(triples: Sequence[Triple], query: Sequence[str]) -> list[str]:
    """A minimal justification, ontology first; empty when rustdl finds or can find none."""
    graph = rdflib_graph(triples)
    xml = graph.serialize(format="xml").encode()
    try:
        axioms: list[str] = rustdl.prepare_bytes(xml, format="rdf-xml").justify(list(query))
    except rustdl.RustdlError:
        return []
    # Terms of the ontology first, then content, each in a fixed order.
    return sorted(axioms, key=lambda axiom: (PREFIXES["ent"] in axiom, axiom))


def _asserted(corpus: Corpus, axiom: str) -> Quad | None:
    iris = _IRI.findall(axiom)
    if len(iris) == 2 and "> Type <" in axiom:
        subject, predicate, about = iris[0], _TYPE, iris[1]
    elif len(iris) == 3 and _IRI.sub("", axiom).strip() == "":
        subject, predicate, about = iris
    else:
        return None
    return corpus.plain.get(Triple(NamedNode(subject), NamedNode(predicate), NamedNode(about)))


def _place(corpus: Corpus, quad: Quad) -> str:
    graph = quad.graph_name
    if isinstance(graph, NamedNode) and graph.value != ENTITIES_GRAPH:
        return corpus.place_of(graph.value)
    return corpus.place_of(quad.subject.value) if isinstance(quad.subject, NamedNode) else ""


def _where(corpus: Corpus, axiom: str) -> str:
    quad = _asserted(corpus, axiom)
    if quad is None or not isinstance(quad.graph_name, NamedNode):
        return ""
    return f" [{curie(quad.graph_name.value)}, {_place(corpus, quad)}]"


def _short(axiom: str) -> str:
    return _IRI.sub(lambda match: curie(match[1]), axiom)
