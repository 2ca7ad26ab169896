"""Every property is asked for by some question, by itself or through the head of its family."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from axiskg.gates import Corpus
from axiskg.gates.query_lint import check_queries
from axiskg.namespaces import AXIS
from axiskg.ontology import Ontology
from axiskg.settings import Settings
from axiskg.store import EmbeddedStore, Solutions

QUESTIONS = sorted((Path(__file__).parent / "questions").glob("*.rq"))
OF_FILES = {"length", "paragraphHash", "repeats", "why"}
"""Properties of a source's recorded passages; the commands that verify a text read them."""


@pytest.fixture(scope="module")
def store(encoded: Corpus) -> Iterator[EmbeddedStore]:
    store = EmbeddedStore.in_memory()
    store.extend(encoded.dataset)
    yield store
    store.close()


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_has_an_answer(store: EmbeddedStore, path: Path) -> None:
    answer = store.query(path.read_text(encoding="utf-8"))
    assert isinstance(answer, Solutions)
    assert answer.rows


def test_questions_ask_for_the_standing() -> None:
    assert check_queries(QUESTIONS, home=QUESTIONS[0].parent).findings == ()


def test_every_property_is_asked_for(ontology: Ontology, project: Settings) -> None:
    paths = [
        *QUESTIONS,
        *project.queries_dir.rglob("*.rq"),
        *(project.ontology_dir / "rules").glob("*.rq"),
    ]
    asked = {
        name
        for path in paths
        for name in re.findall(r"\baxis:([A-Za-z]+)", path.read_text(encoding="utf-8"))
    }
    unasked = {
        term.name
        for term in ontology.terms.values()
        if term.kind in {"object property", "datatype property"}
        and not asked & {term.name, *(a.removeprefix(AXIS) for a in ontology.ancestors(term.iri))}
    }
    assert unasked == OF_FILES
