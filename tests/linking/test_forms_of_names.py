"""Names as other publishers write them: capitals, two names side by side, shortened words."""

from __future__ import annotations

from pathlib import Path

import pytest

from axiskg.linking import Linked, Linker, keys
from axiskg.linking.kinds import kind_of
from axiskg.linking.snapshot_build import build_snapshot
from axiskg.settings import Settings


def qid(answer: Linked) -> str:
    """The matched item, or ""."""
    return answer.match.qid if answer.match else ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Arab Monetary Fund (AMF)", "Q624307"),
        ("North American Free Trade Agreement (NAFTA)", "Q181574"),
        ("NAFTA (North American Free Trade Agreement)", "Q181574"),
        ("International Criminal Court (ICC)", "Q47488"),
        ("Southern Common Market/MERCOSUR", "Q4264"),
        ("Council of the Entente / Entente Council", "Q945574"),
    ],
)
def test_two_names_side_by_side_mean_what_bears_both(
    name: str, expected: str, linker: Linker
) -> None:
    assert qid(linker.link(name)) == expected


@pytest.mark.parametrize(
    "name",
    ["International Criminal Court (IMF)", "Russia/China", "Iran (Iraq)", "ADB (CDB)", "NATO/EU"],
)
def test_two_names_of_two_things_are_no_name(name: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("North Atlantic Treaty Org", "Q7184"),
        ("Org for Econ Coop and Development", "Q41550"),
        ("Southern African Dev. Community", "Q816706"),
        ("Intl Org for Migration", "Q472311"),
        ("W. Sahara", "Q6250"),
        ("E. Timor", "Q574"),
        ("E. Germany", "Q16957"),
        ("N. Korea", "Q423"),
    ],
)
def test_shortened_words_count_as_whole_ones(name: str, expected: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("CUBA", "Q241"), ("CHAD", "Q657"), ("MALI", "Q912"), ("LAOS", "Q819"), ("FRANCE", "Q142")],
)
def test_capitals_do_not_make_a_code_of_a_state(name: str, expected: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == expected


@pytest.mark.parametrize(("name", "expected"), [("Swaziland (since 1968)", "Q1050")])
def test_since_when_a_name_is_meant_is_said_aside(name: str, expected: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == expected


def test_a_lesser_body_of_the_same_label_raises_no_doubt(linker: Linker) -> None:
    answer = linker.link("World Health Organization")
    assert qid(answer) == "Q7817"
    assert len(answer.candidates) > 1


@pytest.mark.parametrize(
    ("name", "expected"), [("Donald Trump", "Q22686"), ("Tibet", "Q17252"), ("the Pacific", "Q98")]
)
def test_our_names_stand_against_what_is_short_for_the_same(
    name: str, expected: str, linker: Linker
) -> None:
    assert qid(linker.link(name)) == expected


@pytest.mark.parametrize("name", ["AP", "BC", "ISA"])
def test_initials_of_a_second_name_are_too_little(name: str, linker: Linker) -> None:
    assert qid(linker.link(name, types=["igo"])) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("U.N.", "Q1065"),
        ("the U.N.", "Q1065"),
        ("the UK", "Q145"),
        ("the U.K.", "Q145"),
        ("the USSR", "Q15180"),
        ("Opec", "Q7795"),
        ("Asean", "Q7768"),
    ],
)
def test_codes_stand_with_points_and_articles(name: str, expected: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == expected


@pytest.mark.parametrize(("name", "expected"), [("Germans", "Q183"), ("the Germans", "Q183")])
def test_a_people_stands_for_its_state(name: str, expected: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == expected


@pytest.mark.parametrize("name", ["Mauritian", "Barbudan", "Turkish Cypriot", "West Germany"])
def test_a_near_word_for_a_territory_is_no_name_of_it(name: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("President Xi", "Q15031"),
        ("Russian President Putin", "Q7747"),
        ("Chancellor Merkel", "Q567"),
        ("President Biden", "Q6279"),
    ],
)
def test_a_title_before_a_surname_tells_the_person(
    name: str, expected: str, linker: Linker
) -> None:
    assert qid(linker.link(name)) == expected


def test_of_a_state_and_its_ground_under_one_name_neither_is_taken(linker: Linker) -> None:
    answer = linker.link("Western Sahara")
    assert answer.decision == "candidates"
    assert {"Q6250", "Q40362"} <= {one.qid for one in answer.candidates}


@pytest.mark.parametrize("name", ["EEC", "PAP", "ICCO", "UM"])
def test_initials_that_name_another_body_too_are_not_taken(name: str, linker: Linker) -> None:
    assert qid(linker.link(name, types=["igo"])) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Intl Telecom Union", "Q376150"),
        ("Euro Investment Bank", "Q192247"),
        ("Food & Ag Org", "Q82151"),
        ("Latin Am Integration Assn", "Q607301"),
    ],
)
def test_words_cut_short_are_found_in_the_names_of_organizations(
    name: str, expected: str, linker: Linker
) -> None:
    for types in ((), ("igo",), ("bloc",)):
        assert qid(linker.link(name, types=types)) == expected


@pytest.mark.parametrize(
    ("name", "types", "expected"),
    [
        ("UN Education, Scientific, & Cultural Org", (), "Q7809"),
        ("Council for Mutual Economic Aid", ("igo",), "Q191582"),
        ("Council for Mutual Economic Aid", (), ""),
        ("International Central American Office", ("igo",), ""),
    ],
)
def test_initials_tell_what_they_are_short_for(
    name: str, types: tuple[str, ...], expected: str, linker: Linker
) -> None:
    """Four letters only together with words that are alike, where an organization is asked for."""
    assert qid(linker.link(name, types=types)) == expected


def test_a_name_and_its_initials_stand_behind_a_comma_too(linker: Linker) -> None:
    assert qid(linker.link("International Labour Organization, ILO")) == "Q54129"
    assert qid(linker.link("International Labour Organization, IMF")) == ""


@pytest.mark.parametrize(
    "name",
    ["Islamic", "Islamic (Iran)", "Islamic (Afghanistan)", "Citizen (United States)",
     "Political Parties (Russia)"],
)  # fmt: skip
def test_sorts_of_people_in_a_state_are_nobody(name: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Iran (Islamic Republic of)", "Q794"), ("Korea (Republic of)", "Q884")],
)
def test_what_a_state_is_may_stand_in_brackets(name: str, expected: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == expected


UNKNOWN = ("Gulf Cooperation Council", "Group of 7", "Group of Seven", "IPU", "IPCC", "G7", "G-7")


@pytest.fixture(scope="module")
def unknowing(extract: Path, tmp_path_factory: pytest.TempPathFactory) -> Linker:
    """A linker over the organizations between states, without some of their names."""
    folder = tmp_path_factory.mktemp("unknowing")
    build_snapshot(
        extract,
        folder / "igos.sqlite",
        keep=lambda item: kind_of(item.classes) == "igo",
        hide=lambda _, name: name in UNKNOWN,
    )
    return Linker(
        Settings(wikidata_snapshot=folder / "igos.sqlite", link_judgements=folder / "none")
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Gulf Cooperation Council", "Q217172"),
        ("IPU", "Q176815"),
        ("IPCC", "Q171183"),
        ("Group of 7", "Q1764511"),
        ("Group of Seven", "Q1764511"),
    ],
)
def test_initials_and_words_together_tell_which_organization_is_meant(
    name: str, expected: str, unknowing: Linker
) -> None:
    assert qid(unknowing.link(name, types=("igo",))) == expected


@pytest.mark.parametrize("name", ["Gulf Coffee Council", "Group of 5", "Group of Friends"])
def test_initials_without_the_words_tell_nothing(name: str, unknowing: Linker) -> None:
    assert qid(unknowing.link(name, types=("igo",))) == ""


def test_inter_gives_a_letter_of_its_own_where_it_joins_a_word() -> None:
    assert "IPU" in keys.acronyms("Interparliamentary Union")
    assert "IPU" in keys.acronyms("Inter-Parliamentary Union")
    assert "IGAD" in keys.acronyms("Intergovernmental Authority on Development")
    assert "ITU" not in keys.acronyms("International Union")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ratcha Anachak Thai", "Q869"),
        ("Jamhuri ya Muungano wa Tanzania", "Q924"),
        ("Dawlat Iritriyá", "Q986"),
        ("Rzeczpospolita Polska", "Q36"),
        ("Matanitu ko Viti", "Q712"),
    ],
)
def test_states_are_known_by_their_own_names(name: str, expected: str, linker: Linker) -> None:
    assert qid(linker.link(name)) == expected


def test_a_nickname_with_an_article_is_no_code(linker: Linker) -> None:
    assert qid(linker.link("El Che")) != "Q39"
