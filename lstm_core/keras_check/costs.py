"""What a question to Keras is expected to take: seconds of one core, measured with Keras 3.15 and a third added.

They decide whether a question is taken, whose turn it is and when its process has gone wrong; no number on a page.
"""

from __future__ import annotations

from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.spec import GRU, LSTM, SIMPLE_RNN

_START = 0.05
_A_STEP = 1.2e-3
_A_VALUE = 2e-6
_OF_CELL = {LSTM.name: 1.0, GRU.name: 1.5, SIMPLE_RNN.name: 0.8}
"""What a step takes of an LSTM's: with fewer gates, Keras's GRU makes more and smaller operations."""
_OF_MODELS = 2.5
"""A layer's step in a model, of one alone: it is run three times, not twice, and a long script's graph is larger."""
_A_LAYER = 0.06
"""A direction of a layer that is made, three times, and given its weights."""
_A_CALL_OF_MASKS = 8e-3
OF_A_SCRIPT = 0.15
"""A lesson's script that calls its layer a few times."""
OF_A_LOOP = 1e-2
"""Each step of a script that calls a layer once a step."""
OF_TIMES = 2.5
"""The script that takes the time of four ways, each a few times."""


def of_check(experiment: Experiment) -> float:
    """Return the seconds that the check of an experiment takes: its script, its gates and the comparison.

    >>> round(of_check(Experiment()), 2), round(of_check(Experiment(preset="noise", timesteps=1000, calls=8)), 1)
    (0.06, 9.7)
    """
    return _of_start(experiment) + experiment.calls * experiment.shape[1] * _of_step(experiment)


def steps_within(seconds: float, experiment: Experiment) -> int:
    """Return how many time steps, over all calls, a check of such an experiment takes no longer for."""
    return int((seconds - _of_start(experiment)) / _of_step(experiment))


def _of_start(experiment: Experiment) -> float:
    return _START + (0.0 if experiment.is_plain else len(experiment.places) * _A_LAYER)


def _of_step(experiment: Experiment) -> float:
    times = 1.0 if experiment.is_plain else _OF_MODELS
    places = (experiment.layers[place.layer - 1] for place in experiment.places)
    return times * sum(_of_layers_step(experiment, layer) for layer in places)


def _of_layers_step(experiment: Experiment, layer: LayerArguments) -> float:
    masked = experiment.training and layer.recurrent_dropout > 0  # a mask a gate multiplies h then
    return _A_STEP * _OF_CELL[layer.cell] * (2 if masked else 1) + experiment.shape[0] * layer.units * _A_VALUE


def of_masks(calls: int) -> float:
    """Return the seconds that Keras takes to draw the dropout masks of so many calls."""
    return _START / 2 + calls * _A_CALL_OF_MASKS
