"""Keras's seeded initializers in NumPy: the weights that a layer starts with."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from lstm_core.layers import philox
from lstm_core.layers.spec import LSTM, CellSpec
from lstm_core.layers.weights import Float32Array, Weights, check_whole_number

Draw = Callable[[tuple[int, ...], int], Float32Array]  # (shape, seed) -> values

MAX_SEED = 2**31 - 3  # the bias uses seed + 2, which is then still an int32


@dataclass(frozen=True)
class Initializer:
    """One of Keras' initializers: its class in `keras.initializers` and the numbers it draws."""

    keras_class: str
    draw: Draw
    takes_seed: bool = True
    for_bias: bool = False  # Keras scales the others by a matrix's two sizes, which a bias does not have


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
    """Draw truncated normals of variance `scale / fan(rows, columns)`; the constant offsets the truncation."""

    def draw(shape: tuple[int, ...], seed: int) -> Float32Array:
        deviation = math.sqrt(scale / fan(*shape)) / 0.87962566103423978
        return philox.truncated_normal(shape, seed) * np.float32(deviation)

    return draw


def _fan_in(rows: int, columns: int) -> float:
    return rows


def _fan_average(rows: int, columns: int) -> float:
    """Keras counts the columns of all gates as outputs, although each gate has only U."""
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
    spec: CellSpec = LSTM,
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
    """Return the weights that Keras's layer of a cell starts with when its initializers are given seeds.

    The kernel's initializer gets `seed`, the recurrent kernel's `seed + 1`, the bias' `seed + 2`; `seed` is
    a whole number from 0 to MAX_SEED. Uniform values are those of Keras 3.15.1 (TensorFlow, CPU) bit for bit,
    normal and orthogonal ones to 1e-6, but for a nearly square orthogonal kernel (see `_orthogonal`).
    `unit_forget_bias` is for cells with a forget gate. ValueError for names, sizes and seeds that are not on offer.

    >>> weights = initial_weights(features=1, units=2, seed=7)
    >>> weights.kernel.shape, weights.recurrent_kernel.shape
    ((1, 8), (2, 8))
    >>> weights.bias.tolist()
    [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    """
    check_whole_number("features", features, 1)
    check_whole_number("units", units, 1)
    check_whole_number("seed", seed, 0, MAX_SEED)
    _check_choice("kernel_initializer", kernel_initializer, INITIALIZERS)
    _check_choice("recurrent_initializer", recurrent_initializer, INITIALIZERS)
    _check_choice("bias_initializer", bias_initializer, BIAS_INITIALIZERS)
    shapes = spec.weight_shapes(features, units)
    return Weights(
        kernel=INITIALIZERS[kernel_initializer].draw(shapes["kernel"], seed),
        recurrent_kernel=INITIALIZERS[recurrent_initializer].draw(shapes["recurrent_kernel"], seed + 1),
        bias=initial_bias(spec, bias_initializer, units, unit_forget_bias, seed + 2) if use_bias else None,
    )


def initial_bias(spec: CellSpec, name: str, units: int, unit_forget_bias: bool, seed: int) -> Float32Array:
    """Return a bias, (columns,) or (rows, columns) as the cell has it.

    With `unit_forget_bias` Keras draws the bias of i, and that of c~ and o, from one and the same start: random
    biases of i and c~ are then equal. Source: `LSTMCell.build` in keras/src/layers/rnn/lstm.py, `GRUCell.build` in
    gru.py.
    """
    draw = INITIALIZERS[name].draw
    shape = spec.weight_shapes(1, units)["bias"]
    if not unit_forget_bias or not any(gate.role == "forget" for gate in spec.gates):
        return draw(shape, seed)
    forget = spec.columns_of("forget", units)
    after = (shape[0] - forget.stop,)
    return np.concatenate((draw((forget.start,), seed), _ones((units,), seed), draw(after, seed)))


def _check_choice(name: str, value: str, choices: Iterable[str]) -> None:
    names = tuple(choices)
    if value not in names:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(names)}; choose one of these")
