"""From an N-Quads file to the tables of a database: read, encode, sort; all of it inside DuckDB."""

from __future__ import annotations

from os import SEEK_END
from pathlib import Path
from typing import TYPE_CHECKING, Final

from axiskg.errors import StoreError
from axiskg.namespaces import (
    ENTITIES_GRAPH,
    EVIDENCE_GRAPH,
    INFERRED_GRAPH,
    LINKS_GRAPH,
    ONTOLOGY_GRAPH,
    PLAIN_GRAPH,
    PREFIXES,
    PROVENANCE_GRAPH,
    SCENARIO_GRAPH,
)

if TYPE_CHECKING:
    from axiskg.reasoning.database import Database

__all__ = ["DERIVED", "PARTS", "encode_lines", "fill_tables", "read_lines"]

PARTS: Final = {ENTITIES_GRAPH: 1, ONTOLOGY_GRAPH: 2, LINKS_GRAPH: 3}
"""The graphs of descriptions, by their number in `described`."""
DERIVED: Final = (INFERRED_GRAPH, PLAIN_GRAPH, EVIDENCE_GRAPH)
"""Graphs that are made from the others, and so passed over."""

_BUFFER: Final = 8_000_000
"""Bytes for each thread; the 32 MB that DuckDB takes by itself are no faster."""
_LINE: Final = 2_000_000
"""Bytes of the longest line."""
_XSD: Final = PREFIXES["xsd"]
_NUMBERS: Final = (
    "decimal|integer|double|float|int|long|short|byte|nonNegativeInteger|positiveInteger"
    "|nonPositiveInteger|negativeInteger|unsigned(?:Int|Long|Short|Byte)"
)
_LITERALS: Final = (
    "INSERT INTO lit SELECT id,"
    f" CASE WHEN regexp_matches(text, '\"\\^\\^<{_XSD}({_NUMBERS})>$')"
    '   THEN try_cast(regexp_extract(text, \'^"([^"]*)"\', 1) AS DOUBLE) END,'
    f" CASE WHEN ends_with(text, '\"^^<{_XSD}date>')"
    "   THEN date_diff('day', DATE '1970-01-01',"
    '     try_cast(substr(regexp_extract(text, \'^"([^"]*)"\', 1), 1, 10) AS DATE)) END,'
    f" CASE WHEN ends_with(text, '\"^^<{_XSD}dateTime>')"
    '   THEN epoch(try_cast(regexp_extract(text, \'^"([^"]*)"\', 1) AS TIMESTAMPTZ)) END,'
    " NOT ends_with(text, '>') FROM term WHERE id < 0"
)


def read_lines(db: Database, path: Path) -> None:
    """Fill `line(s, p, o, g)` with the words of the quads that count.

    Most lines are five words and are read as columns; those of a literal with spaces are taken
    apart. A word before the full stop that has a quote ends a literal and is no graph: then the
    triple is in the default graph.

    Raises `duckdb.Error` or `StoreError` for a line of more than 2 MB.
    """
    if _last_is_too_long(path):  # DuckDB passes over a last line that is longer than its buffer
        raise StoreError("the last quad has more than 2 MB")
    place = str(path).replace("'", "''")
    read = (
        f"read_csv('{place}', header=false, quote='', escape='', comment='', auto_detect=false,"
        f" buffer_size={_BUFFER}, max_line_size={_LINE}"
    )
    db.rows(
        f"""CREATE TEMP TABLE line AS
        WITH plain AS (SELECT s, p, o, g FROM {read}, delim=' ', ignore_errors=true, columns={{
          's': 'VARCHAR', 'p': 'VARCHAR', 'o': 'VARCHAR', 'g': 'VARCHAR', 'dot': 'VARCHAR'}})),
        spaced AS MATERIALIZED (SELECT line, string_split(line, ' ') AS word
          FROM {read}, delim='\x1f', columns={{'line': 'VARCHAR'}})
          WHERE contains(line, '"') AND length(line) - length(replace(line, ' ', '')) > 4),
        named AS MATERIALIZED (
          SELECT line, word[1] AS s, word[2] AS p, word[-2] AS g,
            length(word[1]) + length(word[2]) AS before FROM spaced),
        whole AS (SELECT * FROM plain UNION ALL SELECT s, p,
          substr(line, before + 3, length(line) - before - length(g) - 5) AS o, g FROM named)
        SELECT s, p, o, g FROM whole WHERE NOT contains(g, '"')
          AND (starts_with(g, '<') OR starts_with(g, '_:')) AND NOT starts_with(o, '<<')
          AND g NOT IN ({", ".join(f"'<{g}>'" for g in DERIVED)})
          AND NOT starts_with(g, '<{SCENARIO_GRAPH}')"""
    )


def _last_is_too_long(path: Path) -> bool:
    with path.open("rb") as file:
        size = file.seek(0, SEEK_END)
        if size <= _LINE:
            return False
        file.seek(-_LINE, SEEK_END)
        return b"\n" not in file.read(_LINE - 1)


def encode_lines(db: Database) -> None:
    """Fill `term`, `lit` and `coded(s, p, o, g)` from `line`, which is dropped."""
    db.rows(
        """CREATE TEMP TABLE word AS SELECT DISTINCT w FROM (
        SELECT s AS w FROM line UNION ALL SELECT p FROM line UNION ALL SELECT o FROM line
        UNION ALL SELECT g FROM line)"""
    )
    db.rows(
        """CREATE TABLE term AS SELECT
          (CASE WHEN starts_with(w, '"') THEN -1 ELSE 1 END
           * row_number() OVER (ORDER BY w))::INT AS id,
          CASE WHEN starts_with(w, '<') THEN substr(w, 2, length(w) - 2) ELSE w END AS text,
          w FROM word"""
    )
    db.rows(
        """CREATE TEMP TABLE coded AS SELECT s.id AS s, p.id AS p, o.id AS o, g.id AS g
        FROM line JOIN term s ON s.w = line.s JOIN term p ON p.w = line.p
        JOIN term o ON o.w = line.o JOIN term g ON g.w = line.g"""
    )
    db.rows("DROP TABLE line")
    db.rows("DROP TABLE word")
    db.rows("ALTER TABLE term DROP COLUMN w")
    db.rows("CREATE TABLE lit (id INT, num DOUBLE, day INT, moment DOUBLE, plain BOOL)")
    db.rows(_LITERALS)


def fill_tables(db: Database) -> None:
    """Fill `described`, `prov` and `quad` from `coded`, which is dropped."""
    graphs = db.intern_all([*PARTS, PROVENANCE_GRAPH])
    part = " ".join(f"WHEN {graphs[name]} THEN {n}" for name, n in PARTS.items())
    named = ", ".join(str(graphs[name]) for name in PARTS)
    provenance = graphs[PROVENANCE_GRAPH]
    db.rows(
        f"""CREATE TABLE described AS
        SELECT DISTINCT s, p, o, CASE g {part} END::TINYINT AS part FROM coded
        WHERE g IN ({named}) ORDER BY p, s, o"""
    )
    db.rows(
        f"CREATE TABLE prov AS SELECT DISTINCT s, p, o FROM coded WHERE g = {provenance}"
        " ORDER BY p, s, o"
    )
    db.rows(
        f"""CREATE TABLE quad AS SELECT DISTINCT s, p, o, g AS st FROM coded
        WHERE g NOT IN ({named}, {provenance}) ORDER BY p, s, o, st"""
    )
    db.rows("DROP TABLE coded")
