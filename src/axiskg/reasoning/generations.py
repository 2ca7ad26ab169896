"""Runs on disk: one file for each state of the store, written once, read by any process.

A file holds the statements as tables, the compiled rules and the base run over them. It is made
under a name of its own and renamed when whole, so a reader meets no half of one; it is opened
read-only, so any number of processes read it at once. Its name says over what it was made: the
content of the store, the rules, and the version of what made it. A file is never changed, and one
that is damaged is made again. The newest few are kept.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import duckdb

from axiskg import __version__
from axiskg.errors import ParseError
from axiskg.reasoning.database import Limits
from axiskg.reasoning.engine import Reasoner
from axiskg.reasoning.rules import RuleFile, read_rules
from axiskg.reasoning.run import Run
from axiskg.reasoning.selection import Selection
from axiskg.settings import Settings
from axiskg.store.protocol import Store

__all__ = ["Generations", "Opened", "open_reasoner"]

NEWEST: Final = 4
"""How many files are kept."""
_BASE: Final = Selection()


@dataclass(frozen=True, slots=True)
class Opened:
    """A reasoner with its base run, and where that came from."""

    reasoner: Reasoner
    run: Run
    origin: str
    """In words: read from a file, or drawn anew and why."""
    reused: bool


@dataclass(frozen=True, slots=True)
class Generations:
    """The files of one store in one folder."""

    folder: Path
    rules_dir: Path
    limits: Limits = field(default_factory=Limits)

    def open(self, store: Store) -> Opened:
        """The reasoner over a store: of the file that was made over just this, else a new one.

        Raises `RuleError` for a rule outside the rule language, `StoreError`.
        """
        rules = read_rules(self.rules_dir)
        state = store.fingerprint()
        if state is not None and (content := self._noted(state)) is not None:
            opened = self._read(_key(content, rules))
            if opened is not None:
                return opened
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            scratch = tempfile.TemporaryDirectory(prefix="new-", dir=self.folder)
        except OSError as error:
            reasoner = Reasoner.from_store(store, self.rules_dir, limits=self.limits)
            why = f"drawn anew; {self.folder} can't be written: {error.strerror}"
            return Opened(reasoner, reasoner.run(_BASE), why, reused=False)
        with scratch as name:
            return self._made(store, rules, state, Path(name))

    def _made(
        self, store: Store, rules: Sequence[RuleFile], state: str | None, scratch: Path
    ) -> Opened:
        """What the content of the store gives, be it found under its own name or drawn anew."""
        quads = scratch / "quads.nq"
        store.write_nquads(quads)
        content = _sha256(quads)
        key = _key(content, rules)
        opened = self._read(key)
        if opened is None:
            draft = scratch / "draft.duckdb"
            reasoner = Reasoner.from_nquads(quads, rules, limits=self.limits, draft=draft)
            run = reasoner.run(_BASE)
            reasoner.write_draft(run)
            _publish(draft, self.folder / f"{key}.{_checksum(draft):08x}.duckdb")
            opened = Opened(reasoner, run, "drawn anew, and kept", reused=False)
        if state is not None:
            note = scratch / "note"
            note.write_text(content, encoding="ascii")
            _publish(note, self.folder / f"{state}.state")
        self._sweep()
        return opened

    def _noted(self, state: str) -> str | None:
        """The hash of the content that a store in this state has."""
        try:
            return (self.folder / f"{state}.state").read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            return None

    def _read(self, key: str) -> Opened | None:
        """What a file holds; None when there is none, or it is damaged (it is then removed)."""
        for path in sorted(self.folder.glob(f"{key}.*.duckdb")):
            try:
                if f"{_checksum(path):08x}" == path.name.split(".")[1]:
                    reasoner = Reasoner.from_file(path, limits=self.limits)
                    os.utime(path)
                    return Opened(reasoner, reasoner.run(_BASE), f"read from {path}", reused=True)
            except (OSError, duckdb.Error, ParseError, LookupError, ValueError):
                pass  # gone meanwhile, or not what its name says
            path.unlink(missing_ok=True)
        return None

    def _sweep(self) -> None:
        """Remove all but the newest files, and notes that lead to none.

        Who has one open keeps reading it: its name goes, not the file.
        """
        for pattern, most in (("*.duckdb", NEWEST), ("*.state", 4 * NEWEST)):
            found = sorted(self.folder.glob(pattern), key=_age, reverse=True)
            for path in found[most:]:
                path.unlink(missing_ok=True)


def open_reasoner(store: Store, settings: Settings) -> Opened:
    """The reasoner over a store, by way of the files beside it where it has a folder.

    Raises `RuleError` for a rule outside the rule language, `StoreError`.
    """
    rules_dir = settings.ontology_dir / "rules"
    if settings.store == ":memory:" or "://" in settings.store:
        reasoner = Reasoner.from_store(store, rules_dir)
        return Opened(reasoner, reasoner.run(_BASE), "drawn anew, in memory", reused=False)
    path = Path(settings.store)
    return Generations(path.with_name(path.name + ".reasoning"), rules_dir).open(store)


def _key(content: str, rules: Sequence[RuleFile]) -> str:
    """What a file is made over, as its name."""
    digest = hashlib.sha256(f"{content}\0{_maker()}\0{_BASE!r}".encode())
    for rule in rules:
        digest.update(f"\0{rule.path}\0{rule.sha256}".encode())
    return digest.hexdigest()[:40]


@cache
def _maker() -> str:
    """The versions of what makes a file: AxisKG, its reasoner's own modules, DuckDB."""
    modules = sorted(Path(__file__).parent.glob("*.py"))
    stats = [(path.name, (stat := path.stat()).st_size, stat.st_mtime_ns) for path in modules]
    return f"{__version__} {duckdb.__version__} {stats}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checksum(path: Path) -> int:
    """CRC-32 of a whole file: finds what a crash or a bad copy has torn."""
    found = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            found = zlib.crc32(piece, found)
    return found


def _publish(draft: Path, name: Path) -> None:
    """Give a whole file its name, at once; its content is on disk before."""
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(name)


def _age(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0
