"""The log's lines: one for an event, readable and as JSON."""

from __future__ import annotations

import asyncio
import io
import json

import pytest

from axiskg.server.log import AccessLog
from axiskg.settings import Settings


@pytest.mark.parametrize("access_log", [True, False])
def test_a_failure_is_logged_with_its_place(access_log: bool) -> None:
    stream = io.StringIO()

    async def fail() -> None:
        log = AccessLog(Settings(log_format="json", access_log=access_log), stream)
        log.start()
        try:
            raise ZeroDivisionError("by nought")  # noqa: TRY301
        except ZeroDivisionError as error:
            log.failure("request-7", error)
        log.stop()

    asyncio.run(fail())
    (line,) = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert entry["event"] == "failure"
    assert entry["request_id"] == "request-7"
    assert "test_log.py" in entry["trace"]
    assert "by nought" in entry["trace"]
