"""The handbook's questions find something in the article, and its examples are lines of it."""

from __future__ import annotations

import re

import pytest
import yaml
from encoded import ROOT, SLUG, Encoded, iri
from pyoxigraph import QuerySolutions

from axiskg.authoring.say import parse_say
from axiskg.namespaces import prologue

HANDBOOK = (ROOT / "docs" / "handbook.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"```sparql\n(.*?)```", HANDBOOK, re.DOTALL)
EXAMPLES = [
    line
    for block in re.findall(r"```yaml\n(.*?)```", HANDBOOK, re.DOTALL)
    for line in yaml.load(block, Loader=yaml.BaseLoader)
    if isinstance(line, dict)
]


@pytest.mark.parametrize("question", QUESTIONS, ids=range(len(QUESTIONS)))
def test_each_question_finds_something(article: Encoded, question: str) -> None:
    solutions = article.store.query(prologue() + question)
    assert isinstance(solutions, QuerySolutions)
    assert list(solutions)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda line: line["say"][:40])
def test_each_example_is_a_line_of_the_article(
    article: Encoded, example: dict[str, str | list[str]]
) -> None:
    triples = parse_say(str(example["say"]), SLUG)
    named = [s for s in article.statements() if s.endswith(f".{example['id']}")]
    contents = [
        {q.triple for q in article.store.quads_for_pattern(None, None, None, graph)}
        for graph in map(iri, named)
    ]
    assert set(triples) in contents


def test_all_patterns_have_a_question() -> None:
    assert len(re.findall(r"^### P\d+ ", HANDBOOK, re.MULTILINE)) == 18
    assert len(QUESTIONS) >= 18


def test_each_statement_that_the_handbook_names_exists(article: Encoded) -> None:
    named = set(re.findall(r"\bp\d+\.[a-z]+\b", HANDBOOK))
    assert len(named) > 80
    assert named <= set(article.statements())
