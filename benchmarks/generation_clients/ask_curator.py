"""Bespoke Curator for `generation.py`, under its own interpreter, with its cache on, as by default.

Two settings make it faster: the backend with its own HTTP client (`openai` instead of `litellm`), and rate limits that
it never reaches. Its progress display stays on, because the plainer one is slower.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

from server import prompt

NO_LIMIT = 10**9
"""Requests and tokens per minute."""


def main(url: str, at_once: int, rows: int, folder: Path) -> None:
    """Asks for `rows` rows, `at_once` at a time, and prints how many different ones came back with a text."""
    os.environ |= {"TELEMETRY_ENABLED": "false", "OPENAI_API_KEY": "none"}
    # It counts tokens with tiktoken, which downloads its vocabulary at first use. litellm contains a copy.
    litellm = importlib.util.find_spec("litellm")
    if litellm and litellm.origin:
        os.environ["TIKTOKEN_CACHE_DIR"] = str(Path(litellm.origin).parent / "litellm_core_utils" / "tokenizers")
    from bespokelabs import curator  # pyright: ignore[reportMissingImports]  # installed in its own environment

    class Writer(curator.LLM):
        def prompt(self, input):
            return input["prompt"]

        def parse(self, input, response):
            return {"row": input["row"], "text": response}

    writer = Writer(
        model_name="model",
        backend="openai",
        generation_params={"max_tokens": 1200},
        backend_params={
            "base_url": url,
            "max_concurrent_requests": at_once,
            "max_requests_per_minute": NO_LIMIT,
            "max_tokens_per_minute": NO_LIMIT,
        },
    )
    asked = [{"row": row, "prompt": prompt(row)} for row in range(rows)]
    written = writer(asked, working_dir=str(folder)).dataset
    print(len({row for row, text in zip(written["row"], written["text"], strict=True) if text}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
