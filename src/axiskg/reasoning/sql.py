"""Rules as SQL, built as sqlglot expressions and written in the dialect that is asked for.

Tables of pairs have the columns `c0, c1` (terms), `conf`, `h` (height: 0 for what is asserted) and
`asserted`. Terms are integers; literals are negative, so that a subject is never one by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from axiskg.reasoning.ir import (
    Absent,
    Atom,
    Compare,
    Const,
    Either,
    Kind,
    Member,
    Mint,
    Not,
    Piece,
    Relation,
    Rule,
    Term,
    Test,
    Var,
)

__all__ = ["BOUND", "RUN", "Body", "Naming", "column", "number", "written"]

RUN: Final = "run_schema_"
"""Stands for the schema of a run in a template; `Evaluation.placed` fills it in."""

BOUND: Final = "bound_"
"""Stands, with a number, for the value of a variable that is given."""

Expr = exp.Expr


@dataclass(frozen=True, slots=True)
class Naming:
    """How relations and terms are called in the database."""

    table: Callable[[Relation], str | None]
    """The name of a relation's table in templates; None when it is empty."""
    term: Callable[[str], int]


def written(expression: Expr, dialect: str = "duckdb") -> str:
    """A template: SQL text with `RUN` and `BOUND` places."""
    return expression.sql(dialect=dialect)


def column(table: str, name: str) -> exp.Column:
    """`table.name`."""
    return exp.Column(this=exp.to_identifier(name), table=exp.to_identifier(table))


def number(value: float) -> exp.Literal | exp.Neg:
    """A number."""
    return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))


def text(value: str) -> exp.Literal:
    """A string."""
    return exp.Literal.string(value)


def function(name: str, *arguments: Expr) -> Expr:
    """A function by its name."""
    return exp.Anonymous(this=name, expressions=list(arguments))


class Body:
    """FROM and WHERE of one rule's body, and the columns of its variables.

    `possible` is false when a relation of the body is empty, so that there is no match at all.
    """

    def __init__(
        self,
        rule: Rule,
        naming: Naming,
        *,
        replaced: Mapping[int, str] | None = None,
        bound: Sequence[Var] = (),
    ) -> None:
        self.rule, self.naming = rule, naming
        self.possible = True
        self.tables: list[exp.Table] = []
        self.outer_joins: list[tuple[exp.Table, Expr]] = []
        self.conditions: list[Expr] = []
        self.columns: dict[Var, Expr] = {}
        self.confidences: list[Expr] = []
        self.heights: list[Expr] = []
        self.resources: set[Var] = set()
        self.literals: dict[Var, str] = {}
        for index, variable in enumerate(bound):
            self.columns[variable] = exp.column(f"{BOUND}{index}_")
        for index, atom in enumerate(rule.atoms):
            self.atom(index, atom, (replaced or {}).get(index))
        for index, quote in enumerate(rule.quoted):
            self.quoted(index, quote.statement, quote.prop, quote.s, quote.o)
        for index, rows in enumerate(rule.values):
            self.values(index, rows.variables, rows.rows)
        for mint in rule.mints:
            self.mint(mint)
        for test in rule.tests:
            self.conditions.append(self.test(test))
        for index, absent in enumerate(rule.absent):
            self.absent(index, absent)

    # parts of the body

    def place(self, name: str, alias: str, *, in_run: bool = True) -> None:
        self.tables.append(_table(name, alias, in_run=in_run))

    def equal(self, term: Term, found: Expr) -> None:
        if isinstance(term, Const):
            wanted = number(self.naming.term(term.text))
            self.conditions.append(exp.EQ(this=found, expression=wanted))
        elif term in self.columns:
            self.conditions.append(exp.EQ(this=found, expression=self.columns[term].copy()))
        else:
            self.columns[term] = found

    def atom(self, index: int, atom: Atom, replaced: str | None) -> None:
        alias = f"a{index}"
        if atom.relation.kind is Kind.PROVENANCE:
            self.place("prov", alias, in_run=False)
            prop = number(self.naming.term(atom.relation.name))
            self.conditions.append(exp.EQ(this=column(alias, "p"), expression=prop))
            self.equal(atom.s, column(alias, "s"))
            self.equal(atom.o, column(alias, "o"))
            return
        name = replaced or self.naming.table(atom.relation)
        if name is None:
            self.possible, name = False, "empty"
        self.place(name, alias)
        self.equal(atom.s, column(alias, "c0"))
        if atom.relation.kind is not Kind.CLASS:
            self.equal(atom.o, column(alias, "c1"))
        self.confidences.append(column(alias, "conf"))
        self.heights.append(column(alias, "h"))
        if isinstance(atom.s, Var) and atom.relation.kind is not Kind.HELPER:
            self.resources.add(atom.s)

    def quoted(self, index: int, statement: Var, prop: str, s: Term, o: Term) -> None:
        alias = f"q{index}"
        self.place("quoted", alias)
        self.conditions.append(
            exp.EQ(this=column(alias, "p"), expression=number(self.naming.term(prop)))
        )
        self.equal(s, column(alias, "s"))
        self.equal(o, column(alias, "o"))
        self.equal(statement, column(alias, "st"))
        self.confidences.append(column(alias, "conf"))
        self.heights.append(number(0))
        self.resources.update(v for v in (s, statement) if isinstance(v, Var))

    def values(
        self, index: int, variables: Sequence[Var], rows: Sequence[Sequence[Const | None]]
    ) -> None:
        alias = f"w{index}"
        names = [f"k{n}" for n in range(len(variables))]
        tuples = [
            exp.Tuple(expressions=[number(self.naming.term(c.text)) for c in row if c is not None])
            for row in dict.fromkeys(rows)
        ]
        self.tables.append(
            exp.Values(
                expressions=tuples,
                alias=exp.TableAlias(
                    this=exp.to_identifier(alias), columns=[exp.to_identifier(n) for n in names]
                ),
            )  # type: ignore[arg-type]
        )
        for variable, name in zip(variables, names, strict=True):
            self.equal(variable, column(alias, name))

    def mint(self, mint: Mint) -> None:
        """Join the term whose text is the minted IRI; it must be in the dictionary by then."""
        alias = f"m{len(self.tables)}"
        minted = self.minted(mint)
        self.place("term", alias, in_run=False)
        self.conditions.append(exp.EQ(this=column(alias, "text"), expression=minted))
        self.equal(mint.variable, column(alias, "id"))
        self.resources.add(mint.variable)

    def minted(self, mint: Mint) -> Expr:
        """The text that a mint makes."""
        made = self.piece(mint.pieces[0])
        for piece in mint.pieces[1:]:
            made = exp.DPipe(this=made, expression=self.piece(piece))
        return made

    def piece(self, piece: Piece) -> Expr:
        if piece.variable is None:
            return text(piece.text)
        alias = f"t{len(self.tables)}"
        self.place("term", alias, in_run=False)
        self.conditions.append(
            exp.EQ(this=column(alias, "id"), expression=self.columns[piece.variable].copy())
        )
        made: Expr = function("str_of", column(alias, "text"))
        if piece.after is None:
            return made
        at = function("strpos", made.copy(), text(piece.after))
        rest = function(
            "substr",
            made,
            exp.Add(this=at.copy(), expression=number(len(piece.after))),
        )
        return exp.Case(
            ifs=[exp.If(this=exp.GT(this=at, expression=number(0)), true=rest)],
            default=text(""),
        )

    # tests

    def value(self, term: Term) -> Expr:
        if isinstance(term, Const):
            return number(self.naming.term(term.text))
        return self.columns[term].copy()

    def typed(self, term: Term, names: Sequence[str]) -> list[Expr]:
        """The number, day and moment of a term, null where it has none."""
        if isinstance(term, Var):
            key = term
        else:
            key = Var(f'"{term.text}')
            self.columns.setdefault(key, number(self.naming.term(term.text)))
        if key not in self.literals:
            alias = f"l{len(self.literals)}"
            self.literals[key] = alias
            on = exp.EQ(this=column(alias, "id"), expression=self.columns[key].copy())
            self.outer_joins.append((_table("lit", alias, in_run=False), on))
        return [column(self.literals[key], name) for name in names]

    def is_resource(self, term: Term) -> bool:
        if isinstance(term, Const):
            return not term.text.startswith('"')
        return term in self.resources

    def test(self, test: Test) -> Expr:
        match test:
            case Not(inner):
                return exp.Not(this=exp.Paren(this=self.test(inner)))
            case Either(op, tests):
                made: Expr = exp.Paren(this=self.test(tests[0]))
                for inner in tests[1:]:
                    kind = exp.Or if op == "or" else exp.And
                    made = kind(this=made, expression=exp.Paren(this=self.test(inner)))
                return exp.Paren(this=made)
            case Member(term, choices, negated):
                inside = exp.In(this=self.value(term), expressions=[self.value(c) for c in choices])
                return exp.Not(this=inside) if negated else inside
            case Compare("sameTerm", left, right):
                return exp.EQ(this=self.value(left), expression=self.value(right))
            case Compare("sameTerm<", left, right):
                return exp.LT(this=self.value(left), expression=self.value(right))
            case Compare("=" | "!=" as op, left, right):
                return self.equality(op, left, right)
            case Compare(op, left, right):
                kinds = {"<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
                pairs = zip(
                    self.typed(left, ("num", "day", "moment")),
                    self.typed(right, ("num", "day", "moment")),
                    strict=True,
                )
                return _first([kinds[op](this=a, expression=b) for a, b in pairs])

    def equality(self, op: str, left: Term, right: Term) -> Expr:
        """`=` and `!=` as SPARQL has them: resources by identity, literals by value.

        Two literals of which neither value is known are neither equal nor unequal, but for
        strings (SPARQL 1.1, 17.4.1.7).
        """
        kind = exp.EQ if op == "=" else exp.NEQ
        plain = kind(this=self.value(left), expression=self.value(right))
        if self.is_resource(left) or self.is_resource(right):
            return plain
        names = ("num", "day", "moment")
        pairs = zip(self.typed(left, names), self.typed(right, names), strict=True)
        by_value = [kind(this=a, expression=b) for a, b in pairs]
        strings = [self.typed(term, ("plain",))[0] for term in (left, right)]
        by_text = exp.Case(
            ifs=[exp.If(this=exp.And(this=strings[0], expression=strings[1]), true=plain.copy())]
        )
        literals = exp.And(
            this=exp.LT(this=self.value(left), expression=number(0)),
            expression=exp.LT(this=self.value(right), expression=number(0)),
        )
        different = exp.NEQ(this=self.value(left), expression=self.value(right))
        literals = exp.And(this=literals, expression=different)
        return exp.Case(
            ifs=[exp.If(this=literals, true=_first([*by_value, by_text]))], default=plain
        )

    def absent(self, index: int, absent: Absent) -> None:
        """NOT EXISTS over tables of lower strata; nothing to test when one of them is empty."""
        inner = Body.__new__(Body)
        inner.rule, inner.naming, inner.possible = self.rule, self.naming, True
        inner.tables, inner.outer_joins, inner.conditions = [], [], []
        inner.columns = dict(self.columns)
        inner.confidences, inner.heights = [], []
        inner.resources, inner.literals = set(self.resources), {}
        for number_, atom in enumerate(absent.atoms):
            name = self.naming.table(atom.relation)
            if name is None:
                return
            alias = f"n{index}_{number_}"
            inner.tables.append(_table(name, alias))
            inner.equal(atom.s, column(alias, "c0"))
            if atom.relation.kind is not Kind.CLASS:
                inner.equal(atom.o, column(alias, "c1"))
            if isinstance(atom.s, Var) and atom.relation.kind is not Kind.HELPER:
                inner.resources.add(atom.s)
        for test in absent.tests:
            inner.conditions.append(inner.test(test))
        # aliases of outer joins must differ from the outer query's
        query = inner.select([exp.alias_(number(1), "one")])
        for table in query.find_all(exp.Table):
            if table.name == "lit":
                _rename(query, table.alias, f"n{index}_{table.alias}")
        self.conditions.append(exp.Not(this=exp.Exists(this=query)))

    # the whole

    def head(self) -> tuple[Expr, Expr]:
        """The two columns of the head."""
        return self.value(self.rule.head.s), self.value(self.rule.head.o)

    def guard(self) -> None:
        """Drop solutions whose head subject is a literal, as CONSTRUCT does."""
        subject = self.rule.head.s
        if isinstance(subject, Var) and subject not in self.resources:
            if self.rule.head.relation.kind is Kind.HELPER:
                return
            self.conditions.append(exp.GT(this=self.value(subject), expression=number(0)))

    def confidence(self, along: str) -> Expr:
        """The confidence of one derivation: the least of its premises, or their product."""
        parts = [part.copy() for part in self.confidences]
        if self.rule.confidence < 1 or not parts:
            parts.append(number(self.rule.confidence))
        if along == "product":
            made = parts[0]
            for part in parts[1:]:
                made = exp.Mul(this=made, expression=part)
            return exp.Cast(this=made, to=exp.DataType.build("DOUBLE"))
        made = parts[0] if len(parts) == 1 else exp.Least(this=parts[0], expressions=parts[1:])
        return exp.Cast(this=made, to=exp.DataType.build("DOUBLE"))

    def height(self) -> Expr:
        """One more than the highest premise."""
        parts = [part.copy() for part in self.heights] or [number(0)]
        top = parts[0] if len(parts) == 1 else exp.Greatest(this=parts[0], expressions=parts[1:])
        return exp.Add(this=top, expression=number(1))

    def derivations(self, along: str, *, bindings: bool = True) -> exp.Select:
        """`h0, h1, v0, v1, …, conf, h`: one row a derivation."""
        self.guard()
        first, second = self.head()
        columns = [exp.alias_(_int(first), "h0"), exp.alias_(_int(second), "h1")]
        if bindings:
            columns += [
                exp.alias_(_int(self.columns[variable].copy()), f"v{n}")
                for n, variable in enumerate(self.rule.variables())
            ]
        columns += [exp.alias_(self.confidence(along), "conf"), exp.alias_(self.height(), "h")]
        return self.select(columns)

    def select(self, columns: Sequence[Expr]) -> exp.Select:
        """The body as a query for these columns."""
        query = exp.Select(expressions=list(columns))
        for index, table in enumerate(self.tables):
            if index == 0:
                query.set("from_", exp.From(this=table))
            else:
                query.append("joins", exp.Join(this=table, kind="CROSS"))
        for table, on in self.outer_joins:
            query.append("joins", exp.Join(this=table, side="LEFT", on=on))
        if self.conditions:
            condition = self.conditions[0].copy()
            for other in self.conditions[1:]:
                condition = exp.And(this=condition, expression=other.copy())
            query.set("where", exp.Where(this=condition))
        return query


def _table(name: str, alias: str, *, in_run: bool = True) -> exp.Table:
    schema, _, local = name.rpartition(".")
    if in_run and not schema:
        schema = RUN
    return exp.Table(
        this=exp.to_identifier(local),
        db=exp.to_identifier(schema) if schema else None,
        alias=exp.TableAlias(this=exp.to_identifier(alias)),
    )


def _int(value: Expr) -> Expr:
    return (
        exp.Cast(this=value, to=exp.DataType.build("INT"))
        if isinstance(value, exp.Literal | exp.Neg)
        else value
    )


def _first(choices: list[Expr]) -> Expr:
    return exp.Coalesce(this=choices[0], expressions=choices[1:])


def _rename(query: Expr, old: str, new: str) -> None:
    for table in query.find_all(exp.Table):
        if table.alias == old:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(new)))
    for found in query.find_all(exp.Column):
        if found.table == old:
            found.set("table", exp.to_identifier(new))
