"""The pages of the article's graph: links lead somewhere, no standing looks like another."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import httpx
import pytest
from benchmarks.conformance_servers import axiskg_server

from axiskg.build import build
from axiskg.settings import Settings

VOID = {"meta", "link", "input", "br", "rect"}
STATEMENT = "/statement/fp-2023-china-russia-axis/"


class Page(HTMLParser):
    """Links, ids and headings of a page; fails on tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert tag != "script"
        assert "style" not in given
        if tag == "a" and (to := given.get("href")):
            self.links.append(to)
        if name := given.get("id"):
            assert name not in self.ids, f"{name} twice"
            self.ids.append(name)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A browser at the article's graph."""
    store = Path(tmp_path_factory.mktemp("pages")) / "store"
    build(Settings(store=str(store)))
    with (
        axiskg_server(store, workers=2, spare_workers=1) as running,
        httpx.Client(
            base_url=running.root,
            trust_env=False,
            timeout=60,
            follow_redirects=True,
            headers={"accept": "text/html, */*;q=0.5"},
        ) as client,
    ):
        yield client


def crawled(client: httpx.Client, most: int) -> dict[str, Page]:
    """The pages that links of the start page lead to, the nearest first."""
    pages: dict[str, Page] = {}
    fragments: list[tuple[str, str]] = []
    waiting = deque(["/"])
    seen = {"/"}
    while waiting and len(pages) < most:
        path = waiting.popleft()
        reply = client.get(path)
        assert reply.status_code == 200, path
        if not reply.headers["content-type"].startswith("text/html"):
            continue
        assert reply.headers["content-security-policy"].startswith("default-src 'none'")
        pages[path] = Page(reply.text)
        for link in pages[path].links:
            to, fragment = urldefrag(urljoin(f"http://here{path}", link))
            if not to.startswith("http://here"):
                assert to.startswith(("http://", "https://"))
                continue
            to = to.removeprefix("http://here")
            if fragment:
                fragments.append((to, fragment))
            if to not in seen and not to.startswith("/?query="):
                seen.add(to)
                waiting.append(to)
    missing = {(to, name) for to, name in fragments if to in pages and name not in pages[to].ids}
    assert not missing
    return pages


def test_links_lead_to_pages(reader: httpx.Client) -> None:
    pages = crawled(reader, 100)
    assert len(pages) == 100


@pytest.mark.slow
def test_every_link_leads_to_a_page(reader: httpx.Client) -> None:
    pages = crawled(reader, 5000)
    assert sum(path.startswith(STATEMENT) for path in pages) == 364


@pytest.mark.parametrize(
    ("statement", "standing", "warning"),
    [
        ("p11.v", "Hypothetical", "nobody says that it is so"),
        ("p11.s", "Denied", "says that it is not so"),
        ("p28.d", "Hedged", "merely possible"),
        ("p26.j", "Accepted", "as plain fact"),
    ],
)
def test_a_statement_says_what_it_counts_for(
    statement: str, standing: str, warning: str, reader: httpx.Client
) -> None:
    text = Page(reader.get(STATEMENT + statement).text).text
    assert standing in text
    assert warning in text
    assert "Bonny Lin" in text
    assert "paragraph" in text


def test_an_entity_keeps_standings_apart(reader: httpx.Client) -> None:
    text = reader.get("/entity/china").text
    sections = dict(part.split('"', 1) for part in text.split('<section id="')[1:] if '"' in part)
    assert {"accepted", "denied", "hypothetical", "attributed", "concluded"} <= set(sections)
    assert STATEMENT + "p11.v" in sections["hypothetical"]
    assert STATEMENT + "p11.s" in sections["denied"]
    for statement in ("p11.v", "p11.s"):
        assert f'{STATEMENT}{statement}"' not in sections["accepted"]


def test_an_entity_is_tied_to_its_item_once_and_in_words(reader: httpx.Client) -> None:
    page = Page(reader.get("/entity/china").text)
    assert page.text.count("the same as wd:Q148") == 1
    assert "skos:" not in page.text


def test_both_sides_of_mutual_backing_are_shown(reader: httpx.Client) -> None:
    page = Page(reader.get("/backing", params={"a": "China", "b": "Q159"}).text)
    for issue in ("Taiwan", "Hong Kong", "Tibet", "Xinjiang", "Chechnya", "South China Sea"):
        assert issue in page.text
    assert "not of the same kind" in page.text
    assert STATEMENT + "p11.s" in page.links


def test_a_conclusion_shows_its_sentences(reader: httpx.Client) -> None:
    asked = {"s": "china", "p": "mutuallyBacks", "o": "russia"}
    page = Page(reader.get("/why", params=asked).text)
    assert STATEMENT + "p14.x" in page.links
    refused = reader.get("/why", params={**asked, "o": "india"})
    assert refused.status_code == 404
    assert "not concluded" in refused.text


def test_an_unknown_actor_gets_near_names(reader: httpx.Client) -> None:
    reply = reader.get("/alignment", params={"a": "chinna", "b": "iran"})
    assert reply.status_code == 404
    assert "china" in Page(reply.text).text


def test_the_scenario_shows_what_it_would_change(reader: httpx.Client) -> None:
    text = Page(reader.get("/scenario/sino-us-conflict-alliance").text).text
    assert "alliance with Russia" in text
    assert "nothing in it is put forward as so" in text


def test_a_name_is_had_in_the_format_that_is_named(reader: httpx.Client) -> None:
    reply = reader.get("/entity/china", params={"format": "ttl"})
    assert reply.headers["content-type"].startswith("text/turtle")
    assert reader.get("/entity/china", params={"format": "gif"}).status_code == 406


def test_the_start_page_says_what_it_could_not_read(tmp_path: Path) -> None:
    packaged = Settings().queries_dir
    shutil.copytree(packaged, tmp_path / "home" / "queries")
    refused = tmp_path / "home" / "queries" / "sources.rq"
    text = refused.read_text().replace("{", "{ SERVICE <https://example.org/sparql> { }", 1)
    refused.write_text(text)
    home = tmp_path / "home"
    with axiskg_server(tmp_path / "store", workers=1, spare_workers=0, home=str(home)) as other:
        text = Page(httpx.get(other.root, trust_env=False, timeout=60).text).text
    assert "Not shown, sources:" in text
    assert "No source has been loaded" not in text
