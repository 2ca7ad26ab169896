"""`axiskg check`: its exit codes, and what goes to which stream."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import axiskg.cli.check  # noqa: F401 - declares the command
from axiskg.cli.app import Exit, app, exit_of
from axiskg.errors import ParseError

CORPORA = Path(__file__).parent / "corpora"
GOOD = CORPORA / "good.trig"


@pytest.fixture
def runner(home: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("AXISKG_HOME", str(home))
    return CliRunner()


def test_green(runner: CliRunner) -> None:
    result = runner.invoke(app, ["check"])
    assert result.exit_code == Exit.OK, result.output
    assert result.stdout == ""
    for gate in ("vocabulary", "shapes", "violations", "queries", "rules", "consistency"):
        assert gate in result.stderr


def test_red_names_place_and_cure_on_standard_output(runner: CliRunner) -> None:
    result = runner.invoke(
        app, ["check", "--java", "none", str(CORPORA / "broken-violations.trig")]
    )
    assert result.exit_code == Exit.FAILED
    assert "broken-violations.trig:14: st:example/p1.a: " in result.stdout
    assert "cure: Set the likelihood to Certain" in result.stdout
    assert "failed: violations" in result.stderr


def test_without_java_it_is_neither_green_nor_red(runner: CliRunner) -> None:
    result = runner.invoke(app, ["check", "--java", "no-such-java", str(GOOD)])
    assert result.exit_code == Exit.UNCHECKED
    assert "no Java found" in result.stderr
    assert "not everything was checked" in result.stderr


def test_json(runner: CliRunner) -> None:
    result = runner.invoke(
        app, ["check", "--json", "--java", "none", str(CORPORA / "broken-shapes.trig")]
    )
    assert result.exit_code == Exit.FAILED
    report = json.loads(result.stdout)
    assert report["outcome"] == "failed"
    outcomes = {gate["gate"]: gate["outcome"] for gate in report["gates"]}
    assert outcomes == {
        "vocabulary": "passed",
        "shapes": "failed",
        "violations": "passed",
        "queries": "passed",
        "rules": "passed",
        "consistency": "unchecked",
    }
    [finding] = report["gates"][1]["findings"]
    assert set(finding) == {"message", "place", "subject", "cure"}


def test_json_without_java(runner: CliRunner) -> None:
    result = runner.invoke(app, ["check", "--json", "--java", "no-such-java", str(GOOD)])
    assert result.exit_code == Exit.UNCHECKED
    report = json.loads(result.stdout)
    assert report["outcome"] == "unchecked"
    assert "no-such-java" in report["gates"][-1]["reason"]


def test_a_statement_without_a_source(runner: CliRunner, tmp_path: Path) -> None:
    text = GOOD.read_text(encoding="utf-8")
    path = tmp_path / "sourceless.trig"
    path.write_text(
        text.replace("a axis:Statement ; axis:source src:example ;", "a axis:Statement ;", 1),
        encoding="utf-8",
    )
    result = runner.invoke(app, ["check", "--java", "none", str(path)])
    assert result.exit_code == Exit.FAILED
    assert "sourceless.trig:14: st:example/p1.a: breaks the rule" in result.stdout
    assert "exactly one axis:source" in result.stdout
    assert "cure: Name the source, and describe it in data/sources/" in result.stdout


def test_broken_trig(runner: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "torn.trig"
    path.write_text(GOOD.read_text(encoding="utf-8")[:3000], encoding="utf-8")
    result = runner.invoke(app, ["check", str(path)])
    assert isinstance(result.exception, ParseError)
    assert exit_of(result.exception) == Exit.DATA
    assert "torn.trig:" in str(result.exception)
