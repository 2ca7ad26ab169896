"""Shapes by example: `<topic>_PASS.ttl` conforms, `<topic>_XFAIL.ttl` breaks just the rules that
the golden report `<topic>_XFAIL.tsv` lists, and together these break every rule there is.

After a change of the shapes, `AXISKG_WRITE_GOLDEN=1` writes the golden reports anew, for review.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rdflib import RDFS, SH, Graph

from axiskg.gates import GateReport, Outcome
from axiskg.gates.corpus import read_corpus
from axiskg.gates.shapes import check_shapes, read_shapes
from axiskg.ontology import MODULES, Ontology, read_ontology
from axiskg.settings import resources_dir

HERE = Path(__file__).parent
SHAPES = resources_dir() / "ontology" / "shapes"


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return read_ontology(resources_dir() / "ontology")


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return read_shapes(SHAPES)


def report(ontology: Ontology, shapes: Graph, name: str) -> GateReport:
    return check_shapes(read_corpus(ontology, [HERE / f"{name}.ttl"], home=HERE), shapes)


def test_every_module_has_its_shapes() -> None:
    assert {path.stem for path in SHAPES.glob("*.ttl")} == set(MODULES)


@pytest.mark.parametrize("topic", MODULES)
def test_pass(ontology: Ontology, shapes: Graph, topic: str) -> None:
    found = report(ontology, shapes, f"{topic}_PASS")
    assert found.outcome is Outcome.PASSED, "\n".join(map(str, found.findings))


@pytest.mark.parametrize("topic", MODULES)
def test_xfail(ontology: Ontology, shapes: Graph, topic: str) -> None:
    found = report(ontology, shapes, f"{topic}_XFAIL")
    lines = "".join(sorted({f"{f.subject}\t{f.message}\n" for f in found.findings}))
    golden = HERE / f"{topic}_XFAIL.tsv"
    if os.environ.get("AXISKG_WRITE_GOLDEN"):
        golden.write_text(lines, encoding="utf-8")
    assert found.outcome is Outcome.FAILED
    assert lines == golden.read_text(encoding="utf-8")


def test_every_rule_is_broken_by_some_example(shapes: Graph) -> None:
    told = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("*_XFAIL.tsv"))
    messages = {str(message) for message in shapes.objects(None, SH.message)}
    assert len(messages) > 40
    assert {message for message in messages if f"“{message}”" not in told} == set()


def test_every_rule_says_what_mends_it(shapes: Graph) -> None:
    rules = set(shapes.subjects(SH.message, None))
    assert {rule for rule in rules if shapes.value(rule, RDFS.comment) is None} == set()
    properties = set(shapes.objects(None, SH.property))
    inside_or = {s for s in properties if shapes.value(s, SH.message) is None}
    assert len(inside_or) == 4, "only the alternatives of a time and its basis have no own message"


def test_shapes_speak_of_declared_terms(ontology: Ontology, shapes: Graph) -> None:
    named = {
        str(term)
        for triple in shapes
        for term in triple
        if str(term).startswith("https://w3id.org/axiskg/ontology#")
    }
    assert named - set(ontology.terms) == set()
