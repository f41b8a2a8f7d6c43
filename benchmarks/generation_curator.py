"""Bespoke Curator for `generation.py`, under its own interpreter; its cache is on, as it ships.

What is set for speed: the backend that speaks HTTP itself (`openai`, not `litellm`) and limits a minute that it never
reaches. Its display stays: the plainer one costs it more.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

from generation_server import prompt

NO_LIMIT = 10**9
"""Requests and tokens a minute."""


def main(url: str, at_once: int, rows: int, folder: Path) -> None:
    """Asks for so many rows, `at_once` in flight; prints how many different ones came back with a text."""
    os.environ |= {"TELEMETRY_ENABLED": "false", "OPENAI_API_KEY": "none"}
    # It counts tokens by tiktoken's vocabulary, which is downloaded at first use; litellm brings a copy.
    litellm = importlib.util.find_spec("litellm")
    if litellm and litellm.origin:
        os.environ["TIKTOKEN_CACHE_DIR"] = str(Path(litellm.origin).parent / "litellm_core_utils" / "tokenizers")
    from bespokelabs import curator  # pyright: ignore[reportMissingImports]  # lives in its own environment

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
