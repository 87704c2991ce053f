"""What Keras says to a model that it refuses: a small script with the reader's own numbers, run in Keras's process.

`tasks.show_script` runs it; `message` is the line of its exception that a page shows. None of them is typed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from lstm_core.code.statements import constructed
from lstm_core.experiment import Experiment
from lstm_core.fields import field_parts
from lstm_core.keras_check.messages import ScriptResult
from lstm_core.layers.arguments import ARGUMENTS, LayerArguments
from lstm_core.layers.bidirectional import output_width
from lstm_core.layers.outputs import returned_names
from lstm_core.refusal import Refusal

_AROUND = re.compile(r"^\{\{.*?\}\} ?| ?\[Op:\w+\]$")
"""What TensorFlow puts around its words: which node of a graph it was."""


@dataclass(frozen=True)
class Refused:
    """What was asked for, and where in it Keras stops.

    `layers` of the model, as they cannot stand together; `shape` (B, T, F) of what the first one is given; `layer`,
    from 1, the one that it is about. `states` are so many initial states given to the first layer; `input_dim` and
    `output_dim` are an Embedding's, and `index` what it is asked for.
    """

    layers: tuple[LayerArguments, ...]
    shape: tuple[int, int, int]
    layer: int = 1
    states: int = 1
    input_dim: int = 1
    output_dim: int = 1
    index: int = 1


def refused_script(code: str, asked: Refused) -> str:
    """Return the script that Keras refuses, by the code of the refusal, one of `REFUSED`.

    >>> print(refused_script("needs_sequences", Refused((LayerArguments(), LayerArguments(cell="GRU")), (1, 6, 3))))
    import keras
    x = keras.Input(batch_shape=(1, 6, 3), name="x")
    output = keras.layers.LSTM(4, name="layer_1")(x)
    keras.layers.GRU(4, name="layer_2")(output)
    """
    return "\n".join(["import keras", *REFUSED[code](asked)])


def asked_for(experiment: Experiment, changes: Mapping[str, Any], refusal: Refusal) -> Refused:
    """Return what was asked for by changes of an experiment that were refused.

    >>> change = {"return_sequences.2": False, "units": 5}
    >>> three = Experiment(layers=(LayerArguments(return_sequences=True),) * 3)
    >>> asked = asked_for(three, change, Refusal("needs_sequences", layer=2))
    >>> [(layer.units, layer.return_sequences) for layer in asked.layers], asked.layer
    ([(5, True), (4, False), (4, True)], 2)
    """
    layers = list(experiment.layers)
    for name, value in changes.items():
        bare, number = field_parts(name)
        if bare in ARGUMENTS:
            layers[number - 1] = replace(layers[number - 1], **{bare: value})
    table = {name: changes.get(name, getattr(experiment, name)) for name in ("input_dim", "output_dim")}
    index = {"index": refusal.facts["given"]} if refusal.code == "index_beyond" else {}
    return Refused(tuple(layers), experiment.shape, layer=refusal.facts.get("layer", 1), **table, **index)  # type: ignore[arg-type]


def message(result: ScriptResult) -> str:
    r"""Return the line of the exception that says what is wrong, in Keras's words.

    >>> message(ScriptResult("", "IndexError: Exception encountered when calling A.call().\n\nout of range\n\nMore"))
    'out of range'

    Raises:
        ValueError: where Keras refused nothing.
    """
    if result.error is None:
        raise ValueError("Keras refused nothing")
    first, *further = (line.strip() for line in result.error.splitlines() if line.strip())
    said = further[0] if "Exception encountered when calling" in first else first.partition(": ")[2]
    return _AROUND.sub("", said)


def _needs_sequences(asked: Refused) -> list[str]:
    names = ", ".join(returned_names((asked.layers[asked.layer - 1],), head=False))
    return [_input(asked), f"{names} = {_layer(asked, asked.layer)}(x)", f"{_layer(asked, asked.layer + 1)}(output)"]


def _two_tensors(asked: Refused) -> list[str]:
    names = ", ".join(returned_names((asked.layers[asked.layer - 1],), head=False))
    last = asked.layer == len(asked.layers)
    behind = 'keras.layers.Dense(1, name="head")' if last else _layer(asked, asked.layer + 1)
    return [
        _input(asked),
        f"{names} = {_layer(asked, asked.layer)}(x)",
        f"{behind}([forward_output, backward_output])",
    ]


def _by_itself(asked: Refused) -> list[str]:
    return [_input(asked), f"{_layer(asked, asked.layer)}(x)"]


def _index_beyond(asked: Refused) -> list[str]:
    sizes = f"{asked.input_dim}, {asked.output_dim}"
    return ["import numpy as np", f"keras.layers.Embedding({sizes})(np.array([[{asked.index}]]))"]


def _initial_states(asked: Refused) -> list[str]:
    state = asked.shape[0], asked.layers[0].units
    return [  # with arrays: a layer that is given symbols looks at its states only when numbers come
        "import numpy as np",
        f'x = np.zeros({asked.shape}, dtype="float32")',
        f'states = [np.zeros({state}, dtype="float32")] * {asked.states}',
        f"{_layer(asked, 1)}(x, initial_state=states)",
    ]


def _stateful_batch(asked: Refused) -> list[str]:
    return [_input(asked, static=False), f"{_layer(asked, asked.layer)}(x)"]


REFUSED: Mapping[str, Callable[[Refused], list[str]]] = MappingProxyType(
    {
        "needs_sequences": _needs_sequences,
        "two_tensors": _two_tensors,
        "both_backwards": _by_itself,
        "stateful_states": _by_itself,
        "index_beyond": _index_beyond,
        "initial_states": _initial_states,
        "stateful_batch": _stateful_batch,
    }
)
"""The lines of the script by the code: those of `Experiment`'s refusals that are Keras's own, and two mistakes more."""


def _input(asked: Refused, *, static: bool = True) -> str:
    batch, timesteps, features = asked.shape
    width = features if asked.layer == 1 else output_width(asked.layers[asked.layer - 2])
    shape = f"batch_shape=({batch}, {timesteps}, {width})" if static else f"({timesteps}, {width})"
    return f'x = keras.Input({shape}, name="x")'


def _layer(asked: Refused, number: int) -> str:
    """Return a layer as code, with a name, so that Keras's message says which one it is."""
    layer = asked.layers[number - 1]
    made = " ".join(line.strip() for line in constructed(layer, None, masked=False))
    if layer.bidirectional:
        mode = layer.merge_mode if layer.merge_mode == "None" else f'"{layer.merge_mode}"'
        merge = "" if layer.merge_mode == "concat" else f", merge_mode={mode}"
        made = f"keras.layers.Bidirectional({made}{merge})"
    return f'{made.removesuffix(")")}, name="layer_{number}")'
