"""The bare `openai` client for `generation.py`: it counts the replies and keeps none."""

from __future__ import annotations

import asyncio
import sys

import httpx2
import openai
from server import prompt


async def main(url: str, at_once: int, rows: int) -> None:
    """Asks for `rows` rows, `at_once` at a time, and prints how many came back with a text."""
    limits = httpx2.Limits(max_connections=at_once, max_keepalive_connections=at_once)  # the default is 100
    http = openai.DefaultAsyncHttpxClient(limits=limits)
    waiting, got = iter(range(rows)), 0
    async with openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0, http_client=http) as api:

        async def work() -> None:
            nonlocal got
            for row in waiting:
                reply = await api.chat.completions.create(
                    model="model", messages=[{"role": "user", "content": prompt(row)}], seed=row, max_tokens=1200
                )
                got += bool(reply.choices[0].message.content)

        await asyncio.gather(*(work() for _ in range(at_once)))
    print(got)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
