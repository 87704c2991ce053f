"""Lesson 4: T calls of one step against one call over T steps, and the ways in which they part."""

import numpy as np
import streamlit as st

from lstm_core.figures.grid import grid
from lstm_core.figures.theme import colour_scale
from lstm_core.lessons import steps
from pages.ui import lens
from pages.ui.grids import draw_grid
from pages.ui.lesson import await_masks, close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.scripts import draw_script

PARTS = {
    "forgotten": "parts_forgotten",
    "h_only": "parts_h_only",
    "kept": "parts_kept",
    "dropout": "parts_dropout",
}

page = open_lesson("steps")
t, words, run = page.t, page.words, page.run
experiment = run.experiment
timesteps = experiment.shape[1]
columns = [words("labels.step", step=k) for k in range(1, timesteps + 1)]
units = [words("labels.unit", unit=k) for k in range(1, experiment.units + 1)]
features = [words("labels.feature", feature=k) for k in range(1, experiment.features + 1)]


def draw_way(way: str) -> None:
    """Draw h of one call, of a call for each step, and how far they are apart."""
    masks = await_masks(steps.with_dropout(experiment)) if way == "dropout" else None
    if way == "dropout" and masks is None:
        say(page, "no_masks")
        return
    one, many = steps.one_call(experiment, way, masks), steps.step_by_step(experiment, way, masks)
    both = colour_scale("h", np.concatenate([one, many]))
    for name, values in (("one", one), ("many", many), ("apart", many - one)):
        caption = words(f"labels.{name}")
        draw_grid(grid(values.T, scale=both, rows=units, columns=columns, caption=caption), key=f"steps_{name}")
    first = steps.first_difference(one, many)
    if first is None:
        say(page, "equal", calls=timesteps)
    else:
        say(page, PARTS[way], step=first, apart=np.abs(many - one).max(), last=np.abs(many - one)[-1].max())
    if masks is not None:
        draw_masks(steps.mask_rows(masks))


def draw_masks(rows: np.ndarray) -> None:
    """Draw the mask of every call, and that of the one call as often as it counts."""
    left, right = st.columns(2)
    scale = colour_scale("x", rows)
    for column, name, shown in ((left, "masks_one", np.tile(rows[:1], (timesteps, 1))), (right, "masks_many", rows)):
        with column:
            caption = words(f"labels.{name}")
            draw_grid(grid(shown, scale=scale, rows=columns, columns=features, caption=caption), key=f"steps_{name}")
    say(page, "masks", different=len(np.unique(rows, axis=0)), calls=timesteps, kept=rows.max())


by_hand, custom_layer, other_ways, times = scripts(page, steps.scripts)
say(page, "intro", timesteps=timesteps)
lens.draw_lens(run, t, row=0)

heading(page, "same")
if predict(page, steps.same_question(experiment)):
    say(page, "same")
    draw_script(by_hand, t)

heading(page, "wrong")
first_asked = predict(page, steps.h_only_question(experiment))
if predict(page, steps.dropout_question(experiment)) and first_asked:
    say(page, "wrong")
    names = {way: words(f"ways.{way}") for way in steps.WAYS}
    way = st.radio(words("labels.way"), names, format_func=names.__getitem__, horizontal=True, key="steps_way")
    draw_way(way)

heading(page, "layer")
say(page, "layer")
draw_script(custom_layer, t)

heading(page, "others")
say(page, "others")
draw_script(other_ways, t)

heading(page, "times")
say(page, "times")
draw_script(times, t)
close_lesson(page)
