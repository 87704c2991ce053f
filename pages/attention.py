"""Lesson 7: attention over every h, and the last h and c handed to a second LSTM."""

from functools import partial

from lstm_core.lessons import attention
from pages.ui.components import lens
from pages.ui.lessons.attention import draw_handover, draw_weights
from pages.ui.lessons.page import close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.lessons.scripts import draw_script

page = open_lesson("attention")
t, run, experiment = page.t, page.run, page.run.experiment

say(page, "intro")
heading(page, "every")
say(page, "every", timesteps=experiment.shape[1], units=experiment.layer.units)
lens.draw_lens(run, t, row=0)

heading(page, "scores")
say(page, "how")
predict(page, attention.shape_question(experiment))
scale = 1.0
if answer := predict(page, attention.largest_question(run)):
    with answer:
        scale = draw_weights(page)

heading(page, "keras")
say(page, "keras")
attention_script, handover_script = scripts(page, partial(attention.scripts, scale=scale))
draw_script(attention_script, t)

heading(page, "handover")
say(page, "handover")
if answer := predict(page, attention.handed_question(experiment)):
    with answer:
        draw_handover(page)
        say(page, "handover_code")
        draw_script(handover_script, t)
close_lesson(page)
