"""Rows of the saved queries that the analysis asks (`queries/reasoning/`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode

from axiskg.queries import Catalogue, SavedQuery
from axiskg.store.protocol import Solutions, Store, Term

__all__ = ["BATCH", "rows"]

BATCH: Final = 500
"""How many terms one query is asked about; longer lists are asked in several."""


@lru_cache(maxsize=64)
def _query(queries_dir: Path, name: str) -> SavedQuery:
    return Catalogue(queries_dir).get(f"reasoning/{name}")


def rows(
    store: Store, queries_dir: Path, name: str, **terms: Iterable[NamedNode | Literal]
) -> list[Mapping[str, Term]]:
    """The rows of `queries/reasoning/<name>.rq`, its one parameter set to one or more terms.

    Without a parameter the query is asked as it stands; with an empty list of terms there are no
    rows.
    """
    query = _query(queries_dir, name)
    if not terms:
        return _asked(store, query.text)
    ((parameter, given),) = terms.items()
    values = list(given)
    return [
        row
        for start in range(0, len(values), BATCH)
        for row in _asked(store, query.bound(_slice(parameter, values, start)))
    ]


def _slice(
    parameter: str, values: Sequence[NamedNode | Literal], start: int
) -> dict[str, Sequence[NamedNode | Literal]]:
    return {parameter: values[start : start + BATCH]}


def _asked(store: Store, text: str) -> list[Mapping[str, Term]]:
    answer = store.query(text)
    assert isinstance(answer, Solutions)
    return list(answer.dicts())
