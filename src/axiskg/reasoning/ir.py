"""What a rule is once SPARQL is left behind: atoms over relations, tests, and one head.

A relation is a set of pairs. There are three kinds: a property (its pairs are subject and object),
a class (the subjects of `rdf:type` that class, so that negation of one class does not depend on
all others), and a helper that the compiler makes for a path or a part of a body. Two more are
read-only: all types together, and the quads of statements with their provenance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from axiskg.namespaces import PREFIXES

__all__ = [
    "ANY_TYPE",
    "PROVENANCE",
    "RDF_TYPE",
    "Absent",
    "Atom",
    "Compare",
    "Const",
    "Either",
    "Kind",
    "Member",
    "Mint",
    "Mode",
    "Not",
    "Origin",
    "Piece",
    "Quoted",
    "Relation",
    "Rule",
    "Term",
    "Test",
    "ValueRows",
    "Var",
    "relation_of",
    "terms_of_test",
    "variables_of",
]

RDF_TYPE: Final = PREFIXES["rdf"] + "type"


@dataclass(frozen=True, slots=True, order=True)
class Var:
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True, order=True)
class Const:
    """A term, by its text."""

    text: str


Term = Var | Const


class Kind(StrEnum):
    """What a relation stands for."""

    PROPERTY = "property"
    CLASS = "class"
    HELPER = "helper"
    ANY_TYPE = "any-type"
    PROVENANCE = "provenance"


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A set of pairs; `name` is the property's or class's IRI, or a helper's canonical text."""

    kind: Kind
    name: str


ANY_TYPE: Final = Relation(Kind.ANY_TYPE, RDF_TYPE)


def PROVENANCE(prop: str) -> Relation:  # noqa: N802
    """The pairs of a property in the provenance graph."""
    return Relation(Kind.PROVENANCE, prop)


def relation_of(prop: str, obj: Term) -> Relation:
    """The relation that a triple pattern reads."""
    if prop != RDF_TYPE:
        return Relation(Kind.PROPERTY, prop)
    return Relation(Kind.CLASS, obj.text) if isinstance(obj, Const) else ANY_TYPE


@dataclass(frozen=True, slots=True)
class Atom:
    """A pattern: `relation(s, o)`; of a class the object is the class."""

    relation: Relation
    s: Term
    o: Term


@dataclass(frozen=True, slots=True)
class Quoted:
    """`GRAPH ?statement { s prop o }`: one triple as a statement has it, accepted or not."""

    statement: Var
    prop: str
    s: Term
    o: Term


@dataclass(frozen=True, slots=True)
class Compare:
    """`left op right`; op is one of `= != < <= > >= sameTerm`."""

    op: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Member:
    """`term IN (choices)`, or NOT IN when `negated`."""

    term: Term
    choices: tuple[Const, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """`! test`."""

    test: Test


@dataclass(frozen=True, slots=True)
class Either:
    """`a || b` (op `or`) or `a && b` (op `and`)."""

    op: str
    tests: tuple[Test, ...]


Test = Compare | Member | Not | Either


@dataclass(frozen=True, slots=True)
class Absent:
    """`FILTER NOT EXISTS { … }`: there is no solution of these atoms that passes these tests."""

    atoms: tuple[Atom, ...]
    tests: tuple[Test, ...] = ()


@dataclass(frozen=True, slots=True)
class ValueRows:
    """`VALUES (…) { … }`; None is UNDEF."""

    variables: tuple[Var, ...]
    rows: tuple[tuple[Const | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a minted IRI: fixed text, or a variable's STR, cut after `after` when given."""

    text: str = ""
    variable: Var | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Mint:
    """`BIND(IRI(CONCAT(…)) AS ?variable)`."""

    variable: Var
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a rule comes from; two rules of one file differ by `number`."""

    name: str
    label: str
    description: str = ""
    category: str = ""
    path: Path | None = None
    axioms: tuple[tuple[str, str, str], ...] = ()
    """The triples of the ontology that say so, as term texts."""


class Mode(StrEnum):
    """How the derivations of a rule are kept."""

    KEPT = "kept"
    MATCHED = "matched"
    """Found again by matching the body: for rules of one premise, and for closures."""
    HIDDEN = "hidden"
    """Of a helper: kept, and shown as part of the rule that reads it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`head` follows from a body; `confidence` weakens it."""

    origin: Origin
    number: int
    head: Atom
    atoms: tuple[Atom, ...]
    quoted: tuple[Quoted, ...] = ()
    absent: tuple[Absent, ...] = ()
    tests: tuple[Test, ...] = ()
    values: tuple[ValueRows, ...] = ()
    mints: tuple[Mint, ...] = ()
    confidence: float = 1.0
    mode: Mode = Mode.KEPT

    def variables(self) -> tuple[Var, ...]:
        """The variables of body and mints, in order of first appearance."""
        seen: dict[Var, None] = {}
        for atom in self.atoms:
            seen.update(dict.fromkeys(variables_of(atom.s, atom.o)))
        for quote in self.quoted:
            seen.update(dict.fromkeys(variables_of(quote.s, quote.o, quote.statement)))
        for rows in self.values:
            seen.update(dict.fromkeys(rows.variables))
        for mint in self.mints:
            seen[mint.variable] = None
        return tuple(seen)

    def with_atoms(self, atoms: tuple[Atom, ...], tests: tuple[Test, ...]) -> Rule:
        """The rule with other atoms and tests."""
        return replace(self, atoms=atoms, tests=tests)


@dataclass(frozen=True, slots=True)
class Violation:
    """A body that must have no match: an inconsistency of `category`."""

    origin: Origin
    atoms: tuple[Atom, ...]
    tests: tuple[Test, ...] = field(default=())


def variables_of(*terms: Term) -> tuple[Var, ...]:
    """The variables among terms."""
    return tuple(term for term in terms if isinstance(term, Var))


def terms_of_test(test: Test) -> Iterator[Term]:
    """All terms of a test."""
    match test:
        case Compare(_, left, right):
            yield from (left, right)
        case Member(term, choices):
            yield term
            yield from choices
        case Not(inner):
            yield from terms_of_test(inner)
        case Either(_, tests):
            for inner in tests:
                yield from terms_of_test(inner)
