"""`axiskg check`: its exit codes, and what goes to which stream."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from axiskg.cli import app
from axiskg.cli.app import Exit

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
    for gate in ("vocabulary", "shapes", "violations", "queries", "consistency"):
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
