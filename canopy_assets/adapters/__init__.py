"""Base model, encoding, batching and LoRA training."""
