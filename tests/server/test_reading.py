"""Documents that cost more than their size: they are read apart, and cost their sender alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from benchmarks.conformance_servers import Server, axiskg_server

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TURTLE = {"content-type": "text/turtle"}
DEADLINE_S = 4


def bomb(levels: int) -> str:
    """RDF/XML whose one literal has ten to the power of `levels` characters."""
    entities = '<!ENTITY e0 "x">' + "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels + 1)
    )
    return (
        f'<!DOCTYPE r [{entities}]><rdf:RDF xmlns:rdf="{RDF}" xmlns:u="urn:"><rdf:Description'
        f' rdf:about="urn:s"><u:p>&e{levels};</u:p></rdf:Description></rdf:RDF>'
    )


def deep_json_ld(depth: int) -> str:
    """JSON-LD of nodes within nodes."""
    return '{"urn:p":' * depth + "1" + "}" * depth


@pytest.fixture(scope="module")
def short() -> Iterator[Server]:
    with axiskg_server(
        workers=1, spare_workers=0, update_timeout_s=DEADLINE_S, max_upload_mb=1
    ) as running:
        yield running


def put(server: Server, graph: str, content: str, media_type: str) -> httpx.Response:
    return httpx.put(
        server.graphs,
        params={"graph": graph},
        content=content,
        headers={"content-type": media_type, **server.headers},
        trust_env=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("name", "document", "media_type"),
    [
        ("entities", bomb(levels=12), "application/rdf+xml"),
        ("nesting", deep_json_ld(10_000), "application/ld+json"),
        (
            "prefix",
            f"@prefix a: <urn:{'x' * 100_000}> . <urn:s> <urn:p> {', '.join(['a:b'] * 100_000)} .",
            "text/turtle",
        ),
    ],
)
def test_a_document_that_grows_holds_up_no_other_write(
    short: Server, name: str, document: str, media_type: str
) -> None:
    with ThreadPoolExecutor(1) as pool:
        attack = pool.submit(put, short, f"urn:bomb:{name}", document, media_type)
        others = []
        while not attack.done():
            begun = time.monotonic()
            others.append(put(short, "urn:others", "<urn:s> <urn:p> 1 .", "text/turtle"))
            assert time.monotonic() - begun < DEADLINE_S / 2
        assert {response.status_code for response in others} <= {201, 204}
        assert attack.result().status_code in {413, 504}
    gone = httpx.get(short.graphs, params={"graph": f"urn:bomb:{name}"}, trust_env=False)
    assert gone.status_code == 404


def test_entities_as_ontologies_use_them_are_read(client: httpx.Client) -> None:
    response = client.put(
        "/graphs",
        params={"graph": "urn:read:entities"},
        content=bomb(levels=2),
        headers={"content-type": "application/rdf+xml"},
    )
    assert response.status_code == 201


def test_triple_terms_are_put_as_they_are_posted(client: httpx.Client) -> None:
    document = "<urn:s> <urn:p> <<( <urn:a> <urn:b> <<( <urn:c> <urn:d> 1 )>> )>> ."
    for graph, send in (("urn:read:put", client.put), ("urn:read:post", client.post)):
        response = send("/graphs", params={"graph": graph}, content=document, headers=TURTLE)
        assert response.status_code == 201
        found = client.get(
            "/graphs", params={"graph": graph}, headers={"accept": "application/n-triples"}
        )
        assert "<<( <urn:c> <urn:d>" in found.text


def test_a_multipart_body_that_breaks_off_adds_nothing(client: httpx.Client) -> None:
    body = "--x\r\nContent-Type: text/turtle\r\n\r\n<urn:s> <urn:p> <urn:o> ."
    response = client.post(
        "/graphs",
        params={"graph": "urn:read:broken"},
        content=body,
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert response.status_code == 400
    assert client.get("/graphs", params={"graph": "urn:read:broken"}).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("a.ttl", 201), ("a.nt", 201), ("a.bin", 415)])
def test_a_part_of_no_told_type_is_known_by_its_name(
    client: httpx.Client, name: str, status: int
) -> None:
    part = (name, "<urn:s> <urn:p> <urn:o> .", "application/octet-stream")
    response = client.post("/graphs", params={"graph": f"urn:read:{name}"}, files={"file": part})
    assert response.status_code == status
