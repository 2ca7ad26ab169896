"""The reasoner beside owlrl, reasonable, Nemo and SPARQL to fix-point.

Each measurement is a process of its own, run one after the other, with its time, its facts and its
peak memory; those that take longer than `--timeout` are ended and say so. Sizes stand beside the
figures, because the slower engines get smaller ones.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.reasoning_engines import CASES, run_case

PLAN: tuple[tuple[str, str, int], ...] = (
    ("domain", "axiskg", 1_000),
    ("domain", "axiskg", 10_000),
    ("domain", "axiskg", 100_000),
    ("domain", "nemo", 100_000),
    ("domain", "sparql", 10_000),
    ("domain", "sparql", 100_000),
    ("owl", "axiskg", 10_000),
    ("owl", "axiskg", 100_000),
    ("owl", "axiskg", 1_000_000),
    ("owl", "nemo", 100_000),
    ("owl", "nemo", 1_000_000),
    ("owl", "reasonable", 10_000),
    ("owl", "reasonable", 100_000),
    ("owl", "axiskg", 1_000),
    ("owl", "nemo", 1_000),
    ("owl", "owlrl", 1_000),
    ("chain", "axiskg", 500),
    ("chain", "axiskg", 2_000),
    ("chain", "nemo", 500),
    ("chain", "sparql", 500),
    ("chain", "nemo", 2_000),
    ("dag", "axiskg", 10_000),
    ("dag", "nemo", 10_000),
    ("dag", "sparql", 10_000),
    ("supports", "axiskg", 10_000),
    ("article", "axiskg", 1),
)
COLUMNS = ("case", "engine", "size", "seconds", "facts", "facts/s", "peak MB", "notes")


def main() -> None:
    """Run the plan, or one case of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=3, metavar=("CASE", "ENGINE", "SIZE"), help="run one here")
    parser.add_argument("--case", choices=sorted(CASES), help="only this case")
    parser.add_argument("--timeout", type=float, default=240, help="seconds for one measurement")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    chosen = parser.parse_args()
    if chosen.one:
        case, engine, size = chosen.one
        with tempfile.TemporaryDirectory(prefix="axiskg-bench-") as folder:
            print(json.dumps(run_case(case, engine, int(size), Path(folder))))
        return
    print(f"{platform.machine()}, Python {platform.python_version()}; one run each")
    print(" | ".join(COLUMNS), flush=True)
    figures = []
    for case, engine, size in PLAN:
        if chosen.case in (None, case):
            figure = _measured(case, engine, size, chosen.timeout)
            figures.append(figure)
            print(" | ".join(_shown(figure)), flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _measured(case: str, engine: str, size: int, timeout_s: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.reasoning", "--one", case, engine, str(size)]
    head: dict[str, Any] = {"case": case, "engine": engine, "size": size}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        return {**head, "notes": f"longer than {timeout_s:g} s"}
    if done.returncode:
        return {**head, "notes": (done.stderr.strip().splitlines() or ["failed"])[-1][:120]}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return {**head, **found}


def _shown(figure: dict[str, Any]) -> list[str]:
    seconds, facts = figure.get("seconds"), figure.get("facts")
    rate = f"{facts / seconds:,.0f}" if seconds and facts else "-"
    return [
        figure["case"],
        figure["engine"],
        f"{figure['size']:,}",
        "-" if seconds is None else f"{seconds:.3f}",
        "-" if facts is None else f"{facts:,}",
        rate,
        f"{figure['peak_mb']:,.0f}" if "peak_mb" in figure else "-",
        str(figure.get("notes", "")),
    ]


if __name__ == "__main__":
    main()
