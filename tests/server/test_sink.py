"""Answers cut at their limits: always at the end of a row, and always said or seen."""

from __future__ import annotations

import csv
import io
import json
import socket
import threading
from typing import IO, cast

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
QUERY = "SELECT ?s ?o { ?s ?p ?o }"
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
    body, truncated, chunks, _ = sent(store, media, max_rows, max_bytes)
    return body, truncated, chunks


def sent(
    store: ox.Store, media: str, max_rows: int, max_bytes: int
) -> tuple[bytes, str, bool, int]:
    """As `written`, with the number of rows that the sink has counted."""
    ours, theirs = socket.socketpair()
    limits = AnswerLimits(max_rows, max_bytes, "http://x/limits")

    def work() -> None:
        sink = Sink(theirs)
        sink.start(form="bindings", media=media, encoding="", limits=limits, started=1e12)
        try:
            _solutions(store).serialize(cast("IO[bytes]", sink), FORMATS[media])
            sink.close()
        except FullError:
            pass

    thread = threading.Thread(target=work)
    thread.start()
    body, truncated, chunks, counted = b"", "", False, -1
    while True:
        frame = receive(ours)
        assert frame is not None
        kind, content = frame
        if kind == ANSWER:
            counted, head, body = unpack_answer(content)
            truncated = loads(head)[3]
            break
        if kind == BEGIN:
            body, chunks = unpack_with_body(content)[1], True
        elif kind == CHUNK:
            body += content
        elif kind == END:
            counted, truncated = unpack(content)
            break
    thread.join()
    ours.close()
    theirs.close()
    return body, truncated, chunks, counted


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


LITERALS = st.lists(
    st.sampled_from([*'{}[],:"\\\n\r\t<>/ aé', "}},{", '}},{"', "</result>"]), max_size=30
).map("".join)


def _solutions(store: ox.Store) -> ox.QuerySolutions:
    found = store.query(QUERY)
    assert isinstance(found, ox.QuerySolutions)
    return found


@given(
    values=st.lists(LITERALS, max_size=12),
    media=st.sampled_from(sorted(FORMATS)),
    repeated=st.sampled_from([1, 1, 400]),
)
@settings(max_examples=120, deadline=None)
def test_an_answer_is_the_engines_own_and_its_rows_are_counted(
    values: list[str], media: str, repeated: int
) -> None:
    store = ox.Store()
    for number, value in enumerate(values * repeated):
        subject = ox.NamedNode(f"urn:{number}")
        store.add(ox.Quad(subject, ox.NamedNode("urn:p"), ox.Literal(value)))
    own = _solutions(store).serialize(format=FORMATS[media])
    body, truncated, chunks, counted = sent(store, media, 10_000, 1 << 30)
    if chunks:
        link = b"http://x/limits"
        body = body.replace(b'"link":["' + link + b'"],', b"", 1)
        body = body.replace(b'<link href="' + link + b'"/>', b"", 1)
    assert body == own
    assert (truncated, counted) == ("", len(store))


@given(
    values=st.lists(LITERALS, min_size=1, max_size=6),
    media=st.sampled_from(sorted(FORMATS)),
    cap=st.integers(1, 3000),
)
@settings(max_examples=60, deadline=None)
def test_a_cap_leaves_exactly_its_rows(values: list[str], media: str, cap: int) -> None:
    store = ox.Store()
    for number, value in enumerate(values * 400):
        subject = ox.NamedNode(f"urn:{number}")
        store.add(ox.Quad(subject, ox.NamedNode("urn:p"), ox.Literal(value)))
    body, truncated, chunks, counted = sent(store, media, cap, 1 << 30)
    assert truncated == ("rows" if cap < len(store) else "")
    assert counted == min(cap, len(store))
    if media == "csv" or not (truncated and chunks):
        assert rows_of(media, body) == counted
