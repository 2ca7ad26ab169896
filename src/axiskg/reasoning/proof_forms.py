"""A proof as a text tree, as a Mermaid graph, and as PROV-O."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from axiskg.namespaces import PREFIXES, RULE
from axiskg.reasoning.proofs import Asserted, Derivation, Key, Proof, Step
from axiskg.reasoning.terms import term_of
from axiskg.reasoning.values import Citation, short, spoken

__all__ = ["as_mermaid", "as_prov", "as_text", "told"]

_RDF = PREFIXES["rdf"]
_PROV = PREFIXES["prov"]


def told(key: Key) -> str:
    """A triple in short words.

    >>> told(("https://w3id.org/axiskg/entity/iran",
    ...       "https://w3id.org/axiskg/ontology#memberOf", "https://w3id.org/axiskg/entity/sco"))
    'iran member of sco'
    """
    return f"{short(key[0])} {spoken(short(key[1]).rpartition('#')[2])} {short(key[2])}"


def as_text(proof: Proof, cited: Mapping[str, Citation] | None = None) -> str:
    """The proof as an indented tree; a fact that was proved above is not proved again."""
    return "\n".join(_lines(proof, proof.root, 0, set(), cited or {}))


def _lines(
    proof: Proof, step: Step, depth: int, seen: set[Key], cited: Mapping[str, Citation]
) -> Iterator[str]:
    pad = "  " * depth
    confidence = "" if step.confidence >= 1 else f" [{step.confidence:.2f}]"
    if step.fact in seen:
        yield f"{pad}{told(step.fact)}: see above"
        return
    seen.add(step.fact)
    if isinstance(step, Asserted):
        yield f"{pad}{told(step.fact)}{confidence}: {_source(step, cited)}"
        return
    more = f", and {step.alternatives} other ways" if step.alternatives else ""
    yield f"{pad}{told(step.fact)}{confidence} by {step.label} ({step.rule}){more}"
    for premise in step.premises:
        yield from _lines(proof, proof.by_fact[premise], depth + 1, seen, cited)
    for absence in step.absences:
        yield f"{pad}  and not: {absence}"


def _source(step: Asserted, cited: Mapping[str, Citation]) -> str:
    if not step.statements:
        return "description or ontology"
    named = []
    for statement in step.statements:
        name = statement.rpartition("/")[2]
        citation = cited.get(statement)
        if citation is None:
            named.append("assumed" if statement.startswith("urn:axiskg:assumed:") else name)
            continue
        words = f": {citation.paraphrase}" if citation.paraphrase else ""
        place = f"paragraph {citation.paragraph}, sentence {citation.sentence}"
        named.append(f"{name} ({place}){words}")
    more = f"; and {step.supports.more} more" if step.supports.more else ""
    return "; ".join(named) + more


def as_mermaid(proof: Proof, cited: Mapping[str, Citation] | None = None) -> str:
    """The proof as a Mermaid flowchart, premises pointing to conclusions."""
    names = {step.fact: f"f{number}" for number, step in enumerate(proof.steps)}
    lines = ["flowchart BT"]
    for step in proof.steps:
        node = names[step.fact]
        if isinstance(step, Derivation):
            lines.append(f'  {node}["{_quoted(told(step.fact))}"]')
            rule = f"{node}r"
            lines.append(f'  {rule}{{{{"{_quoted(step.label)}"}}}} --> {node}')
            lines += [f"  {names[premise]} --> {rule}" for premise in step.premises]
        else:
            source = _source(step, cited or {})
            lines.append(f'  {node}["{_quoted(told(step.fact))}<br/>{_quoted(source)}"]')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def as_prov(proof: Proof) -> str:
    """The proof as PROV-O in Turtle: facts are entities, applications of rules are activities."""
    text = serialize(_triples(proof), format=RdfFormat.TURTLE, prefixes=_USED)
    assert text is not None
    return text.decode()


_USED = {name: PREFIXES[name] for name in ("axis", "prov", "rdf", "xsd", "rdfs", "rule")}


def fact_iri(key: Key) -> NamedNode:
    """A name for a fact, the same wherever it is proved."""
    return NamedNode(f"urn:axiskg:fact:{hashlib.sha256(' '.join(key).encode()).hexdigest()}")


def _triples(proof: Proof) -> Iterator[Triple]:
    def prov(name: str) -> NamedNode:
        return NamedNode(_PROV + name)

    type_ = NamedNode(_RDF + "type")
    for step in proof.steps:
        fact = fact_iri(step.fact)
        yield Triple(fact, type_, prov("Entity"))
        yield Triple(fact, type_, NamedNode(_RDF + "Statement"))
        for name, text in zip(("subject", "predicate", "object"), step.fact, strict=True):
            term = term_of(text)
            assert not isinstance(term, Triple)
            yield Triple(fact, NamedNode(_RDF + name), term)
        yield Triple(
            fact,
            NamedNode(PREFIXES["axis"] + "confidence"),
            Literal(f"{step.confidence:.4f}", datatype=NamedNode(PREFIXES["xsd"] + "decimal")),
        )
        if isinstance(step, Asserted):
            for statement in step.statements:
                yield Triple(fact, prov("wasDerivedFrom"), NamedNode(statement.replace(" ", "%20")))
            continue
        application = NamedNode(f"{fact.value}:application")
        association = BlankNode()
        yield Triple(application, type_, prov("Activity"))
        yield Triple(fact, prov("wasGeneratedBy"), application)
        yield Triple(application, prov("qualifiedAssociation"), association)
        yield Triple(association, type_, prov("Association"))
        yield Triple(association, prov("hadPlan"), NamedNode(RULE + step.rule.replace(" ", "-")))
        for premise in step.premises:
            yield Triple(application, prov("used"), fact_iri(premise))
            yield Triple(fact, prov("wasDerivedFrom"), fact_iri(premise))
