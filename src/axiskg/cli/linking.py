"""`axiskg link` and `axiskg wikidata ...`: names to items, snapshots, comparison, proposals."""

from __future__ import annotations

import csv
import datetime
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, BinaryIO, Final, Literal

import typer
from pyoxigraph import RdfFormat, serialize
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from axiskg.build import open_filled
from axiskg.cli.app import app, progress, state_of
from axiskg.cli.output import emit_json, emit_table, write_bytes
from axiskg.errors import ConfigError, LinkingError, ParameterError, ParseError
from axiskg.linking import Linked, Linker
from axiskg.linking.asking import context_of, types_of
from axiskg.linking.columns import read_column
from axiskg.linking.diff import (
    OUTCOMES,
    PROPERTIES,
    WIKIDATA,
    Difference,
    compare,
    held_here,
    source_quads,
)
from axiskg.linking.exports import openrefine_tsv, quickstatements, unlinked_tsv
from axiskg.linking.judgements import VERDICTS, add_judgement
from axiskg.linking.kinds import kind_of
from axiskg.linking.linker import MAX_NAME
from axiskg.linking.links import entity_labels, sync_links
from axiskg.linking.snapshot_build import build_snapshot
from axiskg.linking.wikidata import Wikidata
from axiskg.linking.wikidata_json import RawItem
from axiskg.namespaces import prologue
from axiskg.settings import Settings
from axiskg.store import open_store
from axiskg.store.protocol import Solutions, Store

__all__: list[str] = []

wikidata_app = typer.Typer(help="Wikidata beside the graph: snapshot, comparison, proposals.")
app.add_typer(wikidata_app, name="wikidata")

_TABLES: Final = frozenset({".csv", ".json", ".lst", ".tsv", ".txt"})
"""Endings that are a file's, and no name's."""

_NO_COLUMN: Final = "no kind is common to the names, so each is read by itself"

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="File to write; standard output without.")
]
Live = Annotated[
    bool, typer.Option("--live", help="Ask Wikidata itself; needs AXISKG_NETWORK=true.")
]


@app.command("link")
def link_command(
    context: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME...|FILE|-", help="Names; a file or - has one a line."),
    ],
    around: Annotated[str, typer.Option("--context", help="The text around the names.")] = "",
    entities: Annotated[
        list[str] | None,
        typer.Option("--entity", help="Something else that the document speaks of; repeat."),
    ] = None,
    date: Annotated[
        str, typer.Option(help="The document's date: YYYY, YYYY-MM or YYYY-MM-DD.")
    ] = "",
    topic: Annotated[
        str, typer.Option(help="What the text is about: government, place, person, organization.")
    ] = "",
    types: Annotated[
        list[str] | None,
        typer.Option("--type", help="Kind or class that the item must be of; repeat for any of."),
    ] = None,
    column: Annotated[
        bool,
        typer.Option("--column", help="The names are a column: what most are tells of the rest."),
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=50, help="Candidates shown.")] = 5,
    judge: Annotated[
        str | None,
        typer.Option(metavar="QID:VERDICT", help=f"Keep a judgement: {', '.join(VERDICTS)}."),
    ] = None,
    by: Annotated[str, typer.Option(help="Who judges.")] = "",
    as_json: Json = False,
) -> None:
    """Link names to Wikidata items: a match, candidates, or none, and why."""
    settings = state_of(context).settings
    about = context_of(around, entities or (), date, topic)
    wanted = types_of(types or ())
    if judge is not None:
        qid, _, verdict = judge.partition(":")
        names = list(_names(names))
        if len(names) != 1:
            raise ParameterError("--judge", "one name at a time", f"{len(names)} names")
        kept = add_judgement(settings.link_judgements, names[0], qid, verdict, by or "anonymous")
        progress.print(f"kept: {kept.name} {kept.verdict} {kept.qid}", highlight=False)
    linker = Linker(settings, limit=limit)
    if linker.known is None and linker.live is None:
        progress.print(
            f"no snapshot of Wikidata at {settings.wikidata_snapshot}: only our own names and"
            " territories are known; `axiskg wikidata snapshot --from FILE` builds one",
            style="dim",
            highlight=False,
        )
    asked = names if judge is not None else _names(names)
    answers: Iterable[Linked]
    if column:
        found = read_column(linker, list(asked), context=about, types=wanted)
        told = f"read as a column of {' and '.join(found.kinds)}" if found.kinds else _NO_COLUMN
        progress.print(told, style="dim", highlight=False)
        answers = found.answers
    else:
        answers = (linker.link(name, context=about, types=wanted) for name in asked)
    if as_json:
        emit_json([answer.json() for answer in answers])
        return
    emit_table(("name", "decision", "item", "label", "score", "why"), map(_row, answers))


def _names(given: list[str]) -> Iterator[str]:
    """The names themselves, or the lines of the file or of standard input that stands for them."""
    if given == ["-"]:
        yield from _names_in(sys.stdin.buffer, "standard input")
    elif len(given) == 1 and len(given[0]) <= MAX_NAME and Path(given[0]).is_file():
        with Path(given[0]).open("rb") as lines:
            yield from _names_in(lines, given[0])
    else:
        for name in given:
            if name == "-" or Path(name).suffix.lower() in _TABLES:
                cure = (
                    "stands alone: other names go into it" if len(given) > 1 else "does not exist"
                )
                raise ParameterError("NAME", "names, or one file, or -", f"{name}, which {cure}")
        yield from given


def _names_in(lines: BinaryIO, named: str) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        try:
            name = line.decode("utf-8-sig").strip()
        except UnicodeDecodeError as error:
            raise ParseError("not UTF-8", path=Path(named), line=number) from error
        yield name


def _row(answer: Linked) -> tuple[str, ...]:
    shown = answer.match
    if shown is not None:
        score = f"{shown.score:.2f}"
        return (answer.query, "match", shown.qid, shown.label, score, answer.reason)
    top = answer.candidates[:3]
    others = [one.qid if one.label == one.qid else f"{one.qid} {one.label}" for one in top]
    return (answer.query, answer.decision, "", ", ".join(others), "", answer.reason)


@wikidata_app.command("snapshot")
def snapshot_command(
    context: typer.Context,
    source: Annotated[
        Path,
        typer.Option("--from", help="JSON lines or a Wikidata JSON dump; plain, .gz or .bz2."),
    ],
    registers: Annotated[
        list[Path] | None,
        typer.Option("--names", help="Table of further names with a Wikidata column; repeat."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write instead of the setting's.")
    ] = None,
    known_kinds: Annotated[
        bool, typer.Option(help="Leave out items of no kind that linking knows.")
    ] = False,
    date: Annotated[
        str, typer.Option(help="The day that the extract is of: YYYY, YYYY-MM or YYYY-MM-DD.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Build the offline snapshot of Wikidata that linking looks names up in."""
    settings = state_of(context).settings
    target = output or settings.wikidata_snapshot
    for path in (source, *(registers or ())):
        if not path.is_file():
            raise LinkingError(f"{path}: no such file")
    context_of("", (), date, "")

    def wanted(item: RawItem) -> bool:
        return kind_of(item.classes) not in ("other", "page")

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=progress, transient=True) as shown:
        task = shown.add_task(f"reading {source.name}", total=None)
        count = build_snapshot(
            source,
            target,
            keep=wanted if known_kinds else None,
            registers=tuple(registers or ()),
            date=date,
            progress=lambda n: shown.update(task, description=f"{n:,} items of {source.name}"),
        )
    megabytes = target.stat().st_size / 1e6
    if as_json:
        emit_json({"snapshot": str(target), "items": count, "megabytes": round(megabytes, 1)})
        return
    emit_table(("snapshot", "items", "megabytes"), [(str(target), str(count), f"{megabytes:.1f}")])


def _compared(settings: Settings, *, live: bool) -> tuple[list[Difference], Linker]:
    """The comparison of the graph with the snapshot, or with Wikidata itself."""
    linker = Linker(settings)
    known = linker.known
    with open_filled(settings) as store:
        held = held_here(store)
        states = _states(store)
    if live:
        qids = [link.qid for s in states if (link := linker.base.link_of(s)) and link.qid]
        items = Wikidata(settings).items(qids)

        def claims(qid: str, prop: str) -> tuple[str, ...]:
            return items[qid].claims.get(prop, ()) if qid in items else ()

    elif known is not None:

        def claims(qid: str, prop: str) -> tuple[str, ...]:
            return known.claims(qid, prop).get(prop, ())

    else:
        raise LinkingError(
            f"{settings.wikidata_snapshot}: no snapshot to compare with; build one with"
            " `axiskg wikidata snapshot --from FILE`, or use --live"
        )
    return compare(held, linker.base, claims, states), linker


def _taken(linker: Linker, *, live: bool) -> str:
    """The day of what Wikidata says in a comparison; "" where the snapshot bears none."""
    if live:
        return _today().isoformat()
    found = linker.known.meta().get("date", "") if linker.known is not None else ""
    if not found:
        progress.print(
            "the snapshot does not say of which day it is, so neither do the statements;"
            " `axiskg wikidata snapshot --date` does",
            style="dim",
            highlight=False,
        )
    return found


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _states(store: Store) -> list[str]:
    answer = store.query(
        prologue() + "SELECT ?s WHERE { GRAPH g:entities { ?s a axis:State } } ORDER BY ?s"
    )
    assert isinstance(answer, Solutions)
    return [getattr(row[0], "value", "").rpartition("/")[2] for row in answer.rows]


@wikidata_app.command("diff")
def diff_command(
    context: typer.Context,
    outcome: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(OUTCOMES)}; repeat.")
    ] = None,
    prop: Annotated[
        list[str] | None,
        typer.Option("--property", help=f"One of {', '.join(PROPERTIES)}; repeat."),
    ] = None,
    live: Live = False,
    trig: Annotated[
        bool, typer.Option("--trig", help="Wikidata's side as statements of another source.")
    ] = False,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep", help="Put those statements into the store, for what it had of that source."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """What Wikidata says of memberships, relations and heads of state beside the graph."""
    for given, known, name in (
        (outcome, OUTCOMES, "outcome"),
        (prop, tuple(PROPERTIES), "property"),
    ):
        for one in given or ():
            if one not in known:
                raise ParameterError(name, f"one of {', '.join(known)}", repr(one))
    settings = state_of(context).settings
    if keep and settings.store == ":memory:":
        raise ParameterError("--keep", "a store that outlives the command", "--store :memory:")
    lines, linker = _compared(settings, live=live)
    lines = [
        line
        for line in lines
        if (not outcome or line.outcome in outcome) and (not prop or line.property in prop)
    ]
    quads = list(source_quads(lines, _taken(linker, live=live))) if keep or trig else []
    if keep:
        with open_store(settings) as store:
            store.replace_source(WIKIDATA, quads)
        progress.print(f"kept in {settings.store}: what {WIKIDATA} says", highlight=False)
    if trig:
        write_bytes(serialize(quads, format=RdfFormat.TRIG) or b"")
        return
    if as_json:
        emit_json([line.json() for line in lines])
        return
    emit_table(
        ("outcome", "subject", "property", "object", "here", "note"),
        (
            (
                line.outcome,
                line.subject,
                line.property,
                line.object,
                ", ".join(h.statement.rpartition("/")[2] or "description" for h in line.here),
                line.note,
            )
            for line in lines
        ),
    )


@wikidata_app.command("quickstatements")
def quickstatements_command(
    context: typer.Context, output: Output = None, live: Live = False, as_json: Json = False
) -> None:
    """Proposals for Wikidata as QuickStatements (version 1), for a person to review and send."""
    lines, linker = _compared(state_of(context).settings, live=live)
    text = quickstatements(lines, linker.base, _today())
    _write(text, output, as_json=as_json, quoting=csv.QUOTE_NONE)


@wikidata_app.command("openrefine")
def openrefine_command(
    context: typer.Context,
    output: Output = None,
    live: Live = False,
    unlinked: Annotated[
        bool, typer.Option("--unlinked", help="The entities without an item, to be reconciled.")
    ] = False,
    as_json: Json = False,
) -> None:
    """The comparison as a table for OpenRefine, with a column for the reviewer."""
    settings = state_of(context).settings
    if unlinked:
        _write(unlinked_tsv(Linker(settings).base), output, as_json=as_json)
        return
    lines, linker = _compared(settings, live=live)
    _write(openrefine_tsv(lines, linker.base), output, as_json=as_json)


def _write(
    text: str, output: Path | None, *, as_json: bool, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL
) -> None:
    """Write proposals to a file or standard output, or their rows as JSON."""
    rows = list(csv.reader(text.splitlines(), delimiter="\t", quoting=quoting))
    if output is not None:
        try:
            output.write_text(text, "utf-8")
        except OSError as error:
            raise ConfigError(f"{output} can't be written: {error.strerror}") from error
        progress.print(f"{output}: {len(rows)} lines", highlight=False)
    if as_json:
        emit_json(rows)
    elif output is None:
        typer.echo(text, nl=False)


@wikidata_app.command("links")
def links_command(
    context: typer.Context,
    by: Annotated[str, typer.Option(help="Who writes the rows.")] = "AxisKG curators",
    as_json: Json = False,
) -> None:
    """Give each entity of the encoded sources a row in the links file; drop rows of others."""
    settings = state_of(context).settings
    labels = entity_labels(settings)
    today = _today().isoformat()
    added, dropped = sync_links(settings, labels, author=by, date=today)
    if as_json:
        emit_json({"added": added, "dropped": dropped})
        return
    rows = [("added", slug) for slug in added] + [("dropped", slug) for slug in dropped]
    emit_table(("change", "entity"), rows)
