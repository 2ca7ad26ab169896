"""What a store's folder looks like from outside: another content, another fingerprint."""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["folder_fingerprint"]


def folder_fingerprint(folder: Path) -> str:
    """SHA-256 over the files that hold the content of a closed or read-only store.

    RocksDB never changes a table file once it is written, nor gives its number again: name, size,
    inode and time tell it. The log of writes and the manifest, which grow, are read.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix == ".sst":
            stat = path.stat()
            about = f"{path.name} {stat.st_size} {stat.st_ino} {stat.st_mtime_ns}"
        elif path.suffix == ".log" or path.name.startswith(("MANIFEST-", "CURRENT")):
            about = f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        else:
            continue
        digest.update(about.encode() + b"\0")
    return digest.hexdigest()
