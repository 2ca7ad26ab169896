"""Quad stores behind one protocol."""

from __future__ import annotations

from pathlib import Path

from axiskg.settings import Settings
from axiskg.store.embedded import EmbeddedStore
from axiskg.store.protocol import Answer, Dataset, Solutions, Store, Term

__all__ = [
    "Answer",
    "Dataset",
    "EmbeddedStore",
    "Solutions",
    "Store",
    "Term",
    "is_remote",
    "open_store",
]


def is_remote(location: str) -> bool:
    """Whether a store's location is the query URL of a remote engine."""
    return location.startswith(("http://", "https://"))


def open_store(settings: Settings, *, read_only: bool = False) -> Store:
    """The store that `settings.store` names: a folder, `:memory:`, or a remote query URL.

    A folder is made when it is absent and `read_only` is not set. Raises `StoreError`, and
    `StoreLockedError` while another process has the folder: one writer, or any number of readers.
    """
    if settings.store == ":memory:":
        return EmbeddedStore.in_memory()
    if is_remote(settings.store):
        from axiskg.store.remote import RemoteStore  # an HTTP client that few stores need

        token = settings.write_token
        return RemoteStore(settings.store, token=token.get_secret_value() if token else None)
    return EmbeddedStore.open(Path(settings.store), read_only=read_only)
