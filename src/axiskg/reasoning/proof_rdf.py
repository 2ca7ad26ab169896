"""Proofs as PROV-O in Turtle, and read back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from axiskg.errors import ParseError
from axiskg.namespaces import AXIS, PREFIXES, RULE
from axiskg.reasoning.proofs import Asserted, Derivation, Key, Proof, Step, Supports
from axiskg.reasoning.terms import term_of, text_of

__all__ = ["read_proofs_rdf", "write_proofs_rdf"]

PROV: Final = PREFIXES["prov"]
RDF: Final = PREFIXES["rdf"]
RDFS: Final = PREFIXES["rdfs"]
XSD: Final = PREFIXES["xsd"]
PROOF: Final = "https://w3id.org/axiskg/proof/"

Graph = dict[str, dict[str, list[str]]]
"""Objects by subject and property, as term texts."""


class Place(Protocol):
    """Where a statement stands: a citation is one."""

    @property
    def source(self) -> str | None: ...
    @property
    def paragraph(self) -> int | None: ...
    @property
    def sentence(self) -> int | None: ...


def write_proofs_rdf(
    proofs: Sequence[Proof], places: Mapping[str, Place] = MappingProxyType({})
) -> str:
    """Proofs as Turtle: each fact an entity, each derivation an activity that used its premises.

    The names are hashes of the fact and of all that it rests on: the same proof has the same names,
    and a fact that two proofs prove differently is two entities. `places` says for statements in
    which source, paragraph and sentence they stand.
    """
    triples: dict[Triple, None] = {}
    for rank, proof in enumerate(proofs):
        triples.update(dict.fromkeys(_proof_triples(proof, rank)))
    for statement in dict.fromkeys(st for proof in proofs for st in proof.statements):
        if statement in places:
            triples.update(dict.fromkeys(_place_triples(NamedNode(statement), places[statement])))
    prefixes = {"prov": PROV, "rdf": RDF, "rdfs": RDFS, "axis": AXIS, "xsd": XSD}
    data = serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes)
    assert data is not None
    return data.decode()


def _proof_triples(proof: Proof, rank: int) -> Iterator[Triple]:
    nodes = _nodes(proof)
    whole = NamedNode(nodes[proof.goal].value.replace("/fact/", "/of/"))
    for step in proof.steps:
        yield from _step_triples(step, nodes)
    yield from _scalars(whole, "goal", [nodes[proof.goal]])
    yield from _scalars(whole, "rank", [_integer(rank)])
    yield from _scalars(whole, "truncated", [_integer(proof.truncated)])
    yield Triple(whole, NamedNode(RDF + "type"), NamedNode(PROV + "Collection"))
    for step in proof.steps:
        yield Triple(whole, NamedNode(PROV + "hadMember"), nodes[step.fact])


def _nodes(proof: Proof) -> dict[Key, NamedNode]:
    """A name for each fact of a proof, after the fact and the proof below it."""
    nodes: dict[Key, NamedNode] = {}
    for step in reversed(proof.steps):
        if isinstance(step, Derivation):
            below = (step.rule, step.bindings, step.axioms, step.absences, step.alternatives)
            content = repr((below, [nodes[premise].value for premise in step.premises]))
        else:
            content = repr((step.statements, step.supports.count))
        text = "\n".join((*step.fact, repr(step.confidence), content))
        digest = hashlib.sha256(text.encode()).hexdigest()[:24]
        nodes[step.fact] = NamedNode(f"{PROOF}fact/{digest}")
    return nodes


def _place_triples(statement: NamedNode, place: Place) -> list[Triple]:
    found = [Triple(statement, NamedNode(RDF + "type"), NamedNode(PROV + "Entity"))]
    if place.source is not None:
        source = NamedNode(place.source)
        found.append(Triple(statement, NamedNode(PROV + "hadPrimarySource"), source))
        found.append(Triple(statement, NamedNode(AXIS + "source"), source))
    for name, number in (("paragraph", place.paragraph), ("sentence", place.sentence)):
        if number is not None:
            found.append(Triple(statement, NamedNode(AXIS + name), _integer(number)))
    return found


def _step_triples(step: Step, nodes: Mapping[Key, NamedNode]) -> list[Triple]:
    fact = nodes[step.fact]
    found = [Triple(fact, NamedNode(RDF + "type"), NamedNode(PROV + "Entity"))]
    for name, text in zip(("subject", "predicate", "object"), step.fact, strict=True):
        found.append(Triple(fact, NamedNode(RDF + name), _named(text)))
    found += _scalars(fact, "confidence", [_number(step.confidence)])
    if isinstance(step, Asserted):
        for rank, statement in enumerate(step.statements):
            found.append(
                Triple(fact, NamedNode(PROV + "wasDerivedFrom"), NamedNode(_iri(statement)))
            )
            found += _scalars(fact, f"citation{rank}", [NamedNode(_iri(statement))])
        found += _scalars(fact, "supportCount", [_integer(step.supports.count)])
        return found
    activity = NamedNode(fact.value + "/derivation")
    found += [
        Triple(fact, NamedNode(PROV + "wasGeneratedBy"), activity),
        Triple(activity, NamedNode(RDF + "type"), NamedNode(PROV + "Activity")),
        Triple(activity, NamedNode(RDFS + "label"), Literal(step.label)),
        Triple(activity, NamedNode(PROV + "hadPlan"), NamedNode(RULE + step.rule)),
    ]
    found += _scalars(activity, "rule", [Literal(step.rule)])
    found += _scalars(activity, "ruleDescription", [Literal(step.description)])
    found += _scalars(activity, "alternatives", [_integer(step.alternatives)])
    for rank, premise in enumerate(step.premises):
        found.append(Triple(activity, NamedNode(PROV + "used"), nodes[premise]))
        found += _scalars(activity, f"premise{rank}", [nodes[premise]])
    for rank, absence in enumerate(step.absences):
        found += _scalars(activity, f"absence{rank}", [Literal(absence)])
    for name, value in step.bindings:
        found += _scalars(activity, f"binding-{name}", [_named(value)])
    for rank, axiom in enumerate(step.axioms):
        for place, text in zip("spo", axiom, strict=True):
            found += _scalars(activity, f"axiom{rank}{place}", [_named(text)])
    return found


def read_proofs_rdf(text: str) -> tuple[Proof, ...]:
    """The proofs that `write_proofs_rdf` has written. Raises `ParseError` for anything else."""
    try:
        quads = list(parse(text, format=RdfFormat.TURTLE))
    except SyntaxError as error:
        raise ParseError(f"not Turtle: {error}") from error
    graph: Graph = {}
    for quad in quads:
        subject = text_of(quad.subject)
        objects = graph.setdefault(subject, {}).setdefault(quad.predicate.value, [])
        objects.append(_text(quad))
    roots = [known for known in graph.values() if PROOF + "goal" in known]
    if not roots:
        raise ParseError("there is no proof")
    roots.sort(key=lambda root: int(_plain(root[PROOF + "rank"][0])))
    return tuple(_read_proof(graph, root) for root in roots)


def _read_proof(graph: Graph, root: Mapping[str, list[str]]) -> Proof:
    steps = [_read_step(graph, name) for name in root[PROV + "hadMember"]]
    goal = _key(graph[root[PROOF + "goal"][0]])
    by_fact = {step.fact: step for step in steps}
    ordered: dict[Key, Step] = {}

    def visit(key: Key) -> None:
        if key in ordered:
            return
        step = by_fact[key]
        if isinstance(step, Derivation):
            for premise in reversed(step.premises):
                visit(premise)
        ordered[key] = step

    visit(goal)
    truncated = int(_plain(root[PROOF + "truncated"][0]))
    return Proof(goal, tuple(reversed(ordered.values())), truncated)


def _read_step(graph: Graph, name: str) -> Step:
    fact = graph[name]
    confidence = float(_plain(fact[PROOF + "confidence"][0]))
    if PROV + "wasGeneratedBy" not in fact:
        names = [v[0] for v in _numbered(fact, "citation")]
        count = int(_plain(fact[PROOF + "supportCount"][0]))
        return Asserted(_key(fact), confidence, Supports(tuple(map(_cited, names)), count))
    known = graph[fact[PROV + "wasGeneratedBy"][0]]
    prefix = PROOF + "binding-"
    axioms: list[Key] = []
    while PROOF + f"axiom{len(axioms)}s" in known:
        s, p, o = (known[PROOF + f"axiom{len(axioms)}{place}"][0] for place in "spo")
        axioms.append((s, p, o))
    return Derivation(
        fact=_key(fact),
        confidence=confidence,
        rule=_plain(known[PROOF + "rule"][0]),
        label=_plain(known[RDFS + "label"][0]),
        description=_plain(known[PROOF + "ruleDescription"][0]),
        bindings=tuple(
            sorted((k.removeprefix(prefix), v[0]) for k, v in known.items() if k.startswith(prefix))
        ),
        premises=tuple(_key(graph[v[0]]) for v in _numbered(known, "premise")),
        axioms=tuple(axioms),
        absences=tuple(_plain(v[0]) for v in _numbered(known, "absence")),
        alternatives=int(_plain(known[PROOF + "alternatives"][0])),
    )


def _numbered(known: dict[str, list[str]], name: str) -> list[list[str]]:
    found: list[list[str]] = []
    while PROOF + f"{name}{len(found)}" in known:
        found.append(known[PROOF + f"{name}{len(found)}"])
    return found


def _key(fact: dict[str, list[str]]) -> Key:
    s, p, o = (fact[RDF + name][0] for name in ("subject", "predicate", "object"))
    return (s, p, o)


def _scalars(
    node: NamedNode, name: str, values: Iterable[NamedNode | BlankNode | Literal]
) -> list[Triple]:
    return [Triple(node, NamedNode(PROOF + name), value) for value in values]


def _number(value: float) -> Literal:
    return Literal(repr(value), datatype=NamedNode(XSD + "double"))


def _integer(value: int) -> Literal:
    return Literal(str(value), datatype=NamedNode(XSD + "integer"))


_NODE: Final = PROOF + "blank/"
_CITED: Final = "urn:axiskg:assumed:"


def _named(text: str) -> NamedNode | BlankNode | Literal:
    """A term; a blank node under a name, so that it is the same one everywhere."""
    return NamedNode(_NODE + text[2:]) if text.startswith("_:") else term_of(text)


def _iri(statement: str) -> str:
    """A statement's name as an IRI: an assumption's has spaces."""
    return statement.replace(" ", "%20") if statement.startswith(_CITED) else statement


def _cited(name: str) -> str:
    return name.replace("%20", " ") if name.startswith(_CITED) else name


def _text(quad: Quad) -> str:
    text = text_of(quad.object)
    return "_:" + text.removeprefix(_NODE) if text.startswith(_NODE) else text


def _plain(text: str) -> str:
    term = term_of(text)
    return term.value
