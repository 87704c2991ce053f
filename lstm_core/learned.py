"""What a model has learned, in words: what it says after each step, what its memory holds; both from the numbers."""

from __future__ import annotations

from dataclasses import asdict
from typing import TypedDict

import numpy as np

from lstm_core.examples import example
from lstm_core.experiment import Experiment
from lstm_core.predictions import Array, predictions, times
from lstm_core.run import Run
from lstm_core.tasks.passengers import simple_rules, thousands
from lstm_core.tasks.registry import TASKS
from lstm_core.tasks.task import Task
from lstm_core.tasks.trained import trained
from lstm_core.text import Catalogue
from lstm_core.tracking import SAMPLES, Follower, followers


class Said(TypedDict):
    """What a head says after one step: as text, and where that is a share of 1, the share too."""

    text: str
    share: float | None


class Says(TypedDict):
    """What the row above the steps says: what it is of, then step by step in time order; None where it is not known."""

    label: str
    steps: list[Said | None]


class Headline(TypedDict):
    """What stands above a layer that is to do something: the question, and what the numbers answer."""

    title: str
    said: str


def says(run: Run, t: Catalogue, *, row: int) -> Says | None:
    """Return what the model says after each step of a batch row; None for one without a head."""
    found = predictions(run)
    if found is None:
        return None
    task = _answered(run.experiment)
    label = t(f"tasks.{task.name}.says") if task else t("examples.says")
    steps: list[Said | None] = [None] * len(found)
    for time, one in zip(times(run), found[:, row], strict=True):
        steps[time] = _said(one, run.experiment, task)
    return {"label": label, "steps": steps}


def _answered(experiment: Experiment) -> Task | None:
    """Return the task whose classes the head's units stand for: that of the sequence, if there are as many."""
    task = experiment.task
    return task if task is not None and experiment.head_units == len(task.classes) else None


def _said(one: Array, experiment: Experiment, task: Task | None) -> Said | None:
    if not np.isfinite(one).all():
        return None
    if task is not None and task.loss == "mean_squared_error":
        return {"text": f"{thousands(one)[0]:.0f}", "share": None}
    best = int(one.argmax())
    value = float(one[best])
    if experiment.head_activation not in ("sigmoid", "softmax"):
        return {"text": f"{value:.2f}" if len(one) == 1 else f"{best + 1}: {value:.2f}", "share": None}
    name = "" if len(one) == 1 else task.label(task.classes[best]) if task else str(best + 1)
    return {"text": f"{name} {percent(value)}".strip(), "share": value}


def percent(share: float) -> str:
    """Return a share as one reads it; 100% and 0% are said of nothing less.

    >>> percent(0.5), percent(0.9996), percent(0.0002), percent(1.0)
    ('50.0%', '> 99.9%', '< 0.1%', '100%')
    """
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    if share < 0.001:
        return "< 0.1%"
    return "> 99.9%" if share > 0.999 else f"{share:.1%}"


def headline(run: Run, t: Catalogue, *, row: int, free: Run | None = None) -> Headline | None:
    """Return the question that the sequence's task asks, and what is measured; None for a sequence of no task.

    With gates held, what the model says is said beside what it says of `free`, the same with no gate held, in place of
    what a unit follows without.
    """
    experiment = run.experiment
    task = experiment.task
    if task is None:
        return None
    lines = [] if experiment.learned == task.name else [t("examples.fresh")]
    found = predictions(run)
    if found is not None and _answered(experiment) and (last := _said(found[-1, row], experiment, task)):
        key = f"tasks.{task.name}.answer"
        lines.append(t(key, said=last["text"]))
        true = None if free is None else predictions(free)
        if true is not None and (without := _said(true[-1, row], experiment, task)):
            lines.append(t("examples.without_hand", said=without["text"]))
    if experiment.learned == task.name and free is None:
        closest = sorted(followers(experiment, backward=run.opened.backward), key=lambda found: -abs(found.r))[:1]
        lines += [memory(found, task, t) for found in closest]
    return {"title": t(f"tasks.{task.name}.question"), "said": " ".join(lines)}


def memory(found: Follower, task: Task, t: Catalogue) -> str:
    """Return which unit's memory follows what it could keep in mind, with the correlation; or that none does."""
    how = "none_follows" if not found.follows else "follows" if found.r > 0 else "follows_down"
    facts = {"unit": found.unit, "state": found.state, "r": f"{found.r:.3f}".replace("-", "−"), "samples": SAMPLES}
    return t(f"examples.{how}", what=t(f"tasks.{task.name}.tracked.{found.tracked}"), **facts)


def how_learned(experiment: Experiment, t: Catalogue) -> list[str]:
    """Return how an example's weights came to be, how good they are, and whether that still holds; [] for others."""
    if not experiment.learned:
        return []
    task, of = TASKS[experiment.learned], trained(experiment.learned)
    what, facts = t(f"tasks.{task.name}.judged"), asdict(of) | {"loss": f"{of.loss:.4g}"}
    lines = [t("examples.how_trained", **facts)]
    if task.loss == "mean_squared_error":
        rules = simple_rules()
        off = {rule: f"{error:.1f}" for rule, error in rules.items()}
        lines.append(t("examples.how_off", score=f"{of.score:.1f}", **off))
        lines += [t("examples.loses")] if of.score > min(rules.values()) else []
    else:
        lines.append(t("examples.how_right", what=what, score=f"{of.score:.1%}", baseline=f"{of.baseline:.1%}"))
    begun = example(task.name)
    lines += [t("examples.how_changed")] if experiment.changed(sentence=begun.sentence) != begun else []
    return [*lines, t("examples.how_measured", samples=SAMPLES, what=what)]
