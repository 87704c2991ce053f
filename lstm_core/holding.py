"""Gates taken in hand: what a browser tells of one -> which gates of an experiment are held then."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.model_weights import Opened


def with_hold(experiment: Experiment, opened: Opened, told: object) -> tuple[Edit, ...] | None:
    """Return which gates are held once a browser has told of one; None for what it cannot have meant.

    A gate of a unit is held at a step, or with step 0 at every step, which replaces what it is held at for itself; with
    no value it is let go, at that step or at all. With `all` every gate of the model is let go.

    >>> one = Experiment(held=(Edit("f", 3, 0, 0.0),))
    >>> with_hold(one, Opened(), {"gate": "f", "step": 0, "unit": 1, "value": 1})
    (Edit(tensor='f', row=0, column=0, value=1.0),)
    >>> with_hold(one, Opened(), {"gate": "f", "step": 3, "unit": 1, "value": None})
    ()
    >>> with_hold(one, Opened(), {"gate": "f", "step": 99, "unit": 1, "value": 1}) is None
    True
    """
    if not isinstance(told, Mapping):
        return None
    if told.get("all"):
        return ()
    name, step, unit, value = (told.get(key) for key in ("gate", "step", "unit", "value"))
    tensor = f"{name}{opened.suffix}"
    if not isinstance(step, int) or not isinstance(unit, int) or tensor not in experiment.gate_shapes:
        return None
    rows, units = experiment.gate_shapes[tensor]
    if not (0 <= step < rows and 1 <= unit <= units):
        return None
    others = tuple(
        edit
        for edit in experiment.held
        if (edit.tensor, edit.column) != (tensor, unit - 1) or (step and edit.row != step)
    )
    if value is None:
        return others
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return (*others, Edit(tensor, step, unit - 1, float(value)))
