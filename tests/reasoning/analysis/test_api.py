"""The questions over HTTP: fixed fields, the shared parameters, forms, errors."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from axiskg.errors import NotFoundError, ParameterError
from axiskg.reasoning.analysis import Analysis
from axiskg.server.api_reasoning import router
from axiskg.server.context import Context

SHARED = {"as_of", "view", "scenario", "min_confidence"}


class Client:
    """Requests to an application in this process; what it raises comes through."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def request(self, method: str, path: str, **about: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return await client.request(method, path, **about)

        return asyncio.run(ask())

    def get(self, path: str, **about: Any) -> httpx.Response:
        return self.request("GET", path, **about)

    def post(self, path: str, **about: Any) -> httpx.Response:
        return self.request("POST", path, **about)


@pytest.fixture(scope="module")
def client(context: Context) -> Client:
    app = FastAPI()
    app.state.context = context
    app.include_router(router)
    return Client(app)


def test_the_fixed_fields_of_mutual_backing(client: Client) -> None:
    found = client.get("/api/mutual-backing", params={"a": "china", "b": "russia"}).json()
    assert found["holds"] is True
    assert (found["a"], found["b"]) == ("china", "russia")
    assert {d["backer"]: d["backed"] for d in found["directions"]} == {
        "china": "russia",
        "russia": "china",
    }
    wanted = {"statement", "relation", "manner", "issue", "paragraph", "sentence", "modality"}
    supports = [s for d in found["directions"] for s in d["supports"]]
    assert len(supports) == 11
    assert all(wanted <= set(support) for support in supports)
    assert all({"statement", "paragraph"} <= set(c) for c in found["counter_evidence"])
    assert 0 < found["confidence"] <= 1


def test_alignment_of_two_and_of_one(client: Client) -> None:
    pair = client.get("/api/alignment", params={"a": "iran", "b": "china"}).json()
    assert pair["kind"] == "indirect"
    rows = client.get("/api/alignment", params={"a": "china"}).json()["rows"]
    assert rows[0]["actor"] == "russia"
    assert rows[0]["kind"] == "direct"


@pytest.mark.parametrize(
    ("form", "media_type", "word"),
    [
        ("json", "application/json", "mutuallyBacks"),
        ("text", "text/plain", "p14"),
        ("mermaid", "text/vnd.mermaid", "-->"),
        ("prov", "text/turtle", "prov:"),
    ],
)
def test_an_explanation_has_four_forms(
    client: Client, form: str, media_type: str, word: str
) -> None:
    triple = {"s": "china", "p": "mutuallyBacks", "o": "russia", "format": form}
    answer = client.get("/api/explain", params=triple)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)
    assert word in answer.text


def test_why_not_and_what_if(client: Client) -> None:
    lacking = client.get(
        "/api/why-not", params={"s": "china", "p": "allianceWith", "o": "russia"}
    ).json()
    assert lacking["holds"] is False
    scenario = {"scenario": "sino-us-conflict-alliance"}
    by_get = client.get("/api/what-if", params=scenario).json()
    by_post = client.post("/api/what-if", params=scenario, json={}).json()
    assert by_get == by_post
    assert "allianceWith" in {change["relation"] for change in by_get["new"]}


def test_statements_by_paragraph_or_entity(client: Client) -> None:
    found = client.get("/api/statements", params={"paragraph": 26}).json()
    assert {one["paragraph"] for one in found} == {26}
    assert client.get("/api/statements", params={"entity": "belarus"}).json()


def test_errors_bubble_up_to_the_servers_one_table(client: Client) -> None:
    with pytest.raises(NotFoundError, match="did you mean china"):
        client.get("/api/mutual-backing", params={"a": "chna", "b": "russia"})
    with pytest.raises(ParameterError, match="as_of"):
        client.get("/api/alignment", params={"a": "china", "as_of": "soon"})
    with pytest.raises(ParameterError, match="entity"):
        client.get("/api/statements")


def test_openapi_names_the_shared_parameters_and_the_answers(client: Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path in ("mutual-backing", "alignment", "explain", "why-not", "what-if"):
        told = paths[f"/api/{path}"]["get"]
        assert {p["name"] for p in told["parameters"]} >= SHARED
        schema = told["responses"]["200"]["content"]["application/json"]["schema"]
        assert "$ref" in schema or "anyOf" in schema


def test_an_update_is_seen_by_the_next_question(
    client: Client, context: Context, article: Analysis
) -> None:
    assert article.mutual_backing("china", "russia").holds
    app = client.app
    client.get("/api/scenarios")
    before = app.state.analysis
    moved = Context(
        settings=context.settings, store=context.store, generation=lambda: before[0] + 1
    )
    app.state.context = moved
    client.get("/api/scenarios")
    assert app.state.analysis[0] == before[0] + 1
    app.state.context = context


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/api/mutual-backing?a=china&b=russia&asof=2020-01-01", "as_of"),
        ("/api/explain?s=china&p=partnerOf&o=russia&form=text", "format"),
        ("/api/scenarios?view=all", "one of none"),
    ],
)
def test_a_misspelt_parameter_is_not_passed_over(client: Client, path: str, near: str) -> None:
    with pytest.raises(ParameterError, match=near):
        client.get(path)


def test_a_misspelt_part_of_a_change_is_refused(client: Client) -> None:
    answer = client.post("/api/what-if", json={"adds": ["iran memberOf brics"]})
    assert answer.status_code == 422
    assert "adds" in answer.text
