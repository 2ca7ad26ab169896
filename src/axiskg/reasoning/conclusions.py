"""Conclusions written back: the inferred graph, the scenarios' graphs and the plain view."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from pyoxigraph import NamedNode, Triple

from axiskg.namespaces import INFERRED_GRAPH, SCENARIO_GRAPH, SCN
from axiskg.plain import changed_standings, refresh_plain_view
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.selection import Selection
from axiskg.settings import Settings
from axiskg.store.protocol import Solutions, Store
from axiskg.store.staleness import removal, staleness

__all__ = ["Conclusions", "refresh"]


@dataclass(frozen=True, slots=True)
class Conclusions:
    """What `refresh` has written."""

    inferred: int
    scenarios: int
    inconsistencies: int
    seconds: float
    warnings: tuple[str, ...] = ()
    """What looks like a slip in the rules."""

    def as_json(self) -> dict[str, Any]:
        """The same as a mapping."""
        return asdict(self)

    @property
    def words(self) -> str:
        """The same in a sentence."""
        broken = f"; {self.inconsistencies} inconsistencies" if self.inconsistencies else ""
        return (
            f"{self.inferred} conclusions and the graphs of {self.scenarios} scenarios written"
            f" in {self.seconds:.1f} s{broken}"
            + "".join(f"\nwarning: {warning}" for warning in self.warnings)
        )


def refresh(store: Store, settings: Settings) -> Conclusions:
    """Draw all conclusions anew and write them, with standings and plain view, in one update.

    Readers, and who opens the store after a crash, see all of the old or all of the new: nothing
    is written before. Written are the standing of each statement, the conclusions of the domain
    rules over the accepted statements (to the inferred graph), and for each scenario its affirmed
    antecedents and consequents and what follows from them in addition.
    The note that conclusions are stale goes with them, unless somebody has written meanwhile.
    Raises `RuleError` for a rule outside the rule language; then nothing is written.
    """
    began = time.monotonic()
    stale = staleness(store.query)
    restated = changed_standings(store)
    with Reasoner.from_store(store, settings.ontology_dir / "rules") as reasoner:
        reasoner.restate(restated)
        base = reasoner.run()
        conclusions = sorted(base.inferred(), key=str)
        operations = [_replace(INFERRED_GRAPH, conclusions)]
        known = set(conclusions)
        names = reasoner.scenarios()
        left = _scenario_graphs(store) - {SCENARIO_GRAPH + name.removeprefix(SCN) for name in names}
        operations += [f"DROP SILENT GRAPH <{graph}>" for graph in sorted(left)]
        for name in names:
            run = reasoner.run(Selection(scenario=name))
            triples = {*run.beyond(base), *(t for t in run.inferred() if t not in known)}
            graph = SCENARIO_GRAPH + name.removeprefix(SCN)
            operations.append(_replace(graph, sorted(triples, key=str)))
        broken = len(base.inconsistencies)
        warnings = tuple(reasoner.warnings())
    if stale is not None:
        operations.append(removal(stale))
    refresh_plain_view(store, first=operations)
    seconds = time.monotonic() - began
    return Conclusions(len(conclusions), len(names), broken, seconds, warnings)


def _scenario_graphs(store: Store) -> set[str]:
    """The graphs of scenarios that the store has, be their scenario gone or not."""
    found = store.query("SELECT DISTINCT ?g WHERE { GRAPH ?g { } }")
    assert isinstance(found, Solutions)
    names = (row[0].value for row in found.rows if isinstance(row[0], NamedNode))
    return {name for name in names if name.startswith(SCENARIO_GRAPH)}


def _replace(graph: str, triples: Iterable[Triple]) -> str:
    """An update that puts triples in the place of all that a graph holds."""
    lines = "".join(f"{t.subject} {t.predicate} {t.object} .\n" for t in triples)
    clear = (
        f"DELETE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    )
    return f"{clear} ;\nINSERT DATA {{ GRAPH <{graph}> {{\n{lines}}} }}"
