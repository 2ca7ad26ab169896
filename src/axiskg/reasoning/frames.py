"""Answers as tables of polars or pandas, which the extra `frames` brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from typing import Any

from axiskg.errors import ConfigError
from axiskg.reasoning.values import Value

__all__ = ["Tabular", "extra"]


def extra(name: str) -> Any:
    """A module of the extra `frames`. Raises `ConfigError` when it is not installed."""
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise ConfigError(
            f"{name} is not installed: pip install 'axiskg[frames]' brings it"
        ) from None


class Tabular(Value):
    """An answer that is, or has, a table; what a row is stands with each answer."""

    def table_rows(self) -> Sequence[Mapping[str, Any]]:
        """The rows, all with the same names in the same order."""
        raise NotImplementedError

    def _columns(self) -> dict[str, list[Any]]:
        rows = self.table_rows()
        names = rows[0] if rows else {}
        return {name: [_cell(row[name]) for row in rows] for name in names}

    def to_polars(self) -> Any:
        """A polars frame, one row as `table_rows` says."""
        polars = extra("polars")
        columns = self._columns()
        days = {
            name: polars.Date
            for name, cells in columns.items()
            if any(isinstance(cell, date) for cell in cells)
        }
        return polars.DataFrame(columns, schema_overrides=days)

    def to_pandas(self) -> Any:
        """A pandas frame, one row as `table_rows` says."""
        return extra("pandas").DataFrame(self._columns())


def _cell(value: Any) -> Any:
    return " ".join(map(str, value)) if isinstance(value, tuple | list) else value
