"""One test a trap: what a careless encoding of this article gets wrong."""

from __future__ import annotations

import pytest
from encoded import Encoded, iri

PLACES = ("chechnya", "georgia", "syria", "ukraine")
LAND = ("taiwan", "hong-kong", "tibet", "xinjiang")
SEAS = ("south-china-sea", "east-china-sea")
SCENARIOS = {
    "major-shocks",
    "sino-us-conflict-alliance",
    "sco-security",
    "no-external-shocks",
    "shocks-drive-closer",
    "russian-setback",
    "taiwan-crisis",
    "aggression-during-conflict",
    "aggression-happens",
    "trump-second-term",
    "trump-policy-shift",
}


def paragraph_of(statement: str) -> int:
    return int(statement[1:].partition(".")[0])


def test_line_10_repeats_line_9_and_is_no_second_source(article: Encoded) -> None:
    ninth = [s for s in article.statements() if paragraph_of(s) == 9]
    assert len(ninth) >= 10
    assert all(article.field(s, "alsoInParagraph") == {"10"} for s in ninth)
    assert not [s for s in article.statements() if paragraph_of(s) == 10]
    assert not [s for s in article.statements() if "10" in article.field(s, "paragraph")]
    assert all(len(article.field(s, "source")) == 1 for s in article.statements())


def test_implicit_years_resolve_from_the_issue_date(article: Encoded) -> None:
    """July, late August, June and March are those of 2023, and the statements say whence."""
    months = {
        ("exercises-sea-of-japan-2023", "a", "MilitaryExercise"): "2023-07",
        ("accession-of-iran-to-sco", "a", "Accession"): "2023-07",
        ("iran", "memberOf", "sco"): "2023-07",
        ("invitations-to-brics-2023", "a", "Invitation"): "2023-08",
        ("egypt", "invitedToJoin", "brics"): "2023-08",
        ("iran", "invitedToJoin", "brics"): "2023-08",
        ("saudi-arabia", "invitedToJoin", "brics"): "2023-08",
        ("wagner-mutiny-2023", "a", "Mutiny"): "2023-06",
        ("visit-of-xi-to-moscow-2023", "a", "Visit"): "2023-03",
        ("declaration-of-xi-2023", "a", "SpeechAct"): "2023-03",
    }
    for (subject, predicate, obj), month in months.items():
        (statement,) = article.saying(subject, predicate, obj)
        assert article.one(statement, "validTime").rstrip("/") == month
        assert article.one(statement, "timeBasis") == "Resolved"
        assert "issue date" in article.one(statement, "note")


def test_stated_years_are_not_called_resolved(article: Encoded) -> None:
    for statement in article.statements():
        times, basis = article.field(statement, "validTime"), article.field(statement, "timeBasis")
        assert bool(times) == bool(basis), statement
        if basis == {"Resolved"}:
            assert "2023" in times.pop(), statement


@pytest.mark.parametrize(("party", "other"), [("china", "russia"), ("russia", "china")])
def test_no_formal_alliance_is_planned_and_the_denial_is_of_the_plan(
    article: Encoded, party: str, other: str
) -> None:
    (plan,) = article.saying(party, "plansAllianceWith", other)
    assert article.one(plan, "polarity") == "Negated"
    assert article.one(plan, "modality") == "Fact"
    assert article.one(plan, "likelihood") == "Certain"
    assert article.one(plan, "standing") == "Denied"
    assert len(article.content(plan)) == 1
    assert not article.saying(party, "plansAllianceWith", other, polarity="Affirmed")


def test_no_alliance_edge_but_a_possible_one_after_a_shock(article: Encoded) -> None:
    alliances = article.saying(None, "allianceWith", None)
    assert len(alliances) == 2
    assert {article.one(s, "standing") for s in alliances} == {"Hypothetical"}
    assert {article.one(s, "likelihood") for s in alliances} == {"Possible"}
    assert {article.one(s, "condition") for s in alliances} == {
        "scn:major-shocks",
        "scn:sino-us-conflict-alliance",
    }


def test_perceptions_belong_to_their_holders_never_to_the_author(article: Encoded) -> None:
    views = {
        ("the-west", "threatens", "china"): {"china", "russia"},
        ("the-west", "threatens", "russia"): {"china", "russia"},
        ("sanctions-on-china-after-tiananmen", "victim", "china"): {"china"},
        ("the-west", "supports", "color-revolutions"): {"china", "russia"},
        ("support-in-global-south", "keyTo", "pushback-against-us-hegemony"): {
            "vladimir-putin",
            "xi-jinping",
        },
        ("us-hegemony", "occurs", "true"): {"vladimir-putin", "xi-jinping"},
        ("russia", "prioritizesOverRelations", "own-interests-of-russia"): {"some-chinese-experts"},
    }
    for (subject, predicate, obj), holders in views.items():
        (statement,) = article.saying(subject, predicate, obj)
        assert article.one(statement, "modality") == "Perception"
        assert article.field(statement, "heldBy") == holders
        assert article.field(statement, "voice") == holders
        assert article.one(statement, "assertedBy") == "bonny-lin"
        assert article.one(statement, "standing") == "Attributed"
    alike = article.saying("the-west", "hostileTo", "china-russia-side")
    assert [article.field(statement, "heldBy") for statement in alike] == [
        {"xi-jinping"},
        {"vladimir-putin"},
    ]
    for statement in article.statements():
        if article.one(statement, "modality") == "Perception":
            assert article.field(statement, "heldBy"), statement
            assert "bonny-lin" not in article.field(statement, "voice"), statement


def test_a_threat_is_perceived_and_its_content_is_never_accepted(article: Encoded) -> None:
    for party in ("china", "russia"):
        assert article.saying(party, "perceivesThreatFrom", "the-west", standing="Accepted")
        assert not article.saying("the-west", "threatens", party, standing="Accepted")


def test_direct_quotes_belong_to_the_quoted_party_with_the_author_as_reporter(
    article: Encoded,
) -> None:
    leaders = {"vladimir-putin", "xi-jinping"}
    quotes = {
        ("exercises-sea-of-japan-2023", "reflects", None): {"chinese-defense-ministry"},
        ("joint-patrol-2023", "reflects", None): {"chinese-defense-ministry"},
        ("china", "hasMutualTrustWith", "russia"): {"chinese-defense-ministry"},
        ("china", "strategicallyChooses", None): {"xi-jinping"},
        ("no-limits-partnership", "foundationFor", "shaping-of-global-landscape"): {"xi-jinping"},
        ("no-limits-partnership", "foundationFor", "shaping-of-future-of-humanity"): {"xi-jinping"},
        ("united-states", "actsAgainst", "china"): leaders,
        ("united-states", "actsAgainst", "russia"): leaders,
        ("new-era-of-international-relations", "occurs", "true"): {"chinese-state-media"},
        ("new-era-of-international-relations", "ofParty", None): {"chinese-state-media"},
        ("western-unilateralism", "occurs", "true"): {"china", "russia"},
        ("the-west", "seeks", "decoupling"): {"the-west"},
    }
    for (subject, predicate, obj), speakers in quotes.items():
        (statement,) = article.saying(subject, predicate, obj)
        assert article.one(statement, "modality") == "Claim"
        assert article.field(statement, "assertedBy") == speakers
        assert article.one(statement, "reportedBy") == "bonny-lin"
        assert article.one(statement, "standing") == "Attributed"


def test_every_claim_has_another_asserter_than_the_author(article: Encoded) -> None:
    for statement in article.statements():
        claim = article.one(statement, "modality") == "Claim"
        author = "bonny-lin" in article.field(statement, "assertedBy")
        assert not (claim and author), statement
        if not author and not claim:
            assert article.one(statement, "assertedBy") == "foreign-policy", statement
            assert paragraph_of(statement) in {3, 31, 32}


@pytest.mark.parametrize("place", PLACES)
def test_declining_to_condemn_is_not_backing(article: Encoded, place: str) -> None:
    action = f"russian-military-action-in-{place}"
    (declined,) = article.saying("china", "declinesToCondemn", action)
    assert article.one(declined, "standing") == "Accepted"
    assert article.one(declined, "polarity") == "Affirmed"
    assert article.described(action, "carriedOutBy") == {"russia"}
    for predicate in ("backs", "fullyBacks", "tacitlyBacks", "supports", "condemns"):
        assert not article.saying("china", predicate, None), predicate


@pytest.mark.parametrize("sea", SEAS)
def test_tacit_is_not_full(article: Encoded, sea: str) -> None:
    position = f"position-of-china-on-{sea}"
    (tacit,) = article.saying("russia", "tacitlyBacks", position)
    assert article.one(tacit, "likelihood") == "Certain"
    assert not article.saying("russia", "fullyBacks", position)
    assert not article.saying("russia", "backs", position)


@pytest.mark.parametrize("issue", LAND)
def test_full_backing_is_of_each_position(article: Encoded, issue: str) -> None:
    position = f"position-of-china-on-{issue}"
    (full,) = article.saying("russia", "fullyBacks", position)
    assert article.one(full, "standing") == "Accepted"
    assert not article.saying("russia", "tacitlyBacks", position)
    assert article.described(position, "heldBy") == {"china"}
    assert article.described(position, "onIssue") == {issue}


def test_no_other_backing_is_in_the_text(article: Encoded) -> None:
    assert len(article.saying(None, "fullyBacks", None)) == 4
    assert len(article.saying(None, "tacitlyBacks", None)) == 2
    assert len(article.saying(None, "declinesToCondemn", None)) == 4


def test_belarus_applied_and_is_no_member(article: Encoded) -> None:
    assert article.saying("belarus", "appliedToJoin", "sco", standing="Accepted")
    assert not article.saying("belarus", "memberOf", None)
    assert not article.saying("belarus", "invitedToJoin", None)


def test_iran_acceded_to_the_sco_and_is_an_invitee_of_brics(article: Encoded) -> None:
    assert article.saying("iran", "memberOf", "sco", standing="Accepted")
    assert article.saying("iran", "invitedToJoin", "brics", standing="Accepted")
    assert not article.saying("iran", "memberOf", "brics")


def test_six_were_invited_and_three_of_them_are_named(article: Encoded) -> None:
    (counted,) = article.saying("invitations-to-brics-2023", "inviteeCount", "6")
    assert article.one(counted, "standing") == "Accepted"
    named = [
        row[0]
        for row in article.rows("SELECT DISTINCT ?who { GRAPH ?st { ?who axis:invitedToJoin ?x } }")
    ]
    assert named == ["egypt", "iran", "saudi-arabia"]


def test_no_outside_knowledge_fills_in_members(article: Encoded) -> None:
    """Nobody is a member of, or invited to, an institution unless the text names it."""
    members = article.rows(
        "SELECT DISTINCT ?who ?org { GRAPH ?st { ?who axis:memberOf ?org }"
        " GRAPH g:provenance { ?st axis:polarity axis:Affirmed } }"
    )
    assert members == [
        ("brazil", "brics"),
        ("china", "brics"),
        ("china", "sco"),
        ("india", "brics"),
        ("india", "sco"),
        ("iran", "sco"),
        ("russia", "brics"),
        ("russia", "sco"),
        ("south-africa", "brics"),
    ]


def test_all_but_india_is_not_spread_over_members(article: Encoded) -> None:
    (denied,) = article.saying("india", "memberOf", "belt-and-road-initiative")
    assert article.one(denied, "standing") == "Denied"
    assert article.saying(None, "memberOf", "belt-and-road-initiative") == [denied]
    (universal,) = article.saying(None, "allBelongTo", "belt-and-road-initiative")
    assert article.saying(None, "except", "india") == [universal]


@pytest.mark.parametrize(
    ("subject", "predicate", "year"),
    [
        ("ranking-china-trade-with-russia", "ranks", 2012),
        ("china", "holdsExercisesWith", 2012),
        ("strategic-drivers-of-closer-ties", "drives", 2019),
        ("united-states", "identifiesAsTopChallenge", 2019),
        ("redeployment-of-us-forces", "carriedOutBy", 2019),
        ("trade-war-against-chinese-companies", "carriedOutBy", 2019),
    ],
)
def test_already_bounds_the_beginning_and_ends_nothing(
    article: Encoded, subject: str, predicate: str, year: int
) -> None:
    (statement,) = article.saying(subject, predicate, None)
    bounds = article.rows(
        "SELECT ?begin ?latest ?end ?last { GRAPH g:provenance {"
        f" <{iri(statement).value}> sem:hasLatestBeginTimeStamp ?latest ."
        f" OPTIONAL {{ <{iri(statement).value}> sem:hasEarliestBeginTimeStamp ?begin }}"
        f" OPTIONAL {{ <{iri(statement).value}> sem:hasEarliestEndTimeStamp ?end }}"
        f" OPTIONAL {{ <{iri(statement).value}> sem:hasLatestEndTimeStamp ?last }} }} }}"
    )
    assert bounds == [("", f"{year}-12-31", "", "")]


@pytest.mark.parametrize(
    ("subject", "predicate", "obj", "earliest"),
    [
        ("ranking-russia-trade-growth", "ranks", "russia", "2022-02-01"),
        ("united-states", "armed", "ukraine", "2022-02-01"),
        ("european-union", "sanctioned", "russia", "2022-02-01"),
        ("the-west", "sanctioned", "china", "1989-01-01"),
        ("the-west", "sanctioned", "russia", "2014-01-01"),
    ],
)
def test_since_is_an_earliest_beginning_and_no_start_date(
    article: Encoded, subject: str, predicate: str, obj: str, earliest: str
) -> None:
    (statement,) = article.saying(subject, predicate, obj)
    found = article.rows(
        "SELECT ?p ?o { GRAPH g:provenance {"
        f" <{iri(statement).value}> ?p ?o FILTER(STRSTARTS(STR(?p), STR(sem:))) }} }}"
    )
    assert found == [("sem:hasEarliestBeginTimeStamp", earliest)]


@pytest.mark.parametrize(
    ("subject", "predicate", "obj"),
    [
        ("iran", "invitedToJoin", "brics"),
        ("egypt", "invitedToJoin", "brics"),
        ("saudi-arabia", "invitedToJoin", "brics"),
        ("iran", "memberOf", "sco"),
    ],
)
def test_a_relation_outlasts_the_event_that_made_it(
    article: Encoded, subject: str, predicate: str, obj: str
) -> None:
    (statement,) = article.saying(subject, predicate, obj)
    bounds = article.rows(
        "SELECT ?p { GRAPH g:provenance {"
        f" <{iri(statement).value}> ?p ?o FILTER(STRSTARTS(STR(?p), STR(sem:))) }} }}"
    )
    assert bounds == [("sem:hasEarliestBeginTimeStamp",), ("sem:hasLatestBeginTimeStamp",)]


@pytest.mark.parametrize(
    ("subject", "predicate", "obj"),
    [
        ("xi-jinping", "hadPriorKnowledgeOf", "war-plans-of-putin"),
        ("top-chinese-leaders", "sharesView", "p30.c"),
        ("top-russian-leaders", "sharesView", "p30.c"),
    ],
)
def test_what_is_not_clear_is_neither_true_nor_false(
    article: Encoded, subject: str, predicate: str, obj: str
) -> None:
    (statement,) = article.saying(subject, predicate, obj)
    assert article.one(statement, "likelihood") == "Undetermined"
    assert article.one(statement, "polarity") == "Affirmed"
    assert article.one(statement, "standing") == "Open"


@pytest.mark.parametrize(
    ("subject", "predicate", "obj", "likelihood", "words"),
    [
        ("china-russia-convergence", "continues", "true", "Likely", "most likely"),
        ("change-of-trajectory-of-ties", "occurs", "true", "Unlikely", "far less likely"),
        ("calculation-of-russia-2022", "heldBy", "russia", "Likely", "likely calculated"),
        ("china", "reconsiders", None, "Possible", "might"),
        ("china", "leansOn", "russia", "Possible", "could"),
        ("sco", "counterweightTo", "us-led-coalitions", "Possible", "could"),
        ("feared-color-revolution", "target", "china", "Possible", "might"),
        ("united-states", "unaccommodatingToward", None, "Possible", "could"),
        ("allies-of-us", "unaccommodatingToward", None, "Possible", "could"),
        ("trump-policy-shift", "weakens", "willingness-of-russia", "Possible", "could"),
        ("china-russia-convergence", "mayChangeTo", "slower-convergence", "Possible", "can be"),
        ("china-russia-convergence", "mayChangeTo", "reversed-convergence", "Possible", "can be"),
        ("transformation-of-brics", "involves", None, "Likely", "will"),
        ("p27.i", "hinders", None, "Likely", "will"),
    ],
)
def test_likelihoods_keep_their_grade(
    article: Encoded, subject: str, predicate: str, obj: str | None, likelihood: str, words: str
) -> None:
    (statement,) = article.saying(subject, predicate, obj)
    assert article.one(statement, "likelihood") == likelihood
    assert words in article.one(statement, "likelihoodNote")
    assert article.one(statement, "standing") != "Accepted"


def test_far_less_likely_is_a_comparison_with_the_most_likely_course(article: Encoded) -> None:
    (turn,) = article.saying("change-of-trajectory-of-ties", "occurs", "true")
    (course,) = article.saying("china-russia-convergence", "continues", "true")
    assert article.saying(turn, "lessLikelyThan", course, modality="Assessment")


def test_every_conditional_has_linked_hypothetical_trigger_and_consequence(
    article: Encoded,
) -> None:
    rows = article.rows(
        "SELECT ?scenario ?role ?st { GRAPH g:provenance { ?scenario a axis:Scenario ; ?role ?st ."
        " ?st a axis:Statement } }"
    )
    roles: dict[str, dict[str, set[str]]] = {}
    for scenario, role, statement in rows:
        roles.setdefault(scenario.removeprefix("scn:"), {}).setdefault(role, set()).add(statement)
        assert article.one(statement, "modality") == "Hypothesis"
        assert article.one(statement, "standing") == "Hypothetical"
    assert set(roles) == SCENARIOS
    for scenario, members in roles.items():
        assert members.get("antecedent", set()) | members.get("assumesNot", set()), scenario
        assert members["consequent"], scenario
        for statement in members["consequent"]:
            assert f"scn:{scenario}" in article.field(statement, "condition")
    in_a_role = {statement for _, _, statement in rows}
    for statement in article.statements():
        hypothesis = article.one(statement, "modality") == "Hypothesis"
        assert hypothesis == (statement in in_a_role), statement


def test_a_trigger_of_two_parts_has_two_antecedents(article: Encoded) -> None:
    rows = article.rows(
        "SELECT ?a { GRAPH g:provenance { scn:russian-setback axis:antecedent ?a } }"
    )
    assert len(rows) == 2


def test_absent_shocks_are_a_negated_antecedent(article: Encoded) -> None:
    ((statement,),) = article.rows(
        "SELECT ?a { GRAPH g:provenance { scn:no-external-shocks axis:assumesNot ?a } }"
    )
    assert article.one(statement, "polarity") == "Negated"


def test_even_if_is_a_concession_and_no_trigger(article: Encoded) -> None:
    ((statement,),) = article.rows(
        "SELECT ?a { GRAPH g:provenance { scn:aggression-happens axis:regardlessOf ?a } }"
    )
    assert article.one(statement, "polarity") == "Negated"
    assert article.one(statement, "likelihood") == "Undetermined"


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ("trump-policy-shift", "trump-second-term"),
        ("aggression-happens", "aggression-during-conflict"),
    ],
)
def test_in_turn_starts_from_the_outcome_of_the_former(
    article: Encoded, later: str, earlier: str
) -> None:
    rows = article.rows(
        f"SELECT ?st {{ GRAPH g:provenance {{ scn:{later} axis:follows scn:{earlier} ;"
        f" axis:antecedent ?st . scn:{earlier} axis:consequent ?st }} }}"
    )
    assert rows


def test_sentences_without_assertion_say_why(article: Encoded) -> None:
    rows = article.rows("SELECT ?passage ?why { GRAPH g:provenance { ?passage axis:why ?why } }")
    silent = {passage.rpartition("/")[2] for passage, why in rows if why.strip()}
    assert {"p1", "p2", "p4", "p5", "p7", "p8", "p20", "p28.1", "p31.2"} <= silent


def test_joint_actions_are_one_event_with_both_parties(article: Encoded) -> None:
    for event in ("exercises-sea-of-japan-2023", "joint-patrol-2023", "upgrade-of-relations-2019"):
        (first,) = article.saying(event, "carriedOutBy", "china")
        assert article.saying(event, "carriedOutBy", "russia") == [first]


def test_joint_subjects_are_split_where_it_holds_of_each(article: Encoded) -> None:
    for predicate, obj in (("prioritizesRelationsWith", None), ("perceivesThreatFrom", "the-west")):
        for party in ("china", "russia"):
            assert article.saying(party, predicate, obj)
    for party in ("united-states", "european-union", "partners-of-us-and-eu"):
        assert len(article.saying(party, "armed", "ukraine")) == 1
        assert len(article.saying(party, "sanctioned", "russia")) == 1


@pytest.mark.parametrize(
    ("subject", "predicate", "obj"),
    [
        ("military-aid-of-china-to-russia", "reachesDegree", "Substantial"),
        ("wagner-mutiny-2023", "changes", "overall-position-of-china-toward-russia"),
        ("china", "dependsOn", "significant-upgrade-of-relationship"),
        ("china-russia-convergence", "reachesDegree", "Settled"),
    ],
)
def test_under_a_denial_the_degree_is_part_of_what_is_denied(
    article: Encoded, subject: str, predicate: str, obj: str
) -> None:
    (statement,) = article.saying(subject, predicate, obj)
    assert article.one(statement, "polarity") == "Negated"
    assert len(article.content(statement)) == 1
    assert not article.field(statement, "degreeNote")


def test_what_is_tried_is_not_said_to_succeed(article: Encoded) -> None:
    (attempt,) = article.saying("attempt-to-paralyze-russia", "aim", "paralysis-of-russia")
    assert article.one(attempt, "standing") == "Accepted"
    for aim in ("paralysis-of-russia", "stronger-position-of-russia", "global-realignment"):
        assert not article.saying(aim, "occurs", "true")
        assert article.described(aim, "a") <= {
            "ConceivedCondition",
            "ConceivedDevelopment",
        }


def test_china_is_nobodys_adversary_in_ukraine(article: Encoded) -> None:
    for predicate in ("armed", "supports", "sanctioned", "actsAgainst", "threatens"):
        assert not article.saying("china", predicate, "ukraine")
        assert not article.saying("ukraine", predicate, "china")
