"""The rules as SQL for another engine than DuckDB: the dialect is a parameter.

The tables `term(id, text)`, `lit(id, num, day, moment, plain)`, `prov(s, p, o)`,
`quoted(s, p, o, st, conf)` and `base(p, s, o, conf)` must be there, as `Reasoner` has them for a
run. Each relation becomes a table `rel<n>(c0, c1, conf, h)`. A stratum that is not recursive is one
INSERT a relation; a recursive one is repeated until its tables change no more. Confidences combine
as the least along a proof and the most over proofs. No derivations are kept: proofs are DuckDB's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlglot import exp

from axiskg.reasoning.ir import RDF_TYPE, Kind, Relation, Rule
from axiskg.reasoning.program import Program
from axiskg.reasoning.sql import RUN, Body, Naming, written

__all__ = ["INPUTS", "PortableProgram", "Round", "portable_program"]

INPUTS: Final = {
    "term": "id INTEGER, text VARCHAR",
    "lit": "id INTEGER, num DOUBLE, day INTEGER, moment DOUBLE, plain BOOLEAN",
    "prov": "s INTEGER, p INTEGER, o INTEGER",
    "quoted": "s INTEGER, p INTEGER, o INTEGER, st INTEGER, conf DOUBLE",
    "base": "p INTEGER, s INTEGER, o INTEGER, conf DOUBLE",
}
"""The tables that must be there, with their columns."""

_PAIR: Final = "c0 INTEGER, c1 INTEGER, conf DOUBLE, h INTEGER"


@dataclass(frozen=True, slots=True)
class Round:
    """One stratum: how its tables are computed from those before, and from themselves."""

    minting: tuple[str, ...]
    """Put the names that its rules make into `term`."""
    queries: tuple[tuple[str, str], ...]
    """Each table with the query of its rows."""
    recursive: bool


@dataclass(frozen=True, slots=True)
class PortableProgram:
    """All of a program in one dialect; `tables` tells which relation is where."""

    dialect: str
    tables: Mapping[Relation, str]
    rounds: tuple[Round, ...]

    def run(self, execute: Callable[[str], Sequence[Sequence[Any]]]) -> None:
        """Fill all tables; `execute` runs one statement and returns its rows."""
        for name in self.tables.values():
            execute(f"CREATE TABLE {name} ({_PAIR})")
        for one in self.rounds:
            for statement in one.minting:
                execute(statement)
            known: object = None
            while True:
                for name, query in one.queries:
                    execute(f"CREATE TABLE next_{name} AS {query}")
                    execute(f"DELETE FROM {name}")
                    execute(f"INSERT INTO {name} SELECT c0, c1, conf, h FROM next_{name}")
                    execute(f"DROP TABLE next_{name}")
                if not one.recursive:
                    break
                sizes = [
                    tuple(execute(f"SELECT count(*), sum(conf), sum(h) FROM {name}")[0])
                    for name, _ in one.queries
                ]
                if sizes == known:
                    break
                known = sizes


def portable_program(
    program: Program, term: Callable[[str], int], dialect: str, *, along: str = "min"
) -> PortableProgram:
    """The SQL of a program in a dialect of sqlglot; `term` gives the id of a term's text."""
    tables = {relation: f"rel{number}" for relation, number in program.numbers().items()}
    naming = Naming(tables.get, term)
    classes = [relation for relation in tables if relation.kind is Kind.CLASS]

    def said(relation: Relation) -> str:
        found = "SELECT s AS c0, o AS c1, conf, 0 AS h FROM base WHERE p = "
        if relation.kind is Kind.PROPERTY:
            return f"{found}{term(relation.name)}"
        if relation.kind is Kind.CLASS:
            return f"{found}{term(RDF_TYPE)} AND o = {term(relation.name)}"
        if relation.kind is Kind.ANY_TYPE:
            parts = [f"{found}{term(RDF_TYPE)}"]
            parts += [f"SELECT c0, c1, conf, h FROM {tables[cls]}" for cls in classes]
            return " UNION ALL ".join(parts)
        return "SELECT 0 AS c0, 0 AS c1, 1.0 AS conf, 0 AS h FROM base WHERE 1 = 0"

    def derived(rule: Rule) -> str:
        query = Body(rule, naming).derivations(along, bindings=False)
        text = _text(query, dialect)
        return f"SELECT h0 AS c0, h1 AS c1, conf, h FROM ({text}) d"

    def minted(rule: Rule) -> list[str]:
        bare = replace(rule, mints=())
        found = []
        for mint in rule.mints:
            body = Body(bare, naming)
            made = body.minted(mint)
            text = _text(body.select([made.as_("made")]).distinct(), dialect)
            found.append(
                "INSERT INTO term SELECT (SELECT max(abs(id)) FROM term)"
                " + row_number() OVER (ORDER BY made), made"
                f" FROM ({text}) m"
                " WHERE made NOT IN (SELECT text FROM term)"
            )
        return found

    def query(relation: Relation, rules: Sequence[Rule]) -> str:
        parts = " UNION ALL ".join([said(relation), *map(derived, rules)])
        return (
            f"SELECT c0, c1, max(conf) AS conf, min(h) AS h FROM ({parts}) u"
            " WHERE NOT c0 IS NULL GROUP BY c0, c1"
        )

    filled = {relation for stratum in program.strata for relation in stratum.relations}
    first = [
        r for r in tables if r not in filled and r.kind not in (Kind.ANY_TYPE, Kind.PROVENANCE)
    ]
    rounds = [Round((), tuple((tables[r], query(r, ())) for r in first), recursive=False)]
    left = [relation for relation in tables if relation.kind is Kind.ANY_TYPE]
    for stratum in program.strata:
        if left and any(left[0] in _reads(rule) for rule in stratum.rules):
            rounds.append(Round((), ((tables[left[0]], query(left[0], ())),), recursive=False))
        rules = {r: [x for x in stratum.rules if x.head.relation == r] for r in stratum.relations}
        rounds.append(
            Round(
                tuple(text for rule in stratum.rules for text in minted(rule)),
                tuple((tables[r], query(r, mine)) for r, mine in sorted(rules.items())),
                stratum.recursive,
            )
        )
    return PortableProgram(dialect, tables, tuple(rounds))


def _reads(rule: Rule) -> set[Relation]:
    atoms = [*rule.atoms, *(atom for absent in rule.absent for atom in absent.atoms)]
    return {atom.relation for atom in atoms}


def _text(query: exp.Expr, dialect: str) -> str:
    """A query over tables without a schema; lists of values as SELECTs, which every engine has."""
    for values in list(query.find_all(exp.Values)):
        names = [column.name for column in values.args["alias"].args["columns"]]
        rows = [
            exp.select(*(cell.as_(name) for cell, name in zip(row, names, strict=True)))
            for row in (entry.expressions for entry in values.expressions)
        ]
        union: exp.Query = rows[0]
        for row in rows[1:]:
            union = exp.union(union, row, distinct=False)
        values.replace(union.subquery(values.alias))
    return written(query, dialect).replace(f"{RUN}.", "")
