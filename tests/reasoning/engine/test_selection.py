"""Which statements a run is over: views, dates, scenarios, what-ifs; how confidence combines."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from pyoxigraph import NamedNode, Quad

from axiskg.errors import NotFoundError, ParameterError, QueryTimeoutError, QueryTooLargeError
from axiskg.namespaces import ENT, PREFIXES, SCN
from axiskg.reasoning.database import Limits
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.selection import Assumption, Selection
from axiskg.reasoning.terms import term_of

from .conftest import PROVENANCE, TYPE, Said, axis, described, graph, node, prop, rule

A, B, C, D, E = (node(n) for n in "abcde")
P, X = prop("p"), prop("x")
CHAIN = rule("CONSTRUCT { ?a t:x ?b } WHERE { ?a t:p ?c . ?c t:p ?b FILTER(?a != ?b) }", "chain")


def scenario_quads() -> Iterator[Quad]:
    """A scenario that follows another: statements 6 and 7 are its antecedent and consequent."""

    def of(s: str, p: str, o: str) -> Quad:
        return Quad(NamedNode(s), axis(p), NamedNode(o), PROVENANCE)

    for name in ("trigger", "earlier"):
        yield Quad(NamedNode(SCN + name), TYPE, axis("Scenario"), PROVENANCE)
    yield of(SCN + "trigger", "antecedent", "urn:st:6")
    yield of(SCN + "trigger", "consequent", "urn:st:7")
    yield of(SCN + "trigger", "follows", SCN + "earlier")
    yield of(SCN + "trigger", "assumesNot", "urn:st:9")
    yield of(SCN + "earlier", "antecedent", "urn:st:8")
    yield of("urn:st:7", "condition", SCN + "trigger")


X_LIN, MINISTRY = ENT + "bonny-lin", ENT + "ministry"
SAID = [
    Said(A, P, B, begin="2000-01-01", end="2010-12-31"),
    Said(B, P, C, begin="2005-01-01"),
    Said(C, P, D, "Claim", "Certain", "Attributed", more=(("assertedBy", MINISTRY),)),
    Said(
        D,
        P,
        E,
        "Perception",
        "Certain",
        "Attributed",
        more=(("assertedBy", X_LIN), ("heldBy", ENT + "china")),
    ),
    Said(B, P, E, "Fact", "Possible", "Hedged", more=(("assertedBy", X_LIN),)),
    Said(B, P, D, "Fact", "Certain", "Denied", polarity="Negated", more=(("assertedBy", X_LIN),)),
    Said(C, P, A, "Hypothesis", "Certain", "Hypothetical"),
    Said(C, P, E, "Hypothesis", "Possible", "Hypothetical"),
    Said(E, P, A, "Hypothesis", "Certain", "Hypothetical"),
    Said(A, P, B, "Hypothesis", "Certain", "Hypothetical"),
]


@pytest.fixture(scope="module")
def reasoner() -> Iterator[Reasoner]:
    with Reasoner.from_quads([*graph(SAID), *scenario_quads()], [CHAIN]) as made:
        yield made


def pairs(reasoner: Reasoner, selection: Selection) -> dict[tuple[str, str], float]:
    return {(f.s, f.o): f.confidence for f in reasoner.run(selection).facts(X)}


def test_the_author_s_view_is_the_accepted(reasoner: Reasoner) -> None:
    assert pairs(reasoner, Selection()) == {(A, C): 1.0}


def test_all_leaves_out_what_is_denied_possible_or_supposed(reasoner: Reasoner) -> None:
    assert pairs(reasoner, Selection(view="all")) == {(A, C): 1.0, (B, D): 0.7, (C, E): 0.6}


def test_the_view_of_an_asserter_has_no_perceptions_of_others(reasoner: Reasoner) -> None:
    ministry = reasoner.run(Selection(view="according-to ministry"))
    assert [f.key for f in ministry.facts(P)] == [(C, P, D)]
    assert reasoner.run(Selection(view="according-to bonny-lin")).facts(P) == []
    china = reasoner.run(Selection(view="perceptions-of china"))
    assert [f.key for f in china.facts(P)] == [(D, P, E)]


def test_as_of_takes_what_holds_that_day(reasoner: Reasoner) -> None:
    def held(year: int, possibly: bool = False) -> bool:
        selection = Selection(as_of=date(year, 6, 1), possibly=possibly)
        return (A, C) in pairs(reasoner, selection)

    assert [held(y) for y in (1999, 2003, 2007, 2011)] == [False, False, True, False]


def test_surely_and_possibly_differ_by_the_unknown_bound() -> None:
    known = Said(B, P, C)
    fuzzy = graph([Said(A, P, B), known])
    day = '"{}"^^<http://www.w3.org/2001/XMLSchema#date>'
    for key, value in (("EarliestBegin", "2019-01-01"), ("LatestBegin", "2019-12-31")):
        name = NamedNode(f"{PREFIXES['sem']}has{key}TimeStamp")
        fuzzy.append(Quad(NamedNode("urn:st:0"), name, term_of(day.format(value)), PROVENANCE))
    with Reasoner.from_quads(fuzzy, [CHAIN]) as made:
        middle, after, before = date(2019, 6, 1), date(2025, 1, 1), date(2018, 12, 31)
        assert pairs(made, Selection(as_of=middle)) == {}
        assert pairs(made, Selection(as_of=middle, possibly=True)) == {(A, C): 1.0}
        assert pairs(made, Selection(as_of=after)) == {(A, C): 1.0}  # nothing says that it ended
        assert pairs(made, Selection(as_of=before, possibly=True)) == {}


def test_a_scenario_assumes_adds_and_denies(reasoner: Reasoner) -> None:
    base = pairs(reasoner, Selection())
    found = pairs(reasoner, Selection(scenario="trigger"))
    # C p A and E p A are assumed, C p E follows at its likelihood, A p B is assumed away
    assert found == {(B, A): 1.0, (B, E): 0.4, (C, A): 0.4}
    assert base.keys() - found.keys() == {(A, C)}
    beyond = reasoner.run(Selection(scenario="trigger")).beyond(reasoner.run())
    assert {(t.subject.value, t.object.value) for t in beyond} == {(C, A), (C, E), (E, A)}


def test_a_what_if_adds_removes_and_denies(reasoner: Reasoner) -> None:
    added = Selection(add=frozenset({Assumption(C, P, E, 0.5)}))
    assert pairs(reasoner, added) == {(A, C): 1.0, (B, E): 0.5}
    assert pairs(reasoner, Selection(remove=frozenset({"urn:st:1"}))) == {}
    assert pairs(reasoner, Selection(deny=frozenset({(A, P, B)}))) == {}
    proof = reasoner.run(added).proof(B, X, E)
    assert Assumption(C, P, E).statement in proof.statements


@pytest.mark.parametrize(
    ("semiring", "expected"), [("max-min", 0.7), ("product", 0.49), ("noisy-or", 0.88)]
)
def test_semirings(semiring: str, expected: float) -> None:
    claim = ("Claim", "Certain", "Attributed")
    said = [Said(A, P, B, *claim), Said(B, P, C, *claim)]
    if semiring == "noisy-or":  # a second way, of 0.6: 1 - 0.3 * 0.4
        perceived = ("Perception", "Certain", "Attributed")
        said += [Said(A, P, D, *perceived), Said(D, P, C, *perceived)]
    with Reasoner.from_quads(graph(said), [CHAIN]) as made:
        found = pairs(made, Selection(view="all", semiring=semiring))
    assert found[(A, C)] == pytest.approx(expected)


def test_noisy_or_stays_bounded_in_recursion() -> None:
    loop = rule("CONSTRUCT { ?b t:p ?a } WHERE { ?a t:p ?b }", "loop")
    said = [Said(A, P, B, "Perception", "Certain", "Attributed")]
    with Reasoner.from_quads(graph(said), [loop]) as made:
        facts = made.run(Selection(view="all", semiring="noisy-or")).facts(P)
    assert {f.confidence for f in facts} == {0.6}


def test_entities_are_described_only_when_mentioned() -> None:
    typed = rule("CONSTRUCT { ?a t:x ?b } WHERE { ?a t:of ?b }", "of")
    quads = [*graph([Said(A, P, B)]), described(B, prop("of"), C), described(D, prop("of"), E)]
    with Reasoner.from_quads(quads, [typed]) as made:
        assert pairs(made, Selection()) == {(B, C): 1.0}


@pytest.mark.parametrize(
    "fields",
    [
        {"view": "autor"},
        {"view": "according-to"},
        {"view": "author lin"},
        {"semiring": "sum"},
        {"min_confidence": 1.5},
        {"add": frozenset({Assumption(A, P, B, 0.0)})},
    ],
)
def test_a_bad_selection_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        Selection(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        (Selection(scenario="trigered"), "known are: earlier, trigger"),
        (Selection(view="according-to nobody"), "no statement is asserted by nobody"),
        (Selection(remove=frozenset({"urn:st:99"})), "no statement urn:st:99"),
    ],
)
def test_unknown_names_are_named(reasoner: Reasoner, selection: Selection, words: str) -> None:
    with pytest.raises(NotFoundError, match=words):
        reasoner.run(selection)


def test_runs_are_kept_and_safe_from_many_threads(reasoner: Reasoner) -> None:
    assert reasoner.run() is reasoner.run(Selection())
    wrong: list[str] = []

    def ask(least: float) -> None:
        for _ in range(5):
            run = reasoner.run(Selection(min_confidence=least))
            if [f.key for f in run.facts(X)] != [(A, X, C)]:
                wrong.append("facts")
            if run.proof(A, X, C).statements != ("urn:st:0", "urn:st:1"):
                wrong.append("proof")
            if run.why_not(A, X, E).holds:
                wrong.append("why not")

    threads = [threading.Thread(target=ask, args=(n / 10,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_limits_are_kept_and_named() -> None:
    wide = rule("CONSTRUCT { ?a t:x ?b } WHERE { ?a t:p ?c . ?b t:p ?c }", "wide")
    said = [Said(node(n), P, A) for n in range(60)]
    with (
        Reasoner.from_quads(graph(said), [wide], limits=Limits(max_derivations=1_000)) as made,
        pytest.raises(QueryTooLargeError, match="rule wide has more than 1000 derivations"),
    ):
        made.run()


def test_a_deadline_ends_a_run_and_the_reasoner_goes_on() -> None:
    wide = rule(
        "CONSTRUCT { ?a t:x ?b } WHERE { ?a t:p ?c . ?b t:p ?c . ?a t:p ?d . ?b t:p ?d ."
        " ?e t:p ?c . ?e t:p ?d }",
        "wide",
    )
    said = [Said(node(n), P, node(1000 + m)) for n in range(90) for m in range(12)]
    with Reasoner.from_quads(graph(said), [wide]) as made:
        with pytest.raises(QueryTimeoutError, match="took longer"):
            made.run(timeout_s=0.05)
        nothing = frozenset(f"urn:st:{n}" for n in range(len(said)))
        assert made.run(Selection(remove=nothing)).facts(P) == []


def test_files_outside_are_out_of_reach(reasoner: Reasoner) -> None:
    with pytest.raises(duckdb.PermissionException):
        reasoner._db.rows("SELECT * FROM read_text('/etc/hostname')")
    with pytest.raises(duckdb.InvalidInputException):
        reasoner._db.rows("SET memory_limit='64GB'")
