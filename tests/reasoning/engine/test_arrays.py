"""Answers out of arrays are those of the database, and arrays are what the tables are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Quad

from axiskg.reasoning.arrays import Dictionary, Ids, Pairs, Quads, TooManyError, spread
from axiskg.reasoning.database import Limits
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.ir import RDF_TYPE
from axiskg.reasoning.proofs import Step
from axiskg.reasoning.rules import RuleFile
from axiskg.reasoning.selection import Selection
from axiskg.reasoning.why_not import WhyNot

from .conftest import Said, graph, node, prop
from .strategies import NODES, statements

ids = st.integers(-5, 5)
SELECTIONS = [
    Selection(),
    Selection(view="all", semiring="noisy-or"),
    Selection(view="all", semiring="product"),
]


def reasoners(quads: Sequence[Quad], rules: Sequence[RuleFile]) -> tuple[Reasoner, Reasoner]:
    """One that answers out of arrays, one that asks the database for everything."""
    return (
        Reasoner.from_quads(quads, rules),
        Reasoner.from_quads(quads, rules, limits=Limits(array_rows=0)),
    )


def comparable(step: Step) -> object:
    """A step with its confidence rounded: products of floats depend on their order."""
    return replace(step, confidence=round(step.confidence, 9))


def lacking(found: WhyNot) -> object:
    """What decides how near an answer is; of instances as near, either may be shown."""
    shape = [(a.rule, len(a.missing), bool(a.present), bool(a.failed)) for a in found.attempts]
    return (found.holds, found.aside, found.unknown, sorted(shape))


@given(said=statements, selection=st.sampled_from(SELECTIONS))
def test_proofs_are_those_of_the_database(
    said: list[Said], selection: Selection, all_rules: tuple[RuleFile, ...]
) -> None:
    quads = graph(said)
    fast, slow = reasoners(quads, all_rules)
    with fast, slow:
        run, asked = fast.run(selection), slow.run(selection)
        facts = [fact for fact in run.all_facts() if not fact.asserted]
        assert facts == [fact for fact in asked.all_facts() if not fact.asserted]
        for fact in facts[:40]:
            proofs = run.proofs(*fact.key, limit=3)
            expected = asked.proofs(*fact.key, limit=3)
            for one, other in zip(proofs, expected, strict=True):
                assert list(map(comparable, one.steps)) == list(map(comparable, other.steps))
            assert run.supports(*fact.key) == asked.supports(*fact.key)
        keys = [fact.key for fact in run.all_facts()][:40]
        said = run.statements(keys)
        assert said == asked.statements(keys)
        assert said == {key: tuple(sorted(run.supports(*key))) for key in keys}
        for name in {p for _, p, _ in keys} - {RDF_TYPE}:
            rows = [(f.s, f.o, f.confidence, f.asserted) for f in run.facts(name)]
            assert list(zip(*run.extension(name), strict=True)) == rows
            assert asked.extension(name) == run.extension(name)


@given(said=statements, view=st.sampled_from(["author", "all"]))
def test_why_not_is_as_near_as_the_database_says(
    said: list[Said], view: str, all_rules: tuple[RuleFile, ...]
) -> None:
    fast, slow = reasoners(graph(said), all_rules)
    with fast, slow:
        run, asked = fast.run(Selection(view=view)), slow.run(Selection(view=view))
        heads = sorted({r.head.relation.name for r in fast.program.rules if r.origin.path})
        for name in heads:
            for s, o in ((NODES[0], NODES[1]), (NODES[2], NODES[2])):
                goal = (s, name, o)
                assert lacking(run.why_not(*goal)) == lacking(asked.why_not(*goal))


def test_arrays_follow_a_change(all_rules: tuple[RuleFile, ...]) -> None:
    first = [Said(node(0), prop("p"), node(1)), Said(node(1), prop("p"), node(2))]
    later = Said(node(2), prop("p"), node(3), likelihood="Likely", standing="Hedged")
    with Reasoner.from_quads(graph(first), all_rules) as reasoner:
        old = reasoner.run()
        assert old.why_not(node(2), prop("p"), node(3)).aside == ()
        quads = list(later.quads("urn:st:later"))
        reasoner.apply(added=quads)
        (aside,) = reasoner.run().why_not(node(2), prop("p"), node(3)).aside
        assert aside.statement == "urn:st:later"
        everything = reasoner.run(Selection(view="all"))
        assert everything.proof(node(2), prop("p"), node(3)).statements == ("urn:st:later",)
        assert old.holds(node(2), prop("p"), node(3)) is None
        reasoner.apply(removed=quads)
        assert reasoner.run().why_not(node(2), prop("p"), node(3)).aside == ()


def pairs_of(facts: Sequence[tuple[int, int]]) -> Pairs:
    rows = sorted(set(facts))
    return Pairs(
        {
            "c0": np.array([s for s, _ in rows], dtype=np.int32),
            "c1": np.array([o for _, o in rows], dtype=np.int32),
            "conf": np.ones(len(rows)),
            "h": np.arange(len(rows), dtype=np.int32),
            "asserted": np.zeros(len(rows), dtype=np.bool_),
        }
    )


@given(facts=st.lists(st.tuples(ids, ids), min_size=1), asked=st.lists(st.tuples(ids, ids)))
def test_pairs_are_found_from_both_ends(
    facts: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    pairs, known = pairs_of(facts), set(facts)
    every = np.arange(len(pairs))
    assert list(zip(pairs.subjects(every), pairs.objects(every), strict=True)) == sorted(known)
    for s, o in asked:
        row = pairs.row(s, o)
        assert (row is not None) == ((s, o) in known)
        _, rows = spread(*pairs.of_subjects(np.array([s])))
        assert pairs.objects(rows).tolist() == sorted(b for a, b in known if a == s)
        _, rows = spread(*pairs.of_objects(np.array([o])))
        subjects = pairs.subjects(pairs.at_objects(rows)).tolist()
        assert subjects == sorted(a for a, b in known if b == o)
    if asked:
        starts, ends = np.array(asked).T
        which, rows = pairs.rows(starts, ends)
        assert which.tolist() == [n for n, pair in enumerate(asked) if pair in known]
        assert pairs.subjects(rows).tolist() == starts[which].tolist()


@given(quads=st.sets(st.tuples(ids, st.integers(1, 3), ids, st.integers(1, 4)), min_size=1))
def test_quads_are_found_by_either_end(quads: set[tuple[int, int, int, int]]) -> None:
    rows = sorted(quads, key=lambda q: (q[1], q[0], q[2], q[3]))
    columns = zip(*rows, strict=True)
    named = zip("spo", columns, strict=False)
    made = Quads(
        {
            **{name: np.array(column, dtype=np.int32) for name, column in named},
            "st": np.array([q[3] for q in rows], dtype=np.int32),
        }
    )
    for s, p, o, _ in quads:
        for wanted in ((s, p, None), (s, p, o), (None, p, o)):
            found = sorted(
                (*made.ends(row), int(made.statements[row])) for row in made.rows(*wanted)
            )
            expected = [
                (a, c, t)
                for a, b, c, t in quads
                if b == p and wanted[0] in (None, a) and wanted[2] in (None, c)
            ]
            assert found == sorted(expected)
    with pytest.raises(ValueError, match="subject or its object"):
        made.rows(None, 1, None)


@given(texts=st.sets(st.text(max_size=6)), other=st.text(max_size=6))
def test_the_dictionary_finds_terms_and_texts(texts: set[str], other: str) -> None:
    ordered = sorted(texts, key=str.encode)
    numbers = np.array([(n * 7919) % 1000 - 500 for n in range(len(ordered))], dtype=np.int32)
    made = Dictionary({"id": numbers, "text": np.array(ordered, dtype=object)})
    for number, text in zip(numbers.tolist(), ordered, strict=True):
        assert made.find(text) == number
    assert made.texts(numbers.tolist()) == dict(zip(numbers.tolist(), ordered, strict=True))
    assert made.texts([10_000]) == {}
    assert (made.find(other) is None) == (other not in texts)


def test_a_set_of_statements() -> None:
    asked = np.array([1, 2, 3])
    assert Ids({"st": np.array([], dtype=np.int32)}).holds(asked).tolist() == [False] * 3
    assert Ids({"st": np.array([2, 5])}).holds(asked).tolist() == [False, True, False]


def test_too_many_matches_are_left_to_the_database() -> None:
    with pytest.raises(TooManyError):
        spread(np.array([0]), np.array([10_000_000]))
