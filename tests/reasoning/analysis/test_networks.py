"""Links of all actors as tables, matrices and files."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

import networkx
import pytest

from axiskg.errors import ConfigError, ParameterError
from axiskg.reasoning.analysis import Analysis
from axiskg.reasoning.frames import extra
from axiskg.reasoning.links import cited, drafts_between, exclusivity
from axiskg.reasoning.networks import Network
from axiskg.reasoning.what_if import Change


@pytest.fixture(scope="module")
def network(article: Analysis) -> Network:
    return article.network()


def test_the_more_have_it_the_less_it_says() -> None:
    shares = [exclusivity(n) for n in (1, 2, 3, 10, 193)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == shares[1] == 1.0


def test_edges_know_when_they_may_hold(network: Network) -> None:
    edge = next(e for e in network.edges if {e.a, e.b} == {"china", "iran"} and e.via == "sco")
    assert edge.begins == date(2023, 7, 1)
    assert edge.ends is None
    assert edge.together


def test_edges_have_the_statements_of_cited_links(article: Analysis, network: Network) -> None:
    findings = article.findings()
    names = {node.actor: article.directory.entity(node.actor).iri for node in network.nodes}
    for (a, b), found in groupby(network.edges, key=lambda edge: (edge.a, edge.b)):
        every = cited(findings, drafts_between(findings, names[a], names[b]))
        links = [link for link in every if link.dimension != "partner"]
        for edge, link in zip(found, links, strict=True):
            assert edge.statements == tuple(c.statement for c in link.statements)
            begins = [c.earliest_begin for c in link.statements if c.earliest_begin]
            ends = [c.latest_end for c in link.statements if c.latest_end]
            assert (edge.begins, edge.ends) == (max(begins, default=None), min(ends, default=None))


def test_frames_have_a_row_an_edge(network: Network) -> None:
    polars_frame, pandas_frame = network.to_polars(), network.to_pandas()
    assert len(polars_frame) == len(pandas_frame) == len(network.edges)
    assert polars_frame.schema["begins"].is_temporal()


def test_other_answers_are_tables_too(article: Analysis) -> None:
    backing = article.mutual_backing("china", "russia").to_polars()
    assert backing.height == 11
    assert set(backing["manner"]) >= {"full", "tacit"}
    assert len(article.alignment("iran", "china").to_pandas()) == 2
    assert set(article.overview("india").to_polars()["dimension"]) == {"institution"}
    asked = article.asked(scenario="sino-us-conflict-alliance")
    assert article.what_if(Change(), asked).to_polars().height >= 1


def test_a_missing_extra_says_how_to_get_it() -> None:
    with pytest.raises(ConfigError, match="axiskg\\[frames\\]"):
        extra("a_library_that_nobody_has")


def test_a_matrix_is_symmetric(network: Network) -> None:
    matrix = network.matrix("institution")
    size = len(matrix.actors)
    assert all(matrix.values[i][j] == matrix.values[j][i] for i in range(size) for j in range(size))
    i, j = matrix.actors.index("china"), matrix.actors.index("russia")
    assert matrix.values[i][j] == 0.5
    assert matrix.to_pandas().loc["china", "russia"] == 0.5
    assert matrix.to_polars().shape == (size, size + 1)


def test_an_unknown_dimension_is_refused(network: Network) -> None:
    with pytest.raises(ParameterError, match="institution"):
        network.matrix("friendship")


def test_graphml_reads_back(network: Network, tmp_path: Path) -> None:
    path = tmp_path / "links.graphml"
    network.write(path)
    graph = networkx.read_graphml(path)
    assert graph.number_of_edges() == len(network.edges)
    assert graph.number_of_nodes() == len(network.nodes)


def test_gexf_carries_the_dates(network: Network, tmp_path: Path) -> None:
    path = tmp_path / "links.gexf"
    network.write(path)
    root = ElementTree.parse(path).getroot()
    space = root.tag.partition("}")[0] + "}"
    graph = root.find(f"{space}graph")
    assert graph is not None
    assert graph.get("mode") == "dynamic"
    starts = {edge.get("start") for edge in root.iter(f"{space}edge")}
    assert "2023-07-01" in starts


def test_another_form_is_refused(network: Network, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="graphml or gexf"):
        network.write(tmp_path / "links.csv")
