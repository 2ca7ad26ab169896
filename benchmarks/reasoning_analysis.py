"""The analyst's questions over a large graph: first draft, kept file, and each question.

`python -m benchmarks.reasoning_analysis [--statements N]` prints one table; seconds are of the wall
clock, processor seconds stand beside them. The peak of memory is that of the questions, without
the filling of the store.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.reasoning_data import domain_lines
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from axiskg.namespaces import (
    AXIS,
    ENT,
    ENTITIES_GRAPH,
    ONTOLOGY_GRAPH,
    PREFIXES,
    PROVENANCE_GRAPH,
    SRC,
    ST,
)
from axiskg.ontology import read_ontology
from axiskg.reasoning.analysis import Analysis
from axiskg.reasoning.generations import open_reasoner
from axiskg.settings import Settings
from axiskg.store import EmbeddedStore, open_store

__all__ = ["main"]


def lines(statements: int) -> Iterator[str]:
    """The synthetic graph with places in a source, heads and types, as a text would give them."""
    graph = f"<{PROVENANCE_GRAPH}> ."
    source, integer = f"<{SRC}bench>", f"<{PREFIXES['xsd']}integer>"
    author = f"<{ENT}author>"
    number = itertools.count(1)
    yield f"{source} <{PREFIXES['dcterms']}creator> {author} {graph}"
    for n in range(200):
        described = f"<{ENT}actor-{n}> {{}} <{ENTITIES_GRAPH}> ."
        yield described.format(f"<{PREFIXES['rdf']}type> <{AXIS}State>")
        yield described.format(f'<{PREFIXES["rdfs"]}label> "Actor {n}"@en')
    for line in domain_lines(statements):
        yield line
        s, p, o, name = line.split(" ")[:4]
        if name.startswith(f"<{ST}"):
            n = next(number)
            yield f"{name} <{AXIS}source> {source} {graph}"
            yield f"{name} <{AXIS}assertedBy> {author} {graph}"
            yield f"{name} <{AXIS}expression> <{AXIS}Explicit> {graph}"
            yield f'{name} <{AXIS}paragraph> "{n // 40 + 1}"^^{integer} {graph}'
            yield f'{name} <{AXIS}sentence> "{n % 40 // 4 + 1}"^^{integer} {graph}'
            for key, term in (("Subject", s), ("Property", p), ("Object", o)):
                yield f"{name} <{AXIS}head{key}> {term} {graph}"


def fill(path: Path, statements: int, settings: Settings) -> int:
    """Write a store; its number of quads."""
    text = path.with_suffix(".nq")
    ontology = read_ontology(settings.ontology_dir).triples

    with text.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines(statements))
    with EmbeddedStore.open(path) as store:
        store.extend(parse(path=str(text), format=RdfFormat.N_QUADS))
        store.extend(
            Quad(t.subject, t.predicate, t.object, NamedNode(ONTOLOGY_GRAPH)) for t in ontology
        )
        return len(store)


def filled_aside(path: Path, statements: int, settings: Settings) -> int:
    """The same in a process of its own, so that its memory is not counted."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as aside:
        return aside.submit(fill, path, statements, settings).result()


def timed(name: str, ask: Callable[[], object]) -> None:
    """Print one row."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    told = ask()
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"| {name} | {seconds:.2f} | {cpu:.2f} | {told} |", flush=True)


def main() -> None:
    """Fill a store, ask everything, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--statements", type=int, default=100_000)
    options.add_argument("--store", type=Path, help="Keep the store here, and use it again.")
    given = options.parse_args()
    statements = given.statements
    with tempfile.TemporaryDirectory() as folder:
        path = given.store or Path(folder) / "store"
        settings = Settings(store=str(path))
        quads = 0 if path.is_dir() else filled_aside(path, statements, settings)
        print(f"{statements} statements, {quads} quads\n")
        print("| | s | processor s | answer |\n|---|---|---|---|")
        with open_store(settings, read_only=True) as store:
            timed("drawn anew, and kept", lambda: open_reasoner(store, settings).origin)
            kept = sum(p.stat().st_size for p in Path(f"{settings.store}.reasoning").iterdir())
            timed(
                "read from the file",
                lambda: (
                    f"{kept / 1e6:.0f} MB on disk" * bool(open_reasoner(store, settings).reused)
                ),
            )
            ask(Analysis(store, settings))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak {peak:.0f} MB")


def ask(analysis: Analysis) -> None:
    """Time each question about two actors, and about all."""
    timed("names", lambda: analysis.directory.entity("actor-1").label)
    timed("all mutual backing", lambda: len(analysis.findings().pairs("mutuallyBacks")))
    pair = next(pair for pair in analysis.findings().pairs("mutuallyBacks"))
    a, other = (iri.rpartition("/")[2] for iri in pair)
    timed("mutual-backing", lambda: analysis.mutual_backing(a, other).holds)
    timed("alignment of two", lambda: analysis.alignment(a, other).kind)
    timed("alignment of one", lambda: f"{len(analysis.overview(a).rows)} rows")
    timed("explain", lambda: analysis.explain(a, "mutuallyBacks", other).proofs[0].height)
    timed("why-not", lambda: len(analysis.why_not(a, "allianceWith", other).nearest))
    timed("influence", lambda: len(analysis.web(a, other).reached))
    timed("balance", lambda: f"{len(analysis.balance().ties)} ties")
    timed("network", lambda: f"{len(analysis.network().edges)} edges")


if __name__ == "__main__":
    main()
