"""Linking to Wikidata: links and names as data, the linker, federation, reconciliation.

The only part of AxisKG that may touch the network.
"""

from __future__ import annotations

from axiskg.linking.columns import link, link_column
from axiskg.linking.context import Context
from axiskg.linking.linker import Candidate, Linked, Linker

__all__ = ["Candidate", "Context", "Linked", "Linker", "link", "link_column"]
