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
from axiskg.linking.reconciliation.service import Described, Found, limited, short_id, weighed
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
_SHORT: Final = 5
"""The letters up to which likeness counts whole names only."""


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
    def _initials(self) -> dict[str, set[str]]:
        """Slugs by the initials of their labels, from three letters."""
        found: dict[str, set[str]] = defaultdict(set)
        for slug, one in self._entities.described.items():
            for short in keys.acronyms(one.name):
                if len(short) > 2:
                    found[short].add(slug)
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
            scores = self._named(query.text, query.types)
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
        if len(sure) != 1:
            named = sure or [
                slug for slug, (_, how) in scores.items() if how not in ("near", "unsure")
            ]
            agreeing = [slug for slug in named if shares[slug] == 1.0]
            sure = agreeing or sure
        for slug, (score, how) in scores.items():
            share = shares[slug]
            match = sure == [slug] and (not query.types or slug in fitting) and share != 0.0
            types = tuple(self._type(name) for name in self._entities.types.get(slug, ()))
            features: dict[str, float | bool] = {how: score / 100}
            if share is not None:
                features["properties"] = share
            entity = self._entities.described[slug]
            found.append(Found(entity, weighed(score, share), match, types, features))
        found.sort(key=lambda one: (not one.match, -one.score, one.entity.id))
        return found[: query.limit]

    def _named(self, text: str, types: tuple[str, ...]) -> dict[str, tuple[float, str]]:
        """Scores by slug, with the sort of evidence: a name of ours, the linker's, or likeness.

        What is ambiguous, or means the entity in some contexts only, is left to the linker, which
        the types may help to decide.
        """
        base = self._linker.base
        known = self._entities.described
        scores: dict[str, tuple[float, str]] = {}
        for slug in {text, text.removeprefix(ENT), text.removeprefix("ent:")} & known.keys():
            scores[slug] = (100.0, "identifier")
        ambiguous = base.ambiguity(text) is not None
        for slug in self._by_key.get(keys.key(text), ()):
            scores.setdefault(slug, (_MAX_LIKE if ambiguous else 100.0, "label"))
        for name in base.names_like(text):
            if name.entity in known:
                sure = not name.context and not ambiguous
                scores.setdefault(name.entity, (98.0 if sure else _MAX_LIKE, name.type))
        for slug in self._initials.get(keys.compact(text).upper(), ()):
            scores.setdefault(slug, (_MAX_LIKE, "initials"))
        if all(score <= _MAX_LIKE for score, _ in scores.values()):
            linked = self._linker.link(text, types=types, suggest=False)
            if linked.match is not None and linked.match.entity in known:
                scores[linked.match.entity] = (95.0 * linked.match.score, "wikidata")
        if not scores:
            text_key = keys.key(text)
            scorer = fuzz.WRatio if len(text_key) > _SHORT else fuzz.ratio
            alike = process.extract(
                text_key, self._keys, scorer=scorer, limit=10, score_cutoff=_LIKE
            )
            for _, likeness, slug in alike:
                scores[slug] = (min(_MAX_LIKE, 0.6 * likeness), "near")
        return self._judged(text, scores)

    def _judged(
        self, text: str, scores: dict[str, tuple[float, str]]
    ) -> dict[str, tuple[float, str]]:
        """The scores as people's judgements on the name and the entities' items leave them."""
        base = self._linker.base
        verdicts = self._linker.judgements.of(text)
        if list(verdicts.values()).count("positive") > 1:
            return {slug: (min(_MAX_LIKE, score), how) for slug, (score, how) in scores.items()}
        for qid, verdict in verdicts.items():
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

    def _shares(self, slugs: dict[str, tuple[float, str]], query: Query) -> dict[str, float | None]:
        """The share of the properties that agree, by slug; None where they tell nothing.

        A property tells something of an entity that has values of it, if values are asked for that
        may be among them: where these are entities, an entity.
        """
        agreeing: dict[str, list[bool]] = defaultdict(list)
        for prop in query.properties:
            iri = self._iri(prop.pid)
            if iri is None or not prop.values:
                continue
            wanted = {keys.key(one) for value in prop.values for one in self._meant(value)}
            entities = wanted & {*self._entities.described, *self._by_key}
            for slug, values in values_of(self._store, slugs, iri).items():
                parts = [self._value(value) for value in values]
                shown = {keys.key(str(part)) for one in parts for part in one.values()}
                if entities or wanted & shown or not all("id" in one for one in parts):
                    agreeing[slug].append(bool(wanted & shown))
        return {
            slug: sum(agreeing[slug]) / len(agreeing[slug]) if slug in agreeing else None
            for slug in slugs
        }

    def _meant(self, value: str) -> set[str]:
        """A value as it is written, and the entities that it is the id or a name of."""
        short = short_id(value, ENT, "ent:", AXIS, "axis:", PREFIXES["wd"], "wd:")
        names = {row.entity for row in self._linker.base.names_like(short)}
        entity = self._linker.base.by_item.get(short)
        return {short, *names, *([entity] if entity else [])}

    def _iri(self, pid: str) -> str | None:
        if pid in _OWN:
            return _OWN[pid][1]
        short = short_id(pid, AXIS, "axis:")
        return AXIS + short if short in self._entities.properties else None

    def _value(self, term: Term) -> dict[str, Any]:
        """A value as the API writes it."""
        if isinstance(term, NamedNode):
            short = short_id(term.value, ENT, AXIS, PREFIXES["wd"])
            if term.value.startswith(ENT):
                known = self._entities.described.get(short)
                return {"id": short, "name": known.name if known else short}
            return {"str": short}
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
            slugs += [self._linker.base.by_item.get(short_id(prefix, PREFIXES["wd"], "wd:"), "")]
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
