"""Reads Parquet and Arrow files, and folders and hub ids of Hugging Face's `datasets`, in a separate process.

A crafted file can make a parser loop or use all memory. Therefore this file is run as an isolated script with limits on
its time and memory. It ends with the process that started it. It reads a file from standard input, opens a folder only
when asked to, and has no network but for a dataset of the hub.
"""

from __future__ import annotations

import io
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

if __name__ == "__main__":  # an isolated process does not know where the package is
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from canopy_assets.compute.orphans import die_with_parent
from canopy_assets.seeds.reading.limits import limit_resources
from canopy_assets.seeds.rows import hub

SECONDS = 120
"""Limit on wall-clock and CPU seconds. A file of 20 MB takes about 5 s, most of it for imports."""

MEMORY_BYTES = 4 << 30
"""Limit on the address space of the process. `datasets` with its imports maps 1.5 GB before it reads anything."""

MAX_TEXT_BYTES = 64 << 20
"""In bytes, for the rows as text: three times the largest seed file allowed by default."""

MAX_FOLDER_BYTES = 500 << 20
"""In bytes, for the files of a folder. Larger ones become no seed file that could be read."""

EXTENSIONS = (".parquet", ".arrow")

_REFUSED = 3
"""Exit status of the script when it prints why a file cannot be read."""
_DOWNLOAD_SECONDS = 900
"""Wall-clock limit for a dataset of the hub. The limit on CPU seconds is the same as for a file."""

_SAVED = ("state.json", "dataset_dict.json")
"""What `save_to_disk` writes into the folder of a dataset, or of a dictionary of datasets."""
_OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
_BATCH = 1_000


class ConversionError(ValueError):
    """A file or folder that cannot be read; the message says why and what to do."""


def as_json_lines(data: bytes, extension: str, *, seconds: float = SECONDS) -> str:
    """The rows of a Parquet or Arrow file as JSON Lines: row n is line n.

    Raises:
        ConversionError: the file is damaged, too large, or takes too long.
    """
    return _run([extension], data, seconds).decode("utf-8")


def is_dataset_folder(folder: Path) -> bool:
    """Whether a folder was written by `save_to_disk`, or holds Parquet files, as a download from the hub does."""
    return any((folder / name).is_file() for name in _SAVED) or any(_parquet_files(folder))


def as_parquet(folder: Path, *, seconds: float = SECONDS) -> bytes:
    """A dataset's folder as one Parquet file, its splits one after the other.

    Raises:
        ConversionError: the folder is damaged or too large, its splits have different columns, or it takes too long.
    """
    return _run(["folder", str(folder.resolve())], b"", seconds)


def downloaded(dataset: hub.HubId, *, seconds: float = _DOWNLOAD_SECONDS) -> bytes:
    """A dataset of the hub as one Parquet file, its splits one after the other.

    Raises:
        ConversionError: the hub cannot be reached, has no such dataset or does not give it away, the dataset is not one
            of rows or is too large, or it takes too long.
    """
    arguments = [dataset.repository, dataset.configuration or "", dataset.revision or "", dataset.split or ""]
    with tempfile.TemporaryDirectory() as scratch:
        # Caches of its own: a copy of an earlier download must not be taken for what the hub has now.
        caches = {"HF_HUB_CACHE": scratch, "HF_DATASETS_CACHE": scratch}
        return _run(["hub", *arguments], b"", seconds, cwd=scratch, env=caches)


def _run(
    arguments: list[str], data: bytes, seconds: float, *, cwd: str | None = None, env: Mapping[str, str] = _OFFLINE
) -> bytes:
    command = [sys.executable, "-I", str(Path(__file__).resolve()), *arguments]
    quiet = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_XET": "1"}
    env = {**os.environ, **env, **quiet, "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=seconds, check=False, cwd=cwd, env=env)
    except subprocess.TimeoutExpired:
        raise ConversionError(f"reading it took longer than {seconds:g} s: split it") from None
    if done.returncode == 0:
        return done.stdout
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if done.returncode == _REFUSED and lines:
        raise ConversionError(lines[-1])
    raise ConversionError(f"the reader stopped (exit status {done.returncode}): split the file, or write it again")


def _parquet_files(folder: Path) -> Iterator[Path]:
    """The Parquet files in a folder and below it; hidden folders hold caches."""
    for path in sorted(folder.rglob("*.parquet")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _json_lines(data: bytes, extension: str) -> Iterator[bytes]:
    """Each row as a line of JSON."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    source = pa.BufferReader(data)
    if extension == ".parquet":
        batches = pq.ParquetFile(source).iter_batches(_BATCH, use_threads=False)
    else:
        # The format of files begins with a mark; `datasets` writes the format of streams.
        is_file = data.startswith(b"ARROW1")
        batches = iter(_batches(pa.ipc.open_file(source)) if is_file else pa.ipc.open_stream(source))
    written = 0
    for batch in batches:
        for row in batch.to_pylist():
            line = json.dumps(_plain(row), ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n"
            written += len(line)
            if written > MAX_TEXT_BYTES:
                raise ConversionError(f"its rows take more than {MAX_TEXT_BYTES >> 20} MB as text: split it")
            yield line


def _batches(reader: Any) -> Iterator[Any]:
    return (reader.get_batch(i) for i in range(reader.num_record_batches))


def _plain(value: Any) -> Any:
    """A value without what JSON has not: bytes (pictures, say), and numbers that are none."""
    if isinstance(value, dict):
        return {name: plain for name, item in value.items() if (plain := _plain(item)) is not None}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bytes) or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def _folder_as_parquet(folder: Path) -> bytes:
    import pyarrow.parquet as pq

    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    if size > MAX_FOLDER_BYTES:
        raise ConversionError(f"it has {size >> 20} MB, more than the {MAX_FOLDER_BYTES >> 20} MB allowed: select rows")
    if any((folder / name).is_file() for name in _SAVED):
        import datasets

        loaded = datasets.load_from_disk(str(folder))
        splits = [*loaded.values()] if isinstance(loaded, datasets.DatasetDict) else [loaded]
        # Through `to_parquet`, which follows the indices of a dataset that was shuffled or filtered.
        out = io.BytesIO()
        datasets.concatenate_datasets(splits).to_parquet(out)
        return out.getvalue()
    return _as_one_file(pq.read_table(path, use_threads=False) for path in _parquet_files(folder))


def _as_one_file(tables: Iterable[pa.Table]) -> bytes:
    """Tables, which may lack columns of each other, one after the other in one Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept: list[pa.Table] = []
    size = 0
    for table in tables:
        kept.append(table)
        size += table.nbytes
        if size > MAX_FOLDER_BYTES:
            raise ConversionError(
                f"its rows take more than the {MAX_FOLDER_BYTES >> 20} MB allowed: select a split of it"
            )
    if not kept:
        raise ConversionError("it has no rows")
    out = io.BytesIO()
    pq.write_table(pa.concat_tables(kept, promote_options="permissive"), out, compression="zstd")
    return out.getvalue()


def _main() -> int:
    die_with_parent()
    limit_resources(memory_bytes=MEMORY_BYTES, seconds=SECONDS)
    mode = sys.argv[1]
    out = sys.stdout.buffer
    try:
        if mode == "folder":
            out.write(_folder_as_parquet(Path(sys.argv[2])))
        elif mode == "hub":
            out.write(_as_one_file(hub.tables_of(hub.HubId(sys.argv[2], *(text or None for text in sys.argv[3:])))))
        else:
            out.writelines(_json_lines(sys.stdin.buffer.read(), mode))
    except (ConversionError, hub.HubError) as error:
        print(error, file=sys.stderr)
        return _REFUSED
    except MemoryError:
        print("it needs more memory than a seed may take: split it", file=sys.stderr)
        return _REFUSED
    except Exception as error:
        detail = " ".join(str(error).split())[:200]
        print(f"it is damaged ({type(error).__name__}: {detail}): write it again", file=sys.stderr)
        return _REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(_main())
