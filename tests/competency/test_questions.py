"""Questions of the plain view with the rules' conclusions: what follows, and what must not.

`entailed/<question>.rq` has exactly the rows of its `.tsv`; `not_entailed/<question>.rq` has none.
That the latter can fail is shown on a few wrong triples, which every one of them must find.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from encoded import short

from axiskg.build import open_filled
from axiskg.namespaces import prologue
from axiskg.settings import Settings
from axiskg.store import EmbeddedStore, Solutions, Store

HERE = Path(__file__).parent
ENTAILED = sorted((HERE / "entailed").glob("*.rq"))
NOT_ENTAILED = sorted((HERE / "not_entailed").glob("*.rq"))
WRONG = """
INSERT DATA {
  ent:china axis:allianceWith ent:russia ; axis:backs ent:x ; axis:adverseTo ent:ukraine .
  ent:russia axis:fullyBacks ent:x ; axis:tacitlyBacks ent:x .
  ent:belarus axis:memberOf ent:sco .
  ent:egypt axis:memberOf ent:brics ; axis:invitedToJoin ent:brics .
  ent:iran axis:partnerOf ent:china ; axis:sharesAdversaryWith ent:china .
  ent:india axis:opposes ent:the-west ; axis:memberOf ent:belt-and-road-initiative .
  ent:the-west axis:threatens ent:china ; axis:sanctioned ent:russia .
  ent:second-term-of-trump a axis:Election .
  ent:brics-countries a axis:ActorGroup ; axis:memberOf ent:brics .
}"""
"""For each question of `not_entailed` what a careless encoding would have let in."""


@pytest.fixture(scope="module")
def graph() -> Store:
    return open_filled(Settings(store=":memory:"))


@pytest.fixture(scope="module")
def careless() -> Store:
    store = EmbeddedStore.in_memory()
    store.update(prologue() + WRONG)
    return store


def rows(store: Store, path: Path) -> list[tuple[str, ...]]:
    answer = store.query(prologue() + path.read_text(encoding="utf-8"))
    assert isinstance(answer, Solutions)
    return sorted(tuple("" if t is None else short(t) for t in row) for row in answer.rows)


@pytest.mark.parametrize("path", ENTAILED, ids=lambda path: path.stem)
def test_it_follows(graph: Store, path: Path) -> None:
    _, *golden = path.with_suffix(".tsv").read_text(encoding="utf-8").splitlines()
    assert golden
    assert rows(graph, path) == [tuple(line.split("\t")) for line in golden]


@pytest.mark.parametrize("path", NOT_ENTAILED, ids=lambda path: path.stem)
def test_it_does_not_follow(graph: Store, path: Path) -> None:
    assert rows(graph, path) == []


@pytest.mark.parametrize("path", NOT_ENTAILED, ids=lambda path: path.stem)
def test_a_careless_encoding_would_be_caught(careless: Store, path: Path) -> None:
    assert rows(careless, path)
