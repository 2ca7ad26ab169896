"""Gate `consistency`: HermiT finds no contradiction, and no class that nothing can be in."""

from __future__ import annotations

import shutil
from io import BytesIO

import owlready2

from axiskg.gates.corpus import Corpus, n_triples
from axiskg.gates.findings import GateReport, Outcome
from axiskg.gates.justification import explain
from axiskg.gates.projection import project
from axiskg.namespaces import AXIS, curie

__all__ = ["GATE", "check_consistency"]

GATE = "consistency"


def check_consistency(corpus: Corpus, *, java: str | None = None) -> GateReport:
    """HermiT over the ontology, the descriptions and the accepted content.

    `java` is the Java to run, else the one on the PATH; without one nothing is checked, and the
    report says so.
    """
    scope = (
        f"ontology {corpus.ontology.version}, {len(corpus.plain):,} triples of descriptions and"
        f" {len(corpus.accepted):,} accepted statements"
    )
    found = shutil.which(java or "java")
    if found is None:
        return GateReport(
            GATE,
            Outcome.UNCHECKED,
            scope,
            reason=f"no Java found as {java or 'java'!r}, so HermiT did not run and nothing is"
            " known about consistency; install a Java runtime, 11 or later",
        )
    triples = project(corpus)
    world = owlready2.World()
    try:
        # Owlready2 reads a file of N-Triples, and would look for the IRI on the web otherwise.
        ontology = world.get_ontology(AXIS).load(
            fileobj=BytesIO(n_triples(triples)),
            format="ntriples",
        )
        owlready2.JAVA_EXE = found
        try:
            with ontology:
                owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError:
            finding = explain(corpus, triples, ["inconsistent"], subject="consistency")
            return GateReport.of(GATE, scope, (finding,))
        empty = sorted(c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing)
    finally:
        world.close()
    findings = [explain(corpus, triples, ["unsat", iri], subject=curie(iri)) for iri in empty]
    return GateReport.of(GATE, scope, tuple(findings))
