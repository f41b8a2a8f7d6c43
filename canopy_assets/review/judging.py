"""A model behind an endpoint as the judge of tutor replies; its opinions are in the ledger, and paid for once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from canopy_assets.endpoints.client import Client, Endpoint
from canopy_assets.endpoints.ledger import Ledger
from canopy_assets.review.judge import Opinion, judge_file


async def opinions(file: Path, *, model: str, base_url: str, key_variable: str, ledger: Path) -> list[Opinion]:
    """The model's opinion of every reply in a file of MRBench's format.

    Raises:
        ValueError: the file is not of that format.
        EndpointError: the endpoint refuses (key, model, request).
        EndpointDownError: it gives no reply to anybody.
        NoReplyError: one request failed again and again.
    """
    endpoint = Endpoint(base_url, model, key_variable, temperature=0.0, max_tokens=200)
    with Ledger(ledger) as replies:
        async with Client(endpoint, replies) as client:

            async def ask(messages: Sequence[Mapping[str, str]], schema: Mapping[str, Any]) -> str:
                return (await client.ask(messages, schema=schema)).text

            return await judge_file(ask, file, at_once=endpoint.max_concurrency)
