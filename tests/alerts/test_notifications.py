"""Notifications of real runs, each sent once, also to a webhook that misbehaves."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteRepositoryOrigin
from pydantic import SecretStr

from canopy_assets.alerts import monitoring
from canopy_assets.alerts.monitoring import Place, notification_sensor, notify
from canopy_assets.alerts.notifications import (
    CHAMPION_CHANGED,
    GATE_FAILED,
    QUALITY_DROPPED,
    RUN_FAILED,
    LogNotifier,
    Notification,
    WebhookNotifier,
    notifier,
)
from canopy_assets.lineage.partitions import SEEDS
from canopy_assets.settings import Settings, get_settings

SECRET = "T0KEN"
EVENT = Notification("key/1", RUN_FAILED, "it broke", 0.0, {"run": "abc"})
LOG = logging.getLogger("test")


@dataclass
class Receiver:
    """A webhook on this machine: answers with the given statuses in turn, then with 200."""

    answers: list[int | str] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    address: str = ""

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.received]


@contextmanager
def receiving(*answers: int | str) -> Iterator[Receiver]:
    receiver = Receiver(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.paths.append(self.path)
            receiver.headers.append(dict(self.headers))
            answer = receiver.answers.pop(0) if receiver.answers else 200
            if answer == "slow":
                time.sleep(1.5)
            elif answer == "hang up":
                self.connection.close()
                return
            status = answer if isinstance(answer, int) else 200
            if status == 200:
                receiver.received.append(body)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            receiver.paths.append(f"GET {self.path}")
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    receiver.address = f"http://127.0.0.1:{server.server_port}/hook/{SECRET}?key={SECRET}"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


def webhook(address: str, **more: Any) -> WebhookNotifier:
    return WebhookNotifier(SecretStr(address), first_wait_s=0.01, **more)


def test_a_notification_is_posted_as_json_that_chats_show_and_programs_read() -> None:
    with receiving() as receiver:
        assert webhook(receiver.address).send(EVENT) is None
    assert receiver.received == [
        {
            "event": "run failed",
            "text": "run failed: it broke",
            "id": "key/1",
            "time": "1970-01-01T00:00:00+00:00",
            "source": "canopy-assets",
            "details": {"run": "abc"},
        }
    ]
    assert receiver.paths == [f"/hook/{SECRET}?key={SECRET}"]
    assert receiver.headers[0]["Idempotency-Key"] == "key/1"


@pytest.mark.parametrize("answers", [(500, 429), ("hang up",), (503,)], ids=str)
def test_a_webhook_that_fails_for_a_moment_is_tried_again(answers: tuple[int | str, ...]) -> None:
    with receiving(*answers) as receiver:
        assert webhook(receiver.address).send(EVENT) is None
    assert len(receiver.received) == 1
    assert len(receiver.paths) == len(answers) + 1


def test_a_webhook_that_is_too_slow_is_not_waited_for() -> None:
    with receiving("slow", "slow", "slow") as receiver:
        started = time.monotonic()
        problem = webhook(receiver.address, timeout_s=0.2).send(EVENT)
        assert time.monotonic() - started < 1.4
    assert problem == "the webhook at 127.0.0.1 can't be reached (TimeoutError)"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [(404, "answers with HTTP status 404: correct CANOPY_WEBHOOK"), (302, "answers with HTTP status 302: correct")],
)
def test_a_permanent_refusal_is_not_tried_again(answer: int, problem: str) -> None:
    with receiving(answer) as receiver:
        assert problem in (webhook(receiver.address).send(EVENT) or "")
    assert len(receiver.paths) == 1


def _refused() -> str:
    with receiving() as gone:
        pass
    return gone.address


@pytest.mark.parametrize(
    "address",
    [
        f"http://user:{SECRET}@127.0.0.1:1/x",
        f"http://127.0.0.1:{SECRET}/x",
        f"ftp://127.0.0.1/{SECRET}",
        f"http://[{SECRET}/x",
        f"{SECRET}",
        f"http://127.0.0.1:1/{SECRET} {SECRET}",
    ],
)
def test_a_wrong_address_neither_raises_nor_reveals_its_secret(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        problem = webhook(address).send(EVENT)
    assert problem is not None
    assert SECRET not in problem + caplog.text + repr(webhook(address))


def test_user_and_password_of_an_address_are_sent_as_a_header() -> None:
    with receiving() as receiver:
        assert webhook(receiver.address.replace("://", "://me:pass%20word@")).send(EVENT) is None
    assert receiver.headers[0]["Authorization"] == "Basic bWU6cGFzcyB3b3Jk"


def test_notifications_go_to_the_log_if_no_webhook_is_set() -> None:
    lines: list[str] = []
    assert notifier(Settings(), lines.append).send(EVENT) is None
    assert lines == ["run failed: it broke"]
    assert isinstance(notifier(Settings(webhook=SecretStr("http://x")), lines.append), WebhookNotifier)


class World:
    """What the small lineage below produces; tests set it."""

    decision = "promoted"
    gates: dict[str, bool]
    accepted: dict[str, int]
    readable: bool
    broken: bool


world = World()


@dg.asset(partitions_def=SEEDS)
def seed_documents() -> None:
    if world.broken:
        raise ConnectionError("no route to host")


@dg.asset_check(asset=seed_documents, blocking=True, partitions_def=SEEDS)
def seed_is_readable() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=world.readable, metadata={"reason": "not UTF-8", "state": "quarantined"})


@dg.asset(partitions_def=SEEDS)
def reviewed_dialogues(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    accepted = world.accepted[context.partition_key]
    return dg.MaterializeResult(metadata={"accepted": accepted, "rejected": 20 - accepted, "dagster/row_count": 20})


@dg.asset
def eval_report() -> None: ...


def _gate(name: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(asset=eval_report, name=name, blocking=True)
    def gate() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=world.gates.get(name, True), metadata={"G": f"{name} explained"})

    return gate


@dg.asset(deps=[eval_report])
def champion() -> dg.MaterializeResult:
    return dg.MaterializeResult(
        metadata={"decision": world.decision, "adapter": "0123456789abcdef9", "reasons": "Every gate passed."}
    )


GATES = [_gate("leaks"), _gate("relevance")]
DEFS = dg.Definitions(
    assets=[seed_documents, reviewed_dialogues, eval_report, champion],
    asset_checks=[seed_is_readable, *GATES],
    sensors=[notification_sensor],
)


class Home:
    """An instance, its runs, and the sensor's ticks."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self.instance, self.cursor = instance, None
        self.said = ""
        self.tick()

    def tick(self) -> None:
        with dg.build_sensor_context(
            self.instance, cursor=self.cursor, repository_def=DEFS.get_repository_def()
        ) as context:
            result = notification_sensor(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor, self.said = result.cursor, result.skip_reason.skip_message or "" if result.skip_reason else ""

    def make(self, *names: str, seed: str | None = None) -> bool:
        job = DEFS.resolve_implicit_global_asset_job_def()
        if seed:
            self.instance.add_dynamic_partitions("seeds", [seed])
        keys = [dg.AssetKey(name) for name in names]
        return job.execute_in_process(
            instance=self.instance, asset_selection=keys, partition_key=seed, raise_on_error=False
        ).success


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as receiver:
        monkeypatch.setenv("CANOPY_WEBHOOK", receiver.address)
        get_settings.cache_clear()
        yield receiver
    get_settings.cache_clear()


@pytest.fixture
def home(tmp_path: Path, receiver: Receiver) -> Iterator[Home]:
    world.decision, world.gates, world.accepted, world.readable, world.broken = (
        "promoted",
        {},
        {"a.md": 18},
        True,
        False,
    )
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        yield Home(instance)


def test_a_new_champion_is_reported_once_and_one_that_stays_never(home: Home, receiver: Receiver) -> None:
    home.tick()
    assert home.make("eval_report", "champion")
    home.tick()
    home.tick()
    world.decision = "kept the champion"
    assert home.make("champion")
    home.tick()
    assert receiver.texts == [f"{CHAMPION_CHANGED}: adapter 0123456789abcdef is in use from now on. Every gate passed."]


def test_failed_gates_are_reported_together_with_their_reasons_and_not_as_a_failed_run(
    home: Home, receiver: Receiver
) -> None:
    world.gates = {"leaks": False, "relevance": False}
    assert not home.make("eval_report", "champion")
    home.tick()
    (message,) = receiver.received
    assert message["event"] == GATE_FAILED
    assert message["details"]["failed"] == {"leaks": "leaks explained", "relevance": "relevance explained"}
    assert "eval_report may not be used" in message["text"]


def test_a_seed_is_reported_when_it_goes_into_quarantine_and_not_while_it_stays_there(
    home: Home, receiver: Receiver
) -> None:
    world.readable = False
    for looks in (0, 1, 1):
        assert not home.make("seed_documents", seed="b.md")
        for _ in range(looks):
            home.tick()
    assert receiver.texts == [
        f"{QUALITY_DROPPED}: 1 new in quarantine after seed_documents: b.md (seed_is_readable: not UTF-8). "
        "Nothing is made from them."
    ]
    world.readable = True
    home.make("seed_documents", seed="b.md")
    world.readable = False
    home.make("seed_documents", seed="b.md")
    home.tick()
    assert len(receiver.texts) == 2


def test_worse_dialogues_of_a_seed_are_reported_when_the_drop_is_large_enough(home: Home, receiver: Receiver) -> None:
    # 90 %, 85 %, 75 %, 80 % accepted; the setting says a tenth.
    for accepted in (18, 17, 15, 16):
        world.accepted = {"a.md": accepted, "b.md": 2}
        assert home.make("reviewed_dialogues", seed="a.md")
        assert home.make("reviewed_dialogues", seed="b.md")
    home.tick()
    assert receiver.texts == [f"{QUALITY_DROPPED}: accepted dialogues of a.md: 75% of 20, before 85%."]


def test_a_failed_run_without_a_code_location_is_reported_with_its_reason(home: Home, receiver: Receiver) -> None:
    world.broken = True
    assert not home.make("seed_documents", seed="a.md")
    home.tick()
    (message,) = receiver.received
    assert message["event"] == RUN_FAILED
    assert "of a.md: seed_documents: ConnectionError: no route to host" in message["text"]


def test_a_lost_run_is_reported_unless_dagster_retries_it(home: Home, receiver: Receiver) -> None:
    location = RegisteredCodeLocationOrigin("canopy")
    launched = RemoteRepositoryOrigin(location, "__repository__").get_job_origin("lost_job")
    for origin, will_retry in ((launched, "true"), (launched, "false"), (None, "true")):
        run = home.instance.create_run_for_job(
            DEFS.resolve_implicit_global_asset_job_def(),
            tags={"dagster/will_retry": will_retry},
            remote_job_origin=origin,
        )
        home.instance.report_run_failed(run, f"the worker is gone, {will_retry}")
        home.instance.add_run_tags(run.run_id, {"dagster/will_retry": will_retry})
    home.tick()
    reasons = [text.rpartition(": ")[2] for text in receiver.texts]
    assert reasons == ["the worker is gone, false", "the worker is gone, true"]


def test_nothing_is_lost_or_sent_twice_while_the_webhook_is_down(home: Home, receiver: Receiver) -> None:
    home.make("eval_report", "champion")
    receiver.answers = [200, 500, 500, 500]
    world.gates = {"leaks": False}
    home.make("eval_report")
    home.tick()
    assert [m["event"] for m in receiver.received] == [CHAMPION_CHANGED]
    assert "1 not sent yet, the webhook at 127.0.0.1 answers with HTTP status 500" in home.said
    assert SECRET not in home.said
    world.broken = True
    home.make("seed_documents", seed="a.md")
    home.tick()
    home.tick()
    assert [m["event"] for m in receiver.received] == [CHAMPION_CHANGED, GATE_FAILED, RUN_FAILED]
    home.tick()
    assert len(receiver.received) == 3


def test_after_a_day_of_refusal_the_sensor_logs_what_it_gives_up_and_goes_on(
    home: Home, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    place, _ = notify(home.instance, _graph(), None, LogNotifier(), quality_drop=0.1, log=LOG)
    home.make("eval_report", "champion")
    down, now = webhook(_refused(), attempts=1), time.time()
    for hours in (0, 23):
        place, said = notify(home.instance, _graph(), place, down, quality_drop=0.1, log=LOG, now=now + 3600 * hours)
        assert "1 not sent yet" in said
    with caplog.at_level(logging.ERROR):
        place, said = notify(home.instance, _graph(), place, down, quality_drop=0.1, log=LOG, now=now + 24 * 3600)
    assert "1 given up after a day" in said
    assert "never sent" in caplog.text
    assert CHAMPION_CHANGED in caplog.text
    home.make("champion")
    place, said = notify(home.instance, _graph(), place, webhook(receiver.address), quality_drop=0.1, log=LOG)
    assert said == f"1 sent: {CHAMPION_CHANGED}."
    assert place == Place(place.after)


def test_metadata_of_an_unexpected_type_does_not_stop_later_events(home: Home, receiver: Receiver) -> None:
    home.instance.report_runless_asset_event(
        dg.AssetMaterialization("champion", metadata={"decision": "promoted", "adapter": dg.MetadataValue.null()})
    )
    home.instance.report_runless_asset_event(
        dg.AssetMaterialization("reviewed_dialogues", metadata={"accepted": "many", "dagster/row_count": 20})
    )
    home.make("eval_report", "champion")
    home.tick()
    assert receiver.texts[-1].startswith(f"{CHAMPION_CHANGED}: adapter 0123456789abcdef")
    assert "sent" in home.said


def test_more_events_than_one_tick_takes_are_sent_in_several(
    home: Home, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitoring, "EVENTS_A_TICK", 4)
    for _ in range(5):
        home.make("eval_report", "champion")
    for _ in range(12):
        home.tick()
    assert [m["event"] for m in receiver.received] == [CHAMPION_CHANGED] * 5
    assert len({m["id"] for m in receiver.received}) == 5


def _graph() -> Any:
    return DEFS.resolve_asset_graph()
