"""Cases that the article has not: the engine beside plain SPARQL, time, hedges, a rival."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fixpoint
import pytest
import world
from pyoxigraph import Quad

from axiskg.errors import NotFoundError
from axiskg.namespaces import AXIS
from axiskg.plain import refresh_plain_view
from axiskg.reasoning import Reasoner
from axiskg.reasoning.analysis import Analysis
from axiskg.reasoning.what_if import Change
from axiskg.settings import Settings
from axiskg.store import EmbeddedStore

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def small(small_quads: list[Quad]) -> Iterator[Analysis]:
    with EmbeddedStore.in_memory() as store:
        store.extend(small_quads)
        refresh_plain_view(store)
        yield Analysis(store, Settings(home=ROOT, store=":memory:"))


def test_the_engine_concludes_what_plain_sparql_does(rules_dir: Path, small: Analysis) -> None:
    expected = {
        (s, AXIS + p, o)
        for s, p, o in fixpoint.conclusions(rules_dir, world.quads())
        if p not in {"partnerOf", "militaryPartnerOf", "allianceWith"}
    }
    with Reasoner.from_store(small._store, rules_dir) as reasoner:
        run = reasoner.run()
        names = {relation.name for relation in reasoner.program.concluded()}
        found = {(f.s, f.p, f.o) for name in names for f in run.facts(name)}
    assert found == expected


def test_support_that_ended_is_gone_after_its_end(small: Analysis) -> None:
    before = small.mutual_backing("china", "russia", small.asked(as_of="2015-06-30"))
    after = small.mutual_backing("china", "russia", small.asked(as_of="2016-06-30"))
    places = [
        {s.place for s in found.directions[0].supports if s.place} for found in (before, after)
    ]
    assert places == [{"syria", "georgia"}, {"syria"}]
    assert before.surely is True


def test_rivals_oppose_each_other_and_what_is_only_likely_does_not_count(small: Analysis) -> None:
    assert small.alignment("china", "united-states").kind == "opposed"
    assert small.alignment("atlantis", "lemuria").kind == "none"
    hedged = small.alignment("atlantis", "lemuria", small.asked(view="all"))
    assert hedged.kind == "opposed"
    assert hedged.opposition[0].likelihood == "Likely"
    strict = small.asked(view="all", min_confidence=0.9)
    assert small.alignment("atlantis", "lemuria", strict).kind == "none"


def test_a_large_institution_says_less(small: Analysis) -> None:
    shared = [x for x in small.alignment("china", "russia").links if x.dimension == "institution"]
    assert {link.via: link.named for link in shared} == {"brics": 4, "sco": 4}
    (forum,) = small.alignment("china", "ukraine").links
    assert (forum.via, forum.named) == ("world-forum", 3)
    assert forum.strength > shared[0].strength


def test_friendliness_speaks_against_hostility(small: Analysis) -> None:
    found = small.explain("united-states", "opposes", "russia")
    assert found.counter_evidence == ()
    assert {c.kind for c in small.explain("china", "mutuallyBacks", "russia").counter_evidence} == {
        "reservation",
        "denied",
    }


def test_premises_that_never_hold_at_one_time_are_said_to(small: Analysis) -> None:
    (proof,) = small.explain("ruritania", "sharesInstitutionWith", "sylvania").proofs
    assert proof.together.never
    assert "never hold at one time" in proof.together.words
    for day in ("1998-01-01", "2002-01-01", "2006-01-01"):
        assert small.alignment("ruritania", "sylvania", small.asked(as_of=day)).kind == "none"
    (iran,) = small.explain("iran", "sharesInstitutionWith", "china").proofs
    assert not iran.together.never
    assert str(iran.together.begins) == "2023-07-01"


def test_negating_a_triple_takes_all_statements_of_it_away(small: Analysis) -> None:
    found = small.what_if(Change(negate=("china waryOf russia",)), small.asked())
    assert {(c.subject, c.relation) for c in found.gone} == {("china", "waryOf")}


def test_taking_all_of_one_side_away_ends_mutual_backing(small: Analysis) -> None:
    change = Change(remove=("p1.d", "p1.e", "p1.f"))
    found = small.what_if(change, small.asked())
    gone = {(c.subject, c.relation, c.object) for c in found.gone}
    assert ("china", "mutuallyBacks", "russia") in gone
    assert ("china", "standsBy", "russia") in gone
    proof = next(c.proof for c in found.gone if c.relation == "mutuallyBacks")
    assert "by Mutual backing" in proof


def test_an_explanation_of_what_does_not_hold_is_refused(small: Analysis) -> None:
    with pytest.raises(NotFoundError, match="why-not"):
        small.explain("india", "mutuallyBacks", "china")


def test_why_not_names_the_missing_side(small: Analysis) -> None:
    found = small.why_not("india", "mutuallyBacks", "china")
    assert not found.holds
    assert any(near.rule == "mutual-backing" for near in found.nearest)
    assert "missing" in found.text
    assert small.why_not("china", "mutuallyBacks", "russia").holds


def test_counter_evidence_stands_with_ties_and_triads(small: Analysis) -> None:
    found = small.balance()
    tie = next(tie for tie in found.ties if (tie.a, tie.b) == ("china", "russia"))
    against = {counter.statement.rpartition("/")[2]: counter for counter in tie.counter_evidence}
    assert {"p5.a", "p5.b", "p5.c", "p5.d"} <= set(against)
    assert against["p5.a"].against == "directlyTiedTo"
    rivals = next(tie for tie in found.ties if tie.sign == "-")
    assert not {"reservation", "hostile"} & {c.kind for c in rivals.counter_evidence}
    triad = next(t for t in found.triads if {"china", "russia"} < set(t.actors))
    assert {c.statement for c in tie.counter_evidence} <= set(triad.against)


def test_counter_evidence_stands_with_who_is_reached(small: Analysis) -> None:
    found = small.web("china", "russia")
    assert {one.actor for one in found.reached} >= {"brazil", "india"}
    hindered = small.web("china", "iran")
    assert all(
        counter.against == "reaches"
        for web in (found, hindered)
        for one in web.reached
        for counter in one.counter_evidence
    )
