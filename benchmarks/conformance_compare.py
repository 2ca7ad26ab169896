"""Whether two answers are the same: solutions as multisets, graphs up to blank nodes."""

from __future__ import annotations

import csv
import io
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph as ox

__all__ = ["same_csv", "same_graph", "same_results"]

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "float", "int", "long")}

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = dict[str, Term]


def same_graph(first: list[ox.Triple], second: list[ox.Triple]) -> bool:
    """Whether two graphs are isomorphic; numbers are compared by value."""
    return _canonical(first) == _canonical(second)


def _canonical(triples: list[ox.Triple]) -> set[str]:
    dataset = ox.Dataset(
        ox.Quad(t.subject, t.predicate, _by_value(t.object))  # type: ignore[arg-type]
        for t in triples
    )
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}


def _by_value(term: Term) -> Term:
    if isinstance(term, ox.Literal) and term.datatype.value == XSD + "boolean":
        return ox.Literal(term.value in {"true", "1"})
    if isinstance(term, ox.Literal) and term.datatype.value in _NUMBERS:
        try:
            value = Decimal(term.value).normalize() + 0
        except InvalidOperation:
            return term
        return ox.Literal(f"{value:f}" if value.is_finite() else str(value), datatype=term.datatype)
    return term


def same_results(expected: Path, body: bytes, media_type: str) -> bool:
    """Whether a response body holds the result that a file of the suite expects."""
    suffix = expected.suffix
    if suffix in {".ttl", ".rdf", ".nt"}:
        triples = [
            quad.triple
            for quad in ox.parse(path=str(expected), base_iri="http://www.w3.org/expected/")
        ]
        if any(t.object == ox.NamedNode(RS + "ResultSet") for t in triples):
            return _same_rows(_result_set(triples), _parsed(body, media_type))
        syntax = ox.RdfFormat.from_media_type(media_type)
        return same_graph(triples, [q.triple for q in ox.parse(body, syntax)])
    if suffix == ".csv":
        return same_csv(expected.read_text(encoding="utf-8"), body.decode())
    kinds = {".srx": "application/sparql-results+xml", ".srj": "application/sparql-results+json"}
    wanted = _parsed(expected.read_bytes(), kinds.get(suffix, "text/tab-separated-values"))
    return _same_rows(wanted, _parsed(body, media_type))


def _parsed(body: bytes, media_type: str) -> bool | list[Row]:
    syntax = ox.QueryResultsFormat.from_media_type(media_type.partition(";")[0])
    results = ox.parse_query_results(body, syntax)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    assert isinstance(results, ox.QuerySolutions)
    names = [variable.value for variable in results.variables]
    return [
        {name: term for name, term in zip(names, row, strict=True) if term is not None}
        for row in results
    ]


def _result_set(triples: list[ox.Triple]) -> bool | list[Row]:
    by_subject: dict[object, list[ox.Triple]] = {}
    for triple in triples:
        by_subject.setdefault(triple.subject, []).append(triple)
    rows: list[Row] = []
    for triple in triples:
        if triple.predicate.value == RS + "boolean":
            return bool(triple.object.value == "true")  # type: ignore[union-attr]
        if triple.predicate.value == RS + "solution":
            row: Row = {}
            for binding in by_subject.get(triple.object, []):
                if binding.predicate.value != RS + "binding":
                    continue
                parts = {p.predicate.value: p.object for p in by_subject[binding.object]}
                row[parts[RS + "variable"].value] = parts[RS + "value"]  # type: ignore[union-attr]
            rows.append(row)
    return rows


def _same_rows(expected: bool | list[Row], got: bool | list[Row]) -> bool:
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if len(expected) != len(got):
        return False
    ground = Counter(_key(row) for row in expected if not _has_blank(row))
    if ground != Counter(_key(row) for row in got if not _has_blank(row)):
        return False
    return same_graph(_as_graph(expected), _as_graph(got))


def _has_blank(row: Row) -> bool:
    return any(isinstance(term, ox.BlankNode) for term in row.values())


def _key(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(_by_value(term))) for name, term in row.items()))


def _as_graph(rows: list[Row]) -> list[ox.Triple]:
    """The rows with blank nodes as a graph: one blank node a row."""
    triples = []
    for row in rows:
        if _has_blank(row):
            node = ox.BlankNode()
            triples += [
                ox.Triple(node, ox.NamedNode(f"urn:var:{name}"), _by_value(term))
                for name, term in row.items()
            ]
    return triples


def same_csv(expected: str, got: str) -> bool:
    """Whether two CSV documents hold the same rows; blank nodes stand for each other."""
    return _csv_rows(expected) == _csv_rows(got)


def _csv_rows(text: str) -> Counter[tuple[tuple[str, str], ...]]:
    """The rows, each as the cells that are not empty under their column's name."""
    return Counter(
        tuple(sorted((name, _csv_cell(cell)) for name, cell in row.items() if cell))
        for row in csv.DictReader(io.StringIO(text))
    )


def _csv_cell(cell: str) -> str:
    if cell.startswith("_:"):
        return "_:"
    try:
        return f"{Decimal(cell).normalize():f}"
    except InvalidOperation:
        return cell
