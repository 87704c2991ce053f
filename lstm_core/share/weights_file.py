"""Weights from a learner's own model: `.npz` files, checked before anything in them is read.

A file from outside may lie: about sizes (195 kB that unpack to 200 MB), about shapes (a header that asks for 4 TiB),
about what it is (a pickle runs code). So the archive's directory and the first kilobyte of each array are read first,
and arrays are made from bytes alone. Format of arrays: numpy/lib/format.py; of archives: zipfile.
"""

from __future__ import annotations

import io
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from lstm_core.layers.weights import MAX_FLOAT32, WEIGHT_TENSORS, Weights
from lstm_core.limits import MAX_FEATURES, MAX_UNITS
from lstm_core.refusal import Refusal

MAX_FILE = 1_048_576
"""Bytes of a file, at most: 1 MB."""
MAX_ARRAYS = 32
"""Arrays in a file, at most; those of other layers may be among them."""

_SNIPPET = """\
import numpy as np

layer = model.get_layer("lstm")  # {comment}
names = ("kernel", "recurrent_kernel", "bias")
np.savez("lstm_weights.npz", **dict(zip(names, layer.get_weights())))
"""
_ENTRY = b"PK\x01\x02"
_MAGIC = b"\x93NUMPY"
_HDF5 = b"\x89HDF\r\n\x1a\n"
_MAX_HEADER = 1024
_MAX_SIZE = 10**9
_READERS = {
    1: npy_format.read_array_header_1_0,
    2: npy_format.read_array_header_2_0,
    3: npy_format.read_array_header_2_0,  # differs in the names of records alone
}
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
_SHOWN = 60


@dataclass(frozen=True, eq=False)
class WeightsFile:
    """What a file holds: the weights, which of its arrays they are, the arrays not used, and the file's dtypes.

    Names are cut where they are too long to be quoted.
    """

    weights: Weights
    used: tuple[str, ...]
    unused: tuple[str, ...]
    dtypes: tuple[str, ...]


class _Header(NamedTuple):
    """What an array's header says, and where its bytes begin."""

    dtype: np.dtype[np.floating]
    fortran: bool
    shape: tuple[int, ...]
    start: int


def snippet(comment: str) -> str:
    """Return what a learner runs to get the file out of a trained model; `comment` says where a layer's name is."""
    return _SNIPPET.format(comment=comment)


def read_npz(raw: bytes) -> WeightsFile:
    """Return the weights of one LSTM layer in an `.npz` file, converted to float32.

    The arrays are found by their names (`kernel`, or ending in it, as `lstm/kernel`), else as `arr_0`, `arr_1`, `arr_2`
    in the order of `layer.get_weights()`, else by their shapes where only one reading is possible.

    Raises:
        Refusal: `weights_large`, `weights_keras`, `weights_h5`, `weights_npy`, `weights_not_npz`, `weights_damaged`,
            `weights_many`, `weights_pickle`, `weights_dtype`, `weights_header`, `weights_unclear`,
            `weights_missing`, `weights_gru`, `weights_shape`, `weights_units`, `weights_wide`, `weights_not_finite`.
    """
    if len(raw) > MAX_FILE:
        raise Refusal("weights_large", given=f"{len(raw) / 2**20:.1f}")
    _check_kind(raw)
    if raw.count(_ENTRY) > MAX_ARRAYS:
        raise Refusal("weights_many", given=raw.count(_ENTRY), high=MAX_ARRAYS)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = _members(archive)
            used = _by_name(list(members))
            looked_at = used.values() if used else members
            headers = {name: _header(name, _begin(archive, members[name])) for name in looked_at}
            used = used or _by_shape({name: header.shape for name, header in headers.items()})
            _check_shapes({part: headers[name].shape for part, name in used.items()})
            arrays = {part: _array(archive, members[name], headers[name], name) for part, name in used.items()}
    except Refusal:
        raise
    except _BROKEN as error:
        raise Refusal("weights_damaged") from error
    return WeightsFile(
        weights=Weights(arrays["kernel"], arrays["recurrent_kernel"], arrays.get("bias")),
        used=tuple(map(_shortened, used.values())),
        unused=tuple(_shortened(name) for name in members if name not in used.values()),
        dtypes=tuple(headers[name].dtype.name for name in used.values()),
    )


def _check_kind(raw: bytes) -> None:
    """Refuse what is no `.npz`, by what it is: a file's name may say anything."""
    if raw.startswith(_HDF5):
        raise Refusal("weights_h5")
    if raw.startswith(_MAGIC):
        raise Refusal("weights_npy")
    if not raw.startswith(b"PK"):
        raise Refusal("weights_not_npz")
    if b"config.json" in raw and b"model.weights.h5" in raw:
        raise Refusal("weights_keras")


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the arrays of the directory by their names without `.npy`; what claims too much is refused."""
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member.filename.removesuffix(".npy")
        plain = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not member.flag_bits & 1
        if not plain or name in members:
            raise Refusal("weights_damaged")
        members[name] = member
    if not members:
        raise Refusal("weights_missing", names="-")
    return members


def _begin(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        return file.read(_MAX_HEADER)


def _header(name: str, begin: bytes) -> _Header:
    """Return what the first bytes of an array say of it. NumPy reads them as literals: nothing is evaluated."""
    shown = _shortened(name)
    file = io.BytesIO(begin)
    try:
        major, _ = npy_format.read_magic(file)
        shape, fortran, dtype = _READERS[major](file, max_header_size=_MAX_HEADER)
    except Exception as error:  # bytes that are no header end in errors of many kinds, of NumPy and of Python's parser
        raise Refusal("weights_header", name=shown) from error
    if dtype.kind == "O":
        raise Refusal("weights_pickle", name=shown)
    if dtype.kind == "V" or not all(type(size) is int and 0 <= size < _MAX_SIZE for size in shape):
        raise Refusal("weights_header", name=shown)
    if dtype.kind != "f" or dtype.itemsize not in (2, 4, 8):
        raise Refusal("weights_dtype", name=shown, given=dtype.str.lstrip("<>|="))
    return _Header(dtype, fortran, shape, file.tell())


def _by_name(names: Collection[str]) -> dict[str, str]:
    """Return which array is which by name: Keras's name -> name in the file; nothing where names do not tell."""
    ends: dict[str, list[str]] = {part: [] for part in WEIGHT_TENSORS}
    for name in names:
        end = re.split(r"[/.]", name.removesuffix(":0"))[-1]
        if end in ends:
            ends[end].append(name)
    if any(len(found) > 1 for found in ends.values()):
        raise Refusal("weights_unclear", names=_listed(names))
    if ends["kernel"] and ends["recurrent_kernel"]:
        return {part: found[0] for part, found in ends.items() if found}
    if set(names) in ({"arr_0", "arr_1"}, {"arr_0", "arr_1", "arr_2"}):
        return dict(zip(WEIGHT_TENSORS, sorted(names), strict=False))
    return {}


def _by_shape(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, str]:
    """Return which array is which by their shapes, `WEIGHT_TENSORS` -> names in the file."""
    listed = _listed([f"{_shortened(name)} {shape}" for name, shape in shapes.items()])
    tables = [name for name, shape in shapes.items() if len(shape) == 2]
    recurrent = [name for name in tables if shapes[name][1] == 4 * shapes[name][0]]
    rows = [name for name, shape in shapes.items() if len(shape) == 1]
    if len(tables) < 2 or not recurrent:
        raise Refusal("weights_missing", names=listed)
    if len(tables) > 2 or len(rows) > 1 or len(recurrent) > 1:
        raise Refusal("weights_unclear", names=listed)
    kernel = next(name for name in tables if name not in recurrent)
    return dict(zip(WEIGHT_TENSORS, [kernel, *recurrent, *rows], strict=False))


def _listed(names: Collection[str]) -> str:
    return ", ".join(_shortened(name) for name in list(names)[:8]) + (" …" if len(names) > 8 else "")


def _check_shapes(shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse shapes that are no LSTM's, in Keras's terms, or larger than the page takes."""
    recurrent = shapes["recurrent_kernel"]
    if len(recurrent) == 2 and recurrent[1] == 3 * recurrent[0] > 0:
        raise Refusal("weights_gru", given=recurrent)
    if len(recurrent) != 2 or not 0 < 4 * recurrent[0] == recurrent[1]:
        raise Refusal("weights_shape", name="recurrent_kernel", given=recurrent, expected="(units, 4 * units)")
    units, columns = recurrent
    kernel = shapes["kernel"]
    if len(kernel) != 2 or kernel[0] < 1 or kernel[1] != columns:
        raise Refusal("weights_shape", name="kernel", given=kernel, expected=f"(features, 4 * units) = (…, {columns})")
    if "bias" in shapes and shapes["bias"] != (columns,):
        raise Refusal("weights_shape", name="bias", given=shapes["bias"], expected=f"(4 * units,) = ({columns},)")
    if units > MAX_UNITS:
        raise Refusal("weights_units", given=units, high=MAX_UNITS)
    if kernel[0] > MAX_FEATURES:
        raise Refusal("weights_wide", given=kernel[0], high=MAX_FEATURES)


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, header: _Header, name: str) -> NDArray[np.float32]:
    """Return an array as float32, made of its bytes, of which there must be as many as its header says."""
    size = header.start + math.prod(header.shape) * header.dtype.itemsize
    if member.file_size != size:
        raise Refusal("weights_header", name=_shortened(name))
    with archive.open(member) as file:
        raw = file.read(size)  # never more, whatever the compressed bytes would give
    numbers = np.frombuffer(raw, dtype=header.dtype, offset=header.start).astype(np.float64)
    if not (np.abs(numbers) <= MAX_FLOAT32).all():
        raise Refusal("weights_not_finite", name=_shortened(name))
    return numbers.astype(np.float32).reshape(header.shape, order="F" if header.fortran else "C")


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
