"""One saved query: a SPARQL file with a `#+` header in YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from pyoxigraph import Literal, NamedNode

from axiskg.errors import ParseError
from axiskg.store.sparql_text import request_form, tokens

__all__ = ["PARAMETER_TYPES", "Parameter", "SavedQuery", "header_of", "read_query", "slots"]

PARAMETER_TYPES: Final = {
    "entity": "an entity's slug, CURIE, IRI, Wikidata id or label",
    "statement": "a statement's id (p14.a, source/p14.a), CURIE or IRI",
    "term": "a term of the ontology, as Fact or axis:Fact",
    "scenario": "a scenario's slug, CURIE or IRI",
    "iri": "an IRI or CURIE",
    "string": "text",
    "integer": "a whole number",
    "date": "a date as 2023-09-01",
}
"""The types of parameters, and how a value is typed in."""

_KEYS: Final = {"summary", "description", "tags", "parameters", "columns"}
_PARAMETER_KEYS: Final = {"type", "description", "example", "optional"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A slot `VALUES ?name { default }`; an optional one that is not given matches everything."""

    name: str
    type: str
    description: str
    example: str
    default: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query with what its header says; `columns` maps each variable to its meaning."""

    name: str
    path: Path
    text: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, str]

    @property
    def form(self) -> str:
        """SELECT, ASK, CONSTRUCT or DESCRIBE."""
        return request_form(self.text)

    def bound(self, terms: Mapping[str, Sequence[NamedNode | Literal]]) -> str:
        """The text with parameters set to terms; all slots are filled in one pass.

        Terms are serialised by the RDF library and read by nothing before the engine does, so
        that no value can change the query around it.
        """
        pieces, done = list[str](), 0
        for name, begin, end in slots(self.text):
            if name in terms:
                pieces += self.text[done:begin], " ", " ".join(map(str, terms[name])), " "
                done = end
        return "".join([*pieces, self.text[done:]])


def slots(text: str) -> list[tuple[str, int, int]]:
    """Name of each `VALUES ?name { … }`, and where the inside of its braces begins and ends."""
    found = list[tuple[str, int, int]]()
    read = list(tokens(text))
    for number, token in enumerate(read[:-3]):
        if token.kind != "word" or token.value.upper() != "VALUES":
            continue
        variable, opening = read[number + 1 : number + 3]
        if variable.kind != "variable" or opening.value != "{":
            continue
        closing = next(t for t in read[number + 3 :] if t.kind == "close")
        found.append((variable.value[1:], opening.end, closing.begin))
    return found


def header_of(text: str) -> str:
    """The YAML of the leading `#+` lines."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#+"):
            break
        lines.append(re.sub(r"^#\+ ?", "", line))
    return "\n".join(lines)


def read_query(path: Path, name: str | None = None) -> SavedQuery:
    """The saved query in a file; raises `ParseError` for a header that is missing or wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ParseError(f"can't be read: {error}", path=path) from error
    return _query_of(text, path, name or path.stem)


def _query_of(text: str, path: Path, name: str) -> SavedQuery:
    header = header_of(text)
    if not header:
        raise ParseError("has no header; begin with `#+ summary: …`", path=path, line=1)
    try:
        said = yaml.safe_load(header)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", error)
        raise ParseError(f"the header is no YAML: {problem}", path=path, line=line) from error
    if not isinstance(said, dict):
        raise ParseError("the header is no mapping; begin with `#+ summary: …`", path=path, line=1)
    if unknown := sorted(set(said) - _KEYS):
        raise ParseError(f"the header has unknown keys: {', '.join(unknown)}", path=path, line=1)
    if missing := sorted({"summary", "columns"} - set(said)):
        raise ParseError(f"the header lacks {', '.join(missing)}", path=path, line=1)
    return SavedQuery(
        name=name,
        path=path,
        text=text,
        summary=str(said["summary"]),
        description=str(said.get("description", "")).strip(),
        tags=tuple(str(tag) for tag in said.get("tags") or ()),
        parameters=tuple(_parameters(said.get("parameters") or {}, text, path)),
        columns={str(k): str(v) for k, v in (said["columns"] or {}).items()},
    )


def _parameters(said: object, text: str, path: Path) -> list[Parameter]:
    if not isinstance(said, dict):
        raise ParseError("parameters: write `name: {type: entity, …}`", path=path, line=1)
    defaults = {name: text[begin:end].strip() for name, begin, end in slots(text)}
    found = []
    for name, values in said.items():
        if not isinstance(values, dict) or set(values) - _PARAMETER_KEYS or "type" not in values:
            raise ParseError(
                f"parameter {name}: write {{type, description, example, optional}}",
                path=path,
                line=1,
            )
        if values["type"] not in PARAMETER_TYPES:
            known = ", ".join(PARAMETER_TYPES)
            raise ParseError(f"parameter {name}: the type is none of {known}", path=path, line=1)
        if name not in defaults:
            raise ParseError(f"lacks the line `VALUES ?{name} {{ … }}`", path=path, line=1)
        found.append(
            Parameter(
                name=str(name),
                type=values["type"],
                description=str(values.get("description", "")),
                example=str(values.get("example", "")),
                default=defaults[name],
                optional=bool(values.get("optional", defaults[name] == "UNDEF")),
            )
        )
    return found
