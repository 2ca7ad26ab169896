"""Which sentences of a source have statements, which have a reason for none, and which neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from axiskg.authoring.anchors import parse_place
from axiskg.namespaces import AXIS
from axiskg.sources import Passage, Sentence, Source
from axiskg.statements import Statement

__all__ = ["CoveredSentence", "coverage", "silences_of"]


@dataclass(frozen=True, slots=True)
class CoveredSentence:
    """One sentence with the statements that rest on it, in their order; `why` it needs none."""

    paragraph: int
    sentence: Sentence
    statements: tuple[Statement, ...]
    why: str | None

    @property
    def covered(self) -> bool:
        """Whether the sentence has a statement, or a reason for none."""
        return bool(self.statements) or self.why is not None


def silences_of(quads: Iterable[Quad], source: Source) -> dict[str, str]:
    """The reasons for having no assertion in encoded quads, by `p20` or `p28.1`."""
    return {
        quad.subject.value.removeprefix(f"{source.iri}/"): quad.object.value
        for quad in quads
        if quad.predicate.value == AXIS + "why"
        and isinstance(quad.subject, NamedNode)
        and quad.subject.value.startswith(f"{source.iri}/")
        and not isinstance(quad.object, NamedNode)
        and hasattr(quad.object, "value")
    }


def coverage(
    source: Source, statements: Sequence[Statement], silences: Mapping[str, str]
) -> tuple[CoveredSentence, ...]:
    """Every sentence of a source, in order, with what covers it."""
    resting: dict[tuple[int, int], list[Statement]] = {}
    for statement in statements:
        if statement.source != source.iri:
            continue
        numbers = {statement.sentence}
        numbers |= {p.sentence for p in map(parse_place, statement.also_spans) if p is not None}
        for number in numbers:
            resting.setdefault((statement.paragraph, number), []).append(statement)
    return tuple(
        CoveredSentence(
            passage.number,
            sentence,
            tuple(resting.get((passage.number, sentence.number), ())),
            _reason(passage, sentence, silences),
        )
        for passage in source.passages
        for sentence in passage.sentences
    )


def _reason(passage: Passage, sentence: Sentence, silences: Mapping[str, str]) -> str | None:
    if passage.repeats is not None:
        return f"repeats paragraph {passage.repeats}"
    if passage.excluded is not None:
        return passage.excluded
    name = f"p{passage.number}"
    return silences.get(f"{name}.{sentence.number}", silences.get(name))
