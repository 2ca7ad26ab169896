"""The gates of `axiskg check`: each looks at one kind of fault, and says what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from axiskg.errors import NotFoundError
from axiskg.gates.consistency import check_consistency
from axiskg.gates.corpus import Corpus, read_corpus
from axiskg.gates.findings import CheckReport, Finding, GateReport, Outcome
from axiskg.gates.query_lint import check_queries, query_files
from axiskg.gates.rules import check_rules
from axiskg.gates.shapes import check_shapes, read_shapes
from axiskg.gates.violations import check_violations, read_violation_queries
from axiskg.gates.vocabulary_lint import check_vocabulary
from axiskg.ontology import read_ontology
from axiskg.settings import Settings

__all__ = [
    "GATES",
    "CheckReport",
    "Corpus",
    "Finding",
    "GateReport",
    "Outcome",
    "encoded_files",
    "run_gates",
]

GATES = ("vocabulary", "shapes", "violations", "queries", "rules", "consistency")
"""The gates, in the order in which they run: the fast ones first."""


def encoded_files(settings: Settings) -> tuple[Path, ...]:
    """The encoded statements and the descriptions of their sources, in `settings.data_dir`."""
    triples = sorted((settings.data_dir / "triples").glob("*.trig"))
    return (*triples, *sorted((settings.data_dir / "sources").glob("*.ttl")))


def run_gates(
    settings: Settings, paths: Sequence[Path] | None = None, *, java: str | None = None
) -> Iterator[GateReport]:
    """The report of each gate, as it ends, over `paths` or else over `encoded_files`.

    `paths` may be TriG, N-Quads or Turtle (descriptions of sources), and folders of these. Raises
    `ParseError` for files that can't be read, and `NotFoundError` when there is no file.
    """
    ontology = read_ontology(settings.ontology_dir)
    files = encoded_files(settings) if paths is None else tuple(_files(paths))
    if not files:
        where = ", ".join(map(str, paths)) if paths else settings.data_dir / "triples"
        raise NotFoundError(f"nothing to check in {where}: encode a source, or name its files")
    corpus = read_corpus(ontology, files, home=settings.home)
    yield check_vocabulary(corpus)
    yield check_shapes(corpus, read_shapes(settings.ontology_dir / "shapes"))
    yield check_violations(corpus, read_violation_queries(settings.ontology_dir / "checks"))
    rules = settings.ontology_dir / "rules"
    yield check_queries(query_files(settings.queries_dir, rules), home=settings.home)
    yield check_rules(ontology, rules, home=settings.home)
    yield check_consistency(corpus, java=java)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for ext in ("trig", "nq", "ttl") for p in path.rglob(f"*.{ext}"))
        else:
            yield path
