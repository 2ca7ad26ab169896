"""Questions that line up in a worker, and are taken back before their turn."""

from __future__ import annotations

import socket
from collections import deque

from axiskg.store.frames import FORGET, OPEN, QUERY, Reader, pack, pack_query, pack_raw
from axiskg.store.worker import _take_more


def _question(number: int) -> bytes:
    return pack_query(b"/snapshot", b"terms", b"ASK { %d }" % number)


def _kinds(pending: deque[tuple[bytes, bytes]]) -> list[bytes]:
    return [kind for kind, _ in pending]


def test_what_has_its_turn_is_kept_even_when_all_comes_at_once() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        row = [_question(number) for number in range(3)]
        ours.sendall(b"".join([pack_raw(OPEN, b"/snapshot"), *row, pack(FORGET, 2)]))
        pending: deque[tuple[bytes, bytes]] = deque()
        _take_more(theirs, Reader(), pending, 0)
        assert _kinds(pending) == [OPEN, QUERY, FORGET]
        assert pending[1][1].endswith(b"ASK { 0 }")


def test_what_has_been_begun_is_not_taken_back() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        reader, pending = Reader(), deque[tuple[bytes, bytes]]()
        ours.sendall(b"".join(_question(number) for number in range(4)))
        _take_more(theirs, reader, pending, 0)
        pending.popleft()
        pending.popleft()
        _take_more(theirs, reader, pending, socket.MSG_DONTWAIT)
        assert _kinds(pending) == [QUERY, QUERY]
        ours.sendall(pack(FORGET, 3) + _question(9))
        _take_more(theirs, reader, pending, socket.MSG_DONTWAIT)
        assert _kinds(pending) == [FORGET, QUERY]
        assert pending[1][1].endswith(b"ASK { 9 }")


def test_a_frame_that_comes_in_pieces_is_waited_for() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        reader, pending = Reader(), deque[tuple[bytes, bytes]]()
        frame = _question(1)
        ours.sendall(frame[:7])
        _take_more(theirs, reader, pending, socket.MSG_DONTWAIT)
        assert not pending
        ours.sendall(frame[7:])
        _take_more(theirs, reader, pending, 0)
        assert _kinds(pending) == [QUERY]
