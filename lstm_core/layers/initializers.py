"""Keras's initializers in NumPy: the weights that a layer starts with.

In a field, a link or a message an initializer is one text: `glorot_uniform`, or with its arguments in Keras's order
`random_normal(0.0,0.1)`. Without them it has Keras's defaults.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from lstm_core.layers import philox
from lstm_core.layers.spec import LSTM, CellSpec
from lstm_core.layers.weights import Float32Array, Weights, check_whole_number
from lstm_core.refusal import Refusal

Draw = Callable[..., Float32Array]  # (shape, seed, *arguments) -> values

MAX_SEED = 2**31 - 3  # the bias uses seed + 2, which is then still an int32
MAX_ARGUMENT = 1000.0
"""Numbers that an initializer is given lie within -1000 to 1000."""
_LONGEST = 80
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_TEXT = re.compile(rf"([a-z_]+)(?:\(\s*({_NUMBER}(?:\s*,\s*{_NUMBER})*)\s*\))?", re.ASCII)


@dataclass(frozen=True)
class Initializer:
    """One of Keras's initializers: its class in `keras.initializers`, the numbers it draws, and its arguments.

    `arguments` are those beside the seed, with Keras's defaults, in Keras's order.
    """

    keras_class: str
    draw: Draw
    arguments: Mapping[str, float] = field(default_factory=dict)
    takes_seed: bool = True
    for_bias: bool = False  # Keras scales the others by a matrix's two sizes, which a bias does not have


@dataclass(frozen=True)
class Chosen:
    """An initializer with its arguments; as text it is what `chosen` reads, bare where they are Keras's defaults.

    >>> str(Chosen("constant", (0.3,))), str(Chosen("random_normal", (0.0, 0.05)))
    ('constant(0.3)', 'random_normal')
    """

    name: str
    arguments: tuple[float, ...] = ()

    @property
    def kind(self) -> Initializer:
        """The initializer itself."""
        return INITIALIZERS[self.name]

    @property
    def named(self) -> dict[str, float]:
        """The arguments by name."""
        return dict(zip(self.kind.arguments, self.arguments, strict=True))

    def draw(self, shape: tuple[int, ...], seed: int) -> Float32Array:
        """Return values of this shape; some initializers draw without the seed."""
        return self.kind.draw(shape, seed, *self.arguments)

    @property
    def whole(self) -> str:
        """The text with all arguments, though they are Keras's defaults."""
        return f"{self.name}({','.join(map(repr, self.arguments))})" if self.arguments else self.name

    def __str__(self) -> str:
        return self.name if self.arguments == tuple(self.kind.arguments.values()) else self.whole


def _zeros(shape: tuple[int, ...], seed: int) -> Float32Array:
    return np.zeros(shape, np.float32)


def _ones(shape: tuple[int, ...], seed: int) -> Float32Array:
    return np.ones(shape, np.float32)


def _constant(shape: tuple[int, ...], seed: int, value: float) -> Float32Array:
    return np.full(shape, value, np.float32)


def _identity(shape: tuple[int, ...], seed: int, gain: float) -> Float32Array:
    """Return `gain` down the diagonal from the upper left corner, also of a matrix that is not square."""
    return np.float32(gain) * np.eye(*shape, dtype=np.float32)


def _uniform(shape: tuple[int, ...], seed: int, low: float, high: float) -> Float32Array:
    """TensorFlow's `random * (maxval - minval) + minval`, every step in float32."""
    return philox.uniform(shape, seed) * (np.float32(high) - np.float32(low)) + np.float32(low)


def _normal(shape: tuple[int, ...], seed: int, mean: float, deviation: float) -> Float32Array:
    return philox.normal(shape, seed) * np.float32(deviation) + np.float32(mean)


def _truncated_normal(shape: tuple[int, ...], seed: int, mean: float, deviation: float) -> Float32Array:
    """Return normals of which those beyond two deviations are drawn again."""
    return philox.truncated_normal(shape, seed) * np.float32(deviation) + np.float32(mean)


def _orthogonal(shape: tuple[int, ...], seed: int, gain: float) -> Float32Array:
    """Rows (or, in a tall matrix, columns) of length `gain` at right angles to each other.

    Recurrent kernels of an LSTM or a GRU agree with Keras to 4e-7. A nearly square matrix (a SimpleRNN's recurrent
    kernel; a kernel of about as many features as columns) can be ill-conditioned: Keras' float32 QR then loses
    digits, and a few seeds in a hundred differ by more than 1e-6 (of 1,500 seeds at most 1.1e-5 at 16 x 16, 6.3e-5
    at 32 x 32).
    """
    tall = philox.normal((max(shape), min(shape)), seed)
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diag(r))
    return np.float32(gain) * (q.T if shape[0] < shape[1] else q)


def _scaled_uniform(scale: float, fan: Callable[[int, int], float]) -> Draw:
    """Uniform values of variance `scale / fan(rows, columns)` (Keras' VarianceScaling)."""

    def draw(shape: tuple[int, ...], seed: int) -> Float32Array:
        limit = math.sqrt(3.0 * (scale / fan(*shape)))
        return _uniform(shape, seed, -limit, limit)

    return draw


def _scaled_normal(scale: float, fan: Callable[[int, int], float]) -> Draw:
    """Draw truncated normals of variance `scale / fan(rows, columns)`; the constant offsets the truncation."""
    return lambda shape, seed: _truncated_normal(shape, seed, 0.0, math.sqrt(scale / fan(*shape)) / 0.87962566103423978)


def _fan_in(rows: int, columns: int) -> float:
    return rows


def _fan_average(rows: int, columns: int) -> float:
    """Keras counts the columns of all gates as outputs, although each gate has only U."""
    return (rows + columns) / 2.0


_SPREAD = {"mean": 0.0, "stddev": 0.05}
INITIALIZERS: Mapping[str, Initializer] = MappingProxyType(
    {
        "glorot_uniform": Initializer("GlorotUniform", _scaled_uniform(1.0, _fan_average)),
        "glorot_normal": Initializer("GlorotNormal", _scaled_normal(1.0, _fan_average)),
        "he_uniform": Initializer("HeUniform", _scaled_uniform(2.0, _fan_in)),
        "he_normal": Initializer("HeNormal", _scaled_normal(2.0, _fan_in)),
        "lecun_uniform": Initializer("LecunUniform", _scaled_uniform(1.0, _fan_in)),
        "random_uniform": Initializer("RandomUniform", _uniform, {"minval": -0.05, "maxval": 0.05}, for_bias=True),
        "random_normal": Initializer("RandomNormal", _normal, _SPREAD, for_bias=True),
        "orthogonal": Initializer("Orthogonal", _orthogonal, {"gain": 1.0}),
        "zeros": Initializer("Zeros", _zeros, takes_seed=False, for_bias=True),
        "ones": Initializer("Ones", _ones, takes_seed=False, for_bias=True),
        "lecun_normal": Initializer("LecunNormal", _scaled_normal(1.0, _fan_in)),
        "truncated_normal": Initializer("TruncatedNormal", _truncated_normal, _SPREAD, for_bias=True),
        "constant": Initializer("Constant", _constant, {"value": 0.0}, takes_seed=False, for_bias=True),
        "identity": Initializer("Identity", _identity, {"gain": 1.0}, takes_seed=False),
    }
)
"""By Keras's names. Source: random_initializers.py and constant_initializers.py in keras/src/initializers/."""
BIAS_INITIALIZERS = tuple(name for name, initializer in INITIALIZERS.items() if initializer.for_bias)
ALIASES: Mapping[str, str] = MappingProxyType(
    {initializer.keras_class: name for name, initializer in INITIALIZERS.items()}
    | {"normal": "random_normal", "uniform": "random_uniform", "one": "ones", "zero": "zeros"}
    | {"IdentityInitializer": "identity", "OrthogonalInitializer": "orthogonal"}
)
"""Keras's other names of initializers. Source: keras/src/initializers/__init__.py."""


@lru_cache
def chosen(text: str) -> Chosen:
    """Return the initializer that a text names, with its arguments.

    >>> chosen("random_normal").named, chosen("constant( .3 )")
    ({'mean': 0.0, 'stddev': 0.05}, Chosen(name='constant', arguments=(0.3,)))

    Raises:
        Refusal: `not_a_choice`; `initializer_arguments` where it takes no or other arguments; `out_of_range` and
            `too_small` for a number that is.
    """
    found = _TEXT.fullmatch(text) if len(text) <= _LONGEST else None
    name = found[1] if found else text.partition("(")[0]
    if name not in INITIALIZERS:
        raise _no_choice(text, INITIALIZERS)
    wanted = INITIALIZERS[name].arguments
    given = found[2].split(",") if found and found[2] else []
    if not found or (given and len(given) != len(wanted)):
        raise Refusal(
            "initializer_arguments", given=text[:_LONGEST], example=Chosen(name, tuple(wanted.values())).whole
        )
    return with_arguments(name, tuple(float(number) for number in given) or tuple(wanted.values()))


def with_arguments(name: str, arguments: Iterable[float]) -> Chosen:
    """Return an initializer with arguments; Refusal `out_of_range` or `too_small` for one that is."""
    numbers = tuple(number + 0.0 for number in arguments)  # no -0.0
    for number in numbers:
        if not abs(number) <= MAX_ARGUMENT:
            raise Refusal("out_of_range", given=number, low=-MAX_ARGUMENT, high=MAX_ARGUMENT)
        if number and not np.float32(number):
            raise Refusal("too_small", given=number)
    return Chosen(name, numbers)


def form(name: str) -> str:
    """Return how an initializer is written with its arguments.

    >>> form("random_uniform"), form("zeros")
    ('random_uniform(minval,maxval)', 'zeros')
    """
    arguments = ",".join(INITIALIZERS[name].arguments)
    return f"{name}({arguments})" if arguments else name


def as_kernel_initializer(text: object) -> str:
    """Return the one text of a kernel's initializer; Refusal for what is none, see `chosen`."""
    if not isinstance(text, str):
        raise _no_choice(text, INITIALIZERS)
    return str(chosen(text))


def as_bias_initializer(text: object) -> str:
    """Return the one text of a bias' initializer; Refusal for what is none, see `chosen`."""
    if not isinstance(text, str) or text.partition("(")[0] not in BIAS_INITIALIZERS:
        raise _no_choice(text, BIAS_INITIALIZERS)
    return str(chosen(text))


def _no_choice(given: object, names: Iterable[str]) -> Refusal:
    shown = given[:_LONGEST] if isinstance(given, str) else given
    return Refusal("not_a_choice", given=shown, choices=_forms(names))


def _forms(names: Iterable[str]) -> str:
    return ", ".join(map(form, names))


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
    `unit_forget_bias` is for cells with a forget gate. ValueError for texts, sizes and seeds that are not on offer.

    >>> weights = initial_weights(features=1, units=2, seed=7)
    >>> weights.kernel.shape, weights.recurrent_kernel.shape
    ((1, 8), (2, 8))
    >>> weights.bias.tolist()
    [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    """
    check_whole_number("features", features, 1)
    check_whole_number("units", units, 1)
    check_whole_number("seed", seed, 0, MAX_SEED)
    kernel = _checked("kernel_initializer", kernel_initializer, as_kernel_initializer, INITIALIZERS)
    recurrent_kernel = _checked("recurrent_initializer", recurrent_initializer, as_kernel_initializer, INITIALIZERS)
    _checked("bias_initializer", bias_initializer, as_bias_initializer, BIAS_INITIALIZERS)
    shapes = spec.weight_shapes(features, units)
    return Weights(
        kernel=kernel.draw(shapes["kernel"], seed),
        recurrent_kernel=recurrent_kernel.draw(shapes["recurrent_kernel"], seed + 1),
        bias=initial_bias(spec, bias_initializer, units, unit_forget_bias, seed + 2) if use_bias else None,
    )


def initial_bias(spec: CellSpec, name: str, units: int, unit_forget_bias: bool, seed: int) -> Float32Array:
    """Return a bias, (columns,) or (rows, columns) as the cell has it.

    With `unit_forget_bias` Keras draws the bias of i, and that of c~ and o, from one and the same start: random
    biases of i and c~ are then equal. Source: `LSTMCell.build` in keras/src/layers/rnn/lstm.py, `GRUCell.build` in
    gru.py.
    """
    draw = chosen(name).draw
    shape = spec.weight_shapes(1, units)["bias"]
    if not unit_forget_bias or not any(gate.role == "forget" for gate in spec.gates):
        return draw(shape, seed)
    forget = spec.columns_of("forget", units)
    after = (shape[0] - forget.stop,)
    return np.concatenate((draw((forget.start,), seed), _ones((units,), seed), draw(after, seed)))


def _checked(argument: str, text: str, reader: Callable[[object], str], names: Iterable[str]) -> Chosen:
    try:
        return chosen(reader(text))
    except Refusal as refusal:
        raise ValueError(f"{argument} is {text!r}; it must be one of {_forms(names)}; choose one of these") from refusal
