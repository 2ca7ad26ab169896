"""Quality of linking beside baselines, over names that nobody here wrote; prints Markdown.

The names are the English aliases of an extract of Wikidata. Four tenths of them, by a hash, served
to tune the linker and are never asked for. For each seed, another hash hides a sixth of the rest
from an index built for it: a hidden name stands nowhere in that index, neither as an alias nor as
an official name, and can only be found by what else is known. The linker is asked for all of them.

A name that several items bear counts once for each, in the denominator of the recall of each, and
as wrong for all but the one that is answered; rows for names that one item bears stand below.
*Bare* gives the linker the name alone, *column* the names alone, but those of states and
organizations together as one column (`link_column`) and those of each other kind as another;
*typed* also what is asked for, as a column in OpenRefine has it: "a state or an organization
between states" for these, its own kind for any other name. A code is what
`keys.is_code` takes for one (ISO and Olympic codes, short acronyms), or a flag. The last table asks
for names by other publishers.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.linking_mentions import bodies_table, others_table, sentences_table
from rapidfuzz import fuzz, process
from rigour.territories import lookup_territory

from axiskg.linking import Linker, keys, link_column
from axiskg.linking.kinds import kind_of
from axiskg.linking.snapshot_build import build_snapshot
from axiskg.linking.wikidata_json import RawItem, read_items
from axiskg.settings import Settings

FOLDS: Final = 10
TUNED: Final = frozenset({0, 1, 6, 7})
"""The folds that served to tune."""

SEEDS: Final = (1, 2, 3, 4, 5)
_SHARE: Final = 6
"""One name in so many, of those not tuned on, is hidden for a seed."""

_FUZZY_SAMPLE: Final = 200


@dataclass(frozen=True, slots=True)
class Mention:
    """A hidden name and an item that bears it, alone or not."""

    name: str
    qid: str
    kind: str
    alone: bool

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows of the table that the mention counts in."""
        if self.kind not in ("state", "igo"):
            rows = ["persons" if self.kind == "person" else "others", "all"]
        else:
            plural = {"state": "states", "igo": "organizations"}[self.kind]
            code = keys.is_code(self.name) or keys.flag_code(self.name) is not None
            sort = "codes" if code else "names"
            rows = [plural, BOTH, f"  of these, {sort}", "all"]
        if self.alone:
            rows += [row + ALONE for row in (BOTH, "all") if row in rows]
        return tuple(rows)


BOTH: Final = "states and organizations"
LINKER: Final = ("linker, bare", "linker, column", "linker, typed")
_BETWEEN: Final = ("state", "igo")
"""The kinds of states and of organizations between them."""

ALONE: Final = ", borne by one item"
ANSWERED: Final = "answered with one of these"
ROWS: Final = (
    "states", "organizations", BOTH, "  of these, names", "  of these, codes", BOTH + ALONE,
    ANSWERED, "persons", "others", "all", "all" + ALONE,
)  # fmt: skip


def fold_of(name: str) -> int:
    """The fold of a name."""
    return int(hashlib.sha256(f"axiskg:{name}".encode()).hexdigest(), 16) % FOLDS


def hidden(name: str, seed: int) -> bool:
    """Whether a name is one of those that are hidden for a seed, and asked for."""
    digest = hashlib.sha256(f"axiskg:{seed}:{name}".encode()).hexdigest()
    return fold_of(name) not in TUNED and int(digest, 16) % _SHARE == 0


class Split:
    """The extract, and the names hidden for each seed."""

    def __init__(self, extract: Path) -> None:
        self.extract = extract
        self.items: list[RawItem] = list(read_items(extract))
        self.kinds = {item.qid: kind_of(item.classes) for item in self.items}
        self.bearers: dict[str, set[str]] = defaultdict(set)
        for item in self.items:
            for name in (item.label, *item.aliases, *item.official):
                self.bearers[name].add(item.qid)

    def mentions(self, seed: int) -> list[Mention]:
        """The names that are hidden for a seed, once for each item whose alias they are."""
        return [
            Mention(name, item.qid, self.kinds[item.qid], len(self.bearers[name]) == 1)
            for item in self.items
            for name in dict.fromkeys(item.aliases)
            if name != item.label and hidden(name, seed)
        ]

    def index(self, seed: int, target: Path, registers: Sequence[Path] = ()) -> None:
        """A snapshot from which the names of a seed are hidden."""
        build_snapshot(
            self.extract, target, hide=lambda _, name: hidden(name, seed), registers=registers
        )


Answer = Callable[[Mention], str | None]


def exact_label(split: Split) -> Answer:
    """Baseline: the only item whose label is the name."""
    labels: dict[str, set[str]] = defaultdict(set)
    for item in split.items:
        labels[item.label.casefold()].add(item.qid)

    def answer(mention: Mention) -> str | None:
        found = labels.get(mention.name.casefold(), set())
        return next(iter(found)) if len(found) == 1 else None

    return answer


def rigour(mention: Mention) -> str | None:
    """Baseline: the territory that rigour takes the name for."""
    found = lookup_territory(mention.name)
    return found.qid if found is not None else None


def likeness(split: Split, seed: int) -> Answer:
    """Baseline: the item with the name that is most alike (rapidfuzz WRatio, 90 or better)."""
    names: list[str] = []
    qids: list[str] = []
    for item in split.items:
        for name in {item.label, *item.aliases}:
            if name == item.label or not hidden(name, seed):
                names.append(keys.key(name))
                qids.append(item.qid)

    def answer(mention: Mention) -> str | None:
        best = process.extractOne(
            keys.key(mention.name), names, scorer=fuzz.WRatio, score_cutoff=90
        )
        return qids[best[2]] if best is not None else None

    return answer


Counts = dict[str, Counter[str]]


def count(
    mentions: Iterable[Mention], answer: Answer, counts: Counts, kinds: Mapping[str, str]
) -> None:
    """Add what an answer gives for mentions to the counts by row."""
    for mention in mentions:
        got = answer(mention)
        outcome = "none" if got is None else "right" if got == mention.qid else "wrong"
        rows = mention.rows
        if got is not None and kinds.get(got) in ("state", "igo"):
            rows += (ANSWERED,)
        for row in rows:
            counts[row][outcome] += 1


def share(part: int, whole: int) -> str:
    """A share with three digits, or a dash."""
    return f"{part / whole:.3f}" if whole else "-"


def table(title: str, methods: dict[str, Counts]) -> str:
    """Precision and recall by row and method, as a Markdown table."""
    head = f"| {title} | n | " + " | ".join(f"{name} P / R" for name in methods) + " |"
    lines = [head, "|---" * (len(methods) + 2) + "|"]
    for row in ROWS:
        size = max(sum(counts[row].values()) for counts in methods.values())
        cells = []
        for counts in methods.values():
            got = counts[row]
            decided = got["right"] + got["wrong"]
            recall = "-" if row == ANSWERED else share(got["right"], got.total())
            cells.append(f"{share(got['right'], decided)} / {recall}")
        lines.append(f"| {row} | {size} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def figures(counts: Counter[str]) -> tuple[float, float]:
    """Precision and recall."""
    decided = counts["right"] + counts["wrong"]
    return counts["right"] / max(1, decided), counts["right"] / max(1, counts.total())


def measure(split: Split, folder: Path, registers: Sequence[Path], seeds: Sequence[int]) -> None:
    """Print the tables of quality."""
    names = (*LINKER, "exact label", "rigour", "rapidfuzz")
    methods: dict[str, Counts] = {name: defaultdict(Counter) for name in names}
    with_register: dict[str, Counts] = {name: defaultdict(Counter) for name in LINKER}
    by_seed: dict[tuple[int, str], Counts] = {}
    several: Counter[str] = Counter()
    for seed in seeds:
        mentions = split.mentions(seed)
        count(mentions, exact_label(split), methods["exact label"], split.kinds)
        count(mentions, rigour, methods["rigour"], split.kinds)
        step = max(1, len(mentions) // _FUZZY_SAMPLE)
        sample = [m for n, m in enumerate(mentions) if n % step == 0 or m.kind in ("state", "igo")]
        count(sample, likeness(split, seed), methods["rapidfuzz"], split.kinds)
        for tables, extra in ((methods, ()), (with_register, tuple(registers))):
            if tables is with_register and not extra:
                continue
            target = folder / f"seed-{seed}.sqlite"
            split.index(seed, target, extra)
            linker = Linker(Settings(wikidata_snapshot=target, link_judgements=folder / "none"))
            ways = (bare(linker), column(linker, mentions), typed(linker))
            for name, answer in zip(LINKER, ways, strict=True):
                found: Counts = defaultdict(Counter)
                count(mentions, answer, found, split.kinds)
                for row, counts in found.items():
                    tables[name][row] += counts
                if tables is methods:
                    by_seed[seed, name] = found
            if tables is methods:
                for mention in (m for m in mentions if not m.alone):
                    got = bare(linker)(mention)
                    one = "one" if got in split.bearers[mention.name] else "another"
                    several["none" if got is None else one] += 1
        print(f"seed {seed}: {len(mentions)} names", file=sys.stderr)
    print(table("hidden names", methods))
    print(f"\nrapidfuzz was asked for a sample of {_FUZZY_SAMPLE} names a seed, and all states.")
    print("\n" + spread(by_seed, seeds))
    if registers:
        files = ", ".join(path.name for path in registers)
        print("\n" + table(f"with the names of {files}", with_register))
    total = max(1, several.total())
    print(
        f"\nNames that several items bear ({total}): the linker abstains on"
        f" {several['none'] / total:.1%}, takes one of the bearers for"
        f" {several['one'] / total:.1%}, another item for {several['another'] / total:.1%}."
    )


def spread(by_seed: Mapping[tuple[int, str], Counts], seeds: Sequence[int]) -> str:
    """Precision and recall by seed, their mean and the least, as a Markdown table."""
    rows = (BOTH, BOTH + ALONE, "all", "all" + ALONE)
    lines = [
        f"| seeds {', '.join(map(str, seeds))} | P, each | mean | least | R, each | mean | least |",
        "|---" * 7 + "|",
    ]
    for name in LINKER:
        for row in rows:
            cells = []
            for part in (0, 1):
                each = [figures(by_seed[seed, name][row])[part] for seed in seeds]
                listed = " ".join(f"{one:.3f}" for one in each)
                cells.append(f"{listed} | {sum(each) / len(each):.3f} | {min(each):.3f}")
            lines.append(f"| {name.removeprefix('linker, ')}: {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def bare(linker: Linker) -> Answer:
    """The linker with the name alone."""
    return lambda mention: _match(linker, mention, ())


def column(linker: Linker, mentions: Sequence[Mention]) -> Answer:
    """The linker with the names of a column at a time."""
    columns: dict[str, list[str]] = defaultdict(list)
    for mention in mentions:
        columns[_column_of(mention)].append(mention.name)
    found = {
        (sort, answer.query): answer.match.qid
        for sort, names in columns.items()
        for answer in link_column(linker, names, suggest=False)
        if answer.match is not None
    }
    return lambda mention: found.get((_column_of(mention), mention.name))


def _column_of(mention: Mention) -> str:
    return BOTH if mention.kind in _BETWEEN else mention.kind


def typed(linker: Linker) -> Answer:
    """The linker with the name and what is asked for; of states and bodies, not which of both."""
    return lambda mention: _match(
        linker, mention, _BETWEEN if mention.kind in _BETWEEN else (mention.kind,)
    )


def _match(linker: Linker, mention: Mention, types: tuple[str, ...]) -> str | None:
    answer = linker.link(mention.name, types=types, suggest=False)
    return answer.match.qid if answer.match is not None else None


def speed(extract: Path, folder: Path) -> dict[str, float]:
    """What `benchmarks.linking_speed` measures in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.linking_speed", str(extract), str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="The linker beside baselines")
    parser.add_argument("--extract", type=Path, help="an extract of Wikidata, JSON lines")
    parser.add_argument("--register", type=Path, help="a table of further names")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS), help="splits shown")
    parser.add_argument("--only", choices=("quality", "speed"), help="a part of the tables")
    parser.add_argument(
        "--mentions",
        type=Path,
        nargs="+",
        help="tables of mentions in sentences: mention, qid, sentence",
    )
    options = parser.parse_args()
    shared = os.environ.get("AXISKG_TEST_DATA")
    data = Path(shared) / "data" if shared else None
    extract = options.extract or (data and data / "wikidata" / "wikidata_snapshot.jsonl.gz")
    register = options.register or (data and data / "crosswalk" / "country-codes.csv")
    if extract is None or not extract.is_file():
        print("benchmarks.linking: no extract; set AXISKG_TEST_DATA or --extract", file=sys.stderr)
        return
    csv.field_size_limit(1_000_000)
    if options.mentions:
        with tempfile.TemporaryDirectory() as name:
            snapshot = Path(name) / "whole.sqlite"
            build_snapshot(extract, snapshot)
            settings = Settings(wikidata_snapshot=snapshot, link_judgements=Path(name) / "none")
            print(sentences_table(options.mentions, Linker(settings)))
        return
    registers = [register] if register is not None and register.is_file() else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.only != "speed":
            measure(Split(extract), folder, registers, options.seeds)
            if data is not None:
                snapshot = folder / "whole.sqlite"
                build_snapshot(extract, snapshot)
                settings = Settings(wikidata_snapshot=snapshot, link_judgements=folder / "none")
                print("\n" + others_table(data, Linker(settings)))
                print("\n" + bodies_table(data, Linker(settings)))
        if options.only == "quality":
            return
        took = speed(extract, folder)
    print("\n| | |\n|---|---|")
    print(f"| building the snapshot | {took['build_s']:.1f} s, {took['snapshot_mb']:.0f} MB |")
    print(f"| `link`, one core | {took['names_per_s']:,.0f} names/s |")
    print(f"| without suggestions of like spelling | {took['plain_names_per_s']:,.0f} names/s |")
    print(f"| memory of the process | {took['memory_mb']:.0f} MB |")
    for path in ("/reconcile", "/reconcile/wikidata"):
        print(f"| batch of 10 over HTTP, `{path}` | {took[path]:.1f} ms (median) |")


if __name__ == "__main__":
    main()
