"""The ontology against what is written in its terms: encoded statements, queries, rules, code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from axiskg.gates import Corpus, Outcome
from axiskg.gates.consistency import check_consistency
from axiskg.gates.corpus import read_corpus
from axiskg.namespaces import AXIS, PREFIXES, curie
from axiskg.ontology import Ontology
from axiskg.settings import Settings

TYPE = PREFIXES["rdf"] + "type"
XSD = PREFIXES["xsd"]


@pytest.fixture(scope="module")
def types(encoded: Corpus) -> dict[str, frozenset[str]]:
    """The classes of each thing, super-classes included, by its descriptions and all statements."""
    asserted: dict[str, set[str]] = {}
    triples = [quad.triple for quad in encoded.dataset]
    for triple in triples:
        if triple.predicate.value == TYPE and isinstance(triple.subject, NamedNode):
            assert isinstance(triple.object, NamedNode)
            asserted.setdefault(triple.subject.value, set()).add(triple.object.value)
    return {
        thing: frozenset(kinds.union(*(encoded.ontology.ancestors(kind) for kind in kinds)))
        for thing, kinds in asserted.items()
    }


def inherited(ontology: Ontology, name: str, place: str) -> Iterator[str]:
    """The domains or ranges of a property and of those above it."""
    for iri in (name, *ontology.ancestors(name)):
        if iri in ontology.terms and (found := getattr(ontology.terms[iri], place)):
            yield found


def test_something_is_encoded(encoded: Corpus) -> None:
    assert len(encoded.statements) > 200


def test_every_property_and_class_of_the_data_is_declared(encoded: Corpus) -> None:
    used = {quad.predicate.value for quad in encoded.quads}
    used |= {
        quad.object.value
        for quad in encoded.quads
        if quad.predicate.value == TYPE and isinstance(quad.object, NamedNode)
    }
    assert {iri for iri in used if iri.startswith(AXIS)} - set(encoded.ontology.terms) == set()


def test_subjects_are_of_the_domain(encoded: Corpus, types: dict[str, frozenset[str]]) -> None:
    strangers = {
        f"{curie(quad.subject.value)} {curie(quad.predicate.value)}: no {curie(domain)}"
        for quad in encoded.quads
        if isinstance(quad.subject, NamedNode)
        for domain in inherited(encoded.ontology, quad.predicate.value, "domain")
        if domain not in types.get(quad.subject.value, frozenset())
    }
    assert strangers == set()


def test_objects_are_of_the_range(encoded: Corpus, types: dict[str, frozenset[str]]) -> None:
    strangers = set()
    for quad in encoded.quads:
        for needed in inherited(encoded.ontology, quad.predicate.value, "range"):
            value = quad.object
            right = (
                isinstance(value, Literal) and value.datatype.value == needed
                if needed.startswith(XSD)
                else isinstance(value, NamedNode) and needed in types.get(value.value, frozenset())
            )
            if not right:
                strangers.add(f"{curie(quad.predicate.value)} {value}: no {curie(needed)}")
    assert strangers == set()


def test_all_statements_together_fit_the_axioms_whatever_they_count_for(
    encoded: Corpus, tmp_path: Path
) -> None:
    """A denied or imagined statement must make sense too, so all are put as if accepted."""
    copies = []
    for path in encoded.files:
        copy = tmp_path / path.name
        text = path.read_text(encoding="utf-8")
        copy.write_text(re.sub(r"axis:standing axis:\w+", "axis:standing axis:Accepted", text))
        copies.append(copy)
    corpus = read_corpus(encoded.ontology, copies, home=tmp_path)
    assert len(corpus.accepted) == len(encoded.statements) > len(encoded.accepted)
    report = check_consistency(corpus)
    assert report.outcome is Outcome.PASSED, report.findings


def written() -> list[Path]:
    home = Settings().home
    return [
        *sorted((home / "queries").rglob("*.rq")),
        *sorted((home / "ontology").rglob("*.rq")),
    ]


def test_queries_rules_and_checks_use_declared_terms(ontology: Ontology) -> None:
    known = {term.name for term in ontology.terms.values()}
    unknown = {
        f"{path.name}: axis:{name}"
        for path in written()
        for name in re.findall(r"\baxis:([A-Za-z]+)", path.read_text(encoding="utf-8"))
        if name not in known
    }
    assert unknown == set()
