"""Strategy: one good corpus about made-up countries passes every gate; each broken one differs from
it in one place and fails exactly one gate, and each violation query has an edit that only it finds.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from axiskg.gates import Corpus
from axiskg.gates.corpus import read_corpus
from axiskg.ontology import Ontology, read_ontology
from axiskg.settings import Settings, resources_dir

CORPORA = Path(__file__).parent / "corpora"
GOOD = CORPORA / "good.trig"
HOME = resources_dir()


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    return read_ontology(HOME / "ontology")


@pytest.fixture
def edited(ontology: Ontology, tmp_path: Path) -> Callable[[str, str], Corpus]:
    """The good corpus with one text put in the place of another, which must be there."""

    def edit(old: str, new: str) -> Corpus:
        text = GOOD.read_text(encoding="utf-8")
        assert old in text, f"the good corpus has no {old!r}"
        path = tmp_path / "edited.trig"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return read_corpus(ontology, [path], home=HOME)

    return edit


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A copy of the project's ontology, with no queries and the good corpus as its data."""
    shutil.copytree(HOME / "ontology", tmp_path / "home" / "ontology")
    (tmp_path / "home" / "queries").mkdir()
    (tmp_path / "home" / "data" / "triples").mkdir(parents=True)
    shutil.copy(GOOD, tmp_path / "home" / "data" / "triples")
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home)
