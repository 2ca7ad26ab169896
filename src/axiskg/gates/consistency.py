"""Gate `consistency`: HermiT finds no contradiction, and no class that nothing can be in."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import owlready2
from pyoxigraph import NamedNode, Triple

from axiskg.gates.corpus import Corpus, n_triples
from axiskg.gates.findings import GateReport, Outcome
from axiskg.gates.justification import explain
from axiskg.gates.projection import project
from axiskg.namespaces import AXIS, PREFIXES, curie

__all__ = ["GATE", "check_consistency"]

GATE = "consistency"
_PROBE_IRI = AXIS + "PlantedProbe"
_PROBE = tuple(
    Triple(NamedNode(_PROBE_IRI), NamedNode(PREFIXES[prefix] + name), NamedNode(about))
    for prefix, name, about in (
        ("rdf", "type", PREFIXES["owl"] + "Class"),
        ("rdfs", "subClassOf", AXIS + "Actor"),
        ("owl", "disjointWith", AXIS + "Actor"),
    )
)
"""A class that nothing can be in: a reasoner that doesn't find it has not reasoned."""


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
        return _unchecked(scope, f"no Java found as {java or 'java'!r}")
    triples = project(corpus)
    try:
        empty = _empty_classes([*triples, *_PROBE], found)
    except owlready2.OwlReadyInconsistentOntologyError:
        finding = explain(corpus, triples, ["inconsistent"], subject="consistency")
        return GateReport.of(GATE, scope, (finding,))
    except owlready2.OwlReadyJavaError as error:
        said = " ".join(str(error).split())
        return _unchecked(scope, f"{found} could not run HermiT: {said[:300]}")
    if _PROBE_IRI not in empty:
        return _unchecked(
            scope, f"{found} ran, and HermiT did not find the class planted as a probe"
        )
    findings = [
        explain(corpus, triples, ["unsat", iri], subject=curie(iri))
        for iri in sorted(empty - {_PROBE_IRI})
    ]
    return GateReport.of(GATE, scope, tuple(findings))


def _unchecked(scope: str, what: str) -> GateReport:
    return GateReport(
        GATE,
        Outcome.UNCHECKED,
        scope,
        reason=f"{what}, so nothing is known about consistency; install a Java runtime, 11 or"
        " later, and name it with --java",
    )


def _empty_classes(triples: list[Triple], java: str) -> set[str]:
    """The IRIs of classes that nothing can be in; raises what owlready2 does."""
    world = owlready2.World()
    try:
        # Owlready2 reads a file of N-Triples, and would look for the IRI on the web otherwise.
        ontology = world.get_ontology(AXIS).load(
            fileobj=BytesIO(n_triples(triples)), format="ntriples"
        )
        owlready2.JAVA_EXE = java
        with ontology, _own_folder(), _java_options():
            owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        return {c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing}
    finally:
        world.close()


@contextmanager
def _own_folder() -> Iterator[None]:
    """A folder for the file that owlready2 leaves behind when it finds a contradiction."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="axiskg-") as folder:
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = before


@contextmanager
def _java_options() -> Iterator[None]:
    """Options for a Java that runs for a second, before those of the user, who so may overrule.

    Halves the processor time; owlready2 has no other way to pass them than the environment.
    """
    given = os.environ.get("JAVA_TOOL_OPTIONS")
    own = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    os.environ["JAVA_TOOL_OPTIONS"] = own if given is None else f"{own} {given}"
    try:
        yield
    finally:
        if given is None:
            del os.environ["JAVA_TOOL_OPTIONS"]
        else:
            os.environ["JAVA_TOOL_OPTIONS"] = given
