"""Asking a reconciliation service, for the tests of both."""

from __future__ import annotations

import json
from typing import Any

import httpx
from jsonschema import Draft7Validator

PATHS = ("/reconcile", "/reconcile/wikidata")
IDS = {"/reconcile": "china", "/reconcile/wikidata": "Q148"}
MEMBER = {"/reconcile": "memberOf", "/reconcile/wikidata": "P463"}


def ask(http: httpx.Client, path: str, **queries: dict[str, Any]) -> Any:
    """The answer to a batch, sent as a form."""
    reply = http.post(path, data={"queries": json.dumps(queries)})
    assert reply.status_code == 200, reply.text
    return reply.json()


def first(http: httpx.Client, path: str, **query: Any) -> dict[str, Any]:
    """The best candidate for one query, or an empty one."""
    result = ask(http, path, q0=query)["q0"]["result"]
    return result[0] if result else {}


Schemas = dict[tuple[str, str], Draft7Validator]


def check(schemas: Schemas, name: str, answer: object) -> None:
    """Validate an answer against both versions, where they have the schema."""
    for version in ("0.1", "0.2"):
        if (version, name) in schemas:
            schemas[version, name].validate(answer)
