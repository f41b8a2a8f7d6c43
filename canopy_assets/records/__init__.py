"""The rows that the stages pass to each other: one frozen dataclass for each kind.

`storage.arrow` derives the schema of a table from them.

Every row has the id of what it was made from: seed → exercise → dialogue → training example → reply.
"""

from canopy_assets.records.dialogues import (
    OPENING_STATES,
    PRESSURE_STATES,
    TUTOR_MOVES,
    Dialogue,
    Repair,
    ReviewedDialogue,
    Role,
    StudentState,
    Turn,
    TutorMove,
    Verdict,
)
from canopy_assets.records.evaluation import EvalPrompt, PromptState, Rating, RatingLabel, RatingSource, TutorResponse
from canopy_assets.records.identity import DESCRIPTION, content_id
from canopy_assets.records.seeds import (
    AnswerKind,
    DocumentKind,
    Exercise,
    Misconception,
    SeedDocument,
    SeedState,
    Skipped,
    Span,
    Step,
)
from canopy_assets.records.training import Message, PreferencePair, TrainingExample

__all__ = [
    "DESCRIPTION",
    "OPENING_STATES",
    "PRESSURE_STATES",
    "TUTOR_MOVES",
    "AnswerKind",
    "Dialogue",
    "DocumentKind",
    "EvalPrompt",
    "Exercise",
    "Message",
    "Misconception",
    "PreferencePair",
    "PromptState",
    "Rating",
    "RatingLabel",
    "RatingSource",
    "Repair",
    "ReviewedDialogue",
    "Role",
    "SeedDocument",
    "SeedState",
    "Skipped",
    "Span",
    "Step",
    "StudentState",
    "TrainingExample",
    "Turn",
    "TutorMove",
    "TutorResponse",
    "Verdict",
    "content_id",
]
