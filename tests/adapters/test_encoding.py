"""The mask: under loss are exactly the tutor's words and the token that ends them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canopy_assets.adapters.encoding import EncodingError, encode_chat, encode_examples, encode_prompt, show_mask
from canopy_assets.records import Message
from tests.adapters.conftest import CHATML, SPECIAL, byte_tokenizer, chat, example

LLAMA3 = (
    "{{ '<s>' }}{% for m in messages %}{{ '<|h|>' + m['role'] + '<|/h|>\n\n' + m['content'] | trim + '<|eot|>' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|h|>assistant<|/h|>\n\n' }}{% endif %}"
)
GEMMA = (
    "{{ '<s>' }}{% for m in messages %}{% set role = 'model' if m['role'] == 'assistant' else m['role'] %}"
    "{{ '<turn>' + role + '\n' + m['content'] | trim + '<eot>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<turn>model\n' }}{% endif %}"
)
QUESTION, ANSWER, NEXT, LAST = (
    "5x − 9 = 16?",
    "What undoes “− 9”?",
    "Adding 9, so 5x = 25",
    "√ that: what is left of ½?",
)


def trained(tokenizer: Any, *texts: str) -> list[str]:
    """The stretches under loss, decoded."""
    return re.findall(r"⟦(.*?)⟧", show_mask(tokenizer, encode_chat(tokenizer, chat(*texts))), re.DOTALL)


@pytest.mark.parametrize(
    ("template", "special", "bos", "eos", "end"),
    [
        (CHATML, SPECIAL, "<|im_start|>", "<|im_end|>", "<|im_end|>"),
        (LLAMA3, ["<s>", "<|h|>", "<|/h|>", "<|eot|>", "</s>"], "<s>", "</s>", "<|eot|>"),
        (GEMMA, ["<s>", "<turn>", "<eot>", "</s>"], "<s>", "</s>", "<eot>"),
    ],
    ids=["chatml", "llama3", "gemma"],
)
def test_every_tutor_turn_and_its_end_token_are_learned_and_nothing_else(
    template: str, special: list[str], bos: str, eos: str, end: str
) -> None:
    tokenizer = byte_tokenizer(template, special, bos=bos, eos=eos)
    assert trained(tokenizer, QUESTION, ANSWER, NEXT, LAST) == [ANSWER + end, LAST + end]


def test_the_end_token_is_learned_although_it_is_also_the_padding_token(tokenizer: Any) -> None:
    row = encode_chat(tokenizer, chat(QUESTION, ANSWER))
    assert tokenizer.pad_token_id == tokenizer.eos_token_id == row.input_ids[row.labelled[-1]]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=30), min_size=2, max_size=6))
def test_any_text_is_masked_to_the_character(tokenizer: Any, texts: list[str]) -> None:
    texts = [f"a{text}z" for text in texts]
    assert trained(tokenizer, *texts) == [f"{text}<|im_end|>" for text in texts[1::2]]


def test_the_prompt_at_reply_time_is_what_training_saw_before_the_reply(tokenizer: Any) -> None:
    row = encode_chat(tokenizer, chat(QUESTION, ANSWER))
    assert encode_prompt(tokenizer, chat(QUESTION)) == list(row.input_ids[: row.labelled[0]])


def test_rows_that_are_too_long_are_named_and_left_out_whole(tokenizer: Any) -> None:
    rows = [example(n) for n in range(4)]
    lengths = {r.example_id: len(encode_chat(tokenizer, r.messages)) for r in rows}
    limit = sorted(lengths.values())[1]
    encoded = encode_examples(tokenizer, rows, max_length=limit)
    assert set(encoded.too_long) == {name for name, length in lengths.items() if length > limit}
    assert {r.example_id: len(r) for r in encoded.rows} == {n: k for n, k in lengths.items() if k <= limit}


def test_a_template_that_rewrites_earlier_turns_is_refused() -> None:
    forgetful = CHATML.replace("m['content']", "(m['content'] if loop.last else m['content'][:3])")
    tokenizer = byte_tokenizer(forgetful, bos="<|im_start|>", eos="<|im_end|>")
    with pytest.raises(EncodingError, match="changes earlier turns"):
        encode_chat(tokenizer, chat(QUESTION, ANSWER, NEXT, LAST))


def test_a_template_without_an_end_token_is_refused() -> None:
    endless = CHATML.replace(" + '<|im_end|>'", "")
    tokenizer = byte_tokenizer(endless, bos="<|im_start|>", eos="<|im_end|>")
    with pytest.raises(EncodingError, match="never learn to stop"):
        encode_chat(tokenizer, chat(QUESTION, ANSWER))


def test_a_doubled_beginning_of_sequence_is_refused() -> None:
    tokenizer = byte_tokenizer(
        "{{ '<s>' }}" + LLAMA3, ["<s>", "<|h|>", "<|/h|>", "<|eot|>", "</s>"], bos="<s>", eos="</s>"
    )
    with pytest.raises(EncodingError, match="two BOS"):
        encode_chat(tokenizer, chat(QUESTION, ANSWER))


def test_a_chat_without_tutor_turns_is_refused(tokenizer: Any) -> None:
    with pytest.raises(EncodingError, match="no assistant turn"):
        encode_chat(tokenizer, [Message("user", QUESTION)])


def test_the_digest_changes_with_the_mask_and_the_tokens(tokenizer: Any) -> None:
    one, two = ([example(n)] for n in (1, 2))
    digests = {encode_examples(tokenizer, rows, max_length=999).digest for rows in (one, two, one + two)}
    assert len(digests) == 3
