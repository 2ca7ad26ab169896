"""Synthetic graphs for the reasoner's benchmark: the same for the same size, by a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from axiskg.namespaces import (
    AXIS,
    ENT,
    ENTITIES_GRAPH,
    ONTOLOGY_GRAPH,
    PREFIXES,
    PROVENANCE_GRAPH,
    ST,
)

__all__ = ["BULK", "domain_lines", "edges", "owl_lines", "write_domain", "write_edges", "write_owl"]

TYPE: Final = f"<{PREFIXES['rdf']}type>"
BULK: Final = ST + "bulk"
RELATIONS: Final = (
    ("fullyBacks", 10, "position"),
    ("tacitlyBacks", 6, "position"),
    ("declinesToCondemn", 8, "action"),
    ("memberOf", 20, "institution"),
    ("partnerOf", 5, "partner"),
    ("perceivesThreatFrom", 6, "source"),
    ("opposes", 3, "opponent"),
    ("visited", 22, "anyone"),
    ("traded", 20, "anyone"),
)


def axis(name: str) -> str:
    return f"<{AXIS}{name}>"


def ent(name: str) -> str:
    return f"<{ENT}{name}>"


def _statement(name: str, begin: int | None) -> Iterator[str]:
    graph = f"<{PROVENANCE_GRAPH}> ."
    yield f"<{name}> {TYPE} {axis('Statement')} {graph}"
    yield f"<{name}> {axis('standing')} {axis('Accepted')} {graph}"
    yield f"<{name}> {axis('modality')} {axis('Fact')} {graph}"
    yield f"<{name}> {axis('likelihood')} {axis('Certain')} {graph}"
    yield f"<{name}> {axis('polarity')} {axis('Affirmed')} {graph}"
    if begin is not None:
        for key, month in (("hasLatestBeginTimeStamp", "01-01"), ("hasEarliestEndTimeStamp", "")):
            day = f"{begin}-{month}" if month else f"{begin + 12}-12-31"
            value = f'"{day}"^^<{PREFIXES["xsd"]}date>'
            yield f"<{name}> <{PREFIXES['sem']}{key}> {value} {graph}"


def _confidence() -> Iterator[str]:
    graph = f"<{ONTOLOGY_GRAPH}> ."
    row = "<urn:bench:row>"
    yield f"{row} {axis('inTable')} {axis('DefaultConfidence')} {graph}"
    yield f"{row} {axis('forModality')} {axis('Fact')} {graph}"
    yield f"{row} {axis('forLikelihood')} {axis('Certain')} {graph}"
    yield f'{row} {axis("confidence")} "1.0"^^<{PREFIXES["xsd"]}decimal> {graph}'


def domain_lines(statements: int) -> Iterator[str]:
    """N-Quads: statements over 200 actors, 2,000 issues, 4,000 positions, 2,000 actions."""
    choose = random.Random(7)
    actors = [f"actor-{n}" for n in range(200)]
    institutions = [f"institution-{n}" for n in range(60)]
    holder = [choose.randrange(200) for _ in range(4_000)]
    doer = [choose.randrange(200) for _ in range(2_000)]
    friends = [choose.sample(range(200), 9) for _ in actors]
    of_friend: list[list[str]] = [
        [f"position-{n}" for n, who in enumerate(holder) if who in friends[a]] for a in range(200)
    ]
    acts: list[list[str]] = [
        [f"action-{n}" for n, who in enumerate(doer) if who in friends[a][:5]] for a in range(200)
    ]
    choices = {
        "position": of_friend,
        "action": acts,
        "institution": [choose.sample(institutions, 20) for _ in actors],
        "partner": [[actors[n] for n in f[:2]] for f in friends],
        "source": [choose.sample(actors[:40], 2) for _ in actors],
        "opponent": [choose.sample(actors, 6) for _ in actors],
        "anyone": [actors for _ in actors],
    }
    yield from _confidence()
    graph = f"<{ENTITIES_GRAPH}> ."
    for n, who in enumerate(holder):
        yield f"{ent(f'position-{n}')} {axis('heldBy')} {ent(actors[who])} {graph}"
        yield f"{ent(f'position-{n}')} {axis('onIssue')} {ent(f'issue-{n % 2000}')} {graph}"
    for n, who in enumerate(doer):
        yield f"{ent(f'action-{n}')} {axis('carriedOutBy')} {ent(actors[who])} {graph}"
    for n in range(1, 60):
        part, whole = institutions[n], institutions[(n - 1) // 3]
        yield f"{ent(part)} {axis('partOf')} {ent(whole)} {graph}"
    names = [name for name, _, _ in RELATIONS]
    kinds = {name: kind for name, _, kind in RELATIONS}
    weights = [weight for _, weight, _ in RELATIONS]
    for n, name in enumerate(choose.choices(names, weights, k=statements)):
        actor = choose.randrange(200)
        target = choose.choice(choices[kinds[name]][actor] or [actors[0]])
        statement = f"{ST}s/p{n}.a"
        yield f"{ent(actors[actor])} {axis(name)} {ent(target)} <{statement}> ."
        yield from _statement(statement, 1995 + n % 25 if n % 3 == 0 else None)


def owl_lines(facts: int) -> Iterator[str]:
    """N-Quads: one bulk statement of `facts` triples, under an ontology of depth.

    Classes form a tree of 127 in six levels; properties a tree of 15, with inverses, a symmetric
    one, domains and ranges.
    """
    choose = random.Random(11)
    graph = f"<{ONTOLOGY_GRAPH}> ."
    rdfs, owl = PREFIXES["rdfs"], PREFIXES["owl"]
    yield from _confidence()
    for n in range(1, 127):
        yield f"{axis(f'C{n}')} <{rdfs}subClassOf> {axis(f'C{(n - 1) // 2}')} {graph}"
    for n in range(1, 15):
        yield f"{axis(f'p{n}')} <{rdfs}subPropertyOf> {axis(f'p{(n - 1) // 2}')} {graph}"
    yield f"{axis('p1')} <{rdfs}domain> {axis('C3')} {graph}"
    yield f"{axis('p2')} <{rdfs}range> {axis('C4')} {graph}"
    yield f"{axis('p14')} <{owl}inverseOf> {axis('q14')} {graph}"
    yield f"{axis('p13')} {TYPE} <{owl}SymmetricProperty> {graph}"
    yield from _statement(BULK, None)
    bulk = f"<{BULK}> ."
    things = facts // 2
    for n in range(things):
        yield f"{ent(f'thing-{n}')} {TYPE} {axis(f'C{63 + n % 64}')} {bulk}"
    for n in range(facts - things):
        target = choose.randrange(things)
        yield f"{ent(f'thing-{n}')} {axis(f'p{7 + n % 8}')} {ent(f'thing-{target}')} {bulk}"


def edges(shape: str, size: int) -> Iterator[tuple[int, int]]:
    """The edges of a `chain` of `size` nodes, or of a `dag` whose edges lead a short way up."""
    if shape == "chain":
        yield from ((n, n + 1) for n in range(size - 1))
        return
    choose = random.Random(13)
    for n in range(size):
        for _ in range(choose.choice((1, 1, 1, 1, 1, 1, 1, 2))):
            target = n + 1 + choose.randrange(900)
            if target < size:
                yield n, target


def write_domain(path: Path, statements: int) -> None:
    """Write `domain_lines` to a file."""
    _write(path, domain_lines(statements))


def write_owl(path: Path, facts: int) -> None:
    """Write `owl_lines` to a file."""
    _write(path, owl_lines(facts))


def write_edges(path: Path, shape: str, size: int) -> None:
    """Write edges as one bulk statement of a transitive property."""

    def lines() -> Iterator[str]:
        yield from _confidence()
        transitive = f"<{PREFIXES['owl']}TransitiveProperty>"
        yield f"{axis('partOf')} {TYPE} {transitive} <{ONTOLOGY_GRAPH}> ."
        yield from _statement(BULK, None)
        for a, b in edges(shape, size):
            yield f"{ent(f'n{a}')} {axis('partOf')} {ent(f'n{b}')} <{BULK}> ."

    _write(path, lines())


def _write(path: Path, lines: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(line + "\n")
