"""The reconciliation services over HTTP, question by question."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import httpx
import pytest
from tests.linking.conftest import serving
from tests.linking.reconciling import IDS, MEMBER, PATHS, Schemas, ask, check, first

from axiskg.linking.judgements import add_judgement
from axiskg.namespaces import prologue
from axiskg.settings import Settings
from axiskg.store import Store, open_store


@pytest.mark.parametrize("path", PATHS)
def test_manifest(path: str, http: httpx.Client, schemas: Schemas) -> None:
    answer = http.get(path).json()
    check(schemas, "manifest", answer)
    assert answer["versions"] == ["0.1", "0.2"]
    here = answer["suggest"]["entity"]
    assert here["service_url"].endswith(path)


@pytest.mark.parametrize("path", PATHS)
def test_a_batch_by_form_and_by_address(path: str, http: httpx.Client, schemas: Schemas) -> None:
    queries = {
        "q0": {"query": "China", "limit": 3, "type_strict": "should"},
        "q1": {"query": "Georgia"},
        "q2": {"query": "no such thing at all"},
        "q3": {"query": "NATO", "type": ["Institution", "igo"]},
    }
    check(schemas, "reconciliation-query-batch", queries)
    posted = ask(http, path, **queries)
    check(schemas, "reconciliation-result-batch", posted)
    got = http.get(path, params={"queries": json.dumps(queries)}).json()
    assert got == posted
    assert set(posted) == set(queries)
    best = posted["q0"]["result"][0]
    assert best["id"] == IDS[path]
    assert best["match"] is True
    assert best["features"]
    assert len(posted["q0"]["result"]) <= 3
    assert not any(one["match"] for one in posted["q1"]["result"])
    assert not any(one["match"] for one in posted["q2"]["result"])
    assert posted["q3"]["result"][0]["match"]


@pytest.mark.parametrize("path", PATHS)
def test_at_most_one_match(path: str, http: httpx.Client) -> None:
    names = ["China", "Georgia", "Washington", "Congo", "Boston", "Xi", "John Adams", "Iran"]
    answer = ask(http, path, **{f"q{n}": {"query": name} for n, name in enumerate(names)})
    for one in answer.values():
        matches = [found["match"] for found in one["result"]]
        assert sum(matches) <= 1
        assert not any(matches[1:])


def test_types_narrow_or_prefer(http: httpx.Client) -> None:
    path = "/reconcile/wikidata"
    assert first(http, path, query="Georgia", type="Q6256", type_strict="any")["id"] == "Q230"
    assert first(http, path, query="Georgia", type="region", type_strict="any")["id"] == "Q1428"
    assert first(http, path, query="China", type="person", type_strict="any") == {}
    preferred = first(http, path, query="China", type="person", type_strict="should")
    assert preferred["id"] == "Q148"
    assert preferred["match"] is False
    assert first(http, path, query="China", type=["state", "person"], type_strict="all") == {}
    both = first(http, path, query="China", type=["state", "Q6256"], type_strict="all")
    assert both["id"] == "Q148"
    assert first(http, "/reconcile", query="NATO", type="Actor", type_strict="any")["id"] == "nato"
    assert first(http, "/reconcile", query="NATO", type="Person", type_strict="any") == {}


def test_properties_tell_namesakes_apart(http: httpx.Client) -> None:
    path = "/reconcile/wikidata"
    member = [{"pid": "P463", "v": "United Nations"}]
    best = first(http, path, query="Georgia", properties=member)
    assert (best["id"], best["match"]) == ("Q230", True)
    headed = [{"pid": "P35", "v": {"id": "Q7747", "name": "Vladimir Putin"}}]
    assert first(http, path, properties=headed)["id"] == "Q159"
    ours = [{"pid": "memberOf", "v": {"id": "brics"}}]
    found = ask(http, "/reconcile", q0={"properties": ours})["q0"]["result"]
    assert {one["id"] for one in found} >= {"china", "russia", "brazil", "india"}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("what", ["entity", "type", "property"])
def test_suggestions_and_flyouts(
    path: str, what: str, http: httpx.Client, schemas: Schemas
) -> None:
    plural = {"entity": "entities", "type": "types", "property": "properties"}[what]
    prefix = {"entity": "chin", "type": "stat", "property": "memb"}[what]
    answer = http.get(f"{path}/suggest/{what}", params={"prefix": prefix}).json()
    check(schemas, f"suggest-{plural}-response", answer)
    assert answer["result"]
    assert len({one["id"] for one in answer["result"]}) == len(answer["result"])
    shown = answer["result"][0]
    flyout = http.get(f"{path}/flyout/{what}", params={"id": shown["id"]}).json()
    assert flyout["id"] == shown["id"]
    assert shown["name"] in flyout["html"].replace("&#x27;", "'")
    rest = http.get(f"{path}/suggest/{what}", params={"prefix": prefix, "cursor": 1}).json()
    assert rest["result"][:1] == answer["result"][1:2]


@pytest.mark.parametrize("path", PATHS)
def test_previews_are_escaped_pages(path: str, http: httpx.Client) -> None:
    page = http.get(f"{path}/preview", params={"id": IDS[path]})
    assert page.headers["content-type"].startswith("text/html")
    assert "China" in page.text
    assert "frame-ancestors *" in page.headers["content-security-policy"]
    missing = http.get(f"{path}/preview", params={"id": "<script>"})
    assert missing.status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_previews_may_have_their_own_style_and_nothing_else(path: str, http: httpx.Client) -> None:
    reply = http.get(f"{path}/preview", params={"id": IDS[path]})
    (style,) = re.findall(r"<style>(.*?)</style>", reply.text)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = reply.headers["content-security-policy"]
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors *"


@pytest.mark.parametrize("path", PATHS)
def test_data_extension(path: str, http: httpx.Client, schemas: Schemas) -> None:
    asked = {
        "ids": [IDS[path], "no-such-id"],
        "properties": [
            {"id": MEMBER[path], "settings": {"limit": "2"}},
            {"id": "label"},
            {"id": "nonsense"},
        ],
    }
    check(schemas, "data-extension-query", asked)
    answer = http.post(path, data={"extend": json.dumps(asked)}).json()
    check(schemas, "data-extension-response", answer)
    row = answer["rows"][IDS[path]]
    assert 0 < len(row[MEMBER[path]]) <= 2
    assert row[MEMBER[path]][0]["name"]
    assert row["nonsense"] == []
    assert answer["rows"]["no-such-id"][MEMBER[path]] == []
    counted = {
        "ids": [IDS[path]],
        "properties": [{"id": MEMBER[path], "settings": {"count": True}}],
    }
    total = http.post(path, data={"extend": json.dumps(counted)}).json()["rows"][IDS[path]]
    assert total[MEMBER[path]][0]["int"] >= 2
    empty = http.post(path, data={"extend": json.dumps({**asked, "ids": []})}).json()
    check(schemas, "data-extension-response", empty)
    assert empty["rows"] == {}
    assert len(empty["meta"]) == 3


@pytest.mark.parametrize(
    ("path", "kind"), [("/reconcile", "State"), ("/reconcile/wikidata", "state")]
)
def test_properties_are_proposed_by_type(
    path: str, kind: str, http: httpx.Client, schemas: Schemas
) -> None:
    answer = http.get(f"{path}/properties", params={"type": kind, "limit": 5}).json()
    check(schemas, "data-extension-property-proposal", answer)
    assert MEMBER[path] in [one["id"] for one in answer["properties"]]
    assert len(answer["properties"]) == 5
    many = http.get(f"{path}/properties", params={"type": kind, "limit": 10**9}).json()
    assert 5 < len(many["properties"]) <= many["limit"] == 200


@pytest.mark.parametrize("path", PATHS)
def test_other_origins_and_jsonp(path: str, http: httpx.Client) -> None:
    allowed = http.options(path, headers={"Origin": "http://elsewhere.example"})
    assert allowed.status_code == 204
    for reply in (allowed, http.get(path), http.get(f"{path}/suggest/type?prefix=a")):
        assert reply.headers["access-control-allow-origin"] == "*"
    called = http.get(path, params={"callback": "jQuery.cb_1"})
    assert called.headers["content-type"].startswith("application/javascript")
    assert called.text.startswith("/**/jQuery.cb_1({")
    assert json.loads(called.text.removeprefix("/**/jQuery.cb_1(").removesuffix(");"))["versions"]
    for evil in ("alert(1)//", "a b", "<script>", "x" * 400):
        assert http.get(path, params={"callback": evil}).status_code == 400


@pytest.mark.parametrize(
    "queries",
    [
        "{",
        "[]",
        '{"q0": 1}',
        '{"q0": {}}',
        '{"q0": {"query": "x", "limit": 0}}',
        '{"q0": {"query": "x", "limit": NaN}}',
        '{"q0": {"query": 7}}',
        '{"q0": {"query": "x", "properties": {"pid": "P1", "v": "y"}}}',
        '{"q0": {"query": "x", "properties": [{"pid": "P1", "v": [["x"]]}]}}',
        "null",
        '"',
        '{"q0": {"query": "x", "type_strict": "never"}}',
        '{"q0": {"query": "x", "properties": [{"pid": "P1"}]}}',
        '{"q0": {"query": "x", "type": 7}}',
        '{"q0": {"query": "\\ud800"}}',
        '{"\\udfff": {"query": "x"}}',
        json.dumps({"q" * 5_000: {"query": ["x" * 5_000]}}),
        json.dumps({f"q{n}": {"query": "x"} for n in range(201)}),
        "[" * 100_000,
    ],
)
def test_bad_queries_are_the_clients_fault(queries: str, http: httpx.Client) -> None:
    reply = http.post("/reconcile", data={"queries": queries})
    assert reply.status_code == 400
    assert "queries" in reply.json()["detail"] or "expected" in reply.json()["detail"]
    assert len(reply.content) < 1_000


@pytest.mark.parametrize("path", PATHS)
def test_a_cell_that_names_nothing_spoils_no_batch(path: str, http: httpx.Client) -> None:
    """A blank cell, and one with a page of text, have no candidates; the others are answered."""
    member = [{"pid": MEMBER[path], "v": "brics"}]
    answer = ask(
        http,
        path,
        blank={"query": ""},
        spaces={"query": " \t"},
        page={"query": "China " * 200},
        told={"query": "China " * 200, "properties": member},
        china={"query": "China"},
    )
    assert [key for key, one in answer.items() if one["result"]] == ["china"]


@pytest.mark.parametrize("path", PATHS)
def test_ids_that_nothing_can_have(path: str, http: httpx.Client) -> None:
    """Numbers beyond what a file can hold, digits of other scripts, halves of characters."""
    odd = ["Q" + "9" * 30, "Q\u00b2", "Q\u0661", "Q0", "Q-1", "P" + "9" * 30, "", "a> ?x } #"]
    batch = {
        f"q{n}": {"query": one, "type": [one, "state"], "properties": [{"pid": one, "v": odd}]}
        for n, one in enumerate(odd)
    }
    assert set(ask(http, path, **batch)) == set(batch)
    properties: list[dict[str, Any]] = [{"id": one} for one in odd]
    properties.append({"id": "label", "settings": {"limit": "\u00b2"}})
    extend = json.dumps({"ids": [*odd, IDS[path]], "properties": properties})
    rows = http.post(path, data={"extend": extend}).json()["rows"]
    assert rows[IDS[path]].pop("label")
    assert not any(any(row[one] for one in odd) for row in rows.values())
    for one in odd:
        for place in ("flyout/entity", "flyout/type", "flyout/property", "preview"):
            assert http.get(f"{path}/{place}", params={"id": one}).status_code == 404, one
        assert http.get(f"{path}/properties", params={"type": one}).status_code == 200
    half = http.post(path, data={"extend": '{"ids": ["\\ud800"], "properties": []}'})
    assert half.status_code == 400
    assert "extend" in half.json()["detail"]


@pytest.mark.parametrize(
    "extend",
    ["7", '{"ids": "Q1", "properties": []}', '{"ids": [], "properties": [{}]}', '{"ids": [1]}'],
)
def test_bad_extensions_are_the_clients_fault(extend: str, http: httpx.Client) -> None:
    assert http.post("/reconcile/wikidata", data={"extend": extend}).status_code == 400


def test_a_body_of_another_kind_or_size_is_refused(http: httpx.Client) -> None:
    assert http.post("/reconcile", json={"queries": {}}).status_code == 400
    assert http.post("/reconcile", data={"queries": "x" * 1_100_000}).status_code == 400
    bad = {"Content-Type": "application/x-www-form-urlencoded"}
    for content in (b"\xff\xfe", b"queries=%7B%22q%22%3A%7B%22query%22%3A%22%FF%22%7D%7D"):
        assert http.post("/reconcile", content=content, headers=bad).status_code == 400


def test_spaces_and_percent_signs_survive_the_form(http: httpx.Client) -> None:
    reply = http.post(
        "/reconcile",
        content=b"queries=%7B%22q%22%3A%7B%22query%22%3A%22Saudi%20Arabia+%22%7D%7D",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert reply.json()["q"]["result"][0]["id"] == "saudi-arabia"


def test_link_over_http(http: httpx.Client) -> None:
    reply = http.get("/api/link", params={"q": ["China", "Georgia", "Washington"]})
    answers = {one["query"]: one for one in reply.json()}
    assert answers["China"]["match"]["qid"] == "Q148"
    assert answers["Georgia"]["decision"] == "candidates"
    told = http.get(
        "/api/link", params={"q": "Washington", "context": "Washington imposed sanctions."}
    )
    assert told.json()[0]["match"]["qid"] == "Q48525"
    typed = http.get("/api/link", params={"q": "Georgia", "type": "state"}).json()
    assert typed[0]["match"]["qid"] == "Q230"
    codes = {"q": ["CHN", "RUS", "IRN", "IND", "BRA", "NE"], "column": "true"}
    assert http.get("/api/link", params=codes).json()[-1]["match"]["qid"] == "Q1032"


def test_a_running_service_sees_judgements(http: httpx.Client, settings: Settings) -> None:
    path = settings.link_judgements
    assert not path.exists()

    def matched(name: str) -> tuple[str, str, str]:
        linked = http.get("/api/link", params={"q": name}).json()[0]["match"]
        found = [first(http, one, query=name) for one in PATHS]
        ids = [one["id"] if one.get("match") else "" for one in found]
        return (linked or {}).get("qid", ""), ids[0], ids[1]

    assert matched("Russian Federation") == ("Q159", "russia", "Q159")
    try:
        add_judgement(path, "Russian Federation", "Q159", "unsure", "a tester")
        assert matched("Russian Federation") == ("", "", "")
        add_judgement(path, "Russian Federation", "Q159", "negative", "a tester")
        linked = http.get("/api/link", params={"q": "russian federation"}).json()[0]
        assert "Q159" not in [one["qid"] for one in linked["candidates"]]
        assert first(http, "/reconcile", query="Russian Federation").get("id") != "russia"
        add_judgement(path, "Russian Federation", "Q159", "positive", "a tester")
        assert matched("Russian Federation") == ("Q159", "russia", "Q159")
    finally:
        path.unlink()
    assert matched("Russian Federation") == ("Q159", "russia", "Q159")


def test_as_many_candidates_as_are_asked_for(http: httpx.Client) -> None:
    found = ask(http, "/reconcile/wikidata", q0={"query": "Shangai Cooperaton", "limit": 20})
    assert len(found["q0"]["result"]) == 20
    for limit, more in (("8", {"limit": "8"}), ("5", {})):
        linked = http.get("/api/link", params={"q": "Shangai Cooperaton", **more}).json()[0]
        assert len(linked["candidates"]) == int(limit)
    about = http.get("/api/link", params={"q": "Washington", "topic": "government"}).json()[0]
    assert about["match"]["qid"] == "Q48525"
    for wrong in ({"type": "nonsense"}, {"topic": "x"}, {"date": "soon"}):
        assert http.get("/api/link", params={"q": "China", **wrong}).status_code == 400
    misspelt = http.get("/api/link", params={"q": "Georgia", "entities": "russia"})
    assert (misspelt.status_code, "entity" in misspelt.json()["detail"]) == (400, True)
    crowd = http.get("/api/link", params={"q": "Georgia", "entity": ["x"] * 51})
    assert crowd.status_code == 400


@pytest.mark.parametrize("path", PATHS)
def test_addresses_are_those_that_the_world_knows(
    path: str, http: httpx.Client, settings: Settings, graph: Store, schemas: Schemas
) -> None:
    """Behind a proxy the server's own address helps nobody; a made-up Host does harm."""
    known = settings.model_copy(update={"public_url": "https://kg.example.org/axis/"})
    with serving(known, graph) as root:
        answer = httpx.get(f"{root}{path}").json()
        page = httpx.get(f"{root}{path}/preview", params={"id": IDS[path]}).text
    check(schemas, "manifest", answer)
    assert answer["suggest"]["entity"]["service_url"] == f"https://kg.example.org/axis{path}"
    assert root not in json.dumps(answer) + page
    assert "evil" not in http.get(path, headers={"Host": 'evil"><script>'}).text


def test_who_may_read_is_a_setting(settings: Settings, graph: Store) -> None:
    name, origin = "access-control-allow-origin", "https://a.example"
    with serving(settings.model_copy(update={"cors_origin": origin}), graph) as root:
        assert httpx.get(f"{root}/reconcile").headers[name] == origin
    with serving(settings.model_copy(update={"cors_origin": ""}), graph) as root:
        assert name not in httpx.get(f"{root}/reconcile").headers
        assert name not in httpx.options(f"{root}/reconcile").headers


def test_names_are_words_never_markup(settings: Settings) -> None:
    """A label with markup, quotation marks and script, wherever it is shown."""
    evil = '"><img src=x onerror=alert(1)> & </script>'
    triples = f"""
      GRAPH g:entities {{ ent:evil a axis:Evil ; rdfs:label {json.dumps(evil)} }}
      GRAPH g:ontology {{ axis:Evil a owl:Class ; rdfs:label {json.dumps(evil)} ;
                          skos:definition {json.dumps(evil)} }}
      GRAPH g:links {{ ent:evil skos:altLabel {json.dumps(evil)} }}"""
    with open_store(Settings(store=":memory:")) as store:
        store.update(f"{prologue()} INSERT DATA {{ {triples} }}")
        with serving(settings, store) as root, httpx.Client(base_url=root) as http:
            pages = [http.get("/reconcile/preview", params={"id": "evil"}).text]
            for what, name in (("entity", "evil"), ("type", "Evil")):
                pages.append(http.get(f"/reconcile/flyout/{what}?id={name}").json()["html"])
            queries = json.dumps({"q</script>": {"query": evil}})
            called = http.get("/reconcile", params={"queries": queries, "callback": "f"})
    for page in pages:
        assert html.escape(evil) in page
        assert "<img" not in page
        assert "</script>" not in page
    assert called.headers["x-content-type-options"] == "nosniff"
    result = json.loads(called.text.removeprefix("/**/f(").removesuffix(");"))["q</script>"]
    assert result["result"][0]["id"] == "evil"
