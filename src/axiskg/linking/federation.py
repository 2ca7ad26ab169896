"""Queries that join our graph with other endpoints: SERVICE, evaluated here and written in.

Each SERVICE clause whose target stands in the setting `federation` is asked over HTTP and its
answer takes its place as VALUES, so that the store never touches the network. Where variables are
shared with what surely holds around the clause, their bindings are sent along (a bind-join).

Limits: the clause must be evaluable by itself or by those bindings; blank nodes of the other side
come as IRIs; a clause within a clause, and a variable as target, are refused; a clause within
GRAPH or a sub-query is joined without bindings from outside.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from pyoxigraph import Literal, NamedNode

from axiskg.errors import (
    LinkingError,
    NotAllowedError,
    QueryError,
    QueryTimeoutError,
    QueryTooLargeError,
)
from axiskg.linking.guard import Reach
from axiskg.linking.http_cache import HttpCache
from axiskg.linking.service_clauses import Clause, clauses, mandatory, prologue_of, variables_of
from axiskg.linking.sparql_client import Table, select
from axiskg.settings import Settings
from axiskg.store.protocol import Answer, Dataset, Solutions, Store, Term
from axiskg.store.sparql_text import keywords, request_form

__all__ = ["Call", "Resolved", "federated", "resolve", "resolve_services"]

Local = Callable[[str], Solutions]
_BATCH: Final = 100
_MAX_BINDINGS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Call:
    """What became of one SERVICE clause; `error` is "" where it was answered."""

    service: str
    url: str
    silent: bool
    bindings: int
    rows: int
    cached: bool
    seconds: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A query without SERVICE, and what the services gave for it."""

    text: str
    calls: tuple[Call, ...]

    @property
    def partial(self) -> bool:
        """Whether a SILENT clause failed, so that the answer lacks its part."""
        return any(call.error for call in self.calls)


def resolve(query_text: str, settings: Settings, *, local: Local | None = None) -> str:
    """The query with each allowed SERVICE clause replaced by its answer; see `resolve_services`."""
    return resolve_services(query_text, settings, local=local).text


def resolve_services(
    query_text: str, settings: Settings, *, local: Local | None = None
) -> Resolved:
    """The query with each allowed SERVICE clause replaced by its answer, and how that went.

    `local` answers a SELECT on our own graph and makes bind-joins possible. A clause that fails
    raises, unless it is SILENT: then the query goes on without it (SPARQL 1.1 Federated Query,
    3.1) and its `Call` has the error. Raises `QueryError` for a service that is not allowed (SILENT
    or not), `LinkingError`, `QueryTimeoutError` when time is up, `QueryTooLargeError`.
    """
    if "SERVICE" not in query_text.upper() or "SERVICE" not in keywords(query_text):
        return Resolved(query_text, ())
    if request_form(query_text) == "UPDATE":
        raise QueryError("SERVICE in an update is not allowed; query the service first")
    waiting = clauses(query_text)
    for clause in waiting:
        _address(clause, query_text, settings)
    deadline = time.monotonic() + settings.federation_timeout_s
    calls: list[Call] = []
    while waiting:
        clause = waiting[0]
        call, text = _evaluate(clause, query_text, settings, deadline, local)
        calls.append(call)
        query_text = query_text[: clause.begin] + text + query_text[clause.end :]
        waiting = clauses(query_text)
    return Resolved(query_text, tuple(calls))


def _address(clause: Clause, text: str, settings: Settings) -> tuple[str, str]:
    """Name and URL of the service that a clause asks. Raises `NotAllowedError`."""
    target = clause.target
    allowed = settings.federation
    if target.endswith(":") and target[:-1] in allowed:
        return target[:-1], allowed[target[:-1]]
    for name, url in allowed.items():
        if target == f"<{url}>":
            return name, url
    if target.startswith(("?", "$")):
        raise QueryError(f"SERVICE {target}: a variable can't name a service; write its name")
    known = ", ".join(f"{name}:" for name in sorted(allowed)) or "none"
    raise NotAllowedError(
        f"SERVICE {target} is not allowed; allowed are: {known} (setting AXISKG_FEDERATION, a JSON"
        " object of names and query URLs)"
    )


def _evaluate(
    clause: Clause, text: str, settings: Settings, deadline: float, local: Local | None
) -> tuple[Call, str]:
    """What became of a clause, and the text that takes its place."""
    name, url = _address(clause, text, settings)
    begun = time.monotonic()
    bindings: Solutions | None = None
    try:
        bindings = _bindings(clause, text, local)
        table = _ask(clause, text, url, bindings, settings, deadline)
    except (LinkingError, QueryTimeoutError, QueryTooLargeError) as error:
        if not clause.silent:
            raise type(error)(
                f"SERVICE {name}: gave no answer, so the query has none; SERVICE SILENT goes on"
                f" without it: {error}"
            ) from error
        seconds = time.monotonic() - begun
        count = len(bindings.rows) if bindings is not None else 0
        return Call(name, url, True, count, 0, False, seconds, str(error)), " { } "
    seconds = time.monotonic() - begun
    count = len(bindings.rows) if bindings is not None else 0
    call = Call(name, url, clause.silent, count, len(table.rows), table.cached, seconds)
    return call, _values(table.variables, table.rows)


def _bindings(clause: Clause, text: str, local: Local | None) -> Solutions | None:
    """The values, on our side, of the variables that a clause shares; None to ask without."""
    if local is None:
        return None
    patterns = mandatory(text, clause)
    around = set(variables_of(patterns))
    shared = [name for name in clause.joined if name in around]
    if not shared:
        return None
    chosen = " ".join(f"?{name}" for name in shared)
    found = local(
        f"{prologue_of(text)}SELECT DISTINCT {chosen} WHERE {{ {patterns} }}"
        f" LIMIT {_MAX_BINDINGS + 1}"
    )
    if len(found.rows) > _MAX_BINDINGS:
        return None
    if any(not _sendable(term) for row in found.rows for term in row):
        return None
    return found


def _sendable(term: Term | None) -> bool:
    return isinstance(term, (NamedNode, Literal))


def _ask(
    clause: Clause,
    text: str,
    url: str,
    bindings: Solutions | None,
    settings: Settings,
    deadline: float,
) -> Table:
    """The clause's answer, in batches of bindings."""
    cache = HttpCache(settings.http_cache, settings.http_cache_s)
    if bindings is not None and not bindings.rows:
        return Table(bindings.variables, (), cached=True)
    batches: Iterable[Sequence[tuple[Term | None, ...]]] = [[]]
    if bindings is not None:
        rows = bindings.rows
        batches = [rows[at : at + _BATCH] for at in range(0, len(rows), _BATCH)]
    variables: tuple[str, ...] = ()
    whole: list[tuple[NamedNode | Literal | None, ...]] = []
    cached = True
    for batch in batches:
        left = deadline - time.monotonic()
        if left <= 0:
            raise QueryTimeoutError(
                f"{url} took all of the {settings.federation_timeout_s:g} s that services may take"
            )
        reach = Reach(
            timeout_s=left,
            max_bytes=settings.federation_max_mb * 1_000_000,
            retries=settings.federation_retries,
            allow_loopback=settings.allow_loopback,
            allow_private=settings.private_hosts,
            user_agent=settings.user_agent,
        )
        limit = settings.federation_max_rows
        query = _remote(clause, text, bindings, batch, limit)
        table = select(url, query, reach, cache, max_rows=limit)
        strange = set(table.variables) - set(clause.variables)
        if strange:
            raise LinkingError(f"{url} answers with ?{min(strange)}, which it was not asked for")
        variables, cached = variables or table.variables, cached and table.cached
        whole.extend(_in_order(table, variables, url))
        if len(whole) > limit:
            raise QueryTooLargeError(
                f"{url} gives more than {limit} rows; narrow the SERVICE clause, or raise"
                " AXISKG_FEDERATION_MAX_ROWS"
            )
    return Table(variables, tuple(whole), cached)


def _in_order(
    table: Table, variables: Sequence[str], url: str
) -> Iterable[tuple[NamedNode | Literal | None, ...]]:
    """The rows of one batch, in the order of variables that the first one had."""
    if set(table.variables) != set(variables):
        raise LinkingError(f"{url} answers with other variables for other bindings")
    places = [table.variables.index(name) for name in variables]
    return (tuple(row[place] for place in places) for row in table.rows)


def _remote(
    clause: Clause,
    text: str,
    bindings: Solutions | None,
    batch: Sequence[tuple[Term | None, ...]],
    limit: int,
) -> str:
    """The query that the service is sent."""
    values = _values(bindings.variables, batch) if bindings is not None else ""
    body = clause.body if clause.is_simple else f"{{ {clause.body} }}"
    return f"{prologue_of(text)}SELECT * WHERE {{ {values} {body} }} LIMIT {limit + 1}"


def _values(variables: Sequence[str], rows: Iterable[Sequence[Term | None]]) -> str:
    """A VALUES block of these rows."""
    head = " ".join(f"?{name}" for name in variables)
    lines = "\n".join(
        "(" + " ".join("UNDEF" if term is None else str(term) for term in row) + ")" for row in rows
    )
    return f" VALUES ({head}) {{ {lines} }} "


class _Federated:
    """A store whose queries may call the allowed services; all else is the store's own."""

    def __init__(self, store: Store, settings: Settings, note: Callable[[Call], None]) -> None:
        self._store, self._settings, self._note = store, settings, note

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def __len__(self) -> int:
        return len(self._store)

    def query(self, text: str, *, dataset: Dataset | None = None) -> Answer:
        """The answer to a query, its SERVICE clauses evaluated first."""

        def local(asked: str) -> Solutions:
            found = self._store.query(asked, dataset=dataset)
            assert isinstance(found, Solutions)
            return found

        resolved = resolve_services(text, self._settings, local=local)
        for call in resolved.calls:
            self._note(call)
        return self._store.query(resolved.text, dataset=dataset)


def federated(
    store: Store, settings: Settings, note: Callable[[Call], None] = lambda _: None
) -> Store:
    """The store, with SERVICE in queries answered by the allowed services.

    `note` is told what became of each clause. Raises as `resolve_services` does; without allowed
    services the message names the setting.
    """
    return cast("Store", _Federated(store, settings, note))
