"""Names where no snapshot is: our own names and territories, and never a wrong match."""

from __future__ import annotations

import pytest
from tests.linking.test_context import SENTENCES

from axiskg.linking import Context, Linker
from axiskg.settings import Settings

AMBIGUOUS = {"Georgia", "Washington", "Congo", "Korea", "CSIS", "Crimea", "Beijing", "Moscow",
             "Kremlin", "Georgian", "Xi", "Putin", "Trump"}  # fmt: skip


@pytest.fixture
def bare(bare_settings: Settings) -> Linker:
    """A linker without a snapshot."""
    linker = Linker(bare_settings)
    assert linker.known is None
    return linker


@pytest.mark.parametrize("name", sorted(AMBIGUOUS))
def test_an_ambiguous_name_alone_is_a_choice_of_things_with_labels(name: str, bare: Linker) -> None:
    answer = bare.link(name)
    assert answer.decision == "candidates"
    assert all(one.label != one.qid for one in answer.candidates)


@pytest.mark.parametrize(("name", "kind"), [("Congo", "state"), ("Korea", "state")])
def test_a_type_that_two_things_have_tells_nothing(name: str, kind: str, bare: Linker) -> None:
    assert bare.link(name, types=[kind]).match is None


@pytest.mark.parametrize(
    ("name", "expected", "text"), [row for row in SENTENCES if row[0] in AMBIGUOUS]
)
def test_a_sentence_gives_what_is_meant_or_nothing(
    name: str, expected: str, text: str, bare: Linker
) -> None:
    match = bare.link(name, context=Context(text=text)).match
    assert match is None or match.qid == expected


def test_what_only_a_snapshot_knows_is_told_as_such(bare: Linker) -> None:
    answer = bare.link("OECD")
    assert (answer.decision, answer.reason) == (
        "none",
        "nothing of that name; there is no snapshot",
    )
