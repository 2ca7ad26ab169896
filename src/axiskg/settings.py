"""The settings, each from a keyword, an `AXISKG_` environment variable, or its default."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
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


class Settings(BaseSettings):
    """One frozen value, passed to what needs it; never global."""

    model_config = SettingsConfigDict(env_prefix="AXISKG_", frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=resources_dir,
        description="Folder that holds ontology/, queries/ and data/.",
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
    allow_loopback: bool = Field(
        default=False,
        description="Whether a remote server may be on this very machine, as in tests.",
    )

    @property
    def ontology_dir(self) -> Path:
        """The ontology's folder."""
        return self.home / "ontology"

    @property
    def queries_dir(self) -> Path:
        """The folder of saved queries."""
        return self.home / "queries"

    @property
    def data_dir(self) -> Path:
        """The folder of authored statements, encoded triples, sources and links."""
        return self.home / "data"
