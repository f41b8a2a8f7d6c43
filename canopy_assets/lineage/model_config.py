"""Configuration of a model behind an OpenAI-compatible endpoint, as assets take it."""

from typing import TYPE_CHECKING

import dagster as dg
from pydantic import ConfigDict, Field

from canopy_assets.lineage.configuration import OPERATIONAL

if TYPE_CHECKING:
    from canopy_assets.endpoints.endpoint import Endpoint


class ModelConfig(dg.Config):
    """A model behind an OpenAI-compatible endpoint: which, how it samples, where it is, and what it may be asked."""

    model_config = ConfigDict(extra="forbid")  # a misspelt field of a nested value would be passed over in silence

    model: str = Field(default="", description="The model's name at the endpoint.")
    temperature: float = Field(default=0.8, ge=0, le=2)
    top_p: float = Field(default=1.0, gt=0, le=1)
    max_tokens: int = Field(default=1200, ge=16, description="Of one reply.")
    base_url: str = Field(
        default="https://api.openai.com/v1", description="The endpoint, with /v1.", json_schema_extra=OPERATIONAL
    )
    key_variable: str = Field(
        default="OPENAI_API_KEY",
        description="Environment variable with the key; '' where the server wants none.",
        json_schema_extra=OPERATIONAL,
    )
    timeout_s: float = Field(default=120.0, gt=0, description="For one reply.", json_schema_extra=OPERATIONAL)
    patience_s: float = Field(
        default=90.0,
        ge=0,
        description="Without any reply for so long, the endpoint counts as down.",
        json_schema_extra=OPERATIONAL,
    )
    max_concurrency: int = Field(
        default=64,
        ge=1,
        description="Requests in flight at most; how many there are is found from the replies.",
        json_schema_extra=OPERATIONAL,
    )
    requests_per_minute: float | None = Field(default=None, gt=0, json_schema_extra=OPERATIONAL)
    tokens_per_minute: float | None = Field(default=None, gt=0, json_schema_extra=OPERATIONAL)
    price_in: float = Field(default=0.0, ge=0, description="Of a million prompt tokens.", json_schema_extra=OPERATIONAL)
    price_out: float = Field(
        default=0.0, ge=0, description="Of a million completion tokens.", json_schema_extra=OPERATIONAL
    )

    def endpoint(self) -> "Endpoint":
        """Where and how the model is asked."""
        from canopy_assets.endpoints.endpoint import Endpoint

        return Endpoint(**{name: getattr(self, name) for name in ModelConfig.model_fields})
