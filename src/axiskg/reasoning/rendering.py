"""Proofs for people and programs: text tree, JSON, Mermaid, and PROV-O that reads back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from axiskg.errors import ParseError
from axiskg.namespaces import AXIS, PREFIXES, RULE
from axiskg.reasoning.proofs import Asserted, Derivation, Key, Proof, Step, Supports
from axiskg.reasoning.terms import is_literal, lexical, short, term_of, text_of
from axiskg.reasoning.why_not import Aside, Attempt, WhyNot

__all__ = [
    "proof_json",
    "proof_mermaid",
    "proof_text",
    "read_proof_rdf",
    "said",
    "why_not_text",
    "write_proof_rdf",
]

PROV: Final = PREFIXES["prov"]
RDF: Final = PREFIXES["rdf"]
RDFS: Final = PREFIXES["rdfs"]
XSD: Final = PREFIXES["xsd"]
PROOF: Final = "https://w3id.org/axiskg/proof/"
NEAREST: Final = 3
"""How many instances of one rule a text shows."""


class Place(Protocol):
    """Where a statement stands: a citation is one."""

    @property
    def source(self) -> str | None: ...
    @property
    def paragraph(self) -> int | None: ...
    @property
    def sentence(self) -> int | None: ...


def said(key: Sequence[str]) -> str:
    """A fact, or some terms, for people; of a literal its value.

    >>> said(("urn:a", "urn:b", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'))
    'urn:a urn:b "true"'
    """
    return " ".join(f'"{lexical(text)}"' if is_literal(text) else short(text) for text in key)


# text


def proof_text(proof: Proof, cite: Callable[[str], str] = short) -> str:
    """A proof as an indented tree; a fact shown before is named, not unfolded again.

    `cite` says how a statement is cited, such as by paragraph and sentence.
    """
    lines: list[str] = []
    shown: set[Key] = set()

    def add(step: Step, depth: int) -> None:
        indent = "  " * depth
        head = f"{indent}{said(step.fact)}  [{step.confidence:g}]"
        if step.fact in shown:
            lines.append(f"{head}  (as above)")
            return
        shown.add(step.fact)
        lines.append(head)
        if isinstance(step, Asserted):
            more = f" and {step.supports.more} more" if step.supports.more else ""
            said_by = [f"said by {cite(statement)}" for statement in step.statements]
            lines.extend(f"{indent}  {line}" for line in said_by[:-1])
            last = said_by[-1] if said_by else "from a description or the ontology"
            lines.append(f"{indent}  {last}{more}")
            return
        ways = "other way" if step.alternatives == 1 else "other ways"
        others = f" ({step.alternatives} {ways})" if step.alternatives else ""
        lines.append(f"{indent}  by {step.label}{others}")
        lines.extend(f"{indent}  as it is not said that {absence}" for absence in step.absences)
        for premise in proof.premises(step.fact):
            add(premise, depth + 2)

    add(proof.root, 0)
    if proof.truncated:
        lines.append(f"({proof.truncated} facts shown without their own proof)")
    return "\n".join(lines)


def why_not_text(found: WhyNot, cite: Callable[[str], str] = short) -> str:
    """Why a fact does not hold, as an indented tree."""
    if found.holds:
        return f"{said(found.goal)} holds"
    lines = [f"{said(found.goal)} does not hold"]
    lines += [f"  nothing is known of {short(name)}" for name in found.unknown]
    lines += [_aside_line(aside, 1, cite) for aside in found.aside]
    _add_attempts(lines, found.attempts, 1, cite)
    return "\n".join(lines)


def _add_attempts(
    lines: list[str], attempts: Sequence[Attempt], depth: int, cite: Callable[[str], str]
) -> None:
    """The nearest instances of each rule; what is further off is only counted."""
    indent = "  " * depth
    bare, attempts = _without_bare(attempts, " rdfs:subPropertyOf ")
    if bare:
        lines.append(f"{indent}by a narrower property:")
        lines += [f"{indent}  {line}" for line in bare]
    for label, of_rule in _by_label(attempts).items():
        near, further = _nearest(of_rule)
        for attempt in near:
            lines.append(f"{indent}by {label}:")
            _add_attempt(lines, attempt, depth + 1, cite)
        if further:
            lines.append(f"{indent}({further} more by {label}, lacking as much or more)")


def _by_label(attempts: Sequence[Attempt]) -> dict[str, list[Attempt]]:
    found: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        found.setdefault(attempt.label, []).append(attempt)
    return found


def _nearest(attempts: Sequence[Attempt]) -> tuple[list[Attempt], int]:
    """The first instances that lack least, and those of which something is said; and how many are
    left out."""
    near = [
        attempt
        for n, attempt in enumerate(attempts)
        if (n < NEAREST and len(attempt.missing) <= len(attempts[0].missing))
        or any(missing.aside for missing in attempt.missing)
    ]
    return near, len(attempts) - len(near)


def _add_attempt(
    lines: list[str], attempt: Attempt, depth: int, cite: Callable[[str], str]
) -> None:
    indent = "  " * depth
    lines += [f"{indent}holds: {said(key)}" for key in attempt.holding]
    lines += [f"{indent}in the way: {present}" for present in attempt.present]
    lines += [f"{indent}fails: {test}" for test in attempt.failed]
    for missing in attempt.missing:
        if not missing.ways:
            lines.append(f"{indent}missing: {said(missing.pattern)}")
            lines += [_aside_line(aside, depth + 1, cite) for aside in missing.aside]
            _add_attempts(lines, missing.attempts, depth + 1, cite)
            continue
        s, _, o = missing.pattern
        lines.append(f"{indent}missing: any way from {said((s,))} to {said((o,))}")
        _add_ways(lines, missing.attempts, depth + 1, cite)


def _add_ways(
    lines: list[str], attempts: Sequence[Attempt], depth: int, cite: Callable[[str], str]
) -> None:
    """The alternatives of a path, those of a single property in one line."""
    bare, rest = _without_bare(attempts)
    lines += [f"{'  ' * depth}{line}" for line in bare]
    for attempt in rest[:NEAREST]:
        _add_attempt(lines, attempt, depth, cite)
    if len(rest) > NEAREST:
        lines.append(f"{'  ' * depth}({len(rest) - NEAREST} more ways)")


def _without_bare(
    attempts: Sequence[Attempt], labelled: str = ""
) -> tuple[list[str], list[Attempt]]:
    """Lines for what lacks a single triple of which nothing more is known, and the rest."""
    bare: dict[tuple[str, str], list[str]] = {}
    rest: list[Attempt] = []
    for attempt in attempts:
        single = len(attempt.missing) == 1 and not (
            attempt.holding or attempt.present or attempt.failed
        )
        missing = attempt.missing[0] if single and labelled in attempt.label else None
        if missing is None or missing.attempts or missing.aside or missing.ways:
            rest.append(attempt)
        else:
            s, p, o = missing.pattern
            bare.setdefault((s, o), []).append(short(p))
    return [
        f"missing: {said((s,))} {' or '.join(properties)} {said((o,))}"
        for (s, o), properties in bare.items()
    ], rest


_STANDINGS: Final = {
    "Attributed": "Attributed, the word or view of another",
    "Denied": "Denied",
    "Foreseen": "Foreseen, not yet so",
    "Hedged": "Hedged, not put as certain",
    "Hypothetical": "Hypothetical, only within a scenario",
    "Implied": "Implied, not said outright",
    "Judged": "Judged, an assessment of the author's",
    "Open": "Open, not known",
}
"""Why a statement supports nothing, in words."""


def _aside_line(aside: Aside, depth: int, cite: Callable[[str], str]) -> str:
    standing = _STANDINGS.get(
        aside.standing.rpartition(":")[2], "not among those asked about (view, day, confidence)"
    )
    return f"{'  ' * depth}said, but {standing}: {cite(aside.statement)}"


# JSON


def proof_json(proof: Proof) -> dict[str, Any]:
    """A proof as JSON values: steps by index, the goal first."""
    index = {step.fact: n for n, step in enumerate(proof.steps)}
    return {
        "goal": list(proof.goal),
        "confidence": proof.confidence,
        "height": proof.height,
        "truncated": proof.truncated,
        "statements": list(proof.statements),
        "steps": [_step_json(step, index) for step in proof.steps],
    }


def _step_json(step: Step, index: dict[Key, int]) -> dict[str, Any]:
    common = {"id": index[step.fact], "fact": list(step.fact), "confidence": step.confidence}
    if isinstance(step, Asserted):
        return {
            **common,
            "kind": "asserted",
            "statements": list(step.statements),
            "more": step.supports.more,
        }
    return {
        **common,
        "kind": "derived",
        "rule": step.rule,
        "label": step.label,
        "bindings": dict(step.bindings),
        "premises": [index[premise] for premise in step.premises],
        "axioms": [list(axiom) for axiom in step.axioms],
        "absences": list(step.absences),
        "alternatives": step.alternatives,
    }


# Mermaid


def proof_mermaid(proof: Proof, cite: Callable[[str], str] = short) -> str:
    """A proof as a Mermaid flow chart, premises pointing to conclusions."""
    index = {step.fact: f"f{n}" for n, step in enumerate(proof.steps)}
    lines = ["flowchart BT"]
    for step in proof.steps:
        node = index[step.fact]
        lines.append(f'  {node}["{_escaped(said(step.fact))}"]')
        if isinstance(step, Asserted):
            for n, statement in enumerate(step.statements):
                lines.append(f'  {node}s{n}(["{_escaped(cite(statement))}"]) --> {node}')
            if step.supports.more:
                lines.append(f'  {node}more(["and {step.supports.more} more"]) --> {node}')
        else:
            lines.append(f'  {node}r{{{{"{_escaped(step.label)}"}}}} --> {node}')
            lines.extend(f"  {index[premise]} --> {node}r" for premise in step.premises)
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "#quot;").replace("<", "&lt;")


# PROV-O


def write_proof_rdf(proof: Proof, places: Mapping[str, Place] = MappingProxyType({})) -> str:
    """A proof as Turtle: each fact an entity, each derivation an activity that used its premises.

    The names are hashes of the content, so the same proof has the same names. `places` says for
    statements in which source, paragraph and sentence they stand.
    """
    triples = [triple for step in proof.steps for triple in _step_triples(step)]
    for statement in proof.statements:
        if statement in places:
            triples += _place_triples(NamedNode(statement), places[statement])
    triples += _scalars(_proof_node(proof), "goal", [_fact_node(proof.goal)])
    triples += _scalars(_proof_node(proof), "truncated", [_integer(proof.truncated)])
    triples.append(
        Triple(_proof_node(proof), NamedNode(RDF + "type"), NamedNode(PROV + "Collection"))
    )
    for step in proof.steps:
        member = NamedNode(PROV + "hadMember")
        triples.append(Triple(_proof_node(proof), member, _fact_node(step.fact)))
    prefixes = {"prov": PROV, "rdf": RDF, "rdfs": RDFS, "axis": AXIS, "xsd": XSD}
    data = serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes)
    assert data is not None
    return data.decode()


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


def _step_triples(step: Step) -> list[Triple]:
    fact = _fact_node(step.fact)
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
        found.append(Triple(activity, NamedNode(PROV + "used"), _fact_node(premise)))
        found += _scalars(activity, f"premise{rank}", [_fact_node(premise)])
    for rank, absence in enumerate(step.absences):
        found += _scalars(activity, f"absence{rank}", [Literal(absence)])
    for name, value in step.bindings:
        found += _scalars(activity, f"binding-{name}", [_named(value)])
    for rank, axiom in enumerate(step.axioms):
        for place, text in zip("spo", axiom, strict=True):
            found += _scalars(activity, f"axiom{rank}{place}", [_named(text)])
    return found


def read_proof_rdf(text: str) -> Proof:
    """The proof that `write_proof_rdf` has written. Raises `ParseError` for anything else."""
    try:
        quads = list(parse(text, format=RdfFormat.TURTLE))
    except SyntaxError as error:
        raise ParseError(f"not Turtle: {error}") from error
    graph: dict[str, dict[str, list[str]]] = {}
    for quad in quads:
        subject = text_of(quad.subject)
        objects = graph.setdefault(subject, {}).setdefault(quad.predicate.value, [])
        objects.append(_text(quad))
    roots = [s for s, known in graph.items() if PROOF + "goal" in known]
    if len(roots) != 1:
        raise ParseError(f"expected one proof, found {len(roots)}")
    root = graph[roots[0]]
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


def _read_step(graph: dict[str, dict[str, list[str]]], name: str) -> Step:
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


def _fact_node(key: Key) -> NamedNode:
    return NamedNode(PROOF + "fact/" + hashlib.sha256("\n".join(key).encode()).hexdigest()[:24])


def _proof_node(proof: Proof) -> NamedNode:
    return NamedNode(_fact_node(proof.goal).value.replace("/fact/", "/of/"))


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
