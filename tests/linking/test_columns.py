"""Names in a column: what most of them are tells of the rest."""

from __future__ import annotations

import pytest

from axiskg.linking import Linker, link, link_column
from axiskg.linking.columns import column_kinds

STATES = ["China", "Russia", "Iran", "India", "Brazil", "Belarus", "NE", "Georgia"]
PEOPLE = ["Emmanuel Macron", "Angela Merkel", "Narendra Modi", "Barack Obama", "Xi Jinping"]


def test_two_capitals_are_a_state_in_a_column_of_states(linker: Linker) -> None:
    alone = linker.link("NE")
    assert alone.match is None
    answers = dict(zip(STATES, link_column(linker, STATES), strict=True))
    niger = answers["NE"]
    assert niger.match is not None
    assert niger.match.qid == "Q1032"
    assert niger.reason.endswith("in a column of kind state")
    georgia = answers["Georgia"].match
    assert georgia is not None
    assert georgia.qid == "Q230"


def test_what_a_column_cannot_tell_stays_a_choice(linker: Linker) -> None:
    assert link_column(linker, [*STATES, "Congo"])[-1].match is None


def test_answers_are_those_of_the_names_in_their_order(linker: Linker) -> None:
    names = ["Russia", "nobody at all", "China", "Russia"]
    assert [answer.query for answer in link_column(linker, names)] == names


@pytest.mark.parametrize(
    "names",
    [
        ["China", "Russia", "NE"],
        ["China", "Russia", "Boston", "Emmanuel Macron", "NATO", "Angela Merkel", "Paris", "NE"],
        [],
    ],
)
def test_a_short_or_mixed_column_tells_nothing(names: list[str], linker: Linker) -> None:
    by_themselves = [linker.link(name) for name in names]
    assert column_kinds(by_themselves) == ()
    assert link_column(linker, names) == by_themselves


def test_a_name_that_stands_many_times_counts_once(linker: Linker) -> None:
    assert column_kinds([linker.link("China")] * 20) == ()


def test_types_that_are_given_stand(linker: Linker) -> None:
    answers = link_column(linker, [*PEOPLE, "NE"], types=["person"])
    assert answers == [linker.link(name, types=["person"]) for name in [*PEOPLE, "NE"]]


def test_the_function_reads_columns_too(linker: Linker) -> None:
    answers = link(STATES, column=True, settings=linker.settings)
    assert [answer.match and answer.match.qid for answer in answers] == [
        answer.match and answer.match.qid for answer in link_column(linker, STATES)
    ]


BODIES = ["NATO", "EU", "UN", "SCO", "BRICS", "ASEAN", "OPEC", "IAEA", "WTO", "IMF"]


def test_a_column_of_organizations_takes_no_code_for_a_state(linker: Linker) -> None:
    answers = dict(
        zip([*BODIES, "AU", "CD"], link_column(linker, [*BODIES, "AU", "CD"]), strict=True)
    )
    assert not any(one.match and one.match.kind == "state" for one in answers.values())


def test_a_column_of_two_kinds_leaves_an_ambiguous_name_a_choice(linker: Linker) -> None:
    mixed = ["Boston", "Chicago", "Osaka", "Kyoto", "Hamburg", "China", "Russia", "Georgia"]
    assert link_column(linker, mixed)[-1].match is None


def test_territories_keep_their_labels_in_a_column_of_states(linker: Linker) -> None:
    names = [*STATES[:6], "Greenland", "Gibraltar", "Hong Kong"]
    alone = [linker.link(name) for name in names]
    assert [a.match and a.match.qid for a in link_column(linker, names)] == [
        a.match and a.match.qid for a in alone
    ]
