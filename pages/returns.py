"""Lesson 3: the four cases of return_sequences and return_state, and what never comes back."""

import numpy as np
import streamlit as st

from lstm_core.compare import difference
from lstm_core.layers.spec import LSTM
from lstm_core.lessons import returns
from lstm_core.lessons.lesson import told
from lstm_core.lessons.registry import lesson_named
from lstm_core.run import run_experiment
from pages.ui.components import lens
from pages.ui.components.grids import draw_grid
from pages.ui.lessons.page import close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.lessons.scripts import draw_script
from pages.ui.playground import controls, panels

page = open_lesson("returns")
t, words, run = page.t, page.words, page.run
experiment, trace = run.experiment, run.trace
timesteps = experiment.shape[1]
units = [words("labels.unit", unit=k) for k in range(1, experiment.layer.units + 1)]
*article_scripts, every_c_script = scripts(page, returns.scripts)

numbers = ", ".join(f"{value:.4g}" for value in trace.inputs[0, :, 0])
say(page, "intro", units=experiment.layer.units, timesteps=timesteps, numbers=numbers)
heading(page, "four")
if answer := predict(page, returns.shapes_question(experiment)):
    with answer:
        four = returns.cases(experiment.changed(mask="", go_backwards=False), page.asked.masks)
        say(page, "four", last=four[0].trace["h"][-1, 0, 0])
        for pair in (four[:2], four[2:]):
            for column, case in zip(st.columns(2, gap="large"), pair, strict=True):
                sequences, state = case.experiment.layer.return_sequences, case.experiment.layer.return_state
                with column, st.container(key=f"case_{int(sequences)}{int(state)}"):
                    st.markdown(f"`return_sequences={sequences}` `return_state={state}`")
                    lens.draw_lens(case, t, row=0, key=f"lens_{int(sequences)}{int(state)}")
                    panels.draw_tensors(case, None, t, key=f"returned_{int(sequences)}{int(state)}")
        say(page, "three")

heading(page, "twice")
if answer := predict(page, returns.twice_question(run_experiment(lesson_named("returns").base))):
    with answer:
        say(page, "twice")
        left, right = st.columns(2, vertical_alignment="bottom")
        with left:
            controls.draw_field("mask", t)
        with right:
            controls.draw_field("zero_output_for_mask", t)
        both = np.stack([returns.last_output(run), trace["h"][-1, 0]])
        names = [words("labels.output"), words("labels.state_h")]
        draw_grid(both, of="h", rows=names, columns=units, caption=words("labels.compared"), digits=4, key="twice")
        unit = int(np.abs(difference(*both)).argmax())
        output, remembered = (told(float(value)) for value in both[:, unit])
        same = np.array_equal(both[0], both[1], equal_nan=True)
        say(page, "same" if same else "parted", output=output, state=remembered)

heading(page, "backwards")
say(page, "backwards")
if answer := predict(page, returns.backwards_question(experiment)):
    with answer:
        backwards = experiment.changed(go_backwards=True, return_sequences=True, return_state=False, mask="")
        back = run_experiment(backwards, page.asked.masks)
        output = back.outputs[0].array[0]  # (T, U)
        rows = [words("labels.row", row=row, step=step + 1) for row, step in enumerate(back.trace.time_index)]
        draw_grid(output, of="h", rows=rows, columns=units, caption=words("labels.order"), digits=4, key="order")
        say(page, "backwards_shown", timesteps=timesteps)

heading(page, "every_c")
plain = run_experiment(lesson_named("returns").base).trace
say(page, "every_c", last=plain["c"][-1, 0, 0])
states = np.stack([plain.in_time_order(name)[:, 0, 0] for name in LSTM.state_names])
count = states.shape[1]  # of the article's own sequence, whatever the page's
columns = [words("labels.step", step=k) for k in range(1, count + 1)]
marked = [(0, k) for k in range(count)] + [(1, count - 1)]
caption = words("labels.all_states")
draw_grid(states, of="h", rows=LSTM.state_names, columns=columns, caption=caption, digits=4, marked=marked, key="all")
draw_script(every_c_script, t)

heading(page, "article")
say(page, "article", limit=np.sqrt(6 / 5))
for script in article_scripts:
    draw_script(script, t)
close_lesson(page)
