"""A run: what holds over one selection of statements, why, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from pyoxigraph import NamedNode, Triple

from axiskg.errors import NotFoundError
from axiskg.namespaces import AXIS
from axiskg.reasoning.evaluation import Evaluation
from axiskg.reasoning.facts import MOST, Facts
from axiskg.reasoning.ir import RDF_TYPE, Kind, Relation
from axiskg.reasoning.proofs import Key, Proof
from axiskg.reasoning.search import Search
from axiskg.reasoning.selection import Selection
from axiskg.reasoning.terms import term_of
from axiskg.reasoning.violations import Inconsistency, found_inconsistencies
from axiskg.reasoning.why_not import WhyNot, why_not

__all__ = ["Extension", "Fact", "Head", "Run"]


@dataclass(frozen=True, slots=True, order=True)
class Fact:
    """A triple that holds in a run, as term texts.

    `rank` is 0 for what is asserted, else the height of its lowest proof (for a transitive
    closure, an upper bound).
    """

    s: str
    p: str
    o: str
    confidence: float
    asserted: bool
    rank: int

    @property
    def key(self) -> Key:
        """The triple."""
        return (self.s, self.p, self.o)

    @property
    def triple(self) -> Triple:
        """The triple as RDF terms."""
        return Triple(term_of(self.s), NamedNode(self.p), term_of(self.o))  # type: ignore[arg-type]


class Head(NamedTuple):
    """A statement by its head triple, with what decides whether it is worth a look."""

    statement: str
    subject: str
    relation: str
    object: str
    modality: str
    polarity: str
    likelihood: str


class Extension(NamedTuple):
    """The facts of a property, column by column, sorted by subject and object."""

    subjects: list[str]
    objects: list[str]
    confidence: list[float]
    asserted: list[bool]


class Run:
    """The conclusions over one selection of statements; safe to use from any thread.

    `evaluation` holds the tables it reads, `generation` counts the changes its reasoner followed.
    """

    def __init__(self, evaluation: Evaluation, generation: int) -> None:
        self.evaluation = evaluation
        self.generation = generation
        self._db = evaluation.db

    @property
    def selection(self) -> Selection:
        """What the run is over."""
        return self.evaluation.selection

    # what holds

    def facts(
        self,
        predicate: str,
        *,
        subject: str | None = None,
        object: str | None = None,  # noqa: A002
    ) -> list[Fact]:
        """The facts of a property, sorted by subject and object; `rdf:type` by class."""
        wanted: list[tuple[str, str]] = []
        for column, text in (("c0", subject), ("c1", object)):
            if text is not None:
                found = self._db.find(text)
                if found is None:
                    return []
                wanted.append((column, str(found)))
        relation = Relation(Kind.PROPERTY, predicate)
        if predicate == RDF_TYPE:
            relation = (
                Relation(Kind.ANY_TYPE, RDF_TYPE)
                if object is None
                else Relation(Kind.CLASS, object)
            )
        with self._db.lock:
            table = self.evaluation.table(relation)
        if table is None:
            return []
        where = " AND ".join(f"{column} = {value}" for column, value in wanted) or "TRUE"
        rows = self._db.rows(f"SELECT c0, c1, conf, asserted, h FROM {table} WHERE {where}")
        texts = self._db.texts({row[0] for row in rows} | {row[1] for row in rows})
        ordered = sorted((texts[row[0]], texts[row[1]], *row[2:]) for row in rows)
        return [Fact(s, predicate, o, *rest) for s, o, *rest in ordered]

    def extension(self, predicate: str) -> Extension:
        """The facts of a property as columns; without a `Fact` for each, for many at once."""
        relation = Relation(Kind.PROPERTY, predicate)
        with self._db.lock:
            empty = self.evaluation.table(relation) is None
            pairs = None if empty else self.evaluation.pairs(relation)
        if empty:
            return Extension([], [], [], [])
        if pairs is None:
            facts = self.facts(predicate)
            columns = zip(*((f.s, f.o, f.confidence, f.asserted) for f in facts), strict=True)
            return Extension(*map(list, columns))
        every = np.arange(len(pairs))
        ids, places = np.unique(
            np.concatenate([pairs.subjects(every), pairs.objects(every)]), return_inverse=True
        )
        known = self._db.texts(ids.tolist())
        texts = sorted(known.values())
        number = {text: n for n, text in enumerate(texts)}
        ranks = np.array([number[known[i]] for i in ids.tolist()])[places]
        s, o = ranks[: len(pairs)], ranks[len(pairs) :]
        order = np.lexsort((o, s))
        return Extension(
            [texts[n] for n in s[order].tolist()],
            [texts[n] for n in o[order].tolist()],
            pairs.confidence[order].tolist(),
            pairs.asserted[order].tolist(),
        )

    def holds(self, s: str, p: str, o: str) -> Fact | None:
        """The fact, or None when it does not hold in this run."""
        search = Facts(self.evaluation)
        node = search.node(s, p, o)
        with self._db.lock:
            found = None if node is None else search.fact(node)
        if found is None:
            return None
        return Fact(s, p, o, found.confidence, found.asserted, found.height)

    def supports(self, s: str, p: str, o: str) -> list[str]:
        """The statements of this run that assert the fact itself, strongest first."""
        with self._db.lock:
            return self._supports(s, p, o)

    def _supports(self, s: str, p: str, o: str) -> list[str]:
        search = Facts(self.evaluation)
        node = search.node(s, p, o)
        return [] if node is None else list(search.supports([node], None)[node][0].strongest)

    def statements(self, facts: Iterable[Key]) -> dict[Key, tuple[str, ...]]:
        """The statements of this run that assert each of some facts itself, sorted."""
        wanted = set(facts)
        ids = self._db.found({text for fact in wanted for text in fact})
        with self._db.lock:
            said = self.evaluation.said()
        found: dict[Key, list[int]] = {}
        for fact in wanted:
            s, p, o = (ids.get(text) for text in fact)
            if s is None or p is None or o is None:
                found[fact] = []
            elif said is not None:
                found[fact] = said.statements[said.rows(s, p, o)].tolist()
            else:
                chosen = f"{self.evaluation.schema}.chosen WHERE s = {s} AND p = {p} AND o = {o}"
                found[fact] = [row[0] for row in self._db.rows(f"SELECT st FROM {chosen}")]
        texts = self._db.texts({st for numbers in found.values() for st in numbers})
        return {fact: tuple(sorted(texts[st] for st in found[fact])) for fact in wanted}

    def recorded(
        self, statements: Iterable[str], properties: Sequence[str]
    ) -> dict[str, dict[str, list[str]]]:
        """What is recorded of each statement under some properties: texts of terms, in no order.

        Every statement is there, be nothing recorded.
        """
        about: dict[str, dict[str, list[str]]] = {st: {} for st in statements}
        names = {number: st for st, number in self._db.found(about).items()}
        keys = {number: name for name, number in self._db.found(properties).items()}
        rows = self._db.rows(
            """SELECT s, p, text FROM prov JOIN term ON id = o
            WHERE p IN (SELECT unnest(?::INT[])) AND s IN (SELECT unnest(?::INT[]))""",
            [list(keys), list(names)],
        )
        for s, p, text in rows:
            about[names[s]].setdefault(keys[p], []).append(text)
        return about

    def heads(self, nodes: Iterable[str]) -> list[Head]:
        """The statements whose head triple names one of the nodes, whatever the selection."""
        wanted = ", ".join(map(str, self._db.found(nodes).values()))
        if not wanted:
            return []
        term = self._db.intern
        names = ("headSubject", "headProperty", "headObject")
        subject, prop, object_ = (term(AXIS + name) for name in names)
        picked = ", ".join(f"max(o) FILTER (p = {term(AXIS + name)}) AS {name}" for name in names)
        rows = self._db.rows(
            f"""WITH head AS (SELECT s AS st, {picked} FROM prov
              WHERE p IN ({subject}, {prop}, {object_}) AND s IN (SELECT s FROM prov
                WHERE p IN ({subject}, {object_}) AND o IN ({wanted})) GROUP BY s)
            SELECT st, {", ".join(names)}, modality, polarity, likelihood
            FROM head JOIN statement USING (st)
            WHERE headSubject IN ({wanted}) OR headObject IN ({wanted})"""
        )
        texts = self._db.texts({number for row in rows for number in row if number is not None})
        return sorted(Head(*("" if n is None else texts[n] for n in row)) for row in rows)

    def inferred(self) -> Iterator[Triple]:
        """The conclusions of the domain rules, in order; what of them is asserted left out."""
        for relation in self.evaluation.program.concluded():
            prop, cls = (
                (RDF_TYPE, relation.name) if relation.kind is Kind.CLASS else (relation.name, None)
            )
            for fact in self.facts(prop, object=cls):
                if not fact.asserted:
                    yield fact.triple

    def beyond(self, base: Run) -> list[Triple]:
        """The triples that this run's statements add to those of another, in order."""
        rows = self._db.rows(
            f"""SELECT DISTINCT s, p, o FROM {self.evaluation.schema}.chosen
            WHERE st NOT IN (SELECT st FROM {base.evaluation.schema}.chosen)"""
        )
        texts = self._db.texts({i for row in rows for i in row})
        keys = sorted((texts[s], texts[p], texts[o]) for s, p, o in rows)
        return [Triple(term_of(s), NamedNode(p), term_of(o)) for s, p, o in keys]  # type: ignore[arg-type]

    def all_facts(self) -> Iterator[Fact]:
        """Every fact of every property and class, asserted or derived."""
        rows = self._db.rows(f"SELECT DISTINCT p FROM {self.evaluation.schema}.base")
        names = set(self._db.texts(row[0] for row in rows).values())
        for stratum in self.evaluation.program.strata:
            for relation in stratum.relations:
                if relation.kind is Kind.PROPERTY:
                    names.add(relation.name)
                elif relation.kind is Kind.CLASS:
                    names.add(RDF_TYPE)
        for name in sorted(names):
            yield from self.facts(name)

    @property
    def inconsistencies(self) -> list[Inconsistency]:
        """What the ontology says can't be, and is; each with its premises."""
        with self._db.lock:
            return found_inconsistencies(self.evaluation)

    def complete(self) -> Run:
        """The run itself, with all that the ontology gives filled in now and not when asked."""
        with self._db.lock, self._db.deadline():
            self.evaluation.complete()
        return self

    # why and why not

    def proof(self, s: str, p: str, o: str, *, max_premises: int = 2_000) -> Proof:
        """The lowest proof of a fact. Raises `NotFoundError` when it does not hold."""
        with self._db.lock:
            search = Search(self.evaluation)
            node = search.node(s, p, o)
            proof = None if node is None else search.proof(node, max_premises)
        if proof is None:
            raise NotFoundError(
                f"{s} {p} {o} does not hold in this run: ask why-not for what is missing"
            )
        return proof

    def proofs(
        self, s: str, p: str, o: str, *, limit: int = 10, max_premises: int = 2_000
    ) -> list[Proof]:
        """Up to `limit` proofs that differ in their last step, lowest first."""
        with self._db.lock:
            search = Search(self.evaluation, max(limit, MOST))
            node = search.node(s, p, o)
            return [] if node is None else list(search.proofs(node, limit, max_premises))

    def why_not(self, s: str, p: str, o: str) -> WhyNot:
        """What is missing for a fact that does not hold: for each rule, its nearest instances."""
        with self._db.lock:
            return why_not(self.evaluation, (s, p, o))

    def sizes(self) -> dict[str, int]:
        """The rows of each table, for people."""
        return self.evaluation.size()
