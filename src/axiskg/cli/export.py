"""`axiskg export`: the graph as a document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from axiskg.cli.app import app, progress
from axiskg.cli.filled import filled_store
from axiskg.cli.output import emit_json, write_bytes
from axiskg.errors import ConfigError
from axiskg.export import EXPORTS, export

__all__: list[str] = []

_NAMES = "; ".join(f"{name}: {meaning}" for name, (_, _, meaning) in EXPORTS.items())


@app.command("export")
def export_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help=_NAMES)] = "trig",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file, not to stdout.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a report as JSON; needs --output.")
    ] = False,
) -> None:
    """Write the graph as one document: whole, plain, annotated or as nanopublications."""
    if as_json and output is None:
        raise ConfigError("--json prints a report of a written file; give --output too")
    with filled_store(context) as store:
        document = export(store, name)
    if output is None:
        write_bytes(document)
        return
    try:
        output.write_bytes(document)
    except OSError as error:
        raise ConfigError(f"{output} can't be written: {error.strerror}") from error
    if as_json:
        emit_json({"export": name, "path": str(output), "bytes": len(document)})
    else:
        progress.print(f"wrote {len(document)} bytes to {output}", highlight=False)
