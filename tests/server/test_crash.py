"""Killing any process at any moment: acknowledged updates stay, no process is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pyoxigraph as ox
import pytest

UPDATE = {"content-type": "application/sparql-update", "authorization": "Bearer t"}
PATIENCE_S = 60


class Running:
    """A server whose processes can be killed."""

    def __init__(self, store: Path) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "from axiskg.cli import main; main()",
                "serve",
                "--no-build",
                "--port",
                "0",
            ],
            env={
                **os.environ,
                "AXISKG_STORE": str(store),
                "AXISKG_WRITE_TOKEN": "t",
                "AXISKG_ACCESS_LOG": "false",
                "AXISKG_WORKERS": "2",
                "AXISKG_SPARE_WORKERS": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self.process.stdout is not None
        url = self.process.stdout.readline().decode().split()[-1].rstrip("/")
        self.client = httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE_S)
        self.me = psutil.Process(self.process.pid)

    def descendants(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.NoSuchProcess):
            return list(self.me.children(recursive=True))
        return []

    def writer(self, store: Path) -> psutil.Process:
        """The process that has the store's write-ahead log open; waits for a new one to be born."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            for process in self.descendants():
                with contextlib.suppress(psutil.Error):
                    if any(
                        Path(file.path).parent == store and file.path.endswith(".log")
                        for file in process.open_files()
                    ):
                        return process
            time.sleep(0.02)
        raise AssertionError("no writer found")

    def insert(self, number: int) -> bool:
        """Whether the server acknowledged the update."""
        try:
            response = self.client.post(
                "/update",
                content=f"INSERT DATA {{ GRAPH <urn:g> {{ <urn:s> <urn:p> {number} }} }}",
                headers=UPDATE,
            )
        except httpx.TransportError:
            return False
        return response.status_code == 204

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.client.close()
        assert self.process.stdout is not None
        self.process.stdout.close()


def numbers_in(store: Path) -> set[int]:
    """What a store holds, opened anew."""
    quads = ox.Store(str(store)).quads_for_pattern(None, None, None, ox.NamedNode("urn:g"))
    return {int(quad.object.value) for quad in quads if isinstance(quad.object, ox.Literal)}


def all_gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE_S)
    return not [p for p in alive if p.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def running(store: Path) -> Iterator[Running]:
    made = Running(store)
    yield made
    made.stop()


def test_killing_workers_costs_at_most_their_queries(running: Running, store: Path) -> None:
    for _ in range(2):
        spared = {running.writer(store).pid, *(p.pid for p in running.me.children())}
        for process in running.descendants():
            if process.pid not in spared:
                process.kill()
        answered = False
        until = time.monotonic() + PATIENCE_S
        while not answered and time.monotonic() < until:
            response = running.client.get("/sparql", params={"query": "SELECT (RAND() AS ?x) {}"})
            answered = response.status_code == 200
            time.sleep(0.05)
        assert answered


def test_killing_the_writer_loses_no_acknowledged_update(running: Running, store: Path) -> None:
    acknowledged: set[int] = set()
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            if running.insert(number):
                acknowledged.add(number)

    writing = threading.Thread(target=write)
    writing.start()
    for _ in range(3):
        time.sleep(0.5)
        running.writer(store).kill()
    before = len(acknowledged)
    until = time.monotonic() + PATIENCE_S
    while len(acknowledged) == before and time.monotonic() < until:
        time.sleep(0.1)
    stop.set()
    writing.join()
    assert len(acknowledged) > before
    children = running.descendants()
    running.stop()
    assert all_gone(children)
    assert acknowledged <= numbers_in(store)


def test_killing_the_parent_leaves_no_orphan_and_every_update(
    running: Running, store: Path
) -> None:
    acknowledged = {number for number in range(20) if running.insert(number)}
    children = running.descendants()
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    assert len(acknowledged) == 20
    assert all_gone(children)
    assert numbers_in(store) == acknowledged


def test_a_new_server_clears_what_a_killed_one_left(store: Path) -> None:
    first = Running(store)
    first.insert(1)
    children = first.descendants()
    first.stop()
    assert all_gone(children)
    assert list(store.parent.glob("store.serving-*"))
    second = Running(store)
    try:
        query = "ASK { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }"
        assert second.client.get("/sparql", params={"query": query}).json()["boolean"] is True
        assert len(list(store.parent.glob("store.serving-*"))) == 1
        second.process.terminate()
        assert second.process.wait(PATIENCE_S) == 0
        assert not list(store.parent.glob("store.serving-*"))
    finally:
        second.stop()
