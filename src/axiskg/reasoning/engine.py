"""The reasoner: rules and statements in, runs out."""

from __future__ import annotations

import itertools
import json
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pyoxigraph import NamedNode, Quad, Triple

from axiskg.errors import NotFoundError, did_you_mean
from axiskg.namespaces import AXIS
from axiskg.reasoning.database import Database, Limits
from axiskg.reasoning.database_file import KEPT, AttachedDatabase, attach_draft, write_draft
from axiskg.reasoning.evaluation import Evaluation
from axiskg.reasoning.ir import RDF_TYPE
from axiskg.reasoning.owl_rl import OwlProfile, axioms_of
from axiskg.reasoning.program import Program, compile_program
from axiskg.reasoning.program_json import program_of, program_text
from axiskg.reasoning.rules import RuleFile, read_rules
from axiskg.reasoning.run import Run
from axiskg.reasoning.selection import Selection
from axiskg.reasoning.terms import short, term_of
from axiskg.store.protocol import Store

__all__ = ["Reasoner"]


class Reasoner:
    """Statements, rules and ontology, ready to run. A context manager; `close` frees the memory."""

    def __init__(self, db: Database, program: Program) -> None:
        self._db, self.program = db, program
        self.generation = 0
        self._runs: OrderedDict[Selection, Run] = OrderedDict()
        self._stale: dict[Selection, Run] = {}
        self._schemas = (f"run_{n}" for n in itertools.count(1))
        self._alive: set[str] = set()
        self._known: weakref.WeakSet[Run] = weakref.WeakSet()

    @classmethod
    def from_store(
        cls,
        store: Store,
        rules_dir: Path,
        *,
        limits: Limits | None = None,
        owl: OwlProfile | None = None,
    ) -> Reasoner:
        """A reasoner over one snapshot of a store and the rules of a folder."""
        rules = read_rules(rules_dir)
        return cls._loaded(lambda db: db.load_written(store.write_nquads), rules, limits, owl)

    @classmethod
    def from_quads(
        cls,
        quads: Iterable[Quad],
        rules: Sequence[RuleFile] = (),
        *,
        limits: Limits | None = None,
        owl: OwlProfile | None = None,
    ) -> Reasoner:
        """A reasoner over quads, graph by graph as in the store."""
        return cls._loaded(lambda db: db.load(quads), rules, limits, owl)

    @classmethod
    def from_nquads(
        cls,
        path: Path,
        rules: Sequence[RuleFile] = (),
        *,
        limits: Limits | None = None,
        owl: OwlProfile | None = None,
        draft: Path | None = None,
    ) -> Reasoner:
        """A reasoner over an N-Quads file as pyoxigraph writes it: the fast way for millions.

        `draft` is a file to be made, for `write_draft`.
        """

        def load(db: Database) -> None:
            if draft is not None:
                attach_draft(db, draft)
            db.load_file(path)

        return cls._loaded(load, rules, limits, owl)

    @classmethod
    def from_file(cls, path: Path, *, limits: Limits | None = None) -> Reasoner:
        """The reasoner that `write_draft` wrote, with its run; the file is only read.

        Raises `duckdb.Error`, `ParseError` or `ValueError` when the file is damaged.
        """
        db = AttachedDatabase(limits or Limits(), path)
        try:
            about = json.loads(db.about())
            reasoner = cls(db, program_of(about["program"]))
            evaluation = Evaluation(db, reasoner.program, Selection(), "kept")
            evaluation.restore(about["state"], KEPT)
            run = reasoner._runs[evaluation.selection] = Run(evaluation, 0)
            reasoner._known.add(run)
        except BaseException:
            db.close()
            raise
        return reasoner

    def write_draft(self, run: Run) -> None:
        """Write statements, rules and a run over the base to the file named at loading."""
        about = {"program": program_text(self.program), "state": run.evaluation.state()}
        with self._db.lock:
            write_draft(self._db, run.evaluation.schema, json.dumps(about))

    @classmethod
    def _loaded(
        cls,
        load: Callable[[Database], None],
        rules: Sequence[RuleFile],
        limits: Limits | None,
        owl: OwlProfile | None,
    ) -> Reasoner:
        db = Database(limits or Limits())
        try:
            load(db)
            ontology = [
                Triple(term_of(s), NamedNode(p), term_of(o))  # type: ignore[arg-type]
                for s, p, o in db.ontology()
            ]
            profile = owl or OwlProfile()
            properties, classes = db.vocabulary() if profile.same_as else ([], [])
            axioms, violations, terms = axioms_of(
                ontology, profile, properties=properties, classes=classes
            )
            program = compile_program(rules, axioms, violations, known_terms=terms or None)
            db.intern_all(program.terms())
        except BaseException:
            db.close()
            raise
        return cls(db, program)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the memory; runs of this reasoner are no longer of use."""
        self._db.close()

    def run(self, selection: Selection = Selection(), *, timeout_s: float | None = None) -> Run:  # noqa: B008
        """The conclusions over a selection; kept until the statements change.

        Raises `NotFoundError` for an unknown scenario, asserter or statement, `QueryTimeoutError`
        and `QueryTooLargeError` at the limits.
        """
        with self._db.lock:
            if selection in self._runs:
                self._runs.move_to_end(selection)
                return self._runs[selection]
            previous = self._stale.pop(selection, None) or self._nearest(selection)
            evaluation = Evaluation(self._db, self.program, selection, next(self._schemas))
            try:
                with self._db.deadline(timeout_s):
                    evaluation.fill(None if previous is None else previous.evaluation)
            except BaseException:
                self._db.rows(f"DROP SCHEMA IF EXISTS {evaluation.schema} CASCADE")
                raise
            run = self._runs[selection] = Run(evaluation, self.generation)
            self._alive.add(evaluation.schema)
            self._known.add(run)
            while len(self._runs) > self._db.limits.runs:
                self._runs.popitem(last=False)
            self._sweep()
            return run

    def _nearest(self, selection: Selection) -> Run | None:
        """The run used last whose tables can be shared where the facts are the same."""
        for other in reversed([*self._stale.values(), *self._runs.values()]):
            if other.selection.semiring == selection.semiring:
                return other
        return None

    def apply(self, added: Iterable[Quad] = (), removed: Iterable[Quad] = ()) -> None:
        """Follow a change of the store; runs asked for from now on see it.

        A run over a selection that was run before recomputes only from the lowest stratum whose
        facts have changed. A changed ontology needs a new reasoner: its axioms are compiled in.
        """
        added, removed = list(added), list(removed)
        with self._db.lock:
            self._db.change(added, removed)
            self.generation += 1
            self._stale = dict(self._runs)
            self._runs.clear()

    def restate(self, standings: Mapping[str, str | None]) -> None:
        """Take statements to have another standing than the store says, before the first run."""
        with self._db.lock:
            self._db.restate(standings)

    def _sweep(self) -> None:
        """Drop the tables that no run reads any more."""
        used = {name for run in self._known for name in run.evaluation.used()}
        schemas = {name.split(".")[0] for name in used}
        for schema in sorted(self._alive - schemas):
            self._db.rows(f"DROP SCHEMA {schema} CASCADE")
            self._alive.discard(schema)
        living = {run.evaluation.schema for run in self._known}
        for schema in sorted(self._alive - living):
            for (name,) in self._db.rows(
                "SELECT table_name FROM duckdb_tables() WHERE schema_name = ?", [schema]
            ):
                if f"{schema}.{name}" not in used:
                    self._db.rows(f"DROP TABLE {schema}.{name}")

    def warnings(self) -> list[str]:
        """What looks like a slip in rules: properties and classes read that nothing has."""
        read = self.program.read_by()
        heads = set(self.program.by_head())
        wanted = {r.name: files for r, files in read.items() if r not in heads}
        missing = wanted.keys() - self._db.used(wanted)
        return [
            f"{short(name)}, read by {', '.join(sorted(wanted[name]))}, is used by no statement,"
            " no rule and not the ontology"
            for name in sorted(missing)
        ]

    def scenarios(self) -> list[str]:
        """The scenarios that the statements speak of, sorted."""
        term = self._db.intern
        rows = self._db.rows(
            f"SELECT DISTINCT s FROM prov WHERE p = {term(RDF_TYPE)}"
            f" AND o = {term(AXIS + 'Scenario')}"
        )
        return sorted(self._db.texts(row[0] for row in rows).values())

    def resolve(self, name: str, known: Iterable[str] = ()) -> str:
        """The text of a term that the data know. Raises `NotFoundError` with near names."""
        if self._db.find(name) is None:
            raise NotFoundError(f"there is no {name}{did_you_mean(name, list(known))}")
        return name
