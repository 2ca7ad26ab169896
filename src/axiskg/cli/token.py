"""`axiskg token`: make, list and revoke the tokens that writing over HTTP needs."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from axiskg.cli.app import app, progress, state_of
from axiskg.server.accounts import SCOPES, TokenFile, token_path

__all__: list[str] = []

token_app = typer.Typer(help="Make, list and revoke tokens for writing over HTTP.")
app.add_typer(token_app, name="token", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _file(context: typer.Context) -> TokenFile:
    return TokenFile(token_path(state_of(context).settings))


@token_app.command("new")
def new_command(
    context: typer.Context,
    scope: Annotated[
        list[str] | None, typer.Option(help=f"What it may do: {', '.join(SCOPES)}.")
    ] = None,
    graph: Annotated[
        list[str] | None,
        typer.Option(help="A graph that it may write, or a prefix and *; all when not given."),
    ] = None,
    label: Annotated[str, typer.Option(help="Whose it is, or what for.")] = "",
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a token. It is shown this once: only its hash is kept."""
    expires = None if days is None else datetime.now(UTC) + timedelta(days=days)
    file = _file(context)
    secret, token = file.add(scope or ["write"], graphs=graph or [], label=label, expires=expires)
    if as_json:
        typer.echo(json.dumps({"token": secret, "id": token.id, "scopes": token.scopes}))
        return
    typer.echo(secret)
    progress.print(f"token {token.id}, kept as a hash in {file.path}", highlight=False)


@token_app.command("list")
def list_command(context: typer.Context, as_json: AsJson = False) -> None:
    """List the tokens; their secrets are not known to anybody."""
    tokens = _file(context).tokens()
    if as_json:
        shown = [dataclasses.asdict(token) for token in tokens]
        for entry in shown:
            del entry["hash"]
        typer.echo(json.dumps(shown))
        return
    for token in tokens:
        graphs = ", ".join(token.graphs) or "all graphs"
        until = f" until {token.expires}" if token.expires else ""
        typer.echo(f"{token.id}  {','.join(token.scopes)}  {graphs}  {token.label}{until}")


@token_app.command("revoke")
def revoke_command(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(help="The token's id, as the list shows it.")],
    as_json: AsJson = False,
) -> None:
    """Revoke a token; a running server refuses it from the next request on."""
    token = _file(context).revoke(identifier)
    typer.echo(json.dumps({"revoked": token.id}) if as_json else f"revoked {token.id}")
