"""Wikidata items out of the three forms in which people hold them."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from axiskg.errors import ParseError

__all__ = ["RawItem", "read_entity", "read_items"]

_OFFICIAL: Final = ("P1448", "P1813")
_DEMONYM: Final = "P1549"


@dataclass(frozen=True, slots=True)
class RawItem:
    """One item: its English words and the item-valued claims whose rank isn't deprecated."""

    qid: str
    label: str
    description: str = ""
    aliases: tuple[str, ...] = ()
    official: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _open(path: Path) -> BinaryIO | gzip.GzipFile | bz2.BZ2File:
    """The bytes of a file, unpacked by what its name says."""
    if path.suffix == ".gz":
        return gzip.open(path, "rb")
    if path.suffix == ".bz2":
        return bz2.open(path, "rb")
    return path.open("rb")


def read_items(path: Path) -> Iterator[RawItem]:
    """The items of a file, one line at a time; an item without an English label is left out.

    Read are JSON lines with `id`, `label`, `aliases`, `P31`, `claims` (as in our snapshots), JSON
    lines of whole Wikidata entities, and the array that Wikidata's JSON dumps are; plain, .gz or
    .bz2. Raises `ParseError` with the line.
    """
    with _open(path) as lines:
        for number, line in enumerate(lines, 1):
            text = line.strip().rstrip(b",")
            if not text or text in (b"[", b"]"):
                continue
            try:
                record = json.loads(text)
                if not isinstance(record, dict) or "id" not in record:
                    raise ParseError("an item is an object with an id", path=path, line=number)
                raw = read_entity(record) if "labels" in record else _read_compact(record)
            except json.JSONDecodeError as error:
                raise ParseError(f"not JSON: {error.msg}", path=path, line=number) from error
            except (KeyError, TypeError, AttributeError) as error:
                raise ParseError(f"not an item: {error!r}", path=path, line=number) from error
            if raw is not None:
                yield raw


def _read_compact(record: Mapping[str, Any]) -> RawItem | None:
    if not record.get("label"):
        return None
    return RawItem(
        qid=record["id"],
        label=record["label"],
        description=record.get("description") or "",
        aliases=_unescaped(record.get("aliases", ())),
        official=_unescaped(record.get("official_or_short_names", ())),
        demonyms=_unescaped(record.get("demonyms", ())),
        classes=tuple(dict.fromkeys(record.get("P31", ()))),
        claims={p: tuple(dict.fromkeys(v)) for p, v in record.get("claims", {}).items()},
    )


def _unescaped(names: Any) -> tuple[str, ...]:
    """Names without the backslashes that a KGTK export puts before quotation marks."""
    return tuple(dict.fromkeys(name.replace('\\"', '"') for name in names if name))


def read_entity(record: Mapping[str, Any]) -> RawItem | None:
    """An item of Wikidata's own JSON (a line of a dump, or `wbgetentities`), or None."""
    label = record.get("labels", {}).get("en", {}).get("value")
    if record.get("type", "item") != "item" or not label:
        return None
    claims: dict[str, tuple[str, ...]] = {}
    words: dict[str, list[str]] = {}
    for prop, statements in record.get("claims", {}).items():
        values: list[str] = []
        for statement in statements:
            value = statement.get("mainsnak", {}).get("datavalue", {}).get("value")
            if statement.get("rank") == "deprecated" or not isinstance(value, dict):
                continue
            if str(value.get("id", "")).startswith("Q"):
                values.append(value["id"])
            elif value.get("language") == "en":
                words.setdefault(prop, []).append(value["text"])
        if values:
            claims[prop] = tuple(dict.fromkeys(values))
    return RawItem(
        qid=record["id"],
        label=label,
        description=record.get("descriptions", {}).get("en", {}).get("value", ""),
        aliases=tuple(a["value"] for a in record.get("aliases", {}).get("en", ())),
        official=tuple(name for prop in _OFFICIAL for name in words.get(prop, ())),
        demonyms=tuple(words.get(_DEMONYM, ())),
        classes=claims.pop("P31", ()),
        claims=claims,
    )
