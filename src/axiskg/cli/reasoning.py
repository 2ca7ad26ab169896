"""`axiskg infer`, `mutual-backing`, `alignment`, `explain`, `why-not`, `what-if` and their kin."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from axiskg.cli.app import app, progress, state_of
from axiskg.cli.filled import filled_store
from axiskg.reasoning import refresh
from axiskg.reasoning.alignment import Alignment, Component
from axiskg.reasoning.analysis import Analysis
from axiskg.reasoning.mutual import MutualBacking
from axiskg.reasoning.values import Asked, Citation, Counter, Value
from axiskg.reasoning.what_if import Change, Changed, Difference
from axiskg.store import open_store

__all__: list[str] = []

out = Console(highlight=False, soft_wrap=True)


class Form(StrEnum):
    """The forms of an explanation."""

    text = "text"
    json = "json"
    mermaid = "mermaid"
    prov = "prov"


AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="YYYY-MM-DD", help="Surely and possibly on that day."),
]
View = Annotated[
    str,
    typer.Option(help="author, all, 'according-to NAME' or 'perceptions-of NAME'."),
]
ScenarioName = Annotated[
    str | None, typer.Option("--scenario", help="Assume a scenario; `axiskg what-if --list`.")
]
Confidence = Annotated[
    float, typer.Option("--min-confidence", help="Leave out statements of less, from 0 to 1.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Subject = Annotated[str, typer.Argument(help="A slug, IRI, Wikidata id or name.")]
Property = Annotated[str, typer.Argument(help="A property, like mutuallyBacks.")]


@contextmanager
def _analysis(context: typer.Context) -> Iterator[Analysis]:
    state = state_of(context)
    with filled_store(context) as store:
        analysis = Analysis(store, state.settings)
        yield analysis
        if state.verbose:
            progress.print(f"conclusions: {analysis.origin}", markup=False, soft_wrap=True)


def _print_json(value: Value | Sequence[Value]) -> None:
    shown: Any = (
        value.model_dump(mode="json")
        if isinstance(value, Value)
        else [one.model_dump(mode="json") for one in value]
    )
    typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))


def _said(citation: Citation) -> str:
    hedge = "" if citation.standing == "Accepted" else f" [yellow]({citation.standing})[/]"
    words = citation.paraphrase or f"{citation.subject} {citation.relation} {citation.object}"
    return f"[dim]{citation.passage}[/] {words}{hedge}"


def _conditions(asked: Asked) -> str:
    parts = [f"view {asked.view}"]
    parts.append("timeless: at some time each" if asked.timeless else f"as of {asked.as_of}")
    if asked.scenario:
        parts.append(f"scenario {asked.scenario}")
    if asked.min_confidence:
        parts.append(f"confidence at least {asked.min_confidence}")
    return "; ".join(parts)


def _print_columns(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """Rows under dim heads, each column as wide as its widest cell; no line is broken."""
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
    for number, line in enumerate((heads, *lines)):
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        text = "  " + "  ".join(cells).rstrip()
        out.print(text, style="dim" if number == 0 else None, markup=False)


def _certainty(surely: bool | None) -> str:
    return {None: "", True: ", surely", False: ", possibly"}[surely]


def _print_counter(counters: Sequence[Counter], against: str = "it") -> None:
    if not counters:
        out.print(f"\nNothing speaks against {against}.")
        return
    out.print(f"\n[bold]What speaks against {against}[/]")
    for counter in counters:
        out.print(f"  {_said(counter)}  [cyan]{counter.kind}[/]: {counter.why}")


@app.command("infer")
def infer(context: typer.Context, as_json: Json = False) -> None:
    """Run the rules over the accepted statements and write what follows into the graph."""
    settings = state_of(context).settings
    store = open_store(settings)
    try:
        report = refresh(store, settings)
    finally:
        store.close()
    if as_json:
        typer.echo(json.dumps(report.as_json()))
        return
    out.print(report.words)


@app.command("mutual-backing")
def mutual_backing(
    context: typer.Context,
    a: Subject,
    b: Subject,
    as_of: AsOf = None,
    view: View = "author",
    scenario: ScenarioName = None,
    min_confidence: Confidence = 0.0,
    as_json: Json = False,
) -> None:
    """Whether two actors back each other: issues, manner, evidence, and what speaks against it."""
    with _analysis(context) as analysis:
        asked = analysis.asked(
            as_of=as_of, view=view, scenario=scenario, min_confidence=min_confidence
        )
        found = analysis.mutual_backing(a, b, asked)
    if as_json:
        _print_json(found)
    else:
        _print_mutual(found)


def _print_mutual(found: MutualBacking) -> None:
    verdict = f"yes{_certainty(found.surely)}" if found.holds else "no"
    out.print(f"[bold]{found.a} and {found.b} back each other: {verdict}[/] ", end="")
    out.print(f"[dim]({_conditions(found.asked)})[/]")
    for one in found.directions:
        out.print(f"\n[bold]{one.backer} for {one.backed}[/]")
        lines = [
            (
                f"{support.manner}{_certainty(None if support.surely else False)}",
                support.place or support.issue,
                f"paragraph {support.paragraph}, sentence {support.sentence}",
                support.statement.rpartition("/")[2],
            )
            for support in one.supports
        ]
        _print_columns(("manner", "issue", "place in text", "statement"), lines)
        if not lines:
            out.print("  nothing on any issue")
        for citation in one.general:
            out.print(f"  in general: {_said(citation)}")
    out.print(f"\n{found.asymmetry}\n{found.weakest_link}")
    if found.dating:
        out.print(found.dating)
    _print_counter(found.counter_evidence)


@app.command("alignment")
def alignment(
    context: typer.Context,
    a: Subject,
    b: Annotated[str | None, typer.Argument(help="Without it: all others.")] = None,
    as_of: AsOf = None,
    view: View = "author",
    scenario: ScenarioName = None,
    min_confidence: Confidence = 0.0,
    as_json: Json = False,
) -> None:
    """How two actors are aligned, or all that one is aligned with; a vector, never one score."""
    with _analysis(context) as analysis:
        asked = analysis.asked(
            as_of=as_of, view=view, scenario=scenario, min_confidence=min_confidence
        )
        if b is not None:
            found = analysis.alignment(a, b, asked)
            _print_json(found) if as_json else _print_alignment(found)
            return
        overview = analysis.overview(a, asked)
    if as_json:
        _print_json(overview)
        return
    lines = [
        (
            row.label,
            f"{row.kind}{_certainty(row.surely)}",
            _vector(row.vector),
            ", ".join(row.common_adverse_to),
        )
        for row in overview.rows
    ]
    heads = ("actor", "how", "strength (how many links) by dimension", "both adverse to")
    _print_columns(heads, lines)


def _vector(vector: dict[str, Component]) -> str:
    return ", ".join(f"{name} {c.strength:.2f} ({c.links})" for name, c in vector.items())


def _print_alignment(found: Alignment) -> None:
    kind = f"{found.kind}{_certainty(found.surely)}"
    out.print(f"[bold]{found.a} and {found.b}: {kind}[/] ", end="")
    out.print(f"[dim]({_conditions(found.asked)})[/]")
    out.print(found.words)
    if found.dating:
        out.print(found.dating)
    for number, link in enumerate(found.links):
        if number == 0:
            out.print()
        via = f" through {link.via}" if link.via else ""
        roles = f"{link.a_relation} / {link.b_relation}"
        out.print(f"[cyan]{link.dimension}[/]{via}: {roles}, strength {link.strength:.2f}")
        for citation in link.statements:
            out.print(f"  {_said(citation)}")
    if found.paths:
        out.print("\n[bold]Paths[/] (length, strength of the weakest link)")
    for path in found.paths[:8]:
        out.print(f"  {path.length}  {path.strength:.2f}  {path.words}")
    if found.not_counted:
        out.print("\n[bold]Said, but not accepted here[/]")
    for citation in found.not_counted:
        out.print(f"  {_said(citation)}")
    if found.kind != "none" or found.counter_evidence:
        _print_counter(found.counter_evidence, "an alignment")


@app.command("explain")
def explain(
    context: typer.Context,
    subject: Subject,
    relation: Property,
    object_: Annotated[str, typer.Argument(metavar="OBJECT", help="Likewise.")],
    proofs: Annotated[int, typer.Option(min=1, max=100, help="How many proofs at most.")] = 1,
    form: Annotated[Form, typer.Option("--format", help="The form of the proof.")] = Form.text,
    as_of: AsOf = None,
    view: View = "author",
    scenario: ScenarioName = None,
    min_confidence: Confidence = 0.0,
    as_json: Json = False,
) -> None:
    """Why a triple holds, through rules down to statements and their places in the text."""
    with _analysis(context) as analysis:
        asked = analysis.asked(
            as_of=as_of, view=view, scenario=scenario, min_confidence=min_confidence
        )
        found = analysis.explain(subject, relation, object_, asked, max_proofs=proofs)
    if as_json or form is Form.json:
        _print_json(found)
        return
    typer.echo({Form.mermaid: found.mermaid, Form.prov: found.prov}.get(form, found.text))
    if form is Form.text:
        _print_counter(found.counter_evidence)


@app.command("why-not")
def why_not(
    context: typer.Context,
    subject: Subject,
    relation: Property,
    object_: Annotated[str, typer.Argument(metavar="OBJECT", help="Likewise.")],
    as_of: AsOf = None,
    view: View = "author",
    scenario: ScenarioName = None,
    min_confidence: Confidence = 0.0,
    as_json: Json = False,
) -> None:
    """Why a triple does not hold: the nearest rules and the premise that each lacks."""
    with _analysis(context) as analysis:
        asked = analysis.asked(
            as_of=as_of, view=view, scenario=scenario, min_confidence=min_confidence
        )
        found = analysis.why_not(subject, relation, object_, asked)
    if as_json:
        _print_json(found)
    else:
        typer.echo(found.text)


@app.command("what-if")
def what_if(
    context: typer.Context,
    add: Annotated[
        list[str] | None, typer.Option(help="Assume a triple, like 'iran memberOf brics'.")
    ] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Leave a statement out.")] = None,
    negate: Annotated[
        list[str] | None, typer.Option(help="Take a statement or triple as untrue.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the text's scenarios.")] = False,
    as_of: AsOf = None,
    view: View = "author",
    scenario: ScenarioName = None,
    min_confidence: Confidence = 0.0,
    as_json: Json = False,
) -> None:
    """What a scenario of the text, or a change of your own, would change; nothing is stored."""
    with _analysis(context) as analysis:
        if list_:
            cards = analysis.scenarios()
            if as_json:
                _print_json(cards)
                return
            for card in cards:
                out.print(f"[bold]{card.scenario}[/]: {card.label}")
                for role, cited in (("if", card.antecedents), ("then", card.consequents)):
                    for citation in cited:
                        out.print(f"  {role} {_said(citation)}")
            return
        asked = analysis.asked(
            as_of=as_of, view=view, scenario=scenario, min_confidence=min_confidence
        )
        change = Change(
            add=tuple(add or ()), remove=tuple(remove or ()), negate=tuple(negate or ())
        )
        found = analysis.what_if(change, asked)
    if as_json:
        _print_json(found)
    else:
        _print_difference(found)


def _print_difference(found: Difference) -> None:
    out.print(f"[bold]{found.words}[/] [dim]({_conditions(found.asked)})[/]")
    for number, supposed in enumerate(found.assumed):
        if number == 0:
            out.print("\n[bold]Assumed[/]")
        out.print(f"  [cyan]{supposed.scenario}[/], {supposed.role}: {_said(supposed.statement)}")
    _print_changes("New", found.new)
    _print_changes("Gone", found.gone)
    _print_changes("Stronger", found.stronger)
    _print_changes("Weaker", found.weaker)


def _print_changes(title: str, changes: Iterable[Changed]) -> None:
    for number, change in enumerate(changes):
        if number == 0:
            out.print(f"\n[bold]{title}[/]")
        before = "-" if change.before is None else f"{change.before:.2f}"
        after = "-" if change.after is None else f"{change.after:.2f}"
        out.print(
            f"  {change.subject} [cyan]{change.relation}[/] {change.object}"
            f"  confidence {before} to {after}"
        )
        for line in change.proof.splitlines():
            out.print(f"    [dim]{line}[/]")


@app.command("balance")
def balance(
    context: typer.Context,
    as_of: AsOf = None,
    view: View = "author",
    scenario: ScenarioName = None,
    min_confidence: Confidence = 0.0,
    as_json: Json = False,
) -> None:
    """The triads of signed ties, and which of them are balanced."""
    with _analysis(context) as analysis:
        found = analysis.balance(
            analysis.asked(as_of=as_of, view=view, scenario=scenario, min_confidence=min_confidence)
        )
    if as_json:
        _print_json(found)
        return
    out.print(f"{found.balanced} balanced, {found.unbalanced} unbalanced, {found.undecided} open")
    for triad in found.triads:
        out.print(f"  {triad.words}")
    against = {c.statement: c for tie in found.ties for c in tie.counter_evidence}
    _print_counter(list(against.values()))


@app.command("influence")
def influence(
    context: typer.Context,
    a: Subject,
    b: Subject,
    as_of: AsOf = None,
    view: View = "author",
    scenario: ScenarioName = None,
    min_confidence: Confidence = 0.0,
    as_json: Json = False,
) -> None:
    """Whom two actors both reach: through institutions that they founded, ties or arms."""
    with _analysis(context) as analysis:
        found = analysis.web(
            a,
            b,
            analysis.asked(
                as_of=as_of, view=view, scenario=scenario, min_confidence=min_confidence
            ),
        )
    if as_json:
        _print_json(found)
        return
    for reached in found.reached:
        out.print(f"[bold]{reached.label}[/]")
        for citation in dict.fromkeys((*reached.a_statements, *reached.b_statements)):
            out.print(f"  {_said(citation)}")
    _print_counter(
        list({c.statement: c for r in found.reached for c in r.counter_evidence}.values())
    )
    progress.print(f"{len(found.reached)} reached by both")


@app.command("network")
def network(
    context: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(help="A file ending in .graphml or .gexf; else a table.")
    ] = None,
    as_of: AsOf = None,
    view: View = "author",
    scenario: ScenarioName = None,
    min_confidence: Confidence = 0.0,
    as_json: Json = False,
) -> None:
    """All links between all actors, with dates, as a table, JSON, GraphML or GEXF."""
    with _analysis(context) as analysis:
        found = analysis.network(
            analysis.asked(as_of=as_of, view=view, scenario=scenario, min_confidence=min_confidence)
        )
    if path is not None:
        found.write(path)
        progress.print(f"{len(found.nodes)} actors, {len(found.edges)} links written to {path}")
        return
    if as_json:
        _print_json(found)
        return
    for edge in found.edges:
        via = f" through {edge.via}" if edge.via else ""
        out.print(f"{edge.a} - {edge.b}: {edge.dimension}{via} {edge.strength:.2f}")
