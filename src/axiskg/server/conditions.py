"""If-Match and If-None-Match (RFC 9110, 13.1 and 13.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from axiskg.server.http import HeaderList, ProblemError

__all__ = ["Conditions", "matches_etag", "not_modified"]

_TAG = re.compile(rb'(?:W/)?"[^"]*"')


def matches_etag(header: bytes | None, etag: bytes) -> bool:
    """Whether an If-None-Match header names the tag, compared weakly (RFC 9110, 8.8.3.2).

    >>> matches_etag(b'W/"a", "b"', b'"a"'), matches_etag(b"*", b'"a"'), matches_etag(None, b'"a"')
    (True, True, False)
    """
    if header is None:
        return False
    if header.strip() == b"*":
        return True
    return any(tag.removeprefix(b"W/") == etag for tag in _TAG.findall(header))


def not_modified(etag: bytes, vary: bytes) -> HeaderList:
    """The headers of a 304: those of the 200 that say how it is kept (RFC 9110, 15.4.5)."""
    return [(b"etag", etag), (b"vary", vary), (b"cache-control", b"no-cache")]


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a write demands of the graph as it is; the headers as sent, None for none."""

    match: bytes | None
    none_match: bytes | None

    @classmethod
    def of(cls, headers: dict[bytes, bytes]) -> Conditions:
        """Those of a request."""
        return cls(headers.get(b"if-match"), headers.get(b"if-none-match"))

    def __bool__(self) -> bool:
        """Whether there are any."""
        return self.match is not None or self.none_match is not None

    @property
    def must_exist(self) -> bool | None:
        """Whether the graph must, or must not, be there; None when it doesn't matter."""
        if self.match is not None:
            return True
        if self.none_match is not None and self.none_match.strip() == b"*":
            return False
        return None

    @property
    def need_the_tag(self) -> bool:
        """Whether the graph's entity tag decides."""
        return any(h is not None and h.strip() != b"*" for h in (self.match, self.none_match))

    def tags_hold(self, beginning: bytes) -> bool:
        """Whether the tags allow a write; all tags of the graph as it is have this beginning.

        Any format's tag counts, since a write is to the graph and not to one representation.
        If-Match compares strongly: a weak tag never matches (RFC 9110, 13.1.1).
        """
        match, none_match = self.match, self.none_match
        if match is not None and match.strip() != b"*":
            return any(tag.startswith(beginning) for tag in _TAG.findall(match))
        if match is None and none_match is not None and none_match.strip() != b"*":
            tags = (tag.removeprefix(b"W/") for tag in _TAG.findall(none_match))
            return not any(tag.startswith(beginning) for tag in tags)
        return True

    def failure(self) -> ProblemError:
        """The 412."""
        if self.match is not None:
            return ProblemError(412, "the graph is not the one that If-Match names any more")
        return ProblemError(412, "the graph is there, and If-None-Match wants it not to be")
