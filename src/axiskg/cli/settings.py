"""`axiskg settings`: every setting, its value, and where that came from."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from pydantic import SecretStr

from axiskg.cli.app import app, state_of
from axiskg.cli.output import emit_json, emit_table
from axiskg.settings import Settings

__all__: list[str] = []


@app.command("settings")
def settings_command(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show every setting with its value, where that came from, and what it means.

    Secrets are masked.
    """
    settings = state_of(context).settings
    rows = [
        {
            "setting": name,
            "value": _shown(getattr(settings, name)),
            "from": _origin(settings, name),
            "meaning": field.description or "",
        }
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        emit_json(rows)
        return
    emit_table(("setting", "value", "from", "meaning"), ([*row.values()] for row in rows))


def _shown(value: object) -> str:
    """A value as text; of a secret only that it is set."""
    if value is None:
        return "(not set)"
    return "********" if isinstance(value, SecretStr) else str(value)


def _origin(settings: Settings, name: str) -> str:
    """The command line, the environment variable, or the default."""
    variable = f"AXISKG_{name.upper()}"
    from_environment = next((key for key in os.environ if key.upper() == variable), None)
    if name in settings.model_fields_set:
        if from_environment and Settings().model_dump()[name] == settings.model_dump()[name]:
            return f"environment {from_environment}"
        return "command line"
    return "default"
