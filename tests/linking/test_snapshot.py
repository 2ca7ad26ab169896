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
from axiskg.linking.wikidata_json import read_items

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
        (b'{"id": "Q1", "label": "a"}\n[1]\n', ParseError, r":2: expected one item a line"),
        (b'{"label": "no id"}\n', ParseError, "with an id"),
        (b"[\n]\n", LinkingError, "no items"),
        (lines([COMPACT, COMPACT]), LinkingError, "twice"),
        (lines([{**COMPACT, "id": "X1"}]), ParseError, ":1: not an item: .*'X1'"),
        (lines([{**COMPACT, "id": 148}]), ParseError, ":1: not an item: .*148"),
        (lines([{**COMPACT, "id": "Q" + "9" * 30}]), ParseError, ":1: not an item"),
        (lines([{**COMPACT, "label": 5}]), ParseError, ":1: not an item: .*no text"),
        (lines([{**ENTITY, "claims": ["P31"]}]), ParseError, ":1: not an item: .*no object"),
        (json.dumps([ENTITY]).encode(), ParseError, ":1: expected one item a line"),
        (b'{"id": "Q1", "label": "\xff"}\n', ParseError, ":1: not JSON"),
    ],
)
def test_broken_extracts_leave_nothing_behind(
    content: bytes, error: type[Exception], says: str, tmp_path: Path
) -> None:
    source, target = tmp_path / "items.jsonl", tmp_path / "wikidata.sqlite"
    source.write_bytes(content)
    with pytest.raises(error, match=says):
        build_snapshot(source, target)
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
def test_a_packed_file_that_is_cut_off_or_none_is_told(suffix: str, tmp_path: Path) -> None:
    whole = lines([{**COMPACT, "id": f"Q{n}", "label": f"{n * n:x}"} for n in range(1, 4_000)])
    packed = {".gz": gzip.compress, ".bz2": bz2.compress}[suffix](whole)
    source, target = tmp_path / f"items.jsonl{suffix}", tmp_path / "wikidata.sqlite"
    source.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(ParseError, match="cut off"):
        build_snapshot(source, target)
    source.write_bytes(b"hello" * 99)
    with pytest.raises(ParseError, match=f"unpacked as {suffix}"):
        build_snapshot(source, target)
    assert list(tmp_path.iterdir()) == [source]


def test_a_snapshot_survives_a_build_that_is_broken_off(tmp_path: Path) -> None:
    source, target = tmp_path / "items.jsonl", tmp_path / "wikidata.sqlite"
    source.write_bytes(lines([COMPACT]))
    build_snapshot(source, target)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_snapshot(source, target, progress=stop)
    assert sorted(tmp_path.iterdir()) == [source, target]
    assert len(Snapshot(target)) == 1


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    source = tmp_path / "items.jsonl"
    source.write_bytes(lines([COMPACT]))
    for target in (source / "wikidata.sqlite", tmp_path):
        with pytest.raises(LinkingError, match="can't be written"):
            build_snapshot(source, target)


def test_a_dump_has_empty_lists_for_empty_maps_and_bare_numbers(tmp_path: Path) -> None:
    """As PHP writes them: an item without aliases or claims, one without labels, a lexeme."""
    bare = {"type": "item", "id": "Q2", "labels": ENTITY["labels"],
            "descriptions": [], "aliases": [], "claims": []}  # fmt: skip
    numbered = {**bare, "id": "Q3", "claims": {
        "P463": [claim({"entity-type": "item", "numeric-id": 1065})]}}  # fmt: skip
    records: list[dict[str, Any]] = [bare, numbered, {"type": "item", "id": "Q4", "labels": []}]
    records.append({"type": "lexeme", "id": "L5", "lemmas": {}, "claims": []})
    source = tmp_path / "latest-all.json"
    source.write_bytes(dump(records))
    found = list(read_items(source))
    assert [item.qid for item in found] == ["Q2", "Q3"]
    assert found[1].claims == {"P463": ("Q1065",)}


def test_claims_are_those_that_hold(tmp_path: Path) -> None:
    """The best rank, as `wdt:` has it, and none that has ended; a class may have ended."""
    over = {"qualifiers": {"P582": [{"snaktype": "value"}]}}
    record = {**ENTITY, "claims": {
        "P35": [claim({"id": "Q1"}), claim({"id": "Q2"}, "preferred"), claim({"id": "Q3"})],
        "P463": [claim({"id": "Q4"}), {**claim({"id": "Q5"}), **over}],
        "P31": [{**claim({"id": "Q3024240"}), **over}],
    }}  # fmt: skip
    source = tmp_path / "items.jsonl"
    source.write_bytes(lines([record]))
    item = next(read_items(source))
    assert item.claims == {"P35": ("Q2",), "P463": ("Q4",)}
    assert item.classes == ("Q3024240",)


def test_values_that_are_no_items_are_left_out(tmp_path: Path) -> None:
    source = tmp_path / "items.jsonl"
    record = {**COMPACT, "aliases": None, "claims": {"P463": ["somevalue", "Q2"]}}
    source.write_bytes(lines([record]))
    assert next(read_items(source)).claims == {"P463": ("Q2",)}


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
