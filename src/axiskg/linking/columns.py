"""Names that stand in one column, so that what most of them are tells of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from axiskg.linking import keys
from axiskg.linking.answers import Linked
from axiskg.linking.context import NO_CONTEXT, Context
from axiskg.linking.linker import Linker
from axiskg.settings import Settings

__all__ = ["Column", "column_kinds", "link", "link_column", "read_column"]

_FEW: Final = 5
"""The matches below which a column tells nothing of itself."""

_MOST: Final = 0.9
"""The share of the matches that two kinds must have to be what the column holds."""

_SOME: Final = 0.05
"""The share that a kind must have to be one of them."""

_NO_SORT: Final = frozenset({"other", "page", "concept"})
"""Kinds that no column is of: what nothing is known of, and words."""

_SHORT: Final = 3
"""The letters that a code of a state has at most."""

_STANDS: Final = frozenset(
    {"judged", "identifier", "curated", "label", "official", "register", "territory"}
)
"""Evidence for a thing of another kind that a column does not belie."""


def column_kinds(answers: Iterable[Linked]) -> tuple[str, ...]:
    """The one or two kinds that nearly all the matches of a column are of, or none.

    Commonest first. Each name counts once, however often it stands in the column.
    """
    items = {one.match.qid: one.match.kind for one in answers if one.match is not None}
    counts = Counter(items.values())
    sorts = counts.most_common(2)
    found = tuple(k for k, many in sorts if many >= _SOME * len(items) and k not in _NO_SORT)
    told = sum(counts[kind] for kind in found) >= _MOST * len(items)
    return found if told and len(items) >= _FEW else ()


@dataclass(frozen=True, slots=True)
class Column:
    """The answers for the names of a column, in their order, and the kinds that it was read as."""

    answers: tuple[Linked, ...]
    kinds: tuple[str, ...]


def read_column(
    linker: Linker,
    names: Sequence[str],
    *,
    context: Context = NO_CONTEXT,
    types: Sequence[str] = (),
    suggest: bool = True,
) -> Column:
    """The answers for the names of a column, and what it holds.

    Each name is linked by itself first. Where the matches are of one kind or two, the names
    without one are asked for again as names of these kinds: two capitals are a state's code in a
    column of states. Codes are states' only where most names are, since nearly any letters are the
    code of one; and of two kinds an ambiguous name stays a choice. A match of another kind stays
    only if the name is its very label or official name, a territory's, or ours.
    Types that the caller gives stand, and nothing is asked again.
    """
    answers = [linker.link(n, context=context, types=types, suggest=suggest) for n in names]
    kinds = () if types else column_kinds(answers)
    if not kinds:
        return Column(tuple(answers), ())
    told = f"in a column of kind {' or '.join(kinds)}"
    for place, answer in enumerate(answers):
        wanted = kinds
        if _is_short(answer.query) and kinds[0] != "state":
            wanted = tuple(kind for kind in kinds if kind != "state")
        if answer.match is not None and answer.match.kind in wanted:
            continue
        listed = linker.base.ambiguity(answer.query) is not None
        if listed and len(kinds) > 1:
            continue
        again = linker.link(answer.query, context=context, types=wanted, suggest=False)
        if again.match is not None:
            answers[place] = replace(again, reason=f"{again.reason}, {told}")
        elif answer.match is not None and answer.match.how not in _STANDS:
            answers[place] = replace(answer, decision="candidates", match=None, reason=told)
    return Column(tuple(answers), kinds)


def link_column(
    linker: Linker,
    names: Sequence[str],
    *,
    context: Context = NO_CONTEXT,
    types: Sequence[str] = (),
    suggest: bool = True,
) -> list[Linked]:
    """The answers of `read_column`."""
    found = read_column(linker, names, context=context, types=types, suggest=suggest)
    return list(found.answers)


def _is_short(name: str) -> bool:
    return keys.is_code(name) and len(keys.compact(name)) <= _SHORT


def link(
    names: str | Iterable[str],
    *,
    context: str | Context = NO_CONTEXT,
    types: str | Sequence[str] = (),
    column: bool = False,
    settings: Settings | None = None,
) -> list[Linked]:
    """The answers for names, in their order: `axiskg link` as a function.

    `context` is a `Context`, or the text around the names; `column` says that the names stand in
    one column (`link_column`).
    """
    around = Context(text=context) if isinstance(context, str) else context
    wanted = (types,) if isinstance(types, str) else tuple(types)
    linker = Linker(settings or Settings())
    many = [names] if isinstance(names, str) else list(names)
    if column:
        return link_column(linker, many, context=around, types=wanted)
    return [linker.link(name, context=around, types=wanted) for name in many]
