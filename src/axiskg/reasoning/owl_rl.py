"""OWL 2 RL: the axioms of an ontology as rules of the same kind as those of rule files.

The names are those of the tables in OWL 2 Profiles (4.3). Rules over variable properties become one
rule for each axiom, which names it: a proof shows the axiom that it used. Equality (`owl:sameAs`)
is off by default; then a functional property with two values is reported, not merged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from pyoxigraph import Triple

from axiskg.namespaces import AXIS, PREFIXES
from axiskg.reasoning.ir import (
    RDF_TYPE,
    Atom,
    Compare,
    Const,
    Kind,
    Mode,
    Origin,
    Relation,
    Rule,
    Term,
    Test,
    Var,
    Violation,
)
from axiskg.reasoning.terms import is_literal, lexical, short, text_of

__all__ = ["OwlProfile", "axioms_of"]

OWL: Final = PREFIXES["owl"]
RDF: Final = PREFIXES["rdf"]
RDFS: Final = PREFIXES["rdfs"]
XSD: Final = PREFIXES["xsd"]
SAME: Final = Relation(Kind.PROPERTY, OWL + "sameAs")

X, Y, Z, V, W = (Var(name) for name in "xyzvw")
Axiom = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class OwlProfile:
    """Which part of OWL 2 RL a reasoner applies.

    `instances`: what follows for individuals. `same_as`: equality, and what functional properties
    and keys then merge; it needs the names of all properties and classes of the facts.
    `schema`: also the entailments between the axioms themselves (the scm- rules).
    """

    instances: bool = True
    same_as: bool = False
    schema: bool = False


def prop(name: str) -> Relation:
    """The relation of a property."""
    return Relation(Kind.PROPERTY, name)


def cls(name: str) -> Relation:
    """The relation of a class."""
    return Relation(Kind.CLASS, name)


def axioms_of(
    ontology: Iterable[Triple],
    profile: OwlProfile,
    *,
    properties: Iterable[str] = (),
    classes: Iterable[str] = (),
) -> tuple[tuple[Rule, ...], tuple[Violation, ...], frozenset[str]]:
    """The rules and violations of an ontology, and the AxisKG terms that it describes."""
    axioms = _Axioms(ontology)
    rules: list[Rule] = []
    violations: list[Violation] = []
    if profile.instances:
        rules += axioms.instance_rules()
        violations += axioms.violations(profile.same_as)
    if profile.same_as:
        rules += axioms.merging_rules()
        named = {rule.head.relation for rule in rules}
        named |= {a.relation for rule in rules for a in rule.atoms}
        named |= {prop(p) for p in properties if p != RDF_TYPE} | {cls(c) for c in classes}
        rules += equality_rules(sorted(named))
    if profile.schema:
        rules += schema_rules()
        rules += axioms.list_schema_rules()
    unique = {(r.head, r.atoms, r.tests): r for r in reversed(rules)}
    return tuple(reversed(unique.values())), tuple(violations), axioms.terms


class _Axioms:
    """The axioms of an ontology, by property and subject, lists resolved."""

    def __init__(self, ontology: Iterable[Triple]) -> None:
        self.objects: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for triple in ontology:
            s, p, o = (text_of(t) for t in (triple.subject, triple.predicate, triple.object))
            self.objects[p][s].append(o)
        self.terms = frozenset(
            s for by_subject in self.objects.values() for s in by_subject if s.startswith(AXIS)
        )
        self.number = 0

    def pairs(self, name: str) -> Iterator[tuple[str, str]]:
        for s, objects in self.objects[name].items():
            for o in objects:
                yield s, o

    def typed(self, name: str) -> Iterator[str]:
        for s, objects in self.objects[RDF_TYPE].items():
            if name in objects:
                yield s

    def value(self, s: str, name: str) -> str | None:
        found = self.objects[name].get(s)
        return found[0] if found else None

    def listed(self, head: str) -> list[str]:
        found: list[str] = []
        seen: set[str] = set()
        node: str | None = head
        while node is not None and node != RDF + "nil" and node not in seen:
            seen.add(node)
            first = self.value(node, RDF + "first")
            if first is not None:
                found.append(first)
            node = self.value(node, RDF + "rest")
        return found

    # rules

    def rule(
        self, name: str, axiom: Axiom, head: Atom, *atoms: Atom, tests: tuple[Test, ...] = ()
    ) -> Rule:
        self.number += 1
        origin = Origin(name, _said(axiom), category="OWL 2 RL", axioms=(axiom,))
        return Rule(origin, self.number, head, atoms, tests=tests, mode=Mode.MATCHED)

    def instance_rules(self) -> Iterator[Rule]:
        for c, d in self.subclasses():
            axiom = (c, RDFS + "subClassOf", d)
            if c != d and d != OWL + "Thing":
                yield self.rule("cax-sco", axiom, is_a(X, d), is_a(X, c))
        for c, d in self.pairs(OWL + "equivalentClass"):
            axiom = (c, OWL + "equivalentClass", d)
            yield self.rule("cax-eqc1", axiom, is_a(X, d), is_a(X, c))
            yield self.rule("cax-eqc2", axiom, is_a(X, c), is_a(X, d))
        for p, q in self.pairs(RDFS + "subPropertyOf"):
            if p != q:
                axiom = (p, RDFS + "subPropertyOf", q)
                yield self.rule("prp-spo1", axiom, at(q, X, Y), at(p, X, Y))
        for p, q in self.pairs(OWL + "equivalentProperty"):
            axiom = (p, OWL + "equivalentProperty", q)
            yield self.rule("prp-eqp1", axiom, at(q, X, Y), at(p, X, Y))
            yield self.rule("prp-eqp2", axiom, at(p, X, Y), at(q, X, Y))
        for p, c in self.pairs(RDFS + "domain"):
            yield self.rule("prp-dom", (p, RDFS + "domain", c), is_a(X, c), at(p, X, Y))
        for p, c in self.pairs(RDFS + "range"):
            if not c.startswith(XSD) and c != RDFS + "Literal":
                yield self.rule("prp-rng", (p, RDFS + "range", c), is_a(Y, c), at(p, X, Y))
        for p, q in self.pairs(OWL + "inverseOf"):
            axiom = (p, OWL + "inverseOf", q)
            yield self.rule("prp-inv1", axiom, at(q, Y, X), at(p, X, Y))
            yield self.rule("prp-inv2", axiom, at(p, Y, X), at(q, X, Y))
        for p in self.typed(OWL + "SymmetricProperty"):
            axiom = (p, RDF_TYPE, OWL + "SymmetricProperty")
            yield self.rule("prp-symp", axiom, at(p, Y, X), at(p, X, Y))
        for p in self.typed(OWL + "TransitiveProperty"):
            axiom = (p, RDF_TYPE, OWL + "TransitiveProperty")
            yield self.rule("prp-trp", axiom, at(p, X, Y), at(p, X, Z), at(p, Z, Y))
        for p, head in self.pairs(OWL + "propertyChainAxiom"):
            chain = self.listed(head)
            middle = [X, *(Var(f"u{n}") for n in range(1, len(chain))), Y]
            atoms = [at(q, a, b) for q, a, b in zip(chain, middle, middle[1:], strict=False)]
            if atoms:
                axiom = (p, OWL + "propertyChainAxiom", head)
                yield self.rule("prp-spo2", axiom, at(p, X, Y), *atoms)
        yield from self.class_rules()

    def class_rules(self) -> Iterator[Rule]:
        for c, p in self.pairs(OWL + "onProperty"):
            for v in self.objects[OWL + "hasValue"].get(c, ()):
                axiom = (c, OWL + "hasValue", v)
                yield self.rule("cls-hv1", axiom, at(p, X, Const(v)), is_a(X, c))
                yield self.rule("cls-hv2", axiom, is_a(X, c), at(p, X, Const(v)))
            for d in self.objects[OWL + "someValuesFrom"].get(c, ()):
                axiom = (c, OWL + "someValuesFrom", d)
                if d == OWL + "Thing":
                    yield self.rule("cls-svf2", axiom, is_a(X, c), at(p, X, Y))
                elif not d.startswith(XSD):
                    yield self.rule("cls-svf1", axiom, is_a(X, c), at(p, X, Y), is_a(Y, d))
            for d in self.objects[OWL + "allValuesFrom"].get(c, ()):
                if not d.startswith(XSD):
                    axiom = (c, OWL + "allValuesFrom", d)
                    yield self.rule("cls-avf", axiom, is_a(Y, d), is_a(X, c), at(p, X, Y))
        for c, head in self.pairs(OWL + "intersectionOf"):
            axiom, members = (c, OWL + "intersectionOf", head), self.listed(head)
            if members:
                yield self.rule("cls-int1", axiom, is_a(X, c), *(is_a(X, d) for d in members))
            for d in members:
                yield self.rule("cls-int2", axiom, is_a(X, d), is_a(X, c))
        for c, head in self.pairs(OWL + "unionOf"):
            for d in self.listed(head):
                yield self.rule("cls-uni", (c, OWL + "unionOf", head), is_a(X, c), is_a(X, d))
        for c, head in self.pairs(OWL + "oneOf"):
            for i in self.listed(head):
                if not is_literal(i):
                    yield self.rule("cls-oo", (c, OWL + "oneOf", head), is_a(Const(i), c))

    def subclasses(self) -> list[tuple[str, str]]:
        """The asserted subclass axioms, and those between restrictions (scm-hv, -svf, -avf)."""
        given = list(self.pairs(RDFS + "subClassOf"))
        restrictions = list(self.pairs(OWL + "onProperty"))
        if len(restrictions) < 2:
            return given
        up = _closed({*given, *self._equivalent(OWL + "equivalentClass"), *self._members()})
        props = _closed(
            {
                *self.pairs(RDFS + "subPropertyOf"),
                *self._equivalent(OWL + "equivalentProperty"),
            }
        )
        found = list(given)
        while True:
            new = [pair for pair in self._between(restrictions, up, props) if pair not in up]
            if not new:
                return found
            found += new
            up = _closed(up | set(new))

    def _equivalent(self, name: str) -> Iterator[tuple[str, str]]:
        for c, d in self.pairs(name):
            yield c, d
            yield d, c

    def _members(self) -> Iterator[tuple[str, str]]:
        for c, head in self.pairs(OWL + "intersectionOf"):
            yield from ((c, d) for d in self.listed(head))
        for c, head in self.pairs(OWL + "unionOf"):
            yield from ((d, c) for d in self.listed(head))

    def _between(
        self,
        restrictions: Sequence[tuple[str, str]],
        up: set[tuple[str, str]],
        props: set[tuple[str, str]],
    ) -> Iterator[tuple[str, str]]:
        def below(a: str, b: str, order: set[tuple[str, str]]) -> bool:
            return a == b or (a, b) in order

        for c1, p1 in restrictions:
            for c2, p2 in restrictions:
                if c1 == c2:
                    continue
                for name in ("hasValue", "someValuesFrom", "allValuesFrom"):
                    for v1 in self.objects[OWL + name].get(c1, ()):
                        for v2 in self.objects[OWL + name].get(c2, ()):
                            if name == "hasValue":
                                good = v1 == v2 and (p1, p2) in props
                            elif name == "someValuesFrom":
                                good = (p1 == p2 and (v1, v2) in up) or (
                                    v1 == v2 and (p1, p2) in props
                                )
                            else:
                                good = (p1 == p2 and (v1, v2) in up) or (
                                    v1 == v2 and (p2, p1) in props
                                )
                            if good and not below(c1, c2, up):
                                yield c1, c2

    # equality

    def merging_rules(self) -> Iterator[Rule]:
        for p in self.typed(OWL + "FunctionalProperty"):
            axiom = (p, RDF_TYPE, OWL + "FunctionalProperty")
            yield self.rule("prp-fp", axiom, Atom(SAME, Y, Z), at(p, X, Y), at(p, X, Z))
        for p in self.typed(OWL + "InverseFunctionalProperty"):
            axiom = (p, RDF_TYPE, OWL + "InverseFunctionalProperty")
            yield self.rule("prp-ifp", axiom, Atom(SAME, X, Z), at(p, X, Y), at(p, Z, Y))
        for c, head in self.pairs(OWL + "hasKey"):
            keys = self.listed(head)
            atoms = [is_a(X, c), is_a(Y, c)]
            for n, p in enumerate(keys):
                atoms += [at(p, X, Var(f"k{n}")), at(p, Y, Var(f"k{n}"))]
            if keys:
                axiom = (c, OWL + "hasKey", head)
                yield self.rule("prp-key", axiom, Atom(SAME, X, Y), *atoms)
        for c, p, most in self._at_most():
            if most == 1:
                axiom = (c, OWL + "maxCardinality", '"1"')
                atoms = [is_a(X, c), at(p, X, Y), at(p, X, Z)]
                yield self.rule("cls-maxc2", axiom, Atom(SAME, Y, Z), *atoms)

    def _at_most(self) -> Iterator[tuple[str, str, int]]:
        for c, p in self.pairs(OWL + "onProperty"):
            for value in self.objects[OWL + "maxCardinality"].get(c, ()):
                if lexical(value) in ("0", "1"):
                    yield c, p, int(lexical(value))

    # what can't be

    def violation(
        self, name: str, axiom: Axiom, *atoms: Atom, tests: tuple[Test, ...] = ()
    ) -> Violation:
        return Violation(
            Origin(name, _said(axiom), category="inconsistency", axioms=(axiom,)), atoms, tests
        )

    def violations(self, same_as: bool) -> Iterator[Violation]:
        for c, d in self.disjoint("disjointWith", "AllDisjointClasses"):
            axiom = (c, OWL + "disjointWith", d)
            yield self.violation("cax-dw", axiom, is_a(X, c), is_a(X, d))
        for c, d in self.pairs(OWL + "complementOf"):
            axiom = (c, OWL + "complementOf", d)
            yield self.violation("cls-com", axiom, is_a(X, c), is_a(X, d))
        for p, q in self.disjoint("propertyDisjointWith", "AllDisjointProperties"):
            axiom = (p, OWL + "propertyDisjointWith", q)
            yield self.violation("prp-pdw", axiom, at(p, X, Y), at(q, X, Y))
        for p in self.typed(OWL + "IrreflexiveProperty"):
            axiom = (p, RDF_TYPE, OWL + "IrreflexiveProperty")
            yield self.violation("prp-irp", axiom, at(p, X, X))
        for p in self.typed(OWL + "AsymmetricProperty"):
            axiom = (p, RDF_TYPE, OWL + "AsymmetricProperty")
            yield self.violation("prp-asyp", axiom, at(p, X, Y), at(p, Y, X))
        for c, p, most in self._at_most():
            if most == 0:
                axiom = (c, OWL + "maxCardinality", '"0"')
                yield self.violation("cls-maxc1", axiom, is_a(X, c), at(p, X, Y))
        for n in self.typed(OWL + "NegativePropertyAssertion"):
            s = self.value(n, OWL + "sourceIndividual")
            p = self.value(n, OWL + "assertionProperty") or ""
            o = self.value(n, OWL + "targetIndividual") or self.value(n, OWL + "targetValue")
            if s and p and o:
                axiom = (n, RDF_TYPE, OWL + "NegativePropertyAssertion")
                yield self.violation("prp-npa", axiom, at(p, Const(s), Const(o)))
        nothing = (OWL + "Nothing", RDF_TYPE, OWL + "Class")
        yield self.violation("cls-nothing2", nothing, is_a(X, OWL + "Nothing"))
        different = (OWL + "differentFrom", RDF_TYPE, OWL + "ObjectProperty")
        yield self.violation(
            "eq-diff1", different, Atom(SAME, X, Y), at(OWL + "differentFrom", X, Y)
        )
        if not same_as:
            for p in self.typed(OWL + "FunctionalProperty"):
                axiom = (p, RDF_TYPE, OWL + "FunctionalProperty")
                two = (Compare("sameTerm<", Y, Z),)
                yield self.violation("prp-fp", axiom, at(p, X, Y), at(p, X, Z), tests=two)
            for p in self.typed(OWL + "InverseFunctionalProperty"):
                axiom = (p, RDF_TYPE, OWL + "InverseFunctionalProperty")
                two = (Compare("sameTerm<", X, Z),)
                yield self.violation("prp-ifp", axiom, at(p, X, Y), at(p, Z, Y), tests=two)

    def disjoint(self, pairwise: str, all_of: str) -> Iterator[tuple[str, str]]:
        yield from self.pairs(OWL + pairwise)
        for n in self.typed(OWL + all_of):
            for head in self.objects[OWL + "members"].get(n, ()):
                yield from combinations(self.listed(head), 2)

    def list_schema_rules(self) -> Iterator[Rule]:
        for c, head in self.pairs(OWL + "intersectionOf"):
            for d in self.listed(head):
                axiom = (c, OWL + "intersectionOf", head)
                yield self.rule("scm-int", axiom, at(RDFS + "subClassOf", Const(c), Const(d)))
        for c, head in self.pairs(OWL + "unionOf"):
            for d in self.listed(head):
                axiom = (c, OWL + "unionOf", head)
                yield self.rule("scm-uni", axiom, at(RDFS + "subClassOf", Const(d), Const(c)))


def at(name: str, s: Term, o: Term) -> Atom:
    """An atom of a property."""
    return Atom(prop(name), s, o)


def is_a(s: Term, name: str) -> Atom:
    """An atom of a class."""
    return Atom(cls(name), s, Const(name))


def _said(axiom: Axiom) -> str:
    return " ".join(short(text) for text in axiom)


def _closed(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The transitive closure."""
    up: dict[str, set[str]] = defaultdict(set)
    for a, b in pairs:
        up[a].add(b)
    found: set[tuple[str, str]] = set()
    for start in list(up):
        seen: set[str] = set()
        stack = [start]
        while stack:
            for b in up.get(stack.pop(), ()):
                if b not in seen:
                    seen.add(b)
                    stack.append(b)
        found.update((start, b) for b in seen)
    return found


def equality_rules(relations: Iterable[Relation]) -> Iterator[Rule]:
    """eq-sym, eq-trans, and eq-rep for each relation (eq-ref is left out: it says nothing)."""
    origin = Origin("eq", "owl:sameAs", category="OWL 2 RL")
    yield Rule(origin, 0, Atom(SAME, Y, X), (Atom(SAME, X, Y),), mode=Mode.MATCHED)
    yield Rule(origin, 1, Atom(SAME, X, Y), (Atom(SAME, X, Z), Atom(SAME, Z, Y)), mode=Mode.MATCHED)
    for n, relation in enumerate(relations):
        if relation == SAME or relation.kind not in (Kind.PROPERTY, Kind.CLASS):
            continue
        same = Atom(SAME, X, V)
        obj: Term = Const(relation.name) if relation.kind is Kind.CLASS else Y
        head, atom = Atom(relation, V, obj), Atom(relation, X, obj)
        yield Rule(origin, 2 * n + 2, head, (atom, same), mode=Mode.MATCHED)
        if relation.kind is Kind.PROPERTY:
            same = Atom(SAME, Y, W)
            head = Atom(relation, X, W)
            yield Rule(origin, 2 * n + 3, head, (Atom(relation, X, Y), same), mode=Mode.MATCHED)


def schema_rules() -> Iterator[Rule]:
    """The scm- rules over the axioms as facts."""
    sub, subp = RDFS + "subClassOf", RDFS + "subPropertyOf"
    eqc, eqp = OWL + "equivalentClass", OWL + "equivalentProperty"
    dom, rng = RDFS + "domain", RDFS + "range"
    on, thing, nothing = OWL + "onProperty", Const(OWL + "Thing"), Const(OWL + "Nothing")
    c, d, p, q = Var("c"), Var("d"), Var("p"), Var("q")
    is_class = is_a(c, OWL + "Class")
    table: list[tuple[str, Atom, tuple[Atom, ...]]] = [
        ("scm-cls", at(sub, c, c), (is_class,)),
        ("scm-cls", at(eqc, c, c), (is_class,)),
        ("scm-cls", at(sub, c, thing), (is_class,)),
        ("scm-cls", at(sub, nothing, c), (is_class,)),
        ("scm-sco", at(sub, X, Y), (at(sub, X, Z), at(sub, Z, Y))),
        ("scm-eqc1", at(sub, c, d), (at(eqc, c, d),)),
        ("scm-eqc1", at(sub, d, c), (at(eqc, c, d),)),
        ("scm-eqc2", at(eqc, c, d), (at(sub, c, d), at(sub, d, c))),
        ("scm-spo", at(subp, X, Y), (at(subp, X, Z), at(subp, Z, Y))),
        ("scm-eqp1", at(subp, p, q), (at(eqp, p, q),)),
        ("scm-eqp1", at(subp, q, p), (at(eqp, p, q),)),
        ("scm-eqp2", at(eqp, p, q), (at(subp, p, q), at(subp, q, p))),
        ("scm-dom1", at(dom, p, d), (at(dom, p, c), at(sub, c, d))),
        ("scm-dom2", at(dom, q, c), (at(dom, p, c), at(subp, q, p))),
        ("scm-rng1", at(rng, p, d), (at(rng, p, c), at(sub, c, d))),
        ("scm-rng2", at(rng, q, c), (at(rng, p, c), at(subp, q, p))),
    ]
    for kind in ("ObjectProperty", "DatatypeProperty"):
        typed = is_a(p, OWL + kind)
        table.append(("scm-op", at(subp, p, p), (typed,)))
        table.append(("scm-op", at(eqp, p, p), (typed,)))
    for name, value, turned in (
        ("scm-hv", "hasValue", False),
        ("scm-svf2", "someValuesFrom", False),
        ("scm-avf2", "allValuesFrom", True),
    ):
        atoms = (at(OWL + value, c, V), at(on, c, p), at(OWL + value, d, V), at(on, d, q))
        head = at(sub, d, c) if turned else at(sub, c, d)
        table.append((name, head, (*atoms, at(subp, p, q))))
    for name, value in (("scm-svf1", "someValuesFrom"), ("scm-avf1", "allValuesFrom")):
        atoms = (at(OWL + value, c, V), at(on, c, p), at(OWL + value, d, W), at(on, d, p))
        table.append((name, at(sub, c, d), (*atoms, at(sub, V, W))))
    for number, (name, head, body) in enumerate(table):
        origin = Origin(name, name, category="OWL 2 RL")
        yield Rule(origin, number, head, body, mode=Mode.MATCHED)
