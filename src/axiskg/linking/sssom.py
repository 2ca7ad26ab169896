"""Links as SSSOM: one row says how one of our entities stands to one Wikidata item.

Reading is strict: a cell outside the form is an error with its line, never a warning.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import yaml

from axiskg.errors import ParseError
from axiskg.namespaces import ENT, PREFIXES

__all__ = ["COLUMNS", "NO_TERM", "Link", "links_text", "read_links", "write_links"]

NO_TERM: Final = "sssom:NoTermFound"
"""The object of a row which says that no item could be given, and why."""

_PREDICATES: Final = frozenset(
    {"skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch",
     "skos:relatedMatch"}
)  # fmt: skip
_JUSTIFICATION: Final = re.compile(r"semapv:[A-Z]\w+")
_SUBJECT: Final = re.compile(r"ent:[a-z0-9]+(-[a-z0-9]+)*")
_OBJECT: Final = re.compile(r"wd:Q[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class Link:
    """One row; the fields are SSSOM's, `other` holds the evidence.

    `predicate_modifier` is "Not" where the row says that the two are not the same.
    """

    subject_id: str
    subject_label: str
    predicate_id: str
    predicate_modifier: str
    object_id: str
    object_label: str
    mapping_justification: str
    confidence: str
    author_label: str
    mapping_date: str
    comment: str
    other: str

    @property
    def slug(self) -> str:
        """Our entity, as the last part of its IRI."""
        return self.subject_id.removeprefix("ent:")

    @property
    def entity(self) -> str:
        """Our entity's IRI."""
        return ENT + self.slug

    @property
    def qid(self) -> str | None:
        """The Wikidata item, or None where none was found."""
        return None if self.object_id == NO_TERM else self.object_id.removeprefix("wd:")

    @property
    def positive(self) -> bool:
        """Whether the row ties the entity to an item."""
        return self.qid is not None and self.predicate_modifier != "Not"

    @property
    def identical(self) -> bool:
        """Whether entity and item are the same thing for every use."""
        return self.positive and self.predicate_id == "skos:exactMatch"


COLUMNS: Final = tuple(field.name for field in fields(Link))

_HEADER: Final = {
    "mapping_set_id": "https://w3id.org/axiskg/links/wikidata",
    "mapping_set_title": "AxisKG entities and Wikidata items",
    "mapping_set_description": "One row or more for each entity of the graph; sssom:NoTermFound"
    " where no item could be checked. Row by row, `other` names the evidence.",
    "license": "https://creativecommons.org/publicdomain/zero/1.0/",
    "subject_source": "g:entities",
    "object_source": "wdsite:Wikidata:Main_Page",
    "curie_map": {
        "ent": ENT,
        "g": PREFIXES["g"],
        "semapv": "https://w3id.org/semapv/vocab/",
        "skos": PREFIXES["skos"],
        "sssom": "https://w3id.org/sssom/",
        "wd": PREFIXES["wd"],
        "wdsite": "https://www.wikidata.org/wiki/",
    },
}


def read_links(path: Path) -> tuple[Link, ...]:
    """The rows of an SSSOM file in its order. Raises `ParseError` with the line."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise ParseError(f"cannot read the links: {error.strerror}", path=path) from error
    head = [line for line in lines if line.startswith("#")]
    try:
        metadata = yaml.safe_load("\n".join(line[1:] for line in head)) or {}
    except yaml.YAMLError as error:
        raise ParseError("the header after # is not YAML", path=path, line=1) from error
    curies = metadata.get("curie_map") if isinstance(metadata, dict) else None
    if not isinstance(curies, dict) or curies.get("ent") != ENT:
        raise ParseError(f"the header's curie_map must say ent: {ENT}", path=path, line=1)
    start = len(head) + 1
    table = [_cells(line, path, n) for n, line in enumerate(lines[len(head) :], start)]
    if not table or tuple(table[0]) != COLUMNS:
        raise ParseError(f"the columns must be {' '.join(COLUMNS)}", path=path, line=start)
    links: dict[tuple[str, str], Link] = {}
    for line, cells in enumerate(table[1:], start + 1):
        if not cells:
            continue
        link = _row(cells, path, line)
        pair = (link.subject_id, link.object_id)
        if pair in links:
            raise ParseError(f"{pair[0]} and {pair[1]} stand in two rows", path=path, line=line)
        links[pair] = link
    return tuple(links.values())


def _cells(line: str, path: Path, number: int) -> list[str]:
    """The cells of one line; quotation marks as in RFC 4180, a row on one line."""
    try:
        return next(csv.reader([line], delimiter="\t", strict=True), [])
    except csv.Error as error:
        message = f"quotation marks that no reader of tables takes ({error})"
        raise ParseError(message, path=path, line=number) from error


def _row(cells: list[str], path: Path, line: int) -> Link:
    """A checked row."""
    if len(cells) != len(COLUMNS):
        message = f"{len(cells)} cells where {len(COLUMNS)} belong"
        raise ParseError(message, path=path, line=line)
    link = Link(*cells)
    checks = (
        (_SUBJECT.fullmatch(link.subject_id), "subject_id", "ent:<kebab-case slug>"),
        (link.predicate_id in _PREDICATES, "predicate_id", "a SKOS mapping property"),
        (link.predicate_modifier in ("", "Not"), "predicate_modifier", "empty or Not"),
        (
            link.object_id == NO_TERM or _OBJECT.fullmatch(link.object_id),
            "object_id",
            f"wd:Q... or {NO_TERM}",
        ),
        (_JUSTIFICATION.fullmatch(link.mapping_justification), "mapping_justification", "semapv:"),
        (_is_share(link.confidence), "confidence", "a number from 0 to 1"),
        (_is_day(link.mapping_date), "mapping_date", "a day as YYYY-MM-DD"),
        (link.author_label, "author_label", "a name"),
        (link.comment, "comment", "the reason"),
    )
    for good, column, expected in checks:
        if not good:
            got = getattr(link, column)
            message = f"column {column}: expected {expected}, got {got!r}"
            raise ParseError(message, path=path, line=line)
    return link


def _is_share(text: str) -> bool:
    return re.fullmatch(r"0(\.\d+)?|1(\.0+)?", text) is not None


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def links_text(links: Iterable[Link]) -> str:
    """The canonical file: rows by subject, exact before close, denials last."""
    header = yaml.safe_dump(_HEADER, sort_keys=False, allow_unicode=True, width=10_000)
    out = io.StringIO()
    out.writelines(f"#{line}\n" for line in header.splitlines())
    table = csv.writer(out, delimiter="\t", lineterminator="\n")
    table.writerow(COLUMNS)
    ordered = sorted(
        links,
        key=lambda row: (row.subject_id, row.predicate_modifier, row.predicate_id, row.object_id),
    )
    for link in ordered:
        cells = [getattr(link, column) for column in COLUMNS]
        if any("\t" in cell or "\n" in cell for cell in cells):
            raise ParseError(f"{link.subject_id}: a cell holds a tab or a line break")
        table.writerow(cells)
    return out.getvalue()


def write_links(links: Iterable[Link], path: Path) -> None:
    """Write the canonical file; writing what was read from one changes no byte."""
    path.write_text(links_text(links), "utf-8")
