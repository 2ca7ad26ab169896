"""After any additions and removals a run is what a rebuild gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Quad

from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.rules import RuleFile
from axiskg.reasoning.run import Fact, Run
from axiskg.reasoning.selection import Selection

from .conftest import Said, confidence_table, prop, rule
from .strategies import said

WORDS = [f"urn:n:{n}" for n in range(4)]


def quads_of(name: str, statement: Said) -> list[Quad]:
    return list(statement.quads(name))


def everything(run: Run) -> set[Fact]:
    return {fact for fact in run.all_facts() if fact.p.startswith("urn:t:")}


@given(
    start=st.lists(said(), min_size=3, max_size=20),
    changes=st.lists(st.tuples(st.integers(0, 30), said()), min_size=1, max_size=5),
)
def test_changes_equal_a_rebuild(
    start: list[Said], changes: list[tuple[int, Said]], all_rules: tuple[RuleFile, ...]
) -> None:
    now = {f"urn:st:{n}": statement for n, statement in enumerate(start)}
    table = list(confidence_table())
    quads = table + [q for name, s in now.items() for q in quads_of(name, s)]
    with Reasoner.from_quads(quads, all_rules) as reasoner:
        reasoner.run()
        for number, statement in changes:
            name = f"urn:st:{number}"
            removed = quads_of(name, now.pop(name)) if name in now else []
            added = [] if removed else quads_of(name, statement)
            if added:
                now[name] = statement
            reasoner.apply(added, removed)
            found = everything(reasoner.run())
        rebuilt_quads = table + [q for name, s in now.items() for q in quads_of(name, s)]
        with Reasoner.from_quads(rebuilt_quads, all_rules) as rebuilt:
            assert found == everything(rebuilt.run())


def test_unchanged_strata_are_shared_and_old_runs_stay_whole() -> None:
    rules = [
        rule("CONSTRUCT { ?a t:x ?b } WHERE { ?a t:p ?c . ?c t:p ?b }", "one"),
        rule("CONSTRUCT { ?a t:y ?b } WHERE { ?a t:q ?c . ?c t:q ?b }", "two"),
    ]
    a, b, c = WORDS[:3]
    start = [Said(a, prop("p"), b), Said(b, prop("p"), c), Said(a, prop("q"), b)]
    quads = list(confidence_table())
    for n, s in enumerate(start):
        quads += quads_of(f"urn:st:{n}", s)
    with Reasoner.from_quads(quads, rules) as reasoner:
        old = reasoner.run()
        reasoner.apply(added=quads_of("urn:st:9", Said(b, prop("q"), c)))
        new = reasoner.run()
        assert new is not old
        assert new.generation == old.generation + 1
        assert [f.key for f in new.facts(prop("y"))] == [(a, prop("y"), c)]
        assert old.facts(prop("y")) == []
        assert new.facts(prop("x")) == old.facts(prop("x"))
        shared = new.evaluation.used() & old.evaluation.used()
        assert shared, "the stratum of t:x was computed again"
        assert new.proof(a, prop("x"), c).statements == ("urn:st:0", "urn:st:1")


def test_many_generations_leave_no_tables_behind() -> None:
    rules = [rule("CONSTRUCT { ?a t:x ?b } WHERE { ?a t:p ?c . ?c t:p ?b }")]
    quads = list(confidence_table())
    for n in range(3):
        quads += quads_of(f"urn:st:{n}", Said(WORDS[n], prop("p"), WORDS[n + 1]))
    with Reasoner.from_quads(quads, rules) as reasoner:
        sizes = []
        for n in range(6):
            name = f"urn:st:{100 + n}"
            reasoner.apply(added=quads_of(name, Said(WORDS[0], prop("p"), WORDS[n % 4])))
            reasoner.run()
            sizes.append(
                reasoner._db.value(
                    "SELECT count(*) FROM duckdb_tables() WHERE schema_name <> 'main'"
                )
            )
        assert sizes[-1] <= sizes[1] + 1


def test_other_selections_after_a_change_see_it() -> None:
    rules = [rule("CONSTRUCT { ?a t:x ?b } WHERE { ?a t:p ?c . ?c t:p ?b }")]
    a, b, c = WORDS[:3]
    hedged = Said(b, prop("p"), c, likelihood="Likely", standing="Hedged")
    quads = list(confidence_table()) + quads_of("urn:st:0", Said(a, prop("p"), b))
    with Reasoner.from_quads(quads, rules) as reasoner:
        view = Selection(view="all")
        assert reasoner.run(view).facts(prop("x")) == []
        reasoner.apply(added=quads_of("urn:st:1", hedged))
        (fact,) = reasoner.run(view).facts(prop("x"))
        assert fact.confidence == 0.75
        assert reasoner.run().facts(prop("x")) == []
        reasoner.apply(removed=quads_of("urn:st:1", hedged))
        assert reasoner.run(view).facts(prop("x")) == []
