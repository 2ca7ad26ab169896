"""What can be told of a SPARQL request from its text: its words, its form, how deeply it nests.

The lexer knows no grammar beyond what it needs to tell an IRI from the operator `<`, which is
the one ambiguity in SPARQL's tokens: taken wrongly, a quotation mark behind it would hide the
rest of the request. After an operand inside the parentheses of an expression `<` compares;
everywhere else it opens an IRI.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from axiskg.errors import QueryError, QuerySyntaxError, QueryTooLargeError
from axiskg.namespaces import PREFIXES
from axiskg.store.protocol import Dataset

__all__ = [
    "Token",
    "check_nesting",
    "forbid",
    "keywords",
    "nesting_depth",
    "request_form",
    "syntax_error",
    "tokens",
    "with_using",
]

MAX_NESTING = 500

_TOKEN = re.compile(
    r"""
    (?P<space>[\x00-\x20]+|\#[^\r\n]*)
  | (?P<string>\"\"\"(?:\"{0,2}(?:[^\"\\]|\\.))*\"\"\"|'''(?:'{0,2}(?:[^'\\]|\\.))*'''
      |\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*')
  | (?P<open><<\(?|\{\||[\{\(\[])
  | (?P<close>\)?>>|\|\}|[\}\)\]])
  | (?P<variable>[?$]\w+)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[a-z]+)?)
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<name>_:[\w.\-·]+
      |(?:[^\W\d_][\w\-·.]*)?:(?:[\w\-·.:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<operator>\^\^|&&|\|\||!=|>=|<=|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_IRI = re.compile(r"<[^<>\"{}|^`\\\x00-\x20]*>")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_OPERANDS = frozenset({"string", "variable", "language", "number", "name", "iri", "close"})
_CLAUSES = frozenset({"SELECT", "GROUP", "ORDER", "HAVING"})
_ELEMENTS = frozenset({"UNION", "OPTIONAL", "MINUS", "BIND", "FILTER", "VALUES"})
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a request; `text[begin:end]` is what stands there, `depth` the brackets around."""

    kind: str
    value: str
    begin: int
    end: int
    depth: int

    @property
    def is_operand(self) -> bool:
        """Whether an expression can go on with an operator behind this token."""
        return self.kind in _OPERANDS or self.value.lower() in {"true", "false", "undef"}


_START = Token("start", "", 0, 0, 0)


@dataclass(slots=True)
class _Level:
    """What the lexer knows of the innermost open bracket."""

    expression: bool
    clause: bool = False
    """Between SELECT, GROUP, ORDER or HAVING and the next brace: parentheses hold expressions."""


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query or update, without white space and comments.

    Kinds: string, iri, open, close, variable, language, number, name (prefixed), word, operator.

    >>> [t.value for t in tokens("ASK { ?a ?b 'SERVICE' FILTER(?a<?b) }")][4:]
    ["'SERVICE'", 'FILTER', '(', '?a', '<', '?b', ')', '}']
    """
    place, before, earlier = 0, _START, _START
    levels = [_Level(expression=False)]
    while place < len(text):
        level = levels[-1]
        compares = level.expression and before.is_operand
        iri = None if compares or text[place] != "<" else _IRI.match(text, place)
        if iri is None:
            found = _TOKEN.match(text, place)
            assert found is not None
            assert found.lastgroup is not None
            kind, value = found.lastgroup, found.group()
            if compares and value.startswith("<<"):
                kind, value = "operator", "<"
        else:
            kind, value = "iri", iri.group()
        if kind == "close" and len(levels) > 1:
            levels.pop()
        token = Token(kind, value, place, place + len(value), len(levels) - 1)
        place = token.end
        if kind == "space":
            continue
        if kind == "word" and not level.expression and value.upper() in _CLAUSES:
            level.clause = True
        if kind == "open":
            levels.append(_Level(value == "(" and _opens_expression(before, earlier, level)))
            level.clause = level.clause and value != "{"
        yield token
        before, earlier = token, before


def _opens_expression(before: Token, earlier: Token, level: _Level) -> bool:
    if before.kind == "word" and before.value.upper() == "VALUES":
        return False
    if level.expression or level.clause:
        return True
    if before.kind in {"iri", "name"}:
        return earlier.kind == "word" and earlier.value.upper() == "FILTER"
    return before.kind == "word" and not before.is_operand and before.value != "a"


def _plain(text: str) -> str:
    """The text with its code point escapes resolved (SPARQL 1.1 Query, 19.2)."""

    def character(found: re.Match[str]) -> str:
        code = int(found.group(1) or found.group(2), 16)
        return chr(code) if code <= 0x10FFFF else found.group()

    return _ESCAPE.sub(character, text) if "\\" in text else text


def keywords(text: str) -> frozenset[str]:
    """The bare words of a request in capitals; not those in strings, names, IRIs or comments.

    >>> "SERVICE" in keywords("SELECT * { SERVICE <http://x/> { ?s ?p 'load' } } # LOAD")
    True
    >>> "LOAD" in keywords("SELECT * { SERVICE <http://x/> { ?s ?p 'load' } } # LOAD")
    False
    """
    words = {t.value.upper() for t in tokens(text) if t.kind == "word"}
    plain = _plain(text)
    if plain != text:
        words |= {t.value.upper() for t in tokens(plain) if t.kind == "word"}
    return frozenset(words)


def forbid(text: str, *words: str) -> None:
    """Raise `QueryError` when a request uses one of the keywords (in capitals)."""
    plain = _plain(text).upper()
    if not any(word in plain for word in words):
        return
    for word in words:
        if word in keywords(text):
            cure = "load the document with the Graph Store" if word == "LOAD" else "query it there"
            raise QueryError(f"{word} is not allowed: a store fetches nothing by itself; {cure}")


def nesting_depth(text: str) -> tuple[int, int]:
    """How many brackets are open at most, and how long a chain of operators over them grows.

    A chain is what the engine turns into a nested expression: operators (`1+1+1`, `!!!`, path
    steps) and the UNION, OPTIONAL, MINUS, BIND, FILTER and VALUES of a group.

    >>> nesting_depth("ASK { FILTER(1+1+1 > 2) }")
    (2, 4)
    """
    deepest = longest = 0
    chains = [0]
    for token in tokens(text):
        if token.kind == "open":
            chains.append(chains[-1])
            deepest = max(deepest, len(chains) - 1)
        elif token.kind == "close" and len(chains) > 1:
            chains.pop()
        elif (token.kind == "operator" and token.value not in ".;,") or (
            token.kind == "word" and token.value.upper() in _ELEMENTS
        ):
            chains[-1] += 1
            longest = max(longest, chains[-1])
    return deepest, longest


def check_nesting(text: str, limit: int = MAX_NESTING) -> None:
    """Raise `QueryTooLargeError` for a request that nests deeper than `limit`.

    Operators in a chain count a quarter. Oxigraph parses and evaluates by recursion: some
    thousands of open brackets, or ten thousand operators, overflow the stack and so end the
    process.
    """
    # each level takes at least one character
    if len(text) <= limit:
        return
    depth, chain = nesting_depth(text)
    if depth > limit:
        raise QueryTooLargeError(f"brackets nest {depth} deep, more than the {limit} allowed")
    if chain > 4 * limit:
        raise QueryTooLargeError(
            f"{chain} operators or group elements in a chain, more than the {4 * limit} allowed;"
            " use IN (...) or VALUES"
        )


def request_form(text: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE, else UPDATE: what the first keyword says."""
    for token in tokens(text):
        if token.kind == "word" and token.depth == 0 and token.value.upper() in _FORMS:
            return token.value.upper()
    return "UPDATE"


_PLACE = re.compile(r"^error at (\d+):(\d+): (.*)$", re.DOTALL)


def syntax_error(message: str, text: str = "") -> QuerySyntaxError:
    """The error for an engine's message about a query or update, `text`, that does not parse."""
    found = _PLACE.match(message.strip())
    if found is None:
        return QuerySyntaxError(f"not valid SPARQL: {message.strip()}")
    line, column, rest = int(found.group(1)), int(found.group(2)), found.group(3).strip()
    undeclared = _undeclared(text)
    if undeclared is not None:
        before = text[: undeclared.begin]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        prefix = undeclared.value.partition(":")[0]
        iri = PREFIXES.get(prefix, "...")
        rest = f"the prefix {prefix}: is not declared; begin with PREFIX {prefix}: <{iri}>"
    elif rest.startswith("expected"):
        # what the parser expected is a list of all tokens, or the last that it tried
        rest = _found_at(text, line, column)
    return QuerySyntaxError(
        f"not valid SPARQL at line {line}, column {column}: {rest}", line=line, column=column
    )


def _undeclared(text: str) -> Token | None:
    """The first prefixed name whose prefix no PREFIX before it declares."""
    declared, before = {"_"}, ""
    for token in tokens(text):
        if token.kind == "name":
            prefix = token.value.partition(":")[0]
            if before == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                return token
        before = token.value.upper() if token.kind == "word" else ""
    return None


def _found_at(text: str, line: int, column: int) -> str:
    lines = text.split("\n")[line - 1 :]
    left = "\n".join([lines[0][column - 1 :], *lines[1:]]).split() if lines else []
    if left:
        return f"{left[0][:40]!r} can't stand here"
    # Oxigraph often runs on to the end before it gives up
    return "the text ends too early, or something before can't stand where it does"


def with_using(text: str, dataset: Dataset) -> str:
    """The update request with the dataset written into it (SPARQL 1.1 Protocol, 2.2.3).

    USING clauses go before the WHERE of each operation, `DELETE WHERE` is spelled out. Raises
    `QueryError` for a request that has USING or WITH itself, as the protocol demands.
    """
    if keywords(text) & {"USING", "WITH"}:
        raise QueryError(
            "a request with USING or WITH can't be given using-graph-uri or using-named-graph-uri"
        )
    clauses = "".join(f"USING <{graph}> " for graph in dataset.default_graphs or ())
    clauses += "".join(f"USING NAMED <{graph}> " for graph in dataset.named_graphs or ())
    pieces, done = list[str](), 0
    pending = list(tokens(text))
    for number, token in enumerate(pending):
        if token.depth or token.kind != "word" or token.value.upper() != "WHERE":
            continue
        before = pending[number - 1]
        if before.kind == "word" and before.value.upper() == "DELETE":
            end = next(t.end for t in pending[number:] if t.kind == "close" and not t.depth)
            pieces += text[done : token.begin], text[token.end : end], " "
            pieces += clauses, text[token.begin : end]
            done = end
        else:
            pieces += text[done : token.begin], clauses
            done = token.begin
    return "".join([*pieces, text[done:]])
