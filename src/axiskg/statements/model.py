"""The statement as a value, and what follows from its fields."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import Triple

from axiskg.edtf_bounds import Bounds, bounds

__all__ = ["Statement"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. Concepts are bare names ("Fact"); agents, scenarios and the rest are IRIs.

    `span` and `also_spans` are half-open code points of the paragraph; an `also_span` names its
    sentence too ("2:130-142"). `by_creator` says whether creators of the source, and nobody else,
    assert it. `time` is EDTF; its four bounds are computed.
    """

    iri: str
    source: str
    paragraph: int
    sentence: int
    span: tuple[int, int]
    sentence_hash: str
    triples: tuple[Triple, ...]
    asserted_by: tuple[str, ...]
    by_creator: bool
    paraphrase: str
    generated_by: str
    attributed_to: str
    generated_at: str
    modality: str = "Fact"
    likelihood: str = "Certain"
    polarity: str = "Affirmed"
    expression: str = "Explicit"
    attitude: str | None = None
    held_by: tuple[str, ...] = ()
    reported_by: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    also_spans: tuple[str, ...] = ()
    also_paragraphs: tuple[int, ...] = ()
    time: str | None = None
    time_basis: str | None = None
    likelihood_note: str | None = None
    degree_note: str | None = None
    time_note: str | None = None
    note: str | None = None

    @property
    def name(self) -> str:
        """The part of the IRI after the source: `p9.a`."""
        return self.iri.rpartition("/")[2]

    @property
    def head(self) -> Triple:
        """The triple that the statement is about; the others define a node of it."""
        return self.triples[0]

    @property
    def voice(self) -> tuple[str, ...]:
        """Whose word it is: the holders, else the asserters."""
        return self.held_by or self.asserted_by

    @property
    def standing(self) -> str:
        """Accepted, or the first reason why not, in the order of the design.

        What the publisher says (a standfirst) is Attributed too: it is nobody's claim to the
        reader but the publisher's, and accepted is only what the source's creators put forward.
        """
        reasons = (
            ("Hypothetical", self.modality == "Hypothesis"),
            ("Attributed", self.modality in {"Claim", "Perception"} or not self.by_creator),
            ("Open", self.likelihood == "Undetermined"),
            ("Denied", self.polarity == "Negated"),
            ("Hedged", self.likelihood != "Certain"),
            ("Foreseen", self.modality == "Prediction"),
            ("Judged", self.modality == "Assessment"),
            ("Implied", self.expression == "Implied"),
        )
        return next((standing for standing, applies in reasons if applies), "Accepted")

    @property
    def bounds(self) -> Bounds:
        """The four date bounds of `time`; all None without one."""
        return bounds(self.time) if self.time else Bounds()
