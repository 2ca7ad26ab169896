"""A provenance-first knowledge graph of international alignment.

What the command line can do, these names can do; each is loaded when it is first used:

    >>> import axiskg
    >>> settings = axiskg.Settings(store=":memory:")
    >>> with axiskg.open_store(settings) as store:
    ...     store.query("ASK { ?s ?p ?o }")
    False
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from axiskg.build import BuildReport, open_filled
    from axiskg.build import build as build_store
    from axiskg.errors import AxisKGError
    from axiskg.export import export as export_document
    from axiskg.linking import Linker, link
    from axiskg.queries import Catalogue, entity_facts, statement_rows
    from axiskg.reasoning import Reasoner
    from axiskg.reasoning.analysis import Analysis
    from axiskg.settings import Settings
    from axiskg.statements import Statement
    from axiskg.store import Dataset, Solutions, Store, open_store
    from axiskg.trig import read_statements, write_statements

__all__ = [
    "Analysis",
    "AxisKGError",
    "BuildReport",
    "Catalogue",
    "Dataset",
    "Linker",
    "Reasoner",
    "Settings",
    "Solutions",
    "Statement",
    "Store",
    "__version__",
    "build_store",
    "entity_facts",
    "export_document",
    "link",
    "open_filled",
    "open_store",
    "read_statements",
    "statement_rows",
    "write_statements",
]

__version__: Final = "0.1.0"

_PLACES: Final = {
    "Analysis": "reasoning.analysis.Analysis",
    "AxisKGError": "errors.AxisKGError",
    "BuildReport": "build.BuildReport",
    "Catalogue": "queries.Catalogue",
    "Dataset": "store.Dataset",
    "Linker": "linking.Linker",
    "Reasoner": "reasoning.Reasoner",
    "Settings": "settings.Settings",
    "Solutions": "store.Solutions",
    "Statement": "statements.Statement",
    "Store": "store.Store",
    "build_store": "build.build",
    "entity_facts": "queries.entity_facts",
    "export_document": "export.export",
    "link": "linking.link",
    "open_filled": "build.open_filled",
    "open_store": "store.open_store",
    "read_statements": "trig.read_statements",
    "statement_rows": "queries.statement_rows",
    "write_statements": "trig.write_statements",
}


def __getattr__(name: str) -> object:
    """A public name, its module loaded on first use."""
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module 'axiskg' has no attribute {name!r}")
    module, _, attribute = place.rpartition(".")
    return getattr(importlib.import_module(f"axiskg.{module}"), attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
