"""What a reader of the article would answer, asked of the graph."""

from __future__ import annotations

import pytest
import rdflib

from axiskg.errors import NotFoundError, ParameterError
from axiskg.namespaces import AXIS, PREFIXES, SRC
from axiskg.reasoning.analysis import Analysis
from axiskg.reasoning.mutual import Direction, MutualBacking
from axiskg.reasoning.proof_rdf import read_proofs_rdf
from axiskg.reasoning.values import Citation
from axiskg.reasoning.what_if import Change

ST = PREFIXES["st"] + "fp-2023-china-russia-axis/"


def places(citations: tuple[Citation, ...]) -> set[tuple[int | None, int | None]]:
    return {(citation.paragraph, citation.sentence) for citation in citations}


def ids(citations: tuple[Citation, ...]) -> set[str]:
    return {citation.statement.rpartition("/")[2] for citation in citations}


@pytest.fixture(scope="module")
def backing(article: Analysis) -> MutualBacking:
    return article.mutual_backing("china", "russia")


def side(backing: MutualBacking, backer: str) -> Direction:
    return next(one for one in backing.directions if one.backer == backer)


def test_china_and_russia_back_each_other(backing: MutualBacking) -> None:
    assert backing.holds
    assert {one.backer for one in backing.directions} == {"china", "russia"}
    assert backing.confidence == 1.0


def test_russia_backs_fully_on_four_issues_and_tacitly_on_two(backing: MutualBacking) -> None:
    manners = side(backing, "russia").manners
    assert set(manners) == {"full", "tacit"}
    assert set(manners["full"]) == {"taiwan", "hong-kong", "tibet", "xinjiang"}
    assert set(manners["tacit"]) == {"south-china-sea", "east-china-sea"}


def test_china_declines_to_condemn_and_finds_a_concern_legitimate(backing: MutualBacking) -> None:
    china = side(backing, "china")
    assert set(china.manners) == {"declines-to-condemn", "views-as-legitimate"}
    condoned = [s for s in china.supports if s.manner == "declines-to-condemn"]
    assert {s.place for s in condoned} == {"chechnya", "georgia", "syria", "ukraine"}
    assert china.manners["views-as-legitimate"] == ("nato-expansion",)
    assert not china.is_backing


def test_each_support_has_its_paragraph_and_sentence(backing: MutualBacking) -> None:
    assert places(side(backing, "russia").supports) == {(14, 5), (14, 6)}
    assert places(side(backing, "china").supports) == {(14, 5), (17, 3)}


def test_the_asymmetry_is_said_in_words(backing: MutualBacking) -> None:
    assert not backing.symmetric
    assert "China is not said to back any position of Russia" in backing.asymmetry
    assert "China's side is the weaker" in backing.weakest_link


def test_counter_evidence_of_the_backing(backing: MutualBacking) -> None:
    found = {c.statement.rpartition("/")[2]: c.kind for c in backing.counter_evidence}
    reservations = {"p28.r", "p28.s", "p30.n", "p30.o", "p30.p", "p30.q"}
    assert {i for i, kind in found.items() if kind == "reservation"} == reservations
    assert found["p11.s"] == found["p11.t"] == "denied"
    assert found["p28.t"] == found["p28.w"] == "denied"
    assert found["p30.c"] == "feared"
    assert found["p30.j"] == "weakening"


def test_asked_the_other_way_round_the_answer_is_the_same(
    article: Analysis, backing: MutualBacking
) -> None:
    other = article.mutual_backing("Russia", "Q148")
    assert {one.backer: one.manners for one in other.directions} == {
        one.backer: one.manners for one in backing.directions
    }


def test_iran_and_china_are_linked_by_institutions_alone(article: Analysis) -> None:
    found = article.alignment("iran", "china")
    assert found.kind == "indirect"
    assert found.holds
    assert set(found.vector) == {"institution"}
    roles = {link.via: (link.a_relation, link.b_relation) for link in found.links}
    assert roles == {"sco": ("member", "member"), "brics": ("invitee", "member")}
    assert not found.common_adverse_to
    assert not found.opposition
    strength = {link.via: link.strength for link in found.links}
    assert strength["brics"] < strength["sco"]


def test_a_partnership_that_is_only_implied_is_shown_but_not_counted(article: Analysis) -> None:
    assert ids(article.alignment("iran", "china").not_counted) == {"p26.n"}


def test_india_is_linked_by_both_institutions_and_adverse_to_nobody(article: Analysis) -> None:
    found = article.alignment("india", "china")
    assert found.kind == "indirect"
    assert {link.via for link in found.links} == {"sco", "brics"}
    assert found.a_adverse_to == ()
    assert found.common_adverse_to == ()
    assert {"p27.k", "p27.l"} <= ids(found.counter_evidence)


def test_china_is_nobodys_adversary_in_ukraine(article: Analysis) -> None:
    found = article.alignment("china", "ukraine")
    assert found.kind == "none"
    assert "ukraine" not in found.a_adverse_to
    assert found.b_adverse_to == ()
    lacking = article.why_not("china", "opposes", "ukraine")
    assert not lacking.holds


def test_russia_opposes_ukraine_which_it_invaded(article: Analysis) -> None:
    assert article.alignment("russia", "ukraine").kind == "opposed"


def test_there_is_no_alliance_in_the_base(article: Analysis) -> None:
    lacking = article.why_not("china", "allianceWith", "russia")
    assert not lacking.holds
    assert {c.standing for c in lacking.unaccepted} == {"Hypothetical"}


def test_the_taiwan_scenario_brings_the_alliance_about(article: Analysis) -> None:
    asked = article.asked(scenario="sino-us-conflict-alliance")
    found = article.what_if(Change(), asked)
    new = {(c.subject, c.relation, c.object): c for c in found.new}
    alliance = new["china", "allianceWith", "russia"]
    assert alliance.before is None
    assert alliance.after is not None
    assert 0 < alliance.after < 1
    assert {s.rpartition("/")[2] for s in alliance.statements} == {"p11.v", "p11.x"}
    assert not found.gone


def test_what_a_scenario_says_of_events_is_part_of_the_difference(article: Analysis) -> None:
    found = article.what_if(Change(), article.asked(scenario="trump-second-term"))
    new = {(c.subject, c.relation, c.object): c.after for c in found.new}
    assert new == {
        ("decrease-of-us-support-for-ukraine", "occurs", "true"): 0.4,
        ("offer-of-improved-relations-to-putin", "occurs", "true"): 0.4,
        ("second-term-of-trump", "occurs", "true"): 1.0,
    }
    assert "second-term-of-trump occurs" in found.words


def test_each_scenario_changes_something_or_denies_all(article: Analysis) -> None:
    for card in article.scenarios():
        found = article.what_if(Change(), article.asked(scenario=card.scenario))
        affirmed = [c for c in card.consequents if c.polarity == "Affirmed"]
        assert bool(found.new or found.stronger) == bool(affirmed), card.scenario


def test_hostility_by_an_event_is_counted_and_named(article: Analysis) -> None:
    found = article.alignment("russia", "ukraine")
    assert found.words == "Russia opposes Ukraine."
    assert ids(found.counter_evidence) == {"p11.d", "p15.b", "p16.p"}
    assert {counter.kind for counter in found.counter_evidence} == {"hostile"}


def test_what_loosens_ties_between_those_who_lead_is_counted(backing: MutualBacking) -> None:
    assert {"p15.l", "p29.f"} <= ids(backing.counter_evidence)


def test_triads_and_webs_are_tables_too(article: Analysis) -> None:
    pytest.importorskip("polars")
    assert article.balance().to_polars().height == len(article.balance().triads)
    web = article.web("china", "russia")
    assert web.to_polars()["actor"].to_list() == [one.actor for one in web.reached]


def test_counter_evidence_is_in_plain_words(article: Analysis, backing: MutualBacking) -> None:
    whys = {c.statement.rpartition("/")[2]: c.why for c in backing.counter_evidence}
    assert whys["p30.a"].endswith("of China and Russia occurs; put as unlikely")
    assert whys["p30.c"].endswith("feared by some Chinese experts, not by the author")
    against = article.alignment("china", "united-states").counter_evidence
    told = next(c.why for c in against if c.statement.endswith("/p17.p") or c.kind == "feared")
    assert "United States is unaccommodating toward" in told
    assert told.endswith("feared by China, not by the author")


def test_undated_statements_are_told_where_a_day_is_asked_about(article: Analysis) -> None:
    asked = article.asked(as_of="2023-09-15")
    none = "None of the statements bears a date; such count on any day."
    assert article.mutual_backing("china", "russia", asked).dating == none
    assert article.alignment("iran", "china", asked).dating.startswith("2 of the 4 statements")
    shared = article.explain("iran", "sharesInstitutionWith", "china", asked)
    assert "1 of the 2 statements bear no date" in shared.proofs[0].together.words
    assert article.mutual_backing("china", "russia").dating == ""


def test_a_membership_taken_away_takes_its_conclusions_away(article: Analysis) -> None:
    change = Change(remove=("p26.j",))
    found = article.what_if(change, article.asked())
    gone = {(c.subject, c.relation, c.object) for c in found.gone}
    assert ("china", "sharesInstitutionWith", "iran") in gone
    assert ("china", "indirectlyAlignedWith", "iran") not in gone
    assert found.new == ()


def test_an_added_membership_adds_its_conclusions(article: Analysis) -> None:
    found = article.what_if(Change(add=("belarus memberOf sco",)), article.asked())
    new = {(c.subject, c.relation, c.object) for c in found.new}
    assert ("belarus", "sharesInstitutionWith", "china") in new
    gone = {(c.subject, c.relation, c.object) for c in found.gone}
    assert ("belarus", "linkedByApplicationWith", "china") in gone


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Change(remove=("p99.z",)), "no statement"),
        (Change(add=("china memberOf",)), "subject, property and object"),
        (Change(add=("china membrOf sco",)), "did you mean memberOf"),
        (Change(add=("chinaa memberOf sco",)), "did you mean china"),
        (Change(add=("china mutuallyBacks russia",)), "only rules conclude"),
        (Change(negate=("china memberOf nato",)), "nothing states"),
        (Change(remove=("p11.x",)), "not among the statements"),
        (Change(add=("iran memberOf sco",), negate=("iran memberOf sco",)), "both"),
        (Change(add=("brics foundedBy brics",)), "contradiction"),
        (Change(), "nothing to change"),
    ],
)
def test_an_impossible_what_if_says_why(article: Analysis, change: Change, message: str) -> None:
    with pytest.raises((ParameterError, NotFoundError), match=message):
        article.what_if(change, article.asked())


def test_membership_as_of_a_day_before_and_after_the_accession(article: Analysis) -> None:
    before = article.alignment("iran", "china", article.asked(as_of="2023-06-30"))
    after = article.alignment("iran", "china", article.asked(as_of="2023-09-15"))
    assert "sco" not in {link.via for link in before.links}
    assert "sco" in {link.via for link in after.links}
    assert not before.asked.timeless


def test_the_view_decides_whose_word_counts(article: Analysis) -> None:
    leaders = article.alignment(
        "china", "united-states", article.asked(view="according-to xi-jinping")
    )
    assert ids(leaders.opposition) == {"p16.j"}
    asked = article.asked(view="perceptions-of china")
    assert article.mutual_backing("china", "russia", asked).holds is False


def test_an_unknown_actor_gets_a_suggestion(article: Analysis) -> None:
    with pytest.raises(NotFoundError, match="did you mean china"):
        article.mutual_backing("chna", "russia")


@pytest.mark.parametrize("day", ["2023-13-01", "2023", "yesterday", "2023-02-30", ""])
def test_a_bad_date_is_refused(article: Analysis, day: str) -> None:
    with pytest.raises(ParameterError, match="as_of"):
        article.asked(as_of=day)


@pytest.mark.parametrize("view", ["autor", "according-to", "perceptions-of nobody-at-all"])
def test_a_bad_view_is_refused(article: Analysis, view: str) -> None:
    with pytest.raises((ParameterError, NotFoundError), match="view"):
        article.asked(view=view)


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_bad_confidence_is_refused(article: Analysis, confidence: float) -> None:
    with pytest.raises(ParameterError, match="min_confidence"):
        article.asked(min_confidence=confidence)


def test_an_explanation_reaches_the_sentences(article: Analysis) -> None:
    found = article.explain("china", "mutuallyBacks", "russia")
    assert found.holds
    assert {c.paragraph for c in found.statements} <= {14, 17}
    assert "p14" in found.text
    assert found.mermaid.startswith(("graph", "flowchart"))
    [read] = read_proofs_rdf(found.prov)
    assert set(read.statements) == {citation.statement for citation in found.statements}


def test_a_proof_in_rdf_names_source_paragraph_and_sentence(article: Analysis) -> None:
    found = article.explain("iran", "sharesInstitutionWith", "china")
    told = rdflib.Graph().parse(data=found.prov, format="turtle")
    told.bind("axis", AXIS)
    told.bind("prov", PREFIXES["prov"])
    asked = f"SELECT ?n ?m WHERE {{ <{ST}p26.j> axis:paragraph ?n ; axis:sentence ?m ; "
    asked += f"prov:hadPrimarySource <{SRC}fp-2023-china-russia-axis> }}"
    ((paragraph, sentence),) = told.query(asked)
    assert (int(paragraph), int(sentence)) == (26, 3)
    again = read_proofs_rdf(told.serialize(format="turtle"))
    assert again == read_proofs_rdf(found.prov)


def test_every_form_has_as_many_proofs_as_were_asked_for(article: Analysis) -> None:
    found = article.explain("iran", "indirectlyAlignedWith", "china", max_proofs=3)
    assert len(found.proofs) == 3
    assert len(read_proofs_rdf(found.prov)) == 3
    assert found.mermaid.count("subgraph") == 3
    cited = {citation.statement for citation in found.statements}
    assert {st for proof in read_proofs_rdf(found.prov) for st in proof.statements} == cited


def test_steps_say_how_the_rule_was_bound(article: Analysis) -> None:
    found = article.explain("iran", "sharesInstitutionWith", "china")
    assert found.proofs[0].steps[0].bindings == {
        "a": "iran",
        "b": "china",
        "institution": "sco",
    }


def test_what_is_missing_says_what_could_give_it_and_what_is_said_of_it(article: Analysis) -> None:
    found = article.why_not("iran", "mutuallyBacks", "china")
    (nearest,) = found.nearest
    stands = next(m for m in nearest.missing if m.subject == "iran")
    assert {inner.rule for inner in stands.nearest} >= {"backing-full", "declining-to-condemn"}
    before = article.asked(as_of="2023-06-30")
    shared = article.why_not("iran", "sharesInstitutionWith", "china", before)
    member = [m for near in shared.nearest for m in near.missing if m.relation == "memberOf"]
    assert "p26.j" in {i for m in member for i in ids(m.unaccepted)}
    assert "said, but not among those asked about" in shared.text


def test_alternatives_of_a_path_are_told_in_one_line(article: Analysis) -> None:
    told = article.why_not("india", "adverseTo", "the-west").text
    assert "missing: any way from ent:india to ent:the-west" in told
    assert "axis:perceivesThreatFrom or axis:viewsAsHostile" in told
    assert "by path (" not in told


def test_an_explanation_shows_as_many_proofs_as_asked(article: Analysis) -> None:
    one = article.explain("russia", "standsBy", "china")
    many = article.explain("russia", "standsBy", "china", max_proofs=4)
    assert (len(one.proofs), len(many.proofs)) == (1, 4)
    assert one.other_proofs == 5
    assert len({proof.steps[0].premises for proof in many.proofs}) == 4


def test_a_type_is_explained_too(article: Analysis) -> None:
    assert article.explain("brics", "a", "Institution").holds


def test_the_web_of_influence_of_china_and_russia(article: Analysis) -> None:
    found = article.web("china", "russia")
    assert {reached.actor for reached in found.reached} == {
        "belarus",
        "brazil",
        "egypt",
        "india",
        "iran",
        "saudi-arabia",
        "south-africa",
    }


def test_triads_with_the_west_are_balanced(article: Analysis) -> None:
    found = article.balance()
    signs = {triad.actors: triad.balanced for triad in found.triads}
    assert signs["china", "russia", "the-west"] is True
    assert signs["china", "russia", "united-states"] is True


def test_statements_of_a_paragraph_and_of_an_entity(article: Analysis) -> None:
    of_paragraph = article.statements(paragraph=14)
    assert {c.paragraph for c in of_paragraph} == {14}
    belarus = article.statements(entity="belarus")
    assert "p26.k" in ids(belarus)
    with pytest.raises(NotFoundError):
        article.statements(paragraph=999)


def test_what_speaks_against_the_common_web_of_china_and_russia(article: Analysis) -> None:
    found = article.web("china", "russia")
    india = next(one for one in found.reached if one.actor == "india")
    told = {counter.statement.rpartition("/")[2]: counter for counter in india.counter_evidence}
    assert {c.kind for c in told.values()} == {"group-held-back"}
    assert any(c.paragraph == 27 and c.sentence == 1 for c in told.values())
