"""Which module holds which command, so that a command loads no other's libraries."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from axiskg.cli.app import app, run

if TYPE_CHECKING:
    import typer

__all__ = ["GROUPS", "main", "whole_app"]

GROUPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "build": ("build",),
        "serve": ("serve",),
        "query": ("query", "queries"),
        "statements": ("statements", "show"),
        "reasoning": (
            "infer",
            "mutual-backing",
            "alignment",
            "explain",
            "why-not",
            "what-if",
            "balance",
            "influence",
            "network",
        ),
        "linking": ("link", "wikidata"),
        "encoding": ("source", "anchor", "encode"),
        "verification": ("coverage", "verify"),
        "check": ("check",),
        "terms": ("terms",),
        "export": ("export",),
        "settings": ("settings",),
        "token": ("token",),
    }
)
"""Module of `axiskg.cli` to its commands, in the order of the help."""


def whole_app() -> typer.Typer:
    """The application with all commands."""
    _load(GROUPS)
    return app


def main() -> None:
    """Run the command line; ends the process with a code of `Exit`."""
    _load(_asked(sys.argv[1:]))
    run()


def _asked(words: Iterable[str]) -> Iterable[str]:
    """The modules of all words that name a command; all, for help, completion and slips."""
    if any(name.endswith("_COMPLETE") for name in os.environ):
        return GROUPS
    modules = {command: module for module, commands in GROUPS.items() for command in commands}
    return {modules[word] for word in words if word in modules} or GROUPS


def _load(modules: Iterable[str]) -> None:
    for module in modules:
        importlib.import_module(f"axiskg.cli.{module}")
