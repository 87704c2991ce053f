"""Experiment -> Keras source: the essential lines, and the exact script that prints the numbers on screen."""

from __future__ import annotations

import math

from lstm_core.code.literals import assignment
from lstm_core.code.model_code import exact_parts_of_model
from lstm_core.code.model_essential import essential_of_model
from lstm_core.code.statements import (
    MAX_LINES,
    OF_ONE_STATE,
    PACKED,
    PRINT_OPTIONS,
    Say,
    constructed,
    imports,
    is_long,
    joined,
    mask_lines,
    repeated,
    sequence,
    shown_arguments,
    training_note,
    weights_origin,
)
from lstm_core.experiment import Experiment
from lstm_core.layers.weights import WEIGHT_TENSORS
from lstm_core.sequences.numbers import Array

MAX_ON_PAGE = 150_000
"""Weights up to which a page shows the exact code, 800 kB; a file has it whatever its length."""
COMMENTS = (
    *OF_ONE_STATE.values(),
    "sequence",
    *PACKED.values(),
    "packed",
    "indices",
    "packed_indices",
    "embeddings",
    "seed",
    "head",
    "mask",
    "initial_state",
    "initial_h",
    "return_sequences",
    "return_state",
    "go_backwards",
    "stateful",
    "use_cudnn",
    "training",
    "graph",
    "held",
    "held_cell",
    "held_rnn",
    "held_gates",
    "reset",
    "your_sequence",
    "your_indices",
    "hand_made_weights",
    "given_weights",
    "trained_weights",
    "initializers",
)


def layer_arguments(experiment: Experiment) -> dict[str, object]:
    """Return the arguments of the only layer that differ from Keras's defaults, as `shown_arguments` has them.

    >>> layer_arguments(Experiment(return_state=True, dropout=0.5))
    {'return_state': True, 'dropout': 0.5, 'seed': 1}
    """
    return shown_arguments(experiment.layer)


def essential(experiment: Experiment, say: Say) -> str:
    """Return the lines that people write themselves: a model, given a sequence `x`.

    With seeded initializers and nothing set by hand, the model's weights are those on screen, to float32 rounding.
    Always six to twelve lines: beyond `MAX_LINES` the flags' comments give way, then the initializers.
    """
    if not experiment.is_plain:
        return essential_of_model(experiment, say)
    for spread, initializers in ((True, True), (False, True), (False, False)):
        lines = _essential_lines(experiment, say, spread=spread, initializers=initializers)
        if len(lines) <= MAX_LINES:
            break
    return "\n".join(lines) + "\n"


def prepared(experiment: Experiment, say: Say, *, seeded: bool = False) -> str:
    """Return how a script begins: imports, data, and `layer` with its weights, not called yet.

    With `seeded`, Keras's initializers draw the weights, to float32 rounding those on screen, unless some are by hand.
    """
    return joined(_prepared(experiment, say, seeded=seeded))


def called(experiment: Experiment, say: Say, *, seeded: bool = False) -> str:
    """Return a script up to where the layer has been called as the experiment says, with nothing printed yet."""
    return joined([*_prepared(experiment, say, seeded=seeded), _calls(experiment, say)])


def fits_page(experiment: Experiment) -> bool:
    """Whether a page shows the exact code, or it is too long: it has every weight, 5.3 characters each.

    >>> fits_page(Experiment(units=64, features=256)), fits_page(Experiment(units=256))
    (True, False)
    """
    return sum(map(math.prod, experiment.tensor_shapes.values())) <= MAX_ON_PAGE


def exact(experiment: Experiment, say: Say) -> str:
    """Return a whole script, data and weights included, that prints what is on screen, digit for digit."""
    return "\n".join(exact_parts(experiment, say))


def exact_parts(experiment: Experiment, say: Say) -> tuple[str, ...]:
    """Return the exact script in its parts: imports, sequence, weights, layer, call, prints; each ends in a newline."""
    if not experiment.is_plain or experiment.held:
        return tuple(joined([part]) for part in exact_parts_of_model(experiment, say))
    prints = [f"print({name}.numpy())" for name in experiment.layer.returned_names]
    parts = [*_prepared(experiment, say, seeded=False), _calls(experiment, say), [PRINT_OPTIONS, *prints]]
    return tuple(joined([part]) for part in parts)


def _prepared(experiment: Experiment, say: Say, *, seeded: bool) -> list[list[str]]:
    seeded = seeded and not _by_hand(experiment)
    weights = experiment.weights()
    tensors = {} if seeded else {"kernel": weights.kernel, "recurrent_kernel": weights.recurrent_kernel}
    if weights.bias is not None and not seeded:
        tensors["bias"] = weights.bias

    units = experiment.layer.units
    together = units if units > 1 else len(experiment.layer.spec.gates)  # a line a gate, of one unit for all gates

    def assign(name: str, array: Array) -> str:
        return assignment(name, array, together=together, packed_note=say("packed"))

    parts = [imports(experiment, tensors), sequence(experiment, say)]
    if tensors:
        order = say(PACKED[experiment.layer.cell])
        parts.append([f"# {order}", *(assign(name, array) for name, array in tensors.items())])
    if (mask := experiment.step_mask()) is not None:
        parts.append([f"# {say('mask')}", *mask_lines(mask)])
    if (state := experiment.given_state()) is not None:
        states = zip(_given_names(experiment), state, strict=True)
        what = say("initial_state" if len(state) > 1 else "initial_h")
        parts.append([f"# {what}", *(assign(name, array) for name, array in states)])
    parts.append(
        [
            *_layer(experiment, say, spread=True, seeded=seeded),
            *(["layer.build(x.shape)", f"layer.set_weights([{', '.join(tensors)}])"] if tensors else []),
            *([f"layer_function = tf.function(layer)  # {say('graph')}"] if is_long(experiment) else []),
        ]
    )
    return parts


def _essential_lines(experiment: Experiment, say: Say, *, spread: bool, initializers: bool) -> list[str]:
    batch, timesteps, features = experiment.shape
    layer = experiment.layer
    by_hand = _by_hand(experiment)
    note = weights_origin(experiment) if by_hand else "initializers" if not initializers else None
    shape = f"({timesteps}, {features})"
    static = f"batch_shape=({batch}, {timesteps}, {features})" if layer.stateful else shape
    inputs = {"x": ("inputs", f"keras.Input({static})")}
    arguments = ["inputs"]
    if experiment.initial_state:
        state = f"keras.Input(({layer.units},))"
        names_given = _given_names(experiment)
        inputs |= {name: (given, state) for name, given in zip(layer.spec.state_names, names_given, strict=True)}
        arguments.append(f"initial_state=[{', '.join(names_given)}]")
    if experiment.mask.strip():
        inputs["mask"] = ("used", f'keras.Input(({timesteps},), dtype="bool")')
        arguments.append("mask=used")
    names, makers = zip(*inputs.values(), strict=True)
    given = ", ".join(inputs)
    model_inputs, fed = (f"[{', '.join(names)}]", f"[{given}]") if len(inputs) > 1 else ("inputs", given)
    call = f"model.predict({fed})"
    if experiment.training:  # predict would put training=False in its place
        call = f"model({fed}, training=True){training_note(experiment, say)}"
    return [
        "import keras",
        f"# x: {say('your_sequence')} ({batch}, {timesteps}, {features})",
        *([f"# {say(note)}"] if note else []),
        *([f"# {say('held_gates')}"] if experiment.held else []),
        f"inputs = {makers[0]}",
        *([f"{', '.join(names[1:])} = {', '.join(makers[1:])}"] if len(inputs) > 1 else []),
        *_layer(experiment, say, spread=spread, seeded=initializers and not by_hand),
        f"model = keras.Model({model_inputs}, layer({', '.join(arguments)}))",
        *repeated(experiment, f"{', '.join(layer.returned_names)} = {call}"),
    ]


def _layer(experiment: Experiment, say: Say, *, spread: bool, seeded: bool) -> list[str]:
    """Return the lines that construct `layer`; with `seeded`, Keras's initializers are to draw the weights."""
    masked = bool(experiment.mask.strip())
    seed = experiment.weights_seed if seeded else None
    first, *more = constructed(experiment.layer, say, masked=masked, seed=seed, spread=spread)
    return [f"layer = {first}", *more]


def _given_names(experiment: Experiment) -> tuple[str, ...]:
    """Return what the code calls the states given to the layer, in Keras's order."""
    return tuple(f"{name}0" for name in experiment.layer.spec.state_names)


def _by_hand(experiment: Experiment) -> bool:
    if experiment.given_weights:
        return True
    if experiment.layer.forget_bias is not None and experiment.layer.has("unit_forget_bias"):
        return True
    return any(edit.tensor in WEIGHT_TENSORS for edit in experiment.edits)


def _calls(experiment: Experiment, say: Say) -> list[str]:
    arguments = ["x"]
    if experiment.initial_state:
        arguments.append(f"initial_state=[{', '.join(_given_names(experiment))}]")
    if experiment.mask.strip():
        arguments.append("mask=mask")
    if experiment.training:
        arguments.append("training=True")
    function = "layer_function" if is_long(experiment) else "layer"
    call = f"{', '.join(experiment.layer.returned_names)} = {function}({', '.join(arguments)})"
    return repeated(experiment, call + training_note(experiment, say), say)
