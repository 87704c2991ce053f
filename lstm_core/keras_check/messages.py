"""What goes to the worker process and comes back: arrays and text, no tensors, so that all of it pickles.

Unpickling a tensor would import TensorFlow where it must not be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.model_weights import FIRST, Opened
from lstm_core.layers.spec import CELLS
from lstm_core.layers.trace import DropoutMasks, States
from lstm_core.layers.weights import Weights

Float32Array = NDArray[np.float32]

RETURNED = tuple(dict.fromkeys(name for spec in CELLS for name in spec.returned_names))
"""The names that a generated script gives to what a layer of any cell returns."""
OF_MODELS = re.compile(r"(forward|backward)_output|prediction|(state|forward|backward)_[a-z]+(_\d)?")
"""The names that a generated script gives besides to what a model returns; as `returned_names` has them."""


@dataclass(frozen=True)
class Versions:
    """What the numbers were verified with."""

    keras: str
    tensorflow: str
    python: str


@dataclass(frozen=True, eq=False)
class ScriptRun:
    """What a generated script printed, and the values of `RETURNED` that it left behind, by name."""

    printed: str
    values: dict[str, Float32Array]


@dataclass(frozen=True)
class ScriptResult:
    """What a lesson's script printed, and the exception it ended in, as Python's last lines say it, or None."""

    printed: str
    error: str | None


@dataclass(frozen=True, eq=False)
class LayerCall:
    """A recurrent layer's arguments and weights, and how it is called; values and arrays only, so it pickles.

    `x` (B, T, F), `mask` (B, T) bool, `initial_state` an array (B, U) or (1, U) a state: all given to each of the
    `calls` calls in a row. `reset_before` has the calls, counted from 0, before which the state is reset. `held`
    (T, gates, U) is what gates are held at, in time order, NaN where one is free.
    """

    x: Float32Array
    weights: Weights
    arguments: LayerArguments
    training: bool = False
    mask: NDArray[np.bool_] | None = None
    initial_state: States | None = None
    calls: int = 1
    reset_before: tuple[int, ...] = ()
    held: Float32Array | None = None


def layer_call(experiment: Experiment) -> LayerCall:
    """Return the experiment as plain arrays and arguments, for the worker that asks Keras."""
    return LayerCall(
        x=experiment.data(),
        weights=experiment.weights(),
        arguments=experiment.layer,
        training=experiment.training,
        mask=experiment.step_mask(),
        initial_state=experiment.given_state(),
        calls=experiment.calls,
        reset_before=tuple(call - 1 for call in experiment.reset_before),
        held=experiment.held_gates(FIRST),
    )


@dataclass(frozen=True, eq=False)
class KerasTrace:
    """What Keras computed in one call: each of `CellSpec.quantities` (T, B, U) in processing order.

    At masked steps the states are those carried on, and `tanh_c` is the activation of that `c`; all else is what the
    cell computed there and the layer threw away. `start` has the states that the first step was given, `masks` the
    dropout masks that the cell used.
    """

    quantities: dict[str, Float32Array]
    start: States
    masks: DropoutMasks


class CheckedCall(NamedTuple):
    """One call of the layer: where it began and ended, its dropout masks, and the largest error of a single number."""

    start: States
    end: States
    masks: DropoutMasks
    error: float


@dataclass(frozen=True, eq=False)
class Evidence:
    """What Keras says about an experiment: its script's run, the trace of its last call, and the versions.

    `before` are the calls before the last one, as far as a kept state leads back, without their traces.
    """

    script: ScriptRun
    before: tuple[CheckedCall, ...]
    trace: KerasTrace
    versions: Versions


@dataclass(frozen=True, eq=False)
class LayerEvidence:
    """What Keras says about one direction of a layer in a model.

    `inputs` (B, T, F) has what the real layer got of the real one below, and `mask` (B, T) its mask, of each of the
    calls `before` and of the last one.
    """

    inputs: tuple[Float32Array, ...]
    mask: NDArray[np.bool_] | None
    before: tuple[CheckedCall, ...]
    trace: KerasTrace


@dataclass(frozen=True, eq=False)
class ModelEvidence:
    """What Keras says about a model: its script's run, each direction of each layer, and the versions."""

    script: ScriptRun
    layers: Mapping[Opened, LayerEvidence]
    versions: Versions
