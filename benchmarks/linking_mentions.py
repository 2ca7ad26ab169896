"""Names of states and organizations as other publishers write them.

A second check of the linker, on mentions that no alias list was made of. States: voting and
alliance data, membership lists, currency tables in capitals, the United Nations' terms in six
languages; identity comes from the code beside the name, through the public registers' Wikidata
columns.
Organizations: the Correlates of War list has a code, a shortened and a long name for each of 534
bodies; identity comes from the long name, where an item bears its very words. Most of these bodies
the extract lacks, so that an answer for one of them counts as wrong: more than is fair, as some are
there under another name.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from rigour.territories import lookup_territory

from axiskg.linking import Context, Linker, keys

__all__ = ["bodies_table", "others_table", "sentences_table"]

BOTH = "states and organizations between them"
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
        currency = row["ISO4217-currency_country_name"]
        yield currency, _item(row["wikidata_id"]), "currency tables, in capitals"
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


def _bodies(data: Path, linker: Linker) -> Iterator[tuple[str, str, str]]:
    """What sort of name, the name, and the QID or "" of each body in the Correlates of War list."""
    path = data / "igo" / "igo_year_format3.csv.gz"
    known = linker.known
    if not path.is_file() or known is None:
        return
    with gzip.open(path, "rt", encoding="latin-1", newline="") as lines:
        rows = {row["orgname"]: row for row in csv.DictReader(lines)}
    for row in rows.values():
        long, short, code = (row[one].strip() for one in ("longorgname", "orgname", "ioname"))
        found = set()
        for form in (long, keys.both(long)[0] if keys.both(long) else long):
            found |= {
                hit.item.qid
                for hit in known.by_bag(keys.bag(form))
                if hit.item.kind in ("igo", "organization", "other") and hit.how != "acronym"
            }
        if len(found) < 2:
            qid = next(iter(found), "")
            yield "long names", long, qid
            if short != long:
                yield "shortened names", short, qid
            yield "codes", code, qid


def bodies_table(data: Path, linker: Linker) -> str:
    """Precision and recall on organizations between states, bare and typed, as Markdown."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for sort, name, qid in _bodies(data, linker):
        for mode, types in (("bare", ()), ("typed", ("bloc",))):
            match = linker.link(name, types=types, suggest=False).match
            got = match.qid if match is not None else ""
            other = match is not None and not qid and match.kind not in ("igo", "state")
            outcome = "none" if not got or other else "right" if got == qid else "wrong"
            counts[sort, mode][outcome if qid or outcome == "none" else "astray"] += 1
            counts[sort, mode]["there"] += bool(qid)
    lines = [
        "| bodies between states, Correlates of War | in the extract | of them, P / R, bare"
        " | typed | not in it | answered, bare | typed |",
        "|---" * 7 + "|",
    ]
    for sort in ("long names", "shortened names", "codes"):
        bare, typed = counts[sort, "bare"], counts[sort, "typed"]
        there = bare["there"]
        absent = bare.total() - 2 * there
        cells = [
            f"{one['right'] / max(1, one['right'] + one['wrong']):.3f}"
            f" / {one['right'] / max(1, there):.3f}"
            for one in (bare, typed)
        ]
        lines.append(
            f"| {sort} | {there} | {cells[0]} | {cells[1]}"
            f" | {absent} | {bare['astray']} | {typed['astray']} |"
        )
    return "\n".join(lines)


def sentences_table(paths: Sequence[Path], linker: Linker) -> str:
    """Precision and recall over mentions in their sentences, by kind of what is meant, as Markdown.

    The files are tab-separated, with columns `mention`, `qid` and `sentence`. What the snapshot
    lacks stands in a row of its own: for that, no answer is right.
    """
    known = linker.known
    counts: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for path in paths:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            for row in rows:
                item = known.item(row["qid"]) if known is not None else None
                kind = item.kind if item is not None else "not in the snapshot"
                group = BOTH if kind in ("state", "igo") else kind
                for way, context in (("bare", ""), ("in context", row["sentence"])):
                    about = Context(text=context)
                    match = linker.link(row["mention"], context=about, suggest=False).match
                    got = match.qid if match is not None else None
                    outcome = "none" if got is None else "right" if got == row["qid"] else "wrong"
                    counts[group][way][outcome] += 1
                    if item is not None:
                        counts["all"][way][outcome] += 1
    lines_out = [
        "| mentions in sentences | n | bare P / R | in context P / R |",
        "|---|---|---|---|",
    ]
    for group in sorted(counts, key=lambda one: (one == "not in the snapshot", one == "all", one)):
        ways = counts[group]
        cells = [_share(ways[way]) for way in ("bare", "in context")]
        lines_out.append(f"| {group} | {ways['bare'].total()} | " + " | ".join(cells) + " |")
    return "\n".join(lines_out)


def _share(counts: Counter[str]) -> str:
    decided = counts["right"] + counts["wrong"]
    precision = f"{counts['right'] / decided:.3f}" if decided else "-"
    return f"{precision} / {counts['right'] / max(1, counts.total()):.3f}"
