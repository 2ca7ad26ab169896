"""What the rules conclude fits the axioms too."""

from __future__ import annotations

import dataclasses

import pytest
from pyoxigraph import NamedNode, Quad, Triple

from axiskg.build import open_filled
from axiskg.gates import Corpus, Outcome
from axiskg.gates.consistency import check_consistency
from axiskg.namespaces import ENTITIES_GRAPH, INFERRED_GRAPH
from axiskg.settings import Settings


@pytest.mark.slow
def test_conclusions_contradict_nothing(encoded: Corpus) -> None:
    with open_filled(Settings(store=":memory:")) as store:
        concluded = store.query(
            f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{INFERRED_GRAPH}> {{ ?s ?p ?o }} }}"
        )
    assert isinstance(concluded, list)
    assert len(concluded) > 50
    described = NamedNode(ENTITIES_GRAPH)
    origin = dict(encoded.origin)
    for triple in concluded:
        assert isinstance(triple, Triple)
        quad = Quad(triple.subject, triple.predicate, triple.object, described)
        origin.setdefault(quad, encoded.files[0])
    report = check_consistency(dataclasses.replace(encoded, origin=origin))
    assert report.outcome is Outcome.PASSED, report.findings
