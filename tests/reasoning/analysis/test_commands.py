"""The commands: what people read, JSON as over HTTP, forms and files, errors."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Quad
from typer.testing import CliRunner

from axiskg.cli.groups import whole_app
from axiskg.errors import NotFoundError, ParameterError
from axiskg.namespaces import INFERRED_GRAPH
from axiskg.settings import Settings
from axiskg.store import open_store
from axiskg.store.staleness import setting

app = whole_app()

ROOT = Path(__file__).parents[3]


def ask(settings: Settings, *words: str) -> str:
    done = CliRunner().invoke(
        whole_app(), ["--store", settings.store, *words], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def ask_json(settings: Settings, *words: str) -> Any:
    return json.loads(ask(settings, *words, "--json"))


def test_mutual_backing_reads_well(built: Settings) -> None:
    told = ask(built, "mutual-backing", "china", "russia")
    assert "back each other: yes" in told
    assert re.search(r"full +taiwan +paragraph 14, sentence 5 +p14\.af", told)
    assert "declining to condemn" in told
    assert "What speaks against it" in told


def test_alignment_of_two_and_of_one(built: Settings) -> None:
    told = ask(built, "alignment", "Iran", "China", "--as-of", "2023-08-15")
    assert "indirect, surely" in told
    assert "invitee / member" in told
    rows = ask_json(built, "alignment", "india")["rows"]
    assert all(row["common_adverse_to"] == [] for row in rows)


@pytest.mark.parametrize(
    ("form", "words"),
    [("text", "by Mutual backing"), ("mermaid", "flowchart"), ("prov", "prov:Entity")],
)
def test_explain_in_its_forms(built: Settings, form: str, words: str) -> None:
    told = ask(built, "explain", "china", "mutuallyBacks", "russia", "--format", form)
    assert words in told


@pytest.mark.parametrize(
    ("form", "mark"),
    [("mermaid", "subgraph"), ("prov", "prov:Collection"), ("text", "All premises may hold")],
)
def test_explain_gives_all_the_proofs_asked_for(built: Settings, form: str, mark: str) -> None:
    triple = ("iran", "indirectlyAlignedWith", "china")
    told = ask(built, "explain", *triple, "--format", form, "--proofs", "2")
    assert told.count(mark) == 2


def test_why_not_and_what_if(built: Settings) -> None:
    told = ask(built, "why-not", "china", "allianceWith", "russia")
    assert "does not hold" in told
    assert "said, but Hypothetical, only within a scenario: p11.v (paragraph 11" in told
    told = ask(built, "what-if", "--scenario", "sino-us-conflict-alliance")
    assert "china allianceWith russia" in told
    gone = ask_json(built, "what-if", "--remove", "p26.j")["gone"]
    assert {change["relation"] for change in gone} >= {"memberOf", "sharesInstitutionWith"}
    assert "sino-us-conflict-alliance" in ask(built, "what-if", "--list")


def test_balance_influence_and_network(built: Settings, tmp_path: Path) -> None:
    assert "balanced" in ask(built, "balance")
    assert "Saudi Arabia" in ask(built, "influence", "china", "russia")
    path = tmp_path / "links.graphml"
    ask(built, "network", str(path))
    assert path.stat().st_size > 0
    assert len(ask_json(built, "network")["edges"]) > 20


def test_infer_writes_what_follows(small_quads: list[Quad], tmp_path: Path) -> None:
    settings = Settings(home=ROOT, store=str(tmp_path / "store"))
    with open_store(settings) as store:
        store.extend(small_quads)
    report = json.loads(ask(settings, "infer", "--json"))
    assert report["inferred"] > 0
    with open_store(settings, read_only=True) as store:
        assert store.graph_sizes()[INFERRED_GRAPH] == report["inferred"]
    assert "conclusions" in ask(settings, "infer")


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (("mutual-backing", "chna", "russia"), NotFoundError, "did you mean china"),
        (("mutual-backing", "china", "china"), ParameterError, "another actor"),
        (("alignment", "china", "--as-of", "soon"), ParameterError, "YYYY-MM-DD"),
        (("explain", "china", "mutualyBacks", "russia"), ParameterError, "mutuallyBacks"),
        (("what-if",), ParameterError, "nothing to change"),
        (("what-if", "--scenario", "tawan-crisis"), NotFoundError, "taiwan-crisis"),
    ],
)
def test_errors_are_one_message(
    built: Settings, words: tuple[str, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ask(built, *words)


def test_each_rule_question_and_kind_is_documented() -> None:
    told = (ROOT / "docs" / "reasoning.md").read_text(encoding="utf-8")
    for path in (ROOT / "ontology" / "rules").glob("*.rq"):
        assert f"| `{path.stem}` |" in told, path.stem
    source = (ROOT / "src/axiskg/reasoning/counter_evidence.py").read_text(encoding="utf-8")
    for kind in re.findall(r'yield "([a-z-]+)"', source):
        assert f"| `{kind}` |" in told
    cli = (ROOT / "src/axiskg/cli/reasoning.py").read_text(encoding="utf-8")
    for command in re.findall(r'@app\.command\("([a-z-]+)"\)', cli):
        assert f"`axiskg {command}" in told


def test_what_a_scenario_assumes_is_told(built: Settings) -> None:
    told = ask(built, "what-if", "--scenario", "taiwan-crisis")
    assert re.search(r"taiwan-crisis, antecedent: p29\.3 .* \(Hypothetical\)", told)
    assert re.search(r"shocks-drive-closer, consequent: p29\.1", told)


def test_a_store_in_memory_is_filled_first() -> None:
    told = ask(Settings(store=":memory:"), "explain", "iran", "memberOf", "sco")
    assert "p26.j" in told


def test_stale_conclusions_are_told_on_the_side(tmp_path: Path, small_quads: list[Quad]) -> None:
    settings = Settings(home=ROOT, store=str(tmp_path / "store"))
    question = [
        "--store",
        settings.store,
        "query",
        "ASK { ent:china axis:mutuallyBacks ent:russia }",
    ]
    with open_store(settings) as store:
        store.extend(small_quads)
        store.update(setting(everywhere=True))
    done = CliRunner().invoke(app, question)
    assert done.stdout == "false\n"
    assert "stale since" in done.stderr
    assert "axiskg build" in done.stderr
    ask(settings, "infer")
    done = CliRunner().invoke(app, question)
    assert (done.stdout, done.stderr) == ("true\n", "")
