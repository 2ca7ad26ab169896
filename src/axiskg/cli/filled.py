"""The store that a command reads, with a word on standard error when it is not up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from axiskg.build import is_recorded, open_filled
from axiskg.cli.app import progress, state_of
from axiskg.store import Store
from axiskg.store.staleness import staleness

__all__ = ["filled_store"]


@contextmanager
def filled_store(context: typer.Context) -> Iterator[Store]:
    """The store of the settings, open for reading; one in memory is built first."""
    settings = state_of(context).settings
    with open_filled(settings) as store:
        if "://" not in settings.store:  # a remote engine is not asked twice for each answer
            _tell_stale(store)
        yield store


def _tell_stale(store: Store) -> None:
    found = staleness(store.query)
    if found is None:
        return
    if is_recorded(store):
        why = "statements were written by hand; `axiskg infer` draws conclusions anew"
    else:
        why = "a build has broken off; `axiskg build` begins anew"
    progress.print(f"note: stale since {found.since}: {why}", markup=False, soft_wrap=True)
