"""A whole model asked of real Keras: every direction of every layer. `gather_model` runs inside the worker process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lstm_core.experiment import Experiment
from lstm_core.keras_check import tasks
from lstm_core.keras_check.held import hold
from lstm_core.keras_check.messages import Float32Array, LayerCall, LayerEvidence, ModelEvidence
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.bidirectional import directions, loses_seed
from lstm_core.layers.model_weights import Opened
from lstm_core.layers.trace import BoolArray
from lstm_core.layers.weights import Weights

_Given = tuple[Float32Array, BoolArray | None]
"""What one direction of a layer got in a call: its input, and its mask."""


def gather_model(source: str, experiment: Experiment) -> ModelEvidence:
    """Run a model's generated script and, for the gates, each layer on what the real layer below it handed on."""
    script = tasks.run_script(source)
    given: dict[Opened, list[_Given]] = {place: [] for place in experiment.places}
    for called in _called(experiment):
        for place, got in called.items():
            given[place].append(got)
    return ModelEvidence(
        script, {place: _told(experiment, place, got) for place, got in given.items()}, tasks.versions()
    )


def direction_call(experiment: Experiment, place: Opened, x: Float32Array, mask: BoolArray | None) -> LayerCall:
    """Return one direction of a layer as plain arrays and arguments, given this input and mask."""
    states = experiment.given_states() if place.layer == 1 else None
    return LayerCall(
        x=x,
        weights=experiment.model_weights().of(place),
        arguments=directions(experiment.layers[place.layer - 1])[place.backward],
        training=experiment.training,
        mask=mask,
        initial_state=None if states is None else states[place.backward],
        calls=experiment.calls,
        reset_before=tuple(call - 1 for call in experiment.reset_before),
        held=experiment.held_gates(place),
    )


def _told(experiment: Experiment, place: Opened, given: list[_Given]) -> LayerEvidence:
    inputs = tuple(x for x, _ in given)
    mask = given[-1][1]  # data make the mask, the same in each call
    before, trace = tasks.told(direction_call(experiment, place, inputs[0], mask), inputs)
    return LayerEvidence(inputs[len(inputs) - 1 - len(before) :], mask, before, trace)


def _called(experiment: Experiment) -> Iterator[dict[Opened, _Given]]:
    """Yield, call by call, what each direction of each of Keras's own layers got in a chain of them."""
    keras = tasks.load_keras()
    got: dict[Opened, _Given] = {}
    weights = experiment.model_weights()
    batch, timesteps, _ = experiment.shape
    front = _front(experiment, weights.embeddings)
    training = {"training": experiment.training}
    chain: list[tuple[Any, Any]] = []
    for number, arguments in enumerate(experiment.layers, start=1):
        layer = _layer(arguments)
        layer.build((batch, timesteps, experiment.widths[number - 1]))
        layer.set_weights([array for one in weights.layers[number - 1] for array in _arrays(one)])
        both = (layer.forward_layer, layer.backward_layer) if arguments.bidirectional else (layer,)
        for backward, direction in enumerate(both):
            place = Opened(number, bool(backward))
            _note_what_it_gets(direction, place, got)
            of = directions(arguments)[backward]
            hold(direction.cell, of, experiment.held_gates(place), keras.ops.where)
        dropout = (
            keras.layers.Dropout(arguments.dropout_after, seed=arguments.seed) if arguments.dropout_after else None
        )
        chain.append((layer, dropout))
    first: dict[str, Any] = {}
    if (states := experiment.given_state()) is not None:
        first["initial_state"] = list(states)
    if (mask := experiment.step_mask()) is not None:
        first["mask"] = mask
    for call in range(1, experiment.calls + 1):
        if call in experiment.reset_before:
            for layer, _ in chain:
                if layer.stateful:
                    layer.reset_state()
        handed_on: Any = front() if front else experiment.data()
        for number, (layer, dropout) in enumerate(chain, start=1):
            returned = layer(handed_on, **(first if number == 1 else {}), **training)
            handed_on = returned[0] if isinstance(returned, (tuple, list)) else returned
            if dropout is not None and number < len(chain):
                handed_on = dropout(handed_on, **training)
        yield dict(got)


def _front(experiment: Experiment, embeddings: Float32Array | None) -> Any:
    """Return a function that gives what Embedding or Masking hands on, or None where neither stands in front."""
    layers = tasks.load_keras().layers
    if embeddings is not None:
        embedding = layers.Embedding(experiment.input_dim, experiment.output_dim, mask_zero=experiment.mask_zero)
        embedding.build()
        embedding.set_weights([embeddings])
        return lambda: embedding(experiment.indices())
    if experiment.front == "masking":
        return lambda: layers.Masking(experiment.mask_value)(experiment.data())
    return None


def _layer(arguments: LayerArguments) -> Any:
    layers = tasks.load_keras().layers
    layer = getattr(layers, arguments.cell)(**arguments.of("cell", "loop", "flag"))
    if not arguments.bidirectional:
        return layer
    mode = None if arguments.merge_mode == "None" else arguments.merge_mode
    both = layers.Bidirectional(layer, merge_mode=mode)
    if loses_seed(arguments):
        for direction in (both.forward_layer, both.backward_layer):
            direction.cell.seed_generator = tasks.load_keras().random.SeedGenerator(arguments.seed)
    return both


def _arrays(weights: Weights) -> list[Float32Array]:
    return [array for array in (weights.kernel, weights.recurrent_kernel, weights.bias) if array is not None]


def _note_what_it_gets(layer: Any, place: Opened, got: dict[Opened, _Given]) -> None:
    """Let a layer of Keras note the input and the mask of each call, as they reach it."""
    call = layer.call

    def noting(sequences: Any, initial_state: Any = None, mask: Any = None, training: Any = False) -> Any:
        got[place] = np.asarray(sequences), None if mask is None else np.asarray(mask)
        return call(sequences, initial_state=initial_state, mask=mask, training=training)

    layer.call = noting
