"""From a name and where it stands to one Wikidata item, a choice of several, or none.

The order of evidence is fixed: judgements, curated links and names, rigour's territories, the
snapshot, live Wikidata. Likeness of spelling only orders suggestions. Where two readings come
close, or a name means something only in context and there is none, the answer is the choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final

from axiskg.linking import keys
from axiskg.linking.answers import Candidate, Linked, candidate_of
from axiskg.linking.context import NO_CONTEXT, Context, mentions
from axiskg.linking.curated import Curated, curated
from axiskg.linking.decision import objection
from axiskg.linking.evidence import STRENGTH, Evidence
from axiskg.linking.fit import Around
from axiskg.linking.judgements import Judgements, read_judgements
from axiskg.linking.kinds import kinds_for
from axiskg.linking.occurrences import in_full, plain_text
from axiskg.linking.ranking import Question, fits, rank
from axiskg.linking.readings import gather, suggestions
from axiskg.linking.snapshot import Item, Snapshot
from axiskg.linking.standing import NAMED, Standing
from axiskg.linking.wikidata import Wikidata
from axiskg.namespaces import ENT
from axiskg.settings import Settings

__all__ = ["Candidate", "Linked", "Linker"]

MAX_NAME: Final = 300
"""Characters; what is longer is no name."""

_ITEM: Final = re.compile(r"^https?://www\.wikidata\.org/(?:entity|wiki)/(?:Special:EntityData/)?")
"""What stands before the item in its addresses: that of the thing, and those of its pages."""

_KEPT_CONTEXTS: Final = 512


class Linker:
    """Links names by the sources that the settings allow; each is opened when first needed."""

    def __init__(self, settings: Settings, *, limit: int = 5) -> None:
        self.settings = settings
        self.limit = limit
        self._seen: dict[tuple[str, ...], Around] = {}
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
            data / "names" / "items.tsv",
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
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            shown = name.encode("utf-8", "replace").decode()
            return Linked(shown, "none", None, (), "the name is no Unicode")
        if len(text) > MAX_NAME:
            return Linked(name, "none", None, (), f"longer than {MAX_NAME} characters")
        direct = self._identified(text)
        if direct is not None:
            if types and not fits(direct.kind, direct.classes, types):
                return Linked(name, "candidates", None, (direct,), "an identifier of another type")
            if not direct.automatic:
                why = "an identifier that the snapshot lacks"
                return Linked(name, "candidates", None, (direct,), why)
            return Linked(name, "match", direct, (direct,), "an identifier", direct.entity)
        if context.text:
            context = replace(context, text=plain_text(context.text))
            spelt = in_full(text, context.text)
            if spelt:
                return self._spelt(name, text, spelt, context, types, suggest=suggest)
        standing = Standing(self.base, self.known)
        seen = standing.cues(text, context.text)
        if seen.combining and self.base.names_like(f"{text}-"):
            text = f"{text}-"
        phrase, longer = standing.longest(seen.phrases)
        if not longer:
            phrase, longer = standing.introduced(text, seen.before)
        person = any(item.kind == "person" for item in longer.values())
        topic = context.topic or ("person" if person else seen.topic)
        if topic == "place" and not context.topic and standing.adjective(text):
            topic = ""
        if not topic and seen.found and not seen.place and standing.rules(text):
            topic = "government"
        question = Question(text, context, seen, topic, types, frozenset(longer))
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
        if not found and text.endswith("s") and standing.adjective(text[:-1]):
            return replace(
                self._answer(text[:-1], context, types, suggest=suggest, settle=settle), query=name
            )
        told = [
            *standing.waters(text, seen),
            *standing.organs(text, context.text),
            *standing.told_people(text, phrase, longer),
        ]
        found = [*map(_seated(found), found), *self._judged(text), *told]
        ranked = self._ranked(question, found)
        if not ranked:
            return self._without(name, question, suggest=suggest)
        judged = [one for one in ranked if one.how == "judged"]
        if len(judged) > 1:
            why = "people judged it to be several things"
            return Linked(name, "candidates", None, tuple(ranked[: self.limit]), why)
        if len(judged) == 1:
            first = judged[0]
            others = (one for one in ranked[: self.limit] if one != first)
            return Linked(name, "match", first, (first, *others), "by judged", first.entity)
        why = ""
        if self._bereft(text, found, ranked[0]):
            why = "people judged that it is not what it mostly means"
        elif text.endswith("-") and ranked[0].how != "curated" and not types:
            why = "a combining form"
        elif seen.found and not types:
            why = standing.elsewhere(text, ranked, seen, phrase, longer)
        elif not types and standing.namesakes(text, ranked[0]):
            why = "several people are called so"
        if why:
            return Linked(name, "candidates", None, tuple(ranked[: self.limit]), why)
        return self._decided(name, question, ranked)

    def _ranked(self, question: Question, found: Sequence[Evidence]) -> list[Candidate]:
        """The readings of a name, best first."""
        text, context = question.text, question.context
        several = len({piece.item.qid for piece in found}) > 1
        listed = self.base.ambiguity(text) is not None
        around = self._around(context, text) if several or listed else Around()
        verdicts = self.judgements.of(text)
        return rank(question, found, around, self.base, self.known, verdicts)

    def _spelt(
        self,
        name: str,
        text: str,
        whole: str,
        context: Context,
        types: Sequence[str],
        *,
        suggest: bool,
    ) -> Linked:
        """The answer for initials that the text spells out: what it is for the whole name.

        Where that finds nothing, the initials count only if what they are borne by has a name
        much like the whole one.
        """
        found = self._answer(whole, context, types, suggest=False)
        if found.match is not None:
            return replace(found, query=name, reason=f"{found.reason}: {whole} in the text")
        alone = self._answer(text, replace(context, text=""), types, suggest=suggest)
        told = f"{whole} in the text"
        for one in alone.candidates:
            if keys.key(one.label) == keys.key(whole):
                return Linked(name, "match", one, alone.candidates, told, one.entity)
        if alone.match is not None and self.known is not None:
            names = [alone.match.label, *(n for n, _ in self.known.names(alone.match.qid))]
            if any(keys.alike(whole, one) for one in names):
                return replace(alone, query=name)
        shown = found.candidates or alone.candidates
        decision = "candidates" if shown else "none"
        return Linked(name, decision, None, shown, f"short for {told}")

    def _identified(self, text: str) -> Candidate | None:
        """The item that a QID, an item's IRI, our slug with `ent:`, or our IRI names."""
        short = _ITEM.sub("", text).removeprefix("wd:")
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
        lacking = item is None and self.known is not None and not entity
        if item is None:
            link = self.base.link_of(entity) if entity else None
            label = link.object_label if link else qid
            item = Item(qid, label, "", "other", (), 0.0)
        features = {"identifier": 1.0}
        return candidate_of(item, "identifier", features, 1.0, entity, automatic=not lacking)

    def _judged(self, text: str) -> Iterator[Evidence]:
        for qid, verdict in self.judgements.of(text).items():
            if verdict == "positive":
                item = self.known.item(qid) if self.known is not None else None
                yield Evidence(item or Item(qid, text, "", "other", (), 0.0), "judged", text)

    def _bereft(self, text: str, found: Iterable[Evidence], first: Candidate) -> bool:
        """Whether people have taken from a name what is better evidenced than what is left."""
        verdicts = self.judgements.of(text)
        taken = [p for p in found if p.automatic and verdicts.get(p.item.qid) == "negative"]
        return any(piece.strength >= STRENGTH[first.how] for piece in taken)

    def _around(self, context: Context, text: str) -> Around:
        """The items that the context speaks of."""
        names = (*context.entities, *mentions(context.text, text))
        around = self._seen.get(names)
        if around is None:
            if len(self._seen) >= _KEPT_CONTEXTS:
                self._seen.clear()
            around = self._seen[names] = self._linked(names)
        return around

    def _linked(self, names: Sequence[str]) -> Around:
        """What the names of a context link to when each is taken by itself."""
        items: dict[str, Candidate] = {}
        likely: set[str] = set()
        for name in names[:40]:
            known_as = f"ent:{name}" if name in self.base.links else name
            answer = self._answer(known_as, NO_CONTEXT, (), suggest=False, settle=False)
            if answer.match is not None:
                items[answer.match.qid] = answer.match
            elif answer.candidates and answer.candidates[0].kind in ("city", "region"):
                likely.add(answer.candidates[0].description)
        kinds: dict[str, int] = {}
        for one in items.values():
            kinds[one.kind] = min(2, kinds.get(one.kind, 0) + 1)
        labels = frozenset(keys.key(one.label) for one in items.values() if len(one.label) > 3)
        texts = frozenset(one.description for one in items.values()) | likely
        people = frozenset(qid for qid, one in items.items() if one.kind == "person")
        return Around(frozenset(items), people, kinds, labels, texts)

    def _decided(self, name: str, question: Question, ranked: list[Candidate]) -> Linked:
        """A match where nothing speaks against the best reading, else the choice."""
        top = tuple(ranked[: self.limit])
        ours = self._ours(question.text)
        first = ranked[0]
        why = objection(question, ranked, self.base)
        if why:
            return Linked(name, "candidates", None, top, why)
        if ours and self.base.link_of(ours) is None and not question.types:
            return Linked(name, "candidates", None, top, "ours, and its item is not checked", ours)
        return Linked(name, "match", first, top, f"by {first.how}", first.entity)

    def _without(self, name: str, question: Question, *, suggest: bool) -> Linked:
        """The answer where nothing is called so: what is spelt alike, if anything."""
        ranked = self._rank_near(question) if suggest and self.limit else []
        top = tuple(ranked[: self.limit])
        ours = self._ours(question.text)
        if ours and not question.types:
            row = self.base.links.get(ours, ())
            why = row[0].comment if row else "no link"
            return Linked(name, "none", None, top, f"ours, without an item: {why}", ours)
        if top:
            return Linked(name, "candidates", None, top, "only names spelt alike")
        return Linked(name, "none", None, (), self._nothing(question.types))

    def _ours(self, text: str) -> str:
        """Our entity that a name means everywhere, or ""."""
        return next((n.entity for n in self.base.names_like(text) if not n.context), "")

    def _nothing(self, types: Sequence[str]) -> str:
        """Why nothing was found."""
        sort = f" of type {' or '.join(types)}" if types else ""
        where = "" if self.known is not None or self.live is not None else "; there is no snapshot"
        return f"nothing of that name{sort}{where}"

    def _rank_near(self, question: Question) -> list[Candidate]:
        """Names spelt alike, most alike first."""
        verdicts = self.judgements.of(question.text)
        ranked = []
        for piece, likeness in suggestions(question.text, self.known, self.limit * 2):
            item = piece.item
            if question.admits(item.kind, item.classes) and verdicts.get(item.qid) != "negative":
                entity = self.base.by_item.get(item.qid, "")
                ranked.append(
                    candidate_of(item, "near", {"near": 0.6 * likeness}, 0.6 * likeness, entity)
                )
        return ranked


def _seated(found: Sequence[Evidence]) -> Callable[[Evidence], Evidence]:
    """Takes a capital for its state by itself only where the name means nothing better known."""
    named = [piece.item for piece in found if piece.how in NAMED]
    city = max((i.prominence for i in named if i.kind in ("city", "region")), default=0.0)
    other = max((i.prominence for i in named if i.kind not in ("city", "region")), default=0.0)

    def seen(piece: Evidence) -> Evidence:
        doubtful = piece.how == "seat" and other > city
        return replace(piece, automatic=False) if doubtful else piece

    return seen


def _stamp(path: Path) -> tuple[int, int] | None:
    """Time and size of a file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
