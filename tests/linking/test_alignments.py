"""Codes of other vocabularies in the alignments, against the tables of those who made them."""

from __future__ import annotations

import csv
import json
import re

import pytest
from tests.linking.conftest import ROOT, reference

ALIGNMENTS = ROOT / "ontology" / "alignments"
ROW = re.compile(r'axis:(\w+) (?:axis:ploverType "(\w+)" ; )?axis:cameoCode "(\d+)"')


@pytest.fixture(scope="module")
def coded() -> list[tuple[str, str, str]]:
    """Term, PLOVER type and CAMEO code."""
    found = ROW.findall((ALIGNMENTS / "plover.ttl").read_text("utf-8"))
    assert len(found) > 30
    return found


def test_cameo_codes_are_in_the_code_book(coded: list[tuple[str, str, str]]) -> None:
    path = reference("data", "icews", "cameo-codes.csv")
    with path.open(encoding="latin-1", newline="") as lines:
        known = {row["code"] for row in csv.DictReader(lines)}
    assert {code for _, _, code in coded} <= known


def test_plover_types_are_those_of_the_conversion_table(coded: list[tuple[str, str, str]]) -> None:
    text = reference("data", "icews", "CAMEO2PLOVER-2021.txt").read_text("latin-1")
    types = dict(re.findall(r"^(\d+):\s*([A-Z]+)", text, re.MULTILINE))
    wrong = {
        term: (kind, types.get(code)) for term, kind, code in coded if kind != types.get(code, "")
    }
    assert wrong == {}


def test_wikidata_properties_bear_the_labels_that_are_noted() -> None:
    text = (ALIGNMENTS / "wikidata.ttl").read_text("utf-8")
    path = reference("data", "wikidata", "codex_relations_en.json")
    known = {pid: one["label"] for pid, one in json.loads(path.read_text("utf-8")).items()}
    noted: dict[str, str] = {}
    for line, labels in re.findall(r"^(axis:.*?)  # (.*)$", text, re.MULTILINE):
        ids = re.findall(r"wdt:(P\d+)", line)
        noted.update(zip(ids, labels.split(", "), strict=bool(ids)))
    assert len(noted) == len(re.findall(r"wdt:P\d+", text))
    both = {pid: label.replace("terroritorial", "territorial") for pid, label in known.items()}
    assert {p: noted[p] for p in noted if p in both} == {p: both[p] for p in noted if p in both}
    assert len(noted.keys() & both.keys()) >= 6
