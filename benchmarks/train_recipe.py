"""The hand-made workshop recipe that Canopy Assets replaces, for `benchmarks/train.py`.

`Trainer`, rows repeated three times, every row padded to 256 tokens, loss on every token including the system prompt,
float32, batch 2 × 4 accumulated, r = 8 on q, k, v and o, 10 epochs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from train_peers import Clock
from transformers import AutoModelForCausalLM, AutoTokenizer, Trainer, TrainingArguments

LENGTH, REPEATED, BATCH, ACCUMULATED = 256, 3, 2, 4

job = json.loads(Path(sys.argv[-1]).read_text())
torch.set_num_threads(job["threads"])
tokenizer = AutoTokenizer.from_pretrained(job["model"])
lora = LoraConfig(r=8, lora_alpha=16, target_modules=["q_proj", "k_proj", "v_proj", "o_proj"], task_type="CAUSAL_LM")
model = get_peft_model(AutoModelForCausalLM.from_pretrained(job["model"], dtype=torch.float32), lora)


def encoded(line: str) -> dict[str, Any]:
    """A chat as the recipe makes it: padded and cut to 256 tokens, every token a label."""
    text = tokenizer.apply_chat_template(json.loads(line)["messages"], tokenize=False)
    row = tokenizer(text, max_length=LENGTH, padding="max_length", truncation=True)
    return {**row, "labels": list(row["input_ids"])}


rows = [encoded(line) for line in Path(job["chats"]).read_text().splitlines()] * REPEATED
arguments = TrainingArguments(
    output_dir=f"{job['out']}/recipe",
    per_device_train_batch_size=BATCH,
    gradient_accumulation_steps=ACCUMULATED,
    num_train_epochs=10,
    learning_rate=2e-4,
    save_strategy="no",
    report_to="none",
    use_cpu=job["device"] == "cpu",
    logging_steps=10,
)
clock = Clock(job, BATCH * ACCUMULATED, LENGTH)
trainer = Trainer(model=model, args=arguments, train_dataset=rows, callbacks=[clock])  # pyright: ignore[reportArgumentType]
trainer.train()
clock.write_summary()
