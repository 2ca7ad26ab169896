"""Names and codes out of public registers: tables with a Wikidata column.

Made for `datasets/country-codes` (public domain: ISO, IOC and FIFA codes, the United Nations'
terms in six languages), and for any table whose columns are called alike.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from axiskg.errors import ParseError
from axiskg.linking.kinds import item_number

__all__ = ["read_register"]

_ITEM: Final = re.compile(r"wikidata(_id|_code)?|qid", re.IGNORECASE)
_NAMES: Final = re.compile(
    r"(official_)?name(_\w\w)?|label|alias|UNTERM \w+ (Formal|Short)|CLDR display name"
    r"|ISO3166-1-Alpha-[23]|iso_alpha[23]|IOC|FIFA|DS|ITU|acronym",
    re.IGNORECASE,
)
_ARTICLE: Final = re.compile(r"\s*\([^)]{1,4}\)\s*$|^(the|la|le|les|el|los|las) |^l'|\*$")


def read_register(path: Path) -> Iterator[tuple[str, str]]:
    """QID and name, one pair a cell that holds a name; articles around names dropped.

    Raises `ParseError` when the table can't be read, or has no Wikidata column or none of names.
    """
    try:
        yield from _read(path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ParseError(f"no table of names ({error})", path=path) from error


def _read(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t" if path.suffix == ".tsv" else ",")
        columns = rows.fieldnames or []
        item = next((name for name in columns if _ITEM.fullmatch(name)), None)
        names = [name for name in columns if _NAMES.fullmatch(name)]
        if item is None or not names:
            message = "a register needs a column wikidata_id and columns of names"
            raise ParseError(message, path=path, line=1)
        for row in rows:
            qid = (row[item] or "").strip().rpartition("/")[2]
            if item_number(qid) is None:
                continue
            cells = ((row[column] or "").strip() for column in names)
            for cell in dict.fromkeys(cells):
                name = _ARTICLE.sub("", cell).strip()
                if name:
                    yield qid, name
