"""What distinguishes a cell, as data: its gates, states, equations and colours. No other list of them stands anywhere.

Python reads a `CellSpec` directly; the browser gets it with the picture's data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from lstm_core.layers.lstm import lstm_step
from lstm_core.layers.weights import Float32Array, Weights

Role = Literal["input", "forget", "candidate", "output"]
ActivationArgument = Literal["activation", "recurrent_activation"]


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
    """

    role: Role = "input"
    activation: ActivationArgument = "recurrent_activation"
    place: int = 0
    letter: str = ""

    @property
    def z(self) -> str:
        """The name of its pre-activation in a trace."""
        return f"z_{self.letter}"


@dataclass(frozen=True)
class Equation:
    """How a quantity is made of others: `right` has their names between "×" and "+", `_before` for the step before.

    With `activation` it is that activation of the right side. A trace keeps what is `traced`; the others are products
    that only the picture of the cell shows.
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
        bias_rows: Rows of the bias; with more than one it is (bias_rows, columns).
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
        made = tuple(equation.result for equation in self.equations if equation.traced)
        return (*(gate.z for gate in self.gates), *self.gate_names, *made)

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
        wanted = self.weight_shapes(weights.features, weights.units, use_bias=weights.bias is not None)
        for name, shape in wanted.items():
            if (given := getattr(weights, name).shape) != shape:
                raise ValueError(
                    f"{name} has shape {given}; it must be {shape} for {self.name}; give {len(self.gates)} columns per "
                    f"unit, in the order {', '.join(gate.symbol for gate in self.gates)}"
                )


# Colours: Okabe-Ito, one a quantity, in pictures, formulas and code alike; grey for the input
X = Quantity("x", "x", "#7F7F7F", fitted=True)
_H = Quantity("h", "h", "#56B4E9")

LSTM = CellSpec(
    name="LSTM",
    gates=(
        Gate("i", "i", "#009E73", low=0.0, role="input", place=1, letter="i"),
        Gate("f", "f", "#D55E00", low=0.0, role="forget", place=0, letter="f"),
        Gate("candidate", "c~", "#CC79A7", role="candidate", activation="activation", place=2, letter="c"),
        Gate("o", "o", "#0072B2", low=0.0, role="output", place=3, letter="o"),
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

CELLS = (LSTM,)

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
