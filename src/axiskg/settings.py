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
