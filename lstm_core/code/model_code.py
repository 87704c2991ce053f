"""Models as Keras source, exact and as people write: several layers, Bidirectional, what stands around them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from lstm_core.code.literals import assignment
from lstm_core.code.statements import (
    LONGEST_LINE,
    MAX_LINES,
    PACKED,
    PRINT_OPTIONS,
    Say,
    constructed,
    data,
    imports,
    is_long,
    mask_lines,
    repeated,
    sequence,
    training_note,
    wrapped,
)
from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.bidirectional import directions, loses_seed
from lstm_core.layers.model_weights import EMBEDDINGS, HEAD_BIAS, HEAD_KERNEL, Opened
from lstm_core.layers.outputs import PREDICTION, returned_names
from lstm_core.layers.weights import WEIGHT_TENSORS
from lstm_core.sequences.numbers import Array

_ANY = 10_000
"""A line as long as it has to be."""
_RESET_ALL = '[layer.reset_state() for layer in model.layers if getattr(layer, "stateful", False)]'


def exact_parts_of_model(experiment: Experiment, say: Say) -> list[list[str]]:
    """Return the exact script of a model in its parts, each of lines: imports, data, weights, layers, calls, prints.

    The layers are called one on the other in a function `model`, which is a graph where there are many steps.
    """
    tensors = experiment.model_weights().tensors
    parts = [imports(experiment, tensors), sequence(experiment, say), *_weights(experiment, tensors, say)]
    if (mask := experiment.step_mask()) is not None:
        parts.append([f"# {say('mask')}", *mask_lines(mask)])
    if (states := experiment.given_state()) is not None:
        first = experiment.layers[0]
        what = say("initial_state" if len(first.spec.states) > 1 else "initial_h")
        named = zip(_given_names(first), states, strict=True)
        given = (assignment(name, array, together=first.units, packed_note=say("packed")) for name, array in named)
        parts.append([f"# {what}", *given])
    names = returned_names(experiment.layers, head=experiment.head == "dense")
    graph = [f"@tf.function(autograph=False)  # {say('graph')}"] if is_long(experiment) else []
    training = ", training=True" if experiment.training else ""
    body = [f"    {line}" for line in _called_in_turn(experiment, training)]
    parts += [
        _made(experiment, tensors, say),
        ["", *graph, f"def model(x):{training_note(experiment, say)}", *body, f"    return {', '.join(names)}", ""],
        repeated(experiment, f"{', '.join(names)} = model(x)", say, resets=_resets(experiment)),
        [PRINT_OPTIONS, *(f"print({name}.numpy())" for name in names)],
    ]
    return parts


def essential_of_model(experiment: Experiment, say: Say) -> str:
    """Return the lines that people write themselves: `keras.Sequential` where the last output is all that comes back.

    Six to twelve lines, as long as they have to be. No initializer is named: each layer has a seed of its own.
    """
    for longest, together in ((70, False), (100, False), (LONGEST_LINE, False), (LONGEST_LINE, True), (_ANY, True)):
        lines = _essential_lines(experiment, say, longest, together=together)
        if len(lines) <= MAX_LINES:
            break
    return "\n".join(lines) + "\n"


def code_name(tensor: str, place: Opened, layer: LayerArguments) -> str:
    """Return what the exact script of a model calls a tensor of one direction of a layer.

    >>> code_name("kernel", Opened(2, backward=True), LayerArguments(bidirectional=True))
    'kernel_2_backward'
    """
    direction = ("_backward" if place.backward else "_forward") if layer.bidirectional else ""
    return f"{tensor}_{place.layer}{direction}"


class _Piece(NamedTuple):
    """A layer of Keras's in a model: its name in the exact script, and its lines of source."""

    name: str
    lines: list[str]


def _front(experiment: Experiment) -> _Piece | None:
    if experiment.front == "embedding":
        zero = ", mask_zero=True" if experiment.mask_zero else ""
        sizes = f"{experiment.input_dim}, {experiment.output_dim}"
        return _Piece("embedding", [f"keras.layers.Embedding({sizes}{zero})"])
    if experiment.front == "masking":
        value = f"mask_value={experiment.mask_value}" if experiment.mask_value else ""
        return _Piece("masking", [f"keras.layers.Masking({value})"])
    return None


def _recurrent(experiment: Experiment, number: int) -> _Piece:
    layer = experiment.layers[number - 1]
    masked = bool(experiment.mask.strip()) or experiment.front == "masking"
    masked |= experiment.front == "embedding" and experiment.mask_zero
    before = f"layer_{number} = " + ("keras.layers.Bidirectional(" if layer.bidirectional else "")
    lines = constructed(layer, None, masked=masked, before=before)
    lines[0] = lines[0].removeprefix(f"layer_{number} = ")
    if layer.bidirectional:
        mode = layer.merge_mode if layer.merge_mode == "None" else f'"{layer.merge_mode}"'
        merged = "" if layer.merge_mode == "concat" else f", merge_mode={mode}"
        lines[-1] += f"{merged})"
    return _Piece(f"layer_{number}", lines)


def _dropout(experiment: Experiment, number: int) -> _Piece | None:
    layer = experiment.layers[number - 1]
    if not layer.dropout_after:
        return None
    return _Piece(f"dropout_{number}", [f"keras.layers.Dropout({layer.dropout_after}, seed={layer.seed})"])


def _head(experiment: Experiment) -> _Piece | None:
    if experiment.head == "none":
        return None
    chosen = experiment.head_activation
    activation = "" if chosen == "linear" else f', activation="{chosen}"'
    return _Piece("head", [f"keras.layers.Dense({experiment.head_units}{activation})"])


def _pieces(experiment: Experiment) -> list[_Piece]:
    numbers = range(1, len(experiment.layers) + 1)
    several = [piece for k in numbers for piece in (_recurrent(experiment, k), _dropout(experiment, k))]
    return [piece for piece in (_front(experiment), *several, _head(experiment)) if piece]


def _weights(experiment: Experiment, tensors: dict[str, Array], say: Say) -> Iterator[list[str]]:
    """Yield the assignments of each layer's weights, under the comment that says what their columns are."""

    def assign(name: str, array: Array, together: int) -> str:
        return assignment(name, array, together=together, packed_note=say("packed"))

    if EMBEDDINGS in tensors:
        array = tensors[EMBEDDINGS]
        yield [f"# {say('embeddings')}", assign(EMBEDDINGS, array, array.shape[1])]
    for place in experiment.places:
        layer = experiment.layers[place.layer - 1]
        own = {name: tensors[name + place.suffix] for name in WEIGHT_TENSORS if name + place.suffix in tensors}
        together = layer.units if layer.units > 1 else len(layer.spec.gates)
        named = (assign(code_name(name, place, layer), array, together) for name, array in own.items())
        yield [f"# {say(PACKED[layer.cell])}", *named]
    if HEAD_KERNEL in tensors:
        named = (assign(name, tensors[name], experiment.head_units) for name in (HEAD_KERNEL, HEAD_BIAS))
        yield [f"# {say('head')}", *named]


def _made(experiment: Experiment, tensors: dict[str, Array], say: Say) -> list[str]:
    """Return the lines that construct every layer and give it its weights."""
    batch, timesteps, _ = experiment.shape
    lines = []
    for piece in _pieces(experiment):
        first, *more = piece.lines
        lines += [f"{piece.name} = {first}", *more]
        kind, _, number = piece.name.partition("_")
        if kind == "embedding":
            lines += ["embedding.build()", f"embedding.set_weights([{EMBEDDINGS}])"]
        elif kind == "layer":
            layer, width = experiment.layers[int(number) - 1], experiment.widths[int(number) - 1]
            places = [place for place in experiment.places if place.layer == int(number)]
            held = [
                code_name(name, place, layer)
                for place in places
                for name in WEIGHT_TENSORS
                if name + place.suffix in tensors
            ]
            first, *more = wrapped(held, LONGEST_LINE)
            if loses_seed(layer):
                lines += [
                    f"for direction in (layer_{number}.forward_layer, layer_{number}.backward_layer):  # {say('seed')}",
                    f"    direction.cell.seed_generator = keras.random.SeedGenerator({layer.seed})",
                ]
            shape = (batch, timesteps, width)
            lines += [f"{piece.name}.build({shape})", f"{piece.name}.set_weights([{first.strip()}", *more]
            lines[-1] = lines[-1].removesuffix(",") + "])"
        elif kind == "head":
            lines += [f"head.build((None, {experiment.widths[-1]}))", f"head.set_weights([{HEAD_KERNEL}, {HEAD_BIAS}])"]
    return lines


def _called_in_turn(experiment: Experiment, training: str) -> Iterator[str]:
    """Yield the lines that call each layer on what the one before it handed on, from `x` to what is returned."""
    handed_on = "x"
    if (front := _front(experiment)) is not None:
        yield f"{front.name}_output = {front.name}(x)"
        handed_on = f"{front.name}_output"
    for number, (layer, (outputs, states)) in enumerate(zip(experiment.layers, _names(experiment), strict=True), 1):
        first = _first_arguments(experiment) if number == 1 else ""
        yield f"{', '.join([*outputs, *states])} = layer_{number}({handed_on}{first}{training})"
        handed_on = outputs[0] if len(outputs) == 1 else f"({', '.join(outputs)})"
        if layer.dropout_after:
            yield f"{'dropped' if len(outputs) > 1 else outputs[0]} = dropout_{number}({handed_on}{training})"
            if len(outputs) > 1:  # Keras makes one tensor of the two
                yield f"{', '.join(outputs)} = dropped[0], dropped[1]"
    if experiment.head == "dense":
        yield f"{PREDICTION} = head({handed_on})"


def _names(experiment: Experiment) -> list[tuple[list[str], list[str]]]:
    """Return what the code calls each layer's output, or its two, and its states."""
    layers = experiment.layers
    counts = [len(layer.spec.states) * len(directions(layer)) if layer.return_state else 0 for layer in layers]
    names = returned_names(layers, head=experiment.head == "dense")
    outputs = names[: len(names) - sum(counts)]
    states = iter(names[len(outputs) :])
    found = [([f"output_{number}"], list(islice(states, count))) for number, count in enumerate(counts, start=1)]
    if experiment.head == "none":
        found[-1] = list(outputs), found[-1][1]
    return found


def _given_names(first: LayerArguments) -> tuple[str, ...]:
    """Return what the code calls the states given to the first layer, in Keras's order."""
    whose = ("forward_", "backward_") if first.bidirectional else ("",)
    return tuple(f"{one}{name}0" for one in whose for name in first.spec.state_names)


def _first_arguments(experiment: Experiment, mask: str = "mask") -> str:
    """Return what the first layer is called with besides its input."""
    found = ""
    if experiment.initial_state:
        found += f", initial_state=[{', '.join(_given_names(experiment.layers[0]))}]"
    return found + (f", mask={mask}" if experiment.mask.strip() else "")


def _resets(experiment: Experiment) -> str:
    """Return what resets every layer that keeps its state, in one line."""
    numbers = (number for number, layer in enumerate(experiment.layers, start=1) if layer.stateful)
    return "; ".join(f"layer_{number}.reset_state()" for number in numbers)


def _essential_lines(experiment: Experiment, say: Say, longest: int, *, together: bool) -> list[str]:
    """Return the lines, those of what is constructed no longer than that; `together` makes one comment of two."""
    names = returned_names(experiment.layers, head=experiment.head == "dense")
    is_sequence = len(names) == 1 and not experiment.initial_state and not experiment.mask.strip()
    body, fed = (_sequential if is_sequence else _functional)(experiment, longest)
    call = f"model.predict({fed})"
    if experiment.training:  # predict would put training=False in its place
        call = f"model({fed}, training=True){training_note(experiment, say)}"
    by_hand = experiment.edits or any(layer.forget_bias is not None for layer in experiment.layers)
    note = "given_weights" if experiment.given_weights else "hand_made_weights" if by_hand else "initializers"
    what = "your_indices" if experiment.front == "embedding" else "your_sequence"
    resets = _RESET_ALL if any(layer.stateful for layer in experiment.layers) else ""
    comments = [f"# x: {say(what)} {data(experiment).shape}", f"# {say(note)}"]
    return [
        "import keras",
        *(["; ".join(comments).replace("; # ", "; ")] if together else comments),
        *body,
        *repeated(experiment, f"{', '.join(names)} = {call}", resets=resets),
    ]


def _input(experiment: Experiment) -> str:
    shape = data(experiment).shape
    stateful = any(layer.stateful for layer in experiment.layers)
    dtype = ', dtype="int32"' if experiment.front == "embedding" else ""
    return f"keras.Input({f'batch_shape={shape}' if stateful else shape[1:]}{dtype})"


def _sequential(experiment: Experiment, longest: int) -> tuple[list[str], str]:
    """Return the lines that make the model, and what it is fed with."""
    layers = [" ".join(line.strip() for line in piece.lines) for piece in _pieces(experiment)]
    return ["model = keras.Sequential([", *wrapped([_input(experiment), *layers], longest), "])"], "x"


def _functional(experiment: Experiment, longest: int) -> tuple[list[str], str]:
    """Return the lines that make the model, and what it is fed with; Dropout and Dense stand in the next one's call."""
    inputs, first = {"x": ("inputs", _input(experiment))}, experiment.layers[0]
    if experiment.initial_state:
        names = first.spec.state_names
        whose = ("forward_", "backward_") if first.bidirectional else ("",)
        fed = (f"{one}{name}" for one in whose for name in names)
        state = f"keras.Input(({first.units},))"
        inputs |= {name: (given, state) for name, given in zip(fed, _given_names(first), strict=True)}
    if experiment.mask.strip():
        inputs["mask"] = ("used", f'keras.Input(({experiment.shape[1]},), dtype="bool")')
    variables, makers = zip(*inputs.values(), strict=True)
    lines = [f"inputs = {makers[0]}"]
    if len(inputs) > 1:
        lines.append(f"{', '.join(variables[1:])} = {', '.join(makers[1:])}")
    front = _front(experiment)
    handed_on = f"{front.lines[0]}(inputs)" if front else "inputs"
    outputs: list[str] = []
    all_states: list[str] = []
    for number, (outputs, states) in enumerate(_names(experiment), start=1):
        all_states += states
        first_arguments = _first_arguments(experiment, "used") if number == 1 else ""
        made = _recurrent(experiment, number).lines
        made = [" ".join(line.strip() for line in made)] if longest > LONGEST_LINE else made
        made[0] = f"{', '.join([*outputs, *states])} = {made[0]}"
        made[-1] += f"({handed_on}{first_arguments})"
        lines += made
        handed_on = outputs[0] if len(outputs) == 1 else f"[{', '.join(outputs)}]"
        if (dropout := _dropout(experiment, number)) is not None:
            handed_on = f"{dropout.lines[0]}({handed_on})"
    if (head := _head(experiment)) is not None:
        handed_on = f"{head.lines[0]}({handed_on})"
    several = len(outputs) > 1 and experiment.layers[-1].dropout_after == 0
    returned = [*(outputs if several else [handed_on]), *all_states]
    of = f"[{', '.join(variables)}]" if len(variables) > 1 else variables[0]
    made_of = f"[{', '.join(returned)}]" if len(returned) > 1 else returned[0]
    lines.append(f"model = keras.Model({of}, {made_of})")
    return lines, f"[{', '.join(inputs)}]" if len(inputs) > 1 else "x"
