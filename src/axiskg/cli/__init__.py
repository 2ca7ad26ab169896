"""The `axiskg` command: a module a group of commands, put together here."""

from __future__ import annotations

from axiskg.cli import (
    build,
    check,
    encoding,
    export,
    linking,
    query,
    reasoning,
    serve,
    settings,
    statements,
    terms,
    token,
    verification,
)
from axiskg.cli.app import app, main

__all__ = [
    "app",
    "build",
    "check",
    "encoding",
    "export",
    "linking",
    "main",
    "query",
    "reasoning",
    "serve",
    "settings",
    "statements",
    "terms",
    "token",
    "verification",
]
