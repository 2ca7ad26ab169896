"""How answers leave the command line: a table for a terminal, a machine format for a pipe."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence

import typer
from pyoxigraph import BlankNode, Literal, NamedNode
from rich.console import Console
from rich.table import Column, Table

from axiskg.errors import QueryError, did_you_mean
from axiskg.formats import GRAPHS, RESULTS, format_named, offered_for, serialize
from axiskg.namespaces import curie
from axiskg.store.protocol import Answer, Solutions, Term

__all__ = ["emit", "emit_json", "emit_table", "short", "write_bytes"]

TABLE = "table"
_WIDE = 240


def emit(answer: Answer, name: str | None) -> None:
    """Print an answer in the format of that name.

    Without one: a table on a terminal (Turtle for a graph), TSV (Turtle) into a pipe.
    """
    if name is None:
        on_terminal = sys.stdout.isatty() and not isinstance(answer, list)
        default = GRAPHS[0] if isinstance(answer, list) else RESULTS[3]
        name = TABLE if on_terminal else default.name
    if name == TABLE:
        _table(answer)
        return
    offered = offered_for(answer)
    try:
        chosen = format_named(name, offered)
    except QueryError as error:
        known = [TABLE, *(f.name for f in offered)]
        cure = did_you_mean(name, known) or f"; choose one of {', '.join(known)}"
        raise QueryError(f"this answer has no format {name!r}{cure}") from error
    write_bytes(serialize(answer, chosen))


def write_bytes(body: bytes) -> None:
    """Write a document to standard output, with a line end at its end."""
    sys.stdout.buffer.write(body if body.endswith(b"\n") else body + b"\n")
    sys.stdout.buffer.flush()


def emit_json(value: object) -> None:
    """Print a value as JSON."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def emit_table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """Print rows as a table on a terminal, as TSV with a line of names into a pipe."""
    if not sys.stdout.isatty():
        typer.echo("\t".join(columns))
        for row in rows:
            typer.echo("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row))
        return
    table = Table(*_columns(columns), title=title or None, title_justify="left")
    for row in rows:
        table.add_row(*row)
    _console().print(table)


def _columns(names: Iterable[str]) -> list[Column]:
    """Columns that break long words rather than hide them."""
    return [Column(name, overflow="fold") for name in names]


def _console() -> Console:
    """Standard output; as wide as a table needs when it is no terminal."""
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDE
    return Console(markup=False, highlight=False, width=width)


def short(term: Term | None) -> str:
    """A term as people read it: CURIE for an IRI, the bare text of a literal."""
    if term is None:
        return ""
    if isinstance(term, NamedNode):
        return curie(term.value)
    if isinstance(term, Literal):
        return term.value
    return str(term) if isinstance(term, BlankNode) else f"<<( {term} )>>"


def _table(answer: Answer) -> None:
    console = _console()
    if isinstance(answer, bool):
        console.print("yes" if answer else "no")
        return
    if isinstance(answer, Solutions):
        table = Table(*_columns(answer.variables))
        for row in answer.rows:
            table.add_row(*map(short, row))
        count = len(answer.rows)
    else:
        table = Table(*_columns(("subject", "property", "object")))
        for triple in answer:
            table.add_row(short(triple.subject), short(triple.predicate), short(triple.object))
        count = len(answer)
    console.print(table)
    Console(stderr=True, highlight=False).print(f"[dim]{count} row{'' if count == 1 else 's'}[/]")
