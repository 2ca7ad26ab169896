"""Wikidata itself, asked politely: named, one request at a time, with maxlag, kept on disk."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from axiskg.errors import LinkingError
from axiskg.linking import keys
from axiskg.linking.evidence import Evidence
from axiskg.linking.guard import Reach, fetch, shown
from axiskg.linking.http_cache import HttpCache
from axiskg.linking.kinds import kind_of
from axiskg.linking.snapshot import Item
from axiskg.linking.wikidata_json import RawItem, read_entity
from axiskg.settings import Settings

__all__ = ["Wikidata"]

_MAXLAG_S: Final = 5
_BATCH: Final = 50
_WAITING: Final = ("maxlag", "ratelimited")
"""Faults by which the server says that it is behind, or is asked too much."""


class Wikidata:
    """The action API of the settings' `wikidata_api`.

    Every method raises `LinkingError` when the network is not allowed or the server fails.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._cache = HttpCache(settings.http_cache, settings.http_cache_s)

    def _ask(self, **parameters: str) -> Mapping[str, Any]:
        if not self.settings.network:
            raise LinkingError("the network is not allowed; AXISKG_NETWORK=true allows it")
        asked = {**parameters, "format": "json", "formatversion": "2", "maxlag": str(_MAXLAG_S)}
        url = f"{self.settings.wikidata_api}?{urlencode(sorted(asked.items()))}"
        kept = self._cache.get("GET", url)
        if kept is not None:
            answer: Mapping[str, Any] = json.loads(kept)
            return answer
        reach = Reach(
            timeout_s=self.settings.federation_timeout_s,
            retries=self.settings.federation_retries,
            allow_loopback=self.settings.allow_loopback,
            user_agent=self.settings.user_agent,
        )
        place, pause = self.settings.wikidata_api, 1.0
        for attempt in range(self.settings.federation_retries + 1):
            reply = fetch(url, reach)
            try:
                answer = json.loads(reply.body)
            except (ValueError, RecursionError) as error:
                raise LinkingError(f"{place} answers {reply.status} and no JSON") from error
            fault = answer.get("error") if isinstance(answer, dict) else None
            code = fault.get("code") if isinstance(fault, dict) else None
            if code not in _WAITING:
                if reply.status != 200 or fault or not isinstance(answer, dict):
                    said = shown(f"{reply.status}: {fault or 'no object'}")
                    raise LinkingError(f"{place} answers {said}")
                self._cache.put(reply.body, "GET", url)
                return answer
            pause = max(pause, reply.retry_after_s or 0)
            if attempt == self.settings.federation_retries or pause > reach.timeout_s:
                raise LinkingError(f"{place} wants a rest ({code}); ask again later")
            time.sleep(pause)
            pause *= 2
        raise AssertionError("the last try returns or raises")

    def search(self, name: str, limit: int = 10) -> list[str]:
        """The QIDs that Wikidata's search gives for a name, in its order."""
        answer = self._ask(
            action="wbsearchentities", search=name, language="en", uselang="en", type="item",
            limit=str(limit),
        )  # fmt: skip
        found = answer.get("search")
        if not isinstance(found, list):
            raise LinkingError(f"{self.settings.wikidata_api}: a search without a list of results")
        return [str(one["id"]) for one in found if isinstance(one, dict) and "id" in one]

    def items(self, qids: Iterable[str]) -> dict[str, RawItem]:
        """The items of these QIDs with names and claims; those without English label left out."""
        wanted = list(dict.fromkeys(qids))
        found: dict[str, RawItem] = {}
        for start in range(0, len(wanted), _BATCH):
            answer = self._ask(
                action="wbgetentities", ids="|".join(wanted[start : start + _BATCH]),
                languages="en", props="labels|aliases|descriptions|claims",
            )  # fmt: skip
            found.update(self._read(answer))
        return found

    def _read(self, answer: Mapping[str, Any]) -> Iterator[tuple[str, RawItem]]:
        """The items of an answer, by the QID that was asked for: a merged item has another."""
        try:
            for qid, record in answer["entities"].items():
                item = read_entity(record) if "missing" not in record else None
                if item is not None:
                    yield qid, item
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            message = f"{self.settings.wikidata_api}: entities that are none ({error!r})"
            raise LinkingError(message) from error

    def evidence(self, name: str) -> list[Evidence]:
        """Evidence from the items that bear exactly this name, as the search finds them."""
        key = keys.key(name)
        pieces: list[Evidence] = []
        found = {raw.qid: raw for raw in self.items(self.search(name)).values()}
        for raw in found.values():
            item = Item(raw.qid, raw.label, raw.description, kind_of(raw.classes), raw.classes, 1.0)
            borne = {"label": (raw.label,), "official": raw.official, "alias": raw.aliases}
            for how, names in borne.items():
                like = next((one for one in names if keys.key(one) == key), None)
                if like is not None:
                    automatic = not keys.is_code(name) or how == "label"
                    exact = like == name
                    pieces.append(Evidence(item, how, like, exact=exact, automatic=automatic))
                    break
        return pieces
