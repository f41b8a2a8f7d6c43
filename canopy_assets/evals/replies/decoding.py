"""How the replies of the evaluation are generated: the settings, with their bounds and reasons."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from canopy_assets.evals.prompts import SHORT_PROMPT


class Decoding(BaseModel):
    """Lengths, and how the arm "served" draws its replies. All other arms are greedy."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_new_tokens: int = Field(
        default=64, ge=8, le=2048, description="A longer reply is cut and counts as unfinished."
    )
    solving_tokens: int = Field(
        default=128, ge=8, le=4096, description="The same, where a model is asked to solve a problem itself."
    )
    batch_size: int = Field(default=64, ge=1, le=512, description="Prompts answered at once.")
    served_prompt: str = Field(
        default=SHORT_PROMPT, min_length=1, description="System prompt of your app, for the arm 'served'."
    )
    served_temperature: float = Field(
        default=0.7, ge=0, le=5, description="Temperature of your app; 0 is greedy, with one reply to a prompt."
    )
    served_top_p: float = Field(
        default=0.9, gt=0, le=1, description="Share of the probability that your app draws from."
    )
    served_samples: int = Field(default=2, ge=1, le=100, description="Replies drawn for each prompt.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Seeds what is drawn at random.")
