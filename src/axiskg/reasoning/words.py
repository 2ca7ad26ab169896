"""Tests and absences of rules in words, with what is bound filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from axiskg.reasoning.ir import (
    RDF_TYPE,
    Absent,
    Atom,
    Compare,
    Const,
    Either,
    Kind,
    Member,
    Not,
    Term,
    Test,
    Var,
)
from axiskg.reasoning.terms import short

__all__ = ["absence_text", "test_text"]

_ANGLED: Final = re.compile(r"<([^<>]*)>")


def absence_text(absent: Absent, bindings: Mapping[Var, str]) -> str:
    """An absence in words, with what is bound filled in."""

    def name(term: Term) -> str:
        if isinstance(term, Const):
            return short(term.text)
        return short(bindings[term]) if term in bindings else f"?{term.name}"

    patterns = [
        f"{name(a.s)} {_ANGLED.sub(lambda m: short(m[1]), short(_property(a)))} {name(a.o)}"
        for a in absent.atoms
    ]
    tests = [test_text(test, bindings) for test in absent.tests]
    return " . ".join(patterns) + (f" with {' and '.join(tests)}" if tests else "")


def _property(atom: Atom) -> str:
    return RDF_TYPE if atom.relation.kind in (Kind.CLASS, Kind.ANY_TYPE) else atom.relation.name


def test_text(test: Test, bindings: Mapping[Var, str]) -> str:
    """A test in words, with what is bound filled in."""

    def say(term: Term) -> str:
        if isinstance(term, Const):
            return short(term.text)
        return short(bindings[term]) if term in bindings else f"?{term.name}"

    match test:
        case Compare(op, left, right):
            return f"{say(left)} {op} {say(right)}"
        case Member(term, choices, negated):
            listed = ", ".join(say(c) for c in choices)
            return f"{say(term)} {'not ' if negated else ''}in ({listed})"
        case Not(inner):
            return f"not ({test_text(inner, bindings)})"
        case Either(op, tests):
            return "(" + f" {op} ".join(test_text(t, bindings) for t in tests) + ")"
