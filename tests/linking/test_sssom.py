"""The links file: its form, its coverage of the graph, and its evidence."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import astuple
from pathlib import Path

import pytest
import sssom_pydantic
from pyoxigraph import NamedNode, RdfFormat, parse
from tests.linking.conftest import ROOT, reference

from axiskg.errors import ParseError
from axiskg.linking import Linker
from axiskg.linking.links import link_quads
from axiskg.linking.sssom import NO_TERM, Link, links_text, read_links, write_links
from axiskg.namespaces import ENT, LINKS_GRAPH, PREFIXES
from axiskg.settings import Settings

FILE = ROOT / "data" / "links" / "wikidata.sssom.tsv"


@pytest.fixture(scope="module")
def links() -> tuple[Link, ...]:
    """The rows of the file."""
    return read_links(FILE)


def by_slug(links: tuple[Link, ...], slug: str) -> list[Link]:
    """The rows of an entity."""
    return [link for link in links if link.slug == slug]


def test_another_reader_of_sssom_reads_every_row(links: tuple[Link, ...]) -> None:
    mappings, _, _, errors = sssom_pydantic.read(FILE, return_errors=True)
    assert errors == []
    assert len(mappings) == len(links) > 100
    theirs = [(m.subject.identifier, getattr(m.subject, "name", None)) for m in mappings]
    assert theirs == [(link.slug, link.subject_label) for link in links]


def test_a_usual_reader_of_tables_reads_every_cell(links: tuple[Link, ...]) -> None:
    """Quotation marks in a label once broke the reference implementation, which uses pandas."""
    lines = [line for line in FILE.read_text("utf-8").splitlines() if line[:1] != "#"]
    rows = list(csv.reader(lines, delimiter="\t", strict=True))[1:]
    assert [tuple(row) for row in rows] == [astuple(link) for link in links]
    assert any(link.subject_label.startswith('"') for link in links)


def test_an_entity_has_one_row_that_says_yes_or_none_found(links: tuple[Link, ...]) -> None:
    said = Counter(link.slug for link in links if link.predicate_modifier != "Not")
    assert set(said) == {link.slug for link in links}
    assert set(said.values()) == {1}


def test_every_entity_of_the_graph_has_a_row_and_no_other_has(links: tuple[Link, ...]) -> None:
    used = {
        term.value.removeprefix(ENT)
        for path in sorted((ROOT / "data" / "triples").glob("*.trig"))
        for quad in parse(path=path, format=RdfFormat.TRIG)
        for term in (quad.subject, quad.object)
        if isinstance(term, NamedNode) and term.value.startswith(ENT)
    }
    assert {link.slug for link in links} == used


def test_items_are_those_that_were_verified(links: tuple[Link, ...]) -> None:
    table = reference("data", "wikidata", "qids.tsv").read_text("utf-8").splitlines()
    verified = {
        row["qid"] for row in csv.DictReader(table, delimiter="\t") if row["status"] == "verified"
    }
    assert {link.qid for link in links if link.qid} <= verified


@pytest.mark.parametrize(
    ("slug", "qid", "never"),
    [
        ("china", "Q148", {"Q29520"}),
        ("georgia", "Q230", {"Q1428"}),
        ("taiwan", "Q865", {"Q22502"}),
        ("crimea", "Q7835", {"Q15966495", "Q756294"}),
    ],
)
def test_traps(links: tuple[Link, ...], slug: str, qid: str, never: set[str]) -> None:
    rows = by_slug(links, slug)
    assert {row.qid for row in rows if row.positive} == {qid}
    assert {row.qid for row in rows if row.predicate_modifier == "Not"} == never


@pytest.mark.parametrize("slug", ["belt-and-road-initiative", "wagner-group", "bonny-lin", "csis"])
def test_what_could_not_be_checked_is_said_to_be_so(links: tuple[Link, ...], slug: str) -> None:
    rows = by_slug(links, slug)
    assert [row.object_id for row in rows if row.predicate_modifier != "Not"] == [NO_TERM]
    assert all(len(row.comment) > 20 for row in rows)


def test_no_entity_is_the_same_for_owl() -> None:
    assert "owl:sameAs" not in FILE.read_text("utf-8")


def test_the_file_is_canonical(links: tuple[Link, ...], tmp_path: Path) -> None:
    copy = tmp_path / "links.tsv"
    write_links(reversed(links), copy)
    assert copy.read_bytes() == FILE.read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("skos:exactMatch\t\twd:Q148", "owl:sameAs\t\twd:Q148", "predicate_id"),
        ("wd:Q148\t", "Q148\t", "object_id"),
        ("ent:china\t", "ent:China\t", "subject_id"),
        ("\t0.99\tAxisKG", "\t99 %\tAxisKG", "confidence"),
        ("2026-11-23", "yesterday", "mapping_date"),
        ("2026-11-23", "2026-13-45", "mapping_date"),
        ('"""hegemony"" of', '"hegemony" of', "quotation marks"),
        ("#curie_map:", "#curie_map: 7\n#other:", "curie_map"),
        ("semapv:", "manual:", "mapping_justification"),
        ("\tpredicate_modifier", "", "columns must be"),
        ("#  ent: https", "#  ent: http", "curie_map"),
        ("\tAxisKG curators\t", "\t", "cells"),
    ],
)
def test_bad_cells_are_refused_with_their_line(
    old: str, new: str, says: str, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.tsv"
    text = FILE.read_text("utf-8")
    assert old in text
    bad.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(ParseError, match=says) as error:
        read_links(bad)
    assert error.value.line


def test_a_row_twice_is_refused(links: tuple[Link, ...], tmp_path: Path) -> None:
    bad = tmp_path / "bad.tsv"
    bad.write_text(links_text([*links, links[0]]), "utf-8")
    with pytest.raises(ParseError, match="two rows"):
        read_links(bad)


def test_the_links_graph() -> None:
    quads = list(link_quads(Settings()))
    assert {quad.graph_name for quad in quads} == {NamedNode(LINKS_GRAPH)}
    assert len(quads) > 3_000
    triples = {(q.subject.value, q.predicate.value, getattr(q.object, "value", "")) for q in quads}  # type: ignore[union-attr]
    china, item = ENT + "china", PREFIXES["wd"] + "Q148"
    assert (china, PREFIXES["schema"] + "sameAs", item) in triples
    assert (china, PREFIXES["skos"] + "exactMatch", item) in triples
    assert not any(s == china and o == PREFIXES["wd"] + "Q29520" for s, _, o in triples)
    assert not any(p == PREFIXES["owl"] + "sameAs" for _, p, _ in triples)


def test_metonyms_are_marked_and_scoped() -> None:
    quads = list(link_quads(Settings()))
    label = next(q.subject for q in quads if "beijing-metonym" in str(q.subject))
    about = {q.predicate.value: q.object for q in quads if q.subject == label}
    root = "https://w3id.org/axiskg/"
    assert about[PREFIXES["dcterms"] + "type"] == NamedNode(root + "name-type/metonym")
    assert about[PREFIXES["dcterms"] + "subject"] == NamedNode(root + "name-context/government")
    plain = {q.object.value for q in quads if q.predicate.value == PREFIXES["skos"] + "altLabel"}  # type: ignore[union-attr]
    assert "Beijing" not in plain
    assert "the PRC" in plain


def test_a_home_without_links_has_none(tmp_path: Path) -> None:
    assert list(link_quads(Settings(home=tmp_path))) == []


def test_same_as_is_for_identity_only() -> None:
    same = PREFIXES["schema"] + "sameAs"
    quads = [quad for quad in link_quads(Settings()) if quad.predicate.value == same]
    told = {(q.subject.value, q.object.value) for q in quads}  # type: ignore[union-attr]
    assert (ENT + "china", PREFIXES["wd"] + "Q148") in told
    assert not {subject for subject, _ in told} & {ENT + "the-west", ENT + "bonny-lin"}


def test_an_item_leads_to_the_entity_that_is_the_same() -> None:
    """Two entities are tied to the protests of 1989; the crackdown is only a part of them."""
    base = Linker(Settings()).base
    assert base.by_item["Q99717"] == "tiananmen-protests-1989"
    assert base.by_item["Q160381"] == "the-west"
