"""Training on a GPU: packing, fused products, memory. `python -m pytest -m gpu tests/adapters`."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from canopy_assets.adapters import adapter_files
from canopy_assets.adapters.base_model import BaseModelInfo, prepare
from canopy_assets.adapters.batching import collate, pack
from canopy_assets.adapters.config import LoraSettings
from canopy_assets.adapters.encoding import EncodedExample, encode_examples
from canopy_assets.adapters.models import load_causal_lm, load_tokenizer
from canopy_assets.adapters.results import TrainingResult
from canopy_assets.adapters.speed.loss import LabelledLoss
from canopy_assets.adapters.training.train import train_adapter
from canopy_assets.records import TrainingExample
from tests.adapters.conftest import SETTINGS, example, save_tiny_llama
from tests.adapters.test_fused import adapted
from tests.adapters.test_training import KilledError

torch = pytest.importorskip("torch")
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]
LORA = LoraSettings(rank=8, alpha=16)
ON_GPU = SETTINGS.model_copy(update={"device": "cuda", "dtype": "bfloat16", "micro_batches": None})


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, tokenizer: Any) -> BaseModelInfo:
    folder = tmp_path_factory.mktemp("on-gpu")
    save_tiny_llama(folder / "source", tokenizer, hidden=64)
    return prepare(str(folder / "source"), folder / "model", cache=folder / "cache")


@pytest.fixture
def train(base: BaseModelInfo, examples: list[TrainingExample], tmp_path: Path) -> Callable[..., TrainingResult]:
    def run(name: str, **more: Any) -> TrainingResult:
        settings = ON_GPU.model_copy(update=more.pop("changes", {}))
        return train_adapter(
            base, more.pop("rows", examples), tmp_path / name, lora=LORA, settings=settings, cache=tmp_path / "cache",
            **more,
        )  # fmt: skip

    return run


@pytest.fixture(scope="module")
def rows(base: BaseModelInfo) -> list[EncodedExample]:
    encoded = encode_examples(load_tokenizer(base.path), [example(n) for n in range(9)], max_length=2048)
    assert len({len(row) for row in encoded.rows}) > 2
    return list(encoded.rows)


def loss_on_gpu(base: BaseModelInfo, dtype: Any) -> LabelledLoss:
    """With an adapter that does something."""
    from peft import LoraConfig, get_peft_model

    from canopy_assets.adapters.speed.fused import fuse

    torch.manual_seed(3)
    config = LoraConfig(r=8, target_modules=["q_proj", "v_proj", "up_proj", "down_proj"], init_lora_weights=False)
    model = get_peft_model(load_causal_lm(base.path, dtype), config)
    fuse(model)
    return LabelledLoss(model.to("cuda").eval(), device="cuda", dtype=dtype)


def gradients(loss: LabelledLoss) -> dict[str, Any]:
    found = {n: p.grad.clone() for n, p in loss.model.named_parameters() if p.grad is not None}
    loss.zero_grad()
    return found


@pytest.mark.parametrize("attention", ["varlen", "sdpa"])
def test_packed_rows_have_the_losses_and_gradients_that_they_have_alone(
    base: BaseModelInfo, rows: list[EncodedExample], attention: str
) -> None:
    loss = loss_on_gpu(base, "bfloat16")
    for row in rows:
        loss.per_token(collate([row], pad_id=0, device="cuda")).sum().backward()
    apart = gradients(loss)
    assert loss.enable_varlen_attention(rows)
    loss.set_attention(attention)
    assert loss.supports_packing(rows)
    loss.per_token(pack(rows, device="cuda")).sum().backward()
    together = gradients(loss)
    assert together.keys() == apart.keys()
    for name, gradient in apart.items():
        assert (together[name] - gradient).norm() < 0.03 * gradient.norm() + 1e-3, name


def test_packing_is_refused_where_packed_rows_see_each_other(
    base: BaseModelInfo, rows: list[EncodedExample], monkeypatch: pytest.MonkeyPatch
) -> None:
    loss = loss_on_gpu(base, "bfloat16")
    loss.set_attention("varlen")
    assert loss.supports_packing(rows)
    plain = loss._inputs
    without = ("cu_seq_lens_q", "max_length_q")  # like a model that does not pass them on to its attention
    monkeypatch.setattr(loss, "_inputs", lambda batch: {k: v for k, v in plain(batch).items() if k not in without})
    assert not loss.supports_packing(rows)


@pytest.mark.parametrize(("inner", "outer"), [(16, 40), (40, 16), (24, 24)])
@pytest.mark.parametrize("half", [False, True])
def test_a_fused_product_is_pefts(inner: int, outer: int, half: bool) -> None:
    from canopy_assets.adapters.speed.fused import fuse

    torch.backends.cuda.matmul.fp32_precision = "ieee"
    plain, fused = (adapted(inner, outer, r=8).to("cuda") for _ in range(2))
    fuse(fused)
    results = []
    for model in (plain, fused):
        x = torch.randn(5, 7, inner, generator=torch.Generator().manual_seed(1)).to("cuda").requires_grad_()
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=half):
            out = model(x)
        out.float().square().sum().backward()
        found = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
        results.append({"out": out.float(), "x": x.grad, **found})
    expected, got = results
    assert got.keys() == expected.keys()
    for name, value in expected.items():
        assert (got[name] - value).norm() <= (3e-2 if half else 1e-5) * value.norm() + 1e-6, name


@pytest.mark.parametrize("compiled", [False, True])
def test_losses_of_tokens_are_torchs(compiled: bool) -> None:
    from canopy_assets.adapters.speed.fused import token_losses

    torch.manual_seed(0)
    head = torch.nn.Linear(32, 500, bias=False, dtype=torch.bfloat16, device="cuda").requires_grad_(False)
    x = torch.randn(2500, 32, dtype=torch.bfloat16, device="cuda")
    targets = torch.randint(500, (2500,), device="cuda")
    ours, theirs = (x.clone().requires_grad_() for _ in range(2))
    loss = token_losses(ours, head, targets, compiled=compiled)
    plain = torch.nn.functional.cross_entropy(head(theirs).float(), targets, reduction="none")
    loss.sum().backward()
    plain.sum().backward()
    torch.testing.assert_close(loss, plain, rtol=1e-3, atol=1e-3)
    assert ours.grad is not None
    assert theirs.grad is not None
    assert (ours.grad - theirs.grad).norm() < 0.02 * theirs.grad.norm()


@pytest.mark.parametrize("changes", [{}, {"packing": "never"}, {"compile": "always"}, {"dtype": "float32"}])
def test_an_adapter_learns_on_a_gpu_what_it_learns_on_a_cpu(
    train: Callable[..., TrainingResult], changes: dict[str, Any], tmp_path: Path
) -> None:
    on_cpu = train("cpu", changes={"device": "cpu", "dtype": "float32"})
    log: list[str] = []
    on_gpu = train("gpu", changes=changes, log=log.append)
    assert on_gpu.device_kind == "cuda"
    assert on_gpu.packed == (not changes or "compile" in changes), log
    assert on_gpu.compiled == ("compile" in changes), log
    assert on_gpu.peak_memory_mb > 0
    assert on_cpu.validation_loss is not None
    assert on_cpu.base_validation_loss is not None
    assert on_gpu.validation_loss is not None
    assert on_gpu.validation_loss == pytest.approx(on_cpu.validation_loss, abs=0.08)
    assert on_gpu.validation_loss < on_cpu.base_validation_loss - 0.5
    assert json.loads((tmp_path / "gpu" / adapter_files.ADAPTER_CONFIG).read_text())["r"] == 8


def test_a_killed_training_is_resumed(train: Callable[..., TrainingResult], tmp_path: Path) -> None:
    def kill(progress: Any) -> None:
        if progress.step == 4:
            raise KilledError

    with pytest.raises(KilledError):
        train("killed", checkpoints=tmp_path / "checkpoints", on_progress=kill)
    log: list[str] = []
    resumed = train("killed", checkpoints=tmp_path / "checkpoints", log=log.append)
    assert any(line.startswith("resumed after step 3") for line in log)
    whole = train("whole")
    assert resumed.validation_loss == pytest.approx(whole.validation_loss, abs=0.03)


@pytest.fixture
def little_memory() -> Iterator[None]:
    """A few dozen megabytes of the device for everything."""
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 90 * 2**20) / total)
    yield
    torch.cuda.set_per_process_memory_fraction(1.0)


@pytest.mark.usefixtures("little_memory")
def test_a_batch_that_does_not_fit_is_computed_in_micro_batches(train: Callable[..., TrainingResult]) -> None:
    log: list[str] = []
    rows = [example(n) for n in range(300)] + [example(n, "validation") for n in range(300, 304)]
    result = train("small", rows=rows, changes={"batch_tokens": 1 << 16, "epochs": 1}, log=log.append)
    assert result.micro_batches > 1, log
    assert any("out of memory" in line for line in log)


@pytest.mark.skipif(importlib.util.find_spec("bitsandbytes") is None, reason="bitsandbytes isn't installed")
def test_an_adapter_learns_on_a_base_in_4_bits(train: Callable[..., TrainingResult]) -> None:
    result = train("nf4", changes={"base_format": "nf4"})
    assert result.validation_loss is not None
    assert result.base_validation_loss is not None
    assert result.validation_loss < result.base_validation_loss - 0.5
