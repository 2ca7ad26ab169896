"""Statements with their place in the source, read from the provenance graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from axiskg.namespaces import AXIS, PREFIXES
from axiskg.reasoning.lookup import rows
from axiskg.reasoning.values import Citation, short
from axiskg.store.protocol import Store, Term

__all__ = ["citations", "listed"]


def citations(store: Store, queries_dir: Path, statements: Iterable[str]) -> dict[str, Citation]:
    """Citation by statement IRI, in the order of paragraph, sentence and IRI.

    Statements without provenance are left out.
    """
    wanted = [NamedNode(iri) for iri in sorted(set(statements))]
    about: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(store, queries_dir, "statement-provenance", statement=wanted):
        statement, property_ = row["statement"], row["property"]
        assert isinstance(statement, NamedNode)
        assert isinstance(property_, NamedNode)
        for namespace in (AXIS, PREFIXES["sem"]):
            if property_.value.startswith(namespace):
                about[statement.value][property_.value[len(namespace) :]].append(row["value"])
    found = [_citation(iri, properties) for iri, properties in about.items()]
    found.sort(key=lambda c: (c.paragraph or 0, c.sentence or 0, c.statement))
    return {citation.statement: citation for citation in found}


def _citation(iri: str, about: Mapping[str, list[Term]]) -> Citation:
    def texts(name: str) -> tuple[str, ...]:
        values = about.get(name, ())
        return tuple(sorted(short(v.value) for v in values if isinstance(v, NamedNode | Literal)))

    def number(name: str) -> int | None:
        return next((int(text) for text in texts(name)), None)

    def one(name: str, default: str = "") -> str:
        return next(iter(texts(name)), default)

    def day(name: str) -> date | None:
        return next((date.fromisoformat(text[:10]) for text in texts(name)), None)

    return Citation(
        statement=iri,
        source=one("source") or None,
        paragraph=number("paragraph"),
        sentence=number("sentence"),
        subject=one("headSubject"),
        relation=one("headProperty"),
        object=one("headObject"),
        modality=one("modality"),
        likelihood=one("likelihood"),
        polarity=one("polarity"),
        expression=one("expression"),
        standing=one("standing"),
        voice=one("voice") or None,
        asserted_by=texts("assertedBy"),
        held_by=texts("heldBy"),
        attitude=texts("attitude"),
        condition=texts("condition"),
        valid_time=one("validTime") or None,
        earliest_begin=day("hasEarliestBeginTimeStamp"),
        latest_begin=day("hasLatestBeginTimeStamp"),
        earliest_end=day("hasEarliestEndTimeStamp"),
        latest_end=day("hasLatestEndTimeStamp"),
        paraphrase=one("paraphrase") or None,
    )


def listed(names: Iterable[str]) -> str:
    """Names as people list them.

    >>> listed(["Taiwan", "Tibet", "Xinjiang"])
    'Taiwan, Tibet and Xinjiang'
    """
    words = list(names)
    return " and ".join(([", ".join(words[:-1])] if len(words) > 1 else []) + words[-1:])
