"""The file of a source, `data/sources/<slug>.ttl`, which the provenance graph is loaded from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from axiskg.errors import DataError, NotFoundError, ParseError, did_you_mean
from axiskg.namespaces import AXIS, ENT, PREFIXES, SRC
from axiskg.sources.record import Passage, Sentence, Source

__all__ = ["read_source", "slugs_of_sources", "source_path", "write_source"]

_DCTERMS: Final = PREFIXES["dcterms"]
_SCHEMA: Final = PREFIXES["schema"]
_POSITION: Final = _SCHEMA + "position"


def source_path(folder: Path, slug: str) -> Path:
    """The file of a source in `data/sources`. Raises `NotFoundError`."""
    path = folder / f"{slug}.ttl"
    if not path.is_file():
        hint = did_you_mean(slug, slugs_of_sources(folder))
        raise NotFoundError(
            f"no source {slug!r} in {folder}{hint}; make it with `axiskg source TEXT --slug {slug}`"
        )
    return path


def slugs_of_sources(folder: Path) -> list[str]:
    """The slugs of all sources in a folder, sorted."""
    return sorted(path.stem for path in folder.glob("*.ttl"))


def write_source(source: Source, path: Path) -> None:
    """Write `data/sources/<slug>.ttl`: the description, then a line a paragraph and a sentence."""
    path.write_text(_turtle(source), encoding="utf-8", newline="\n")


def _turtle(source: Source) -> str:
    quote = ox.Literal
    lines = [
        f"@prefix axis: <{AXIS}> .",
        f"@prefix dcterms: <{_DCTERMS}> .",
        f"@prefix ent: <{ENT}> .",
        f"@prefix oa: <{PREFIXES['oa']}> .",
        f"@prefix schema: <{_SCHEMA}> .",
        f"@prefix src: <{SRC}> .",
        f"@prefix : <{source.iri}/> .",
        "",
        f"src:{source.slug} a axis:Source ;",
        f"    dcterms:title {quote(source.title, language=source.language)} ;",
    ]
    if source.creators:
        lines.append("    dcterms:creator " + ", ".join(f"ent:{c}" for c in source.creators) + " ;")
    if source.publisher:
        lines.append(f"    dcterms:publisher ent:{source.publisher} ;")
    lines += [
        f"    dcterms:issued {quote(source.issued)} ;",
        f"    dcterms:language {quote(source.language)} ;",
    ]
    lines += [f"    axis:textHash {quote(source.hash)} .", ""]
    for passage in source.passages:
        kind, extra = "axis:Passage", ""
        if passage.repeats is not None:
            extra += f" ; axis:repeats :p{passage.repeats}"
        if passage.excluded is not None:
            kind += ", axis:SilentPassage"
            extra += f" ; axis:why {quote(passage.excluded)}"
        lines.append(
            f":p{passage.number} a {kind} ; dcterms:isPartOf src:{source.slug} ;"
            f" schema:position {passage.number} ; axis:length {passage.length} ;"
            f' axis:paragraphHash "{passage.hash}"{extra} .'
        )
        lines += [
            f":p{passage.number}.{s.number} a axis:SourceSentence ;"
            f" dcterms:isPartOf :p{passage.number} ; schema:position {s.number} ;"
            f' oa:start {s.begin} ; oa:end {s.end} ; axis:sentenceHash "{s.hash}" .'
            for s in passage.sentences
        ]
    if source.rest_excluded:
        reason = quote(source.rest_excluded)
        lines.append(
            f":rest a axis:SilentPassage ; dcterms:isPartOf src:{source.slug} ;"
            f" schema:position {len(source.passages) + 1} ; axis:why {reason} ."
        )
    return "\n".join(lines) + "\n"


class _Triples:
    """The triples of a file by subject and property, with errors that name the file."""

    def __init__(self, path: Path, triples: Sequence[ox.Triple]):
        self.path = path
        self._objects: dict[tuple[str, str], list[str]] = {}
        for triple in triples:
            subject, obj = triple.subject, triple.object
            if not isinstance(subject, ox.NamedNode) or not isinstance(
                obj, ox.NamedNode | ox.Literal
            ):
                raise DataError("blank nodes are refused; give the node an IRI", path=path)
            self._objects.setdefault((subject.value, triple.predicate.value), []).append(obj.value)

    def all(self, subject: str, name: str) -> list[str]:
        return self._objects.get((subject, name), [])

    def maybe(self, subject: str, name: str) -> str | None:
        values = self.all(subject, name)
        if len(values) > 1:
            raise DataError(f"<{subject}> has {len(values)} of <{name}>; keep one", path=self.path)
        return values[0] if values else None

    def one(self, subject: str, name: str) -> str:
        value = self.maybe(subject, name)
        if value is None:
            raise DataError(f"<{subject}> lacks <{name}>; write the source again", path=self.path)
        return value

    def integer(self, subject: str, name: str) -> int:
        value = self.one(subject, name)
        try:
            return int(value)
        except ValueError as error:
            message = f"<{name}> of <{subject}> is {value!r}, no integer"
            raise DataError(message, path=self.path) from error


def read_source(path: Path) -> Source:
    """The source that a file describes. Raises `ParseError` and `DataError`."""
    try:
        content = path.read_bytes()
        triples = [q.triple for q in ox.parse(content, format=ox.RdfFormat.TURTLE)]
    except OSError as error:
        raise DataError(f"can't be read: {error.strerror}", path=path) from error
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise ParseError(f"not Turtle: {error}", path=path, line=line) from error
    about = _Triples(path, triples)
    iri = SRC + path.stem
    if not about.maybe(iri, _DCTERMS + "title"):
        raise DataError(f"describes no <{iri}>; the file is named after its source", path=path)
    publisher = about.maybe(iri, _DCTERMS + "publisher")
    source = Source(
        slug=path.stem,
        title=about.one(iri, _DCTERMS + "title"),
        creators=tuple(c.removeprefix(ENT) for c in about.all(iri, _DCTERMS + "creator")),
        publisher=publisher and publisher.removeprefix(ENT),
        issued=about.one(iri, _DCTERMS + "issued"),
        language=about.one(iri, _DCTERMS + "language"),
        hash=about.one(iri, AXIS + "textHash"),
        passages=(),
        rest_excluded=about.maybe(f"{iri}/rest", AXIS + "why"),
    )
    passages: list[Passage] = []
    while about.all(node := f"{iri}/p{len(passages) + 1}", _POSITION):
        passages.append(_read_passage(about, node))
    return replace(source, passages=tuple(passages))


def _read_passage(about: _Triples, node: str) -> Passage:
    sentences: list[Sentence] = []
    end_before = 0
    while about.all(one := f"{node}.{len(sentences) + 1}", _POSITION):
        begin, end = (about.integer(one, PREFIXES["oa"] + name) for name in ("start", "end"))
        if not end_before <= begin < end:
            raise DataError(f"<{one}> begins at {begin} and ends at {end}", path=about.path)
        end_before = end
        sentences.append(
            Sentence(len(sentences) + 1, begin, end, about.one(one, AXIS + "sentenceHash"))
        )
    repeats = about.maybe(node, AXIS + "repeats")
    length = about.integer(node, AXIS + "length")
    if end_before > length:
        raise DataError(f"a sentence ends after the {length} of <{node}>", path=about.path)
    return Passage(
        number=about.integer(node, _POSITION),
        length=length,
        hash=about.one(node, AXIS + "paragraphHash"),
        sentences=tuple(sentences),
        repeats=int(repeats.rpartition("/p")[2]) if repeats else None,
        excluded=about.maybe(node, AXIS + "why"),
    )
