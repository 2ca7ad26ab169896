"""Building and reading snapshots, from every form in which items come."""

from __future__ import annotations

import bz2
import gzip
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.linking.conftest import reference

from axiskg.errors import LinkingError, ParseError
from axiskg.linking.kinds import KINDS, class_kinds, kind_of
from axiskg.linking.reconciliation.wikidata_service import property_labels
from axiskg.linking.registers import read_register
from axiskg.linking.snapshot import Snapshot
from axiskg.linking.snapshot_build import build_snapshot

COMPACT = {
    "id": "Q148",
    "label": "People's Republic of China",
    "description": "sovereign state",
    "aliases": ["China", "PRC", 'the \\"Middle\\" Kingdom'],
    "P31": ["Q6256"],
    "demonyms": ["Chinese"],
    "official_or_short_names": ["China"],
    "claims": {"P463": ["Q1065", "Q1065"]},
}


def claim(value: Any, rank: str = "normal") -> dict[str, Any]:
    """A statement of Wikidata's JSON."""
    return {"rank": rank, "mainsnak": {"snaktype": "value", "datavalue": {"value": value}}}


ENTITY = {
    "type": "item",
    "id": "Q148",
    "labels": {"en": {"language": "en", "value": "People's Republic of China"}},
    "descriptions": {"en": {"language": "en", "value": "sovereign state"}},
    "aliases": {"en": [{"value": "China"}, {"value": "PRC"}]},
    "claims": {
        "P31": [claim({"id": "Q6256", "entity-type": "item"})],
        "P463": [claim({"id": "Q1065"}), claim({"id": "Q99"}, "deprecated")],
        "P1549": [
            claim({"text": "Chinese", "language": "en"}),
            claim({"text": "x", "language": "fr"}),
        ],
        "P1448": [{"rank": "normal", "mainsnak": {"snaktype": "somevalue"}}],
    },
}


def dump(records: list[dict[str, Any]]) -> bytes:
    """A JSON dump as Wikidata publishes it: an array with an item a line."""
    return ("[\n" + ",\n".join(json.dumps(one) for one in records) + "\n]\n").encode()


def lines(records: list[dict[str, Any]]) -> bytes:
    """JSON lines."""
    return "".join(json.dumps(one) + "\n" for one in records).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("items.jsonl", lines([COMPACT])),
        ("items.jsonl.gz", gzip.compress(lines([COMPACT]))),
        ("latest-all.json", dump([ENTITY, {**ENTITY, "id": "P31", "type": "property"}])),
        ("latest-all.json.bz2", bz2.compress(dump([ENTITY]))),
        ("entities.jsonl", lines([ENTITY])),
    ],
)
def test_all_forms_give_the_same_item(name: str, content: bytes, tmp_path: Path) -> None:
    source = tmp_path / name
    source.write_bytes(content)
    target = tmp_path / "s" / "wikidata.sqlite"
    assert build_snapshot(source, target) == 1
    known = Snapshot(target)
    for text in ("china", "prc", "peoples republic of china", "chinese"):
        assert [hit.item.qid for hit in known.by_key(text)] == ["Q148"], text
    item = known.item("Q148")
    assert item is not None
    assert (item.kind, item.classes) == ("state", ("Q6256",))
    assert known.claims("Q148") == {"P463": ("Q1065",)}
    assert not list(target.parent.glob("*.part"))
    known.close()


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"{broken\n", ParseError, r":1: not JSON"),
        (b'{"id": "Q1", "label": "a"}\n[1]\n', ParseError, r":2: an item is an object"),
        (b'{"label": "no id"}\n', ParseError, "with an id"),
        (b"[\n]\n", LinkingError, "no items"),
        (lines([COMPACT, COMPACT]), LinkingError, "twice"),
    ],
)
def test_broken_extracts_leave_nothing_behind(
    content: bytes, error: type[Exception], says: str, tmp_path: Path
) -> None:
    source, target = tmp_path / "items.jsonl", tmp_path / "wikidata.sqlite"
    source.write_bytes(content)
    with pytest.raises(error, match=says):
        build_snapshot(source, target)
    assert not target.exists()


@pytest.mark.parametrize("content", [None, b"not a database at all, by far"])
def test_a_missing_or_foreign_file_is_named_with_the_cure(
    content: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "wikidata.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(LinkingError, match="axiskg wikidata snapshot"):
        Snapshot(path).by_key("china")


def test_hidden_names_are_not_found(tmp_path: Path) -> None:
    source = tmp_path / "items.jsonl"
    source.write_bytes(lines([COMPACT]))
    build_snapshot(source, tmp_path / "s.sqlite", hide=lambda _, name: name == "PRC")
    known = Snapshot(tmp_path / "s.sqlite")
    assert {hit.how for hit in known.by_key("prc")} <= {"acronym"}, "initials are no hidden name"
    assert known.by_key("china")


def test_registers_add_names_and_codes(tmp_path: Path) -> None:
    source, register = tmp_path / "items.jsonl", tmp_path / "codes.csv"
    source.write_bytes(lines([COMPACT]))
    register.write_text(
        "IOC,official_name_fr,UNTERM English Short,wikidata_id\n"
        "CHN,Chine,China (the),https://www.wikidata.org/wiki/Q148\nXXX,Nulle part,,Q404\n",
        "utf-8",
    )
    assert list(read_register(register))[:3] == [("Q148", n) for n in ("CHN", "Chine", "China")]
    build_snapshot(source, tmp_path / "s.sqlite", registers=[register])
    known = Snapshot(tmp_path / "s.sqlite")
    assert [(hit.item.qid, hit.how) for hit in known.by_key("chine")] == [("Q148", "register")]
    assert known.by_key("nulle part") == []
    register.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(ParseError, match="wikidata_id"):
        list(read_register(register))


def test_the_whole_extract(snapshot_file: Path) -> None:
    known = Snapshot(snapshot_file)
    assert len(known) == 46_395
    assert {hit.item.qid for hit in known.by_key("georgia")} >= {"Q230", "Q1428"}
    assert known.by_prefix("Shanghai Coop")[0].item.qid == "Q485207"
    assert known.near("Shangai Cooperaton Organistion")[0][0].item.qid == "Q485207"
    assert known.near("") == []
    assert known.near('";--') == []
    assert known.meta()["source"] == "wikidata_snapshot.jsonl.gz"
    assert "Q7747" in known.claims("Q159", "P35")["P35"]


def test_threads_may_share_a_snapshot(snapshot_file: Path) -> None:
    known = Snapshot(snapshot_file)
    found: list[int] = []

    def look() -> None:
        found.append(len(known.by_key("georgia")))
        known.close()

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [found[0]] * 8


def test_a_state_of_today_is_no_former_one() -> None:
    assert kind_of(["Q6256", "Q3024240"]) == "state"
    assert kind_of(["Q3624078", "Q3024240"]) == "former-state"
    assert kind_of(["Q5"]) == "person"
    assert kind_of([]) == "other"
    assert set(class_kinds().values()) <= set(KINDS)


def test_labels_of_properties_are_wikidatas() -> None:
    path = reference("data", "wikidata", "codex_relations_en.json")
    known = json.loads(path.read_text("utf-8"))
    for pid, label in property_labels().items():
        assert known[pid]["label"] == label
