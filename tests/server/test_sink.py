"""Answers cut at their limits: always at the end of a row, and always said or seen."""

from __future__ import annotations

import csv
import io
import json
import socket
import threading

import pyoxigraph as ox
import pytest

from axiskg.store.frames import (
    ANSWER,
    BEGIN,
    CHUNK,
    END,
    loads,
    receive,
    unpack,
    unpack_answer,
    unpack_with_body,
)
from axiskg.store.sink import AnswerLimits, FullError, Sink

TRICKY = '}},{"a'
FORMATS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}


def written(media: str, rows: int, max_rows: int, max_bytes: int) -> tuple[bytes, str, bool]:
    """The document that arrives, what cut it, and whether it came in several chunks."""
    store = ox.Store()
    for number in range(rows):
        value = f'{number} "quoted", {TRICKY}\n</result>'
        store.add(ox.Quad(ox.NamedNode(f"urn:{number}"), ox.NamedNode("urn:p"), ox.Literal(value)))
    ours, theirs = socket.socketpair()
    limits = AnswerLimits(max_rows, max_bytes, "http://x/limits")

    def work() -> None:
        sink = Sink(theirs)
        sink.start(form="bindings", media=media, encoding="", limits=limits, started=1e12)
        try:
            store.query("SELECT ?s ?o { ?s ?p ?o }").serialize(sink, FORMATS[media])
            sink.close()
        except FullError:
            pass

    thread = threading.Thread(target=work)
    thread.start()
    body, truncated, chunks = b"", "", False
    while True:
        frame = receive(ours)
        assert frame is not None
        kind, content = frame
        if kind == ANSWER:
            _, head, body = unpack_answer(content)
            truncated = loads(head)[3]
            break
        if kind == BEGIN:
            body, chunks = unpack_with_body(content)[1], True
        elif kind == CHUNK:
            body += content
        elif kind == END:
            truncated = unpack(content)[1]
            break
    thread.join()
    ours.close()
    theirs.close()
    return body, truncated, chunks


def rows_of(media: str, body: bytes) -> int:
    if media == "csv":
        return len(list(csv.reader(io.StringIO(body.decode())))) - 1
    results = ox.parse_query_results(body, FORMATS[media])
    assert isinstance(results, ox.QuerySolutions)
    return len(list(results))


@pytest.mark.parametrize("media", FORMATS)
@pytest.mark.parametrize("rows", [0, 1, 9, 10, 11, 400, 3000])
def test_rows_are_cut_at_the_cap(media: str, rows: int) -> None:
    body, truncated, _ = written(media, rows, 10, 1 << 30)
    assert rows_of(media, body) == min(rows, 10)
    assert truncated == ("rows" if rows > 10 else "")


@pytest.mark.parametrize("media", FORMATS)
def test_a_late_cap_leaves_the_document_without_its_end(media: str) -> None:
    body, truncated, chunks = written(media, 3000, 1999, 1 << 30)
    assert chunks
    assert truncated == "rows"
    ends = {"json": b"]}}", "xml": b"</results></sparql>"}
    if media in ends:
        assert ends[media] not in body
        body += ends[media]
    # What is there is whole rows, as many as the cap allows.
    assert rows_of(media, body) == 1999


@pytest.mark.parametrize("media", FORMATS)
def test_bytes_are_cut_at_the_cap(media: str) -> None:
    body, truncated, _ = written(media, 3000, 10_000, 100_000)
    assert truncated == "bytes"
    assert len(body) <= 100_000
    ends = {"json": b"]}}", "xml": b"</results></sparql>"}
    assert 0 < rows_of(media, body + ends.get(media, b"")) < 3000


@pytest.mark.parametrize("media", FORMATS)
def test_nothing_is_cut_below_the_caps(media: str) -> None:
    body, truncated, chunks = written(media, 3000, 3000, 1 << 30)
    assert (truncated, chunks) == ("", True)
    assert rows_of(media, body) == 3000


def test_a_cut_is_said_in_the_document() -> None:
    body, _, _ = written("json", 50, 10, 1 << 30)
    document = json.loads(body)
    assert document["head"]["link"] == ["http://x/limits"]
    xml, _, _ = written("xml", 50, 10, 1 << 30)
    assert b'<link href="http://x/limits"/></head>' in xml
    assert b"cut by the cap on rows after 10 rows" in xml
