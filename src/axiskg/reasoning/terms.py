"""RDF terms as text: an IRI is itself, other terms are their N-Triples form; and their values."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from axiskg.namespaces import PREFIXES, curie

__all__ = [
    "Values",
    "is_literal",
    "lexical",
    "literal_text",
    "short",
    "term_of",
    "text_of",
    "values",
]

XSD: Final = PREFIXES["xsd"]
_LITERAL: Final = re.compile(r'^"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^<([^>]*)>)?$', re.DOTALL)
_ESCAPE: Final = re.compile(r'\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[tbnrf"\'\\])')
_PLAIN: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
NUMERIC: Final = frozenset(
    XSD + name
    for name in (
        *("integer", "decimal", "double", "float", "int", "long", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
    )
)

Values = tuple[int, float | None, int | None, float | None]
"""Kind (0 IRI, 1 blank node, 2 literal), number, day since 1970, moment (POSIX seconds, UTC)."""


def is_literal(text: str) -> bool:
    """Whether a term's text is that of a literal."""
    return text.startswith('"')


def text_of(term: NamedNode | BlankNode | Literal | Triple) -> str:
    """The text of a term.

    >>> text_of(NamedNode("http://example.org/a")), text_of(Literal("a", language="en"))
    ('http://example.org/a', '"a"@en')
    """
    return term.value if isinstance(term, NamedNode) else str(term)


def term_of(text: str) -> NamedNode | BlankNode | Literal:
    """The term of a text; the inverse of `text_of`."""
    if text.startswith("_:"):
        return BlankNode(text[2:])
    if not is_literal(text):
        return NamedNode(text)
    match = _LITERAL.match(text)
    if match is None:
        raise ValueError(f"not the text of a term: {text!r}")
    value = _unescaped(match[1])
    if match[2]:
        return Literal(value, language=match[2])
    return Literal(value, datatype=NamedNode(match[3])) if match[3] else Literal(value)


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if code[0] in "uU" else _PLAIN.get(code, code)

    return _ESCAPE.sub(plain, text) if "\\" in text else text


def lexical(text: str) -> str:
    """What SPARQL's STR gives for a term's text."""
    match = _LITERAL.match(text)
    return text if match is None else _unescaped(match[1])


def literal_text(value: str, datatype: str | None = None, language: str | None = None) -> str:
    """The text of a literal in the store's canonical form."""
    if language:
        return str(Literal(value, language=language))
    return str(Literal(value, datatype=NamedNode(datatype)) if datatype else Literal(value))


def values(text: str) -> Values:
    """The typed value of a term's text, for comparison with `<` and `>`."""
    if text.startswith("_:"):
        return (1, None, None, None)
    match = _LITERAL.match(text)
    if match is None:
        return (0, None, None, None)
    value, datatype = match[1], match[3]
    try:
        if datatype in NUMERIC:
            return (2, float(value), None, None)
        if datatype == XSD + "date":
            return (2, None, (date.fromisoformat(value[:10]) - date(1970, 1, 1)).days, None)
        if datatype == XSD + "dateTime":
            moment = datetime.fromisoformat(value)
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return (2, None, None, aware.timestamp())
    except ValueError:
        pass
    return (2, None, None, None)


def short(text: str) -> str:
    """A term for people: CURIE, or the literal as it stands."""
    return text if is_literal(text) else curie(text)
