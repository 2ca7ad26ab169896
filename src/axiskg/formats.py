"""The media types of answers and documents, what `Accept` chooses among them, and the writing."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from axiskg.errors import QueryError, did_you_mean
from axiskg.namespaces import PREFIXES
from axiskg.store.protocol import Answer, Solutions, Term

__all__ = [
    "DATASETS",
    "FORMATS",
    "GRAPHS",
    "RESULTS",
    "Format",
    "format_named",
    "negotiate",
    "offered_for",
    "serialize",
    "serialize_quads",
]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write answers; `aliases` are other media types that ask for it."""

    name: str
    media_type: str
    extension: str
    label: str
    aliases: tuple[str, ...] = ()
    rdf: ox.RdfFormat | None = None
    charset: bool = False

    @property
    def content_type(self) -> str:
        """The value of a Content-Type header."""
        return f"{self.media_type}; charset=utf-8" if self.charset else self.media_type


RESULTS: Final = (
    Format("json", "application/sparql-results+json", "srj", "JSON", ("application/json",)),
    Format("xml", "application/sparql-results+xml", "srx", "XML", ("application/xml", "text/xml")),
    Format("csv", "text/csv", "csv", "CSV", charset=True),
    Format(
        "tsv",
        "text/tab-separated-values",
        "tsv",
        "TSV",
        ("text/plain",),
        charset=True,
    ),
)
"""For SELECT and ASK, the preferred first. ASK in CSV and TSV is the bare word, as Oxigraph's."""

GRAPHS: Final = (
    Format(
        "ttl",
        "text/turtle",
        "ttl",
        "Turtle",
        ("application/turtle", "application/x-turtle"),
        ox.RdfFormat.TURTLE,
        charset=True,
    ),
    Format(
        "nt",
        "application/n-triples",
        "nt",
        "N-Triples",
        ("text/plain",),
        ox.RdfFormat.N_TRIPLES,
    ),
    Format(
        "jsonld",
        "application/ld+json",
        "jsonld",
        "JSON-LD",
        ("application/json",),
        ox.RdfFormat.JSON_LD,
    ),
    Format(
        "rdfxml",
        "application/rdf+xml",
        "rdf",
        "RDF/XML",
        ("application/xml", "text/xml"),
        ox.RdfFormat.RDF_XML,
    ),
    Format("n3", "text/n3", "n3", "N3", (), ox.RdfFormat.N3, charset=True),
)
"""For CONSTRUCT, DESCRIBE and single graphs, the preferred first."""

DATASETS: Final = (
    Format("trig", "application/trig", "trig", "TriG", ("application/x-trig",), ox.RdfFormat.TRIG),
    Format("nq", "application/n-quads", "nq", "N-Quads", ("text/x-nquads",), ox.RdfFormat.N_QUADS),
    GRAPHS[2],
)
"""For several graphs at once, the preferred first. TriG and N-Quads also hold a single graph."""

FORMATS: Final = {f.name: f for f in (*RESULTS, *GRAPHS, *DATASETS)}
_OTHER_NAMES: Final = {
    "turtle": "ttl",
    "ntriples": "nt",
    "n-triples": "nt",
    "nquads": "nq",
    "n-quads": "nq",
    "json-ld": "jsonld",
    "rdf": "rdfxml",
    "rdf/xml": "rdfxml",
    "srj": "json",
    "srx": "xml",
}


def offered_for(answer: Answer) -> tuple[Format, ...]:
    """The formats in which an answer can be written."""
    return (*GRAPHS, *DATASETS[:2]) if isinstance(answer, list) else RESULTS


def format_named(name: str, offered: Sequence[Format] | None = None) -> Format:
    """The format of a name (`ttl`), other name (`turtle`), extension or media type.

    Raises `QueryError` when there is none among `offered`. `xml` is RDF/XML and `json` JSON-LD
    where only graphs are offered.
    """
    among = tuple(FORMATS.values()) if offered is None else offered
    wanted = name.strip().lower().lstrip(".")
    names = {_OTHER_NAMES.get(wanted, wanted)}
    if all(f.rdf is not None for f in among):
        names |= {{"xml": "rdfxml", "json": "jsonld"}.get(wanted, wanted)}
    for found in among:
        if found.name in names or wanted == found.media_type:
            return found
    known = [f.name for f in among]
    hint = did_you_mean(wanted, known) or f"; choose one of {', '.join(known)}"
    raise QueryError(f"this answer has no format {name!r}{hint}")


def negotiate(accept: str | None, offered: Sequence[Format]) -> Format | None:
    """The best of `offered` for an Accept header (RFC 9110, 12.5.1); None is "406 Not Acceptable".

    Of equal quality wins the more specific range, then the order of `offered`; a format's own
    media type wins over its aliases. Without a header the first of `offered` is taken.

    >>> negotiate("text/*;q=0.5, application/sparql-results+xml", RESULTS).name
    'xml'
    >>> negotiate("image/png, */*;q=0.1", RESULTS).name
    'json'
    """
    if accept is None or not accept.strip():
        return offered[0] if offered else None
    ranges = _ranges(accept)
    best: tuple[float, int, int] | None = None
    chosen = None
    for place, candidate in enumerate(offered):
        rank = _rank(candidate, ranges)
        if rank is None:
            continue
        quality, specificity = rank
        if quality > 0 and (best is None or (quality, specificity, -place) > best):
            best, chosen = (quality, specificity, -place), candidate
    return chosen


def _ranges(accept: str) -> dict[str, float]:
    """The media ranges of an Accept header with their qualities; malformed ones are left out."""
    found: dict[str, float] = {}
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = min(max(float(value), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        if media_range == "*":
            media_range = "*/*"
        if media_range.count("/") == 1:
            found[media_range] = max(quality, found.get(media_range, 0.0))
    return found


def _rank(candidate: Format, ranges: dict[str, float]) -> tuple[float, int] | None:
    """Quality and specificity for a candidate: the most specific range that matches decides."""
    media_type = candidate.media_type
    if media_type in ranges:
        return ranges[media_type], 4
    aliases = [ranges[alias] for alias in candidate.aliases if alias in ranges]
    if aliases:
        return max(aliases), 3
    for specificity, pattern in ((2, media_type.partition("/")[0] + "/*"), (1, "*/*")):
        if pattern in ranges:
            return ranges[pattern], specificity
    return None


def serialize(answer: Answer, chosen: Format) -> bytes:
    """An answer, written; raises `QueryError` when the format can't hold it."""
    if isinstance(answer, list):
        return serialize_quads((ox.Quad(t.subject, t.predicate, t.object) for t in answer), chosen)
    if chosen.rdf is not None:
        format_named(chosen.name, RESULTS)
    if isinstance(answer, bool):
        return _WRITE_BOOLEAN[chosen.name](answer)
    return _WRITE_ROWS[chosen.name](answer)


def serialize_quads(quads: Iterable[ox.Quad], chosen: Format) -> bytes:
    """Quads, written; into a format without named graphs go the triples of all graphs."""
    if chosen.rdf is None:
        format_named(chosen.name, (*GRAPHS, *DATASETS[:2]))
    assert chosen.rdf is not None
    written = io.BytesIO()
    prefixes = dict(PREFIXES)
    try:
        if chosen.rdf.supports_datasets:
            ox.serialize(quads, written, chosen.rdf, prefixes=prefixes)
        else:
            ox.serialize((q.triple for q in quads), written, chosen.rdf, prefixes=prefixes)
    except (OSError, ValueError) as error:
        raise QueryError(f"this graph can't be written as {chosen.label}: {error}") from error
    return written.getvalue()


# --- SPARQL 1.1 Query Results: JSON, XML, CSV and TSV; triple terms as SPARQL 1.2 has them --------


def _json_term(term: Term) -> dict[str, object]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Literal):
        written: dict[str, object] = {"type": "literal", "value": term.value}
        if term.language:
            written["xml:lang"] = term.language
        elif term.datatype.value != _STRING:
            written["datatype"] = term.datatype.value
        return written
    parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
    return {"type": "triple", "value": {name: _json_term(part) for name, part in parts.items()}}


def _xml_term(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return f"<uri>{escape(term.value)}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{escape(term.value)}</bnode>"
    if isinstance(term, ox.Literal):
        kind = ""
        if term.language:
            kind = f" xml:lang={quoteattr(term.language)}"
        elif term.datatype.value != _STRING:
            kind = f" datatype={quoteattr(term.datatype.value)}"
        return f"<literal{kind}>{escape(term.value, {chr(13): '&#13;'})}</literal>"
    return (
        f"<triple><subject>{_xml_term(term.subject)}</subject>"
        f"<predicate>{_xml_term(term.predicate)}</predicate>"
        f"<object>{_xml_term(term.object)}</object></triple>"
    )


def _csv_term(term: Term | None) -> str:
    text = "" if term is None else _csv_text(term)
    if any(character in text for character in '",\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def _csv_text(term: Term) -> str:
    if isinstance(term, ox.Triple):
        return " ".join(map(_csv_text, (term.subject, term.predicate, term.object)))
    return str(term) if isinstance(term, ox.BlankNode) else term.value


def _tsv_term(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.Triple):
        return f"<<( {' '.join(map(_tsv_term, (term.subject, term.predicate, term.object)))} )>>"
    if isinstance(term, ox.Literal):
        bare = _BARE.get(term.datatype.value)
        if bare is not None and bare.fullmatch(term.value):
            return term.value
    return str(term).replace("\t", "\\t")


def _rows_json(answer: Solutions) -> bytes:
    rows = [{name: _json_term(term) for name, term in row.items()} for row in answer.dicts()]
    head = {"vars": list(answer.variables)}
    written = json.dumps({"head": head, "results": {"bindings": rows}}, ensure_ascii=False)
    return written.encode()


def _rows_xml(answer: Solutions) -> bytes:
    variables = "".join(f"<variable name={quoteattr(name)}/>" for name in answer.variables)
    parts = [f"{_XML}<head>{variables}</head><results>"]
    for row in answer.dicts():
        parts.append("<result>")
        parts += (f"<binding name={quoteattr(n)}>{_xml_term(t)}</binding>" for n, t in row.items())
        parts.append("</result>")
    return "".join([*parts, "</results></sparql>"]).encode()


def _rows_csv(answer: Solutions) -> bytes:
    lines = [",".join(answer.variables)]
    lines += (",".join(map(_csv_term, row)) for row in answer.rows)
    return "".join(f"{line}\r\n" for line in lines).encode()


def _rows_tsv(answer: Solutions) -> bytes:
    lines = ["\t".join(f"?{name}" for name in answer.variables)]
    lines += ("\t".join(map(_tsv_term, row)) for row in answer.rows)
    return "".join(f"{line}\n" for line in lines).encode()


def _word(answer: bool) -> bytes:
    return b"true" if answer else b"false"


_STRING: Final = PREFIXES["xsd"] + "string"
_BARE: Final = {
    PREFIXES["xsd"] + name: re.compile(pattern)
    for name, pattern in (
        ("integer", r"[+-]?[0-9]+"),
        ("decimal", r"[+-]?[0-9]*\.[0-9]+"),
        ("double", r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+"),
        ("boolean", r"true|false"),
    )
}
"""The literals that Turtle, and so TSV, writes without quotation marks."""
_XML: Final = '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#">'
_WRITE_ROWS: Final = {"json": _rows_json, "xml": _rows_xml, "csv": _rows_csv, "tsv": _rows_tsv}
_WRITE_BOOLEAN: Final[dict[str, Callable[[bool], bytes]]] = {
    "json": lambda answer: b'{"head":{},"boolean":' + _word(answer) + b"}",
    "xml": lambda answer: (
        f"{_XML}<head></head><boolean>{_word(answer).decode()}</boolean></sparql>".encode()
    ),
    "csv": _word,
    "tsv": _word,
}
