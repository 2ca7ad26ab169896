"""The `axiskg` command: a module a group of commands, put together here."""

from __future__ import annotations

from axiskg.cli import check, encoding, verification
from axiskg.cli.app import app, main

__all__ = ["app", "check", "encoding", "main", "verification"]
