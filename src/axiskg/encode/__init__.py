"""From the authoring form to statements and quads."""

from __future__ import annotations

from axiskg.encode.encoder import Encoding, encode
from axiskg.encode.vocabulary import Vocabulary, read_vocabulary

__all__ = ["Encoding", "Vocabulary", "encode", "read_vocabulary"]
