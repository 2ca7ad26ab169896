"""Conclusions, standings and plain view change together, whatever happens meanwhile."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad

from axiskg.namespaces import AXIS, ENT, INFERRED_GRAPH, PROVENANCE_GRAPH, SCENARIO_GRAPH, ST
from axiskg.plain import changed_standings
from axiskg.reasoning import refresh
from axiskg.settings import Settings
from axiskg.store import EmbeddedStore
from axiskg.store.staleness import setting, staleness

ROOT = Path(__file__).parents[3]
DENIED = ST + "test-world/p1.d"
STANDING = NamedNode(AXIS + "standing")

CHILD = """
import sys
from pathlib import Path
from axiskg.reasoning import refresh
from axiskg.settings import Settings
from axiskg.store import EmbeddedStore
with EmbeddedStore.open(Path(sys.argv[1])) as store:
    print("began", flush=True)
    refresh(store, Settings(home=Path(sys.argv[2]), store=sys.argv[1]))
    print("ended", flush=True)
"""


def deny(store: EmbeddedStore) -> None:
    """Turn an accepted statement into a denied one, by hand: its standing is left as it was."""
    store.run(
        f"""DELETE DATA {{ GRAPH <{PROVENANCE_GRAPH}>
          {{ <{DENIED}> <{AXIS}polarity> <{AXIS}Affirmed> }} }}""",
        f"""INSERT DATA {{ GRAPH <{PROVENANCE_GRAPH}>
          {{ <{DENIED}> <{AXIS}polarity> <{AXIS}Negated> }} }}""",
        setting(everywhere=True),
    )


def state(store: EmbeddedStore) -> tuple[frozenset[object], ...]:
    """Standings, conclusions, plain view, and whether they are noted as stale."""
    quads = list(store.dump())
    graphs = {INFERRED_GRAPH}
    return (
        frozenset((q.subject, q.object) for q in quads if q.predicate == STANDING),
        frozenset(
            q
            for q in quads
            if isinstance(q.graph_name, NamedNode)
            and (q.graph_name.value in graphs or q.graph_name.value.startswith(SCENARIO_GRAPH))
        ),
        frozenset(q for q in quads if not isinstance(q.graph_name, NamedNode)),
        frozenset([staleness(store.query) is not None]),
    )


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(home=ROOT, store=":memory:")


@pytest.fixture(scope="module")
def written(
    tmp_path_factory: pytest.TempPathFactory, small_quads: list[Quad], settings: Settings
) -> Path:
    """A store whose conclusions were right until a write by hand."""
    path = tmp_path_factory.mktemp("refresh") / "store"
    with EmbeddedStore.open(path) as store:
        store.extend(small_quads)
        refresh(store, settings)
        deny(store)
    return path


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Iterator[EmbeddedStore]:
    shutil.copytree(written, tmp_path / "store")
    with EmbeddedStore.open(tmp_path / "store") as store:
        yield store


class Counting:
    """A store that lets all through and keeps the updates."""

    def __init__(self, store: EmbeddedStore) -> None:
        self._store = store
        self.updates: list[str] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def update(self, text: str) -> None:
        self.updates.append(text)
        self._store.update(text)


def test_one_update_writes_all(copy: EmbeddedStore, settings: Settings) -> None:
    counting = Counting(copy)
    assert changed_standings(copy) == {DENIED: AXIS + "Denied"}
    refresh(counting, settings)  # type: ignore[arg-type]
    assert len(counting.updates) == 1
    assert changed_standings(copy) == {}


def test_conclusions_follow_the_standings_that_are_written_with_them(
    copy: EmbeddedStore, settings: Settings
) -> None:
    """The denied statement was the only one that named the action in Syria."""
    china, action = NamedNode(ENT + "china"), NamedNode(ENT + "russian-action-in-syria")
    declines = NamedNode(AXIS + "declinesToCondemn")
    before = state(copy)
    assert any(q.subject == china and q.object == action for q in before[2])
    refresh(copy, settings)
    after = state(copy)
    assert not any(q.predicate == declines and q.object == action for q in after[2])
    assert after[3] == {False}
    refresh(copy, settings)
    assert state(copy) == after


def test_standings_are_those_of_a_store_filled_anew(
    copy: EmbeddedStore, settings: Settings
) -> None:
    refresh(copy, settings)
    with EmbeddedStore.in_memory() as other:
        other.extend(q for q in copy.dump() if q.predicate != STANDING)
        refresh(other, settings)
        assert state(other) == state(copy)


def test_the_graph_of_a_scenario_goes_with_it(copy: EmbeddedStore, settings: Settings) -> None:
    gone = SCENARIO_GRAPH + "of-yesterday"
    copy.update(f"INSERT DATA {{ GRAPH <{gone}> {{ <urn:a> <urn:b> <urn:c> }} }}")
    refresh(copy, settings)
    assert gone not in copy.graph_sizes()
    assert SCENARIO_GRAPH + "taiwan" in copy.graph_sizes()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_killed_refresh_leaves_the_old_or_the_new(
    written: Path, tmp_path: Path, settings: Settings
) -> None:
    """SIGKILL at random moments, most of them while the update is under way."""
    with EmbeddedStore.open(written, read_only=True) as store:
        old = state(store)
    seconds = 0.0
    shutil.copytree(written, tmp_path / "whole")
    with child(tmp_path / "whole") as process:
        began = time.monotonic()
        assert process.stdout is not None
        assert process.stdout.readline() == "ended\n"
        seconds = time.monotonic() - began
    with EmbeddedStore.open(tmp_path / "whole") as store:
        new = state(store)
    assert old != new
    chance = random.Random(4)
    found = []
    for number in range(10):
        path = tmp_path / f"killed-{number}"
        shutil.copytree(written, path)
        with child(path) as process:
            time.sleep(seconds * chance.uniform(0.5, 1.1))
            process.kill()
        with EmbeddedStore.open(path) as store:
            found.append(state(store))
            assert found[-1] in (old, new), f"kill {number} left a mixture"
            if found.count(old) == 1 and found[-1] == old:
                refresh(store, settings)
                assert state(store) == new
        shutil.rmtree(path)
    assert old in found


class child:  # noqa: N801
    """A process that draws conclusions anew, once it has begun."""

    def __init__(self, store: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(store), str(ROOT)],
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> subprocess.Popen[str]:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "began\n"
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
