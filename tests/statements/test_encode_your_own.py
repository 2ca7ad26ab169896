"""The commands of docs/encode-your-own.md, run as they stand, and their output."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from axiskg.settings import resources_dir

PAGE = resources_dir() / "docs" / "encode-your-own.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
MARK = "--- end of block ---"


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    keep = {k: v for k, v in os.environ.items() if not k.startswith("AXISKG_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail"],
        input=script,
        cwd=folder,
        env=keep | {"PATH": path, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=280,
    )


def test_the_page_runs_as_it_stands(tmp_path: Path) -> None:
    found = [m.groups() for m in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))]
    assert len(found) >= 9
    shutil.copytree(PAGE.parent / "example", tmp_path / "docs" / "example")
    script = "".join(f"{commands}echo '{MARK}'\n" for commands, _ in found)
    ran = run(tmp_path, script)
    assert ran.returncode == 0, ran.stderr
    printed = ran.stdout.split(f"{MARK}\n")[:-1]
    assert len(printed) == len(found), ran.stderr
    for (commands, shown), got in zip(found, printed, strict=True):
        if shown is not None:
            assert got == shown, commands
