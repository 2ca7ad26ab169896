"""Alignments of all actors as one network: tables, matrices, and files for network tools."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from axiskg.errors import ParameterError
from axiskg.reasoning.findings import Findings, Place
from axiskg.reasoning.frames import Tabular, extra
from axiskg.reasoning.links import Draft, drafts_between
from axiskg.reasoning.values import Asked, Value, short

__all__ = ["Edge", "Matrix", "Network", "Node", "network_of"]

_PAIRED: Final = (
    "directlyTiedTo",
    "sharesInstitutionWith",
    "linkedByInvitationWith",
    "linkedByApplicationWith",
    "coFoundedInstitutionWith",
    "sharesThreatWith",
    "sharesGrievanceWith",
    "sharesAdversaryWith",
)
FORMATS: Final = ("graphml", "gexf")


class Node(Value):
    """An actor of a network."""

    actor: str
    label: str


class Edge(Value):
    """One link of two actors; the dates are those between which all its statements may hold."""

    a: str
    b: str
    dimension: str
    via: str | None
    strength: float
    confidence: float
    begins: date | None = Field(description="Earliest possible; None when unknown.")
    ends: date | None = Field(description="Latest possible; None when unknown.")
    together: bool = Field(description="False when the statements never hold at one time.")
    statements: tuple[str, ...]


class Matrix(Value):
    """Strengths of the strongest links of one dimension; symmetric, nought where there is none."""

    dimension: str
    actors: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]

    def to_polars(self) -> Any:
        """A polars frame: one row and one column an actor (extra `frames`)."""
        polars = extra("polars")
        columns = {a: [row[i] for row in self.values] for i, a in enumerate(self.actors)}
        return polars.DataFrame({"actor": list(self.actors)} | columns)

    def to_pandas(self) -> Any:
        """A pandas frame indexed by actor (extra `frames`)."""
        return extra("pandas").DataFrame(
            [list(row) for row in self.values], index=list(self.actors), columns=list(self.actors)
        )


class Network(Tabular):
    """All links between all actors in a run."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    asked: Asked

    def matrix(self, dimension: str) -> Matrix:
        """The strengths in one dimension. Raises `ParameterError` for an unknown one."""
        known = sorted({edge.dimension for edge in self.edges})
        if dimension not in known:
            raise ParameterError("dimension", f"one of {', '.join(known) or 'none'}", dimension)
        actors = [node.actor for node in self.nodes]
        place = {actor: i for i, actor in enumerate(actors)}
        values = [[0.0] * len(actors) for _ in actors]
        for edge in self.edges:
            if edge.dimension == dimension:
                i, j = place[edge.a], place[edge.b]
                values[i][j] = values[j][i] = max(values[i][j], edge.strength)
        return Matrix(
            dimension=dimension, actors=tuple(actors), values=tuple(tuple(row) for row in values)
        )

    def table_rows(self) -> list[dict[str, Any]]:
        """One row a link."""
        return [dict(edge) for edge in self.edges]

    def to_networkx(self) -> Any:
        """A networkx multigraph, one edge a link; absent dates are absent (extra `frames`)."""
        graph = extra("networkx").MultiGraph()
        for node in self.nodes:
            graph.add_node(node.actor, label=node.label)
        for number, edge in enumerate(self.edges):
            about = {
                "dimension": edge.dimension,
                "via": edge.via or "",
                "weight": edge.strength,
                "confidence": edge.confidence,
                "together": edge.together,
                "statements": " ".join(edge.statements),
            }
            dates = {
                name: day.isoformat()
                for name, day in (("start", edge.begins), ("end", edge.ends))
                if day is not None
            }
            graph.add_edge(edge.a, edge.b, key=number, **about, **dates)
        return graph

    def write(self, path: Path, form: str | None = None) -> None:
        """Write GraphML or GEXF (with dates); the form is that of the suffix unless given.

        Raises `ParameterError` for another form.
        """
        chosen = form or path.suffix.removeprefix(".").lower()
        if chosen not in FORMATS:
            raise ParameterError("format", " or ".join(FORMATS), chosen or "no suffix")
        networkx = extra("networkx")
        graph = self.to_networkx()
        if chosen == "graphml":
            networkx.write_graphml(graph, path)
        else:
            graph.graph["mode"] = "dynamic"
            networkx.write_gexf(graph, path, version="1.2draft")


class _Places:
    """The places of all statements that edges rest on, found for each edge by numbers."""

    def __init__(self, findings: Findings, drafts: Iterable[Draft]) -> None:
        said = findings.statements_of(triple for draft in drafts for triple in draft.triples)
        known = findings.places(st for statements in said.values() for st in statements)
        self._ordered = sorted(known.values())
        number = {place.statement: n for n, place in enumerate(self._ordered)}
        self._numbers = {
            triple: [number[st] for st in statements if st in number]
            for triple, statements in said.items()
        }

    def of(self, draft: Draft) -> list[Place]:
        """The places of a link's statements, in the order of the text."""
        numbers = {number for triple in draft.triples for number in self._numbers[triple]}
        return [self._ordered[number] for number in sorted(numbers)]


def _edge(a: str, b: str, draft: Draft, places: Sequence[Place]) -> Edge:
    first = max([place.begins for place in places if place.begins], default=None)
    last = min([place.ends for place in places if place.ends], default=None)
    return Edge(
        a=a,
        b=b,
        dimension=draft.dimension,
        via=None if draft.via is None else short(draft.via),
        strength=draft.strength,
        confidence=draft.confidence,
        begins=first,
        ends=last,
        together=first is None or last is None or first <= last,
        statements=tuple(place.statement for place in places),
    )


def network_of(findings: Findings, asked: Asked) -> Network:
    """The network of a run; actors and links in order of their names."""
    pairs = sorted({(min(p), max(p)) for name in _PAIRED for p in findings.pairs(name)})
    drafts = [
        [draft for draft in drafts_between(findings, a, b) if draft.dimension != "partner"]
        for a, b in pairs
    ]
    places = _Places(findings, chain.from_iterable(drafts))
    edges = tuple(
        _edge(a, b, draft, places.of(draft))
        for (a, b), found in zip(((short(a), short(b)) for a, b in pairs), drafts, strict=True)
        for draft in found
    )
    actors = sorted({actor for pair in pairs for actor in pair})
    return Network(
        nodes=tuple(Node(actor=short(iri), label=findings.label(iri)) for iri in actors),
        edges=edges,
        asked=asked,
    )
