"""Mounts the picture of a sequence fed in one call and step by step, lstm_core.lessons.pictures.steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_core.assets import parts
from lstm_core.compare import difference
from lstm_core.experiment import Experiment
from lstm_core.layers.spec import LSTM
from lstm_core.lessons.lesson import told
from lstm_core.lessons.pictures.steps import feeding_figure
from lstm_core.lessons.steps import Fed, Feeding
from lstm_core.run import row_labels
from lstm_core.text import Catalogue
from pages.ui.components.component import component
from pages.ui.components.grids import draw_grid

STATES_HANDED = {"both": LSTM.state_names, "h": ("h",), "nothing": ()}

_feeding = component("feeding", parts("components/feeding/feeding"))


def draw_feeding(experiment: Experiment, fed: Fed, feeding: Feeding, words: Catalogue, *, key: str) -> None:
    """Draw the first batch row fed both ways, and how far h of both is apart, in numbers."""
    timesteps = len(fed.h)
    facts: dict[str, Any] = {"timesteps": timesteps, "step": fed.first, "most": told(float(fed.apart.max()))}
    text = {
        name: words(f"picture.{name}", **facts) for name in ("one_call", "one_mask", "masks", "line", "dots", "unit")
    }
    text["calls"] = words("picture.calls_kept" if feeding.kept else "picture.calls", **facts)
    text["alt"] = words("picture.alt_apart" if fed.first else "picture.alt_same", **facts)
    handed = STATES_HANDED[feeding.handed]
    picture = feeding_figure(
        {"h": fed.h[:, 0], "c": fed.c[:, 0]},
        {"h": fed.stepped_h[:, 0], "c": fed.stepped_c[:, 0]},
        handed=handed,
        started=handed if feeding.kept else (),
        masks=None if fed.mask is None or fed.masks is None else (fed.mask, fed.masks),
        labels=row_labels(experiment, 0) or [str(step) for step in range(1, timesteps + 1)],
        text=text,
    )
    _feeding(picture, key=key)
    apart = np.ascontiguousarray(difference(fed.h, fed.stepped_h)[:, 0].T)  # (U, T)
    rows = [words("labels.unit", unit=unit) for unit in range(1, len(apart) + 1)]
    columns = [words("labels.step", step=step) for step in range(1, timesteps + 1)]
    caption = words("labels.apart", **facts)
    draw_grid(apart, of="h", rows=rows, columns=columns, caption=caption, digits=4, key=f"{key}_apart")
