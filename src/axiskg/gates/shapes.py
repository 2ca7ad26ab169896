"""Gate `shapes`: what must be present is present, by the SHACL shapes of `ontology/shapes/`.

A shape's `sh:message` says what a focus node must have, its `rdfs:comment` what mends it.
"""

from __future__ import annotations

from pathlib import Path

from pyshacl import validate
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, SH
from rdflib.term import Node

from axiskg.errors import ConfigError, ParseError
from axiskg.gates.corpus import Corpus, rdflib_graph
from axiskg.gates.findings import Finding, GateReport
from axiskg.namespaces import curie

__all__ = ["GATE", "check_shapes", "read_shapes"]

GATE = "shapes"


def read_shapes(folder: Path) -> Graph:
    """The shapes of all files of a folder; raises `ParseError`, and `ConfigError` for no file."""
    graph = Graph()
    files = sorted(folder.glob("*.ttl"))
    if not files:
        raise ConfigError(f"{folder} holds no shapes; point AXISKG_HOME at a whole checkout")
    for path in files:
        try:
            graph.parse(path, format="turtle")
        except SyntaxError as error:
            raise ParseError(f"not Turtle: {error}", path=path) from error
    return graph


def check_shapes(corpus: Corpus, shapes: Graph) -> GateReport:
    """A finding for each SHACL result over all graphs of the corpus taken together.

    Shapes speak of structure, which a denied or supposed statement has like any other.
    """
    # What no shape asks for only makes the validator slower.
    asked = {str(name) for name in shapes.objects()} | {str(RDF.type), str(RDFS.subClassOf)}
    data = rdflib_graph({q.triple for q in corpus.dataset if q.predicate.value in asked})
    conforms, results, _ = validate(data, shacl_graph=shapes)
    targets = set(shapes.objects(None, SH.targetClass))
    focus = {node for target in targets for node in data.subjects(RDF.type, target)}
    scope = f"{len(targets)} shapes over {len(focus):,} nodes of just these classes"
    if conforms:
        return GateReport.of(GATE, scope, ())
    findings = {
        _finding(corpus, shapes, results, result)
        for result in results.subjects(RDF.type, SH.ValidationResult)
    }
    return GateReport.of(GATE, scope, tuple(sorted(findings, key=str)))


def _finding(corpus: Corpus, shapes: Graph, results: Graph, result: Node) -> Finding:
    node = results.value(result, SH.focusNode)
    value = results.value(result, SH.value)
    shape = results.value(result, SH.sourceShape)
    message = shapes.value(shape, SH.message) or results.value(result, SH.resultMessage)
    found = f"; found {_shown(value)}" if value is not None and value != node else ""
    return Finding(
        message=f"breaks the rule “{message}”{found}",
        place=corpus.place_of(str(node)),
        subject=_shown(node),
        cure=str(shapes.value(shape, RDFS.comment) or "Correct the node in the authored file"),
    )


def _shown(node: Node | None) -> str:
    if isinstance(node, URIRef):
        return curie(str(node))
    if isinstance(node, Literal) and node.datatype is not None:
        return f'"{node}"^^{curie(str(node.datatype))}'
    return node.n3() if isinstance(node, Literal) else str(node)
