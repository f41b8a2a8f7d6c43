"""A recorded reply is found by its request, even after the process that recorded it was killed."""

import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from canopy_assets.endpoints.ledger import Ledger, LedgerError, Reply, canonical, request_key

REQUEST = {"model": "m", "messages": [{"role": "user", "content": "Ü"}], "temperature": 0.8, "schema": None}
REPLY = Reply("words", "stop", 10, 5, 0.25, 1.5, 2)


def test_the_key_depends_on_every_field_of_the_request_and_not_on_their_order() -> None:
    assert canonical(REQUEST) == canonical(dict(reversed(REQUEST.items())))
    others = [{**REQUEST, "model": "n"}, {**REQUEST, "temperature": 0.7}, {**REQUEST, "schema": {}}]
    assert len({request_key(canonical(r)) for r in [REQUEST, *others]}) == 4


def test_the_first_reply_to_a_request_stays(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.find("a") is None
        ledger.record("a", REPLY, endpoint="http://x", model="m", request=canonical(REQUEST))
        ledger.record(
            "a", Reply("other", "stop", 0, 0, 0, 0, 1), endpoint="http://x", model="m", request=canonical(REQUEST)
        )
        found = ledger.find("a")
    assert found is not None
    assert (found.text, found.attempts, found.reused) == ("words", 2, True)


def test_a_recorded_reply_survives_a_kill(tmp_path: Path) -> None:
    script = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from tests.endpoints.test_ledger import REPLY, REQUEST, Ledger, canonical
        ledger = Ledger(Path({str(tmp_path / "ledger")!r}))
        ledger.record("a", REPLY, endpoint="http://x", model="m", request=canonical(REQUEST))
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    with Ledger(tmp_path / "ledger") as ledger:
        assert ledger.find("a") is not None


def test_several_processes_can_write(tmp_path: Path) -> None:
    script = textwrap.dedent(f"""
        import sys
        from pathlib import Path
        from tests.endpoints.test_ledger import REPLY, REQUEST, Ledger, canonical
        with Ledger(Path({str(tmp_path / "ledger")!r})) as ledger:
            for i in range(100):
                ledger.record(sys.argv[1] + str(i), REPLY, endpoint="http://x", model="m", request=canonical(REQUEST))
    """)
    writers = [subprocess.Popen([sys.executable, "-c", script, name]) for name in "abc"]
    assert [w.wait(60) for w in writers] == [0, 0, 0]
    with Ledger(tmp_path / "ledger") as ledger:
        assert len(ledger) == 300


def test_the_log_is_moved_into_the_database_while_the_ledger_is_in_use(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    long, log = replace(REPLY, text="words " * 200), []
    with Ledger(path) as ledger:
        for number in range(8000):
            ledger.record(str(number), long, endpoint="http://x", model="m", request="{}")
            if number in (1999, 7999):
                log.append(path.with_name("ledger-wal").stat().st_size)
        assert path.stat().st_size > 4000 * len(long.text)
        assert ledger.find("0") is not None
    assert log[1] < 2.5 * log[0], "the log is written over, not extended"
    with Ledger(path) as ledger:
        assert len(ledger) == 8000


def test_a_file_that_is_not_a_ledger_is_named(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("not a database, but long enough to be taken for one" * 100)
    with pytest.raises(LedgerError, match=r"ledger: the ledger of model replies can't be used .* move the file away"):
        Ledger(tmp_path / "ledger")
