"""Random statements."""

from __future__ import annotations

from hypothesis import strategies as st

from .conftest import CONFIDENCES, Said, node, prop

NODES = [node(n) for n in range(6)]
EDGES = [prop(p) for p in "pqrs"]

_pairs = st.sampled_from(sorted(CONFIDENCES))


@st.composite
def said(draw: st.DrawFn) -> Said:
    modality, likelihood = draw(_pairs)
    plain = (modality, likelihood) == ("Fact", "Certain") or draw(st.booleans())
    subject = draw(st.sampled_from(NODES))
    aged = draw(st.integers(0, 9)) == 0
    p = prop("age") if aged else draw(st.sampled_from(EDGES))
    o: str | int = draw(st.integers(0, 5)) if aged else draw(st.sampled_from(NODES))
    standing = "Accepted" if plain else draw(st.sampled_from(["Hedged", "Denied", "Attributed"]))
    return Said(subject, p, o, modality, likelihood, standing)


statements = st.lists(said(), min_size=4, max_size=40)
