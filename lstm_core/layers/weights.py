"""The weights of a recurrent layer, packed as Keras packs them.

Columns run gate by gate, each `units` wide, in the order of the cell's gates: an LSTM has four (keras/src/layers/rnn/
lstm.py, `LSTMCell.build`), a GRU three, a SimpleRNN one. `CellSpec.check_weights` says whether they are a cell's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
Edit = tuple[str, int, int, float]  # (tensor name, row, column, value)

WEIGHT_TENSORS = ("kernel", "recurrent_kernel", "bias")
"""The arrays in the order of `layer.get_weights()`."""
MAX_FLOAT32 = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class Weights:
    """The arrays of one recurrent layer with F features, U units and G gates, as `layer.get_weights()` orders them.

    `kernel` (F, GU), `recurrent_kernel` (U, GU), `bias` (GU,), or (2, GU) where the recurrent product has a bias of its
    own, or None. They are copied to float32 and made read-only. ValueError if the shapes do not belong together.

    >>> weights = Weights(np.zeros((3, 8)), np.zeros((2, 8)), bias=None)
    >>> weights.features, weights.units, weights.gates
    (3, 2, 4)
    """

    kernel: Float32Array
    recurrent_kernel: Float32Array
    bias: Float32Array | None

    def __post_init__(self) -> None:
        recurrent_shape = np.shape(self.recurrent_kernel)
        if len(recurrent_shape) != 2 or 0 in recurrent_shape or recurrent_shape[1] % recurrent_shape[0]:
            raise ValueError(
                f"recurrent_kernel has shape {recurrent_shape}; it must be (units, gates * units); "
                "give one row per unit and, for each gate, one column per unit"
            )
        columns = recurrent_shape[1]
        kernel_shape = np.shape(self.kernel)
        if len(kernel_shape) != 2 or kernel_shape[0] < 1 or kernel_shape[1] != columns:
            raise ValueError(
                f"kernel has shape {kernel_shape}; it must be (features, {columns}); "
                "give one row per feature and as many columns as recurrent_kernel has"
            )
        if self.bias is not None and np.shape(self.bias) not in ((columns,), (2, columns)):
            raise ValueError(
                f"bias has shape {np.shape(self.bias)}; it must be ({columns},) or (2, {columns}); "
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

    @property
    def gates(self) -> int:
        """Number of gates G."""
        return int(self.recurrent_kernel.shape[1]) // self.units

    def replace_forget_bias(self, value: float) -> "Weights":
        """Return an LSTM's weights with `value` in the forget quarter of the bias.

        ValueError without a bias, and for the weights of another cell.

        >>> zeros = Weights(np.zeros((1, 4)), np.zeros((1, 4)), np.zeros(4))
        >>> zeros.replace_forget_bias(2.5).bias.tolist()
        [0.0, 2.5, 0.0, 0.0]
        """
        if self.bias is None:
            raise ValueError("the weights have no bias; the forget bias is part of it; set use_bias=True")
        if self.gates != 4:
            raise ValueError(
                f"the weights have {self.gates} columns per unit; a forget gate is among the four of an LSTM; "
                "set the bias of another cell by `edited`"
            )
        return self.edited(("bias", 0, column, value) for column in range(self.units, 2 * self.units))

    def edited(self, edits: Iterable[Edit]) -> "Weights":
        """Return the same weights with values replaced: (tensor name, row, column, value).

        A bias (GU,) has row 0 alone; of a bias (2, GU) row 0 is the input's, row 1 the recurrent one.

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
            table = np.atleast_2d(arrays[name])  # a view: a bias (GU,) as a table of one row
            rows, columns = table.shape
            check_whole_number(f"the row of the edit of {name}", row, 0, rows - 1)
            check_whole_number(f"the column of the edit of {name}", column, 0, columns - 1)
            if not abs(value) <= MAX_FLOAT32:
                raise ValueError(
                    f"the new value of {name}[{row}, {column}] is {value}; it must be a finite number that "
                    "float32 holds; give one between -3.4e38 and 3.4e38"
                )
            table[row, column] = value
        return replace(self, **arrays)

    @property
    def parameters(self) -> int:
        """How many numbers the layer learns: G U (F + U), and G U more for each row of the bias.

        >>> Weights(np.zeros((3, 8)), np.zeros((2, 8)), np.zeros(8)).parameters  # an LSTM's: 4 * (2 * (3 + 2) + 2)
        48
        >>> Weights(np.zeros((3, 6)), np.zeros((2, 6)), np.zeros((2, 6))).parameters  # a GRU's: 3 * (2 * (3 + 2) + 4)
        42
        """
        return sum(array.size for array in self._arrays().values())

    def _arrays(self) -> dict[str, Float32Array]:
        arrays = {"kernel": self.kernel, "recurrent_kernel": self.recurrent_kernel}
        return arrays if self.bias is None else {**arrays, "bias": self.bias}


def check_whole_number(name: str, value: int, low: int, high: int | None = None) -> None:
    """Raise ValueError unless a value is a whole number between `low` and `high`."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < low or (high is not None and value > high):
        span = f"from {low} up" if high is None else f"from {low} to {high}"
        raise ValueError(f"{name} is {value!r}; it must be a whole number {span}; give one in that range")
