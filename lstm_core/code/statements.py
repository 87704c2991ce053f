"""The statements that generated scripts are made of: data, masks, how a layer is constructed, calls in a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.literals import MAX_LITERAL, assignment, source_of
from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import ARGUMENTS, FLAGS, INITIALIZER_ARGUMENTS, LayerArguments
from lstm_core.layers.initializers import chosen
from lstm_core.layers.outputs import PRECISION
from lstm_core.layers.spec import GRU, LSTM
from lstm_core.layers.trace import IntArray
from lstm_core.sequences import numbers
from lstm_core.sequences.numbers import Array

Say = Callable[[str], str]
"""A comment's key -> the comment in the reader's language; the keys are `codegen.COMMENTS`."""

PACKED = {"LSTM": "weights", "GRU": "weights_gru", "SimpleRNN": "weights_simple_rnn"}
"""The comment that says which columns of a cell's weights are which."""
OF_ONE_STATE = {"return_state": "return_state_h", "stateful": "stateful_h"}
"""The comments on flags of a cell whose only state is h."""
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
ARGUMENTS_LINE, COMPACT_LINE, LONGEST_LINE = 70, 100, 120
_MAX_EAGER = 100
"""Steps, over all calls, up to which calling the layer directly is quick; beyond, a graph is, but for `unroll`: Keras
takes 10 ms a step and 0.4 MB to make that graph, and 1 ms to go through the step itself."""


def shown_arguments(layer: LayerArguments) -> dict[str, object]:
    """Return the layer's own arguments that differ from Keras's defaults, flags first, without units and initializers.

    >>> shown_arguments(LayerArguments(cell="GRU", reset_after=False, dropout=0.5, bidirectional=True))
    {'reset_after': False, 'dropout': 0.5, 'seed': 1}
    """
    own = {name: getattr(layer, name) for name in _IN_CODE if layer.has(name)}
    shown = {name: value for name, value in own.items() if value != ARGUMENTS[name].default}
    drops = layer.dropout or layer.recurrent_dropout  # only then a seed says anything
    return {**shown, "seed": layer.seed} if drops else shown


def joined(parts: list[list[str]]) -> str:
    """Return the parts of a script, each of lines, with an empty line between them."""
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def sequence(experiment: Experiment, say: Say) -> list[str]:
    """Return the lines that make `x`: written out, packed, or the way in which the app makes it."""
    x = data(experiment)
    if experiment.front == "embedding":
        note = f"# {say('indices')} {x.shape}"
        return [note, assignment("x", x, together=x.shape[1], packed_note=say("packed_indices"))]
    lines = [f"# {say('sequence')} {x.shape}"]
    if x.size <= MAX_LITERAL or _is_given(experiment):
        return [*lines, assignment("x", x, together=x.shape[2], packed_note=say("packed"))]
    size = "batch={}, timesteps={}, features={}".format(*x.shape)
    if experiment.preset in numbers.SIGNALS:
        signal = numbers.SIGNALS[experiment.preset]
        lines += [source_of(numbers.delayed_time), "", source_of(signal), ""]
        return [*lines, f'x = {signal.__name__}(delayed_time({size})).astype("float32")']
    drawn = (
        f"np.random.default_rng({experiment.data_seed}).uniform(-1, 1, {x.shape})"
        if experiment.preset == "noise"
        else f"(np.arange(1, {x.size + 1}) / 10).reshape({x.shape})"
    )
    return [*lines, f'x = {drawn}.astype("float32")']


def _is_given(experiment: Experiment) -> bool:
    """Whether the learner has typed the sequence: no function makes it."""
    return experiment.preset == "typed" or experiment.words is not None


def weights_origin(experiment: Experiment) -> str:
    """Return the comment that says where weights are from that no initializer draws."""
    if experiment.learned:
        return "trained_weights"
    return "given_weights" if experiment.given_weights else "hand_made_weights"


def is_long(experiment: Experiment) -> bool:
    """Whether the script is to run as a graph."""
    steps = experiment.shape[1] * experiment.calls * len(experiment.places)
    return steps > _MAX_EAGER and not any(layer.unroll for layer in experiment.layers)


def imports(experiment: Experiment, tensors: Mapping[str, Array]) -> list[str]:
    """Return the imports of a script that has this sequence and these weights."""
    packs = any(array.size > MAX_LITERAL for array in tensors.values()) or (
        data(experiment).size > MAX_LITERAL and (experiment.front == "embedding" or _is_given(experiment))
    )
    graph = ["import tensorflow as tf"] if is_long(experiment) else []
    return (["import base64", ""] if packs else []) + ["import keras", "import numpy as np", *graph]


def data(experiment: Experiment) -> Array | IntArray:
    """Return what the model is given: the sequence, or the indices that an Embedding takes."""
    return experiment.indices() if experiment.front == "embedding" else experiment.data()


def mask_lines(mask: NDArray[np.bool_]) -> list[str]:
    """Return the lines that make the mask: all steps used, then a line for each run of masked steps."""
    lines = [f'mask = np.ones({mask.shape}, dtype="bool")']
    rows = {":": mask[0]} if (mask == mask[0]).all() else {str(row): used for row, used in enumerate(mask)}
    for row, used in rows.items():
        edges = np.flatnonzero(np.diff(used, prepend=True, append=True))  # where masked runs begin and end
        lines += [f"mask[{row}, {first}:{end}] = False" for first, end in zip(edges[::2], edges[1::2], strict=True)]
    return lines


def constructed(
    layer: LayerArguments,
    say: Say | None,
    *,
    masked: bool,
    seed: int | None = None,
    spread: bool = False,
    before: str = "",
) -> list[str]:
    """Return the lines of `keras.layers.LSTM(...)`, or another cell's; `spread` gives each flag a line and a comment.

    Without `say` there are no comments. With the `seed` of the weights initializers are named.
    `before` stands on the first line before it.
    """
    named = {
        name: f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"
        for name, value in shown_arguments(layer).items()
    }
    flags = [named.pop(name) for name in FLAGS if name in named]
    cudnn = ["use_cudnn=False"] if masked and _takes_cudnn(layer) else []
    rest = [*named.values(), *(() if seed is None else _initializers(layer, seed))]
    made = f"keras.layers.{layer.cell}("
    if not (flags or rest or cudnn):
        return [f"{before}{made}{layer.units})"]
    if not (spread and say):
        longest = LONGEST_LINE if seed is None else COMPACT_LINE
        room = len(before + made) if before else 0
        first, *more = wrapped([str(layer.units), *flags, *rest, *cudnn], longest, used=room)
        lines = [f"{before}{made}{first.strip()}", *more]
        why = f"  # {say('use_cudnn')}" if cudnn and say else ""
        return [*lines[:-1], lines[-1].removesuffix(",") + ")" + why]
    flags += cudnn
    width = max((len(flag) for flag in flags), default=0) + 1

    def noted(flag: str) -> str:
        name = flag.partition("=")[0]
        return OF_ONE_STATE.get(name, name) if len(layer.spec.states) == 1 else name

    commented = [f"    {flag + ',':<{width}}  # {say(noted(flag))}" for flag in flags]
    return [made, f"    {layer.units},", *commented, *wrapped(rest), ")"]


def _takes_cudnn(layer: LayerArguments) -> bool:
    """Whether Keras takes cuDNN by itself on a GPU; from masks the code has to keep it away.

    Without a mask cuDNN gives the same numbers, to rounding. With one it gives zeros for padded steps, not the h before
    them, whatever `zero_output_for_mask` says; and where masked steps come before used ones, a graph fails in it.
    """
    takes_cudnn = (layer.activation, layer.recurrent_activation) == ("tanh", "sigmoid")
    takes_cudnn &= layer.use_bias and not layer.unroll and not layer.recurrent_dropout
    return takes_cudnn and layer.spec in (LSTM, GRU)  # not a GRU with reset_after=False


def _initializers(layer: LayerArguments, seed: int) -> Iterable[str]:
    """Yield the initializer arguments that give the weights on screen: kernel by the seed, the others by the next."""
    names = INITIALIZER_ARGUMENTS if layer.use_bias else INITIALIZER_ARGUMENTS[:2]
    for offset, name in enumerate(names):
        initializer = getattr(layer, name)
        used = chosen(initializer)
        given = {key: value for key, value in used.named.items() if value != used.kind.arguments[key]}
        if used.kind.takes_seed:
            given["seed"] = seed + offset
        if used.name == "constant":  # which Keras 3.15.1 does not make of its name alone
            yield f"{name}=keras.initializers.Constant({used.named['value']})"
        elif given:
            arguments = ", ".join(f"{key}={value}" for key, value in given.items())
            yield f"{name}=keras.initializers.{used.kind.keras_class}({arguments})"
        elif initializer != ARGUMENTS[name].default:
            yield f'{name}="{initializer}"'


def training_note(experiment: Experiment, say: Say) -> str:
    """Return the comment behind a call that draws dropout masks."""
    return f"  # {say('training')}" if experiment.draws_dropout else ""


def repeated(
    experiment: Experiment, line: str, say: Say | None = None, *, resets: str = "layer.reset_state()"
) -> list[str]:
    """Return the call, in a loop where there are several, with `resets` before the calls that want it."""
    if experiment.calls == 1:
        return [line]
    head = [f"for call in range(1, {experiment.calls + 1}):"]
    if experiment.reset_before and resets:
        calls = ", ".join(map(str, experiment.reset_before))
        note = f"  # {say('reset')}" if say else ""
        head += [f"    if call in [{calls}]: {resets}{note}"]
    return [*head, f"    {line}"]


def wrapped(arguments: Iterable[str], longest: int = ARGUMENTS_LINE, *, used: int = 0) -> list[str]:
    """Return arguments as indented lines, as many on a line as fit; of the first, so many characters are `used`."""
    lines: list[str] = []
    for argument in arguments:
        if lines and len(lines[-1]) + len(argument) + 2 + (used if len(lines) == 1 else 0) <= longest:
            lines[-1] += f" {argument},"
        else:
            lines.append(f"    {argument},")
    return lines
