"""Whether the best reading of a name stands: by itself, and well ahead of the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from axiskg.linking.answers import Candidate
from axiskg.linking.curated import Curated
from axiskg.linking.fit import OF_CONTEXT
from axiskg.linking.names import Ambiguity
from axiskg.linking.ranking import Question
from axiskg.linking.standing import NAMED

__all__ = ["objection"]

MARGIN: Final = 0.08
"""How far the best reading must be ahead of the next; below it the linker abstains."""

_FAMED: Final = 0.04
"""Of prominence: a city seven times as prominent as its namesake, which a text need not tell."""

_PLAIN: Final = 0.15
"""How much more the context must say for a reading that the name alone doesn't allow."""

_TOLD: Final = 0.12
"""How much more the context must say for the best reading of an ambiguous name."""

_SURE: Final = frozenset({"phrase", "told of", "described", "neighbours"})
"""What of a context tells one thing from another that has no item."""

_PLACES: Final = frozenset({"city", "region", "island", "water"})
_LOOSE: Final = frozenset({"initials", "acronym", "part", "trace", "bag", "core", "near"})
"""Evidence that is no name of the item in full."""


def objection(question: Question, ranked: Sequence[Candidate], base: Curated) -> str:
    """Why the first of the candidates is no match; "" where it is one. There must be one."""
    first = ranked[0]
    ambiguous = base.ambiguity(question.text)
    needs = f"needs context: {ambiguous.note}" if ambiguous is not None else ""
    if not first.automatic and not _told_so(ranked):
        return needs or f"{first.how} alone decides nothing"
    if ambiguous is not None and not _decided(question, ranked, ambiguous):
        return needs
    if _ahead(ranked) < _margin(question, ranked, ambiguous):
        return "too close to tell"
    if not question.informed and _labelled(ranked):
        return "another thing is labelled so"
    if _of_another_time(ranked):
        return "the text speaks of what is called so at another time"
    return ""


def _decided(question: Question, ranked: Sequence[Candidate], ambiguous: Ambiguity) -> bool:
    """Whether the context, or a type, tells which of the things of an ambiguous name is meant."""
    if question.types or not question.informed:
        return question.informed
    first = ranked[0]
    placed = question.topic == "place" and first.kind in _PLACES
    rivals = [one for one in ranked[1:] if one.qid in ambiguous.qids]
    if placed:
        rivals = [one for one in rivals if one.kind not in _PLACES]
    told = _by_context(first) - max(map(_by_context, rivals), default=-1.0)
    return told >= _TOLD and not (ambiguous.unlisted and not _SURE & first.features.keys())


def _ahead(ranked: Sequence[Candidate]) -> float:
    """How far the first is ahead of the second."""
    if len(ranked) == 1:
        return 1.0
    return sum(ranked[0].features.values()) - sum(ranked[1].features.values())


def _margin(question: Question, ranked: Sequence[Candidate], ambiguous: Ambiguity | None) -> float:
    """How far the first must be ahead: less for a place among places that the text tells of."""
    first = ranked[0]
    placed = question.topic == "place" and first.kind in _PLACES
    margin = 0.015 if ambiguous is not None and placed else MARGIN
    if len(ranked) > 1 and first.kind == "city" and ranked[1].kind in _PLACES:
        fame = [one.features.get("prominence", 0.0) for one in ranked[:2]]
        if question.context.text and fame[0] - fame[1] >= _FAMED:
            return margin / 2
    return margin


def _told_so(ranked: Sequence[Candidate]) -> bool:
    """Whether the context alone makes the best of several names of things the one that is meant."""
    first = ranked[0]
    if first.how not in NAMED or first.label == first.qid or first.kind in ("work", "concept"):
        return False
    rivals = [_by_context(one) for one in ranked[1:] if one.how not in _LOOSE]
    return _by_context(first) - max(rivals, default=0.0) >= _PLAIN


def _by_context(one: Candidate) -> float:
    """What the context adds to the score of a reading, its being a metonym there included."""
    told = sum(value for name, value in one.features.items() if name in OF_CONTEXT)
    return told + (0.2 if one.features.get("curated", 0.0) > 1.0 else 0.0)


def _of_another_time(ranked: Sequence[Candidate]) -> bool:
    """Whether the year of the text is one of another thing of the name, and not of the first."""
    if "date" in ranked[0].features:
        return False
    return any(one.features.get("date", 0.0) > 0 and one.how in NAMED for one in ranked[1:])


def _labelled(ranked: Sequence[Candidate]) -> bool:
    """Whether the name is the very label of another thing, and but an alias of the first."""
    if ranked[0].how != "alias":
        return False
    return any(one.how == "label" and one.automatic for one in ranked[1:])
