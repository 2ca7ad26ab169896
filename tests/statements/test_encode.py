"""Encoding: each rule broken by its fixture, and everything that is computed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from axiskg.authoring import read_sheet
from axiskg.encode import Encoding, Vocabulary, encode
from axiskg.errors import DataError
from axiskg.namespaces import AXIS, ENT, ENTITIES_GRAPH, PREFIXES, PROVENANCE_GRAPH, SCN, ST
from axiskg.sources import Source
from axiskg.statements import Statement

HERE = Path(__file__).parent
INVALID = sorted((HERE / "invalid").glob("*.yaml"))
EXPECTS = re.compile(r"# expects (\d+|-): (.*)")


@pytest.mark.parametrize("path", INVALID, ids=lambda p: p.stem)
def test_each_rule_is_broken_by_its_fixture(
    path: Path, small: Source, vocabulary: Vocabulary
) -> None:
    header = EXPECTS.match(path.read_text(encoding="utf-8"))
    assert header is not None
    with pytest.raises(DataError) as error:
        encode(read_sheet(path), small, vocabulary)
    assert header[2] in str(error.value)
    assert error.value.path == path
    if header[1] != "-":
        assert error.value.line == int(header[1])
        assert str(error.value).startswith(f"{path}:{header[1]}: ")
    assert "\n" not in str(error.value), "a fixture breaks one rule only"


@pytest.fixture(scope="module")
def encoding(small_published: Source, vocabulary: Vocabulary) -> Encoding:
    return encode(read_sheet(HERE / "valid" / "every-field.yaml"), small_published, vocabulary)


@pytest.fixture(scope="module")
def statements(encoding: Encoding) -> dict[str, Statement]:
    return {s.name: s for s in encoding.statements}


def test_statements_are_in_the_order_of_paragraphs_and_ids(encoding: Encoding) -> None:
    assert [s.name for s in encoding.statements] == [
        *("p1.a", "p1.b", "p1.c", "p1.d", "p1.aa"),
        *("p4.a", "p4.b", "p4.c", "p4.d", "p4.e"),
    ]


def test_places_are_counted_in_the_paragraph(statements: dict[str, Statement]) -> None:
    assert statements["p1.a"].span == (0, 21)
    assert statements["p1.a"].also_spans == ("2:22-29", "2:30-35")
    assert statements["p1.b"].span == (22, 43)
    assert statements["p1.b"].sentence == 2


def test_a_repeated_paragraph_is_noted_and_no_second_source(
    statements: dict[str, Statement],
) -> None:
    assert statements["p1.a"].also_paragraphs == (2,)
    assert statements["p4.a"].also_paragraphs == ()


def test_asserter_reporter_voice_and_standing(statements: dict[str, Statement]) -> None:
    def parties(name: str) -> tuple[tuple[str, ...], ...]:
        s = statements[name]
        groups = (s.asserted_by, s.reported_by, s.held_by, s.voice)
        return tuple(tuple(a.removeprefix(ENT) for a in group) for group in groups)

    assert parties("p1.a") == (("ada",), (), (), ("ada",))
    assert parties("p1.b") == (("gazette", "norvia"), ("kestria",), (), ("gazette", "norvia"))
    assert parties("p1.c") == (("ada",), (), ("norvia",), ("norvia",))
    assert parties("p1.aa") == (("gazette",), (), (), ("gazette",))
    assert {name: s.standing for name, s in statements.items()} == {
        "p1.a": "Accepted",
        "p1.b": "Attributed",
        "p1.c": "Attributed",
        "p1.d": "Implied",
        "p1.aa": "Attributed",
        **{f"p4.{letter}": "Hypothetical" for letter in "abcde"},
    }


def test_quoted_speech_is_reported_by_the_author(small: Source, vocabulary: Vocabulary) -> None:
    text = (HERE / "invalid" / "claim-names-quoted-party.yaml").read_text(encoding="utf-8")
    sheet = read_sheet(Path("x.yaml"), text.replace("mod: Claim", "mod: Claim, by: kestria"))
    claim = encode(sheet, small, vocabulary).statements[0]
    assert claim.asserted_by == (ENT + "kestria",)
    assert claim.reported_by == (ENT + "ada",)
    assert claim.standing == "Attributed"


@pytest.mark.parametrize(
    ("fields", "standing"),
    [
        ("", "Accepted"),
        ("expr: Presupposed", "Accepted"),
        ("expr: Implied", "Implied"),
        ("mod: Assessment", "Judged"),
        ("mod: Assessment, expr: Implied", "Judged"),
        ("mod: Prediction", "Foreseen"),
        ("mod: Prediction, lik: Likely", "Hedged"),
        ("mod: Assessment, lik: Possible, pol: Negated", "Denied"),
        ("pol: Negated", "Denied"),
        ("mod: Assessment, lik: Undetermined", "Open"),
        ("mod: Claim, by: kestria, lik: Undetermined", "Attributed"),
        ("mod: Perception, held: kestria, pol: Negated", "Attributed"),
    ],
)
def test_standing_is_the_first_reason_that_applies(
    fields: str, standing: str, small: Source, vocabulary: Vocabulary
) -> None:
    text = (HERE / "invalid" / "fact-is-certain.yaml").read_text(encoding="utf-8")
    sheet = read_sheet(Path("x.yaml"), text.replace("lik: Likely, ", f"{fields}, " * bool(fields)))
    assert encode(sheet, small, vocabulary).statements[0].standing == standing


def test_roles_make_hypotheses(statements: dict[str, Statement]) -> None:
    assert {s.modality for n, s in statements.items() if n.startswith("p4")} == {"Hypothesis"}
    assert statements["p4.a"].likelihood == "Undetermined"
    assert statements["p4.d"].likelihood == "Undetermined"
    assert statements["p4.c"].likelihood == "Possible"
    assert statements["p4.e"].likelihood == "Certain"
    assert statements["p4.c"].conditions == (SCN + "war",)
    assert statements["p4.a"].conditions == ()


def quads_of(encoding: Encoding, graph: str) -> set[tuple[str, str, str]]:
    return {
        (str(q.subject), str(q.predicate), str(q.object))
        for q in encoding.quads
        if q.graph_name == NamedNode(graph)
    }


def test_scenarios_are_in_the_provenance_graph(encoding: Encoding) -> None:
    war, st = f"<{SCN}war>", f"<{ST}small/"
    found = {(p, o) for s, p, o in quads_of(encoding, PROVENANCE_GRAPH) if s == war}
    assert found == {
        (f"<{PREFIXES['rdf']}type>", f"<{AXIS}Scenario>"),
        (f"<{PREFIXES['rdfs']}label>", '"A war"@en'),
        (f"<{AXIS}antecedent>", f"{st}p4.a>"),
        (f"<{AXIS}assumesNot>", f"{st}p4.b>"),
        (f"<{AXIS}consequent>", f"{st}p4.c>"),
        (f"<{AXIS}regardlessOf>", f"{st}p4.d>"),
        (f"<{AXIS}note>", '"the text has one sentence for it"@en'),
    }
    long_war = f"<{SCN}long-war>"
    assert (long_war, f"<{AXIS}follows>", war) in quads_of(encoding, PROVENANCE_GRAPH)
    assert (long_war, f"<{PREFIXES['skos']}broader>", war) in quads_of(encoding, PROVENANCE_GRAPH)


def test_nodes_are_in_the_entities_graph(encoding: Encoding) -> None:
    ada, trust = f"<{ENT}ada>", f"<{ENT}trust>"
    entities = quads_of(encoding, ENTITIES_GRAPH)
    skos = PREFIXES["skos"]
    assert {
        (ada, f"<{PREFIXES['rdf']}type>", f"<{AXIS}Person>"),
        (ada, f"<{PREFIXES['rdfs']}label>", '"Ada"@en'),
        (ada, f"<{skos}altLabel>", '"Ada L."@en'),
        (ada, f"<{skos}definition>", '"the author"@en'),
        (ada, f"<{AXIS}note>", '"named on the cover"@en'),
        (trust, f"<{AXIS}between>", f"<{ENT}norvia>"),
        (f"<{ENT}kestria>", f"<{PREFIXES['rdfs']}label>", '"kestria"@en'),
    } <= entities


def test_the_encoding_is_an_activity(encoding: Encoding, statements: dict[str, Statement]) -> None:
    activity = statements["p1.a"].generated_by
    prov = PREFIXES["prov"]
    about = {(p, o) for s, p, o in quads_of(encoding, PROVENANCE_GRAPH) if s == f"<{activity}>"}
    assert (f"<{PREFIXES['rdf']}type>", f"<{prov}Activity>") in about
    assert (f"<{prov}used>", f"<{encoding.source.iri}>") in about
    assert (f"<{prov}wasAssociatedWith>", f"<{ENT}curators>") in about
    assert statements["p1.a"].attributed_to == ENT + "curators"


def test_silences_have_their_reason(encoding: Encoding) -> None:
    place = NamedNode(f"{encoding.source.iri}/p4.2")
    why = Literal("says only that nothing is known", language="en")
    quad = Quad(place, NamedNode(AXIS + "why"), why, NamedNode(PROVENANCE_GRAPH))
    assert quad in encoding.quads


def test_times_have_bounds_and_a_basis(
    encoding: Encoding, statements: dict[str, Statement]
) -> None:
    assert statements["p1.a"].time_basis == "Resolved"
    subject = f"<{statements['p1.a'].iri}>"
    date = f"^^<{PREFIXES['xsd']}date>"
    about = {(p, o) for s, p, o in quads_of(encoding, PROVENANCE_GRAPH) if s == subject}
    sem = PREFIXES["sem"]
    assert (f"<{sem}hasEarliestBeginTimeStamp>", f'"2031-05-01"{date}') in about
    assert (f"<{sem}hasLatestEndTimeStamp>", f'"2031-05-31"{date}') in about
    assert statements["p1.b"].time_basis is None


def test_encoding_twice_gives_the_same(encoding: Encoding, vocabulary: Vocabulary) -> None:
    sheet = read_sheet(HERE / "valid" / "every-field.yaml")
    assert encode(sheet, encoding.source, vocabulary) == encoding


def test_all_faults_are_reported_together(small: Source) -> None:
    text = (HERE / "invalid" / "fact-is-certain.yaml").read_text(encoding="utf-8")
    text = text.replace('own: "Kestria helps"', 'basis: Stated, own: "Kestria helps"')
    with pytest.raises(DataError) as error:
        encode(read_sheet(Path("x.yaml"), text), small)
    lines = str(error.value).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["x.yaml:11:", "x.yaml:12:"]


def test_a_draft_remarks_on_unknown_terms_and_unused_nodes(
    small: Source, vocabulary: Vocabulary
) -> None:
    for rule in ("term-is-declared", "node-is-used"):
        sheet = read_sheet(HERE / "invalid" / f"{rule}.yaml")
        (remark,) = encode(sheet, small, vocabulary, draft=True).remarks
        assert f"{rule}.yaml:" in remark


def test_without_an_ontology_terms_are_not_checked(small: Source) -> None:
    sheet = read_sheet(HERE / "invalid" / "term-is-declared.yaml")
    assert encode(sheet, small, Vocabulary()).statements
