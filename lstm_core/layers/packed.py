"""Weights as text, for links and for the experiment that holds them."""

from __future__ import annotations

import base64
import binascii
import math
from functools import lru_cache

import numpy as np

from lstm_core.layers.spec import CELLS, CellSpec
from lstm_core.layers.weights import Weights
from lstm_core.limits import MAX_FEATURES, MAX_UNITS
from lstm_core.refusal import Refusal

MAX_PACKED = max(
    math.ceil(4 / 3 * 4 * sum(map(math.prod, cell.weight_shapes(MAX_FEATURES, MAX_UNITS).values()))) for cell in CELLS
)
"""Characters that `pack` makes of the largest weights."""


def pack(weights: Weights) -> str:
    """Return weights as text: their float32 in the order of `get_weights()`, little-endian, in URL-safe base64.

    >>> pack(Weights(np.ones((1, 4)), np.zeros((1, 4)), None))[:8]
    'AACAPwAA'
    """
    arrays = (weights.kernel, weights.recurrent_kernel, weights.bias)
    raw = b"".join(array.astype("<f4").tobytes() for array in arrays if array is not None)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@lru_cache(maxsize=8)
def unpack(text: str, spec: CellSpec, *, features: int, units: int, use_bias: bool) -> Weights:
    """Return the weights of a cell that `pack` made into text.

    Raises:
        Refusal: `weights_text` where text and sizes do not belong together.
    """
    shapes = spec.weight_shapes(features, units, use_bias=use_bias)
    sizes = [math.prod(shape) for shape in shapes.values()]
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
    arrays = {name: part.reshape(shapes[name]) for name, part in zip(shapes, parts, strict=True)}
    return Weights(arrays["kernel"], arrays["recurrent_kernel"], arrays.get("bias"))
