"""The ontology as a value: its terms by name, its version, its confidence table."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from axiskg.errors import ConfigError, NotFoundError, ParseError
from axiskg.namespaces import AXIS
from axiskg.ontology import MODULES, Ontology, ontology_files, read_ontology
from axiskg.settings import Settings


def test_a_term_is_found_by_name_curie_and_iri(ontology: Ontology) -> None:
    term = ontology.term("fullyBacks")
    assert term == ontology.term("axis:fullyBacks") == ontology.term(AXIS + "fullyBacks")
    assert (term.name, term.kind, term.module) == ("fullyBacks", "object property", "relations")
    assert term.parents == (AXIS + "backs",)
    assert term.definition.startswith("supports a position")


def test_a_wrong_name_gets_a_near_one(ontology: Ontology) -> None:
    with pytest.raises(NotFoundError, match=r"no term 'fulyBacks'; did you mean fullyBacks"):
        ontology.term("fulyBacks")


def test_a_value_of_a_scheme_is_a_concept(ontology: Ontology) -> None:
    assert ontology.term("Fact").kind == "concept"
    assert ontology.term("ModalityScheme").kind == "concept scheme"
    assert ontology.term("Modality").kind == "class"


def test_ancestors_are_transitive(ontology: Ontology) -> None:
    assert {AXIS + "relatedTo", AXIS + "partnerOf"} <= ontology.ancestors(
        AXIS + "militaryPartnerOf"
    )
    assert AXIS + "backs" not in ontology.ancestors(AXIS + "declinesToCondemn")


def test_version_is_that_of_the_header(ontology: Ontology) -> None:
    assert ontology.version == "0.1.0"


def test_confidence_falls_with_likelihood_and_never_leaves_its_range(ontology: Ontology) -> None:
    table = ontology.confidence
    modalities = ("Fact", "Assessment", "Claim", "Perception", "Prediction", "Hypothesis")
    likelihoods = ("Certain", "Likely", "Possible", "Undetermined", "Unlikely")
    assert {AXIS + m for m in modalities} == {m for m, _ in table}
    for modality in modalities:
        row = [table[AXIS + modality, AXIS + likelihood] for likelihood in likelihoods]
        assert row == sorted(row, reverse=True)
        assert all(0 <= weight <= 1 for weight in row)
    assert table[AXIS + "Fact", AXIS + "Certain"] == Decimal("1.00")


def test_alignments_may_be_left_out(project: Settings) -> None:
    without = ontology_files(project.ontology_dir, alignments=False)
    assert [path.stem for path in without] == ["axiskg", *MODULES]
    assert len(ontology_files(project.ontology_dir)) > len(without) + 5


def test_a_missing_module_is_named(project: Settings, tmp_path: Path) -> None:
    shutil.copytree(project.ontology_dir, tmp_path / "ontology")
    (tmp_path / "ontology" / "modules" / "events.ttl").unlink()
    with pytest.raises(ConfigError, match=r"events\.ttl is missing"):
        read_ontology(tmp_path / "ontology")


def test_broken_turtle_is_named_with_its_line(project: Settings, tmp_path: Path) -> None:
    shutil.copytree(project.ontology_dir, tmp_path / "ontology")
    path = tmp_path / "ontology" / "modules" / "events.ttl"
    path.write_text("@prefix a: <http://a/> .\na:b a:c ,\n", encoding="utf-8")
    with pytest.raises(ParseError, match=r"events\.ttl:\d+: not Turtle"):
        read_ontology(tmp_path / "ontology")
