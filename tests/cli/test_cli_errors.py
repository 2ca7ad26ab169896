"""Each thing that can go wrong gives one clear message on stderr, and its own exit code."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from running import Run

from axiskg.cli.app import Exit
from axiskg.settings import resources_dir
from axiskg.store import EmbeddedStore

ARTICLE = "fp-2023-china-russia-axis"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("query", "SELECT ?x { ?x axis:a }"), Exit.QUERY, "at line 1, column 23"),
        (
            ("query", "SELECT * { SERVICE <http://x/> {} }"),
            Exit.QUERY,
            "SERVICE <http://x/> is not allowed",
        ),
        (("query", "INSERT DATA { ent:a ent:b ent:c }"), Exit.QUERY, "not valid SPARQL"),
        (("query", "backin"), Exit.QUERY, "no saved query 'backin'; did you mean backing"),
        (("queries", "show", "backin"), Exit.QUERY, "did you mean backing or mutual-backing?"),
        (("query", "nowhere.rq"), Exit.NOT_FOUND, "there is no file nowhere.rq"),
        (("query", "backing", "-p", "backer=rusia"), Exit.NOT_FOUND, "did you mean russia"),
        (("query", "backing", "-p", "bakcer=russia"), Exit.QUERY, "did you mean backer?"),
        (("query", "backing", "-p", "backer"), Exit.QUERY, "expected NAME=VALUE"),
        (("query", "ASK {}", "-p", "a=b"), Exit.QUERY, "this query has no header"),
        (("query", "holds-as-of", "-p", "day=June"), Exit.QUERY, "expected a date as 2023-09-01"),
        (("query", "backing", "-f", "ttl"), Exit.QUERY, "choose one of table, json, xml, csv, tsv"),
        (("query", "neighbourhood", "-f", "csv"), Exit.QUERY, "no format 'csv'"),
        (("show", "Atlantis"), Exit.NOT_FOUND, "no entity is called 'Atlantis'"),
        (("statements", "--standing", "Acepted"), Exit.QUERY, "did you mean Accepted"),
        (("statements", "--as-of", "2023-13-01"), Exit.QUERY, "expected a date"),
        (("export", "trix"), Exit.QUERY, "did you mean trig?"),
        (("export", "--json"), Exit.USAGE, "give --output too"),
        (("export", "-o", "/nowhere/x.trig"), Exit.USAGE, "/nowhere/x.trig can't be written"),
    ],
)
def test_a_wrong_request(arguments: tuple[str, ...], code: Exit, message: str, axiskg: Run) -> None:
    ran = axiskg(*arguments)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("error: ")
    assert message in ran.err
    assert len(ran.err.splitlines()) == 1


def test_no_store_yet(axiskg: Run, tmp_path: Path) -> None:
    ran = axiskg("query", "backing", store=str(tmp_path / "none"))
    assert ran.code == Exit.STORE
    assert "make it with `axiskg build`" in ran.err


def test_not_a_store(axiskg: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear mother")
    for command in (("build",), ("query", "backing")):
        ran = axiskg(*command, store=str(tmp_path))
        assert ran.code == Exit.STORE
        assert f"{tmp_path} holds something else than a store" in ran.err
    assert (tmp_path / "letter.txt").read_text() == "Dear mother"


def test_a_locked_store(axiskg: Run, tmp_path: Path) -> None:
    path = tmp_path / "store"
    with EmbeddedStore.open(path):
        for command in (("build",), ("query", "backing")):
            ran = axiskg(*command, store=str(path))
            assert ran.code == Exit.STORE
            assert "is in use by process" in ran.err


def test_a_remote_engine_that_is_not_there(axiskg: Run) -> None:
    ran = axiskg("query", "backing", store="http://127.0.0.1:9/query")
    assert ran.code == Exit.STORE
    assert "http://127.0.0.1:9/query can't be reached" in ran.err


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose data may be broken."""
    shutil.copytree(resources_dir() / "ontology", tmp_path / "ontology")
    for part in ("triples", "sources"):
        shutil.copytree(resources_dir() / "data" / part, tmp_path / "data" / part)
    (tmp_path / "queries").mkdir()
    monkeypatch.setenv("AXISKG_HOME", str(tmp_path))
    return tmp_path


def test_broken_trig(axiskg: Run, home: Path) -> None:
    path = home / "data" / "triples" / f"{ARTICLE}.trig"
    path.write_text(path.read_text(encoding="utf-8") + "rubbish\n", encoding="utf-8")
    lines = len(path.read_text(encoding="utf-8").splitlines())
    ran = axiskg("build", store=":memory:")
    assert (ran.code, ran.out) == (Exit.DATA, "")
    assert f"error: {path}:{lines}: not well-formed TriG" in ran.err


def test_a_statement_without_source(axiskg: Run, home: Path) -> None:
    path = home / "data" / "triples" / f"{ARTICLE}.trig"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f" axis:source src:{ARTICLE} ;", "", 1), encoding="utf-8")
    ran = axiskg("build", store=":memory:")
    assert ran.code == Exit.DATA
    assert f"error: {path}: " in ran.err
    assert "source" in ran.err


def test_a_wrong_setting(axiskg: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AXISKG_PORT", "many")
    ran = axiskg("settings")
    assert ran.code == Exit.USAGE
    assert "error: setting port: " in ran.err


def test_an_unknown_command_or_option_is_a_usage_error(axiskg: Run) -> None:
    assert axiskg("quary").code == Exit.USAGE
    assert axiskg("query").code == Exit.USAGE
    assert axiskg("query", "--colour", "backing").code == Exit.USAGE
