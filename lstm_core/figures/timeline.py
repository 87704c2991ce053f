"""Rows of steps with their h and c, one row below the other, as plain data that the browser draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lstm_core.figures.theme import QUANTITY_COLOURS, colour_scale
from lstm_core.layers.spec import LSTM

Kind = Literal["used", "masked", "padding"]

MAX_STEPS = 24
"""Longer sequences are not drawn: the picture would be all scrolling."""


def step(
    label: str, place: str, states: Mapping[str, NDArray[np.float32]], *, kind: Kind = "used", name: str = ""
) -> dict[str, Any]:
    """One step of a row: its word, which step it is, and its states, "h" and perhaps "c", each (units,).

    `name` is what its h is called in the picture, where that is worth saying.
    """
    values = {state: states[state].tolist() for state in LSTM.states_drawn if state in states}
    return {"label": label, "place": place, "values": values, "kind": kind, "name": name}


def lane(
    title: str,
    steps: Sequence[Mapping[str, Any]],
    *,
    note: str = "",
    start: Mapping[str, Any] | None = None,
    runs: Literal["right", "left", "not"] = "right",
) -> dict[str, Any]:
    """One row: a title and a note, perhaps what it starts from (a `step`), its steps, and which way states run."""
    return {"title": title, "note": note, "start": start, "steps": list(steps), "runs": runs}


def timeline(
    lanes: Sequence[Mapping[str, Any]],
    *,
    label: str,
    carries: Iterable[tuple[int, int, Mapping[str, str]]] = (),
    links: Iterable[tuple[int, int, int]] = (),
) -> dict[str, Any]:
    """All rows on one colour scale for each state.

    `carries` are wires (row, row, {state: what stands at its wire}) from a row's end to another row's start;
    `links` (row, step, step) lead from a step of a row to a step of the next row, all counted from 0.

    >>> first = lane("call 1", [step("a", "step 1", {"h": np.float32([0.5])})])
    >>> picture = timeline([first, first], label="two calls", carries=[(0, 1, {"h": ""})])
    >>> picture["carries"], picture["scales"]["h"]["zmax"]
    ([{'from': 0, 'to': 1, 'names': {'h': ''}}], 1.0)
    """
    drawn = [step for lane in lanes for step in (*lane["steps"], *([lane["start"]] if lane["start"] else []))]
    scales = {}
    for state in LSTM.states_drawn:
        values = [step["values"][state] for step in drawn if state in step["values"]]
        if values:
            scales[state] = colour_scale(state, np.array(values, np.float32)).drawn()
    return {
        "label": label,
        "lanes": [dict(lane) for lane in lanes],
        "carries": [{"from": source, "to": target, "names": dict(names)} for source, target, names in carries],
        "links": [list(link) for link in links],
        "scales": scales,
        "colours": {state: QUANTITY_COLOURS[state] for state in LSTM.states_drawn},
    }
