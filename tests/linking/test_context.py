"""What a name means where it stands: one sentence each, and the item, or "" for none."""

from __future__ import annotations

from pathlib import Path

import pytest

from axiskg.linking import Context, Linker

SENTENCES = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("sentences.tsv").read_text("utf-8").splitlines()[1:]
]
"""Name, item or "", sentence."""

PARAGRAPH = (
    "The talks dragged on for weeks. Diplomats in Geneva were pessimistic. Still, Washington"
    " refused to budge on the missiles, and Moscow walked out."
)


@pytest.mark.parametrize(("name", "expected", "text"), SENTENCES)
def test_the_sentence_decides(name: str, expected: str, text: str, linker: Linker) -> None:
    match = linker.link(name, context=Context(text=text)).match
    assert (match.qid if match else "") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Geneva", "Q71"), ("Washington", "Q48525"), ("Moscow", "Q1140115")],
)
def test_each_name_of_a_paragraph_has_its_own_words_around_it(
    name: str, expected: str, linker: Linker
) -> None:
    match = linker.link(name, context=Context(text=PARAGRAPH)).match
    assert match is not None
    assert match.qid == expected


@pytest.mark.parametrize("title", ["Gen.", "Prof.", "President", "Coach"])
def test_a_title_before_a_name_makes_it_a_person(title: str, linker: Linker) -> None:
    answer = linker.link("Jordan", context=Context(text=f"Then {title} Jordan resigned."))
    assert answer.match is None


def test_the_end_of_a_sentence_joins_no_names(linker: Linker) -> None:
    text = "Envoys went to Cairo and Doha. Jordan airdropped aid into Gaza."
    match = linker.link("Jordan", context=Context(text=text)).match
    assert match is not None
    assert match.qid == "Q810"
