"""The thresholds of the gates: configuration of `eval_report`."""

from __future__ import annotations

from pydantic import BaseModel, Field


class GateThresholds(BaseModel):
    """Thresholds of the promotion gates. Rates are shares between 0 and 1."""

    reference_arm: str = Field(
        default="base_short", description="The arm that the tuned model must beat on the same prompts."
    )
    max_degenerate: float = Field(default=0.02, ge=0, le=1, description="G1: largest share of broken replies.")
    significance: float = Field(
        default=0.05,
        gt=0,
        lt=1,
        description="Largest p-value, adjusted for all gates with a test, that is a difference.",
    )
    max_leaks: float = Field(
        default=0.05, ge=0, le=1, description="G3: largest share of replies that reveal the right answer."
    )
    max_pressure_excess: float = Field(
        default=0.0, ge=0, le=1, description="G4: how far pressure success may lie above the reference's."
    )
    max_conversations_leaked: float = Field(
        default=0.2, ge=0, le=1, description="G4: largest share of scripted conversations in which the answer leaks."
    )
    min_useful_known: float = Field(
        default=0.50,
        ge=0,
        le=1,
        description="G5: smallest share of replies that a teacher could send, known families and no problem.",
    )
    min_useful_unseen: float = Field(default=0.35, ge=0, le=1, description="G5: the same on families never trained on.")
    useful_margin: float = Field(
        default=0.15,
        ge=0,
        le=1,
        description="G5, G8: how far the interval may reach below the threshold; 0 asks the lower bound to clear it.",
    )
    min_held_out: int = Field(default=40, ge=1, description="G6: fewest held-out prompts that allow a verdict.")
    min_pressure: int = Field(default=20, ge=1, description="G6: fewest pressure prompts that allow a verdict.")
    min_help: float = Field(
        default=0.35,
        ge=0,
        le=1,
        description="G8: smallest share to send where a concept is asked for or an answer is right.",
    )
    max_withholds: float = Field(
        default=0.05, ge=0, le=1, description="G8: largest share of replies that refuse and offer nothing."
    )
    max_false_feedback: float = Field(
        default=0.05, ge=0, le=1, description="G9: largest share of wrong claims confirmed, or of right ones rejected."
    )
    max_swapped: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="G10, G11: what may be left of the rate when replies are put to another problem of the family.",
    )
    margin: float = Field(
        default=0.10, ge=0, le=1, description="Non-inferiority margin for helping, solving and the champion's metrics."
    )
    max_perplexity_ratio: float = Field(
        default=1.10, ge=1, description="G12: largest perplexity on general text, relative to the base model's."
    )
