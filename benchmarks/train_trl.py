"""TRL's SFTTrainer for `benchmarks/train.py`, with the best settings that we know. Runs in TRL's own environment.

Loss on the tutor's turns only, batches of similar length or packed rows, the same format, threads, rate and adapter as
ours, no gradient checkpointing (which trades time for memory that is not short here), and on a GPU Liger's kernels
where they are installed.
"""

from __future__ import annotations

import importlib.util
import json
import math
import sys
from pathlib import Path

import torch
from datasets import load_dataset
from peft import LoraConfig
from train_peers import Clock
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer  # pyright: ignore[reportMissingImports]  # in its own environment

TEMPLATE = (  # ChatML as SmolLM2 renders it, with the tags by which TRL finds what is under loss
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' }}{% if m['role'] == 'assistant' %}"
    "{% generation %}{{ m['content'] + '<|im_end|>' }}{% endgeneration %}{{ '\n' }}"
    "{% else %}{{ m['content'] + '<|im_end|>' + '\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

packing, job = "--packing" in sys.argv, json.loads(Path(sys.argv[-1]).read_text())
LENGTH = job["packed_row"]
# Updates of about the size of ours.
a_row = LENGTH if packing else job["a_row_cut_at"][str(LENGTH)][0]
batch = math.ceil(job["batch_tokens"] / a_row)
torch.set_num_threads(job["threads"])
dtype = getattr(torch, job["dtype"])
model = AutoModelForCausalLM.from_pretrained(job["model"], dtype=dtype)
tokenizer = AutoTokenizer.from_pretrained(job["model"])
tokenizer.chat_template = TEMPLATE
layers = model.config.num_hidden_layers
lora = LoraConfig(
    r=job["lora"]["rank"],
    lora_alpha=job["lora"]["alpha"],
    target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
    layers_to_transform=list(range(round(layers * job["lora"]["skip_layers"]), layers)),
    task_type="CAUSAL_LM",
)
config = SFTConfig(
    output_dir=f"{job['out']}/trl",
    per_device_train_batch_size=batch,
    num_train_epochs=job["epochs"],
    learning_rate=job["learning_rate"],
    lr_scheduler_type="cosine",
    warmup_steps=2,
    max_length=LENGTH if packing else None,
    packing=packing,
    assistant_only_loss=True,
    gradient_checkpointing=False,
    bf16=job["dtype"] == "bfloat16",
    use_liger_kernel=job["device"] == "cuda" and importlib.util.find_spec("liger_kernel") is not None,
    use_cpu=job["device"] == "cpu",
    save_strategy="no",
    report_to="none",
    logging_steps=10,
    **({} if packing else {"train_sampling_strategy": "group_by_length"}),
)
rows = load_dataset("json", data_files=job["chats"], split="train")
trainer = SFTTrainer(model=model, args=config, train_dataset=rows, processing_class=tokenizer, peft_config=lora)
# Packed rows hold several of ours.
rows_a_step = config.per_device_train_batch_size * len(rows) / len(trainer.train_dataset)
clock = Clock(job, rows_a_step, LENGTH)
trainer.add_callback(clock)
trainer.train()
clock.write_summary()
