"""What a query or update may not do, told from its text before any engine sees it."""

from __future__ import annotations

import re
from functools import lru_cache

from axiskg.errors import QueryError
from axiskg.server.http import ProblemError
from axiskg.settings import Settings
from axiskg.store.sparql_text import keywords, tokens

__all__ = ["Limits", "Verdict", "examine", "is_repeatable"]

_REMEMBERED = 4096
_SUSPECTS = ("service", "load", "\\u")
_UNREPEATABLE_PARTS = ("now", "rand", "uuid", "bnode", "\\u")
_UNREPEATABLE = re.compile(r"\b(?:now|rand|uuid|struuid|bnode)\s*\(|\\u", re.IGNORECASE)
_PART_WORDS = frozenset({"UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "GRAPH"})
_PART_OPERATORS = frozenset("|/&+-*=<>!^") | {"||", "&&", "^^", "!=", "<=", ">="}


class Limits(tuple[int, int, int]):
    """Bytes, depth and parts that a request's text may have."""

    __slots__ = ()

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that the settings name."""
        return cls(
            (
                settings.max_request_kb << 10,
                settings.max_query_depth,
                settings.max_query_parts,
            )
        )


Verdict = tuple[bool, bool]
"""Whether SERVICE and whether LOAD is in the request."""


def examine(text: str, limits: Limits) -> Verdict:
    """Whether a request uses SERVICE and LOAD; raises `ProblemError` for one over a limit."""
    # Long ones are not remembered: thousands of them would fill the memory.
    return _examined(text, limits) if len(text) <= _REMEMBERED else _examine(text, limits)


def _examine(text: str, limits: Limits) -> Verdict:
    max_bytes, max_depth, max_parts = limits
    if len(text) > max_bytes:
        raise ProblemError(413, f"the text is over {max_bytes >> 10} kB")
    if len(text) > min(max_depth, max_parts):
        _check_shape(text, max_depth, max_parts)
    folded = text.casefold()
    if not any(part in folded for part in _SUSPECTS):
        return (False, False)
    words = keywords(text)
    return ("SERVICE" in words, "LOAD" in words)


_examined = lru_cache(maxsize=2048)(_examine)


def _check_shape(text: str, max_depth: int, max_parts: int) -> None:
    parts = run = 0
    for token in tokens(text):
        if token.kind == "word":
            parts += token.value.upper() in _PART_WORDS
        elif token.kind == "operator":
            parts += token.value in _PART_OPERATORS
        # A pile of prefix operators nests in the parser as brackets do.
        run = run + 1 if token.kind == "operator" and token.value in "!-+^" else 0
        if token.depth + run >= max_depth:
            raise QueryError(f"brackets nest deeper than the {max_depth} that are allowed")
        if parts > max_parts:
            raise QueryError(
                f"more than the {max_parts} UNIONs, filters, operators and path steps that are"
                " allowed"
            )


def is_repeatable(text: str) -> bool:
    """Whether the same query on the same generation gives the same answer."""
    folded = text.casefold()
    # Searching for whole words takes longer than everything else here, and few queries need it.
    if not any(part in folded for part in _UNREPEATABLE_PARTS):
        return True
    return _UNREPEATABLE.search(text) is None
