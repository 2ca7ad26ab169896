"""The good corpus passes every gate; each broken one fails exactly the gate of its name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from axiskg.errors import NotFoundError, ParseError
from axiskg.gates import GATES, CheckReport, Outcome, encoded_files, run_gates
from axiskg.settings import Settings

CORPORA = Path(__file__).parent / "corpora"
GOOD = CORPORA / "good.trig"


def checked(settings: Settings, *paths: Path, java: str | None = None) -> CheckReport:
    return CheckReport(tuple(run_gates(settings, list(paths) or None, java=java)))


def test_the_good_corpus_passes_every_gate(settings: Settings) -> None:
    report = checked(settings)
    assert report.outcome is Outcome.PASSED, report
    assert tuple(gate.gate for gate in report.gates) == GATES


def test_the_projects_own_files_pass_every_gate() -> None:
    settings = Settings()
    assert encoded_files(settings), "data/triples/ and data/sources/ hold nothing"
    report = checked(settings)
    assert report.outcome is Outcome.PASSED, "\n".join(
        str(finding) for gate in report.gates for finding in gate.findings
    )


@pytest.mark.parametrize(
    ("gate", "place", "subject", "words"),
    [
        (
            "consistency",
            "broken-consistency.trig:36",
            "consistency",
            "long-bay Type axis:State",
        ),
        ("shapes", "broken-shapes.trig:14", "st:example/p1.a", "exactly one axis:paraphrase"),
        ("violations", "broken-violations.trig:14", "st:example/p1.a", "found axis:Likely"),
    ],
)
def test_a_broken_corpus_fails_just_its_gate(
    settings: Settings, gate: str, place: str, subject: str, words: str
) -> None:
    report = checked(settings, CORPORA / f"broken-{gate}.trig")
    assert report.failed == (gate,)
    [finding] = next(r.findings for r in report.gates if r.gate == gate)
    assert finding.place.endswith(place)
    assert finding.subject == subject
    assert words in finding.message
    assert len(finding.cure) > 20


def test_a_broken_query_fails_just_its_gate(settings: Settings) -> None:
    query = settings.queries_dir / "all-backing.rq"
    query.write_text(
        "PREFIX axis: <https://w3id.org/axiskg/ontology#>\n"
        "SELECT ?who WHERE {\n"
        "  GRAPH ?st { ?who axis:fullyBacks ?what }\n"
        "}\n",
        encoding="utf-8",
    )
    report = checked(settings, java="none")
    assert report.failed == ("queries",)
    [finding] = next(r.findings for r in report.gates if r.gate == "queries")
    assert finding.place == "queries/all-backing.rq:3"
    assert "GRAPH ?st" in finding.message
    assert "axis:standing" in finding.cure


HEADER = """#+ label: backs by proxy
#+ description: A backs what B backs.
#+ category: test
PREFIX axis: <https://w3id.org/axiskg/ontology#>
"""


@pytest.mark.parametrize(
    ("rule", "line", "message", "cure"),
    [
        (
            HEADER + "CONSTRUCT { ?a axis:standsBy ?b }\nWHERE { ?a axis:backs ?b OPTIONAL { ?b a"
            " axis:State } }",
            6,
            "a rule has no optional part",
            "write two rules",
        ),
        (
            HEADER + "CONSTRUCT { ?a axis:standsBy ?z } WHERE { ?a axis:backs ?b }",
            5,
            "?z is in the template but not in the body",
            "let the body bind ?z, or leave it out",
        ),
        (
            HEADER + "CONSTRUCT { ?a axis:standsBy ?b }\nWHERE { ?a axis:bakcs ?b }",
            6,
            "axis:bakcs is not in the ontology",
            "did you mean backs",
        ),
        (
            HEADER.replace("#+ category: test\n", "") + "CONSTRUCT { ?a axis:standsBy ?b }\n"
            "WHERE { ?a axis:backs ?b }",
            1,
            "the header lacks `category`",
            "add a line `#+ category: …`",
        ),
        (
            HEADER + "CONSTRUCT { ?a axis:standsBy ?b } WHERE { ?a axis:backs ?b ",
            5,
            "not SPARQL",
            "correct the query",
        ),
        (
            HEADER + "CONSTRUCT { ?a axis:standsBy ?b }\nWHERE { ?a axis:closeTo ?b\n"
            "  FILTER NOT EXISTS { ?a axis:mutuallyBacks ?b } }",
            7,
            "axis:standsBy depends on the absence of axis:mutuallyBacks (by-proxy.rq), which"
            " depends on axis:standsBy (mutual-backing.rq); a conclusion would undo its own ground",
            "let one of by-proxy.rq, mutual-backing.rq read",
        ),
    ],
    ids=["construct", "head", "term", "header", "syntax", "cycle"],
)
def test_a_broken_rule_fails_just_its_gate(
    settings: Settings, rule: str, line: int, message: str, cure: str
) -> None:
    path = settings.ontology_dir / "rules" / "by-proxy.rq"
    path.write_text(rule, encoding="utf-8")
    report = checked(settings, java="none")
    assert report.failed == ("rules",)
    [finding] = next(r.findings for r in report.gates if r.gate == "rules")
    assert finding.place == f"ontology/rules/by-proxy.rq:{line}"
    assert finding.message.startswith(message)
    assert cure in finding.cure


def test_each_broken_rule_is_reported(settings: Settings) -> None:
    rules = settings.ontology_dir / "rules"
    for name in ("one", "two"):
        text = HEADER + "CONSTRUCT { ?a axis:standsBy ?z } WHERE { ?a axis:backs ?b }"
        (rules / f"{name}.rq").write_text(text, encoding="utf-8")
    report = checked(settings, java="none")
    findings = next(r.findings for r in report.gates if r.gate == "rules")
    assert [finding.subject for finding in findings] == ["one.rq", "two.rq"]


def test_a_broken_term_fails_just_its_gate(settings: Settings) -> None:
    module = settings.ontology_dir / "modules" / "actors.ttl"
    text = module.read_text(encoding="utf-8")
    old = "    rdfs:subClassOf axis:Place ;"
    assert old in text
    module.write_text(text.replace(old, "    rdfs:subClassOf axis:Plaice ;", 1), encoding="utf-8")
    report = checked(settings, java="none")
    assert report.failed == ("vocabulary",)
    [finding] = next(r.findings for r in report.gates if r.gate == "vocabulary")
    assert finding.place.startswith("ontology/modules/actors.ttl:")
    assert "Plaice" in finding.message


def test_an_unsatisfiable_class_fails_with_its_justification(settings: Settings) -> None:
    module = settings.ontology_dir / "modules" / "actors.ttl"
    with module.open("a", encoding="utf-8") as file:
        file.write("\naxis:City rdfs:subClassOf axis:State .\n")
    report = checked(settings)
    assert report.failed == ("consistency",)
    findings = next(r.findings for r in report.gates if r.gate == "consistency")
    assert {finding.subject for finding in findings} == {"axis:City"}
    assert "axis:City SubClassOf axis:State" in findings[0].message
    assert findings[0].place.startswith("ontology/modules/actors.ttl:")


def test_without_java_consistency_is_unchecked_and_nothing_is_green(settings: Settings) -> None:
    report = CheckReport(tuple(run_gates(settings, java="no-such-java")))
    assert report.outcome is Outcome.UNCHECKED
    unchecked = next(r for r in report.gates if r.outcome is Outcome.UNCHECKED)
    assert unchecked.gate == "consistency"
    assert "no-such-java" in unchecked.reason


@pytest.mark.parametrize(
    ("name", "words"),
    [("false", "could not run HermiT"), ("true", "did not find the class planted as a probe")],
)
def test_a_java_that_does_not_reason_is_not_believed(
    settings: Settings, name: str, words: str
) -> None:
    java = shutil.which(name)
    assert java is not None
    report = CheckReport(tuple(run_gates(settings, java=java)))
    assert report.outcome is Outcome.UNCHECKED
    assert words in report.gates[-1].reason


def test_nothing_to_check_is_not_green(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError, match="nothing to check in"):
        checked(settings, tmp_path / "empty")
    (settings.data_dir / "triples" / "good.trig").unlink()
    with pytest.raises(NotFoundError, match="nothing to check in"):
        checked(settings)


def test_a_failed_gate_outweighs_an_unchecked_one(settings: Settings) -> None:
    path = CORPORA / "broken-shapes.trig"
    report = CheckReport(tuple(run_gates(settings, [path], java="no-such-java")))
    assert report.outcome is Outcome.FAILED


def test_broken_trig_names_file_and_line(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "torn.trig"
    path.write_text(GOOD.read_text(encoding="utf-8")[:3000], encoding="utf-8")
    with pytest.raises(ParseError, match=r"torn\.trig:\d+: not RDF"):
        checked(settings, path)


def test_a_missing_file_is_named(settings: Settings) -> None:
    with pytest.raises(NotFoundError, match=r"nowhere\.trig: no such file"):
        checked(settings, Path("nowhere.trig"))


def test_a_folder_stands_for_its_files(settings: Settings) -> None:
    folder = settings.data_dir / "triples"
    reports = run_gates(settings, [folder], java="none")
    scope = next(r.scope for r in reports if r.gate == "violations")
    assert "13 statements" in scope
