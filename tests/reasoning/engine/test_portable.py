"""The rules in another SQL dialect: SQLite, run to the fix-point, concludes what DuckDB does."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import given

from axiskg.build import open_filled
from axiskg.namespaces import AXIS
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.ir import RDF_TYPE, Kind
from axiskg.reasoning.portable import INPUTS, PortableProgram, portable_program
from axiskg.reasoning.rules import RuleFile
from axiskg.reasoning.run import Run
from axiskg.settings import Settings

from .conftest import Said, graph
from .strategies import statements

ROOT = Path(__file__).parents[3]

Rows = set[tuple[str, str, str, float]]


def in_sqlite(reasoner: Reasoner, run: Run, program: PortableProgram) -> Rows:
    """All facts with their confidence, as SQLite finds them in the inputs of a run."""
    db, schema = reasoner._db, run.evaluation.schema
    places = {"quoted": f"{schema}.quoted", "base": f"{schema}.base"}
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.create_function("str_of", 1, lambda text: db.value("SELECT str_of(?)", [text]))
        connection.create_function("strpos", 2, lambda text, part: text.find(part) + 1)
        for name, columns in INPUTS.items():
            names = ", ".join(column.split()[0] for column in columns.split(", "))
            connection.execute(f"CREATE TABLE {name} ({columns})")
            rows = db.rows(f"SELECT {names} FROM {places.get(name, name)}")
            marks = ", ".join("?" for _ in columns.split(", "))
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)

        def execute(text: str) -> Sequence[Sequence[Any]]:
            return connection.execute(text).fetchall()

        program.run(execute)
        texts = dict(connection.execute("SELECT id, text FROM term").fetchall())
        found: Rows = set()
        for relation, table in program.tables.items():
            if relation.kind in (Kind.PROPERTY, Kind.CLASS):
                prop = RDF_TYPE if relation.kind is Kind.CLASS else relation.name
                for c0, c1, conf, _ in execute(f"SELECT * FROM {table}"):
                    found.add((texts[c0], prop, texts[c1], round(conf, 9)))
        return found


def in_duckdb(run: Run, program: PortableProgram) -> Rows:
    """The facts of the same properties and classes, as the run has them."""
    names = {(r.kind, r.name) for r in program.tables}
    return {
        (f.s, f.p, f.o, round(f.confidence, 9))
        for f in run.all_facts()
        if ((Kind.CLASS, f.o) if f.p == RDF_TYPE else (Kind.PROPERTY, f.p)) in names
    }


def agree(reasoner: Reasoner) -> Rows:
    program = portable_program(reasoner.program, reasoner._db.intern, "sqlite")
    run = reasoner.run()
    found = in_sqlite(reasoner, run, program)
    assert found == in_duckdb(run, program)
    return found


@given(said=statements)
def test_sqlite_concludes_what_duckdb_does(
    said: list[Said], all_rules: tuple[RuleFile, ...]
) -> None:
    with Reasoner.from_quads(graph(said), all_rules) as reasoner:
        agree(reasoner)


def test_the_domain_rules_and_the_ontology_in_sqlite() -> None:
    """The article's own graph, with all that the ontology says."""
    settings = Settings(home=ROOT, store=":memory:")
    with open_filled(settings) as store:
        rules = settings.ontology_dir / "rules"
        with Reasoner.from_store(store, rules) as reasoner:
            found = agree(reasoner)
    ends = ("https://w3id.org/axiskg/entity/china", "https://w3id.org/axiskg/entity/russia")
    assert (ends[0], AXIS + "mutuallyBacks", ends[1], 1.0) in found


def test_a_dialect_is_more_than_a_name(all_rules: tuple[RuleFile, ...]) -> None:
    with Reasoner.from_quads(graph([]), all_rules) as reasoner:
        texts = {
            dialect: str(portable_program(reasoner.program, reasoner._db.intern, dialect).rounds)
            for dialect in ("sqlite", "spark")
        }
    assert "MIN(a0.conf, a1.conf)" in texts["sqlite"]
    assert "LEAST(a0.conf, a1.conf)" in texts["spark"]
