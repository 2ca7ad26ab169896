"""Weights are data of the ontology: replaced there, and missed with a clear word."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Quad

from axiskg.errors import ConfigError
from axiskg.namespaces import AXIS, ONTOLOGY_GRAPH
from axiskg.reasoning import refresh
from axiskg.reasoning.analysis import Analysis
from axiskg.settings import Settings
from axiskg.store import EmbeddedStore

ROOT = Path(__file__).parents[3]
SETTINGS = Settings(home=ROOT, store=":memory:")


def analysis_after(quads: list[Quad], change: str, settings: Settings = SETTINGS) -> Analysis:
    """The analysis of the small graph after an update of the ontology in it."""
    store = EmbeddedStore.in_memory()
    store.extend(quads)
    refresh(store, SETTINGS)
    store.update(f"PREFIX axis: <{AXIS}> {change}")
    return Analysis(store, settings)


def weighed(property_: str, weight: str) -> str:
    graph = f"GRAPH <{ONTOLOGY_GRAPH}>"
    return (
        f"DELETE {{ {graph} {{ axis:{property_} axis:roleWeight ?w }} }}"
        f" INSERT {{ {graph} {{ axis:{property_} axis:roleWeight {weight} }} }}"
        f" WHERE {{ {graph} {{ axis:{property_} axis:roleWeight ?w }} }}"
    )


def test_another_weight_of_a_role_is_another_strength(small_quads: list[Quad]) -> None:
    before = analysis_after(small_quads, "").alignment("iran", "brazil").vector["institution"]
    after = analysis_after(small_quads, weighed("invitedToJoin", "0.1"))
    found = after.alignment("iran", "brazil").vector["institution"]
    assert found.strength == pytest.approx(before.strength / 5)


@pytest.mark.parametrize("weight", ["0.0", "1.5", '"much"'])
def test_a_weight_out_of_bounds_is_refused(small_quads: list[Quad], weight: str) -> None:
    analysis = analysis_after(small_quads, weighed("invitedToJoin", weight))
    with pytest.raises(ConfigError, match=r"axis:invitedToJoin is .* above 0 and at most 1"):
        analysis.alignment("iran", "brazil")


def test_an_ontology_without_weights_is_told(small_quads: list[Quad]) -> None:
    gone = (
        "DELETE { GRAPH ?g { ?p axis:roleWeight ?w } } WHERE { GRAPH ?g { ?p axis:roleWeight ?w } }"
    )
    analysis = analysis_after(small_quads, gone)
    with pytest.raises(ConfigError, match="axis:memberOf no axis:roleName"):
        analysis.alignment("iran", "brazil")


def test_an_ontology_without_the_confidence_table_is_told(small_quads: list[Quad]) -> None:
    gone = "DELETE { GRAPH ?g { ?r axis:inTable ?t } } WHERE { GRAPH ?g { ?r axis:inTable ?t } }"
    analysis = analysis_after(small_quads, gone)
    with pytest.raises(ConfigError, match="no confidence table axis:DefaultConfidence"):
        analysis.mutual_backing("china", "russia")


HALF = f"""INSERT DATA {{ GRAPH <{ONTOLOGY_GRAPH}> {{
    [] a axis:ConfidenceRow ; axis:inTable <urn:half> ; axis:forModality axis:Fact ;
    axis:forLikelihood axis:Certain ; axis:confidence 0.5 }} }}"""


@pytest.mark.parametrize(("semiring", "expected"), [("max-min", 0.5), ("product", 0.5**2)])
def test_a_table_and_a_way_to_combine_of_ones_own_are_named_by_settings(
    small_quads: list[Quad], semiring: str, expected: float
) -> None:
    settings = Settings.model_validate(
        {"home": ROOT, "store": ":memory:", "semiring": semiring, "confidence_table": "urn:half"}
    )
    found = analysis_after(small_quads, HALF, settings).mutual_backing("china", "russia")
    assert found.confidence == pytest.approx(expected, abs=1e-4)


def test_a_table_that_is_not_there_is_told(small_quads: list[Quad]) -> None:
    settings = Settings(home=ROOT, store=":memory:", confidence_table="axis:DefaultConfidenze")
    with pytest.raises(ConfigError, match="no confidence table axis:DefaultConfidenze"):
        analysis_after(small_quads, "", settings).mutual_backing("china", "russia")
