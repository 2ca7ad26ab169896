"""What the accepted statements of the article let one take for granted, and what they don't."""

from __future__ import annotations

import pytest
from encoded import Encoded

GROUPS = {"ActorGroup", "PersonGroup", "Bloc"}


@pytest.mark.parametrize(
    ("subject", "predicate", "obj"),
    [
        ("russia", "hasGrievance", "grievance-of-russia-on-nato-expansion"),
        ("china", "hasGrievance", "grievance-of-china-in-joint-statement-2022"),
        ("russia", "hasGrievance", "grievance-of-russia-in-joint-statement-2022"),
        ("china", "partnerOf", "russia"),
        ("india", "memberOf", "sco"),
        ("united-states", "identifiesAsTopChallenge", "china"),
        ("china", "viewsAsLegitimate", "grievance-of-russia-on-nato-expansion"),
        ("xi-jinping", "waryOf", "vladimir-putin"),
        ("russia", "distrusts", "china"),
    ],
)
def test_it_is_taken_for_granted(article: Encoded, subject: str, predicate: str, obj: str) -> None:
    assert article.saying(subject, predicate, obj, standing="Accepted")


@pytest.mark.parametrize(
    ("subject", "predicate", "obj", "standing"),
    [
        ("iran", "militaryPartnerOf", "china", "Implied"),
        ("iran", "militaryPartnerOf", "russia", "Implied"),
        ("belarus", "militaryPartnerOf", "china", "Implied"),
        ("belarus", "militaryPartnerOf", "russia", "Implied"),
        ("the-west", "sanctioned", "russia", "Implied"),
        ("trade-war-against-chinese-companies", "drives", "china-russia-convergence", "Implied"),
        ("china", "plansAllianceWith", "russia", "Denied"),
        ("china", "allianceWith", "russia", "Hypothetical"),
        ("the-west", "supports", "color-revolutions", "Attributed"),
        ("united-states", "actsAgainst", "china", "Attributed"),
        ("bonny-lin", "holdsOffice", "director-of-china-power-project", "Attributed"),
        ("china-russia-convergence", "continues", "true", "Hedged"),
        ("brics", "keyTo", "effort-to-build-bloc", "Judged"),
        ("xi-jinping", "hadPriorKnowledgeOf", "war-plans-of-putin", "Open"),
        ("calculation-of-russia-2022", "heldBy", "russia", "Hedged"),
    ],
)
def test_it_is_not_taken_for_granted_and_the_standing_says_why(
    article: Encoded, subject: str, predicate: str, obj: str, standing: str
) -> None:
    found = article.saying(subject, predicate, obj)
    assert {article.one(s, "standing") for s in found} == {standing}


def test_no_group_is_counted_as_a_member_or_an_invitee(article: Encoded) -> None:
    for predicate in ("memberOf", "invitedToJoin", "appliedToJoin"):
        for (who,) in article.rows(
            f"SELECT DISTINCT ?s {{ GRAPH ?st {{ ?s axis:{predicate} ?o }} }}"
        ):
            assert not article.described(who, "a") & GROUPS, (who, predicate)


def test_what_exists_only_in_a_hypothesis_has_no_type_of_an_event(article: Encoded) -> None:
    """The triggers of the scenarios, and what is feared, are conceived; their names alone show."""
    imagined = {
        subject
        for (subject,) in article.rows("SELECT DISTINCT ?s { GRAPH ?st { ?s axis:occurs ?o } }")
    }
    assert len(imagined) >= 12
    for entity in imagined:
        kinds = article.described(entity, "a")
        assert kinds, entity
        assert all(kind.startswith("Conceived") for kind in kinds), (entity, kinds)


def test_nothing_conceived_is_said_to_occur_by_an_accepted_statement(article: Encoded) -> None:
    assert not article.saying(None, "occurs", None, standing="Accepted")


def test_accepted_is_exactly_what_the_rule_says(article: Encoded) -> None:
    for statement in article.statements():
        plain = (
            article.one(statement, "modality") == "Fact"
            and article.one(statement, "likelihood") == "Certain"
            and article.one(statement, "polarity") == "Affirmed"
            and article.one(statement, "expression") in {"Explicit", "Presupposed"}
            and article.field(statement, "assertedBy") == {"bonny-lin"}
            and not article.field(statement, "condition")
        )
        assert plain == (article.one(statement, "standing") == "Accepted"), statement


def test_iran_and_china_have_no_accepted_tie_but_institutions(article: Encoded) -> None:
    for first, second in (("iran", "china"), ("china", "iran")):
        rows = article.rows(
            f"SELECT ?p {{ GRAPH ?st {{ ent:{first} ?p ent:{second} }}"
            " GRAPH g:provenance { ?st axis:standing axis:Accepted } }"
        )
        assert rows == []


def test_india_opposes_nobody(article: Encoded) -> None:
    rows = article.rows(
        "SELECT DISTINCT ?p { GRAPH ?st { ent:india ?p ?o }"
        " GRAPH g:provenance { ?st axis:standing axis:Accepted } }"
    )
    assert rows == [("memberOf",)]
