"""SERVICE clauses: evaluated elsewhere, joined here, bounded, and refused where not allowed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.linking.conftest import ROOT, free_port

from axiskg.errors import LinkingError, QueryError, QueryTooLargeError
from axiskg.linking.federation import Call, Resolved, federated, resolve, resolve_services
from axiskg.namespaces import ENT, PREFIXES
from axiskg.queries.catalogue import Catalogue
from axiskg.settings import Settings
from axiskg.store import Store
from axiskg.store.protocol import Solutions

FEDERATED = sorted((ROOT / "queries" / "federated").glob("*.rq"))


def settings_for(url: str, tmp_path: Path, **changes: object) -> Settings:
    """Settings that allow one service, on this machine."""
    values: dict[str, object] = {
        "federation": {"wikidata": url},
        "allow_loopback": True,
        "http_cache": tmp_path / "http.sqlite",
        "http_cache_s": 0,
        "federation_retries": 0,
        "federation_timeout_s": 30.0,
        **changes,
    }
    return Settings(store=":memory:", **values)  # type: ignore[arg-type]


def rows_of(store: Store, resolved: Resolved) -> list[dict[str, str]]:
    """The rows of a resolved query as texts."""
    answer = store.query(resolved.text)
    assert isinstance(answer, Solutions)
    return [{name: getattr(t, "value", "") for name, t in row.items()} for row in answer.dicts()]


def local(store: Store):  # type: ignore[no-untyped-def]
    """Queries on the store, for bind-joins."""

    def ask(text: str) -> Solutions:
        answer = store.query(text)
        assert isinstance(answer, Solutions)
        return answer

    return ask


def run(name: str, graph: Store, settings: Settings) -> tuple[Resolved, list[dict[str, str]]]:
    """A ready query, resolved and run on the graph."""
    text = (ROOT / "queries" / "federated" / f"{name}.rq").read_text("utf-8")
    resolved = resolve_services(text, settings, local=local(graph))
    return resolved, rows_of(graph, resolved)


def test_heads_of_state_join_with_the_graph(
    graph: Store, wikidata_server: str, tmp_path: Path
) -> None:
    resolved, rows = run("heads-of-state", graph, settings_for(wikidata_server, tmp_path))
    assert resolved.calls[0].bindings == 13
    heads = {
        (row["state"].removeprefix(ENT), row["head"].removeprefix(PREFIXES["wd"])): row
        for row in rows
    }
    assert heads["russia", "Q7747"]["person"] == ENT + "vladimir-putin"
    assert heads["united-states", "Q22686"]["name"] == "Donald Trump"


def test_memberships_since_takes_only_those_that_began_later(
    graph: Store, wikidata_server: str, tmp_path: Path
) -> None:
    _, rows = run("memberships-since", graph, settings_for(wikidata_server, tmp_path))
    assert {row["state"].removeprefix(ENT) for row in rows} == {"iran", "egypt"}


def test_diplomatic_relations_are_given_once_a_pair(
    graph: Store, wikidata_server: str, tmp_path: Path
) -> None:
    _, rows = run("diplomatic-relations", graph, settings_for(wikidata_server, tmp_path))
    pairs = [(row["a"].removeprefix(ENT), row["b"].removeprefix(ENT)) for row in rows]
    assert ("china", "russia") in pairs
    assert ("russia", "china") not in pairs
    assert len(pairs) == len(set(pairs)) > 20


def test_bindings_and_no_bindings_give_the_same_rows(
    graph: Store, wikidata_server: str, tmp_path: Path
) -> None:
    settings = settings_for(wikidata_server, tmp_path, federation_max_rows=100_000)
    text = """PREFIX wdt: <http://www.wikidata.org/prop/direct/>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    PREFIX g: <https://w3id.org/axiskg/graph/>
    SELECT ?entity ?item ?other WHERE {
      GRAPH g:links { ?entity skos:exactMatch ?item }
      FILTER(?entity != <urn:nobody>)
      SERVICE wikidata: { ?item wdt:P47 ?other }
    }"""
    bound = resolve_services(text, settings, local=local(graph))
    free = resolve_services(text, settings)
    assert bound.calls[0].bindings > 0
    assert free.calls[0].bindings == 0
    assert bound.calls[0].rows < free.calls[0].rows

    def comparable(resolved: Resolved) -> list[tuple[str, ...]]:
        return sorted(tuple(sorted(row.items())) for row in rows_of(graph, resolved))  # type: ignore[misc]

    assert comparable(bound) == comparable(free)
    assert comparable(bound)


@pytest.mark.parametrize("shape", ["OPTIONAL {{ {} }}", "{{ {} }} UNION {{ }}", "{}"])
def test_a_clause_may_stand_in_other_groups(
    shape: str, graph: Store, wikidata_server: str, tmp_path: Path
) -> None:
    settings = settings_for(wikidata_server, tmp_path)
    clause = "SERVICE wikidata: { ?item wdt:P35 ?head }"
    text = f"""PREFIX wdt: <http://www.wikidata.org/prop/direct/>
    PREFIX wd: <http://www.wikidata.org/entity/>
    SELECT ?item ?head WHERE {{ VALUES ?item {{ wd:Q159 wd:Q8646 }} {shape.format(clause)} }}"""
    rows = rows_of(graph, resolve_services(text, settings, local=local(graph)))
    heads = {row.get("head", "").removeprefix(PREFIXES["wd"]) for row in rows}
    assert "Q7747" in heads
    assert ("" in heads) == (shape != "{}")


@pytest.mark.parametrize(
    "target", ["<http://elsewhere.example/sparql>", "elsewhere:", "?service", "<http://127.0.0.1/>"]
)
@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_services_that_are_not_listed_are_refused(target: str, silent: str, tmp_path: Path) -> None:
    settings = settings_for("http://127.0.0.1:1/query", tmp_path)
    with pytest.raises(QueryError, match=r"not allowed|can't name a service"):
        resolve(f"SELECT * {{ SERVICE {silent}{target} {{ ?s ?p ?o }} }}", settings)


def test_no_service_is_allowed_by_default() -> None:
    with pytest.raises(QueryError, match="allowed are: none"):
        resolve("SELECT * { SERVICE wikidata: { ?s ?p ?o } }", Settings(store=":memory:"))


def test_a_clause_within_a_clause_is_refused(tmp_path: Path) -> None:
    settings = settings_for("http://127.0.0.1:1/query", tmp_path)
    text = "SELECT * { SERVICE wikidata: { ?s ?p ?o . SERVICE wikidata: { ?o ?q ?r } } }"
    with pytest.raises(QueryError, match="within another"):
        resolve(text, settings)


def test_an_update_calls_no_service(tmp_path: Path) -> None:
    settings = settings_for("http://127.0.0.1:1/query", tmp_path)
    text = "INSERT { ?s ?p ?o } WHERE { SERVICE wikidata: { ?s ?p ?o } }"
    with pytest.raises(QueryError, match="update"):
        resolve(text, settings)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ('SERVICE wikidata: { }' AS ?x) {}",
        "SELECT * { ?service ?p <http://x/SERVICE> } # SERVICE wikidata: {}",
    ],
)
def test_the_word_elsewhere_is_left_alone(text: str, tmp_path: Path) -> None:
    assert resolve(text, settings_for("http://127.0.0.1:1/query", tmp_path)) == text


def test_a_dead_server_is_named_and_silent_goes_on(graph: Store, tmp_path: Path) -> None:
    settings = settings_for(f"http://127.0.0.1:{free_port()}/query", tmp_path)
    text = "SELECT ?a WHERE { VALUES ?a { 1 2 } SERVICE %s wikidata: { ?s ?p ?o } }"
    with pytest.raises(LinkingError, match=r"SERVICE wikidata: gave no answer.*does not answer"):
        resolve(text % "", settings)
    resolved = resolve_services(text % "SILENT", settings)
    assert resolved.partial
    assert "does not answer" in resolved.calls[0].error
    assert [row["a"] for row in rows_of(graph, resolved)] == ["1", "2"]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("garbage", "no SPARQL result"),
        ("shape", "no SPARQL result"),
        ("slow", "did not answer in"),
        ("endless", "more than 1 MB"),
        ("redirect", "private address"),
        ("lan", "private address"),
        ("error", "400: expected a bracket"),
        ("inject", "no variables are called"),
        ("twice", "stands twice"),
        ("stranger", r"\?t, which it was not asked for"),
    ],
)
def test_misbehaving_servers(
    path: str, says: str, misbehaving: tuple[str, list[str]], tmp_path: Path
) -> None:
    root, _ = misbehaving
    settings = settings_for(
        f"{root}/{path}", tmp_path, federation_timeout_s=1.0, federation_max_mb=1
    )
    text = "SELECT * { SERVICE %s wikidata: { ?s ?p ?o } }"
    with pytest.raises(LinkingError, match=says):
        resolve(text % "", settings)
    silent = resolve_services(text % "SILENT", settings)
    assert re.search(says, silent.calls[0].error)


def test_a_server_out_of_order_is_asked_again(
    graph: Store, misbehaving: tuple[str, list[str]], tmp_path: Path
) -> None:
    root, seen = misbehaving
    settings = settings_for(f"{root}/flaky", tmp_path, federation_retries=2)
    resolved = resolve_services("SELECT * { SERVICE wikidata: { ?s ?p ?x } }", settings)
    assert rows_of(graph, resolved) == [{"x": 'it "works"'}]
    assert len(seen) == 2


def test_answers_are_kept_for_a_while(
    wikidata_server: str, misbehaving: tuple[str, list[str]], tmp_path: Path
) -> None:
    root, seen = misbehaving
    settings = settings_for(f"{root}/flaky", tmp_path, federation_retries=2, http_cache_s=60)
    text = "SELECT * { SERVICE wikidata: { ?s ?p ?x } }"
    first = resolve_services(text, settings)
    second = resolve_services(text, settings)
    assert not first.calls[0].cached
    assert second.calls[0].cached
    assert first.text == second.text
    assert len(seen) == 2


def test_a_service_writes_no_clause_into_the_query(
    misbehaving: tuple[str, list[str]], tmp_path: Path
) -> None:
    """Its variables are names, or it could have another service asked for what it names."""
    root, seen = misbehaving
    services = {"wikidata": f"{root}/inject", "other": f"{root}/flaky"}
    settings = settings_for("", tmp_path, federation=services)
    assert resolve_services("SELECT * { SERVICE SILENT wikidata: { ?s ?p ?o } }", settings).partial
    assert not any("flaky" in path for path in seen)


@pytest.mark.parametrize(
    "body",
    [
        "wd:Q159 rdfs:label ?name FILTER(STR(?name) = ?wanted)",
        "wd:Q159 wdt:P530 ?name FILTER NOT EXISTS { ?name rdfs:label ?wanted }",
        "wd:Q159 wdt:P530 ?name OPTIONAL { ?name wdt:P35 ?wanted }",
        "{ wd:Q159 rdfs:label ?wanted } UNION { wd:Q148 rdfs:label ?wanted }",
        "?item wdt:P530 ?name FILTER NOT EXISTS { ?name wdt:P463 ?item }",
        "{ SELECT ?item (COUNT(?name) AS ?n) WHERE { ?item wdt:P530 ?name } GROUP BY ?item }",
        "{ SELECT ?item WHERE { ?item wdt:P530 ?name } ORDER BY ?item LIMIT 1 }",
        "{ SELECT (wd:Q159 AS ?item) ?name WHERE { wd:Q148 wdt:P530 ?name } }",
        "{ ?item wdt:P35 ?name } UNION { wd:Q159 wdt:P530 ?name }",
        "{ wd:Q159 wdt:P530 ?name OPTIONAL { ?name wdt:P35 ?item } }",
        "VALUES (?item ?name) { (UNDEF wd:Q148) (wd:Q148 wd:Q159) } ?name wdt:P530 ?other",
        "wd:Q159 wdt:P530 ?name BIND(STR(?name) AS ?wanted)",
    ],
)
def test_bindings_change_no_answer(
    body: str, graph: Store, wikidata_server: str, tmp_path: Path
) -> None:
    """A clause is evaluated by itself: what only its filter names is no variable of ours."""
    settings = settings_for(wikidata_server, tmp_path, federation_max_rows=200_000)
    text = """PREFIX wd: <http://www.wikidata.org/entity/>
    PREFIX wdt: <http://www.wikidata.org/prop/direct/>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    SELECT * WHERE {
      VALUES (?item ?wanted) { (wd:Q159 "Russia") (wd:Q148 "China") (wd:Q159 "Russia"@en) }
      SERVICE wikidata: { %s }
    }"""
    text %= body
    told, alone = resolve_services(text, settings, local=local(graph)), resolve(text, settings)
    found = sorted(map(str, rows_of(graph, told)))
    assert found == sorted(map(str, rows_of(graph, Resolved(alone, ()))))


@pytest.mark.parametrize(
    "shape",
    [
        "OPTIONAL { %s } VALUES ?head { wd:Q148 }",
        "VALUES ?item { wd:Q159 } MINUS { %s } VALUES ?head { wd:Q148 }",
        "VALUES ?head { wd:Q148 } { VALUES ?item { wd:Q159 } OPTIONAL { %s } }",
        "VALUES ?head { wd:Q148 } { VALUES ?item { wd:Q159 } MINUS { %s } }",
        "VALUES ?head { wd:Q148 } { VALUES ?item { wd:Q159 } FILTER NOT EXISTS { %s } }",
        "{ { VALUES ?item { wd:Q159 } OPTIONAL { %s } } } VALUES ?head { wd:Q148 }",
    ],
)
def test_what_comes_later_takes_nothing_from_an_optional_clause(
    shape: str, graph: Store, wikidata_server: str, tmp_path: Path
) -> None:
    """The head of Russia is known, so no solution is left without one, to join with another."""
    settings = settings_for(wikidata_server, tmp_path)
    text = """PREFIX wd: <http://www.wikidata.org/entity/>
    PREFIX wdt: <http://www.wikidata.org/prop/direct/>
    SELECT * WHERE { %s }"""
    text %= shape % "SERVICE wikidata: { ?item wdt:P35 ?head }"
    told = resolve_services(text, settings, local=local(graph))
    assert rows_of(graph, told) == []
    before = "SELECT * WHERE { VALUES ?item { wd:Q159 } OPTIONAL { %s } }"
    text = text.replace(text[text.index("SELECT") :], before)
    told = resolve_services(text % "SERVICE wikidata: { ?item wdt:P35 ?head }", settings,
                            local=local(graph))  # fmt: skip
    assert told.calls[0].bindings == 1, "what comes before is sent along"


@pytest.mark.parametrize(
    "body",
    [
        "{ SELECT ?item WHERE { ?item wdt:P530 ?here } }",
        "{ ?item wdt:P530 ?other } UNION { ?other wdt:P35 ?here FILTER(false) }",
        "?item wdt:P530 ?other FILTER NOT EXISTS { ?other wdt:P999999 ?here }",
    ],
)
def test_a_minus_takes_away_by_what_its_rows_bind_alone(
    body: str, graph: Store, wikidata_server: str, tmp_path: Path
) -> None:
    """No row of these binds ?here, so there is nothing in common and nothing to take away."""
    settings = settings_for(wikidata_server, tmp_path)
    text = """PREFIX wd: <http://www.wikidata.org/entity/>
    PREFIX wdt: <http://www.wikidata.org/prop/direct/>
    SELECT ?here WHERE { VALUES ?here { wd:Q148 } MINUS { SERVICE wikidata: { %s } } }"""
    told = resolve_services(text % body, settings, local=local(graph))
    assert len(rows_of(graph, told)) == 1


def test_too_many_rows_are_refused_with_the_cure(wikidata_server: str, tmp_path: Path) -> None:
    settings = settings_for(wikidata_server, tmp_path, federation_max_rows=10)
    with pytest.raises(QueryTooLargeError, match="AXISKG_FEDERATION_MAX_ROWS"):
        resolve("SELECT * { SERVICE wikidata: { ?s ?p ?o } }", settings)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/q",
        "http://[::1]:9/q",
        "http://localhost:9/q",
        "http://10.1.2.3/q",
        "http://192.168.1.1/q",
        "http://169.254.169.254/q",
        "http://[::ffff:10.0.0.1]/q",
        "http://0.0.0.0/q",
    ],
)
def test_private_addresses_are_not_asked_even_when_listed(url: str, tmp_path: Path) -> None:
    settings = settings_for(url, tmp_path, allow_loopback=False)
    with pytest.raises(LinkingError, match="private address"):
        resolve("SELECT * { SERVICE wikidata: { ?s ?p ?o } }", settings)


@pytest.mark.parametrize(
    ("name", "url", "says"),
    [
        ("wikidata", "ftp://example.org/q", "no http or https URL"),
        ("wikidata", "http://user:word@example.org/q", "no http or https URL"),
        ("wikidata", "example.org/q", "no http or https URL"),
        ("wiki data", "https://example.org/q", "can't stand before the colon"),
    ],
)
def test_what_is_no_service_is_refused_as_a_setting(name: str, url: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Settings(federation={name: url})


def test_a_named_target_may_be_private_and_others_may_not(
    wikidata_server: str, tmp_path: Path
) -> None:
    text = "SELECT * { SERVICE wikidata: { ?s ?p ?x } }"
    allowed = {"allow_loopback": False, "federation_max_rows": 1_000_000}
    settings = settings_for(
        wikidata_server, tmp_path, private_targets=frozenset({"wikidata"}), **allowed
    )
    assert resolve_services(text, settings).calls[0].rows > 1_000
    other = settings_for(
        wikidata_server, tmp_path, private_targets=frozenset({"elsewhere"}), **allowed
    )
    with pytest.raises(LinkingError, match="AXISKG_PRIVATE_TARGETS"):
        resolve(text, other)


def test_there_are_federated_queries() -> None:
    assert [path.stem for path in FEDERATED] == [
        "diplomatic-relations",
        "heads-of-state",
        "memberships-since",
    ]


def test_a_store_can_answer_with_services(
    graph: Store, wikidata_server: str, tmp_path: Path
) -> None:
    settings = settings_for(wikidata_server, tmp_path)
    told: list[Call] = []
    store = federated(graph, settings, told.append)
    answer = Catalogue(ROOT / "queries").run(
        store, "federated/memberships-since", {"since": "2030-01-01"}
    )
    assert isinstance(answer, Solutions)
    assert answer.rows == []
    assert told[0].rows == 2
    assert len(store) == len(graph)
    with pytest.raises(QueryError, match="AXISKG_FEDERATION"):
        federated(graph, Settings(store=":memory:")).query("ASK { SERVICE wikidata: { ?s ?p ?o } }")
