"""Lesson 6, order, masks and state between calls: what each of them does to h, c and the output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.codegen import called, prepared
from lstm_core.code.statements import PRINT_OPTIONS, Say
from lstm_core.compare import difference
from lstm_core.experiment import Experiment
from lstm_core.layers.rnn import run_recurrent
from lstm_core.layers.spec import LSTM
from lstm_core.layers.trace import States, Trace
from lstm_core.lessons.lesson import Question, Said, Script, told
from lstm_core.run import Run, run_experiment
from lstm_core.sequences.numbers import as_typed

Array = NDArray[np.float32]

BASE = Experiment(
    units=2,
    features=2,
    kernel_initializer="he_uniform",
    weights_seed=35,
    data_seed=5,
    return_sequences=True,
    return_state=True,
    go_backwards=True,
)
STEPS = 6
"""Masks and calls are shown on this many steps, from the sequence's beginning."""
MISSING = 2
"""Steps that the second sequence of the padded batch is shorter."""
SHORTEST = MISSING + 1
BEGUN = 0.5
"""h and c that the padded batch begins with, where it does not begin with zeros."""
SAME = 1e-6
"""Difference up to which two states are the same but for float32 rounding."""
CALLS, RESET = 3, 3
"""Calls in a row, and the one before which the state can be reset."""


@dataclass(frozen=True)
class Padding:
    """How the shorter of two sequences is made as long as the other, and what the layer is told of it."""

    side: Literal["right", "left"] = "right"
    masked: bool = True
    zero_output: bool = False
    begun: bool = False


@dataclass(frozen=True, eq=False)
class Chunks:
    """One sequence in a single call, and in two calls of which the second begins where the first ended."""

    whole: Trace
    first: Trace
    second: Trace

    @property
    def apart(self) -> float:
        """The largest difference of any h."""
        return float(np.abs(difference(self.whole["h"], np.concatenate([self.first["h"], self.second["h"]]))).max())


def reading(experiment: Experiment) -> Experiment:
    """Return the experiment as one call from zeros, without masks and dropout; it keeps which way it reads."""
    return experiment.changed(
        return_sequences=True,
        return_state=True,
        stateful=False,
        unroll=False,
        zero_output_for_mask=False,
        training=False,
        initial_state=False,
        mask="",
        calls=1,
        reset_before=(),
    )


def plain(experiment: Experiment) -> Experiment:
    """Return one sequence of at most `STEPS` steps, read forwards in one call, with nothing of this lesson set.

    >>> plain(BASE.changed(batch=2, sentence="a b c d e f g h")).shape
    (1, 6, 2)
    """
    forwards = reading(experiment).changed(go_backwards=False)
    batch, timesteps, _ = forwards.shape
    if timesteps == 1 or (batch == 1 and timesteps <= STEPS):
        return forwards
    return forwards.changed(preset="typed", typed=as_typed(forwards.data()[:1, :STEPS]))


def padded(experiment: Experiment, padding: Padding) -> Experiment:
    """Return a batch of the plain sequence and of its beginning, `MISSING` steps shorter and padded with zeros.

    The sequence needs at least `SHORTEST` steps.

    >>> padded(BASE, Padding()).data()[1, -2:].tolist(), padded(BASE, Padding("left")).mask
    ([[0.0, 0.0], [0.0, 0.0]], '-; 1-2')
    """
    base = plain(experiment)
    whole = base.data()[0]
    timesteps, features = whole.shape
    nothing = np.zeros((MISSING, features), np.float32)
    short = whole[: timesteps - MISSING]
    other = np.concatenate([short, nothing] if padding.side == "right" else [nothing, short])
    skipped = f"{timesteps - MISSING + 1}-{timesteps}" if padding.side == "right" else f"1-{MISSING}"
    return base.changed(
        preset="typed",
        typed=as_typed(np.stack([whole, other])),
        mask=f"-; {skipped}" if padding.masked else "",
        zero_output_for_mask=padding.zero_output,
        initial_state=padding.begun,
        initial_h=BEGUN,
        initial_c=BEGUN,
    )


def moved_by_padding(run: Run, padding: Padding) -> float:
    """Return how far the final h and c of the padded sequence are from those it has alone, without padding."""
    trace, experiment = run.trace, run.experiment
    used = trace.inputs.shape[1] - MISSING
    words = trace.inputs[1:, :used] if padding.side == "right" else trace.inputs[1:, MISSING:]
    alone = _call(experiment, words, (trace.start["h"][1:], trace.start["c"][1:]))
    return float(max(np.abs(difference(alone[name][-1, 0], trace[name][-1, 1])).max() for name in LSTM.state_names))


def told_padding(run: Run, padding: Padding) -> list[Said]:
    """Return what is said of a padded run: what the padding did to the states, and to the output."""
    apart, used = moved_by_padding(run, padding), run.trace.inputs.shape[1] - MISSING
    if not padding.masked:
        silent = padding.side == "left" and not any(run.trace[state][:MISSING, 1].any() for state in LSTM.state_names)
        return [("silent", {}) if silent else ("moved", {"apart": told(apart), "used": used})]
    moved: Said = ("kept_by_mask", {"apart": apart, "used": used})
    if padding.zero_output:
        return [moved, ("zeroed", {})]
    if padding.side == "right":
        return [moved, ("repeats", {})]
    return [moved, ("leading" if padding.begun else "leading_zeros", {"h": told(float(run.trace["h"][0, 1, 0]))})]


def told_calls(runs: Sequence[Run], *, stateful: bool, reset: bool) -> list[Said]:
    """Return what is said of `CALLS` calls in a row: which go on from the one before, and which begin again."""
    first, second, third = (run.trace["h"][:, 0] for run in runs)
    if not stateful:
        moved = max(float(np.abs(difference(first, other)).max()) for other in (second, third))
        return [("stateless", {"calls": CALLS, "apart": told(moved)})]
    unit = int(np.abs(difference(first[0], second[0])).argmax())
    one, other = told(float(first[0, unit])), told(float(second[0, unit]))
    on: Said = ("goes_on", {"first": one, "second": other, "unit": unit + 1})
    if one == other:
        on = ("goes_on_alike", {"first": one})
    return [
        on,
        ("was_reset", {"apart": told(float(np.abs(difference(first, third)).max()))}) if reset else ("never_reset", {}),
    ]


def calls(experiment: Experiment, *, stateful: bool, reset: bool) -> tuple[Run, ...]:
    """Return `CALLS` calls in a row on the same words, each as the run whose last call it is."""
    base = plain(experiment).changed(stateful=stateful)
    return tuple(
        run_experiment(base.changed(calls=call, reset_before=(RESET,) if reset and call >= RESET else ()))
        for call in range(1, CALLS + 1)
    )


def chunks(experiment: Experiment) -> Chunks:
    """Return the plain sequence in one call and in two, cut in the middle; it needs at least two steps."""
    base = plain(experiment)
    data = base.data()
    cut = data.shape[1] // 2
    first = _call(base, data[:, :cut], None)
    return Chunks(_call(base, data, None), first, _call(base, data[:, cut:], first.end))


def backwards_question(experiment: Experiment) -> Question:
    """Ask: what has `output[0]` of a backwards layer read? One word, the last."""
    timesteps = experiment.shape[1]
    return Question("backwards", ("first", "last", "all"), "last", {"timesteps": timesteps, "end": timesteps - 1})


def masked_question() -> Question:
    """Ask: what is h at a masked step? The h before it, untouched."""
    return Question("masked", ("zeros", "computed", "carried"), "carried", {"missing": MISSING})


def stateful_question() -> Question:
    """Ask: what does the second call of a stateful layer begin with? h and c that the first one ended with."""
    return Question("stateful", ("zeros", "h", "both"), "both")


def questions(run: Run) -> tuple[Question, ...]:
    """Return all that this lesson asks."""
    return backwards_question(run.experiment), masked_question(), stateful_question()


def backwards_script(experiment: Experiment, say: Say) -> Script:
    """Return the script that prints the output as it comes, in time order, and the last h."""
    source = called(reading(experiment), say, seeded=True)
    prints = [
        "print(output.numpy()[0])",
        *([f"print(output.numpy()[0, ::-1])  # {say('turned')}"] if experiment.layer.go_backwards else []),
        "print(state_h.numpy()[0])",
    ]
    lines = [source, PRINT_OPTIONS, *prints]
    return Script("backwards", "\n".join(lines) + "\n", about=("go_backwards=True", "print(output"))


def both_ways_script(experiment: Experiment, say: Say) -> Script:
    """Return the script that takes a Bidirectional layer apart; it copies initializers, not given weights."""
    drawn = plain(experiment).changed(return_state=False, edits=(), forget_bias=None, given_weights="")
    lines = [
        prepared(drawn, say, seeded=True),
        "both = keras.layers.Bidirectional(layer)",
        "merged = both(x).numpy()[0]",
        "forward = both.forward_layer(x).numpy()[0]",
        f"backward = both.backward_layer(x).numpy()[0]  # {say('processed')}",
        "",
        PRINT_OPTIONS,
        "print(merged)",
        "print(np.abs(merged - np.concatenate([forward, backward[::-1]], axis=-1)).max())",
    ]
    return Script("both_ways", "\n".join(lines) + "\n", about=("Bidirectional(", "_layer(x)"))


def padding_script(experiment: Experiment, say: Say, padding: Padding) -> Script:
    """Return the script that prints what comes back for the padded sequence."""
    lines = [
        called(padded(experiment, padding), say, seeded=True),
        PRINT_OPTIONS,
        "print(output.numpy()[1])",
        "print(state_h.numpy()[1], state_c.numpy()[1])",
    ]
    about = ("mask = ", "mask[", "zero_output_for_mask=True", "= layer(")
    return Script("padding", "\n".join(lines) + "\n", about=about)


def calls_script(experiment: Experiment, say: Say, *, stateful: bool, reset: bool) -> Script:
    """Return the script that calls the layer in a row and prints h and c after each call."""
    lines = [
        prepared(plain(experiment).changed(stateful=stateful), say, seeded=True),
        PRINT_OPTIONS,
        f"for call in range(1, {CALLS + 1}):",
        *([f"    if call == {RESET}: layer.reset_state()  # {say('reset')}"] if stateful and reset else []),
        "    output, state_h, state_c = layer(x)",
        "    print(call, state_h.numpy()[0], state_c.numpy()[0])",
    ]
    about = ("stateful=True", "layer.reset_state()", "= layer(")
    return Script("calls", "\n".join(lines) + "\n", about=about)


def chunks_script(experiment: Experiment, say: Say) -> Script:
    """Return the script that compares a sequence in two calls with the same in one."""
    base = plain(experiment)
    cut = base.shape[1] // 2
    lines = [
        prepared(base.changed(stateful=True, return_state=False), say, seeded=True),
        "whole = layer(x).numpy()",
        f"layer.reset_state()  # {say('reset')}",
        f"first = layer(x[:, :{cut}]).numpy()",
        f"second = layer(x[:, {cut}:]).numpy()",
        "print(np.abs(np.concatenate([first, second], axis=1) - whole).max())",
    ]
    return Script("chunks", "\n".join(lines) + "\n", about=("layer(x[", "layer.reset_state()"))


def scripts(
    experiment: Experiment, say: Say, *, padding: Padding = Padding(), stateful: bool = True, reset: bool = True
) -> tuple[Script, ...]:
    """Return the code of this lesson, for its switches as they stand; only the first two for very short sequences."""
    any_length = (
        backwards_script(experiment, say),
        both_ways_script(experiment, say),
        calls_script(experiment, say, stateful=stateful, reset=reset),
    )
    if plain(experiment).shape[1] < SHORTEST:
        return any_length
    return (*any_length, padding_script(experiment, say, padding), chunks_script(experiment, say))


def _call(experiment: Experiment, data: Array, state: States | None) -> Trace:
    return run_recurrent(data, experiment.weights(), experiment.layer, initial_state=state)
