"""From statements to conclusions that explain themselves.

Rule files (`rules`, `algebra`) and the ontology (`owl_rl`) become rules of one kind (`ir`), split
(`factoring`) and ordered (`strata`), written as SQL (`sql`) and run over chosen statements
(`selection`, `evaluation`) in DuckDB (`loading`, `database`). Why and why not are answered out of
sorted `arrays` (`matching`, `facts`, `search`, `why_not`). `engine` is the way in, `run` what it
gives.
"""

from __future__ import annotations

from axiskg.reasoning.conclusions import Conclusions, refresh
from axiskg.reasoning.database import Limits
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.owl_rl import OwlProfile
from axiskg.reasoning.proofs import Asserted, Derivation, Proof
from axiskg.reasoning.run import Fact, Run
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
