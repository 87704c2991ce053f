"""Weights files for tests: as NumPy writes them, and as nobody honest does."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.weights import Weights


def weights(features: int = 3, units: int = 2, *, use_bias: bool = True, seed: int = 5) -> Weights:
    """Weights that are nothing but random: no zeros, no ones."""
    return initial_weights(
        features=features, units=units, seed=seed, use_bias=use_bias, bias_initializer="random_normal"
    )


def arrays(given: Weights) -> dict[str, np.ndarray]:
    """The arrays by Keras's names."""
    named = {"kernel": given.kernel, "recurrent_kernel": given.recurrent_kernel, "bias": given.bias}
    return {name: array for name, array in named.items() if array is not None}


def npz(*in_order: ArrayLike, compressed: bool = False, **named: ArrayLike) -> bytes:
    """What `np.savez` writes."""
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, *in_order, **named)
    return file.getvalue()


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def npy(header: str, body: bytes = b"", *, version: int = 1, length: int | None = None) -> bytes:
    """An array file with this header, true or not."""
    text = header.encode("latin-1") + b"\n"
    size = struct.pack("<H" if version == 1 else "<I", len(text) if length is None else length)
    return b"\x93NUMPY" + bytes([version, 0]) + size + text + body
