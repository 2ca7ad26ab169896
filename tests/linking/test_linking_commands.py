"""`axiskg link` and `axiskg wikidata` as a person types them."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from axiskg.cli import main
from axiskg.cli.app import Exit
from axiskg.settings import Settings
from axiskg.store import open_store


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(
    tmp_path: Path,
    snapshot_file: Path,
    store_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run the command in an empty folder, with the snapshot."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AXISKG_WIKIDATA_SNAPSHOT", str(snapshot_file))
    monkeypatch.setenv("AXISKG_STORE", str(store_folder))
    monkeypatch.setenv("AXISKG_LINK_JUDGEMENTS", str(tmp_path / "judgements.tsv"))

    def command(*words: str, stdin: str = "", **changes: str) -> Done:
        with monkeypatch.context() as patch:
            for name, value in changes.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["axiskg", *words])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
            code: int | str | None = 0
            try:
                main()
            except SystemExit as end:
                code = end.code
        shown = capsys.readouterr()
        return Done(int(code or 0), shown.out, shown.err)

    return command


def test_link_names_a_file_and_standard_input(run: Run, tmp_path: Path) -> None:
    answer = json.loads(run("link", "China", "Georgia", "--json").stdout)
    assert [one["decision"] for one in answer] == ["match", "candidates"]
    (tmp_path / "names.txt").write_text("China\n\nIran\n", "utf-8")
    answer = json.loads(run("link", "names.txt", "--json").stdout)
    assert [one["match"] and one["match"]["qid"] for one in answer] == ["Q148", None, "Q794"]
    assert answer[1]["reason"] == "the name is empty", "a blank line keeps its place"
    piped = run("link", "-", stdin="Georgia\n").stdout
    assert "Q230 Georgia" in piped
    text = "Washington imposed sanctions on Moscow."
    told = json.loads(run("link", "Washington", "--context", text, "--json").stdout)
    assert told[0]["match"]["qid"] == "Q48525"
    typed = json.loads(run("link", "Georgia", "--type", "state", "--json").stdout)
    assert typed[0]["match"]["qid"] == "Q230"


def test_a_file_of_codes_is_read_as_a_column(run: Run, tmp_path: Path) -> None:
    (tmp_path / "codes.txt").write_text("CHN\nRUS\nIRN\nIND\nBRA\nNE\n", "utf-8")
    alone = json.loads(run("link", "codes.txt", "--json").stdout)
    assert alone[-1]["decision"] == "candidates"
    column = json.loads(run("link", "codes.txt", "--column", "--json").stdout)
    assert column[-1]["match"]["qid"] == "Q1032"
    done = run("link", "codes.txt", "--column")
    assert "in a column of kind state" in done.stdout
    assert "read as a column of state" in " ".join(done.stderr.split())
    alone_again = run("link", "China", "Boston", "--column")
    assert "no kind is common to the names" in alone_again.stderr


def test_names_that_cannot_be_read_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("China\nTürkiye\n".encode("latin-1"))
    done = run("link", "latin.txt", "--json")
    assert (done.returncode, "latin.txt:2: not UTF-8" in done.stderr) == (Exit.DATA, True)
    long = run("link", "x" * 5_000, "--json")
    assert json.loads(long.stdout)[0]["decision"] == "none"
    (tmp_path / "marked.txt").write_text("China\r\n", "utf-8-sig")
    assert json.loads(run("link", "marked.txt", "--json").stdout)[0]["query"] == "China"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nofile.txt",), "nofile.txt, which does not exist"),
        (("China", "-"), "-, which stands alone"),
        (("China", "Russia", "--judge", "Q148:positive"), "one name at a time"),
        (("China", "--judge", "Q148"), "like Q148:negative"),
        (("China", "--judge", "Q148:perhaps"), "like Q148:negative"),
        (("", "--judge", "Q148:positive"), "needs a name"),
    ],
)
def test_what_is_no_list_of_names_or_no_judgement_is_told(
    words: tuple[str, ...], says: str, run: Run
) -> None:
    done = run("link", *words)
    assert done.returncode != 0
    assert says in " ".join(done.stderr.split())


def test_judgements_that_cannot_be_read_or_kept_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "latin.tsv").write_bytes(b"name\xff")
    read = run("link", "China", AXISKG_LINK_JUDGEMENTS=str(tmp_path / "latin.tsv"))
    assert (read.returncode, "latin.tsv" in read.stderr) == (Exit.DATA, True)
    kept = run("link", "China", "--judge", "Q148:positive", AXISKG_LINK_JUDGEMENTS=str(tmp_path))
    assert kept.returncode != 0
    assert "can't be kept" in kept.stderr


def test_a_missing_snapshot_is_told_and_nothing_guessed(run: Run, tmp_path: Path) -> None:
    done = run("link", "Congo", "--json", AXISKG_WIKIDATA_SNAPSHOT=str(tmp_path / "none.sqlite"))
    assert "axiskg wikidata snapshot --from FILE" in " ".join(done.stderr.split())
    assert json.loads(done.stdout)[0]["decision"] == "candidates"


def test_a_name_that_is_no_unicode_is_nothing(run: Run) -> None:
    (answer,) = json.loads(run("link", "a\udcff", "--json").stdout)
    assert (answer["decision"], answer["reason"]) == ("none", "the name is no Unicode")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--type", "nonsense"), "type"),
        (("--topic", "nonsense"), "topic"),
        (("--date", "yesterday"), "date"),
        (("--date", "2023-13"), "date"),
    ],
)
def test_what_would_tell_nothing_is_refused(words: tuple[str, str], says: str, run: Run) -> None:
    done = run("link", "China", *words)
    assert done.returncode == Exit.QUERY
    assert f"parameter '{says}': expected" in done.stderr
    for kind in ("axis:State", "IntergovernmentalOrganization", "axis:SeaArea", "place", "Q5"):
        assert run("link", "x", "--date", "2023-08", "--type", kind).returncode == 0


def test_settings_and_files_that_fail_are_named(run: Run, tmp_path: Path) -> None:
    ill = run("link", "China", AXISKG_FEDERATION="nonsense")
    assert (ill.returncode, "federation" in ill.stderr) == (Exit.USAGE, True)
    done = run("wikidata", "quickstatements", "-o", str(tmp_path / "none" / "x.txt"))
    assert done.returncode == Exit.USAGE
    assert "x.txt can't be written" in done.stderr
    asked = run("query", "federated/heads-of-state")
    assert asked.returncode == Exit.QUERY
    assert "AXISKG_FEDERATION" in asked.stderr


def test_a_judgement_on_a_file_is_on_its_names(run: Run, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("Macron\n", "utf-8")
    assert run("link", "names.txt", "--judge", "Q3052772:negative").returncode == 0
    assert (tmp_path / "judgements.tsv").read_text("utf-8").splitlines()[1].startswith("Macron\t")


def test_a_judgement_outlives_the_run(run: Run) -> None:
    kept = run("link", "Macron", "--judge", "Q3052772:negative", "--by", "me")
    assert kept.returncode == 0
    answer = json.loads(run("link", "Macron", "--json").stdout)
    assert answer[0]["match"] is None
    assert run("link", "Macron", "--judge", "Q3052772:perhaps").returncode == Exit.REMOTE


def test_a_snapshot_is_built_from_a_file(run: Run, extract: Path, tmp_path: Path) -> None:
    source, target = tmp_path / "some.jsonl", tmp_path / "mine.sqlite"
    with gzip.open(extract, "rb") as lines:
        source.write_bytes(b"".join(islice(lines, 2_000)))
    told = {}
    for word in ("--no-known-kinds", "--known-kinds"):
        done = run("wikidata", "snapshot", "--from", str(source), "-o", str(target), word, "--json")
        told[word] = json.loads(done.stdout)["items"]
    assert target.is_file()
    assert told["--no-known-kinds"] == 2_000 > told["--known-kinds"] > 500
    missing = run("wikidata", "snapshot", "--from", "nowhere.jsonl")
    assert missing.returncode == Exit.REMOTE
    assert "nowhere.jsonl" in missing.stderr


def test_the_comparison_and_its_exports(run: Run, tmp_path: Path) -> None:
    done = run("wikidata", "diff", "--json")
    assert done.returncode == 0, done.stderr
    lines = json.loads(done.stdout)
    assert {"agree", "only here", "only there"} <= {line["outcome"] for line in lines}
    some = run("wikidata", "diff", "--outcome", "only here", "--property", "P463").stdout
    assert "iran\tP463\tsco" in some
    assert "only there" not in some
    assert "axis:standing" not in run("wikidata", "diff", "--outcome", "agree").stdout
    assert "Attributed" in run("wikidata", "diff", "--trig").stdout
    bad = run("wikidata", "diff", "--outcome", "maybe")
    assert bad.returncode == Exit.QUERY
    proposals = run("wikidata", "quickstatements", "--output", "proposals.txt")
    assert proposals.returncode == 0
    assert "\tP463\t" in (tmp_path / "proposals.txt").read_text("utf-8")
    assert run("wikidata", "openrefine").stdout.startswith("entity\tlabel\tqid")
    assert "bonny-lin" in run("wikidata", "openrefine", "--unlinked").stdout
    rows = json.loads(run("wikidata", "openrefine", "--unlinked", "--json").stdout)
    assert '"hegemony" of the United States' in [row[1] for row in rows]
    rows = json.loads(run("wikidata", "quickstatements", "--json").stdout)
    assert all(row[4].startswith('"https://') for row in rows)


def test_wikidatas_side_is_kept_beside_and_overwrites_nothing(
    run: Run, store_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(store_folder, folder)

    def held() -> set[str]:
        with open_store(Settings(store=str(folder)), read_only=True) as store:
            return {str(quad) for quad in store.dump()}

    before = held()
    plain = run("wikidata", "diff", AXISKG_STORE=str(folder)).stdout
    done = run("wikidata", "diff", "--keep", AXISKG_STORE=str(folder))
    assert (done.returncode, done.stdout) == (0, plain), done.stderr
    after = held()
    assert before < after
    own = ("/axiskg/statement/wikidata/", "/axiskg/source/wikidata>", "/axiskg/entity/wikidata>")
    assert all(any(part in quad for part in own) for quad in after - before)
    query = (
        "SELECT DISTINCT ?name WHERE { GRAPH g:provenance { ?st axis:source src:wikidata ;"
        " axis:standing axis:Attributed ; axis:voice ?who } GRAPH g:entities { ?who rdfs:label"
        " ?name } GRAPH ?st { ent:united-states wdt:P463 ent:nato } }"
    )
    found = run("query", query, AXISKG_STORE=str(folder))
    assert "Wikidata" in found.stdout, found.stderr
    none = run("query", "ASK { ent:united-states wdt:P463 ?o }", AXISKG_STORE=str(folder))
    assert "false" in none.stdout
    built = run("build", AXISKG_STORE=str(folder))
    assert re.search(r"\b364 statements of 1 sources", built.stdout), "none of what is kept"
    again = run("wikidata", "diff", "--keep", AXISKG_STORE=str(folder))
    assert again.stdout == plain
    assert held() == after
    lost = run("wikidata", "diff", "--keep", AXISKG_STORE=":memory:")
    assert lost.returncode == Exit.QUERY


def test_a_comparison_without_snapshot_says_how_to_make_one(run: Run) -> None:
    done = run("wikidata", "diff", AXISKG_WIKIDATA_SNAPSHOT="none.sqlite")
    assert done.returncode == Exit.REMOTE
    assert "axiskg wikidata snapshot --from FILE" in done.stderr.replace("\n", " ")
    live = run("wikidata", "diff", "--live")
    assert live.returncode == Exit.REMOTE
    assert "AXISKG_NETWORK" in live.stderr


def test_missing_rows_of_the_links_file_are_added(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "home" / "data"
    (data / "links").mkdir(parents=True)
    (data / "triples").mkdir()
    root = Path(__file__).parents[2] / "data" / "links" / "wikidata.sssom.tsv"
    (data / "links" / "wikidata.sssom.tsv").write_bytes(root.read_bytes())
    (data / "triples" / "x.trig").write_text(
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
        '<https://w3id.org/axiskg/entity/china> rdfs:label "China" .\n'
        '<https://w3id.org/axiskg/entity/new-thing> rdfs:label "new thing" .\n',
        "utf-8",
    )
    told = json.loads(run("wikidata", "links", "--json", AXISKG_HOME=str(tmp_path / "home")).stdout)
    assert told["added"] == ["new-thing"]
    assert "china" not in told["dropped"]
    text = (data / "links" / "wikidata.sssom.tsv").read_text("utf-8")
    assert "ent:new-thing\tnew thing\tskos:exactMatch\t\tsssom:NoTermFound" in text
    assert "wd:Q148" in text
