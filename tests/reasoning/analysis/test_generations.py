"""Conclusions kept on disk: reused while nothing has changed, and never when something has."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from axiskg.namespaces import AXIS, ENT, ST
from axiskg.plain import refresh_plain_view
from axiskg.reasoning import Selection
from axiskg.reasoning.generations import NEWEST, Generations, Opened
from axiskg.settings import Settings
from axiskg.store import EmbeddedStore, open_store

ROOT = Path(__file__).parents[3]
PAIR = (ENT + "china", AXIS + "mutuallyBacks", ENT + "russia")


@pytest.fixture
def store(tmp_path: Path, small_quads: list[Quad]) -> Path:
    path = tmp_path / "store"
    with EmbeddedStore.open(path) as filled:
        filled.extend(small_quads)
        refresh_plain_view(filled)
    return path


@pytest.fixture
def opened(store: Path, rules_dir: Path) -> Callable[..., Opened]:
    def open_(rules: Path = rules_dir) -> Opened:
        with EmbeddedStore.open(store, read_only=True) as reader:
            return Generations(store.parent / "kept", rules).open(reader)

    return open_


def files(store: Path) -> list[Path]:
    return sorted((store.parent / "kept").glob("*.duckdb"))


def facts(opened: Opened, selection: Selection = Selection()) -> set[object]:  # noqa: B008
    run = opened.reasoner.run(selection).complete()
    return set(run.all_facts())


def test_an_unchanged_store_is_not_reasoned_over_again(opened: Callable[..., Opened]) -> None:
    first, second = opened(), opened()
    assert (first.reused, second.reused) == (False, True)
    assert facts(first) == facts(second)
    assert first.run.proofs(*PAIR) == second.run.proofs(*PAIR)
    goal = (ENT + "iran", PAIR[1], PAIR[2])
    assert first.run.why_not(*goal) == second.run.why_not(*goal)


@pytest.mark.parametrize(
    "selection",
    [
        Selection(view="all"),
        Selection(scenario="taiwan"),
        Selection(remove=frozenset({ST + "test-world/p1.d"})),
    ],
    ids=["view", "scenario", "what-if"],
)
def test_other_selections_run_on_kept_statements_as_on_new(
    opened: Callable[..., Opened], selection: Selection
) -> None:
    assert facts(opened(), selection) == facts(opened(), selection)


def test_a_kept_reasoner_follows_changes(opened: Callable[..., Opened]) -> None:
    graph = NamedNode(ST + "test-world/p1.d")
    quad = Quad(
        NamedNode(ENT + "china"),
        NamedNode(AXIS + "declinesToCondemn"),
        NamedNode(ENT + "russian-action-in-syria"),
        graph,
    )
    found = []
    for one in (opened(), opened()):
        one.reasoner.apply(removed=[quad])
        after = facts(one)
        one.reasoner.apply(added=[quad])
        assert facts(one) != after
        found.append(after)
    assert found[0] == found[1]


def test_a_changed_store_is_reasoned_over_anew(store: Path, opened: Callable[..., Opened]) -> None:
    before = opened()
    with EmbeddedStore.open(store) as writer:
        writer.update(f"DELETE WHERE {{ GRAPH <{ST}test-world/p1.d> {{ ?s ?p ?o }} }}")
        writer.update(f"DELETE WHERE {{ GRAPH <{ST}test-world/p1.e> {{ ?s ?p ?o }} }}")
        writer.update(f"DELETE WHERE {{ GRAPH <{ST}test-world/p1.f> {{ ?s ?p ?o }} }}")
    after = opened()
    assert not after.reused
    assert before.run.holds(*PAIR)
    assert after.run.holds(*PAIR) is None
    assert opened().reused


def test_the_same_content_in_another_folder_is_found_again(
    store: Path, opened: Callable[..., Opened], tmp_path: Path, rules_dir: Path
) -> None:
    opened()
    with EmbeddedStore.open(store) as writer:
        writer.snapshot(tmp_path / "copy")
    with EmbeddedStore.open(tmp_path / "copy", read_only=True) as copy:
        assert Generations(store.parent / "kept", rules_dir).open(copy).reused


def test_changed_rules_are_run(
    opened: Callable[..., Opened], rules_dir: Path, tmp_path: Path
) -> None:
    own = tmp_path / "rules"
    own.mkdir()
    for path in rules_dir.glob("*.rq"):
        (own / path.name).write_text(path.read_text())
    assert not opened(own).reused
    assert opened(own).reused
    (own / "mutual-backing.rq").unlink()
    fewer = opened(own)
    assert not fewer.reused
    assert fewer.run.holds(*PAIR) is None


def damaged_by(damage: str, whole: bytes) -> bytes:
    middle = len(whole) // 2
    return {
        "cut": whole[:middle],
        "empty": b"",
        "flipped": whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :],
        "other": b"not a database" * 1000,
    }[damage]


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "other"])
def test_a_damaged_file_is_made_again(
    store: Path, opened: Callable[..., Opened], damage: str
) -> None:
    expected = facts(opened())
    (path,) = files(store)
    path.write_bytes(damaged_by(damage, path.read_bytes()))
    again = opened()
    assert not again.reused
    assert facts(again) == expected
    assert opened().reused


def test_a_whole_file_of_something_else_is_made_again(
    store: Path, opened: Callable[..., Opened]
) -> None:
    import duckdb

    opened()
    (path,) = files(store)
    other = path.with_name("other")
    with duckdb.connect(str(other)) as connection:
        connection.execute("CREATE TABLE about AS SELECT '{}' AS text")
    import zlib

    key = path.name.split(".")[0]
    path.unlink()
    other.replace(path.with_name(f"{key}.{zlib.crc32(other.read_bytes()):08x}.duckdb"))
    assert not opened().reused
    assert opened().reused


def test_the_newest_few_are_kept_and_who_reads_one_keeps_it(
    store: Path, opened: Callable[..., Opened]
) -> None:
    first = opened()
    expected = facts(first)
    kept = opened()
    for number in range(NEWEST + 1):
        with EmbeddedStore.open(store) as writer:
            writer.update(f"INSERT DATA {{ GRAPH <urn:g> {{ <urn:a> <urn:b> {number} }} }}")
        opened()
    assert len(files(store)) == NEWEST
    assert facts(kept) == expected


def test_where_nothing_can_be_written_the_reason_is_told(
    store: Path, opened: Callable[..., Opened]
) -> None:
    (store.parent / "kept").write_text("in the way")
    found = opened()
    assert not found.reused
    assert "can't be written" in found.origin
    assert found.run.holds(*PAIR)


def test_processes_at_once_agree(built: Settings) -> None:
    for path in Path(built.store + ".reasoning").glob("*"):
        path.unlink()
    main = "from axiskg.cli import main; main()"
    command = [sys.executable, "-c", main, "--store", built.store, "--verbose"]
    ask = [*command, "explain", "china", "mutuallyBacks", "russia"]
    running = [
        subprocess.Popen(ask, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    told = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0] * 4
    assert len({out for out, _ in told}) == 1
    again = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    assert again.stdout == told[0][0]
    assert "read from" in again.stderr
    assert not list(Path(built.store + ".reasoning").glob("new-*"))


def test_the_analysis_says_where_its_conclusions_come_from(store: Path) -> None:
    from axiskg.reasoning.analysis import Analysis

    settings = Settings(home=ROOT, store=str(store))
    with open_store(settings, read_only=True) as reader:
        Analysis(reader, settings).mutual_backing("china", "russia")
        analysis = Analysis(reader, settings)
        assert analysis.mutual_backing("china", "russia").holds
        assert analysis.origin.startswith("read from")
