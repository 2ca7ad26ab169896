"""The JSON schema of the authoring form, so that editors complete keys and flag mistakes."""

from __future__ import annotations

import json
from typing import Any

from axiskg.authoring.fields import BLOCKS, SLUG, Block, FieldSpec

__all__ = ["schema_text", "sheet_schema"]


def sheet_schema() -> dict[str, Any]:
    """A JSON Schema (2020-12) of a sheet, made from the fields that the reader knows."""
    slug = {"type": "string", "pattern": f"^{SLUG}$"}
    statements = {"type": "array", "items": _mapping(BLOCKS["statement"])}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Authored statements of one source",
        "description": "See docs/authoring.md. Every scalar is read as a string.",
        "type": "object",
        "required": ["source", "curation"],
        "additionalProperties": False,
        "properties": {
            "source": slug | {"description": "slug of the source, as in data/sources/"},
            "asserter": slug | {"description": "who asserts what names no other asserter"},
            "curation": _mapping(BLOCKS["curation"]),
            "nodes": _named(BLOCKS["node"], slug["pattern"], "entities, each once"),
            "scenarios": _named(BLOCKS["scenario"], slug["pattern"], "conditionals"),
            "statements": {
                "type": "object",
                "description": "a list a paragraph, and `none` for what asserts nothing",
                "patternProperties": {"^p[0-9]+$": statements},
                "properties": {"none": {"type": "array", "items": _mapping(BLOCKS["none"])}},
                "additionalProperties": False,
            },
        },
    }


def schema_text() -> str:
    """The schema as it stands in `data/statements/schema.json`."""
    return json.dumps(sheet_schema(), indent=2, ensure_ascii=False) + "\n"


def _named(block: Block, pattern: str, description: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "patternProperties": {pattern: _mapping(block)},
        "additionalProperties": False,
    }


def _mapping(block: Block) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    alternatives = []
    for name, spec in block.fields.items():
        for key in (name, *spec.long):
            properties[key] = _value(spec) | {"description": spec.meaning}
        if spec.required:
            keys = (name, *spec.long)
            alternatives.append({"anyOf": [{"required": [key]} for key in keys]})
    mapping: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return mapping | ({"allOf": alternatives} if alternatives else {})


def _value(spec: FieldSpec) -> dict[str, Any]:
    one: dict[str, Any] = {"type": "string", "minLength": 1}
    if spec.choices:
        one["enum"] = list(spec.choices)
    if spec.pattern:
        one["pattern"] = f"^({spec.pattern})$"
    if not spec.many:
        return one
    return {"anyOf": [one, {"type": "array", "items": one}]}
