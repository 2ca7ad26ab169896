"""A command loads its own module, and the table of commands is the truth."""

from __future__ import annotations

import subprocess
import sys

import pytest
import typer

from axiskg.cli.groups import GROUPS, whole_app

app = whole_app()


def test_the_table_names_every_command_in_its_module() -> None:
    group = typer.main.get_command(app)
    modules = {
        name: command.callback.__module__.removeprefix("axiskg.cli.")
        for name, command in group.commands.items()  # type: ignore[attr-defined]
        if command.callback is not None
    }
    table = {command: module for module, commands in GROUPS.items() for command in commands}
    assert set(table) == set(group.commands)  # type: ignore[attr-defined]
    assert {name: table[name] for name in modules} == modules


@pytest.mark.parametrize("asked", [["queries"], ["settings"], ["--store", ":memory:", "queries"]])
def test_asking_a_built_store_loads_neither_server_nor_reasoner(asked: list[str]) -> None:
    script = (
        "import sys\n"
        f"sys.argv = ['axiskg', *{asked!r}]\n"
        "from axiskg.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'fastapi', 'duckdb', 'owlready2'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=60)


def test_a_slip_is_met_with_all_commands() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from axiskg.cli import main; main()", "qeury"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 2
    assert "query" in ran.stderr
