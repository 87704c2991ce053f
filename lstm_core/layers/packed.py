"""Weights as text, for links and for the experiment that holds them."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np

from lstm_core.layers.spec import CELLS
from lstm_core.layers.weights import Float32Array, Weights
from lstm_core.limits import MAX_FEATURES, MAX_UNITS
from lstm_core.refusal import Refusal

MAX_PACKED = max(
    math.ceil(4 / 3 * 4 * sum(map(math.prod, cell.weight_shapes(MAX_FEATURES, MAX_UNITS).values()))) for cell in CELLS
)
"""Characters that `pack` makes of the largest weights."""


def pack(weights: Weights) -> str:
    """Return a layer's weights as text: their float32 in the order of `get_weights()`.

    >>> pack(Weights(np.ones((1, 4)), np.zeros((1, 4)), None))[:8]
    'AACAPwAA'
    """
    arrays = (weights.kernel, weights.recurrent_kernel, weights.bias)
    return pack_tensors(array for array in arrays if array is not None)


def pack_tensors(arrays: Iterable[Float32Array]) -> str:
    """Return arrays as text: their float32 one after the other, little-endian, in URL-safe base64."""
    raw = b"".join(array.astype("<f4").tobytes() for array in arrays)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unpack_tensors(text: str, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Float32Array]:
    """Return the arrays of these names and shapes that `pack_tensors` made into text, read-only.

    Raises:
        Refusal: `weights_text` where text and sizes do not belong together.
    """
    return dict(zip(shapes, _unpacked(text, tuple(shapes.values())), strict=True))


@lru_cache(maxsize=8)
def _unpacked(text: str, shapes: tuple[tuple[int, ...], ...]) -> list[Float32Array]:
    sizes = [math.prod(shape) for shape in shapes]
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refusal("weights_text") from error
    if len(raw) != 4 * sum(sizes):
        raise Refusal("weights_text")
    numbers = np.frombuffer(raw, dtype="<f4")
    if not np.isfinite(numbers).all():
        raise Refusal("weights_text")
    parts = np.split(numbers, np.cumsum(sizes[:-1]))
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
