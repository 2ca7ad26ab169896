"""The folder of saved queries: finding one, giving it parameters, running it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode

from axiskg.errors import (
    ParameterError,
    QueryError,
    QuerySyntaxError,
    UnknownQueryError,
    did_you_mean,
)
from axiskg.namespaces import PREFIXES, expand
from axiskg.queries.names import entity_named, scenario_named, statement_named, term_named
from axiskg.queries.saved import PARAMETER_TYPES, Parameter, SavedQuery, read_query
from axiskg.settings import Settings
from axiskg.store.protocol import Answer, Dataset, Store
from axiskg.store.sparql_text import tokens

__all__ = ["Catalogue", "ask_text"]

_INTEGER: Final = NamedNode(PREFIXES["xsd"] + "integer")
_DATE: Final = NamedNode(PREFIXES["xsd"] + "date")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The saved queries of a folder; those of its sub-folders are `folder/name`, not listed."""

    folder: Path

    @classmethod
    def of(cls, settings: Settings) -> Catalogue:
        """The catalogue of `settings.queries_dir`."""
        return cls(settings.queries_dir)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the queries that are meant for people, sorted."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.rq")))

    def __iter__(self) -> Iterator[SavedQuery]:
        return (self.get(name) for name in self.names)

    def get(self, name: str) -> SavedQuery:
        """The query of that name; raises `UnknownQueryError` with near names."""
        path = self.folder / f"{name}.rq"
        if not re.fullmatch(r"[\w\-]+(/[\w\-]+)?", name) or not path.is_file():
            cure = did_you_mean(name, self.names) or "; `axiskg queries` lists all"
            raise UnknownQueryError(f"there is no saved query {name!r}{cure}")
        return read_query(path, name)

    def run(
        self, store: Store, name: str, parameters: Mapping[str, str | Sequence[str]] | None = None
    ) -> Answer:
        """The answer to a saved query; parameters as people type them, one or several values."""
        return run(store, self.get(name), parameters or {})


def run(store: Store, query: SavedQuery, parameters: Mapping[str, str | Sequence[str]]) -> Answer:
    """The answer to a query with parameters as people type them.

    Raises `ParameterError` for one that is unknown, missing or of the wrong type.
    """
    known = {parameter.name: parameter for parameter in query.parameters}
    terms: dict[str, list[NamedNode | Literal]] = {}
    for name, given in parameters.items():
        if name not in known:
            cure = did_you_mean(name, list(known)) or f"; it takes {', '.join(known) or 'none'}"
            raise ParameterError(name, f"a parameter of {query.name}", f"an unknown one{cure}")
        values = [given] if isinstance(given, str) else list(given)
        if values:
            terms[name] = [_term(store, known[name], value) for value in values]
    return store.query(query.bound(terms))


def _term(store: Store, parameter: Parameter, value: str) -> NamedNode | Literal:
    """The term for a typed-in value of a parameter."""
    name = parameter.name
    try:
        match parameter.type:
            case "entity":
                return entity_named(store, value, name)
            case "statement":
                return statement_named(store, value, name)
            case "scenario":
                return scenario_named(store, value, name)
            case "term":
                return term_named(store, value, name)
            case "iri":
                return NamedNode(expand(value.strip()))
            case "integer":
                return Literal(str(int(value)), datatype=_INTEGER)
            case "date":
                return Literal(date.fromisoformat(value.strip()).isoformat(), datatype=_DATE)
            case _:
                return Literal(value)
    except (ValueError, QueryError) as error:
        if isinstance(error, ParameterError):
            raise
        raise ParameterError(name, PARAMETER_TYPES[parameter.type], repr(value)) from error


def ask_text(store: Store, text: str, dataset: Dataset | None = None) -> Answer:
    """The answer to SPARQL as somebody typed it: prefixes of ours need no declaration.

    Lines and columns in errors are those of `text`.
    """
    used = {t.value.partition(":")[0] for t in tokens(text) if t.kind == "name"}
    declared = set(re.findall(r"(?i)\bPREFIX\s+([\w\-.]*):", text))
    added = "".join(
        f"PREFIX {prefix}: <{PREFIXES[prefix]}> "
        for prefix in sorted(used - declared)
        if prefix in PREFIXES
    )
    try:
        return store.query(added + text, dataset=dataset)
    except QuerySyntaxError as error:
        if error.line == 1 and error.column is not None and added:
            column = max(error.column - len(added), 1)
            raise QuerySyntaxError(
                str(error).replace(f"column {error.column}", f"column {column}"),
                line=1,
                column=column,
            ) from None
        raise
