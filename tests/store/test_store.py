"""What every store does (tests/store/conftest.py says which there are)."""

from __future__ import annotations

import io
import threading
from pathlib import Path

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Triple

from axiskg.errors import DataError, ParseError, QueryError, QuerySyntaxError, StoreError
from axiskg.formats import FORMATS, serialize
from axiskg.namespaces import ENTITIES_GRAPH, PLAIN_GRAPH, PROVENANCE_GRAPH, UNION_GRAPH
from axiskg.plain import refresh_plain_view
from axiskg.settings import Settings
from axiskg.store import Dataset, EmbeddedStore, Solutions, Store, open_store

SMALL = Path(__file__).parents[1] / "fixtures" / "small.trig"
PLAIN = SMALL.with_name("small-plain.nt")
STANDINGS = dict.fromkeys(("p1.a", "p1.b", "p1.c", "p1.d", "p1.e"), "Accepted") | {
    "p2.a": "Attributed",  # a view that another holds
    "p2.b": "Denied",
    "p2.c": "Open",
    "p2.d": "Hedged",
    "p2.e": "Foreseen",
    "p2.f": "Judged",
    "p2.g": "Implied",
    "p2.h": "Attributed",  # the publisher's word, not the author's
    "p3.a": "Hypothetical",
    "p3.b": "Hypothetical",
    "p3.c": "Hypothetical",  # a concession, though its modality is Fact
    "p3.d": "Hypothetical",  # what a scenario assumes not to be
}
A, B, C, D = (NamedNode(f"urn:{letter}") for letter in "abcd")
G1, G2 = "urn:g1", "urn:g2"
THREE = f"INSERT DATA {{ {A} {B} {C} . GRAPH <{G1}> {{ {A} {B} 1 }} GRAPH <{G2}> {{ {A} {B} 2 }} }}"


def objects(store: Store, dataset: Dataset | None = None, where: str = "?s ?p ?o") -> set[str]:
    answer = store.query(f"SELECT ?o WHERE {{ {where} }}", dataset=dataset)
    assert isinstance(answer, Solutions)
    return {getattr(row[0], "value", "") for row in answer.rows}


# --- queries ------------------------------------------------------------------------------------


def test_the_four_forms(store: Store) -> None:
    store.update(THREE)
    assert store.query(f"SELECT ?o ?none WHERE {{ {A} {B} ?o }}") == Solutions(
        ("o", "none"), [(C, None)]
    )
    assert store.query(f"ASK {{ {A} {B} {C} }}") is True
    assert store.query("ASK { <urn:no> ?p ?o }") is False
    assert store.query("CONSTRUCT { ?o ?p ?s } WHERE { ?s ?p ?o }") == [Triple(C, B, A)]
    assert store.query(f"DESCRIBE {A}") == [Triple(A, B, C)]


def test_terms_come_back_whole(store: Store) -> None:
    terms = [
        Literal("é", language="en"),
        Literal('tab\tand "quotes" and \\ and\nline'),
        Literal("2023-07-01", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#date")),
        Literal("7", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
        NamedNode("http://example.org/a'b#c"),
    ]
    store.extend(Quad(A, B, term) for term in terms)
    answer = store.query("SELECT ?o WHERE { ?s ?p ?o }")
    assert isinstance(answer, Solutions)
    assert {row[0] for row in answer.rows} == set(terms)


@pytest.mark.parametrize(
    ("dataset", "expected", "named"),
    [
        (None, {"urn:c"}, {"1", "2"}),
        (Dataset(), {"urn:c"}, {"1", "2"}),
        (Dataset((G1,)), {"1"}, set()),
        (Dataset((G1, G2)), {"1", "2"}, set()),
        (Dataset((G1,), (G2,)), {"1"}, {"2"}),
        (Dataset(None, (G2,)), set(), {"2"}),
    ],
)
def test_datasets(
    dataset: Dataset | None, expected: set[str], named: set[str], store: Store
) -> None:
    store.update(THREE)
    assert objects(store, dataset) == expected
    assert objects(store, dataset, "GRAPH ?g { ?s ?p ?o }") == named


def test_the_union_of_all_graphs_on_request() -> None:
    store = EmbeddedStore.in_memory()
    store.update(THREE)
    assert objects(store, Dataset((UNION_GRAPH,))) == {"urn:c", "1", "2"}


def test_a_dataset_overrides_from(store: Store) -> None:
    store.update(THREE)
    answer = store.query(f"ASK FROM <{G1}> {{ {A} {B} 1 }}", dataset=Dataset((G2,)))
    assert answer is False


def test_from_of_an_absent_graph_is_empty_and_fetches_nothing(store: Store) -> None:
    assert store.query("ASK FROM <http://127.0.0.1:9/nothing> { ?s ?p ?o }") is False


@pytest.mark.parametrize(
    "text", ["SELECT", "SELECT * {", "SELECT ?x { ?x axis:a }", "INSERT DATA { <urn:a> }"]
)
def test_a_wrong_query_tells_line_and_column(text: str, store: Store) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        store.query(text)
    assert caught.value.line == 1
    assert caught.value.column is not None
    assert "not valid SPARQL at line 1, column" in str(caught.value)


def test_a_wrong_update_changes_nothing(store: Store) -> None:
    store.update(THREE)
    with pytest.raises(QuerySyntaxError, match="line 2"):
        store.update("DELETE WHERE { ?s ?p ?o } ;\nINSERT DAT { }")
    assert len(store) == 3


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { FILTER(?a<?b&&'x>y'='z') SERVICE <http://127.0.0.1:9/> {} FILTER('a'=?b) }",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    ],
)
def test_service_is_refused(text: str, store: Store) -> None:
    with pytest.raises(QueryError, match="SERVICE is not allowed"):
        store.query(text)


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://127.0.0.1:9/>",
        "load silent <http://127.0.0.1:9/> INTO GRAPH <urn:g>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    ],
)
def test_updates_fetch_nothing(text: str, store: Store) -> None:
    with pytest.raises(QueryError, match="is not allowed"):
        store.update(text)


def test_the_words_may_stand_where_they_fetch_nothing(store: Store) -> None:
    store.update("INSERT DATA { <urn:service> <urn:load> 'SERVICE and LOAD' } # LOAD")
    text = "SELECT ?service { ?load <urn:load> 'SERVICE and LOAD' } # SERVICE <x>"
    assert isinstance(store.query(text), Solutions)


# --- updates ------------------------------------------------------------------------------------


def test_an_update_request_is_atomic(store: Store) -> None:
    store.update(THREE)
    with pytest.raises((QueryError, StoreError)):
        store.update(f"DELETE WHERE {{ ?s ?p ?o }} ; CREATE GRAPH <{G1}>")
    assert objects(store) == {"urn:c"}


def test_using_graphs(store: Store) -> None:
    store.update(THREE)
    store.update(
        "INSERT { GRAPH <urn:copy> { ?s ?p ?o } } WHERE { ?s ?p ?o }", dataset=Dataset((G1, G2))
    )
    assert objects(store, Dataset(("urn:copy",))) == {"1", "2"}
    store.update(
        "DELETE { GRAPH <urn:copy> { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
        dataset=Dataset(None, (G1,)),
    )
    assert objects(store, Dataset(("urn:copy",))) == {"2"}


def test_using_graphs_clashes_with_using(store: Store) -> None:
    for text in (
        f"INSERT {{ ?s ?p 3 }} USING <{G1}> WHERE {{ ?s ?p ?o }}",
        f"WITH <{G1}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
    ):
        with pytest.raises(QueryError):
            store.update(text, dataset=Dataset((G2,)))


def test_no_write_is_lost_between_threads(store: Store) -> None:
    def write(number: int) -> None:
        for step in range(5):
            store.update(f"INSERT DATA {{ <urn:t{number}> <urn:p> {step} }}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store) == 40


def test_an_answer_can_be_read_in_another_thread(store: Store) -> None:
    store.update(THREE)
    answer = store.query("SELECT ?o WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?o")
    seen: list[str] = []
    reader = threading.Thread(
        target=lambda: seen.extend(str(row[0]) for row in answer.rows)  # type: ignore[union-attr]
    )
    reader.start()
    reader.join()
    assert len(seen) == 2


# --- documents ----------------------------------------------------------------------------------


def test_documents_are_added_whole(store: Store, tmp_path: Path) -> None:
    turtle = b"<urn:a> <urn:b> <urn:c>, [ <urn:b> 5 ] ."
    path = tmp_path / "more.nt"
    path.write_text("<urn:x> <urn:y> <urn:z> .\n")
    assert store.load(turtle, "text/turtle; charset=utf-8") == 3
    assert store.load(io.BytesIO(turtle), "text/turtle", G1) == 3
    assert store.load(path, ".nt", G2) == 1
    assert store.load(SMALL, "application/trig") > 200
    assert store.load(b"", "text/turtle") == 0
    sizes = store.graph_sizes()
    assert (sizes[None], sizes[G1], sizes[G2]) == (3, 3, 1)
    assert sum(sizes.values()) == len(store)


def test_blank_nodes_of_two_documents_are_two(store: Store) -> None:
    for _ in range(2):
        store.load(b"_:x <urn:b> <urn:c> .", "text/turtle")
    assert len(store) == 2


def test_relative_iris_belong_to_the_graph(store: Store) -> None:
    store.load(b"<x> <urn:b> <#y> .", "text/turtle", "http://example.org/g/doc")
    assert store.query(
        "ASK { GRAPH <http://example.org/g/doc>"
        " { <http://example.org/g/x> ?p <http://example.org/g/doc#y> } }"
    )


def test_a_broken_document_leaves_nothing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "broken.trig"
    path.write_text("<urn:g> {\n<urn:a> <urn:b> <urn:c> .\n<urn:a> junk .\n}")
    with pytest.raises(ParseError) as caught:
        store.load(path, ".trig")
    assert (caught.value.path, caught.value.line) == (path, 3)
    assert str(caught.value).startswith(f"{path}:3: not well-formed TriG")
    assert len(store) == 0


def test_named_graphs_have_no_place_in_one_graph(store: Store) -> None:
    with pytest.raises(ParseError):
        store.load(b"<urn:g> { <urn:a> <urn:b> <urn:c> }", "application/trig", G1)
    with pytest.raises(DataError, match="is no RDF syntax known here"):
        store.load(b"a,b", "text/csv")


def test_an_iterator_that_breaks_off_adds_nothing(store: Store) -> None:
    def quads() -> object:
        yield Quad(A, B, C)
        raise ParseError("broken off")

    with pytest.raises(ParseError):
        store.extend(quads())  # type: ignore[arg-type]
    assert len(store) == 0


def test_a_graph_is_replaced_and_the_others_stay(store: Store) -> None:
    store.update(THREE)
    store.replace_graph(G1, [Quad(A, B, D), Quad(A, B, C, NamedNode("urn:ignored"))])
    assert objects(store, Dataset((G1,))) == {"urn:c", "urn:d"}
    store.replace_graph(None, [])
    store.replace_graph("urn:new", [])
    assert objects(store) == set()
    assert objects(store, Dataset((G2,))) == {"2"}


def test_all_quads_are_dumped(store: Store) -> None:
    store.update(THREE)
    assert set(store.dump()) == {
        Quad(A, B, C, DefaultGraph()),
        Quad(A, B, Literal(1), NamedNode(G1)),
        Quad(A, B, Literal(2), NamedNode(G2)),
    }


def test_a_snapshot_stands_by_itself(store: Store, tmp_path: Path) -> None:
    store.update(THREE)
    path = tmp_path / "snapshots" / "one"
    store.snapshot(path)
    store.update("CLEAR ALL")
    with open_store(Settings(store=str(path)), read_only=True) as copy:
        assert len(copy) == 3
        with pytest.raises(StoreError):
            copy.update(THREE)
    with pytest.raises(StoreError, match="exists"):
        store.snapshot(path)


def test_a_closed_store_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError, match="the store is closed"):
        store.query("ASK {}")


# --- sources ------------------------------------------------------------------------------------

OTHER = """
PREFIX axis: <https://w3id.org/axiskg/ontology#>
PREFIX ent: <https://w3id.org/axiskg/entity/>
PREFIX st: <https://w3id.org/axiskg/statement/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
INSERT DATA {
  GRAPH <https://w3id.org/axiskg/statement/other/p1.a> { ent:syldavia axis:closeTo ent:zembla }
  GRAPH <https://w3id.org/axiskg/graph/provenance> {
    <https://w3id.org/axiskg/statement/other/p1.a> a axis:Statement ;
      axis:source <https://w3id.org/axiskg/source/small-too>
  }
  GRAPH <https://w3id.org/axiskg/graph/entities> {
    ent:syldavia rdfs:label "Syldavia"@en .
    ent:kept-by-hand rdfs:label "mentioned by no statement"@en
  }
}"""


def entities(store: Store) -> set[str]:
    found = store.query(f"SELECT DISTINCT ?s WHERE {{ GRAPH <{ENTITIES_GRAPH}> {{ ?s ?p ?o }} }}")
    assert isinstance(found, Solutions)
    return {str(row[0]).rpartition("/")[2].rstrip(">") for row in found.rows}


def test_a_source_is_replaced_and_what_others_need_stays(store: Store) -> None:
    store.load(SMALL, ".trig")
    store.update(OTHER)
    before = set(store.dump())
    statement = NamedNode("https://w3id.org/axiskg/statement/small/p9.z")
    source = NamedNode("https://w3id.org/axiskg/source/small")
    axis_source = NamedNode("https://w3id.org/axiskg/ontology#source")
    new = [
        Quad(A, B, C, statement),
        Quad(statement, axis_source, source, NamedNode(PROVENANCE_GRAPH)),
    ]
    store.replace_source(source.value, new)
    assert entities(store) == {"zembla", "syldavia", "kept-by-hand", "ada-lovell", "the-gazette"}
    graphs = {name for name in store.graph_sizes() if name and "/statement/" in name}
    assert graphs == {statement.value, "https://w3id.org/axiskg/statement/other/p1.a"}
    about = store.query(
        f"SELECT DISTINCT ?s WHERE {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?s ?p ?o }} }} ORDER BY ?s"
    )
    assert isinstance(about, Solutions)
    assert [row[0] for row in about.rows] == [
        NamedNode("https://w3id.org/axiskg/statement/other/p1.a"),
        statement,
    ]
    small = [quad for quad in before if "other/p1.a" not in str(quad)]
    store.replace_source(source.value, small)
    assert set(store.dump()) == before


# --- the plain view -----------------------------------------------------------------------------


def test_the_plain_view_and_the_standings_on_every_engine(store: Store) -> None:
    store.load(SMALL, ".trig")
    refresh_plain_view(store)
    refresh_plain_view(store)
    lines = serialize(store.query("CONSTRUCT WHERE { ?s ?p ?o }"), FORMATS["nt"]).decode()
    assert sorted(lines.splitlines()) == PLAIN.read_text(encoding="utf-8").splitlines()
    answer = store.query(
        "PREFIX axis: <https://w3id.org/axiskg/ontology#>"
        f"SELECT ?st ?why WHERE {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?st axis:standing ?why }} }}"
    )
    assert isinstance(answer, Solutions)
    standings = {str(st)[-5:-1]: str(why).rpartition("#")[2][:-1] for st, why in answer.rows}
    assert standings == STANDINGS


def test_the_view_goes_when_its_last_accepted_statement_goes(store: Store) -> None:
    store.load(SMALL, ".trig")
    denied = (
        "PREFIX axis: <https://w3id.org/axiskg/ontology#>"
        "PREFIX st: <https://w3id.org/axiskg/statement/>"
        f"DELETE {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?st axis:polarity ?p }} }}"
        f"INSERT {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?st axis:polarity axis:Negated }} }}"
        f"WHERE {{ GRAPH <{PROVENANCE_GRAPH}> {{ ?st axis:polarity ?p }} FILTER(?st = <"
        "https://w3id.org/axiskg/statement/small/p1.b>) }"
    )
    partners = "ASK { ?a <https://w3id.org/axiskg/ontology#partnerOf> ?b }"
    refresh_plain_view(store)
    assert store.query(partners) is True
    store.update(denied)
    refresh_plain_view(store)
    assert store.query(partners) is False


def test_the_view_may_be_a_named_graph(store: Store) -> None:
    store.load(SMALL, ".trig")
    refresh_plain_view(store, PLAIN_GRAPH)
    sizes = store.graph_sizes()
    assert (sizes[None], sizes[PLAIN_GRAPH]) == (0, len(PLAIN.read_text("utf-8").splitlines()))
