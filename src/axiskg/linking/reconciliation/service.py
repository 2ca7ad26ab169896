"""What both reconciliation services share: the shape of their answers and of their manifest."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from axiskg import __version__
from axiskg.linking.reconciliation.queries import Extension, Query

__all__ = [
    "PAGE_STYLE",
    "Described",
    "Found",
    "Service",
    "answer_batch",
    "limited",
    "line",
    "manifest",
    "page",
    "short_id",
    "weighed",
]

PREVIEW_SIZE: Final = (420, 180)
PAGE_STYLE: Final = (
    "body{margin:0;padding:.6rem .8rem;font:14px/1.4 system-ui,sans-serif;color:#1d2430;"
    "background:#fff}h1{margin:0 0 .4rem;font-size:1.05rem}a{color:#0b4f8a}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .8rem;margin:0}"
    "dt{color:#596273}dd{margin:0;overflow-wrap:anywhere}"
)
"""The style of previews, which load nothing; a security policy may allow it by its hash."""
_DEFAULT_LIMIT: Final = 0
_PROPERTY_WEIGHT: Final = 0.25
"""How much of a score the properties make where they tell something."""

_NUMBER: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True)
class Described:
    """An entity, type or property for people: its id, name and a line on it."""

    id: str
    name: str
    description: str = ""

    def json(self) -> dict[str, Any]:
        """For JSON, without an empty description."""
        shown: dict[str, Any] = {"id": self.id, "name": self.name}
        if self.description:
            shown["description"] = self.description
        return shown


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate for a query; `score` is from 0 to 100."""

    entity: Described
    score: float
    match: bool
    types: tuple[Described, ...]
    features: Mapping[str, float | bool] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """For JSON, as API 0.2 has it (0.1 clients pass over what is new)."""
        return {
            **self.entity.json(),
            "score": round(self.score, 2),
            "match": self.match,
            "type": [{"id": one.id, "name": one.name} for one in self.types],
            "features": [
                {"id": name, "value": value if isinstance(value, bool) else round(value, 4)}
                for name, value in self.features.items()
            ],
        }


class Service(Protocol):
    """A source of entities to reconcile against. Ids are short: slugs, or QIDs."""

    name: str
    path: str
    identifier_space: str
    schema_space: str
    view: str

    def match(self, query: Query) -> list[Found]:
        """The candidates for a query, best first."""

    def default_types(self) -> list[Described]:
        """Types that are good choices in general."""

    def suggest(self, what: str, prefix: str, limit: int) -> list[Found]:
        """Entities, types or properties (`what`) whose names begin like `prefix`."""

    def describe(self, what: str, identifier: str) -> Described:
        """The entity, type or property of an id. Raises `NotFoundError`."""

    def details(self, identifier: str) -> list[tuple[str, str]]:
        """Names and values that a preview of an entity shows. Raises `NotFoundError`."""

    def propose(self, type_id: str, limit: int) -> list[Described]:
        """Properties that entities of a type have, most frequent first."""

    def extend(self, extension: Extension) -> dict[str, Any]:
        """Values of properties of entities, as the API's `meta` and `rows`."""


def answer_batch(service: Service, queries: Mapping[str, Query]) -> dict[str, Any]:
    """The results of a batch by its keys."""
    return {
        key: {"result": [found.json() for found in service.match(query)]}
        for key, query in queries.items()
    }


def manifest(service: Service, base: str) -> dict[str, Any]:
    """The service's manifest; `base` is the address of the server, without a slash at its end."""
    root = base + service.path
    here = {"service_url": root}
    suggest = {
        what: {
            **here,
            "service_path": f"/suggest/{what}",
            "flyout_service_url": root,
            "flyout_service_path": f"/flyout/{what}?id=${{id}}",
        }
        for what in ("entity", "type", "property")
    }
    width, height = PREVIEW_SIZE
    return {
        "versions": ["0.1", "0.2"],
        "name": service.name,
        "identifierSpace": service.identifier_space,
        "schemaSpace": service.schema_space,
        "documentation": f"{base}/docs",
        "serviceVersion": __version__,
        "view": {"url": service.view.replace("{base}", base)},
        "defaultTypes": [one.json() for one in service.default_types()],
        "suggest": suggest,
        "preview": {"url": f"{root}/preview?id={{{{id}}}}", "width": width, "height": height},
        "extend": {
            "propose_properties": {**here, "service_path": "/properties"},
            "property_settings": [
                {
                    "name": "limit",
                    "label": "Limit",
                    "type": "number",
                    "default": _DEFAULT_LIMIT,
                    "help_text": "Most values for a cell; 0 for all",
                },
                {
                    "name": "count",
                    "label": "Count",
                    "type": "checkbox",
                    "default": False,
                    "help_text": "The number of values in their place",
                },
            ],
        },
    }


def limited(values: list[dict[str, Any]], settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The values that the settings of a property leave; OpenRefine sends numbers as strings.

    A limit that is no number is none: a form may be left half filled.
    """
    if settings.get("count") in (True, "true", "on"):
        return [{"int": len(values)}]
    asked = str(settings.get("limit", _DEFAULT_LIMIT))
    limit = int(asked.partition(".")[0]) if _NUMBER.fullmatch(asked) else 0
    return values[:limit] if limit else values


def short_id(identifier: str, *spaces: str) -> str:
    """An id without the address or prefix of the space that it is of, or of its page at Wikidata.

    >>> short_id("http://www.wikidata.org/entity/Q148", "http://www.wikidata.org/entity/", "wd:")
    'Q148'
    """
    text = re.sub(r"^https?://www\.wikidata\.org/wiki/(?:Property:)?", "", identifier.strip())
    return next((text.removeprefix(one) for one in spaces if text.startswith(one)), text)


def weighed(score: float, share: float | None) -> float:
    """A score with what the properties say: nothing (`None`), or the share that agrees.

    >>> weighed(80.0, None), weighed(80.0, 1.0), weighed(80.0, 0.0)
    (80.0, 85.0, 60.0)
    """
    if share is None:
        return score
    return (1 - _PROPERTY_WEIGHT) * score + _PROPERTY_WEIGHT * 100 * share


def line(title: str, description: str, address: str) -> str:
    """A name, linked where there is an address, and a line on it, as a piece of HTML; escaped."""
    name = html.escape(title)
    if address:
        name = f'<a href="{html.escape(address)}" target="_blank" rel="noopener">{name}</a>'
    told = f"<p>{html.escape(description)}</p>" if description else ""
    return f"<p><strong>{name}</strong></p>{told}"


def page(title: str, rows: Iterable[tuple[str, str]], address: str) -> str:
    """A small HTML page for previews; every word of it is escaped."""
    shown = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in rows
    )
    link = html.escape(address)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}'
        f"</title><style>{PAGE_STYLE}</style></head>"
        f'<body><h1><a href="{link}" target="_blank" rel="noopener">'
        f"{html.escape(title)}</a></h1><dl>{shown}</dl></body></html>"
    )
