"""Lesson 4: the layer called once a step, with h and c handed on; what goes wrong; other ways; what it costs."""

from lstm_core.lessons import steps
from lstm_core.lessons.lesson import comments
from lstm_core.lessons.steps import RIGHT
from lstm_core.lessons.steps_code import TIMED_STEPS
from pages.ui import state
from pages.ui.components import lens
from pages.ui.lessons.page import close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.lessons.scripts import draw_script
from pages.ui.lessons.steps import draw_dropout, draw_fed, draw_handed

page = open_lesson("steps")
t, words = page.t, page.words
chosen = steps.plain(state.experiment())
quiet = chosen.changed(training=False, dropout=0.0)
batch, timesteps, features = chosen.shape


say(page, "intro", timesteps=timesteps)
lens.draw_lens(page.run, t, row=0)
say(page, "once")

heading(page, "loop")
say(page, "loop", timesteps=timesteps, batch=batch, features=features)
if answer := predict(page, steps.same_question(chosen)):
    with answer:
        draw_fed(page, chosen, steps.fed(quiet), RIGHT, key="fed")
        draw_script(steps.loop_script(quiet, RIGHT, comments("steps", t.language)), t)

heading(page, "handed")
if answer := predict(page, steps.first_question()):
    with answer:
        say(page, "handed")
        draw_handed(page, quiet)

heading(page, "dropout")
if answer := predict(page, steps.dropout_question(chosen)):
    with answer:
        say(page, "dropout")
        draw_dropout(page, chosen)

*_, own_layer, rnn_cell, stateful, times = scripts(page, steps.scripts)
heading(page, "article")
say(page, "article")
say(page, "own_layer")
draw_script(own_layer, t)

heading(page, "others")
say(page, "rnn_cell")
draw_script(rnn_cell, t)
say(page, "stateful")
draw_script(stateful, t)

heading(page, "time")
if answer := predict(page, steps.time_question(chosen)):
    with answer:
        say(page, "time", steps=min(timesteps, TIMED_STEPS))
        draw_script(times, t)
        say(page, "time_means")
close_lesson(page)
