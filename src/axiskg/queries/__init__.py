"""Saved queries: SPARQL files whose headers say what they ask, take and give."""

from __future__ import annotations

from axiskg.queries.catalogue import Catalogue
from axiskg.queries.facts import (
    STANDINGS,
    EntityFacts,
    Fact,
    StatementRow,
    entity_described,
    entity_facts,
    statement_rows,
)
from axiskg.queries.names import entity_named, term_named
from axiskg.queries.saved import Parameter, SavedQuery, read_query

__all__ = [
    "STANDINGS",
    "Catalogue",
    "EntityFacts",
    "Fact",
    "Parameter",
    "SavedQuery",
    "StatementRow",
    "entity_described",
    "entity_facts",
    "entity_named",
    "read_query",
    "statement_rows",
    "term_named",
]
