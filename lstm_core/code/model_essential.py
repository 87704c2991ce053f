"""Models as people write them: `keras.Sequential`, or the functional form where more than one output comes back."""

from __future__ import annotations

from lstm_core.code.model_pieces import (
    dropout_piece,
    front_piece,
    given_names,
    given_to_first,
    head_piece,
    names_by_layer,
    pieces,
    recurrent_piece,
)
from lstm_core.code.statements import LONGEST_LINE, MAX_LINES, Say, data, repeated, training_note, weights_origin
from lstm_core.experiment import Experiment
from lstm_core.layers.outputs import returned_names

_ANY = 10_000
"""A line as long as it has to be."""
_RESET_ALL = '[layer.reset_state() for layer in model.layers if getattr(layer, "stateful", False)]'


def essential_of_model(experiment: Experiment, say: Say) -> str:
    """Return the lines that people write themselves: `keras.Sequential` where the last output is all that comes back.

    A Sequential has a line for each layer, what else there is six to twelve lines, as long as they have to be. No
    initializer is named: each layer has a seed of its own.
    """
    for longest, together in ((70, False), (100, False), (LONGEST_LINE, False), (LONGEST_LINE, True), (_ANY, True)):
        lines = _essential_lines(experiment, say, longest, together=together)
        if len(lines) <= MAX_LINES:
            break
    return "\n".join(lines) + "\n"


def _essential_lines(experiment: Experiment, say: Say, longest: int, *, together: bool) -> list[str]:
    """Return the lines, those of what is constructed no longer than that; `together` makes one comment of two."""
    names = returned_names(experiment.layers, head=experiment.head == "dense")
    is_sequence = len(names) == 1 and not experiment.initial_state and not experiment.mask.strip()
    body, fed = _sequential(experiment) if is_sequence else _functional(experiment, longest)
    call = f"model.predict({fed})"
    if experiment.training:  # predict would put training=False in its place
        call = f"model({fed}, training=True){training_note(experiment, say)}"
    by_hand = (
        experiment.given_weights
        or experiment.edits
        or any(layer.forget_bias is not None for layer in experiment.layers)
    )
    note = weights_origin(experiment) if by_hand else "initializers"
    what = "your_indices" if experiment.front == "embedding" else "your_sequence"
    resets = _RESET_ALL if any(layer.stateful for layer in experiment.layers) else ""
    comments = [f"# x: {say(what)} {data(experiment).shape}", f"# {say(note)}"]
    if experiment.held:
        comments.append(f"# {say('held_gates')}")
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


def _sequential(experiment: Experiment) -> tuple[list[str], str]:
    """Return the lines that make the model, each layer in one, and what it is fed with."""
    layers = [" ".join(line.strip() for line in piece.lines) for piece in pieces(experiment)]
    return ["model = keras.Sequential([", *(f"    {layer}," for layer in (_input(experiment), *layers)), "])"], "x"


def _functional(experiment: Experiment, longest: int) -> tuple[list[str], str]:
    """Return the lines that make the model, and what it is fed with; Dropout and Dense stand in the next one's call."""
    inputs, first = {"x": ("inputs", _input(experiment))}, experiment.layers[0]
    if experiment.initial_state:
        names = first.spec.state_names
        whose = ("forward_", "backward_") if first.bidirectional else ("",)
        fed = (f"{one}{name}" for one in whose for name in names)
        state = f"keras.Input(({first.units},))"
        inputs |= {name: (given, state) for name, given in zip(fed, given_names(first), strict=True)}
    if experiment.mask.strip():
        inputs["mask"] = ("used", f'keras.Input(({experiment.shape[1]},), dtype="bool")')
    variables, makers = zip(*inputs.values(), strict=True)
    lines = [f"inputs = {makers[0]}"]
    if len(inputs) > 1:
        lines.append(f"{', '.join(variables[1:])} = {', '.join(makers[1:])}")
    front = front_piece(experiment)
    handed_on = f"{front.lines[0]}(inputs)" if front else "inputs"
    outputs: list[str] = []
    all_states: list[str] = []
    for number, (outputs, states) in enumerate(names_by_layer(experiment), start=1):
        all_states += states
        first_arguments = given_to_first(experiment, "used") if number == 1 else ""
        made = recurrent_piece(experiment, number).lines
        made = [" ".join(line.strip() for line in made)] if longest > LONGEST_LINE else made
        made[0] = f"{', '.join([*outputs, *states])} = {made[0]}"
        made[-1] += f"({handed_on}{first_arguments})"
        lines += made
        handed_on = outputs[0] if len(outputs) == 1 else f"[{', '.join(outputs)}]"
        if (dropout := dropout_piece(experiment, number)) is not None:
            handed_on = f"{dropout.lines[0]}({handed_on})"
    if (head := head_piece(experiment)) is not None:
        handed_on = f"{head.lines[0]}({handed_on})"
    several = len(outputs) > 1 and experiment.layers[-1].dropout_after == 0
    returned = [*(outputs if several else [handed_on]), *all_states]
    of = f"[{', '.join(variables)}]" if len(variables) > 1 else variables[0]
    made_of = f"[{', '.join(returned)}]" if len(returned) > 1 else returned[0]
    lines.append(f"model = keras.Model({of}, {made_of})")
    return lines, f"[{', '.join(inputs)}]" if len(inputs) > 1 else "x"
