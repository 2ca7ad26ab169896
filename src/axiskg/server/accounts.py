"""Who may do what: bearer tokens, kept as hashes in a file that `axiskg token` writes."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from axiskg.errors import ConfigError, NotFoundError
from axiskg.server.http import ProblemError
from axiskg.settings import Settings

__all__ = ["ANYONE", "SCOPES", "Accounts", "Holder", "Token", "TokenFile", "token_path"]

SCOPES: Final = ("read", "write", "admin")
_PREFIX: Final = "axiskg_"
_CHALLENGE: Final = [(b"www-authenticate", b'Bearer realm="axiskg"')]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who sends a request. Admin includes write, and write includes read.

    `graphs` are the graphs that may be written, whole IRIs or prefixes that end in `*`; empty
    for all.
    """

    name: str
    scopes: frozenset[str]
    graphs: tuple[str, ...] = ()

    def may(self, scope: str) -> bool:
        """Whether the scope, or one that includes it, is held."""
        return any(held in self.scopes for held in SCOPES[SCOPES.index(scope) :])

    def may_write_graph(self, graph: str) -> bool:
        """Whether the token's own list of graphs has this one."""
        return not self.graphs or any(
            graph.startswith(own[:-1]) if own.endswith("*") else graph == own for own in self.graphs
        )


ANYONE: Final = Holder("", frozenset())


@dataclass(frozen=True, slots=True)
class Token:
    """A token as the file has it; times are UTC, ISO 8601; `expires` may be empty."""

    id: str
    hash: str
    scopes: tuple[str, ...]
    graphs: tuple[str, ...]
    label: str
    created: str
    expires: str = ""


def token_path(settings: Settings) -> Path:
    """The file of tokens: the setting's, else one beside the store."""
    if settings.token_file is not None:
        return settings.token_file
    store = Path(settings.store)
    return store.with_name(f"{store.name}.tokens.json")


def _hashed(secret: str) -> str:
    # The secret has 256 random bits: nothing is gained by a slow hash.
    return hashlib.sha256(secret.encode()).hexdigest()


class TokenFile:
    """The file of tokens; `add` and `revoke` replace it whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def tokens(self) -> list[Token]:
        """All tokens; raises `ConfigError` for a file that is not one of tokens."""
        if not self.path.exists():
            return []
        try:
            entries = json.loads(self.path.read_text(encoding="utf-8"))["tokens"]
            return [
                Token(
                    **{**entry, "scopes": tuple(entry["scopes"]), "graphs": tuple(entry["graphs"])}
                )
                for entry in entries
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                f"{self.path} is not a file of tokens ({error}); make one with `axiskg token new`"
            ) from error

    def add(
        self,
        scopes: Sequence[str],
        *,
        graphs: Sequence[str] = (),
        label: str = "",
        expires: datetime | None = None,
    ) -> tuple[str, Token]:
        """A new token: the secret, which is kept nowhere, and its entry."""
        for scope in scopes:
            if scope not in SCOPES:
                raise ConfigError(f"there is no scope {scope!r}; choose from {', '.join(SCOPES)}")
        secret = _PREFIX + secrets.token_urlsafe(32)
        entry = Token(
            id=secrets.token_hex(4),
            hash=_hashed(secret),
            scopes=tuple(scopes),
            graphs=tuple(graphs),
            label=label,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            expires=""
            if expires is None
            else expires.astimezone(UTC).isoformat(timespec="seconds"),
        )
        self._write([*self.tokens(), entry])
        return secret, entry

    def revoke(self, identifier: str) -> Token:
        """Remove a token by its id; raises `NotFoundError`."""
        tokens = self.tokens()
        for token in tokens:
            if token.id == identifier:
                self._write([other for other in tokens if other is not token])
                return token
        raise NotFoundError(f"there is no token {identifier!r}; `axiskg token list` shows them")

    def _write(self, tokens: Sequence[Token]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"tokens": [asdict(token) for token in tokens]}, indent=2)
        with tempfile.NamedTemporaryFile("w", dir=self.path.parent, delete=False) as file:
            file.write(text + "\n")
        Path(file.name).replace(self.path)


class Accounts:
    """Finds the holder of a request's token; reads the file again when it has changed."""

    def __init__(self, settings: Settings) -> None:
        self._master = settings.write_token
        self._file = TokenFile(token_path(settings))
        self._seen: tuple[int, int] | None = None
        self._tokens: dict[str, Token] = {}

    def holder(self, authorization: bytes | None) -> Holder:
        """The holder of the Authorization header; without one, anyone. Raises 401."""
        if authorization is None:
            return ANYONE
        kind, _, secret = authorization.decode("latin-1").partition(" ")
        secret = secret.strip()
        if kind.lower() != "bearer" or not secret:
            raise ProblemError(401, "send the token as 'Bearer TOKEN'", headers=_CHALLENGE)
        master = self._master
        if master is not None and hmac.compare_digest(
            master.get_secret_value().encode(), secret.encode("latin-1")
        ):
            return Holder("AXISKG_WRITE_TOKEN", frozenset(SCOPES))
        self._refresh()
        token = self._tokens.get(_hashed(secret))
        if token is None:
            raise ProblemError(401, "there is no such token", headers=_CHALLENGE)
        if token.expires and datetime.fromisoformat(token.expires) < datetime.now(UTC):
            raise ProblemError(401, f"the token expired on {token.expires}", headers=_CHALLENGE)
        return Holder(token.id, frozenset(token.scopes), token.graphs)

    def demand(self, scope: str, authorization: bytes | None) -> Holder:
        """The holder, who must have the scope. Raises 401, or 403 with the way to get it."""
        holder = self.holder(authorization)
        if holder.may(scope):
            return holder
        if holder is not ANYONE:
            raise ProblemError(403, f"this token lacks the scope {scope!r}")
        self._refresh()
        if self._master is None and not self._tokens:
            raise ProblemError(
                403,
                "this server takes no writes: start it with AXISKG_WRITE_TOKEN, or make a token"
                " with `axiskg token new`",
            )
        raise ProblemError(401, f"this needs a token with the scope {scope!r}", headers=_CHALLENGE)

    @property
    def writes_possible(self) -> bool:
        """Whether anybody could write."""
        self._refresh()
        return self._master is not None or bool(self._tokens)

    def _refresh(self) -> None:
        try:
            state = self._file.path.stat()
        except FileNotFoundError:
            self._tokens, self._seen = {}, None
            return
        seen = (state.st_mtime_ns, state.st_ino)
        if seen != self._seen:
            self._tokens = {token.hash: token for token in self._file.tokens()}
            self._seen = seen
