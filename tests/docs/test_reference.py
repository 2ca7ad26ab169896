"""Every command, setting, query, parameter type and exit code is documented.

`AXISKG_UPDATE_DOCS=1` writes the generated parts of the pages anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

import axiskg
from axiskg.cli.app import Exit
from axiskg.cli.groups import whole_app
from axiskg.queries import Catalogue, read_query
from axiskg.queries.saved import PARAMETER_TYPES
from axiskg.settings import Settings
from axiskg.store import Solutions

app = whole_app()

DOCS = Path(__file__).parents[2] / "docs"


def commands() -> Iterator[tuple[str, str]]:
    """Name and first sentence of every command and sub-command."""

    def walk(command: object, name: str) -> Iterator[tuple[str, str]]:
        children = getattr(command, "commands", None)
        text = (getattr(command, "help", "") or "").strip()
        if name:
            yield name, " ".join(text.split("\n\n")[0].split())
        for child, inner in sorted((children or {}).items()):
            yield from walk(inner, f"{name} {child}".strip())

    return walk(typer.main.get_command(app), "")


def setting_lines() -> Iterator[str]:
    yield from ("| variable | default | meaning |", "|---|---|---|")
    for name, field in Settings.model_fields.items():
        made = "this checkout" if name == "home" else "none"
        default = made if field.default_factory else str(field.default)
        default = {"": made, "None": "not set"}.get(default, default)
        yield f"| `AXISKG_{name.upper()}` | {default} | {field.description} |"


def query_lines() -> Iterator[str]:
    for query in Catalogue.of(Settings()):
        yield f"### {query.name}"
        yield ""
        yield f"{query.summary}. {query.description}".strip()
        yield ""
        for parameter in query.parameters:
            need = "" if parameter.optional else f", default `{parameter.default}`"
            yield (
                f"- `{parameter.name}` ({parameter.type}{need}): {parameter.description},"
                f" as `{parameter.example}`"
            )
        if query.parameters:
            yield ""
        if query.columns:
            yield "Columns: " + "; ".join(f"`{k}` {v}" for k, v in query.columns.items()) + "."
            yield ""


GENERATED = {
    ("cli.md", "commands"): lambda: (
        "| command | what it does |",
        "|---|---|",
        *(f"| `axiskg {name}` | {text} |" for name, text in commands()),
    ),
    ("cli.md", "settings"): setting_lines,
    ("queries.md", "types"): lambda: (
        "| type | how a value is given |",
        "|---|---|",
        *(f"| {name} | {text} |" for name, text in PARAMETER_TYPES.items()),
    ),
    ("queries.md", "queries"): query_lines,
}


@pytest.mark.parametrize(("page", "part"), GENERATED)
def test_the_generated_parts_are_up_to_date(page: str, part: str) -> None:
    path = DOCS / page
    text = path.read_text(encoding="utf-8")
    block = re.compile(rf"(<!-- {part}: begin .*?-->\n)(.*?)(<!-- {part}: end -->)", re.DOTALL)
    found = block.search(text)
    assert found, f"{page} has no part {part}"
    wanted = "\n" + "\n".join(GENERATED[page, part]()).strip() + "\n\n"
    if os.environ.get("AXISKG_UPDATE_DOCS"):
        path.write_text(block.sub(lambda m: m[1] + wanted + m[3], text), encoding="utf-8")
        return
    assert found[2] == wanted, "write it anew with AXISKG_UPDATE_DOCS=1"


def test_every_command_has_a_meaning() -> None:
    assert all(text for _, text in commands())


def test_every_setting_says_what_it_means() -> None:
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize(
    "name", ["build", "query", "queries", "statements", "show", "export", "settings"]
)
def test_the_commands_of_this_page_have_their_paragraph(name: str) -> None:
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    paragraph = re.search(rf"^### axiskg {name}\n\n(.+?)\n\n", text, re.MULTILINE | re.DOTALL)
    assert paragraph, f"docs/cli.md says nothing of axiskg {name}"
    assert len(paragraph[1]) > 100


def test_every_exit_code_is_explained() -> None:
    text = (DOCS / "cli.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (\d) \| (\w+) \|", text, re.MULTILINE))
    assert told == {str(int(code)): code.name for code in Exit}


def blocks(language: str) -> list[str]:
    text = (DOCS / "queries.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_example_in_python_runs() -> None:
    (example,) = blocks("python")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(example, "docs/queries.md", "exec"), {})
    assert "fullyBacks https://w3id.org/axiskg/entity/taiwan 14" in said.getvalue().replace(
        "https://w3id.org/axiskg/ontology#", ""
    )


def test_the_examples_in_sparql_run(tmp_path: Path) -> None:
    from axiskg.queries.catalogue import ask_text, run

    bare, saved = blocks("sparql")
    path = tmp_path / "founded.rq"
    path.write_text(saved, encoding="utf-8")
    with axiskg.open_filled(Settings(store=":memory:")) as store:
        assert isinstance(ask_text(store, bare), Solutions)
        found = run(store, read_query(path), {"actor": "China"})
        assert isinstance(found, Solutions)
        assert len(found.rows) == 2
        conclusions = Catalogue.of(Settings()).run(store, "conclusions", {"actor": "china"})
        assert isinstance(conclusions, Solutions)
        told = {(str(row[1]).rpartition("#")[2], str(row[2])) for row in conclusions.rows}
        assert ("mutuallyBacks>", "<https://w3id.org/axiskg/entity/russia>") in told


def test_every_public_name_is_there_and_listed() -> None:
    for name in axiskg.__all__:
        assert getattr(axiskg, name) is not None
    assert set(axiskg.__all__) <= set(dir(axiskg))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = axiskg.nothing
    text = (DOCS / "queries.md").read_text(encoding="utf-8")
    values = {"AxisKGError", "BuildReport", "Dataset", "Reasoner", "Settings", "Solutions"}
    named = set(axiskg.__all__) - values - {"Statement", "Store", "__version__"}
    assert {name for name in named if f"`{name}`" not in text} == set()
