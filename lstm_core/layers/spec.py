"""What distinguishes a cell, as data: its gates, states, equations and colours. No other list of them stands anywhere.

Python reads a `CellSpec` directly; the browser gets it with the picture's data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from lstm_core.layers.gru import gru_step, gru_step_reset_before
from lstm_core.layers.lstm import lstm_step
from lstm_core.layers.simple_rnn import simple_rnn_step
from lstm_core.layers.weights import Float32Array, Weights

Role = Literal["input", "forget", "candidate", "output", "update", "reset"]
ActivationArgument = Literal["activation", "recurrent_activation"]

BEFORE = "_before"
"""What ends the name of a quantity of the step before: `h_before`."""
REST = "1-"
"""What begins the name of the rest of a share: `1-z` is 1 - z."""


@dataclass(frozen=True)
class Quantity:
    """Something a layer computes at every step, or is given: how it is written, coloured and scaled.

    Charts of it span `low` to `high`; where values leave that range it grows evenly about its middle, and is said to
    be widened, unless the quantity is `unbounded` by nature. `fitted` spans what is there instead.
    """

    name: str
    symbol: str
    colour: str
    low: float = -1.0
    high: float = 1.0
    unbounded: bool = False
    fitted: bool = False

    @property
    def is_share(self) -> bool:
        """Whether it runs from 0, shut, to 1, open."""
        return self.low == 0.0


@dataclass(frozen=True)
class Gate(Quantity):
    """A gate or candidate: an activation of x K + h R + b.

    Args:
        role: What it is for, in the words of the paper.
        activation: The layer's argument that names its activation.
        place: Where it stands in the picture of the cell, from the left.
        letter: What its weights and its pre-activation have as subscript: `W_c`, `z_c`.
        reads: What stands for h in the sum: the state before, or what an equation makes of it.
        reset: The gate that h R, with the bias of its own, is multiplied by before it is added; "" for none.
        product: The name of h R with that bias in a trace, where it is kept; else "".
    """

    role: Role = "input"
    activation: ActivationArgument = "recurrent_activation"
    place: int = 0
    letter: str = ""
    reads: str = "h_before"
    reset: str = ""
    product: str = ""

    @property
    def z(self) -> str:
        """The name of its pre-activation in a trace."""
        return f"z_{self.letter}"


@dataclass(frozen=True)
class Equation:
    """How a quantity is made of others: `right` has their names between "×" and "+".

    A name that ends in `_before` is of the step before; one that begins with `1-` is the rest of a share. With
    `activation` it is that activation of the right side. A trace keeps what is `traced`; the others are products that
    only the picture of the cell shows.
    """

    result: str
    right: tuple[str, ...]
    activation: ActivationArgument | None = None
    traced: bool = True


@dataclass(frozen=True)
class CellSpec:
    """All that distinguishes a cell.

    Args:
        name: The layer's class in `keras.layers`.
        gates: In the order of the columns of kernel, recurrent kernel and bias.
        states: In Keras's order; the first is also the output.
        equations: What a step makes of the gates, in the order in which it does.
        step: One step as on paper, which learners read; its fields are the spec's quantities.
        bias_rows: Rows of the bias; with two it is (2, columns): the first is added to x K, the second to h R.
    """

    name: str
    gates: tuple[Gate, ...]
    states: tuple[Quantity, ...]
    equations: tuple[Equation, ...]
    step: Callable[..., tuple[Float32Array, ...]]
    bias_rows: int = 1

    @cached_property
    def gate_names(self) -> tuple[str, ...]:
        """The gates' names in the order of the columns."""
        return tuple(gate.name for gate in self.gates)

    @cached_property
    def gates_in_cell(self) -> tuple[str, ...]:
        """The gates' names as they stand in the picture of the cell, from the left."""
        return tuple(gate.name for gate in sorted(self.gates, key=lambda gate: gate.place))

    @cached_property
    def gates_in_use(self) -> tuple[str, ...]:
        """The gates' names in the order in which the equations use them.

        >>> LSTM.gates_in_use
        ('i', 'candidate', 'f', 'o')
        """
        parts = (part for equation in self.equations for part in equation.right)
        return tuple(dict.fromkeys(part for part in parts if part in self.gate_names))

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        """The states' names in Keras's order."""
        return tuple(state.name for state in self.states)

    @cached_property
    def states_drawn(self) -> tuple[str, ...]:
        """The states' names as pictures draw them, from the top: the memory above what is shown of it."""
        return self.state_names[::-1]

    @cached_property
    def returned_names(self) -> tuple[str, ...]:
        """The names of all that the layer can return, in Keras's order.

        >>> LSTM.returned_names
        ('output', 'state_h', 'state_c')
        """
        return ("output", *(f"state_{name}" for name in self.state_names))

    @cached_property
    def quantities(self) -> tuple[str, ...]:
        """What a trace keeps of every step, pre-activations first.

        >>> LSTM.quantities
        ('z_i', 'z_f', 'z_c', 'z_o', 'i', 'f', 'candidate', 'o', 'c', 'tanh_c', 'h')
        """
        products = tuple(gate.product for gate in self.gates if gate.product)
        made = tuple(equation.result for equation in self.equations if equation.traced)
        return (*(gate.z for gate in self.gates), *self.gate_names, *products, *made)

    @cached_property
    def shown(self) -> tuple[str, ...]:
        """The quantities that pictures show: all but the pre-activations, which are the sums of their terms."""
        return self.quantities[len(self.gates) :]

    @cached_property
    def compared(self) -> tuple[str, ...]:
        """The states, then the gates as they stand in the cell: what two runs are compared by."""
        return (*self.state_names, *self.gates_in_cell)

    @cached_property
    def activations(self) -> tuple[tuple[str, str, ActivationArgument], ...]:
        """What goes into and comes out of each activation of a step, and which it is, in the order of the step."""
        gates = ((gate.z, gate.name, gate.activation) for gate in self.gates)
        made = ((one.right[0], one.result, one.activation) for one in self.equations if one.activation)
        return (*gates, *made)

    def columns_of(self, role: str, units: int) -> slice:
        """Return which columns of the weights are the gate's of this role.

        >>> LSTM.columns_of("forget", 4)
        slice(4, 8, None)
        """
        first = next(place for place, gate in enumerate(self.gates) if gate.role == role) * units
        return slice(first, first + units)

    def weight_shapes(self, features: int, units: int, *, use_bias: bool = True) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the weights by Keras's names, in the order of `get_weights()`.

        >>> LSTM.weight_shapes(3, 2)
        {'kernel': (3, 8), 'recurrent_kernel': (2, 8), 'bias': (8,)}
        """
        columns = len(self.gates) * units
        shapes: dict[str, tuple[int, ...]] = {"kernel": (features, columns), "recurrent_kernel": (units, columns)}
        if use_bias:
            shapes["bias"] = (columns,) if self.bias_rows == 1 else (self.bias_rows, columns)
        return shapes

    def check_weights(self, weights: Weights) -> None:
        """Raise ValueError, in the order of this cell's gates, unless weights have the shapes of its own."""
        columns, bias = len(self.gates) * weights.units, weights.bias
        if weights.kernel.shape[1] == columns and (bias is None or bias.ndim == min(self.bias_rows, 2)):
            return  # `Weights` has seen to it that the others fit
        wanted = self.weight_shapes(weights.features, weights.units, use_bias=weights.bias is not None)
        for name, shape in wanted.items():
            if (given := getattr(weights, name).shape) != shape:
                raise ValueError(
                    f"{name} has shape {given}; it must be {shape} for {self.name}; give {len(self.gates)} columns per "
                    f"unit, in the order {', '.join(gate.symbol for gate in self.gates)}"
                )


# Colours: Okabe-Ito, one a quantity, in pictures, formulas and code alike; grey for the input. A GRU's gates have those
# of the LSTM's that do the same: z and f keep what was there, both candidates are what may be written, r and o let it
# be seen.
X = Quantity("x", "x", "#7F7F7F", fitted=True)
_H = Quantity("h", "h", "#56B4E9")
_KEEPS, _WRITES, _SHOWS, _NEW = "#D55E00", "#009E73", "#0072B2", "#CC79A7"

LSTM = CellSpec(
    name="LSTM",
    gates=(
        Gate("i", "i", _WRITES, low=0.0, role="input", place=1, letter="i"),
        Gate("f", "f", _KEEPS, low=0.0, role="forget", place=0, letter="f"),
        Gate("candidate", "c~", _NEW, role="candidate", activation="activation", place=2, letter="c"),
        Gate("o", "o", _SHOWS, low=0.0, role="output", place=3, letter="o"),
    ),
    states=(_H, Quantity("c", "c", "#E69F00", unbounded=True)),
    equations=(
        Equation("write", ("i", "×", "candidate"), traced=False),
        Equation("keep", ("f", "×", "c_before"), traced=False),
        Equation("c", ("keep", "+", "write")),
        Equation("tanh_c", ("c",), activation="activation"),
        Equation("h", ("o", "×", "tanh_c")),
    ),
    step=lstm_step,
)
"""Source: `LSTMCell.call` in keras/src/layers/rnn/lstm.py; Gers et al. (2000), "Learning to Forget"."""

_Z = Gate("z", "z", _KEEPS, low=0.0, role="update", place=0, letter="z")
_R = Gate("r", "r", _SHOWS, low=0.0, role="reset", place=1, letter="r")
_H_TILDE = Gate("h_tilde", "h~", _NEW, role="candidate", activation="activation", place=2, letter="h")
_BLEND = (
    Equation("keep", ("z", "×", "h_before"), traced=False),
    Equation("write", ("1-z", "×", "h_tilde"), traced=False),
    Equation("h", ("keep", "+", "write")),
)

GRU = CellSpec(
    name="GRU",
    gates=(_Z, _R, replace(_H_TILDE, reset="r", product="h_recurrent")),
    states=(_H,),
    equations=(Equation("reset", ("r", "×", "h_recurrent"), traced=False), *_BLEND),
    step=gru_step,
    bias_rows=2,
)
"""`reset_after=True`: r multiplies h R + b of the candidate.

Source: `GRUCell.call` in keras/src/layers/rnn/gru.py; Cho et al. (2014), arXiv:1406.1078v1.
"""

GRU_RESET_BEFORE = CellSpec(
    name="GRU",
    gates=(_Z, _R, replace(_H_TILDE, reads="h_reset")),
    states=(_H,),
    equations=(Equation("h_reset", ("r", "×", "h_before")), *_BLEND),
    step=gru_step_reset_before,
)
"""`reset_after=False`: r multiplies h before the candidate's recurrent kernel does.

Source: `GRUCell.call` in keras/src/layers/rnn/gru.py; Cho et al. (2014), arXiv:1406.1078v3.
"""

SIMPLE_RNN = CellSpec(
    name="SimpleRNN",
    gates=(replace(_H_TILDE, place=0),),
    states=(_H,),
    equations=(Equation("h", ("h_tilde",)),),
    step=simple_rnn_step,
)
"""Source: `SimpleRNNCell.call` in keras/src/layers/rnn/simple_rnn.py; Elman (1990), "Finding Structure in Time"."""

CELLS = (LSTM, GRU, GRU_RESET_BEFORE, SIMPLE_RNN)

STATES = tuple(dict.fromkeys(name for cell in CELLS for name in cell.state_names))
"""The states that some cell has, and that can be given to a call."""

QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {of.name: of for cell in CELLS for of in (*cell.gates, *cell.states)} | {X.name: X}
)
"""Every quantity of any cell that has a colour of its own, and the input, by name."""


def symbol_of(name: str) -> str:
    """Return how a quantity is written; its name where it has no symbol of its own.

    >>> symbol_of("candidate"), symbol_of("h")
    ('c~', 'h')
    """
    return QUANTITIES[name].symbol if name in QUANTITIES else name
