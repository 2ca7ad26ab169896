"""From the files of a project to a filled store: read and check all, then write, rules last."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from axiskg import __version__
from axiskg.errors import ConfigError, ProvenanceError
from axiskg.namespaces import (
    LINKS_GRAPH,
    ONTOLOGY_GRAPH,
    PREFIXES,
    PROVENANCE_GRAPH,
    ROOT,
    SRC,
    prologue,
)
from axiskg.ontology import ontology_files, read_ontology
from axiskg.settings import Settings
from axiskg.statements import statements_of
from axiskg.store import Solutions, Store, open_store
from axiskg.store.documents import file_quads
from axiskg.store.staleness import setting

__all__ = [
    "BuildReport",
    "Inputs",
    "build",
    "fingerprint",
    "is_built",
    "is_recorded",
    "open_filled",
    "read_inputs",
]

_CREATOR: Final = PREFIXES["dcterms"] + "creator"
_DATASET: Final = NamedNode(ROOT)
_RECORD: Final = f"""
DELETE {{ GRAPH <{PROVENANCE_GRAPH}> {{ <{ROOT}> ?p ?o }} }}
WHERE {{ GRAPH <{PROVENANCE_GRAPH}> {{ <{ROOT}> ?p ?o }} }}"""


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a build reads, parsed and checked."""

    ontology: tuple[Quad, ...]
    sources: Mapping[str, tuple[Quad, ...]]
    """The quads of each source, by its IRI: its description, statements and entities."""
    links: tuple[Quad, ...]
    statements: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build has done; `built` is false when the store already held just that."""

    store: str
    built: bool
    fingerprint: str
    sources: tuple[str, ...]
    statements: int
    quads: int
    seconds: float


def build(
    settings: Settings,
    store: Store | None = None,
    *,
    force: bool = False,
    note: Callable[[str], None] = lambda _: None,
) -> BuildReport:
    """Bring the store up to date with the files of `settings.home`; what that took.

    Does nothing when the files are those of the last build, unless `force` is set. Every file is
    read and checked before the first write. Replaced are the ontology, the links, each source of
    this build or the last, the inferred conclusions and the plain view; the rest of the store
    stays. `note` is told of each step. Raises `DataError`, `StoreError`.
    """
    if store is None:
        with open_store(settings) as opened:
            return build(settings, opened, force=force, note=note)
    began = time.monotonic()
    wanted = fingerprint(settings)
    built = force or _recorded(store) != wanted
    if built:
        inputs = read_inputs(settings, note)
        _write(store, inputs, settings, note)
        store.update(prologue() + _record(wanted, inputs.sources))
    return BuildReport(
        store=settings.store,
        built=built,
        fingerprint=wanted,
        sources=tuple(sorted(parts := _parts(store))),
        statements=_count(store, parts),
        quads=len(store),
        seconds=round(time.monotonic() - began, 3),
    )


def open_filled(settings: Settings) -> Store:
    """The store of the settings for reading; one in memory is built first.

    Raises `StoreError` for a folder that holds no store yet.
    """
    store = open_store(settings, read_only=True)
    if settings.store == ":memory:":
        build(settings, store)
    return store


def is_built(settings: Settings, store: Store) -> bool:
    """Whether the store holds what the files say."""
    return _recorded(store) == fingerprint(settings)


def is_recorded(store: Store) -> bool:
    """Whether the store was filled by a build that came to its end."""
    return _recorded(store) is not None


def fingerprint(settings: Settings) -> str:
    """SHA-256 over the version and all files that a build reads, with their folder and name."""
    digest = hashlib.sha256(__version__.encode())
    for path in _files(settings):
        digest.update(f"\0{path.parent.name}/{path.name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(settings: Settings) -> list[Path]:
    folders = (
        (settings.ontology_dir, ("*.ttl", "modules/*.ttl", "alignments/*.ttl", "rules/*.rq")),
        (settings.data_dir, ("triples/*.trig", "sources/*.ttl", "links/*", "names/*")),
    )
    return sorted(
        path
        for folder, patterns in folders
        for pattern in patterns
        for path in folder.glob(pattern)
        if path.is_file()
    )


def read_inputs(settings: Settings, note: Callable[[str], None] = lambda _: None) -> Inputs:
    """All inputs of a build, checked; raises `ParseError` or `ProvenanceError` with the place."""
    if not ontology_files(settings.ontology_dir):
        raise ConfigError(f"there is no ontology in {settings.ontology_dir}; set AXISKG_HOME")
    note("reading the ontology")
    ontology = tuple(
        Quad(t.subject, t.predicate, t.object, NamedNode(ONTOLOGY_GRAPH))
        for t in read_ontology(settings.ontology_dir).triples
    )
    sources: dict[str, tuple[Quad, ...]] = {}
    for path in sorted((settings.data_dir / "sources").glob("*.ttl")):
        sources[SRC + path.stem] = tuple(file_quads(path, PROVENANCE_GRAPH))
    creators = {
        source: [
            q.object.value
            for q in quads
            if q.predicate.value == _CREATOR
            and q.subject == NamedNode(source)
            and isinstance(q.object, NamedNode)
        ]
        for source, quads in sources.items()
    }
    count = 0
    for path in sorted((settings.data_dir / "triples").glob("*.trig")):
        note(f"reading {path.name}")
        quads = file_quads(path)
        count += _check(path, quads, creators)
        sources[SRC + path.stem] += tuple(quads)
    return Inputs(ontology, sources, tuple(_links(settings)), count)


def _check(path: Path, quads: Sequence[Quad], creators: Mapping[str, Sequence[str]]) -> int:
    """The number of statements in a file, each with whole provenance and of the file's source."""
    source = SRC + path.stem
    if source not in creators:
        raise ProvenanceError(
            f"there is no description of its source; write it to data/sources/{path.stem}.ttl"
            " with `axiskg source`",
            path=path,
        )
    try:
        statements = statements_of(quads, creators)
    except ProvenanceError as error:
        raise ProvenanceError(str(error), path=path) from error
    for statement in statements:
        if statement.source != source:
            raise ProvenanceError(
                f"{statement.name} is of source {statement.source}, the file is for {source}",
                path=path,
            )
    return len(statements)


def _links(settings: Settings) -> list[Quad]:
    """The links to other sets of identities, as quads of the links graph."""
    from axiskg.linking.links import link_quads  # here, so that asking a built store is quick

    name = NamedNode(LINKS_GRAPH)
    return [Quad(q.subject, q.predicate, q.object, name) for q in link_quads(settings)]


def _write(store: Store, inputs: Inputs, settings: Settings, note: Callable[[str], None]) -> None:
    # a build that breaks off leaves no record, so that the next one starts anew, and the note that
    # conclusions are stale, so that whoever asks meanwhile is told
    gone = _parts(store) - set(inputs.sources)
    store.update(f"{setting(everywhere=True)} ;\n{_RECORD}")
    note("writing the ontology and the links")
    store.replace_graph(ONTOLOGY_GRAPH, inputs.ontology)
    store.replace_graph(LINKS_GRAPH, inputs.links)
    for source in sorted(gone):
        note(f"removing {source}")
        store.replace_source(source, [])
    for source, quads in inputs.sources.items():
        note(f"writing {source}")
        store.replace_source(source, quads)
    note("drawing conclusions")
    from axiskg.reasoning import refresh  # here, so that asking a built store is quick

    refresh(store, settings)


def _record(wanted: str, sources: Iterable[str]) -> str:
    parts = "".join(f" ; dcterms:hasPart <{source}>" for source in sorted(sources))
    return (
        f"{_RECORD} ;\nINSERT DATA {{ GRAPH <{PROVENANCE_GRAPH}> {{ {_DATASET} a void:Dataset ;"
        f' dcterms:title "AxisKG"@en ; schema:sha256 "{wanted}"{parts} }} }}'
    )


def _values(store: Store, predicate: str) -> set[str]:
    found = store.query(
        prologue()
        + f"SELECT ?o WHERE {{ GRAPH <{PROVENANCE_GRAPH}> {{ {_DATASET} {predicate} ?o }} }}"
    )
    assert isinstance(found, Solutions)
    return {row[0].value for row in found.rows if isinstance(row[0], (Literal, NamedNode))}


def _recorded(store: Store) -> str | None:
    return next(iter(_values(store, "schema:sha256")), None)


def _parts(store: Store) -> set[str]:
    return _values(store, "dcterms:hasPart")


def _count(store: Store, sources: Iterable[str]) -> int:
    """The statements of these sources, not those that other commands have kept beside them."""
    listed = " ".join(f"<{source}>" for source in sources)
    found = store.query(
        prologue() + f"SELECT (COUNT(*) AS ?n) WHERE {{ VALUES ?source {{ {listed} }}"
        f" GRAPH <{PROVENANCE_GRAPH}> {{ ?st a axis:Statement ; axis:source ?source }} }}"
    )
    assert isinstance(found, Solutions)
    size = found.rows[0][0]
    assert isinstance(size, Literal)
    return int(size.value)
