"""`canopy`: the command line. Each command reads its arguments here and leaves the work to the module it imports.

The imports are inside the commands: Dagster takes seconds to load, and `canopy --help` should not.
"""

from __future__ import annotations

import json
import os
import time
import warnings
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from canopy_assets.app.console import checked_settings, prepared_home, print_progress, stop
from canopy_assets.settings import Effort

app = typer.Typer(
    help="Course material in, a fine-tuned and evaluated Socratic tutor out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

RunConfig = Annotated[
    Path | None,
    typer.Option(help="Dagster run configuration (YAML or JSON) for the assets.", exists=True, dir_okay=False),
]
LabelledReplies = Annotated[
    Path, typer.Argument(help="Tutor replies with human labels (MRBench's JSON).", metavar="FILE")
]


@app.callback()
def quiet_known_warnings() -> None:
    """Course material in, a fine-tuned and evaluated Socratic tutor out."""
    # The person at the terminal cannot do anything about this warning.
    warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated")


@app.command()
def run(
    until: Annotated[str | None, typer.Option(help="Stop after this asset.", metavar="ASSET")] = None,
    config: RunConfig = None,
    effort: Annotated[
        Effort | None, typer.Option(help="How much is written and trained: quick, standard or thorough.")
    ] = None,
) -> None:
    """Materialize whatever is not up to date, then print a summary."""
    # With a process for each step, every step spends seconds on imports; one process is quicker at a terminal.
    # Set this before the imports, because the definitions read the settings.
    os.environ.setdefault("CANOPY_EXECUTOR", "in_process")
    if effort is not None:
        os.environ["CANOPY_EFFORT"] = effort
    from canopy_assets.app.home import RegistrationError
    from canopy_assets.app.outcome import print_outcome
    from canopy_assets.app.run import UsageError, materialize_stale
    from canopy_assets.lineage.running import HomeInUseError

    settings = prepared_home()
    started = time.monotonic()
    try:
        outcome = materialize_stale(settings, until=until, config=config, report=print_progress)
    except (UsageError, HomeInUseError, RegistrationError) as error:
        stop(str(error))
    except KeyboardInterrupt:
        print_progress("canopy: stopped. What was finished is kept; `canopy run` goes on from there.")
        raise typer.Exit(130) from None
    print_outcome(settings, outcome, seconds=time.monotonic() - started)
    raise typer.Exit(1 if outcome.failed else 0)


@app.command()
def plan(
    config: RunConfig = None,
    all_plans: Annotated[bool, typer.Option("--all", help="Every plan, not only the first few.")] = False,
) -> None:
    """Print which dialogues would be written and what they would cost. Asks no model, writes nothing."""
    from canopy_assets.app import plan as dry_run
    from canopy_assets.app.home import RegistrationError, instance, register
    from canopy_assets.app.run import UsageError, dialogue_config
    from canopy_assets.endpoints.ledger import LedgerError

    settings = prepared_home()
    try:
        configured = dialogue_config(config)
        with instance(settings) as dagster_instance:
            seeds = register(dagster_instance, settings)
        planned = dry_run.plan(settings, configured, seeds)
    except (UsageError, RegistrationError, LookupError, LedgerError) as error:
        stop(str(error))
    dry_run.print_dry_run(planned, configured, all_plans=all_plans)


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port of the web interface, on this machine only.")] = 3000,
) -> None:
    """Start Dagster's web interface and daemon with this code location, on loopback."""
    from canopy_assets.app import ui as web
    from canopy_assets.app.home import RegistrationError, instance, register

    settings = prepared_home()
    try:
        with instance(settings) as dagster_instance:
            register(dagster_instance, settings)
    except RegistrationError as error:
        print_progress(f"canopy: {error}")
    print_progress(f"Dagster at http://{web.HOST}:{port}/asset-groups · home {settings.home} · stop with Ctrl-C")
    web.serve(settings, port)


@app.command()
def add(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Seed files (Markdown, HTML, PDF, DOCX, PPTX, JSON, CSV, …), folders of datasets, or ids of datasets "
            "on the Hugging Face hub: owner/name[@revision][:split].",
            metavar="FILE…",
        ),
    ],
) -> None:
    """Put seed files into the inbox."""
    from canopy_assets.app.home import instance, register
    from canopy_assets.seeds import inbox

    settings = prepared_home()
    try:
        added = inbox.add(files, settings.inbox, report=print_progress)
        with instance(settings) as dagster_instance:
            register(dagster_instance, settings, complete=added)
    except (OSError, ValueError) as error:
        stop(str(error))
    print_progress(f"{len(added)} in {settings.inbox}; next: `canopy run`")


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False) -> None:
    """Print the rows of each stage, the state of every seed, and the champion."""
    from canopy_assets.app import status as summary
    from canopy_assets.app.home import RegistrationError

    try:
        state = summary.status(prepared_home())
    except RegistrationError as error:
        stop(str(error))
    if as_json:
        typer.echo(json.dumps(state, indent=1, ensure_ascii=False))
    else:
        summary.print_status(state)


@app.command()
def report() -> None:
    """Print the result of the last evaluation, and where its report is."""
    from canopy_assets.app.report import print_report

    if not print_report(prepared_home()):
        stop("there is no evaluation yet: run `canopy run` first")


@app.command()
def champion(
    revert: Annotated[
        bool, typer.Option("--revert", help="Go back to the previous champion, and record that.")
    ] = False,
) -> None:
    """Print the adapter in use and the decisions about adapters, or go back to the previous one.

    Exit code 2 when there is no earlier champion to go back to, or its files are damaged.
    """
    from canopy_assets.app import champion as champions
    from canopy_assets.lineage.running import HomeInUseError
    from canopy_assets.storage.backend import DamagedArtefactError

    settings = prepared_home()
    try:
        if revert:
            print_progress(champions.revert_champion(settings))
        else:
            champions.print_champion(settings)
    except (LookupError, DamagedArtefactError, HomeInUseError) as error:
        stop(str(error))


class Exported(StrEnum):
    """What `canopy export` writes."""

    adapter = "adapter"
    merged = "merged"
    training_set = "training-set"
    preference_pairs = "preference-pairs"


@app.command()
def export(
    what: Annotated[Exported, typer.Argument(help="What to write.")],
    folder: Annotated[Path, typer.Argument(help="A new folder.", metavar="FOLDER")],
    latest: Annotated[
        bool, typer.Option("--latest", help="The adapter trained last, whether it is the champion or not.")
    ] = False,
    dtype: Annotated[str, typer.Option(help="Of a merged model's weights: float32 or bfloat16.")] = "float32",
) -> None:
    """Write the champion (as an adapter, or merged into its base model) or the training data for other tools."""
    from canopy_assets.app import export as exporting

    settings = prepared_home()
    try:
        written = exporting.export(settings, what.value, folder, latest=latest, dtype=dtype)
    except (ValueError, OSError, LookupError) as error:
        stop(str(error))
    print_progress(written)


@app.command()
def score_leaks(
    file: LabelledReplies,
    folds: Annotated[
        int | None,
        typer.Option(
            help="Folds of the cross-validation; one problem at a time unless given.", min=2, show_default=False
        ),
    ] = None,
) -> None:
    """Score the leak detector against human labels: sensitivity, specificity, precision, Cohen's κ, with intervals."""
    from canopy_assets.app import scores
    from canopy_assets.review.leak.calibration import score_leak_detector
    from canopy_assets.review.leak.cross_validation import cross_validate

    try:
        scores.print_calibration(score_leak_detector(file))
    except (OSError, ValueError) as error:
        stop(str(error))
    try:
        scores.print_cross_validation(cross_validate(file, folds=folds))
    except ValueError as error:  # too few problems for folds; the scores above are still valid
        print_progress(f"canopy: {error}")


@app.command()
def score_judge(
    model: Annotated[str, typer.Option(help="The judge, as its endpoint calls it.")],
    file: Annotated[
        Path | None,
        typer.Argument(
            help="MRBench's JSON, or rated replies (*.jsonl); those that come with the package unless given.",
            metavar="[FILE]",
            show_default=False,
        ),
    ] = None,
    base_url: Annotated[str, typer.Option(help="An OpenAI-compatible endpoint.")] = "https://api.openai.com/v1",
    key_variable: Annotated[
        str, typer.Option(help="Environment variable with the key; '' where the server needs none.")
    ] = "OPENAI_API_KEY",
) -> None:
    """Compare a model's opinions of tutor replies with people's: Cohen's κ.

    On rated replies it also calibrates the model as the judge of usefulness of `eval_report`. On MRBench's labels it
    prints κ for each dimension; one may decide in a gate from κ 0.6 on, and below that only advises.
    """
    from canopy_assets.app import scores
    from canopy_assets.endpoints.endpoint import EndpointDownError, EndpointError, NoReplyError
    from canopy_assets.endpoints.ledger import LedgerError

    where = {"model": model, "base_url": base_url, "key_variable": key_variable}
    try:
        scores.score_judge(file, prepared_home(), **where)
    except (OSError, ValueError, EndpointError, EndpointDownError, NoReplyError, LedgerError) as error:
        stop(str(error))


@app.command()
def rate(
    rater: Annotated[
        str | None, typer.Option(help="Who rates. Default: the user of this machine.", metavar="NAME")
    ] = None,
    count: Annotated[
        int, typer.Option(help="Replies of the candidate; the champion's and the teacher's come on top.", min=1)
    ] = 60,
    export_to: Annotated[
        Path | None, typer.Option("--export", help="Write a sheet to rate elsewhere, without sources.", metavar="FILE")
    ] = None,
    import_from: Annotated[
        Path | None, typer.Option("--import", help="Take in such a sheet, with --rater NAME.", metavar="FILE")
    ] = None,
) -> None:
    """Rate replies of champion, candidate and teacher without knowing whose they are: send, weak or bad."""
    os.environ.setdefault("CANOPY_EXECUTOR", "in_process")  # as in `run`
    from canopy_assets.app.rating import session as rating
    from canopy_assets.evals.ratings.items import NothingToRateError
    from canopy_assets.evals.ratings.log import RaterBusyError, RatingsError
    from canopy_assets.evals.ratings.rubric import RUBRIC

    if export_to and import_from:
        stop("take --export or --import, not both")
    if import_from and rater is None:
        stop("--import needs --rater NAME: whose ratings are they?")
    settings = prepared_home()
    try:
        if export_to:
            rows = rating.export(settings, export_to, rater=rater, count=count)
            typer.echo(RUBRIC)
            print_progress(f"{rows} rows in {export_to}: fill in `rating`, then `canopy rate --import {export_to}`")
            return
        if import_from and rater:
            new, empty = rating.import_ratings(settings, import_from, rater=rater)
            print_progress(f"{new} new ratings of {rater} from {import_from}; {empty} rows have none yet")
            added = new > 0
        else:
            added = rating.rate(settings, rater=rater, count=count)
    except (NothingToRateError, RaterBusyError, RatingsError, OSError) as error:
        stop(str(error))
    except KeyboardInterrupt:
        print_progress("\ncanopy: stopped. What you rated is stored; `canopy rate` goes on from there.")
        raise typer.Exit(130) from None
    if added and not rating.update_asset(settings, report=print_progress):
        raise typer.Exit(1)


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="A seed file, whether it is in the inbox or not.", metavar="FILE")],
    html: Annotated[
        Path | None, typer.Option("--html", help="Write it as one HTML page instead.", metavar="PAGE")
    ] = None,
) -> None:
    """Print what each line of a seed file is and how each problem is read. Runs nothing, needs no home."""
    from canopy_assets.app.inspection import page, terminal
    from canopy_assets.app.inspection.inspecting import inspect_file

    try:
        found = inspect_file(file, checked_settings())
        if html is None:
            terminal.print_inspection(found)
        else:
            page.write(found, html)
            print_progress(f"{terminal.in_a_line(found)}; the page is {html}")
    except (OSError, ValueError) as error:
        stop(str(error))


if __name__ == "__main__":
    app()
