"""Wikidata's own API, asked politely; here a server that answers as it does, from the extract."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from axiskg.errors import LinkingError
from axiskg.linking import Linker
from axiskg.linking.http_cache import HttpCache
from axiskg.linking.wikidata import Wikidata
from axiskg.linking.wikidata_json import RawItem, read_items
from axiskg.settings import Settings

WANTED = frozenset({"Q34", "Q3052772", "Q148"})


def entity(item: RawItem) -> dict[str, object]:
    """An item in the JSON of `wbgetentities`."""
    snaks = [
        {"rank": "normal", "mainsnak": {"datavalue": {"value": {"id": value}}}}
        for value in item.classes
    ]
    return {
        "type": "item",
        "id": item.qid,
        "labels": {"en": {"value": item.label}},
        "descriptions": {"en": {"value": item.description}},
        "aliases": {"en": [{"value": name} for name in item.aliases]},
        "claims": {"P31": snaks},
    }


class Api(BaseHTTPRequestHandler):
    """The two actions that linking uses; behind (maxlag) at the first question."""

    items: dict[str, RawItem]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer from the items."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        self.server.seen.append((asked, dict(self.headers)))  # type: ignore[attr-defined]
        answer: dict[str, object]
        if len(self.server.seen) == 1:  # type: ignore[attr-defined]
            answer = {"error": {"code": "maxlag", "lag": 9}}
        elif asked["action"] == "wbsearchentities":
            name = asked["search"].casefold()
            found = [i for i in self.items.values() if name in i.label.casefold()]
            answer = {"search": [{"id": item.qid} for item in found]}
        else:
            ids = asked["ids"].split("|")
            answer = {"entities": {q: entity(self.items[q]) for q in ids if q in self.items}}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def api(extract: Path) -> Iterator[tuple[str, list[tuple[dict[str, str], dict[str, str]]]]]:
    """The API's address, and the questions it got with their headers."""
    Api.items = {item.qid: item for item in read_items(extract) if item.qid in WANTED}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    seen: list[tuple[dict[str, str], dict[str, str]]] = []
    server.seen = seen  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/w/api.php", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def live(url: str, tmp_path: Path, **changes: object) -> Settings:
    """Settings with the network allowed and no snapshot."""
    values: dict[str, object] = {
        "network": True,
        "allow_loopback": True,
        "wikidata_api": url,
        "wikidata_snapshot": tmp_path / "none.sqlite",
        "http_cache": tmp_path / "http.sqlite",
        "link_judgements": tmp_path / "judgements.tsv",
        "user_agent": "AxisKG-test/1 (someone@example.org)",
        **changes,
    }
    return Settings(**values)  # type: ignore[arg-type]


def test_names_without_other_evidence_are_asked_of_wikidata(
    api: tuple[str, list[tuple[dict[str, str], dict[str, str]]]], tmp_path: Path
) -> None:
    url, seen = api
    linker = Linker(live(url, tmp_path))
    answer = linker.link("Emmanuel Macron")
    assert answer.match is not None
    assert (answer.match.qid, answer.match.kind) == ("Q3052772", "person")
    assert [asked["action"] for asked, _ in seen] == [
        "wbsearchentities", "wbsearchentities", "wbgetentities",
    ]  # fmt: skip
    assert all(asked["maxlag"] == "5" for asked, _ in seen)
    assert all(headers["User-Agent"].startswith("AxisKG-test/1") for _, headers in seen)
    asked_before = len(seen)
    assert Linker(live(url, tmp_path)).link("Emmanuel Macron").match is not None
    assert len(seen) == asked_before, "the second time it is read from the cache"


def test_curated_names_ask_nobody(
    api: tuple[str, list[tuple[dict[str, str], dict[str, str]]]], tmp_path: Path
) -> None:
    url, seen = api
    assert Linker(live(url, tmp_path)).link("China").match is not None
    assert seen == []


def test_the_network_is_off_by_default(tmp_path: Path) -> None:
    settings = Settings(http_cache=tmp_path / "http.sqlite")
    assert settings.network is False
    with pytest.raises(LinkingError, match="AXISKG_NETWORK"):
        Wikidata(settings).search("Sweden")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("garbage", "no JSON"),
        ("error", "no JSON"),
        ("slow", "did not answer"),
        ("busy", "answers 429"),
        ("lagging", "maxlag"),
        ("hurried", "ratelimited"),
        ("deep", "no JSON"),
        ("flood", r"answers 400: .{150}"),
        ("redirect", "private address"),
        ("listed", "without a list"),
    ],
)
def test_a_server_that_fails_is_named(
    path: str, says: str, misbehaving: tuple[str, list[str]], tmp_path: Path
) -> None:
    root, _ = misbehaving
    settings = live(
        f"{root}/{path}", tmp_path, federation_timeout_s=0.5, federation_retries=0, http_cache_s=0
    )
    with pytest.raises(LinkingError, match=says) as raised:
        Wikidata(settings).search("Sweden")
    assert len(str(raised.value)) < 500
    assert str(raised.value).isprintable()


def test_a_server_that_is_far_behind_is_left_alone(
    misbehaving: tuple[str, list[str]], tmp_path: Path
) -> None:
    root, seen = misbehaving
    with pytest.raises(LinkingError, match="ask again later"):
        Wikidata(live(f"{root}/lagging", tmp_path)).search("Sweden")
    assert len(seen) == 1


def test_entities_of_another_shape_are_told(
    misbehaving: tuple[str, list[str]], tmp_path: Path
) -> None:
    root, _ = misbehaving
    with pytest.raises(LinkingError, match="entities that are none"):
        Wikidata(live(f"{root}/listed", tmp_path)).items(["Q34"])


def test_a_merged_item_has_its_new_number(
    api: tuple[str, list[tuple[dict[str, str], dict[str, str]]]], tmp_path: Path
) -> None:
    """Asked for an item that became a redirect, Wikidata gives the other one under the old id."""
    url, _ = api
    Api.items["Q9999"] = Api.items["Q34"]
    assert Wikidata(live(url, tmp_path)).items(["Q9999"])["Q9999"].qid == "Q34"
    match = Linker(live(url, tmp_path)).link("Sweden").match
    assert match is not None
    assert match.qid == "Q34"


@pytest.mark.parametrize("content", [None, b"no database, by far, but a file of some length"])
def test_a_cache_that_cannot_be_used_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "http.sqlite"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(LinkingError, match="AXISKG_HTTP_CACHE"):
        HttpCache(path, 60).put(b"{}", "GET", "http://x/")
