"""Saved queries are asked of the article's encoding, as it is committed, without inference.

What the rules conclude has its own tests; leaving it out here keeps the golden answers those of
the statements. The same dataset is loaded into Oxigraph and into rdflib.
"""

from __future__ import annotations

import pytest
import rdflib

from axiskg.build import read_inputs
from axiskg.formats import FORMATS, serialize_quads
from axiskg.plain import refresh_plain_view
from axiskg.queries import Catalogue
from axiskg.settings import Settings
from axiskg.store import EmbeddedStore


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.of(Settings())


@pytest.fixture(scope="session")
def article() -> EmbeddedStore:
    """The store with ontology, sources, statements and the plain view."""
    store = EmbeddedStore.in_memory()
    inputs = read_inputs(Settings())
    store.extend([*inputs.ontology, *(q for quads in inputs.sources.values() for q in quads)])
    refresh_plain_view(store)
    return store


@pytest.fixture(scope="session")
def article_in_rdflib(article: EmbeddedStore) -> rdflib.Dataset:
    dataset = rdflib.Dataset()
    dataset.parse(data=serialize_quads(article.dump(), FORMATS["nq"]), format="nquads")
    return dataset
