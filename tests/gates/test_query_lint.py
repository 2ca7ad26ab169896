"""What counts as asking a statement for its standing, and what doesn't."""

from __future__ import annotations

from pathlib import Path

import pytest

from axiskg.gates.query_lint import check_queries, query_files
from axiskg.settings import resources_dir

PROLOGUE = """PREFIX axis: <https://w3id.org/axiskg/ontology#>
PREFIX g: <https://w3id.org/axiskg/graph/>
"""
OPENS = "GRAPH ?st { ?who axis:backs ?what }"
ASKS = "GRAPH g:provenance { ?st axis:standing axis:Accepted }"

RIGHT = {
    "standing-joined": f"SELECT * WHERE {{ {OPENS} {ASKS} }}",
    "standing-selected": (
        f"SELECT * WHERE {{ {OPENS} GRAPH g:provenance {{ ?st axis:standing ?x }} }}"
    ),
    "modality-joined": (
        f"SELECT * WHERE {{ {OPENS} GRAPH g:provenance {{ ?st a axis:Statement ;"
        " axis:modality axis:Fact } }"
    ),
    "asked-outside-an-optional": f"SELECT * WHERE {{ {ASKS} OPTIONAL {{ {OPENS} }} }}",
    "asked-inside-an-optional": (
        f"SELECT * WHERE {{ ?who a axis:State OPTIONAL {{ {OPENS} {ASKS} }} }}"
    ),
    "asked-in-both-branches": (
        f"SELECT * WHERE {{ {{ {OPENS} {ASKS} }} UNION {{ {ASKS} {OPENS} }} }}"
    ),
    "asked-inside-not-exists": (
        f"SELECT * WHERE {{ ?who a axis:State FILTER NOT EXISTS {{ {OPENS} {ASKS} }} }}"
    ),
    "asked-in-a-sub-select-that-gives-it": (
        f"SELECT * WHERE {{ {OPENS} {{ SELECT ?st WHERE {{ {ASKS} }} }} }}"
    ),
    "graphs-that-are-no-statements": (
        "SELECT * WHERE { VALUES ?g { g:entities g:links } GRAPH ?g { ?s ?p ?o } }"
    ),
    "a-named-graph": "SELECT * WHERE { GRAPH g:entities { ?s ?p ?o } }",
    "the-plain-view": "SELECT * WHERE { ?s axis:backs ?o }",
    "a-rule": (f"CONSTRUCT {{ ?who axis:standsBy ?what }} WHERE {{ {OPENS} {ASKS} }}"),
}

WRONG = {
    "not-asked": f"SELECT * WHERE {{ {OPENS} }}",
    "asked-of-another": (
        f"SELECT * WHERE {{ {OPENS} GRAPH g:provenance {{ ?other axis:standing axis:Accepted }} }}"
    ),
    "asked-elsewhere": f"SELECT * WHERE {{ {OPENS} GRAPH g:entities {{ ?st axis:standing ?x }} }}",
    "asked-for-something-else": (
        f"SELECT * WHERE {{ {OPENS} GRAPH g:provenance {{ ?st axis:paragraph ?n }} }}"
    ),
    "asked-in-an-optional": f"SELECT * WHERE {{ {OPENS} OPTIONAL {{ {ASKS} }} }}",
    "asked-in-one-branch": (f"SELECT * WHERE {{ {{ {OPENS} {ASKS} }} UNION {{ {OPENS} }} }}"),
    "asked-in-minus": f"SELECT * WHERE {{ {OPENS} MINUS {{ {ASKS} }} }}",
    "asked-in-not-exists": f"SELECT * WHERE {{ {OPENS} FILTER NOT EXISTS {{ {ASKS} }} }}",
    "opened-in-not-exists": (
        f"SELECT * WHERE {{ ?who a axis:State FILTER NOT EXISTS {{ {OPENS} }} }}"
    ),
    "opened-in-a-nested-filter": (
        f"SELECT * WHERE {{ ?who a axis:State FILTER(?who != ?x && (EXISTS {{ {OPENS} }})) }}"
    ),
    "opened-in-minus": f"SELECT * WHERE {{ ?who a axis:State MINUS {{ {OPENS} }} }}",
    "asked-in-a-sub-select-that-hides-it": (
        f"SELECT * WHERE {{ {OPENS} {{ SELECT ?other WHERE {{ {ASKS} }} }} }}"
    ),
    "one-value-is-a-statement": (
        "SELECT * WHERE { VALUES ?g { g:entities <https://w3id.org/axiskg/statement/s/p1.a> }"
        " GRAPH ?g { ?s ?p ?o } }"
    ),
    "one-value-is-undefined": (
        "SELECT * WHERE { VALUES ?g { g:entities UNDEF } GRAPH ?g { ?s ?p ?o } }"
    ),
    "a-rule": f"CONSTRUCT {{ ?who axis:standsBy ?what }} WHERE {{ {OPENS} }}",
}


def findings(folder: Path, query: str) -> list[str]:
    path = folder / "q.rq"
    path.write_text(PROLOGUE + query, encoding="utf-8")
    return [str(finding) for finding in check_queries([path], home=folder).findings]


@pytest.mark.parametrize("name", RIGHT)
def test_right(tmp_path: Path, name: str) -> None:
    assert findings(tmp_path, RIGHT[name]) == []


@pytest.mark.parametrize("name", WRONG)
def test_wrong(tmp_path: Path, name: str) -> None:
    [finding] = findings(tmp_path, WRONG[name])
    assert finding.startswith("q.rq:3: q.rq: GRAPH ?")
    assert "cure: add GRAPH g:provenance" in finding


def test_each_variable_is_reported_once(tmp_path: Path) -> None:
    query = f"SELECT * WHERE {{ {OPENS} {OPENS.replace('?st', '?b')} {OPENS} }}"
    assert len(findings(tmp_path, query)) == 2


def test_a_query_that_does_not_parse_is_reported_with_its_line(tmp_path: Path) -> None:
    [finding] = findings(tmp_path, "SELECT * WHERE {\n  GRAPH ?st { ?s }\n}")
    assert finding.startswith("q.rq:4:")
    assert "does not parse" in finding


def test_a_comment_hides_nothing(tmp_path: Path) -> None:
    opens = OPENS.replace("?st", "# which?\n?st")
    assert len(findings(tmp_path, f"SELECT * WHERE {{ {opens} }}")) == 1


def test_all_queries_and_rules_are_looked_at() -> None:
    home = resources_dir()
    paths = query_files(home / "queries", home / "ontology" / "rules")
    assert home / "ontology" / "rules" / "mutual-backing.rq" in paths
    assert any(path.is_relative_to(home / "queries") for path in paths)
