"""`axiskg check`: the gates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from axiskg.cli.app import Exit, app, progress, state_of

if TYPE_CHECKING:
    from axiskg.gates import GateReport

_MARKS = {"passed": "[green]ok[/]", "failed": "[bold red]FAILED[/]"}


@app.command("check")
def check(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Encoded files, descriptions of sources, or folders of them; else those of data/."
        ),
    ] = None,
    java: Annotated[
        str | None, typer.Option(help="The Java that runs HermiT; else the one on the PATH.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Run the gates over ontology, encoded statements, queries and rules.

    Lint of the vocabulary, SHACL shapes, violation queries, lint of the queries, compilation of the
    rules, and consistency by HermiT. Ends with 0 when all passed, 1 when one failed, 7 when one
    could not run.
    """
    # The reasoner and the validators take longer to import than most commands to run.
    from axiskg.gates import CheckReport, Outcome, run_gates

    reports: list[GateReport] = []
    for report in run_gates(state_of(context).settings, paths or None, java=java):
        reports.append(report)
        if not as_json:
            _print(report)
    whole = CheckReport(tuple(reports))
    if as_json:
        typer.echo(json.dumps(whole.as_json(), indent=2))
    if whole.outcome is Outcome.FAILED:
        progress.print(f"[bold red]failed:[/] {', '.join(whole.failed)}")
        raise typer.Exit(Exit.FAILED)
    if whole.outcome is Outcome.UNCHECKED:
        progress.print("[yellow]not everything was checked[/]")
        raise typer.Exit(Exit.UNCHECKED)


def _print(report: GateReport) -> None:
    mark = _MARKS.get(str(report.outcome), "[yellow]not checked[/]")
    progress.print(f"{report.gate:12} {mark}  {escape(report.scope)}", highlight=False)
    if report.reason:
        progress.print(f"    {escape(report.reason)}", highlight=False, soft_wrap=True)
    for finding in report.findings:
        typer.echo(str(finding))
