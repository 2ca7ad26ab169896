"""The linker over names that nobody here wrote, beside baselines: `python -m benchmarks.linking`.

The names are the English aliases of an extract of Wikidata. A name's hash puts it into one of ten
folds; an index is built from which the names of a fold are hidden, and the linker is asked for
them. Folds 0, 1, 6 and 7 served to tune the linker and aren't shown; shown are folds 2 to 5.

Counted are names that one item bears; names that several bear are a row of their own, since there
an answer should be to abstain. *Bare* gives the linker the name alone, *typed* also the kind of
thing that is asked for, as a column in OpenRefine has it. A code is what `keys.is_code` takes for
one (ISO and Olympic codes, short acronyms), or a flag.
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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz, process
from rigour.territories import lookup_territory

from axiskg.linking import Linker, keys
from axiskg.linking.kinds import kind_of
from axiskg.linking.snapshot_build import build_snapshot
from axiskg.linking.wikidata_json import RawItem, read_items
from axiskg.settings import Settings

FOLDS: Final = 10
SHOWN: Final = (2, 3, 4, 5)
_FUZZY_SAMPLE: Final = 400


@dataclass(frozen=True, slots=True)
class Mention:
    """A hidden name and the item that bears it."""

    name: str
    qid: str
    kind: str

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows of the table that the mention counts in."""
        if self.kind not in ("state", "igo"):
            return ("persons" if self.kind == "person" else "others", "all")
        plural = {"state": "states", "igo": "organizations"}[self.kind]
        code = keys.is_code(self.name) or keys.flag_code(self.name) is not None
        sort = "codes" if code else "names"
        return (plural, "states and organizations", f"  of these, {sort}", "all")


ROWS: Final = (
    "states", "organizations", "states and organizations", "  of these, names",
    "  of these, codes", "persons", "others", "all",
)  # fmt: skip


def fold_of(name: str) -> int:
    """The fold of a name."""
    return int(hashlib.sha256(f"axiskg:{name}".encode()).hexdigest(), 16) % FOLDS


class Split:
    """The extract and its folds."""

    def __init__(self, extract: Path) -> None:
        self.extract = extract
        self.items: list[RawItem] = list(read_items(extract))
        self.kinds = {item.qid: kind_of(item.classes) for item in self.items}
        self.bearers: dict[str, set[str]] = defaultdict(set)
        for item in self.items:
            for name in (item.label, *item.aliases, *item.official):
                self.bearers[name].add(item.qid)

    def mentions(self, fold: int) -> tuple[list[Mention], list[Mention]]:
        """The names of a fold that one item bears, and those that several bear."""
        single, several = [], []
        for item in self.items:
            for name in dict.fromkeys(item.aliases):
                if name != item.label and fold_of(name) == fold:
                    mention = Mention(name, item.qid, self.kinds[item.qid])
                    (single if len(self.bearers[name]) == 1 else several).append(mention)
        return single, several

    def index(self, fold: int, target: Path, registers: Sequence[Path] = ()) -> None:
        """A snapshot from which the names of a fold are hidden."""
        build_snapshot(
            self.extract, target, hide=lambda _, name: fold_of(name) == fold, registers=registers
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


def likeness(split: Split, fold: int) -> Answer:
    """Baseline: the item with the name that is most alike (rapidfuzz WRatio, 90 or better)."""
    names: list[str] = []
    qids: list[str] = []
    for item in split.items:
        for name in {item.label, *item.aliases}:
            if name == item.label or fold_of(name) != fold:
                names.append(keys.key(name))
                qids.append(item.qid)

    def answer(mention: Mention) -> str | None:
        best = process.extractOne(
            keys.key(mention.name), names, scorer=fuzz.WRatio, score_cutoff=90
        )
        return qids[best[2]] if best is not None else None

    return answer


Counts = dict[str, Counter[str]]


def count(mentions: Iterable[Mention], answer: Answer, counts: Counts) -> None:
    """Add what an answer gives for mentions to the counts by row."""
    for mention in mentions:
        got = answer(mention)
        outcome = "none" if got is None else "right" if got == mention.qid else "wrong"
        for row in mention.rows:
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
            cells.append(f"{share(got['right'], decided)} / {share(got['right'], got.total())}")
        lines.append(f"| {row} | {size} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def measure(split: Split, folder: Path, registers: Sequence[Path], folds: Sequence[int]) -> None:
    """Print the tables of quality."""
    methods: dict[str, Counts] = {
        name: defaultdict(Counter)
        for name in ("linker, bare", "linker, typed", "exact label", "rigour", "rapidfuzz")
    }
    with_register: dict[str, Counts] = {
        name: defaultdict(Counter) for name in ("linker, bare", "linker, typed")
    }
    ambiguous: Counter[str] = Counter()
    for fold in folds:
        single, several = split.mentions(fold)
        count(single, exact_label(split), methods["exact label"])
        count(single, rigour, methods["rigour"])
        step = max(1, len(single) // _FUZZY_SAMPLE)
        shown = [m for n, m in enumerate(single) if n % step == 0 or m.kind in ("state", "igo")]
        count(shown, likeness(split, fold), methods["rapidfuzz"])
        for tables, extra in ((methods, ()), (with_register, tuple(registers))):
            if extra or tables is methods:
                target = folder / f"fold-{fold}.sqlite"
                split.index(fold, target, extra)
                linker = Linker(Settings(wikidata_snapshot=target, link_judgements=folder / "none"))
                count(single, bare(linker), tables["linker, bare"])
                count(single, typed(linker), tables["linker, typed"])
                if tables is methods:
                    for mention in several:
                        got = bare(linker)(mention)
                        of_them = got in split.bearers[mention.name]
                        ambiguous["abstains" if got is None else "one" if of_them else "wrong"] += 1
        print(f"fold {fold}: {len(single)} names", file=sys.stderr)
    print(table("hidden names", methods))
    print(f"\nrapidfuzz was asked for a sample of {_FUZZY_SAMPLE} names a fold, and all states.")
    if registers:
        names = ", ".join(path.name for path in registers)
        print("\n" + table(f"with the names of {names}", with_register))
    total = max(1, ambiguous.total())
    print(
        f"\nNames that several items bear ({total}): the linker abstains on"
        f" {ambiguous['abstains'] / total:.1%}, takes one of the bearers for"
        f" {ambiguous['one'] / total:.1%}, another item for {ambiguous['wrong'] / total:.1%}."
    )


def bare(linker: Linker) -> Answer:
    """The linker with the name alone."""
    return lambda mention: _match(linker, mention, ())


def typed(linker: Linker) -> Answer:
    """The linker with the name and the kind."""
    return lambda mention: _match(linker, mention, (mention.kind,))


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
    parser.add_argument("--folds", type=int, nargs="+", default=list(SHOWN), help="folds shown")
    options = parser.parse_args()
    shared = os.environ.get("AXISKG_TEST_DATA")
    data = Path(shared) / "data" if shared else None
    extract = options.extract or (data and data / "wikidata" / "wikidata_snapshot.jsonl.gz")
    register = options.register or (data and data / "crosswalk" / "country-codes.csv")
    if extract is None or not extract.is_file():
        print("benchmarks.linking: no extract; set AXISKG_TEST_DATA or --extract", file=sys.stderr)
        return
    csv.field_size_limit(1_000_000)
    registers = [register] if register is not None and register.is_file() else []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measure(Split(extract), folder, registers, options.folds)
        figures = speed(extract, folder)
    print("\n| | |\n|---|---|")
    print(
        f"| building the snapshot | {figures['build_s']:.1f} s, {figures['snapshot_mb']:.0f} MB |"
    )
    print(f"| `link`, one core | {figures['names_per_s']:,.0f} names/s |")
    print(f"| without suggestions of like spelling | {figures['plain_names_per_s']:,.0f} names/s |")
    print(f"| memory of the process | {figures['memory_mb']:.0f} MB |")
    for path in ("/reconcile", "/reconcile/wikidata"):
        print(f"| batch of 10 over HTTP, `{path}` | {figures[path]:.1f} ms (median) |")


if __name__ == "__main__":
    main()
