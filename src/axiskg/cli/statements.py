"""`axiskg statements` and `axiskg show`: statements with their provenance."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from axiskg.cli.app import app, state_of
from axiskg.cli.filled import filled_store
from axiskg.cli.output import emit_json, emit_table
from axiskg.namespaces import ENT, SRC, ST, curie
from axiskg.queries import Catalogue, EntityFacts, Fact, StatementRow, entity_facts, statement_rows

__all__: list[str] = []

_HEADINGS = {
    "Accepted": "Accepted: put forward as fact by the author",
    "Implied": "Implied: read between the lines, not accepted",
    "Judged": "Judged: the author's assessment",
    "Foreseen": "Foreseen: predicted",
    "Hedged": "Hedged: less than certain",
    "Denied": "Denied: said not to be so",
    "Open": "Open: said to be unknown",
    "Attributed": "Attributed: claimed or perceived by others",
    "Hypothetical": "Hypothetical: only in a scenario",
}
_COLORS = {"Accepted": "green", "Denied": "red", "Hypothetical": "magenta"}

Several = list[str] | None


@app.command("statements")
def statements_command(
    context: typer.Context,
    entity: Annotated[Several, typer.Option(help="Mentioned in the statement.")] = None,
    paragraph: Annotated[list[int] | None, typer.Option(help="Paragraph of the source.")] = None,
    standing: Annotated[Several, typer.Option(help="As Accepted, Denied, Hedged.")] = None,
    modality: Annotated[Several, typer.Option(help="As Fact, Claim, Perception.")] = None,
    asserter: Annotated[Several, typer.Option(help="Who puts it forward.")] = None,
    holder: Annotated[Several, typer.Option(help="Whose view it is.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="What may hold on that day.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List statements with their place, standing and voice.

    Each option narrows the list; one that is repeated gives alternatives.
    """
    settings = state_of(context).settings
    given = {
        "entity": entity,
        "paragraph": [str(number) for number in paragraph or ()],
        "standing": standing,
        "modality": modality,
        "asserter": asserter,
        "holder": holder,
        "as_of": [as_of] if as_of else None,
    }
    with filled_store(context) as store:
        rows = statement_rows(
            store,
            Catalogue.of(settings),
            {name: values for name, values in given.items() if values},
        )
    if as_json:
        emit_json([dataclasses.asdict(row) for row in rows])
        return
    columns = ["statement", "standing", "voice", "says"]
    if as_of:
        columns.append("surely")
    emit_table(columns, (_cells(row, as_of is not None) for row in rows))


def _cells(row: StatementRow, dated: bool) -> list[str]:
    cells = [row.statement.removeprefix(ST), row.standing, _voices(row), _says(row)]
    return [*cells, "yes" if row.surely else "possibly"] if dated else cells


def _voices(row: StatementRow) -> str:
    return ", ".join(iri.removeprefix(ENT) for iri in row.held_by or row.asserted_by)


def _says(row: StatementRow) -> str:
    return row.paraphrase or " ".join(map(curie, (row.subject, row.property, row.object)))


@app.command("show")
def show_command(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(help="A slug, CURIE, IRI, Wikidata id or label.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show all that is said of an entity, each fact with where it comes from.

    What is denied, hedged, claimed by others or only supposed is kept apart from what is accepted.
    """
    settings = state_of(context).settings
    with filled_store(context) as store:
        facts = entity_facts(store, Catalogue.of(settings), entity)
    if as_json:
        emit_json(dataclasses.asdict(facts))
        return
    _print_facts(facts, Console(highlight=False, soft_wrap=True))


def _print_facts(facts: EntityFacts, console: Console) -> None:
    console.print(f"[bold]{escape(facts.label)}[/]  [dim]{escape(curie(facts.iri))}[/]")
    for heading, values in (
        ("is a", map(curie, facts.types)),
        ("also", (name for name in facts.names if name != facts.label)),
        ("links", map(curie, facts.links)),
    ):
        if listed := ", ".join(values):
            console.print(f"{heading:>6}  {escape(listed)}")
    for fact in facts.description:
        console.print(f"{'':6}  {escape(_triple(fact))}")
    for standing, rows in facts.statements.items():
        color = _COLORS.get(standing, "yellow")
        console.print(f"\n[bold {color}]{_HEADINGS[standing]}[/] ({len(rows)})")
        _print_rows(rows, console)
    if facts.inferred:
        count = len(facts.inferred)
        console.print(f"\n[bold blue]Inferred by the rules[/] ({count}); `axiskg explain` says why")
        for fact in facts.inferred:
            console.print(f"  {escape(_triple(fact))}")


def _print_rows(rows: Iterable[StatementRow], console: Console) -> None:
    for row in rows:
        source, _, number = row.statement.removeprefix(ST).rpartition("/")
        voice = "" if row.standing == "Accepted" else f" [dim]{escape(_voices(row))}[/]"
        when = f" [dim]{escape(row.valid_time)}[/]" if row.valid_time else ""
        place = f"{source or row.source.removeprefix(SRC)} {number}, sentence {row.sentence}"
        console.print(f"  {escape(_says(row))}{voice}{when} [dim]({escape(place)})[/]")


def _triple(fact: Fact) -> str:
    return " ".join(map(curie, (fact.subject, fact.property, fact.object)))
