"""Oxigraph inside this process, on disk or in memory."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from axiskg.errors import ConflictError, QueryError, StoreError
from axiskg.namespaces import UNION_GRAPH
from axiskg.store.documents import quads_of
from axiskg.store.fingerprint import folder_fingerprint
from axiskg.store.locks import StoreLock, locked
from axiskg.store.protocol import Answer, Dataset, Solutions, graph_name
from axiskg.store.sources import clear, insert_data, replacement
from axiskg.store.sparql_text import check_nesting, forbid, syntax_error, with_using
from axiskg.store.update_text import followed_by

__all__ = ["EmbeddedStore", "Results"]

_BULK_BYTES = 8_000_000
"""From this size on a document is streamed into new files rather than through a transaction."""

_MISPLACED = re.compile(r"The graph .* (?:does not exist|already exists)")
"""What the engine says of CREATE, DROP, CLEAR and MOVE without SILENT."""

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class EmbeddedStore:
    """A store in a folder, or in memory when `path` is None.

    Made by `EmbeddedStore.open` or `EmbeddedStore.in_memory`. Writes take turns: Oxigraph loses
    the writes of concurrent updates without a word.
    """

    def __init__(self, inner: ox.Store, *, path: Path | None = None, lock: StoreLock | None = None):
        self.path = path
        self._inner: ox.Store | None = inner
        self._lock = lock
        self._writer = threading.RLock()

    @classmethod
    def in_memory(cls) -> EmbeddedStore:
        """An empty store that ends with this process."""
        return cls(ox.Store())

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> EmbeddedStore:
        """The store in a folder, made when it is absent; one writer or many readers at a time.

        Raises `StoreLockedError` when another process has it, `StoreError` when the folder holds
        something else, or nothing and `read_only` is set.
        """
        _check_folder(path, read_only=read_only)
        lock = StoreLock(path)
        try:
            lock.acquire(shared=read_only)
            inner = ox.Store.read_only(str(path)) if read_only else ox.Store(path)
        except (OSError, RuntimeError, ValueError) as error:
            lock.release()
            if "lock" in str(error).lower():
                raise locked(path) from error
            raise StoreError(
                f"the store {path} can't be opened: {error}; restore a backup, or choose another"
                " folder with --store and build again"
            ) from error
        return cls(inner, path=path, lock=lock)

    @property
    def _store(self) -> ox.Store:
        if self._inner is None:
            raise StoreError("the store is closed")
        return self._inner

    def query(self, text: str, *, dataset: Dataset | None = None) -> Answer:
        """The answer to a query, wholly read in the calling thread."""
        with _store_errors():
            results = self.evaluate(text, dataset=dataset)
            if isinstance(results, ox.QuerySolutions):
                names = tuple(variable.value for variable in results.variables)
                return Solutions(names, [tuple(row) for row in results])
            if isinstance(results, ox.QueryBoolean):
                return bool(results)
            return list(results)

    def evaluate(self, text: str, *, dataset: Dataset | None = None) -> Results:
        """The engine's own results, lazily computed, with a fast `serialize`.

        To be used and dropped in the calling thread: `next()` in another ends the process.
        """
        check_nesting(text)
        forbid(text, "SERVICE")
        own = dataset or Dataset()
        graphs = own.default_graphs
        union = graphs is not None and UNION_GRAPH in graphs
        default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None
        default = None if graphs is None or union else [ox.NamedNode(name) for name in graphs]
        named: list[ox.NamedNode | ox.BlankNode] | None
        named = None if own.named_graphs is None else [ox.NamedNode(g) for g in own.named_graphs]
        if named is not None and graphs is None:
            default = []
        if named is None and default is not None:
            named = []
        try:
            return self._store.query(
                text, use_default_graph_as_union=union, default_graph=default, named_graphs=named
            )
        except SyntaxError as error:
            raise syntax_error(str(error), text) from None

    def update(
        self,
        text: str,
        *,
        dataset: Dataset | None = None,
        then: str = "",
        loaded: Mapping[str, str] | None = None,
    ) -> None:
        """Run a whole update request in one transaction.

        `then` is an operation of our own at its end, and `loaded` maps placeholders to operations
        of our own that take their place; neither is looked at.
        """
        check_nesting(text)
        forbid(text, "SERVICE", "LOAD")
        if dataset is not None and not dataset.is_own:
            text = with_using(text, self._without_union(dataset))
        if then:
            text = followed_by(text, then)
        for placeholder, operation in (loaded or {}).items():
            text = text.replace(placeholder, operation, 1)
        self._update(text)

    def _update(self, text: str) -> None:
        with self._writer, _store_errors():
            try:
                self._store.update(text)
            except SyntaxError as error:
                raise syntax_error(str(error), text) from None
            except RuntimeError as error:
                if _MISPLACED.fullmatch(str(error)):
                    raise ConflictError(f"{error}; with SILENT that is no fault") from None
                raise

    def has_graph(self, graph: str | None) -> bool:
        """Whether there is such a graph, be it empty; the default graph (None) always is."""
        return graph is None or self._store.contains_named_graph(ox.NamedNode(graph))

    def run(self, *operations: str) -> None:
        """Run update operations of our own making in one transaction, without looking at them."""
        self._update(" ;\n".join(operations))

    def _without_union(self, dataset: Dataset) -> Dataset:
        if UNION_GRAPH not in (dataset.default_graphs or ()):
            return dataset
        every = tuple(g.value for g in self._store.named_graphs() if isinstance(g, ox.NamedNode))
        return Dataset(every, dataset.named_graphs)

    def load(self, data: bytes | BinaryIO | Path, media_type: str, graph: str | None = None) -> int:
        """Add a document; the number of quads read."""
        count = 0

        def counted() -> Iterator[ox.Quad]:
            nonlocal count
            for quad in quads_of(data, media_type, graph):
                count += 1
                yield quad

        if isinstance(data, bytes):
            small = len(data) < _BULK_BYTES
        else:
            small = isinstance(data, Path) and data.stat().st_size < _BULK_BYTES
        with self._writer, _store_errors():
            if small:
                self._store.extend(list(counted()))
            else:
                self._store.bulk_extend(counted())
        return count

    def add(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads in one transaction, which a crash leaves done or undone."""
        with self._writer, _store_errors():
            self._store.extend(list(quads))

    def extend(self, quads: Iterable[ox.Quad]) -> None:
        """Add quads in bulk; none of them when the iterator raises."""
        with self._writer, _store_errors():
            self._store.bulk_extend(quads)

    def replace_graph(self, graph: str | None, quads: Iterable[ox.Quad]) -> None:
        """Put `quads` in the place of one graph."""
        name = ox.DefaultGraph() if graph is None else ox.NamedNode(graph)
        moved = (ox.Quad(q.subject, q.predicate, q.object, name) for q in quads)
        self._update(f"{clear(graph)} ;\n{insert_data(moved)}")

    def replace_source(self, source: str, quads: Iterable[ox.Quad]) -> None:
        """Put `quads` in the place of all that the store holds of one source."""
        with self._writer:
            self._update(replacement(self.query, source, quads))

    def dump(self) -> Iterator[ox.Quad]:
        """All quads of one snapshot."""
        yield from list(self._store.quads_for_pattern(None, None, None, None))

    def write_nquads(self, path: Path) -> None:
        """Write all quads of one snapshot to a file, without a Python object for each."""
        with _store_errors():
            self._store.dump(str(path), format=ox.RdfFormat.N_QUADS)

    def fingerprint(self) -> str | None:
        """What tells this content from any other without reading it; None while it may change."""
        if self.path is None or self._lock is None or not self._lock.shared:
            return None
        return folder_fingerprint(self.path)

    def snapshot(self, path: Path) -> None:
        """Write a copy: hard links where the store is on the same disk, else a full copy."""
        if path.exists():
            raise StoreError(f"{path} exists; a snapshot needs a name that is free")
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._writer, _store_errors():
            if self.path is not None:
                self._store.flush()
                self._store.backup(path)
                return
            copy = ox.Store(path)
            copy.bulk_extend(self._store)
            copy.flush()

    def graph_sizes(self) -> dict[str | None, int]:
        """Number of quads in each graph; the default graph under None."""
        counted = self.query(
            "SELECT ?g (COUNT(*) AS ?n) WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
            " GROUP BY ?g"
        )
        assert isinstance(counted, Solutions)
        sizes: dict[str | None, int] = {None: 0}
        for graph, size in counted.rows:
            assert isinstance(size, ox.Literal)
            sizes[None if graph is None else graph_name(graph)] = int(size.value)
        return sizes

    def __len__(self) -> int:
        return len(self._store)

    def close(self) -> None:
        """Flush and release the store and its lock."""
        with self._writer:
            if self._inner is not None and self._lock is not None and not self._lock.shared:
                self._inner.flush()
            self._inner = None
            if self._lock is not None:
                self._lock.release()

    def __enter__(self) -> EmbeddedStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _check_folder(path: Path, *, read_only: bool) -> None:
    if path.exists() and not path.is_dir():
        raise StoreError(f"{path} is a file, not a store; choose a folder with --store")
    filled = path.is_dir() and any(path.iterdir())
    if filled and not (path / "CURRENT").is_file():
        raise StoreError(
            f"{path} holds something else than a store; choose an empty or new folder with --store"
        )
    if read_only and not filled:
        raise StoreError(f"there is no store at {path} yet; make it with `axiskg build`")


@contextlib.contextmanager
def _store_errors() -> Iterator[None]:
    """Turns what the engine raises on its own behalf into `StoreError`."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise StoreError(f"the store failed: {error}") from error
    except ValueError as error:
        raise QueryError(str(error)) from error
