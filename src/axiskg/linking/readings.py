"""All that a name may be read as: exact evidence from every source, the stricter forms first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from axiskg.linking import keys
from axiskg.linking.beside import CALENDAR, OFFICES, ORGANS
from axiskg.linking.bodies import organization
from axiskg.linking.codes import TORN, is_word, state_code
from axiskg.linking.curated import Curated
from axiskg.linking.doubts import capital_of, of_parent, of_sort
from axiskg.linking.evidence import ATTESTED, SETTLED, Evidence, item_of, territory_item
from axiskg.linking.names import Name
from axiskg.linking.parts import of_parts, unless_aside, untitled
from axiskg.linking.snapshot import Hit, Item, Snapshot
from axiskg.linking.territories import full_names, listed, territory

__all__ = ["gather", "suggestions"]

_COMMON: Final = frozenset({"concept", "work", "other", "office", "person"})
"""Kinds whose names are often plain words, so that capitals tell them from one another."""

_FAMED: Final = 3.0
"""How much more prominent (20 times, as a logarithm) what two capitals mean alone must be."""

_OUTSHONE: Final = 2.0
"""How much more prominent (seven times, as a logarithm) an item must be than what its name is
short for, to keep it."""

_OF_A_SIZE: Final = 0.7
"""How much more prominent (twice, as a logarithm) rigour's item must be than another with the
name for its people."""

_TOWN: Final = 1.5
"""The prominence of a town of which three things are said."""

_ALPHA_3: Final = 3
_POLITICAL: Final = frozenset({"state", "former-state", "region", "island"})
"""Kinds that lists of codes of territories hold."""

_TELLING: Final = 5
"""The letters that a name in another language needs where it may be anybody's."""

_SAME_GROUND: Final = frozenset({"former-state", "region", "island"})
"""Kinds of which a state of today may be the better reading of the same name."""


def gather(
    name: str,
    base: Curated,
    known: Snapshot | None,
    *,
    topic: str = "",
    typed: bool = False,
    kinds: frozenset[str] = frozenset(),
    settle: bool = True,
) -> list[Evidence]:
    """All exact evidence for a name: curated, rigour, then the snapshot's stricter forms first.

    `topic` is what the text is about; `typed` says that the caller asks for one sort of thing,
    which lets codes and acronyms count by themselves; `kinds` are the kinds of that sort; without
    `settle` it counts for nothing what else a name is short for.
    """
    person = untitled(name)
    name = keys.without_article(name)
    found = [
        *_curated(name, base, known, topic),
        *(_person(person, base, known) if person is not None else ()),
        *_territory(name, known, typed=typed),
        *_code(name, known),
    ]
    if known is None:
        return [replace(e, automatic=False) if _elsewhere(e, name) else e for e in found]
    found = [
        replace(e, automatic=False) if _another(e, name, known, typed=typed) else e for e in found
    ]
    stated = any(
        e.how in ("curated", "territory", "code") and e.automatic and _asked(e, kinds)
        for e in found
    )
    hits = known.by_key(keys.key(name))
    if not typed:
        found = [_doubted(piece, name, hits, known) for piece in found]
    found += _namesakes([*_from_hits(name, hits, known, typed=typed)])
    if not typed and not topic and settle:
        found = [*_unsettled(name, found, known, metonym=_metonym(name, base))]
    if topic == "government" and not _metonym(name, base):
        found += _seat(hits, known)
    if stated or any(e.how in ATTESTED and _asked(e, kinds) for e in found):
        return found
    found += of_parts(name, known, typed=typed)
    if not any(e.automatic for e in found):
        found += _translated(name, known, typed=typed)
    narrow = kinds == {"igo"}
    found_one = any(e.automatic and (e.item.kind == "igo" or not narrow) for e in found)
    if not found_one and (not typed or "igo" in kinds):
        trace = organization(name, known, typed=narrow)
        if trace is not None:
            found.append(Evidence(trace.item, "trace", trace.name))
    if not any(e.automatic for e in found) and name.istitle() and name.isalpha():
        found += [
            Evidence(hit.item, "surname", hit.name, automatic=False)
            for hit in known.by_last_name(name)
        ]
    return [*unless_aside(name, found, known)]


def _asked(piece: Evidence, kinds: frozenset[str]) -> bool:
    """Whether the evidence is for an item of the sort that is asked for, if any is."""
    return not kinds or piece.item.kind in kinds


def _elsewhere(piece: Evidence, name: str) -> bool:
    """Whether rigour takes a name with a point of the compass for a territory without one."""
    if piece.how != "territory" or not keys.bearings(name):
        return False
    return keys.key(name) not in map(keys.key, full_names(piece.name))


def _another(piece: Evidence, name: str, known: Snapshot, *, typed: bool) -> bool:
    """Whether what rigour says of a name is belied by the name itself.

    It is by a word that names another polity on the same ground (`Democratic Republic of
    Vietnam`) and stands in no name of the item, and by what a name in other letters means
    elsewhere.
    """
    if piece.how != "territory" or not piece.automatic:
        return False
    rest, words = keys.core(name)
    words &= keys.LOUDEST if typed else keys.LOUD
    words |= keys.bearings(name)
    if not (rest and words) and name.isascii():
        return False
    code = known.translated(name)
    meant = listed(code) if code is not None else None
    if meant is not None:
        return territory_item(meant, known).qid != piece.item.qid
    if not words or keys.key(name) in map(keys.key, full_names(piece.name)):
        return False
    borne = (
        keys.core(known_as)[1] | keys.bearings(known_as)
        for known_as, _ in known.names(piece.item.qid)
    )
    return not words <= frozenset[str]().union(*borne)


def _doubted(piece: Evidence, name: str, hits: Sequence[Hit], known: Snapshot) -> Evidence:
    """What rigour says of a name, as a candidate where the snapshot has it for something else.

    Its word stands for the name that it gives the territory itself, and against what once was or
    lies on the same ground. What is the name of a ruler, too, is nothing by itself (Cook).
    """
    if piece.how == "alias" and piece.automatic:
        bodies = {hit.item.qid for hit in hits if hit.item.kind == "igo"} - {piece.item.qid}
        return replace(piece, automatic=not bodies)
    if piece.how != "territory":
        return piece
    if keys.key(name) in map(keys.key, full_names(piece.name)):
        return replace(piece, automatic=not (_two_items(piece, name, hits) or _body(piece, hits)))
    people = {h.item.qid: h.item.prominence for h in hits if h.how == "demonym"}
    if people and piece.item.qid not in people:
        fame = piece.item.prominence - _OF_A_SIZE
        if " " in keys.line(name) or max(people.values()) >= fame:
            return replace(piece, automatic=False)
    attested = {hit.item.qid: hit.item.kind for hit in hits if hit.how in ATTESTED}
    if piece.item.qid in attested:
        return piece
    others = [kind for kind in attested.values() if kind not in _SAME_GROUND]
    doubtful = others or _of_a_ruler(name, known)
    return replace(piece, automatic=False) if doubtful else piece


def _of_a_ruler(name: str, known: Snapshot) -> bool:
    """Whether a name is the last name of somebody who rules or ruled."""
    return known.last_names.get(name.casefold(), (0.0, 0.0))[0] > 0.0


def _two_items(piece: Evidence, name: str, hits: Sequence[Hit]) -> bool:
    """Whether rigour has two items for a territory, and its name is the label of the other."""
    there = {hit.item.qid: hit.how for hit in hits if hit.how in ATTESTED}
    meant = territory(name)
    if meant is None or meant.label != name or piece.item.qid in there:
        return False
    return any(there.get(other) == "label" for other in meant.others)


def _body(piece: Evidence, hits: Sequence[Hit]) -> bool:
    """Whether a name is the very label of a body about as prominent as the territory (Holy See)."""
    labelled = [h.item for h in hits if h.how == "label" and h.item.qid != piece.item.qid]
    return any(
        item.kind in ("other", "organization", "government", "igo")
        and item.prominence >= piece.item.prominence
        for item in labelled
    )


def _metonym(name: str, base: Curated) -> bool:
    """Whether a name is one of ours for a government."""
    return any(row.type == "metonym" for row in base.names_like(name))


def _seat(hits: Sequence[Hit], known: Snapshot) -> Iterator[Evidence]:
    """The states whose capital the name is: capitals stand for governments."""
    for hit in hits:
        if hit.how in ATTESTED and hit.item.kind in ("city", "region"):
            state = capital_of(hit.item, known)
            if state is not None:
                yield Evidence(state, "seat", hit.name, told=True)


def _unsettled(
    name: str, found: Sequence[Evidence], known: Snapshot, *, metonym: bool
) -> Iterator[Evidence]:
    """What a name is a label or alias of, as a candidate where it is short for something else.

    States and organizations between states keep their names, and what is ours keeps the names that
    we gave it; what the name is short for comes after as a further candidate. A metonym is nothing
    by itself, nor is the name of a capital, or of a town that little is said of, if it is one word.
    """
    open_to_doubt = {
        piece.item.qid
        for piece in found
        if piece.automatic and piece.how in ATTESTED and piece.item.kind not in SETTLED
    }
    slight = {
        piece.item.qid
        for piece in found
        if piece.how == "label" and piece.item.kind in ("city", "region")
        if piece.item.prominence < _TOWN or capital_of(piece.item, known) is not None
    }
    if " " in keys.line(name):
        slight = set()
    rivals = list(known.by_short(keys.line(name))) if open_to_doubt else []
    for piece in found:
        fame = piece.item.prominence - _OUTSHONE
        rivalled = piece.item.qid in open_to_doubt and any(
            hit.item.qid != piece.item.qid and hit.item.prominence >= fame for hit in rivals
        )
        weak = metonym or piece.item.qid in slight
        doubtful = rivalled or (weak and piece.item.qid in open_to_doubt)
        doubtful = doubtful and (piece.how != "curated" or metonym)
        yield replace(piece, automatic=piece.automatic and not doubtful)
    borne = {piece.item.qid for piece in found}
    for hit in rivals:
        if hit.item.qid not in borne:
            yield Evidence(hit.item, "part", hit.name, automatic=False)


def _curated(name: str, base: Curated, known: Snapshot | None, topic: str) -> Iterator[Evidence]:
    for row in base.names_like(name):
        if keys.is_plain(name) and keys.is_shouted(keys.without_article(row.name)):
            continue
        if is_word(name) and not row.name.endswith(name):
            continue
        link = base.link_of(row.entity)
        meant = not row.context or row.context == topic
        how = "curated" if meant else ("metonym" if row.type == "metonym" else "part")
        if row.stands_for:
            item = _listed(row.stands_for, _government(row, link), "government", base, known)
        elif link is not None and link.qid is not None:
            item = _listed(link.qid, link.object_label, _kind(row, base), base, known)
        else:
            continue
        told = meant and bool(row.context)
        yield Evidence(item, how, row.name, row.entity, row.name == name, meant, told)
    listed = base.ambiguity(name)
    for qid in listed.qids if listed is not None else ():
        yield Evidence(_listed(qid, qid, "other", base, known), "alias", name)


def _person(name: str, base: Curated, known: Snapshot | None) -> Iterator[Evidence]:
    """Our people of a name, which a title came before."""
    for piece in _curated(name, base, known, "person"):
        if piece.item.kind == "person" or piece.told:
            yield piece


def _listed(qid: str, label: str, kind: str, base: Curated, known: Snapshot | None) -> Item:
    """The item as the snapshot or our list of items has it, or a bare one."""
    found = known.item(qid) if known is not None else None
    return found or base.items.get(qid) or item_of(qid, label, kind, None)


def _kind(row: Name, base: Curated) -> str:
    """The kind of an entity where no snapshot tells: what rigour says of its name."""
    found = territory(base.links[row.entity][0].subject_label)
    return found.kind if found is not None and found.how == "name" else "other"


def _government(row: Name, link: object) -> str:
    return f"government that {row.name} stands for" if link is not None else row.name


def _territory(name: str, known: Snapshot | None, *, typed: bool) -> Iterator[Evidence]:
    found = territory(name, codes=typed)
    if found is None:
        return
    item = territory_item(found, known)
    if found.how == "place":
        yield Evidence(item, "part", found.label, automatic=False)
    elif found.kind == "region" and found.how != "flag" and not _is_own(name, item, known):
        yield Evidence(item, "alias", found.label, automatic=typed)
    elif found.how == "code" and not typed:
        short = keys.compact(name)
        automatic = len(short) > 2 and short in _initials(item, known)
        yield Evidence(item, "alias", found.label, automatic=automatic)
    else:
        yield Evidence(item, "territory", found.label)


def _is_anothers(name: str, hit: Hit) -> bool:
    """Whether an alias is what rigour calls another territory (the French part of Saint Martin)."""
    found = territory(name) if hit.how == "alias" and hit.item.kind == "state" else None
    if found is None or found.how != "name" or hit.item.qid in (found.qid, *found.others):
        return False
    return keys.key(name) in map(keys.key, full_names(found.label))


def _is_own(name: str, item: Item, known: Snapshot | None) -> bool:
    """Whether a name is one that a state has itself, and not the ground that it holds (Donetsk).

    rigour says of Abkhazia and of Donetsk that they are no countries.
    """
    if item.kind != "state":
        return False
    names = [other for other, _ in known.names(item.qid)] if known is not None else []
    return keys.key(name) in map(keys.key, (item.label, *names))


def _initials(item: Item, known: Snapshot | None) -> frozenset[str]:
    """The initials of all names of an item."""
    names = [name for name, _ in known.names(item.qid)] if known is not None else []
    return frozenset(short for name in (item.label, *names) for short in keys.acronyms(name))


def _code(name: str, known: Snapshot | None) -> Iterator[Evidence]:
    """The state that a code means to those who keep the lists of codes."""
    code = state_code(name)
    found = listed(code) if code is not None else None
    if found is not None:
        yield Evidence(territory_item(found, known), "code", name)


def _translated(name: str, known: Snapshot, *, typed: bool) -> Iterator[Evidence]:
    """The state that a name in another language means."""
    code = known.translated(name)
    found = listed(code) if code is not None else None
    if found is not None:
        item = territory_item(found, known)
        doubtful = (name.isascii() and len(name) < _TELLING) or _of_a_ruler(name, known)
        automatic = typed or (item.kind == "state" and not doubtful)
        yield Evidence(item, "translated", name, automatic=automatic)


def _from_hits(
    name: str, hits: Sequence[Hit], known: Snapshot, *, typed: bool
) -> Iterator[Evidence]:
    code = keys.is_code(name)
    short = keys.compact(name) if code else ""
    coded = _items_of_code(short) if len(short) == _ALPHA_3 else None
    alone = len({hit.item.qid for hit in hits}) == 1
    attested = {hit.item.qid for hit in hits if hit.how in ATTESTED}
    placed = any(hit.how == "label" and hit.item.kind in ("city", "region") for hit in hits)
    bearers = {
        h.item.qid: h.item.prominence
        for h in hits
        if h.how in ATTESTED and keys.compact(h.name) == short and h.item.kind != "former-state"
    }
    told = any(
        hit.how == "acronym"
        and hit.item.kind == "igo"
        and len(name) in keys.weights(hit.item.label)
        for hit in hits
    )
    for hit in hits:
        if not typed and hit.name != name and _is_other_word(name, hit):
            continue
        told_so = len(short) > 2 or hit.how == "official" or "." in name
        same = keys.compact(hit.name) == short and told_so
        exact = hit.name == name or (code and same)
        automatic = True
        if hit.how == "acronym":
            if not typed and hit.item.kind != "igo" and (told or hit.item.kind == "state"):
                continue
            capitals = name[-1:].isupper() and name[:1].isupper()
            plain = len(name) > 3 and (alone or len(name) in keys.weights(hit.item.label))
            strict = len(name) > 3 or hit.item.kind != "igo" or _begins(hit.name, hit.item)
            free = hit.item.kind != "igo" or not bearers
            automatic = (
                capitals and strict and ((typed and free) or (plain and hit.item.kind == "igo"))
            )
        elif code and hit.how not in ("label", "register"):
            sure = exact and not is_word(name) and name not in TORN
            if len(short) > 2:
                only = alone or (hit.how in ATTESTED and len(attested) == 1)
                spelt = hit.item.kind in SETTLED or (only and short in _initials(hit.item, known))
                automatic = typed or (sure and spelt)
            else:
                rivals = [fame for qid, fame in bearers.items() if qid != hit.item.qid]
                famed = not rivals or hit.item.prominence - max(rivals) >= _FAMED
                automatic = typed or (sure and hit.item.kind in ("state", "igo") and famed)
        elif code:
            shouted = hit.item.kind == "state" and len(name) > 3 and name.isupper()
            automatic = typed or exact or hit.item.kind == "igo" or shouted
        elif hit.item.kind in _COMMON and (" " not in name or name.islower()):
            automatic = typed or _is_name(name, hit)
        elif keys.is_shouted(hit.name) and not exact:
            automatic = typed or (hit.item.kind == "igo" and name.istitle() and len(name) > 3)
        if hit.how == "alias" and not typed and _is_anybody(name, hit, known):
            automatic = False
        if not typed and _is_anothers(name, hit):
            automatic = False
        if hit.how == "alias" and not typed and hit.item.kind == "person" and placed:
            automatic = False
        if not typed and (len(name) == 1 or name.isdigit() or _lacks_article(name, hit)):
            automatic = False
        if coded is not None and hit.item.kind in _POLITICAL and hit.item.qid not in coded:
            automatic = False
        if hit.how == "demonym":
            automatic = automatic and hit.item.kind == "state"
        elif keys.of_polities(name) and (hit.item.kind == "state" or not typed):
            automatic = False
        how = hit.how
        if how == "acronym" and _begins(hit.name, hit.item):
            how = "initials"
        named = hit.item.kind != "page" and not of_sort(name, hit) and not of_parent(hit)
        automatic = automatic and (typed or named)
        yield Evidence(hit.item, how, hit.name, exact=exact, automatic=automatic)


def _is_anybody(name: str, hit: Hit, known: Snapshot) -> bool:
    """Whether an alias is what many things of a sort are called (the Navy), or the last name of a
    ruler after whom the item is called."""
    word = keys.key(name)
    if word in OFFICES | ORGANS:
        return True
    called = hit.item.kind in ("organization", "other", "work", "event", "concept")
    return called and _of_a_ruler(name, known)


def _items_of_code(code: str) -> frozenset[str] | None:
    """The items of the territory that has an ISO alpha-3 code, or None."""
    found = territory(code.upper(), codes=True)
    return frozenset({found.qid, *found.others}) if found is not None else None


def _lacks_article(name: str, hit: Hit) -> bool:
    """Whether a word is a name only with the article that it has in the label (`The World`)."""
    plain = " " not in name and not hit.name.casefold().startswith(name.casefold())
    return plain and hit.name.startswith("The ") and hit.item.kind not in SETTLED


def _is_other_word(name: str, hit: Hit) -> bool:
    """Whether a word that opens a sentence, or one of the calendar, is like a code by chance."""
    plain = keys.is_plain(name) and keys.is_code(hit.name)
    return plain or (name.casefold() in CALENDAR and keys.is_shouted(hit.name))


def _begins(name: str, item: Item) -> bool:
    """Whether a name is the initials of an item's label, not merely of another of its names."""
    return name in keys.acronyms(item.label)


def _namesakes(found: Sequence[Evidence]) -> Iterator[Evidence]:
    """The evidence, where a body with the very label of a state or organization between states
    is a mere part of what the label means, unless more is said of it."""
    settled = [p.item for p in found if p.how == "label" and p.item.kind in SETTLED]
    fame = max((item.prominence for item in settled), default=-1.0)
    for piece in found:
        body = piece.how == "label" and piece.item.kind in ("organization", "other")
        if body and piece.item.prominence <= fame:
            yield replace(piece, how="part", automatic=False)
        else:
            yield piece


def _is_name(name: str, hit: Hit) -> bool:
    """Whether what is written so is a name: not a common noun, nor a film's word for a person's.

    Capitals must be as they are in the item's name, and nothing is a name that has none.
    """
    if hit.item.kind == "work" or name.islower():
        return False
    if keys.is_shouted(hit.name) and hit.name != name:
        return False
    return hit.name[0].isupper() == name[0].isupper()


def suggestions(name: str, known: Snapshot | None, limit: int) -> list[tuple[Evidence, float]]:
    """Items with names spelt alike, with their likeness: to be offered, never to be decided on."""
    if known is None:
        return []
    return [
        (Evidence(hit.item, "near", hit.name, automatic=False), likeness)
        for hit, likeness in known.near(name, limit)
    ]
