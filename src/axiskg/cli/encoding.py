"""Commands around the authoring form: source, anchor, encode, coverage, verify."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from axiskg.authoring import Sheet, read_sheet, write_sheet
from axiskg.authoring.anchors import anchored_text, find_in_paragraph
from axiskg.authoring.schema import schema_text
from axiskg.cli.app import Exit, app, progress, state_of
from axiskg.encode import encode
from axiskg.encode.vocabulary import read_vocabulary
from axiskg.errors import DataError, NotFoundError, ParameterError, did_you_mean
from axiskg.settings import Settings
from axiskg.sources import (
    Source,
    numbers,
    read_source,
    slugs_of_sources,
    source_of_text,
    source_path,
    write_source,
)
from axiskg.trig import trig_text
from axiskg.verification import closest_source

__all__ = [
    "AsJson",
    "Text",
    "anchor",
    "encode_command",
    "print_json",
    "source",
    "source_of",
    "text_of",
]

Text = Annotated[Path, typer.Option("--text", help="The source's text, as a UTF-8 file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def text_of(path: Path) -> str:
    """The content of a UTF-8 file, line ends as they are. Raises `DataError`."""
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise DataError(f"can't be read: {error.strerror}", path=path) from error
    except UnicodeDecodeError as error:
        raise DataError(f"is not UTF-8: {error.reason}", path=path) from error


def _sources_dir(settings: Settings) -> Path:
    return settings.data_dir / "sources"


def _source(settings: Settings, slug: str) -> Source:
    return read_source(source_path(_sources_dir(settings), slug))


def source_of(settings: Settings, text: str, slug: str | None) -> Source:
    """The source of that slug; without one, that with most paragraphs in the text."""
    folder = _sources_dir(settings)
    if slug is not None:
        return _source(settings, slug)
    source = closest_source(text, (_source(settings, found) for found in slugs_of_sources(folder)))
    if source is None:
        raise NotFoundError(
            f"the text shares no paragraph with a source in {folder}; name one with --source,"
            " or record it with `axiskg source`"
        )
    return source


def print_json(value: object) -> None:
    """Print a value as JSON on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


@app.command("source")
def source(
    context: typer.Context,
    text: Annotated[Path, typer.Argument(help="The source's text, as a UTF-8 file.")],
    slug: Annotated[str, typer.Option(help="Name of the source: words joined by hyphens.")],
    title: Annotated[str, typer.Option(help="Its title.")],
    creator: Annotated[list[str], typer.Option(help="Slug of an author; repeatable.")],
    issued: Annotated[str, typer.Option(help="When it came out, in EDTF.")],
    publisher: Annotated[str | None, typer.Option(help="Slug of the publisher.")] = None,
    language: Annotated[str, typer.Option(help="Language tag of the text.")] = "en",
    last: Annotated[
        int | None, typer.Option(help="Number of the last paragraph that is the source's own.")
    ] = None,
    rest: Annotated[
        str | None, typer.Option(help="What the lines after the last paragraph are.")
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(help='Paragraphs without content and why, "4,6-8=furniture"; repeatable.'),
    ] = None,
    force: Annotated[bool, typer.Option(help="Overwrite the record of the source.")] = False,
    as_json: AsJson = False,
) -> None:
    """Record a source: numbers, sentence bounds and hashes of its text, never the text itself."""
    settings = state_of(context).settings
    excluded: dict[int, str] = {}
    for item in exclude or ():
        ranges, equals, reason = item.partition("=")
        try:
            excluded |= dict.fromkeys(numbers(ranges), reason)
        except ParameterError:
            equals = ""
        if not equals or not reason:
            raise typer.BadParameter(f'{item!r}: write "4,6-8=furniture"', param_hint="--exclude")
    path = _sources_dir(settings) / f"{slug}.ttl"
    if path.exists() and not force:
        raise DataError("exists, perhaps corrected by hand; --force overwrites it", path=path)
    record = source_of_text(
        text_of(text),
        slug=slug,
        title=title,
        creators=creator,
        issued=issued,
        publisher=publisher,
        language=language,
        last=last,
        excluded=excluded,
        rest_excluded=rest,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_source(record, path)
    sentences = sum(len(p.sentences) for p in record.passages)
    demanded = sum(p.demanded for p in record.passages)
    if as_json:
        print_json(
            {
                "source": record.iri,
                "path": str(path),
                "paragraphs": len(record.passages),
                "demanded": demanded,
                "sentences": sentences,
                "hash": record.hash,
            }
        )
        return
    typer.echo(path)
    progress.print(
        f"{len(record.passages)} paragraphs ({demanded} to encode), {sentences} sentences",
        highlight=False,
    )


@app.command("anchor")
def anchor(
    context: typer.Context,
    text: Text,
    where: Annotated[str, typer.Argument(help="A file of statements, or a paragraph as p9.")],
    words: Annotated[
        str | None, typer.Argument(help='For a paragraph: "first words ... last words".')
    ] = None,
    source: Annotated[str | None, typer.Option(help="Slug of the source.")] = None,
    as_json: AsJson = False,
) -> None:
    """Replace typed anchors in a file by positions, or print the position of one anchor."""
    settings = state_of(context).settings
    content = text_of(text)
    if paragraph := re.fullmatch(r"p(\d+)", where):
        if words is None:
            raise typer.BadParameter('write "first words ... last words"', param_hint="WORDS")
        places = find_in_paragraph(
            content, source_of(settings, content, source), int(paragraph[1]), words
        )
        if as_json:
            print_json({"paragraph": int(paragraph[1]), "places": [str(p) for p in places]})
        else:
            for place in places:
                typer.echo(place)
        return
    path = Path(where)
    sheet = text_of(path)
    slug = source or read_sheet(path, sheet).source
    replaced, count = anchored_text(path, sheet, content, _source(settings, slug))
    if replaced != sheet:
        path.write_bytes(replaced.encode())
    if as_json:
        print_json({"path": str(path), "replaced": count})
    else:
        progress.print(f"{path}: {count} anchors replaced", highlight=False)


def _sheets(settings: Settings, which: str | None) -> Iterator[Sheet]:
    """The sheet of a slug or file, or all of `data/statements`."""
    folder = settings.data_dir / "statements"
    if which is None:
        found = sorted(folder.glob("*.yaml"))
        if not found:
            raise NotFoundError(f"no statements in {folder}; write {folder}/<slug>.yaml")
        yield from (read_sheet(path) for path in found)
        return
    path = Path(which) if which.endswith((".yaml", ".yml")) else folder / f"{which}.yaml"
    if not path.is_file():
        hint = did_you_mean(which, sorted(p.stem for p in folder.glob("*.yaml")))
        raise NotFoundError(f"no statements at {path}{hint}")
    yield read_sheet(path)


@app.command("encode")
def encode_command(
    context: typer.Context,
    which: Annotated[
        str | None, typer.Argument(metavar="[SLUG|FILE]", help="Default: every source.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail when the output would change.")
    ] = False,
    draft: Annotated[
        bool, typer.Option("--draft", help="Only remark on unknown terms and unused nodes.")
    ] = False,
    tidy: Annotated[
        bool, typer.Option("--tidy", help="First put the authored file into canonical form.")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema of the authoring form only.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compute data/triples/SLUG.trig from data/statements/SLUG.yaml."""
    settings = state_of(context).settings
    if schema:
        typer.echo(schema_text(), nl=False)
        return
    vocabulary = read_vocabulary(settings.ontology_dir)
    stale, results = [], []
    for sheet in _sheets(settings, which):
        if tidy and not check and sheet.path is not None:
            write_sheet(sheet, sheet.path)
        encoding = encode(sheet, _source(settings, sheet.source), vocabulary, draft=draft)
        for remark in encoding.remarks:
            progress.print(f"[yellow]remark:[/] {remark}", highlight=False, soft_wrap=True)
        path = settings.data_dir / "triples" / f"{sheet.source}.trig"
        quads = encoding.quads
        content = trig_text(quads).encode()
        changed = not path.is_file() or path.read_bytes() != content
        if changed and check:
            stale.append(path)
        elif changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        results.append(
            {
                "source": sheet.source,
                "path": str(path),
                "statements": len(encoding.statements),
                "accepted": sum(s.standing == "Accepted" for s in encoding.statements),
                "quads": len(quads),
                "changed": changed,
            }
        )
    if as_json:
        print_json(results)
    else:
        for result in results:
            typer.echo(
                f"{result['source']}: {result['statements']} statements,"
                f" {result['accepted']} accepted, {result['quads']} quads"
                f"{' (changed)' if result['changed'] else ''}"
            )
    if stale:
        for path in stale:
            progress.print(f"{path} is not what its sheet gives; run `axiskg encode`")
        raise typer.Exit(Exit.FAILED)
