"""A server of documents, some of them bad, that counts who asks for what."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

__all__ = ["Documents", "serving_documents"]

TURTLE = "text/turtle; charset=utf-8"
RESULTS = "application/sparql-results+json"
PAGES: dict[str, tuple[str, bytes]] = {
    "/data/a.ttl": (TURTLE, b"<rel> <urn:p> [ <urn:q> 'a' ] ."),
    "/data/b.rdf": (
        "application/rdf+xml",
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:u="urn:">'
        b'<rdf:Description rdf:about="urn:b"><u:p>b</u:p></rdf:Description></rdf:RDF>',
    ),
    "/data/empty.ttl": (TURTLE, b"# nothing"),
    "/data/broken.ttl": (TURTLE, b"<urn:s> <urn:p> ."),
    "/data/page.html": ("text/html", b"<p>no RDF</p>"),
    "/data/quads.trig": ("application/trig", b"<urn:g> { <urn:s> <urn:p> 1 }"),
    "/data/graphs.jsonld": (
        "application/ld+json",
        b'{"@id": "urn:g", "@graph": [{"@id": "urn:s", "urn:p": 1}]}',
    ),
    "/data/large.ttl": (TURTLE, b"# " + b"x" * 1_500_000),
    "/secret.ttl": (TURTLE, b"<urn:secret> <urn:p> 1 ."),
    "/sparql": (
        RESULTS,
        b'{"head": {"vars": ["s"]}, "results": {"bindings":'
        b' [{"s": {"type": "uri", "value": "urn:remote"}}]}}',
    ),
}


@dataclass
class Documents:
    """Where the documents are, and the paths that were asked for."""

    port: int
    asked: list[str] = field(default_factory=list)

    @property
    def root(self) -> str:
        """The URL without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """A page, a redirect to what `?to=` says, or a body that trickles."""
        documents: Documents = self.server.documents  # type: ignore[attr-defined]
        documents.asked.append(self.path)
        parts = urlsplit(self.path)
        if parts.path.endswith("/redirect"):
            self._send(302, "text/plain", b"", unquote(parts.query.removeprefix("to=")))
        elif parts.path == "/data/slow.ttl":
            self._trickle()
        elif parts.path in PAGES:
            self._send(200, *PAGES[parts.path])
        else:
            self._send(404, "text/plain", b"no such page")

    def _send(self, status: int, media_type: str, body: bytes, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", TURTLE)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        with contextlib.suppress(OSError):
            for _ in range(100):
                self.wfile.write(b"#")
                time.sleep(0.1)
        self.close_connection = True


@contextlib.contextmanager
def serving_documents() -> Iterator[Documents]:
    """The server, in a thread of this process."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    documents = Documents(server.server_address[1])
    server.documents = documents  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield documents
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
