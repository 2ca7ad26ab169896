"""One run: the tables of all relations, filled stratum by stratum.

What the domain rules need is filled at once; the rest (types, super-properties that no rule reads)
when it is first asked for. A stratum whose facts are those of an earlier run shares its tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from axiskg.errors import QueryTooLargeError
from axiskg.namespaces import expand
from axiskg.plain import LABELS, LINKS
from axiskg.reasoning.arrays import Derived, Ids, Pairs, Quads
from axiskg.reasoning.database import Database
from axiskg.reasoning.ir import ANY_TYPE, RDF_TYPE, Kind, Mode, Relation, Rule, Var
from axiskg.reasoning.program import Program
from axiskg.reasoning.recursion import fill_recursive
from axiskg.reasoning.selection import Selection, create_quoted, select_statements
from axiskg.reasoning.sql import BOUND, RUN, Body, Naming, written
from axiskg.reasoning.strata import Stratum
from axiskg.reasoning.terms import short

__all__ = ["Evaluation"]

PAIR: Final = "c0 INT, c1 INT, conf DOUBLE, h INT, asserted BOOL"
T = TypeVar("T", Pairs, Derived, Quads, Ids)
_PLACE: Final = re.compile(rf"{RUN}\.(?:rel(\d+)_|(\w+))|{BOUND}(\d+)_")


class Evaluation:
    """The tables of one run, in a schema of its own; made by `fill`.

    Not safe for threads by itself: hold the database's lock around whatever may fill a table.
    """

    def __init__(self, db: Database, program: Program, selection: Selection, schema: str) -> None:
        self.db, self.program, self.selection, self.schema = db, program, selection, schema
        self.tables: dict[Relation, str | None] = {}
        """The table of each relation filled so far, with its schema; None when it is empty."""
        self.kept: dict[Rule, str] = {}
        """The table of derivations of each rule that has any."""
        self.edges: dict[Relation, str] = {}
        """The table of single steps of each relation that is filled as a closure."""
        self.naming = Naming(self._placeholder, db.intern)
        self._numbers = program.numbers()
        self._relations = {number: relation for relation, number in self._numbers.items()}
        self._strata = {r: stratum for stratum in program.strata for r in stratum.relations}
        self._properties: dict[int, int] = {}
        self._classes: dict[int, int] = {}
        self.by_head = program.by_head()
        self._arrays: dict[str, Any] = {}
        self._count = 0

    # filling

    def fill(self, previous: Evaluation | None = None) -> None:
        """Compute what the domain rules need; share with `previous` what is as it was.

        `previous` must be of the same program and semiring.
        """
        rows = self.db.rows
        rows(f"CREATE SCHEMA {self.schema}")
        select_statements(self.db, self.selection, self.schema)
        self._base()
        if previous is not None:
            self._share(previous)
        for rule in self.program.rules:
            if rule.origin.path is not None:
                self.table(rule.head.relation)

    def complete(self) -> None:
        """Compute everything that the rules and the ontology give."""
        for stratum in self.program.strata:
            for relation in stratum.relations:
                self.table(relation)

    def _base(self) -> None:
        """`base(p, s, o, conf)`: what the chosen statements and the descriptions say."""
        rows, run, term = self.db.rows, self.schema, self.db.intern
        over = "max(conf)" if self.selection.over == "max" else "1 - product(1 - conf)"
        shown = ", ".join(str(term(expand(name))) for name in f"{LABELS} {LINKS}".split())
        rows(
            f"""CREATE TABLE {run}.base AS SELECT p, s, o, {over} AS conf FROM (
            SELECT p, s, o, conf FROM {run}.chosen
            UNION ALL SELECT DISTINCT p, s, o, 1.0 FROM described WHERE part = 2
              OR (part = 1 AND s IN (SELECT s FROM {run}.chosen UNION SELECT o FROM {run}.chosen))
              OR p IN ({shown})) GROUP BY p, s, o ORDER BY p, s, o"""
        )
        kind = term(RDF_TYPE)
        self._properties = dict(rows(f"SELECT p, count(*) FROM {run}.base GROUP BY p"))
        self._classes = dict(
            rows(f"SELECT o, count(*) FROM {run}.base WHERE p = {kind} GROUP BY o")
        )

    # keeping on disk

    def state(self) -> dict[str, Any]:
        """What `restore` needs beside the tables themselves, for JSON."""

        def bare(name: str | None) -> str | None:
            return None if name is None else name.rpartition(".")[2]

        numbers = {rule: number for number, rule in enumerate(self.program.rules)}
        return {
            "tables": [[r.kind, r.name, bare(name)] for r, name in self.tables.items()],
            "edges": [[r.kind, r.name, bare(name)] for r, name in self.edges.items()],
            "kept": [[numbers[rule], bare(name)] for rule, name in self.kept.items()],
            "properties": list(self._properties.items()),
            "classes": list(self._classes.items()),
        }

    def restore(self, state: dict[str, Any], place: str) -> None:
        """Take over the tables at `place` (database and schema) of an evaluation like this one.

        What is filled later goes to a schema of this one's own.
        """

        def placed(row: Sequence[Any]) -> tuple[Relation, str | None]:
            kind, name, table = row
            return Relation(Kind(kind), name), None if table is None else f"{place}.{table}"

        self.db.rows(f"CREATE SCHEMA {self.schema}")
        for name in ("sel", "chosen", "base"):
            self.db.rows(f"CREATE VIEW {self.schema}.{name} AS FROM {place}.{name}")
        create_quoted(self.db, self.selection, self.schema)
        self.tables.update(map(placed, state["tables"]))
        self.edges.update((r, name) for r, name in map(placed, state["edges"]) if name)
        self.kept.update((self.program.rules[i], f"{place}.{name}") for i, name in state["kept"])
        self._properties, self._classes = dict(state["properties"]), dict(state["classes"])

    # sharing with an earlier run

    def _share(self, previous: Evaluation) -> None:
        changed = self._changed(previous)
        for stratum in self.program.strata:
            if not self._unchanged(stratum, changed):
                changed.update(stratum.relations)
            elif stratum.relations <= previous.tables.keys():
                for relation in stratum.relations:
                    self.tables[relation] = previous.tables[relation]
                    if relation in previous.edges:
                        self.edges[relation] = previous.edges[relation]
                for rule in stratum.rules:
                    if rule in previous.kept:
                        self.kept[rule] = previous.kept[rule]

    def _changed(self, previous: Evaluation) -> set[Relation]:
        """The relations whose base facts differ from those of an earlier run."""
        new, old = f"{self.schema}.base", f"{previous.schema}.base"
        kind = self.db.intern(RDF_TYPE)
        differing = self.db.rows(
            f"""SELECT DISTINCT p, CASE WHEN p = {kind} THEN o END FROM (
            (SELECT * FROM {new} EXCEPT SELECT * FROM {old})
            UNION ALL (SELECT * FROM {old} EXCEPT SELECT * FROM {new}))"""
        )
        texts = self.db.texts({i for row in differing for i in row if i is not None})
        changed: set[Relation] = set()
        for prop, cls in differing:
            if cls is None:
                changed.add(Relation(Kind.PROPERTY, texts[prop]))
            else:
                changed |= {Relation(Kind.CLASS, texts[cls]), ANY_TYPE}
        return changed

    def _unchanged(self, stratum: Stratum, changed: set[Relation]) -> bool:
        reads = stratum.reads() | stratum.relations
        if any(rule.quoted for rule in stratum.rules):
            return False
        if any(relation.kind is Kind.PROVENANCE for relation in reads):
            return False
        if ANY_TYPE in reads and any(relation.kind is Kind.CLASS for relation in changed):
            return False
        return not reads & changed

    def used(self) -> set[str]:
        """All tables that this run reads, whosesoever schema they are in."""
        own = {f"{self.schema}.{name}" for name in ("base", "chosen", "sel", "quoted")}
        shared = {name for name in self.tables.values() if name is not None}
        return own | shared | set(self.kept.values()) | set(self.edges.values())

    # tables

    def table(self, relation: Relation) -> str | None:
        """The table of a relation, filled when it is not yet; None when it is empty."""
        if relation not in self.tables:
            stratum = self._strata.get(relation)
            if stratum is None:
                self.tables[relation] = self._from_base(relation)
            else:
                self._need(stratum)
        return self.tables[relation]

    def _need(self, wanted: Stratum) -> None:
        """Fill a stratum and all that it reads, lowest first."""
        needed: set[Stratum] = set()
        queue = [wanted]
        while queue:
            stratum = queue.pop()
            if stratum in needed or stratum.relations <= self.tables.keys():
                continue
            needed.add(stratum)
            for relation in stratum.reads():
                if relation.kind is Kind.ANY_TYPE:
                    queue.extend(s for r, s in self._strata.items() if r.kind is Kind.CLASS)
                elif relation in self._strata:
                    queue.append(self._strata[relation])
        for stratum in self.program.strata:
            if stratum in needed:
                if stratum.recursive:
                    fill_recursive(self, stratum)
                else:
                    (relation,) = stratum.relations
                    self.tables[relation] = self.union(relation, stratum.rules)

    def _from_base(self, relation: Relation) -> str | None:
        source = self.source(relation)
        if source is None:
            return None
        name = self.new_name()
        return name if self.db.value(f"CREATE TABLE {name} AS {source}") else None

    def source(self, relation: Relation) -> str | None:
        """The base facts of a relation as a query; None when there are none."""
        found = "SELECT s AS c0, o AS c1, conf, 0::INT AS h, TRUE AS asserted"
        kind = self.db.intern(RDF_TYPE)
        if relation.kind is Kind.CLASS:
            cls = self.db.intern(relation.name)
            if cls not in self._classes:
                return None
            return f"{found} FROM {self.schema}.base WHERE p = {kind} AND o = {cls}"
        if relation.kind is Kind.PROPERTY:
            prop = self.db.intern(relation.name)
            if prop not in self._properties:
                return None
            return f"{found} FROM {self.schema}.base WHERE p = {prop}"
        if relation.kind is Kind.ANY_TYPE:
            filled = [r for r in self._strata if r.kind is Kind.CLASS]
            ids = ", ".join(str(self.db.intern(r.name)) for r in filled)
            others = f" AND o NOT IN ({ids})" if ids else ""
            parts = [f"{found} FROM {self.schema}.base WHERE p = {kind}{others}"]
            parts += [f"SELECT * FROM {n}" for r in filled if (n := self.table(r))]
            return " UNION ALL ".join(parts)
        return None

    def new_name(self) -> str:
        """A table name not used yet."""
        self._count += 1
        return f"{self.schema}.t{self._count}"

    # tables in memory

    def pairs(self, relation: Relation) -> Pairs | None:
        """The facts of a relation that is not empty; None when they are too many for memory."""
        return self._in_memory(Pairs, Pairs.QUERY, str(self.table(relation)))

    def derived(self, rule: Rule) -> Derived | None:
        """The derivations that a rule has kept, when it has; None when they are too many."""
        return self._in_memory(Derived, Derived.QUERY, self.kept[rule])

    def steps(self, relation: Relation) -> Pairs | None:
        """The single steps of a relation filled as a closure; None when they are too many."""
        return self._in_memory(Pairs, Pairs.QUERY, self.edges[relation])

    def said(self) -> Quads | None:
        """The triples of the chosen statements; None when they are too many."""
        return self._in_memory(Quads, Quads.QUERY, f"{self.schema}.chosen")

    def selected(self) -> Ids | None:
        """The statements that the run is over; None when they are too many."""
        return self._in_memory(Ids, Ids.QUERY, f"{self.schema}.sel")

    def _in_memory(self, kind: type[T], query: str, table: str) -> T | None:
        if table not in self._arrays:
            found = self.db.arrays.get(table) or self.db.array(kind, query, table)
            if found is not None:
                self.db.arrays[table] = found
            self._arrays[table] = found
        kept = self._arrays[table]
        return kept if isinstance(kept, kind) else None

    # SQL

    def _placeholder(self, relation: Relation) -> str | None:
        number = self._numbers.get(relation)
        if number is None:  # only violations and questions name relations that no rule does
            number = self._numbers[relation] = len(self._numbers)
            self._relations[number] = relation
        return None if self.table(relation) is None else f"rel{number}_"

    def placed(self, template: str, bound: Sequence[int] = ()) -> str:
        """A template as SQL of this run."""

        def place(match: re.Match[str]) -> str:
            if match[1]:
                return str(self.tables[self._relations[int(match[1])]])
            return f"{self.schema}.{match[2]}" if match[2] else f"({bound[int(match[3])]})"

        return _PLACE.sub(place, template)

    def sql(self, key: Hashable, make: Callable[[], Any], bound: Sequence[int] = ()) -> str:
        """The SQL of an expression that is the same for every run that agrees in `key`."""
        template = self.db.templates.get(key)
        if template is None:
            template = self.db.templates[key] = written(make())
        return self.placed(template, bound)

    def is_possible(self, rule: Rule) -> bool:
        """Whether no relation that the rule needs is empty; fills them."""
        return all(
            atom.relation.kind is Kind.PROVENANCE or self.table(atom.relation) is not None
            for atom in rule.atoms
        )

    def pattern(self, rule: Rule) -> Hashable:
        """Which negated relations are empty: a part of the key of a rule's SQL."""
        return tuple(
            self.table(atom.relation) is None for absent in rule.absent for atom in absent.atoms
        )

    def derivations_sql(
        self, rule: Rule, *, bindings: bool = True, bound: Sequence[tuple[Var, int]] = ()
    ) -> str:
        """The derivations of a rule, with the given variables bound."""
        along = self.selection.along
        variables = tuple(v for v, _ in bound)
        key = ("derivations", rule, along, bindings, variables, self.pattern(rule))
        return self.sql(
            key,
            lambda: Body(rule, self.naming, bound=variables).derivations(along, bindings=bindings),
            [value for _, value in bound],
        )

    # relations

    def union(self, relation: Relation, rules: Iterable[Rule]) -> str | None:
        """A new table of a relation: its base facts and what these rules give; None when empty."""
        source = self.source(relation)
        parts = []
        for rule in rules:
            if (derived := self._derived(rule)) is not None:
                parts.append(f"SELECT h0, h1, conf, h, FALSE FROM {derived}")
        if not parts:
            return None if source is None else self._from_base(relation)
        over = "max(conf)" if self.selection.over == "max" else "1 - product(1 - conf)"
        nothing = "SELECT 0::INT, 0::INT, 0::DOUBLE, 0::INT, FALSE WHERE FALSE"
        name = self.new_name()
        count = self.db.value(
            f"""CREATE TABLE {name} AS SELECT c0, c1, {over} AS conf, min(h)::INT AS h,
            bool_or(asserted) AS asserted FROM (
            {" UNION ALL ".join([source or nothing, *parts])}) u(c0, c1, conf, h, asserted)
            GROUP BY c0, c1"""
        )
        if not count:
            self.db.rows(f"DROP TABLE {name}")
            return None
        return name

    def _derived(self, rule: Rule) -> str | None:
        """What a rule gives: the table of its derivations, or a query; None when nothing."""
        if not self.is_possible(rule):
            return None
        self._mint(rule)
        if rule.mode is Mode.MATCHED:
            return f"({self.derivations_sql(rule, bindings=False)})"
        return self.keep(rule)

    def keep(self, rule: Rule) -> str | None:
        """Write down the derivations of a rule; the table, or None when there are none.

        Raises `QueryTooLargeError` when they are more than the limit.
        """
        if not self.is_possible(rule):
            return None
        name = self.new_name()
        most = self.db.limits.max_derivations
        query = self.derivations_sql(rule)
        count = self.db.value(f"CREATE TABLE {name} AS {query} LIMIT {most + 1}")
        if count > most:
            raise QueryTooLargeError(
                f"rule {rule.origin.name} has more than {most} derivations: add a pattern that"
                " narrows it"
            )
        if not count:
            self.db.rows(f"DROP TABLE {name}")
            return None
        self.kept[rule] = name
        return name

    def _mint(self, rule: Rule) -> None:
        """Put the names that a rule makes into the dictionary."""
        bare = replace(rule, mints=())
        for mint in rule.mints:

            def query(mint: Any = mint) -> Any:
                body = Body(bare, self.naming)
                made = body.minted(mint)
                return body.select([made]).distinct()

            sql = self.sql(("mint", rule, mint, self.pattern(rule)), query)
            self.db.intern_all(row[0] for row in self.db.rows(sql))

    def size(self) -> dict[str, int]:
        """The rows of each table filled so far, by name, for people."""
        found = {
            f"{relation.kind} {short(relation.name)}": self.db.value(f"SELECT count(*) FROM {name}")
            for relation, name in self.tables.items()
            if name
        }
        for rule, name in self.kept.items():
            key = f"derivations of {rule.origin.label} {rule.number}"
            found[key] = self.db.value(f"SELECT count(*) FROM {name}")
        return found
