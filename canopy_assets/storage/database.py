"""Dagster's storage in PostgreSQL, by one setting: CANOPY_DATABASE. Without it, SQLite in CANOPY_HOME."""

from __future__ import annotations

import re
from importlib.util import find_spec

from canopy_assets.settings import Settings, SettingsError

_URL = re.compile(
    r"""
    postgresql://
    (?:[^:/@?\#\s]+(?::[^:/@?\#\s]*)?@)?                # user and password, special characters as %-codes
    (?P<server>(?:\[[^\]\s]+\]|[^:/@?\#\s]*)(?::\d+)?)  # host, an IPv6 address in brackets, and port
    /(?P<name>[^/@?\#\s]+)                              # database
    (?:\?\S*)?                                         # parameters
    """,
    re.VERBOSE,
)
"""The URLs that libpq and SQLAlchemy read in the same way. `server` and `name` contain no part of a password, so errors
may show them."""
_CONNECT_TIMEOUT_SECONDS = 10


class DatabaseError(SettingsError):
    """CANOPY_DATABASE cannot be used; the message names the reason and the fix, and never shows the password."""


def storage_config(settings: Settings) -> str:
    """The part of `dagster.yaml` that makes Dagster use the database. It names the variable, not the secret in it."""
    if settings.database is None:
        return ""
    return "\n# From CANOPY_DATABASE.\nstorage:\n  postgres:\n    postgres_url:\n      env: CANOPY_DATABASE\n"


def check_database(settings: Settings) -> None:
    """Connect to the database, if one is set.

    Raises:
        DatabaseError: the database cannot be used.
    """
    if settings.database is None:
        return
    url = settings.database.get_secret_value()
    parts = _URL.fullmatch(url)
    if parts is None:
        raise DatabaseError(
            "CANOPY_DATABASE can't be read: write postgresql://user:password@host:port/name, and special characters "
            "of the password as %-codes (@ is %40, / is %2F, : is %3A)"
        )
    from sqlalchemy import create_engine, exc, pool

    try:
        if find_spec("dagster_postgres") is None:
            raise ImportError("dagster-postgres is missing")
        # Connect as Dagster does, with the driver that SQLAlchemy chooses.
        engine = create_engine(url, poolclass=pool.NullPool, connect_args={"connect_timeout": _CONNECT_TIMEOUT_SECONDS})
    except ImportError as error:
        raise DatabaseError(
            f"CANOPY_DATABASE is set: PostgreSQL needs `pip install -e '.[postgres]'` ({error})"
        ) from error
    try:
        engine.connect().close()
    except exc.DBAPIError as error:
        raise DatabaseError(_explain(str(error.orig).strip(), parts["server"], parts["name"])) from error


def _explain(message: str, server: str, name: str) -> str:
    """An error of libpq or of the server, with the fix."""
    where = f"CANOPY_DATABASE: PostgreSQL at {server or 'the local socket'}"
    if f'database "{name}" does not exist' in message:
        return f'{where} has no database "{name}": create it (`createdb {name}`), or name another'
    if re.search(r"authentication failed|no password supplied|role .* does not exist|no pg_hba.conf entry", message):
        reason = message.rpartition("FATAL:")[2].strip()
        return f"{where} refuses this user ({reason}): correct user and password in CANOPY_DATABASE"
    return f"{where} can't be reached ({message.splitlines()[0]}): start it, or correct host and port"
