"""Decisions of the linker: matches, abstentions, and what context does to them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from axiskg.errors import LinkingError, ParameterError, ParseError
from axiskg.linking import Context, Linked, Linker, link
from axiskg.linking.judgements import add_judgement
from axiskg.settings import Settings


def qid(answer: Linked) -> str:
    """The matched item, or "" ."""
    return answer.match.qid if answer.match else ""


CURATED = [
    ("China", "Q148"),
    ("the PRC", "Q148"),
    ("People's Republic of China", "Q148"),
    ("Chinese", "Q148"),
    ("Sino-", "Q148"),
    ("China's", "Q148"),
    ("Taiwan", "Q865"),
    ("Russian Federation", "Q159"),
    ("NATO", "Q7184"),
    ("SCO", "Q485207"),
    ("G-7", "Q1764511"),
    ("G7", "Q1764511"),
    ("Group of Twenty", "Q19771"),
    ("President Xi Jinping", "Q15031"),
    ("Q148", "Q148"),
    ("ent:china", "Q148"),
    ("https://w3id.org/axiskg/entity/russia", "Q159"),
    ("http://www.wikidata.org/entity/Q230", "Q230"),
]
AMBIGUOUS = ["Georgia", "Washington", "Congo", "Korea", "CSIS", "Beijing", "Moscow", "the Kremlin"]
IN_CONTEXT = [
    ("Washington", "Washington imposed sanctions on Moscow.", {"Q48525"}),
    ("Washington", "Officials in Beijing and Washington resumed talks on trade.", {"Q48525"}),
    ("Washington", "Relations between Beijing and Washington have soured.", {"Q48525"}),
    ("Washington", "She was born in Washington and grew up near the river.", {"Q61", "Q1223"}),
    ("Washington", "Wildfires spread across Washington and Oregon.", {"Q1223"}),
    ("Washington", "The city of Washington lies on the Potomac river.", {"Q61"}),
    ("Moscow", "Washington imposed sanctions on Moscow.", {"Q1140115"}),
    ("Moscow", "The museum stands in Moscow, the capital city.", {"Q649"}),
    ("Beijing", "Beijing sees the alliance as a threat to its policy.", {"Q59261"}),
    ("the Kremlin", "Officials say the Kremlin denied the claim.", {"Q1140115"}),
    ("Georgia", "Georgia borders Russia and Armenia.", {"Q230"}),
    ("Georgia", "He moved from Atlanta in Georgia to Alabama.", {"Q1428"}),
    ("Washington", "Washington, Tokyo and Seoul held a joint naval exercise.", {"Q48525"}),
    ("Washington", "Critics in Washington argue that the treaty is too weak.", {"Q48525"}),
    ("Washington", "Tensions between Washington and Beijing are rising.", {"Q48525"}),
    ("Washington", "The senator from Washington introduced a bill on fisheries.", {"Q1223"}),
    ("Washington", "Apple growers in eastern Washington lost their harvest.", {"Q1223"}),
    ("Washington", "George Washington crossed the Delaware river in 1776.", {"Q23"}),
    ("Georgia", "Georgia is a state in the southeastern United States.", {"Q1428"}),
    ("Georgia", "The governor of Georgia declared an emergency.", {"Q1428"}),
    ("Georgia", "Batumi is a port city in Georgia.", {"Q230"}),
    ("Congo", "The Congo flows through Kinshasa to the Atlantic.", {"Q3503"}),
    ("Congo", "Felix Tshisekedi was reelected president of Congo in Kinshasa.", {"Q974"}),
    ("Congo", "Denis Sassou Nguesso has ruled Congo from Brazzaville for decades.", {"Q971"}),
    ("Jordan", "The Jordan flows into the Dead Sea.", {"Q40059"}),
    ("Korea", "Samsung dominates exports from Korea, whose capital is Seoul.", {"Q884"}),
    ("Korea", "Pyongyang said Korea would never disarm.", {"Q423"}),
    ("Tehran", "Tehran supplies drones to Russia.", {"Q794"}),
    ("Tehran", "An earthquake shook buildings in Tehran.", {"Q3616"}),
    ("London", "London expelled three diplomats.", {"Q145"}),
    ("Paris", "Paris and Berlin proposed a new security framework.", {"Q142"}),
    ("London", "He studied in London.", {"Q84"}),
    ("Brussels", "Brussels and London struck a deal.", {"Q458"}),
    ("Sino", "Sino-Russian trade reached a record.", {"Q148"}),
]
APART = [
    ("Washington", "The Washington Post reported the leak."),
    ("Washington", "Students at the University of Washington protested."),
    ("CSIS", "A CSIS report by the Washington think tank warned of this."),
    ("the Kremlin", "Tourists may visit the Kremlin and its cathedrals on weekdays."),
]
"""Names that are part of others, or mean what the index hasn't got."""


@pytest.mark.parametrize(("name", "expected"), CURATED)
def test_curated_names_need_no_snapshot(name: str, expected: str, bare_settings: Settings) -> None:
    assert qid(Linker(bare_settings).link(name)) == expected


@pytest.mark.parametrize(("name", "expected"), CURATED)
def test_curated_names_stand_against_the_snapshot(name: str, expected: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == expected


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_ambiguous_names_alone_abstain(name: str, linker: Linker, bare_settings: Settings) -> None:
    for one in (linker, Linker(bare_settings)):
        answer = one.link(name)
        assert answer.decision == "candidates"
        assert answer.match is None
        assert answer.candidates


@pytest.mark.parametrize(("name", "text", "expected"), IN_CONTEXT)
def test_the_text_around_a_name_decides(
    name: str, text: str, expected: set[str], linker: Linker
) -> None:
    assert qid(linker.link(name, context=Context(text))) in expected


@pytest.mark.parametrize(("name", "text"), APART)
def test_what_the_text_makes_something_else_abstains(name: str, text: str, linker: Linker) -> None:
    answer = linker.link(name, context=Context(text))
    assert answer.decision == "candidates"
    assert answer.reason


DOUBTED = [
    "Miami", "New York", "Geneva", "Theodore Roosevelt", "Chief Justice", "Riyadh", "Salisbury",
    "Tehran", "London", "Islamic State", "National Security Council",
]  # fmt: skip


@pytest.mark.parametrize("name", DOUBTED)
def test_what_a_name_is_short_for_raises_doubt(name: str, linker: Linker) -> None:
    answer = linker.link(name)
    assert answer.decision == "candidates"
    assert any(one.how in ("label", "alias") for one in answer.candidates)


def test_doubt_ends_where_a_type_is_asked_for(linker: Linker) -> None:
    assert qid(linker.link("Miami", types=["city"])) == "Q8652"
    assert qid(linker.link("London", types=["city"])) == "Q84"
    assert qid(linker.link("chief justice")) == ""


def test_an_alias_of_a_branch_is_not_the_name_of_the_body(linker: Linker) -> None:
    answer = linker.link("United Nations Educational, Scientific and Cultural Organization")
    assert qid(answer) in ("", "Q7809")


FOREIGN = [
    ("la République de Djibouti", "Q977"),
    ("Российская Федерация", "Q159"),
    ("Korea, Republik", "Q884"),
    ("Fédération de Russie", "Q159"),
    ("República de Corea", "Q884"),
    ("Estado de Palestina", "Q219060"),
    ("中华人民共和国", "Q148"),
    ("Confédération suisse", "Q39"),
]


@pytest.mark.parametrize(("name", "expected"), FOREIGN)
def test_states_are_known_in_other_languages(name: str, expected: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == expected


def test_another_polity_on_the_same_ground_is_not_the_state(linker: Linker) -> None:
    assert qid(linker.link("Democratic Republic of Vietnam")) != "Q881"
    assert qid(linker.link("Socialist Republic of Vietnam")) == "Q881"
    assert qid(linker.link("Islamic Republic of Mauritania")) == "Q1025"


def test_initials_of_the_label_go_before_those_of_other_names(linker: Linker) -> None:
    assert qid(linker.link("WTO", types=["igo"])) == "Q7825"
    assert qid(linker.link("WHO")) == "Q7817"


def test_bodies_of_the_united_nations_are_between_states(linker: Linker) -> None:
    for name, expected in {"IAEA": "Q41984", "African Union": "Q7159", "IMF": "Q7804"}.items():
        assert qid(linker.link(name, types=["igo"])) == expected


def test_types_decide(linker: Linker) -> None:
    for types in (["state"], ["Q6256"], ["axis:State"]):
        assert qid(linker.link("Georgia", types=types)) == "Q230"
    assert qid(linker.link("Georgia", types=["region"])) == "Q1428"
    assert linker.link("Korea", types=["state"]).decision == "candidates"
    assert linker.link("China", types=["person"]).match is None
    assert linker.link("China", types=["no such type"]).match is None


TYPED = [
    ("Black Sea Economic Cooperation Zone", "igo", "Q380340"),
    ("Commonwealth of Independent States (CIS)", "igo", "Q7779"),
    ("Gouvernement du Burundi", "state", "Q967"),
    ("Stato della Città del Vaticano", "state", "Q237"),
]


ALONE = [
    ("SUI", "Q39"),
    ("IRI", "Q794"),
    ("che", "Q39"),
    ("fr", "Q142"),
    ("ISO 3166-1:NO", "Q20"),
    ("UK", "Q145"),
    ("U.K.", "Q145"),
    ("UN", "Q1065"),
    ("FR", "Q142"),
    ("IMF", "Q7804"),
    ("State of Libya", "Q1016"),
    ("Swaziland (formerly)", "Q1050"),
    ("Slovak Republic", "Q214"),
    ("Commonwealth of Independent States (CIS)", "Q7779"),
    ("ECOWAS", "Q193272"),
    ("Benelux Union", "Q13116"),
]


@pytest.mark.parametrize(("name", "expected"), ALONE)
def test_codes_titles_and_initials_decide_alone(name: str, expected: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == expected


@pytest.mark.parametrize(
    "name",
    ["AU", "UA", "CA", "NE", "M.L.", "and", "can", "Turkey (part in Europe)", "Indian Government",
     "priest", "aviator", "State of Georgia", "Ireland (island)", "Democratic NPL"],
)  # fmt: skip
def test_what_may_be_more_than_one_thing_is_no_state(name: str, linker: Linker) -> None:
    answer = linker.link(name)
    assert answer.match is None or answer.match.kind != "state"


@pytest.mark.parametrize(("name", "kind", "expected"), TYPED)
def test_a_type_lets_a_trace_of_a_name_suffice(
    name: str, kind: str, expected: str, linker: Linker
) -> None:
    assert qid(linker.link(name, types=[kind])) == expected


@pytest.mark.parametrize(
    "name",
    ["Arab Cooperation Council", "West African Economic Community", "ECCM", "Nordic Tax Council"],
)
def test_organizations_that_are_not_there_are_not_taken_for_others(
    name: str, linker: Linker
) -> None:
    assert linker.link(name, types=["igo"]).match is None


def test_other_entities_of_the_document_decide(linker: Linker) -> None:
    about = Context(entities=("russia", "ukraine"))
    assert qid(linker.link("Georgia", context=about)) == "Q230"


def test_the_date_tells_former_states_from_present_ones(linker: Linker) -> None:
    answer = linker.link("Soviet Union", context=Context(date="1975"))
    assert answer.match is not None
    assert answer.match.features["date"] > 0


def test_the_senses_of_crimea_are_told_apart(linker: Linker) -> None:
    assert linker.link("Crimea").decision == "candidates"
    assert qid(linker.link("Crimean Peninsula")) == "Q7835"
    assert qid(linker.link("Republic of Crimea")) == "Q15966495"
    assert qid(linker.link("Autonomous Republic of Crimea")) == "Q756294"
    event = linker.link("Russian annexation of Crimea")
    assert qid(event) == "Q15920546"


def test_the_longest_phrase_around_a_name_tells(linker: Linker) -> None:
    """Two republics share the end of their names."""
    ukraine = "The Autonomous Republic of Crimea belongs to Ukraine: Crimea has a constitution."
    russia = "The head of the Republic of Crimea spoke of Crimea."
    assert qid(linker.link("Crimea", context=Context(ukraine))) == "Q756294"
    assert qid(linker.link("Crimea", context=Context(russia))) == "Q15966495"


def test_likeness_never_matches(linker: Linker) -> None:
    for name in ("Chinna", "Russsia", "Shangai Cooperaton Organistion", "Unted Sttes", "Irann"):
        answer = linker.link(name)
        assert answer.match is None, name
        assert answer.candidates
    near = linker.link("Shangai Cooperaton Organistion").candidates[0]
    assert near.qid == "Q485207"
    assert near.how == "near"


def test_ours_without_an_item_is_never_something_else(linker: Linker) -> None:
    for name, slug in (("Wagner Group", "wagner-group"), ("Bonny Lin", "bonny-lin")):
        answer = linker.link(name)
        assert answer.match is None
        assert answer.entity == slug
    assert linker.link("Foreign Policy").match is None


def test_other_names_come_from_rigour_and_the_snapshot(linker: Linker) -> None:
    for name, expected in {
        "Burkina Faso": "Q965",
        "🇫🇷": "Q142",
        "Emmanuel Macron": "Q3052772",
        "International Labour Organization": "Q54129",
        "Yamhill County, Oregon": "Q484346",
    }.items():
        assert qid(linker.link(name)) == expected, name


def test_scores_are_the_sum_of_their_features(linker: Linker) -> None:
    for candidate in linker.link("Washington", context=Context("talks in Washington")).candidates:
        total = min(1.0, max(0.0, sum(candidate.features.values()) / 1.35))
        assert candidate.score == pytest.approx(total)


def test_the_shape_of_an_answer(linker: Linker) -> None:
    answer = json.loads(json.dumps(linker.link("China").json()))
    assert answer["query"] == "China"
    assert answer["decision"] == "match"
    assert answer["match"]["qid"] == "Q148"
    assert answer["match"]["label"]
    assert 0 < answer["match"]["score"] <= 1
    assert linker.link("Georgia").json()["match"] is None


@pytest.mark.parametrize("name", ["", "   ", "\N{SNOWMAN}", "'", "%_*", '"', "a" * 5000, "Q0", "?"])
def test_odd_names_give_an_answer(name: str, linker: Linker) -> None:
    assert linker.link(name).decision in ("none", "candidates")


def test_the_function_takes_one_name_or_many(settings: Settings) -> None:
    assert [qid(one) for one in link("China", settings=settings)] == ["Q148"]
    answers = link(["China", "Iran"], types="state", context="", settings=settings)
    assert [qid(one) for one in answers] == ["Q148", "Q794"]


def test_judgements_are_kept_and_respected(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "judgements.tsv"
    mine = settings.model_copy(update={"link_judgements": path})

    def decide(name: str) -> Linked:
        return Linker(mine).link(name)

    assert qid(decide("Emmanuel Macron")) == "Q3052772"
    add_judgement(path, "Emmanuel Macron", "Q3052772", "unsure", "a tester")
    assert decide("emmanuel macron").decision == "candidates"
    add_judgement(path, "Emmanuel Macron", "Q3052772", "negative", "a tester")
    assert "Q3052772" not in [c.qid for c in decide("Emmanuel Macron").candidates]
    add_judgement(path, "Washington", "Q61", "positive", "a tester")
    assert qid(decide("Washington")) == "Q61"
    with pytest.raises(LinkingError, match="verdict"):
        add_judgement(path, "x", "Q1", "maybe", "a tester")
    with pytest.raises(LinkingError, match="Wikidata item"):
        add_judgement(path, "x", "one", "positive", "a tester")
    path.write_text("nonsense\n", "utf-8")
    with pytest.raises(ParseError, match="columns"):
        decide("China")


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    missing = Settings(home=tmp_path, wikidata_snapshot=tmp_path / "none.sqlite")
    linker = Linker(missing)
    assert list(tmp_path.iterdir()) == []
    assert linker.known is None


def test_a_topic_that_tells_nothing_is_refused() -> None:
    with pytest.raises(ParameterError, match="government, place, person, organization"):
        Context(topic="nonsense")


def test_identifiers_keep_to_the_type_that_is_asked_for(linker: Linker) -> None:
    assert qid(linker.link("Q148", types=["state"])) == "Q148"
    other = linker.link("Q148", types=["person"])
    assert (other.decision, [one.qid for one in other.candidates]) == ("candidates", ["Q148"])
    assert linker.link("ent:china", types=["city"]).match is None


def test_a_type_asks_beyond_what_the_name_mostly_means(linker: Linker) -> None:
    assert qid(linker.link("Taiwan", types=["island"])) == "Q22502"
    assert qid(linker.link("Taiwan")) == "Q865"


def test_judgements_decide_and_leave_a_choice(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "judgements.tsv"
    add_judgement(path, "China", "Q148", "negative", "me")
    add_judgement(path, "Russia", "Q148", "positive", "me")
    judging = Linker(settings.model_copy(update={"link_judgements": path}))
    assert judging.link("China").decision == "candidates"
    assert "Q148" not in [one.qid for one in judging.link("China").candidates]
    assert qid(judging.link("Russia")) == "Q148"


def test_last_names_offer_who_bears_them(linker: Linker) -> None:
    answer = linker.link("Rumsfeld")
    assert (answer.decision, answer.candidates[0].label) == ("candidates", "Donald Rumsfeld")
    assert answer.candidates[0].how == "surname"
    assert linker.link("Kwasniewski").candidates[0].label == "Aleksander Kwaśniewski"


@pytest.mark.parametrize("name", ["Chinese Taipei", "Holy See", "BRN"])
def test_what_another_thing_is_called_too_is_a_choice(name: str, linker: Linker) -> None:
    assert linker.link(name).decision == "candidates"


@pytest.mark.parametrize(
    "address",
    [
        "http://www.wikidata.org/entity/Q159",
        "https://www.wikidata.org/entity/Q159",
        "https://www.wikidata.org/wiki/Q159",
        "wd:Q159",
    ],
)
def test_addresses_of_items_are_identifiers(address: str, linker: Linker) -> None:
    assert qid(linker.link(address)) == "Q159"


def test_an_item_that_the_snapshot_lacks_is_no_match(linker: Linker) -> None:
    answer = linker.link("Q999999999")
    assert (answer.decision, answer.reason) == (
        "candidates",
        "an identifier that the snapshot lacks",
    )


def test_people_who_contradict_each_other_are_told(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "judgements.tsv"
    add_judgement(path, "Georgia", "Q1428", "positive", "one")
    add_judgement(path, "Georgia", "Q230", "positive", "another")
    judging = Linker(settings.model_copy(update={"link_judgements": path}))
    assert judging.link("Georgia").reason == "people judged it to be several things"


@pytest.mark.parametrize("name", ["GUM", "World", "the Navy", "404", "S", "no", "it"])
def test_what_is_a_word_a_number_or_another_code_decides_nothing(name: str, linker: Linker) -> None:
    assert linker.link(name).match is None


@pytest.mark.parametrize(
    "name",
    [
        "In Georgia", "Georgia, The", "Georgia (the)", "In Korea", "Us", "us", "Donetsk",
        "Luhansk", "NPT", "Union", "Saint Martin", "Bush",
    ],
)  # fmt: skip
def test_what_may_be_something_else_is_no_match(name: str, linker: Linker) -> None:
    assert linker.link(name).match is None


def test_our_denials_hold_for_every_form_of_a_name(linker: Linker) -> None:
    answer = linker.link("China, People's Republic of")
    assert answer.match is not None
    assert answer.match.qid == "Q148"
