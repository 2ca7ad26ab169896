"""What decides a match of the reconciliation services: types, properties, initials, files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.linking.conftest import ROOT, serving
from tests.linking.reconciling import IDS, MEMBER, PATHS, ask, first

from axiskg.settings import Settings
from axiskg.store import Store

VALUES = {
    "/reconcile": ("sco", "SCO", "ent:sco", "https://w3id.org/axiskg/entity/sco", "Q485207"),
    "/reconcile/wikidata": (
        "Q1065",
        "UN",
        "United Nations",
        "http://www.wikidata.org/entity/Q1065",
        "https://www.wikidata.org/wiki/Q1065",
    ),
}
PIDS = {
    "/reconcile": ("memberOf", "axis:memberOf", "https://w3id.org/axiskg/ontology#memberOf"),
    "/reconcile/wikidata": ("P463", "wdt:P463", "http://www.wikidata.org/prop/direct/P463"),
}


@pytest.mark.parametrize(
    ("name", "kind", "slug"),
    [
        ("Georgia", "State", "georgia"),
        ("Putin", "Person", "vladimir-putin"),
        ("Trump", "Person", "donald-trump"),
    ],
)
def test_a_type_decides_for_our_entities_what_it_decides_for_the_linker(
    name: str, kind: str, slug: str, http: httpx.Client
) -> None:
    assert not first(http, "/reconcile", query=name).get("match", False)
    found = first(http, "/reconcile", query=name, type=kind)
    assert (found["id"], found["match"]) == (slug, True)


@pytest.mark.parametrize("path", PATHS)
def test_values_may_be_ids_addresses_or_names(path: str, http: httpx.Client) -> None:
    for pid in PIDS[path]:
        for value in VALUES[path]:
            for one in (value, {"id": value}):
                properties = [{"pid": pid, "v": one}]
                found = first(http, path, query="China", properties=properties)
                assert (found["id"], found["match"]) == (IDS[path], True), (pid, one)
                features = {feature["id"]: feature["value"] for feature in found["features"]}
                assert features["properties"] == 1.0, (pid, one)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "properties",
    [
        [{"pid": "nonsense", "v": "x"}],
        [{"pid": "P999999", "v": "x"}],
        [{"pid": "MEMBER", "v": ""}],
        [{"pid": "MEMBER", "v": []}],
        [{"pid": "MEMBER", "v": [" ", ""]}],
        [{"pid": "MEMBER", "v": "a club that nobody knows"}],
    ],
)
def test_a_column_that_tells_nothing_changes_nothing(
    path: str, properties: list[dict[str, Any]], http: httpx.Client
) -> None:
    for one in properties:
        one["pid"] = MEMBER[path] if one["pid"] == "MEMBER" else one["pid"]
    plain = first(http, path, query="China")
    assert first(http, path, query="China", properties=properties) == plain


@pytest.mark.parametrize("path", PATHS)
def test_a_value_that_contradicts_takes_the_match(path: str, http: httpx.Client) -> None:
    properties = [{"pid": MEMBER[path], "v": "NATO"}]
    found = first(http, path, query="China", properties=properties)
    assert (found["id"], found["match"]) == (IDS[path], False)


def test_initials_offer_the_entity_and_nothing_like_it_in_spelling(http: httpx.Client) -> None:
    result = ask(http, "/reconcile", q0={"query": "CSIS"})["q0"]["result"]
    assert [one["id"] for one in result] == ["csis"]
    assert not result[0]["match"]


def test_ids_are_suggested_by_their_beginning(http: httpx.Client) -> None:
    def ids(path: str, what: str, prefix: str) -> list[str]:
        reply = http.get(f"{path}/suggest/{what}", params={"prefix": prefix})
        return [one["id"] for one in reply.json()["result"]]

    assert ids("/reconcile/wikidata", "property", "P46")[0] == "P463"
    assert ids("/reconcile/wikidata", "entity", "Q148")[0] == "Q148"
    assert ids("/reconcile", "entity", "Q148") == ["china"]


def test_no_snapshot_is_told_from_the_first_question_on(
    bare_settings: Settings, graph: Store
) -> None:
    with serving(bare_settings, graph) as root, httpx.Client(base_url=root, timeout=30) as http:
        for reply in (
            http.get("/reconcile/wikidata"),
            http.post("/reconcile/wikidata", data={"queries": '{"q0": {"query": "China"}}'}),
        ):
            assert reply.status_code == 503
            assert "axiskg wikidata snapshot" in reply.json()["detail"]
        assert http.get("/reconcile").status_code == 200


def test_broken_files_of_the_server_are_no_fault_of_the_client(
    bare_settings: Settings, graph: Store, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    for part in ("links", "names"):
        folder = home / "data" / part
        folder.mkdir(parents=True)
        for file in (ROOT / "data" / part).iterdir():
            folder.joinpath(file.name).write_bytes(file.read_bytes())
    broken = bare_settings.model_copy(update={"home": home})
    with (home / "data" / "names" / "names.tsv").open("a", encoding="utf-8") as names:
        names.write("china\tonly two cells\n")
    with serving(broken, graph) as root, httpx.Client(base_url=root, timeout=30) as http:
        reply = http.get("/api/link", params={"q": "China"})
    assert reply.status_code == 500
    assert "names.tsv:" in reply.json()["detail"]
    assert str(home) not in reply.text


def test_a_class_alone_finds_its_items(http: httpx.Client) -> None:
    properties = [{"pid": "P31", "v": "Q6256"}]
    batch = {"q0": {"query": "", "properties": properties, "limit": 5}}
    result = ask(http, "/reconcile/wikidata", **batch)["q0"]["result"]
    assert len(result) == 5
    assert all("Q6256" in [kind["id"] for kind in one["type"]] for one in result)


def test_items_extend_our_entities_as_text(http: httpx.Client) -> None:
    extend = json.dumps({"ids": ["china"], "properties": [{"id": "wikidata"}]})
    rows = http.post("/reconcile", data={"extend": extend}).json()["rows"]
    assert rows["china"]["wikidata"] == [{"str": "Q148"}]


EU_MEMBERS = [{"pid": "P463", "v": "Q458"}]


def test_a_limit_makes_no_match_of_a_tie(http: httpx.Client) -> None:
    for limit in (1, 3):
        batch = {"q0": {"query": "", "properties": EU_MEMBERS, "limit": limit}}
        result = ask(http, "/reconcile/wikidata", **batch)["q0"]["result"]
        assert len(result) == limit
        assert not any(one["match"] for one in result)


@pytest.mark.parametrize("name", ["China", "Georgia"])
def test_properties_decide_for_nothing_of_another_type(name: str, http: httpx.Client) -> None:
    properties = [{"pid": "P463", "v": "United Nations"}]
    query = {"query": name, "type": "person", "properties": properties}
    result = ask(http, "/reconcile/wikidata", q0=query)["q0"]["result"]
    assert not any(one["match"] for one in result)


@pytest.mark.parametrize("nothing", [{"pid": "P35", "v": ""}, {"pid": "P99", "v": "x"}])
def test_properties_that_ask_for_nothing_or_are_unknown_change_nothing(
    nothing: dict[str, str], http: httpx.Client
) -> None:
    ids = [
        [one["id"] for one in ask(http, "/reconcile/wikidata", q0=query)["q0"]["result"]]
        for query in (
            {"query": "", "properties": EU_MEMBERS},
            {"query": "", "properties": [*EU_MEMBERS, nothing]},
        )
    ]
    assert ids[0]
    assert ids[0] == ids[1]


@pytest.mark.parametrize("path", PATHS)
def test_null_is_a_blank_cell_or_no_limit(path: str, http: httpx.Client) -> None:
    properties = [{"pid": PIDS[path][0], "v": None}]
    found = first(http, path, query="China", properties=properties, limit=None)
    assert (found["id"], found["match"]) == (IDS[path], True)


@pytest.mark.parametrize("prefix", ["chin", "China", "Chi"])
def test_suggestions_are_the_prominent_and_those_whose_name_it_nearly_is(
    prefix: str, http: httpx.Client
) -> None:
    reply = http.get("/reconcile/wikidata/suggest/entity", params={"prefix": prefix})
    assert "Q148" in [one["id"] for one in reply.json()["result"][:2]]
