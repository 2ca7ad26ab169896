"""What the replacement of one source removes, told in SPARQL: the same for every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pyoxigraph import DefaultGraph, NamedNode, Quad, Triple

from axiskg.namespaces import AXIS, ENTITIES_GRAPH, PROVENANCE_GRAPH
from axiskg.store.protocol import Answer, Solutions

__all__ = ["clear", "insert_data", "replacement"]

_PREFIXES = f"PREFIX axis: <{AXIS}>\n"

_REACHED = """
SELECT DISTINCT ?entity WHERE {{
  GRAPH <{provenance}> {{ ?st axis:source ?source FILTER(?source {relation} <{source}>) }}
  GRAPH ?st {{ {{ ?entity ?p1 ?o1 }} UNION {{ ?s2 ?p2 ?entity }} }}
  FILTER(isIRI(?entity))
}}"""

_DESCRIBED = f"""
SELECT ?entity ?object WHERE {{
  GRAPH <{ENTITIES_GRAPH}> {{ ?entity ?p ?object FILTER(isIRI(?object)) }}
}}"""

_REMOVE = """
DELETE {{ GRAPH ?st {{ ?s ?p ?o }} }}
WHERE {{ GRAPH <{provenance}> {{ ?st axis:source <{source}> }} GRAPH ?st {{ ?s ?p ?o }} }} ;
DELETE {{ GRAPH <{provenance}> {{ ?scenario ?p ?o }} }}
WHERE {{ GRAPH <{provenance}> {{
  {{ SELECT DISTINCT ?scenario WHERE {{
    ?st axis:source <{source}> .
    ?scenario axis:antecedent|axis:assumesNot|axis:consequent|axis:regardlessOf ?st }} }}
  ?scenario ?p ?o }} }} ;
DELETE {{ GRAPH <{provenance}> {{ ?st ?p ?o }} }}
WHERE {{ GRAPH <{provenance}> {{ ?st axis:source <{source}> ; ?p ?o }} }} ;
DELETE {{ GRAPH <{provenance}> {{ ?s ?p ?o }} }}
WHERE {{ GRAPH <{provenance}> {{ ?s ?p ?o
  FILTER(?s = <{source}> || STRSTARTS(STR(?s), "{source}/") || STRSTARTS(STR(?s), "{source}#"))
}} }}"""


def replacement(query: Callable[[str], Answer], source: str, quads: Iterable[Quad]) -> str:
    """One update request that puts `quads` in the place of all there is of `source`."""
    request = _PREFIXES + _REMOVE.format(provenance=PROVENANCE_GRAPH, source=source)
    gone = sorted(_left_over(query, source))
    if gone:
        values = " ".join(f"<{entity}>" for entity in gone)
        request += (
            f" ;\nDELETE {{ GRAPH <{ENTITIES_GRAPH}> {{ ?s ?p ?o }} }} WHERE {{"
            f" VALUES ?s {{ {values} }} GRAPH <{ENTITIES_GRAPH}> {{ ?s ?p ?o }} }}"
        )
    return "".join([request, " ;\n", insert_data(quads)])


def _left_over(query: Callable[[str], Answer], source: str) -> set[str]:
    """The described entities that statements of `source`, and of no other source, lead to."""
    described: dict[str, set[str]] = {}
    for entity, other in _pairs(query(_DESCRIBED)):
        described.setdefault(entity, set()).add(other)

    def reached(relation: str) -> set[str]:
        text = _REACHED.format(provenance=PROVENANCE_GRAPH, relation=relation, source=source)
        found = query(_PREFIXES + text)
        assert isinstance(found, Solutions)
        waiting = [row[0].value for row in found.rows if isinstance(row[0], NamedNode)]
        seen = set[str]()
        while waiting:
            entity = waiting.pop()
            if entity not in seen:
                seen.add(entity)
                waiting.extend(described.get(entity, ()))
        return seen

    return (reached("=") - reached("!=")) & set(described)


def _pairs(found: Answer) -> Iterator[tuple[str, str]]:
    assert isinstance(found, Solutions)
    for subject, target in found.rows:
        if isinstance(subject, NamedNode) and isinstance(target, NamedNode):
            yield subject.value, target.value


def insert_data(quads: Iterable[Quad]) -> str:
    """An INSERT DATA request for `quads`.

    >>> insert_data([Quad(NamedNode("urn:s"), NamedNode("urn:p"), NamedNode("urn:o"))])
    'INSERT DATA {\\n<urn:s> <urn:p> <urn:o> .\\n}'
    """
    by_graph: dict[str, list[str]] = {}
    for quad in quads:
        target = f"<<( {quad.object} )>>" if isinstance(quad.object, Triple) else str(quad.object)
        graph = "" if isinstance(quad.graph_name, DefaultGraph) else str(quad.graph_name)
        by_graph.setdefault(graph, []).append(f"{quad.subject} {quad.predicate} {target} .")
    parts = ["INSERT DATA {\n"]
    for graph, lines in by_graph.items():
        body = "\n".join(lines)
        parts.append(f"GRAPH {graph} {{\n{body}\n}}\n" if graph else body + "\n")
    return "".join([*parts, "}"])


def clear(graph: str | None) -> str:
    """The request that leaves a graph (None: the default graph) there and empty."""
    if graph is None:
        return "CLEAR DEFAULT"
    return f"DROP SILENT GRAPH <{graph}> ;\nCREATE SILENT GRAPH <{graph}>"
