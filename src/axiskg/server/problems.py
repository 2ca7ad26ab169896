"""Errors as RFC 9457 problem documents: one table from class to status, one shape."""

from __future__ import annotations

import json

from axiskg import errors
from axiskg.server.answers import NotAcceptableError, OverloadError
from axiskg.server.http import HeaderList, ProblemError

__all__ = ["PROBLEM_TYPE", "problem", "status_of"]

PROBLEM_TYPE = b"application/problem+json"

_STATUSES: tuple[tuple[type[errors.AxisKGError], int], ...] = (
    (NotAcceptableError, 406),
    (OverloadError, 503),
    (errors.QueryTimeoutError, 504),
    (errors.QueryTooLargeError, 503),
    (errors.UnknownQueryError, 404),
    (errors.NotAllowedError, 403),
    (errors.ConflictError, 409),
    (errors.QueryError, 400),
    (errors.NotFoundError, 404),
    (errors.RuleError, 500),
    (errors.ParseError, 400),
    (errors.DataError, 422),
    (errors.LinkingError, 502),
    (errors.StoreError, 503),
    (errors.ConfigError, 500),
    (errors.AxisKGError, 500),
)

_TITLES = {
    400: "Bad request",
    401: "Token needed",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    408: "Request timeout",
    409: "Conflict",
    412: "Precondition failed",
    413: "Request too large",
    414: "URL too long",
    415: "Unsupported media type",
    422: "Unprocessable content",
    429: "Too many requests",
    431: "Headers too large",
    500: "Internal error",
    502: "Bad gateway",
    503: "Not now",
    504: "Deadline passed",
}
_BASE = "https://w3id.org/axiskg/problem/"


def status_of(error: errors.AxisKGError) -> int:
    """The HTTP status of an error: that of the first class in the table that it is."""
    if isinstance(error, ProblemError):
        return error.status
    return next(status for kind, status in _STATUSES if isinstance(error, kind))


def problem(
    error: errors.AxisKGError, *, request_id: str, text: str | None = None
) -> tuple[int, HeaderList, bytes]:
    """Status, headers and body for an error.

    `text` is the query or update, of which a syntax error shows the line with a caret.
    """
    status = status_of(error)
    name = type(error).__name__.removesuffix("Error")
    slug = "".join(f"-{c.lower()}" if c.isupper() else c for c in name).strip("-")
    document: dict[str, object] = {
        "type": _BASE + ("http" if isinstance(error, ProblemError) else slug),
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": str(error),
        "request_id": request_id,
    }
    headers: HeaderList = [(b"content-type", PROBLEM_TYPE), (b"cache-control", b"no-store")]
    if isinstance(error, ProblemError):
        document.update(error.members)
        headers += error.headers
    if isinstance(error, errors.QuerySyntaxError) and error.line:
        document["line"], document["column"] = error.line, error.column
        if text is not None:
            document["near"] = _caret(text, error.line, error.column or 1)
    if isinstance(error, errors.ParameterError):
        document["parameter"], document["expected"] = error.name, error.expected
    if isinstance(error, errors.DataError) and error.line:
        document["line"] = error.line
    if status == 503:
        after = error.retry_after_s if isinstance(error, OverloadError) else 5
        headers.append((b"retry-after", str(after).encode()))
    return status, headers, json.dumps(document, ensure_ascii=False).encode()


def _caret(text: str, line: int, column: int, width: int = 72) -> str:
    lines = text.splitlines() or [""]
    shown = lines[min(line, len(lines)) - 1]
    start = max(0, column - 1 - width // 2)
    return f"{shown[start : start + width]}\n{' ' * (column - 1 - start)}^"
