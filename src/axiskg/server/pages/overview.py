"""What the start page tells of a store: standings, sources, entities, scenarios."""

from __future__ import annotations

from dataclasses import dataclass

from axiskg.errors import AxisKGError
from axiskg.namespaces import AXIS, ENT, SCN
from axiskg.queries import Catalogue
from axiskg.server.pages.answering import Rows, ask
from axiskg.server.services import Services

__all__ = ["Overview", "overview"]

_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Bar:
    """A standing's part of a bar that is 1,000 wide."""

    standing: str
    count: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a page, and how many statements speak of it."""

    slug: str
    label: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A source with its figures."""

    iri: str
    title: str
    creator: str
    issued: str
    statements: str
    accepted: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What the start page shows; `missing` says of each part that could not be had why."""

    standings: tuple[Bar, ...]
    total: int
    entities: tuple[Named, ...]
    sources: tuple[Listed, ...]
    scenarios: tuple[Named, ...]
    missing: tuple[str, ...]


async def overview(services: Services, catalogue: Catalogue) -> Overview:
    """The overview of the generation being read, by saved queries within the usual limits."""

    missing: list[str] = []

    async def found(name: str) -> Rows:
        try:
            answer = await ask(services, catalogue.get(name).text)
        except AxisKGError as error:
            missing.append(f"{name}: {error}")
            return []
        return answer.rows

    def value(row: dict[str, dict[str, str]], name: str) -> str:
        return row[name]["value"] if name in row else ""

    counts = [
        (value(row, "standing").removeprefix(AXIS), int(value(row, "statements")))
        for row in await found("standings")
    ]
    total = sum(count for _, count in counts)
    entities = tuple(
        Named(value(row, "entity").removeprefix(ENT), value(row, "label"), int(mentions))
        for row in await found("entities")
        if value(row, "entity").startswith(ENT)
        and (mentions := value(row, "statements")) not in ("", "0")
    )
    labels = {entity.slug: entity.label for entity in entities}
    scenarios = {
        value(row, "scenario").removeprefix(SCN): value(row, "label")
        for row in await found("reasoning/scenarios")
    }
    return Overview(
        standings=_bars(counts, total),
        total=total,
        entities=entities,
        sources=tuple(
            Listed(
                iri=value(row, "source"),
                title=value(row, "title"),
                creator=_named(value(row, "creator"), labels),
                issued=value(row, "issued"),
                statements=value(row, "statements"),
                accepted=value(row, "accepted"),
            )
            for row in await found("sources")
        ),
        scenarios=tuple(Named(slug, label or slug) for slug, label in scenarios.items()),
        missing=tuple(missing),
    )


def _bars(counts: list[tuple[str, int]], total: int) -> tuple[Bar, ...]:
    bars: list[Bar] = []
    x = 0.0
    for standing, count in counts:
        width = _WIDTH * count / total
        bars.append(Bar(standing, count, round(x, 1), round(width, 1)))
        x += width
    return tuple(bars)


def _named(iri: str, labels: dict[str, str]) -> str:
    slug = iri.removeprefix(ENT)
    return labels.get(slug, slug.replace("-", " ").title())
