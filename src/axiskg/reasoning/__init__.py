"""From statements to conclusions that explain themselves.

Rule files (`rules`, `algebra`) and the ontology (`owl_rl`) become rules of one kind (`ir`), split
(`factoring`) and ordered (`strata`), written as SQL (`sql`) and run over chosen statements
(`selection`, `evaluation`) in DuckDB (`loading`, `database`). Why and why not are answered out of
sorted `arrays` (`matching`, `facts`, `search`, `why_not`). `engine` is the way in.
"""

from __future__ import annotations

from axiskg.reasoning.conclusions import Conclusions, refresh
from axiskg.reasoning.engine import Fact, Limits, OwlProfile, Reasoner, Run
from axiskg.reasoning.proofs import Asserted, Derivation, Proof
from axiskg.reasoning.selection import Assumption, Selection

__all__ = [
    "Asserted",
    "Assumption",
    "Conclusions",
    "Derivation",
    "Fact",
    "Limits",
    "OwlProfile",
    "Proof",
    "Reasoner",
    "Run",
    "Selection",
    "refresh",
]
