"""The SPARQL of a rule file, parsed, and how what a rule may not hold is refused.

rdflib keeps no positions, so the line in a refusal is that of the first text that looks like the
cause.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from pyparsing import ParseBaseException
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.sparql import SPARQLError

from axiskg.errors import RuleError
from axiskg.reasoning.rules import RuleFile, line_of

__all__ = ["NOT_ALLOWED", "Refuse", "parsed"]

NOT_ALLOWED: Final = "is not allowed in a rule"
_CONSTRUCT: Final = "write CONSTRUCT { … } WHERE { … }"


@dataclass(frozen=True, slots=True)
class Refuse:
    """Refuses a part of a rule file: never returns."""

    file: RuleFile

    def __call__(self, message: str, cure: str, pattern: str | None = None) -> NoReturn:
        """Raise `RuleError` with the first line that matches the pattern, else CONSTRUCT's."""
        lines = self.file.text.splitlines()
        line = None if pattern is None else line_of(lines, pattern, code=True)
        if line is None:
            line = line_of(lines, r"\bconstruct\b", code=True) or 1
        raise RuleError(message, cure, path=self.file.path, line=line)

    def syntax(self, error: Exception) -> NoReturn:
        """Raise `RuleError` for what the parser said."""
        line: int | None = error.lineno if isinstance(error, ParseBaseException) else 1
        message, cure = str(error).split("\n")[0], "correct the query"
        if unknown := re.search(r"Unknown namespace prefix : ([\w-]+)", message):
            message = f"the prefix {unknown[1]}: is not declared"
            cure = f"declare it: PREFIX {unknown[1]}: <…>"
            lines = self.file.text.splitlines()
            line = line_of(lines, rf"\b{re.escape(unknown[1])}:", code=True) or 1
        raise RuleError(f"not SPARQL: {message}", cure, path=self.file.path, line=line) from error


def parsed(file: RuleFile, refuse: Refuse) -> Any:
    """The algebra of a rule file: one CONSTRUCT over no named dataset, with a template."""
    code = _code(file.text)
    for pattern, message, cure in (
        (r"\{\s*\d*\s*,\s*\d*\s*\}", f"a path {{n,m}} {NOT_ALLOWED}", "write p|p/p|p/p/p"),
        (r"\binsert\b|\bdelete\b", "a rule is one CONSTRUCT, not an update", _CONSTRUCT),
    ):
        if re.search(pattern, code, re.IGNORECASE):
            refuse(message, cure, pattern)
    if re.search(r"construct\s+where\b", code, re.IGNORECASE):
        refuse(f"CONSTRUCT WHERE {NOT_ALLOWED}", "write the template out", "where")
    query = _algebra(file, refuse)
    if query.name != "ConstructQuery":
        form = query.name.removesuffix("Query").upper()
        refuse(f"a rule is one CONSTRUCT, not {form}", _CONSTRUCT, r"\w")
    if query.datasetClause is not None:
        refuse(
            f"FROM {NOT_ALLOWED}",
            "leave it out; which statements a rule reads is chosen when it runs",
            r"\bfrom\b",
        )
    if not query.template:
        refuse("the template has no triple", "write what follows", r"\bconstruct\b")
    return query


def _code(text: str) -> str:
    """The text without comments, strings and IRIs, for searching by keyword."""
    text = re.sub(r"<[^<>\s]*>|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", " ", text)
    return re.sub(r"#.*", " ", text)


def _algebra(file: RuleFile, refuse: Refuse) -> Any:
    try:
        return translateQuery(parseQuery(file.text)).algebra
    except (ParseBaseException, SPARQLError, ValueError) as error:
        refuse.syntax(error)
    except RecursionError:
        refuse("nested too deeply", "write several rules", r"\w")
    except Exception as error:
        if type(error) is not Exception:
            raise
        refuse.syntax(error)  # a bare one: an unknown prefix, wrong use of SELECT *, ...
