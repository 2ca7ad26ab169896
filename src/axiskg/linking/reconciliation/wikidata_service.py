"""Wikidata as a reconciliation service, through the snapshot and the linker's decisions."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from axiskg.errors import NotFoundError, StoreError
from axiskg.linking import keys
from axiskg.linking.kinds import KINDS, class_kinds, item_number, kinds_for
from axiskg.linking.linker import Candidate, Linker
from axiskg.linking.reconciliation.queries import Extension, Property, Query
from axiskg.linking.reconciliation.service import Described, Found, limited, short_id, weighed
from axiskg.linking.snapshot import Hit, Item, Snapshot
from axiskg.namespaces import PREFIXES

__all__ = ["WikidataService", "property_labels"]

_OWN: Final = {"label": "label", "description": "description", "alias": "also known as"}
_TYPES: Final = {
    "state": "sovereign state",
    "igo": "intergovernmental organization",
    "government": "government or ministry",
    "former-state": "former state",
    "organization": "organization",
    "person": "person",
    "city": "city or town",
    "region": "region",
    "island": "island or peninsula",
    "water": "sea, lake or river",
    "relation": "bilateral relations",
    "office": "office",
    "event": "event",
    "work": "film, series or song",
    "concept": "concept",
}


@cache
def property_labels() -> Mapping[str, str]:
    """English labels of the properties that snapshots have claims of, by id."""
    text = files("axiskg.linking").joinpath("properties.tsv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return MappingProxyType({row["property"]: row["label"] for row in rows})


def _pid(identifier: str) -> str:
    return short_id(identifier, PREFIXES["wdt"], PREFIXES["wd"], "wdt:", "wd:")


class WikidataService:
    """The items of the snapshot."""

    name = "Wikidata (snapshot of AxisKG)"
    path = "/reconcile/wikidata"
    identifier_space = PREFIXES["wd"]
    schema_space = PREFIXES["wdt"]
    view = "https://www.wikidata.org/wiki/{{id}}"

    def __init__(self, linker: Linker) -> None:
        self._linker = linker

    @property
    def _known(self) -> Snapshot:
        if self._linker.known is None:
            raise StoreError(
                f"{self._linker.settings.wikidata_snapshot}: no snapshot of Wikidata; build one"
                " with `axiskg wikidata snapshot --from FILE`"
            )
        return self._linker.known

    def check(self) -> None:
        """Raises `StoreError` where there is no snapshot."""
        _ = self._known

    def default_types(self) -> list[Described]:
        """Kinds of actors and places."""
        names = ("state", "igo", "government", "person", "organization", "city", "region")
        return [Described(kind, _TYPES[kind]) for kind in names]

    def match(self, query: Query) -> list[Found]:
        """The linker's candidates, then ordered by the properties asked for."""
        known = self._known
        types = query.types
        if query.text.strip():
            answer = self._linker.link(query.text, types=types)
            if types and not answer.candidates and query.type_strict == "should":
                answer = self._linker.link(query.text)
                decided = None
            else:
                decided = answer.match
            candidates = list(answer.candidates)
        else:
            candidates = [self._bare(item) for item in self._by_properties(query)]
            decided = candidates[0] if len(candidates) == 1 else None
        if query.type_strict == "all":
            candidates = [c for c in candidates if all(self._is(c, one) for one in types)]
        shares = {c.qid: self._share(c.qid, query.properties) for c in candidates}
        if decided is None:
            whole = [c for c in candidates if shares[c.qid] == 1.0 and c.automatic]
            whole = [c for c in whole if not types or any(self._is(c, one) for one in types)]
            decided = whole[0] if len(whole) == 1 else None
        elif shares.get(decided.qid) == 0.0:
            decided = None
        labels = known.items(name for c in candidates for name in c.classes)
        found = [
            Found(
                entity=Described(c.qid, c.label, c.description),
                score=weighed(100 * c.score, shares[c.qid]),
                match=decided is not None and c.qid == decided.qid,
                types=self._types(c, labels),
                features=self._features(c, shares[c.qid]),
            )
            for c in candidates
        ]
        found.sort(key=lambda one: (not one.match, -one.score, one.entity.id))
        return found[: query.limit]

    @staticmethod
    def _features(candidate: Candidate, share: float | None) -> dict[str, float | bool]:
        features: dict[str, float | bool] = dict(candidate.features)
        if share is not None:
            features["properties"] = share
        return features

    @staticmethod
    def _is(candidate: Candidate, wanted: str) -> bool:
        kinds, classes = kinds_for([wanted])
        return candidate.kind in kinds or bool(classes & set(candidate.classes))

    def _types(self, candidate: Candidate, labels: Mapping[str, Item]) -> tuple[Described, ...]:
        own = (
            (Described(candidate.kind, _TYPES[candidate.kind]),) if candidate.kind in _TYPES else ()
        )
        classes = (name for name in candidate.classes if name in labels or name in class_kinds())
        return own + tuple(Described(name, self._class_name(name, labels)) for name in classes)

    @staticmethod
    def _class_name(name: str, labels: Mapping[str, Item]) -> str:
        return labels[name].label if name in labels else f"{class_kinds()[name]} ({name})"

    def _bare(self, item: Item) -> Candidate:
        return Candidate(
            qid=item.qid,
            label=item.label,
            description=item.description,
            kind=item.kind,
            score=0.5,
            entity="",
            how="properties",
            automatic=True,
            classes=item.classes,
        )

    def _by_properties(self, query: Query) -> list[Item]:
        """Items that have all the properties asked for, most prominent first."""
        sets: list[set[str]] = []
        known = {"P31", *(pid for pid, _ in self._known.properties)}
        for prop in query.properties:
            values = {v for v in self._meant(prop) if item_number(v) is not None}
            pid = _pid(prop.pid)
            if pid not in known or not any(value.strip() for value in prop.values):
                continue
            having = self._known.of_class if pid == "P31" else partial(self._known.having, pid)
            sets.append(having(values))
        qids = set.intersection(*sets) if sets else set()
        items = self._known.items(qids).values()
        wanted, classes = kinds_for(query.types)
        fitting = [
            item
            for item in items
            if not query.types or item.kind in wanted or classes & set(item.classes)
        ]
        return sorted(fitting, key=lambda item: (-item.prominence, item.qid))[: max(2, query.limit)]

    def _share(self, qid: str, properties: tuple[Property, ...]) -> float | None:
        """The share of the properties that an item has with an agreeing value.

        Of those that tell something: with a value that is asked for and is some item's, and values
        that the item has. None where there are none.
        """
        agreeing: list[bool] = []
        for prop in properties:
            values = self._values(qid, _pid(prop.pid))
            meant = self._meant(prop)
            if values and prop.values and (meant or _pid(prop.pid) in _OWN):
                wanted = {keys.key(value) for value in (*prop.values, *meant)}
                shown = {keys.key(str(part)) for value in values for part in value.values()}
                agreeing.append(bool(wanted & shown))
        return sum(agreeing) / len(agreeing) if agreeing else None

    def _meant(self, prop: Property) -> set[str]:
        """The items that the values of a property are, by id or by name."""
        short = {short_id(v, PREFIXES["wd"], "wd:") for v in prop.values}
        named = {hit.item.qid for v in short for hit in self._known.by_key(keys.key(v))}
        return named | {v for v in short if item_number(v) is not None}

    def _values(self, qid: str, pid: str) -> list[dict[str, Any]]:
        """The values of one property of an item, as the API writes them."""
        item = self._known.item(qid)
        if item is None:
            return []
        if pid == "label":
            return [{"str": item.label}]
        if pid == "description":
            return [{"str": item.description}] if item.description else []
        if pid == "alias":
            return [{"str": name} for name, how in self._known.names(qid) if how != "label"]
        values = item.classes if pid == "P31" else self._known.claims(qid, pid).get(pid, ())
        labels = self._known.items(values)
        return [{"id": v, "name": labels[v].label if v in labels else v} for v in values]

    def suggest(self, what: str, prefix: str, limit: int) -> list[Found]:
        """Entities by the index, types and properties by their names."""
        if what == "entity":
            hits = self._known.by_prefix(prefix, limit)
            item = self._known.item(short_id(prefix, PREFIXES["wd"], "wd:"))
            if item is not None:
                hits = [Hit(item, item.label, "label"), *hits][:limit]
            return [
                Found(
                    Described(hit.item.qid, hit.item.label, hit.item.description),
                    100.0,
                    False,
                    (Described(hit.item.kind, _TYPES.get(hit.item.kind, hit.item.kind)),),
                )
                for hit in hits
            ]
        table = self._type_table() if what == "type" else self._property_table()
        start = keys.key(prefix) if prefix.strip() else ""
        chosen = [
            one
            for one in table
            if start in keys.key(one.name) or one.id.casefold().startswith(start)
        ]
        return [Found(one, 100.0, False, ()) for one in chosen[:limit]]

    def _type_table(self) -> list[Described]:
        kinds = [Described(kind, _TYPES[kind]) for kind in KINDS if kind in _TYPES]
        labels = self._known.items(class_kinds())
        return kinds + [
            Described(n, self._class_name(n, labels), k) for n, k in class_kinds().items()
        ]

    def _property_table(self) -> list[Described]:
        counted = {pid: f"{count} claims here" for pid, count in self._known.properties}
        own = [Described(pid, name) for pid, name in _OWN.items()]
        own.append(Described("P31", "instance of"))
        labels = property_labels()
        return own + [Described(pid, labels.get(pid, pid), told) for pid, told in counted.items()]

    def describe(self, what: str, identifier: str) -> Described:
        """An item, a kind or class, or a property."""
        if what == "entity":
            item = self._known.item(identifier)
            if item is not None:
                return Described(item.qid, item.label, item.description)
        else:
            table = self._type_table() if what == "type" else self._property_table()
            for one in table:
                if one.id == identifier:
                    return one
        raise NotFoundError(f"no {what} {identifier!r} in the snapshot of Wikidata")

    def details(self, identifier: str) -> list[tuple[str, str]]:
        """Description, other names, and a few claims."""
        item = self._known.item(identifier)
        if item is None:
            raise NotFoundError(f"no item {identifier!r} in the snapshot of Wikidata")
        other = [name for name, how in self._known.names(identifier) if how == "alias"]
        rows = [("description", item.description), ("also known as", ", ".join(other[:6]))]
        for pid in ("P463", "P17", "P36", "P35"):
            values = [str(value["name"]) for value in self._values(identifier, pid)][:8]
            rows.append((property_labels().get(pid, pid), ", ".join(values)))
        return [(name, value) for name, value in rows if value]

    def propose(self, type_id: str, limit: int) -> list[Described]:
        """What the snapshot has for items of a kind or class."""
        kinds, classes = kinds_for([type_id]) if type_id else (frozenset(), frozenset())
        counted = self._known.properties_of(kinds, classes)
        labels = property_labels()
        own = [Described(pid, name) for pid, name in _OWN.items()]
        found = [Described(pid, labels.get(pid, pid), f"{n} items") for pid, n in counted]
        return (found + own)[:limit]

    def extend(self, extension: Extension) -> dict[str, Any]:
        """Claims, labels, descriptions and other names of items."""
        labels = {one.id: one.name for one in self._property_table()}
        return {
            "meta": [{"id": pid, "name": labels.get(pid, pid)} for pid, _ in extension.properties],
            "rows": {
                qid: {
                    pid: limited(self._values(qid, _pid(pid)), settings)
                    for pid, settings in extension.properties
                }
                for qid in extension.ids
            },
        }
