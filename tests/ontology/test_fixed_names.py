"""The names that outside checks use, and what the design says of each."""

from __future__ import annotations

import pytest
from pyoxigraph import NamedNode, Triple
from rdflib import OWL, Graph, URIRef
from rdflib.collection import Collection

from axiskg.namespaces import AXIS, PREFIXES
from axiskg.ontology import Ontology, ontology_files
from axiskg.settings import Settings

STATEMENT = [
    "source",
    "paragraph",
    "sentence",
    "alsoInParagraph",
    "spanBegin",
    "spanEnd",
    "alsoSpan",
    "sentenceHash",
    "contentHash",
    "assertedBy",
    "reportedBy",
    "heldBy",
    "modality",
    "likelihood",
    "likelihoodNote",
    "degreeNote",
    "polarity",
    "expression",
    "attitude",
    "condition",
    "validTime",
    "timeBasis",
    "paraphrase",
    "voice",
    "standing",
    "antecedent",
    "assumesNot",
    "consequent",
    "regardlessOf",
    "follows",
    "headSubject",
    "headProperty",
    "headObject",
]
CONTENT = [
    "backs",
    "fullyBacks",
    "tacitlyBacks",
    "declinesToCondemn",
    "memberOf",
    "foundedBy",
    "invitedToJoin",
    "appliedToJoin",
    "partnerOf",
    "perceivesThreatFrom",
    "hasGrievance",
    "sanctioned",
    "armed",
    "suppliesArmsTo",
    "plansAllianceWith",
    "allianceWith",
    "onIssue",
    "against",
    "about",
    "carriedOutBy",
]
INFERRED = [
    "mutuallyBacks",
    "sharesInstitutionWith",
    "sharesThreatWith",
    "sharesGrievanceWith",
    "sharesAdversaryWith",
    "indirectlyAlignedWith",
]
CONCEPTS = [
    "Fact",
    "Claim",
    "Perception",
    "Assessment",
    "Prediction",
    "Hypothesis",
    "Certain",
    "Likely",
    "Possible",
    "Unlikely",
    "Undetermined",
    "Affirmed",
    "Negated",
    "Explicit",
    "Presupposed",
    "Implied",
    "Believes",
    "Fears",
    "Expects",
    "Wants",
    "Stated",
    "Resolved",
    "Hypothetical",
    "Attributed",
    "Open",
    "Denied",
    "Hedged",
    "Foreseen",
    "Judged",
    "Accepted",
]
CLASSES = ["Statement", "Scenario", "Position", "Action", "Grievance"]


def has(ontology: Ontology, subject: str, predicate: str, value: str) -> bool:
    prefix, _, name = predicate.partition(":")
    known = set(ontology.triples)
    return (
        Triple(NamedNode(AXIS + subject), NamedNode(PREFIXES[prefix] + name), NamedNode(value))
        in known
    )


@pytest.mark.parametrize("name", STATEMENT + CONTENT + INFERRED)
def test_properties(ontology: Ontology, name: str) -> None:
    assert "property" in ontology.term(name).kind


@pytest.mark.parametrize("name", CONCEPTS)
def test_concepts(ontology: Ontology, name: str) -> None:
    assert ontology.term(name).kind == "concept"


@pytest.mark.parametrize("name", CLASSES)
def test_classes(ontology: Ontology, name: str) -> None:
    assert ontology.term(name).kind == "class"


def test_declining_to_condemn_is_no_backing(ontology: Ontology) -> None:
    assert AXIS + "backs" not in ontology.ancestors(AXIS + "declinesToCondemn")
    assert ontology.term("declinesToCondemn").range == AXIS + "Action"


@pytest.mark.parametrize("name", ["fullyBacks", "tacitlyBacks"])
def test_full_and_tacit_backing_are_backing(ontology: Ontology, name: str) -> None:
    assert ontology.term(name).parents == (AXIS + "backs",)


@pytest.mark.parametrize(
    "name", ["invitedToJoin", "appliedToJoin", "expressedInterestIn", "hasVetoIn"]
)
def test_nobody_is_a_member_by_invitation_or_application(ontology: Ontology, name: str) -> None:
    assert AXIS + "memberOf" not in ontology.ancestors(AXIS + name)
    assert AXIS + name not in ontology.ancestors(AXIS + "memberOf")


@pytest.mark.parametrize(
    "name", ["partnerOf", "allianceWith", "mutuallyBacks", "sharesInstitutionWith"]
)
def test_symmetric(ontology: Ontology, name: str) -> None:
    assert has(ontology, name, "rdf:type", PREFIXES["owl"] + "SymmetricProperty")


def test_a_planned_alliance_is_no_alliance(ontology: Ontology) -> None:
    assert not has(ontology, "plansAllianceWith", "rdf:type", PREFIXES["owl"] + "SymmetricProperty")
    assert AXIS + "relatedTo" not in ontology.ancestors(AXIS + "plansAllianceWith")


def test_views_and_statements_are_held_so_that_being_held_says_nothing_of_the_kind(
    ontology: Ontology,
) -> None:
    held = ontology.term("heldBy")
    assert held.domain is None
    assert held.parents == (AXIS + "ofParty",)
    assert AXIS + "ofParty" in ontology.term("carriedOutBy").parents


def test_a_view_relation_says_what_its_content_is(ontology: Ontology) -> None:
    assert has(ontology, "perceivesThreatFrom", "axis:viewContent", AXIS + "threatens")
    assert has(ontology, "perceivesThreatFrom", "axis:viewDirection", AXIS + "InverseDirection")


def test_taiwan_may_be_a_place_and_an_issue(project: Settings) -> None:
    graph = Graph()
    for path in ontology_files(project.ontology_dir):
        graph.parse(path)
    groups = [set(Collection(graph, o)) for o in graph.objects(None, OWL.members)]
    assert any({URIRef(AXIS + "Place"), URIRef(AXIS + "Actor")} <= group for group in groups)
    assert not any({URIRef(AXIS + "Place"), URIRef(AXIS + "Issue")} <= group for group in groups)
