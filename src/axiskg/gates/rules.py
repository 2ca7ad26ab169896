"""Gate `rules`: every rule compiles, alone and together with the others and the ontology.

A rule outside the rule language, a term that the ontology does not have, or a conclusion that
depends on its own absence would otherwise come to light when conclusions are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from axiskg.errors import RuleError
from axiskg.gates.findings import Finding, GateReport
from axiskg.ontology import Ontology
from axiskg.reasoning.owl_rl import OwlProfile, axioms_of
from axiskg.reasoning.program import compile_program
from axiskg.reasoning.rules import RuleFile, read_rule

__all__ = ["GATE", "check_rules"]

GATE = "rules"


def check_rules(ontology: Ontology, folder: Path, *, home: Path) -> GateReport:
    """A finding for each rule of a folder that does not compile, or the first that can't join."""
    paths = tuple(sorted(folder.glob("*.rq")))
    return GateReport.of(
        GATE, f"{len(paths)} rules with the ontology", tuple(_findings(ontology, paths, home))
    )


def _findings(ontology: Ontology, paths: tuple[Path, ...], home: Path) -> Iterator[Finding]:
    axioms, violations, terms = axioms_of(ontology.triples, OwlProfile())
    sound: list[RuleFile] = []
    for path in paths:
        try:
            file = read_rule(path)
            compile_program([file], known_terms=terms)
            sound.append(file)
        except RuleError as error:
            yield _finding(error, home)
    try:
        compile_program(sound, axioms, violations, known_terms=terms)
    except RuleError as error:
        yield _finding(error, home)


def _finding(error: RuleError, home: Path) -> Finding:
    assert error.path is not None
    path = error.path.relative_to(home) if error.path.is_relative_to(home) else error.path
    return Finding(
        message=error.message,
        place=f"{path}:{error.line or 1}",
        subject=error.path.name,
        cure=error.cure,
    )
