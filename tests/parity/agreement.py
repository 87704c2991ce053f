"""How far the engine is from Keras in one configuration."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from lstm_core.keras_check.messages import LayerCall
from lstm_core.keras_check.tasks import draw_dropout_masks, run_layer, trace_gates
from lstm_core.layers.outputs import layer_outputs
from lstm_core.layers.rnn import run_recurrent
from lstm_core.layers.trace import Trace

TOLERANCE = 1e-6
CARRIED = ("c", "tanh_c", "h")  # what a masked step has too; Keras throws its gates away
SUMS = ("z_", "h_recurrent")  # how the names of sums begin, whose terms can cancel


class Differences(NamedTuple):
    """The largest difference in the states, gates and returned tensors, and in the pre-activations."""

    values: float
    pre_activations: float


def assert_agreement(call: LayerCall) -> Differences:
    """Compare every traced quantity and every returned tensor of each call; return the largest differences.

    A sum's terms can cancel, as a pre-activation's do: its rounding is measured by the largest of its tensor.
    """
    values, pre_activations = [0.0], [0.0]
    calls = zip(engine_traces(call), run_layer(call), trace_gates(call), strict=True)
    for number, (trace, returned, keras) in enumerate(calls):
        unmasked = np.ones(trace["h"].shape[:2], dtype=bool)
        if call.mask is not None:
            unmasked = call.mask[:, trace.time_index].T
        pairs = {
            name: (trace[name], keras.quantities[name])
            if name in CARRIED
            else (trace[name][unmasked], keras.quantities[name][unmasked])
            for name in trace.spec.quantities
        }
        outputs = layer_outputs(trace, call.arguments)
        assert len(outputs) == len(returned)
        for output, tensor in zip(outputs, returned, strict=True):
            pairs[f"returned {output.name}"] = (output.array, tensor)
        for name, (ours, theirs) in pairs.items():
            assert ours.shape == theirs.shape, f"{name} of call {number}"
            assert ours.dtype == theirs.dtype == np.float32, f"{name} of call {number}"
            is_sum = name.startswith(SUMS)
            far = largest_difference(ours, theirs, by_largest=is_sum)
            assert far <= TOLERANCE, f"{name} of call {number} differs by {far:.2g}"
            (pre_activations if is_sum else values).append(far)
    return Differences(max(values), max(pre_activations))


def largest_difference(ours: np.ndarray, theirs: np.ndarray, *, by_largest: bool = False) -> float:
    """Return the largest difference, absolute up to 1, relative above: to each value or to the largest one.

    NaN never agrees.
    """
    exact = theirs.astype(np.float64)
    size = np.abs(exact).max(initial=1.0) if by_largest else np.maximum(1.0, np.abs(exact))
    far = np.abs(ours - exact) / size
    return float(np.where(np.isnan(far), np.inf, far).max(initial=0.0))


def engine_traces(call: LayerCall) -> Iterator[Trace]:
    """Yield the engine's trace of each call, with Keras's dropout masks and the state it starts from."""
    batch, _, features = call.x.shape
    rows = len(call.initial_state[0]) if call.initial_state else batch
    drawn = draw_dropout_masks(
        batch=batch,
        features=features,
        units=call.weights.units,
        dropout=call.arguments.dropout,
        recurrent_dropout=call.arguments.recurrent_dropout,
        seed=call.arguments.seed,
        calls=call.calls,
        state_rows=(rows,) * call.calls,
        cell=call.arguments.cell,
    )
    kept = None
    for number, masks in enumerate(drawn):
        if number in call.reset_before or not call.arguments.stateful:
            kept = None
        trace = run_recurrent(
            call.x,
            call.weights,
            call.arguments,
            mask=call.mask,
            initial_state=call.initial_state or kept,
            dropout_mask=masks.dropout if call.training else None,
            recurrent_dropout_mask=masks.recurrent_dropout if call.training else None,
        )
        kept = trace.end
        yield trace
