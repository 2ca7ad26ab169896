"""YAML flow mappings and scalars, written in one way only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from axiskg.authoring.fields import Block

__all__ = ["flow_mapping", "scalar"]

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_NOT_STRINGS: Final = frozenset(
    {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}
)
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def scalar(value: str) -> str:
    """A string as YAML: bare when every YAML reader takes the bare word for a string, else quoted.

    >>> scalar("china"), scalar("no"), scalar("1:30")
    ('china', '"no"', '"1:30"')
    """
    if _PLAIN.fullmatch(value) and value.lower() not in _NOT_STRINGS:
        return value
    return '"' + "".join(_escaped(character) for character in value) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable() or character == " ":
        return character
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08X}"
    return f"\\u{code:04X}"


def flow_mapping(values: Mapping[str, str | tuple[str, ...]], block: Block) -> str:
    """A mapping on one line, its keys in the order of the block's fields."""
    pairs = []
    for name in block.fields:
        if name not in values:
            continue
        value = values[name]
        if isinstance(value, str):
            text = scalar(value)
        elif len(value) == 1 and not block.fields[name].listed:
            text = scalar(value[0])
        else:
            text = "[" + ", ".join(scalar(item) for item in value) + "]"
        pairs.append(f"{name}: {text}")
    return "{" + ", ".join(pairs) + "}"
