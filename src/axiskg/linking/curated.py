"""Our own links and names, looked up by name, slug or item."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from axiskg.errors import ConfigError
from axiskg.linking import keys
from axiskg.linking.names import Ambiguity, Name, read_ambiguous, read_items, read_names
from axiskg.linking.snapshot import Item
from axiskg.linking.sssom import Link, read_links

__all__ = ["Curated", "curated"]


@dataclass(frozen=True, slots=True)
class Curated:
    """The curated links and names, indexed."""

    links: dict[str, tuple[Link, ...]]
    names: dict[str, tuple[Name, ...]]
    ambiguous: dict[str, Ambiguity]
    by_item: dict[str, str]
    """The entity of an item: the one that is the same thing, before those that are only near."""

    items: dict[str, Item]
    """What ambiguous names and metonyms may mean, for where no snapshot tells."""

    def link_of(self, slug: str) -> Link | None:
        """The row that ties an entity to its item, the closest first; None where none does."""
        rows = [link for link in self.links.get(slug, ()) if link.positive]
        return min(rows, key=lambda link: not link.identical, default=None)

    def denied(self, slug: str) -> frozenset[str]:
        """The items that an entity is said not to be."""
        rows = self.links.get(slug, ())
        return frozenset(row.qid for row in rows if row.qid and row.predicate_modifier == "Not")

    def ambiguity(self, name: str) -> Ambiguity | None:
        """The row of our list for an ambiguous name; small words change nothing (`In Georgia`)."""
        return self.ambiguous.get(keys.key(name)) or self.ambiguous.get(keys.line(name))

    def names_like(self, name: str) -> tuple[Name, ...]:
        """The curated names with the key of `name`.

        Combining forms (Sino-) count only when written with their hyphen.
        """
        found = self.names.get(keys.key(name), ())
        hyphen = name.rstrip().endswith(("-", "‑", "–"))
        return tuple(n for n in found if (n.type == "combining") == hyphen)


def curated(links_path: Path, names_dir: Path) -> Curated:
    """The curated links and names of these files; read once for each state of the files."""
    names = (names_dir / name for name in ("names.tsv", "ambiguous.tsv", "items.tsv"))
    paths = (links_path, *names)
    try:
        stamps = tuple(path.stat().st_mtime_ns for path in paths)
    except OSError as error:
        raise ConfigError(
            f"{error.filename} is missing; set AXISKG_HOME to the folder that holds data/"
        ) from error
    return _curated(*paths, stamps)


@lru_cache(maxsize=4)
def _curated(
    links: Path, names: Path, ambiguous: Path, items: Path, _stamps: tuple[int, ...]
) -> Curated:
    by_slug: dict[str, list[Link]] = defaultdict(list)
    by_item: dict[str, str] = {}
    by_key: dict[str, list[Name]] = defaultdict(list)
    for link in read_links(links):
        by_slug[link.slug].append(link)
        if link.qid and (link.identical or (link.positive and link.qid not in by_item)):
            by_item[link.qid] = link.slug
    labelled: set[tuple[str, str]] = set()
    for name in read_names(names):
        by_key[keys.key(name.name)].append(name)
        labelled.add((name.entity, keys.key(name.name)))
    for slug, rows in by_slug.items():
        label = rows[0].subject_label
        if label and (slug, keys.key(label)) not in labelled:
            row = Name(slug, label, "short", "en", "", "", "label of the entity")
            by_key[keys.key(label)].append(row)
    return Curated(
        links={slug: tuple(rows) for slug, rows in by_slug.items()},
        names={key: tuple(rows) for key, rows in by_key.items()},
        ambiguous={keys.key(row.name): row for row in read_ambiguous(ambiguous)},
        by_item=by_item,
        items=read_items(items),
    )
