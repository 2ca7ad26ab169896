"""The application object, its options, and what becomes of an error."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console

from axiskg import errors
from axiskg.settings import Settings

__all__ = ["Exit", "State", "app", "progress", "run", "state_of"]


class Exit(IntEnum):
    """The exit codes, as documented in docs/cli.md."""

    OK = 0
    FAILED = 1
    USAGE = 2
    DATA = 3
    QUERY = 4
    STORE = 5
    NOT_FOUND = 6
    UNCHECKED = 7
    TIMEOUT = 8
    REMOTE = 9


_EXITS: tuple[tuple[type[errors.AxisKGError], Exit], ...] = (
    (errors.QueryTimeoutError, Exit.TIMEOUT),
    (errors.QueryError, Exit.QUERY),
    (errors.ShapeError, Exit.FAILED),
    (errors.DataError, Exit.DATA),
    (errors.StoreError, Exit.STORE),
    (errors.NotFoundError, Exit.NOT_FOUND),
    (errors.LinkingError, Exit.REMOTE),
    (errors.ConfigError, Exit.USAGE),
    (errors.AxisKGError, Exit.FAILED),
)


@dataclass(frozen=True, slots=True)
class State:
    """What the options before the command's name have set."""

    settings: Settings
    verbose: bool = False


app = typer.Typer(
    name="axiskg",
    help="Sourced assertions as a knowledge graph: query it, trace it, reason over it.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

progress = Console(stderr=True)
"""Where progress and notes go; standard output is for results alone."""


@app.callback()
def _options(
    context: typer.Context,
    store: Annotated[
        str | None,
        typer.Option(
            help="Where the graph is: a folder, :memory:, or the query URL of a remote engine."
        ),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Say on stderr where conclusions come from.")
    ] = False,
) -> None:
    settings = Settings() if store is None else Settings(store=store)
    context.obj = State(settings=settings, verbose=verbose)


def state_of(context: typer.Context) -> State:
    """The `State` of a running command."""
    state = context.obj
    assert isinstance(state, State)
    return state


def exit_of(error: errors.AxisKGError) -> Exit:
    """The exit code for an error: that of the first class in the table that it is."""
    return next(code for kind, code in _EXITS if isinstance(error, kind))


def run() -> None:
    """Run the commands loaded so far; ends the process with a code of `Exit`."""
    try:
        app()
    except errors.AxisKGError as error:
        progress.print(f"[bold red]error:[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(exit_of(error))
    except SettingsError as error:
        told = f"{error.__cause__ or 'not JSON'}"
        progress.print(f"[bold red]error:[/] {error}: {told}", highlight=False, soft_wrap=True)
        sys.exit(Exit.USAGE)
    except ValidationError as error:
        for fault in error.errors():
            name = ".".join(str(part) for part in fault["loc"])
            progress.print(f"[bold red]error:[/] setting {name}: {fault['msg']}", highlight=False)
        sys.exit(Exit.USAGE)
