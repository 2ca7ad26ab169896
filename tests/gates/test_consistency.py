"""Each kind of axiom catches what breaks it, and the justification names it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from axiskg.gates import Corpus, Outcome
from axiskg.gates.consistency import check_consistency
from axiskg.gates.justification import explain
from axiskg.gates.projection import project

REEF = '    ent:reef a axis:Issue ; rdfs:label "the reef"@en .\n'


def described(triples: str) -> tuple[str, str]:
    """An edit that adds to the descriptions."""
    return REEF, f"{REEF}    {triples}\n"


BROKEN = pytest.mark.parametrize(
    ("edit", "axiom"),
    [
        pytest.param(
            described("ent:jane-roe a axis:State ."),
            "axis:State DisjointWith axis:Person",
            id="an-actor-of-two-kinds",
        ),
        pytest.param(
            described("ent:toll a axis:Event, axis:ConceivedEvent ."),
            "axis:Event DisjointWith axis:ConceivedEvent",
            id="real-and-imagined",
        ),
        pytest.param(
            described("ent:position-of-arcadia-on-reef axis:onIssue ent:canal ."),
            "axis:onIssue Characteristics: Functional",
            id="a-position-on-two-issues",
        ),
        pytest.param(
            described("ent:jane-roe axis:leaderOf ent:jane-roe ."),
            "axis:leaderOf Characteristics: Asymmetric",
            id="a-leader-of-herself",
        ),
        pytest.param(
            described("ent:arcadia axis:partnerOf ent:arcadia ."),
            "axis:relatedTo Characteristics: Irreflexive",
            id="a-partner-of-itself",
        ),
        pytest.param(
            described("ent:call a axis:Invitation ; axis:ofInstitution ent:club, ent:union ."),
            "axis:ofInstitution max 1",
            id="an-invitation-to-two-institutions",
        ),
        pytest.param(
            (
                "{ ent:borduria axis:tacitlyBacks ent:position-of-arcadia-on-reef . }",
                "{ ent:borduria axis:tacitlyBacks ent:position-of-arcadia-on-reef ;"
                " axis:fullyBacks ent:position-of-arcadia-on-reef . }",
            ),
            "axis:fullyBacks",
            id="one-position-backed-in-two-manners",
        ),
        pytest.param(
            (
                "{ ent:arcadia axis:fullyBacks ent:position-of-borduria-on-canal . }",
                "{ ent:arcadia axis:fullyBacks ent:borduria . }",
            ),
            "axis:backs Range axis:Position",
            id="an-actor-backed-in-the-place-of-a-position",
        ),
    ],
)


@BROKEN
def test_rustdl_says_which_axiom_is_broken(
    edited: Callable[[str, str], Corpus], edit: tuple[str, str], axiom: str
) -> None:
    corpus = edited(*edit)
    finding = explain(corpus, project(corpus), ["inconsistent"], subject="consistency")
    assert axiom in finding.message, finding.message
    assert "edited.trig:" in finding.place


@pytest.mark.slow
@BROKEN
def test_hermit_finds_each(
    edited: Callable[[str, str], Corpus], edit: tuple[str, str], axiom: str
) -> None:
    report = check_consistency(edited(*edit))
    assert report.outcome is Outcome.FAILED
    [finding] = report.findings
    assert axiom in finding.message, finding.message


def test_a_consistent_corpus_has_no_justification(edited: Callable[[str, str], Corpus]) -> None:
    corpus = edited("the canal", "the canal")
    finding = explain(corpus, project(corpus), ["inconsistent"], subject="consistency")
    assert "rustdl has no justification" in finding.message


def test_what_is_not_accepted_contradicts_nothing(edited: Callable[[str, str], Corpus]) -> None:
    corpus = edited(
        "{ ent:arcadia axis:plansAllianceWith ent:borduria . }",
        "{ ent:arcadia axis:plansAllianceWith ent:arcadia . }",
    )
    assert check_consistency(corpus).outcome is Outcome.PASSED


def test_the_users_java_options_are_left_as_they_were(
    edited: Callable[[str, str], Corpus], monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = edited("the canal", "the canal")
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Dx=y")
    assert check_consistency(corpus, java="true").outcome is Outcome.UNCHECKED
    assert os.environ["JAVA_TOOL_OPTIONS"] == "-Dx=y"
    monkeypatch.delenv("JAVA_TOOL_OPTIONS")
    assert check_consistency(corpus, java="true").outcome is Outcome.UNCHECKED
    assert "JAVA_TOOL_OPTIONS" not in os.environ


def test_nothing_is_left_behind(
    edited: Callable[[str, str], Corpus], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    edit = described("ent:jane-roe a axis:State .")
    assert check_consistency(edited(*edit)).outcome is Outcome.FAILED
    assert list(folder.iterdir()) == []
    assert tempfile.tempdir == str(folder)
