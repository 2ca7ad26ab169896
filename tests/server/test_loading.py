"""LOAD: allowed documents only, fetched with care, and one transaction with the rest."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from benchmarks.conformance_servers import Server, axiskg_server
from documents import Documents, serving_documents
from pydantic import ValidationError

from axiskg.server.accounts import TokenFile
from axiskg.settings import Settings

UPDATE = {"content-type": "application/sparql-update"}
SMALL = {"workers": 2, "spare_workers": 1, "slow_queries": 2}


def client_of(server: Server) -> httpx.Client:
    return httpx.Client(
        base_url=server.root, headers=dict(server.headers), trust_env=False, timeout=60
    )


@pytest.fixture(scope="module")
def documents() -> Iterator[Documents]:
    with serving_documents() as running:
        yield running


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> TokenFile:
    return TokenFile(tmp_path_factory.mktemp("loading") / "tokens.json")


@pytest.fixture(scope="module")
def loader(documents: Documents, tokens: TokenFile) -> Iterator[Server]:
    """May load what is below /data/, and ask one service; both are on this machine."""
    root = documents.root
    with axiskg_server(
        **SMALL,
        load_from=json.dumps({"docs": f"{root}/data/*", "far": "http://localhost:1/x.ttl"}),
        federation=json.dumps({"lan": f"{root}/sparql", "unmarked": "http://localhost:1/sparql"}),
        private_targets=json.dumps(["docs", "lan"]),
        load_max_mb=1,
        load_timeout_s=2,
        federation_retries=0,
        http_cache_s=0,
        token_file=tokens.path,
    ) as running:
        yield running


@pytest.fixture(scope="module")
def client(loader: Server) -> Iterator[httpx.Client]:
    with client_of(loader) as made:
        yield made


def update(client: httpx.Client, text: str) -> httpx.Response:
    return client.post("/update", content=text, headers=UPDATE)


def values(client: httpx.Client, graph: str) -> set[str]:
    query = f"SELECT ?s ?o {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    return {term["value"] for row in rows for term in row.values() if term["type"] != "bnode"}


def is_there(client: httpx.Client, graph: str) -> bool:
    return client.get("/graphs", params={"graph": graph}).status_code == 200


def test_a_document_is_loaded(client: httpx.Client, documents: Documents) -> None:
    text = f"LOAD <{documents.root}/data/a.ttl> INTO GRAPH <urn:load:a>"
    assert update(client, text).status_code == 204
    assert values(client, "urn:load:a") == {f"{documents.root}/data/rel", "a"}


def test_several_in_one_request_by_prefixed_name(
    client: httpx.Client, documents: Documents
) -> None:
    text = f"""PREFIX d: <{documents.root}/data/>
INSERT DATA {{ GRAPH <urn:load:n> {{ <urn:s> <urn:p> 'before' }} }} ;
LOAD d:a.ttl INTO GRAPH <urn:load:n> ; LOAD d:b.rdf INTO GRAPH <urn:load:n> ;
LOAD d:empty.ttl INTO GRAPH <urn:load:empty> ;
DELETE {{ GRAPH <urn:load:n> {{ ?s ?p 'b' }} }} WHERE {{ GRAPH <urn:load:n> {{ ?s ?p 'b' }} }}"""
    assert update(client, text).status_code == 204
    assert values(client, "urn:load:n") >= {"before", "a"}
    assert "b" not in values(client, "urn:load:n")
    assert is_there(client, "urn:load:empty")


def test_the_default_graph_is_loaded_into(client: httpx.Client, documents: Documents) -> None:
    assert update(client, f"LOAD <{documents.root}/data/b.rdf>").status_code == 204
    query = {"query": "ASK { <urn:b> <urn:p> 'b' }"}
    assert client.get("/sparql", params=query).json()["boolean"] is True


def test_all_or_nothing(client: httpx.Client, documents: Documents) -> None:
    load = f"LOAD <{documents.root}/data/a.ttl> INTO GRAPH <urn:load:none>"
    assert update(client, f"{load} ; DROP GRAPH <urn:load:never>").status_code == 409
    insert = "INSERT DATA { GRAPH <urn:load:none> { <urn:s> <urn:p> 1 } }"
    failing = f"LOAD <{documents.root}/data/broken.ttl> INTO GRAPH <urn:g>"
    assert update(client, f"{insert} ; {failing}").status_code == 400
    assert not is_there(client, "urn:load:none")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("missing.ttl", 502),
        ("page.html", 502),
        ("quads.trig", 502),
        ("graphs.jsonld", 400),
        ("broken.ttl", 400),
        ("large.ttl", 502),
        ("slow.ttl", 502),
    ],
)
def test_what_can_not_be_loaded(
    client: httpx.Client, documents: Documents, name: str, status: int
) -> None:
    rest = f"<{documents.root}/data/{name}> INTO GRAPH <urn:load:bad>"
    response = update(client, f"LOAD {rest}")
    assert response.status_code == status
    assert name in response.json()["detail"]
    more = "INSERT DATA { GRAPH <urn:load:rest> { <urn:s> <urn:p> 1 } }"
    assert update(client, f"LOAD SILENT {rest} ; {more}").status_code == 204
    assert not is_there(client, "urn:load:bad")
    assert is_there(client, "urn:load:rest")


@pytest.mark.parametrize(
    "url",
    [
        "{root}/secret.ttl",
        "{root}/data/../secret.ttl",
        "{root}/data/%2e%2E/secret.ttl",
        "{root}/data",
        "http://127.0.0.1.example.org:{port}/data/a.ttl",
        "http://x@127.0.0.1:{port}/data/a.ttl",
        "http://127.1:{port}/data/a.ttl",
        "http://localhost:{port}/data/a.ttl",
        "file:///etc/passwd",
    ],
)
def test_what_is_not_allowed_is_not_fetched(
    client: httpx.Client, documents: Documents, url: str
) -> None:
    target = url.format(root=documents.root, port=documents.port)
    before = len(documents.asked)
    response = update(client, f"LOAD <{target}> INTO GRAPH <urn:load:refused>")
    assert response.status_code == 403
    assert "docs" in response.json()["detail"]
    silent = update(client, f"LOAD SILENT <{target}> INTO GRAPH <urn:load:refused>")
    assert silent.status_code == 204
    assert not is_there(client, "urn:load:refused")
    assert len(documents.asked) == before


def test_no_redirect_leads_inward(client: httpx.Client, documents: Documents) -> None:
    for host in ("localhost", "127.1", "[::1]", "2130706433", "0x7f.0.0.1", "[::ffff:127.0.0.1]"):
        target = quote(f"http://{host}:{documents.port}/secret.ttl", safe="")
        text = f"LOAD <{documents.root}/data/redirect?to={target}> INTO GRAPH <urn:load:inward>"
        assert update(client, text).status_code == 502
    assert "/secret.ttl" not in documents.asked
    meta = "http://169.254.169.254/latest/meta-data/"
    text = f"LOAD <{documents.root}/data/redirect?to={meta}> INTO GRAPH <urn:load:inward>"
    assert "169.254.169.254" in update(client, text).json()["detail"]


def test_a_private_address_must_be_named_as_such(client: httpx.Client) -> None:
    response = update(client, "LOAD <http://localhost:1/x.ttl> INTO GRAPH <urn:g>")
    assert response.status_code == 502
    assert "private address" in response.json()["detail"]


def test_a_named_service_may_be_at_a_private_address(client: httpx.Client) -> None:
    query = {"query": "SELECT ?s { SERVICE lan: { ?s ?p ?o } }"}
    response = client.get("/sparql", params=query)
    assert response.json()["results"]["bindings"][0]["s"]["value"] == "urn:remote"
    assert "lan;rows=1" in response.headers["axiskg-services"]
    query = {"query": "SELECT ?s { SERVICE unmarked: { ?s ?p ?o } }"}
    assert "private address" in client.get("/sparql", params=query).json()["detail"]


def test_nothing_is_fetched_for_who_may_not_write_or_spell(
    client: httpx.Client, documents: Documents, tokens: TokenFile
) -> None:
    secret, _ = tokens.add(["write"])
    headers = {"authorization": f"Bearer {secret}"}
    load = f"LOAD <{documents.root}/data/a.ttl>"
    before = len(documents.asked)
    for text, status in (
        (load, 403),
        (f"{load} INTO GRAPH <https://w3id.org/axiskg/graph/provenance>", 403),
        (f"{load} INTO GRAPH <urn:load:t> nonsense", 400),
        (load.replace("LOAD", "L\\u004FAD") + " INTO GRAPH <urn:load:t>", 400),
    ):
        response = client.post("/update", content=text, headers={**UPDATE, **headers})
        assert response.status_code == status, text
    assert len(documents.asked) == before


def test_files_are_removed(client: httpx.Client, documents: Documents, tmp_path: Path) -> None:
    store = tmp_path / "store"
    with (
        axiskg_server(
            store,
            **SMALL,
            load_from=json.dumps({"docs": f"{documents.root}/data/*"}),
            private_targets='["docs"]',
            federation_retries=0,
        ) as server,
        client_of(server) as own,
    ):
        for name in ("a.ttl", "broken.ttl", "missing.ttl"):
            load = f"LOAD <{documents.root}/data/a.ttl> INTO GRAPH <urn:load:{name}>"
            update(own, f"{load} ; LOAD <{documents.root}/data/{name}> INTO GRAPH <urn:g>")
        assert not list(tmp_path.glob("store.serving-*/uploads/*"))


@pytest.mark.parametrize("url", ["https://example.org*", "ftp://x/*", "https://u@x/*", "x", "*"])
def test_an_allow_list_names_whole_hosts(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(load_from={"a": url})
