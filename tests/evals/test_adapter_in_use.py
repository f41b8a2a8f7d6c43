"""The champion as an input of the evaluation, although it is made from it."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from canopy_assets.evals.assets import NO_ADAPTER, adapter_in_use, observe_adapter_in_use
from canopy_assets.lineage import event_log
from canopy_assets.settings import Settings
from canopy_assets.storage.artefacts import Artefact, draft_folder, publish_artefact


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def train(settings: Settings, weights: str) -> Artefact:
    """A new candidate; returns it under its digest."""
    draft = draft_folder("lora_adapter", settings)
    (draft / "weights").write_text(weights)
    path, digest = publish_artefact(settings, "lora_adapter", Artefact(draft))
    return Artefact(Path(str(path)), digest)


def promote(settings: Settings, adapter: Artefact) -> None:
    draft = draft_folder("champion", settings)
    (draft / "weights").write_text(f"packaged {adapter.digest}")
    publish_artefact(settings, "champion", Artefact(draft, details={"adapter": adapter.digest, "base_digest": "b"}))


def test_the_replies_follow_the_champion_but_not_the_promotion_that_they_led_to(settings: Settings) -> None:
    with dg.DagsterInstance.ephemeral() as instance:

        def observed(candidate: Artefact | None = None) -> str | None:
            observe_adapter_in_use(instance, settings, candidate)
            found = event_log.latest_of(instance, adapter_in_use.key)
            return found.version if found else None

        assert observed() == NO_ADAPTER
        first = train(settings, "first")
        assert observed() == NO_ADAPTER
        promote(settings, first)
        assert observed() == NO_ADAPTER, "the replies of the first champion would be made again at once"
        second = train(settings, "second")
        assert observed(second) == first.digest
        promote(settings, second)
        assert observed() == first.digest, "it was compared with the first, and still is"
        third = train(settings, "third")
        assert observed(third) == second.digest
        promote(settings, first)  # taken back
        assert observed() == first.digest
