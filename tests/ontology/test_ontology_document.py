"""Headers, names, documented terms, the OWL profile, and the alignments."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rdflib import DCTERMS, OWL, RDF, RDFS, SKOS, XSD, BNode, Graph, Namespace, URIRef

from axiskg.namespaces import AXIS
from axiskg.ontology import MODULES, Ontology, ontology_files
from axiskg.settings import Settings

VANN = Namespace("http://purl.org/vocab/vann/")
PATHS = ontology_files(Settings().ontology_dir)
HEADER = "https://w3id.org/axiskg/ontology"


@pytest.fixture(scope="module")
def graph() -> Graph:
    whole = Graph()
    for path in PATHS:
        whole.parse(path)
    return whole


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_file_has_its_header(path: Path) -> None:
    graph = Graph().parse(path)
    [header] = graph.subjects(RDF.type, OWL.Ontology)
    name = str(header).removeprefix(HEADER).strip("/")
    assert name in {"", path.stem, f"alignments/{path.stem}"}
    version = graph.value(header, OWL.versionInfo)
    assert str(graph.value(header, OWL.versionIRI)) == f"{HEADER}/{version}/{name}".rstrip("/")
    for needed in (DCTERMS.title, DCTERMS.description, DCTERMS.creator, DCTERMS.issued):
        assert graph.value(header, needed), needed
    assert "creativecommons.org/licenses/by/4.0" in str(graph.value(header, DCTERMS.license))
    if path.parent.name == "modules":
        assert str(graph.value(header, VANN.preferredNamespacePrefix)) == "axis"
        assert str(graph.value(header, VANN.preferredNamespaceUri)) == AXIS


def test_the_header_imports_every_module(graph: Graph) -> None:
    assert set(graph.objects(URIRef(HEADER), OWL.imports)) == {
        URIRef(f"{HEADER}/{module}") for module in MODULES
    }


def test_terms_stand_in_the_file_that_they_say(ontology: Ontology) -> None:
    for path in PATHS:
        local = Graph().parse(path)
        for subject in set(local.subjects(RDFS.isDefinedBy, None)):
            if str(subject).startswith(AXIS):
                module = str(local.value(subject, RDFS.isDefinedBy)).rpartition("/")[2]
                assert module == path.stem, subject


def test_names_have_the_form_of_their_kind(ontology: Ontology) -> None:
    upper, lower = re.compile(r"[A-Z][A-Za-z]+"), re.compile(r"[a-z][A-Za-z]+")
    for term in ontology.terms.values():
        form = lower if "property" in term.kind else upper
        assert form.fullmatch(term.name), term.iri


def test_every_class_and_concept_is_told_apart_by_its_label(ontology: Ontology) -> None:
    labels = [t.label for t in ontology.terms.values() if t.kind in {"class", "concept"}]
    doubled = {label for label in labels if labels.count(label) > 1}
    # Class and property names may agree but for a capital; two classes may not.
    assert doubled == set()


def test_definitions_fit_into_a_sentence(ontology: Ontology) -> None:
    for term in ontology.terms.values():
        assert not term.definition.endswith("."), term.iri
        assert term.definition[0].islower() or term.definition.startswith("SHA"), term.iri
        assert 3 <= len(term.definition) <= 200, term.iri


# OWL 2 Profiles, 4.2: what OWL 2 RL allows, as far as it is used here
RL = {
    OWL.Class,
    OWL.ObjectProperty,
    OWL.DatatypeProperty,
    OWL.AnnotationProperty,
    OWL.SymmetricProperty,
    OWL.AsymmetricProperty,
    OWL.TransitiveProperty,
    OWL.FunctionalProperty,
    OWL.IrreflexiveProperty,
    OWL.AllDisjointClasses,
    OWL.Restriction,
    OWL.Ontology,
}
RL_PROPERTIES = {
    OWL.members,
    OWL.onProperty,
    OWL.maxCardinality,
    OWL.propertyDisjointWith,
    OWL.imports,
    OWL.versionIRI,
    OWL.versionInfo,
}


def test_only_owl_rl_constructs_are_used(graph: Graph) -> None:
    owl = str(OWL)
    kinds = {o for o in graph.objects(None, RDF.type) if str(o).startswith(owl)}
    assert kinds <= RL
    assert {p for p in graph.predicates() if str(p).startswith(owl)} <= RL_PROPERTIES
    limits = {int(str(o)) for o in graph.objects(None, OWL.maxCardinality)}
    assert limits <= {0, 1}, "OWL 2 RL allows at most nought or one"
    for restriction in graph.subjects(RDF.type, OWL.Restriction):
        assert set(graph.subject_predicates(restriction)) == {
            (s, RDFS.subClassOf) for s in graph.subjects(RDFS.subClassOf, restriction)
        }, "a cardinality stands on the right of a sub-class axiom only"
    for place in (RDFS.domain, RDFS.range):
        assert not [o for o in graph.objects(None, place) if isinstance(o, BNode)]


def test_ranges_are_in_the_datatype_map(graph: Graph) -> None:
    ranges = {o for o in graph.objects(None, RDFS.range) if str(o).startswith(str(XSD))}
    assert ranges <= {XSD.integer, XSD.decimal, XSD.string, XSD.boolean}


def test_transitive_properties_are_used_where_owl_dl_allows(graph: Graph) -> None:
    transitive = set(graph.subjects(RDF.type, OWL.TransitiveProperty))
    composite = transitive | {
        above for p in transitive for above in graph.transitive_objects(p, RDFS.subPropertyOf)
    }
    simple_only = (
        OWL.FunctionalProperty,
        OWL.AsymmetricProperty,
        OWL.IrreflexiveProperty,
    )
    for kind in simple_only:
        assert not composite & set(graph.subjects(RDF.type, kind))
    assert not composite & set(graph.objects(None, OWL.onProperty))


def test_no_name_is_both_class_and_property(graph: Graph) -> None:
    classes = set(graph.subjects(RDF.type, OWL.Class))
    properties = {
        p
        for kind in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
        for p in graph.subjects(RDF.type, kind)
    }
    assert not classes & properties


def test_every_concept_is_in_a_scheme_and_of_a_kind(graph: Graph) -> None:
    for concept in graph.subjects(RDF.type, SKOS.Concept):
        schemes = set(graph.objects(concept, SKOS.inScheme))
        assert schemes, concept
        assert schemes <= set(graph.subjects(RDF.type, SKOS.ConceptScheme))
        kinds = set(graph.objects(concept, RDF.type)) - {SKOS.Concept}
        assert kinds, concept
        for kind in kinds:
            assert (kind, RDFS.subClassOf, SKOS.Concept) in graph


def test_likelihoods_are_ordered(graph: Graph) -> None:
    order = {
        str(concept).removeprefix(AXIS): int(str(graph.value(concept, URIRef(AXIS + "order"))))
        for concept in graph.subjects(RDF.type, URIRef(AXIS + "Likelihood"))
    }
    assert sorted(order, key=lambda name: order[name]) == [
        "Undetermined",
        "Unlikely",
        "Possible",
        "Likely",
        "Certain",
    ]


def test_alignments_are_about_declared_terms(ontology: Ontology) -> None:
    for path in PATHS:
        if path.parent.name != "alignments":
            continue
        named = {
            str(term)
            for triple in Graph().parse(path)
            for term in triple
            if str(term).startswith(AXIS)
        }
        assert named, path
        assert named - set(ontology.terms) == set(), path


def test_what_is_borrowed_is_explained(graph: Graph) -> None:
    ours = {s for s in graph.subjects() if str(s).startswith(AXIS)}
    borrowed = {
        o
        for s in ours
        for p in (RDFS.subClassOf, RDFS.subPropertyOf)
        for o in graph.objects(s, p)
        if isinstance(o, URIRef) and not str(o).startswith(AXIS)
    }
    assert borrowed
    for term in borrowed:
        assert graph.value(term, SKOS.definition), term
        assert graph.value(term, RDFS.isDefinedBy), term
        assert graph.value(term, DCTERMS.source), term
