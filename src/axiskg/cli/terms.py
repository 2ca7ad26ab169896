"""`axiskg terms`: the terms of the ontology, for those who write in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Annotated

import typer

from axiskg.cli.app import app, state_of
from axiskg.cli.output import emit_json, emit_table
from axiskg.namespaces import curie
from axiskg.ontology import MODULES, Ontology, OntologyTerm, read_ontology

__all__: list[str] = []


@app.command("terms")
def terms(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="One term, by name, CURIE or IRI; else all of them.")
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print all terms as docs/terms.md.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the classes, properties and concepts of the ontology with their definitions."""
    ontology = read_ontology(state_of(context).settings.ontology_dir)
    if markdown:
        typer.echo("\n".join(_page(ontology)))
        return
    if name is not None:
        term = ontology.term(name)
        if as_json:
            emit_json(_json(term))
        else:
            emit_table(("", curie(term.iri)), _card(ontology, term))
        return
    if as_json:
        emit_json([_json(term) for term in ontology.terms.values()])
        return
    emit_table(
        ("name", "kind", "definition"),
        ((term.name, term.kind, term.definition) for term in ontology.terms.values()),
    )


def _json(term: OntologyTerm) -> dict[str, object]:
    return {"name": term.name, **dataclasses.asdict(term)}


def _card(ontology: Ontology, term: OntologyTerm) -> Iterator[tuple[str, str]]:
    below = sorted(t.name for t in ontology.terms.values() if term.iri in t.parents)
    for label, value in (
        ("kind", term.kind),
        ("definition", term.definition),
        ("example", term.example),
        ("below", ", ".join(curie(parent) for parent in term.parents)),
        ("above", ", ".join(below)),
        ("domain", curie(term.domain) if term.domain else ""),
        ("range", curie(term.range) if term.range else ""),
        ("module", term.module),
    ):
        if value:
            yield label, value


def _page(ontology: Ontology) -> Iterator[str]:
    yield "# Terms"
    yield ""
    yield "Made by `axiskg terms --markdown`; how to read it stands in [ontology.md](ontology.md)."
    for module in (*MODULES, "plover"):
        found = [term for term in ontology.terms.values() if term.module == module]
        for kind in ("class", "concept", "concept scheme", "confidence table", "property"):
            chosen = [t for t in found if t.kind == kind or t.kind.endswith(" " + kind)]
            if not chosen:
                continue
            yield ""
            yield f"## {module}: {_plural(kind)}"
            yield ""
            yield "| term | below | from → to | definition |"
            yield "|---|---|---|---|"
            for term in chosen:
                yield _row(term)


def _plural(kind: str) -> str:
    return {"class": "classes", "property": "properties"}.get(kind, kind + "s")


def _row(term: OntologyTerm) -> str:
    parents = ", ".join(f"`{_short(parent)}`" for parent in term.parents)
    ends = [f"`{_short(end)}`" if end else "" for end in (term.domain, term.range)]
    between = " → ".join(ends) if any(ends) else ""
    return f"| `{term.name}` | {parents} | {between} | {term.definition} |"


def _short(iri: str) -> str:
    return curie(iri).removeprefix("axis:")
