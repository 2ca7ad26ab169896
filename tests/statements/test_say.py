"""The notation of content."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from axiskg.authoring.say import literal_of, parse_description, parse_say
from axiskg.errors import DataError
from axiskg.namespaces import AXIS, ENT, PREFIXES, ST

XSD = PREFIXES["xsd"]


def said(text: str) -> list[tuple[str, str, str]]:
    return [(str(t.subject), str(t.predicate), str(t.object)) for t in parse_say(text, "article")]


def ent(slug: str) -> str:
    return f"<{ENT}{slug}>"


def axis(name: str) -> str:
    return f"<{AXIS}{name}>"


RDF_TYPE = f"<{PREFIXES['rdf']}type>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("china backs russia", [(ent("china"), axis("backs"), ent("russia"))]),
        ("china backs russia .", [(ent("china"), axis("backs"), ent("russia"))]),
        ("china backs russia.", [(ent("china"), axis("backs"), ent("russia"))]),
        (
            "g-7 a Bloc ; count 7, 8",
            [
                (ent("g-7"), RDF_TYPE, axis("Bloc")),
                (ent("g-7"), axis("count"), f'"7"^^<{XSD}integer>'),
                (ent("g-7"), axis("count"), f'"8"^^<{XSD}integer>'),
            ],
        ),
        (
            "china backs russia . russia backs china",
            [
                (ent("china"), axis("backs"), ent("russia")),
                (ent("russia"), axis("backs"), ent("china")),
            ],
        ),
        (
            "p11.c motivates p11.d",
            [(f"<{ST}article/p11.c>", axis("motivates"), f"<{ST}article/p11.d>")],
        ),
        (
            "q a schema:QuantitativeValue ; schema:maxValue 12.50",
            [
                (ent("q"), RDF_TYPE, "<http://schema.org/QuantitativeValue>"),
                (ent("q"), "<http://schema.org/maxValue>", f'"12.5"^^<{XSD}decimal>'),
            ],
        ),
        (
            'x calls "no limits; a . b, c"',
            [(ent("x"), axis("calls"), '"no limits; a . b, c"@en')],
        ),
        ('x calls "a \\"b\\" \\\\"@fr', [(ent("x"), axis("calls"), '"a \\"b\\" \\\\"@fr')]),
        ("x order 2023-08-01^date", [(ent("x"), axis("order"), f'"2023-08-01"^^<{XSD}date>')]),
        ('x order "a b"^string', [(ent("x"), axis("order"), '"a b"')]),
        ("x occurs true", [(ent("x"), axis("occurs"), f'"true"^^<{XSD}boolean>')]),
    ],
)
def test_notation(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert said(text) == expected


def test_the_head_comes_first() -> None:
    assert str(parse_say("a-b a Event ; location c", "s")[0].predicate) == RDF_TYPE


def test_a_description_has_its_subject_already() -> None:
    node = NamedNode(ENT + "china")
    triples = parse_description("heldBy russia ; onIssue taiwan", node, "s")
    assert [t.subject for t in triples] == [node, node]
    with pytest.raises(DataError, match="no new subject"):
        parse_description("heldBy russia . taiwan onIssue x", node, "s")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "says nothing"),
        ("china backs", "lacks a part"),
        ("china backs russia iran", "a mark"),
        ("china backs russia ;", "a mark"),
        ("china backs , russia", "lacks a part"),
        ("china Backs russia", "no property"),
        ("china backs_ russia", "no property"),
        ("china backs _:b", "blank nodes are refused"),
        ("7 backs russia", "is a value"),
        ('china backs "open', "can't read"),
        ("china backs Rus-sia", "is no node"),
        ("china backs nope:x", "is no node"),
        ("china order x^nothing", "is none of"),
        ("china order abc^date", "is no xsd:date"),
    ],
)
def test_what_can_not_be_read_says_why(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_say(text, "s")


lexicals = st.one_of(
    st.tuples(st.integers().map(lambda n: f"{n:+d}"), st.just("integer")),
    st.tuples(st.from_regex(r"[+-]?[0-9]{1,6}(\.[0-9]{1,6})?", fullmatch=True), st.just("decimal")),
    st.tuples(st.dates().map(str), st.just("date")),
    st.tuples(
        st.datetimes()
        .map(lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000))
        .map(lambda t: t.isoformat()),
        st.just("dateTime"),
    ),
    st.tuples(st.sampled_from(["true", "false"]), st.just("boolean")),
    st.tuples(st.text(max_size=5), st.just("string")),
)


@settings(max_examples=60, deadline=None)
@given(lexicals, st.sampled_from(["", "Z", "+00:00", "-00:00", "+05:30"]))
def test_literals_are_what_an_engine_gives_back(pair: tuple[str, str], zone: str) -> None:
    lexical, datatype = pair
    if datatype == "dateTime":
        lexical += zone
    if datatype == "integer" and not -(2**63) <= int(lexical) < 2**63:
        return
    literal = literal_of(lexical, datatype)
    store = Store()
    store.add(Quad(NamedNode("a:a"), NamedNode("a:b"), literal))
    (quad,) = store
    assert quad.object == literal
    raw = Store()
    raw.add(
        Quad(
            NamedNode("a:a"),
            NamedNode("a:b"),
            Literal(lexical, datatype=NamedNode(XSD + datatype)),
        )
    )
    (other,) = raw
    assert other.object == literal
