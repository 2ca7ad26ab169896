"""The command is run in this process through its own `main`, so that exit codes are the real ones.

The store is built once for all; a few tests start the installed `axiskg` to see that standard
output and standard error are kept apart.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from running import Ran, Run

from axiskg.build import build
from axiskg.cli import main
from axiskg.settings import Settings, resources_dir


@pytest.fixture(scope="session")
def light_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own files with few of its rules: what they conclude is tested elsewhere."""
    home = tmp_path_factory.mktemp("home")
    for part in ("ontology", "queries", "data/triples", "data/sources", "data/links", "data/names"):
        shutil.copytree(resources_dir() / part, home / part)
    for rule in (home / "ontology" / "rules").glob("*.rq"):
        if rule.stem not in {"mutual-backing", "backing-full", "backing-tacit"}:
            rule.unlink()
    return home


@pytest.fixture(scope="session")
def filled(light_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store built from those files."""
    path = tmp_path_factory.mktemp("cli") / "store"
    build(Settings(home=light_home, store=str(path)))
    return path


@pytest.fixture
def axiskg(
    filled: Path,
    light_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Run:
    """Runs `axiskg` with arguments, on the filled store unless told otherwise."""

    def run(*arguments: str, store: str | None = None) -> Ran:
        monkeypatch.setenv("AXISKG_STORE", store or str(filled))
        if "AXISKG_HOME" not in os.environ:
            monkeypatch.setenv("AXISKG_HOME", str(light_home))
        monkeypatch.setattr(sys, "argv", ["axiskg", *arguments])
        monkeypatch.setenv("COLUMNS", "200")
        capfd.readouterr()
        try:
            main()
            code: int | str | None = 0
        except SystemExit as ended:
            code = ended.code
        sys.stdout.flush()
        seen = capfd.readouterr()
        assert isinstance(code, int)
        return Ran(code, seen.out, seen.err)

    return run
