"""One SELECT asked of another SPARQL endpoint, its answer checked and bounded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from pyoxigraph import Literal, NamedNode

from axiskg.errors import LinkingError, QueryTooLargeError
from axiskg.linking.guard import Reach, fetch, shown
from axiskg.linking.http_cache import HttpCache
from axiskg.namespaces import ROOT

__all__ = ["Table", "select"]

Term = NamedNode | Literal
_JSON: Final = "application/sparql-results+json"
_LONGEST_GET: Final = 1_800
_VARIABLE: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a remote SELECT; `cached` tells that no server was asked."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    cached: bool


def select(url: str, text: str, reach: Reach, cache: HttpCache, *, max_rows: int) -> Table:
    """The answer of the endpoint at `url`.

    Raises `LinkingError` when it gives none, or none that is SPARQL JSON, and
    `QueryTooLargeError` when it gives more than `max_rows`.
    """
    kept = cache.get("SELECT", url, text)
    body = kept if kept is not None else _ask(url, text, reach)
    table = _table(url, body, max_rows, cached=kept is not None)
    if kept is None:
        cache.put(body, "SELECT", url, text)
    return table


def _ask(url: str, text: str, reach: Reach) -> bytes:
    query = urlencode({"query": text})
    if len(query) <= _LONGEST_GET:
        join = "&" if "?" in url else "?"
        reply = fetch(f"{url}{join}{query}", reach, accept=_JSON)
    else:
        reply = fetch(
            url,
            reach,
            method="POST",
            accept=_JSON,
            body=query.encode(),
            content_type="application/x-www-form-urlencoded",
        )
    if reply.status != 200:
        said = shown(reply.body[:1_000].decode("utf-8", "replace"))
        raise LinkingError(f"{url} answers {reply.status}: {said or 'nothing'}")
    if reply.media_type not in (_JSON, "application/json"):
        kind = shown(reply.media_type) or "no media type"
        raise LinkingError(f"{url} answers {kind}, not {_JSON}")
    return reply.body


def _table(url: str, body: bytes, max_rows: int, *, cached: bool) -> Table:
    try:
        answer = json.loads(body)
        variables = _variables(answer["head"]["vars"])
        bindings = answer["results"]["bindings"]
        if len(bindings) > max_rows:
            raise QueryTooLargeError(
                f"{url} gives more than {max_rows} rows; narrow the SERVICE clause, or raise"
                " AXISKG_FEDERATION_MAX_ROWS"
            )
        rows = tuple(tuple(_term(row.get(name)) for name in variables) for row in bindings)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = shown(_reason(error))
        raise LinkingError(f"{url} answers what is no SPARQL result ({reason})") from error
    return Table(variables, rows, cached)


def _reason(error: Exception) -> str:
    """What of an answer is wrong, for people."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if isinstance(error, KeyError):
        return f"{error} is missing"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error) if isinstance(error, ValueError) else "a part of it is of another kind"


def _variables(names: Sequence[object]) -> tuple[str, ...]:
    """The names of variables, checked: they are written into a query."""
    checked = [name for name in names if isinstance(name, str) and _VARIABLE.fullmatch(name)]
    if len(set(checked)) < len(names):
        raise ValueError(f"no variables are called {names!r:.200}, or one stands twice")
    return tuple(checked)


def _term(cell: Mapping[str, Any] | None) -> Term | None:
    """A term; blank nodes become IRIs of ours, since a query can't name them."""
    if cell is None:
        return None
    kind, value = cell["type"], cell["value"]
    if not isinstance(value, str):
        raise TypeError("a value that is no string")
    if kind == "uri":
        return NamedNode(value)
    if kind == "bnode":
        return NamedNode(f"{ROOT}.well-known/genid/{quote(value, safe='')}")
    if kind not in ("literal", "typed-literal"):
        raise ValueError(f"a term of type {kind!r}")
    if "xml:lang" in cell:
        return Literal(value, language=cell["xml:lang"])
    if "datatype" in cell:
        return Literal(value, datatype=NamedNode(cell["datatype"]))
    return Literal(value)
