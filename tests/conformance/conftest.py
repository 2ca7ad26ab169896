"""The W3C's own tests, over HTTP, against a running server.

The tests are found below `$AXISKG_TEST_DATA/w3c`, a part of github.com/w3c/rdf-tests; without it
these tests are skipped. The protocols run in the fast suite, all the rest in the slow one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from benchmarks.conformance import SETTINGS
from benchmarks.conformance_run import Runner
from benchmarks.conformance_servers import axiskg_server
from benchmarks.conformance_suite import suite_root


@pytest.fixture(scope="session")
def suite() -> Path:
    folder = os.environ.get("AXISKG_TEST_DATA")
    if not folder or not (Path(folder) / "w3c").is_dir():
        pytest.skip("the W3C tests are not there: set AXISKG_TEST_DATA to the folder above w3c/")
    return suite_root(Path(folder) / "w3c")


@pytest.fixture(scope="session")
def runner(suite: Path) -> Iterator[Runner]:
    with (
        axiskg_server(**SETTINGS, workers=2, spare_workers=1) as server,
        httpx.Client(trust_env=False, timeout=60) as client,
    ):
        yield Runner(server, client)
