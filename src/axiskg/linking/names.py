"""What our entities are called: official names, aliases, demonyms, adjectives, metonyms.

`data/names/names.tsv` has one row a name. A name means its entity everywhere, unless it has a
context: a metonym such as a capital's name means the government only in talk of governments.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axiskg.errors import ParseError, did_you_mean
from axiskg.linking.kinds import KINDS
from axiskg.linking.snapshot import Item
from axiskg.namespaces import ENT

__all__ = [
    "COLUMNS",
    "CONTEXTS",
    "NAME_TYPES",
    "Ambiguity",
    "Name",
    "read_ambiguous",
    "read_items",
    "read_names",
]

COLUMNS: Final = ("entity", "name", "type", "language", "context", "stands_for", "note")
NAME_TYPES: Final = (
    "short", "official", "alias", "acronym", "demonym", "adjective", "combining", "metonym",
    "former",
)  # fmt: skip
CONTEXTS: Final = ("government", "place", "person", "organization")


@dataclass(frozen=True, slots=True)
class Name:
    """One name of an entity.

    `context` is what a text must be about for the name to mean it ("" for always); `stands_for`
    the QID of what a metonym means more exactly (a government), where the entity is its state.
    """

    entity: str
    name: str
    type: str
    language: str
    context: str
    stands_for: str
    note: str

    @property
    def iri(self) -> str:
        """The entity's IRI."""
        return ENT + self.entity


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A string that alone means nothing in particular, and the items it may mean.

    `unlisted` says that it may also mean something whose item could not be checked (`-` in the
    file).
    """

    name: str
    qids: tuple[str, ...]
    note: str
    unlisted: bool = False


def _rows(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """The rows of a tab-separated file with their lines."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise ParseError(f"cannot read the names: {error.strerror}", path=path) from error
    reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    if tuple(reader.fieldnames or ()) != columns:
        raise ParseError(f"the columns must be {' '.join(columns)}", path=path, line=1)
    rows: list[tuple[int, dict[str, str]]] = []
    for line, row in enumerate(reader, 2):
        if None in row or None in row.values():
            message = f"one cell for each of {' '.join(columns)}"
            raise ParseError(message, path=path, line=line)
        rows.append((line, row))
    return rows


def read_names(path: Path) -> tuple[Name, ...]:
    """The names of `names.tsv` in its order. Raises `ParseError` with the line."""
    names: list[Name] = []
    seen: set[tuple[str, str, str]] = set()
    for line, row in _rows(path, COLUMNS):
        name = Name(**row)
        if name.type not in NAME_TYPES:
            cure = did_you_mean(name.type, NAME_TYPES)
            raise ParseError(f"no name type {name.type!r}{cure}", path=path, line=line)
        if name.context and name.context not in CONTEXTS:
            cure = did_you_mean(name.context, CONTEXTS)
            raise ParseError(f"no context {name.context!r}{cure}", path=path, line=line)
        if name.type == "metonym" and not name.context:
            raise ParseError("a metonym needs a context", path=path, line=line)
        triple = (name.entity, name.name, name.context)
        if triple in seen or not name.name.strip():
            raise ParseError(f"{name.name!r} stands here twice, or is empty", path=path, line=line)
        seen.add(triple)
        names.append(name)
    return tuple(names)


def read_ambiguous(path: Path) -> tuple[Ambiguity, ...]:
    """The strings of `ambiguous.tsv` that no automatic match may decide without context."""
    found = []
    for _, row in _rows(path, ("name", "candidates", "note")):
        listed = row["candidates"].split()
        qids = tuple(one for one in listed if one != "-")
        found.append(Ambiguity(row["name"], qids, row["note"], "-" in listed))
    return tuple(found)


def read_items(path: Path) -> dict[str, Item]:
    """What the items of `items.tsv` are, by QID: those that ambiguous names and metonyms mean.

    For where no snapshot tells. Raises `ParseError` with the line.
    """
    found: dict[str, Item] = {}
    for line, row in _rows(path, ("item", "label", "kind", "description")):
        if row["kind"] not in KINDS:
            cure = did_you_mean(row["kind"], KINDS)
            raise ParseError(f"no kind {row['kind']!r}{cure}", path=path, line=line)
        found[row["item"]] = Item(
            row["item"], row["label"], row["description"], row["kind"], (), 0.0
        )
    return found
