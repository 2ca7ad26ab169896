"""The endpoint beside `oxigraph serve` and rdflib-endpoint, in interleaved rounds.

    python -m benchmarks.endpoint [--triples N] [--rounds N] [--seconds S] [--no-rdflib]

All servers hold the same triples and run at the same time; only one is loaded at a time, by the
same client with connections that stay open. Texts vary from request to request, and no cache is
asked, but where the table says that they are the same. A sample of the answers under load is
compared with the engine's own. On a shared machine read the figures as ratios.

With 1.5 million triples, the default, and rdflib-endpoint it takes about ten minutes and 4 GB: the
stores are made first, and rdflib reads its copy into memory in one to two minutes.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
from benchmarks.conformance_servers import Server, axiskg_server, oxigraph_server, rdflib_server
from benchmarks.endpoint_answers import Expected, WrongAnswerError
from benchmarks.endpoint_load import Load, get, in_background, load, rows_in, transfer
from benchmarks.endpoint_memory import watched_memory

__all__ = ["main"]

_ENTITY = "https://example.org/entity/"
_PROPERTY = "https://example.org/property/"
_PROPERTIES = 15
_RUNAWAYS = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c LIMIT 10",
)
_RUNAWAY_EVERY_S = 0.5
_DEADLINE_S = 2.0
_GIVE_UP_S = 15.0
_LARGE_ROWS = 100_000
_LARGE = f"SELECT ?s ?p ?o {{ ?s ?p ?o }} LIMIT {_LARGE_ROWS}"

Figures = dict[str, dict[str, list[float]]]


def _triples(count: int) -> Iterator[ox.Quad]:
    source = random.Random(7)
    entities = count // _PROPERTIES
    for number in range(entities):
        subject = ox.NamedNode(f"{_ENTITY}{number}")
        for place in range(_PROPERTIES):
            value: ox.NamedNode | ox.Literal
            if place < 5:
                value = ox.NamedNode(f"{_ENTITY}{source.randrange(entities)}")
            else:
                value = ox.Literal(f"value {source.randrange(1000)} of entity {number}")
            yield ox.Quad(subject, ox.NamedNode(f"{_PROPERTY}{place}"), value)


def _selects(server: Server, entities: int, *, fresh: bool) -> Iterator[bytes]:
    source = random.Random(11)
    while True:
        entity = source.randrange(entities)
        query = f"SELECT ?o {{ <{_ENTITY}{entity}> <{_PROPERTY}1> ?x . ?x <{_PROPERTY}7> ?o }}"
        yield get(server.query, query, fresh=fresh)


def _asks(server: Server, entities: int) -> Iterator[bytes]:
    source = random.Random(13)
    while True:
        query = f"ASK {{ <{_ENTITY}{source.randrange(entities)}> <{_PROPERTY}1> ?x }}"
        yield get(server.query, query, fresh=True)


def _repeated(server: Server, entities: int) -> Iterator[bytes]:
    few = list(itertools.islice(_selects(server, entities, fresh=False), 64))
    return itertools.cycle(few)


class _Attack:
    """Two runaway queries a second."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._stop = threading.Event()
        self.outcomes: Counter[str] = Counter()
        self.slowest_s = 0.0
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> _Attack:
        self._threads = [in_background(self._send)]
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        deadline = time.monotonic() + _DEADLINE_S + 5
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _send(self) -> None:
        for query in itertools.cycle(_RUNAWAYS):
            if self._stop.wait(_RUNAWAY_EVERY_S):
                return
            self._threads.append(in_background(lambda text=query: self._one(text)))  # type: ignore[misc]

    def _one(self, query: str) -> None:
        # The simplest client there is: it shares a processor with the load generator.
        parts = urlsplit(self._server.query)
        connection = http.client.HTTPConnection(parts.netloc, timeout=_GIVE_UP_S)
        began = time.monotonic()
        try:
            connection.request("GET", f"{parts.path}?query={quote(query)}")
            response = connection.getresponse()
            response.read()
            outcome = str(response.status)
        except TimeoutError:
            outcome = "never"
        except (OSError, http.client.HTTPException):
            outcome = "broken"
        finally:
            connection.close()
        self.outcomes[outcome] += 1
        if outcome != "never":
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)


def _round(
    server: Server, entities: int, seconds: float, figures: Figures, expected: Expected
) -> int:
    """Measure one server once; how many of its answers have been checked."""
    checked = 0

    def note(name: str, value: float) -> None:
        figures.setdefault(name, {}).setdefault(server.name, []).append(value)

    def run(requests: Iterator[bytes], clients: int) -> Load:
        nonlocal checked
        measured = load(server.query, requests, clients=clients, seconds=seconds)
        checked += expected.check(server.name, measured.samples)
        return measured

    note("small SELECT, 1 client, /s", run(_selects(server, entities, fresh=True), 1).per_s)
    many = run(_selects(server, entities, fresh=True), 16)
    note("small SELECT, 16 clients, /s", many.per_s)
    note("small SELECT, 16 clients, p99 ms", many.quantile_ms(0.99))
    note("ASK, 16 clients, /s", run(_asks(server, entities), 16).per_s)
    run(_repeated(server, entities), 4)
    note("the same 64 SELECTs, 16 clients, /s", run(_repeated(server, entities), 16).per_s)
    large = transfer(server.query, _LARGE)
    note("100 k rows, MB/s", large.mb_per_s)
    note("100 k rows, first byte ms", large.first_s * 1000)
    return checked


def _hostile(server: Server, entities: int, seconds: float, figures: Figures) -> Counter[str]:
    def note(name: str, value: float) -> None:
        figures.setdefault(name, {}).setdefault(server.name, []).append(value)

    quiet = load(server.query, _selects(server, entities, fresh=True), clients=16, seconds=seconds)
    with watched_memory(server.pid) as memory, _Attack(server) as attack:
        time.sleep(1)
        hostile = load(
            server.query, _selects(server, entities, fresh=True), clients=16, seconds=2 * seconds
        )
    note("under attack, quiet rate, /s", quiet.per_s)
    note("under attack, rate, /s", hostile.per_s)
    note("under attack, share of the quiet rate", hostile.per_s / max(quiet.per_s, 1e-9))
    note("under attack, p99 ms", hostile.quantile_ms(0.99))
    note("under attack, errors of others", float(hostile.errors))
    note("under attack, most memory MB", memory[0])
    note("under attack, slowest runaway s", attack.slowest_s)
    return attack.outcomes


def _print(figures: Figures, names: list[str]) -> None:
    print("| | " + " | ".join(names) + " | ours / Oxigraph's |")
    print("|---" * (len(names) + 2) + "|")
    for measure, by_server in figures.items():
        middle = {name: statistics.median(values) for name, values in by_server.items()}
        cells = [f"{middle[name]:,.2f}" if name in middle else "" for name in names]
        ratio = ""
        if middle.get("oxigraph") and "axiskg" in middle:
            ratio = f"{middle['axiskg'] / middle['oxigraph']:.2f}"
        print(f"| {measure} | " + " | ".join(cells) + f" | {ratio} |")


def _fill(folder: Path, count: int) -> tuple[Path, Path, Path]:
    """Two stores and a document with the same triples."""
    stores = (folder / "axiskg", folder / "oxigraph")
    for path in stores:
        store = ox.Store(str(path))
        store.bulk_extend(_triples(count))
        store.optimize()
        store.flush()
        del store
    document = folder / "triples.nt"
    with document.open("wb") as file:
        ox.serialize((q.triple for q in _triples(count)), file, ox.RdfFormat.N_TRIPLES)
    return stores[0], stores[1], document


def main() -> int:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=1_500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--no-rdflib", action="store_true", help="it takes minutes to load")
    arguments = parser.parse_args()
    figures: Figures = {}
    runaways: dict[str, Counter[str]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="axiskg-bench-") as name,
        contextlib.ExitStack() as stack,
    ):
        ours, theirs, document = _fill(Path(name), arguments.triples)
        entities = arguments.triples // _PROPERTIES
        servers = [
            stack.enter_context(axiskg_server(ours, query_timeout_s=_DEADLINE_S)),
            stack.enter_context(oxigraph_server(theirs)),
        ]
        if not arguments.no_rdflib:
            try:
                servers.append(stack.enter_context(rdflib_server(document)))
            except RuntimeError as error:
                print(f"rdflib-endpoint is left out with {arguments.triples:,} triples: {error}")
        expected = Expected(theirs)
        checked: Counter[str] = Counter()
        for server in servers:
            found = rows_in(server.query, _LARGE)
            if found != min(_LARGE_ROWS, arguments.triples):
                raise WrongAnswerError(f"{server.name} gives {found} rows of {_LARGE}")
        for number in range(arguments.rounds):
            for server in servers:
                sys.stderr.write(f"round {number + 1}: {server.name}\n")
                checked[server.name] += _round(
                    server, entities, arguments.seconds, figures, expected
                )
        # Last, since the runaways of the others never end.
        for server in servers:
            sys.stderr.write(f"attack: {server.name}\n")
            runaways[server.name] = _hostile(server, entities, arguments.seconds, figures)
    names = [server.name for server in servers]
    print(f"{arguments.triples:,} triples, {os.cpu_count()} processors\n")
    _print(figures, names)
    print(f"\nanswers under load compared with the engine's own: {dict(checked)}")
    for server_name, outcomes in runaways.items():
        print(f"runaways of {server_name}: {dict(outcomes)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
