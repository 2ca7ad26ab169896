"""Stale conclusions: noted with the write, outliving the server, gone once drawn anew."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from benchmarks.conformance_servers import Server, axiskg_server

from axiskg.build import build
from axiskg.namespaces import INFERRED_GRAPH, PROVENANCE_GRAPH, ROOT, ST
from axiskg.server.accounts import TokenFile
from axiskg.settings import Settings
from axiskg.store import EmbeddedStore
from axiskg.store.staleness import staleness

UPDATE = {"content-type": "application/sparql-update"}
PREFIX = "PREFIX axis: <https://w3id.org/axiskg/ontology#>\n"
# Shared membership is what many conclusions rest on.
WHERE = f"""WHERE {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?st a axis:Statement }}
  GRAPH ?st {{ ?s axis:memberOf ?o }} }}"""
WITHOUT = f"""{PREFIX}INSERT {{ GRAPH ?st {{ ?s axis:wasMemberOf ?o }} }} {WHERE} ;
DELETE {{ GRAPH ?st {{ ?s axis:memberOf ?o }} }} {WHERE}"""
AGAIN = (
    WITHOUT.replace("axis:memberOf", "axis:X")
    .replace("axis:wasMemberOf", "axis:memberOf")
    .replace("axis:X", "axis:wasMemberOf")
)
HARMLESS = f"INSERT DATA {{ GRAPH <{PROVENANCE_GRAPH}> {{ <urn:x> <urn:p> 1 }} }}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with all there is."""
    path = tmp_path_factory.mktemp("built") / "store"
    build(Settings(store=str(path)))
    return path


@pytest.fixture
def store(built: Path, tmp_path: Path) -> Path:
    """One of one's own."""
    return Path(shutil.copytree(built, tmp_path / "store"))


@contextmanager
def serving(store: Path, **settings: object) -> Iterator[tuple[Server, httpx.Client]]:
    with (
        axiskg_server(store, workers=2, spare_workers=1, **settings) as server,
        httpx.Client(
            base_url=server.root, headers=dict(server.headers), trust_env=False, timeout=120
        ) as client,
    ):
        yield server, client


def write(client: httpx.Client, text: str) -> None:
    assert client.post("/update", content=text, headers=UPDATE).status_code == 204


def inferred(client: httpx.Client) -> frozenset[str]:
    response = client.get(
        "/graphs", params={"graph": INFERRED_GRAPH}, headers={"accept": "application/n-triples"}
    )
    assert response.status_code == 200
    return frozenset(response.text.splitlines())


def announced(client: httpx.Client) -> list[bool]:
    """Whether each place says that conclusions are stale; all say the same."""
    answer = client.get("/sparql", params={"query": "ASK {}"})
    ready = client.get("/readyz").json()
    graph = client.get("/graphs", params={"graph": INFERRED_GRAPH})
    described = client.get("/void", headers={"accept": "application/n-triples"}).text
    return [
        "axiskg-stale" in answer.headers,
        "axiskg-stale" in graph.headers,
        ready["stale_since"] > 0,
        ready["stale_at"] != "",
        "axiskg_conclusions_stale 1.0" in client.get("/metrics").text,
        "invalidatedAtTime" in described,
    ]


def test_the_note_outlives_the_server(tmp_path: Path) -> None:
    """In a store with next to nothing but the record that a build leaves."""
    store = tmp_path / "store"
    record = f"<{ROOT}> <http://schema.org/sha256> 'x'"
    with EmbeddedStore.open(store) as opened:
        opened.update(
            f"INSERT DATA {{ GRAPH <{PROVENANCE_GRAPH}> {{ {record} }}"
            f" GRAPH <{INFERRED_GRAPH}> {{ <urn:s> <urn:p> 1 }} }}"
        )
    with serving(store) as (_, client):
        assert not any(announced(client))
        write(client, "INSERT DATA { GRAPH <urn:mine> { <urn:s> <urn:p> 1 } }")
        assert not any(announced(client))
        write(client, HARMLESS)
        assert all(announced(client))
        since = client.get("/readyz").json()["stale_at"]
    with serving(store) as (server, client):
        assert all(announced(client))
        assert client.get("/readyz").json()["stale_at"] == since
        assert httpx.post(f"{server.root}/api/refresh", trust_env=False).status_code == 401
        assert client.post("/api/refresh").status_code == 200
        assert not any(announced(client))
        params = {"graph": f"{ST}by-hand/p1.a"}
        turtle = {"content-type": "text/turtle"}
        put = client.put("/graphs", params=params, content="<urn:s> <urn:p> 2 .", headers=turtle)
        assert put.status_code == 201
        assert all(announced(client))
    with serving(store) as (_, client):
        assert all(announced(client))


@pytest.mark.slow
def test_the_note_goes_with_new_conclusions(store: Path, tmp_path: Path) -> None:
    with serving(store) as (_, client):
        before = inferred(client)
        write(client, WITHOUT)
        assert all(announced(client))
        since = client.get("/readyz").json()["stale_at"]
    tokens = TokenFile(tmp_path / "tokens.json")
    secret, _ = tokens.add(["write"])
    with serving(store, token_file=tokens.path) as (server, client):
        assert all(announced(client))
        assert client.get("/readyz").json()["stale_at"] == since
        assert inferred(client) == before
        stranger = httpx.post(f"{server.root}/api/refresh", trust_env=False)
        writer = {"authorization": f"Bearer {secret}"}
        assert stranger.status_code == 401
        assert client.post("/api/refresh", headers=writer).status_code == 403
        assert client.post("/api/refresh").status_code == 200
        assert not any(announced(client))
        without = inferred(client)
        assert len(without) < len(before)
        write(client, AGAIN)
        with ThreadPoolExecutor(3) as several:
            calls = [several.submit(client.post, "/api/refresh") for _ in range(3)]
        assert [call.result().status_code for call in calls] == [200, 200, 200]
        assert inferred(client) == before
        assert not any(announced(client))
    with serving(store) as (_, client):
        assert not any(announced(client))


@pytest.mark.slow
def test_a_write_while_conclusions_are_drawn_leaves_them_stale(store: Path) -> None:
    with serving(store) as (_, client):
        stop = threading.Event()

        def keep_writing() -> None:
            while not stop.is_set():
                write(client, HARMLESS)

        writing = threading.Thread(target=keep_writing)
        writing.start()
        try:
            assert client.post("/api/refresh").status_code == 200
        finally:
            stop.set()
            writing.join()
        assert all(announced(client))
    with EmbeddedStore.open(store) as opened:
        assert staleness(opened.query) is not None


def both(client: httpx.Client) -> tuple[frozenset[str], frozenset[str], float]:
    """The conclusions with and without memberships, and the seconds that a refresh takes.

    Leaves the memberships in the store and the conclusions without them.
    """
    old = inferred(client)
    write(client, WITHOUT)
    began = time.monotonic()
    assert client.post("/api/refresh").status_code == 200
    whole_s = time.monotonic() - began
    new = inferred(client)
    assert new < old
    write(client, AGAIN)
    return old, new, whole_s


def _writer_of(server: Server, store: Path) -> psutil.Process | None:
    for process in psutil.Process(server.pid).children(recursive=True):
        try:
            files = process.open_files()
        except psutil.Error:
            continue
        if any(Path(f.path).parent == store and f.path.endswith(".log") for f in files):
            return process
    return None


@pytest.mark.slow
def test_a_writer_killed_meanwhile_leaves_the_old_conclusions_or_the_new(store: Path) -> None:
    with serving(store) as (server, client), ThreadPoolExecutor(1) as aside:
        old, new, whole_s = both(client)
        for step in range(8):
            call = aside.submit(client.post, "/api/refresh")
            time.sleep(whole_s * (step + 1) / 8)
            killed = _writer_of(server, store)
            if killed is not None:
                killed.kill()
            status = call.result().status_code
            assert status in {200, 503}
            now = inferred(client)
            assert now in (old, new)
            stale = all(announced(client))
            assert stale or not any(announced(client))
            # What was acknowledged is there; what was not may be there whole.
            assert not (status == 200 and stale)
            if not stale:
                assert now == old
                write(client, WITHOUT)
                assert client.post("/api/refresh").status_code == 200
                assert inferred(client) == new
                write(client, AGAIN)
        assert client.post("/api/refresh").status_code == 200
        assert inferred(client) == old
        assert not any(announced(client))


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.3, 0.6, 0.8, 0.9, 1.0])
def test_a_server_killed_meanwhile_leaves_the_old_conclusions_or_the_new(
    store: Path, share: float
) -> None:
    with serving(store) as (server, client), ThreadPoolExecutor(1) as aside:
        old, new, whole_s = both(client)
        call = aside.submit(client.post, "/api/refresh")
        time.sleep(whole_s * share)
        children = psutil.Process(server.pid).children(recursive=True)
        psutil.Process(server.pid).kill()
        assert call.exception() is not None or call.result().status_code == 200
        psutil.wait_procs(children, timeout=30)
    with serving(store) as (_, client):
        stale = all(announced(client))
        assert stale or not any(announced(client))
        assert inferred(client) == (new if stale else old)
