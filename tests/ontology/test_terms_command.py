"""`axiskg terms`, and the page that it writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import axiskg.cli.terms  # noqa: F401 - declares the command
from axiskg.cli.app import app
from axiskg.errors import NotFoundError
from axiskg.gates import GATES
from axiskg.ontology import MODULES, Ontology

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_one_term(runner: CliRunner) -> None:
    result = runner.invoke(app, ["terms", "partnerOf"])
    assert result.exit_code == 0
    assert "works together by agreement with" in result.stdout
    assert "militaryPartnerOf" in result.stdout


def test_a_wrong_name_gets_a_near_one(runner: CliRunner) -> None:
    result = runner.invoke(app, ["terms", "partnerof"])
    assert isinstance(result.exception, NotFoundError)
    assert "did you mean partnerOf" in str(result.exception)


def test_json(runner: CliRunner, ontology: Ontology) -> None:
    everything = json.loads(runner.invoke(app, ["terms", "--json"]).stdout)
    assert [term["iri"] for term in everything] == list(ontology.terms)
    one = json.loads(runner.invoke(app, ["terms", "involvedIn", "--json"]).stdout)
    assert one in everything
    assert one["range"].endswith("#Institution")


def test_the_page_of_terms_is_up_to_date(runner: CliRunner, ontology: Ontology) -> None:
    page = runner.invoke(app, ["terms", "--markdown"]).stdout
    assert page == (DOCS / "terms.md").read_text(encoding="utf-8"), (
        "run: axiskg terms --markdown > docs/terms.md"
    )
    assert all(f"| `{term.name}` |" in page for term in ontology.terms.values())


def test_the_guide_names_what_there_is() -> None:
    guide = (DOCS / "ontology.md").read_text(encoding="utf-8")
    assert all(f"| `{gate}` |" in guide for gate in GATES)
    assert all(f"modules/{module}.ttl" in guide for module in MODULES)


def test_the_guide_speaks_of_declared_terms(ontology: Ontology) -> None:
    guide = (DOCS / "ontology.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`axis:(\w+)`", guide))
    assert len(named) > 20
    for name in named:
        ontology.term(name)
