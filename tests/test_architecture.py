"""Imports point one way: article → statements → store → reasoning → answers."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import axiskg

ROOT = Path(axiskg.__file__).parent

STAGES: tuple[frozenset[str], ...] = (
    frozenset({"errors", "namespaces", "settings"}),
    frozenset({"sources", "sentences", "edtf_bounds", "statements"}),
    frozenset({"authoring", "encode", "trig", "verification", "ontology"}),
    frozenset({"store"}),
    frozenset({"queries", "plain", "formats", "export"}),
    frozenset({"linking"}),
    frozenset({"reasoning"}),
    frozenset({"build", "gates"}),
    frozenset({"server"}),
    frozenset({"cli"}),
)
"""From upstream to downstream; a module may import its own stage and those before it."""

NETWORK = {"httpx", "requests", "urllib.request", "http.client", "socket"}
MAY_TOUCH_NETWORK = ("linking/", "store/", "server/", "cli/")


def stage_of(module: str) -> int:
    """The stage of a top-level module or package of axiskg."""
    return next(i for i, names in enumerate(STAGES) if module in names)


def imports_of(path: Path) -> set[str]:
    """Absolute names of all modules that a file imports, at whatever depth."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "axiskg":
                found |= {f"axiskg.{alias.name}" for alias in node.names}
    return found


MODULES = sorted(p for p in ROOT.rglob("*.py") if p != ROOT / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_upstream(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    known = {name for names in STAGES for name in names}
    assert own in known, f"{own} has no stage: give it one in STAGES"
    downstream = {
        name
        for name in imports_of(path)
        if name.startswith("axiskg.")
        and name.split(".")[1] in known
        and stage_of(name.split(".")[1]) > stage_of(own)
    }
    assert not downstream, f"{path.name} imports from further down: {sorted(downstream)}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_some_packages_touch_the_network(path: Path) -> None:
    if str(path.relative_to(ROOT)).startswith(MAY_TOUCH_NETWORK):
        return
    assert not imports_of(path) & NETWORK


def test_only_the_store_opens_oxigraph_stores() -> None:
    openers = {
        str(path.relative_to(ROOT))
        for path in MODULES
        if not path.is_relative_to(ROOT / "store")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module == "pyoxigraph"
        and any(alias.name == "Store" for alias in node.names)
    }
    assert not openers, "open stores through axiskg.store"
