"""A compiled program as JSON and back, so that an unchanged one need not be compiled again.

Equal parts are written once: a list of nodes, each a leaf or a class name with the places of its
fields, children before parents, the program last.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from axiskg.errors import ParseError
from axiskg.reasoning import ir
from axiskg.reasoning.program import Program
from axiskg.reasoning.strata import Stratum

__all__ = ["program_of", "program_text"]

_VALUES: Final[dict[str, type]] = {
    cls.__name__: cls
    for cls in (
        ir.Absent,
        ir.Atom,
        ir.Compare,
        ir.Const,
        ir.Either,
        ir.Member,
        ir.Mint,
        ir.Not,
        ir.Origin,
        ir.Piece,
        ir.Quoted,
        ir.Relation,
        ir.Rule,
        ir.ValueRows,
        ir.Var,
        ir.Violation,
        Program,
        Stratum,
    )
}
_NAMED: Final[dict[str, type]] = {cls.__name__: cls for cls in (ir.Kind, ir.Mode, Path)}
_GROUPS: Final[dict[str, type]] = {"tuple": tuple, "frozenset": frozenset}


def program_text(program: Program) -> str:
    """The program as JSON."""
    nodes: list[Any] = []
    places: dict[tuple[type, Any], int] = {}

    def place(value: Any) -> int:
        key = (type(value), value)
        found = places.get(key)
        if found is None:
            node = _node(value)
            found = places[key] = len(nodes)
            nodes.append(node)
        return found

    def _node(value: Any) -> Any:
        if value is None or isinstance(value, (bool, int, float)) or type(value) is str:
            return value
        if is_dataclass(value) and type(value).__name__ in _VALUES:
            return [type(value).__name__, *(place(getattr(value, f.name)) for f in fields(value))]
        if isinstance(value, Path):
            return ["Path", str(value)]
        if isinstance(value, StrEnum):
            return [type(value).__name__, value.value]
        name = type(value).__name__
        if name not in _GROUPS:
            raise TypeError(f"a program holds no {name}")
        items = sorted(value) if isinstance(value, frozenset) else value
        return [name, *map(place, items)]

    place(program)
    return json.dumps(nodes, ensure_ascii=False, separators=(",", ":"))


def program_of(text: str) -> Program:
    """The program of a JSON text. Raises `ParseError` when it is none."""
    built: list[Any] = []
    try:
        for node in json.loads(text):
            if not isinstance(node, list):
                built.append(node)
                continue
            name, *rest = node
            if name in _NAMED:
                built.append(_NAMED[name](rest[0]))
            elif name in _GROUPS:
                built.append(_GROUPS[name](built[i] for i in rest))
            else:
                built.append(_VALUES[name](*(built[i] for i in rest)))
        program = built[-1]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise ParseError(f"not a compiled program: {error!r}") from error
    if not isinstance(program, Program):
        raise ParseError("not a compiled program")
    return program
