"""Which graphs the build keeps: statements, their provenance, and what is computed from them."""

from __future__ import annotations

from axiskg.namespaces import GRAPH, SCN, ST

__all__ = ["DEFAULT_GRAPH", "is_protected"]

DEFAULT_GRAPH = ""
"""Stands for the default graph, the plain view, among names of graphs."""

_PREFIXES = (GRAPH, ST, SCN)


def is_protected(graph: str) -> bool:
    """Whether only an admin may write the graph; all others are the users' own.

    >>> is_protected("https://w3id.org/axiskg/graph/provenance"), is_protected("urn:mine")
    (True, False)
    """
    return graph == DEFAULT_GRAPH or graph.startswith(_PREFIXES)
