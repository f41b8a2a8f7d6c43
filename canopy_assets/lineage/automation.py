"""When assets are made automatically: a named condition for each kind of asset, and the sensor that evaluates them.

A condition looks at the present state, not at what happened since the last tick. It requests an asset as long as the
asset's inputs, code and configuration would now give another data version (`lineage.staleness`). So the result is the
same after the daemon was down, after a cursor was lost, and when a condition is new. Each function's docstring explains
its additional terms.
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
from canopy_assets.storage.inventory import StoredAssets

ATTEMPTS = 2
"""How often the same state of an asset is requested. More than once, because a first failure may be an accident.
Without a limit, mitodl's platform made 368,000 failed runs of one asset (ol-data-platform, pull request 2564)."""

# How old an asset may be before the UI shows it as late. These windows start no run; they show when a person should
# look. The per-seed assets have none: a worksheet that has not changed for two years is not late.
TRAINING_SET_FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=30), warn_window=timedelta(days=14))
"""Courses bring new sheets every week or two. After a month without any: is the inbox still connected?"""

REPORT_FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=60), warn_window=timedelta(days=30))
"""For the report and the champion. Twice the training set's window, because training waits for enough new examples."""

Condition = dg.AutomationCondition
Context = dg.AutomationContext
_snapshots: WeakKeyDictionary[AssetGraphView, Lineage] = WeakKeyDictionary()


def follows_its_seed() -> Condition:
    """For a per-seed asset: made when its seed is new, or when its seed, code, configuration or another input changed.

    * `stale`: its data version is not the expected one. A renamed or touched file changes nothing.
    * It waits while the asset or an input is being made. It also waits for an input that is missing or stale, unless
      the same run makes it. The first tick of a new seed requests all four stages at once, as one run.
    * Never behind a failed blocking check, even one of an earlier run: Dagster stops only within a run, not across
      runs (dagster issue 25112).
    """
    return _wanted("follows_its_seed")


def follows_what_it_reads() -> Condition:
    """For an asset without partitions: made when an input changed and every input is made and passed its checks."""
    return _wanted("follows_what_it_reads")


def gathers_the_seeds() -> Condition:
    """For the training set: made from the accepted dialogues of every usable seed.

    * A quarantined, failed or missing seed is left out. Dagster's `eager()` waits for every partition, so one broken
      file would stop all retraining.
    * It waits while seeds are being made: an upload of fifty files is gathered once or twice, not fifty times.
    """
    return (
        _Stale()
        & ~Condition.in_progress()
        & ~Condition.any_deps_in_progress()
        & ~Condition.any_deps_match(_BeingChecked() | Condition.will_be_requested())
        & _SomethingUsable()
        & _AskedAtMost(times=ATTEMPTS)
    ).with_label("gathers_the_seeds")


def retrains_when_it_is_worth_it(*, trained_on: str, enough_new: Callable[[Settings], bool]) -> Condition:
    """For the adapter: training costs minutes to hours of a GPU, so it waits for enough new examples and a quiet inbox.

    * `enough_new_examples`: CANOPY_RETRAIN_MIN_EXAMPLES new accepted examples, or CANOPY_RETRAIN_MIN_SHARE of those
      trained on. A change of code, configuration or base model does not wait for examples.
    * `quiet`: the training set and the seeds have not changed for CANOPY_RETRAIN_QUIET_MINUTES and nothing upstream
      is being made, so that fifty uploads in an afternoon become one training.

    Args:
        trained_on: the asset that holds the training examples.
        enough_new: returns whether that asset holds enough new examples.
    """
    return _wanted("retrains_when_it_is_worth_it", _EnoughNewExamples(trained_on, enough_new) & _Quiet())


def automation_sensor(settings: Settings) -> dg.AutomationConditionSensorDefinition:
    """The sensor that evaluates the conditions. It runs in the code server, because the conditions are our own code.

    Args:
        settings: decide whether the sensor is on from the start, and how often it evaluates.
    """
    return dg.AutomationConditionSensorDefinition(
        "automation",
        target=dg.AssetSelection.all(),
        use_user_code_server=True,
        default_status=dg.DefaultSensorStatus.RUNNING if settings.automation else dg.DefaultSensorStatus.STOPPED,
        minimum_interval_seconds=settings.automation_interval_seconds,
        description="Materializes what is stale: seeds as they come, the training set after them, and a new adapter "
        "with its evaluation once there are enough new examples.",
    )


def _wanted(label: str, further: Condition | None = None) -> Condition:
    """The asset is stale, nothing of it is being made, and every input is made and passed its checks.

    `further` is a condition that must hold as well.
    """
    wanted = (
        _Stale()
        & ~Condition.in_progress()
        & ~Condition.any_deps_in_progress()
        & ~Condition.any_deps_match(_BeingChecked())
        & ~Condition.any_deps_match(_Stale() & ~Condition.will_be_requested())
        & ~_BehindAFailedCheck()
    )
    # The count comes last, because it counts what it lets pass as requested.
    counted = wanted & (further & _AskedAtMost(times=ATTEMPTS) if further else _AskedAtMost(times=ATTEMPTS))
    return counted.with_label(label)


class _Stateless(Condition):
    """A condition that looks at the present lineage only, and needs no cursor."""

    @property
    def requires_cursor(self) -> bool:
        return False


class _Stale(_Stateless):
    """Its inputs, code and configuration would now give another data version."""

    @property
    def name(self) -> str:
        return "stale"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        reasons = _reasons(context)
        return dg.AutomationResult(context, _restrict(context.candidate_subset, set(reasons)))


class _BeingChecked(_Stateless):
    """The asset is made, but its run has not checked it yet. Dagster no longer counts it as in progress."""

    @property
    def name(self) -> str:
        return "being_checked"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        made = context.asset_graph.get(context.key).is_materializable
        pending = _lineage(context).verdicts(context.key).pending if made else frozenset()
        return dg.AutomationResult(context, _restrict(context.candidate_subset, set(pending)))


class _BehindAFailedCheck(_Stateless):
    """A blocking check upstream failed, in this run or an earlier one, and nothing has changed since."""

    @property
    def name(self) -> str:
        return "behind_a_failed_check"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        blocked = _lineage(context).blocked(context.key)
        return dg.AutomationResult(context, _restrict(context.candidate_subset, blocked))


class _SomethingUsable(_Stateless):
    """At least one seed can be used. Without any there is nothing to train on, which is not a failure."""

    @property
    def name(self) -> str:
        return "something_usable"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        graph = context.asset_graph
        seeds = [k for k in graph.get(context.key).parent_keys if graph.get(k).is_partitioned]
        usable = any(_lineage(context).usable(key) for key in seeds)
        return dg.AutomationResult(context, context.candidate_subset if usable else context.get_empty_subset())


class _EnoughNewExamples(_Stateless):
    """There are enough new accepted examples to train again, or something other than the examples changed."""

    def __init__(self, trained_on: str, enough_new: Callable[[Settings], bool]) -> None:
        self.trained_on, self.enough_new = dg.AssetKey(trained_on), enough_new

    @property
    def name(self) -> str:
        return "enough_new_examples"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        lineage = _lineage(context)
        only_examples_changed = lineage.changed_inputs(context.key) <= {self.trained_on} and (
            lineage.reasons(context.key).get(None) in (NEVER, INPUT_CHANGED)
        )
        enough = not only_examples_changed or self.enough_new(get_settings())
        return dg.AutomationResult(context, context.candidate_subset if enough else context.get_empty_subset())


class _Quiet(_Stateless):
    """Nothing upstream has changed for CANOPY_RETRAIN_QUIET_MINUTES, and nothing there is about to be made."""

    @property
    def name(self) -> str:
        return "quiet"

    def evaluate(self, context: Context) -> dg.AutomationResult:
        lineage, graph = _lineage(context), context.asset_graph
        above = graph.get_ancestor_asset_keys(context.key)
        # An input that this tick requests counts as changed, too.
        if any(lineage.reasons(k) for k in graph.get(context.key).parent_keys if graph.get(k).is_materializable):
            return dg.AutomationResult(context, context.get_empty_subset())
        changed = max((r.timestamp for k in above for r in lineage.recorded(k).values()), default=0.0)
        quiet = context.evaluation_time.timestamp() - changed >= 60 * get_settings().retrain_quiet_minutes
        return dg.AutomationResult(context, context.candidate_subset if quiet else context.get_empty_subset())


class _AskedAtMost(Condition):
    """The same state of an asset was requested fewer than `times` times. After that it waits for a change or a person.

    The cursor holds the expected data version of each partition, and how often it was requested.

    Before it lets something pass, it looks at the lineage once more. A run may end between the tick's look, which still
    finds its asset stale, and Dagster's answer that nothing of the asset is being made. Without the second look the
    asset would be made twice.
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
        wanted = _partitions(context.candidate_subset)
        now = {p for p in wanted if asked.setdefault(p or "", [expected[p], 0])[1] < self.times}
        if now:
            now &= set(_new_lineage(context).reasons(context.key))
        for partition in now:
            asked[partition or ""][1] += 1
        return dg.AutomationResult(context, _restrict(context.candidate_subset, now), cursor=json.dumps(asked))


def _lineage(context: Context) -> Lineage:
    """One snapshot of the lineage for all conditions of a tick."""
    view = context.asset_graph_view
    if view not in _snapshots:
        _snapshots[view] = _new_lineage(context)
    return _snapshots[view]


def _new_lineage(context: Context) -> Lineage:
    graph = context.asset_graph
    stored = StoredAssets(get_settings())
    return Lineage(
        context.asset_graph_view.instance, graph, effective_configs(graph), stored=stored, keep_own_config=True
    )


def _reasons(context: Context) -> dict[str | None, str]:
    node = context.asset_graph.get(context.key)
    return _lineage(context).reasons(context.key) if node.is_materializable else {}


def _partitions(subset: EntitySubset) -> set[str | None]:
    if subset.is_empty:
        return set()
    return set(subset.expensively_compute_partition_keys()) if subset.is_partitioned else {None}


def _restrict(subset: EntitySubset, partitions: set[str | None]) -> EntitySubset:
    """The part of a subset that is in these partitions. A subset without partitions is kept as a whole or emptied."""
    if not subset.is_partitioned:
        return subset if None in partitions else subset.compute_difference(subset)
    return subset.compute_intersection_with_partition_keys(
        {p for p in partitions if p is not None} & _partitions(subset)
    )
