"""Where the SERVICE clauses of a query stand, what they ask, and what surely holds around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from axiskg.errors import QueryError, QuerySyntaxError
from axiskg.store.sparql_text import Token, tokens

__all__ = ["Clause", "clauses", "mandatory", "prologue_of", "variables_of"]

_ELEMENTS: Final = frozenset(
    {"FILTER", "BIND", "OPTIONAL", "MINUS", "SERVICE", "UNION", "GRAPH", "VALUES"}
)
_LOOSE: Final = frozenset({"OPTIONAL", "MINUS", "BIND", "SELECT", "UNION"})


@dataclass(frozen=True, slots=True)
class Clause:
    """One SERVICE clause: `text[begin:end]` is the whole of it, `body` what its braces hold."""

    target: str
    silent: bool
    body: str
    begin: int
    end: int

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of the body, in order, with their sign dropped."""
        return variables_of(self.body)

    @property
    def is_simple(self) -> bool:
        """Whether the body is patterns and filters only, so that bindings may join them."""
        words = {t.value.upper() for t in tokens(self.body) if t.kind == "word"}
        return not words & _LOOSE

    @property
    def joined(self) -> tuple[str, ...]:
        """The variables that each row of the body binds, whichever way the rows come about.

        By them its rows may be joined from without. One that a filter alone names is another
        variable outside (SPARQL 1.1 Federated Query, 4: the body is evaluated by itself), and one
        that some rows leave unbound would be bound in them by a value that is written in.
        """
        seen = list(tokens(self.body))
        return tuple(sorted(_certain(self.body, seen, 0, len(seen))))


def variables_of(text: str) -> tuple[str, ...]:
    """The variables that a text names, in order, each once."""
    return tuple(dict.fromkeys(t.value[1:] for t in tokens(text) if t.kind == "variable"))


def _word(token: Token) -> str:
    return token.value.upper() if token.kind == "word" else ""


def _closing(seen: Sequence[Token], start: int) -> int:
    """The index of the bracket that closes the one at `start`."""
    depth = 0
    for index in range(start, len(seen)):
        if seen[index].kind == "open":
            depth += 1
        elif seen[index].kind == "close":
            depth -= 1
            if depth == 0:
                return index
    raise QuerySyntaxError("a bracket is opened and never closed")


def clauses(text: str) -> list[Clause]:
    """The outermost SERVICE clauses in their order. Raises `QueryError` on one within another.

    >>> [(c.target, c.silent, c.body) for c in clauses("ASK { SERVICE SILENT x: { ?s ?p ?o } }")]
    [('x:', True, ' ?s ?p ?o ')]
    """
    seen = list(tokens(text))
    found: list[Clause] = []
    index = 0
    while index < len(seen):
        if _word(seen[index]) != "SERVICE":
            index += 1
            continue
        start = index
        index += 1
        silent = index < len(seen) and _word(seen[index]) == "SILENT"
        index += silent
        if index + 1 >= len(seen) or seen[index + 1].value != "{":
            raise QuerySyntaxError("SERVICE needs a service and a group: SERVICE wikidata: { ... }")
        last = _closing(seen, index + 1)
        body = text[seen[index + 1].end : seen[last].begin]
        if any(_word(token) == "SERVICE" for token in seen[index + 2 : last]):
            raise QueryError("a SERVICE clause within another is not allowed")
        found.append(Clause(seen[index].value, silent, body, seen[start].begin, seen[last].end))
        index = last + 1
    return found


def prologue_of(text: str) -> str:
    """The PREFIX and BASE lines of a query."""
    lines: list[str] = []
    seen = list(tokens(text))
    index = 0
    while index < len(seen):
        size = {"PREFIX": 3, "BASE": 2}.get(_word(seen[index]))
        if size is None or index + size > len(seen):
            break
        lines.append(text[seen[index].begin : seen[index + size - 1].end])
        index += size
    return "".join(f"{line}\n" for line in lines)


def mandatory(text: str, clause: Clause) -> str:
    """Patterns that every solution around a clause fulfils, to find bindings with; "" for none.

    Those that stand in the groups around the clause, up to the nearest sub-query or GRAPH: triple
    patterns, VALUES, and GRAPH groups made of triple patterns. Left out are optional parts,
    filters, unions, and other services, so what is left holds at least the true solutions.

    Where the clause is in an OPTIONAL or MINUS, what counts outside is what stands before that in
    its group: a row that fits only this may be what keeps a solution, or takes one away, which a
    later pattern would refuse (SPARQL 1.1 Query, 18.2.2.6). Of EXISTS it is its filter's group.
    """
    seen = list(tokens(text))
    kept: list[str] = []
    for begin, end in _groups_around(seen, clause):
        kept.extend(_plain_parts(text, seen, begin, end))
    return " ".join(kept)


def _certain(text: str, seen: Sequence[Token], begin: int, end: int) -> set[str]:
    """The variables that all solutions of a group bind, as far as can be told.

    Those of its triple patterns; of a group within it; of all sides of a UNION; and of what a
    sub-query projects as it is.
    """
    if begin < end and _word(seen[begin]) == "SELECT":
        return _certain_of_select(text, seen, begin, end)
    parts = _plain_parts(text, seen, begin, end)
    found = set(variables_of(" ".join(part for part in parts if "UNDEF" not in part.upper())))
    index = begin
    while index < end:
        if seen[index].value == "{":
            last = _closing(seen, index)
            sides = [_certain(text, seen, index + 1, last)]
            while last + 2 < end and _word(seen[last + 1]) == "UNION":
                first, last = last + 2, _closing(seen, last + 2)
                sides.append(_certain(text, seen, first + 1, last))
            found |= set.intersection(*sides)
            index = last + 1
        elif _word(seen[index]) in _ELEMENTS:
            index = _after(seen, index, end)
        else:
            index = _closing(seen, index) + 1 if seen[index].kind == "open" else index + 1
    return found


def _certain_of_select(text: str, seen: Sequence[Token], begin: int, end: int) -> set[str]:
    """The variables that all solutions of a sub-query bind; none of those that it computes."""
    index = begin + 1
    projected: set[str] = set()
    while index < end and seen[index].value != "{":
        if seen[index].kind == "variable":
            projected.add(seen[index].value[1:])
        index = _closing(seen, index) + 1 if seen[index].kind == "open" else index + 1
    if index >= end:
        return set()
    inner = _certain(text, seen, index + 1, _closing(seen, index))
    everything = any(token.value == "*" for token in seen[begin + 1 : index])
    return inner if everything else inner & projected


def _groups_around(seen: Sequence[Token], clause: Clause) -> list[tuple[int, int]]:
    """Indices of the first and last token within each group around a clause, outermost first."""
    stack: list[int] = []
    for index, token in enumerate(seen):
        if token.begin >= clause.begin:
            break
        if token.kind == "open":
            stack.append(index)
        elif token.kind == "close" and stack:
            stack.pop()
    groups: list[tuple[int, int]] = []
    end, outermost = 0, False
    for opened in reversed(stack):
        if seen[opened].value != "{":
            return []
        before = _word(seen[opened - 1]) if opened else ""
        if opened > 1 and _word(seen[opened - 2]) == "GRAPH":
            return []
        groups.append((opened + 1, end or _closing(seen, opened)))
        if outermost or not opened or before == "WHERE" or _starts_query(seen, opened):
            break
        if before == "MINUS" and not clause.is_simple:
            break
        end = opened - 1 if before in ("OPTIONAL", "MINUS") else 0
        outermost = before in ("OPTIONAL", "MINUS", "EXISTS")
    return list(reversed(groups))


def _starts_query(seen: Sequence[Token], opened: int) -> bool:
    """Whether the group is that of a SELECT, ASK or the like without the word WHERE."""
    for token in reversed(seen[:opened]):
        if token.kind in ("open", "close") and token.value in ("{", "}"):
            return False
        if _word(token) in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            return True
    return False


def _plain_parts(text: str, seen: Sequence[Token], begin: int, end: int) -> list[str]:
    parts: list[str] = []
    run: int | None = None
    index = begin

    def close_run(upto: int) -> None:
        nonlocal run
        if run is not None and upto > run:
            parts.append(text[seen[run].begin : seen[upto - 1].end].rstrip(" .") + " .")
        run = None

    while index < end:
        token = seen[index]
        word = _word(token)
        if (word in _ELEMENTS and word not in ("GRAPH", "VALUES")) or token.value == "{":
            close_run(index)
            index = _after(seen, index, end)
        elif word in ("GRAPH", "VALUES"):
            close_run(index)
            last = _after(seen, index, end)
            inside = {_word(t) for t in seen[index + 1 : last]}
            nested = (
                any(t.value == "{" for t in seen[index + 3 : last]) if word == "GRAPH" else False
            )
            if not nested and not inside & {"FILTER", "BIND", "OPTIONAL", "MINUS", "SERVICE"}:
                parts.append(text[token.begin : seen[last - 1].end])
            index = last
        elif token.value == "." and token.kind == "operator" and run is None:
            index += 1
        else:
            if run is None:
                run = index
            index = _closing(seen, index) + 1 if token.kind == "open" else index + 1
    close_run(end)
    return parts


def _after(seen: Sequence[Token], index: int, end: int) -> int:
    """The index behind the element that begins at `index`: behind its brackets."""
    word = _word(seen[index])
    if word == "VALUES" and seen[index + 1].value == "(":
        index = _closing(seen, index + 1)
    wanted = ("{", "(") if word in ("FILTER", "BIND") else ("{",)
    while index < end:
        if seen[index].value in wanted:
            return _closing(seen, index) + 1
        index += 1
    return end
