"""Experiment -> Run: everything the page shows, computed by the engine, one call of the model after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.bidirectional import directions, merged
from lstm_core.layers.ends import dense, dropped, embedding, masking
from lstm_core.layers.model_weights import FIRST, ModelWeights, Opened
from lstm_core.layers.outputs import LayerOutput, ModelOutput, layer_outputs, returned_names
from lstm_core.layers.rnn import run_recurrent
from lstm_core.layers.trace import BoolArray, DropoutMasks, LayerMasks, Masks, States, Trace
from lstm_core.layers.weights import Weights

Array = NDArray[np.float32]
Start = Literal["zeros", "given", "kept", "reset"]


class CallStates(NamedTuple):
    """Where one call began, and the states it ended with by name, each (batch, units)."""

    start: Start
    end: Mapping[str, Array]


class Direction(NamedTuple):
    """One call of one direction of a layer: where it began, its trace, and what it returns by itself."""

    start: Start
    trace: Trace
    outputs: tuple[LayerOutput, ...]

    def states(self) -> CallStates:
        """Return where the call began and ended."""
        return CallStates(self.start, {name: self.trace[name][-1].copy() for name in self.trace.spec.state_names})


class LayerCalled(NamedTuple):
    """One call of a layer: its directions, and what it hands on after merge and Dropout: one array, or two unmerged."""

    directions: tuple[Direction, ...]
    handed_on: tuple[Array, ...]


class ModelCalled(NamedTuple):
    """One call of a model: its layers, and what its head makes of the last one's output, if it has one."""

    layers: tuple[LayerCalled, ...]
    prediction: Array | None

    def direction(self, place: Opened) -> Direction:
        """Return one direction of a layer."""
        return self.layers[place.layer - 1].directions[place.backward]


@dataclass(frozen=True, eq=False)
class Run:
    """What an experiment gives: its last call, layer by layer, what the model returns, and each call's last states.

    `trace`, `weights`, `layer`, `outputs` and `calls` are those of the layer that is `opened`, of one direction of it.
    `masks` are the dropout masks it was computed with, one for each call, if any were needed.
    """

    experiment: Experiment
    model_weights: ModelWeights
    last: ModelCalled
    returned: tuple[ModelOutput, ...]
    all_calls: Mapping[Opened, tuple[CallStates, ...]]
    masks: tuple[Masks, ...] | None
    opened: Opened = FIRST

    def open(self, place: Opened) -> Run:
        """Return the same run with another layer opened."""
        return self if place == self.opened else replace(self, opened=place)

    @property
    def _direction(self) -> Direction:
        return self.last.direction(self.opened)

    @property
    def trace(self) -> Trace:
        """The trace of the opened layer."""
        return self._direction.trace

    @property
    def outputs(self) -> tuple[LayerOutput, ...]:
        """What the opened layer returns by itself, in Keras's order."""
        return self._direction.outputs

    @property
    def outputs_in_model(self) -> tuple[LayerOutput, ...]:
        """What the opened layer returns, by the names and in the order in which its model returns it.

        An array that the model does not return as it stands keeps its name and is the 0th: it is handed on, to the
        next layer, a merge or the head.
        """
        if self.experiment.is_plain:
            return self.outputs
        found = {id(one.of): (one.name, place) for place, one in enumerate(self.returned, start=1)}
        named = [(output, *found.get(id(output), (output.name, 0))) for output in self.outputs]
        return tuple(replace(output, name=name, order=order) for output, name, order in named)

    @property
    def weights(self) -> Weights:
        """The weights of the opened layer."""
        return self.model_weights.of(self.opened)

    @property
    def layer(self) -> LayerArguments:
        """The arguments of the opened layer, or of the opened direction of a Bidirectional one."""
        return directions(self.experiment.layers[self.opened.layer - 1])[self.opened.backward]

    def masks_of_call(self, number: int) -> DropoutMasks | None:
        """Return the dropout masks of the opened layer in call `number`, from 0; None where none were needed."""
        return self.masks[number][self.opened.layer - 1].directions[self.opened.backward] if self.masks else None

    @property
    def calls(self) -> tuple[CallStates, ...]:
        """Where each call of the opened layer began, and the states that it ended with."""
        return self.all_calls[self.opened]


def run_experiment(experiment: Experiment, masks: Sequence[Masks] | None = None) -> Run:
    """Run the model as often as the experiment calls it.

    `masks` are Keras's own dropout masks, one for each call; they are needed where `experiment.draws_dropout`.

    >>> run = run_experiment(Experiment(units=2, return_sequences=True))
    >>> run.outputs[0].name, run.outputs[0].array.shape
    ('output', (1, 6, 2))

    Raises:
        ValueError: if dropout masks are needed and are not there for each call.
    """
    if experiment.draws_dropout and (masks is None or len(masks) != experiment.calls):
        raise ValueError(
            f"dropout needs Keras's masks for each of {experiment.calls} calls, got {masks and len(masks)}"
        )
    weights = experiment.model_weights()
    calls: dict[Opened, list[CallStates]] = {place: [] for place in experiment.places}
    for called in model_calls(experiment, weights, masks):
        for place, direction in zip(calls, _directions_of(called), strict=True):
            calls[place].append(direction.states())
    every = {place: tuple(several) for place, several in calls.items()}
    return Run(experiment, weights, called, _returned(experiment, called), every, tuple(masks) if masks else None)


def model_calls(experiment: Experiment, weights: ModelWeights, masks: Sequence[Masks] | None) -> Iterator[ModelCalled]:
    """Yield one call of the model after the other."""
    given = experiment.given_states()
    x, mask = front(experiment, weights)
    kept: dict[Opened, States] = {}
    for number in range(1, experiment.calls + 1):
        drawn = masks[number - 1] if masks else None
        called = model_called(experiment, weights, x, mask, number, given, kept, drawn)
        kept = {
            place: direction.trace.end
            for place, direction in zip(experiment.places, _directions_of(called), strict=True)
        }
        yield called


def model_called(
    experiment: Experiment,
    weights: ModelWeights,
    x: Array,
    mask: BoolArray | None = None,
    number: int = 1,
    given: tuple[States, ...] | None = None,
    kept: Mapping[Opened, States] = MappingProxyType({}),
    masks: Masks | None = None,
) -> ModelCalled:
    """Return call `number`, from 1, of the model on what its front hands on."""
    layers: list[LayerCalled] = []
    for k, layer in enumerate(experiment.layers, start=1):
        own = masks[k - 1] if masks else LayerMasks((_NO_MASKS,) * len(directions(layer)))
        called: list[Direction] = []
        for backward, arguments in enumerate(directions(layer)):
            place = Opened(k, bool(backward))
            states = given[backward] if given and k == 1 else None
            used = None if states is not None and not experiment.mask.strip() else mask  # see `front`
            start, state = _start(experiment, arguments, number, states, kept.get(place))
            drawn, held = own.directions[backward], experiment.held_gates(place)
            with np.errstate(over="ignore", invalid="ignore"):  # the layer below may have left float32's range
                trace = run_recurrent(
                    x,
                    weights.of(place),
                    arguments,
                    mask=used,
                    initial_state=state,
                    dropout_mask=drawn.dropout,
                    recurrent_dropout_mask=drawn.recurrent_dropout,
                    held=None if held is None else held[: x.shape[1]],
                )
            called.append(Direction(start, trace, layer_outputs(trace, arguments)))
        handed_on = merged([direction.outputs[0].array for direction in called], layer)
        if own.after is not None:
            handed_on = dropped(handed_on, own.after)
        layers.append(LayerCalled(tuple(called), handed_on))
        x = handed_on[0]
    prediction = None
    if weights.head_kernel is not None and weights.head_bias is not None:
        prediction = dense(x, weights.head_kernel, weights.head_bias, experiment.head_activation)
    return ModelCalled(tuple(layers), prediction)


def front(experiment: Experiment, weights: ModelWeights) -> tuple[Array, BoolArray | None]:
    """Return what the first recurrent layer is given, and its mask; one given to the call comes before any other.

    Keras 3.15.1 does not see a mask that Embedding or Masking hands on where a layer is given an initial state besides:
    it looks for one only if there is a single tensor among the arguments. The layers above get the mask all the same.
    Source: `Layer.__call__`, "Populate mask argument(s)", in keras/src/layers/layer.py.
    """
    x, mask = _handed_on(experiment, weights)
    given = experiment.step_mask()
    return x, mask if given is None else given


def _handed_on(experiment: Experiment, weights: ModelWeights) -> tuple[Array, BoolArray | None]:
    """Return the sequence behind what stands in front, and the mask that this makes, if it makes one."""
    if weights.embeddings is not None:
        return embedding(experiment.indices(), weights.embeddings, mask_zero=experiment.mask_zero)
    data = experiment.data()
    return masking(data, experiment.mask_value) if experiment.front == "masking" else (data, None)


def front_mask(experiment: Experiment) -> BoolArray | None:
    """Return the mask (B, T), True = use, that Embedding or Masking hands on; None where nothing of the kind is masked.

    >>> front_mask(Experiment(front="masking", mask_value=0.2, preset="article", timesteps=3, features=1))
    array([[ True, False,  True]])
    """
    if experiment.front == "none":
        return None
    _, mask = _handed_on(experiment, experiment.model_weights())
    return None if mask is None or mask.all() else mask


def front_mask_unseen(experiment: Experiment) -> bool:
    """Whether the first layer works on steps that the front masks, for it is given an initial state (see `front`)."""
    return experiment.initial_state and not experiment.mask.strip() and front_mask(experiment) is not None


def _directions_of(called: ModelCalled) -> Iterator[Direction]:
    for layer in called.layers:
        yield from layer.directions


def _returned(experiment: Experiment, called: ModelCalled) -> tuple[ModelOutput, ...]:
    """Return what the model returns: the prediction or the last layer's output, then the states that are asked for."""
    last = Opened(len(experiment.layers))
    arrays: list[tuple[Array, Opened, LayerOutput | None]]
    if called.prediction is not None:
        arrays = [(called.prediction, last, None)]
    else:
        (*_, layer) = called.layers
        arrays = []
        for backward, (array, direction) in enumerate(zip(layer.handed_on, layer.directions, strict=False)):
            of = direction.outputs[0]
            place = last._replace(backward=bool(backward))
            arrays.append((array, place, of if array is of.array else None))
    for place, direction in zip(experiment.places, _directions_of(called), strict=True):
        arrays += [(output.array, place, output) for output in direction.outputs[1:]]
    names = returned_names(experiment.layers, head=called.prediction is not None)
    return tuple(ModelOutput(name, *rest) for name, rest in zip(names, arrays, strict=True))


def row_labels(experiment: Experiment, row: int) -> tuple[str, ...] | None:
    """Return the words under the steps of batch row `row`, or the indices that an Embedding is given there.

    Each further row begins one word later.

    >>> row_labels(Experiment(sentence="the cat sat", batch=2), 1)
    ('cat', 'sat', 'the')
    >>> row_labels(Experiment(preset="typed", typed="3 0 2", front="embedding"), 0)
    ('3', '0', '2')
    """
    words = experiment.words
    if experiment.task is not None and words is not None:
        return tuple(map(experiment.task.label, words))
    if words is None and experiment.front == "embedding":
        return tuple(str(index) for index in experiment.indices()[row])
    return words[row % len(words) :] + words[: row % len(words)] if words else None


def turned_round(layers: Sequence[LayerArguments]) -> bool:
    """Whether these layers on top of each other hand on the steps from the last to the first.

    >>> backwards = LayerArguments(go_backwards=True, return_sequences=True)
    >>> turned_round([backwards]), turned_round([backwards, backwards])
    (True, False)
    """
    return sum(layer.go_backwards for layer in layers) % 2 == 1


_NO_MASKS = DropoutMasks(None, None)


def _start(
    experiment: Experiment, arguments: LayerArguments, number: int, given: States | None, kept: States | None
) -> tuple[Start, States | None]:
    """Return where a call of a layer begins: a given state comes before a kept one.

    Source: `RNN.call` in keras/src/layers/rnn/rnn.py.
    """
    if given is not None:
        return "given", given
    if not arguments.stateful or kept is None:
        return "zeros", None
    if number in experiment.reset_before:
        return "reset", None
    return "kept", kept
