"""What the tests of the statement tooling share.

Two invented texts serve: `small.txt` here, whose sheets in `valid/` and `invalid/` are each named
after the rule they keep or break, and the worked example of the documentation. Nothing is mocked;
what needs the article looks for it in the folder that AXISKG_TEST_DATA names.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from axiskg.encode import Vocabulary, read_vocabulary
from axiskg.settings import resources_dir
from axiskg.sources import Source, source_of_text

HERE = Path(__file__).parent
EXAMPLE = resources_dir() / "docs" / "example"
ARTICLE_SLUG = "fp-2023-china-russia-axis"


@pytest.fixture(scope="session")
def small_text() -> str:
    return (HERE / "small.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def small(small_text: str) -> Source:
    return source_of_text(
        small_text,
        slug="small",
        title="Small",
        creators=["ada"],
        issued="2031-23",
        excluded={3: "caption"},
    )


@pytest.fixture(scope="session")
def small_published(small_text: str) -> Source:
    return source_of_text(
        small_text,
        slug="small",
        title="Small",
        creators=["ada"],
        publisher="gazette",
        issued="2031-23",
        excluded={3: "caption"},
    )


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return read_vocabulary(resources_dir() / "ontology")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder with the example's text and sheet, and nothing else yet."""
    (tmp_path / "data" / "statements").mkdir(parents=True)
    shutil.copy(EXAMPLE / "straits-compact.txt", tmp_path)
    shutil.copy(EXAMPLE / "straits-compact.yaml", tmp_path / "data" / "statements")
    monkeypatch.setenv("AXISKG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def article_text() -> str:
    folder = os.environ.get("AXISKG_TEST_DATA")
    if not folder:
        pytest.skip("AXISKG_TEST_DATA is not set: no article to compare with")
    found = sorted((Path(folder) / "source").glob("*.txt"))
    if not found:
        pytest.skip(f"there is no text in {folder}/source")
    return found[0].read_text(encoding="utf-8")
