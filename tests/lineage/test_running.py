"""A run materializes what is stale and nothing else, and a bad seed stops only itself."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.reconstruct import ReconstructableRepository

from canopy_assets.lineage import versions
from canopy_assets.lineage.planning import Planner
from canopy_assets.lineage.running import PROCESS_TAG, HomeInUseError, LineageRun, Outcome, close_killed_runs
from canopy_assets.settings import Settings, get_settings
from canopy_assets.storage.home import prepare_home
from tests.lineage import small_lineage
from tests.lineage.small_lineage import UNREADABLE


class Home:
    """A home with an instance of its own, and the lines that its runs reported."""

    def __init__(self, path: Path, instance: dg.DagsterInstance) -> None:
        self.settings, self.instance = Settings(home=path, sample_seeds=False), instance
        self.lines: list[str] = []
        prepare_home(self.settings)

    def run(
        self, digests: dict[str, str], variant: str = "unchanged", size: int = 1, until: str | None = None
    ) -> Outcome:
        self.instance.add_dynamic_partitions("seeds", list(digests))
        versions.observe(self.instance, small_lineage.FILES.key, digests)
        graph = getattr(small_lineage, variant).resolve_asset_graph()
        planner = Planner(
            self.instance, graph, self.settings, {"made": {"size": size}}, dg.AssetKey(until) if until else None
        )
        config = {"ops": {"made": {"config": {"size": size}}}}
        code = ReconstructableRepository.for_module("tests.lineage.small_lineage", variant)
        run = LineageRun(code, self.instance, self.settings, planner, config, self.lines.append)
        return run.execute(sorted(digests))


def _done(outcome: Outcome) -> list[str]:
    return [f"{s.key.path[-1]}/{s.partition}" if s.partition else s.key.path[-1] for s in outcome.materialized]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("CANOPY_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        yield Home(tmp_path / "home", instance)
    get_settings.cache_clear()


def test_a_second_run_with_nothing_changed_does_nothing(home: Home) -> None:
    assert _done(home.run({"a.md": "1"})) == ["read/a.md", "made/a.md", "joined", "judged"]
    assert home.run({"a.md": "1"}).nothing_to_do


def test_a_new_seed_materializes_its_partitions_and_what_follows(home: Home) -> None:
    home.run({"a.md": "1"})
    assert _done(home.run({"a.md": "1", "b.md": "1"})) == ["read/b.md", "made/b.md", "joined", "judged"]


def test_a_changed_seed_materializes_its_own_partitions_again(home: Home) -> None:
    home.run({"a.md": "1", "b.md": "1"})
    outcome = home.run({"a.md": "2", "b.md": "1"})
    assert _done(outcome) == ["read/a.md", "made/a.md", "joined", "judged"]
    assert outcome.materialized[0].reason == "its input changed"


def test_a_changed_configuration_runs_the_asset_and_what_follows(home: Home) -> None:
    home.run({"a.md": "1"})
    outcome = home.run({"a.md": "1"}, size=2)
    assert _done(outcome) == ["made/a.md", "joined", "judged"]
    assert outcome.materialized[0].reason == "its configuration changed"


def test_changed_code_runs_the_asset_and_what_follows(home: Home) -> None:
    home.run({"a.md": "1"})
    outcome = home.run({"a.md": "1"}, variant="code_changed")
    assert _done(outcome) == ["made/a.md", "joined", "judged"]
    assert outcome.materialized[0].reason == "its code changed (version 1 was recorded, 2 is current)"


def test_a_run_says_why_it_makes_what_it_makes(home: Home) -> None:
    home.run({"a.md": "1"})
    assert home.lines == [
        "materializing read, made of a.md: read: never materialized",
        "materializing joined, judged: joined: never materialized",
    ]
    home.lines.clear()
    home.run({"a.md": "2"}, variant="code_changed")
    assert home.lines[0] == (
        "materializing read, made of a.md: read: its input changed; "
        "made: its code changed (version 1 was recorded, 2 is current)"
    )


def test_until_stops_after_a_stage(home: Home) -> None:
    assert _done(home.run({"a.md": "1"}, until="made")) == ["read/a.md", "made/a.md"]


def test_a_seed_that_fails_its_check_stops_only_itself_and_is_not_tried_again_unchanged(home: Home) -> None:
    outcome = home.run({"a.md": "1", UNREADABLE: "1"})
    assert _done(outcome) == ["read/a.md", "made/a.md", f"read/{UNREADABLE}", "joined", "judged"]
    assert outcome.blocked.keys() == {f"read.readable of {UNREADABLE}"}
    assert not outcome.failed
    assert home.run({"a.md": "1", UNREADABLE: "1"}).nothing_to_do


def test_a_step_that_raises_is_reported_with_its_message_and_tried_again_next_time(home: Home) -> None:
    outcome = home.run({"a.md": "1", "b.md": "1"}, variant="teacher_silent")
    assert outcome.failed == {"made of a.md": "ValueError: the teacher fell silent"}
    assert _done(outcome) == ["read/a.md", "read/b.md", "made/b.md", "joined", "judged"]
    assert _done(home.run({"a.md": "1", "b.md": "1"})) == ["made/a.md", "joined", "judged"]


def test_an_interrupt_ends_everything_and_the_next_run_goes_on(home: Home) -> None:
    with pytest.raises(KeyboardInterrupt):
        home.run({"a.md": "1", "b.md": "1"}, variant="interrupted")
    assert _done(home.run({"a.md": "1", "b.md": "1"})) == ["made/a.md", "made/b.md", "joined", "judged"]


def test_a_run_whose_executor_cannot_start_is_a_failure(home: Home) -> None:
    outcome = home.run({"a.md": "1"}, variant="unreachable")
    assert outcome.failed["the run of read, made of a.md"] == "ConnectionError: no cluster at ray://nowhere"
    assert not outcome.nothing_to_do


def test_a_missing_table_is_made_again(home: Home) -> None:
    home.run({"a.md": "1"})
    (home.settings.home / "tables" / "made" / "a.md.parquet").unlink()
    outcome = home.run({"a.md": "1"})
    assert _done(outcome) == ["made/a.md"]
    assert outcome.materialized[0].reason == "its file is missing"


def test_a_second_run_at_once_on_a_home_is_refused(home: Home) -> None:
    from filelock import FileLock

    with (
        FileLock(home.settings.home / ".run.lock"),
        pytest.raises(HomeInUseError, match=r"another `canopy run` uses .*set CANOPY_HOME"),
    ):
        home.run({"a.md": "1"})


def test_a_run_whose_process_is_gone_is_marked_as_failed(home: Home) -> None:
    run = home.instance.create_run_for_job(
        dg.Definitions(assets=[dg.asset(name="a")(lambda: None)]).resolve_implicit_global_asset_job_def(),
        tags={PROCESS_TAG: "999999999"},
    )
    assert close_killed_runs(home.instance) == 1
    closed = home.instance.get_run_by_id(run.run_id)
    assert closed is not None
    assert closed.status == dg.DagsterRunStatus.FAILURE
