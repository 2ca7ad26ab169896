"""Building a store from files: whole or not at all, and only when something has changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from axiskg.build import build, fingerprint, is_built
from axiskg.cli.groups import whole_app
from axiskg.errors import ConfigError, ParseError, ProvenanceError
from axiskg.namespaces import SRC, prologue
from axiskg.settings import Settings, resources_dir
from axiskg.store import EmbeddedStore, Store
from axiskg.store.remote import RemoteStore

app = whole_app()

EXAMPLE = "straits-compact"
BACKS = prologue() + "ASK { ent:kestria axis:backs ?x }"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `data/` of the worked example in docs/example, encoded."""
    home = tmp_path_factory.mktemp("example")
    texts = resources_dir() / "docs" / "example"
    (home / "data" / "statements").mkdir(parents=True)
    sheet = shutil.copy(texts / f"{EXAMPLE}.yaml", home / "data" / "statements")
    text = str(texts / f"{EXAMPLE}.txt")
    for arguments in (
        (
            *("source", text, "--slug", EXAMPLE, "--title", "Straits", "--creator", "ada-lovell"),
            *("--publisher", "meridian-review", "--issued", "2031-23", "--exclude", "1=heading"),
            *("--exclude", "3=byline", "--exclude", "7=issue line"),
        ),
        ("anchor", "--text", text, str(sheet)),
        ("encode", EXAMPLE),
    ):
        ran = CliRunner().invoke(app, arguments, env={"AXISKG_HOME": str(home)})
        assert ran.exit_code == 0, ran.output
    return home / "data"


@pytest.fixture
def home(example: Path, tmp_path: Path) -> Path:
    """A copy of what a build reads, with few rules: what they conclude is tested elsewhere."""
    project = resources_dir()
    shutil.copytree(project / "ontology", tmp_path / "home" / "ontology")
    shutil.copytree(example, tmp_path / "home" / "data")
    for part in ("links", "names"):
        shutil.copytree(project / "data" / part, tmp_path / "home" / "data" / part)
    shutil.copytree(project / "queries", tmp_path / "home" / "queries")
    for rule in (tmp_path / "home" / "ontology" / "rules").glob("*.rq"):
        if rule.stem not in {"mutual-backing", "backing-full", "backing-tacit"}:
            rule.unlink()
    return tmp_path / "home"


@pytest.fixture
def settings(home: Path, tmp_path: Path) -> Settings:
    return Settings(home=home, store=str(tmp_path / "store"))


@pytest.fixture
def triples(home: Path) -> Path:
    return home / "data" / "triples" / f"{EXAMPLE}.trig"


def test_a_build_is_done_once(settings: Settings) -> None:
    first, second = build(settings), build(settings)
    assert (first.built, second.built) == (True, False)
    assert first.statements == second.statements > 10
    assert first.sources == second.sources == (SRC + EXAMPLE,)
    assert build(settings, force=True).quads == first.quads == second.quads
    with EmbeddedStore.open(Path(settings.store), read_only=True) as store:
        assert is_built(settings, store)
        assert store.query(BACKS) is True


def test_every_input_counts(settings: Settings, home: Path) -> None:
    seen = {fingerprint(settings)}
    for path in (
        "ontology/modules/actors.ttl",
        "ontology/rules/mutual-backing.rq",
        f"data/triples/{EXAMPLE}.trig",
        f"data/sources/{EXAMPLE}.ttl",
        "data/links/wikidata.sssom.tsv",
    ):
        with (home / path).open("a") as file:
            file.write("# changed\n")
        seen.add(fingerprint(settings))
    (home / "ontology" / "rules" / "mutual-backing.rq").rename(home / "ontology" / "rules" / "x.rq")
    seen.add(fingerprint(settings))
    assert len(seen) == 7


def test_steps_are_told(settings: Settings) -> None:
    steps: list[str] = []
    build(settings, note=steps.append)
    assert steps[0] == "reading the ontology"
    assert f"reading {EXAMPLE}.trig" in steps
    assert steps[-1] == "drawing conclusions"


def test_what_others_wrote_stays(settings: Settings, home: Path) -> None:
    build(settings)
    with EmbeddedStore.open(Path(settings.store)) as store:
        store.update("INSERT DATA { GRAPH <urn:notes> { <urn:a> <urn:b> <urn:c> } }")
    with (home / "ontology" / "modules" / "actors.ttl").open("a") as file:
        file.write("axis:NewClass a owl:Class .\n")
    assert build(settings).built
    with EmbeddedStore.open(Path(settings.store), read_only=True) as store:
        assert store.graph_sizes()["urn:notes"] == 1
        assert store.query(prologue() + "ASK { axis:NewClass a owl:Class }") is True


def test_a_source_that_is_gone_leaves_nothing(
    settings: Settings, home: Path, triples: Path
) -> None:
    build(settings)
    triples.unlink()
    (home / "data" / "sources" / f"{EXAMPLE}.ttl").unlink()
    report = build(settings)
    assert (report.built, report.statements, report.sources) == (True, 0, ())
    with EmbeddedStore.open(Path(settings.store), read_only=True) as store:
        assert not any(EXAMPLE in (name or "") for name in store.graph_sizes())
        assert store.query(f"ASK {{ GRAPH ?g {{ <{SRC}{EXAMPLE}> ?p ?o }} }}") is False
        assert store.query(BACKS) is False


def test_broken_trig_is_told_with_its_line_and_nothing_is_written(
    settings: Settings, triples: Path
) -> None:
    before = build(settings)
    lines = triples.read_text(encoding="utf-8").splitlines(keepends=True)
    triples.write_text("".join([*lines[:40], "this is no TriG\n", *lines[40:]]), encoding="utf-8")
    with pytest.raises(ParseError) as caught:
        build(settings)
    assert str(caught.value).startswith(f"{triples}:41: not well-formed TriG")
    with EmbeddedStore.open(Path(settings.store), read_only=True) as store:
        assert len(store) == before.quads
        assert store.query(BACKS) is True


def test_a_statement_without_source_is_told(settings: Settings, triples: Path) -> None:
    text = triples.read_text(encoding="utf-8")
    said = f" axis:source src:{EXAMPLE} ;"
    assert said in text
    triples.write_text(text.replace(said, "", 1), encoding="utf-8")
    with pytest.raises(ProvenanceError, match=r"p\d+\.\w+.*source") as caught:
        build(settings)
    assert str(caught.value).startswith(f"{triples}: ")


def test_a_source_without_description_is_told(
    settings: Settings, home: Path, triples: Path
) -> None:
    triples.rename(triples.with_name("another.trig"))
    with pytest.raises(ProvenanceError, match=r"write it to data/sources/another.ttl"):
        build(settings)


def test_statements_of_another_source_are_told(settings: Settings, home: Path) -> None:
    data = home / "data"
    (data / "triples" / f"{EXAMPLE}.trig").rename(data / "triples" / "another.trig")
    description = (data / "sources" / f"{EXAMPLE}.ttl").read_text(encoding="utf-8")
    (data / "sources" / "another.ttl").write_text(description, encoding="utf-8")
    with pytest.raises(ProvenanceError, match="the file is for"):
        build(settings)


def test_a_home_without_ontology_is_told(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, store=":memory:")
    if settings.ontology_dir.is_relative_to(tmp_path):
        with pytest.raises(ConfigError, match="AXISKG_HOME"):
            build(settings)
    else:
        assert build(settings).statements == 0


def test_a_build_that_broke_off_is_done_anew(settings: Settings) -> None:
    class FullError(Exception):
        pass

    def stop(step: str) -> None:
        if step == "drawing conclusions":
            raise FullError

    with pytest.raises(FullError):
        build(settings, note=stop)
    assert build(settings).built


def test_a_remote_engine_is_built_like_a_folder(settings: Settings, oxigraph_url: str) -> None:
    with RemoteStore(oxigraph_url) as remote:
        remote.update("CLEAR ALL")
        report = build(settings, remote)
        local: Store = EmbeddedStore.in_memory()
        assert report.quads == build(settings, local).quads
        assert remote.graph_sizes() == local.graph_sizes()
        assert remote.query(BACKS) is True
        assert not build(settings, remote).built
