"""Gate `queries`: no query or rule reads statements without asking what they count for.

`GRAPH ?st { ... }` alone also matches what is denied, imagined or another's word. So where a saved
query or rule opens graphs by a variable, the same variable must be joined to `axis:standing` or
`axis:modality` in the provenance graph, where the join can't be left out (an OPTIONAL, MINUS or
NOT EXISTS elsewhere doesn't count; each branch of a UNION must have its own).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pyparsing import ParseException
from rdflib import URIRef, Variable
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from axiskg.gates.findings import Finding, GateReport
from axiskg.namespaces import AXIS, PREFIXES, PROVENANCE_GRAPH, ST

__all__ = ["GATE", "check_queries", "query_files"]

GATE = "queries"
_ASKED = frozenset({URIRef(AXIS + "standing"), URIRef(AXIS + "modality")})
_MAY_OPEN = re.compile(r"graph\s*[?$#]", re.IGNORECASE)
"""What a query without a graph variable can't have; the others are not parsed, which is slow."""
_BY_NAME = {prefix: URIRef(iri) for prefix, iri in PREFIXES.items()}


def query_files(queries: Path, rules: Path) -> tuple[Path, ...]:
    """The saved queries, in whatever subfolder, and the rules."""
    return (*sorted(queries.rglob("*.rq")), *sorted(rules.glob("*.rq")))


def check_queries(paths: Iterable[Path], *, home: Path) -> GateReport:
    """A finding for each graph variable of each file that isn't joined as said above."""
    paths = tuple(paths)
    findings = tuple(finding for path in paths for finding in _findings(path, home))
    return GateReport.of(GATE, f"{len(paths)} queries and rules", findings)


def _findings(path: Path, home: Path) -> Iterator[Finding]:
    text = path.read_text(encoding="utf-8")
    place = str(path.relative_to(home)) if path.is_relative_to(home) else str(path)
    if not _MAY_OPEN.search(text):
        return
    try:
        algebra = translateQuery(parseQuery(text), initNs=_BY_NAME).algebra
    except ParseException as error:
        yield Finding(
            message=f"does not parse as SPARQL 1.1: {error.msg}",
            place=f"{place}:{error.lineno}",
            subject=path.name,
            cure="correct the query",
        )
        return
    for name in dict.fromkeys(_unjoined(algebra.p, frozenset(), frozenset())):
        yield Finding(
            message=f"GRAPH ?{name} opens statements whatever they count for: denied, imagined and"
            " attributed ones too",
            place=f"{place}:{_line(text, name)}",
            subject=path.name,
            cure=f"add GRAPH g:provenance {{ ?{name} axis:standing axis:Accepted }}, or select the"
            " standing",
        )


def _line(text: str, name: str) -> int:
    pattern = re.compile(rf"GRAPH\s*[?$]{re.escape(name)}\b", re.IGNORECASE)
    match = pattern.search(text)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _unjoined(
    node: CompValue, joined: frozenset[Variable], bound: frozenset[Variable]
) -> Iterator[Variable]:
    """Graph variables below `node` that are neither joined nor bound to graphs of other kinds."""
    joined |= _joined(node, provenance=False)
    bound |= _bound(node)
    if node.name == "Graph":
        if isinstance(node.term, Variable) and node.term not in joined | bound:
            yield node.term
        yield from _unjoined(node.p, joined, bound)
        return
    for child in _children(node):
        yield from _unjoined(child, joined, bound)


def _children(node: CompValue) -> Iterator[CompValue]:
    """The patterns right below a node, those in its EXISTS filters included."""
    for key in ("p", "p1", "p2"):
        child = node.get(key)
        if isinstance(child, CompValue):
            yield child
    if isinstance(node.get("expr"), CompValue):
        yield from _exists(node.expr)


def _exists(expression: CompValue) -> Iterator[CompValue]:
    """The patterns of EXISTS and NOT EXISTS; rdflib puts their algebra in an attribute only."""
    if expression.name in {"Builtin_EXISTS", "Builtin_NOTEXISTS"}:
        yield expression.graph
        return
    for value in expression.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, CompValue):
                yield from _exists(part)


def _joined(node: CompValue, *, provenance: bool) -> frozenset[Variable]:
    """Variables that every solution of a pattern joins to their standing or modality."""
    if node.name == "Graph":
        return _joined(node.p, provenance=node.term == URIRef(PROVENANCE_GRAPH))
    if node.name == "BGP":
        return frozenset(
            s for s, p, _ in node.triples if provenance and isinstance(s, Variable) and p in _ASKED
        )
    if node.name == "Union":
        return _joined(node.p1, provenance=provenance) & _joined(node.p2, provenance=provenance)
    if node.name in {"LeftJoin", "Minus"}:
        return _joined(node.p1, provenance=provenance)
    inner: frozenset[Variable] = frozenset()
    for key in ("p", "p1", "p2"):
        if isinstance(node.get(key), CompValue):
            inner |= _joined(node[key], provenance=provenance)
    return inner & frozenset(node.PV) if node.name == "Project" else inner


def _bound(node: CompValue) -> frozenset[Variable]:
    """Variables that a VALUES of every solution binds to graphs which are no statements."""
    if node.name == "values":
        rows = node.res
        names = {name for row in rows for name in row}
        return frozenset(
            name
            for name in names
            if all(
                isinstance(row.get(name), URIRef) and not str(row[name]).startswith(ST)
                for row in rows
            )
        )
    if node.name == "Union":
        return _bound(node.p1) & _bound(node.p2)
    if node.name in {"LeftJoin", "Minus"}:
        return _bound(node.p1)
    inner: frozenset[Variable] = frozenset()
    for key in ("p", "p1", "p2"):
        if isinstance(node.get(key), CompValue):
            inner |= _bound(node[key])
    return inner
