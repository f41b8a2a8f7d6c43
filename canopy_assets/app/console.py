"""What every command of `canopy` does: prepare the home, report progress, and end with a mistake of the user."""

from __future__ import annotations

from typing import NoReturn

import typer

from canopy_assets.settings import Settings, SettingsError, get_settings


def prepared_home() -> Settings:
    """The settings, with the home prepared and Dagster pointed at it."""
    from canopy_assets.storage.home import prepare_home, use_home

    settings = checked_settings()
    try:
        prepare_home(settings)
    except SettingsError as error:  # a home of a later release
        stop(str(error))
    except OSError as error:
        stop(f"cannot write to CANOPY_HOME={settings.home} ({error.strerror}): set CANOPY_HOME to a folder of yours")
    use_home(settings)
    return settings


def checked_settings() -> Settings:
    """The settings, for a command that needs no home."""
    try:
        return get_settings()
    except SettingsError as error:
        stop(str(error))


def print_progress(line: str) -> None:
    """Print to stderr, because stdout is for the result alone."""
    typer.echo(line, err=True)


def stop(message: str) -> NoReturn:
    """End with exit code 2, as for every mistake on the command line."""
    typer.echo(f"canopy: {message}", err=True)
    raise typer.Exit(2)
