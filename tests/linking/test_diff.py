"""The comparison with Wikidata, and the proposals made from it."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Callable

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse, serialize

from axiskg.linking import Linker
from axiskg.linking.curated import Curated
from axiskg.linking.diff import Difference, Held, compare, held_here, source_quads
from axiskg.linking.exports import openrefine_tsv, quickstatements, unlinked_tsv
from axiskg.namespaces import AXIS, PREFIXES
from axiskg.store import Store

DAY = datetime.date(2026, 11, 23)
STATES = ("china", "russia", "india", "iran", "belarus", "egypt", "united-states")


@pytest.fixture(scope="module")
def lines(graph: Store, linker: Linker) -> list[Difference]:
    """The graph beside the extract."""
    known = linker.known
    assert known is not None

    def claims(qid: str, prop: str) -> tuple[str, ...]:
        return known.claims(qid, prop).get(prop, ())

    return compare(held_here(graph), linker.base, claims, STATES)


def outcome(lines: list[Difference], subject: str, prop: str, thing: str) -> str:
    """The outcome of one line, or "" where there is none."""
    found = [x for x in lines if (x.subject, x.property, x.object) == (subject, prop, thing)]
    assert len(found) <= 1
    return found[0].outcome if found else ""


def test_all_sides_are_shown(lines: list[Difference]) -> None:
    assert outcome(lines, "india", "P463", "brics") == "agree"
    assert outcome(lines, "iran", "P463", "sco") == "only here"
    assert outcome(lines, "united-states", "P463", "nato") == "only there"
    assert outcome(lines, "russia", "P35", "vladimir-putin") == "agree"
    assert outcome(lines, "china", "P530", "russia") == "agree"
    assert outcome(lines, "russia", "P530", "china") == ""


def test_an_applicant_is_no_member(linker: Linker) -> None:
    """What the article says of Belarus contradicts a later Wikidata; denied statements do too."""

    def later(qid: str, prop: str) -> tuple[str, ...]:
        return ("Q485207", "Q7184") if (qid, prop) == ("Q184", "P463") else ()

    def held(relation: str, thing: str, standing: str, polarity: str) -> Held:
        return Held("belarus", relation, thing, "st:x/p1.a", standing, polarity, 1)

    applied = held("appliedToJoin", "sco", "Accepted", "Affirmed")
    denied = held("memberOf", "nato", "Denied", "Negated")
    lines = compare([applied, denied], linker.base, later, ["belarus"])
    assert {(line.object, line.outcome) for line in lines} == {
        ("sco", "contradicts"),
        ("nato", "contradicts"),
    }
    imagined = held("memberOf", "sco", "Hypothetical", "Affirmed")
    assert [x.outcome for x in compare([imagined], linker.base, later, ["belarus"])][:1] == [
        "only there"
    ]


def test_two_heads_at_a_time_contradict(linker: Linker) -> None:
    """No such case is among the article's states and an extract of 2021, so they are told here."""

    def heads(qid: str, prop: str) -> tuple[str, ...]:
        return {"Q159": ("Q15031",), "Q148": ("Q15031",)}.get(qid, ()) if prop == "P35" else ()

    def leads(who: str, state: str) -> Held:
        return Held(who, "leads", state, "", "Accepted", "Affirmed", None)

    held = [leads("vladimir-putin", "russia"), leads("xi-jinping", "china")]
    lines = compare(held, linker.base, heads, ["russia", "china"])
    assert {(x.outcome, x.subject, x.object, x.note) for x in lines} == {
        ("contradicts", "russia", "vladimir-putin", "there: xi-jinping"),
        ("contradicts", "russia", "xi-jinping", "here: vladimir-putin"),
        ("agree", "china", "xi-jinping", ""),
    }
    assert quickstatements(lines, linker.base, DAY) == ""
    told = {
        q.subject
        for q in source_quads(lines, DAY.isoformat())
        if q.predicate.value.endswith("#modality")
    }
    assert len(told) == 2, "Wikidata says who heads Russia and China, not what we say"


def test_the_extract_contradicts_the_article_nowhere(lines: list[Difference]) -> None:
    assert [line for line in lines if line.outcome == "contradicts"] == []


def test_wikidata_comes_as_another_source_and_is_not_accepted(lines: list[Difference]) -> None:
    document = serialize(source_quads(lines, DAY.isoformat()), format=RdfFormat.TRIG)
    assert document is not None
    quads = list(parse(document, format=RdfFormat.TRIG))
    standing = {q.object for q in quads if q.predicate == NamedNode(AXIS + "standing")}
    assert standing == {NamedNode(AXIS + "Attributed")}
    sources = {q.object.value for q in quads if q.predicate == NamedNode(AXIS + "source")}  # type: ignore[union-attr]
    assert sources == {"https://w3id.org/axiskg/source/wikidata"}
    assert not any("fp-2023" in q.subject.value for q in quads)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("taken", "kind"),
    [("2021", "gYear"), ("2021-05", "gYearMonth"), ("2021-05-03", "date"), ("", "")],
)
def test_what_wikidata_says_bears_the_day_of_the_extract(
    taken: str, kind: str, lines: list[Difference]
) -> None:
    days = {
        q.object
        for q in source_quads(lines, taken)
        if q.predicate == NamedNode(PREFIXES["dcterms"] + "date")
    }
    form = NamedNode(PREFIXES["xsd"] + kind)
    assert days == ({Literal(taken, datatype=form)} if taken else set())


def test_quickstatements_are_well_formed(lines: list[Difference], linker: Linker) -> None:
    text = quickstatements(lines, linker.base, DAY)
    rows = text.splitlines()
    assert any(row.startswith("Q794\tP463\tQ485207\t") for row in rows)
    form = re.compile(
        r'Q\d+\tP\d+\tQ\d+\tS854\t"https://w3id\.org/axiskg/statement/[^"]+"'
        r"\tS813\t\+2026-11-23T00:00:00Z/11\t/\* [^\t]+ \*/"
    )
    assert all(form.fullmatch(row) for row in rows)
    agreed = {(x.subject_qid, x.object_qid) for x in lines if x.outcome == "agree"}
    assert not any(tuple(row.split("\t")[0:3:2]) in agreed for row in rows)


def table(text: str) -> list[dict[str, str]]:
    """The rows of a TSV."""
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


def test_tables_for_openrefine(lines: list[Difference], linker: Linker) -> None:
    rows = table(openrefine_tsv(lines, linker.base))
    assert len(rows) == len(lines)
    assert all(row["reviewed"] == "" and row["qid"].startswith("Q") for row in rows)
    unlinked = {row["entity"]: row for row in table(unlinked_tsv(linker.base))}
    assert unlinked["bonny-lin"]["reason"]
    assert "china" not in unlinked


def test_only_exact_links_take_part(linker: Linker) -> None:
    base: Curated = linker.base
    claims: Callable[[str, str], tuple[str, ...]] = lambda *_: ("Q160381",)  # noqa: E731
    assert compare([], base, claims, ["china"]) == []
