"""What is recorded about a source: never its words, only where its sentences are and their hashes.

Paragraph n is the n-th non-empty line of the whole text, counted from 1, with outer white space
stripped and in Unicode NFC; positions count code points in it. `data/sources/<slug>.ttl` holds the
outcome, and is loaded into the provenance graph.
"""

from __future__ import annotations

from axiskg.sources.files import read_source, slugs_of_sources, source_path, write_source
from axiskg.sources.record import (
    Passage,
    Sentence,
    Source,
    numbers,
    paragraphs,
    sha256,
    source_of_text,
)

__all__ = [
    "Passage",
    "Sentence",
    "Source",
    "numbers",
    "paragraphs",
    "read_source",
    "sha256",
    "slugs_of_sources",
    "source_of_text",
    "source_path",
    "write_source",
]
