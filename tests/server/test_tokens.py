"""Tokens of the file: scopes, graphs, expiry, revocation while the server runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from benchmarks.conformance_servers import axiskg_server

from axiskg.errors import ConfigError, NotFoundError
from axiskg.server.accounts import Holder, TokenFile
from axiskg.server.protected import is_protected

UPDATE = {"content-type": "application/sparql-update"}
MINE = "INSERT DATA { GRAPH <urn:mine> { <urn:s> <urn:p> 1 } }"


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> TokenFile:
    return TokenFile(tmp_path_factory.mktemp("tokens") / "tokens.json")


@pytest.fixture(scope="module")
def open_client(tokens: TokenFile) -> Iterator[httpx.Client]:
    with (
        axiskg_server(
            workers=1, spare_workers=0, token_file=tokens.path, read_token_needed="true"
        ) as server,
        httpx.Client(base_url=server.root, trust_env=False, timeout=30) as client,
    ):
        yield client


def send(client: httpx.Client, secret: str, update: str) -> int:
    headers = {**UPDATE, "authorization": f"Bearer {secret}"}
    return client.post("/update", content=update, headers=headers).status_code


def test_a_writer_writes_graphs_of_its_own_only(
    open_client: httpx.Client, tokens: TokenFile
) -> None:
    secret, _ = tokens.add(["write"])
    provenance = MINE.replace("urn:mine", "https://w3id.org/axiskg/graph/provenance")
    statement = MINE.replace("urn:mine", "https://w3id.org/axiskg/statement/s/p1.a")
    assert send(open_client, secret, MINE) == 204
    for refused in (
        provenance,
        statement,
        "INSERT DATA { <urn:s> <urn:p> 1 }",
        "DROP ALL",
        "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }",
    ):
        assert send(open_client, secret, refused) == 403


def test_an_admin_may_write_protected_graphs_which_makes_conclusions_stale(
    open_client: httpx.Client, tokens: TokenFile
) -> None:
    secret, _ = tokens.add(["admin"])
    headers = {"authorization": f"Bearer {secret}"}
    assert open_client.get("/readyz", headers=headers).json()["stale_since"] == 0
    update = MINE.replace("urn:mine", "https://w3id.org/axiskg/graph/provenance")
    assert send(open_client, secret, update) == 204
    assert open_client.get("/readyz", headers=headers).json()["stale_since"] > 0
    answer = open_client.get("/sparql", params={"query": "ASK {}"}, headers=headers)
    assert "axiskg-stale" in answer.headers


def test_a_token_for_some_graphs_writes_no_other(
    open_client: httpx.Client, tokens: TokenFile
) -> None:
    secret, _ = tokens.add(["write"], graphs=["urn:mine", "urn:team:*"])
    assert send(open_client, secret, MINE) == 204
    assert send(open_client, secret, MINE.replace("urn:mine", "urn:team:a")) == 204
    assert send(open_client, secret, MINE.replace("urn:mine", "urn:others")) == 403


def test_reading_can_need_a_token(open_client: httpx.Client, tokens: TokenFile) -> None:
    secret, _ = tokens.add(["read"])
    query = {"query": "ASK {}"}
    headers = {"authorization": f"Bearer {secret}"}
    assert open_client.get("/sparql", params=query).status_code == 401
    assert open_client.get("/sparql", params=query, headers=headers).status_code == 200
    assert send(open_client, secret, MINE) == 403


def test_revoked_and_expired_tokens_are_refused(
    open_client: httpx.Client, tokens: TokenFile
) -> None:
    secret, token = tokens.add(["write"])
    assert send(open_client, secret, MINE) == 204
    tokens.revoke(token.id)
    assert send(open_client, secret, MINE) == 401
    old, _ = tokens.add(["write"], expires=datetime.now(UTC) - timedelta(days=1))
    assert send(open_client, old, MINE) == 401


def test_the_file_keeps_hashes_only(tmp_path: Path) -> None:
    file = TokenFile(tmp_path / "tokens.json")
    secret, token = file.add(["write"], label="for the test")
    assert secret not in file.path.read_text()
    assert file.tokens() == [token]
    assert file.path.stat().st_mode & 0o077 == 0
    with pytest.raises(NotFoundError):
        file.revoke("nobody")
    with pytest.raises(ConfigError, match="scope"):
        file.add(["everything"])


def test_scopes_include_each_other() -> None:
    admin, reader = Holder("a", frozenset({"admin"})), Holder("r", frozenset({"read"}))
    assert admin.may("write")
    assert admin.may("read")
    assert not reader.may("write")


@pytest.mark.parametrize(
    ("graph", "protected"),
    [
        ("", True),
        ("https://w3id.org/axiskg/graph/inferred", True),
        ("https://w3id.org/axiskg/statement/s/p1.a", True),
        ("https://example.org/mine", False),
    ],
)
def test_what_the_build_keeps_is_protected(graph: str, protected: bool) -> None:
    assert is_protected(graph) is protected
