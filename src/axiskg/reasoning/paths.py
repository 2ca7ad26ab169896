"""Property paths as atoms: sequences by fresh variables, alternatives and closures by helpers."""

from __future__ import annotations

import re
from typing import Any

from rdflib import URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, Path, SequencePath

from axiskg.reasoning.ir import Atom, Kind, Mode, Origin, Relation, Rule, Term, Var, relation_of
from axiskg.reasoning.parsing import Refuse
from axiskg.reasoning.terms import short

__all__ = ["Paths"]


class Paths:
    """The paths of one rule file, and the helper rules that they need, by relation."""

    def __init__(self, refuse: Refuse) -> None:
        self.refuse = refuse
        self.helpers: dict[Relation, list[Rule]] = {}
        self._fresh = 0

    def atoms(self, s: Term, path: Any, o: Term) -> list[Atom]:
        """The atoms of one path; alternatives, closures and long sequences become helpers."""
        if isinstance(path, URIRef):
            return [Atom(relation_of(str(path), o), s, o)]
        if isinstance(path, InvPath):
            return self.atoms(o, path.arg, s)
        if isinstance(path, SequencePath):
            args = list(path.args)
            middle = self.new_variable()
            if len(args) == 2:
                return [*self.atoms(s, args[0], middle), *self.atoms(middle, args[1], o)]
            prefix = self.helper(SequencePath(*args[:-1]))
            return [Atom(prefix, s, middle), *self.atoms(middle, args[-1], o)]
        if isinstance(path, AlternativePath):
            return [Atom(self.helper(path), s, o)]
        if isinstance(path, MulPath):
            if path.mod != "+":
                self.refuse(
                    f"a path with {path.mod} also matches zero steps",
                    "use +",
                    rf"\w\)?\s*[{path.mod}](?!\w)",
                )
            return [Atom(self.helper(path), s, o)]
        if isinstance(path, NegatedPath):
            self.refuse("a path with ! is not allowed in a rule", "name the properties", r"!")
        return self.refuse(f"the path {path} is not allowed in a rule", "use /, ^, | and +")

    def helper(self, path: Path) -> Relation:
        """The helper relation of a path, named by its text and shared by it."""
        relation = Relation(Kind.HELPER, path_text(path))
        if relation in self.helpers:
            return relation
        self.helpers[relation] = []
        x, y, z = Var("x"), Var("y"), Var("z")
        if isinstance(path, AlternativePath):
            bodies = [self.atoms(x, arg, y) for arg in path.args]
        elif isinstance(path, MulPath):
            bodies = [
                self.atoms(x, path.path, y),
                [Atom(relation, x, z), Atom(relation, z, y)],
            ]
        else:
            bodies = [self.atoms(x, path, y)]
        origin = Origin(relation.name, f"path {shown_path(path)}", category="path")
        self.helpers[relation] = [
            Rule(origin, number, Atom(relation, x, y), tuple(body), mode=Mode.HIDDEN)
            for number, body in enumerate(bodies)
        ]
        return relation

    def new_variable(self) -> Var:
        """A variable of no rule."""
        self._fresh += 1
        return Var(f"_p{self._fresh}")


def path_text(path: Any) -> str:
    """The canonical text of a path, with full IRIs."""
    if isinstance(path, URIRef):
        return f"<{path}>"
    if isinstance(path, InvPath):
        return f"^{path_text(path.arg)}"
    if isinstance(path, SequencePath):
        return "(" + "/".join(map(path_text, path.args)) + ")"
    if isinstance(path, AlternativePath):
        return "(" + "|".join(map(path_text, path.args)) + ")"
    if isinstance(path, MulPath):
        return f"({path_text(path.path)}){path.mod}"
    return str(path)


def shown_path(path: Any) -> str:
    """A path for people, with short names."""
    return re.sub(r"<([^<>]*)>", lambda match: short(match[1]), path_text(path))
