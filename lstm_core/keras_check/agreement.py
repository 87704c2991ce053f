"""The engine against Keras: what real Keras gives for an experiment, and how far every shown value is from it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.codegen import exact
from lstm_core.experiment import Experiment
from lstm_core.keras_check.messages import CheckedCall, Evidence, KerasTrace, LayerCall, layer_call
from lstm_core.keras_check.rounding import rounding
from lstm_core.keras_check.single_steps import check_call
from lstm_core.layers.model_weights import FIRST, Opened
from lstm_core.layers.outputs import LayerOutput, printed
from lstm_core.layers.trace import DropoutMasks, Trace
from lstm_core.run import Run, Start, model_calls

Verdict = Literal["agrees", "agrees_stepwise", "agrees_beyond", "disagrees"]

TOLERANCE = 1e-6
"""Up to here values agree as they are; ordinary experiments differ by some 1e-7. Differences are relative above 1."""
STEP_TOLERANCE = 2e-6
"""What a single number may be off from what the numbers before it give, relative to the size of its terms."""
_GRAPH = 100
"""How many times further than this page a script that Keras runs as a graph may be from Keras's single steps."""


class LayerAgreement(NamedTuple):
    """How far one direction of a layer is from Keras's: the largest difference, and the quantity it is in."""

    place: Opened
    worst: float
    where: str


@dataclass(frozen=True, eq=False)
class Agreement:
    """How far the run's values are from Keras's: the largest difference and the quantity or tensor it is in.

    Rounding can grow from step to step, and large terms that cancel leave it, in Keras as here. So where values differ
    by more than `TOLERANCE`, `one_step` is the largest error of any single number, in Keras or here, computed from the
    numbers before it that each had, relative to the size of its terms; else it is None.
    `returned` has Keras's own tensors as text, in the returned order: pages show no more of them, and it is short.
    `by_layer` says the same of each direction of each layer alone; `where` is as `[badge.where]` of the catalogues.
    """

    worst: float
    where: str
    one_step: float | None
    returned: tuple[str, ...]
    keras: str
    tensorflow: str
    by_layer: tuple[LayerAgreement, ...]

    @property
    def verdict(self) -> Verdict:
        """What can be said: all values agree, or each single step does, or each up to float32's end; or not."""
        if self.one_step is None:
            return "agrees"
        if self.one_step > STEP_TOLERANCE:
            return "disagrees"
        return "agrees_stepwise" if math.isfinite(self.worst) else "agrees_beyond"

    @property
    def agrees(self) -> bool:
        """Whether the two agree, in one way or another."""
        return self.verdict != "disagrees"


def evidence_task(experiment: Experiment) -> tuple[str, LayerCall]:
    """Return the arguments of `keras_worker.gather` for an experiment: its exact script and its arrays."""
    return exact(experiment, lambda key: ""), layer_call(experiment)


def compare(run: Run, evidence: Evidence) -> Agreement:
    """Compare every returned tensor and every traced quantity of the shown call with Keras's.

    At masked steps Keras throws the gates away, so only the states are compared there.
    """
    returned = {
        output.name: largest_difference(output.array, evidence.script.values[output.name]) for output in run.outputs
    }
    traced = traced_differences(run.trace, evidence.trace)
    differences = returned | traced
    where = max(differences, key=lambda name: differences[name])
    worst, grown = differences[where], max(traced[name] for name in run.trace.spec.state_names)
    return Agreement(
        worst=worst,
        where=where,
        one_step=None if worst <= TOLERANCE else one_step_error(run, evidence, grown),
        returned=tuple(printed(evidence.script.values[output.name]) for output in run.outputs),
        keras=evidence.versions.keras,
        tensorflow=evidence.versions.tensorflow,
        by_layer=(layer_agreement(FIRST, traced),),
    )


def traced_differences(ours: Trace, keras: KerasTrace) -> dict[str, float]:
    """Return how far each quantity is from Keras's, where Keras did not throw it away."""
    found = {}
    used = _used_steps(ours)
    for name in ours.spec.quantities:
        one, other = ours[name], keras.quantities[name]
        if name not in ours.spec.state_names:
            one, other = one[used], other[used]
        found[name] = largest_difference(one, other)
    return found


def layer_agreement(place: Opened, traced: Mapping[str, float]) -> LayerAgreement:
    """Return the largest of a layer's differences."""
    where = max(traced, key=lambda name: traced[name])
    return LayerAgreement(place, traced[where], where)


def largest_difference(ours: NDArray[np.float32], keras: NDArray[np.float32]) -> float:
    """Return the largest difference, absolute up to 1 and relative above; infinite where shapes or NaNs differ.

    >>> largest_difference(np.float32([0.5, 200]), np.float32([0.25, 100]))
    1.0
    """
    if ours.shape != keras.shape:
        return float("inf")
    same = (ours == keras) | (np.isnan(ours) & np.isnan(keras))
    if same.all():
        return 0.0
    a, b = ours[~same].astype(np.float64), keras[~same].astype(np.float64)
    if not (np.isfinite(a) & np.isfinite(b)).all():
        return float("inf")
    return float((np.abs(a - b) / np.maximum(1.0, np.abs(b))).max())


def one_step_error(run: Run, evidence: Evidence, grown: float) -> float:
    """Return the largest error of any single number, in Keras or here; infinite where more than numbers differs.

    `check_call` looks at each call that has a say in what is shown. Besides, each call must begin where it is said to,
    with the same dropout masks, and what is returned must be the states of the steps it is said to be.
    `grown` is how far rounding has driven the states apart.
    """
    most = graph_may_be_off(run, grown)
    call = layer_call(run.experiment)
    trace = evidence.trace
    keras = (*evidence.before, check_call(call, trace.quantities, trace.start, trace.masks))
    ours = [checked(call, one) for one in (*_traces_before(run, len(evidence.before)), run.trace)]
    sound = calls_as_said(run, call, keras, ours) and all(
        returned_as_said(output, run.trace, trace, evidence.script.values[output.name], most) for output in run.outputs
    )
    return max(one.error for one in (*keras, *ours)) if sound else float("inf")


def graph_may_be_off(run: Run, grown: float) -> float:
    """Return how far a script that Keras runs as a graph may be from single steps, if these are `grown` apart."""
    tried = rounding(run)  # where states are the same by luck, this tells how far a graph may be off
    return max(TOLERANCE, _GRAPH * grown, tried if math.isfinite(tried) else 0.0)


def calls_as_said(run: Run, call: LayerCall, keras: Sequence[CheckedCall], ours: Sequence[CheckedCall]) -> bool:
    """Whether the opened layer's last calls, there and here, begin and end as the run says, with the same masks."""
    shown = run.calls[-len(ours) :]
    return (
        all(_same(one.end, tuple(said.end.values())) for one, said in zip(ours, shown, strict=True))
        and all(_begins_as_said(side, [said.start for said in shown], call) for side in (keras, ours))
        and all(_same(_present(a.masks), _present(b.masks)) for a, b in zip(keras, ours, strict=True))
    )


def checked(call: LayerCall, trace: Trace) -> CheckedCall:
    """Return what `check_call` says of a trace of ours."""
    quantities = {name: trace[name] for name in trace.spec.quantities}
    masks = DropoutMasks(trace.dropout_mask, trace.recurrent_dropout_mask)
    return check_call(call, quantities, tuple(trace.start[name] for name in trace.spec.state_names), masks)


def _traces_before(run: Run, number: int) -> list[Trace]:
    """Return the traces of so many calls before the last, which a run does not keep."""
    if not number:
        return []
    again = islice(model_calls(run.experiment, run.model_weights, run.masks), run.experiment.calls - 1)
    return [called.direction(run.opened).trace for called in deque(again, maxlen=number)]


def _begins_as_said(calls: Sequence[CheckedCall], starts: Sequence[Start], call: LayerCall) -> bool:
    """Whether calls in a row begin with zeros, the given state or the state kept from the one before, as is said."""
    zeros = kept = tuple(np.zeros_like(state) for state in calls[0].start)
    for one, start in zip(calls, starts, strict=True):
        expected = {"zeros": zeros, "reset": zeros, "kept": kept, "given": call.initial_state}[start]
        if expected is None or not _same(one.start, expected):
            return False
        kept = one.end
    return True


def returned_as_said(
    output: LayerOutput, trace: Trace, keras_trace: KerasTrace, script: NDArray[np.float32], most: float
) -> bool:
    """Whether a returned tensor, here and in Keras's script, is the states of the steps it is said to be, or zeros.

    A long script runs as a graph, which rounds otherwise than single steps do: it may be off by `most`.
    """
    zeros = output.steps < 0
    ours, keras = (
        np.where(zeros[..., None], np.float32(0), states[output.steps, np.arange(len(output.steps))[:, None]])
        for states in (trace[output.quantity], keras_trace.quantities[output.quantity])
    )
    if script.shape != output.array.shape or not np.array_equal(
        ours.reshape(script.shape), output.array, equal_nan=True
    ):
        return False
    return (
        not script.reshape(keras.shape)[zeros].any() and largest_difference(script, keras.reshape(script.shape)) <= most
    )


def _present(masks: DropoutMasks) -> tuple[NDArray[np.float32], ...]:
    return tuple(mask for mask in (masks.dropout, masks.recurrent_dropout) if mask is not None)


def _same(these: Sequence[NDArray[np.float32]], those: Sequence[NDArray[np.float32]]) -> bool:
    return len(these) == len(those) and all(
        np.array_equal(a, b, equal_nan=True) for a, b in zip(these, those, strict=True)
    )


def _used_steps(trace: Trace) -> NDArray[np.bool_]:
    """Return which (processing step, batch row) was not masked."""
    if trace.mask is None:
        return np.ones(trace["h"].shape[:2], dtype=np.bool_)
    return trace.mask[:, trace.time_index].T
