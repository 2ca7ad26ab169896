"""Each violation query finds its fault, and no other query does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from axiskg.errors import ConfigError, ParseError
from axiskg.gates import Corpus
from axiskg.gates.corpus import read_corpus
from axiskg.gates.violations import check_violations, read_violation_queries
from axiskg.ontology import Ontology, read_ontology
from axiskg.settings import resources_dir

GOOD = Path(__file__).parent / "corpora" / "good.trig"
HOME = resources_dir()

CHECKS = HOME / "ontology" / "checks"
QUERIES = read_violation_queries(CHECKS)

P = "https://w3id.org/axiskg/statement/example/"


def about(name: str, old: str, new: str) -> tuple[str, str, str]:
    """An edit of the provenance of a statement."""
    return (f"{name}> a axis:Statement", old, new)


def content(name: str, old: str, new: str) -> tuple[str, str, str]:
    """An edit of the content of a statement."""
    return (f"{name}> {{", old, new)


def entity(old: str, new: str) -> tuple[str, str, str]:
    """An edit of the descriptions."""
    return ("g:entities {", old, new)


BREAKS: dict[str, list[tuple[str, str, str]]] = {
    "fact-is-certain": [
        about("p1.a", "axis:Certain", "axis:Likely"),
        about("p1.a", "standing axis:Accepted", "standing axis:Hedged"),
    ],
    "claim-has-another-asserter": [
        about("p1.e", "axis:assertedBy ent:ministry-of-borduria", "axis:assertedBy ent:jane-roe"),
        about("p1.e", "axis:reportedBy ent:jane-roe", "axis:reportedBy ent:ministry-of-borduria"),
        about("p1.e", "axis:voice ent:ministry-of-borduria", "axis:voice ent:jane-roe"),
    ],
    "claim-has-another-asserter, reported": [
        about("p1.e", "        axis:reportedBy ent:jane-roe ;\n", ""),
    ],
    "reporter-is-another": [
        about("p1.e", "axis:reportedBy ent:jane-roe", "axis:reportedBy ent:ministry-of-borduria"),
    ],
    "perception-is-held": [
        about("p1.d", "        axis:heldBy ent:arcadia ;\n", ""),
        about("p1.d", "        axis:attitude axis:Believes ;\n", ""),
        about("p1.d", "axis:voice ent:arcadia", "axis:voice ent:jane-roe"),
    ],
    "held-is-perception": [
        about("p1.d", "axis:Perception", "axis:Assessment"),
        about("p1.d", "axis:Attributed", "axis:Judged"),
    ],
    "attitude-has-a-holder": [
        about("p1.a", "axis:voice", "axis:attitude axis:Fears ; axis:voice"),
    ],
    "hypothesis-has-a-role": [
        about("p2.e", "axis:modality axis:Fact", "axis:modality axis:Hypothesis"),
        about("p2.e", "axis:Accepted", "axis:Hypothetical"),
    ],
    "role-is-hypothesis": [
        about("p2.a", "axis:Hypothesis", "axis:Assessment"),
        about("p2.a", "axis:Hypothetical", "axis:Open"),
    ],
    "undetermined-is-affirmed": [about("p2.d", "axis:Affirmed", "axis:Negated")],
    "condition-is-consequent": [
        about("p2.b", "        axis:condition scn:blockade ;\n", ""),
    ],
    "supposed-denial-is-negated": [
        about("p2.f", "axis:Negated", "axis:Affirmed"),
    ],
    "negated-has-one-triple": [
        content(
            "p2.c", "axis:plansAllianceWith", "axis:distrusts ent:caldonia ; axis:plansAllianceWith"
        ),
    ],
    "premise-has-one-triple": [
        content("p2.a", "axis:blocks", "axis:distrusts ent:borduria ; axis:blocks"),
    ],
    "degree-is-in-the-graph": [
        about("p2.c", "axis:paraphrase", 'axis:degreeNote "much"@en ; axis:paraphrase'),
    ],
    "content-has-provenance": [
        (
            "g:entities {",
            "g:entities {",
            f"<{P}p9.z> {{ ent:caldonia axis:distrusts ent:arcadia }}\ng:entities {{",
        ),
    ],
    "provenance-has-content": [
        content("p2.d", "ent:arcadia axis:hadPriorKnowledgeOf ent:plan-of-borduria .", ""),
        about(
            "p2.d",
            "        axis:headSubject ent:arcadia ; axis:headProperty axis:hadPriorKnowledgeOf ;"
            " axis:headObject ent:plan-of-borduria ;\n",
            "",
        ),
    ],
    "head-is-in-the-content": [
        about("p1.a", "axis:headProperty axis:fullyBacks", "axis:headProperty axis:backs"),
    ],
    "standing-is-computed": [about("p2.c", "axis:Denied", "axis:Accepted")],
    "voice-is-computed": [about("p1.d", "axis:voice ent:arcadia", "axis:voice ent:jane-roe")],
    "no-blank-nodes": [
        content("p1.c", "axis:count 4", 'axis:involvedForce [ rdfs:label "six ships" ]'),
    ],
    "entity-is-described": [content("p1.c", "ent:long-bay", "ent:short-bay")],
    "party-is-described": [
        about("p1.a", "axis:assertedBy ent:jane-roe", "axis:assertedBy ent:jane-roe, ent:reef"),
        about("p1.a", "axis:voice ent:jane-roe", "axis:voice ent:jane-roe, ent:reef"),
        about("p1.a", "axis:Accepted", "axis:Attributed"),
    ],
    "term-is-declared": [
        content("p1.a", "axis:fullyBacks", "axis:fulllyBacks"),
        about("p1.a", "axis:fullyBacks", "axis:fulllyBacks"),
    ],
    "class-is-a-class": [
        content("p1.c", "a axis:MilitaryExercise", "a axis:Fact"),
        about("p1.c", "axis:MilitaryExercise", "axis:Fact"),
    ],
    "value-is-of-its-kind": [
        content("p1.c", "axis:count 4", "axis:count ent:reef"),
    ],
    "conclusion-is-not-authored": [
        content(
            "p1.a",
            "axis:fullyBacks ent:position-of-borduria-on-canal",
            "axis:mutuallyBacks ent:borduria",
        ),
        about("p1.a", "axis:fullyBacks", "axis:mutuallyBacks"),
        about("p1.a", "ent:position-of-borduria-on-canal", "ent:borduria"),
    ],
    "named-statement-exists": [
        content("p2.e", "example/p1.d>", "example/p7.d>"),
        about("p2.e", "example/p1.d>", "example/p7.d>"),
    ],
    "source-is-described": [("src:example a axis:Source", 'dcterms:title "An example"@en ;', "")],
    "one-position-for-holder-and-issue": [
        entity(
            "    ent:toll a",
            '    ent:stand-of-arcadia a axis:Position ; rdfs:label "stand"@en ;\n'
            "        axis:heldBy ent:arcadia ; axis:onIssue ent:reef .\n    ent:toll a",
        ),
    ],
    "one-grievance-for-holder-target-and-topic": [
        entity(
            "    ent:toll a",
            '    ent:complaint-of-arcadia a axis:Grievance ; rdfs:label "complaint"@en ;\n'
            "        axis:heldBy ent:arcadia ; axis:against ent:caldonia ; axis:about ent:toll .\n"
            "    ent:toll a",
        ),
    ],
    "bounds-are-in-order": [
        about(
            "p1.c",
            '"2001-05-31"^^xsd:date',
            '"2001-05-31"^^xsd:date ; sem:hasLatestBeginTimeStamp "2001-06-30"^^xsd:date',
        )
    ],
    "one-hash-a-sentence": [about("p1.a", 'axis:sentenceHash "f6', 'axis:sentenceHash "f7')],
}
"""Check to edits of the good corpus: each an anchor, and old and new text after it. What stands
after a comma tells apart two breaks of one check."""

IN_ONTOLOGY = {"term-is-documented", "one-confidence-a-grade"}


def edited(ontology: Ontology, tmp_path: Path, edits: list[tuple[str, str, str]]) -> Corpus:
    text = GOOD.read_text(encoding="utf-8")
    for anchor, old, new in edits:
        start = text.index(old, text.index(anchor))
        text = text[:start] + new + text[start + len(old) :]
    path = tmp_path / "edited.trig"
    path.write_text(text, encoding="utf-8")
    return read_corpus(ontology, [path], home=HOME)


def found_by(corpus: Corpus) -> set[str]:
    findings = check_violations(corpus, QUERIES).findings
    return {re.findall(r"\(([a-z-]+)\)$", finding.message)[0] for finding in findings}


def test_every_check_has_a_break() -> None:
    assert {name.partition(",")[0] for name in BREAKS} | IN_ONTOLOGY == {
        query.name for query in QUERIES
    }


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_only_its_check_finds_a_break(ontology: Ontology, tmp_path: Path, name: str) -> None:
    assert found_by(edited(ontology, tmp_path, BREAKS[name])) == {name.partition(",")[0]}


@pytest.mark.parametrize(
    ("name", "module", "pattern", "new"),
    [
        ("term-is-documented", "actors", r'    skos:example "A province[^\n]+\n', ""),
        ("one-confidence-a-grade", "inference", r"    axis:forModality axis:Claim ;\n", ""),
    ],
)
def test_a_fault_of_the_ontology_is_found(
    home: Path, name: str, module: str, pattern: str, new: str
) -> None:
    path = home / "ontology" / "modules" / f"{module}.ttl"
    text, changes = re.subn(pattern, new, path.read_text(encoding="utf-8"), count=1)
    assert changes == 1
    path.write_text(text, encoding="utf-8")
    corpus = read_corpus(read_ontology(home / "ontology"), [GOOD], home=home)
    assert found_by(corpus) == {name}
    [finding] = check_violations(corpus, QUERIES).findings
    assert finding.place.startswith("ontology/modules/")


def test_a_publishers_statement_is_attributed_and_no_fault(
    ontology: Ontology, tmp_path: Path
) -> None:
    corpus = edited(
        ontology,
        tmp_path,
        [
            about(
                "p1.a", "axis:assertedBy ent:jane-roe", "axis:assertedBy ent:ministry-of-borduria"
            ),
            about("p1.a", "axis:voice ent:jane-roe", "axis:voice ent:ministry-of-borduria"),
            about("p1.a", "axis:Accepted", "axis:Attributed"),
        ],
    )
    assert found_by(corpus) == set()


def test_a_header_without_cure_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x-violation.rq"
    path.write_text("#+ summary: x\nSELECT ?subject ?found WHERE { }\n", encoding="utf-8")
    with pytest.raises(ParseError, match=r"x-violation\.rq:1: the #\+ header lacks cure"):
        read_violation_queries(tmp_path)


def test_a_folder_without_checks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no"):
        read_violation_queries(tmp_path)


def test_a_check_that_selects_something_else_is_refused(ontology: Ontology, tmp_path: Path) -> None:
    path = tmp_path / "x-violation.rq"
    path.write_text("#+ summary: x\n#+ cure: y\nSELECT ?s WHERE { ?s ?p ?o }\n", encoding="utf-8")
    corpus = read_corpus(ontology, [GOOD], home=HOME)
    with pytest.raises(ParseError, match=r"selects \?subject and \?found"):
        check_violations(corpus, read_violation_queries(tmp_path))
