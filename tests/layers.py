"""The engine as tests call it: the layer's arguments by name, beside those of the call."""

from dataclasses import asdict
from typing import Any

from lstm_core.layers import rnn
from lstm_core.layers.arguments import ARGUMENTS, LayerArguments
from lstm_core.layers.trace import Trace


def run_lstm(x: Any, weights: Any, **given: Any) -> Trace:
    """Run the layer with the arguments among `given`, and the defaults of the others."""
    arguments = {name: given.pop(name) for name in tuple(given) if name in ARGUMENTS}
    return rnn.run_lstm(x, weights, LayerArguments(**arguments), **given)


def by_name(arguments: LayerArguments) -> dict[str, Any]:
    """The arguments as `run_lstm` takes them."""
    return asdict(arguments)
