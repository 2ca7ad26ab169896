"""Strategy: the ontology as a document (headers, documented terms, profile), the fixed names with
what the design says of them, and the ontology against all that is written in its terms.
"""

from __future__ import annotations

import pytest

from axiskg.gates import Corpus, encoded_files
from axiskg.gates.corpus import read_corpus
from axiskg.ontology import Ontology, read_ontology
from axiskg.settings import Settings


@pytest.fixture(scope="session")
def project() -> Settings:
    return Settings()


@pytest.fixture(scope="session")
def ontology(project: Settings) -> Ontology:
    return read_ontology(project.ontology_dir)


@pytest.fixture(scope="session")
def encoded(project: Settings, ontology: Ontology) -> Corpus:
    return read_corpus(ontology, encoded_files(project), home=project.home)
