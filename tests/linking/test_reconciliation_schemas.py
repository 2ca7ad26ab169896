"""Whatever a reconciliation service is asked, its answer fits the schemas of the specification."""

from __future__ import annotations

import json
from typing import Any

import httpx
import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.linking.reconciling import MEMBER, PATHS, Schemas, ask, check


def names_of(wikidata: bool) -> list[str]:
    """Strings of every sort, as people and programs send them."""
    return [
        "China", "Georgia", "Washington", "Xi Jinping", "Q148" if wikidata else "china", "  NATO ",
        "brics", "<script>alert(1)</script>", "a" * 999, "\u0000", "北京", "%", "_", "\\", "'", '"',
        "Iran; DROP TABLE items", "ent:china", "http://www.wikidata.org/entity/Q148", "*", "𝔸", ".",
    ]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("strict", ["any", "should", "all"])
def test_every_answer_is_valid(
    path: str, strict: str, http: httpx.Client, schemas: Schemas
) -> None:
    """Names, types, properties and limits of every sort: against the schemas of both versions."""
    wikidata = path.endswith("wikidata")
    kinds: list[Any] = [
        None,
        "State",
        "state",
        "Q6256",
        "no-such-type",
        ["state", "Q6256", "Actor"],
    ]
    values: list[Any] = ["BRICS", 7, 1.5, True, {"id": "Q7184", "name": "NATO"}, ["UN", "brics"]]
    queries: dict[str, Any] = {}
    for name in names_of(wikidata):
        for kind in kinds:
            number = len(queries)
            query = {"query": name, "type_strict": strict, "limit": number % 12 + 1}
            if kind is not None:
                query["type"] = kind
            if number % 3 == 0:
                value = values[number % len(values)]
                query["properties"] = [{"pid": MEMBER[path], "v": value}, {"pid": "x", "v": value}]
            queries[f"q{number}"] = query
    check(schemas, "reconciliation-query-batch", queries)
    answer = ask(http, path, **queries)
    assert set(answer) == set(queries)
    check(schemas, "reconciliation-result-batch", answer)
    for key, one in answer.items():
        result = one["result"]
        assert len(result) <= queries[key]["limit"]
        assert len({found["id"] for found in result}) == len(result)
        assert all(0 <= found["score"] <= 100 for found in result)
        assert sum(found["match"] for found in result) <= 1


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("what", ["entity", "type", "property"])
def test_every_suggestion_is_valid(
    path: str, what: str, http: httpx.Client, schemas: Schemas
) -> None:
    plural = {"entity": "entities", "type": "types", "property": "properties"}[what]
    for prefix in (*(name[:200] for name in names_of(path.endswith("wikidata"))), "", "me", "s"):
        reply = http.get(f"{path}/suggest/{what}", params={"prefix": prefix})
        assert reply.status_code == 200, prefix
        check(schemas, f"suggest-{plural}-response", reply.json())
        for one in reply.json()["result"][:3]:
            flyout = http.get(f"{path}/flyout/{what}", params={"id": one["id"]})
            assert flyout.json()["id"] == one["id"]


@pytest.mark.parametrize("path", PATHS)
def test_every_property_extends_validly(path: str, http: httpx.Client, schemas: Schemas) -> None:
    """All properties of all entities or of some items, with every setting that a form may send."""
    kind = "state" if path.endswith("wikidata") else ""
    proposed = http.get(f"{path}/properties", params={"type": kind, "limit": 200}).json()
    check(schemas, "data-extension-property-proposal", proposed)
    settings: list[Any] = [{}, {"limit": 1}, {"limit": "2"}, {"limit": -1}, {"limit": "x"},
                           {"count": True}, {"count": "on"}, {"no": "such"}, None]  # fmt: skip
    asked = {
        "ids": ["Q148", "Q159", "Q230", "china", "russia", "brics", "<b>", "", "Q0", "x y"],
        "properties": [
            {"id": one["id"], "settings": settings[number % len(settings)]}
            for number, one in enumerate(proposed["properties"])
        ],
    }
    reply = http.post(path, data={"extend": json.dumps(asked)})
    assert reply.status_code == 200, reply.text
    answer = reply.json()
    check(schemas, "data-extension-response", answer)
    assert set(answer["rows"]) == set(asked["ids"])
    assert [one["id"] for one in answer["meta"]] == [one["id"] for one in asked["properties"]]


NAMES = st.one_of(
    st.sampled_from(
        ["China", "Georgia", "NATO", "Q148", "Beijing", "ent:china", "", "UN", "the PRC"]
    ),
    st.text(max_size=60),
)
SORTS = st.sampled_from(
    ["state", "State", "Q6256", "igo", "actor", "Place", "", "no such", "Q\u00b2"]
)
VALUES = st.one_of(
    st.text(max_size=20),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.sampled_from(["Q1065", "brics"]).map(lambda one: {"id": one, "name": one}),
)
QUERIES = st.fixed_dictionaries(
    {"query": NAMES},
    optional={
        "type": SORTS | st.lists(SORTS, max_size=3),
        "type_strict": st.sampled_from(["any", "should", "all"]),
        "limit": st.integers(1, 10**12) | st.floats(1, 20),
        "properties": st.lists(
            st.fixed_dictionaries(
                {
                    "pid": st.sampled_from(["P463", "memberOf", "label", "P31", "type"]) | NAMES,
                    "v": VALUES | st.lists(VALUES, max_size=3),
                }
            ),
            max_size=2,
        ),
    },
)


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
@hypothesis.settings(max_examples=150, deadline=None)
@given(batch=st.dictionaries(st.text(max_size=8), QUERIES, max_size=6), by_form=st.booleans())
def test_any_batch_is_answered_validly(
    path: str, http: httpx.Client, schemas: Schemas, batch: dict[str, Any], by_form: bool
) -> None:
    """Whatever the query schema allows is answered, each key of it, as the answer's schema says."""
    check(schemas, "reconciliation-query-batch", batch)
    sent = {"queries": json.dumps(batch)}
    reply = http.post(path, data=sent) if by_form else http.get(path, params=sent)
    assert reply.status_code == 200, reply.text
    answer = reply.json()
    check(schemas, "reconciliation-result-batch", answer)
    assert set(answer) == set(batch)
    for key, one in answer.items():
        result = one["result"]
        assert len(result) <= batch[key].get("limit", 10)
        assert sum(found["match"] for found in result) <= 1
        scores = [found["score"] for found in result[1:]]
        assert scores == sorted(scores, reverse=True)
