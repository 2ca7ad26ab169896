"""All rules of a run, compiled: from rule files and the ontology to strata."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from axiskg.errors import RuleError, did_you_mean
from axiskg.namespaces import AXIS
from axiskg.reasoning.factoring import factored
from axiskg.reasoning.ir import RDF_TYPE, Const, Kind, Relation, Rule, Violation, terms_of_test
from axiskg.reasoning.rules import RuleFile, line_of
from axiskg.reasoning.strata import Stratum, stratified
from axiskg.reasoning.terms import short

__all__ = ["Program", "compile_program"]


@dataclass(frozen=True, slots=True)
class Program:
    """What the engine runs; `digest` changes when any rule does."""

    rules: tuple[Rule, ...]
    strata: tuple[Stratum, ...]
    violations: tuple[Violation, ...]
    digest: str

    def numbers(self) -> dict[Relation, int]:
        """A number for each relation that rules read or fill."""
        found: dict[Relation, int] = {}
        for rule in self.rules:
            for atom in (rule.head, *rule.atoms, *(a for n in rule.absent for a in n.atoms)):
                found.setdefault(atom.relation, len(found))
        return found

    def by_head(self) -> dict[Relation, list[Rule]]:
        """The rules that conclude each relation."""
        found: dict[Relation, list[Rule]] = {}
        for rule in self.rules:
            found.setdefault(rule.head.relation, []).append(rule)
        return found

    def read_by(self) -> dict[Relation, set[str]]:
        """The properties and classes that rule files read, with the names of those files."""
        by_head = self.by_head()
        found: dict[Relation, set[str]] = {}
        for rule in self.rules:
            queue = [rule] if rule.origin.path is not None else []
            seen = set(queue)
            while queue:
                part = queue.pop()
                for atom in (*part.atoms, *(a for absent in part.absent for a in absent.atoms)):
                    if atom.relation.kind is Kind.HELPER:
                        new = [r for r in by_head.get(atom.relation, ()) if r not in seen]
                        seen.update(new)
                        queue += new
                    elif atom.relation.kind is not Kind.ANY_TYPE:
                        found.setdefault(atom.relation, set()).add(rule.origin.name)
        return found

    def concluded(self) -> tuple[Relation, ...]:
        """The properties and classes that rule files conclude, sorted."""
        return tuple(
            sorted({rule.head.relation for rule in self.rules if rule.origin.path is not None})
        )

    def terms(self) -> frozenset[str]:
        """The texts of all terms that the rules name."""
        found: set[str] = {RDF_TYPE}
        for rule in self.rules:
            atoms = [rule.head, *rule.atoms, *(a for n in rule.absent for a in n.atoms)]
            tests = [*rule.tests, *(t for n in rule.absent for t in n.tests)]
            found.update(a.relation.name for a in atoms if a.relation.kind is not Kind.HELPER)
            found.update(quote.prop for quote in rule.quoted)
            named = [term for a in atoms for term in (a.s, a.o)]
            named += [term for quote in rule.quoted for term in (quote.s, quote.o)]
            named += [term for test in tests for term in terms_of_test(test)]
            named += [c for rows in rule.values for row in rows.rows for c in row if c is not None]
            found.update(term.text for term in named if isinstance(term, Const))
        return frozenset(found)


def compile_program(
    files: Sequence[RuleFile],
    axioms: Iterable[Rule] = (),
    violations: Iterable[Violation] = (),
    *,
    known_terms: frozenset[str] | None = None,
) -> Program:
    """The program of rule files and of what the ontology says.

    `known_terms` are the terms of the ontology; with them, a rule that names another term of the
    AxisKG namespace is refused. Raises `RuleError`.
    """
    domain: dict[tuple[Relation, str, int], Rule] = {}
    for file in files:
        for rule in _rules_of(file):
            if known_terms is not None:
                _check_terms(file, rule, known_terms)
            domain.setdefault((rule.head.relation, rule.origin.name, rule.number), rule)
    rules = (*factored(domain.values()), *axioms)
    violations = tuple(violations)
    digest = hashlib.sha256(repr((rules, violations)).encode()).hexdigest()
    return Program(rules, stratified(rules), violations, digest)


@lru_cache(maxsize=1024)
def _rules_of(file: RuleFile) -> tuple[Rule, ...]:
    from axiskg.reasoning.algebra import rules_of  # here, so that kept conclusions need no parser

    return rules_of(file)


_ANYWHERE: Final = (Kind.PROPERTY, Kind.CLASS, Kind.PROVENANCE)


def _check_terms(file: RuleFile, rule: Rule, known: frozenset[str]) -> None:
    named = [rule.head.relation, *(atom.relation for atom in rule.atoms)]
    named += [atom.relation for absent in rule.absent for atom in absent.atoms]
    terms = [relation.name for relation in named if relation.kind in _ANYWHERE]
    terms += [quote.prop for quote in rule.quoted]
    terms += [
        term.text
        for atom in (rule.head, *rule.atoms)
        for term in (atom.s, atom.o)
        if isinstance(term, Const)
    ]
    for name in terms:
        if name.startswith(AXIS) and name not in known:
            local = name.removeprefix(AXIS)
            near = did_you_mean(local, [k.removeprefix(AXIS) for k in known])
            raise RuleError(
                f"{short(name)} is not in the ontology",
                f"name a term that is, or describe this one in a module{near}",
                path=file.path,
                line=line_of(file.text.splitlines(), rf":{local}\b", code=True),
            )
