"""The part of assets' configuration that describes a model behind an OpenAI-compatible endpoint."""

from typing import TYPE_CHECKING

import dagster as dg
from pydantic import ConfigDict, Field

from canopy_assets.lineage.configuration import OPERATIONAL

if TYPE_CHECKING:
    from canopy_assets.endpoints.endpoint import Endpoint


class ModelConfig(dg.Config):
    """A model behind an OpenAI-compatible endpoint: its name, how it samples, its address, limits and prices."""

    model_config = ConfigDict(extra="forbid")  # by default pydantic ignores a misspelt field in a nested value

    model: str = Field(default="", description="The model's name at the endpoint.")
    temperature: float = Field(default=0.8, ge=0, le=2, description="Sampling temperature; 0 is greedy.")
    top_p: float = Field(default=1.0, gt=0, le=1, description="Share of the probability that is sampled from.")
    max_tokens: int = Field(default=1200, ge=16, description="The length of one reply at most, in tokens.")
    base_url: str = Field(
        default="https://api.openai.com/v1", description="The endpoint, with /v1.", json_schema_extra=OPERATIONAL
    )
    key_variable: str = Field(
        default="OPENAI_API_KEY",
        description="Environment variable with the key; '' where the server needs none.",
        json_schema_extra=OPERATIONAL,
    )
    timeout_s: float = Field(
        default=120.0, gt=0, description="Seconds to wait for one reply.", json_schema_extra=OPERATIONAL
    )
    patience_s: float = Field(
        default=90.0,
        ge=0,
        description="Seconds without any reply after which the endpoint counts as down.",
        json_schema_extra=OPERATIONAL,
    )
    max_concurrency: int = Field(
        default=64,
        ge=1,
        description="Requests in flight at most; the client finds the right number below it from the replies.",
        json_schema_extra=OPERATIONAL,
    )
    requests_per_minute: float | None = Field(
        default=None, gt=0, description="Limit of the endpoint; none by default.", json_schema_extra=OPERATIONAL
    )
    tokens_per_minute: float | None = Field(
        default=None, gt=0, description="Limit of the endpoint; none by default.", json_schema_extra=OPERATIONAL
    )
    price_in: float = Field(
        default=0.0, ge=0, description="Price of a million prompt tokens.", json_schema_extra=OPERATIONAL
    )
    price_out: float = Field(
        default=0.0, ge=0, description="Price of a million completion tokens.", json_schema_extra=OPERATIONAL
    )

    def endpoint(self) -> "Endpoint":
        """The endpoint that this configuration describes, for the client."""
        from canopy_assets.endpoints.endpoint import Endpoint

        return Endpoint(**{name: getattr(self, name) for name in ModelConfig.model_fields})


OFFLINE = "offline"
"""The judge of usefulness that needs no endpoint."""


class JudgeConfig(ModelConfig):
    """Who judges whether a teacher could send a reply: the offline judge, or a model behind an endpoint."""

    model: str = Field(default=OFFLINE, description="'offline', or the model's name at the endpoint.")
    temperature: float = Field(default=0.0, ge=0, le=2, description="Sampling temperature; 0 repeats best.")
    max_tokens: int = Field(default=400, ge=16, description="The length of one judgement at most, in tokens.")
    calibration: str = Field(
        default="",
        description="The file that `canopy score-judge` wrote for this model; without it no gate passes on its word.",
    )
