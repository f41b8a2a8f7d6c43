"""Datasets of the Hugging Face hub, by their ids, read with the library `datasets`.

Only files of rows are read. No code of a dataset is run: one with a script of its own is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import pyarrow as pa

_ID = re.compile(
    r"""
    (?P<scheme>hf:/{1,2}datasets/)?
    (?P<repository>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)    # owner/name
    (?:/(?P<configuration>\w[\w.-]*))?                       # "main" and "socratic" of openai/gsm8k
    (?:@(?P<revision>\w[\w./-]*))?                           # a branch, a tag or a commit
    (?::(?P<split>\w[\w.-]*))?
    """,
    re.VERBOSE,
)
_EXTENSION = re.compile(r"\.[A-Za-z]{2,9}$")
_FORMATS = ("parquet", "arrow", "json", "csv")
"""The readers of `datasets` that may be used. Others unpack archives, or read pictures and sounds."""
_SECONDS = 30
"""How long the hub may take to say what a dataset is."""
_BATCH = 1_000


class HubError(Exception):
    """A dataset of the hub that cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class HubId:
    """A dataset of the hub: all of it, or one of its configurations, revisions or splits."""

    repository: str
    configuration: str | None = None
    revision: str | None = None
    split: str | None = None

    def __str__(self) -> str:
        configuration, revision = self.configuration, self.revision
        return (
            self.repository
            + (f"/{configuration}" if configuration else "")
            + (f"@{revision}" if revision else "")
            + (f":{self.split}" if self.split else "")
        )

    @property
    def file_name(self) -> str:
        """The name of the dataset as a seed file. A new revision of a dataset is a new version of the same seed."""
        parts = [*self.repository.split("/"), self.configuration, self.split]
        return f"{'-'.join(part for part in parts if part)}.parquet"


def parse_id(text: str) -> HubId | None:
    """The dataset that "owner/name[/configuration][@revision][:split]" names, also after "hf://datasets/".

    None for any other text, and for one that ends like the path of a file and has no scheme.
    """
    match = _ID.fullmatch(text)
    if match is None or (not match["scheme"] and _EXTENSION.search(text)):
        return None
    return HubId(match["repository"], match["configuration"], match["revision"], match["split"])


def tables_of(dataset: HubId) -> Iterator[pa.Table]:
    """The rows of a dataset as they arrive. The metadata of each table's schema names the commit they are from.

    Raises:
        HubError: the hub cannot be reached, or does not give us the dataset; or the dataset is not one of rows.
    """
    from huggingface_hub import errors

    try:
        yield from _tables_of(dataset)
    except errors.GatedRepoError:
        raise HubError("its owners give it to those who ask on its page: do that, and log in (hf auth login)") from None
    except errors.RepositoryNotFoundError:
        raise HubError("the hub has no such dataset, or it is private: then log in (hf auth login)") from None
    except errors.RevisionNotFoundError:
        raise HubError(f"it has no revision {dataset.revision!r}") from None
    except errors.HfHubHTTPError as error:
        raise HubError(f"the hub refused (HTTP status {error.response.status_code}): try again later") from None
    # The HTTP library's own base class, whichever that is. Without a status from the hub there was no connection.
    except (errors.HTTPError, ConnectionError) as error:  # pyright: ignore[reportPrivateImportUsage]
        raise HubError(f"the hub could not be reached ({type(error).__name__})") from None


def _tables_of(dataset: HubId) -> Iterator[pa.Table]:
    import datasets
    from datasets.exceptions import DatasetsError
    from huggingface_hub import HfApi

    found = HfApi().dataset_info(dataset.repository, revision=dataset.revision, timeout=_SECONDS)
    script = f"{dataset.repository.partition('/')[2]}.py"
    if any(file.rfilename == script for file in found.siblings or ()):
        raise HubError(f"a script of its own, {script}, reads it, and no code of a dataset is run: save it as Parquet")
    try:
        builder = datasets.load_dataset_builder(dataset.repository, dataset.configuration, revision=found.sha)
        if builder.name not in _FORMATS:
            raise HubError(f"its files are of the kind {builder.name!r}; those of {', '.join(_FORMATS)} are read")
        streams = builder.as_streaming_dataset(split=dataset.split)
    except FileNotFoundError:
        raise HubError("it has no files of rows") from None
    except (ValueError, DatasetsError) as error:
        raise HubError(_in_our_words(str(error), dataset)) from None
    for stream in streams.values() if isinstance(streams, dict) else [streams]:
        # In this format a batch is a table, whatever its declared type.
        for table in cast("Iterator[pa.Table]", stream.with_format("arrow").iter(_BATCH)):
            yield table.replace_schema_metadata({"source": f"hf://datasets/{dataset.repository}@{found.sha}"})


def _in_our_words(message: str, dataset: HubId) -> str:
    """An error of `datasets`, on one line. Of several configurations, it asks for one in Python."""
    listed = re.search(r"Config name is missing.*?\[(.+?)\]", message, re.DOTALL)
    if listed:
        return f"it has several configurations ({listed[1]}): name one, as in {dataset.repository}/NAME"
    return " ".join(message.split())[:300]
