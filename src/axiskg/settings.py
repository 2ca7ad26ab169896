"""The settings, each from a keyword, an `AXISKG_` environment variable, or its default."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings", "resources_dir"]


def resources_dir() -> Path:
    """The folder that holds `ontology/`, `queries/` and `data/`.

    The top of the checkout when AxisKG runs from one, else what the wheel brought along.
    """
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "ontology").is_dir() and (checkout / "queries").is_dir():
        return checkout
    return Path(__file__).resolve().parent / "resources"


def _host_and_port(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


class Settings(BaseSettings):
    """One frozen value, passed to what needs it; never global."""

    model_config = SettingsConfigDict(env_prefix="AXISKG_", frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=resources_dir,
        description="Folder with data/ and, unless AxisKG's own serve, ontology/ and queries/.",
    )
    store: str = Field(
        default=".axiskg/store",
        description="Where the graph is: a folder, :memory:, or the query URL of a remote engine.",
    )
    host: str = Field(default="127.0.0.1", description="Address on which `serve` listens.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port on which `serve` listens.")
    write_token: SecretStr | None = Field(
        default=None,
        description="Bearer token with every scope; without it and without other tokens"
        " there are no writes over HTTP.",
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Form of the access log lines on stderr."
    )
    access_log: bool = Field(default=True, description="Whether each request leaves a log line.")
    public_url: str | None = Field(
        default=None,
        description="URL under which the world sees the server; else the Host header says it.",
    )
    query_timeout_s: float = Field(
        default=30.0,
        gt=0,
        description="Seconds after which a query is stopped; also the cap of ?timeout=.",
    )
    update_timeout_s: float = Field(
        default=60.0, gt=0, description="Seconds after which an update is stopped."
    )
    workers: int = Field(default=4, ge=1, description="Processes that answer quick queries.")
    spare_workers: int = Field(
        default=2, ge=0, description="Processes that wait to replace one that has become slow."
    )
    slow_queries: int = Field(
        default=4, ge=1, description="How many slow queries run at once; more are turned away."
    )
    slow_after_ms: int = Field(
        default=50, ge=1, description="Milliseconds of CPU after which a query counts as slow."
    )
    waiting_queries: int = Field(
        default=256, ge=1, description="How many queries may wait for a free process."
    )
    worker_memory_mb: int = Field(
        default=384, ge=64, description="Resident megabytes at which one query is stopped."
    )
    slow_memory_mb: int = Field(
        default=640,
        ge=64,
        description="Megabytes for all slow queries; beyond, the largest is stopped.",
    )
    max_rows: int = Field(default=1_000_000, ge=1, description="Rows after which an answer is cut.")
    max_answer_mb: int = Field(
        default=256, ge=1, description="Megabytes after which an answer is cut."
    )
    max_request_kb: int = Field(
        default=1024, ge=1, description="Kilobytes of a query or update at most."
    )
    max_url_kb: int = Field(
        default=64, ge=1, description="Kilobytes of a request's line and headers at most."
    )
    max_upload_mb: int = Field(
        default=64, ge=1, description="Megabytes of a Graph Store upload at most."
    )
    max_query_depth: int = Field(
        default=2000, ge=8, description="How deeply the brackets of a query may nest."
    )
    max_query_parts: int = Field(
        default=10_000,
        ge=8,
        description="How many UNIONs, operators or path steps a query may have.",
    )
    cache_mb: int = Field(
        default=128, ge=0, description="Megabytes of answers kept for reuse; 0 keeps none."
    )
    cache_entry_kb: int = Field(
        default=1024, ge=1, description="Kilobytes of the largest answer that is kept."
    )
    token_file: Path | None = Field(
        default=None,
        description="File of hashed tokens made by `axiskg token`; else one beside the store.",
    )
    read_token_needed: bool = Field(
        default=False, description="Whether reading needs a token with the scope read."
    )
    rate_limit_per_s: float = Field(
        default=0.0, ge=0, description="Requests a second of one client address; 0 sets no limit."
    )
    refresh_after_write: bool = Field(
        default=False,
        description="Whether a write to statements by hand has the conclusions drawn anew by"
        " itself; else they are marked stale until POST /api/refresh.",
    )
    max_connections: int = Field(
        default=2000, ge=1, description="Open connections; further ones are closed at once."
    )
    header_timeout_s: float = Field(
        default=10.0, gt=0, description="Seconds for a request's line and headers to arrive."
    )
    body_timeout_s: float = Field(
        default=60.0, gt=0, description="Seconds for a request's body to arrive."
    )
    cors_origin: str = Field(
        default="*", description="Origin whose pages may read answers; empty for none."
    )
    slow_log_ms: int = Field(
        default=1000,
        ge=0,
        description="Milliseconds from which a query is logged with its algebra.",
    )
    semiring: Literal["max-min", "product", "noisy-or"] = Field(
        default="max-min",
        description="How answers combine confidences: the weakest premise and the surest proof,"
        " the product of the premises, or proofs as if independent.",
    )
    confidence_table: str = Field(
        default="axis:DefaultConfidence",
        description="The table of the ontology, as CURIE or IRI, that says how much statements"
        " count.",
    )
    wikidata_snapshot: Path = Field(
        default=Path(".axiskg/wikidata.sqlite"),
        description="Offline extract of Wikidata for linking, as `wikidata snapshot` builds it.",
    )
    network: bool = Field(
        default=False, description="Whether linking may ask Wikidata itself; off by default."
    )
    wikidata_api: str = Field(
        default="https://www.wikidata.org/w/api.php",
        description="Wikidata's action API, asked only when the network is allowed.",
    )
    user_agent: str = Field(
        default="AxisKG/0.1 (https://w3id.org/axiskg/; set AXISKG_USER_AGENT to name yourself)",
        description="How linking and federation name themselves to the servers they ask.",
    )
    http_cache: Path = Field(
        default=Path(".axiskg/http-cache.sqlite"),
        description="Where answers of remote servers are kept between runs.",
    )
    http_cache_s: int = Field(
        default=86_400, ge=0, description="Seconds for which a kept answer is good; 0 keeps none."
    )
    link_judgements: Path = Field(
        default=Path(".axiskg/judgements.tsv"),
        description="File of people's judgements on links: positive, negative and unsure.",
    )
    federation: dict[str, str] = Field(
        default_factory=dict,
        description="Services that a query may call, name to query URL, as a JSON object;"
        " everything else in a SERVICE clause is refused.",
    )
    federation_timeout_s: float = Field(
        default=20.0, gt=0, description="Seconds that a query may wait for its remote services."
    )
    federation_max_rows: int = Field(
        default=10_000, gt=0, description="Rows that one SERVICE clause may bring."
    )
    federation_max_mb: int = Field(
        default=32, gt=0, description="Megabytes that one remote answer may have."
    )
    federation_retries: int = Field(
        default=2, ge=0, description="How often a remote server that fails is asked again."
    )
    load_from: dict[str, str] = Field(
        default_factory=dict,
        description="Documents that LOAD may fetch, name to URL or to a beginning of URLs that"
        " ends in *, as a JSON object; everything else is refused.",
    )
    load_max_mb: int = Field(
        default=16, gt=0, description="Megabytes that one loaded document may have."
    )
    load_timeout_s: float = Field(
        default=20.0, gt=0, description="Seconds that an update may wait for what it loads."
    )
    private_targets: frozenset[str] = Field(
        default_factory=frozenset,
        description="Names in the federation and load_from settings whose servers may be at"
        " private or loopback addresses, as a JSON list; link-local ones are never asked.",
    )
    allow_loopback: bool = Field(
        default=False,
        description="Whether a remote server may be on this very machine, as in tests.",
    )

    @field_validator("federation")
    @classmethod
    def _query_urls(cls, federation: dict[str, str]) -> dict[str, str]:
        for name, url in federation.items():
            parts = urlsplit(url)
            if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
                raise ValueError(f"{name}: {url!r} is no http or https URL of a query service")
            if not re.fullmatch(r"[A-Za-z][\w-]*", name):
                raise ValueError(f"{name!r} can't stand before the colon of SERVICE {name}:")
        return federation

    @field_validator("load_from")
    @classmethod
    def _whole_hosts(cls, load_from: dict[str, str]) -> dict[str, str]:
        for name, url in load_from.items():
            parts = urlsplit(url.removesuffix("*"))
            whole = parts.scheme in {"http", "https"} and parts.netloc and "@" not in parts.netloc
            if not whole or (url.endswith("*") and not parts.path):
                raise ValueError(
                    f"{name}: {url!r} is no http or https URL with its whole host, or a beginning"
                    " of such, like https://example.org/data/*"
                )
        return load_from

    @property
    def private_hosts(self) -> frozenset[str]:
        """The servers of `private_targets`, as host:port in lower case."""
        urls = (
            known[name]
            for known in (self.federation, self.load_from)
            for name in self.private_targets & known.keys()
        )
        return frozenset(map(_host_and_port, urls))

    @property
    def ontology_dir(self) -> Path:
        """The ontology's folder: that of `home`, or AxisKG's own when `home` has none."""
        return self._own_or_packaged("ontology")

    @property
    def queries_dir(self) -> Path:
        """The folder of saved queries: that of `home`, or AxisKG's own when `home` has none."""
        return self._own_or_packaged("queries")

    def _own_or_packaged(self, name: str) -> Path:
        own = self.home / name
        return own if own.is_dir() else resources_dir() / name

    @property
    def data_dir(self) -> Path:
        """The folder of authored statements, encoded triples, sources and links."""
        return self.home / "data"
