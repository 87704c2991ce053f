"""The gradient of a loss by every weight of a model, passed back from its prediction through head, layers and front."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.bidirectional import directions
from lstm_core.layers.model_weights import EMBEDDINGS, HEAD_BIAS, HEAD_KERNEL, ModelWeights, Opened
from lstm_core.layers.trace import IntArray, Masks
from lstm_core.layers.weights import Float32Array
from lstm_core.run import LayerCalled, ModelCalled
from lstm_core.training.backprop import LayerGradients, layer_gradients


class ModelGradients(NamedTuple):
    """Gradients of a loss.

    Args:
        weights: By each weight, by its name, in the order of `model.get_weights()`.
        layers: Layer by layer, direction by direction.
        inputs: By what the first layer is given, (B, T, F).
    """

    weights: dict[str, Float32Array]
    layers: dict[Opened, LayerGradients]
    inputs: Float32Array


def model_gradients(
    experiment: Experiment,
    weights: ModelWeights,
    called: ModelCalled,
    d_sums: Float32Array,
    indices: IntArray | None = None,
    masks: Masks | None = None,
) -> ModelGradients:
    """Return the gradients of a loss, given that by the sums in the head, (B, K) or (B, T, K): see `head_loss`.

    `indices` (B, T) are what an Embedding in front was given, `masks` the dropout masks that the call had.

    Raises:
        ValueError: if the model has no head, or an Embedding and no indices.
    """
    if weights.head_kernel is None:
        raise ValueError("the model has no head; gradients must begin at one; give it a Dense head")
    if weights.embeddings is not None and indices is None:
        raise ValueError("the model has an Embedding; its gradient needs what it was given; give the indices")
    found: dict[str, Float32Array] = {}
    x = called.layers[-1].handed_on[0]
    flat_x, flat_d = x.reshape(-1, x.shape[-1]), d_sums.reshape(-1, d_sums.shape[-1])
    found[HEAD_KERNEL], found[HEAD_BIAS] = flat_x.T @ flat_d, flat_d.sum(axis=0)
    d_x = d_sums @ weights.head_kernel.T
    layers: dict[Opened, LayerGradients] = {}
    for number in range(len(experiment.layers), 0, -1):
        layer, one = experiment.layers[number - 1], called.layers[number - 1]
        after = None if masks is None else masks[number - 1].after
        if after is not None:
            d_x = d_x * after
        d_inputs = []
        for backward, d_output in enumerate(_by_outputs(layer, one, d_x)):
            place = Opened(number, bool(backward))
            own = directions(layer)[backward]
            trace = one.directions[backward].trace
            layers[place] = gradients = layer_gradients(trace, weights.of(place), own, d_output)
            found |= {name + place.suffix: array for name, array in gradients.weights.items()}
            d_inputs.append(gradients.inputs)
        d_x = sum(d_inputs[1:], d_inputs[0])
    if weights.embeddings is not None and indices is not None:
        found[EMBEDDINGS] = _by_rows(indices, d_x, len(weights.embeddings))
    return ModelGradients({name: found[name] for name in weights.tensors}, layers, d_x)


def _by_rows(indices: IntArray, d_x: Float32Array, rows: int) -> Float32Array:
    """Return the gradient by an Embedding's rows, (rows, N), given that by those taken, (B, T, N)."""
    columns = d_x.reshape(indices.size, -1).T
    sums = [np.bincount(indices.ravel(), weights=column, minlength=rows) for column in columns]
    return np.stack(sums, axis=-1).astype(np.float32)


def _by_outputs(layer: LayerArguments, called: LayerCalled, d_merged: Float32Array) -> list[Float32Array]:
    """Return the gradient by each direction's emitted h, (T, B, U) in processing order, given that by their merge."""
    found = []
    for backward, d_own in enumerate(_unmerged(layer, called, d_merged)):
        trace = called.directions[backward].trace
        d_output = np.zeros(trace.output.shape, np.float32)
        if layer.return_sequences:
            in_order = d_own.transpose(1, 0, 2)[:: -1 if backward else 1]
            d_output[:] = in_order if trace.emits_h is None else in_order * trace.emits_h[..., None]
        else:
            d_output[-1] = d_own if trace.last_emits_h is None else d_own * trace.last_emits_h[:, None]
        found.append(d_output)
    return found


def _unmerged(layer: LayerArguments, called: LayerCalled, d_merged: Float32Array) -> list[Float32Array]:
    """Return the gradient by what each direction gives to the merge, in time order."""
    if len(called.directions) == 1:
        return [d_merged]
    units = layer.units
    match layer.merge_mode:
        case "concat":
            return [d_merged[..., :units], d_merged[..., units:]]
        case "sum":
            return [d_merged, d_merged]
        case "ave":
            return [d_merged / np.float32(2)] * 2
    forward, backward = (direction.outputs[0].array for direction in called.directions)
    if layer.return_sequences:
        backward = backward[:, ::-1]
    return [d_merged * backward, d_merged * forward]
