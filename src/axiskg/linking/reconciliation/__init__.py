"""The Reconciliation Service API (0.1 and 0.2): our entities, and Wikidata through a snapshot."""

from __future__ import annotations

from axiskg.linking.reconciliation.graph_service import GraphService
from axiskg.linking.reconciliation.queries import read_extension, read_queries
from axiskg.linking.reconciliation.service import Service, answer_batch, manifest
from axiskg.linking.reconciliation.wikidata_service import WikidataService

__all__ = [
    "GraphService",
    "Service",
    "WikidataService",
    "answer_batch",
    "manifest",
    "read_extension",
    "read_queries",
]
