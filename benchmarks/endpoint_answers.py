"""Whether the answers that the servers give under load are right."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox

__all__ = ["Expected", "WrongAnswerError"]

_JSON = ox.QueryResultsFormat.JSON


class WrongAnswerError(Exception):
    """A server gave an answer that is not the engine's own."""


class Expected:
    """The answers of the engine itself, on the same triples."""

    def __init__(self, store: Path) -> None:
        self._store = ox.Store.read_only(str(store))

    def check(self, server: str, samples: list[tuple[bytes, bytes]]) -> int:
        """How many pairs of a request and its answer's body there are, all of them right."""
        for request, body in samples:
            target = request.split(b" ", 2)[1].decode()
            (query,) = parse_qs(urlsplit(target).query)["query"]
            wanted = _comparable(self._store.query(query))
            given = _comparable(ox.parse_query_results(body, format=_JSON))
            if wanted != given:
                raise WrongAnswerError(f"{server} answers {query} with {body[:500]!r}")
        return len(samples)


def _comparable(
    results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
) -> bool | list[str]:
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    assert isinstance(results, ox.QuerySolutions)
    names = [variable.value for variable in results.variables]
    return sorted(str([(name, str(row[name])) for name in names]) for row in results)
