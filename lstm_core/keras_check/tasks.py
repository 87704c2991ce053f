"""What runs inside the worker process: the real Keras layer, asked for its numbers.

Importing this module is cheap and does not touch TensorFlow: the app's process names these functions and
`lstm_core.keras_check.worker` runs them in a process of their own. What goes in and comes out is in
`lstm_core.keras_check.messages`.
"""

from __future__ import annotations

import io
import os
import platform
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from lstm_core.keras_check.held import hold
from lstm_core.keras_check.messages import (
    OF_MODELS,
    RETURNED,
    CheckedCall,
    Evidence,
    Float32Array,
    KerasTrace,
    LayerCall,
    ScriptResult,
    ScriptRun,
    Versions,
)
from lstm_core.keras_check.single_steps import check_call
from lstm_core.layers.spec import LSTM
from lstm_core.layers.trace import DropoutMasks

T = TypeVar("T")

_BOLD = re.compile(r"\x1b\[\d*m")
"""What Keras puts around a message to make it bold in a terminal."""


def warm_up() -> Versions:
    """Import TensorFlow and Keras, run one small layer, and return their versions."""
    keras = load_keras()
    keras.layers.LSTM(1)(np.zeros((1, 1, 1), np.float32))
    return versions()


def run_script(source: str) -> ScriptRun:
    """Run a script and return what it printed and returned.

    Only for scripts that `lstm_core.code.codegen` made, whose every value is a checked number or a name out of a
    fixed list; never for text that a user wrote. The script's print options end with it.
    """
    load_keras()
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with io.StringIO() as printed, np.printoptions(), redirect_stdout(printed):
        exec(compile(source, "<exact script>", "exec"), namespace)
        names = (name for name in namespace if name in RETURNED or OF_MODELS.fullmatch(name))
        values = {name: _array(namespace[name]) for name in names}
        return ScriptRun(printed.getvalue(), values)


def show_script(source: str) -> ScriptResult:
    """Run a lesson's script, or one that Keras refuses, and return what Python shows of it.

    Only for the scripts that `lstm_core.lessons` and `lstm_core.keras_check.refused` make, as for `run_script`.
    """
    load_keras()
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with io.StringIO() as printed, np.printoptions(), redirect_stdout(printed):
        try:
            exec(compile(source, "<lesson>", "exec"), namespace)
        except Exception as error:
            message = "".join(traceback.format_exception_only(error))
            return ScriptResult(printed.getvalue(), _BOLD.sub("", message).strip())
        return ScriptResult(printed.getvalue(), None)


def gather(source: str, call: LayerCall) -> Evidence:
    """Run an experiment's generated script and, for the gates, the same layer with a cell that keeps them."""
    script = run_script(source)
    before, trace = told(_without_idle_calls(call))
    return Evidence(script, before, trace, versions())


def told(call: LayerCall, inputs: Sequence[Float32Array] | None = None) -> tuple[tuple[CheckedCall, ...], KerasTrace]:
    """Return what Keras's cell computes in the last call, and the calls before it whose state led to it.

    `inputs` are what the calls are given, where it is not the same for all.
    """
    keeps_state = call.arguments.stateful and call.initial_state is None
    before: list[CheckedCall] = []
    traces = _traces(call, inputs)
    trace = next(traces)
    for number, following in enumerate(traces, start=1):
        if number in call.reset_before:
            before.clear()
        elif keeps_state:
            given = call if inputs is None else replace(call, x=inputs[number - 1])
            before.append(check_call(given, trace.quantities, trace.start, trace.masks))
        trace = following
    return tuple(before), trace


def draw_dropout_masks(
    batch: int,
    features: int,
    units: int,
    dropout: float,
    recurrent_dropout: float,
    seed: int,
    calls: int = 1,
    state_rows: Sequence[int] | None = None,
    cell: str = LSTM.name,
) -> tuple[DropoutMasks, ...]:
    """Return the masks that a layer of this cell uses in its first, second, ... call with training=True.

    They come from Keras's own cell, asked in the order in which `RNN.call` asks it
    (keras/src/layers/rnn/rnn.py): input masks first, then recurrent ones, both forgotten after each call.
    `state_rows` says how many rows the initial state of each call has: with one row, shared by the batch,
    Keras draws one row of recurrent masks too.
    """
    keras = load_keras()
    drawing = getattr(keras.layers, f"{cell}Cell")(
        units, dropout=dropout, recurrent_dropout=recurrent_dropout, seed=seed
    )
    step_input = keras.ops.zeros((batch, features))
    drawn = []
    for rows in state_rows or (batch,) * calls:
        drawn.append(_cell_masks(drawing, step_input, keras.ops.zeros((rows, units))))
        drawing.reset_dropout_mask()
        drawing.reset_recurrent_dropout_mask()
    return tuple(drawn)


def run_layer(call: LayerCall) -> tuple[tuple[Float32Array, ...], ...]:
    """Run Keras's own layer; return the tensors of each call, in Keras's order."""
    keras = load_keras()
    layer = getattr(keras.layers, call.arguments.cell)(**call.arguments.of("cell", "loop", "flag"))

    def collect(returned: Any) -> tuple[Float32Array, ...]:
        return tuple(map(_array, returned if call.arguments.return_state else (returned,)))

    return tuple(_called_in_a_row(layer, call, collect))


def trace_gates(call: LayerCall) -> tuple[KerasTrace, ...]:
    """Return every traced quantity of each call, as Keras's own cell computes it."""
    return tuple(_traces(call))


def _traces(call: LayerCall, inputs: Sequence[Float32Array] | None = None) -> Iterator[KerasTrace]:
    """Yield the trace of one call after the other.

    The cell is Keras's own with its activations wrapped: they note what goes in (`z_*` and `c`) and what comes out
    (the gates and `tanh_c`), so that no formula stands here a second time. What the reset gate of a GRU acts on or
    makes goes into no activation: it is derived from Keras's own h and r, see `_reset`.
    """
    keras = load_keras()
    evaluated: list[tuple[Any, Any]] = []  # what went into an activation, what came out
    steps: list[tuple[list[Float32Array], list[tuple[Any, Any]]]] = []  # the states a step was given, its activations
    masks = DropoutMasks(None, None)
    spec = call.arguments.spec

    def noting(activation: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def activate(values: Any) -> Any:
            activated = activation(values)
            evaluated.append((values, activated))
            return activated

        return activate

    class GateCell(getattr(keras.layers, f"{spec.name}Cell")):  # type: ignore[misc]
        """Keras's cell, which keeps, for each step, the states it was given and what its activations made."""

        def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
            evaluated.clear()
            given = [_array(state) for state in states]  # now: a kept state is a variable, which the call changes
            stepped = super().call(inputs, states, training=training)
            steps.append((given, evaluated.copy()))
            if training:
                nonlocal masks
                masks = _cell_masks(self, inputs, states[0])
            return stepped

    cell = GateCell(**call.arguments.of("cell"))
    activation = cell.activation
    hold(cell, call.arguments, call.held, load_keras().ops.where)
    for which in {which for _, _, which in spec.activations}:
        setattr(cell, which, noting(getattr(cell, which)))
    loop = call.arguments.of("loop", "flag")
    layer = keras.layers.RNN(cell, **loop | {"return_sequences": True, "return_state": True})

    def collect(returned: Any) -> KerasTrace:
        # Without unroll Keras makes one call more at the start, only to learn the output's shape.
        processed = steps[-call.x.shape[1] :]
        steps.clear()
        quantities: dict[str, Float32Array] = {}
        for place, (before, after, _) in enumerate(spec.activations):  # the order in which the cell evaluates them
            quantities[before] = np.stack([_array(noted[place][0]) for _, noted in processed])
            quantities[after] = np.stack([_array(noted[place][1]) for _, noted in processed])
        states_after = [states for states, _ in processed[1:]] + [returned[1:]]
        for place, name in enumerate(spec.state_names):  # with a mask, c is not what the cell computed
            quantities[name] = np.stack([_array(states[place]) for states in states_after])
        if call.mask is not None:
            used = call.mask[:, ::-1] if call.arguments.go_backwards else call.mask
            for before, after, _ in spec.activations[len(spec.gates) :]:
                carried = _array(activation(quantities[before]))
                quantities[after] = np.where(used.T[:, :, None], quantities[after], carried)
        start = tuple(processed[0][0])
        return KerasTrace(quantities | _reset(call, quantities, start[0], masks), start, masks)

    return _called_in_a_row(layer, call, collect, inputs)


def _reset(
    call: LayerCall, quantities: dict[str, Float32Array], start: Float32Array, masks: DropoutMasks
) -> dict[str, Float32Array]:
    """Return h R + b of a GRU's candidate, or with `reset_after=False` r h, made of Keras's h and r by Keras's ops."""
    ops, spec, weights = load_keras().ops, call.arguments.spec, call.weights
    gate = next((gate for gate in spec.gates if gate.product or gate.reads in spec.quantities), None)
    if gate is None:
        return {}
    h = quantities["h"]
    h_before = np.concatenate((np.broadcast_to(start, h.shape[1:])[None], h[:-1]))
    if not gate.product:
        return {gate.reads: _array(ops.multiply(quantities["r"], h_before))}
    columns = spec.columns_of(gate.role, weights.units)
    kept = 1.0 if masks.recurrent_dropout is None else masks.recurrent_dropout[spec.gates.index(gate)]
    product = ops.matmul(ops.multiply(h_before, kept), weights.recurrent_kernel[:, columns])
    return {gate.product: _array(product if weights.bias is None else product + weights.bias[1, columns])}


def _without_idle_calls(call: LayerCall) -> LayerCall:
    """Leave out the calls that have no say in the last one: those before a reset, or all if no state is kept.

    With dropout every call counts, because each draws masks.
    """
    if call.training and (call.arguments.dropout or call.arguments.recurrent_dropout):
        return call
    keeps_state = call.arguments.stateful and call.initial_state is None
    first = max((0, *call.reset_before)) if keeps_state else call.calls - 1
    return replace(call, calls=call.calls - first, reset_before=())


def _called_in_a_row(
    layer: Any, call: LayerCall, collect: Callable[[Any], T], inputs: Sequence[Float32Array] | None = None
) -> Iterator[T]:
    """Build the layer, set its weights, call it eagerly as often as asked, and yield what is collected."""
    layer.build(call.x.shape)
    weights = call.weights
    layer.set_weights(
        [array for array in (weights.kernel, weights.recurrent_kernel, weights.bias) if array is not None]
    )
    arguments: dict[str, Any] = {"training": call.training}
    if call.mask is not None:
        arguments["mask"] = call.mask
    if call.initial_state is not None:
        arguments["initial_state"] = list(call.initial_state)
    for number in range(call.calls):
        if number in call.reset_before:
            layer.reset_state()
        yield collect(layer(call.x if inputs is None else inputs[number], **arguments))


def _cell_masks(cell: Any, step_input: Any, h: Any) -> DropoutMasks:
    """Return the masks that a cell multiplies x and h with in this call; it draws them where it has none yet."""
    batch, features = step_input.shape
    masks, recurrent_masks = cell.get_dropout_mask(step_input), cell.get_recurrent_dropout_mask(h)
    return DropoutMasks(
        _mask_stack(masks, (batch, features)) if 0.0 < cell.dropout < 1.0 else None,
        _mask_stack(recurrent_masks, (batch, cell.units)) if 0.0 < cell.recurrent_dropout < 1.0 else None,
    )


def _mask_stack(masks: Any, shape: tuple[int, int]) -> Float32Array:
    """Return one mask, or a list of one a gate, as (1 or gates, rows, columns)."""
    several = masks if isinstance(masks, list) else [masks]
    return np.stack([np.broadcast_to(_array(mask), shape) for mask in several])


def _array(tensor: Any) -> Float32Array:
    return np.asarray(tensor)


def versions() -> Versions:
    """Return what the numbers are computed with."""
    import keras
    import tensorflow

    return Versions(keras.__version__, tensorflow.__version__, platform.python_version())


def load_keras() -> Any:
    """Import Keras on TensorFlow, on the CPU and without log noise, and return it."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # cuDNN rounds otherwise, and refuses some masks
    import keras

    return keras
