"""Statements with their place in the source, read from the provenance graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from axiskg.namespaces import AXIS, PREFIXES
from axiskg.reasoning.lookup import rows
from axiskg.reasoning.terms import text_of
from axiskg.reasoning.values import Asked, Citation, short
from axiskg.store.protocol import Store, Term

__all__ = ["citations", "dating", "heads", "listed"]

_HEAD: Final = (AXIS + "headSubject", AXIS + "headProperty", AXIS + "headObject")


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


def heads(
    store: Store, queries_dir: Path, statements: Iterable[str]
) -> dict[str, tuple[str, str, str]]:
    """The head triple of each statement, as term texts; statements without one are left out."""
    wanted = [NamedNode(iri) for iri in sorted(set(statements))]
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows(store, queries_dir, "statement-provenance", statement=wanted):
        statement, property_, value = row["statement"], row["property"], row["value"]
        assert isinstance(statement, NamedNode)
        assert isinstance(property_, NamedNode)
        if property_.value in _HEAD:
            assert not isinstance(value, Triple)
            found[statement.value][property_.value] = text_of(value)
    return {
        iri: (parts[_HEAD[0]], parts[_HEAD[1]], parts[_HEAD[2]])
        for iri, parts in found.items()
        if len(parts) == len(_HEAD)
    }


def dating(cited: Iterable[Citation], asked: Asked) -> str:
    """In words how many of the statements count on the day only because they bear no date."""
    if asked.as_of is None:
        return ""
    all_ = {citation.statement: citation for citation in cited}
    undated = sum(
        not (c.earliest_begin or c.latest_begin or c.earliest_end or c.latest_end)
        for c in all_.values()
    )
    if not undated:
        return ""
    if undated == len(all_):
        return "None of the statements bears a date; such count on any day."
    return f"{undated} of the {len(all_)} statements bear no date; such count on any day."


def listed(names: Iterable[str]) -> str:
    """Names as people list them.

    >>> listed(["Taiwan", "Tibet", "Xinjiang"])
    'Taiwan, Tibet and Xinjiang'
    """
    words = list(names)
    return " and ".join(([", ".join(words[:-1])] if len(words) > 1 else []) + words[-1:])
