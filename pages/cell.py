"""Lesson 2: h and c, the four gates, and how the forget gate makes an impulse fade or stay."""

import math
from functools import partial

import streamlit as st

from lstm_core.figures.curve import curve
from lstm_core.lessons import cell
from pages.ui import controls, lens, pictures, state
from pages.ui.curves import draw_curve
from pages.ui.lesson import close_lesson, heading, open_lesson, predict, say, scripts
from pages.ui.scripts import draw_script

PANELS = (("heatmap", "x"), ("lines", "c"), ("lines", "h"), ("heatmap", "f"))

page = open_lesson("cell")
t, words, run = page.t, page.words, page.run
trace = run.trace
first, last = (float(trace.c[step, 0, 0]) for step in (0, -1))


def draw_gate() -> None:
    """Draw the forget gate's switch and its slider."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="gate_switch"):
        for name, bias in cell.SWITCH.items():
            at = partial(state.change, "forget_bias", forget_bias=bias)
            kind = "primary" if run.experiment.forget_bias == bias else "secondary"
            st.button(words(f"labels.{name}"), on_click=at, type=kind, key=f"cell_{name}")
        with st.container(width=320):
            controls.draw_field("forget_bias", t)


def draw_fading() -> None:
    """Draw c against f * f * ... * f, and say when it is halved."""
    f = cell.forget(run)
    life = cell.half_life(f)
    facts = {"f": f, "life": life, "first": first, "last": last, "steps": len(trace.c)}
    mark = (1 + life, first / 2, words("labels.half_life", life=life)) if math.isfinite(life) else None
    text = {name: words(f"curve.{name}", **facts) for name in ("alt", "real", "expected", "axis")}
    draw_curve(curve(trace.c[:, 0, 0], cell.expected(run), quantity="c", text=text, mark=mark), key="fading")
    halved = cell.halved_at(run)
    say(page, "never_halved" if halved is None else "halved", halved=halved, **facts)


say(page, "intro")
lens.draw_lens(run, t, row=0)
say(page, "gates", i=trace.i[0, 0, 0], candidate=trace.candidate[0, 0, 0], c=first, f=trace.f[1, 0, 0])

heading(page, "chain")
say(page, "chain")
if predict(page, cell.bias_question()):
    say(page, "switch")
    draw_gate()
    pictures.draw_pictures(run, t, row=0, order=PANELS)

heading(page, "half_life")
if predict(page, cell.fade_question()):
    say(page, "half_life", steps=cell.ASKED_STEPS, left=0.5**cell.ASKED_STEPS)
    draw_fading()

heading(page, "shown")
facts = {"c": first, "tanh": trace.tanh_c[0, 0, 0], "o": trace.o[0, 0, 0], "h": trace.h[0, 0, 0]}
say(page, "shown", **facts)

heading(page, "code")
say(page, "code")
for script in scripts(page, cell.scripts):
    draw_script(script, t)
close_lesson(page)
