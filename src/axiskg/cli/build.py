"""`axiskg build`: fill the store from the files of the project."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer

from axiskg.build import build
from axiskg.cli.app import app, progress, state_of

__all__: list[str] = []


@app.command("build")
def build_command(
    context: typer.Context,
    force: Annotated[
        bool, typer.Option("--force", help="Build even when no file has changed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Build the graph from the ontology, the encoded statements, the links and the rules.

    Nothing is done when the store was built from just these files.
    """
    report = build(
        state_of(context).settings,
        force=force,
        note=lambda step: progress.print(f"[dim]{step}[/]", highlight=False),
    )
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(report)))
        return
    said = "built" if report.built else "already up to date"
    typer.echo(
        f"{said}: {report.statements} statements of {len(report.sources)} sources,"
        f" {report.quads} quads in {report.store} ({report.seconds:.1f} s)"
    )
