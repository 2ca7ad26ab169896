"""Gate `violations`: no query of `ontology/checks/*-violation.rq` finds a row.

Each query selects `?subject` (a statement, scenario, term or graph) and `?found` (the value at
fault) over the encoded files with the ontology in its graph. Its header says in `summary` what must
hold and in `cure` what mends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml
from pyoxigraph import Literal, NamedNode

from axiskg.errors import ConfigError, ParseError, QuerySyntaxError
from axiskg.gates.corpus import Corpus
from axiskg.gates.findings import Finding, GateReport
from axiskg.namespaces import curie
from axiskg.queries.saved import header_of
from axiskg.store import EmbeddedStore, Solutions, Term

__all__ = ["GATE", "ViolationQuery", "check_violations", "read_violation_queries"]

GATE = "violations"
_SUFFIX = "-violation.rq"


@dataclass(frozen=True, slots=True)
class ViolationQuery:
    """One check: its name, what must hold, what mends it, and the SELECT whose rows are faults."""

    name: str
    summary: str
    cure: str
    text: str
    path: Path


def read_violation_queries(folder: Path) -> tuple[ViolationQuery, ...]:
    """The checks of a folder (`ontology/checks/`), by name.

    Raises `ParseError` for a header without summary or cure, `ConfigError` for a folder without
    checks.
    """
    queries = []
    for path in sorted(folder.glob("*" + _SUFFIX)):
        text = path.read_text(encoding="utf-8")
        try:
            fields = yaml.safe_load(header_of(text)) or {}
        except yaml.YAMLError as error:
            raise ParseError(f"the #+ header is not YAML: {error}", path=path, line=1) from error
        for key in ("summary", "cure"):
            if not isinstance(fields.get(key), str):
                raise ParseError(f"the #+ header lacks {key}", path=path, line=1)
        queries.append(
            ViolationQuery(
                path.name.removesuffix(_SUFFIX), fields["summary"], fields["cure"], text, path
            )
        )
    if not queries:
        raise ConfigError(f"{folder} holds no *{_SUFFIX}; point AXISKG_HOME at a whole checkout")
    return tuple(queries)


def check_violations(corpus: Corpus, queries: tuple[ViolationQuery, ...]) -> GateReport:
    """A finding for each row of each query."""
    store = EmbeddedStore.in_memory()
    try:
        store.extend(corpus.dataset)
        findings = [f for query in queries for f in _findings(store, corpus, query)]
    finally:
        store.close()
    scope = f"{len(queries)} checks over {len(corpus.statements):,} statements"
    return GateReport.of(GATE, scope, tuple(findings))


def _findings(store: EmbeddedStore, corpus: Corpus, query: ViolationQuery) -> list[Finding]:
    try:
        answer = store.query(query.text)
    except QuerySyntaxError as error:
        raise ParseError(str(error), path=query.path, line=error.line) from error
    if not isinstance(answer, Solutions) or not {"subject", "found"} <= set(answer.variables):
        raise ParseError("a check selects ?subject and ?found", path=query.path, line=1)
    return [
        Finding(
            message=f"{query.summary.rstrip('.')}; found {_shown(row.get('found'))} ({query.name})",
            place=corpus.place_of(_iri(row.get("subject"))),
            subject=_shown(row.get("subject")),
            cure=query.cure,
        )
        for row in answer.dicts()
    ]


def _iri(term: Term | None) -> str:
    return term.value if isinstance(term, NamedNode) else ""


def _shown(term: Term | None) -> str:
    if isinstance(term, NamedNode):
        return curie(term.value)
    return term.value if isinstance(term, Literal) else "nothing" if term is None else str(term)
