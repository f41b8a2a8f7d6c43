"""A tiny model for tests of the replies: the one of the adapters' tests."""

from tests.adapters.conftest import tiny_base, tiny_source, tokenizer

__all__ = ["tiny_base", "tiny_source", "tokenizer"]
