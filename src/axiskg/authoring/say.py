"""The notation of content in the authoring form: `subject predicate object`, as terms.

`,` repeats subject and predicate, `;` the subject, `.` standing alone begins anew. A kebab-case
word is an entity, lowerCamel a property of the ontology, UpperCamel a class or concept, `a` is
`rdf:type`, `p11.c` a statement of the same source, `prefix:name` a name of `PREFIXES`, `12` an
integer, `1.5` a decimal, `true` a boolean, `"words"` an English string, `2023-08-01^date` a typed
literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from axiskg.errors import DataError, QueryError
from axiskg.namespaces import AXIS, ENT, PREFIXES, ST, expand

__all__ = ["literal_of", "parse_description", "parse_say"]

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*")(?P<tail>@[a-zA-Z-]+|\^[A-Za-z]+)?(?=[\s,;]|$)"""
    r"""|(?P<mark>[,;]|\.(?=\s|$))|(?P<word>[^\s,;"]+?)(?=\.?(?:[\s,;]|$)))"""
)
_KEBAB: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CAMEL: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_STATEMENT: Final = re.compile(r"p\d+\.[a-z0-9]+")
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?")
_RDF_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
_XSD: Final = PREFIXES["xsd"]

_DATE = r"-?\d{4,}-\d\d-\d\d"
_LEXICAL: Final = {
    "date": re.compile(_DATE),
    "dateTime": re.compile(_DATE + r"T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"),
    "gYear": re.compile(r"-?\d{4,}"),
    "gYearMonth": re.compile(r"-?\d{4,}-\d\d"),
    "integer": re.compile(r"[+-]?\d+"),
    "decimal": re.compile(r"[+-]?\d+(\.\d+)?"),
    "boolean": re.compile(r"true|false"),
    "string": re.compile(r".*", re.DOTALL),
    "anyURI": re.compile(r"\S*"),
}


def literal_of(lexical: str, datatype: str) -> Literal:
    """The canonical literal of an XSD datatype, named without prefix. Raises `DataError`.

    Engines rewrite literals on the way in; ours are written as they come out.

    >>> literal_of("+007", "integer").value
    '7'
    """
    if datatype not in _LEXICAL:
        raise DataError(f"datatype {datatype!r} is none of {', '.join(_LEXICAL)}")
    if not _LEXICAL[datatype].fullmatch(lexical):
        raise DataError(f"{lexical!r} is no xsd:{datatype}")
    if datatype == "integer":
        lexical = str(int(lexical))
    elif datatype == "decimal":
        sign = "-" if lexical.startswith("-") else ""
        whole, _, part = lexical.lstrip("+-").partition(".")
        part = part.rstrip("0")
        lexical = (whole.lstrip("0") or "0") + (f".{part}" if part else "")
        lexical = (sign if lexical.strip("0.") else "") + lexical
    elif datatype == "dateTime":
        lexical = re.sub(r"[+-]00:00$", "Z", lexical)
        lexical = re.sub(r"(\.\d*?)0+(?=(Z|[+-]\d\d:\d\d)?$)", r"\1", lexical)
        lexical = re.sub(r"\.(?=(Z|[+-]\d\d:\d\d)?$)", "", lexical)
    return Literal(lexical, datatype=NamedNode(_XSD + datatype))


def parse_say(text: str, source: str) -> tuple[Triple, ...]:
    """The triples of a statement, the head first; `source` is the slug of their source.

    Raises `DataError`.

    >>> [str(t.object) for t in parse_say("china leads sco ; memberOf brics, sco", "s")][2]
    '<https://w3id.org/axiskg/entity/sco>'
    """
    return tuple(_Notation(text, source).triples(None))


def parse_description(text: str, node: NamedNode, source: str) -> tuple[Triple, ...]:
    """The triples about a node, from properties and objects without a subject."""
    return tuple(_Notation(text, source).triples(node))


class _Notation:
    """One text, cut into words and marks."""

    def __init__(self, text: str, source: str):
        self.text, self.source = text, source
        self.tokens: list[str] = []
        position = 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if match is None or match.end() == position:
                raise DataError(f"can't read {text[position:].strip()!r} in {text!r}")
            self.tokens.append(match.group().strip())
            position = match.end()

    def triples(self, node: NamedNode | None) -> Iterator[Triple]:
        if not self.tokens:
            raise DataError("says nothing; write a subject, a predicate and an object")
        tokens = [*self.tokens]
        if tokens[-1] == ".":
            tokens.pop()
        subject, predicate = node, None
        i = 0
        while i < len(tokens):
            words = 1 if predicate else 2 if subject else 3
            group = tokens[i : i + words]
            if len(group) < words or any(t in {",", ";", "."} for t in group):
                raise DataError(
                    f"{' '.join(group)!r} of {self.text!r} lacks a part;"
                    " write subject predicate object"
                )
            if subject is None:
                subject = self.node(group[0])
            if predicate is None:
                predicate = self.predicate(group[-2])
            yield Triple(subject, predicate, self.object(group[-1]))
            i += words
            if i == len(tokens):
                return
            mark = tokens[i]
            if mark not in {",", ";", "."} or i + 1 == len(tokens):
                raise DataError(f"{mark!r} of {self.text!r}: a mark (, ; .) and a word expected")
            if mark != ",":
                predicate = None
            if mark == ".":
                if node is not None:
                    raise DataError(f"{self.text!r} describes one node; no new subject")
                subject = None
            i += 1

    def node(self, word: str) -> NamedNode:
        if _STATEMENT.fullmatch(word):
            return NamedNode(f"{ST}{self.source}/{word}")
        if _KEBAB.fullmatch(word) and not word[0].isdecimal():
            return NamedNode(ENT + word)
        if _CAMEL.fullmatch(word):
            return NamedNode(AXIS + word)
        if word.startswith("_:"):
            raise DataError(f"{word!r}: blank nodes are refused; give the node a slug")
        if word[:1] == '"' or _NUMBER.fullmatch(word):
            raise DataError(f"{word} is a value; a node is needed here")
        try:
            return NamedNode(expand(word))
        except (QueryError, ValueError) as error:
            raise DataError(f"{word!r} is no node: {error}") from error

    def predicate(self, word: str) -> NamedNode:
        if word == "a":
            return _RDF_TYPE
        if _CAMEL.fullmatch(word) and word[0].islower():
            return NamedNode(AXIS + word)
        if ":" in word and not word.startswith("_:"):
            return self.node(word)
        raise DataError(f"{word!r} is no property; write a lowerCamel name of the ontology")

    def object(self, word: str) -> NamedNode | Literal:
        if word.startswith('"'):
            body, _, tail = word[1:].rpartition('"')
            value = re.sub(r"\\(.)", r"\1", body)
            if tail.startswith("^"):
                return literal_of(value, tail[1:])
            return Literal(value, language=tail[1:].lower() or "en")
        if match := re.fullmatch(r"([^^:]*(?::[^^]*)*)\^([A-Za-z]+)", word):
            return literal_of(match[1], match[2])
        if match := _NUMBER.fullmatch(word):
            return literal_of(word, "decimal" if match[1] else "integer")
        if word in {"true", "false"}:
            return literal_of(word, "boolean")
        return self.node(word)
