"""Gate `vocabulary`: semanticlint has nothing against the ontology's files."""

from __future__ import annotations

from semanticlint.checks.base import CheckConfig, Severity
from semanticlint.pipeline import check_graph

from axiskg.gates.corpus import Corpus, rdflib_graph
from axiskg.gates.findings import Finding, GateReport
from axiskg.namespaces import ROOT, curie

__all__ = ["GATE", "check_vocabulary"]

GATE = "vocabulary"
_CONFIG = CheckConfig(ignore=["OWL001", "OWL002"])
"""Not asked for: a domain and range on every property. A sub-property inherits those of its family,
and some are left open on purpose (`axis:heldBy` is said of views and of statements)."""
_CURE = "correct the term in ontology/modules/; semanticlint's documentation has the rule"


def check_vocabulary(corpus: Corpus) -> GateReport:
    """A finding for each error or warning about a term of ours; mere advice is left out."""
    triples = corpus.ontology.triples
    graph = rdflib_graph(triples)
    findings = [
        Finding(
            message=f"{violation.message} ({violation.check_id})",
            place=corpus.term_place(str(violation.subject or "")),
            subject=curie(str(violation.subject)) if violation.subject else "ontology",
            cure=_CURE,
        )
        for violation in check_graph(graph, _CONFIG)
        if violation.severity is not Severity.INFO
        and str(violation.subject or ROOT).startswith(ROOT)
    ]
    scope = f"{len(corpus.ontology.terms)} terms in {len(corpus.ontology.files)} files"
    return GateReport.of(GATE, scope, tuple(sorted(findings, key=str)))
