"""The note, in the store itself, that its conclusions may not follow from its statements any more.

A write by hand to what the build keeps sets it in its own transaction, and drawing the conclusions
anew removes it in theirs, so no crash comes between. Only a store that a build has filled has
conclusions, so only there is it set.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from pyoxigraph import Literal, NamedNode

from axiskg.namespaces import INFERRED_GRAPH, PREFIXES, PROVENANCE_GRAPH, ROOT
from axiskg.store.protocol import Answer, Solutions

__all__ = ["Staleness", "now", "removal", "setting", "staleness"]

_SINCE = f"<{PREFIXES['prov']}invalidatedAtTime>"
_BY = f"<{PREFIXES['prov']}wasInvalidatedBy>"
_BUILT = f"<{ROOT}> <{PREFIXES['schema']}sha256> ?hash"
"""The record that a build leaves."""
_INFERRED = f"<{INFERRED_GRAPH}>"


@dataclass(frozen=True, slots=True)
class Staleness:
    """Since when conclusions are stale (UTC, ISO 8601), and the IRI of the last write's note."""

    since: str
    note: str


def now() -> str:
    """The time: UTC, ISO 8601, in seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def setting(at: str = "", *, everywhere: bool = False) -> str:
    """The update operation that sets the note: the time of the first write, a name of this one.

    `at` is the time of this write, now if not given.
    With `everywhere` also in a store that no build has filled: for a build about to begin.
    """
    built = "" if everywhere else _BUILT
    time = f'"{at or now()}"^^<{PREFIXES["xsd"]}dateTime>'
    return f"""DELETE {{ GRAPH <{PROVENANCE_GRAPH}> {{ {_INFERRED} {_BY} ?last }} }}
INSERT {{ GRAPH <{PROVENANCE_GRAPH}> {{ {_INFERRED} {_SINCE} ?since ; {_BY} <{uuid4().urn}> }} }}
WHERE {{ GRAPH <{PROVENANCE_GRAPH}> {{
  {built}
  OPTIONAL {{ {_INFERRED} {_SINCE} ?first }}
  OPTIONAL {{ {_INFERRED} {_BY} ?last }}
  BIND(COALESCE(?first, {time}) AS ?since) }} }}"""


def staleness(query: Callable[[str], Answer]) -> Staleness | None:
    """The note that a store holds, or None."""
    found = query(
        f"SELECT ?since ?note WHERE {{ GRAPH <{PROVENANCE_GRAPH}>"
        f" {{ {_INFERRED} {_SINCE} ?since ; {_BY} ?note }} }} ORDER BY ?since LIMIT 1"
    )
    assert isinstance(found, Solutions)
    for since, note in found.rows:
        if isinstance(since, Literal) and isinstance(note, NamedNode):
            return Staleness(since.value, note.value)
    return None


def removal(found: Staleness) -> str:
    """The update operation that removes a note, unless a later write has set its own."""
    pattern = f"GRAPH <{PROVENANCE_GRAPH}> {{ {_INFERRED} {_SINCE} ?since ; {_BY} <{found.note}> }}"
    return f"DELETE {{ {pattern} }} WHERE {{ {pattern} }}"
