"""What an update writes, told from its text; and updates written anew for one graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from axiskg.errors import QueryError
from axiskg.store.sparql_text import Token, tokens

__all__ = [
    "Load",
    "followed_by",
    "graphs_written",
    "loads_of",
    "with_loads_replaced",
    "within_graph",
]

_STARTS = frozenset(
    {"LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "INSERT", "DELETE", "WITH"}
)


@dataclass(frozen=True, slots=True)
class _Operation:
    """One operation of a request, up to its semicolon; `prefixes` are those before it."""

    tokens: tuple[Token, ...]
    prefixes: dict[str, str]
    base: str

    @property
    def word(self) -> str:
        return self.tokens[0].value.upper() if self.tokens else ""

    def iri(self, token: Token) -> str | None:
        """The IRI that a token names; None for a variable, or what can't be resolved here."""
        if token.kind == "iri":
            value = token.value[1:-1]
            return None if "\\" in value or ":" not in value else value
        if token.kind == "name":
            prefix, _, local = token.value.partition(":")
            if "\\" in local or prefix not in self.prefixes:
                return None
            whole = self.prefixes[prefix] + local
            return whole if ":" in whole else None
        return None


def _operations(text: str) -> Iterator[_Operation]:
    prefixes: dict[str, str] = {}
    base = ""
    current: list[Token] = []
    stream = iter(tokens(text))
    for token in stream:
        if not current and token.kind == "word" and token.value.upper() in {"PREFIX", "BASE"}:
            name = next(stream, None)
            if name is None:
                return
            if token.value.upper() == "BASE":
                base = name.value[1:-1]
                continue
            iri = next(stream, None)
            if iri is not None:
                prefixes[name.value.rstrip(":")] = iri.value[1:-1]
            continue
        if token.value == ";" and token.depth == 0:
            if current:
                yield _Operation(tuple(current), dict(prefixes), base)
            current = []
            continue
        current.append(token)
    if current:
        yield _Operation(tuple(current), dict(prefixes), base)


def graphs_written(text: str) -> frozenset[str | None]:
    """The graphs that an update may write: IRIs, `""` for the default graph, None for unknown.

    >>> request = "INSERT DATA { GRAPH <urn:a> { <urn:s> <urn:p> 1 } } ; CLEAR DEFAULT"
    >>> sorted(graphs_written(request))
    ['', 'urn:a']
    >>> graphs_written("DELETE WHERE { GRAPH ?g { ?s ?p ?o } }") == {None}
    True
    """
    found: set[str | None] = set()
    for operation in _operations(text):
        if operation.word in {"INSERT", "DELETE", "WITH"}:
            found |= _modified(operation)
        else:
            found |= _managed(operation)
    return frozenset(found)


def _managed(operation: _Operation) -> set[str | None]:
    """The graphs of LOAD, CLEAR, DROP, CREATE, ADD, MOVE or COPY."""
    words = [token.value.upper() for token in operation.tokens]
    if operation.word in {"CLEAR", "DROP"} and {"ALL", "NAMED"} & set(words):
        return {None}
    if operation.word not in _STARTS:
        # Not an update at all: the engine says so, and nothing is written.
        return set()
    targets: list[str | None] = []
    for token in operation.tokens[1:]:
        if token.kind == "word":
            if token.value.upper() == "DEFAULT":
                targets.append("")
        else:
            targets.append(operation.iri(token))
    if operation.word == "LOAD":
        return {targets[1]} if len(targets) > 1 else {""}
    if operation.word in {"ADD", "COPY"}:
        return set(targets[1:])
    return set(targets)


def _modified(operation: _Operation) -> set[str | None]:
    """The graphs in the data or templates of INSERT and DELETE."""
    found: set[str | None] = set()
    with_graph: str | None = ""
    listed = list(operation.tokens)
    at = 0
    while at < len(listed):
        token = listed[at]
        word = token.value.upper() if token.kind == "word" and token.depth == 0 else ""
        if word == "WITH" and at + 1 < len(listed):
            with_graph = operation.iri(listed[at + 1])
            at += 2
            continue
        if word in {"INSERT", "DELETE"}:
            end = _closing(listed, at)
            found |= _template(operation, listed[at + 1 : end], with_graph)
            at = end
            continue
        if word in {"WHERE", "USING"}:
            break
        at += 1
    return found


def _closing(listed: list[Token], at: int) -> int:
    """The place behind the brace block that follows `at`."""
    for place in range(at + 1, len(listed)):
        if listed[place].kind == "close" and listed[place].depth == 0:
            return place + 1
    return len(listed)


def _template(operation: _Operation, block: list[Token], with_graph: str | None) -> set[str | None]:
    found: set[str | None] = set()
    at = 0
    while at < len(block):
        token = block[at]
        if token.kind == "word" and token.value.upper() == "GRAPH" and token.depth == 1:
            target = block[at + 1] if at + 1 < len(block) else token
            found.add(operation.iri(target))
            at += 2
            while at < len(block) and not (block[at].kind == "close" and block[at].depth == 1):
                at += 1
        elif token.depth == 1 and token.kind not in {"open", "close"} and token.value != ".":
            found.add(with_graph)
        at += 1
    return found


@dataclass(frozen=True, slots=True)
class Load:
    """One LOAD operation: `text[begin:end]`; the graph is "" for the default one.

    `url` or `graph` is None where it can't be told from the text.
    """

    url: str | None
    graph: str | None
    silent: bool
    begin: int
    end: int


def loads_of(text: str) -> list[Load]:
    """The LOAD operations of a request, in their order.

    >>> [(load.url, load.graph) for load in loads_of("LOAD SILENT <http://x/> INTO GRAPH <urn:g>")]
    [('http://x/', 'urn:g')]
    """
    found = []
    for operation in _operations(text):
        if operation.word != "LOAD":
            continue
        rest = operation.tokens[1:]
        silent = bool(rest) and rest[0].value.upper() == "SILENT"
        names = [operation.iri(token) for token in rest if token.kind in {"iri", "name"}]
        first, last = operation.tokens[0], operation.tokens[-1]
        if 1 <= len(names) <= 2:
            graph = names[1] if len(names) == 2 else ""
            found.append(Load(names[0], graph, silent, first.begin, last.end))
    return found


def with_loads_replaced(text: str, replacements: Mapping[int, str]) -> str:
    """The request with LOAD operations, by where they begin, replaced by others."""
    pieces, done = list[str](), 0
    for load in loads_of(text):
        if load.begin in replacements:
            pieces += text[done : load.begin], replacements[load.begin]
            done = load.end
    return "".join([*pieces, text[done:]])


def followed_by(text: str, operation: str) -> str:
    """The request with one more operation at its end.

    >>> followed_by("CLEAR DEFAULT ; # so", "CLEAR NAMED")
    'CLEAR DEFAULT \\n;\\nCLEAR NAMED'
    """
    last: Token | None = None
    for last in tokens(text):  # noqa: B007 (the last one is what is wanted)
        pass
    if last is None:
        return operation
    if last.value == ";" and last.depth == 0:
        text = text[: last.begin]
    return f"{text}\n;\n{operation}"


def within_graph(text: str, graph: str) -> str:
    """The request as one on a single graph (Graph Store Protocol, PATCH).

    Raises `QueryError` for a request that names graphs itself.
    """
    pieces: list[str] = []
    done = 0
    for operation in _operations(text):
        for token in operation.tokens:
            if token.kind == "word" and token.value.upper() in {"GRAPH", "WITH", "USING"}:
                raise QueryError(
                    f"a patch of one graph can't use {token.value.upper()}; send it to /update"
                )
        if operation.word not in {"INSERT", "DELETE"}:
            raise QueryError(f"a patch of one graph can't use {operation.word}; send it to /update")
        first = operation.tokens[0]
        second = operation.tokens[1].value.upper() if len(operation.tokens) > 1 else ""
        if second in {"DATA", "WHERE"}:
            opening = operation.tokens[2]
            closing = operation.tokens[-1]
            pieces += text[done : opening.end], f" GRAPH <{graph}> {{"
            pieces += text[opening.end : closing.begin], "} "
            done = closing.begin
        else:
            pieces += text[done : first.begin], f"WITH <{graph}> "
            done = first.begin
    return "".join([*pieces, text[done:]])
