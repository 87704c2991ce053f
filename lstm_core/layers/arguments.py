"""The arguments of one recurrent layer, with every default and bound. No other list of them stands anywhere."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

from lstm_core.layers.activations import ACTIVATIONS
from lstm_core.layers.initializers import BIAS_INITIALIZERS, INITIALIZERS, as_bias_initializer, as_kernel_initializer
from lstm_core.layers.spec import CELLS, GRU, GRU_RESET_BEFORE, LSTM, CellSpec
from lstm_core.limits import MAX_UNITS
from lstm_core.options import check, option, plain

Part = Literal["class", "flag", "cell", "loop", "weights", "wrapper", "after"]

CELL_NAMES = tuple(dict.fromkeys(spec.name for spec in CELLS))
"""The names of the cells, as Keras has them."""
_GATED = (LSTM.name, GRU.name)
_SPECS = {(spec.name, after): spec for spec in CELLS for after in (True, False)}  # by cell and reset_after
_SPECS |= {(GRU.name, True): GRU, (GRU.name, False): GRU_RESET_BEFORE}


@dataclass(frozen=True)
class LayerArguments:
    """The arguments of a recurrent layer in Keras's own names, in the order in which links and comparisons have them.

    Handed as they are to the engine, to Keras's process and to the code. Each field says which `part` of Keras takes
    it: "class" says which layer it is; "flag" and "loop" are arguments of `keras.layers.RNN`, "cell" of the cell;
    "weights" decide how weights begin. `cells` are those that have it, where not all do; the others leave it alone.

    >>> LayerArguments(units=2, return_state=True).of("flag")
    {'return_sequences': False, 'return_state': True, 'go_backwards': False, 'stateful': False}

    Raises:
        Refusal: for a value that is out of its bounds.
    """

    return_sequences: bool = option(False, part="flag")
    return_state: bool = option(False, part="flag")
    go_backwards: bool = option(False, part="flag")
    stateful: bool = option(False, part="flag")
    cell: str = option("LSTM", choices=CELL_NAMES, part="class")
    units: int = option(4, low=1, high=MAX_UNITS, part="cell")
    activation: str = option("tanh", choices=tuple(ACTIVATIONS), part="cell")
    recurrent_activation: str = option("sigmoid", choices=tuple(ACTIVATIONS), part="cell", cells=_GATED)
    use_bias: bool = option(True, part="cell")
    unit_forget_bias: bool = option(True, part="weights", cells=(LSTM.name,))
    reset_after: bool = option(True, part="cell", cells=(GRU.name,))
    unroll: bool = option(False, part="loop")
    zero_output_for_mask: bool = option(False, part="loop")
    dropout: float = option(0.0, low=0.0, high=0.95, part="cell")
    recurrent_dropout: float = option(0.0, low=0.0, high=0.95, part="cell")
    seed: int = option(1, low=0, high=999_999, part="cell")
    kernel_initializer: str = option(
        "glorot_uniform", choices=tuple(INITIALIZERS), parsed_by=as_kernel_initializer, part="weights"
    )
    recurrent_initializer: str = option(
        "orthogonal", choices=tuple(INITIALIZERS), parsed_by=as_kernel_initializer, part="weights"
    )
    bias_initializer: str = option(
        "zeros", choices=tuple(BIAS_INITIALIZERS), parsed_by=as_bias_initializer, part="weights"
    )
    forget_bias: float | None = option(None, low=-10.0, high=10.0, part="weights", cells=(LSTM.name,))
    bidirectional: bool = option(False, part="wrapper")
    merge_mode: str = option("concat", choices=("concat", "sum", "ave", "mul", "None"), part="wrapper")
    dropout_after: float = option(0.0, low=0.0, high=0.95, part="after")

    def __post_init__(self) -> None:
        own = vars(self)
        for name, f in ARGUMENTS.items():
            if refusal := check(f, own[name]):
                raise refusal
            own[name] = plain(f, own[name])

    @property
    def spec(self) -> CellSpec:
        """The cell of the layer."""
        return _SPECS[self.cell, self.reset_after]

    @property
    def returned_names(self) -> tuple[str, ...]:
        """The names of what the layer returns, in Keras's order."""
        return self.spec.returned_names if self.return_state else self.spec.returned_names[:1]

    def of(self, *parts: Part) -> dict[str, Any]:
        """Return the arguments that these parts of the layer's own class in Keras take, by name.

        >>> LayerArguments(cell="SimpleRNN").of("cell").keys() & {"units", "recurrent_activation"}
        {'units'}
        """
        names = (name for name, f in ARGUMENTS.items() if f.metadata["part"] in parts and self.has(name))
        return {name: getattr(self, name) for name in names}

    def has(self, name: str) -> bool:
        """Whether the layer's cell has the argument of this name.

        >>> LayerArguments(cell="GRU").has("unit_forget_bias")
        False
        """
        cells = ARGUMENTS[name].metadata.get("cells")
        return cells is None or self.cell in cells


ARGUMENTS = {f.name: f for f in fields(LayerArguments)}
"""The fields by name."""
FLAGS = tuple(name for name, f in ARGUMENTS.items() if f.metadata["part"] == "flag")
"""The flags that decide what enters and leaves the layer, not what happens inside it."""
INITIALIZER_ARGUMENTS = tuple(name for name in ARGUMENTS if name.endswith("_initializer"))
