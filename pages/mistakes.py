"""Lesson 8: code that Keras refuses, its real message, the reason, and the mended code."""

import streamlit as st

from lstm_core.lessons import mistakes
from pages.ui.components import lens
from pages.ui.lessons.page import close_lesson, heading, open_lesson, predict, say
from pages.ui.lessons.scripts import draw_script

page = open_lesson("mistakes")
t, words = page.t, page.words

say(page, "intro")
lens.draw_lens(page.run, t, row=0)

heading(page, "exhibit")
say(page, "exhibit", count=len(mistakes.EXHIBITS))
titles = {exhibit.name: words(f"exhibits.{exhibit.name}.title") for exhibit in mistakes.EXHIBITS}
name = st.selectbox(words("labels.exhibit"), titles, format_func=titles.__getitem__, key="mistakes_exhibit", width=480)
exhibit = mistakes.exhibit_named(name)
broken, mended = exhibit.scripts()
st.caption(words(f"exhibits.{name}.idea"))
draw_script(broken, t)
if answer := predict(page, exhibit.question()):
    with answer:
        heading(page, "why")
        draw_script(mended, t)

heading(page, "versions")
say(page, "versions")
lines = [f"| | {words('labels.old')} | {words('labels.new')} |", "|---|---|---|"]
for change in mistakes.VERSIONS:
    what, old, new = (words(f"versions.{change}.{part}") for part in ("what", "old", "new"))
    lines.append(f"| **{what}** | {old} | {new} |")
with st.container(key="versions"):
    st.markdown("\n".join(lines))
close_lesson(page)
