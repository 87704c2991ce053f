"""Lesson 4, one step at a time: T calls over one step each against one call over T steps, right and wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.statements import Say
from lstm_core.compare import difference
from lstm_core.experiment import Experiment
from lstm_core.keras_check.costs import OF_A_LOOP, OF_A_SCRIPT, OF_TIMES
from lstm_core.layers.rnn import run_recurrent
from lstm_core.layers.trace import DropoutMasks, Trace
from lstm_core.lessons import steps_code
from lstm_core.lessons.lesson import Question, Said, Script, told
from lstm_core.run import Run

Array = NDArray[np.float32]

BASE = Experiment(units=2, return_sequences=True, return_state=True, dropout=0.5, seed=7)

HANDED: tuple[Literal["both", "h", "nothing"], ...] = ("both", "h", "nothing")


@dataclass(frozen=True)
class Feeding:
    """What a call of one step gets from the call before it.

    `handed` is what goes on to the next step: "both" states, "h" with zeros for c, or "nothing". `kept` says that
    the first step of the next batch gets it too, instead of zeros; then that next batch, the same sequence once
    more, is what is looked at.
    """

    handed: Literal["both", "h", "nothing"] = "both"
    kept: bool = False


RIGHT = Feeding()


@dataclass(frozen=True, eq=False)
class Fed:
    """h and c (T, B, U) of one call over T steps and of T calls over one step, with the dropout masks of both.

    `mask` (F,) is that of the one call and `masks` (T, F) those of the calls of one step, of the first batch row;
    None without dropout.
    """

    h: Array
    c: Array
    stepped_h: Array
    stepped_c: Array
    mask: Array | None
    masks: Array | None

    @property
    def apart(self) -> Array:
        """How far both ways are apart at each step, (T,): the largest difference of any h."""
        largest: Array = np.abs(difference(self.h, self.stepped_h)).max(axis=(1, 2))
        return largest

    @property
    def first(self) -> int | None:
        """The first step, from 1, whose h differs; None if all are the same to the last bit."""
        differs = np.flatnonzero(self.apart)
        return int(differs[0]) + 1 if len(differs) else None

    @property
    def steps_apart(self) -> int:
        """How many steps' h differ."""
        return int(np.count_nonzero(self.apart))

    @property
    def widest(self) -> int:
        """The step, from 1, at which both ways are furthest apart."""
        return int(self.apart.argmax()) + 1

    @property
    def other_masks(self) -> int:
        """How many of the calls of one step dropped other features than the one call did."""
        if self.mask is None or self.masks is None:
            return 0
        return int((self.masks != self.mask).any(axis=1).sum())


def plain(experiment: Experiment) -> Experiment:
    """Return the experiment with nothing but the sequence, the layer and `dropout` to look at.

    What is said of single steps here holds without masks, from zeros, and in the order of time.
    """
    return experiment.changed(
        return_sequences=True,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        zero_output_for_mask=False,
        recurrent_dropout=0.0,
        initial_state=False,
        mask="",
        calls=1,
        reset_before=(),
    )


def fed(experiment: Experiment, feeding: Feeding = RIGHT, masks: Sequence[DropoutMasks] | None = None) -> Fed:
    """Feed a plain experiment's sequence both ways.

    `masks` are those that a layer with the experiment's seed draws in its first, second, ... call. Both ways have
    a layer of their own, so both begin with the first of them.

    >>> same, h_only = (fed(BASE, Feeding(handed)) for handed in ("both", "h"))
    >>> same.first, h_only.first
    (None, 2)
    """
    x, weights = experiment.data(), experiment.weights()

    def call(x: Array, number: int, state: tuple[Array, Array] | None = None) -> Trace:
        return run_recurrent(
            x,
            weights,
            experiment.layer,
            initial_state=state,
            dropout_mask=masks[number].dropout if masks else None,
        )

    one_call = call(x, 0)
    batch, timesteps, _ = x.shape
    h = c = zeros = np.zeros((batch, experiment.layer.units), np.float32)
    states: list[tuple[Array, Array]] = []
    for number in range(timesteps * (2 if feeding.kept else 1)):
        trace = call(x[:, [number % timesteps]], number, (h, c))
        states.append((trace["h"][0], trace["c"][0]))
        h = zeros if feeding.handed == "nothing" else trace["h"][0]
        c = trace["c"][0] if feeding.handed == "both" else zeros
    stepped_h, stepped_c = (np.stack(arrays) for arrays in zip(*states[-timesteps:], strict=True))
    drawn = [mask.dropout[0, 0] for mask in masks or () if mask.dropout is not None]
    return Fed(
        one_call["h"],
        one_call["c"],
        stepped_h,
        stepped_c,
        drawn[0] if drawn else None,
        np.stack(drawn) if drawn else None,
    )


def told_fed(fed: Fed) -> Said:
    """Return what is said of how far both ways are apart, and from which step on."""
    timesteps, first, most = len(fed.apart), fed.first, float(fed.apart.max())
    if first is None:
        return "same", {"timesteps": timesteps}
    facts = {"before": first - 1, "step": first, "widest": fed.widest, "most": told(most)}
    if fed.steps_apart < timesteps - first + 1:
        return "some_steps", facts | {"count": fed.steps_apart, "timesteps": timesteps}
    return ("from_step" if first > 1 else "from_first"), facts


def same_question(experiment: Experiment) -> Question:
    """Is h after T calls over one step what one call over T steps gives? It is, with h and c handed on."""
    return Question("same", ("close", "same", "other"), "same", {"timesteps": experiment.shape[1]})


def first_question() -> Question:
    """With c left out, which step differs first? The second: c was zero at the start anyway."""
    answers = {1: "first", 2: "second", None: "never"}
    return Question("first", ("first", "second", "never"), answers[fed(plain(BASE), Feeding("h")).first])


def dropout_question(experiment: Experiment) -> Question:
    """Are both ways the same with dropout, too? No: a mask belongs to a call, and there are T calls."""
    facts = {"timesteps": experiment.shape[1], "rate": BASE.layer.dropout}
    return Question("dropout", ("same", "seed", "new"), "new", facts)


def time_question(experiment: Experiment) -> Question:
    """Are T calls as quick as one? Each call costs something besides the step in it."""
    return Question("time", ("same", "slower", "quicker"), "slower", {"timesteps": experiment.shape[1]})


def questions(run: Run) -> tuple[Question, ...]:
    """Return all that this lesson asks."""
    asked = run.experiment
    return same_question(asked), first_question(), dropout_question(asked), time_question(asked)


def loop_script(experiment: Experiment, feeding: Feeding, say: Say) -> Script:
    """Return the script that feeds an experiment so, with dropout if the experiment is training."""
    shown = plain(experiment)
    kept = "_kept" if feeding.kept else ""
    name = "loop_training" if shown.training else f"loop_{feeding.handed}{kept}"
    return Script(
        name,
        steps_code.loop(shown, say, handed=feeding.handed, kept=feeding.kept),
        (" = step(",),
        seconds=_seconds(shown),
    )


def other_ways(experiment: Experiment, say: Say) -> tuple[Script, Script, Script, Script]:
    """Return the scripts of the layer of one's own, RNN(LSTMCell) and stateful=True, and the times of all."""
    shown = plain(experiment).changed(training=False, dropout=0.0)
    seconds = _seconds(shown)
    return (
        Script("own_layer", steps_code.own_layer(shown, say), about=("h = c = ", "self.lstm(x"), seconds=seconds),
        Script("rnn_cell", steps_code.rnn_cell(shown, say), ("LSTMCell(", "keras.layers.RNN("), seconds=seconds),
        Script("stateful", steps_code.stateful(shown, say), ("stateful=True", "step.reset_state()"), seconds=seconds),
        Script(
            "times",
            steps_code.times(shown, say),
            about=("way(x)", "tf.function(way"),
            known=(steps_code.OWN_LAYER_NAME,),
            measures=True,
            seconds=OF_TIMES,
        ),
    )


def _seconds(experiment: Experiment) -> float:
    return OF_A_SCRIPT + OF_A_LOOP * experiment.shape[1]


def scripts(experiment: Experiment, say: Say) -> tuple[Script, ...]:
    """Return the code of this lesson: each way of feeding single steps, dropout, and the other ways with times."""
    quiet = experiment.changed(training=False, dropout=0.0)
    feedings = [Feeding(handed) for handed in HANDED] + [Feeding(handed, kept=True) for handed in HANDED[:2]]
    return (
        *(loop_script(quiet, feeding, say) for feeding in feedings),
        loop_script(experiment.changed(training=True), RIGHT, say),
        *other_ways(experiment, say),
    )
