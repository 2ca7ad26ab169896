"""`axiskg query` and `axiskg queries`: ask saved queries, files and typed-in SPARQL."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Annotated

import typer

from axiskg.cli.app import app, progress, state_of
from axiskg.cli.filled import filled_store
from axiskg.cli.output import emit, emit_json, emit_table
from axiskg.errors import NotFoundError, ParameterError
from axiskg.linking.federation import Call, federated
from axiskg.queries.catalogue import Catalogue, ask_text, run
from axiskg.queries.saved import PARAMETER_TYPES, SavedQuery, header_of, read_query

__all__: list[str] = []

FORMATS = "table, json, csv, tsv, xml; for graphs ttl, nt, jsonld, rdfxml, trig, nq"

queries_app = typer.Typer(
    help="The saved queries: what they answer, take and give.", invoke_without_command=True
)
app.add_typer(queries_app, name="queries")


@app.command("query")
def query_command(
    context: typer.Context,
    query: Annotated[
        str, typer.Argument(metavar="NAME|FILE|SPARQL|-", help="What to ask; - reads stdin.")
    ],
    parameter: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="NAME=VALUE", help="Repeat for alternatives."),
    ] = None,
    format_: Annotated[str | None, typer.Option("--format", "-f", help=FORMATS)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Answer a saved query, or SPARQL from a file, the command line or standard input.

    The prefixes of `axiskg.namespaces` need no declaration. On a terminal the answer is a table;
    into a pipe it is TSV, or Turtle for a graph.
    """
    settings = state_of(context).settings
    given = _given(parameter or [])
    asked = _asked(query, Catalogue.of(settings))
    with filled_store(context) as opened:
        store = federated(opened, settings, _note)
        if isinstance(asked, SavedQuery):
            answer = run(store, asked, given)
        elif given:
            raise ParameterError(next(iter(given)), "no parameter", "one: this query has no header")
        else:
            answer = ask_text(store, asked)
    if as_json:
        format_ = "jsonld" if isinstance(answer, list) else "json"
    emit(answer, format_)


def _note(call: Call) -> None:
    """Say on stderr what a remote service gave."""
    told = call.error or f"{call.rows} rows" + (", kept from before" if call.cached else "")
    progress.print(f"SERVICE {call.service}: {told}", highlight=False)


def _given(parameters: list[str]) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals:
            raise ParameterError(parameter, "NAME=VALUE", repr(parameter))
        given.setdefault(name.strip(), []).append(value)
    return given


def _asked(query: str, catalogue: Catalogue) -> SavedQuery | str:
    """The saved query, or the text of one that has no header."""
    if query == "-":
        return sys.stdin.read()
    if any(character in query for character in "{\n") or " " in query.strip():
        return query
    path = Path(query)
    if path.suffix in {".rq", ".sparql"}:
        if not path.is_file():
            raise NotFoundError(f"there is no file {query}")
        text = path.read_text(encoding="utf-8")
        return read_query(path) if header_of(text) else text
    return catalogue.get(query)


@queries_app.callback()
def queries_command(
    context: typer.Context,
    tag: Annotated[str | None, typer.Option(help="Only those with this tag.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the saved queries (also `axiskg queries list`)."""
    if context.invoked_subcommand is None:
        _list(context, tag, as_json)


@queries_app.command("list")
def list_command(
    context: typer.Context,
    tag: Annotated[str | None, typer.Option(help="Only those with this tag.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the saved queries."""
    _list(context, tag, as_json)


def _list(context: typer.Context, tag: str | None, as_json: bool) -> None:
    found = [q for q in Catalogue.of(state_of(context).settings) if tag is None or tag in q.tags]
    if as_json:
        emit_json([_described(query) for query in found])
        return
    emit_table(
        ("name", "answers", "parameters"),
        ((q.name, q.summary, ", ".join(p.name for p in q.parameters)) for q in found),
    )


@queries_app.command("show")
def show_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name of a saved query.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what a saved query answers, its parameters and columns, and its SPARQL."""
    query = Catalogue.of(state_of(context).settings).get(name)
    if as_json:
        emit_json(_described(query) | {"text": query.text})
        return
    typer.echo(f"{query.name}: {query.summary}")
    if query.description:
        typer.echo(f"\n{query.description}")
    if query.parameters:
        typer.echo("\nParameters")
    for parameter in query.parameters:
        need = "optional" if parameter.optional else f"default {parameter.default}"
        typer.echo(
            f"  {parameter.name}: {parameter.description}; {PARAMETER_TYPES[parameter.type]}"
            f" ({need}; example {parameter.example})"
        )
    typer.echo("\nColumns")
    for column, meaning in query.columns.items():
        typer.echo(f"  {column}: {meaning}")
    lines = query.text.splitlines()
    typer.echo("\n" + "\n".join(line for line in lines if not line.startswith("#+")))


def _described(query: SavedQuery) -> dict[str, object]:
    return {
        "name": query.name,
        "summary": query.summary,
        "description": query.description,
        "tags": list(query.tags),
        "parameters": [dataclasses.asdict(parameter) for parameter in query.parameters],
        "columns": dict(query.columns),
        "form": query.form,
    }
