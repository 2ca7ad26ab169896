"""The decision table of `docs/handbook.md`, row by row: what each wording became."""

from __future__ import annotations

from typing import Final

import pytest
from encoded import Encoded

DEFAULTS: Final = {
    "modality": "Fact",
    "likelihood": "Certain",
    "polarity": "Affirmed",
    "expression": "Explicit",
}
PRE: Final = {"expression": "Presupposed"}
IMP: Final = {"expression": "Implied"}
NO: Final = {"polarity": "Negated"}
EDITOR: Final = {"assertedBy": "foreign-policy"}
JUDGED: Final = {"modality": "Assessment"}
SUPPOSED: Final = {"modality": "Hypothesis", "likelihood": "Undetermined"}
MAYBE: Final = {"modality": "Hypothesis", "likelihood": "Possible"}
FORETOLD: Final = {"modality": "Prediction", "likelihood": "Likely"}
CAN_BE: Final = {"modality": "Prediction", "likelihood": "Possible"}
OPEN: Final = {"modality": "Assessment", "likelihood": "Undetermined"}
CLAIM: Final = {"modality": "Claim"}
BELIEF: Final = {"modality": "Perception", "attitude": "Believes"}
FEAR: Final = {"modality": "Perception", "attitude": "Fears"}
HOPE: Final = {"modality": "Perception", "attitude": "Expects"}

Row = tuple[int, str, str, str | None, dict[str, str]]

ROWS: Final[tuple[Row, ...]] = (
    (3, "china-russia-convergence", "quantity", "duration-of-decades", EDITOR),
    (9, "exercises-sea-of-japan-2023", "involvedForce", None, {}),
    (9, "exercises-sea-of-japan-2023", "precedes", "joint-patrol-2023", {}),
    (9, "joint-patrol-2023", "reflects", None, CLAIM),
    (9, "china", "hasMutualTrustWith", "russia", CLAIM | PRE),
    (9, "chinese-military", "hasMutualTrustWith", "russian-military", CLAIM | PRE),
    (11, "china", "closeTo", "russia", {"degreeNote": "increasingly"}),
    (11, "invasion-of-ukraine-2022", "strengthens", "china-russia-relationship", {}),
    (11, "china", "prioritizesRelationsWith", "russia", {}),
    (11, "russia", "prioritizesRelationsWith", "china", {}),
    (11, "china", "perceivesThreatFrom", "the-west", {}),
    (11, "the-west", "threatens", "russia", BELIEF),
    (11, "p11.g", "motivates", "p11.e", {}),
    (11, "united-states", "leads", "the-west", PRE),
    (11, "push-for-global-realignment", "accompanies", "china-russia-convergence", {}),
    (11, "use-of-brics-for-influence", "hasPurpose", "influence-in-developing-world", {}),
    (11, "use-of-sco-for-influence", "ofInstitution", "sco", {}),
    (11, "china", "plansAllianceWith", "russia", NO),
    (11, "sino-us-conflict-over-taiwan", "occurs", "true", SUPPOSED),
    (11, "china", "allianceWith", "russia", MAYBE),
    (12, "russia", "frustratedWith", "loss-of-status-of-russia", {}),
    (12, "loss-of-influence-of-russia", "victim", "russia", PRE),
    (12, "china", "hasGrievance", "grievance-of-china-on-western-sanctions", {}),
    (12, "sanctions-on-china-after-tiananmen", "victim", "china", BELIEF),
    (12, "the-west", "sanctioned", "china", PRE),
    (12, "tiananmen-crackdown-1989", "precedes", "sanctions-on-china-after-tiananmen", PRE),
    (12, "china-russia-border-dispute", "byParty", "china", PRE),
    (12, "ranking-russia-advanced-weapons", "ranks", "russia", {}),
    (12, "russia", "suppliesArmsTo", "china", {}),
    (13, "ranking-china-trade-with-russia", "byMeasure", "TradeVolume", {}),
    (13, "china", "holdsExercisesWith", "russia", {"degreeNote": "regularly"}),
    (13, "sco", "foundedBy", "china", {}),
    (13, "brics", "foundedBy", "russia", {}),
    (13, "founding-of-sco-and-brics", "simultaneousWith", "p13.e", {}),
    (14, "annexation-of-crimea-2014", "weakens", "russia-west-relationship", {}),
    (14, "annexation-of-crimea-2014", "leadsTo", "sanctions-on-russia-2014", {}),
    (14, "the-west", "sanctioned", "russia", IMP),
    (14, "trade-war-against-chinese-companies", "drives", None, IMP),
    (14, "redeployment-of-us-forces", "drives", None, IMP),
    (14, "united-states", "identifiesAsTopChallenge", "china", {}),
    (14, "china", "suspiciousOf", "p14.r", {"degreeNote": "deeply"}),
    (14, "the-west", "supports", "color-revolutions", BELIEF),
    (14, "russia", "fears", "p14.w", {}),
    (14, "feared-color-revolution", "target", "russia", FEAR | {"likelihood": "Possible"}),
    (14, "china", "declinesToCondemn", "russian-military-action-in-syria", {}),
    (14, "russian-military-action-in-syria", "location", "syria", PRE),
    (14, "russia", "fullyBacks", "position-of-china-on-tibet", {}),
    (14, "russia", "tacitlyBacks", "position-of-china-on-east-china-sea", {}),
    (14, "position-of-china-on-east-china-sea", "against", "neighbors-of-china", PRE),
    (15, "china", "strategicallyChooses", "deepening-of-ties-with-russia", CLAIM),
    (15, "declaration-of-xi-2023", "conveys", "p15.e", {}),
    (15, "wagner-mutiny-2023", "reachedArea", "area-near-moscow", PRE),
    (15, "wagner-mutiny-2023", "changes", "overall-position-of-china-toward-russia", NO),
    (15, "china", "embraces", "tactical-adjustments-of-china", {}),
    (15, "china", "dependsOn", "vladimir-putin", PRE),
    (16, "xi-jinping", "strongRelationshipWith", "vladimir-putin", PRE),
    (16, "joint-statement-2022", "announced", "no-limits-partnership", {}),
    (16, "china", "partnerOf", "russia", CLAIM),
    (16, "china", "hasGrievance", "grievance-of-china-in-joint-statement-2022", {}),
    (16, "united-states", "actsAgainst", "russia", CLAIM | IMP),
    (16, "acclaim-of-new-era", "conveys", "p16.n", {}),
    (16, "new-era-of-international-relations", "ofParty", "united-states", CLAIM | NO),
    (16, "joint-statement-2022", "precedes", "invasion-of-ukraine-2022", {}),
    (16, "calculation-of-russia-2022", "heldBy", "russia", JUDGED | {"likelihood": "Likely"}),
    (17, "xi-jinping", "hadPriorKnowledgeOf", "war-plans-of-putin", OPEN),
    (17, "war-plans-of-putin", "heldBy", "vladimir-putin", PRE),
    (17, "xi-putin-relationship", "endures", "invasion-of-ukraine-2022", {}),
    (17, "western-response-to-war-in-ukraine", "strengthens", "worst-fears-of-china", {}),
    (17, "china", "alignsWith", "russia", {}),
    (17, "western-response-to-war-in-ukraine", "strengthens", "p17.f", {}),
    (17, "china", "viewsAsLegitimate", "grievance-of-russia-on-nato-expansion", {}),
    (17, "russia", "hasGrievance", "grievance-of-russia-on-nato-expansion", PRE),
    (17, "search-for-end-of-war", "heldBy", "the-west", HOPE),
    (17, "united-states", "armed", "ukraine", {}),
    (17, "attempt-to-paralyze-russia", "aim", "paralysis-of-russia", {}),
    (17, "ranking-of-sanctions-2022", "byMeasure", "Magnitude", {}),
    (17, "western-response-to-war-in-ukraine", "strengthens", "concern-of-china-on-taiwan", {}),
    (17, "allies-of-us", "unaccommodatingToward", None, FEAR | {"likelihood": "Possible"}),
    (17, "designs-of-china-on-taiwan", "heldBy", "china", PRE),
    (18, "the-west", "perceivesThreatFrom", "china", PRE),
    (18, "the-west", "perceivesThreatFrom", "russia", PRE),
    (18, "reinvigoration-of-nato", "ofParty", "nato", {"degreeNote": "reenergized"}),
    (18, "developed-western-democracies", "explores", None, {}),
    (18, "developed-western-democracies", "sanctioned", "russia", PRE),
    (19, "no-limits-partnership", "foundationFor", "shaping-of-global-landscape", CLAIM),
    (19, "xi-jinping", "envisions", "p19.a", {}),
    (19, "china", "partnerOf", "russia", PRE),
    (19, "support-in-global-south", "keyTo", "pushback-against-us-hegemony", BELIEF),
    (19, "us-hegemony", "occurs", "true", BELIEF),
    (23, "coordination-in-global-institutions", "hasPurpose", "block-on-us-agendas", {}),
    (23, "veto-powers-of-china-and-russia", "prevents", None, {"degreeNote": "often paralyzed"}),
    (23, "other-global-institutions", "transformedInto", None, JUDGED),
    (23, "china", "viewsAsKey", "g-20", {}),
    (23, "g-20", "keyTo", "cooperation-of-china-and-russia", BELIEF),
    (23, "china-russia-side", "hasWeightIn", "g-20", {}),
    (24, "ranking-promise-of-venues", "byMeasure", "Promise", JUDGED),
    (24, "brics", "hasPurpose", "exclusion-of-developed-west", {}),
    (24, "ranking-importance-of-means-for-web", "rank", "1", JUDGED),
    (24, "web-of-influence", "strengthens", None, {"degreeNote": "increasingly"}),
    (25, "south-africa", "memberOf", "brics", {"timeNote": "initially"}),
    (25, "brics", "keyTo", "effort-to-build-bloc", JUDGED),
    (25, "western-unilateralism", "occurs", "true", CLAIM),
    (25, "brics-countries", "pursues", "lower-dominance-of-us-dollar", {}),
    (25, "western-calls-for-decoupling", "carriedOutBy", "the-west", PRE),
    (25, "the-west", "seeks", "decoupling", CLAIM),
    (25, "number-of-interested-countries", "approximation", "AtLeast", {}),
    (26, "sco-members-in-belt-and-road", "except", "india", {}),
    (26, "india", "memberOf", "sco", PRE),
    (26, "india", "memberOf", "belt-and-road-initiative", NO),
    (26, "accession-of-iran-to-sco", "leadsTo", "military-partners-in-sco", JUDGED),
    (26, "iran", "militaryPartnerOf", "china", IMP),
    (26, "belarus", "militaryPartnerOf", "russia", IMP),
    (26, "deepening-of-sco-security-cooperation", "reachesDegree", "Substantial", SUPPOSED),
    (26, "sco", "counterweightTo", "us-led-coalitions", MAYBE),
    (27, "sco", "operatesBy", "consensus", {}),
    (27, "brics", "transformedInto", "cohesive-geopolitical-actor", NO | IMP),
    (27, "transformation-of-sco", "involves", "considerable-time", FORETOLD),
    (27, "nato", "exampleOf", "cohesive-geopolitical-actor", PRE),
    (27, "p27.j", "hinders", "anti-western-turn-of-sco", FORETOLD),
    (27, "hard-work-for-influence", "aim", "significant-influence-over-sco", FORETOLD),
    (27, "diversity-of-members", "leadsTo", "hard-work-for-influence", JUDGED),
    (28, "china-russia-convergence", "continues", "true", FORETOLD),
    (28, "china-russia-convergence", "reachesDegree", "Settled", JUDGED | NO),
    (28, "china-russia-convergence", "mayChangeTo", "faster-convergence", CAN_BE),
    (28, "external-shocks", "occurs", "true", SUPPOSED | NO),
    (28, "russia", "dependsOn", "significant-upgrade-of-relationship", MAYBE | NO),
    (28, "xi-jinping", "sharesView", "p28.o", {}),
    (28, "vladimir-putin", "sharesView", "p28.n", {}),
    (28, "vladimir-putin", "viewsAsHostile", "the-west", {}),
    (28, "the-west", "hostileTo", "china-russia-side", BELIEF),
    (28, "xi-jinping", "waryOf", "vladimir-putin", {}),
    (28, "vladimir-putin", "waryOf", "xi-jinping", {}),
    (28, "xi-jinping", "wantsResponsibilityFor", "vladimir-putin", NO),
    (28, "vladimir-putin", "wantsSubordinationTo", "xi-jinping", NO),
    (29, "major-changes-or-shocks", "strengthens", "china-russia-relationship", MAYBE),
    (29, "setback-of-russia-in-ukraine", "risks", "collapse-of-putin-regime", SUPPOSED),
    (29, "china", "reconsiders", "question-of-substantial-military-aid", MAYBE),
    (29, "military-aid-of-china-to-russia", "reachesDegree", "Substantial", NO | IMP),
    (29, "taiwan-crisis-or-conflict", "occurs", "true", SUPPOSED),
    (29, "china", "leansOn", "russia", MAYBE | {"degreeNote": "more"}),
    (29, "opportunistic-aggression-of-russia", "occurs", "true", MAYBE),
    (
        29,
        "china",
        "closeTo",
        "russia",
        {"modality": "Hypothesis", "heldBy": "international-community"},
    ),
    (29, "opportunistic-aggression-of-russia", "coordinatedWith", "china", SUPPOSED | NO),
    (30, "change-of-trajectory-of-ties", "occurs", "true", FORETOLD | {"likelihood": "Unlikely"}),
    (30, "p30.a", "lessLikelyThan", "p28.a", JUDGED | {"likelihoodNote": "far"}),
    (30, "russia", "prioritizesOverRelations", None, FEAR | {"heldBy": "some-chinese-experts"}),
    (30, "second-term-of-trump", "occurs", "true", SUPPOSED),
    (30, "decrease-of-us-support-for-ukraine", "occurs", "true", MAYBE),
    (30, "donald-trump", "formerlyHeldOffice", "president-of-united-states", PRE),
    (30, "trump-policy-shift", "weakens", "willingness-of-russia", MAYBE),
    (30, "willingness-of-russia", "inSupportOf", "china", PRE),
    (30, "top-russian-leaders", "sharesView", "p30.c", OPEN),
    (30, "china", "distrusts", "russia", {}),
    (30, "russia", "distrusts", "china", {}),
    (30, "russia", "skepticalOf", "china", {}),
    (32, "bonny-lin", "holdsOffice", "director-of-china-power-project", EDITOR),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"p{row[0]}-{row[1]}-{row[2]}")
def test_the_wording_became_what_the_decision_table_says(article: Encoded, row: Row) -> None:
    paragraph, subject, predicate, obj, fields = row
    found = article.saying(subject, predicate, obj, **(DEFAULTS | fields))
    assert [s for s in found if s.startswith(f"p{paragraph}.")], (found, DEFAULTS | fields)


@pytest.mark.parametrize(
    ("subject", "predicate", "obj"),
    [
        ("unity-of-leading-democracies", "ofParty", "leading-democracies"),
        ("hesitant-countries-of-global-south", "reluctantToAlignWith", "the-west"),
        ("hesitant-countries-of-global-south", "reluctantToAlignWith", "china-russia-side"),
        ("closer-china-russia-alignment", "leadsTo", "strategic-advantages"),
    ],
)
def test_what_is_recognized_is_a_view_and_also_so(
    article: Encoded, subject: str, predicate: str, obj: str
) -> None:
    both = article.saying(subject, predicate, obj)
    assert {article.one(s, "modality") for s in both} == {"Perception", "Fact"}
    assert len(both) == 2
    (fact,) = article.saying(subject, predicate, obj, modality="Fact")
    assert article.one(fact, "expression") == "Presupposed"
    assert article.one(fact, "standing") == "Accepted"


def test_what_the_west_was_expected_to_do_it_did_not(article: Encoded) -> None:
    both = article.saying("western-regard-for-russian-concern", "occurs", "true")
    found = {article.one(s, "modality"): s for s in both}
    assert set(found) == {"Perception", "Fact"}
    assert article.one(found["Perception"], "attitude") == "Expects"
    assert article.field(found["Perception"], "heldBy") == {"china"}
    assert article.one(found["Fact"], "polarity") == "Negated"
    assert article.one(found["Fact"], "expression") == "Implied"


def test_the_most_likely_course_is_likelier_than_what_else_may_come(article: Encoded) -> None:
    (course,) = article.saying("china-russia-convergence", "continues", "true")
    assert len(article.saying(None, "lessLikelyThan", course)) == 3
