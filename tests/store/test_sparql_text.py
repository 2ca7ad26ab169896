"""The lexer: what it calls a keyword, however the text tries to hide it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axiskg.errors import QueryError, QuerySyntaxError, QueryTooLargeError
from axiskg.store import Dataset, EmbeddedStore
from axiskg.store.sparql_text import (
    check_nesting,
    forbid,
    keywords,
    nesting_depth,
    request_form,
    tokens,
    with_using,
)

CALL = " SERVICE <http://x/> { } "


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * {" + CALL + "}",
        "SELECT * { service<http://x/>{ } }",
        "SELECT * { SeRvIcE ?x { } }",
        "SELECT * { ?s ?p 1." + CALL.strip() + " }",
        'SELECT * { ?s ?p "a\\"b" .' + CALL + "}",
        "SELECT * { ?s ?p '''it's''' ." + CALL + "}",
        "SELECT * { ?s <http://a#b> ?o ." + CALL + "}",
        "SELECT * { ?s <http://a'b> ?o ." + CALL + "FILTER('x' = ?o) }",
        "SELECT * { FILTER(?a<?b&&'x>y'='z')" + CALL + "FILTER('a'=?b) }",
        "SELECT ?x (?a<?b&&'x>y' AS ?c) {" + CALL + "FILTER('a'=?b) }",
        "SELECT * { { SELECT ?x (?a<?b&&'x>y' AS ?c) {} }" + CALL + "FILTER('a'=?b) }",
        "SELECT * { FILTER <urn:f>(?a<?b&&'x>y')" + CALL + "FILTER('a'=?b) }",
        "SELECT * { } ORDER BY ?x (?a<?b&&'x>y') LIMIT 1 VALUES ?x { 'a' }" + CALL,
        "SELECT * { BIND(IF(?a<?b,'>',1) AS ?x)" + CALL + "}",
        "SELECT * { ?s <urn:p> (1 <http://a'b#> (?x <http://a'b#>))" + CALL + "}",
        "SELECT * { ?s <urn:p> (true (?x <http://a'b#c>))" + CALL + "}",
        "SELECT * { << ?s ?p <http://a'b#c> >> ?q ?o ." + CALL + "}",
        "SELECT * { ?s ?p <<( ?a ?b <http://a'b#c> )>> ." + CALL + "}",
        "SELECT * { ?s ex:a\\'b ?o ." + CALL + "}",
        "SELECT * { # a comment 'with a quotation mark\n" + CALL + "}",
        "SELECT * { \\u0053ERVICE <http://x/> { } }",
        "SELECT * { ?s ?p '\\u0027 ." + CALL + "# '\n }",
    ],
)
def test_a_call_is_seen_through_every_disguise(text: str) -> None:
    assert "SERVICE" in keywords(text)
    with pytest.raises(QueryError, match="SERVICE is not allowed"):
        forbid(text, "SERVICE")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service { ?s ?p ?service }",
        "SELECT * { ?s ex:SERVICE ?o ; SERVICE:x ?y }",
        "SELECT * { ?s <http://x/SERVICE> 'SERVICE' } # SERVICE",
        'SELECT * { ?s ?p """\n"SERVICE" \'""" }',
        "SELECT * { ?s ?p _:SERVICE ; ?q 'x'@service }",
        "SELECT * { FILTER(?a < ?b) ?s ?p 'SERVICE' FILTER(?c > ?d) }",
    ],
)
def test_other_uses_of_the_word_are_free(text: str) -> None:
    assert "SERVICE" not in keywords(text)
    forbid(text, "SERVICE", "LOAD")


@given(st.text(alphabet="<>'\"#\\{}()[]?.:a \n@^&|=!*+-u0027SERVICEx", max_size=60))
def test_the_lexer_reads_any_text_to_its_end(text: str) -> None:
    read = list(tokens(text))
    assert all(t.value == text[t.begin : t.end] for t in read)
    assert all(before.end <= after.begin for before, after in pairwise(read))


@given(st.text(alphabet="<>'#\\?a &=(,)", max_size=12))
def test_nothing_in_a_filter_that_parses_hides_what_follows(inside: str) -> None:
    """Whatever Oxigraph accepts before a call: the call is seen."""
    text = f"SELECT * {{ FILTER({inside}) SERVICE <urn:x> {{ }} }}"
    try:
        EmbeddedStore.in_memory().evaluate(text.replace("SERVICE <urn:x>", "OPTIONAL"))
    except QueryError:
        return
    assert "SERVICE" in keywords(text)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("PREFIX select: <urn:x> # SELECT\nASK {}", "ASK"),
        ("BASE <http://x/> construct { } where { SELECT * {} }", "CONSTRUCT"),
        ("DESCRIBE <x>", "DESCRIBE"),
        ("SELECT * {}", "SELECT"),
        ("INSERT { } WHERE { SELECT * {} }", "UPDATE"),
        ("", "UPDATE"),
    ],
)
def test_the_form_of_a_request(text: str, form: str) -> None:
    assert request_form(text) == form


def test_depth_counts_brackets_and_chains() -> None:
    assert nesting_depth("ASK { { ?s ?p ('((((' [] ) } }") == (4, 0)
    assert nesting_depth("ASK { FILTER(!!!(1+1)) }")[1] == 5
    assert nesting_depth("ASK { {} UNION {} UNION {} }") == (2, 2)


@pytest.mark.parametrize(
    "text",
    [
        "ASK " + "{" * 600 + "}" * 600,
        "ASK { FILTER(" + "(" * 600 + "1" + ")" * 600 + ") }",
        "ASK { FILTER(" + "!" * 3000 + "true) }",
        "ASK { FILTER(" + "+".join(["1"] * 3000) + ") }",
        "ASK { " + " UNION ".join(["{}"] * 3000) + " }",
        "ASK { " + "OPTIONAL {} " * 3000 + " }",
        "ASK { ?s " + "/".join(["<urn:p>"] * 3000) + " ?o }",
    ],
)
def test_what_would_overflow_the_stack_is_refused(text: str) -> None:
    store = EmbeddedStore.in_memory()
    with pytest.raises(QueryTooLargeError, match="allowed"):
        store.query(text)


def test_what_is_only_long_is_allowed() -> None:
    numbers = " ".join(map(str, range(5000)))
    store = EmbeddedStore.in_memory()
    assert store.query(f"ASK {{ VALUES ?x {{ {numbers} }} }}") is True
    check_nesting(f"ASK {{ FILTER(?x IN ({numbers.replace(' ', ',')})) }}")
    store.update("".join(f"INSERT DATA {{ <urn:{n}> <urn:p> {n} }} ;\n" for n in range(2000)))
    assert len(store) == 2000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
            "INSERT { ?s ?p 1 } USING <urn:d> USING NAMED <urn:n> WHERE { ?s ?p ?o }",
        ),
        (
            "DELETE WHERE { ?s ?p 'WHERE' }",
            "DELETE  { ?s ?p 'WHERE' } USING <urn:d> USING NAMED <urn:n> WHERE { ?s ?p 'WHERE' }",
        ),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", "INSERT DATA { <urn:a> <urn:b> 1 }"),
        (
            "DELETE { ?s ?p ?o } WHERE { { SELECT ?s WHERE { ?s ?p ?o } } } ; CLEAR DEFAULT",
            "DELETE { ?s ?p ?o } USING <urn:d> USING NAMED <urn:n>"
            " WHERE { { SELECT ?s WHERE { ?s ?p ?o } } } ; CLEAR DEFAULT",
        ),
    ],
)
def test_the_dataset_is_written_into_each_operation(text: str, expected: str) -> None:
    assert with_using(text, Dataset(("urn:d",), ("urn:n",))) == expected


@pytest.mark.parametrize(
    ("text", "place", "cure"),
    [
        ("SELECT * { ?s foo:bar ?o }", (1, 15), "PREFIX foo: <...>"),
        ("SELECT * {\n ?s :p _:b }", (2, 5), "PREFIX : <...>"),
        ("PREFIX a: <urn:a>\nASK { a:x axis:backs ?o }", (2, 11), "<https://w3id.org/axiskg/ont"),
    ],
)
def test_an_undeclared_prefix_is_named(text: str, place: tuple[int, int], cure: str) -> None:
    store = EmbeddedStore.in_memory()
    with pytest.raises(QuerySyntaxError) as caught:
        store.query(text)
    assert (caught.value.line, caught.value.column) == place
    assert cure in str(caught.value)
