"""Sentence bounds."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axiskg.sentences import sentence_bounds


@pytest.mark.parametrize(
    "sentences",
    [
        ["The U.S. and the U.N. agreed.", "Nobody else did."],
        ["It met former U.S. President Ada Lovell.", "They talked."],
        ["It was Norvia vs. Kestria again.", "Norvia won."],
        ["They called it “de-risking.”", "Dozens followed."],
        ['He said "no."', "But that was it."],
        ["Why?", "Nobody knows!", "The G-7 met on Jan. 5 in St. Ives."],
        ["They framed it as U.S. hegemony.", "In Xi’s view, it was."],
        ["The bill passed in the U.S.", "The others waited."],
        ["It rose 3.5 percent (as expected.)", "Then it fell."],
        ["Inc. and Co. are words that Acme Co. uses.", "It was founded late."],
        ["An ellipsis… goes on.", "It ends…", "Really."],
        ["One clause; another: a third—and a fourth.", "J. Doe wrote it."],
    ],
    ids=lambda value: value[0][:20],
)
def test_known_sentences(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[begin:end] for begin, end in sentence_bounds(text)] == sentences


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='aB .?!”“’")(U-1;', max_size=60))
def test_bounds_cover_all_but_white_space_in_order(text: str) -> None:
    bounds = sentence_bounds(text)
    assert all(begin < end for begin, end in bounds)
    assert all(a[1] < b[0] for a, b in pairwise(bounds))
    assert "".join(text[b:e] for b, e in bounds).replace(" ", "") == text.replace(" ", "")
    assert all(text[b:e] == text[b:e].strip() for b, e in bounds)


def test_an_empty_paragraph_has_no_sentence() -> None:
    assert sentence_bounds("  ") == ()
