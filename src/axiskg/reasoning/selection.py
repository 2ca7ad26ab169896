"""Which statements a run is over, and how much each counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from axiskg.errors import ConfigError, NotFoundError, ParameterError
from axiskg.namespaces import AXIS, PREFIXES, SCN, curie, expand
from axiskg.reasoning.database import Database

__all__ = ["SEMIRINGS", "Assumption", "Selection", "create_quoted", "select_statements"]

SEMIRINGS: Final = {
    "max-min": ("min", "max"),
    "noisy-or": ("min", "noisy-or"),
    "product": ("product", "max"),
}
"""How confidences combine along a proof, and over proofs."""

_PLAIN_LIKELIHOODS: Final = ("Certain", "Likely")
_TABLE: Final = AXIS + "DefaultConfidence"


@dataclass(frozen=True, slots=True, order=True)
class Assumption:
    """A triple, as term texts, that a what-if assumes."""

    s: str
    p: str
    o: str
    confidence: float = 1.0

    @property
    def statement(self) -> str:
        """The name under which proofs cite it."""
        return f"urn:axiskg:assumed:{self.s} {self.p} {self.o}"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which statements a run is over.

    `view` is `author` (what the sources put forward as so: the accepted statements),
    `according-to <asserter>`, `perceptions-of <holder>`, or `all`. Statements that are negated,
    open, only possible or conditional support nothing in any view. `as_of` leaves those that
    surely hold on that day, or with `possibly` those that may. `scenario` assumes a scenario's
    antecedents and adds its consequences at their likelihood. `add`, `remove` (statement IRIs) and
    `deny` (triples) are a what-if of one's own. Confidence orders; it is no probability.
    """

    view: str = "author"
    as_of: date | None = None
    possibly: bool = False
    scenario: str | None = None
    min_confidence: float = 0.0
    add: frozenset[Assumption] = field(default_factory=frozenset)
    remove: frozenset[str] = field(default_factory=frozenset)
    deny: frozenset[tuple[str, str, str]] = field(default_factory=frozenset)
    semiring: str = "max-min"
    confidence_table: str = _TABLE

    def __post_init__(self) -> None:
        if self.semiring not in SEMIRINGS:
            raise ParameterError("semiring", " or ".join(SEMIRINGS), repr(self.semiring))
        if not 0 <= self.min_confidence <= 1:
            raise ParameterError("min_confidence", "from 0 to 1", repr(self.min_confidence))
        for assumption in self.add:
            if not 0 < assumption.confidence <= 1:
                raise ParameterError(
                    "confidence", "above 0, at most 1", repr(assumption.confidence)
                )
        word, _, who = self.view.partition(" ")
        if word not in ("author", "all", "according-to", "perceptions-of") or (
            bool(who.strip()) != (word in ("according-to", "perceptions-of"))
        ):
            raise ParameterError(
                "view", "author, all, according-to <asserter> or perceptions-of <holder>", self.view
            )

    @property
    def along(self) -> str:
        """How the confidences of a proof's premises combine: `min` or `product`."""
        return SEMIRINGS[self.semiring][0]

    @property
    def over(self) -> str:
        """How the confidences of several proofs combine: `max` or `noisy-or`."""
        return SEMIRINGS[self.semiring][1]


def actor_iri(name: str) -> str:
    """The IRI for a slug of an entity, a CURIE or an IRI."""
    if ":" in name:
        return expand(name)
    return PREFIXES["ent"] + name


def select_statements(db: Database, selection: Selection, run: str) -> None:
    """Fill `run.chosen(s, p, o, st, conf)`: the triples of the chosen statements.

    Also `run.quoted`, the triples of all statements, for rules about provenance.
    """
    term = db.intern
    table = term(selection.confidence_table)
    _check_table(db, selection.confidence_table, table)
    conditions = [_view(db, selection.view)]
    if selection.as_of is not None:
        day = (selection.as_of - date(1970, 1, 1)).days
        conditions.append(
            f"eb <= {day} AND {day} <= le"
            if selection.possibly
            else f"greatest(lb, eb) <= {day} AND {day} <= least(ee, le)"
        )
    removed = {i for i in (db.find(_statement(r)) for r in selection.remove) if i is not None}
    if missing := [r for r in selection.remove if db.find(_statement(r)) is None]:
        raise NotFoundError(f"there is no statement {sorted(missing)[0]} to remove")
    if removed:
        conditions.append(f"st NOT IN ({', '.join(map(str, sorted(removed)))})")
    parts = [
        f"""SELECT st, coalesce(conf, 0) AS conf FROM statement
        LEFT JOIN (SELECT * FROM confidence WHERE tab = {table}) USING (modality, likelihood)
        WHERE {" AND ".join(f"({c})" for c in conditions)}"""
    ]
    denied = [tuple(map(term, triple)) for triple in sorted(selection.deny)]
    if selection.scenario is not None:
        overlay, absent = _scenario(db, selection, table)
        parts.append(overlay)
        denied += absent
    db.rows(
        f"CREATE TABLE {run}.sel AS SELECT st, max(conf) AS conf FROM"
        f" ({' UNION ALL '.join(parts)}) GROUP BY st"
        f" HAVING max(conf) >= {selection.min_confidence!r} AND max(conf) > 0"
    )
    unsaid = " ".join(f"AND NOT (s = {s} AND p = {p} AND o = {o})" for s, p, o in denied)
    db.rows(
        f"CREATE TABLE {run}.chosen AS SELECT s, p, o, st, conf FROM quad"
        f" JOIN {run}.sel USING (st) WHERE TRUE {unsaid} ORDER BY p, s, o, st"
    )
    for assumption in sorted(selection.add):
        if assumption.confidence >= selection.min_confidence:
            ids = [term(t) for t in (assumption.s, assumption.p, assumption.o)]
            row = [*ids, term(assumption.statement), assumption.confidence]
            db.rows(f"INSERT INTO {run}.chosen VALUES (?, ?, ?, ?, ?)", row)
    create_quoted(db, selection, run)


def _check_table(db: Database, name: str, table: int) -> None:
    """Raise `ConfigError` when statements would be weighed by a table without rows."""
    rows = db.rows(f"SELECT count(*) FROM confidence WHERE tab = {table}")
    if rows[0][0] == 0 and db.rows("SELECT 1 FROM statement LIMIT 1"):
        known = sorted(
            curie(db.text(row[0])) for row in db.rows("SELECT DISTINCT tab FROM confidence")
        )
        raise ConfigError(
            f"the ontology in this store has no confidence table {curie(name)} (it has"
            f" {', '.join(known) or 'none'}): add its rows (axis:ConfidenceRow) and build again"
        )


def create_quoted(db: Database, selection: Selection, run: str) -> None:
    """Create `run.quoted`: the triples of all statements but those that a what-if removes."""
    removed = {i for i in (db.find(_statement(r)) for r in selection.remove) if i is not None}
    gone = f"WHERE st NOT IN ({', '.join(map(str, sorted(removed)))})" if removed else ""
    db.rows(
        f"""CREATE VIEW {run}.quoted AS SELECT s, p, o, st, coalesce(c.conf, 1.0) AS conf
        FROM quad LEFT JOIN statement USING (st)
        LEFT JOIN (SELECT * FROM confidence WHERE tab = {db.intern(selection.confidence_table)}) c
        USING (modality, likelihood) {gone}"""
    )


def _statement(name: str) -> str:
    return expand(name) if ":" in name else PREFIXES["st"] + name


def _view(db: Database, view: str) -> str:
    """The condition on `statement` of a view."""
    term = db.intern
    if view == "author":
        return f"standing = {term(AXIS + 'Accepted')}"
    likelihoods = ", ".join(str(term(AXIS + name)) for name in _PLAIN_LIKELIHOODS)
    conditional = ", ".join(
        str(term(AXIS + name)) for name in ("antecedent", "assumesNot", "regardlessOf")
    )
    plain = (
        f"polarity = {term(AXIS + 'Affirmed')} AND likelihood IN ({likelihoods})"
        f" AND modality <> {term(AXIS + 'Hypothesis')}"
        f" AND st NOT IN (SELECT s FROM prov WHERE p = {term(AXIS + 'condition')})"
        f" AND st NOT IN (SELECT o FROM prov WHERE p IN ({conditional}))"
    )
    word, _, who = view.partition(" ")
    held = f"SELECT s FROM prov WHERE p = {term(AXIS + 'heldBy')}"
    if word == "all":
        return plain
    person = db.find(actor_iri(who.strip()))
    wanted = AXIS + ("assertedBy" if word == "according-to" else "heldBy")
    known = f"SELECT 1 FROM prov WHERE p = {term(wanted)} AND o = {person}"
    if person is None or not db.rows(f"{known} LIMIT 1"):
        raise NotFoundError(
            f"no statement is {'asserted' if word == 'according-to' else 'held'} by {who.strip()}"
        )
    mine = f"SELECT s FROM prov WHERE p = {term(wanted)} AND o = {person}"
    if word == "according-to":
        # what X puts forward as X's own: a perception that X reports of another is not
        own = f"st NOT IN ({held}) OR st IN ({held} AND o = {person})"
        return f"{plain} AND st IN ({mine}) AND ({own})"
    wishes = ", ".join(str(term(AXIS + name)) for name in ("Fears", "Wants"))
    return f"{plain} AND st IN ({mine}) AND (attitude IS NULL OR attitude NOT IN ({wishes}))"


def _scenario(db: Database, selection: Selection, table: int) -> tuple[str, list[tuple[int, ...]]]:
    """The statements that a scenario adds, and the triples that it takes to be false.

    A scenario that follows another, or is a case of a broader one, assumes that one too.
    """
    term = db.intern
    name = selection.scenario or ""
    iri = expand(name) if ":" in name else SCN + name
    start = db.find(iri)
    typed = f"p = {term(PREFIXES['rdf'] + 'type')} AND o = {term(AXIS + 'Scenario')}"
    if start is None or not db.rows(f"SELECT 1 FROM prov WHERE s = {start} AND {typed}"):
        known = [db.text(row[0]) for row in db.rows(f"SELECT DISTINCT s FROM prov WHERE {typed}")]
        names = ", ".join(sorted(text.removeprefix(SCN) for text in known)) or "none"
        raise NotFoundError(f"there is no scenario {name}; known are: {names}")
    before = ", ".join(str(term(i)) for i in (AXIS + "follows", PREFIXES["skos"] + "broader"))
    scenarios = db.rows(
        f"""WITH RECURSIVE chain(x) AS (SELECT {start} UNION
        SELECT o FROM prov JOIN chain ON s = x WHERE p IN ({before})) SELECT x FROM chain"""
    )
    listed = ", ".join(str(row[0]) for row in scenarios)
    affirmed = f"polarity = {term(AXIS + 'Affirmed')}"
    overlay = f"""SELECT st, 1.0 AS conf FROM statement WHERE {affirmed} AND st IN (
        SELECT o FROM prov WHERE p = {term(AXIS + "antecedent")} AND s IN ({listed}))
      UNION ALL SELECT st, coalesce(conf, 0) FROM statement
        LEFT JOIN (SELECT * FROM confidence WHERE tab = {table}
                   AND modality = {term(AXIS + "Fact")}) c USING (likelihood)
        WHERE {affirmed} AND likelihood <> {term(AXIS + "Undetermined")} AND st IN (
        SELECT o FROM prov WHERE p = {term(AXIS + "consequent")} AND s IN ({listed})
        UNION SELECT s FROM prov WHERE p = {term(AXIS + "condition")} AND o IN ({listed}))"""
    absent = db.rows(
        f"""SELECT DISTINCT s, p, o FROM quad WHERE st IN (
        SELECT o FROM prov WHERE p = {term(AXIS + "assumesNot")} AND s IN ({listed})
        UNION SELECT st FROM statement WHERE polarity = {term(AXIS + "Negated")} AND st IN (
          SELECT o FROM prov WHERE p IN ({term(AXIS + "antecedent")}, {term(AXIS + "consequent")})
          AND s IN ({listed})))"""
    )
    return overlay, absent
