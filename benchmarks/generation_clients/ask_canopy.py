"""Our own client for `generation.py`, with its ledger."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from server import prompt

from canopy_assets.endpoints.client import Client
from canopy_assets.endpoints.endpoint import Endpoint
from canopy_assets.endpoints.ledger import Ledger


async def main(url: str, at_once: int, rows: int, folder: Path) -> None:
    """Asks for `rows` rows, at most `at_once` at a time, and prints how many are in the ledger."""
    endpoint = Endpoint(url, "model", key_variable="", max_concurrency=at_once)
    waiting = iter(range(rows))
    with Ledger(folder / "ledger") as ledger:
        async with Client(endpoint, ledger) as client:

            async def work() -> None:
                for row in waiting:
                    await client.ask([{"role": "user", "content": prompt(row)}], seed=row)

            await asyncio.gather(*(work() for _ in range(at_once)))
        print(len(ledger))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])))
