"""OWL 2 RL: all that owlrl derives, and nothing more; inconsistencies with their premises."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from owlrl import DeductiveClosure, OWLRL_Semantics
from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize
from rdflib import Graph, URIRef

from axiskg.namespaces import ONTOLOGY_GRAPH, PREFIXES
from axiskg.ontology import read_ontology
from axiskg.reasoning.checker import check_proof
from axiskg.reasoning.database import Limits
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.owl_rl import OwlProfile

PROLOGUE = (
    "@prefix : <urn:t:> . @prefix owl: <http://www.w3.org/2002/07/owl#> ."
    " @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
)
CLASSES = [f":C{n}" for n in range(5)]
PROPS = [f":p{n}" for n in range(4)]
THINGS = [f":i{n}" for n in range(5)]
SCHEMA_PROPERTIES = {
    PREFIXES["rdfs"] + "subClassOf",
    PREFIXES["rdfs"] + "subPropertyOf",
    PREFIXES["rdfs"] + "domain",
    PREFIXES["rdfs"] + "range",
    PREFIXES["owl"] + "equivalentClass",
    PREFIXES["owl"] + "equivalentProperty",
}
Key = tuple[str, str, str]


def quads_of(turtle: str) -> list[Quad]:
    graph = NamedNode(ONTOLOGY_GRAPH)
    found = parse(PROLOGUE + turtle, format=RdfFormat.TURTLE)
    return [Quad(q.subject, q.predicate, q.object, graph) for q in found]


def ours(quads: Sequence[Quad], profile: OwlProfile) -> set[Key]:
    with Reasoner.from_quads(quads, owl=profile) as reasoner:
        return {fact.key for fact in reasoner.run().all_facts()}


def theirs(quads: Sequence[Quad]) -> set[Key]:
    graph = Graph()
    text = serialize([q.triple for q in quads], format=RdfFormat.N_TRIPLES)
    graph.parse(data=text, format="nt")
    DeductiveClosure(OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    return {(str(s), str(p), str(o)) for s, p, o in graph if isinstance(o, URIRef)}


def own(keys: set[Key], *, schema: bool = False, same: bool = False) -> set[Key]:
    """What is said of the test's own names: of individuals, or with `schema` of classes too."""
    kind = PREFIXES["rdf"] + "type"
    found = set()
    for s, p, o in keys:
        if not s.startswith("urn:t:"):
            continue
        if p.startswith("urn:t:p") or (p == kind and o.startswith("urn:t:C")):
            found.add((s, p, o))
        if schema and p in SCHEMA_PROPERTIES and o.startswith("urn:t:"):
            found.add((s, p, o))
        if same and p == PREFIXES["owl"] + "sameAs" and s != o:
            found.add((s, p, o))
    return found


def some(items: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(items)


_cls, _prop, _thing = some(CLASSES), some(PROPS), some(THINGS)
AXIOMS = st.one_of(
    st.builds("{} rdfs:subClassOf {} .".format, _cls, _cls),
    st.builds("{} owl:equivalentClass {} .".format, _cls, _cls),
    st.builds("{} rdfs:subPropertyOf {} .".format, _prop, _prop),
    st.builds("{} owl:equivalentProperty {} .".format, _prop, _prop),
    st.builds("{} rdfs:domain {} .".format, _prop, _cls),
    st.builds("{} rdfs:range {} .".format, _prop, _cls),
    st.builds("{} owl:inverseOf {} .".format, _prop, _prop),
    st.builds("{} a owl:SymmetricProperty .".format, _prop),
    st.builds("{} a owl:TransitiveProperty .".format, _prop),
    st.builds("{} owl:propertyChainAxiom ({} {}) .".format, _prop, _prop, _prop),
    st.builds("{} owl:propertyChainAxiom ({} {} {}) .".format, _prop, _prop, _prop, _prop),
    st.builds("{} owl:intersectionOf ({} {}) .".format, _cls, _cls, _cls),
    st.builds("{} owl:unionOf ({} {}) .".format, _cls, _cls, _cls),
    st.builds("{} owl:oneOf ({} {}) .".format, _cls, _thing, _thing),
    st.builds("{} owl:onProperty {} ; owl:hasValue {} .".format, _cls, _prop, _thing),
    st.builds("{} owl:onProperty {} ; owl:someValuesFrom {} .".format, _cls, _prop, _cls),
    st.builds("{} owl:onProperty {} ; owl:allValuesFrom {} .".format, _cls, _prop, _cls),
)
ASSERTIONS = st.one_of(
    st.builds("{} a {} .".format, _thing, _cls),
    st.builds("{} {} {} .".format, _thing, _prop, _thing),
)
MERGING = st.one_of(
    st.builds("{} a owl:FunctionalProperty .".format, _prop),
    st.builds("{} a owl:InverseFunctionalProperty .".format, _prop),
    st.builds("{} owl:sameAs {} .".format, _thing, _thing),
    st.builds("{} owl:hasKey ({}) .".format, _cls, _prop),
)
DECLARED = (
    " ".join(f"{c} a owl:Class ." for c in CLASSES)
    + " "
    + " ".join(f"{p} a owl:ObjectProperty ." for p in PROPS)
    + "\n"
)


@given(axioms=st.lists(AXIOMS, max_size=9), facts=st.lists(ASSERTIONS, min_size=2, max_size=8))
def test_instances_as_owlrl_has_them(axioms: list[str], facts: list[str]) -> None:
    # a class with two restrictions means all pairs of them to owlrl, as to us
    quads = quads_of(DECLARED + "\n".join(axioms + facts))
    assert own(ours(quads, OwlProfile())) == own(theirs(quads))


@given(axioms=st.lists(AXIOMS, min_size=3, max_size=10))
def test_schema_as_owlrl_has_it(axioms: list[str]) -> None:
    quads = quads_of(DECLARED + "\n".join(axioms))
    found = own(ours(quads, OwlProfile(schema=True)), schema=True)
    assert found == own(theirs(quads), schema=True)


@given(
    axioms=st.lists(AXIOMS, max_size=4),
    merging=st.lists(MERGING, min_size=1, max_size=4),
    facts=st.lists(ASSERTIONS, min_size=3, max_size=8),
)
def test_equality_as_owlrl_has_it(axioms: list[str], merging: list[str], facts: list[str]) -> None:
    quads = quads_of(DECLARED + "\n".join(axioms + merging + facts))
    found = own(ours(quads, OwlProfile(same_as=True)), same=True)
    assert found == own(theirs(quads), same=True)


@given(axioms=st.lists(AXIOMS, max_size=8), facts=st.lists(ASSERTIONS, min_size=3, max_size=8))
def test_every_entailment_has_a_proof_that_checks(axioms: list[str], facts: list[str]) -> None:
    quads = quads_of(DECLARED + "\n".join(axioms + facts))
    ontology = [q.triple for q in quads]
    with Reasoner.from_quads(quads) as reasoner:
        run = reasoner.run()
        for s, p, o in sorted(own({fact.key for fact in run.all_facts()})):
            proof = run.proof(s, p, o)
            assert check_proof(proof, (), ontology=ontology) == []


def test_the_ontology_itself(tmp_path: Path) -> None:
    """All that owlrl derives on our ontology with a few individuals of each class and property."""
    root = Path(__file__).parents[3] / "ontology"
    if not (root / "axiskg.ttl").exists():
        pytest.skip("no checkout: the ontology's files are not beside the tests")
    ontology = read_ontology(root).triples
    graph = NamedNode(ONTOLOGY_GRAPH)
    quads = [Quad(t.subject, t.predicate, t.object, graph) for t in ontology]
    properties = sorted(
        {
            q.subject.value
            for q in quads
            if q.object == NamedNode(PREFIXES["owl"] + "ObjectProperty")
            and isinstance(q.subject, NamedNode)
        }
    )
    step = max(1, len(properties) // 25)
    for n, name in enumerate(properties[::step]):
        a, b = NamedNode(f"urn:t:i{n}"), NamedNode(f"urn:t:i{n + 1}")
        quads.append(Quad(a, NamedNode(name), b, graph))

    def told(keys: set[Key]) -> set[Key]:
        thing = PREFIXES["owl"] + "Thing"
        return {
            k
            for k in keys
            if k[0].startswith("urn:t:")
            and k[2] != thing
            and k[1] != PREFIXES["owl"] + "sameAs"
            and not k[2].startswith("_:")
            and ":" in k[2]
        }

    assert told(ours(quads, OwlProfile())) == told(theirs(quads))


BROKEN = {
    "cax-dw": ":C0 owl:disjointWith :C1 . :i0 a :C0, :C1 .",
    "cls-com": ":C0 owl:complementOf :C1 . :i0 a :C0, :C1 .",
    "prp-pdw": ":p0 owl:propertyDisjointWith :p1 . :i0 :p0 :i1 ; :p1 :i1 .",
    "prp-irp": ":p0 a owl:IrreflexiveProperty . :i0 :p0 :i0 .",
    "prp-asyp": ":p0 a owl:AsymmetricProperty . :i0 :p0 :i1 . :i1 :p0 :i0 .",
    "prp-fp": ":p0 a owl:FunctionalProperty . :i0 :p0 :i1, :i2 .",
    "prp-ifp": ":p0 a owl:InverseFunctionalProperty . :i0 :p0 :i1 . :i2 :p0 :i1 .",
    "cls-nothing2": ":C0 rdfs:subClassOf owl:Nothing . :i0 a :C0 .",
    "cls-maxc1": ":C0 owl:onProperty :p0 ; owl:maxCardinality 0 . :i0 a :C0 ; :p0 :i1 .",
    "prp-npa": (
        "[] a owl:NegativePropertyAssertion ; owl:sourceIndividual :i0 ;"
        " owl:assertionProperty :p0 ; owl:targetIndividual :i1 . :i0 :p0 :i1 ."
    ),
    "eq-diff1": ":i0 owl:sameAs :i1 ; owl:differentFrom :i1 .",
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_an_inconsistency_is_reported_with_its_premises(name: str) -> None:
    with Reasoner.from_quads(quads_of(BROKEN[name])) as reasoner:
        run = reasoner.run()
        (found, *_) = [i for i in run.inconsistencies if i.rule == name]
        assert found.premises
        for premise in found.premises:
            assert run.holds(*premise) is not None


def test_disjoint_members_are_pairs_and_derived_types_count() -> None:
    turtle = (
        "[] a owl:AllDisjointClasses ; owl:members (:C0 :C1 :C2) ."
        " :p0 rdfs:domain :C0 ; rdfs:range :C2 . :i0 :p0 :i0 ."
    )
    with Reasoner.from_quads(quads_of(turtle)) as reasoner:
        (found,) = reasoner.run().inconsistencies
        assert {p[2] for p in found.premises} == {"urn:t:C0", "urn:t:C2"}


def test_what_is_consistent_is_not_reported() -> None:
    turtle = ":C0 owl:disjointWith :C1 . :p0 a owl:FunctionalProperty . :i0 a :C0 ; :p0 :i1 ."
    with Reasoner.from_quads(quads_of(turtle)) as reasoner:
        assert reasoner.run().inconsistencies == []


@given(
    axioms=st.lists(AXIOMS, min_size=3, max_size=6),
    assertions=st.lists(ASSERTIONS, min_size=2, max_size=6),
)
@settings(max_examples=10)
def test_proofs_out_of_arrays_are_those_of_the_database(
    axioms: list[str], assertions: list[str]
) -> None:
    quads = quads_of("\n".join([*axioms, *assertions]))
    asking = Limits(array_rows=0)
    with Reasoner.from_quads(quads) as fast, Reasoner.from_quads(quads, limits=asking) as slow:
        run, asked = fast.run(), slow.run()
        facts = [fact for fact in run.all_facts() if not fact.asserted]
        for fact in facts[:: max(1, len(facts) // 5)]:
            assert run.proofs(*fact.key, limit=2) == asked.proofs(*fact.key, limit=2)
