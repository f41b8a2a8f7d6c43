"""When assets are made without anybody asking: a named condition per kind of asset, and the sensor that evaluates them.

All of them go by what is, not by what happened since the last look: an asset is wanted while it is not what its
inputs, its code and its configuration would make it now (`lineage.staleness`). So a daemon that was down, a lost
cursor or a new condition lead to the same end. What each further term is for stands with the function.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from weakref import WeakKeyDictionary

import dagster as dg
from dagster._core.asset_graph_view.asset_graph_view import AssetGraphView
from dagster._core.asset_graph_view.entity_subset import EntitySubset

from canopy_assets.lineage.configuration import effective_configs
from canopy_assets.lineage.staleness import INPUT_CHANGED, NEVER, Lineage
from canopy_assets.settings import Settings, get_settings
from canopy_assets.storage.stored import StoredAssets

ATTEMPTS = 2
"""How often one state of an asset is asked for: a failure may be an accident once. mitodl's platform made 368,000
failed runs of one asset before it counted (ol-data-platform, pull request 2564)."""

# How old something may be before the UI shows it as late. These windows make nothing, they say when a person should
# look. The per-seed assets have none: a worksheet that nobody has changed for two years is not late.
MATERIAL = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=30), warn_window=timedelta(days=14))
"""The training set: courses bring new sheets every week or two. None for a month: is the inbox still connected?"""
DECISION = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=60), warn_window=timedelta(days=30))
"""Report and champion: twice that, because a training waits for enough new material."""

Condition = dg.AutomationCondition
Context = dg.AutomationContext
_snapshots: WeakKeyDictionary[AssetGraphView, Lineage] = WeakKeyDictionary()


def follows_its_seed() -> Condition:
    """A per-seed stage is made when its seed is new or changed, or its code, its configuration, or what else it reads.

    * `stale`: it is not what it should be; a renamed file or a touched one changes nothing.
    * Not while it or what it reads is being made, and not on what is missing or stale and won't be made in the same
      run: the first tick of a new seed asks for all four stages at once, as one run.
    * Never behind a failed blocking check, also of an earlier run: within a run Dagster stops by itself, across runs
      it doesn't (dagster issue 25112).
    """
    return _wanted("follows_its_seed")


def follows_what_it_reads() -> Condition:
    """An asset without partitions is made when what it reads has changed, and all of that is made and passed."""
    return _wanted("follows_what_it_reads")


def gathers_the_seeds() -> Condition:
    """The training set takes what is accepted of every seed; it waits for nobody who isn't coming.

    * A quarantined, failed or missing seed is left out: `eager()` waits for every partition, and one broken file would
      stop all retraining.
    * While seeds are being made it waits, so that an upload of fifty files is gathered once or twice, not fifty times.
    """
    return (
        _Stale()
        & ~Condition.in_progress()
        & ~Condition.any_deps_in_progress()
        & ~Condition.any_deps_match(_BeingChecked() | Condition.will_be_requested())
        & _SomethingUsable()
        & _AskedAtMost(times=ATTEMPTS)
    ).with_label("gathers_the_seeds")


def retrains_when_it_is_worth_it(*, material: str, enough: Callable[[Settings], bool]) -> Condition:
    """Training costs minutes to hours of a GPU: it waits for enough new material, and for the uploads to end.

    * `enough_new_material`: CANOPY_RETRAIN_MIN_EXAMPLES new accepted examples, or CANOPY_RETRAIN_MIN_SHARE of those
      trained on. A change of code, configuration or base model doesn't wait for material.
    * `quiet`: the training set and the seeds have not changed for CANOPY_RETRAIN_QUIET_MINUTES and nothing upstream
      is being made, so that fifty uploads in an afternoon become one training.

    Args:
        material: the asset that it is trained on.
        enough: whether that has enough new in it.
    """
    return _wanted("retrains_when_it_is_worth_it", _EnoughNewMaterial(material, enough) & _Quiet())


def automation_sensor(settings: Settings) -> dg.AutomationConditionSensorDefinition:
    """Evaluates the conditions twice a minute; in the code server, because they are ours."""
    return dg.AutomationConditionSensorDefinition(
        "automation",
        target=dg.AssetSelection.all(),
        use_user_code_server=True,
        default_status=dg.DefaultSensorStatus.RUNNING if settings.automation else dg.DefaultSensorStatus.STOPPED,
        minimum_interval_seconds=settings.automation_interval_seconds,
        description="Materializes what is not what it should be: seeds as they come, the training set after them, and "
        "a new adapter with its evaluation once there is enough new material.",
    )


def _wanted(label: str, further: Condition | None = None) -> Condition:
    wanted = (
        _Stale()
        & ~Condition.in_progress()
        & ~Condition.any_deps_in_progress()
        & ~Condition.any_deps_match(_BeingChecked())
        & ~Condition.any_deps_match(_Stale() & ~Condition.will_be_requested())
        & ~_BehindAFailedCheck()
    )
    # The last term: what it lets pass is asked for, and counted.
    counted = wanted & (further & _AskedAtMost(times=ATTEMPTS) if further else _AskedAtMost(times=ATTEMPTS))
    return counted.with_label(label)


class _Look(Condition):
    """A condition that goes by the lineage as it is, and remembers nothing."""

    @property
    def requires_cursor(self) -> bool:
        return False


class _Stale(_Look):
    """Not what its inputs, code and configuration would make it now."""

    @property
    def name(self) -> str:
        return "stale"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        reasons = _reasons(context)
        return dg.AutomationResult(context, _restrict(context.candidate_subset, set(reasons)))


class _BeingChecked(_Look):
    """It is made, and the run that made it has not yet checked it: Dagster no longer counts it as in progress."""

    @property
    def name(self) -> str:
        return "being_checked"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        made = context.asset_graph.get(context.key).is_materializable
        pending = _lineage(context).verdicts(context.key).pending if made else frozenset()
        return dg.AutomationResult(context, _restrict(context.candidate_subset, set(pending)))


class _BehindAFailedCheck(_Look):
    """A blocking check of something that it is made from failed, in whatever run, and nothing has changed since."""

    @property
    def name(self) -> str:
        return "behind_a_failed_check"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        blocked = _lineage(context).blocked(context.key)
        return dg.AutomationResult(context, _restrict(context.candidate_subset, blocked))


class _SomethingUsable(_Look):
    """There are accepted seeds to gather: an empty home has nothing to train on, and that is no failure."""

    @property
    def name(self) -> str:
        return "something_usable"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        graph = context.asset_graph
        seeds = [k for k in graph.get(context.key).parent_keys if graph.get(k).is_partitioned]
        usable = any(_lineage(context).usable(key) for key in seeds)
        return dg.AutomationResult(context, context.candidate_subset if usable else context.get_empty_subset())


class _EnoughNewMaterial(_Look):
    """So much new is accepted that training again is worth it."""

    def __init__(self, material: str, enough: Callable[[Settings], bool]) -> None:
        self.material, self.enough = dg.AssetKey(material), enough

    @property
    def name(self) -> str:
        return "enough_new_material"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        lineage = _lineage(context)
        only_material = lineage.changed_inputs(context.key) <= {self.material} and (
            lineage.reasons(context.key).get(None) in (NEVER, INPUT_CHANGED)
        )
        enough = not only_material or self.enough(get_settings())
        return dg.AutomationResult(context, context.candidate_subset if enough else context.get_empty_subset())


class _Quiet(_Look):
    """What it is made from has not changed for a while, and nothing upstream is being made or about to be."""

    @property
    def name(self) -> str:
        return "quiet"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        lineage, graph = _lineage(context), context.asset_graph
        above = graph.get_ancestor_asset_keys(context.key)
        # What is about to be made anew, in this very tick, has changed, too.
        if any(lineage.reasons(k) for k in graph.get(context.key).parent_keys if graph.get(k).is_materializable):
            return dg.AutomationResult(context, context.get_empty_subset())
        changed = max((r.timestamp for k in above for r in lineage.recorded(k).values()), default=0.0)
        quiet = context.evaluation_time.timestamp() - changed >= 60 * get_settings().retrain_quiet_minutes
        return dg.AutomationResult(context, context.candidate_subset if quiet else context.get_empty_subset())


class _AskedAtMost(Condition):
    """One state of an asset is asked for so many times; what then still isn't made waits for a change, or a person.

    The cursor counts, by partition, how often the version that it should have was asked for.
    """

    def __init__(self, times: int) -> None:
        self.times = times

    @property
    def name(self) -> str:
        return f"asked_at_most_{self.times}_times"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        asked: dict[str, list] = json.loads(context.cursor or "{}")
        lineage = _lineage(context)
        expected, reasons = lineage.expected(context.key), lineage.reasons(context.key)
        asked = {p: entry for p, entry in asked.items() if (p or None) in reasons and entry[0] == expected[p or None]}
        now = set()
        for partition in _partitions(context.candidate_subset):
            entry = asked.setdefault(partition or "", [expected[partition], 0])
            if entry[1] < self.times:
                entry[1] += 1
                now.add(partition)
        return dg.AutomationResult(context, _restrict(context.candidate_subset, now), cursor=json.dumps(asked))


def _lineage(context: Context) -> Lineage:
    """One look at the lineage for all conditions of a tick."""
    view = context.asset_graph_view
    if view not in _snapshots:
        graph = context.asset_graph
        stored = StoredAssets(get_settings())
        configs = effective_configs(graph)
        _snapshots[view] = Lineage(view.instance, graph, configs, stored=stored, keep_own_config=True)
    return _snapshots[view]


def _reasons(context: Context) -> dict[str | None, str]:
    node = context.asset_graph.get(context.key)
    return _lineage(context).reasons(context.key) if node.is_materializable else {}


def _partitions(subset: EntitySubset) -> set[str | None]:
    if subset.is_empty:
        return set()
    return set(subset.expensively_compute_partition_keys()) if subset.is_partitioned else {None}


def _restrict(subset: EntitySubset, partitions: set[str | None]) -> EntitySubset:
    """The part of a subset that lies in some partitions; without partitions, all or nothing of it."""
    if not subset.is_partitioned:
        return subset if None in partitions else subset.compute_difference(subset)
    return subset.compute_intersection_with_partition_keys(
        {p for p in partitions if p is not None} & _partitions(subset)
    )
