"""What is recorded about a source: never its words, only where its sentences are and their hashes.

Paragraph n is the n-th non-empty line of the whole text, counted from 1, with outer white space
stripped and in Unicode NFC; positions count code points in it. `data/sources/<slug>.ttl` holds the
outcome, is loaded into the provenance graph, and is read back here.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from axiskg.errors import DataError, NotFoundError, ParameterError, ParseError, did_you_mean
from axiskg.namespaces import AXIS, ENT, PREFIXES, SRC
from axiskg.sentences import sentence_bounds

__all__ = [
    "Passage",
    "Sentence",
    "Source",
    "numbers",
    "paragraphs",
    "read_source",
    "sha256",
    "slugs_of_sources",
    "source_of_text",
    "source_path",
    "write_source",
]

_DCTERMS: Final = PREFIXES["dcterms"]
_SCHEMA: Final = PREFIXES["schema"]
_POSITION: Final = _SCHEMA + "position"
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def sha256(text: str) -> str:
    """The SHA-256 of the NFC of a text in UTF-8, as hexadecimal digits.

    >>> sha256("e\\u0301") == sha256("\\u00e9")
    True
    """
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()


def paragraphs(text: str) -> tuple[str, ...]:
    """The non-empty lines of a text, stripped and in NFC; paragraph n stands at index n - 1.

    >>> paragraphs("One.\\n\\n  Two. \\n")
    ('One.', 'Two.')
    """
    normal = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    lines = (line.strip() for line in normal.replace("\r\n", "\n").split("\n"))
    return tuple(line for line in lines if line)


def numbers(ranges: str) -> tuple[int, ...]:
    """The paragraph numbers in a list of ranges. Raises `ParameterError`.

    >>> numbers("3,9,11-13")
    (3, 9, 11, 12, 13)
    """
    found: list[int] = []
    for part in filter(None, (part.strip() for part in ranges.split(","))):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
        if match is None:
            raise ParameterError("ranges", "numbers as 3,9,11-13", repr(ranges))
        found.extend(range(int(match[1]), int(match[2] or match[1]) + 1))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its number in the paragraph from 1, its bounds there, and its hash."""

    number: int
    begin: int
    end: int
    hash: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph. `repeats` names the one that it repeats, `excluded` why it is left out."""

    number: int
    length: int
    hash: str
    sentences: tuple[Sentence, ...]
    repeats: int | None = None
    excluded: str | None = None

    @property
    def demanded(self) -> bool:
        """Whether coverage asks for a statement, or a reason why not, from each sentence."""
        return self.repeats is None and self.excluded is None

    def sentence(self, number: int) -> Sentence | None:
        """The sentence of that number, or None."""
        return self.sentences[number - 1] if 0 < number <= len(self.sentences) else None


@dataclass(frozen=True, slots=True)
class Source:
    """A source as far as the project may keep it.

    `issued` is EDTF; `creators` and `publisher` are entity slugs; `passages` are the paragraphs of
    the source's own text, in order from 1; `rest_excluded` says what the lines after them are;
    `hash` is that of the own text, paragraphs joined by a line feed.
    """

    slug: str
    title: str
    creators: tuple[str, ...]
    publisher: str | None
    issued: str
    language: str
    hash: str
    passages: tuple[Passage, ...]
    rest_excluded: str | None = None

    @property
    def iri(self) -> str:
        """The IRI of the source."""
        return SRC + self.slug

    @property
    def creator_iris(self) -> tuple[str, ...]:
        """The IRIs of the creators."""
        return tuple(ENT + slug for slug in self.creators)

    def passage(self, number: int) -> Passage | None:
        """The paragraph of that number, or None."""
        return self.passages[number - 1] if 0 < number <= len(self.passages) else None

    def repeated_in(self, number: int) -> tuple[int, ...]:
        """The paragraphs that repeat the one of that number."""
        return tuple(p.number for p in self.passages if p.repeats == number)


def source_of_text(
    text: str,
    *,
    slug: str,
    title: str,
    creators: Sequence[str],
    issued: str,
    publisher: str | None = None,
    language: str = "en",
    last: int | None = None,
    excluded: Mapping[int, str] | None = None,
    rest_excluded: str | None = None,
) -> Source:
    """The record of a text: numbered, split and hashed; equal paragraphs are marked as repeats.

    `last` is the number of the last paragraph that is the source's own. Raises `DataError`.
    """
    if not _SLUG.fullmatch(slug):
        raise DataError(f"{slug!r} is no slug; write lower-case words joined by hyphens")
    lines = paragraphs(text)
    own = lines[:last]
    if not own:
        raise DataError("the text has no paragraph; give a file with at least one non-empty line")
    reasons = dict(excluded or {})
    if strangers := sorted(set(reasons) - set(range(1, len(own) + 1))):
        raise DataError(f"paragraphs {strangers} are excluded, but the text has {len(own)}")
    if last is not None and last < len(lines) and rest_excluded is None:
        raise DataError(f"{len(lines) - last} lines follow paragraph {last}; say what they are")
    first_of: dict[str, int] = {}
    passages = []
    for number, line in enumerate(own, start=1):
        earlier = first_of.setdefault(line, number)
        passages.append(
            Passage(
                number=number,
                length=len(line),
                hash=sha256(line),
                sentences=_sentences(line),
                repeats=earlier if earlier != number else None,
                excluded=reasons.get(number),
            )
        )
    return Source(
        slug=slug,
        title=title,
        creators=tuple(creators),
        publisher=publisher,
        issued=issued,
        language=language,
        hash=sha256("\n".join(own)),
        passages=tuple(passages),
        rest_excluded=rest_excluded if len(lines) > len(own) else None,
    )


def _sentences(line: str) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(number, begin, end, sha256(line[begin:end]))
        for number, (begin, end) in enumerate(sentence_bounds(line), start=1)
    )


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
