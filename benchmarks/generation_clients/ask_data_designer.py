"""NVIDIA's DataDesigner for `generation.py`, under its own interpreter. It writes its artifacts, as by default.

Three settings make it faster: the lighter template renderer, no metrics, and no health check of the model.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from server import prompt


def main(url: str, at_once: int, rows: int, folder: Path) -> None:
    """Asks for `rows` rows, `at_once` at a time, and prints how many different ones came back with a text."""
    os.environ["NEMO_TELEMETRY_ENABLED"] = "false"
    import pandas as pd  # pyright: ignore[reportMissingImports]  # installed in its own environment, as the next ones
    from data_designer import config as dd  # pyright: ignore[reportMissingImports]
    from data_designer.interface import DataDesigner  # pyright: ignore[reportMissingImports]

    model = dd.ModelConfig(
        alias="model",
        model="model",
        provider="local",
        inference_parameters=dd.ChatCompletionInferenceParams(max_parallel_requests=at_once, max_tokens=1200),
        skip_health_check=True,
    )
    builder = dd.DataDesignerConfigBuilder(model_configs=[model])
    asked = pd.DataFrame({"row": range(rows), "prompt": [prompt(row) for row in range(rows)]})
    builder.with_seed_dataset(dd.DataFrameSeedSource(df=asked))
    builder.add_column(dd.LLMTextColumnConfig(name="text", prompt="{{ prompt }}", model_alias="model"))
    provider = dd.ModelProvider(name="local", endpoint=url, api_key="none")
    designer = DataDesigner(artifact_path=folder, model_providers=[provider])
    designer.set_run_config(dd.RunConfig(otel_metrics_port=None, jinja_rendering_engine=dd.JinjaRenderingEngine.NATIVE))
    written = designer.create(builder, num_records=rows).load_dataset()
    print(written.loc[written["text"].str.len() > 0, "row"].nunique())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
