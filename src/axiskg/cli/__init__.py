"""The `axiskg` command: a module a group of commands, each loaded when it is asked for."""

from __future__ import annotations

from axiskg.cli.groups import main

__all__ = ["main"]
