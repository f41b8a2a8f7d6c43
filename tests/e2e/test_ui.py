"""The Dagster UI as a person uses it: a real webserver and daemon in a real browser."""

from __future__ import annotations

import dataclasses
import os
import shutil
import time
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Canopy, served

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="no Chromium here: apt-get install chromium"),
]

# Without these flags the browser keeps trying to reach its vendor, even without a network.
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
GROUPS = ["adapters", "dialogues", "eval_prompts", "evals", "release", "review", "seeds", "training_sets"]


@pytest.fixture(scope="module")
def server(trained: Canopy) -> Iterator[str]:
    """The interface of a home in which everything is made, with the automation off.

    Another test adds a seed. On a slow machine its quiet time would pass, the daemon would train again, and Dagster
    does not show the earlier result of a gate that is due again.
    """
    untouched = dataclasses.replace(trained, environment=trained.environment | {"CANOPY_AUTOMATION": "false"})
    with served(untouched) as address:
        yield address


@pytest.fixture(scope="module")
def page(server: str):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER_FLAGS)
        page = browser.new_page(viewport={"width": 1600, "height": 1100}, base_url=server)
        page.set_default_timeout(60_000)
        yield page
        browser.close()


def _picture(page, name: str) -> None:
    """Save a screenshot if CANOPY_TEST_SCREENSHOTS names a folder: the README's pictures are made this way."""
    folder = os.environ.get("CANOPY_TEST_SCREENSHOTS")
    if folder:
        page.wait_for_timeout(1500)
        page.screenshot(path=f"{folder}/{name}.png")


def test_the_assets_are_found_in_their_groups(page) -> None:
    page.goto("/asset-groups")
    for group in GROUPS:
        page.get_by_text(group, exact=True).first.wait_for()
    assert page.get_by_text("Sign up").count() == 0
    _picture(page, "groups")


def test_a_seed_is_a_partition_without_a_manual_step(page) -> None:
    page.goto("/assets/exercises?view=partitions")
    page.get_by_text("algebra.md").first.wait_for()


def test_an_asset_is_materialized_from_the_browser_and_shows_its_metadata(page) -> None:
    page.goto("/assets/eval_set?view=events")
    page.get_by_text("held_out").first.wait_for()
    before = _runs(page)
    page.get_by_role("button", name="Materialize", exact=False).first.click()
    deadline = time.monotonic() + 180
    while not (_finished(runs := _runs(page)) and len(runs) > len(before)) and time.monotonic() < deadline:
        page.wait_for_timeout(1000)
    assert len(runs) == len(before) + 1
    assert runs[0]["status"] == "SUCCESS"
    page.reload()
    page.get_by_text(runs[0]["id"][:8]).first.wait_for()
    page.get_by_text("pressure").first.wait_for()
    _picture(page, "materialized")


def test_the_adapter_shows_its_loss_curve(page) -> None:
    page.goto("/assets/lora_adapter?view=events")
    page.get_by_text("loss curve").first.wait_for()
    page.get_by_text("[Show Markdown]").first.click()
    picture = page.locator("img[src^='data:image/png;base64,']").first
    picture.wait_for()
    assert picture.evaluate("image => image.naturalWidth") > 100
    _picture(page, "loss-curve")


def test_a_check_shows_its_result(page) -> None:
    page.goto("/assets/training_set?view=checks")
    page.get_by_text("expectations").first.wait_for()
    page.get_by_text("Passed").first.wait_for()
    _picture(page, "checks")


def test_a_gate_that_failed_is_shown_as_failed(page) -> None:
    page.goto("/assets/eval_report?view=checks")
    page.get_by_text("sample_size").first.wait_for()
    page.get_by_text("Failed").first.wait_for()
    _picture(page, "gates")


def _runs(page) -> list[dict[str, str]]:
    """All runs, the newest first."""
    query = "{ runsOrError { ... on Runs { results { id status } } } }"
    return page.request.post("/graphql", data={"query": query}).json()["data"]["runsOrError"]["results"]


def _finished(runs: list[dict[str, str]]) -> bool:
    return runs[0]["status"] in ("SUCCESS", "FAILURE")
