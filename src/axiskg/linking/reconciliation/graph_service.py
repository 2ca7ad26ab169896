"""Our own entities as a reconciliation service."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property
from typing import Any, Final

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process

from axiskg.errors import NotFoundError
from axiskg.linking import keys
from axiskg.linking.linker import Linker
from axiskg.linking.reconciliation.graph_entities import (
    Entities,
    load_entities,
    property_uses,
    values_of,
)
from axiskg.linking.reconciliation.queries import Extension, Query
from axiskg.linking.reconciliation.service import Described, Found, limited
from axiskg.namespaces import AXIS, ENT, PREFIXES
from axiskg.store.protocol import Store, Term

__all__ = ["GraphService"]

_OWN: Final = {
    "label": ("label", PREFIXES["rdfs"] + "label"),
    "type": ("type", PREFIXES["rdf"] + "type"),
    "wikidata": ("Wikidata item", PREFIXES["schema"] + "sameAs"),
    "alias": ("also known as", PREFIXES["skos"] + "altLabel"),
}
_NUMBERS: Final = frozenset({"integer", "int", "long", "nonNegativeInteger", "positiveInteger"})
_LIKE: Final = 62.0
_MAX_LIKE: Final = 60.0


class GraphService:
    """The entities of one generation of the store; read when first asked."""

    name = "AxisKG entities"
    path = "/reconcile"
    identifier_space = ENT
    schema_space = AXIS
    view = "{base}/entity/{{id}}"

    def __init__(self, linker: Linker, store: Store) -> None:
        self._linker = linker
        self._store = store

    @cached_property
    def _entities(self) -> Entities:
        return load_entities(self._store)

    @cached_property
    def _by_key(self) -> dict[str, set[str]]:
        """Slugs by the keys of their labels."""
        found: dict[str, set[str]] = defaultdict(set)
        for slug, one in self._entities.described.items():
            found[keys.key(one.name)].add(slug)
        return found

    @cached_property
    def _keys(self) -> dict[str, str]:
        """The keys of labels by slug."""
        return {slug: keys.key(one.name) for slug, one in self._entities.described.items()}

    @cached_property
    def _uses(self) -> dict[str, Counter[str]]:
        return property_uses(self._store)

    def default_types(self) -> list[Described]:
        """Actors, institutions and places."""
        names = ("Actor", "State", "Institution", "Person", "Place", "Event")
        return [self._entities.classes[name] for name in names if name in self._entities.classes]

    def match(self, query: Query) -> list[Found]:
        """Entities by name: those whose name it is, then those named alike."""
        scores: dict[str, tuple[float, str]] = {}
        if query.text.strip():
            scores = self._named(query.text)
        else:
            scores = dict.fromkeys(self._entities.described, (50.0, "properties"))
        shares = self._shares(scores, query)
        if not query.text.strip():
            scores = {slug: pair for slug, pair in scores.items() if shares[slug] == 1.0}
        fitting = {slug for slug in scores if self._fits(slug, query)}
        if query.types and (fitting or query.type_strict != "should"):
            scores = {slug: pair for slug, pair in scores.items() if slug in fitting}
        found: list[Found] = []
        sure = [slug for slug, (score, _) in scores.items() if score > _MAX_LIKE]
        if query.properties and len(sure) > 1:
            sure = [slug for slug in sure if shares[slug] == 1.0]
        for slug, (score, how) in scores.items():
            match = sure == [slug] and (not query.types or slug in fitting)
            match = match and not (query.properties and not shares[slug])
            whole = 0.75 * score + 25 * shares[slug] if query.properties else score
            types = tuple(self._type(name) for name in self._entities.types.get(slug, ()))
            features: dict[str, float | bool] = {how: score / 100}
            if query.properties:
                features["properties"] = shares[slug]
            entity = self._entities.described[slug]
            found.append(Found(entity, whole, match, types, features))
        found.sort(key=lambda one: (not one.match, -one.score, one.entity.id))
        return found[: query.limit]

    def _named(self, text: str) -> dict[str, tuple[float, str]]:
        """Scores by slug, with the sort of evidence: a name of ours, the linker's, or likeness."""
        base = self._linker.base
        known = self._entities.described
        scores: dict[str, tuple[float, str]] = {}
        for slug in {text, text.removeprefix(ENT), text.removeprefix("ent:")} & known.keys():
            scores[slug] = (100.0, "identifier")
        ambiguous = keys.key(text) in base.ambiguous
        for slug in self._by_key.get(keys.key(text), ()):
            scores.setdefault(slug, (_MAX_LIKE if ambiguous else 100.0, "label"))
        for name in base.names_like(text):
            if name.entity in known:
                sure = not name.context and not ambiguous
                scores.setdefault(name.entity, (98.0 if sure else _MAX_LIKE, name.type))
        if not scores:
            linked = self._linker.link(text, suggest=False)
            if linked.match is not None and linked.match.entity in known:
                scores[linked.match.entity] = (95.0 * linked.match.score, "wikidata")
        if not scores:
            alike = process.extract(
                keys.key(text), self._keys, scorer=fuzz.WRatio, limit=10, score_cutoff=_LIKE
            )
            for _, likeness, slug in alike:
                scores[slug] = (min(_MAX_LIKE, 0.6 * likeness), "near")
        return self._judged(text, scores)

    def _judged(
        self, text: str, scores: dict[str, tuple[float, str]]
    ) -> dict[str, tuple[float, str]]:
        """The scores as people's judgements on the name and the entities' items leave them."""
        base = self._linker.base
        for qid, verdict in self._linker.judgements.of(text).items():
            slug = base.by_item.get(qid, "")
            if slug not in self._entities.described:
                continue
            if verdict == "positive":
                scores[slug] = (100.0, "judged")
            elif verdict == "negative":
                scores.pop(slug, None)
            elif slug in scores:
                scores[slug] = (min(_MAX_LIKE, scores[slug][0]), "unsure")
        return scores

    def _fits(self, slug: str, query: Query) -> bool:
        tests = [self._entities.is_a(slug, wanted) for wanted in query.types]
        return (all if query.type_strict == "all" else any)(tests) if tests else True

    def _type(self, name: str) -> Described:
        return self._entities.classes.get(name, Described(name, name))

    def _shares(self, slugs: dict[str, tuple[float, str]], query: Query) -> dict[str, float]:
        """The share of the properties asked for that agree, by slug."""
        shares = dict.fromkeys(slugs, 0.0)
        for prop in query.properties:
            iri = self._iri(prop.pid)
            if iri is None:
                continue
            wanted = {keys.key(value.removeprefix(ENT)) for value in prop.values}
            for slug, values in values_of(self._store, slugs, iri).items():
                shown = {keys.key(str(part)) for v in values for part in self._value(v).values()}
                shares[slug] += bool(wanted & shown) / len(query.properties)
        return shares

    def _iri(self, pid: str) -> str | None:
        if pid in _OWN:
            return _OWN[pid][1]
        return AXIS + pid if pid in self._entities.properties else None

    def _value(self, term: Term) -> dict[str, Any]:
        """A value as the API writes it."""
        if isinstance(term, NamedNode):
            for prefix in (ENT, AXIS, PREFIXES["wd"]):
                if term.value.startswith(prefix):
                    short = term.value.removeprefix(prefix)
                    known = self._entities.described.get(short) if prefix == ENT else None
                    if known is None and prefix == AXIS:
                        known = self._entities.classes.get(short)
                    return {"id": short, "name": known.name if known else short}
            return {"str": term.value}
        if isinstance(term, Literal):
            kind = term.datatype.value.rpartition("#")[2]
            if kind in _NUMBERS:
                return {"int": int(term.value)}
            if kind in ("decimal", "double", "float"):
                return {"float": float(term.value)}
            if kind == "date":
                return {"date": f"{term.value[:10]}T00:00:00Z"}
            return {"str": term.value}
        return {"str": str(term)}

    def suggest(self, what: str, prefix: str, limit: int) -> list[Found]:
        """Entities, classes or properties whose names hold `prefix`, those that begin so first."""
        start = keys.key(prefix) if prefix.strip() else ""
        pool: dict[str, Described]
        if what == "entity":
            pool = dict(self._entities.described)
        elif what == "type":
            used = {over for kinds in self._entities.types.values() for kind in kinds
                    for over in self._entities.above.get(kind, {kind})}  # fmt: skip
            pool = {n: one for n, one in self._entities.classes.items() if n in used}
        else:
            pool = self._property_table()
        chosen = [one for one in pool.values() if start in keys.key(one.name) or start in one.id]
        if what == "entity" and start:
            slugs = [n.entity for n in self._linker.base.names_like(prefix)]
            chosen += [pool[s] for s in slugs if s in pool and pool[s] not in chosen]
        chosen.sort(key=lambda one: (not keys.key(one.name).startswith(start), one.name))
        return [
            Found(one, 100.0, False, tuple(map(self._type, self._entities.types.get(one.id, ()))))
            for one in chosen[:limit]
        ]

    def _property_table(self) -> dict[str, Described]:
        own = {pid: Described(pid, name) for pid, (name, _) in _OWN.items()}
        return {**own, **self._entities.properties}

    def describe(self, what: str, identifier: str) -> Described:
        """The entity, class or property of an id."""
        pools = {
            "entity": self._entities.described,
            "type": self._entities.classes,
            "property": self._property_table(),
        }
        found = pools[what].get(identifier)
        if found is None:
            raise NotFoundError(f"no {what} {identifier!r} in the graph")
        return found

    def details(self, identifier: str) -> list[tuple[str, str]]:
        """Type, names, item, and what the plain view says of it."""
        rows = [("type", self.describe("entity", identifier).description)]
        for pid in ("alias", "wikidata"):
            values = values_of(self._store, [identifier], _OWN[pid][1]).get(identifier, [])
            shown = [str(next(iter(self._value(value).values()))) for value in values]
            rows.append((_OWN[pid][0], ", ".join(shown)))
        link = self._linker.base.link_of(identifier)
        if link is None and identifier in self._linker.base.links:
            rows.append(("no Wikidata item", self._linker.base.links[identifier][0].comment))
        return [(name, value) for name, value in rows if value]

    def propose(self, type_id: str, limit: int) -> list[Described]:
        """What entities of a class, or below it, have in the plain view."""
        counts: Counter[str] = Counter()
        for kind, uses in self._uses.items():
            if not type_id or type_id in self._entities.above.get(kind, {kind}):
                counts.update(uses)
        table = self._property_table()
        found = [table[pid] for pid, _ in counts.most_common() if pid in table]
        return (found + [table[pid] for pid in _OWN])[:limit]

    def extend(self, extension: Extension) -> dict[str, Any]:
        """Values from the plain view and the links; none for what isn't known."""
        ids = [slug for slug in extension.ids if slug in self._entities.described]
        table = self._property_table()
        rows: dict[str, dict[str, Any]] = {slug: {} for slug in extension.ids}
        for pid, settings in extension.properties:
            iri = self._iri(pid)
            values = values_of(self._store, ids, iri) if iri is not None and ids else {}
            for slug in extension.ids:
                shown = [self._value(value) for value in values.get(slug, [])]
                rows[slug][pid] = limited(shown, settings)
        meta = [
            {"id": pid, "name": table[pid].name if pid in table else pid}
            for pid, _ in extension.properties
        ]
        return {"meta": meta, "rows": rows}
