"""The clients that people have: SPARQLWrapper, rdflib's stores, curl; Comunica when slow."""

from __future__ import annotations

import json
import shutil
import subprocess
import warnings
from pathlib import Path

import httpx
import pytest
import rdflib
from benchmarks.conformance_servers import TOKEN, Server
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from SPARQLWrapper import CSV, JSON, POST, TURTLE, XML, SPARQLWrapper

S, P = rdflib.URIRef("urn:client:s"), rdflib.URIRef("urn:client:p")


@pytest.fixture
def filled(client: httpx.Client) -> str:
    graph = "urn:test:clients"
    client.put(
        "/graphs",
        params={"graph": graph},
        content=f"<{S}> <{P}> 'é' .",
        headers={"content-type": "text/turtle"},
    )
    return graph


@pytest.mark.parametrize("post", [False, True])
@pytest.mark.parametrize("form", [JSON, XML, CSV])
def test_sparqlwrapper_selects(server: Server, filled: str, form: str, post: bool) -> None:
    wrapper = SPARQLWrapper(server.query)
    wrapper.setQuery(f"SELECT ?o FROM <{filled}> {{ ?s ?p ?o }}")
    wrapper.setReturnFormat(form)
    if post:
        wrapper.setMethod(POST)
    result = wrapper.query().convert()
    shown = result.toxml() if form == XML else str(result)
    if form == CSV:
        shown = result.decode()
    assert "é" in shown


def test_sparqlwrapper_constructs_and_updates(server: Server, filled: str) -> None:
    wrapper = SPARQLWrapper(server.query, updateEndpoint=f"{server.root}/update")
    wrapper.setQuery(f"CONSTRUCT {{ ?s ?p ?o }} FROM <{filled}> {{ ?s ?p ?o }}")
    wrapper.setReturnFormat(TURTLE)
    graph = rdflib.Graph().parse(data=wrapper.query().convert(), format="turtle")
    assert (S, P, rdflib.Literal("é")) in graph
    wrapper.addCustomHttpHeader("Authorization", f"Bearer {TOKEN}")
    wrapper.setMethod(POST)
    wrapper.setQuery("INSERT DATA { GRAPH <urn:test:wrapper> { <urn:a> <urn:b> 1 } }")
    wrapper.query()
    ask = SPARQLWrapper(server.query)
    ask.setQuery("ASK { GRAPH <urn:test:wrapper> { <urn:a> <urn:b> 1 } }")
    ask.setReturnFormat(JSON)
    assert ask.query().convert()["boolean"] is True


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_rdflib_reads(server: Server, filled: str, method: str) -> None:
    store = SPARQLStore(server.query, method=method)
    graph = rdflib.Graph(store=store, identifier=rdflib.URIRef(filled))
    assert list(graph.triples((S, None, None))) == [(S, P, rdflib.Literal("é"))]
    rows = graph.query("SELECT ?o { ?s ?p ?o }")
    assert [str(row[0]) for row in rows] == ["é"]


def test_rdflib_writes(server: Server) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    store = SPARQLUpdateStore(server.query, f"{server.root}/update", headers=headers)
    graph = rdflib.Graph(store=store, identifier=rdflib.URIRef("urn:test:rdflib"))
    graph.add((S, P, rdflib.Literal(1)))
    assert (S, P, rdflib.Literal(1)) in graph
    graph.remove((S, None, None))
    assert len(graph) == 0


def test_curl(server: Server, filled: str) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    query = f"query=SELECT ?o FROM <{filled}> {{ ?s ?p ?o }}"
    options = ["--silent", "--fail", "--compressed", "--noproxy", "*", "-H", "Accept: text/csv"]
    done = subprocess.run(
        [curl, *options, server.query, "--data-urlencode", query],
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == "o\r\né\r\n"


@pytest.mark.slow
def test_comunica(server: Server, filled: str, tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("node and npm are not installed")
    installed = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "@comunica/query-sparql@4"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=200,
    )
    if installed.returncode:
        pytest.skip("npm could not install Comunica")
    program = f"""
const {{ QueryEngine }} = require('@comunica/query-sparql');
(async () => {{
  const sources = [{{ type: 'sparql', value: '{server.query}' }}];
  const query = 'SELECT ?o WHERE {{ GRAPH <{filled}> {{ ?s ?p ?o }} }}';
  const bindings = await (await new QueryEngine().queryBindings(query, {{ sources }})).toArray();
  console.log(JSON.stringify(bindings.map(b => b.get('o').value)));
}})();
"""
    (tmp_path / "ask.js").write_text(program)
    done = subprocess.run(
        [node, "ask.js"], cwd=tmp_path, capture_output=True, check=False, timeout=100
    )
    assert json.loads(done.stdout) == ["é"], done.stderr.decode()
