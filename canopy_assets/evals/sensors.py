"""The sensors that observe the evaluation files and the ratings; what depends on them follows by automation."""

import dagster as dg

from canopy_assets.evals.assets import observe_adapter_in_use, observe_eval_files, observe_rating_files
from canopy_assets.evals.eval_set import EvalSetError
from canopy_assets.settings import get_settings


@dg.sensor(
    target=None,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING if get_settings().automation else dg.DefaultSensorStatus.STOPPED,
    description="Observes the files with held-out and pressure prompts, so that a changed one is evaluated again.",
)
def eval_prompts(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Records the digest of the evaluation files where it is new."""
    try:
        observe_eval_files(context.instance, get_settings())
        observe_adapter_in_use(context.instance, get_settings())
    except EvalSetError as error:
        return dg.SkipReason(f"the evaluation prompts stay as they were: {error}")
    return dg.SkipReason("The evaluation prompts are observed.")


@dg.sensor(
    target=None,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING if get_settings().automation else dg.DefaultSensorStatus.STOPPED,
    description="Observes the ratings that people give with `canopy rate`, so that new ones are taken in.",
)
def people_rate(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Records the digest of all ratings where it is new."""
    observe_rating_files(context.instance, get_settings())
    return dg.SkipReason("The ratings are observed.")
