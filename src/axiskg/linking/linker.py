"""From a name and where it stands to one Wikidata item, a choice of several, or none.

The order of evidence is fixed: judgements, curated links and names, rigour's territories, the
snapshot, live Wikidata. Likeness of spelling only orders suggestions. Where two readings come
close, or a name means something only in context and there is none, the answer is the choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from axiskg.linking import keys
from axiskg.linking.answers import Candidate, Linked, candidate_of
from axiskg.linking.context import NO_CONTEXT, Context, Cues, cues, mentions
from axiskg.linking.curated import Curated, curated
from axiskg.linking.evidence import Evidence
from axiskg.linking.judgements import Judgements, read_judgements
from axiskg.linking.kinds import PRIOR, kinds_for
from axiskg.linking.readings import gather, suggestions
from axiskg.linking.snapshot import Item, Snapshot
from axiskg.linking.wikidata import Wikidata
from axiskg.namespaces import ENT, PREFIXES
from axiskg.settings import Settings

__all__ = ["Candidate", "Linked", "Linker", "link"]

MARGIN: Final = 0.08
"""How far the best reading must be ahead of the next; below it the linker abstains."""

MAX_NAME: Final = 300
"""Characters; what is longer is no name."""

_PLACES: Final = frozenset({"city", "region", "island", "water"})
_RULERS: Final = frozenset({"state", "government", "igo", "organization"})
_KEPT_CONTEXTS: Final = 512
_YEARS: Final = re.compile(r"\(?\b(\d{4})\s?[–-]\s?(\d{4})\b")


class Linker:
    """Links names by the sources that the settings allow; each is opened when first needed."""

    def __init__(self, settings: Settings, *, limit: int = 5) -> None:
        self.settings = settings
        self.limit = limit
        self._seen: dict[tuple[str, ...], _Around] = {}
        self._base: Curated | None = None
        self._judgements: Judgements | None = None
        self._stamps: tuple[tuple[int, int] | None, ...] = ()

    @property
    def base(self) -> Curated:
        """Our links and names, as their files are at the first use after `refresh`."""
        found = self._base
        if found is None:
            data = self.settings.data_dir
            found = curated(data / "links" / "wikidata.sssom.tsv", data / "names")
            self._base = found
        return found

    @cached_property
    def known(self) -> Snapshot | None:
        """The snapshot, where there is one."""
        path = self.settings.wikidata_snapshot
        return Snapshot(path) if path.is_file() else None

    @property
    def judgements(self) -> Judgements:
        """People's judgements, as their file is at the first use after `refresh`."""
        found = self._judgements
        if found is None:
            found = self._judgements = read_judgements(self.settings.link_judgements)
        return found

    def refresh(self) -> None:
        """Forget links, names and judgements whose files have changed since they were read.

        For those who keep a linker: a look at the files' times, no reading.
        """
        data = self.settings.data_dir
        files = (
            self.settings.link_judgements,
            data / "links" / "wikidata.sssom.tsv",
            data / "names" / "names.tsv",
            data / "names" / "ambiguous.tsv",
        )
        stamps = tuple(map(_stamp, files))
        if stamps != self._stamps:
            self._stamps = stamps
            self._base = self._judgements = None
            self._seen = {}

    @cached_property
    def live(self) -> Wikidata | None:
        """Wikidata itself, where the network is allowed."""
        return Wikidata(self.settings) if self.settings.network else None

    def link(
        self,
        name: str,
        *,
        context: Context = NO_CONTEXT,
        types: Sequence[str] = (),
        suggest: bool = True,
    ) -> Linked:
        """The answer for one name.

        `types` are kinds, Wikidata classes or our classes that the item must be of; `suggest`
        says whether names spelt alike are looked for when there is no exact evidence.
        """
        return self._answer(name, context, types, suggest=suggest)

    def _answer(
        self,
        name: str,
        context: Context,
        types: Sequence[str],
        *,
        suggest: bool,
        settle: bool = True,
    ) -> Linked:
        """As `link`; without `settle`, what a name is short for raises no doubt."""
        text = re.sub(r"['’]s$", "", " ".join(name.split()))
        if not text:
            return Linked(name, "none", None, (), "the name is empty")
        if len(text) > MAX_NAME:
            return Linked(name, "none", None, (), f"longer than {MAX_NAME} characters")
        direct = self._identified(text)
        if direct is not None:
            return Linked(name, "match", direct, (direct,), "an identifier", direct.entity)
        seen = cues(text, context.text)
        if seen.combining and self.base.names_like(f"{text}-"):
            text = f"{text}-"
        phrase, whole, person = self._phrase(seen.phrases)
        topic = context.topic or ("person" if person else seen.topic)
        kinds, _ = kinds_for(types)
        found = gather(
            text,
            self.base,
            self.known,
            topic=topic,
            typed=bool(types),
            kinds=kinds,
            settle=settle and not seen.told,
        )
        if self.live is not None and not any(e.automatic for e in found):
            found += self.live.evidence(text)
        found += self._judged(text)
        ranked = self._rank(text, found, context, seen, topic, types, whole)
        top = tuple(ranked[: self.limit])
        if whole and ranked and self._parted(text, ranked, whole, person=person):
            return Linked(name, "candidates", None, top, f"part of the name {phrase}")
        if ranked and seen.told == "water" and ranked[0].kind != "water" and not types:
            return Linked(name, "candidates", None, top, "the text speaks of a water")
        return self._decide(name, text, ranked, context, topic, types, suggest)

    def _phrase(self, phrases: Iterable[str]) -> tuple[str, frozenset[str], bool]:
        """The longest phrase that is the name of something, its items, whether one is a person."""
        for phrase in phrases:
            hits = self.known.by_key(keys.key(phrase)) if self.known is not None else []
            named = {h.item.qid: h.item for h in hits if h.how in ("label", "alias", "official")}
            if named and keys.key(phrase) != keys.key(phrase.partition(" ")[2]):
                person = any(item.kind == "person" for item in named.values())
                return phrase, frozenset(named), person
        return "", frozenset(), False

    def _parted(
        self, text: str, ranked: list[Candidate], whole: frozenset[str], *, person: bool
    ) -> bool:
        """Whether a name that isn't sure by itself is part of what means something else."""
        if whole & {one.qid for one in ranked}:
            return False
        if person:
            return True
        unsure = keys.key(text) in self.base.ambiguous
        return unsure or (ranked[0].how != "curated" and ranked[0].kind not in _RULERS)

    def _identified(self, text: str) -> Candidate | None:
        """The item that a QID, an item's IRI, our slug with `ent:`, or our IRI names."""
        short = text.removeprefix(PREFIXES["wd"]).removeprefix("wd:")
        slug = text.removeprefix(ENT).removeprefix("ent:")
        qid = short if re.fullmatch(r"Q[1-9]\d*", short) else None
        entity = ""
        if qid is None and slug != text:
            row = self.base.link_of(slug)
            if row is None:
                return None
            qid, entity = row.qid, slug
        if qid is None:
            return None
        item = self.known.item(qid) if self.known is not None else None
        entity = entity or self.base.by_item.get(qid, "")
        if item is None:
            link = self.base.link_of(entity) if entity else None
            label = link.object_label if link else qid
            item = Item(qid, label, "", "other", (), 0.0)
        features = {"identifier": 1.0}
        return candidate_of(item, "identifier", features, 1.0, entity, automatic=True)

    def _judged(self, text: str) -> Iterator[Evidence]:
        for qid, verdict in self.judgements.of(text).items():
            if verdict == "positive":
                item = self.known.item(qid) if self.known is not None else None
                yield Evidence(item or Item(qid, text, "", "other", (), 0.0), "judged", text)

    def _rank(
        self,
        text: str,
        found: Iterable[Evidence],
        context: Context,
        seen: Cues,
        topic: str,
        types: Sequence[str],
        whole: frozenset[str],
    ) -> list[Candidate]:
        """One candidate an item, best first, without those denied or of other types."""
        best: dict[str, Evidence] = {}
        for piece in found:
            rival = best.get(piece.item.qid)
            if rival is None or (piece.automatic, piece.strength) > (
                rival.automatic,
                rival.strength,
            ):
                best[piece.item.qid] = piece
        verdicts = self.judgements.of(text)
        ambiguous = self.base.ambiguous.get(keys.key(text))
        denied: set[str] = set()
        if ambiguous is None:
            entities = {p.entity for p in best.values() if p.how == "curated"}
            denied = {qid for slug in entities for qid in self.base.denied(slug)}
        around = self._around(context, text) if len(best) > 1 or ambiguous else _Around()
        ranked = []
        described = _described(text, (piece.item for piece in best.values()), around)
        kinds, classes = kinds_for(types)
        for qid, piece in best.items():
            if verdicts.get(qid) == "negative" or (qid in denied and not piece.entity):
                continue
            item = piece.item
            if types and not (item.kind in kinds or classes & set(item.classes)):
                continue
            even = ambiguous is not None and piece.how != "judged"
            features = {piece.how: 0.9 if even and not piece.told else piece.strength}
            features["kind"] = 0.15 * PRIOR[item.kind]
            if not even:
                features["prominence"] = 0.02 * min(7.0, item.prominence)
            elif ambiguous is not None and qid in ambiguous.qids:
                share = ambiguous.qids.index(qid) / len(ambiguous.qids)
                features["listed"] = 0.1 * (1 - share)
            features.update(self._fit(item, context, seen, topic, around))
            if qid in whole:
                features["phrase"] = 0.3
            if qid in described:
                features["told of"] = 0.15
            score = min(1.0, max(0.0, sum(features.values()) / 1.35))
            automatic = piece.automatic and verdicts.get(qid) != "unsure"
            if even and item.label == qid and not types:
                automatic = False
            entity = piece.entity or self.base.by_item.get(qid, "")
            ranked.append(
                candidate_of(item, piece.how, features, score, entity, automatic=automatic)
            )
        ranked.sort(key=lambda one: (-sum(one.features.values()), one.qid))
        return ranked

    def _fit(
        self, item: Item, context: Context, seen: Cues, topic: str, around: _Around
    ) -> dict[str, float]:
        """What the context adds to an item's score, by feature."""
        features: dict[str, float] = {}
        if topic == "government":
            features["topic"] = 0.12 if item.kind in _RULERS else -0.12
        elif topic == "place":
            fits = item.kind in _PLACES and (item.kind != "water" or "water" in seen.kinds)
            neutral = item.label == item.qid or item.kind in ("state", "water")
            features["topic"] = 0.15 if fits else 0.0 if neutral else -0.2
        elif topic == "person":
            features["topic"] = 0.2 if item.kind == "person" else -0.2
        elif topic == "organization":
            features["topic"] = 0.15 if item.kind in ("organization", "igo", "government") else -0.2
        if item.kind in seen.kinds and topic != "government":
            features["cue"] = 0.08
        if item.kind == seen.told:
            features["told"] = 0.4
        elif seen.told == "polity" and item.kind in ("state", "region"):
            features["told"] = 0.2
        if around.kinds and item.kind in around.kinds:
            features["same kind"] = 0.05 + 0.05 * around.kinds[item.kind]
        if around.items and self.known is not None:
            near = len(self.known.neighbours(item.qid) & around.items)
            if near:
                features["neighbours"] = 0.05 + 0.02 * min(3, near)
            described = keys.key(item.description)
            if any(label in described for label in around.labels):
                features["described"] = 0.12
        year = context.year
        years = _YEARS.search(item.description)
        if year is not None and years is not None:
            within = int(years[1]) <= year <= int(years[2])
            features["date"] = 0.3 if within else -0.3
        elif year is not None and item.kind == "former-state":
            features["date"] = -0.2 if year >= 1992 else 0.05
        return features

    def _around(self, context: Context, text: str) -> _Around:
        """The items that the context speaks of."""
        names = (*context.entities, *mentions(context.text, text))
        around = self._seen.get(names)
        if around is None:
            if len(self._seen) >= _KEPT_CONTEXTS:
                self._seen.clear()
            around = self._seen[names] = self._linked(names)
        return around

    def _linked(self, names: Sequence[str]) -> _Around:
        """What the names of a context link to when each is taken by itself."""
        items: dict[str, Candidate] = {}
        for name in names[:40]:
            known_as = f"ent:{name}" if name in self.base.links else name
            answer = self._answer(known_as, NO_CONTEXT, (), suggest=False, settle=False)
            if answer.match is not None:
                items[answer.match.qid] = answer.match
        kinds: dict[str, int] = {}
        for one in items.values():
            kinds[one.kind] = min(2, kinds.get(one.kind, 0) + 1)
        labels = frozenset(keys.key(one.label) for one in items.values() if len(one.label) > 3)
        texts = frozenset(keys.key(one.description) for one in items.values())
        return _Around(frozenset(items), kinds, labels, texts)

    def _decide(
        self,
        name: str,
        text: str,
        ranked: list[Candidate],
        context: Context,
        topic: str,
        types: Sequence[str],
        suggest: bool,
    ) -> Linked:
        """Match when the best reading stands by itself and well ahead, else the choice."""
        top = tuple(ranked[: self.limit])
        ours = next((n.entity for n in self.base.names_like(text) if not n.context), "")
        if not ranked:
            if suggest and self.limit:
                ranked = self._rank_near(text, types)
                top = tuple(ranked[: self.limit])
            if ours and not types:
                row = self.base.links.get(ours, ())
                why = row[0].comment if row else "no link"
                return Linked(name, "none", None, top, f"ours, without an item: {why}", ours)
            if top:
                return Linked(name, "candidates", None, top, "only names spelt alike")
            return Linked(name, "none", None, (), "nothing of that name")
        first = ranked[0]
        if not first.automatic:
            return Linked(name, "candidates", None, top, f"{first.how} alone decides nothing")
        ahead = sum(first.features.values())
        if len(ranked) > 1:
            ahead -= sum(ranked[1].features.values())
        else:
            ahead = 1.0
        ambiguous = self.base.ambiguous.get(keys.key(text))
        informed = bool(types or topic or context.entities or context.text or context.date)
        if ambiguous is not None and first.how != "judged":
            if not informed:
                return Linked(name, "candidates", None, top, f"needs context: {ambiguous.note}")
            margin = 0.015 if topic == "place" and first.kind in _PLACES else MARGIN
        else:
            margin = MARGIN
        if ahead < margin:
            return Linked(name, "candidates", None, top, "too close to tell")
        unchecked = ours and self.base.link_of(ours) is None
        if unchecked and first.how != "judged" and not types:
            return Linked(name, "candidates", None, top, "ours, and its item is not checked", ours)
        return Linked(name, "match", first, top, f"by {first.how}", first.entity)

    def _rank_near(self, text: str, types: Sequence[str]) -> list[Candidate]:
        """Names spelt alike, most alike first."""
        kinds, classes = kinds_for(types)
        verdicts = self.judgements.of(text)
        ranked = []
        for piece, likeness in suggestions(text, self.known, self.limit * 2):
            item = piece.item
            fits = not types or item.kind in kinds or bool(classes & set(item.classes))
            if fits and verdicts.get(item.qid) != "negative":
                entity = self.base.by_item.get(item.qid, "")
                ranked.append(
                    candidate_of(item, "near", {"near": 0.6 * likeness}, 0.6 * likeness, entity)
                )
        return ranked


def _stamp(path: Path) -> tuple[int, int] | None:
    """Time and size of a file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


@dataclass(frozen=True, slots=True)
class _Around:
    """The items of a context: QIDs, how many of each kind, keys of labels and descriptions."""

    items: frozenset[str] = frozenset()
    kinds: dict[str, int] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()
    descriptions: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.items)


def _described(text: str, items: Iterable[Item], around: _Around) -> frozenset[str]:
    """The items that what the items of the context are described by speaks of.

    `Seoul`, "capital of South Korea", tells which Korea by its label; where it stands only within
    another of the labels it tells nothing. `Savannah`, "city in Georgia, United States", tells by
    what comes after the name itself which Georgia, and where nothing does that it is the state.
    """
    candidates = list(items)
    labels = {item.qid: keys.key(item.label) for item in candidates}
    own = keys.key(text)
    found: set[str] = set()
    for description in around.descriptions:
        there = {
            qid: label
            for qid, label in labels.items()
            if len(label) > len(own) and f" {label} " in f" {description} "
        }
        found |= {
            qid
            for qid, label in there.items()
            if not any(label != other and label in other for other in there.values())
        }
        _, named, tail = f" {description} ".partition(f" {own} ")
        if named and not there:
            found |= {
                item.qid
                for item in candidates
                if (tail.strip() in keys.key(item.description) if tail else item.kind == "state")
            }
    return frozenset(found)


def link(
    names: str | Iterable[str],
    *,
    context: str | Context = NO_CONTEXT,
    types: str | Sequence[str] = (),
    settings: Settings | None = None,
) -> list[Linked]:
    """The answers for names, in their order: `axiskg link` as a function.

    `context` is a `Context`, or the text around the names.
    """
    around = Context(text=context) if isinstance(context, str) else context
    wanted = (types,) if isinstance(types, str) else tuple(types)
    linker = Linker(settings or Settings())
    many = (names,) if isinstance(names, str) else names
    return [linker.link(name, context=around, types=wanted) for name in many]
