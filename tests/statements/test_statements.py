"""Statements as quads and back, and their hashes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from axiskg.authoring import read_sheet
from axiskg.encode import Encoding, Vocabulary, encode
from axiskg.errors import ProvenanceError
from axiskg.namespaces import AXIS, ENT, PREFIXES, PROVENANCE_GRAPH, SRC, ST
from axiskg.sources import Source
from axiskg.statements import Statement, content_hash, statement_quads, statements_of

CREATORS = {SRC + "s": (ENT + "ada",)}
names = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
entities = names.map(lambda n: NamedNode(ENT + n))
literals = st.one_of(
    st.integers(-(10**9), 10**9).map(
        lambda n: Literal(str(n), datatype=NamedNode(PREFIXES["xsd"] + "integer"))
    ),
    texts.map(lambda t: Literal(t, language="en")),
    texts.map(Literal),
)
triples = st.builds(
    Triple,
    entities,
    names.map(lambda n: NamedNode(AXIS + n)),
    st.one_of(entities, literals),
)


@st.composite
def statements(draw: st.DrawFn, number: int = 0) -> Statement:
    """A statement of any content; the reader must not depend on what makes sense."""
    maybe = st.none() | texts
    agents = st.sets(names, min_size=1, max_size=2).map(lambda s: tuple(sorted(ENT + n for n in s)))
    others = st.sets(names, max_size=2).map(lambda s: tuple(sorted(ENT + n for n in s)))
    content = draw(st.lists(triples, min_size=1, max_size=4, unique_by=str))
    head, rest = content[0], content[1:]
    rest.sort(key=lambda t: (t.subject != head.subject, str(t)))
    asserted_by = draw(agents)
    begin = draw(st.integers(0, 500))
    return Statement(
        iri=f"{ST}s/p{draw(st.integers(1, 40))}.{draw(names)}{number}",
        source=SRC + "s",
        paragraph=draw(st.integers(1, 40)),
        sentence=draw(st.integers(1, 9)),
        span=(begin, begin + 5),
        sentence_hash=f"{draw(st.integers(0, 16**64 - 1)):064x}",
        triples=(head, *rest),
        asserted_by=asserted_by,
        by_creator=set(asserted_by) <= {ENT + "ada"},
        paraphrase=draw(texts),
        generated_by=SRC + "s/encoding",
        attributed_to=ENT + "curators",
        generated_at="2031-10-01T00:00:00Z",
        modality=draw(st.sampled_from(["Fact", "Claim", "Perception", "Prediction"])),
        likelihood=draw(st.sampled_from(["Certain", "Possible", "Undetermined"])),
        polarity=draw(st.sampled_from(["Affirmed", "Negated"])),
        expression=draw(st.sampled_from(["Explicit", "Implied"])),
        attitude=draw(st.sampled_from([None, "Fears"])),
        held_by=draw(others),
        reported_by=draw(others),
        conditions=draw(others),
        also_spans=draw(st.sampled_from([(), ("1:0-2", "2:5-9")])),
        also_paragraphs=draw(st.sampled_from([(), (9, 10)])),
        time=draw(st.sampled_from([None, "2031-05", "/2012", "2012/.."])),
        time_basis=draw(st.sampled_from([None, "Stated"])),
        likelihood_note=draw(maybe),
        degree_note=draw(maybe),
        time_note=draw(maybe),
        note=draw(maybe),
    )


@settings(max_examples=60, deadline=None)
@given(statements(), st.randoms())
def test_quads_give_back_the_statement_in_any_order(statement: Statement, random: object) -> None:
    quads = statement_quads(statement)
    random.shuffle(quads)  # type: ignore[attr-defined]
    assert statements_of(quads, CREATORS) == (statement,)


@settings(max_examples=60, deadline=None)
@given(statements())
def test_a_store_gives_back_what_was_hashed(statement: Statement) -> None:
    store = Store()
    store.extend(statement_quads(statement))
    assert statements_of(list(store), CREATORS) == (statement,)


@settings(max_examples=60, deadline=None)
@given(statements())
def test_the_hash_leaves_out_the_curation_only(statement: Statement) -> None:
    later = replace(statement, generated_at="2040-01-01T00:00:00Z", attributed_to=ENT + "others")
    assert content_hash(later) == content_hash(statement)
    for changed in (
        replace(statement, paraphrase=statement.paraphrase + "."),
        replace(statement, span=(statement.span[0], statement.span[1] + 1)),
        replace(statement, likelihood="Unlikely"),
        replace(statement, sentence_hash="0" * 63 + "x"),
    ):
        assert content_hash(changed) != content_hash(statement)


@pytest.fixture(scope="module")
def encoding(small_published: Source, vocabulary: Vocabulary) -> Encoding:
    sheet = read_sheet(Path(__file__).parent / "valid" / "every-field.yaml")
    return encode(sheet, small_published, vocabulary)


def creators(encoding: Encoding) -> dict[str, tuple[str, ...]]:
    return {encoding.source.iri: encoding.source.creator_iris}


def test_an_encoding_gives_back_its_statements(encoding: Encoding) -> None:
    assert statements_of(encoding.quads, creators(encoding)) == encoding.statements


def without(encoding: Encoding, name: str) -> list[Quad]:
    return [
        q
        for q in encoding.quads
        if not (q.predicate.value == AXIS + name and q.subject == NamedNode(ST + "small/p1.a"))
    ]


@pytest.mark.parametrize(
    "name", ["source", "paragraph", "spanEnd", "assertedBy", "modality", "paraphrase", "standing"]
)
def test_a_statement_without_its_provenance_is_refused(encoding: Encoding, name: str) -> None:
    with pytest.raises(ProvenanceError, match=rf"p1\.a> lacks .*{name}"):
        statements_of(without(encoding, name), creators(encoding))


def test_content_without_any_provenance_is_refused(encoding: Encoding) -> None:
    quads = [q for q in encoding.quads if q.graph_name != NamedNode(PROVENANCE_GRAPH)]
    with pytest.raises(ProvenanceError, match="has content and no provenance"):
        statements_of(quads, creators(encoding))


def test_provenance_without_content_is_refused(encoding: Encoding) -> None:
    quads = [q for q in encoding.quads if q.graph_name != NamedNode(ST + "small/p1.a")]
    with pytest.raises(ProvenanceError, match=r"p1\.a> has no content"):
        statements_of(quads, creators(encoding))


@pytest.mark.parametrize(
    ("name", "value"),
    [("standing", "Denied"), ("voice", "x"), ("contentHash", "y"), ("likelihood", "Possible")],
)
def test_computed_values_that_do_not_fit_are_refused(
    encoding: Encoding, name: str, value: str
) -> None:
    statement = NamedNode(ST + "small/p1.a")
    graph = NamedNode(PROVENANCE_GRAPH)
    changed = Quad(statement, NamedNode(AXIS + name), NamedNode(AXIS + value), graph)
    with pytest.raises(ProvenanceError, match="its fields give"):
        statements_of([*without(encoding, name), changed], creators(encoding))


def test_a_value_too_many_is_refused(encoding: Encoding) -> None:
    statement = NamedNode(ST + "small/p1.a")
    more = Quad(
        statement,
        NamedNode(AXIS + "modality"),
        NamedNode(AXIS + "Claim"),
        NamedNode(PROVENANCE_GRAPH),
    )
    with pytest.raises(ProvenanceError, match="has 2 of"):
        statements_of([*encoding.quads, more], creators(encoding))
