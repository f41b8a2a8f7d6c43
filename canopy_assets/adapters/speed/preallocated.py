"""A key-value cache with room for the tokens still to come.

transformers' cache joins old and new tensors with `torch.cat`, so each new token copies the keys and values of all
earlier ones. For 64 rows of the embedded model that was as much work as the arithmetic.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicLayer

ROOM = 64
"""Positions that are allocated beyond those in use, once a layer is full."""


class PreallocatedLayer(DynamicLayer):
    """Keys and values of one layer, rows × heads × positions × width: views of buffers that are longer."""

    def __init__(self, room: int = ROOM) -> None:
        """An empty layer.

        Args:
            room: positions to allocate beyond those of the first tokens.
        """
        super().__init__()
        self._room = room
        self._buffers: list[Any] = []

    def update(self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any) -> Any:
        """Append the keys and values of new tokens, and return those of all tokens."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self._buffers = [key_states[:, :, :0], value_states[:, :, :0]]
        start = self.get_seq_length()
        end = start + key_states.shape[-2]
        if end > self._buffers[0].shape[-2]:
            self._buffers = [_longer(buffer, start, end + self._room) for buffer in self._buffers]
            self._room = ROOM
        for buffer, states in zip(self._buffers, (key_states, value_states), strict=True):
            buffer[:, :, start:end] = states
        self._show(end)
        return self.keys, self.values

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        """Keep these rows, in this order. A row may be named more than once."""
        length = self.get_seq_length()
        self._buffers = [buffer.index_select(0, indices) for buffer in self._buffers]
        self._show(length)

    def _show(self, length: int) -> None:
        self.keys, self.values = (buffer[:, :, :length] for buffer in self._buffers)


def _longer(buffer: torch.Tensor, used: int, length: int) -> torch.Tensor:
    """A buffer of this length with the first positions of another."""
    longer = buffer.new_empty(*buffer.shape[:2], length, buffer.shape[3])
    longer[:, :, :used] = buffer[:, :, :used]
    return longer


def empty_cache(room: int) -> Cache:
    """A cache without tokens that allocates room for as many after its first ones."""

    class Layer(PreallocatedLayer):
        def __init__(self) -> None:
            super().__init__(room)

    return Cache(layer_class_to_replicate=Layer)
