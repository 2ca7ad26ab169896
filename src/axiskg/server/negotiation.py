"""From Accept headers and `?format=` to the formats that a worker may write."""

from __future__ import annotations

from functools import lru_cache

from axiskg.errors import ParameterError, QueryError
from axiskg.formats import DATASETS, FORMATS, GRAPHS, RESULTS, Format, format_named, negotiate
from axiskg.server.answers import NotAcceptableError
from axiskg.server.http import ProblemError

__all__ = [
    "OFFERED",
    "Choices",
    "choices",
    "content_type",
    "encoding_for",
    "graph_media_type",
    "not_acceptable",
]

OFFERED: dict[str, tuple[Format, ...]] = {
    "bindings": RESULTS,
    "boolean": RESULTS,
    "graph": (*GRAPHS, *DATASETS[:2]),
}
"""The formats of each form of answer, the preferred first."""

Choices = tuple[tuple[str, tuple[str, str]], ...]

_AMBIGUOUS = frozenset({"text/plain", "application/xml", "text/xml", "application/json"})
_MIN_GZIP_QUALITY = 0.001


@lru_cache(maxsize=512)
def choices(accept: str | None, name: str | None) -> Choices:
    """For each form of answer the format's name and media type; forms without one are left out.

    `name` is the value of `?format=`, a short name or a media type, and wins over Accept; raises
    `ParameterError`.
    """
    chosen: dict[str, Format | None] = {}
    for form, offered in OFFERED.items():
        if name and "/" in name:
            chosen[form] = negotiate(name, offered)
        elif name:
            try:
                chosen[form] = format_named(name, offered)
            except QueryError:
                chosen[form] = None
        else:
            chosen[form] = negotiate(accept, offered)
    if name and not any(chosen.values()):
        raise ParameterError("format", f"one of {', '.join(FORMATS)}", repr(name))
    return tuple((form, (found.name, found.media_type)) for form, found in chosen.items() if found)


def graph_media_type(media_type: str) -> str | None:
    """The registered name of a media type that a graph can come in; None for any other.

    >>> graph_media_type("application/x-turtle"), graph_media_type("text/plain")
    ('text/turtle', None)
    """
    if media_type in _AMBIGUOUS:
        return None
    for offered in GRAPHS:
        if media_type == offered.media_type or media_type in offered.aliases:
            return offered.media_type
    return None


def content_type(media: str) -> bytes:
    """The Content-Type of a format by its name."""
    return FORMATS[media].content_type.encode()


@lru_cache(maxsize=256)
def encoding_for(accept_encoding: str) -> str:
    """zstd, gzip or '' for an Accept-Encoding header; gzip where both are as welcome.

    >>> encoding_for("gzip;q=0.5, zstd"), encoding_for("deflate, gzip"), encoding_for("br")
    ('zstd', 'gzip', '')
    """
    qualities: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, _, rest = part.strip().partition(";")
        quality = rest.strip().removeprefix("q=")
        try:
            qualities[name.strip()] = float(quality) if quality else 1.0
        except ValueError:
            qualities[name.strip()] = 0.0
    anything = qualities.get("*", 0.0)
    gzip, zstd = qualities.get("gzip", anything), qualities.get("zstd", anything)
    if max(gzip, zstd) < _MIN_GZIP_QUALITY:
        return ""
    return "zstd" if zstd > gzip else "gzip"


def not_acceptable(error: NotAcceptableError) -> ProblemError:
    """The 406 that says what there is."""
    offered = OFFERED[error.form]
    names = ", ".join(f.media_type for f in offered)
    return ProblemError(
        406,
        f"this answer can be had as {names}",
        available=[{"media_type": f.media_type, "format": f.name} for f in offered],
    )
