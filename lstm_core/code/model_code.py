"""Models as Keras source that prints the numbers on screen: several layers, Bidirectional, what stands around them."""

from __future__ import annotations

from collections.abc import Iterator

from lstm_core.code.held import held_classes, held_values
from lstm_core.code.literals import assignment
from lstm_core.code.model_pieces import front_piece, given_names, given_to_first, names_by_layer, pieces
from lstm_core.code.statements import (
    LONGEST_LINE,
    PACKED,
    PRINT_OPTIONS,
    Say,
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
from lstm_core.layers.bidirectional import loses_seed
from lstm_core.layers.model_weights import EMBEDDINGS, HEAD_BIAS, HEAD_KERNEL, Opened
from lstm_core.layers.outputs import PREDICTION, returned_names
from lstm_core.layers.weights import WEIGHT_TENSORS
from lstm_core.sequences.numbers import Array


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
        named = zip(given_names(first), states, strict=True)
        given = (assignment(name, array, together=first.units, packed_note=say("packed")) for name, array in named)
        parts.append([f"# {what}", *given])
    names = returned_names(experiment.layers, head=experiment.head == "dense")
    graph = [f"@tf.function(autograph=False)  # {say('graph')}"] if is_long(experiment) else []
    training = ", training=True" if experiment.training else ""
    body = [f"    {line}" for line in _called_in_turn(experiment, training)]
    parts += [
        *held_classes(experiment, say),
        _made(experiment, tensors, say),
        ["", *graph, f"def model(x):{training_note(experiment, say)}", *body, f"    return {', '.join(names)}", ""],
        repeated(experiment, f"{', '.join(names)} = model(x)", say, resets=_resets(experiment)),
        [PRINT_OPTIONS, *(f"print({name}.numpy())" for name in names)],
    ]
    return parts


def code_name(tensor: str, place: Opened, layer: LayerArguments) -> str:
    """Return what the exact script of a model calls a tensor of one direction of a layer.

    >>> code_name("kernel", Opened(2, backward=True), LayerArguments(bidirectional=True))
    'kernel_2_backward'
    """
    direction = ("_backward" if place.backward else "_forward") if layer.bidirectional else ""
    return f"{tensor}_{place.layer}{direction}"


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
    for piece in pieces(experiment, held=True):
        first, *more = piece.lines
        lines += [f"{piece.name} = {first}", *more]
        kind, _, number = piece.name.partition("_")
        if kind == "embedding":
            lines += ["embedding.build()", f"embedding.set_weights([{EMBEDDINGS}])"]
        elif kind == "layer":
            layer, width = experiment.layers[int(number) - 1], experiment.widths[int(number) - 1]
            places = [place for place in experiment.places if place.layer == int(number)]
            given = [
                code_name(name, place, layer)
                for place in places
                for name in WEIGHT_TENSORS
                if name + place.suffix in tensors
            ]
            first, *more = wrapped(given, LONGEST_LINE)
            if loses_seed(layer):
                lines += [
                    f"for direction in (layer_{number}.forward_layer, layer_{number}.backward_layer):  # {say('seed')}",
                    f"    direction.cell.seed_generator = keras.random.SeedGenerator({layer.seed})",
                ]
            shape = (batch, timesteps, width)
            lines += [f"{piece.name}.build({shape})", f"{piece.name}.set_weights([{first.strip()}", *more]
            lines[-1] = lines[-1].removesuffix(",") + "])"
            lines += held_values(experiment, int(number), say)
        elif kind == "head":
            lines += [f"head.build((None, {experiment.widths[-1]}))", f"head.set_weights([{HEAD_KERNEL}, {HEAD_BIAS}])"]
    return lines


def _called_in_turn(experiment: Experiment, training: str) -> Iterator[str]:
    """Yield the lines that call each layer on what the one before it handed on, from `x` to what is returned."""
    handed_on = "x"
    if (front := front_piece(experiment)) is not None:
        yield f"{front.name}_output = {front.name}(x)"
        handed_on = f"{front.name}_output"
    for number, (layer, (outputs, states)) in enumerate(
        zip(experiment.layers, names_by_layer(experiment), strict=True), 1
    ):
        first = given_to_first(experiment) if number == 1 else ""
        yield f"{', '.join([*outputs, *states])} = layer_{number}({handed_on}{first}{training})"
        handed_on = outputs[0] if len(outputs) == 1 else f"({', '.join(outputs)})"
        if layer.dropout_after:
            yield f"{'dropped' if len(outputs) > 1 else outputs[0]} = dropout_{number}({handed_on}{training})"
            if len(outputs) > 1:  # Keras makes one tensor of the two
                yield f"{', '.join(outputs)} = dropped[0], dropped[1]"
    if experiment.head == "dense":
        yield f"{PREDICTION} = head({handed_on})"


def _resets(experiment: Experiment) -> str:
    """Return what resets every layer that keeps its state, in one line."""
    numbers = (number for number, layer in enumerate(experiment.layers, start=1) if layer.stateful)
    return "; ".join(f"layer_{number}.reset_state()" for number in numbers)
