"""Why a fact holds: derivations down to statements, as values and as they are found in a run.

A proof is a DAG: a premise that several steps use stands in it once. It is well-founded, because
of every derivation shown no premise needs its conclusion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Asserted", "Derivation", "Key", "Proof", "Step", "Supports"]

Key = tuple[str, str, str]
"""A fact as term texts: subject, property, object."""


@dataclass(frozen=True, slots=True)
class Supports:
    """The statements that assert a fact: the strongest few, and how many there are."""

    strongest: tuple[str, ...]
    count: int

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.count - len(self.strongest)


@dataclass(frozen=True, slots=True)
class Asserted:
    """A fact that statements assert, or (without any) a description or the ontology."""

    fact: Key
    confidence: float
    supports: Supports

    @property
    def statements(self) -> tuple[str, ...]:
        """The strongest statements that assert it."""
        return self.supports.strongest


@dataclass(frozen=True, slots=True)
class Derivation:
    """A fact that follows by a rule from premises; `premises` are keys of the same proof."""

    fact: Key
    confidence: float
    rule: str
    """The name of the rule's file, or of the OWL rule."""
    label: str
    description: str
    bindings: tuple[tuple[str, str], ...]
    premises: tuple[Key, ...]
    axioms: tuple[Key, ...] = ()
    absences: tuple[str, ...] = ()
    """What the rule found absent, in words."""
    alternatives: int = 0
    """How many other derivations the fact has."""


Step = Asserted | Derivation


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof of `goal`; `steps` has one step for each fact in it, premises after conclusions."""

    goal: Key
    steps: tuple[Step, ...]
    truncated: int = 0
    """Facts whose own proof was left out, because of `max_premises`."""
    by_fact: dict[Key, Step] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.by_fact.update((step.fact, step) for step in self.steps)

    @property
    def root(self) -> Step:
        """The step that concludes the goal."""
        return self.by_fact[self.goal]

    @property
    def confidence(self) -> float:
        """The confidence of the goal by this proof."""
        return self.root.confidence

    @property
    def statements(self) -> tuple[str, ...]:
        """All statements that the proof cites, in order of the steps, each once."""
        return tuple(
            dict.fromkeys(
                name for s in self.steps if isinstance(s, Asserted) for name in s.statements
            )
        )

    @property
    def height(self) -> int:
        """The number of derivations on the longest way down."""
        heights: dict[Key, int] = {}
        for step in reversed(self.steps):
            heights[step.fact] = (
                0
                if isinstance(step, Asserted)
                else 1 + max((heights.get(p, 0) for p in step.premises), default=0)
            )
        return heights[self.goal]

    def premises(self, fact: Key) -> Iterator[Step]:
        """The steps that a derivation rests on."""
        step = self.by_fact[fact]
        if isinstance(step, Derivation):
            for premise in step.premises:
                yield self.by_fact[premise]
