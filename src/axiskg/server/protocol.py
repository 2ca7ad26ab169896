"""SPARQL 1.1 Protocol: what a request at /sparql or /update asks for, or why it is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from axiskg.errors import ParameterError
from axiskg.server.http import ProblemError, decoded, parameters

__all__ = ["FORM", "QUERY_TYPE", "UPDATE_TYPE", "Operation", "absolute_iri", "read_operation"]

FORM = "application/x-www-form-urlencoded"
QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|\\^`]*")
_QUERY_GRAPHS = ("default-graph-uri", "named-graph-uri")
_UPDATE_GRAPHS = ("using-graph-uri", "using-named-graph-uri")


@dataclass(frozen=True, slots=True)
class Operation:
    """A query, an update, or with `text` None neither (2.1 and 2.2)."""

    kind: str
    text: str | None
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    options: dict[str, str] = field(default_factory=dict)
    """Our own parameters: format, timeout."""


def absolute_iri(value: str, name: str) -> str:
    """An absolute IRI; raises `ParameterError`."""
    if not _IRI.fullmatch(value):
        raise ParameterError(name, "an absolute IRI", repr(value))
    return value


def read_operation(method: str, query_string: bytes, media_type: str, body: bytes) -> Operation:
    """The operation of a GET or POST request; raises `ProblemError` with the right status."""
    if method != "POST" and query_string.startswith(b"query=") and b"&" not in query_string:
        # The one parameter of most requests, without the general way's lists.
        return _operation("query", decoded(query_string[6:], what="query string"), [])
    pairs = parameters(query_string, what="query string") if query_string else []
    if method != "POST":
        return _from_pairs(pairs, method)
    if media_type == FORM:
        form = parameters(body, what="form")
        misplaced = {"query", "update"} & {name for name, _ in pairs}
        if misplaced:
            raise ProblemError(400, f"{misplaced.pop()!r} belongs in the form, not in the URL")
        return _from_pairs(pairs + form, method)
    if media_type in {QUERY_TYPE, UPDATE_TYPE}:
        kind = "query" if media_type == QUERY_TYPE else "update"
        if {"query", "update"} & {name for name, _ in pairs}:
            raise ProblemError(400, "the request is in the body; the URL can't hold another one")
        return _operation(kind, _utf8(body), pairs)
    if not media_type and not body:
        raise ProblemError(400, "a POST without a body; send the query or update in the body")
    raise ProblemError(
        415,
        f"a POST with {media_type or 'no content type'} is not in the protocol; send {QUERY_TYPE},"
        f" {UPDATE_TYPE} or {FORM}",
        accepted=[QUERY_TYPE, UPDATE_TYPE, FORM],
        headers=[(b"accept-post", f"{QUERY_TYPE}, {UPDATE_TYPE}, {FORM}".encode())],
    )


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError(400, f"the body is not UTF-8 at byte {error.start}") from None


def _from_pairs(pairs: list[tuple[str, str]], method: str) -> Operation:
    queries = [value for name, value in pairs if name == "query"]
    updates = [value for name, value in pairs if name == "update"]
    if queries and updates:
        raise ProblemError(400, "both a query and an update; send one")
    for name, values in (("query", queries), ("update", updates)):
        if len(values) > 1:
            raise ProblemError(400, f"{len(values)} parameters named {name!r}; send one")
    if updates:
        if method != "POST":
            raise ProblemError(400, "an update can't be sent with GET; use POST")
        return _operation("update", updates[0], pairs)
    if not queries and method == "POST":
        raise ProblemError(400, "neither a query nor an update in the request")
    return _operation("query", queries[0] if queries else None, pairs)


def _operation(kind: str, text: str | None, pairs: list[tuple[str, str]]) -> Operation:
    own, foreign = (
        (_QUERY_GRAPHS, _UPDATE_GRAPHS) if kind == "query" else (_UPDATE_GRAPHS, _QUERY_GRAPHS)
    )
    graphs: dict[str, list[str]] = {name: [] for name in own}
    options: dict[str, str] = {}
    for name, value in pairs:
        if name in graphs:
            graphs[name].append(absolute_iri(value, name))
        elif name in foreign:
            raise ProblemError(400, f"{name!r} does not go with a {kind}")
        elif name in {"timeout", "format"}:
            if name in options:
                raise ProblemError(400, f"more than one parameter named {name!r}; send one")
            options[name] = value
    default, named = (_given(graphs[name]) for name in own)
    if text is not None and "\x00" in text:
        raise ProblemError(400, f"the {kind} holds a NUL character")
    return Operation(kind, text, default, named, options)


def _given(values: Iterable[str]) -> tuple[str, ...] | None:
    return tuple(dict.fromkeys(values)) or None
