"""The jobs and the schedule in real runs, and freshness as Dagster's daemon sees it."""

import asyncio
import datetime
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.freshness import FreshnessState
from dagster._core.definitions.freshness_evaluator import FRESHNESS_EVALUATORS_BY_POLICY_TYPE
from dagster._core.loader import LoadingContextForTest
from dagster._core.test_utils import freeze_time

from canopy_assets.app import jobs
from canopy_assets.lineage import automation
from tests.app.job_location import defs

WORKSHEET = "# Sheet\n\n### Problem 1\nSolve 5x − 9 = 16.\n\nAnswer: x = 5\n\n- ask what was done to x last\n"
NOW = datetime.datetime(2026, 3, 2, 8, 0, tzinfo=datetime.UTC)


def test_the_jobs_cover_the_lineage_and_each_has_a_description() -> None:
    repository = defs.get_repository_def()
    materializable = {k.path[-1] for k in repository.asset_graph.materializable_asset_keys}
    assert {*jobs.PER_SEED} | {*jobs.SHARED} == materializable
    assert not {*jobs.PER_SEED} & {*jobs.SHARED}
    by_name = {job.name: job for job in repository.get_all_jobs()}
    for name, assets in (("ingest_and_review", jobs.PER_SEED), ("train_and_evaluate", jobs.SHARED)):
        assert {k.path[-1] for k in by_name[name].asset_layer.selected_asset_keys} == {*assets}
        checked = {c.asset_key.path[-1] for c in by_name[name].asset_layer.asset_graph.asset_check_keys}
        assert checked, "a job runs the checks of its assets, because they block"
        assert checked <= {*assets}
    assert by_name["ingest_and_review"].partitions_def is not None
    assert by_name["train_and_evaluate"].partitions_def is None
    assert len(jobs.JOBS) == 3
    assert all(by_name[job.name].description for job in jobs.JOBS)


def test_the_nightly_schedule_is_off_by_default() -> None:
    schedule = defs.get_repository_def().get_schedule_def("nightly_refresh")
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED
    context = dg.build_schedule_context(scheduled_execution_time=NOW)
    (request,) = schedule.evaluate_tick(context).run_requests or []
    assert (schedule.job_name, request.partition_key) == ("everything", None)


def run_python(code: str, home: Path) -> str:
    """Run code in a process of its own, because a process reads the settings once."""
    environment = os.environ | {"CANOPY_HOME": str(home), "CANOPY_SAMPLE_SEEDS": "false", "CANOPY_SETTLE_SECONDS": "0"}
    environment |= {"CANOPY_EXECUTOR": "in_process", "DAGSTER_HOME": str(home / "dagster")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-6000:]
    return done.stdout


EVERYTHING = """
import dagster as dg
from canopy_assets.app import jobs
from canopy_assets.settings import get_settings
from canopy_assets.storage.home import prepare_home
from canopy_assets.lineage.event_log import NOT_MADE_KEY
prepare_home(get_settings())
with dg.DagsterInstance.get() as instance:
    for until in ("reviewed_dialogues", "reviewed_dialogues", "no_such_asset"):
        result = jobs.everything.execute_in_process(
            instance=instance, raise_on_error=False,
            run_config={"ops": {"materialize_what_is_stale": {"config": {"until": until}}}},
        )
        runs = instance.get_runs()
        logs = [x for r in runs for x in instance.all_logs(r.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)]
        real = [x.asset_materialization for x in logs if NOT_MADE_KEY not in x.asset_materialization.metadata]
        made = [m.asset_key.path[-1] + "/" + str(m.partition) for m in real]
        failures = [e.step_failure_data.user_failure_data.description for e in result.all_events if e.is_step_failure]
        print(result.success, len(made), *sorted(set(made)), *failures)
"""


def test_everything_makes_stale_assets_with_and_without_partitions_and_nothing_twice(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "sheet.md").write_text(WORKSHEET)
    (tmp_path / "inbox" / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    first, second, wrong = run_python(EVERYTHING, tmp_path).splitlines()[-3:]
    assert first.startswith("True")
    assert "eval_set/None" in first
    for asset in jobs.PER_SEED:
        assert f"{asset}/sheet.md" in first
    assert "exercises/broken.pdf" not in first
    assert second == first, "a second run makes nothing"
    assert wrong.startswith("False")
    assert "--until no_such_asset: no such asset; there are base_model" in wrong


INGEST = """
import dagster as dg
from dagster._core.definitions.assets.job.asset_job import IMPLICIT_ASSET_JOB_NAME
from dagster._core.definitions.reconstruct import ReconstructableRepository
from canopy_assets.settings import get_settings
from canopy_assets.storage.home import prepare_home
from canopy_assets.seeds.sensors import register_seeds
prepare_home(get_settings())
code = ReconstructableRepository.for_module("tests.app.job_location", "defs")
with dg.DagsterInstance.get() as instance:
    (seed,) = register_seeds(instance, get_settings())
    for job, more in (
        (IMPLICIT_ASSET_JOB_NAME, {"asset_selection": [dg.AssetKey("eval_set")]}),
        ("ingest_and_review", {"tags": {"dagster/partition": seed}}),
    ):
        with dg.execute_job(code.get_reconstructable_job(job), instance=instance, **more) as result:
            print(result.success, *[e.asset_key.path[-1] for e in result.get_asset_materialization_events()])
"""


def test_ingest_and_review_makes_all_stages_of_a_seed_in_one_run(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "sheet.md").write_text(WORKSHEET)
    assert run_python(INGEST, tmp_path).splitlines()[-1] == "True " + " ".join(jobs.PER_SEED)


@pytest.mark.parametrize(
    ("days", "training_set_state", "champion_state"),
    [
        (1, FreshnessState.PASS, FreshnessState.PASS),
        (20, FreshnessState.WARN, FreshnessState.PASS),
        (40, FreshnessState.FAIL, FreshnessState.WARN),
        (70, FreshnessState.FAIL, FreshnessState.FAIL),
    ],
)
def test_an_asset_that_was_not_made_for_long_is_late(
    tmp_path: Path, days: int, training_set_state: FreshnessState, champion_state: FreshnessState
) -> None:
    @dg.asset(freshness_policy=automation.TRAINING_SET_FRESHNESS)
    def training_set() -> None: ...

    @dg.asset(freshness_policy=automation.REPORT_FRESHNESS)
    def champion() -> None: ...

    graph = dg.Definitions(assets=[training_set, champion]).resolve_asset_graph()
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        with freeze_time(NOW):
            assert dg.materialize([training_set, champion], instance=instance).success
        with freeze_time(NOW + datetime.timedelta(days=days)):
            states = [_state(instance, graph.get(dg.AssetKey(name))) for name in ("training_set", "champion")]
    assert states == [training_set_state, champion_state]


def _state(instance: dg.DagsterInstance, node: Any) -> FreshnessState:
    evaluator = FRESHNESS_EVALUATORS_BY_POLICY_TYPE[type(node.freshness_policy_or_from_metadata)]
    return asyncio.run(evaluator().evaluate_freshness(LoadingContextForTest(instance), node))
