"""What each command prints, and where."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from running import Run

from axiskg.cli.app import Exit
from axiskg.queries import Catalogue
from axiskg.settings import Settings

AXISKG = Path(sys.executable).with_name("axiskg")
CHINA = "https://w3id.org/axiskg/entity/china"


def rows(out: str) -> list[list[str]]:
    return [line.split("\t") for line in out.splitlines()]


# --- build -----------------------------------------------------------------------------------


def test_build_reports_on_stdout_and_progress_on_stderr(axiskg: Run, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    first = axiskg("build", "--json", store=store)
    assert first.code == 0
    assert first.json["built"] is True
    assert "reading the ontology" in first.err
    again = axiskg("build", store=store)
    assert again.out.startswith("already up to date: ")
    assert again.err == ""
    assert axiskg("build", "--force", store=store).out.startswith("built: ")


def test_the_store_option_wins_over_the_environment(axiskg: Run, filled: Path) -> None:
    ran = axiskg(
        "--store", str(filled), "query", "ASK { ent:china a axis:State }", store="/nowhere"
    )
    assert (ran.code, ran.out) == (0, "true\n")


# --- query -----------------------------------------------------------------------------------


def test_a_saved_query_is_tsv_in_a_pipe(axiskg: Run) -> None:
    found = rows(axiskg("query", "backing").out)
    assert found[0] == ["?backer", "?backed", "?manner", "?issue", "?statement", "?paragraph"]
    assert len(found) == 7


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv", "table"])
def test_every_format_of_rows(name: str, axiskg: Run) -> None:
    ran = axiskg("query", "voices", "--format", name)
    assert ran.code == 0
    if name == "table":
        assert "axis:Perception" in ran.out
        assert "┃" in ran.out
        assert ran.err.endswith("rows\n")
    elif name == "csv":
        assert len(list(csv.reader(io.StringIO(ran.out)))) > 10
    elif name == "json":
        assert ran.json["head"]["vars"][0] == "voice"
    assert axiskg("query", "voices", "--json").json["head"]["vars"][0] == "voice"


@pytest.mark.parametrize("name", ["ttl", "nt", "jsonld", "rdfxml", "xml", "trig", "nq"])
def test_every_format_of_graphs(name: str, axiskg: Run) -> None:
    syntax = {"jsonld": "jsonld", "rdfxml": "rdf", "xml": "rdf"}.get(name, name)
    read = ox.RdfFormat.from_extension(syntax)
    ran = axiskg("query", "neighbourhood", "-p", "entity=BRICS", "-f", name)
    assert len(list(ox.parse(ran.out, read))) > 20
    assert axiskg("query", "neighbourhood").out.startswith("@prefix")


def test_parameters_may_repeat(axiskg: Run) -> None:
    one = rows(axiskg("query", "threat-perceptions", "-p", "perceiver=china").out)
    two = rows(
        axiskg("query", "threat-perceptions", "-p", "perceiver=China", "-p", "perceiver=russia").out
    )
    assert 1 < len(one) < len(two)


def test_a_query_from_a_file_from_stdin_and_typed_in(
    axiskg: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "SELECT ?x { ?x a axis:Bloc } ORDER BY ?x"
    path = tmp_path / "blocs.rq"
    path.write_text(text)
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    answers = {axiskg("query", asked).out for asked in (str(path), "-", text)}
    assert answers == {"?x\n<https://w3id.org/axiskg/entity/the-west>\n"}
    saved = Settings().queries_dir / "backing.rq"
    assert len(rows(axiskg("query", str(saved), "-p", "backer=iran").out)) == 1


def test_a_memory_store_is_filled_first(axiskg: Run) -> None:
    assert axiskg("query", "ASK { ent:china a axis:State }", store=":memory:").out == "true\n"


def test_the_installed_command_keeps_its_streams_apart(filled: Path) -> None:
    ran = subprocess.run(
        [AXISKG, "--store", str(filled), "query", "standings", "--format", "json"],
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)["results"]["bindings"]
    ran = subprocess.run(
        [AXISKG, "--store", str(filled), "query", "standing"], capture_output=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (Exit.QUERY, b"")
    assert b"did you mean standings" in ran.stderr


# --- queries ---------------------------------------------------------------------------------


def test_the_queries_are_listed(axiskg: Run) -> None:
    names = list(Catalogue.of(Settings()).names)
    assert [row[0] for row in rows(axiskg("queries").out)[1:]] == names
    assert axiskg("queries", "list").out == axiskg("queries").out
    assert [query["name"] for query in axiskg("queries", "--json").json] == names
    tagged = [query["name"] for query in axiskg("queries", "list", "--tag", "time", "--json").json]
    assert "holds-as-of" in tagged
    assert len(tagged) < len(names)


def test_a_query_is_shown(axiskg: Run) -> None:
    out = axiskg("queries", "show", "holds-as-of").out
    assert out.startswith("holds-as-of: What holds on a day")
    assert "  day: the day; a date as 2023-09-01 (default" in out
    assert "\n  surely: " in out
    assert "SELECT DISTINCT ?subject" in out
    assert "#+" not in out
    shown = axiskg("queries", "show", "holds-as-of", "--json").json
    assert shown["parameters"][0]["type"] == "date"
    assert shown["form"] == "SELECT"


# --- statements and show ---------------------------------------------------------------------


def test_statements_by_each_option(axiskg: Run) -> None:
    everything = axiskg("statements", "--json").json
    assert len(everything) > 290
    for options, check in (
        (["--paragraph", "14"], lambda row: row["paragraph"] == 14),
        (
            ["--standing", "Denied", "--standing", "open"],
            lambda r: r["standing"] in {"Denied", "Open"},
        ),
        (["--modality", "perception"], lambda row: row["modality"] == "Perception"),
        (["--holder", "china"], lambda row: CHINA in row["held_by"]),
        (["--asserter", "xi-jinping"], lambda row: "xi-jinping" in "".join(row["asserted_by"])),
        (["--as-of", "2014-06-01"], lambda row: row["surely"] is not None),
    ):
        found = axiskg("statements", *options, "--json").json
        assert 0 < len(found) < len(everything), options
        assert all(check(row) for row in found), options


def test_statements_are_a_line_each_in_a_pipe(axiskg: Run) -> None:
    found = rows(axiskg("statements", "--paragraph", "26", "--as-of", "2023-08-01").out)
    assert found[0] == ["statement", "standing", "voice", "says", "surely"]
    assert any(row[0].endswith("/p26.j") and row[4] == "possibly" for row in found)


def test_show_keeps_apart_what_is_not_accepted(axiskg: Run) -> None:
    out = axiskg("show", "India").out
    accepted, denied = out.index("Accepted: "), out.index("Denied: ")
    assert accepted < out.index("p26.f") < denied < out.index("p26.g")
    assert "(fp-2023-china-russia-axis p26.g, sentence 2)" in out
    shown = axiskg("show", "ent:india", "--json").json
    assert shown["label"] == "India"
    assert {row["polarity"] for row in shown["statements"]["Denied"]} == {"Negated"}


# --- export ----------------------------------------------------------------------------------


def read(document: str, syntax: ox.RdfFormat) -> set[ox.Quad]:
    return set(ox.parse(document, syntax))


def test_the_whole_graph_is_exported_twice_alike(axiskg: Run) -> None:
    trig = read(axiskg("export").out, ox.RdfFormat.TRIG)
    assert trig == read(axiskg("export", "nquads").out, ox.RdfFormat.N_QUADS)
    plain = read(axiskg("export", "ttl").out, ox.RdfFormat.TURTLE)
    assert plain == {quad for quad in trig if isinstance(quad.graph_name, ox.DefaultGraph)}
    assert axiskg("export").out == axiskg("export", "trig").out


def test_annotations_assert_only_what_is_accepted(axiskg: Run) -> None:
    quads = read(axiskg("export", "rdf12").out, ox.RdfFormat.TURTLE)
    reified = {q.object: q.subject for q in quads if isinstance(q.object, ox.Triple)}
    asserted = {quad.triple for quad in quads}
    russia = ox.NamedNode("https://w3id.org/axiskg/entity/russia")
    alliance = ox.NamedNode("https://w3id.org/axiskg/ontology#allianceWith")
    backs = ox.NamedNode("https://w3id.org/axiskg/ontology#fullyBacks")
    hypothesis = ox.Triple(ox.NamedNode(CHINA), alliance, russia)
    assert hypothesis in reified
    assert hypothesis not in asserted
    assert {t for t in asserted if t.predicate == backs} == {
        t for t in reified if t.predicate == backs
    }


def test_a_nanopublication_has_its_four_graphs(axiskg: Run) -> None:
    quads = read(axiskg("export", "nanopub").out, ox.RdfFormat.TRIG)
    base = "https://w3id.org/axiskg/statement/fp-2023-china-russia-axis/p14.af"
    graphs = {base, *(f"{base}#{part}" for part in ("head", "provenance", "pubinfo"))}
    assert graphs <= {str(quad.graph_name)[1:-1] for quad in quads}
    head = {
        q.predicate.value.rpartition("#")[2]: q.object
        for q in quads
        if str(q.graph_name) == f"<{base}#head>"
    }
    assert head["hasAssertion"] == ox.NamedNode(base)
    assert head["hasProvenance"] == ox.NamedNode(base + "#provenance")


def test_an_export_goes_to_a_file(axiskg: Run, tmp_path: Path) -> None:
    path = tmp_path / "graph.ttl"
    ran = axiskg("export", "ttl", "-o", str(path), "--json")
    assert ran.json == {"export": "ttl", "path": str(path), "bytes": path.stat().st_size}
    assert axiskg("export", "ttl", "-o", str(path)).out == ""


# --- settings --------------------------------------------------------------------------------


def test_settings_tell_where_each_comes_from(
    axiskg: Run, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AXISKG_WRITE_TOKEN", "very-secret")
    monkeypatch.setenv("AXISKG_PORT", "8123")
    ran = axiskg("settings", "--json")
    found = {row["setting"]: row for row in ran.json}
    assert set(found) == set(Settings.model_fields)
    assert (found["port"]["value"], found["port"]["from"]) == ("8123", "environment AXISKG_PORT")
    assert (found["host"]["value"], found["host"]["from"]) == ("127.0.0.1", "default")
    assert found["write_token"]["value"] == "********"
    assert "very-secret" not in ran.out + axiskg("settings").out
    told = {row["setting"]: row for row in axiskg("--store", ":memory:", "settings", "--json").json}
    assert told["store"]["from"] == "command line"


# --- a terminal ------------------------------------------------------------------------------


def test_on_a_terminal_rows_are_a_table(filled: Path) -> None:
    ours, theirs = os.openpty()
    environment = os.environ | {"COLUMNS": "120", "TERM": "xterm"}
    process = subprocess.Popen(
        [AXISKG, "--store", str(filled), "query", "standings"],
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=environment,
    )
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # Linux reports the end of a terminal as an error
        while piece := os.read(ours, 4096):
            seen += piece
    os.close(ours)
    _, said = process.communicate()
    assert process.returncode == 0
    assert "│ axis:Accepted" in seen.decode()
    assert b"rows" in said
