"""What the linker answers: readings of a name, and the decision between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from axiskg.linking.snapshot import Item
from axiskg.namespaces import PREFIXES

__all__ = ["Candidate", "Linked", "candidate_of"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading of a name. `features` are what its score is the sum of."""

    qid: str
    label: str
    description: str
    kind: str
    score: float
    entity: str
    how: str
    features: dict[str, float] = field(default_factory=dict)
    automatic: bool = False
    classes: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        """The candidate for JSON; `entity` is our slug, or null."""
        return {
            "qid": self.qid,
            "iri": PREFIXES["wd"] + self.qid,
            "label": self.label,
            "description": self.description,
            "kind": self.kind,
            "score": round(self.score, 3),
            "entity": self.entity or None,
            "evidence": self.how,
            "features": {name: round(value, 3) for name, value in self.features.items()},
        }


def candidate_of(
    item: Item,
    how: str,
    features: dict[str, float],
    score: float,
    entity: str,
    *,
    automatic: bool = False,
) -> Candidate:
    """An item as a reading of a name."""
    return Candidate(
        qid=item.qid,
        label=item.label,
        description=item.description,
        kind=item.kind,
        score=score,
        entity=entity,
        how=how,
        features=features,
        automatic=automatic,
        classes=item.classes,
    )


@dataclass(frozen=True, slots=True)
class Linked:
    """The answer for one name: `decision` is match, candidates or none; `reason` says why."""

    query: str
    decision: str
    match: Candidate | None
    candidates: tuple[Candidate, ...]
    reason: str
    entity: str = ""

    def json(self) -> dict[str, Any]:
        """The answer for JSON; `entity` is our slug, or null."""
        return {
            "query": self.query,
            "decision": self.decision,
            "match": self.match.json() if self.match else None,
            "candidates": [candidate.json() for candidate in self.candidates],
            "reason": self.reason,
            "entity": self.entity or None,
        }
