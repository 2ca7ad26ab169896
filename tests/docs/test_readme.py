"""What the README shows is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from axiskg.settings import Settings, resources_dir
from axiskg.trig import read_trig

ROOT = resources_dir()
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = re.compile(r"^```sh\n(.*?)^```\n```text\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
SLUG = "fp-2023-china-russia-axis"


def run(*command: str, store: Path) -> str:
    keep = {k: v for k, v in os.environ.items() if not k.startswith("AXISKG_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        command,
        cwd=ROOT,
        env=keep | {"PATH": path, "AXISKG_STORE": str(store), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=240,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme") / "store"
    run("axiskg", "build", store=folder)
    return folder


@pytest.mark.parametrize(("command", "shown"), SHELL.findall(PAGE))
def test_a_command_prints_what_is_shown(command: str, shown: str, store: Path) -> None:
    assert run("bash", "-euo", "pipefail", "-c", command, store=store) == shown


@pytest.mark.parametrize("block", PYTHON.findall(PAGE))
def test_python_runs_as_it_stands(block: str, store: Path) -> None:
    assert run(sys.executable, "-c", block, store=store).startswith("True")


def test_there_are_three_questions_and_a_program() -> None:
    assert len(SHELL.findall(PAGE)) >= 3
    assert len(PYTHON.findall(PAGE)) == 1


def test_the_number_of_statements_is_that_of_the_data() -> None:
    quads = read_trig(Settings().data_dir / "triples" / f"{SLUG}.trig")
    statements = {
        quad.graph_name
        for quad in quads
        if str(quad.graph_name).startswith(f"<https://w3id.org/axiskg/statement/{SLUG}/")
    }
    assert f"{len(statements)} statements" in PAGE


def test_every_make_target_named_is_one() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"(?:`|\$ )make ([a-z-]+)", PAGE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_page_linked_is_there() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert link.startswith("http") or (ROOT / link).exists(), link
