"""The W3C tests: all of the protocols, updates and syntax; of queries all but those listed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from benchmarks.conformance import EXPECTED_MISSES
from benchmarks.conformance_run import Outcome, Runner
from benchmarks.conformance_suite import read_cases, read_http_cases


def missed(outcomes: list[Outcome]) -> dict[str, str]:
    return {f"{o.suite}/{o.name}": o.fault for o in outcomes if o.fault}


def test_the_protocols_and_the_service_description(runner: Runner, suite: Path) -> None:
    outcomes = list(runner.run([], read_http_cases(suite)))
    assert missed(outcomes) == {}
    assert Counter(o.group for o in outcomes) == {
        "protocol": 34,
        "graph store": 13,
        "service description": 3,
    }


def test_updates_of_one_suite(runner: Runner, suite: Path) -> None:
    cases = [case for case in read_cases(suite) if case.suite in {"delete-insert", "update-silent"}]
    outcomes = [o for o in runner.run(cases, []) if o.group != "service description"]
    assert len(outcomes) >= 30
    assert missed(outcomes) == {}


@pytest.mark.slow
def test_updates_syntax_and_queries(runner: Runner, suite: Path) -> None:
    outcomes = [o for o in runner.run(read_cases(suite), []) if o.group != "service description"]
    faults = missed(outcomes)
    assert set(faults) - set(EXPECTED_MISSES) == set(), faults
    assert set(EXPECTED_MISSES) - set(faults) == set(), "strike off what passes now"
    assert Counter(o.group for o in outcomes)["update"] == 94
    assert Counter(o.group for o in outcomes)["syntax"] == 169
