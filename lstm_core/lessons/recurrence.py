"""Lesson 1, recurrence: one cell for every word, and from which step on a change of the sentence is felt."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.codegen import exact
from lstm_core.code.statements import Say
from lstm_core.compare import difference
from lstm_core.experiment import Experiment
from lstm_core.lessons.lesson import Question, Said, Script, told
from lstm_core.run import Run
from lstm_core.sequences.words import words_of

CHANGED_WORD = 4
"""The word, from 1, that the lesson's button replaces."""


def swapped(sentence: str, first: int, second: int) -> str:
    """Return the sentence with its words number `first` and `second`, from 1, in each other's place.

    >>> swapped("the cat sat", 1, 3)
    'sat cat the'
    """
    words = list(words_of(sentence))
    words[first - 1], words[second - 1] = words[second - 1], words[first - 1]
    return " ".join(words)


def with_word(sentence: str, place: int, word: str) -> str:
    """Return the sentence with another word at `place`, from 1; a place beyond its end adds the word there.

    >>> with_word("the cat sat", 2, "dog"), with_word("the cat", 3, "sat")
    ('the dog sat', 'the cat sat')
    """
    words = list(words_of(sentence))
    words[place - 1 : place] = [word]
    return " ".join(words)


def h_apart(before: Run, after: Run) -> NDArray[np.float32]:
    """Return how far h of both runs is apart, (units, steps both have), in time order, for batch row 0."""
    steps = min(before.trace.steps, after.trace.steps)
    return np.ascontiguousarray(difference(before.trace["h"][:steps, 0], after.trace["h"][:steps, 0]).T)


def first_difference(before: Run, after: Run) -> int | None:
    """Return the first step, from 1, at which h differs; None if it is the same at all steps both have."""
    differs = (h_apart(before, after) != 0).any(axis=0)
    return int(differs.argmax()) + 1 if differs.any() else None


def told_change(before: Run, after: Run) -> Said:
    """Return what is said of how far h of both runs is apart, and from which step on.

    >>> from lstm_core.run import run_experiment
    >>> one, other = (run_experiment(Experiment(sentence=sentence)) for sentence in ("the cat sat", "the dog sat"))
    >>> told_change(one, one), told_change(one, other)[0]
    (('same', {}), 'from_step')
    """
    sizes = np.abs(h_apart(before, after)).max(axis=0)
    step = first_difference(before, after)
    if step is None:
        return "same", {}
    changed, common = int(np.count_nonzero(sizes)), len(sizes)
    if changed < common - step + 1:
        most = int(sizes.argmax())
        return "some_steps", {"count": changed, "step": step, "widest": most + 1, "most": told(float(sizes[most]))}
    facts = {"before": step - 1, "step": step, "after": changed, "apart": told(float(sizes[-1]))}
    return ("from_step" if step > 1 else "from_first"), facts


def plain(experiment: Experiment, sentence: str | None = None) -> Experiment:
    """Return the experiment as one call in the order of time, with this sentence if one is given.

    >>> plain(Experiment(mask="2", go_backwards=True), "the cat").shape
    (1, 2, 3)
    """
    return experiment.changed(
        sentence=experiment.sentence if sentence is None or experiment.task is not None else sentence,
        mask="",
        go_backwards=False,
        stateful=False,
        training=False,
        initial_state=False,
        calls=1,
        reset_before=(),
    )


def change_question() -> Question:
    """Where is a changed word felt? In its own step and, through h, in all that follow."""
    return Question("change", ("only", "from", "all", "last"), "from", {"word": CHANGED_WORD})


def shape_question(experiment: Experiment) -> Question:
    """Which shape does x have? (batch, timesteps, features)."""
    batch, timesteps, features = experiment.shape
    facts: dict[str, Any] = {"batch": batch, "timesteps": timesteps, "features": features}
    return Question("shape", ("time_first", "batch_first", "no_batch"), "batch_first", facts)


def questions(run: Run) -> tuple[Question, ...]:
    """Return all that this lesson asks."""
    return change_question(), shape_question(run.experiment)


def scripts(experiment: Experiment, say: Say) -> tuple[Script, ...]:
    """Return the code of this lesson: the sentence on screen, fed to the layer."""
    return (Script("recurrence", exact(experiment, say), about=("keras.layers.LSTM(", "= layer")),)
