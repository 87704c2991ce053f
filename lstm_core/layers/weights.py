"""The weights of an LSTM layer, packed as Keras packs them, and Keras' seeded initializers in NumPy.

Columns run gate by gate: i, f, c~, o, each `units` wide (keras/src/layers/rnn/lstm.py, `LSTMCell.build`).
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lstm_core.layers import philox

Float32Array = NDArray[np.float32]
Draw = Callable[[tuple[int, ...], int], Float32Array]  # (shape, seed) -> values
Edit = tuple[str, int, int, float]  # (tensor name, row, column, value); the bias has only row 0

WEIGHT_TENSORS = ("kernel", "recurrent_kernel", "bias")
"""The arrays in the order of `layer.get_weights()`."""
MAX_SEED = 2**31 - 3  # the bias uses seed + 2, which is then still an int32
LARGEST_FLOAT32 = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class Weights:
    """The arrays of one LSTM layer with F features and U units, as `layer.get_weights()` orders them.

    `kernel` (F, 4U), `recurrent_kernel` (U, 4U), `bias` (4U,) or None. They are copied to float32 and made
    read-only. ValueError if the shapes do not belong together.

    >>> weights = Weights(np.zeros((3, 8)), np.zeros((2, 8)), bias=None)
    >>> weights.features, weights.units
    (3, 2)
    """

    kernel: Float32Array
    recurrent_kernel: Float32Array
    bias: Float32Array | None

    def __post_init__(self) -> None:
        recurrent_shape = np.shape(self.recurrent_kernel)
        if len(recurrent_shape) != 2 or not 0 < 4 * recurrent_shape[0] == recurrent_shape[1]:
            raise ValueError(
                f"recurrent_kernel has shape {recurrent_shape}; it must be (units, 4 * units); "
                "give one row per unit and four columns per unit, in the order i, f, c~, o"
            )
        columns = recurrent_shape[1]
        kernel_shape = np.shape(self.kernel)
        if len(kernel_shape) != 2 or kernel_shape[0] < 1 or kernel_shape[1] != columns:
            raise ValueError(
                f"kernel has shape {kernel_shape}; it must be (features, {columns}); "
                "give one row per feature and as many columns as recurrent_kernel has"
            )
        if self.bias is not None and np.shape(self.bias) != (columns,):
            raise ValueError(
                f"bias has shape {np.shape(self.bias)}; it must be ({columns},); "
                "give one value per column of recurrent_kernel, or None for a layer without bias"
            )
        for name, array in self._arrays().items():
            copy = np.array(array, dtype=np.float32, order="C")
            copy.setflags(write=False)
            object.__setattr__(self, name, copy)

    @property
    def units(self) -> int:
        """Number of units U."""
        return int(self.recurrent_kernel.shape[0])

    @property
    def features(self) -> int:
        """Number of input features F."""
        return int(self.kernel.shape[0])

    def replace_forget_bias(self, value: float) -> "Weights":
        """The same weights with `value` in the forget quarter of the bias; ValueError without a bias.

        >>> zeros = Weights(np.zeros((1, 4)), np.zeros((1, 4)), np.zeros(4))
        >>> zeros.replace_forget_bias(2.5).bias.tolist()
        [0.0, 2.5, 0.0, 0.0]
        """
        if self.bias is None:
            raise ValueError("the weights have no bias; the forget bias is part of it; set use_bias=True")
        return self.edited(("bias", 0, column, value) for column in range(self.units, 2 * self.units))

    def edited(self, edits: Iterable[Edit]) -> "Weights":
        """The same weights with values replaced: (tensor name, row, column, value), row 0 for the bias.

        ValueError for a tensor or place that does not exist and for a value that float32 cannot hold.

        >>> zeros = Weights(np.zeros((1, 4)), np.zeros((1, 4)), bias=None)
        >>> zeros.edited([("kernel", 0, 2, 0.5)]).kernel.tolist()
        [[0.0, 0.0, 0.5, 0.0]]
        """
        arrays = {name: array.copy() for name, array in self._arrays().items()}
        for name, row, column, value in edits:
            if name not in arrays:
                raise ValueError(
                    f"the edit names the tensor {name!r}; it must be one of {', '.join(arrays)}; "
                    "name one of these (a layer has a bias only with use_bias=True)"
                )
            table = np.atleast_2d(arrays[name])  # a view: the bias as a table of one row
            rows, columns = table.shape
            _check_whole_number(f"the row of the edit of {name}", row, 0, rows - 1)
            _check_whole_number(f"the column of the edit of {name}", column, 0, columns - 1)
            if not abs(value) <= LARGEST_FLOAT32:
                raise ValueError(
                    f"the new value of {name}[{row}, {column}] is {value}; it must be a finite number that "
                    "float32 holds; give one between -3.4e38 and 3.4e38"
                )
            table[row, column] = value
        return replace(self, **arrays)

    @property
    def parameters(self) -> int:
        """How many numbers the layer learns: 4 (U (F + U) + U), without a bias 4 U (F + U).

        >>> Weights(np.zeros((3, 8)), np.zeros((2, 8)), np.zeros(8)).parameters  # 4 * (2 * (3 + 2) + 2)
        48
        """
        return sum(array.size for array in self._arrays().values())

    def _arrays(self) -> dict[str, Float32Array]:
        arrays = {"kernel": self.kernel, "recurrent_kernel": self.recurrent_kernel}
        return arrays if self.bias is None else {**arrays, "bias": self.bias}


@dataclass(frozen=True)
class Initializer:
    """One of Keras' initializers: its class in `keras.initializers` and the numbers it draws."""

    keras_class: str
    draw: Draw
    takes_seed: bool = True
    for_bias: bool = False  # Keras scales the others by a matrix's two sizes, which a bias has not


def _zeros(shape: tuple[int, ...], seed: int) -> Float32Array:
    return np.zeros(shape, np.float32)


def _ones(shape: tuple[int, ...], seed: int) -> Float32Array:
    return np.ones(shape, np.float32)


def _uniform(shape: tuple[int, ...], seed: int, limit: float = 0.05) -> Float32Array:
    """TensorFlow's `random * (maxval - minval) + minval`, every step in float32."""
    high = np.float32(limit)
    return philox.uniform(shape, seed) * (high + high) - high


def _normal(shape: tuple[int, ...], seed: int) -> Float32Array:
    return philox.normal(shape, seed) * np.float32(0.05)


def _orthogonal(shape: tuple[int, ...], seed: int) -> Float32Array:
    """Rows (or, in a tall matrix, columns) of length 1 at right angles to each other.

    Recurrent kernels agree with Keras to 4e-7. A nearly square kernel (features about 4 * units) can be
    ill-conditioned: Keras' float32 QR then loses digits, and a few seeds in a hundred differ by more than
    1e-6 (of 1,500 seeds at most 1.1e-5 at 16 x 16, 6.3e-5 at 32 x 32).
    """
    tall = philox.normal((max(shape), min(shape)), seed)
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diag(r))
    return q.T if shape[0] < shape[1] else q


def _scaled_uniform(scale: float, fan: Callable[[int, int], float]) -> Draw:
    """Uniform values of variance `scale / fan(rows, columns)` (Keras' VarianceScaling)."""
    return lambda shape, seed: _uniform(shape, seed, math.sqrt(3.0 * (scale / fan(*shape))))


def _scaled_normal(scale: float, fan: Callable[[int, int], float]) -> Draw:
    """Truncated normals of variance `scale / fan(rows, columns)`; the constant offsets the truncation."""

    def draw(shape: tuple[int, ...], seed: int) -> Float32Array:
        deviation = math.sqrt(scale / fan(*shape)) / 0.87962566103423978
        return philox.truncated_normal(shape, seed) * np.float32(deviation)

    return draw


def _fan_in(rows: int, columns: int) -> float:
    return rows


def _fan_average(rows: int, columns: int) -> float:
    """Keras counts all 4U columns as outputs, although each gate has only U."""
    return (rows + columns) / 2.0


INITIALIZERS: Mapping[str, Initializer] = MappingProxyType(
    {
        "glorot_uniform": Initializer("GlorotUniform", _scaled_uniform(1.0, _fan_average)),
        "glorot_normal": Initializer("GlorotNormal", _scaled_normal(1.0, _fan_average)),
        "he_uniform": Initializer("HeUniform", _scaled_uniform(2.0, _fan_in)),
        "he_normal": Initializer("HeNormal", _scaled_normal(2.0, _fan_in)),
        "lecun_uniform": Initializer("LecunUniform", _scaled_uniform(1.0, _fan_in)),
        "random_uniform": Initializer("RandomUniform", _uniform, for_bias=True),
        "random_normal": Initializer("RandomNormal", _normal, for_bias=True),
        "orthogonal": Initializer("Orthogonal", _orthogonal),
        "zeros": Initializer("Zeros", _zeros, takes_seed=False, for_bias=True),
        "ones": Initializer("Ones", _ones, takes_seed=False, for_bias=True),
    }
)
BIAS_INITIALIZERS = tuple(name for name, initializer in INITIALIZERS.items() if initializer.for_bias)


def initial_weights(
    *,
    features: int,
    units: int,
    kernel_initializer: str = "glorot_uniform",
    recurrent_initializer: str = "orthogonal",
    bias_initializer: str = "zeros",
    use_bias: bool = True,
    unit_forget_bias: bool = True,
    seed: int = 0,
) -> Weights:
    """The weights that `keras.layers.LSTM` starts with when its initializers are given seeds.

    The kernel's initializer gets `seed`, the recurrent kernel's `seed + 1`, the bias' `seed + 2`; `seed` is
    a whole number from 0 to MAX_SEED. Uniform values are those of Keras 3.15.1 (TensorFlow, CPU) bit for bit,
    normal and orthogonal ones to 1e-6, but for a nearly square orthogonal kernel (see `_orthogonal`).
    ValueError for names, sizes and seeds that are not on offer.

    >>> weights = initial_weights(features=1, units=2, seed=7)
    >>> weights.kernel.shape, weights.recurrent_kernel.shape
    ((1, 8), (2, 8))
    >>> weights.bias.tolist()
    [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    """
    _check_whole_number("features", features, 1)
    _check_whole_number("units", units, 1)
    _check_whole_number("seed", seed, 0, MAX_SEED)
    _check_choice("kernel_initializer", kernel_initializer, INITIALIZERS)
    _check_choice("recurrent_initializer", recurrent_initializer, INITIALIZERS)
    _check_choice("bias_initializer", bias_initializer, BIAS_INITIALIZERS)
    return Weights(
        kernel=INITIALIZERS[kernel_initializer].draw((features, 4 * units), seed),
        recurrent_kernel=INITIALIZERS[recurrent_initializer].draw((units, 4 * units), seed + 1),
        bias=initial_bias(bias_initializer, units, unit_forget_bias, seed + 2) if use_bias else None,
    )


def initial_bias(name: str, units: int, unit_forget_bias: bool, seed: int) -> Float32Array:
    """With `unit_forget_bias` Keras draws the bias of i, and that of c~ and o, from one and the same start:
    random biases of i and c~ are then equal.
    """
    draw = INITIALIZERS[name].draw
    if not unit_forget_bias:
        return draw((4 * units,), seed)
    return np.concatenate((draw((units,), seed), _ones((units,), seed), draw((2 * units,), seed)))


def _check_whole_number(name: str, value: int, low: int, high: int | None = None) -> None:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < low or (high is not None and value > high):
        span = f"from {low} up" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} is {value!r}; it must be a whole number {span}; give one in that range")


def _check_choice(name: str, value: str, choices: Iterable[str]) -> None:
    names = tuple(choices)
    if value not in names:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(names)}; choose one of these")
