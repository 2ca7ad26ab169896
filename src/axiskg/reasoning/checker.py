"""A small checker of proofs that shares no code with the engine.

Each step of a domain rule is checked by running the rule's own SPARQL over its premises alone, in
Oxigraph; each step of OWL 2 RL by a query of its own. Absences are asked of the whole run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from pyoxigraph import NamedNode, Quad, Triple

from axiskg.namespaces import prologue
from axiskg.reasoning.proofs import Asserted, Derivation, Key, Proof
from axiskg.reasoning.rules import RuleFile
from axiskg.reasoning.terms import term_of
from axiskg.store import EmbeddedStore, Solutions

__all__ = ["check_proof"]

_OWL: Final = MappingProxyType(
    {
        "cax-sco": "?x a ?d <- ?x a ?c . ?c rdfs:subClassOf ?d",
        "cax-eqc1": "?x a ?d <- ?x a ?c . ?c owl:equivalentClass ?d",
        "cax-eqc2": "?x a ?c <- ?x a ?d . ?c owl:equivalentClass ?d",
        "prp-spo1": "?x ?q ?y <- ?x ?p ?y . ?p rdfs:subPropertyOf ?q",
        "prp-eqp1": "?x ?q ?y <- ?x ?p ?y . ?p owl:equivalentProperty ?q",
        "prp-eqp2": "?x ?p ?y <- ?x ?q ?y . ?p owl:equivalentProperty ?q",
        "prp-dom": "?x a ?c <- ?x ?p ?y . ?p rdfs:domain ?c",
        "prp-rng": "?y a ?c <- ?x ?p ?y . ?p rdfs:range ?c",
        "prp-inv1": "?y ?q ?x <- ?x ?p ?y . ?p owl:inverseOf ?q",
        "prp-inv2": "?y ?p ?x <- ?x ?q ?y . ?p owl:inverseOf ?q",
        "prp-symp": "?y ?p ?x <- ?x ?p ?y . ?p a owl:SymmetricProperty",
        "cls-hv1": "?x ?p ?v <- ?x a ?c . ?c owl:hasValue ?v ; owl:onProperty ?p",
        "cls-hv2": "?x a ?c <- ?x ?p ?v . ?c owl:hasValue ?v ; owl:onProperty ?p",
        "cls-svf1": "?x a ?c <- ?x ?p ?y . ?y a ?d . ?c owl:someValuesFrom ?d ; owl:onProperty ?p",
        "cls-svf2": "?x a ?c <- ?x ?p ?y . ?c owl:someValuesFrom owl:Thing ; owl:onProperty ?p",
        "cls-avf": "?y a ?d <- ?x a ?c . ?x ?p ?y . ?c owl:allValuesFrom ?d ; owl:onProperty ?p",
        "cls-int2": "?x a ?d <- ?x a ?c . ?c owl:intersectionOf/rdf:rest*/rdf:first ?d",
        "cls-uni": "?x a ?c <- ?x a ?d . ?c owl:unionOf/rdf:rest*/rdf:first ?d",
        "cls-oo": "?x a ?c <- ?c owl:oneOf/rdf:rest*/rdf:first ?x",
        "eq": (
            "?y owl:sameAs ?x . ?x owl:sameAs ?z . ?z ?p ?o . ?s ?p ?y"
            " <- { ?x owl:sameAs ?y } UNION { ?x owl:sameAs ?w . ?w owl:sameAs ?z }"
            " UNION { ?x owl:sameAs ?z . ?x ?p ?o } UNION { ?x owl:sameAs ?y . ?s ?p ?x }"
        ),
        "prp-fp": "?y owl:sameAs ?z <- ?x ?p ?y . ?x ?p ?z . ?p a owl:FunctionalProperty",
        "prp-ifp": "?x owl:sameAs ?z <- ?x ?p ?y . ?z ?p ?y . ?p a owl:InverseFunctionalProperty",
    }
)


def check_proof(
    proof: Proof,
    rules: Iterable[RuleFile],
    *,
    ontology: Iterable[Triple] = (),
    says: Callable[[str, Key], bool] | None = None,
    provenance: Iterable[Quad] = (),
) -> list[str]:
    """What is wrong with a proof, in words; empty when it is sound.

    Checked are: each step has its premises, none rests on itself, each conclusion follows from its
    premises by its rule, no conclusion is more certain than its weakest premise; and with `says`
    (statement, fact) that each cited statement says what it is cited for. `provenance` are the
    quads that rules with GRAPH read.
    """
    files = {file.name: file for file in rules}
    axioms = list(ontology)
    quads = list(provenance)
    wrong = [f"{key} rests on itself" for key in _circular(proof)]
    for step in proof.steps:
        if isinstance(step, Asserted):
            if says is not None:
                wrong += [
                    f"{st} does not say {step.fact}"
                    for st in step.statements
                    if not says(st, step.fact)
                ]
            continue
        missing = [premise for premise in step.premises if premise not in proof.by_fact]
        if missing:
            wrong.append(f"{step.fact} lacks its premise {missing[0]}")
            continue
        least = min((proof.by_fact[p].confidence for p in step.premises), default=1.0)
        if step.confidence > least + 1e-9:
            wrong.append(f"{step.fact} is more certain than its premises")
        if not _follows(step, files, axioms, quads):
            wrong.append(f"{step.fact} does not follow by {step.rule} from its premises")
    return wrong


def _circular(proof: Proof) -> list[Key]:
    done: set[Key] = set()
    found: list[Key] = []

    def visit(key: Key, above: frozenset[Key]) -> None:
        if key in above:
            found.append(key)
            return
        step = proof.by_fact.get(key)
        if key in done or not isinstance(step, Derivation):
            return
        for premise in step.premises:
            visit(premise, above | {key})
        done.add(key)

    visit(proof.goal, frozenset())
    return found


def _follows(
    step: Derivation,
    files: Mapping[str, RuleFile],
    ontology: list[Triple],
    provenance: list[Quad],
) -> bool:
    goal = _triple(step.fact)
    quads = [_quad(_triple(premise)) for premise in step.premises]
    if step.rule in files:
        return goal in _conclusions(quads + provenance, files[step.rule].text)
    if step.rule == "prp-trp":
        return _is_chain(step)
    quads += [_quad(_triple(key)) for key in step.axioms]
    quads += [_quad(triple) for triple in ontology]
    if step.rule in ("prp-spo2", "cls-int1"):
        text = _list_query(step, quads)
    elif step.rule in _OWL:
        head, body = _OWL[step.rule].split(" <- ")
        text = f"CONSTRUCT {{ {head} }} WHERE {{ {body} }}"
    else:
        return False
    return goal in _conclusions(quads, prologue() + text)


def _is_chain(step: Derivation) -> bool:
    """Whether the premises, in order, lead from the subject to the object by one property."""
    at = step.fact[0]
    for s, p, o in step.premises:
        if s != at or p != step.fact[1]:
            return False
        at = o
    return at == step.fact[2] and any(axiom[0] == step.fact[1] for axiom in step.axioms)


def _list_query(step: Derivation, quads: list[Quad]) -> str:
    """The query for a rule over a list: a property chain, or the classes of an intersection."""
    subject, prop, _ = step.axioms[0]
    at = "?c" if subject.startswith("_:") else f"<{subject}>"
    text = f"SELECT ?m WHERE {{ {at} <{prop}> ?l . ?l rdf:rest*/rdf:first ?m }}"
    with EmbeddedStore.in_memory() as store:
        store.extend(quads)
        found = store.query(prologue() + text)
    assert isinstance(found, Solutions)
    members = [row[0] for row in found.rows]
    if step.rule == "cls-int1":
        body = " . ".join(f"?x a {m}" for m in members)
        return f"CONSTRUCT {{ ?x a <{step.fact[2]}> }} WHERE {{ {body} }}"
    body = " . ".join(f"?x{n} {m} ?x{n + 1}" for n, m in enumerate(members))
    return f"CONSTRUCT {{ ?x0 <{subject}> ?x{len(members)} }} WHERE {{ {body} }}"


def _conclusions(quads: list[Quad], text: str) -> set[Triple]:
    with EmbeddedStore.in_memory() as store:
        store.extend(quads)
        found = store.query(text)
    assert isinstance(found, list)
    return set(found)


def _quad(triple: Triple) -> Quad:
    return Quad(triple.subject, triple.predicate, triple.object)


def _triple(key: Key) -> Triple:
    return Triple(term_of(key[0]), NamedNode(key[1]), term_of(key[2]))  # type: ignore[arg-type]
