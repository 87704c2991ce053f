"""A model against Keras: what real Keras gives for it, and how far every value of every layer is from that."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import islice

import numpy as np

from lstm_core.code.codegen import exact
from lstm_core.code.statements import is_long
from lstm_core.experiment import Experiment
from lstm_core.keras_check.agreement import (
    TOLERANCE,
    Agreement,
    calls_as_said,
    checked,
    graph_may_be_off,
    largest_difference,
    layer_agreement,
    returned_as_said,
    traced_differences,
)
from lstm_core.keras_check.messages import Float32Array, ModelEvidence
from lstm_core.keras_check.models import direction_call
from lstm_core.keras_check.single_steps import check_call
from lstm_core.layers.bidirectional import directions, merged
from lstm_core.layers.ends import dense, dropped
from lstm_core.layers.model_weights import Opened
from lstm_core.layers.outputs import PREDICTION, ModelOutput, printed
from lstm_core.run import Run, model_calls

BEHIND_LAYERS = 3e-6
"""Up to here values that have been through two or more layers agree as they are."""


def tolerance(layers: int) -> float:
    """Return up to where values agree that have been through so many layers, absolute up to 1 and relative above.

    Keras and the engine give the first layer the same input, to the bit. A layer above it is given what the one below
    has rounded on its own, in Keras as here, by some 1e-7: its weights make more or less of that difference, and what
    it rounds itself comes on top.
    """
    return TOLERANCE if layers == 1 else BEHIND_LAYERS


def model_evidence_task(experiment: Experiment) -> tuple[str, Experiment]:
    """Return the arguments of `models.gather_model` for an experiment: its exact script, and itself."""
    return exact(experiment, lambda key: ""), experiment


def compare_model(run: Run, evidence: ModelEvidence) -> Agreement:
    """Compare every returned tensor and, of each direction of each layer, every traced quantity of the last call."""
    traced = {place: traced_differences(run.open(place).trace, told.trace) for place, told in evidence.layers.items()}
    found = [
        (largest_difference(output.array, evidence.script.values[output.name]), _where(output), _layers_to(run, output))
        for output in run.returned
    ]
    found += [(far, name, place.layer) for place, own in traced.items() for name, far in own.items()]
    worst, where, _ = max(found, key=lambda one: one[0])
    agrees = all(far <= tolerance(layers) for far, _, layers in found)
    grown = max(own[name] for place, own in traced.items() for name in run.open(place).trace.spec.state_names)
    return Agreement(
        worst=worst,
        where=where,
        one_step=None if agrees else one_step_error_of_model(run, evidence, grown),
        returned=tuple(printed(evidence.script.values[output.name]) for output in run.returned),
        keras=evidence.versions.keras,
        tensorflow=evidence.versions.tensorflow,
        by_layer=tuple(layer_agreement(place, own) for place, own in traced.items()),
    )


def _where(output: ModelOutput) -> str:
    """Return what a returned tensor is called in words: by what it is of its layer."""
    return PREDICTION if output.name == PREDICTION else output.of.name if output.of else "output"


def _layers_to(run: Run, output: ModelOutput) -> int:
    """Return how many layers a returned tensor has been through."""
    return len(run.experiment.layers) if output.name == PREDICTION else output.place.layer


def one_step_error_of_model(run: Run, evidence: ModelEvidence, grown: float) -> float:
    """Return the largest error of any single number, in Keras or here; infinite where more than numbers differs.

    As `one_step_error`, for each layer with the input that it was given there and here. Besides, that input has to be
    what the layer below handed on, and what the model returns what its layers gave.
    """
    most = graph_may_be_off(run, grown) if is_long(run.experiment) else TOLERANCE
    needed = max(len(told.before) for told in evidence.layers.values())
    again = islice(model_calls(run.experiment, run.model_weights, run.masks), run.experiment.calls - 1)
    before = list(deque(again, maxlen=needed) if needed else ())
    errors, sound = [0.0], True
    for place, told in evidence.layers.items():
        calls = [direction_call(run.experiment, place, x, told.mask) for x in told.inputs]
        trace = told.trace
        keras = (*told.before, check_call(calls[-1], trace.quantities, trace.start, trace.masks))
        traces = [called.direction(place).trace for called in (*before, run.last)][-len(keras) :]
        ours = [checked(direction_call(run.experiment, place, one.inputs, one.mask), one) for one in traces]
        sound &= calls_as_said(run.open(place), calls[-1], keras, ours)
        errors += [one.error for one in (*keras, *ours)]
    sound &= _handed_on_as_said(run, evidence, most)
    return max(errors) if sound else float("inf")


def _handed_on_as_said(run: Run, evidence: ModelEvidence, most: float) -> bool:
    """Whether what each layer got, and what the model returned, is what the layers made of it, there and here."""
    experiment = run.experiment
    theirs = _made_of(run, lambda place: evidence.layers[place].trace.quantities["h"])
    ours = _made_of(run, lambda place: run.open(place).trace["h"])
    for number in range(2, len(experiment.layers) + 1):
        for place in (place for place in experiment.places if place.layer == number):
            (mine,), (keras,) = ours[number - 2], theirs[number - 2]
            if not np.array_equal(run.open(place).trace.inputs, mine, equal_nan=True):
                return False
            if largest_difference(evidence.layers[place].inputs[-1], keras) > TOLERANCE:  # step by step, as the gates
                return False
    for output in run.returned:
        script = evidence.script.values[output.name]
        if output.of is not None:
            trace, told = run.open(output.place).trace, evidence.layers[output.place].trace
            if not returned_as_said(output.of, trace, told, script, most):
                return False
        elif not _made_as_said(run, output, ours[-1], theirs[-1], script, most):
            return False
    return True


def _made_as_said(
    run: Run,
    output: ModelOutput,
    ours: tuple[Float32Array, ...],
    theirs: tuple[Float32Array, ...],
    script: Float32Array,
    most: float,
) -> bool:
    """Whether a merged or dropped output, or a prediction, is made of what the last layer gave."""
    if output.name != PREDICTION:
        which = 1 if output.name == "backward_output" else 0
        same = np.array_equal(ours[which], output.array, equal_nan=True)
        return same and largest_difference(script, theirs[which]) <= most
    kernel, bias = run.model_weights.head_kernel, run.model_weights.head_bias
    assert kernel is not None
    assert bias is not None
    mine, keras = (dense(side[0], kernel, bias, run.experiment.head_activation) for side in (ours, theirs))
    with np.errstate(over="ignore", invalid="ignore"):
        terms = np.abs(theirs[0]) @ np.abs(kernel) + np.abs(bias)  # what is added rounds, and may cancel
    size = max(1.0, float(terms.max()))
    return (
        largest_difference(output.array, mine) <= TOLERANCE * size and largest_difference(script, keras) <= most * size
    )


def _made_of(run: Run, h_of: Callable[[Opened], Float32Array]) -> list[tuple[Float32Array, ...]]:
    """Return what each layer hands on, made of the h (T, B, U) of its directions as the run says."""
    found = []
    for number, layer in enumerate(run.experiment.layers, start=1):
        places = [Opened(number, bool(backward)) for backward in range(len(directions(layer)))]
        outputs = []
        for place in places:
            output = run.last.direction(place).outputs[0]
            h, steps = h_of(place), output.steps
            rows = np.where(steps[..., None] < 0, np.float32(0), h[steps, np.arange(len(steps))[:, None]])
            outputs.append(rows.reshape(output.array.shape))
        handed_on = merged(outputs, layer)
        after = run.masks[-1][number - 1].after if run.masks else None
        if after is not None:
            handed_on = dropped(handed_on, after)
        found.append(handed_on)
    return found
