"""Commands that compare a source's text with what is recorded and encoded: coverage, verify."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from axiskg.cli.app import Exit, app, progress, state_of
from axiskg.cli.encoding import AsJson, Text, print_json, source_of, text_of
from axiskg.errors import NotFoundError
from axiskg.settings import Settings
from axiskg.sources import Source, paragraphs
from axiskg.statements import Statement, statements_of
from axiskg.trig import read_trig
from axiskg.verification import verify
from axiskg.verification.coverage import CoveredSentence, coverage, silences_of

__all__ = ["coverage_command", "verify_command"]

Slug = Annotated[str | None, typer.Option("--source", help="Slug of the source.")]


def _encoded(settings: Settings, source: Source) -> tuple[tuple[Statement, ...], dict[str, str]]:
    path = settings.data_dir / "triples" / f"{source.slug}.trig"
    if not path.is_file():
        raise NotFoundError(f"{path} is missing; run `axiskg encode {source.slug}`")
    quads = read_trig(path)
    creators = {source.iri: source.creator_iris}
    return statements_of(quads, creators), silences_of(quads, source)


@app.command("coverage")
def coverage_command(
    context: typer.Context, text: Text, source: Slug = None, as_json: AsJson = False
) -> None:
    """List every sentence with its statements; fail when one has neither statement nor reason."""
    settings = state_of(context).settings
    content = text_of(text)
    record = source_of(settings, content, source)
    statements, silences = _encoded(settings, record)
    check = verify(content, record, ())
    sentences = coverage(record, statements, silences)
    uncovered = [s for s in sentences if not s.covered]
    if as_json:
        print_json(
            {
                "source": record.iri,
                "statements": len(statements),
                "text_fits": check.holds,
                "uncovered": [f"p{s.paragraph}.{s.sentence.number}" for s in uncovered],
                "sentences": [_as_json(s) for s in sentences],
            }
        )
    else:
        lines = paragraphs(content)
        for covered in sentences:
            begin, end = covered.sentence.begin, covered.sentence.end
            line = lines[covered.paragraph - 1] if covered.paragraph <= len(lines) else ""
            words = line[begin:end]
            short = words if len(words) <= 48 else words[:45].rstrip() + "..."
            typer.echo(f"p{covered.paragraph}.{covered.sentence.number}\t{short}\t{_what(covered)}")
        progress.print(_summary(sentences, statements, uncovered), highlight=False)
    for difference in check.differences[:1]:
        progress.print(
            f"[bold red]the text is not the one on record:[/] {difference.message};"
            f" {difference.cure}",
            highlight=False,
            soft_wrap=True,
        )
    if uncovered or not check.holds:
        raise typer.Exit(Exit.FAILED)


def _what(covered: CoveredSentence) -> str:
    names = " ".join(s.name.partition(".")[2] for s in covered.statements)
    if names:
        return names
    return f"none: {covered.why}" if covered.why is not None else "UNCOVERED"


def _as_json(covered: CoveredSentence) -> dict[str, object]:
    return {
        "paragraph": covered.paragraph,
        "sentence": covered.sentence.number,
        "begin": covered.sentence.begin,
        "end": covered.sentence.end,
        "covered": covered.covered,
        "none": covered.why,
        "statements": [
            {"statement": s.iri, "standing": s.standing, "paraphrase": s.paraphrase}
            for s in covered.statements
        ],
    }


def _summary(
    sentences: tuple[CoveredSentence, ...],
    statements: tuple[Statement, ...],
    uncovered: list[CoveredSentence],
) -> Table:
    table = Table.grid(padding=(0, 2))
    for label, count in (
        ("sentences", len(sentences)),
        ("with statements", sum(bool(s.statements) for s in sentences)),
        ("with a reason for none", sum(not s.statements and s.covered for s in sentences)),
        ("uncovered", len(uncovered)),
        ("statements", len(statements)),
    ):
        table.add_row(label, str(count))
    return table


@app.command("verify")
def verify_command(
    context: typer.Context, text: Text, source: Slug = None, as_json: AsJson = False
) -> None:
    """Compare a text with the hashes on record, and each statement's place with the text."""
    settings = state_of(context).settings
    content = text_of(text)
    record = source_of(settings, content, source)
    statements, _ = _encoded(settings, record)
    check = verify(content, record, statements)
    if as_json:
        print_json(asdict(check) | {"holds": check.holds})
    elif check.holds:
        typer.echo(
            f"{check.source}: {check.paragraphs} paragraphs, {check.sentences} sentences and"
            f" {check.statements} statements fit the text"
        )
    else:
        first = check.differences[0]
        typer.echo(f"{check.source}: {first.message}")
        if first.expected_hash:
            typer.echo(f"  expected SHA-256 {first.expected_hash}")
            typer.echo(f"  got      SHA-256 {first.got_hash}")
        typer.echo(f"  cure: {first.cure}")
        if len(check.differences) > 1:
            typer.echo(f"  and {len(check.differences) - 1} differences more (--json lists all)")
    if not check.holds:
        raise typer.Exit(Exit.FAILED)
