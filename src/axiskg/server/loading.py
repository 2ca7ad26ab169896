"""LOAD in a client's update: allowed documents are fetched, and go in with the rest of the update.

The server fetches, not the engine: only what the setting `load_from` names, through the guarded
client, bounded in time and size.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from axiskg.errors import LinkingError
from axiskg.linking.guard import Reach, fetch
from axiskg.server.http import ProblemError
from axiskg.server.negotiation import graph_media_type
from axiskg.settings import Settings
from axiskg.store.update_text import Load, loads_of, with_loads_replaced

__all__ = ["Document", "Fetched", "allowed", "fetched"]

_ACCEPT = (
    "text/turtle, application/n-triples, application/rdf+xml;q=0.9, application/ld+json;q=0.8,"
    " text/n3;q=0.7"
)
_NOTHING = "INSERT DATA {}"
_MAX_LOADS = 32
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it came, in the file `path`, for the place that `placeholder` holds."""

    placeholder: str
    graph: str | None
    media: str
    path: str
    url: str
    silent: bool
    """Whether faults in it are passed over."""

    @property
    def triples(self) -> str:
        """The file in which it will be N-Triples."""
        return f"{self.path}.nt"

    def discard(self) -> None:
        """Remove its files."""
        for path in (self.path, self.triples):
            Path(path).unlink(missing_ok=True)


@dataclass(slots=True)
class Fetched:
    """An update without LOAD, and for the writer what takes the place of its placeholders."""

    text: str
    documents: list[Document] = field(default_factory=list)

    def leave_out(self, document: Document) -> None:
        """Have the update do without a document."""
        self.documents.remove(document)
        self.text = self.text.replace(document.placeholder, _NOTHING)
        document.discard()

    def discard(self) -> None:
        """Remove the files."""
        for document in self.documents:
            document.discard()


def allowed(url: str, load_from: Iterable[str]) -> bool:
    """Whether a URL is one of those, or begins as one of them that ends in `*`.

    >>> places = ["https://example.org/a.ttl", "https://example.org/data/*"]
    >>> [allowed(f"https://example.org/{name}", places) for name in ("a.ttl", "b.ttl", "data/b")]
    [True, False, True]
    >>> allowed("https://example.org/data/../b.ttl", places)
    False
    """
    if _DOT_SEGMENT.search(urlsplit(url).path):
        return False
    return any(
        url.startswith(place[:-1]) if place.endswith("*") else url == place for place in load_from
    )


def fetched(text: str, settings: Settings, folder: Path) -> Fetched:
    """The update with its documents fetched into files in `folder`; waits for servers.

    Raises `ProblemError` 403 for a document that is not allowed, and `LinkingError` for one that
    can't be had; a SILENT one is passed over (SPARQL 1.1 Update, 3.1.4).
    """
    loads = loads_of(text)
    if len(loads) > _MAX_LOADS:
        raise ProblemError(400, f"more than {_MAX_LOADS} LOADs in one update")
    places = tuple(settings.load_from.values())
    for load in loads:
        if not load.silent and not (load.url and allowed(load.url, places)):
            raise _refusal(load, settings)
    found = Fetched(text)
    replacements: dict[int, str] = {}
    deadline = time.monotonic() + settings.load_timeout_s
    for load in loads:
        replacements[load.begin] = _NOTHING
        if not load.url or not allowed(load.url, places):
            continue
        try:
            media_type, path, url = _document(load.url, settings, deadline, folder)
        except LinkingError:
            if not load.silent:
                found.discard()
                raise
            continue
        name = uuid4().urn
        placeholder = f"INSERT DATA {{ <{name}> <{name}> <{name}> }}"
        replacements[load.begin] = placeholder
        graph = load.graph or None
        found.documents.append(Document(placeholder, graph, media_type, path, url, load.silent))
    found.text = with_loads_replaced(text, replacements)
    return found


def _refusal(load: Load, settings: Settings) -> ProblemError:
    known = ", ".join(sorted(settings.load_from)) or "none"
    return ProblemError(
        403,
        f"LOAD {f'<{load.url}>' if load.url else 'of that document'} is not allowed; allowed are:"
        f" {known} (setting AXISKG_LOAD_FROM, a JSON object of names and URLs); or send the"
        " document to the Graph Store at /graphs",
    )


def _document(url: str, settings: Settings, deadline: float, folder: Path) -> tuple[str, str, str]:
    """Media type, file and final URL of a document. Raises `LinkingError`."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise LinkingError(
            f"{url}: the update's documents took all of the {settings.load_timeout_s:g} s that"
            " they may take"
        )
    reach = Reach(
        timeout_s=left,
        max_bytes=settings.load_max_mb * 1_000_000,
        retries=settings.federation_retries,
        allow_loopback=settings.allow_loopback,
        allow_private=settings.private_hosts,
        user_agent=settings.user_agent,
    )
    reply = fetch(url, reach, accept=_ACCEPT)
    if reply.status != 200:
        raise LinkingError(f"{url} answers {reply.status}, so there is nothing to load")
    media_type = graph_media_type(reply.media_type)
    if media_type is None:
        raise LinkingError(f"{url} is {reply.media_type or 'of no media type'}, which is not RDF")
    handle, path = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(reply.body)
    return media_type, path, reply.url
