"""What every store does, whichever engine is behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

__all__ = ["Answer", "Dataset", "Solutions", "Store", "Term", "graph_name"]

Term = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True, slots=True)
class Dataset:
    """The RDF dataset of one query (SPARQL 1.1 Protocol, 2.1.4).

    With both fields `None` the store's own dataset is used, with its default graph alone as
    default graph. `default_graphs` of just `UNION_GRAPH` stands for the union of all graphs.
    """

    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None

    @property
    def is_own(self) -> bool:
        """Whether this is the store's own dataset."""
        return self.default_graphs is None and self.named_graphs is None


@dataclass(frozen=True, slots=True)
class Solutions:
    """The rows of a SELECT: one tuple a solution, in the order of `variables`; unbound is None."""

    variables: tuple[str, ...]
    rows: list[tuple[Term | None, ...]] = field(default_factory=list)

    def dicts(self) -> Iterator[dict[str, Term]]:
        """The rows as mappings from variable to term, unbound variables left out."""
        for row in self.rows:
            yield {v: t for v, t in zip(self.variables, row, strict=True) if t is not None}


Answer = Solutions | bool | list[Triple]
"""SELECT, ASK, and CONSTRUCT or DESCRIBE, in this order; wholly read, so free of threads."""


def graph_name(graph: Term) -> str:
    """The IRI of a named graph, or the label of one that a blank node names."""
    return graph.value if isinstance(graph, NamedNode) else str(graph)


class Store(Protocol):
    """A quad store. Every method may be called from any thread.

    Queries and updates with SERVICE or LOAD are refused with a `QueryError`: a store fetches
    nothing from the network on behalf of a query.
    """

    def query(self, text: str, *, dataset: Dataset | None = None) -> Answer:
        """The answer to a query; reads one snapshot. Raises `QuerySyntaxError`, `StoreError`."""

    def update(self, text: str, *, dataset: Dataset | None = None) -> None:
        """Run a whole update request, atomically; `dataset` is the protocol's `using-…`."""

    def load(self, data: bytes | BinaryIO | Path, media_type: str, graph: str | None = None) -> int:
        """Add a document, into `graph` when given; the number of quads read.

        Relative IRIs are resolved against `graph`. Raises `ParseError` with the line; then
        nothing of the document is in the store.
        """

    def extend(self, quads: Iterable[Quad]) -> None:
        """Add quads in bulk, atomically."""

    def replace_graph(self, graph: str | None, quads: Iterable[Quad]) -> None:
        """Put `quads` (whose own graph names are ignored) in the place of one graph, atomically.

        `None` is the default graph.
        """

    def replace_source(self, source: str, quads: Iterable[Quad]) -> None:
        """Put `quads` in the place of all that the store holds of one source (an IRI), atomically.

        Removed are the statement graphs of the source, their provenance, and descriptions of
        entities that no other source has.
        """

    def dump(self) -> Iterator[Quad]:
        """All quads of one snapshot."""

    def write_nquads(self, path: Path) -> None:
        """Write all quads of one snapshot to a file, in the form of `pyoxigraph.serialize`."""

    def fingerprint(self) -> str | None:
        """What tells this content from any other without reading it; None where nothing does."""

    def snapshot(self, path: Path) -> None:
        """Write a copy of the store to `path`, which another process can open read-only."""

    def graph_sizes(self) -> dict[str | None, int]:
        """Number of quads in each graph; the default graph under None."""

    def __len__(self) -> int:
        """The number of quads."""

    def close(self) -> None:
        """Flush and release the store; a closed store raises `StoreError`."""

    def __enter__(self) -> Self:
        """The store itself, to be closed at the end of a `with`."""

    def __exit__(self, *_: object) -> None:
        """Close the store."""
