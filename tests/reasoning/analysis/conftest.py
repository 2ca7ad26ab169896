"""Two graphs: a small one written for these tests, and the article's own, from the repository.

The small one shows each rule and each trap by itself and is also run by plain SPARQL to a fix-point
(`fixpoint.py`), so that the rule files are right apart from the engine. The article's is asked the
questions that an analyst asks, with the answers that a reader of the article would give.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from axiskg.build import build
from axiskg.namespaces import ONTOLOGY_GRAPH
from axiskg.reasoning.analysis import Analysis
from axiskg.server.context import Context
from axiskg.settings import Settings
from axiskg.store import open_store

sys.path.insert(0, str(Path(__file__).parent))

import fixpoint
import world

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def rules_dir() -> Path:
    return ROOT / "ontology" / "rules"


@pytest.fixture(scope="session")
def queries_dir() -> Path:
    return ROOT / "queries"


@pytest.fixture(scope="session")
def concluded(rules_dir: Path) -> set[tuple[str, str, str]]:
    """What plain SPARQL concludes from the small graph, as (slug, local name, slug)."""
    return {
        (s.rpartition("/")[2], p, o.rpartition("/")[2])
        for s, p, o in fixpoint.conclusions(rules_dir, world.quads())
    }


@pytest.fixture(scope="session")
def small_quads() -> list[Quad]:
    """The ontology and the small graph."""
    ontology = [
        Quad(t.subject, t.predicate, t.object, NamedNode(ONTOLOGY_GRAPH))
        for path in sorted((ROOT / "ontology" / "modules").glob("*.ttl"))
        for t in parse(path=path, format=RdfFormat.TURTLE)
    ]
    return ontology + world.quads()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose store, on disk, holds the article's graph."""
    store = tmp_path_factory.mktemp("analysis") / "store"
    settings = Settings(home=ROOT, store=str(store))
    build(settings)
    return settings


@pytest.fixture(scope="session")
def context(built: Settings) -> Iterator[Context]:
    with open_store(built, read_only=True) as store:
        yield Context(settings=built, store=store, generation=lambda: 1)


@pytest.fixture(scope="session")
def article(context: Context) -> Analysis:
    return Analysis(context.store, context.settings)
