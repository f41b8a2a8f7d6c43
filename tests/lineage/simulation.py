"""Days of automation in seconds: real ticks of the real conditions and real runs, on a clock that the test sets."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
from dagster._core.definitions.assets.job.asset_job import IMPLICIT_ASSET_JOB_NAME
from dagster._core.definitions.reconstruct import ReconstructableRepository
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
)
from dagster._core.test_utils import freeze_time

from canopy_assets.lineage import versions
from canopy_assets.lineage.partitions import SEEDS
from tests.lineage import small_lineage

START = datetime.datetime(2026, 3, 2, 8, 0, tzinfo=datetime.UTC)


@dataclass
class Simulation:
    """A home that the daemon watches: `tick` evaluates the automation and executes the runs that it requests.

    Attributes:
        instance: Dagster's storage.
        files: the seed files' contents by name.
        now: the simulated time.
        defs: the definitions; a test may replace them by another variant.
        made: one entry for each executed run: the assets and seeds in it, and whether it failed.
    """

    instance: dg.DagsterInstance
    files: dict[str, str] = field(default_factory=dict)
    now: datetime.datetime = START
    defs: dg.Definitions = field(default_factory=small_lineage.build)
    made: list[str] = field(default_factory=list)
    _cursor: Any = None

    def put(self, files: Mapping[str, str], *, remove: tuple[str, ...] = ()) -> None:
        """Do what the inbox sensor does for new, changed and removed files."""
        self.files = {k: v for k, v in self.files.items() if k not in remove} | dict(files)
        assert SEEDS.name is not None
        with freeze_time(self.now):
            self.instance.add_dynamic_partitions(SEEDS.name, list(files))
            for gone in remove:
                self.instance.delete_dynamic_partition(SEEDS.name, gone)
            versions.observe(self.instance, small_lineage.FILES.key, dict(files))

    def tick(self) -> list[str]:
        """Let half a minute pass, evaluate the sensor, and execute the runs that it requests. Returns those runs."""
        self.now += datetime.timedelta(seconds=30)
        with freeze_time(self.now):
            result = dg.evaluate_automation_conditions(
                self.defs, self.instance, cursor=self._cursor, evaluation_time=self.now
            )
            self._cursor = result.cursor
            requested: dict[tuple[str | None, ...], list[dg.AssetKey]] = defaultdict(list)
            for evaluation in result.results:
                subset = evaluation.true_subset
                if not subset.is_empty:
                    keys = sorted(subset.expensively_compute_partition_keys()) if subset.is_partitioned else [None]
                    requested[tuple(keys)].append(evaluation.key)
            done = [self._execute(list(seeds), keys) for seeds, keys in requested.items()]
        self.made += done
        return done

    def let_pass(self, **duration: float) -> list[str]:
        """Tick for so long. Returns the runs of that time."""
        until, before = self.now + datetime.timedelta(**duration), len(self.made)
        short, long = datetime.timedelta(minutes=16), datetime.timedelta(hours=12)
        pause = short
        while self.now < until:
            assert len(self.made) < before + 200, f"the same is requested again and again: {self.made[-3:]}"
            if self.tick():
                pause = short
            else:
                # Nothing is requested: look again after the 15 quiet minutes that training waits, then twice a day.
                self.now, pause = min(until, self.now + pause), long
        return self.made[before:]

    def forget(self) -> None:
        """The daemon loses its cursor."""
        self._cursor = None

    def launch(self, name: str, *, seed: str, config: Mapping[str, Any]) -> None:
        """Run one asset of a seed with a configuration, as a person does in the launchpad."""
        with freeze_time(self.now):
            self._run([dg.AssetKey(name)], {PARTITION_NAME_TAG: seed}, {"ops": {name: {"config": dict(config)}}})

    def kill_before_checks(self, name: str, *, seed: str) -> None:
        """Record another materialization without its checks, as a run that is killed between the two leaves it."""
        event = self.instance.get_latest_data_version_record(dg.AssetKey(name), partition_key=seed)
        assert event is not None
        assert event.asset_materialization is not None
        with freeze_time(self.now):
            self.instance.report_runless_asset_event(event.asset_materialization)

    def _run(self, keys: list[dg.AssetKey], tags: dict[str, str], run_config: dict[str, Any] | None = None) -> bool:
        """Execute a run. Returns whether it succeeded."""
        # A run loads its definitions again, by the name of a variable in a module.
        variant = f"variant_{id(self.defs)}"
        setattr(small_lineage, variant, self.defs)
        code = ReconstructableRepository.for_module(small_lineage.__name__, variant)
        with dg.execute_job(
            code.get_reconstructable_job(IMPLICIT_ASSET_JOB_NAME),
            instance=self.instance,
            asset_selection=keys,
            tags=tags,
            run_config=run_config,
            raise_on_error=False,
        ) as result:
            return result.success

    def _execute(self, seeds: list[str | None], keys: list[dg.AssetKey]) -> str:
        """Execute a requested run. Returns it in words: "read made of a.md failed"."""
        names = [k.path[-1] for k in self.defs.resolve_asset_graph().toposorted_asset_keys if k in keys]
        tags: dict[str, str] = {}
        if seeds[0] is not None:
            tags = {PARTITION_NAME_TAG: seeds[0]}
            if len(seeds) > 1:
                order = self.instance.get_dynamic_partitions("seeds")
                first, last = (sorted(map(order.index, seeds))[i] for i in (0, -1))
                assert last - first == len(seeds) - 1, "the seeds of a run must be neighbours"
                tags = {ASSET_PARTITION_RANGE_START_TAG: order[first], ASSET_PARTITION_RANGE_END_TAG: order[last]}
        success = self._run(keys, tags)
        of = "" if seeds[0] is None else f" of {', '.join(map(str, seeds))}" if len(seeds) < 4 else f" of {len(seeds)}"
        return f"{' '.join(names)}{of}{'' if success else ' failed'}"
