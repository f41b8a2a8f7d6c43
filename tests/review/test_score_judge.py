"""`canopy score-judge` with a real HTTP server: it asks once for each reply and prints how far the judge agrees."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from canopy_assets.app.cli import app
from canopy_assets.review.judge import DIMENSIONS
from canopy_assets.settings import get_settings
from tests.openai_server import Exchange, Server, completion, serving

GOOD = {d.name: d.labels[0] for d in DIMENSIONS}
BAD = {d.name: d.labels[-1] for d in DIMENSIONS}


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Twelve conversations with a helpful and an unhelpful reply each, as people see them."""
    history = "Tutor: Hi! The question is: What is 15% of 80? \n Student: 10 \n Tutor: Why?\n Student: I halved {}."
    replies = {
        "a": {"response": "What is a tenth of 80?", "annotation": GOOD},
        "b": {"response": "No.", "annotation": BAD},
    }
    rows = [
        {"conversation_id": str(n), "conversation_history": history.format(n), "anno_llm_responses": replies}
        for n in range(12)
    ]
    file = tmp_path / "labelled.json"
    file.write_text(json.dumps(rows))
    return file


def score(file: Path, server: Server) -> tuple[int, str]:
    arguments = ["score-judge", str(file), "--model", "large", "--base-url", server.address, "--key-variable", ""]
    done = CliRunner().invoke(app, arguments)
    return done.exit_code, done.output


def test_agreement_by_dimension_and_what_may_gate(labelled: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CANOPY_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()

    def opinion(exchange: Exchange) -> bool:
        """Labels what helps as people do and every tone as neutral, and adds words around its JSON."""
        helpful = "Reply to judge: What" in exchange.body["messages"][-1]["content"]
        labels = (GOOD if helpful else BAD) | {"Tutor_Tone": "neutral"}
        exchange.send(200, completion(exchange.body, f"Here you are:\n```json\n{json.dumps(labels)}\n```"))
        return True

    with serving(Server(trouble=opinion)) as server:
        code, output = score(labelled, server)
        assert code == 0, output
        printed = {line.split()[0]: line for line in output.splitlines() if "κ" in line}
        assert printed.keys() == GOOD.keys()
        assert "κ 1.000" in printed["Coherence"]
        assert "24 replies, 0 without a label: may gate" in printed["Coherence"]
        assert "advises only" in printed["Tutor_Tone"]
        asked = len(server.requests)
        assert asked == 24
        assert server.requests[0]["temperature"] == 0
        assert score(labelled, server) == (code, output)
        assert len(server.requests) == asked
    get_settings.cache_clear()


def test_a_file_of_another_format_is_an_error(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CANOPY_HOME", str(tmp_path / "home"))
    get_settings.cache_clear()
    file = tmp_path / "other.json"
    file.write_text('[{"a": 1}]')
    with serving(Server()) as server:
        code, output = score(file, server)
        assert server.requests == []
    assert code == 2
    assert "conversation 1 is not in MRBench's format" in " ".join(output.split())
    get_settings.cache_clear()
