"""The readings of a name in their order: what speaks for each, added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from axiskg.linking import keys
from axiskg.linking.answers import Candidate, candidate_of
from axiskg.linking.context import Context, Cues
from axiskg.linking.curated import Curated
from axiskg.linking.evidence import Evidence
from axiskg.linking.fit import Around, described, fit
from axiskg.linking.kinds import PRIOR, kinds_for
from axiskg.linking.names import Ambiguity
from axiskg.linking.snapshot import Snapshot

__all__ = ["Question", "fits", "rank"]

_WHOLE: Final = 1.35
"""The sum of features that is a score of 1."""


@dataclass(frozen=True, slots=True)
class Question:
    """A name, what its context says of it, and the types that are asked for.

    `whole` are the items that bear the longer phrase around the name.
    """

    text: str
    context: Context
    seen: Cues
    topic: str
    types: Sequence[str]
    whole: frozenset[str] = frozenset()

    def admits(self, kind: str, classes: Iterable[str]) -> bool:
        """Whether something of a kind and of classes may be what is asked for."""
        return not self.types or fits(kind, classes, self.types)

    @property
    def informed(self) -> bool:
        """Whether anything is known but the name."""
        told = self.context.entities or self.context.text or self.context.date
        return bool(self.types or self.topic or told)


def fits(kind: str, classes: Iterable[str], types: Sequence[str]) -> bool:
    """Whether something of a kind and of classes is of one of the types."""
    kinds, wanted = kinds_for(types)
    return kind in kinds or not wanted.isdisjoint(classes)


def rank(
    question: Question,
    found: Iterable[Evidence],
    around: Around,
    base: Curated,
    known: Snapshot | None,
    verdicts: Mapping[str, str],
) -> list[Candidate]:
    """One candidate an item, best first, without those denied, judged away or of other types."""
    best = _strongest(found)
    ambiguous = base.ambiguity(question.text)
    denied = _denied(question, best.values(), base) if ambiguous is None else frozenset()
    told_of = described(question.text, (piece.item for piece in best.values()), around)
    watered = any(piece.item.kind == "water" for piece in best.values())
    ranked = []
    for qid, piece in best.items():
        item = piece.item
        if verdicts.get(qid) == "negative" or (qid in denied and not piece.entity):
            continue
        if not question.admits(item.kind, item.classes):
            continue
        features = _of_itself(piece, ambiguous)
        told = fit(
            item, question.context, question.seen, question.topic, around, known,
            name=question.text, watered=watered,
        )  # fmt: skip
        likeliest = ambiguous is None or qid == ambiguous.qids[0]
        if not likeliest and _is_longer(item.label, question.text):
            told.pop("described", None)
        features.update(told)
        if qid in question.whole:
            features["phrase"] = 0.3
        if qid in told_of:
            features["told of"] = 0.25
        nameless = ambiguous is not None and item.label == qid and not question.types
        automatic = piece.automatic and verdicts.get(qid) != "unsure"
        ranked.append(
            candidate_of(
                item,
                piece.how,
                features,
                min(1.0, max(0.0, sum(features.values()) / _WHOLE)),
                piece.entity or base.by_item.get(qid, ""),
                automatic=automatic and (piece.how == "judged" or not nameless),
            )
        )
    ranked.sort(key=lambda one: (-sum(one.features.values()), one.qid))
    return ranked


def _strongest(found: Iterable[Evidence]) -> dict[str, Evidence]:
    """The strongest evidence for each item, that which may decide before other."""
    best: dict[str, Evidence] = {}
    for piece in found:
        rival = best.get(piece.item.qid)
        order = (piece.automatic, piece.strength)
        if rival is None or order > (rival.automatic, rival.strength):
            best[piece.item.qid] = piece
    return best


def _denied(question: Question, pieces: Iterable[Evidence], base: Curated) -> frozenset[str]:
    """The items that our entities of the name are said not to be."""
    entities = {
        piece.entity or base.by_item.get(piece.item.qid, "")
        for piece in pieces
        if piece.automatic and question.admits(piece.item.kind, piece.item.classes)
    }
    return frozenset(qid for slug in entities for qid in base.denied(slug))


def _of_itself(piece: Evidence, ambiguous: Ambiguity | None) -> dict[str, float]:
    """What speaks for an item without a context; ambiguous names are weighed by our list."""
    item = piece.item
    kind = 0.15 * PRIOR[item.kind]
    if ambiguous is None or piece.how == "judged":
        fame = 0.02 * min(7.0, item.prominence)
        return {piece.how: piece.strength, "kind": kind, "prominence": fame}
    features = {piece.how: piece.strength if piece.told else 0.9, "kind": kind}
    if item.qid in ambiguous.qids:
        features["kind"] = 0.15
        share = ambiguous.qids.index(item.qid) / len(ambiguous.qids)
        features["listed"] = 0.1 * (1 - share)
    return features


def _is_longer(label: str, name: str) -> bool:
    """Whether a label is a longer name than the one asked for."""
    whole, part = keys.key(label), keys.key(name)
    return whole != part and f" {part} " in f" {whole} "
