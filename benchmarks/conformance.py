"""The W3C SPARQL 1.1 tests over HTTP: ours, Oxigraph's server and rdflib-endpoint.

    python -m benchmarks.conformance [--suite FOLDER] [--no-peers] [--verbose]

The folder is a checkout of github.com/w3c/rdf-tests, or a part of it; without it,
`$AXISKG_TEST_DATA/w3c`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections import Counter
from pathlib import Path

import httpx
from benchmarks.conformance_run import Outcome, Runner
from benchmarks.conformance_servers import (
    Server,
    axiskg_server,
    oxigraph_server,
    rdflib_server,
)
from benchmarks.conformance_suite import read_cases, read_http_cases, suite_root

__all__ = ["EXPECTED_MISSES", "GROUPS", "main", "outcomes"]

GROUPS = ("protocol", "graph store", "service description", "update", "syntax", "query")
SETTINGS = {
    "rate_limit_per_s": 0,
    "query_timeout_s": 20,
    # A test of SERVICE SILENT asks a host that does not exist.
    "federation": '{"nowhere": "http://invalid.endpoint.org/sparql"}',
}

_EMPTY = "the engine finds no zero-length path of a node that is in no triple"
_LANGUAGE = "the engine keeps the common language tag, as SPARQL 1.2 will have it"
_GRAPH = "the engine joins the name of GRAPH ?g only after its group (open in SPARQL 1.1 too)"
EXPECTED_MISSES: dict[str, str] = {
    "aggregates/GROUP_CONCAT with same language tag": _LANGUAGE,
    "aggregates/GROUP_CONCAT with one element": _LANGUAGE,
    "aggregates/COUNT: no GROUP BY inside of GRAPH": _GRAPH,
    "bindings/VALUES inside GRAPH binding the same variable as the graph name": _GRAPH,
    "csv-tsv-res/tsv03 - TSV Result Format": "the engine stores xsd:negativeInteger as xsd:integer",
    "exists/GRAPH variable inside of EXISTS is bound to external variable": _GRAPH,
    "functions/BNODE(str)": "the engine gives the same blank node in every solution",
    "negation/outer GRAPH operator does not affect MINUS disjointness": _GRAPH,
    "property-path/* with start being a constant on the empty dataset": _EMPTY,
    "property-path/* with end being a constant on the empty dataset": _EMPTY,
    "property-path/? with start being a constant on the empty dataset": _EMPTY,
    "property-path/? with end being a constant on the empty dataset": _EMPTY,
}
"""Tests of query evaluation that the engine, Oxigraph, answers otherwise, with the reason."""


def outcomes(server: Server, root: Path) -> list[Outcome]:
    """The outcome of every test on a server."""
    with httpx.Client(trust_env=False, timeout=60) as client:
        return list(Runner(server, client).run(read_cases(root), read_http_cases(root)))


def _table(results: dict[str, list[Outcome]]) -> str:
    lines = ["| tests | " + " | ".join(results) + " |", "|---" * (len(results) + 1) + "|"]
    for group in GROUPS:
        cells = []
        for found in results.values():
            of_group = [outcome for outcome in found if outcome.group == group]
            passed = sum(not outcome.fault for outcome in of_group)
            cells.append(f"{passed}/{len(of_group)}")
        lines.append(f"| {group} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> int:
    """Print the table and each miss; 1 when ours misses a test that it should pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", type=Path, help="checkout of the W3C tests")
    parser.add_argument(
        "--peers",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="run the other servers too",
    )
    parser.add_argument("--verbose", action="store_true", help="list the others' misses too")
    arguments = parser.parse_args()
    suite = arguments.suite or Path(os.environ.get("AXISKG_TEST_DATA", "")) / "w3c"
    try:
        root = suite_root(suite)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}; name a checkout of github.com/w3c/rdf-tests with --suite\n")
        return 2
    servers = [axiskg_server(**SETTINGS)]
    if arguments.peers:
        servers += [oxigraph_server(), rdflib_server()]
    results: dict[str, list[Outcome]] = {}
    for starting in servers:
        with contextlib.ExitStack() as stack:
            server = stack.enter_context(starting)
            results[server.name] = outcomes(server, root)
    print(_table(results))
    failed = 0
    for name, found in results.items():
        if name != "axiskg" and not arguments.verbose:
            continue
        for outcome in found:
            if outcome.fault:
                reason = EXPECTED_MISSES.get(f"{outcome.suite}/{outcome.name}", "")
                failed += name == "axiskg" and not reason
                print(f"{name}: {outcome.suite}: {outcome.name}: {outcome.fault}  {reason}")
    ours = Counter(o.fault == "" for o in results["axiskg"])
    print(f"axiskg: {ours[True]} passed, {ours[False]} missed, {failed} of them not expected")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
