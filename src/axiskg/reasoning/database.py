"""The dictionary, quads and statements in DuckDB, which the runs read.

    term(id, text)            literals have negative ids; `lit` holds their typed values
    quad(s, p, o, st)         triples of statements, st = the statement
    described(s, p, o, part)  entities (1), ontology (2), links (3)
    prov(s, p, o)             the provenance graph
    statement(st, …)          one row a statement, from `prov`
    confidence(modality, likelihood, conf)

Days are counted from 1970-01-01; an absent bound is the sentinel of its side.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

import duckdb
from pyoxigraph import DefaultGraph, Quad, RdfFormat, serialize

from axiskg.errors import ConfigError, QueryTimeoutError, QueryTooLargeError, StoreError
from axiskg.namespaces import (
    AXIS,
    PREFIXES,
    PROVENANCE_GRAPH,
    SCENARIO_GRAPH,
)
from axiskg.reasoning.arrays import Derived, Dictionary, Ids, Pairs, Quads
from axiskg.reasoning.loading import DERIVED, PARTS, encode_lines, fill_tables, read_lines
from axiskg.reasoning.terms import text_of, values

__all__ = ["Database", "Limits"]

T = TypeVar("T", Pairs, Derived, Quads, Ids, Dictionary)
NEVER: Final = -9_000_000
"""The day of an absent begin; its negation is that of an absent end."""

_FIELDS: Final = ("modality", "likelihood", "polarity", "expression", "standing", "attitude")
_BOUNDS: Final = (
    ("eb", "hasEarliestBeginTimeStamp", NEVER),
    ("lb", "hasLatestBeginTimeStamp", NEVER),
    ("ee", "hasEarliestEndTimeStamp", -NEVER),
    ("le", "hasLatestEndTimeStamp", -NEVER),
)
_STATEMENT: Final = AXIS + "Statement"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reasoner may use."""

    memory_mb: int = 2_000
    temporary_mb: int = 8_000
    threads: int = 2
    timeout_s: float = 60.0
    max_derivations: int = 50_000_000
    """Rows that one rule may keep."""
    runs: int = 8
    """Runs that are kept; the one used longest ago goes first."""
    array_rows: int = 2_000_000
    """Rows up to which a table is read into memory when a proof asks for it."""


class Database:
    """One in-memory database; a cursor for each thread, and a deadline for each piece of work."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._folder = Path(tempfile.mkdtemp(prefix="axiskg-reasoning-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._root = duckdb.connect(":memory:")
        self._local = threading.local()
        self._ids: dict[str, int] = {}
        self._texts: dict[int, str] = {}
        self.new_in = {"term": "term", "lit": "lit"}
        """The tables to which new terms are added."""
        self.templates: dict[Hashable, str] = {}
        """SQL of rules, ready but for table names and given values."""
        self.arrays: WeakValueDictionary[str, Any] = WeakValueDictionary()
        """Tables in memory by name, as long as a run has them; such tables never change."""
        self._quads: list[Quads | None] = []
        self._dictionary: list[Dictionary | None] = []
        self.lock = threading.RLock()
        for setting, value in (
            ("memory_limit", f"'{limits.memory_mb}MB'"),
            ("temp_directory", f"'{self._folder / 'spill'}'"),
            ("max_temp_directory_size", f"'{limits.temporary_mb}MB'"),
            ("threads", str(limits.threads)),
            ("preserve_insertion_order", "false"),
        ):
            self._root.execute(f"SET {setting}={value}")
        self._root.execute(_STR_OF)

    # connections

    @property
    def cursor(self) -> duckdb.DuckDBPyConnection:
        """The cursor of this thread."""
        found: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if found is None:
            found = self._local.cursor = self._root.cursor()
        return found

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query. Raises `QueryTooLargeError` at the memory limit."""
        with self._limited():
            found: list[tuple[Any, ...]] = self.cursor.execute(sql, parameters).fetchall()
        return found

    def array(self, kind: type[T], query: str, table: str) -> T | None:
        """A whole table in memory; None when it has too many rows for that."""
        if self.value(f"SELECT count(*) FROM {table}") > self.limits.array_rows:
            return None
        with self._limited():
            columns = self.cursor.execute(query.format(table=table)).fetchnumpy()
        return kind(columns)

    def open_dictionary(self) -> None:
        """Have the dictionary in memory from now on, if it is not too large for that."""
        with self.lock:
            if not self._dictionary:
                self._dictionary = [self.array(Dictionary, Dictionary.QUERY, "term")]

    def quads(self) -> Quads | None:
        """The triples of all statements in memory; None when they are too many."""
        with self.lock:
            if not self._quads:
                self._quads = [self.array(Quads, Quads.QUERY, "quad")]
            return self._quads[0]

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """Turn DuckDB's limits into our errors; past the deadline, start nothing more."""
        late = QueryTimeoutError(
            "reasoning took longer than its deadline: raise timeout_s, or choose fewer statements"
        )
        expired: threading.Event | None = getattr(self._local, "expired", None)
        if expired is not None and expired.is_set():
            raise late
        try:
            yield
        except duckdb.OutOfMemoryException as error:
            raise QueryTooLargeError(
                f"reasoning needs more than {self.limits.memory_mb} MB: raise memory_mb, or choose"
                " fewer statements"
            ) from error
        except duckdb.InterruptException as error:
            raise late from error

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The one value of a query."""
        return self.rows(sql, parameters)[0][0]

    @contextmanager
    def deadline(self, seconds: float | None = None) -> Iterator[None]:
        """Interrupt this thread's work when it takes longer (a running query included)."""
        cursor, expired, done = self.cursor, threading.Event(), threading.Event()
        limit = self.limits.timeout_s if seconds is None else seconds

        def watch() -> None:
            if done.wait(limit):
                return
            expired.set()
            cursor.interrupt()
            while not done.wait(0.02):  # a query that was just being planned forgets the first
                cursor.interrupt()

        self._local.expired = expired
        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()
            self._local.expired = None

    def close(self) -> None:
        """Give the memory and the temporary folder back."""
        self._root.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # loading

    def load(self, quads: Iterable[Quad]) -> None:
        """Read all quads but those that are themselves derived; then lock the database."""
        self.load_written(lambda path: serialize(quads, str(path), format=RdfFormat.N_QUADS))

    def load_written(self, write: Callable[[Path], object]) -> None:
        """Read what `write` puts into an N-Quads file in pyoxigraph's form."""
        path = self._folder / "quads.nq"
        write(path)
        self.load_file(path)
        path.unlink()

    def load_file(self, path: Path) -> None:
        """Read an N-Quads file in pyoxigraph's form; then lock the database."""
        try:
            read_lines(self, path)
        except (duckdb.InvalidInputException, duckdb.NotImplementedException) as error:
            what = str(error).partition("\n")[0]  # the rest repeats the whole line
            raise StoreError(f"a quad can't be read (has it more than 2 MB?): {what}") from None
        self.rows("SET enable_external_access=false")
        self.rows("SET lock_configuration=true")
        encode_lines(self)
        self._next = int(self.value("SELECT coalesce(max(abs(id)), 0) + 1 FROM term"))
        fill_tables(self)
        self.read_statements()

    def read_statements(self) -> None:
        """Fill `statement` and `confidence` from the provenance graph and the ontology."""
        term = self.intern
        fields = ", ".join(
            f"max(CASE WHEN p = {term(AXIS + name)} THEN o END) AS {name}" for name in _FIELDS
        )
        bounds = ", ".join(
            f"coalesce(max(CASE WHEN p = {term(PREFIXES['sem'] + name)} THEN l.day END), {absent})"
            f" AS {column}"
            for column, name, absent in _BOUNDS
        )
        self.rows(
            f"""CREATE OR REPLACE TABLE statement AS SELECT s AS st, {fields}, {bounds},
              max(CASE WHEN p = {term(AXIS + "source")} THEN o END) AS source
            FROM prov LEFT JOIN lit l ON l.id = prov.o
            WHERE s IN (SELECT s FROM prov WHERE p = {term(PREFIXES["rdf"] + "type")}
                        AND o = {term(_STATEMENT)}) GROUP BY s"""
        )
        self.rows(
            f"""CREATE OR REPLACE TABLE confidence AS SELECT t.o AS tab, m.o AS modality,
              k.o AS likelihood, max(l.num) AS conf
            FROM described t JOIN described m ON m.s = t.s JOIN described k ON k.s = t.s
            JOIN described c ON c.s = t.s JOIN lit l ON l.id = c.o
            WHERE t.p = {term(AXIS + "inTable")} AND m.p = {term(AXIS + "forModality")}
              AND k.p = {term(AXIS + "forLikelihood")} AND c.p = {term(AXIS + "confidence")}
            GROUP BY ALL"""
        )
        wrong = self.rows("SELECT modality FROM confidence WHERE conf < 0 OR conf > 1 LIMIT 1")
        if wrong:
            raise ConfigError(
                f"the confidence of {self.text(wrong[0][0])} is not from 0 to 1: mend its row in"
                " the ontology"
            )

    def restate(self, standings: Mapping[str, str | None]) -> None:
        """Give statements another standing, or none."""
        ids = self.intern_all([t for pair in standings.items() for t in pair if t is not None])
        standing = self.intern(AXIS + "standing")
        rows = [[ids[st] for st in standings], [s and ids[s] for s in standings.values()]]
        self.rows(
            "CREATE TEMP TABLE restated AS SELECT unnest(?::INT[]) AS st, unnest(?::INT[]) AS now",
            rows,
        )
        self.rows(f"DELETE FROM prov WHERE p = {standing} AND s IN (SELECT st FROM restated)")
        self.rows(
            f"INSERT INTO prov SELECT st, {standing}, now FROM restated WHERE now IS NOT NULL"
        )
        self.rows("DROP TABLE restated")
        self.read_statements()

    def ontology(self) -> list[tuple[str, str, str]]:
        """The triples of the ontology, as texts."""
        found: list[tuple[str, str, str]] = self.rows(
            """SELECT s.text, p.text, o.text FROM described d JOIN term s ON s.id = d.s
            JOIN term p ON p.id = d.p JOIN term o ON o.id = d.o WHERE part = 2
            ORDER BY d.p, d.s, d.o"""
        )
        return found

    def vocabulary(self) -> tuple[list[str], list[str]]:
        """The properties and classes that the triples use, sorted, without those of RDF and OWL."""
        kind = self.intern(PREFIXES["rdf"] + "type")
        triples = "(SELECT s, p, o FROM quad UNION ALL SELECT s, p, o FROM described)"
        found = []
        for column, where in (("p", "TRUE"), ("o", f"p = {kind} AND o > 0")):
            rows = self.rows(f"SELECT DISTINCT {column} FROM {triples} WHERE {where}")
            names = self.texts(row[0] for row in rows).values()
            found.append(
                sorted(n for n in names if not n.startswith(tuple(PREFIXES[p] for p in _BUILT_IN)))
            )
        return found[0], found[1]

    def used(self, names: Iterable[str]) -> set[str]:
        """Those of some properties and classes that a triple or the ontology uses."""
        ids = {i: name for name, i in self.found(names).items()}
        if not ids:
            return set()
        kind = self.intern(PREFIXES["rdf"] + "type")
        parts = [f"SELECT p AS x FROM {table}" for table in ("quad", "described", "prov")]
        parts += [
            f"SELECT o FROM {table} WHERE p = {kind}" for table in ("quad", "described", "prov")
        ]
        parts.append("SELECT s FROM described WHERE part = 2")
        listed = ", ".join(map(str, ids))
        rows = self.rows(
            f"SELECT DISTINCT x FROM ({' UNION ALL '.join(parts)}) WHERE x IN ({listed})"
        )
        return {ids[row[0]] for row in rows}

    def change(self, added: Iterable[Quad], removed: Iterable[Quad]) -> set[int]:
        """Apply quads to the tables; the ids of the properties whose triples have changed.

        Derived graphs and the default graph are passed over.
        """
        touched: set[int] = set()
        again = False
        self._quads = []
        for quads, gone in ((removed, True), (added, False)):
            for table, row in self._rows_of(quads):
                touched.add(row[1])
                again = again or table != "quad"
                pairs = zip(_COLUMNS[table], row, strict=True)
                where = " AND ".join(f"{n} = {v}" for n, v in pairs)
                self.rows(f"DELETE FROM {table} WHERE {where}")
                if not gone:
                    self.rows(f"INSERT INTO {table} VALUES ({', '.join(map(str, row))})")
        if again:
            self.read_statements()
        return touched

    def _rows_of(self, quads: Iterable[Quad]) -> Iterator[tuple[str, tuple[int, ...]]]:
        for quad in quads:
            if isinstance(quad.graph_name, DefaultGraph):
                continue
            graph = text_of(quad.graph_name)
            if graph in DERIVED or graph.startswith(SCENARIO_GRAPH):
                continue
            terms = (quad.subject, quad.predicate, quad.object)
            spo = tuple(self.intern(text_of(t)) for t in terms)
            if graph in PARTS:
                yield "described", (*spo, PARTS[graph])
            elif graph == PROVENANCE_GRAPH:
                yield "prov", spo
            else:
                yield "quad", (*spo, self.intern(graph))

    # the dictionary

    def intern(self, text: str) -> int:
        """The id of a term, which gets one when it is new."""
        found = self.find(text)
        return found if found is not None else self.intern_all([text])[text]

    def intern_all(self, texts: Iterable[str]) -> dict[str, int]:
        """The ids of many terms."""
        with self.lock:
            wanted = set(texts)
            missing = sorted(wanted - self._ids.keys())
            if missing:
                found = self.rows(
                    "SELECT text, id FROM term WHERE text IN (SELECT unnest(?))", [missing]
                )
                self._ids.update(found)
                new = [text for text in missing if text not in self._ids]
                if new:
                    coded = [
                        (-(self._next + n) if text.startswith('"') else self._next + n, text)
                        for n, text in enumerate(new)
                    ]
                    self._next += len(new)
                    typed = [(i, *values(t)[1:], is_string(t)) for i, t in coded if i < 0]
                    terms, literals = self.new_in["term"], self.new_in["lit"]
                    with self._limited():  # a term comes last: then its value is there
                        if typed:
                            self.cursor.executemany(
                                f"INSERT INTO {literals} VALUES (?, ?, ?, ?, ?)", typed
                            )
                        self.cursor.executemany(f"INSERT INTO {terms} VALUES (?, ?)", coded)
                    self._ids.update((text, i) for i, text in coded)
            return {text: self._ids[text] for text in wanted}

    def find(self, text: str) -> int | None:
        """The id of a term, or None."""
        known = self._ids.get(text)
        return known if known is not None else self.found([text]).get(text)

    def found(self, texts: Iterable[str]) -> dict[str, int]:
        """The ids of those terms that have one."""
        wanted = set(texts)
        missing = sorted(wanted - self._ids.keys())
        if missing and self._dictionary and self._dictionary[0] is not None:
            for text in missing:  # what is newer than the dictionary is among the ids already
                found = self._dictionary[0].find(text)
                if found is not None:
                    self._ids[text] = found
        elif missing:
            self._ids.update(
                self.rows("SELECT text, id FROM term WHERE text IN (SELECT unnest(?))", [missing])
            )
        return {text: self._ids[text] for text in wanted if text in self._ids}

    def text(self, term: int) -> str:
        """The text of an id."""
        return self.texts([term])[term]

    def texts(self, terms: Iterable[int]) -> dict[int, str]:
        """The texts of many ids."""
        wanted = set(terms)
        missing = [term for term in wanted if term not in self._texts]
        if missing:
            if len(self._texts) > 500_000:
                self._texts.clear()
                missing = list(wanted)
            if self._dictionary and self._dictionary[0] is not None:
                self._texts.update(self._dictionary[0].texts(missing))
                missing = [term for term in missing if term not in self._texts]
            if not missing:
                return {term: self._texts[term] for term in wanted}
            if len(missing) <= 200:
                listed = ", ".join(map(str, missing))
                found = self.rows(f"SELECT id, text FROM term WHERE id IN ({listed})")
            else:
                found = self.rows(
                    "SELECT id, text FROM term WHERE id IN (SELECT unnest(?))", [missing]
                )
            self._texts.update(found)
            if lost := wanted - self._texts.keys():
                raise StoreError(f"no term has the id {min(lost)}: is the reasoner closed?")
        return {term: self._texts[term] for term in wanted}


def is_string(text: str) -> bool:
    """Whether two such literals differ just when their terms do."""
    return not text.endswith(">")


_BUILT_IN: Final = ("rdf", "rdfs", "owl")
_COLUMNS: Final = {
    "quad": ("s", "p", "o", "st"),
    "prov": ("s", "p", "o"),
    "described": ("s", "p", "o", "part"),
}
_STR_OF: Final = (
    "CREATE MACRO str_of(t) AS CASE WHEN starts_with(t, '\"') THEN"
    " replace(replace(replace(replace(replace(regexp_extract(t,"
    " '(?s)^\"(.*)\"(?:@[\\w-]+|\\^\\^<[^>]*>)?$', 1), '\\\\', chr(1)), '\\\"', '\"'),"
    " '\\n', chr(10)), '\\r', chr(13)), chr(1), '\\') ELSE t END"
)
