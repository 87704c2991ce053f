"""The engine as tests call it: the layer's arguments by name, beside those of the call."""

from dataclasses import asdict
from itertools import product
from typing import Any

from lstm_core.layers import rnn
from lstm_core.layers.activations import ACTIVATIONS
from lstm_core.layers.arguments import ARGUMENTS, LayerArguments
from lstm_core.layers.trace import Trace

_USUAL, _OTHERS = tuple(ACTIVATIONS)[:5], tuple(ACTIVATIONS)[5:]
ACTIVATION_PAIRS = (
    *product(_USUAL, _USUAL),
    *((name, "sigmoid") for name in _OTHERS),
    *(("tanh", name) for name in _OTHERS),
    *zip(_OTHERS, (*_OTHERS[1:], *_OTHERS[:1]), strict=True),
)
"""Of `activation` and `recurrent_activation`: each of five with each; the others with the defaults and with another."""


def run_lstm(x: Any, weights: Any, **given: Any) -> Trace:
    """Run the layer with the arguments among `given`, and the defaults of the others."""
    arguments = {name: given.pop(name) for name in tuple(given) if name in ARGUMENTS}
    return rnn.run_recurrent(x, weights, LayerArguments(**arguments), **given)


def by_name(arguments: LayerArguments) -> dict[str, Any]:
    """The arguments as `run_lstm` takes them."""
    return asdict(arguments)
