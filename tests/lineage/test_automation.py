"""What the automation requests, and what it leaves alone: real ticks and runs over days of simulated time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from canopy_assets.lineage import automation
from canopy_assets.lineage.staleness import Lineage
from canopy_assets.settings import get_settings
from canopy_assets.storage.home import prepare_home
from tests.lineage import small_lineage
from tests.lineage.simulation import Simulation
from tests.lineage.small_lineage import UNREADABLE

PER_SEED = "read made"


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulation]:
    monkeypatch.setenv("CANOPY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CANOPY_SAMPLE_SEEDS", "false")
    get_settings.cache_clear()
    prepare_home(get_settings())
    # In memory: a tick reads the partitions a hundred times, and SQLite would open its file each time.
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        yield Simulation(instance)
    get_settings.cache_clear()


def test_a_new_seed_leads_to_everything_and_then_to_nothing(watched: Simulation) -> None:
    watched.put({"a.md": "1"})
    assert watched.tick() == [f"{PER_SEED} of a.md"]
    assert watched.tick() == ["joined"]
    assert watched.let_pass(hours=1) == ["judged"]
    assert watched.let_pass(days=3) == []


def test_an_empty_home_requests_nothing(watched: Simulation) -> None:
    assert watched.let_pass(days=1) == []


def test_many_new_seeds_are_one_run(watched: Simulation) -> None:
    watched.put({f"{i:02}.md": "1" for i in range(20)})
    assert watched.tick() == [f"{PER_SEED} of 20"]
    assert watched.let_pass(hours=1) == ["joined", "judged"]


def test_a_changed_seed_is_made_again_and_no_other(watched: Simulation) -> None:
    watched.put({"a.md": "1", "b.md": "1"})
    watched.let_pass(hours=1)
    watched.put({"b.md": "2"})
    assert watched.let_pass(hours=1) == [f"{PER_SEED} of b.md", "joined", "judged"]


def test_a_seed_observed_again_with_the_same_content_is_left_alone(watched: Simulation) -> None:
    watched.put({"a.md": "1"})
    watched.let_pass(hours=1)
    watched.put({"a.md": "2"})
    watched.put({"a.md": "1"})
    assert watched.let_pass(days=1) == []


def test_a_removed_seed_leaves_the_training_set(watched: Simulation) -> None:
    watched.put({"a.md": "1", "b.md": "1"})
    watched.let_pass(hours=1)
    watched.put({}, remove=("a.md",))
    assert watched.let_pass(hours=1) == ["joined", "judged"]


def test_an_unreadable_seed_stops_only_itself(watched: Simulation) -> None:
    watched.put({UNREADABLE: "1"})
    assert watched.let_pass(days=1) == [f"{PER_SEED} of {UNREADABLE} failed"]
    watched.put({"a.md": "1"})
    assert watched.let_pass(days=1) == [f"{PER_SEED} of a.md", "joined", "judged"]


def test_an_unreadable_seed_among_many_stops_only_itself(watched: Simulation) -> None:
    watched.put({"a.md": "1", UNREADABLE: "1", "c.md": "1"})
    assert watched.let_pass(days=1) == [f"{PER_SEED} of a.md, {UNREADABLE}, c.md", "joined", "judged"]


def test_nothing_runs_behind_a_failed_check_even_when_something_else_changes(watched: Simulation) -> None:
    watched.put({UNREADABLE: "1", "a.md": "1"})
    watched.let_pass(days=1)
    watched.defs = small_lineage.build(code_version="2")
    assert watched.let_pass(days=1) == ["made of a.md", "joined", "judged"]


def test_a_fixed_seed_goes_on(watched: Simulation, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.put({UNREADABLE: "1"})
    watched.let_pass(days=1)
    monkeypatch.setattr(small_lineage, "UNREADABLE", "none")
    watched.put({UNREADABLE: "2"})
    assert watched.let_pass(days=1) == [f"{PER_SEED} of {UNREADABLE}", "joined", "judged"]


def test_a_failing_seed_is_requested_again_once_and_not_for_ever(watched: Simulation) -> None:
    watched.defs = small_lineage.build(silent="a.md")
    watched.put({"a.md": "1"})
    made = watched.let_pass(days=2)
    assert made == [f"{PER_SEED} of a.md failed", "made of a.md failed"]
    watched.put({"a.md": "2"})
    assert watched.let_pass(days=2) == [f"{PER_SEED} of a.md failed", "made of a.md failed"]


def test_a_failing_seed_among_many_is_requested_again_alone(watched: Simulation) -> None:
    watched.defs = small_lineage.build(silent="a.md")
    watched.put({"a.md": "1", "b.md": "1", "c.md": "1"})
    made = watched.let_pass(days=1)
    assert made[:2] == [f"{PER_SEED} of a.md, b.md, c.md", "made of a.md failed"]
    assert made[2:] == ["joined", "judged"]


def test_a_seed_is_made_once_its_failure_is_over(watched: Simulation) -> None:
    watched.defs = small_lineage.build(silent="a.md")
    watched.put({"a.md": "1"})
    assert watched.tick() == [f"{PER_SEED} of a.md failed"]
    watched.defs = small_lineage.build()
    assert watched.let_pass(days=1) == ["made of a.md", "joined", "judged"]


def test_changed_code_makes_the_asset_and_what_follows_again(watched: Simulation) -> None:
    watched.put({"a.md": "1", "b.md": "1"})
    watched.let_pass(hours=1)
    watched.defs = small_lineage.build(code_version="2")
    assert watched.let_pass(hours=1) == ["made of a.md, b.md", "joined", "judged"]


def test_changed_configuration_makes_the_asset_and_what_follows_again(watched: Simulation) -> None:
    watched.put({"a.md": "1"})
    watched.let_pass(hours=1)
    watched.defs = small_lineage.build(default_size=2)
    assert watched.let_pass(hours=1) == ["made of a.md", "joined", "judged"]


def test_an_asset_made_by_hand_with_another_configuration_is_left_alone(watched: Simulation) -> None:
    watched.put({"a.md": "1"})
    watched.let_pass(hours=1)
    watched.launch("made", seed="a.md", config={"size": 5})
    assert watched.let_pass(days=1) == ["joined", "judged"]


def test_a_daemon_that_lost_its_cursor_requests_nothing_that_is_made(watched: Simulation) -> None:
    watched.put({"a.md": "1", UNREADABLE: "1"})
    watched.let_pass(hours=1)
    watched.forget()
    assert watched.let_pass(days=1) == []


def test_a_seed_that_changed_while_the_daemon_was_down_is_made_when_it_is_back(watched: Simulation) -> None:
    watched.put({"a.md": "1"})
    watched.let_pass(hours=1)
    watched.put({"a.md": "2"})
    watched.forget()
    assert watched.let_pass(hours=1) == [f"{PER_SEED} of a.md", "joined", "judged"]


def test_fifty_uploads_become_one_training(watched: Simulation) -> None:
    made = []
    for afternoon in range(5):
        watched.put({f"{afternoon}-{i}.md": "1" for i in range(10)})
        made += watched.let_pass(minutes=5)
    made += watched.let_pass(days=1)
    assert made.count("judged") == 1
    assert made[-1] == "judged"


def test_training_waits_for_enough_new_examples(watched: Simulation) -> None:
    enough = False
    watched.defs = small_lineage.build(enough=lambda _: enough)
    watched.put({"a.md": "1"})
    assert watched.let_pass(days=1) == [f"{PER_SEED} of a.md", "joined"]
    enough = True
    assert watched.let_pass(days=1) == ["judged"]
    enough = False
    watched.put({"b.md": "1"})
    assert watched.let_pass(days=1) == [f"{PER_SEED} of b.md", "joined"]


def test_changed_code_of_the_training_does_not_wait_for_examples(watched: Simulation) -> None:
    watched.put({"a.md": "1"})
    watched.let_pass(days=1)
    watched.defs = small_lineage.build(enough=lambda _: False, judge_version="2")
    assert watched.let_pass(days=1) == ["judged"]


def test_what_a_run_makes_while_a_tick_looks_is_not_made_again(
    watched: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.put({"a.md": "1"})
    watched.let_pass(hours=1)
    watched.put({"a.md": "2"})
    looks: list[Lineage] = []

    def look(*args: Any, **kwargs: Any) -> Lineage:
        looks.append(Lineage(*args, **kwargs))
        if len(looks) == 1:  # the tick finds both assets stale, and then a run makes them
            assert all(looks[0].reasons(dg.AssetKey(name)) for name in ("read", "made"))
            for name in ("read", "made"):
                watched.launch(name, seed="a.md", config={})
        return looks[-1]

    monkeypatch.setattr(automation, "Lineage", look)
    assert watched.let_pass(hours=1) == ["joined", "judged"]
    assert looks


def test_an_asset_whose_run_was_killed_before_its_checks_is_made_again(watched: Simulation) -> None:
    watched.put({"a.md": "1"})
    watched.let_pass(hours=1)
    watched.kill_before_checks("read", seed="a.md")
    assert watched.let_pass(hours=1) == ["read of a.md"]
