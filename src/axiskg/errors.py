"""The errors that AxisKG raises on purpose; none of them knows HTTP or exit codes.

AxisKGError
├── ConfigError              a setting or the installation is wrong
├── DataError(path, line)    an input file is wrong
│   ├── ParseError           not well-formed
│   ├── ProvenanceError      a statement whose provenance is missing or contradicts itself
│   └── ShapeError(report)   a gate of `axiskg check` failed
├── QueryError               a query, update or parameter is wrong
│   ├── UnknownQueryError    no saved query of that name
│   ├── ParameterError(name, expected, got)
│   ├── QuerySyntaxError(line, column)
│   ├── NotAllowedError      the operator has not allowed what it asks for
│   ├── ConflictError        an update does not fit what the store holds
│   ├── QueryTimeoutError    stopped at its deadline
│   └── QueryTooLargeError   stopped at a memory, row or size limit
├── RuleError(message, cure, path, line)
│                            a rule outside the rule language
├── NotFoundError            no such entity, statement or source
├── LinkingError             a remote source or snapshot failed
└── StoreError               the store is locked, missing or broken
    └── StoreLockedError
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

__all__ = [
    "AxisKGError",
    "ConfigError",
    "ConflictError",
    "DataError",
    "LinkingError",
    "NotAllowedError",
    "NotFoundError",
    "ParameterError",
    "ParseError",
    "ProvenanceError",
    "QueryError",
    "QuerySyntaxError",
    "QueryTimeoutError",
    "QueryTooLargeError",
    "RuleError",
    "ShapeError",
    "StoreError",
    "StoreLockedError",
    "UnknownQueryError",
    "did_you_mean",
]


class AxisKGError(Exception):
    """The root of the tree above; `str(error)` is the message for a person, cure included."""


class ConfigError(AxisKGError):
    """A setting has no usable value, or a part of the installation is missing."""


class DataError(AxisKGError):
    """An input file is wrong; the message begins with `path:line: ` where they are known."""

    def __init__(self, message: str, *, path: Path | str | None = None, line: int | None = None):
        self.path = None if path is None else Path(path)
        self.line = line
        place = "" if path is None else f"{path}:" + (f"{line}:" if line else "") + " "
        super().__init__(f"{place}{message}")


class ParseError(DataError):
    """A file is not well-formed YAML, Turtle, TriG or the like."""


class ProvenanceError(DataError):
    """A statement lacks provenance, or its fields contradict each other."""


class ShapeError(DataError):
    """A gate failed; `report` is the whole report as text."""

    def __init__(
        self,
        message: str,
        *,
        report: str = "",
        path: Path | str | None = None,
        line: int | None = None,
    ):
        super().__init__(message, path=path, line=line)
        self.report = report


class QueryError(AxisKGError):
    """A query, an update or one of its parameters is wrong."""


class UnknownQueryError(QueryError):
    """There is no saved query of that name."""


class ParameterError(QueryError):
    """A parameter is missing, unknown, or of the wrong type."""

    def __init__(self, name: str, expected: str, got: str):
        self.name, self.expected, self.got = name, expected, got
        super().__init__(f"parameter {name!r}: expected {expected}, got {got}")


class QuerySyntaxError(QueryError):
    """SPARQL that does not parse; `line` and `column` count from 1."""

    def __init__(self, message: str, *, line: int | None = None, column: int | None = None):
        self.line, self.column = line, column
        super().__init__(message)


class NotAllowedError(QueryError):
    """A query or update asks for something, such as a remote server, that is not allowed."""


class ConflictError(QueryError):
    """An update that is right in itself does not fit what the store holds."""


class QueryTimeoutError(QueryError):
    """A query ran into its deadline."""


class QueryTooLargeError(QueryError):
    """A query or its result ran into a limit other than time."""


class RuleError(DataError):
    """A rule file uses what the rule language does not allow; `cure` says what mends it."""

    def __init__(
        self,
        message: str,
        cure: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
    ):
        super().__init__(f"{message}: {cure}", path=path, line=line)
        self.message, self.cure = message, cure


class NotFoundError(AxisKGError):
    """There is no entity, statement or source of that name."""


class LinkingError(AxisKGError):
    """A remote source of identities, or a snapshot of one, failed."""


class StoreError(AxisKGError):
    """The store can't be opened, read or written."""


class StoreLockedError(StoreError):
    """Another process holds the store for writing."""


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A clause that offers up to three near names, or the empty string.

    >>> did_you_mean("chna", ["china", "russia"])
    '; did you mean china?'
    """
    near = get_close_matches(word, known, n=3, cutoff=0.6)
    return f"; did you mean {' or '.join(near)}?" if near else ""
