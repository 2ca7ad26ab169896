"""What the rule language refuses, with the line and the cure."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axiskg.errors import ParseError, RuleError
from axiskg.reasoning.algebra import rules_of
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.ir import Atom, Kind, Origin, Relation, Rule, Var
from axiskg.reasoning.program import compile_program
from axiskg.reasoning.rules import parse_rule, read_rule, read_rules

from .conftest import HERE, Said, graph, node, prop, rule

HEADER = "#+ label: odd\n#+ description: odd\n#+ category: test\n"
HEAD = "CONSTRUCT { ?a t:m ?b } WHERE "
REFUSED = {
    "optional": (HEAD + "{ ?a t:p ?b OPTIONAL { ?a t:q ?c } }", "no optional part"),
    "minus": (HEAD + "{ ?a t:p ?b MINUS { ?a t:q ?b } }", "use FILTER NOT EXISTS"),
    "exists": (HEAD + "{ ?a t:p ?b FILTER EXISTS { ?a t:q ?b } }", "write the pattern in the body"),
    "not-not-exists": (HEAD + "{ ?a t:p ?b FILTER(!EXISTS { ?a t:q ?b }) }", "FILTER NOT EXISTS"),
    "in-or": (
        HEAD + "{ ?a t:p ?b FILTER(?a = ?b || NOT EXISTS { ?a t:q ?b }) }",
        "stands alone",
    ),
    "sub-select": (HEAD + "{ ?a t:p ?b { SELECT ?a WHERE { ?a t:q ?c } } }", "sub-SELECT"),
    "aggregate": (
        HEAD + "{ { SELECT ?a (COUNT(?x) AS ?b) WHERE { ?a t:q ?x } GROUP BY ?a } }",
        "not allowed in a rule",
    ),
    "limit": (HEAD + "{ ?a t:p ?b } LIMIT 3", "LIMIT"),
    "order": (HEAD + "{ ?a t:p ?b } ORDER BY ?a", "ORDER BY"),
    "from": ("CONSTRUCT { ?a t:m ?b } FROM <urn:g> WHERE { ?a t:p ?b }", "FROM"),
    "service": (HEAD + "{ SERVICE <http://x.example/> { ?a t:p ?b } }", "SERVICE"),
    "construct-where": ("CONSTRUCT WHERE { ?a t:p ?b }", "CONSTRUCT WHERE"),
    "select": ("SELECT ?a WHERE { ?a t:p ?b }", "not SELECT"),
    "ask": ("ASK { ?a t:p ?b }", "not ASK"),
    "variable-property": (HEAD + "{ ?a ?p ?b }", "name the property"),
    "variable-head": ("CONSTRUCT { ?a ?p ?b } WHERE { ?a t:p ?b ; t:q ?p }", "name the property"),
    "variable-class": ("CONSTRUCT { ?a a ?c } WHERE { ?a t:p ?c }", "name the class"),
    "star": (HEAD + "{ ?a t:p* ?b }", "zero steps: use +"),
    "question-mark": (HEAD + "{ ?a t:p? ?b }", "zero steps: use +"),
    "negated-path": (HEAD + "{ ?a !t:p ?b }", "name the properties"),
    "repeat": (HEAD + "{ ?a t:p{1,3} ?b }", "p|p/p|p/p/p"),
    "blank-template": ("CONSTRUCT { ?a t:m [ t:n ?b ] } WHERE { ?a t:p ?b }", "IRI(CONCAT("),
    "blank-label": ("CONSTRUCT { _:x t:m ?b } WHERE { ?a t:p ?b }", "new node in every run"),
    "unbound-head": (
        "CONSTRUCT { ?a t:m ?z } WHERE { ?a t:p ?b }",
        "?z is in the template but not in the body",
    ),
    "filter-scope": (
        HEAD + "{ ?a t:p ?b { ?b t:q ?c FILTER(?a != ?c) } }",
        "?a is not bound inside these braces",
    ),
    "filter-unbound": (HEAD + "{ ?a t:p ?b FILTER(?z != ?b) }", "?z is not bound"),
    "cross-product": (HEAD + "{ ?a t:p ?x . ?b t:p ?y }", "share no variable"),
    "cross-by-unequal": (HEAD + "{ ?a t:p ?x . ?b t:p ?y FILTER(?x != ?y) }", "share no variable"),
    "literal-equality": (HEAD + "{ ?a t:p ?b FILTER(?b = 1) }", "use sameTerm"),
    "literal-in": (HEAD + '{ ?a t:p ?b FILTER(?b IN ("x")) }', "use sameTerm"),
    "string-order": (HEAD + '{ ?a t:p ?b FILTER(?b < "x") }', "neither a number nor a date"),
    "long-in": (
        HEAD + f"{{ ?a t:p ?b FILTER(?b IN ({', '.join(f'n:{n}' for n in range(201))})) }}",
        "put the set in the data as a class",
    ),
    "rand": (HEAD + "{ ?a t:p ?b FILTER(RAND() < 0.5) }", "data only"),
    "now": (HEAD + "{ ?a t:p ?b BIND(NOW() AS ?n) }", "data only"),
    "uuid": (HEAD + "{ ?a t:p ?x BIND(UUID() AS ?b) }", "data only"),
    "regex": (HEAD + '{ ?a t:p ?b FILTER(REGEX(STR(?b), "x")) }', "data only"),
    "undef": (HEAD + "{ VALUES (?a ?c) { (n:1 UNDEF) } ?a t:p ?b ; t:q ?c }", "UNDEF"),
    "graph-alone": (HEAD + "{ GRAPH ?st { ?a t:p ?b } }", "denied and hedged"),
    "graph-two": (
        HEAD + "{ GRAPH ?st { ?a t:p ?b . ?b t:q ?a } GRAPH <https://w3id.org/axiskg/graph/"
        "provenance> { ?st axis:modality axis:Fact } }",
        "one triple pattern",
    ),
    "graph-path": (HEAD + "{ GRAPH ?st { ?a t:p|t:q ?b } }", "can't say which statement"),
    "graph-absent": (
        HEAD + "{ ?a t:p ?b FILTER NOT EXISTS { GRAPH ?st { ?a t:q ?b } } }",
        "not allowed in NOT EXISTS",
    ),
    "graph-other": (HEAD + "{ GRAPH <urn:g> { ?a t:p ?b } }", "g:provenance"),
    "empty-body": (HEAD + "{ }", "no triple pattern"),
    "values-only": (
        "CONSTRUCT { ?a t:m t:x } WHERE { VALUES ?a { n:1 } }",
        "no triple pattern",
    ),
    "syntax": (HEAD + "{ ?a t:p ?b ", "not SPARQL"),
    "unknown-prefix": (HEAD + "{ ?a nope:p ?b }", "not SPARQL"),
    "update": ("INSERT DATA { t:a t:b t:c }", "one CONSTRUCT"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused_with_place_and_cure(name: str) -> None:
    text, words = REFUSED[name]
    with pytest.raises(RuleError) as caught:
        compile_program([rule(text, name)])
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{name}.rq:")
    assert caught.value.line is not None


def test_the_line_is_that_of_the_cause() -> None:
    text = "CONSTRUCT { ?a t:m ?b }\nWHERE {\n  ?a t:p ?b .\n  OPTIONAL { ?a t:q ?c }\n}"
    with pytest.raises(RuleError) as caught:
        compile_program([rule(text)])
    assert caught.value.line == 3 + 3 + 4  # header, prefixes, line of the query


def test_negation_in_recursion_names_the_cycle_and_its_files() -> None:
    one = rule(
        "CONSTRUCT { ?a t:up ?b } WHERE { ?a t:p ?b FILTER NOT EXISTS { ?a t:down ?b } }", "x"
    )
    two = rule("CONSTRUCT { ?a t:mid ?b } WHERE { ?a t:up ?b }", "y")
    three = rule("CONSTRUCT { ?a t:down ?b } WHERE { ?a t:mid ?b }", "z")
    with pytest.raises(RuleError) as caught:
        compile_program([one, two, three])
    assert caught.value.message == (
        "urn:t:up depends on the absence of urn:t:down (x.rq), which depends on urn:t:mid (z.rq),"
        " which depends on urn:t:up (y.rq); a conclusion would undo its own ground"
    )
    assert "one of x.rq, y.rq, z.rq" in caught.value.cure
    compile_program([two, three])


def test_a_cycle_over_a_path_and_an_axiom_names_where_each_step_comes_from() -> None:
    one = rule(
        "CONSTRUCT { ?a t:up ?b } WHERE { ?a t:p ?b FILTER NOT EXISTS { ?a t:down+ ?b } }", "x"
    )
    two = rule("CONSTRUCT { ?a t:mid ?b } WHERE { ?a (t:q|t:up)/t:r ?b }", "y")
    axiom = Rule(
        Origin("prp-spo1", "t:mid rdfs:subPropertyOf t:down"),
        1,
        Atom(Relation(Kind.PROPERTY, "urn:t:down"), Var("x"), Var("y")),
        (Atom(Relation(Kind.PROPERTY, "urn:t:mid"), Var("x"), Var("y")),),
    )
    with pytest.raises(RuleError) as caught:
        compile_program([one, two], [axiom])
    message = caught.value.message
    assert "(x.rq), which depends on urn:t:down" in message
    assert "urn:t:mid (the ontology: t:mid rdfs:subPropertyOf t:down)" in message
    assert message.endswith("urn:t:up (y.rq); a conclusion would undo its own ground")
    assert str(caught.value.path) == "x.rq"
    assert "one of x.rq, y.rq read" in caught.value.cure


def test_a_cycle_through_a_part_that_rules_share_names_a_file() -> None:
    shared = "?a t:p ?m . ?m t:q ?b FILTER NOT EXISTS { ?a t:up ?m }"
    one = rule(f"CONSTRUCT {{ ?a t:up ?b }} WHERE {{ {shared} . ?b t:r ?c }}", "x")
    two = rule(f"CONSTRUCT {{ ?a t:side ?b }} WHERE {{ {shared} . ?b t:s ?c }}", "y")
    with pytest.raises(RuleError) as caught:
        compile_program([one, two])
    assert caught.value.message.startswith("urn:t:up depends on the absence of urn:t:up (x.rq)")
    assert str(caught.value.path) == "x.rq"


def test_names_made_in_recursion_are_refused() -> None:
    text = 'CONSTRUCT { ?n t:p ?a } WHERE { ?a t:p ?b BIND(IRI(CONCAT("urn:x:", STR(?a))) AS ?n) }'
    with pytest.raises(RuleError, match="may never end"):
        compile_program([rule(text)])


def test_graph_over_a_conclusion_is_refused() -> None:
    one = rule("CONSTRUCT { ?a t:m ?b } WHERE { ?a t:p ?b }", "one")
    two = rule(
        "CONSTRUCT { ?a t:k ?b } WHERE { GRAPH ?st { ?a t:m ?b }"
        " GRAPH <https://w3id.org/axiskg/graph/provenance> { ?st axis:modality axis:Fact } }",
        "two",
    )
    with pytest.raises(RuleError, match="has no statement"):
        compile_program([one, two])


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("?a t:p ?b .\n  FILTER NOT EXISTS { ?a t:up ?b }", 8, "depends on the absence"),
        ('?b t:up ?c .\n  BIND(IRI(CONCAT("urn:x:", STR(?b))) AS ?a)', 8, "may never end"),
        ("?a zz:p ?b", 7, "the prefix zz: is not declared"),
    ],
)
def test_what_is_found_between_rules_names_the_line_too(
    tmp_path: Path, body: str, line: int, message: str
) -> None:
    header = "#+ label: x\n#+ description: d\n#+ category: c\nPREFIX t: <urn:t:>\n"
    text = f"{header}CONSTRUCT {{ ?a t:up ?b }}\nWHERE {{\n  {body}\n}}\n"
    path = tmp_path / "bad.rq"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=message) as caught:
        compile_program([read_rule(path)])
    assert caught.value.line == line
    assert caught.value.path == path


def test_an_unknown_term_of_the_ontology_is_refused_with_near_names() -> None:
    known = frozenset({"https://w3id.org/axiskg/ontology#fullyBacks"})
    bad = rule("CONSTRUCT { ?a axis:fullyBacks ?b } WHERE { ?a axis:fulyBacks ?b }")
    with pytest.raises(RuleError, match="did you mean fullyBacks"):
        compile_program([bad], known_terms=known)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("CONSTRUCT { ?a <urn:m> ?b } WHERE { ?a <urn:p> ?b }", "begins with"),
        ("#+ label: x\n", "lacks `description`"),
        ("#+ label: x\n#+ description: y\n#+ category: z\n#+ confidence: 2\n", "at most 1"),
        ("#+ label: x\n#+ sumary: y\n", "unknown header key 'sumary'"),
        ("#+ label: [x\n", "not YAML"),
        ("#+ just words\n", "key: value"),
    ],
)
def test_headers_are_checked(text: str, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule(text, Path("r.rq"))
    assert words in str(caught.value)


def test_rules_are_read_by_name(tmp_path: Path) -> None:
    body = "CONSTRUCT { ?a <urn:m> ?b } WHERE { ?a <urn:p> ?b }"
    for name in ("b", "a"):
        path = tmp_path / f"{name}.rq"
        path.write_text(f"#+ label: {name}\n#+ description: d\n#+ category: c\n{body}\n")
    assert [r.name for r in read_rules(tmp_path)] == ["a", "b"]
    assert read_rule(tmp_path / "a.rq").confidence == 1.0


ODD = (
    "{ } ( ) . ; ?a $b t:p axis:heldBy unknown:p <urn:a> <bad iri> _:b [] 'a' \"b\"@en 1 -2.5 true"
    " SELECT * CONSTRUCT WHERE FILTER EXISTS NOT OPTIONAL MINUS UNION GRAPH VALUES UNDEF BIND AS"
    " IRI CONCAT COUNT GROUP BY HAVING LIMIT FROM SERVICE ^ / | + = != < && || ! IN PREFIX # \\"
    " \\u00zz \\U12345678 << >> {1,2} \x00 é a"
)
GOOD = [path.read_text(encoding="utf-8") for path in sorted((HERE / "rules").glob("*.rq"))]


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """A good rule with words put in, or pieces cut out, at a few places."""
    text = draw(st.sampled_from(GOOD))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.integers(0, 12))
        word = draw(st.sampled_from(ODD.split(" ")) | st.text(max_size=4))
        text = f"{text[:at]} {word} {text[at + cut :]}"
    return text


@given(text=spoilt() | st.text(max_size=60))
@settings(max_examples=60)
def test_any_text_is_a_rule_or_refused_in_words(text: str) -> None:
    with suppress(RuleError, ParseError):  # nothing else may be raised
        assert rules_of(parse_rule(text if "#+" in text else HEADER + text, Path("odd.rq")))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("CONSTRUCT { ?a none:x ?b } WHERE { ?a none:y ?b }", "prefix"),
        ("CONSTRUCT { ?a <urn:x> ?b } WHERE { ?a <urn:y> '\\U12345678' }", "code point"),
        (
            "CONSTRUCT { ?a <urn:x> ?b } WHERE " + "{ " * 3_000 + "?a <urn:y> ?b" + " }" * 3_000,
            "deeply",
        ),
        ("CONSTRUCT { ?a <urn:x> ?b } WHERE { ?a <urn:y", "not SPARQL"),
    ],
)
def test_what_the_parser_trips_over_is_refused(body: str, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        rules_of(parse_rule(HEADER + body, Path("odd.rq")))


def test_a_property_that_nothing_has_is_warned_of() -> None:
    rules = [
        rule("CONSTRUCT { ?a t:m ?b } WHERE { ?a t:p/(t:q|t:mistyped) ?b }", "one"),
        rule(
            "CONSTRUCT { ?a t:n ?b } WHERE { ?a t:m ?b . ?b a t:Nothing"
            " FILTER NOT EXISTS { ?a t:gone ?b } }",
            "two",
        ),
    ]
    said = [Said(node(0), prop("p"), node(1)), Said(node(0), prop("q"), node(1))]
    with Reasoner.from_quads(graph(said), rules) as reasoner:
        found = reasoner.warnings()
    assert [line.split(",")[:2] for line in found] == [
        ["urn:t:Nothing", " read by two"],
        ["urn:t:gone", " read by two"],
        ["urn:t:mistyped", " read by one"],
    ]
