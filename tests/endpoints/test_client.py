"""The client asks an endpoint as fast as it answers, keeps what it paid for, and explains what is wrong."""

import asyncio
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tenacity import AsyncRetrying, RetryCallState, wait_none

from canopy_assets.endpoints import client as client_module
from canopy_assets.endpoints.client import FIRST_WAIT_S, LONGEST_WAIT_S, MOST_ATTEMPTS, Client
from canopy_assets.endpoints.endpoint import Endpoint, EndpointDownError, EndpointError, NoReplyError
from canopy_assets.endpoints.ledger import Ledger, Reply
from canopy_assets.endpoints.rate_limits import FIRST_IN_FLIGHT
from canopy_assets.lineage.failures import Kind, classify
from tests.openai_server import KEY, Exchange, Server, completion, serving, unreliable

SCHEMA = {
    "type": "object",
    "properties": {"turn_1_tutor": {"type": "string"}},
    "required": ["turn_1_tutor"],
    "additionalProperties": False,
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(Server()) as running:
        yield running


def _endpoint(server: Server) -> Endpoint:
    return Endpoint(server.address, "model", timeout_s=0.5, price_in=2.0, price_out=10.0, patience_s=1.0)


def _prompt(number: int) -> list[dict[str, str]]:
    return [{"role": "user", "content": f"number {number}\n  turn_1_tutor: asks something"}]


def _ask(endpoint: Endpoint, ledger: Path, prompts: int = 1) -> list[Reply]:
    async def all_of_them() -> list[Reply]:
        with Ledger(ledger) as replies:
            async with Client(endpoint, replies) as client:
                return await asyncio.gather(*(client.ask(_prompt(i), schema=SCHEMA) for i in range(prompts)))

    return asyncio.run(all_of_them())


def test_a_reply_is_paid_for_once(server: Server, tmp_path: Path) -> None:
    first = _ask(_endpoint(server), tmp_path / "ledger", 3)
    again = _ask(_endpoint(server), tmp_path / "ledger", 3)
    assert len(server.requests) == 3
    assert [r.text for r in again] == [r.text for r in first]
    assert ([r.reused for r in first], [r.reused for r in again]) == ([False] * 3, [True] * 3)
    assert first[0].cost == pytest.approx((100 * 2 + 40 * 10) / 1e6)


def test_requests_carry_nothing_about_this_machine(server: Server, tmp_path: Path) -> None:
    seen: list[str] = []
    server.trouble = lambda e: bool(seen.extend(e.handler.headers.keys()))
    _ask(_endpoint(server), tmp_path / "ledger")
    assert {"authorization", "content-type"} <= {name.lower() for name in seen}
    assert not [name for name in seen if name.lower().startswith("x-stainless")]


def test_equal_requests_at_the_same_time_are_paid_for_once(server: Server, tmp_path: Path) -> None:
    async def twice() -> list[Reply]:
        with Ledger(tmp_path / "ledger") as ledger:
            async with Client(_endpoint(server), ledger) as client:
                return await asyncio.gather(*(client.ask(_prompt(1)) for _ in range(5)))

    server.latency_s = 0.05
    replies = asyncio.run(twice())
    assert len(server.requests) == 1
    assert sum(not r.reused for r in replies) == 1


def test_another_parameter_is_another_request(server: Server, tmp_path: Path) -> None:
    _ask(_endpoint(server), tmp_path / "ledger")
    _ask(replace(_endpoint(server), temperature=0.1), tmp_path / "ledger")
    _ask(replace(_endpoint(server), price_in=7.0, max_concurrency=2), tmp_path / "ledger")
    assert len(server.requests) == 2


def test_an_unreliable_server_charges_for_each_reply_once(server: Server, tmp_path: Path) -> None:
    server.trouble = unreliable(0.3)
    replies = _ask(replace(_endpoint(server), patience_s=30), tmp_path / "ledger", 150)
    assert len(replies) == len({r.text for r in replies}) == 150
    assert set(server.served.values()) == {1}, "a reply that came whole was asked for again"
    assert max(r.attempts for r in replies) > 1
    with Ledger(tmp_path / "ledger") as ledger:
        assert len(ledger) == 150


@pytest.mark.parametrize(
    ("does_without", "sent"),
    [({"json_schema"}, "json_object"), ({"json_schema", "json_object"}, None)],
    ids=["JSON mode", "text"],
)
def test_a_server_without_structured_output_is_asked_for_json_or_text(
    server: Server, tmp_path: Path, does_without: set[str], sent: str | None
) -> None:
    def trouble(exchange: Exchange) -> bool:
        form = exchange.body.get("response_format", {}).get("type")
        return form in does_without and exchange.refuse(400, f"response_format {form} is not supported")

    server.trouble = trouble
    _ask(_endpoint(server), tmp_path / "ledger", 3)
    assert (server.requests[-1].get("response_format") or {}).get("type") == sent


def test_a_server_that_wants_another_name_for_the_length_limit_gets_it(server: Server, tmp_path: Path) -> None:
    server.trouble = lambda e: "max_tokens" in e.body and e.refuse(400, "use 'max_completion_tokens' instead")
    _ask(_endpoint(server), tmp_path / "ledger")
    assert server.requests[-1]["max_completion_tokens"] == 1200
    assert server.requests[-1]["response_format"]["type"] == "json_schema"


def test_a_wrong_key_stops_all_requests_and_is_never_shown(server: Server, tmp_path: Path) -> None:
    server.trouble = lambda e: e.refuse(401, f"Incorrect API key provided: {KEY}")
    with pytest.raises(EndpointError, match="correct OPENAI_API_KEY") as caught:
        _ask(_endpoint(server), tmp_path / "ledger", 200)
    assert len(server.requests) <= FIRST_IN_FLIGHT, "only those in flight when the first was refused"
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert classify(caught.value) is Kind.PERMANENT


def test_the_key_is_sent_but_written_to_no_file(server: Server, tmp_path: Path) -> None:
    _ask(_endpoint(server), tmp_path / "ledger")
    assert server.requests[0]["authorization"] == f"Bearer {KEY}"
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    assert all(KEY.encode() not in file.read_bytes() for file in files)


def test_a_missing_key_is_named_before_any_request(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(EndpointError, match="set the environment variable OPENAI_API_KEY"):
        _ask(_endpoint(server), tmp_path / "ledger")
    _ask(replace(_endpoint(server), key_variable=""), tmp_path / "ledger")


def test_a_model_that_does_not_exist_is_named(server: Server, tmp_path: Path) -> None:
    server.trouble = lambda e: e.refuse(404, "The model `model` does not exist")
    with pytest.raises(EndpointError, match=r"does not exist.*Correct base_url or model"):
        _ask(_endpoint(server), tmp_path / "ledger")


def test_an_account_without_credit_stops_all_requests(server: Server, tmp_path: Path) -> None:
    server.trouble = lambda e: e.refuse(429, "You exceeded your current quota (insufficient_quota)")
    with pytest.raises(EndpointError, match="no credit left"):
        _ask(_endpoint(server), tmp_path / "ledger")


def test_an_endpoint_that_is_down_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    endpoint = Endpoint("http://127.0.0.1:9/v1", "model", patience_s=0.5)
    with pytest.raises(EndpointDownError, match="check that the server runs and that base_url is right") as caught:
        _ask(endpoint, tmp_path / "ledger", 10)
    assert classify(caught.value) is Kind.TRANSIENT


def test_a_request_that_always_fails_is_given_up_while_the_endpoint_still_counts_as_up(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_exponential", wait_none())
    server.trouble = lambda e: e.refuse(500, "oops")
    with pytest.raises(NoReplyError, match=f"no usable reply in {MOST_ATTEMPTS} attempts, the last: .*oops"):
        _ask(replace(_endpoint(server), patience_s=30), tmp_path / "ledger")
    assert len(server.requests) == MOST_ATTEMPTS


def test_the_waits_between_attempts_grow_at_random_up_to_a_bound() -> None:
    state = RetryCallState(AsyncRetrying(), None, (), {})
    for state.attempt_number in range(1, 31):
        most = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (state.attempt_number - 1))
        waits = [client_module._exponential(state) for _ in range(50)]
        assert 0 <= min(waits) < max(waits) <= most
        assert max(waits) > most / 2


def test_replies_from_before_a_failure_are_kept(server: Server, tmp_path: Path) -> None:
    server.trouble = lambda e: e.number > 5 and e.refuse(403, "not for you")
    with pytest.raises(EndpointError):
        _ask(replace(_endpoint(server), max_concurrency=1), tmp_path / "ledger", 20)
    with Ledger(tmp_path / "ledger") as ledger:
        assert len(ledger) == 5


def test_no_request_is_sent_before_the_time_that_the_endpoint_asked_for(server: Server, tmp_path: Path) -> None:
    asked: list[float] = []

    def trouble(exchange: Exchange) -> bool:
        asked.append(time.monotonic())
        return exchange.number == 1 and exchange.refuse(429, "slow down", retry_after="1")

    server.trouble = trouble
    _ask(replace(_endpoint(server), max_concurrency=1, patience_s=30), tmp_path / "ledger", 3)
    assert asked[1] - asked[0] >= 1.0


def test_no_more_requests_are_in_flight_than_allowed(server: Server, tmp_path: Path) -> None:
    server.latency_s = 0.2
    _ask(replace(_endpoint(server), max_concurrency=12), tmp_path / "ledger", 60)
    assert 8 < server.most_in_flight <= 12


@pytest.mark.parametrize(("status", "limit"), [(429, 4), (503, 4), (500, 8)])
def test_only_an_overloaded_server_gets_fewer_requests(server: Server, tmp_path: Path, status: int, limit: int) -> None:
    server.trouble = lambda e: e.number == 1 and e.refuse(status, "not now")

    async def after_a_refusal() -> int:
        with Ledger(tmp_path / "ledger") as ledger:
            async with Client(replace(_endpoint(server), max_concurrency=8, patience_s=30), ledger) as client:
                await client.ask(_prompt(1))
                return client.concurrency.limit

    assert asyncio.run(after_a_refusal()) == limit


def test_the_limit_of_requests_a_minute_is_respected(server: Server, tmp_path: Path) -> None:
    started = time.monotonic()
    _ask(replace(_endpoint(server), requests_per_minute=600), tmp_path / "ledger", 75)
    assert time.monotonic() - started >= 1.4, "60 at once, 10 a second from then on"


def test_a_reply_that_was_cut_off_says_so(server: Server, tmp_path: Path) -> None:
    server.trouble = lambda e: e.send(200, completion(e.body, '{"turn_1_tu', "length")) is None
    assert _ask(_endpoint(server), tmp_path / "ledger")[0].finish_reason == "length"
