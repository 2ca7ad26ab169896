"""The commands source, anchor, encode, coverage and verify."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from axiskg.authoring.schema import schema_text
from axiskg.cli.app import exit_of
from axiskg.cli.groups import whole_app
from axiskg.errors import AxisKGError

app = whole_app()

SOURCE = [
    *("source", "straits-compact.txt", "--slug", "straits-compact"),
    *("--title", "The Straits Compact", "--creator", "ada-lovell", "--issued", "2031-23"),
    *("--publisher", "meridian-review"),
    *("--exclude", "1=heading", "--exclude", "3=byline", "--exclude", "7=issue line"),
]
SHEET = Path("data/statements/straits-compact.yaml")
TRIG = Path("data/triples/straits-compact.trig")
TEXT = ("--text", "straits-compact.txt")

pytestmark = pytest.mark.usefixtures("project")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def ok(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output or result.exception
    return result.stdout


def refused(*arguments: str) -> tuple[int, str]:
    """The exit code and message of a command that an error of ours ends."""
    result = run(*arguments)
    assert isinstance(result.exception, AxisKGError), result.output
    return exit_of(result.exception), str(result.exception)


@pytest.fixture
def recorded(project: Path) -> Path:
    ok(*SOURCE)
    return project


@pytest.fixture
def encoded(recorded: Path) -> Path:
    ok("anchor", *TEXT, str(SHEET))
    ok("encode")
    return recorded


def test_source_says_where_and_what(project: Path) -> None:
    report = json.loads(ok(*SOURCE, "--json"))
    assert report["paragraphs"] == 7
    assert report["demanded"] == 4
    assert report["sentences"] == 13
    assert Path(report["path"]) == project / "data" / "sources" / "straits-compact.ttl"


def test_source_does_not_overwrite_bounds_corrected_by_hand(recorded: Path) -> None:
    path = recorded / "data" / "sources" / "straits-compact.ttl"
    path.write_text(path.read_text() + "# corrected\n")
    code, message = refused(*SOURCE)
    assert code == 3
    assert "--force overwrites it" in message
    ok(*SOURCE, "--force")
    assert "# corrected" not in path.read_text()


@pytest.mark.parametrize("exclusion", ["1", "x=heading", "1="])
def test_a_malformed_exclusion_is_a_usage_error(exclusion: str) -> None:
    result = run(*SOURCE, "--exclude", exclusion)
    assert result.exit_code == 2
    assert "furniture" in result.output


def test_anchors_are_replaced_in_place(recorded: Path) -> None:
    before = SHEET.read_text(encoding="utf-8")
    report = json.loads(ok("anchor", *TEXT, str(SHEET), "--json"))
    after = SHEET.read_text(encoding="utf-8")
    assert report["replaced"] == 15
    assert 'at: "3:61-93"' in after
    assert len(before.splitlines()) == len(after.splitlines())
    assert json.loads(ok("anchor", *TEXT, str(SHEET), "--json"))["replaced"] == 0


def test_line_ends_stay_as_they_are(recorded: Path) -> None:
    SHEET.write_bytes(SHEET.read_bytes().replace(b"\n", b"\r\n"))
    lines = SHEET.read_bytes().count(b"\r\n")
    ok("anchor", *TEXT, str(SHEET))
    assert SHEET.read_bytes().count(b"\r\n") == lines
    ok("encode")


def test_a_refused_anchor_leaves_the_file(recorded: Path) -> None:
    before = SHEET.read_text(encoding="utf-8").replace("2: drills ...", "2: trills ...")
    SHEET.write_text(before, encoding="utf-8")
    code, message = refused("anchor", *TEXT, str(SHEET))
    assert code == 3
    assert f"{SHEET}:" in message
    assert "'trills' is not in the sentence" in message
    assert SHEET.read_text(encoding="utf-8") == before


def test_one_anchor_is_answered(recorded: Path) -> None:
    assert ok("anchor", *TEXT, "p5", "a blockade ... Strait") == "3:61-93\n"
    report = json.loads(ok("anchor", *TEXT, "p5", "Norvia", "--json"))
    assert report == {"paragraph": 5, "places": ["2:0-6", "3:8-14"]}
    assert run("anchor", *TEXT, "p5").exit_code == 2
    assert refused("anchor", *TEXT, "p5", "Elba")[0] == 3


def test_encode_writes_what_check_then_accepts(encoded: Path) -> None:
    written = TRIG.read_bytes()
    (report,) = json.loads(ok("encode", "--check", "--json"))
    assert report["statements"] == 15
    assert report["accepted"] == 7
    assert not report["changed"]
    ok("encode", "straits-compact")
    ok("encode", str(SHEET))
    assert TRIG.read_bytes() == written


def test_check_fails_when_the_two_forms_differ(encoded: Path) -> None:
    TRIG.write_text(TRIG.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    result = run("encode", "--check")
    assert result.exit_code == 1
    assert "run `axiskg encode`" in result.stderr
    SHEET.write_text(SHEET.read_text(encoding="utf-8").replace("count 4", "count 5"), "utf-8")
    assert run("encode", "--check").exit_code == 1


def test_a_fault_ends_with_its_place_and_nothing_is_written(encoded: Path) -> None:
    before = TRIG.read_bytes()
    SHEET.write_text(
        SHEET.read_text(encoding="utf-8").replace("mod: Claim", "mod: Fact"), encoding="utf-8"
    )
    code, message = refused("encode")
    assert code == 3
    assert "straits-compact.yaml:34: p4.b: is a Fact that another asserts" in message
    assert TRIG.read_bytes() == before


def test_a_draft_may_have_unknown_terms(encoded: Path) -> None:
    text = SHEET.read_text(encoding="utf-8").replace("hadPriorKnowledgeOf", "knewOf")
    SHEET.write_text(text, encoding="utf-8")
    assert "has no property axis:knewOf" in refused("encode")[1]
    result = run("encode", "--draft")
    assert result.exit_code == 0
    assert "has no property axis:knewOf" in result.stderr


def test_tidy_makes_the_sheet_canonical(encoded: Path) -> None:
    canonical = SHEET.read_text(encoding="utf-8")
    SHEET.write_text(canonical.replace("label: Norvia", "label: 'Norvia'"), encoding="utf-8")
    ok("encode", "--tidy")
    assert SHEET.read_text(encoding="utf-8") == canonical


def test_the_schema_is_printed() -> None:
    assert ok("encode", "--schema") == schema_text()


def test_unknown_sources_are_met_with_near_ones(encoded: Path) -> None:
    code, message = refused("encode", "straits-compac")
    assert code == 6
    assert "did you mean straits-compact" in message
    assert refused("coverage", *TEXT, "--source", "straits")[0] == 6
    assert refused("verify", "--text", "absent.txt")[0] == 3
    Path("other.txt").write_text("Something else.\n")
    assert refused("verify", "--text", "other.txt")[0] == 6


def test_nothing_to_encode_is_said(recorded: Path) -> None:
    SHEET.unlink()
    assert refused("encode")[0] == 6


def test_coverage_lists_every_sentence(encoded: Path) -> None:
    listed = ok("coverage", *TEXT).splitlines()
    assert len(listed) == 13
    assert listed[8].split("\t")[::2] == ["p5.3", "d e f g"]
    report = json.loads(ok("coverage", *TEXT, "--json"))
    assert report["uncovered"] == []
    assert report["text_fits"]
    assert report["sentences"][1]["statements"][0]["standing"] == "Attributed"


def test_an_uncovered_sentence_fails_coverage(encoded: Path) -> None:
    lines = SHEET.read_text(encoding="utf-8").splitlines(keepends=True)
    SHEET.write_text("".join(line for line in lines if "p6.1" not in line and "none:" not in line))
    ok("encode")
    result = run("coverage", *TEXT)
    assert result.exit_code == 1
    assert "p6.1\tDid the compact matter?\tUNCOVERED" in result.stdout


def test_coverage_of_another_text_fails(encoded: Path) -> None:
    shutil.copy("straits-compact.txt", "copy.txt")
    Path("copy.txt").write_text(Path("copy.txt").read_text().replace("shoals", "shoal"))
    result = run("coverage", "--text", "copy.txt")
    assert result.exit_code == 1
    assert "the text is not the one on record" in result.stderr


def test_coverage_and_verify_want_an_encoding(recorded: Path) -> None:
    for command in ("coverage", "verify"):
        code, message = refused(command, *TEXT)
        assert code == 6
        assert "run `axiskg encode straits-compact`" in message


def test_verify_names_the_first_difference(encoded: Path) -> None:
    assert "15 statements fit the text" in ok("verify", *TEXT)
    Path("copy.txt").write_text(Path("straits-compact.txt").read_text().replace("shoals", "shoal"))
    result = run("verify", "--text", "copy.txt")
    assert result.exit_code == 1
    assert "paragraph 4, sentence 3, position 236: the text lacks 's'" in result.stdout
    assert "expected SHA-256" in result.stdout
    assert "cure:" in result.stdout
    result = run("verify", "--text", "copy.txt", "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert not report["holds"]
    assert report["differences"][0]["position"] == 236


def test_verify_refuses_an_encoding_altered_by_hand(encoded: Path) -> None:
    text = TRIG.read_text(encoding="utf-8")
    TRIG.write_text(text.replace("axis:fullyBacks ent:pos", "axis:tacitlyBacks ent:pos"), "utf-8")
    code, message = refused("verify", *TEXT)
    assert code == 3
    assert "encode its source again" in message
