"""From SPARQL to rules: rdflib's algebra, read by a list of what is allowed; all else refused."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final, NoReturn

from rdflib import BNode, URIRef, Variable
from rdflib import Literal as RdflibLiteral

from axiskg.namespaces import PROVENANCE_GRAPH
from axiskg.reasoning.groups import Group, check_connected, finished, opened
from axiskg.reasoning.ir import (
    PROVENANCE,
    Absent,
    Atom,
    Compare,
    Const,
    Either,
    Kind,
    Member,
    Mint,
    Not,
    Origin,
    Piece,
    Quoted,
    Rule,
    Term,
    Test,
    ValueRows,
    Var,
    relation_of,
    terms_of_test,
)
from axiskg.reasoning.parsing import NOT_ALLOWED, Refuse, parsed
from axiskg.reasoning.paths import Paths
from axiskg.reasoning.rules import RuleFile
from axiskg.reasoning.terms import is_literal, literal_text, short, values

__all__ = ["rules_of"]

MAX_CHOICES: Final = 200
_MODIFIERS: Final = {
    "Slice": ("LIMIT or OFFSET", r"\b(limit|offset)\b"),
    "OrderBy": ("ORDER BY", r"\border\b"),
    "Distinct": ("DISTINCT", r"\bdistinct\b"),
    "Reduced": ("REDUCED", r"\breduced\b"),
    "Group": ("GROUP BY", r"\bgroup\b"),
    "AggregateJoin": ("an aggregate", r"\b(count|sum|min|max|avg|sample|group_concat)\b"),
    "ServiceGraphPattern": ("SERVICE", r"\bservice\b"),
}


def rules_of(file: RuleFile) -> tuple[Rule, ...]:
    """The rules of one file, helpers of its paths included: one for each template triple and
    alternative. Raises `RuleError` with the line and the cure for all that is not allowed."""
    return _Reader(file).rules()


class _Reader:
    def __init__(self, file: RuleFile) -> None:
        self.file = file
        self.refuse = Refuse(file)
        self.paths = Paths(self.refuse)
        self.in_absent = False

    # the whole query

    def rules(self) -> tuple[Rule, ...]:
        query = parsed(self.file, self.refuse)
        body = query.p
        if body.name == "Project":
            body = body.p
        found: list[Rule] = []
        alternatives = [
            finished(group, self.refuse) for whole in self.groups(body) for group in opened(whole)
        ]
        origin = Origin(
            self.file.name,
            self.file.label,
            self.file.description,
            self.file.category,
            self.file.path,
        )
        for s, p, o in query.template:
            for group in alternatives:
                head = self.head(s, p, o, group)
                check_connected(group, self.refuse)
                found.append(
                    Rule(
                        origin,
                        len(found),
                        head,
                        tuple(group.atoms),
                        tuple(group.quoted),
                        tuple(group.absent),
                        tuple(group.tests),
                        tuple(group.values),
                        tuple(group.mints),
                        self.file.confidence,
                    )
                )
        return tuple(found) + tuple(rule for rules in self.paths.helpers.values() for rule in rules)

    def head(self, s: Any, p: Any, o: Any, group: Group) -> Atom:
        if isinstance(s, BNode) or isinstance(o, BNode):
            self.refuse(
                "a blank node in the template would make a new node in every run",
                "name it with BIND(IRI(CONCAT(...)))",
                r"_:|\[",
            )
        if not isinstance(p, URIRef):
            self.refuse_open(f"?{p}", "property", rf"\?{p}\b")
        if isinstance(s, RdflibLiteral):
            self.refuse("a literal is no subject", "turn the triple round", re.escape(str(s)))
        subject, obj = self.term(s, group), self.term(o, group)
        for written, term in ((s, subject), (o, obj)):
            if isinstance(term, Var) and term not in group.bound():
                self.refuse(
                    f"?{written} is in the template but not in the body",
                    f"let the body bind ?{written}, or leave it out",
                    rf"[?$]{written}\b",
                )
        relation = relation_of(str(p), obj)
        if relation.kind is Kind.ANY_TYPE:
            self.refuse_open(f"?{o}", "class", rf"\?{o}\b")
        return Atom(relation, subject, obj)

    def term(self, value: Any, group: Group | None = None) -> Term:
        if isinstance(value, Variable):
            term = Var(str(value))
            return term if group is None else group.stands_for(term)
        if isinstance(value, BNode):
            return Var(f"_{value}")
        if isinstance(value, URIRef):
            return Const(str(value))
        if isinstance(value, RdflibLiteral):
            datatype = None if value.datatype is None else str(value.datatype)
            return Const(literal_text(str(value), datatype, value.language))
        return self.refuse(f"{value} {NOT_ALLOWED}", "write an IRI, a literal or a variable")

    # group graph patterns

    def groups(self, node: Any) -> list[Group]:
        """The alternatives of a pattern (UNION multiplied out)."""
        match node.name:
            case "BGP":
                group = Group()
                for s, p, o in node.triples:
                    self.add_pattern(group, s, p, o)
                return [group]
            case "Join":
                right = self.groups(node.p2)
                return [a.joined(b) for a in self.groups(node.p1) for b in right]
            case "Union":
                return self.groups(node.p1) + self.groups(node.p2)
            case "Filter":
                return [self.filtered(group, node.expr) for group in self.groups(node.p)]
            case "Extend":
                return [self.extended(group, node) for group in self.groups(node.p)]
            case "ToMultiSet" if node.p.name == "values":
                return [Group(values=[self.value_rows(node.p.res)])]
            case "Graph":
                return [self.graph(node)]
            case "LeftJoin":
                self.refuse("a rule has no optional part", "write two rules", r"\boptional\b")
            case "Minus":
                self.refuse(f"MINUS {NOT_ALLOWED}", "use FILTER NOT EXISTS", r"\bminus\b")
            case "ToMultiSet":
                self.refuse(
                    f"a sub-SELECT {NOT_ALLOWED}",
                    "write its pattern into the body, or into a rule of its own",
                    r"\bselect\b",
                )
            case name if name in _MODIFIERS:
                what, pattern = _MODIFIERS[name]
                self.refuse(f"{what} {NOT_ALLOWED}", "leave it out, or ask a query", pattern)
            case name:
                return self.refuse(
                    f"{name} {NOT_ALLOWED}", "use patterns, FILTER, BIND, VALUES and UNION"
                )
        return None

    def add_pattern(self, group: Group, s: Any, p: Any, o: Any) -> None:
        if isinstance(p, Variable):
            self.refuse_open(f"?{p}", "property", rf"[?$]{p}\b")
        group.atoms.extend(self.paths.atoms(self.term(s), p, self.term(o)))

    def graph(self, node: Any) -> Group:
        if self.in_absent:
            self.refuse(
                "GRAPH is not allowed in NOT EXISTS",
                "write a rule for the pattern, and ask for the absence of its conclusion",
                r"\bgraph\b",
            )
        if node.p.name != "BGP":
            self.refuse(
                "GRAPH holds triple patterns only",
                "write the rest outside its braces",
                r"\bgraph\b",
            )
        group = Group()
        if isinstance(node.term, URIRef):
            if str(node.term) != PROVENANCE_GRAPH:
                self.refuse(
                    f"GRAPH names a variable or {short(PROVENANCE_GRAPH)}, not {node.term}",
                    "leave GRAPH out; which statements a rule reads is chosen when it runs",
                    r"\bgraph\b",
                )
            for s, p, o in node.p.triples:
                if not isinstance(p, URIRef):
                    self.refuse(
                        "the provenance graph is read by properties, not by paths or variables",
                        "name one property",
                        r"\bgraph\b",
                    )
                group.atoms.append(Atom(PROVENANCE(str(p)), self.term(s), self.term(o)))
            return group
        if len(node.p.triples) != 1:
            self.refuse(
                "GRAPH ?st holds one triple pattern, for a statement is one graph",
                "write a GRAPH for each pattern",
                r"\bgraph",
            )
        s, p, o = node.p.triples[0]
        if not isinstance(p, URIRef):
            self.refuse(
                "GRAPH ?st with a path or a variable property can't say which statement",
                "name one property",
                r"\bgraph\b",
            )
        group.quoted.append(Quoted(Var(str(node.term)), str(p), self.term(s), self.term(o)))
        return group

    def value_rows(self, rows: list[dict[Any, Any]]) -> ValueRows:
        names = tuple(dict.fromkeys(name for row in rows for name in row))
        table = []
        for row in rows:
            cells = [row.get(name, "UNDEF") for name in names]
            table.append(
                tuple(
                    None
                    if type(cell) is str or not isinstance(cell, URIRef | RdflibLiteral)
                    else self.const(cell)
                    for cell in cells
                )
            )
        if any(cell is None for row in table for cell in row):
            self.refuse(f"UNDEF {NOT_ALLOWED}", "write two rules", r"\bundef\b")
        return ValueRows(tuple(Var(str(name)) for name in names), tuple(table))

    def const(self, value: Any) -> Const:
        term = self.term(value)
        if isinstance(term, Var):
            self.refuse(
                f"?{term.name} stands where a constant must",
                "write the constant",
                rf"[?$]{term.name}\b",
            )
        return term

    def extended(self, group: Group, node: Any) -> Group:
        variable = Var(str(node.var))
        expr = node.expr
        bound = group.bound()
        if isinstance(expr, Variable | URIRef | RdflibLiteral):
            term = self.term(expr)
            if isinstance(term, Var) and term not in bound:
                self.refuse_unbound(term)
            group.binds[variable] = term
            return group
        name = getattr(expr, "name", "")
        if name not in ("Builtin_IRI", "Builtin_URI"):
            self.refuse_function(expr)
        inner = expr.arg
        args = inner.arg if getattr(inner, "name", "") == "Builtin_CONCAT" else [inner]
        pieces = tuple(self.piece(arg, bound) for arg in args)
        if not any(piece.variable for piece in pieces):
            group.binds[variable] = Const("".join(piece.text for piece in pieces))
            return group
        group.mints.append(Mint(variable, pieces))
        return group

    def piece(self, arg: Any, bound: set[Var]) -> Piece:
        if isinstance(arg, RdflibLiteral):
            return Piece(text=str(arg))
        name = getattr(arg, "name", "")
        if name == "Builtin_STR" and isinstance(arg.arg, Variable):
            variable = Var(str(arg.arg))
            if variable not in bound:
                self.refuse_unbound(variable)
            return Piece(variable=variable)
        if name == "Builtin_STRAFTER" and isinstance(arg.arg2, RdflibLiteral):
            return replace(self.piece(arg.arg1, bound), after=str(arg.arg2))
        return self.refuse_function(arg)

    def refuse_function(self, expr: Any) -> NoReturn:
        name = getattr(expr, "name", str(expr)).removeprefix("Builtin_")
        if name.startswith("Aggregate_"):
            self.refuse(
                f"an aggregate {NOT_ALLOWED}",
                "count in a query over the conclusions",
                name.removeprefix("Aggregate_"),
            )
        if name == "EXISTS":
            self.refuse(
                f"FILTER EXISTS {NOT_ALLOWED}",
                "write the pattern in the body, so that the proof shows it",
                r"\bexists\b",
            )
        self.refuse(
            f"{name} is not allowed, for the result must depend on the data only",
            "use the tests and IRI(CONCAT(...)) of the rule language",
            rf"\b{re.escape(name)}\b",
        )

    def refuse_open(self, written: str, kind: str, pattern: str) -> NoReturn:
        plural = {"class": "classes", "property": "properties"}[kind]
        self.refuse(
            f"{written} stands for any {kind}, and rules are ordered by their {plural}",
            f"name the {kind}, or write one rule per {kind}",
            pattern,
        )

    def refuse_unbound(self, variable: Var) -> NoReturn:
        self.refuse(
            f"?{variable.name} is not bound inside these braces, and SPARQL would give nothing",
            f"bind ?{variable.name} inside them, or move the FILTER or BIND out",
            rf"(filter|bind).*[?$]{variable.name}\b",
        )

    # filters

    def filtered(self, group: Group, expr: Any) -> Group:
        copy = group.joined(Group())
        for part in self.conjuncts(expr):
            if getattr(part, "name", "") == "Builtin_NOTEXISTS":
                copy.absent.extend(self.absences(part, copy.bound()))
                continue
            test = self.test(part)
            for term in terms_of_test(test):
                if isinstance(term, Var) and term not in copy.bound() and not self.in_absent:
                    self.refuse_unbound(term)
            copy.tests.append(test)
        return copy

    def conjuncts(self, expr: Any) -> list[Any]:
        if getattr(expr, "name", "") == "ConditionalAndExpression":
            return [part for e in [expr.expr, *expr.other] for part in self.conjuncts(e)]
        return [expr]

    def absences(self, expr: Any, outer: set[Var]) -> list[Absent]:
        if self.in_absent:
            self.refuse("NOT EXISTS inside NOT EXISTS", "write a rule for the inner one", r"exists")
        self.in_absent = True
        found = []
        for group in self.groups(expr.graph):
            if group.values or group.mints or group.binds:
                self.refuse(
                    "NOT EXISTS holds patterns and filters only",
                    "write BIND and VALUES outside its braces",
                    r"\bnot\s+exists\b",
                )
            if not group.atoms:
                self.refuse(
                    "NOT EXISTS needs a pattern", "write what must be absent", r"\bnot\s+exists\b"
                )
            known = outer | group.bound()
            for test in group.tests:
                for term in terms_of_test(test):
                    if isinstance(term, Var) and term not in known:
                        self.refuse_unbound(term)
            found.append(Absent(tuple(group.atoms), tuple(group.tests)))
        self.in_absent = False
        return found

    def test(self, expr: Any) -> Test:
        match getattr(expr, "name", ""):
            case "ConditionalAndExpression":
                return Either("and", tuple(self.test(e) for e in [expr.expr, *expr.other]))
            case "ConditionalOrExpression":
                return Either("or", tuple(self.test(e) for e in [expr.expr, *expr.other]))
            case "UnaryNot":
                if getattr(expr.expr, "name", "") == "Builtin_EXISTS":
                    self.refuse(f"! EXISTS {NOT_ALLOWED}", "write FILTER NOT EXISTS", r"!\s*exists")
                return Not(self.test(expr.expr))
            case "Builtin_sameTerm":
                return Compare("sameTerm", self.operand(expr.arg1), self.operand(expr.arg2))
            case "RelationalExpression":
                return self.relational(expr)
            case "Builtin_NOTEXISTS":
                return self.refuse(
                    "NOT EXISTS stands alone in its FILTER, not in || or !",
                    "write a FILTER for it, or two rules",
                    r"exists",
                )
            case _:
                return self.refuse_function(expr)

    def relational(self, expr: Any) -> Test:
        op, left = str(expr.op), self.operand(expr.expr)
        if op in ("IN", "NOT IN"):
            choices = list(expr.other)
            if len(choices) > MAX_CHOICES:
                self.refuse(
                    f"IN over {len(choices)} terms, more than {MAX_CHOICES}",
                    "put the set in the data as a class",
                    r"\bin\s*\(",
                )
            terms = tuple(self.const(choice) for choice in choices)
            if any(is_literal(term.text) for term in (*terms, left) if isinstance(term, Const)):
                self.refuse_literal_equality()
            return Member(left, terms, op == "NOT IN")
        right = self.operand(expr.other)
        literals = [t for t in (left, right) if isinstance(t, Const) and is_literal(t.text)]
        if op in ("=", "!=") and literals:
            self.refuse_literal_equality()
        if op in ("<", "<=", ">", ">="):
            for term in (left, right):
                if isinstance(term, Const) and all(v is None for v in values(term.text)[1:]):
                    self.refuse(
                        f"{short(term.text)} is neither a number nor a date, and < and > compare"
                        " those only",
                        "compare with a number or a date",
                        re.escape(op),
                    )
        return Compare(op, left, right)

    def refuse_literal_equality(self) -> NoReturn:
        self.refuse(
            "= on a literal compares values, not terms", "use sameTerm, < or >", r"=|\bin\s*\("
        )

    def operand(self, expr: Any) -> Term:
        if isinstance(expr, Variable | URIRef | RdflibLiteral):
            return self.term(expr)
        return self.refuse_function(expr)
