"""Experiment -> Keras source: the essential lines, and the exact script that prints the numbers on screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.literals import MAX_LITERAL, assignment, source_of
from lstm_core.experiment import FIELDS, Array, Experiment
from lstm_core.layers.arguments import ARGUMENTS, FLAGS, INITIALIZER_ARGUMENTS
from lstm_core.layers.initializers import chosen
from lstm_core.layers.outputs import PRECISION
from lstm_core.layers.spec import GRU, LSTM
from lstm_core.layers.weights import WEIGHT_TENSORS
from lstm_core.sequences import numbers

Say = Callable[[str], str]
"""A comment's key -> the comment in the reader's language; the keys are `COMMENTS`."""

_WEIGHTS = {"LSTM": "weights", "GRU": "weights_gru", "SimpleRNN": "weights_simple_rnn"}
"""The comment that says which columns of a cell's weights are which."""
_OF_ONE_STATE = {"return_state": "return_state_h", "stateful": "stateful_h"}
"""The comments on flags of a cell whose only state is h."""
COMMENTS = (
    *_OF_ONE_STATE.values(),
    "sequence",
    *_WEIGHTS.values(),
    "packed",
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
    "reset",
    "your_sequence",
    "hand_made_weights",
    "given_weights",
    "initializers",
)
PRINT_OPTIONS = f"np.set_printoptions(precision={PRECISION}, suppress=True)"
"""The line that makes a script print numbers as short as the page does."""
MAX_LINES = 12
"""Lines up to which each flag has a line and a comment of its own in the essential code."""

_IN_CODE = tuple(
    name
    for name in sorted(ARGUMENTS, key=lambda name: ARGUMENTS[name].metadata["part"] == "loop")
    if ARGUMENTS[name].metadata["part"] in ("flag", "cell", "loop", "weights")
    and name not in ("units", "seed", "forget_bias", *INITIALIZER_ARGUMENTS)
)
"""Arguments in the order in which code has them: the flags, what happens in a step, then the loop over steps."""
_ARGUMENTS_LINE, _COMPACT_LINE, _LONGEST_LINE = 70, 100, 120
_MAX_EAGER = 100
"""Steps, over all calls, up to which calling the layer directly is quick; beyond, a graph is, but for `unroll`: Keras
takes 10 ms a step and 0.4 MB to make that graph, and 1 ms to go through the step itself."""


def layer_arguments(experiment: Experiment) -> dict[str, object]:
    """Return the arguments that differ from Keras's defaults, flags first, without units and initializers.

    >>> layer_arguments(Experiment(return_state=True, dropout=0.5))
    {'return_state': True, 'dropout': 0.5, 'seed': 1}
    """
    layer = experiment.layer
    own = {name: getattr(layer, name) for name in _IN_CODE if layer.has(name)}
    shown = {name: value for name, value in own.items() if value != ARGUMENTS[name].default}
    drops = layer.dropout or layer.recurrent_dropout  # only then a seed says anything
    return {**shown, "seed": layer.seed} if drops else shown


def essential(experiment: Experiment, say: Say) -> str:
    """Return the lines that people write themselves: a functional model with this layer, given a sequence `x`.

    With seeded initializers and nothing set by hand, the model's weights are those on screen, to float32 rounding.
    Always six to twelve lines: beyond `MAX_LINES` the flags' comments give way, then the initializers.
    """
    for spread, initializers in ((True, True), (False, True), (False, False)):
        lines = _essential_lines(experiment, say, spread=spread, initializers=initializers)
        if len(lines) <= MAX_LINES:
            break
    return "\n".join(lines) + "\n"


def prepared(experiment: Experiment, say: Say, *, seeded: bool = False) -> str:
    """Return how a script begins: imports, data, and `layer` with its weights, not called yet.

    With `seeded`, Keras's initializers draw the weights, to float32 rounding those on screen, unless some are by hand.
    """
    return _joined(_prepared(experiment, say, seeded=seeded))


def called(experiment: Experiment, say: Say, *, seeded: bool = False) -> str:
    """Return a script up to where the layer has been called as the experiment says, with nothing printed yet."""
    return _joined([*_prepared(experiment, say, seeded=seeded), _calls(experiment, say)])


def exact(experiment: Experiment, say: Say) -> str:
    """Return a whole script, data and weights included, that prints what is on screen, digit for digit."""
    return "\n".join(exact_parts(experiment, say))


def exact_parts(experiment: Experiment, say: Say) -> tuple[str, ...]:
    """Return the exact script in its parts: imports, sequence, weights, layer, call, prints; each ends in a newline."""
    prints = [f"print({name}.numpy())" for name in experiment.layer.returned_names]
    parts = [*_prepared(experiment, say, seeded=False), _calls(experiment, say), [PRINT_OPTIONS, *prints]]
    return tuple(_joined([part]) for part in parts)


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

    parts = [_imports(experiment, tensors), _sequence(experiment, say)]
    if tensors:
        order = say(_WEIGHTS[experiment.layer.cell])
        parts.append([f"# {order}", *(assign(name, array) for name, array in tensors.items())])
    if (mask := experiment.step_mask()) is not None:
        parts.append([f"# {say('mask')}", *_mask(mask)])
    if (state := experiment.given_state()) is not None:
        states = zip(_given_names(experiment), state, strict=True)
        what = say("initial_state" if len(state) > 1 else "initial_h")
        parts.append([f"# {what}", *(assign(name, array) for name, array in states)])
    parts.append(
        [
            *_layer(experiment, say, spread=True, initializers=seeded),
            *(["layer.build(x.shape)", f"layer.set_weights([{', '.join(tensors)}])"] if tensors else []),
            *([f"layer_function = tf.function(layer)  # {say('graph')}"] if _is_long(experiment) else []),
        ]
    )
    return parts


def _joined(parts: list[list[str]]) -> str:
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _essential_lines(experiment: Experiment, say: Say, *, spread: bool, initializers: bool) -> list[str]:
    batch, timesteps, features = experiment.shape
    layer = experiment.layer
    by_hand = _by_hand(experiment)
    given = "given_weights" if experiment.given_weights else "hand_made_weights"
    note = given if by_hand else "initializers" if not initializers else None
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
        call = f"model({fed}, training=True){_training_note(experiment, say)}"
    return [
        "import keras",
        f"# x: {say('your_sequence')} ({batch}, {timesteps}, {features})",
        *([f"# {say(note)}"] if note else []),
        f"inputs = {makers[0]}",
        *([f"{', '.join(names[1:])} = {', '.join(makers[1:])}"] if len(inputs) > 1 else []),
        *_layer(experiment, say, spread=spread, initializers=initializers and not by_hand),
        f"model = keras.Model({model_inputs}, layer({', '.join(arguments)}))",
        *_repeated(experiment, f"{', '.join(layer.returned_names)} = {call}"),
    ]


def _given_names(experiment: Experiment) -> tuple[str, ...]:
    """Return what the code calls the states given to the layer, in Keras's order."""
    return tuple(f"{name}0" for name in experiment.layer.spec.state_names)


def _by_hand(experiment: Experiment) -> bool:
    if experiment.given_weights:
        return True
    if experiment.layer.forget_bias is not None and experiment.layer.has("unit_forget_bias"):
        return True
    return any(edit.tensor in WEIGHT_TENSORS for edit in experiment.edits)


def _imports(experiment: Experiment, tensors: Mapping[str, Array]) -> list[str]:
    packs = any(array.size > MAX_LITERAL for array in tensors.values()) or (
        experiment.data().size > MAX_LITERAL and experiment.preset in ("typed", "words")
    )
    graph = ["import tensorflow as tf"] if _is_long(experiment) else []
    return (["import base64", ""] if packs else []) + ["import keras", "import numpy as np", *graph]


def _is_long(experiment: Experiment) -> bool:
    return experiment.shape[1] * experiment.calls > _MAX_EAGER and not experiment.layer.unroll


def _sequence(experiment: Experiment, say: Say) -> list[str]:
    data = experiment.data()
    lines = [f"# {say('sequence')} {data.shape}"]
    if data.size <= MAX_LITERAL or experiment.preset in ("typed", "words"):
        return [*lines, assignment("x", data, together=data.shape[2], packed_note=say("packed"))]
    size = "batch={}, timesteps={}, features={}".format(*data.shape)
    if experiment.preset in numbers.SIGNALS:
        signal = numbers.SIGNALS[experiment.preset]
        lines += [source_of(numbers.delayed_time), "", source_of(signal), ""]
        return [*lines, f'x = {signal.__name__}(delayed_time({size})).astype("float32")']
    drawn = (
        f"np.random.default_rng({experiment.data_seed}).uniform(-1, 1, {data.shape})"
        if experiment.preset == "noise"
        else f"(np.arange(1, {data.size + 1}) / 10).reshape({data.shape})"
    )
    return [*lines, f'x = {drawn}.astype("float32")']


def _mask(mask: NDArray[np.bool_]) -> list[str]:
    """Return the lines that make the mask: all steps used, then a line for each run of masked steps."""
    lines = [f'mask = np.ones({mask.shape}, dtype="bool")']
    rows = {":": mask[0]} if (mask == mask[0]).all() else {str(row): used for row, used in enumerate(mask)}
    for row, used in rows.items():
        edges = np.flatnonzero(np.diff(used, prepend=True, append=True))  # where masked runs begin and end
        lines += [f"mask[{row}, {first}:{end}] = False" for first, end in zip(edges[::2], edges[1::2], strict=True)]
    return lines


def _layer(experiment: Experiment, say: Say, *, spread: bool, initializers: bool) -> list[str]:
    """Return the lines that construct the layer; `spread` gives each flag a line and a comment of its own."""
    named = {
        name: f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"
        for name, value in layer_arguments(experiment).items()
    }
    flags = [named.pop(name) for name in FLAGS if name in named]
    cudnn = ["use_cudnn=False"] if _avoids_cudnn(experiment) else []
    rest = [*named.values(), *(_initializers(experiment) if initializers else ())]
    made = f"layer = keras.layers.{experiment.layer.cell}("
    if not (flags or rest or cudnn):
        return [f"{made}{experiment.layer.units})"]
    if not spread:
        first, *more = _wrapped(
            [str(experiment.layer.units), *flags, *rest, *cudnn], _COMPACT_LINE if initializers else _LONGEST_LINE
        )
        lines = [f"{made}{first.strip()}", *more]
        why = f"  # {say('use_cudnn')}" if cudnn else ""
        return [*lines[:-1], lines[-1].removesuffix(",") + ")" + why]
    flags += cudnn
    width = max((len(flag) for flag in flags), default=0) + 1

    def noted(flag: str) -> str:
        name = flag.partition("=")[0]
        return _OF_ONE_STATE.get(name, name) if len(experiment.layer.spec.states) == 1 else name

    commented = [f"    {flag + ',':<{width}}  # {say(noted(flag))}" for flag in flags]
    return [made, f"    {experiment.layer.units},", *commented, *_wrapped(rest), ")"]


def _avoids_cudnn(experiment: Experiment) -> bool:
    """Whether the code has to keep Keras from cuDNN, which it takes by itself on a GPU for just these arguments.

    Without a mask cuDNN gives the same numbers, to rounding. With one it gives zeros for padded steps, not the h before
    them, whatever `zero_output_for_mask` says; and where masked steps come before used ones, a graph fails in it.
    """
    layer = experiment.layer
    takes_cudnn = (layer.activation, layer.recurrent_activation) == ("tanh", "sigmoid")
    takes_cudnn &= layer.use_bias and not layer.unroll and not layer.recurrent_dropout
    takes_cudnn &= layer.spec in (LSTM, GRU)  # not a GRU with reset_after=False
    return takes_cudnn and bool(experiment.mask.strip())


def _initializers(experiment: Experiment) -> Iterable[str]:
    """Yield the initializer arguments that give the weights on screen: kernel by the seed, the others by the next."""
    names = INITIALIZER_ARGUMENTS if experiment.layer.use_bias else INITIALIZER_ARGUMENTS[:2]
    for offset, name in enumerate(names):
        initializer = getattr(experiment.layer, name)
        used = chosen(initializer)
        given = {key: value for key, value in used.named.items() if value != used.kind.arguments[key]}
        if used.kind.takes_seed:
            given["seed"] = experiment.weights_seed + offset
        if used.name == "constant":  # which Keras 3.15.1 does not make of its name alone
            yield f"{name}=keras.initializers.Constant({used.named['value']})"
        elif given:
            arguments = ", ".join(f"{key}={value}" for key, value in given.items())
            yield f"{name}=keras.initializers.{used.kind.keras_class}({arguments})"
        elif initializer != FIELDS[name].default:
            yield f'{name}="{initializer}"'


def _calls(experiment: Experiment, say: Say) -> list[str]:
    arguments = ["x"]
    if experiment.initial_state:
        arguments.append(f"initial_state=[{', '.join(_given_names(experiment))}]")
    if experiment.mask.strip():
        arguments.append("mask=mask")
    if experiment.training:
        arguments.append("training=True")
    function = "layer_function" if _is_long(experiment) else "layer"
    call = f"{', '.join(experiment.layer.returned_names)} = {function}({', '.join(arguments)})"
    return _repeated(experiment, call + _training_note(experiment, say), say)


def _training_note(experiment: Experiment, say: Say) -> str:
    return f"  # {say('training')}" if experiment.draws_dropout else ""


def _repeated(experiment: Experiment, line: str, say: Say | None = None) -> list[str]:
    """Return the call, in a loop where there are several, with `reset_state()` before the calls that want it."""
    if experiment.calls == 1:
        return [line]
    head = [f"for call in range(1, {experiment.calls + 1}):"]
    if experiment.reset_before:
        calls = ", ".join(map(str, experiment.reset_before))
        note = f"  # {say('reset')}" if say else ""
        head += [f"    if call in [{calls}]: layer.reset_state(){note}"]
    return [*head, f"    {line}"]


def _wrapped(arguments: Iterable[str], longest: int = _ARGUMENTS_LINE) -> list[str]:
    """Return arguments as indented lines, as many on a line as fit."""
    lines: list[str] = []
    for argument in arguments:
        if lines and len(lines[-1]) + len(argument) + 2 <= longest:
            lines[-1] += f" {argument},"
        else:
            lines.append(f"    {argument},")
    return lines
