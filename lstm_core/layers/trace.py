"""All that a recurrent layer computed on a batch of sequences, every quantity of every step by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstm_core.layers.spec import CellSpec
from lstm_core.layers.weights import Float32Array

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]
States = tuple[Float32Array, ...]  # in Keras's order, each (B, U)

OUTPUT = "output"
"""The name of what the layer emits at each step: h, or zeros where a mask puts them."""


@dataclass(frozen=True, eq=False)
class DropoutMasks:
    """The masks of one layer call, scaled by 1 / (1 - rate); None where Keras applies none.

    `dropout` (1, B, F) if one mask serves the four gates, (4, B, F) if each gate (i, f, c~, o) has its own;
    `recurrent_dropout` (4, B, U).
    """

    dropout: Float32Array | None
    recurrent_dropout: Float32Array | None


@dataclass(frozen=True, eq=False)
class LayerMasks:
    """The masks of one call of a layer: those of each direction, and of a Dropout layer behind it, if there is one.

    `after` has the shape of what the layer hands on, (B, T, W) or (B, W); where these are two tensors that are not
    merged, Keras makes one of them, (2, B, T, U) or (2, B, U).
    """

    directions: tuple[DropoutMasks, ...]
    after: Float32Array | None = None


Masks = tuple[LayerMasks, ...]
"""The masks of one call of a model, one a layer."""


def of_one_layer(calls: Iterable[DropoutMasks]) -> tuple[Masks, ...]:
    """Return the masks of a model that is one plain layer, from those of the layer's calls."""
    return tuple((LayerMasks((one,)),) for one in calls)


def of_first_layer(calls: Iterable[Masks]) -> tuple[DropoutMasks, ...]:
    """Return the masks of the first layer, those of its forward direction, for each call of a model."""
    return tuple(masks[0].directions[0] for masks in calls)


@dataclass(frozen=True, eq=False)
class Trace:
    """All that a layer computes on a batch of B sequences of T steps of F features, with U units.

    `trace["h"]`, and so on for every quantity of its cell's spec and for "output", is (T, B, U), float32, in processing
    order: the last time step first if the layer goes backwards. Pre-activations are `z_*`; `candidate` is c~. At a
    masked step the states are carried on, `tanh_c` belongs to the carried c, and z_* and the gates are what the cell
    computed and Keras threw away. All arrays are read-only.

    Args:
        spec: The cell.
        inputs: (B, T, F) in time order.
        start: The states before the first step by name, each (B, U).
        quantities: What the spec's cell computed, by name, each (T, B, U).
        output: (T, B, U), what the layer emits at each step: h, or zeros where `emits_h` is False.
        emits_h: (T, B) in processing order; None without a mask, when every step emits its h.
        last_emits_h: (B,) the same for the single output of return_sequences=False.
        time_index: (T,) the time step, from 0, of each processing step.
        mask: (B, T) in time order, True = use; None without a mask.
        dropout_mask: (1 or gates, B, F) as Keras draws it, scaled by 1 / (1 - rate); None without dropout.
        recurrent_dropout_mask: (gates, B or 1, U), scaled likewise.
    """

    spec: CellSpec
    inputs: Float32Array
    start: Mapping[str, Float32Array]
    quantities: Mapping[str, Float32Array]
    output: Float32Array
    emits_h: BoolArray | None
    last_emits_h: BoolArray | None
    time_index: IntArray
    mask: BoolArray | None
    dropout_mask: Float32Array | None
    recurrent_dropout_mask: Float32Array | None

    def __getitem__(self, name: str) -> Float32Array:
        """Return the quantity of this name, or "output", (T, B, U) in processing order.

        Raises:
            ValueError: for any other name.
        """
        if name == OUTPUT:
            return self.output
        if name not in self.quantities:
            raise ValueError(
                f"the quantity is {name!r}; it must be one of {', '.join(self.spec.quantities)} or output; choose one"
            )
        return self.quantities[name]

    @property
    def steps(self) -> int:
        """The number of time steps, T."""
        return len(self.time_index)

    @property
    def units(self) -> int:
        """The number of units, U."""
        return int(self.output.shape[2])

    @property
    def is_backwards(self) -> bool:
        """Whether the last time step is processed first; of a single step it makes no difference."""
        return bool(self.time_index[0] > self.time_index[-1])

    @property
    def end(self) -> States:
        """The states after the last step in Keras's order, each (B, U)."""
        return tuple(self.quantities[name][-1] for name in self.spec.state_names)

    def in_time_order(self, name: str) -> Float32Array:
        """Return the quantity of this name, or "output", as a (T, B, U) view whose first row is time step 0.

        Raises:
            ValueError: for any other name.
        """
        array = self[name]
        return array[::-1] if self.is_backwards else array
