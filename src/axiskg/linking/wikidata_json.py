"""Wikidata items out of the three forms in which people hold them."""

from __future__ import annotations

import bz2
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from axiskg.errors import ParseError
from axiskg.linking.kinds import item_number

__all__ = ["RawItem", "read_entity", "read_items"]

_OFFICIAL: Final = ("P1448", "P1813")
_DEMONYM: Final = "P1549"
_CLASS: Final = "P31"
_END: Final = "P582"
_NUMBER: Final = "numeric-id"


@dataclass(frozen=True, slots=True)
class RawItem:
    """One item: its English words, its classes, and the item-valued claims that hold.

    Of Wikidata's own JSON these are the claims of the best rank (what `wdt:` has) without an end;
    the classes are those of the best rank, ended or not.
    """

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


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, counted from 1. Raises `ParseError` where it can't be unpacked."""
    number = 0
    try:
        with _open(path) as lines:
            for number, line in enumerate(lines, 1):
                yield number, line
    except EOFError as error:
        message = "the packed file is cut off; fetch it anew"
        raise ParseError(message, path=path, line=number + 1) from error
    except (OSError, zlib.error) as error:
        message = f"cannot be read, or unpacked as {path.suffix} ({error})"
        raise ParseError(message, path=path, line=number + 1) from error


def read_items(path: Path) -> Iterator[RawItem]:
    """The items of a file, one line at a time; an item without an English label is left out.

    Read are JSON lines with `id`, `label`, `aliases`, `P31`, `claims` (as in our snapshots), JSON
    lines of whole Wikidata entities, and the array that Wikidata's JSON dumps are; plain, .gz or
    .bz2. Raises `ParseError` with the line.
    """
    for number, line in _lines(path):
        text = line.strip().rstrip(b",")
        if not text or text in (b"[", b"]"):
            continue
        try:
            record = json.loads(text)
            if not isinstance(record, dict) or "id" not in record:
                message = "expected one item a line, an object with an id"
                raise ParseError(message, path=path, line=number)
            raw = read_entity(record) if "labels" in record else _read_compact(record)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ParseError(f"not JSON: {error}", path=path, line=number) from error
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ParseError(f"not an item: {error!r}", path=path, line=number) from error
        if raw is not None:
            yield raw


def _read_compact(record: Mapping[str, Any]) -> RawItem | None:
    if not record.get("label"):
        return None
    return RawItem(
        qid=_qid(record["id"]),
        label=_text(record["label"]),
        description=_text(record.get("description") or ""),
        aliases=_unescaped(record.get("aliases") or ()),
        official=_unescaped(record.get("official_or_short_names") or ()),
        demonyms=_unescaped(record.get("demonyms") or ()),
        classes=_items(record.get("P31") or ()),
        claims={p: _items(values) for p, values in (record.get("claims") or {}).items()},
    )


def _qid(found: Any) -> str:
    if not isinstance(found, str) or item_number(found) is None:
        raise ValueError(f"no item is called {found!r}")
    return found


def _text(found: Any) -> str:
    if not isinstance(found, str):
        raise TypeError(f"{found!r} is no text")
    return found


def _items(values: Sequence[Any]) -> tuple[str, ...]:
    """The items among values, each once; others, and unknown ones, are left out."""
    return tuple(dict.fromkeys(v for v in values if isinstance(v, str) and item_number(v)))


def _unescaped(names: Sequence[str]) -> tuple[str, ...]:
    """Names without the backslashes that a KGTK export puts before quotation marks."""
    return tuple(dict.fromkeys(_text(name).replace('\\"', '"') for name in names if name))


def _member(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A map within an entity; an empty one stands as an empty list in Wikidata's dumps."""
    found = record.get(name) or {}
    if not isinstance(found, dict):
        raise TypeError(f"{name} is no object")
    return found


def read_entity(record: Mapping[str, Any]) -> RawItem | None:
    """An item of Wikidata's own JSON (a line of a dump, or `wbgetentities`), or None."""
    label = _member(record, "labels").get("en", {}).get("value")
    if record.get("type", "item") != "item" or not label:
        return None
    claims: dict[str, tuple[str, ...]] = {}
    words: dict[str, list[str]] = {}
    for prop, statements in _member(record, "claims").items():
        values: list[str] = []
        for statement in _best(statements):
            value = statement.get("mainsnak", {}).get("datavalue", {}).get("value")
            ended = _END in (statement.get("qualifiers") or ())
            if not isinstance(value, dict) or (ended and prop != _CLASS):
                continue
            if value.get("entity-type", "item") == "item" and ("id" in value or _NUMBER in value):
                values.append(value.get("id") or f"Q{value[_NUMBER]}")
            elif value.get("language") == "en":
                words.setdefault(prop, []).append(_text(value["text"]))
        if values:
            claims[prop] = _items(values)
    return RawItem(
        qid=_qid(record["id"]),
        label=_text(label),
        description=_text(_member(record, "descriptions").get("en", {}).get("value", "")),
        aliases=tuple(_text(a["value"]) for a in _member(record, "aliases").get("en", ())),
        official=tuple(name for prop in _OFFICIAL for name in words.get(prop, ())),
        demonyms=tuple(words.get(_DEMONYM, ())),
        classes=claims.pop(_CLASS, ()),
        claims=claims,
    )


def _best(statements: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The preferred statements if there are such, else the normal ones; never deprecated ones."""
    ranks = {str(statement.get("rank", "normal")) for statement in statements}
    best = "preferred" if "preferred" in ranks else "normal"
    return [one for one in statements if one.get("rank", "normal") == best]
