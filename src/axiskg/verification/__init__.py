"""A source's text beside what is recorded of it and encoded from it."""

from __future__ import annotations

from axiskg.verification.coverage import CoveredSentence, coverage, silences_of
from axiskg.verification.text import Difference, Verification, closest_source, verify

__all__ = [
    "CoveredSentence",
    "Difference",
    "Verification",
    "closest_source",
    "coverage",
    "silences_of",
    "verify",
]
