"""A model behind a real HTTP server as the judge of usefulness: read strictly, measured on ratings, then trusted."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from canopy_assets.app.cli import app
from canopy_assets.endpoints.endpoint import Endpoint, EndpointError
from canopy_assets.lineage.model_config import JudgeConfig
from canopy_assets.review.ratings import load_rated_replies, rated_files
from canopy_assets.review.usefulness import Asked
from canopy_assets.review.usefulness.calibration import CalibrationError
from canopy_assets.review.usefulness.endpoint import READINGS, EndpointJudge, Opinion, OpinionError, read_opinion
from canopy_assets.review.usefulness.endpoint_calibration import (
    calibrated_judge,
    measure,
    read_calibration,
    write_calibration,
)
from canopy_assets.settings import get_settings
from tests.openai_server import Exchange, Server, completion, serving

RATED = load_rated_replies(rated_files()[:1])
SENT = {row.reply for row in RATED if row.sends}


def row(reply: str) -> Asked:
    return Asked(reply, "Solve 3x = 12.", "x = 4", (("user", "Where do I start?"),))


def material(exchange: Exchange) -> dict:
    return json.loads(exchange.body["messages"][-1]["content"])


def says(verdict: object, reason: str = "It leads on.") -> str:
    return json.dumps({"reason": reason, "verdict": verdict})


def as_the_readers(exchange: Exchange) -> bool:
    """Answers as the readers did, except about one reply of ten; and whatever the JSON stands in."""
    reply = material(exchange)["reply to judge"]
    sends = (reply in SENT) != (len(reply) % 10 == 0)
    exchange.send(
        200, completion(exchange.body, f"<think>hm</think>Here:\n```json\n{says('Send' if sends else 'weak')}```")
    )
    return True


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as running:
        yield running


def endpoint(server: Server, timeout_s: float = 30.0) -> Endpoint:
    return Endpoint(server.address, "large", key_variable="", temperature=0.0, timeout_s=timeout_s, max_tokens=400)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("I'm sorry, but I can't help with that.", "no JSON object with a verdict"),
        ("", "no JSON object"),
        ('{"verdict": "send", "reason": "cut o', "no JSON object"),
        ('["send"]', "no JSON object"),
        ('{"reason": "fine"}', "no JSON object with a verdict"),
        ('{"verdict": "send"}', "no reason"),
        ('{"verdict": "send", "reason": "  "}', "no reason"),
        ('{"verdict": "send", "reason": 3}', "no reason"),
        (says("sendable"), "the verdict is 'sendable'"),
        (says(None), "the verdict is 'none'"),
        (says(["send"]), "the verdict is"),
        # The tutor's reply may have a verdict of its own, which a model repeats.
        (f"{says('send')} {says('bad')}", "several verdicts: bad, send"),
    ],
)
def test_what_is_no_judgement_is_none(text: str, message: str) -> None:
    with pytest.raises(OpinionError, match=message.replace("[", r"\[")):
        read_opinion(text)


def test_a_judgement_is_read_out_of_its_wrapping_and_bounded() -> None:
    assert read_opinion(f"Sure!\n```\n{says(' BAD. ', 'false ' * 100)}\n```") == Opinion("bad", ("false " * 100)[:200])


def test_rows_that_could_not_be_judged_are_not_sent_and_reported(server: Server, tmp_path: Path) -> None:
    answers = {
        "refused": "I can't help with that.",
        "broken": '{"verdict": "se',
        "fine": says("send"),
        "no": says("bad"),
    }

    def trouble(exchange: Exchange) -> bool:
        reply = material(exchange)["reply to judge"].split()[0]
        exchange.send(200, completion(exchange.body, answers[reply], "length" if reply == "broken" else "stop"))
        return True

    server.trouble = trouble
    judge = EndpointJudge(endpoint(server), tmp_path / "ledger", None)
    rows = [row("refused"), row("fine"), row("broken"), row("no"), *(row(f"fine {n}") for n in range(20))]
    judged = judge(rows)
    assert [j.sends for j in judged] == [False, True, False, False] + [True] * 20
    assert judged[0].probability == judged[2].probability == 0
    assert judged[0].reasons[0].startswith("could not be judged: there is no JSON object with a verdict in \"I can't")
    assert judged[2].reasons == ("could not be judged: the reply was cut off",)
    assert judged[1].reasons == ("It leads on.",)
    assert len(judge.unjudged) == 2
    assert "2 replies could not be judged and count as not to send" in judge.warnings()[0]
    assert len(server.requests) == len(rows) + 2 * (READINGS - 1)
    assert judge(rows) == judged
    assert len(server.requests) == len(rows) + 2 * (READINGS - 1)  # the second time all are in the ledger
    with pytest.raises(EndpointError, match="'large' judged 2 of 4 replies; the last failed because the reply was"):
        judge(rows[:4])


def test_a_slow_reply_is_asked_for_again(server: Server, tmp_path: Path) -> None:
    def slow_at_first(exchange: Exchange) -> bool:
        if exchange.number == 1:
            time.sleep(1.5)  # longer than the client waits
        exchange.send(200, completion(exchange.body, says("send")))
        return True

    server.trouble = slow_at_first
    judge = EndpointJudge(endpoint(server, timeout_s=0.5), tmp_path / "ledger", None)
    assert [j.sends for j in judge([row("fine")])] == [True]
    assert len(server.requests) >= 2


def test_a_judge_that_was_never_measured_says_nothing(server: Server, tmp_path: Path) -> None:
    judge = calibrated_judge(endpoint(server), tmp_path / "ledger", "")
    assert not judge.errors.informative
    assert judge.warnings() == [
        "No gate passes on this judge's word: large was never compared with people: run canopy score-judge"
    ]


def test_measured_on_ratings_it_has_errors_and_calibrated_probabilities(server: Server, tmp_path: Path) -> None:
    server.trouble = as_the_readers
    measured = measure(endpoint(server), tmp_path / "ledger", RATED)
    wrong = [r for r in RATED if len(r.reply) % 10 == 0]
    sent = sum(r.sends for r in RATED)
    assert measured.errors.sensitivity == (sent - sum(r.sends for r in wrong), sent)
    unsent = len(RATED) - sent
    assert measured.errors.specificity == (unsent - sum(not r.sends for r in wrong), unsent)
    assert measured.kappa.low < measured.kappa.value < 1
    path = write_calibration(measured, tmp_path / "judges")
    judge = calibrated_judge(endpoint(server), tmp_path / "ledger", str(path))
    assert judge.errors == measured.errors
    assert judge.errors.informative
    judged = judge([Asked(r.reply, r.problem, r.answer, r.conversation) for r in RATED])
    for verdict in (True, False):
        by_judge = [(j.probability, r.sends) for j, r in zip(judged, RATED, strict=True) if j.sends == verdict]
        share = sum(sends for _, sends in by_judge) / len(by_judge)
        assert by_judge[0][0] == pytest.approx(share, abs=0.05)
    with pytest.raises(CalibrationError, match="measured for 'large' with prompt 1, and the judge is 'small'"):
        read_calibration(path, model="small")
    path.write_text(path.read_text().replace('"slope": ', '"slope": 1'))
    with pytest.raises(CalibrationError, match="was changed after it was written"):
        read_calibration(path, model="large")
    with pytest.raises(CalibrationError, match="cannot be read"):
        read_calibration(tmp_path / "none.json", model="large")


def test_a_judge_that_sends_everything_is_not_informative(server: Server, tmp_path: Path) -> None:
    server.trouble = lambda exchange: exchange.send(200, completion(exchange.body, says("send"))) is None
    assert not measure(endpoint(server), tmp_path / "ledger", RATED).errors.informative
    with pytest.raises(CalibrationError, match="20 of 20 rated replies have a judgement"):
        measure(endpoint(server), tmp_path / "ledger", RATED[:20])


def scored(server: Server, *files: str) -> str:
    """What `canopy score-judge` prints."""
    arguments = ["score-judge", *files, "--model", "large", "--base-url", server.address, "--key-variable", ""]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CANOPY_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    yield tmp_path / "home"
    get_settings.cache_clear()


def test_the_command_prints_the_agreement_and_the_configuration(server: Server, home: Path) -> None:
    server.trouble = as_the_readers
    output = scored(server, str(rated_files()[0]))
    assert f"{len(RATED)} rated replies, 0 without a judgement" in output
    assert "written to help" in output
    snippet = yaml.safe_load(output[output.index("ops:") :])
    config = JudgeConfig(**snippet["ops"]["eval_report"]["config"]["judge"])
    assert Path(config.calibration).parent == home / "judges"
    _, errors = read_calibration(Path(config.calibration), model=config.model)
    assert errors.informative
    assert config.endpoint().base_url == server.address


def test_the_command_without_a_file_takes_the_ratings_of_the_package(server: Server, home: Path) -> None:
    server.trouble = as_the_readers
    assert f"{len(load_rated_replies())} rated replies, 0 without a judgement" in scored(server)
    assert len(list((home / "judges").iterdir())) == 1
