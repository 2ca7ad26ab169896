"""Reconciliation requests, read from JSON and checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from axiskg.errors import ParameterError

__all__ = [
    "MAX_BATCH",
    "MAX_LIMIT",
    "Extension",
    "Property",
    "Query",
    "read_extension",
    "read_queries",
]

MAX_BATCH: Final = 200
"""The most queries, ids, or properties in one request."""

MAX_LIMIT: Final = 100
"""The most candidates for one query."""

_MAX_TEXT: Final = 1_000
"""The longest text that may be a name; nothing is called by a longer one."""

_MAX_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Property:
    """A property that the entity should have, with values of which one should agree."""

    pid: str
    values: tuple[str, ...]
    """Without blank ones, which ask for nothing."""


@dataclass(frozen=True, slots=True)
class Query:
    """One reconciliation query; `text` is empty when only properties are asked for.

    Neither is there for a blank cell, nor for a text too long for a name: nothing is found then,
    and the rest of the batch is answered.
    """

    text: str
    types: tuple[str, ...] = ()
    type_strict: str = "should"
    properties: tuple[Property, ...] = ()
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Extension:
    """A data extension query: for which ids, which properties with which settings."""

    ids: tuple[str, ...]
    properties: tuple[tuple[str, Mapping[str, Any]], ...] = field(default_factory=tuple)


def _json(text: str, name: str) -> Any:
    try:
        found = json.loads(text)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        expected = "JSON whose strings are Unicode, without halves of surrogate pairs"
        raise ParameterError(name, expected, _shown(error.object[error.start])) from error
    except (ValueError, RecursionError) as error:
        raise ParameterError(name, f"JSON ({error})", _shown(text)) from error
    return found


def _shown(found: object) -> str:
    """The beginning of what was sent, for messages."""
    text = repr(found)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def _few(many: Any, name: str) -> None:
    if len(many) > MAX_BATCH:
        raise ParameterError(name, f"at most {MAX_BATCH} members", f"{len(many)}")


def read_queries(text: str) -> dict[str, Query]:
    """The queries of a batch by key. Raises `ParameterError`."""
    batch = _json(text, "queries")
    if not isinstance(batch, dict):
        raise ParameterError("queries", "an object of queries by key", type(batch).__name__)
    _few(batch, "queries")
    return {key: _query(one, f"queries.{key[:40]}") for key, one in batch.items()}


def _query(one: Any, name: str) -> Query:
    if not isinstance(one, dict):
        raise ParameterError(name, "an object", type(one).__name__)
    text = one.get("query", "")
    properties = one.get("properties") or []
    if not isinstance(text, str):
        raise ParameterError(f"{name}.query", "a string", _shown(text))
    if not isinstance(properties, list):
        raise ParameterError(f"{name}.properties", "a list", type(properties).__name__)
    _few(properties, f"{name}.properties")
    if "query" not in one and not properties:
        raise ParameterError(name, "a query or properties", "neither")
    strict = one.get("type_strict", "should")
    if strict not in ("any", "should", "all"):
        raise ParameterError(f"{name}.type_strict", "any, should or all", _shown(strict))
    limit = 10 if one.get("limit") is None else one["limit"]
    if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not limit >= 1:
        raise ParameterError(f"{name}.limit", "a number from 1", _shown(limit))
    if len(text) > _MAX_TEXT:
        text, properties = "", []
    return Query(
        text=text,
        types=_types(one.get("type"), f"{name}.type"),
        type_strict=strict,
        properties=tuple(_property(p, f"{name}.properties") for p in properties),
        limit=int(min(limit, MAX_LIMIT)),
    )


def _types(given: Any, name: str) -> tuple[str, ...]:
    """Type ids: a string, a list of strings, or (as OpenRefine sends them) objects with an id."""
    many = given if isinstance(given, list) else [given] if given else []
    _few(many, name)
    types = []
    for one in many:
        found = one.get("id") if isinstance(one, dict) else one
        if not isinstance(found, str):
            raise ParameterError(name, "a type id or a list of them", _shown(one))
        if found:
            types.append(found)
    return tuple(types)


def _property(one: Any, name: str) -> Property:
    if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
        raise ParameterError(name, "objects with pid and v", _shown(one))
    values = one["v"] if isinstance(one["v"], list) else [one["v"]]
    _few(values, name)
    words: list[str] = []
    for value in values:
        if isinstance(value, dict):
            words += [str(value[part]) for part in ("id", "name") if value.get(part)]
        elif isinstance(value, bool):
            words.append("true" if value else "false")
        elif isinstance(value, (str, int, float)):
            words.append(str(value))
        elif value is None:
            continue
        else:
            raise ParameterError(name, "strings, numbers, booleans, or entities", _shown(value))
    return Property(one["pid"], tuple(word for word in words if word.strip()))


def read_extension(text: str) -> Extension:
    """A data extension query; `ids` may be empty. Raises `ParameterError`."""
    asked = _json(text, "extend")
    if not isinstance(asked, dict):
        raise ParameterError("extend", "an object with ids and properties", type(asked).__name__)
    ids, properties = asked.get("ids"), asked.get("properties")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise ParameterError("extend.ids", "a list of ids", _shown(ids))
    if not isinstance(properties, list):
        raise ParameterError("extend.properties", "a list", _shown(properties)[:80])
    _few(ids, "extend.ids")
    _few(properties, "extend.properties")
    pairs: list[tuple[str, Mapping[str, Any]]] = []
    for one in properties:
        settings = one.get("settings") or {} if isinstance(one, dict) else None
        if settings is None or not isinstance(one.get("id"), str) or not isinstance(settings, dict):
            raise ParameterError("extend.properties", "objects with an id", _shown(one))
        pairs.append((one["id"], settings))
    return Extension(tuple(ids), tuple(pairs))
