"""The article is encoded whole, in words that are not its own."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from encoded import ROOT, SHEET, SLUG, Encoded

FLOOR = 240
BODY = {3, 9, *range(11, 20), *range(23, 33)}
RUN = 7
"""So many words in a row, taken from the article, are no coincidence."""


def test_the_grain_is_that_of_the_outside_reading(article: Encoded) -> None:
    assert len(article.statements()) >= FLOOR


def test_every_sentence_of_the_body_has_statements_or_a_reason(article: Encoded) -> None:
    sentences = {
        row[0].rpartition("/")[2]
        for row in article.rows("SELECT ?s { GRAPH g:provenance { ?s a axis:SourceSentence } }")
    }
    silent = {
        row[0].rpartition("/")[2]
        for row in article.rows("SELECT ?s { GRAPH g:provenance { ?s axis:why ?why } }")
    }
    encoded = {
        f"p{article.one(s, 'paragraph')}.{article.one(s, 'sentence')}" for s in article.statements()
    }
    body = {s for s in sentences if int(s[1:].partition(".")[0]) in BODY}
    assert len(body) > 60
    assert body - encoded - silent == set()
    assert encoded & silent == set()


def test_every_statement_stands_by_itself(article: Encoded) -> None:
    """A paraphrase names its things: it is read far from its sentence, in proofs and tables."""
    paraphrases = Counter(article.one(s, "paraphrase") for s in article.statements())
    repeated = {
        text: [s for s in article.statements() if article.one(s, "paraphrase") == text]
        for text, times in paraphrases.items()
        if times > 1
    }
    for text, statements in repeated.items():
        assert len({frozenset(article.content(s)) for s in statements}) == 1, (text, statements)


def test_a_statement_has_one_head_and_only_what_defines_it(article: Encoded) -> None:
    for statement in article.statements():
        triples = article.content(statement)
        head = tuple(
            article.one(statement, f"head{part}") for part in ("Subject", "Property", "Object")
        )
        assert head in {(s, p.removeprefix("rdf:"), o) for s, p, o in triples} | triples
        assert len(triples) <= 7, statement


def text_of_the_article() -> str:
    folder = os.environ.get("AXISKG_TEST_DATA")
    found = sorted(Path(folder, "source").glob("*.txt")) if folder else []
    if not found:
        pytest.skip("AXISKG_TEST_DATA names no folder with the article's text in source/")
    return found[0].read_text(encoding="utf-8")


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + length]) for i in range(len(found) - length + 1)}


def test_no_run_of_words_is_taken_from_the_article() -> None:
    """Names of organizations and offices are no sentences; nothing else comes near a run."""
    taken = runs(text_of_the_article(), RUN)
    sheet = yaml.load(SHEET.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    texts = [str(v) for node in sheet["nodes"].values() for k, v in node.items() if k != "say"]
    for name, entries in sheet["statements"].items():
        for entry in entries:
            texts += [str(v) for k, v in entry.items() if k not in {"id", "at", "say"}]
        assert name == "none" or entries
    assert [text for text in texts if runs(text, RUN) & taken] == []
    for path in (ROOT / "docs" / "handbook.md", ROOT / "data" / "triples" / f"{SLUG}.trig"):
        assert runs(path.read_text(encoding="utf-8"), RUN) & taken == set(), path
