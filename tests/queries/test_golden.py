"""The answers of all saved queries on the article, on two engines.

`AXISKG_UPDATE_GOLDEN=1` writes the golden files anew, from Oxigraph's answers; read the difference
before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from axiskg.formats import FORMATS, serialize
from axiskg.queries import Catalogue
from axiskg.settings import Settings
from axiskg.store import Answer, EmbeddedStore, Solutions

# rdflib's own N-Quads parser and query evaluator use what rdflib deprecates
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")

GOLDEN = Path(__file__).parent / "golden"
NAMES = Catalogue.of(Settings()).names
UNSETTLED = {"conclusions"}
"""What needs inference, and so has no rows here; tests/docs/test_reference.py asks it."""


def written(answer: Answer) -> str:
    """The golden form: TSV in the query's order; of a graph its N-Triples, sorted."""
    if isinstance(answer, list):
        return "".join(sorted(serialize(answer, FORMATS["nt"]).decode().splitlines(keepends=True)))
    return serialize(answer, FORMATS["tsv"]).decode()


def golden(name: str) -> str:
    return (GOLDEN / f"{name}.tsv").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_oxigraph_gives_the_golden_answer(
    name: str, catalogue: Catalogue, article: EmbeddedStore
) -> None:
    answer = catalogue.run(article, name)
    if os.environ.get("AXISKG_UPDATE_GOLDEN"):
        (GOLDEN / f"{name}.tsv").write_text(written(answer), encoding="utf-8")
    assert written(answer) == golden(name)


@pytest.mark.parametrize(
    "name",
    [
        # rdflib takes 20 s for its sub-select
        pytest.param(name, marks=pytest.mark.slow if name == "statements" else ())
        for name in NAMES
    ],
)
def test_rdflib_gives_the_golden_answer(
    name: str, catalogue: Catalogue, article_in_rdflib: rdflib.Dataset
) -> None:
    found = article_in_rdflib.query(catalogue.get(name).text)
    if found.type == "CONSTRUCT":
        assert found.graph is not None
        lines = found.graph.serialize(format="nt", encoding="utf-8").decode().splitlines()
        assert sorted(filter(None, lines)) == golden(name).splitlines()
        return
    columns = [str(variable) for variable in found.vars or ()]
    rows = [tuple(of_rdflib(term) for term in row) for row in found]
    expected, *lines = written(Solutions(tuple(columns), rows)).splitlines()
    head, *wanted = golden(name).splitlines()
    assert (expected, sorted(lines)) == (head, sorted(wanted))


def of_rdflib(term: rdflib.term.Node | None) -> ox.NamedNode | ox.Literal | None:
    """The same term as pyoxigraph has it."""
    if term is None:
        return None
    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    assert isinstance(term, rdflib.Literal)
    if term.language:
        return ox.Literal(str(term), language=term.language)
    text = str(term)
    if term.datatype == rdflib.XSD.dateTime:
        # the same instant: rdflib writes the zone as an offset
        text = text.replace("+00:00", "Z")
    return ox.Literal(text, datatype=ox.NamedNode(str(term.datatype or rdflib.XSD.string)))


@pytest.mark.parametrize("name", sorted(set(NAMES) - UNSETTLED))
def test_every_query_has_an_answer_in_the_article(name: str) -> None:
    assert len(golden(name).splitlines()) > 1


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(NAMES)
