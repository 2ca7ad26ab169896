"""A statement: a claim that a source makes, with everything that is known about its making.

Its triples are a named graph whose IRI is the statement's; the rest is about that IRI in the
provenance graph. `statement_quads` and `statements_of` are a pair.
"""

from __future__ import annotations

from axiskg.statements.model import Statement
from axiskg.statements.quads import content_hash, head_first, statement_quads
from axiskg.statements.reading import statements_of

__all__ = ["Statement", "content_hash", "head_first", "statement_quads", "statements_of"]
