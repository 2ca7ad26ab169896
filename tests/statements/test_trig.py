"""Canonical TriG."""

from __future__ import annotations

import random
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from axiskg.authoring import read_sheet
from axiskg.encode import Encoding, Vocabulary, encode
from axiskg.errors import DataError, ParseError
from axiskg.namespaces import AXIS, ENT, ENTITIES_GRAPH, PREFIXES, PROVENANCE_GRAPH, ST
from axiskg.sources import Source
from axiskg.trig import read_statements, read_trig, trig_text, write_statements, write_trig

iris = st.one_of(
    st.from_regex(r"[a-z]{1,3}(-[a-z0-9]{1,3})?", fullmatch=True).map(lambda n: ENT + n),
    st.from_regex(r"p[1-9][0-9]?\.[a-z]{1,2}", fullmatch=True).map(lambda n: f"{ST}s/{n}"),
    st.sampled_from(
        [
            "http://example.org/a b",
            "http://example.org/é.",
            AXIS,
            AXIS + "a.b",
            AXIS + "1",
            PREFIXES["xsd"] + "integer",
        ]
    ).map(lambda i: i.replace(" ", "%20")),
)
nodes = iris.map(ox.NamedNode)
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
literals = st.one_of(
    text.map(ox.Literal),
    text.map(lambda t: ox.Literal(t, language="en")),
    st.sampled_from(["7", "-7", "+07", "x"]).map(
        lambda t: ox.Literal(t, datatype=ox.NamedNode(PREFIXES["xsd"] + "integer"))
    ),
    st.sampled_from(["7.0", "7", "7.", ".5"]).map(
        lambda t: ox.Literal(t, datatype=ox.NamedNode(PREFIXES["xsd"] + "decimal"))
    ),
    st.sampled_from(["true", "1"]).map(
        lambda t: ox.Literal(t, datatype=ox.NamedNode(PREFIXES["xsd"] + "boolean"))
    ),
    text.map(lambda t: ox.Literal(t, datatype=ox.NamedNode("http://example.org/type"))),
)
graphs = st.one_of(
    st.sampled_from([ENTITIES_GRAPH, PROVENANCE_GRAPH]).map(ox.NamedNode),
    nodes,
    st.just(ox.DefaultGraph()),
)
quads = st.builds(ox.Quad, nodes, nodes, st.one_of(nodes, literals), graphs)


@settings(max_examples=60, deadline=None)
@given(st.lists(quads, max_size=12), st.randoms())
def test_any_quads_make_the_round_trip(these: list[ox.Quad], chance: random.Random) -> None:
    written = trig_text(these)
    read = list(ox.parse(written, format=ox.RdfFormat.TRIG))
    assert set(read) == set(these)
    chance.shuffle(read)
    assert trig_text(read) == written


@pytest.fixture(scope="module")
def encoding(small_published: Source, vocabulary: Vocabulary) -> Encoding:
    sheet = read_sheet(Path(__file__).parent / "valid" / "every-field.yaml")
    return encode(sheet, small_published, vocabulary)


def test_writing_what_was_read_changes_no_byte(encoding: Encoding, tmp_path: Path) -> None:
    first, second = tmp_path / "a.trig", tmp_path / "b.trig"
    write_trig(encoding.quads, first)
    write_trig(read_trig(first), second)
    assert second.read_bytes() == first.read_bytes()
    assert set(read_trig(first)) == set(encoding.quads)


def test_statements_are_read_as_written(encoding: Encoding, tmp_path: Path) -> None:
    path = tmp_path / "a.trig"
    creators = {encoding.source.iri: encoding.source.creator_iris}
    write_statements(encoding.statements, path)
    assert read_statements(path, creators) == encoding.statements
    first = path.read_bytes()
    write_statements(read_statements(path, creators), path)
    assert path.read_bytes() == first


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_other_readers_read_the_same(encoding: Encoding) -> None:
    dataset = rdflib.Dataset()
    dataset.parse(data=trig_text(encoding.quads), format="trig")
    assert len(dataset) == len(set(encoding.quads))


def test_statements_stand_in_the_order_of_the_text(encoding: Encoding) -> None:
    written = trig_text(encoding.quads)
    found = [line.split(" ")[0] for line in written.splitlines() if line.startswith(":p")]
    assert found == [f":{s.name}" for s in encoding.statements]
    assert "\n:p1.a {\n  ent:norvia axis:advocatesFor ent:kestria .\n}\n" in written


def test_blank_nodes_are_refused() -> None:
    node, blank = ox.NamedNode("http://a/"), ox.BlankNode("b")
    with pytest.raises(DataError, match="blank nodes"):
        trig_text([ox.Quad(node, node, blank, node)])
    with pytest.raises(DataError, match="blank nodes"):
        trig_text([ox.Quad(node, node, node, blank)])


def test_broken_trig_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.trig"
    path.write_text("@prefix a: <http://a/> .\na:g { a:b a:c }}\n")
    with pytest.raises(ParseError, match=r"a\.trig:2: not TriG"):
        read_trig(path)
    with pytest.raises(DataError, match="can't be read"):
        read_trig(tmp_path / "none.trig")
