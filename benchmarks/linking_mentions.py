"""Names of states as other publishers write them, with the codes that say who is meant.

A second check of the linker, on mentions that no alias list was made of: voting and alliance data,
membership lists, the United Nations' terms in six languages. Identity comes from the code beside
the name, through the public registers' Wikidata columns; the names aren't in any index as such.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from rigour.territories import lookup_territory

from axiskg.linking import Linker

__all__ = ["others_table"]

AMBIGUOUS = (
    "Georgia",
    "Washington",
    "Congo",
    "Korea",
    "CSIS",
    "the Congo",
    "Beijing",
    "Micronesia",
)


def _rows(path: Path, encoding: str = "utf-8-sig") -> Iterator[dict[str, str]]:
    if path.is_file():
        with path.open(encoding=encoding, newline="") as lines:
            yield from csv.DictReader(lines)


def _item(text: str) -> str:
    found = re.search(r"Q[1-9]\d*$", text or "")
    return found[0] if found else ""


def other_mentions(data: Path) -> Iterator[tuple[str, str, str]]:
    """Source, name and QID of each distinct mention."""
    register = list(_rows(data / "crosswalk" / "country-codes.csv"))
    iso = {row["ISO3166-1-Alpha-3"]: _item(row["wikidata_id"]) for row in register}
    cow = {}
    for row in _rows(data / "crosswalk" / "owid_regions.codes.csv"):
        if row["cow_code"] and row["wikidata_code"]:
            cow[float(row["cow_code"])] = _item(row["wikidata_code"])
    seen = set()
    for name, qid, source in _mentions(data, register, iso, cow):
        text = re.sub(r"\s*\((the|le|la|les|el|los|las|l')\)|\*$", "", name or "").strip()
        if text and qid and (source, text, qid) not in seen:
            seen.add((source, text, qid))
            yield source, text, qid


def _mentions(
    data: Path, register: list[dict[str, str]], iso: dict[str, str], cow: dict[float, str]
) -> Iterator[tuple[str, str, str]]:
    for row in register:
        for column, name in row.items():
            if column.startswith("UNTERM"):
                language = column.split()[1]
                sort = "English" if language == "English" else "other languages"
                yield name, _item(row["wikidata_id"]), f"United Nations terms, {sort}"
    for row in _rows(data / "cow" / "cow_states.csv"):
        yield row["statenme"], cow.get(float(row["ccode"]), ""), "Correlates of War"
    votes = data / "unga" / "IdealpointestimatesAll_Apr2020.csv"
    for row in _rows(votes, "latin-1"):
        yield row["Countryname"], iso.get(row["iso3c"], ""), "UN voting data"
    for path in sorted((data / "membership").glob("*.csv")):
        for row in _rows(path):
            yield row["Name"], iso.get(row["Code"], ""), "membership lists"


def others_table(data: Path, linker: Linker) -> str:
    """Precision and recall by source, bare, and what ambiguous names give, as Markdown."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    alone: dict[str, Counter[str]] = defaultdict(Counter)
    for source, name, qid in other_mentions(data):
        found = lookup_territory(name)
        match = linker.link(name, suggest=False).match
        for got, table in ((match and match.qid, counts), (found and found.qid, alone)):
            table[source]["none" if not got else "right" if got == qid else "wrong"] += 1
    lines = ["| names by others | n | linker, bare P / R | rigour P / R |", "|---|---|---|---|"]
    for source in sorted(counts):
        cells = []
        for table in (counts, alone):
            got = table[source]
            decided = max(1, got["right"] + got["wrong"])
            cells.append(f"{got['right'] / decided:.3f} / {got['right'] / got.total():.3f}")
        lines.append(f"| {source} | {counts[source].total()} | {' | '.join(cells)} |")
    told = {name: linker.link(name, suggest=False).decision for name in AMBIGUOUS}
    lines += ["", "Alone: " + ", ".join(f"{name}: {answer}" for name, answer in told.items()) + "."]
    return "\n".join(lines)
