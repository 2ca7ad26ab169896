"""The project's own rules over random graphs, against Nemo and against plain SPARQL."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from pathlib import Path

import nmo_python
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryTriples

from axiskg.namespaces import AXIS, PREFIXES
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.ir import Atom, Compare, Kind, Relation, Rule, Term, Var, variables_of
from axiskg.reasoning.owl_rl import OwlProfile
from axiskg.reasoning.program import compile_program
from axiskg.reasoning.rules import RuleFile, read_rules
from axiskg.reasoning.terms import text_of

from .conftest import Said, graph, node
from .oracles import plain_store

RULES = Path(__file__).parents[3] / "ontology" / "rules"
if not RULES.is_dir():
    pytest.skip("no checkout: the rules are not beside the tests", allow_module_level=True)
FILES = read_rules(RULES)
PROGRAM = compile_program(FILES)
Key = tuple[str, str, str]
KIND = PREFIXES["rdf"] + "type"


def read_relations() -> list[Relation]:
    found = {
        atom.relation
        for rule in PROGRAM.rules
        for atom in (*rule.atoms, *(a for n in rule.absent for a in n.atoms))
    }
    return sorted(r for r in found if r.kind in (Kind.PROPERTY, Kind.CLASS))


RELATIONS = read_relations()
NODES = [node(n) for n in range(5)]


@st.composite
def domain_statement(draw: st.DrawFn) -> Said:
    relation = draw(st.sampled_from(RELATIONS))
    subject = draw(st.sampled_from(NODES))
    if relation.kind is Kind.CLASS:
        return Said(subject, KIND, relation.name)
    return Said(subject, relation.name, draw(st.sampled_from(NODES)))


graphs = st.lists(domain_statement(), min_size=10, max_size=60)


def engine_facts(said: list[Said]) -> set[Key]:
    with Reasoner.from_quads(graph(said), FILES, owl=OwlProfile(instances=False)) as reasoner:
        return {f.key for f in reasoner.run().all_facts() if f.s.startswith("urn:n:")}


class Nemo:
    """Our rules, before they are split, as a Nemo program."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.names: dict[Relation, str] = {}
        self.helpers = count()
        self.lines: list[str] = []
        for rule in rules:
            self.add(rule)

    def name(self, relation: Relation) -> str:
        return self.names.setdefault(relation, f"r{len(self.names)}")

    def term(self, term: Term) -> str:
        return f"?{term.name.lstrip('_')}" if isinstance(term, Var) else f"<{term.text}>"

    def atom(self, atom: Atom) -> str:
        return f"{self.name(atom.relation)}({self.term(atom.s)}, {self.term(atom.o)})"

    def add(self, rule: Rule) -> None:
        assert not rule.mints
        assert not rule.quoted
        body = [self.atom(a) for a in rule.atoms]
        for rows in rule.values:
            name = f"values{next(self.helpers)}"
            for row in rows.rows:
                self.lines.append(f"{name}({', '.join(self.term(c) for c in row if c)}).")
            body.append(f"{name}({', '.join(map(self.term, rows.variables))})")
        for test in rule.tests:
            assert isinstance(test, Compare)
            assert test.op in ("!=", "=")
            body.append(f"{self.term(test.left)} {test.op} {self.term(test.right)}")
        outer = {v for a in rule.atoms for v in variables_of(a.s, a.o)}
        for absent in rule.absent:
            assert not absent.tests
            inner = {v for a in absent.atoms for v in variables_of(a.s, a.o)}
            shared = sorted(inner & outer)
            name = f"absent{next(self.helpers)}"
            head = f"{name}({', '.join(map(self.term, shared))})"
            self.lines.append(f"{head} :- {', '.join(map(self.atom, absent.atoms))}.")
            body.append(f"~{head}")
        self.lines.append(f"{self.atom(rule.head)} :- {', '.join(body)}.")

    def conclusions(self, said: list[Said]) -> set[Key]:
        facts = [f"{self.name(r)}(<urn:none>, <urn:none>)." for r in list(self.names)]
        for one in said:
            relation = (
                Relation(Kind.CLASS, str(one.o))
                if one.p == KIND
                else Relation(Kind.PROPERTY, one.p)
            )
            facts.append(f"{self.name(relation)}(<{one.s}>, <{one.o}>).")
        engine = nmo_python.NemoEngine(nmo_python.load_string("\n".join(facts + self.lines)))
        engine.reason()
        found = set()
        for relation, name in self.names.items():
            if relation.kind in (Kind.PROPERTY, Kind.CLASS):
                prop = KIND if relation.kind is Kind.CLASS else relation.name
                for s, o in engine.result(name):
                    if s.startswith("<urn:n:"):
                        found.add((s.strip("<>"), prop, o.strip("<>")))
        return found


def unsplit() -> list[Rule]:
    from axiskg.reasoning.algebra import rules_of

    found: dict[tuple[Relation, str, int], Rule] = {}
    for file in FILES:
        for rule in rules_of(file):
            found.setdefault((rule.head.relation, rule.origin.name, rule.number), rule)
    return list(found.values())


UNSPLIT = unsplit()


@given(said=graphs)
def test_nemo_concludes_the_same(said: list[Said]) -> None:
    assert engine_facts(said) == Nemo(UNSPLIT).conclusions(said)


def strata_of_files() -> list[list[RuleFile]]:
    """The files in the order in which plain SPARQL must run them."""
    level = {
        relation: n for n, stratum in enumerate(PROGRAM.strata) for relation in stratum.relations
    }
    by_file: dict[int, list[RuleFile]] = {}
    for file in FILES:
        heads = [r.head.relation for r in PROGRAM.rules if r.origin.name == file.name]
        by_file.setdefault(max(level[h] for h in heads), []).append(file)
    return [by_file[n] for n in sorted(by_file)]


@given(said=graphs)
def test_plain_sparql_concludes_the_same(said: list[Said]) -> None:
    store = plain_store(graph(said))
    for files in strata_of_files():
        size = -1
        while size != len(store):
            size = len(store)
            for file in files:
                found = store.query(file.text)
                assert isinstance(found, QueryTriples)
                store.extend([Quad(t.subject, t.predicate, t.object) for t in found])
    expected = {
        (text_of(q.subject), q.predicate.value, text_of(q.object))  # type: ignore[arg-type]
        for q in store.quads_for_pattern(None, None, None, DefaultGraph())
        if isinstance(q.subject, NamedNode) and q.subject.value.startswith("urn:n:")
    }
    assert engine_facts(said) == expected


def test_the_rules_name_only_terms_of_the_project() -> None:
    assert all(r.name.startswith(AXIS) for r in RELATIONS)
