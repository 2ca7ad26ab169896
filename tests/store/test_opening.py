"""Opening stores: what is made, what is refused, who may have one at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from axiskg.errors import QueryTimeoutError, StoreError, StoreLockedError
from axiskg.settings import Settings
from axiskg.store import EmbeddedStore, open_store
from axiskg.store.remote import RemoteStore

HOLD = """
import sys
from pathlib import Path
from axiskg.store import EmbeddedStore
store = EmbeddedStore.open(Path(sys.argv[1]), read_only=sys.argv[2] == "reading")
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with one triple."""
    path = tmp_path / "store"
    with EmbeddedStore.open(path) as store:
        store.update("INSERT DATA { <urn:a> <urn:b> <urn:c> }")
    return path


def held(folder: Path, how: str) -> subprocess.Popen[str]:
    """Another process that has the store open; ends when its input does."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def release(process: subprocess.Popen[str]) -> None:
    process.communicate("")


def test_a_folder_is_made_and_kept(folder: Path) -> None:
    with open_store(Settings(store=str(folder))) as store:
        assert len(store) == 1


def test_a_writer_keeps_all_others_out(folder: Path) -> None:
    process = held(folder, "writing")
    try:
        for read_only in (False, True):
            with pytest.raises(StoreLockedError) as caught:
                EmbeddedStore.open(folder, read_only=read_only)
            assert f"{folder} is in use by process {process.pid};" in str(caught.value)
            assert "--store http://HOST:PORT/sparql" in str(caught.value)
    finally:
        release(process)
    EmbeddedStore.open(folder).close()


def test_readers_share_and_keep_writers_out(folder: Path) -> None:
    process = held(folder, "reading")
    try:
        with EmbeddedStore.open(folder, read_only=True) as store:
            assert len(store) == 1
        with pytest.raises(StoreLockedError):
            EmbeddedStore.open(folder)
    finally:
        release(process)


def test_a_store_is_opened_once_in_a_process(folder: Path) -> None:
    with EmbeddedStore.open(folder), pytest.raises(StoreLockedError):
        EmbeddedStore.open(folder)


def test_a_lock_does_not_outlive_a_killed_process(folder: Path) -> None:
    process = held(folder, "writing")
    process.kill()
    process.communicate()
    EmbeddedStore.open(folder).close()


def test_an_engine_of_somebody_else_counts_as_a_lock(folder: Path) -> None:
    code = (
        "import sys, pyoxigraph; store = pyoxigraph.Store(sys.argv[1]);"
        "print('open', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        with pytest.raises(StoreLockedError, match="in use by another process"):
            EmbeddedStore.open(folder)
    finally:
        release(process)


def test_what_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "mother.txt").write_text("Dear mother")
    with pytest.raises(StoreError, match="holds something else than a store"):
        EmbeddedStore.open(letters)
    with pytest.raises(StoreError, match="is a file, not a store"):
        EmbeddedStore.open(letters / "mother.txt")
    assert [path.name for path in letters.iterdir()] == ["mother.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_a_broken_store_is_refused_with_a_cure(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "CURRENT").write_text("rubbish\n")
    with pytest.raises(StoreError, match=r"can't be opened: .*; restore a backup"):
        EmbeddedStore.open(broken)


def test_reading_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="make it with `axiskg build`"):
        open_store(Settings(store=str(tmp_path / "none")), read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_a_remote_engine_that_is_not_there_is_named() -> None:
    url = "http://127.0.0.1:9/query"
    with RemoteStore(url) as store, pytest.raises(StoreError, match=f"{url} can't be reached"):
        store.query("ASK {}")


@pytest.mark.parametrize(
    ("url", "update", "graphs"),
    [
        ("http://h:7878/query", "http://h:7878/update", "http://h:7878/store"),
        ("http://h:8000/sparql", "http://h:8000/update", "http://h:8000/graphs"),
        ("http://h/ds/query#graphs=data", "http://h/ds/update", "http://h/ds/data"),
        ("http://h/sparql#update=/u&graphs=/g", "http://h/u", "http://h/g"),
    ],
)
def test_the_urls_of_a_remote_engine(url: str, update: str, graphs: str) -> None:
    with RemoteStore(url) as store:
        assert (store.update_url, store.graphs_url) == (update, graphs)


def test_a_remote_engine_that_is_slow_runs_into_the_timeout(oxigraph_url: str) -> None:
    endless = "SELECT * { " + " ".join(f"VALUES ?x{n} {{ 1 2 3 4 5 6 7 8 9 }}" for n in range(9))
    with RemoteStore(oxigraph_url, timeout_s=0.2) as store, pytest.raises(QueryTimeoutError):
        store.query(endless + " } ORDER BY RAND()")
