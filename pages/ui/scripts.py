"""Scripts of a lesson, each beside what Keras prints when the worker runs it."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future

import streamlit as st

from lstm_core.keras_values import Shown
from lstm_core.lessons.lesson import Script
from lstm_core.text import Catalogue
from lstm_core.worker import TASK_SECONDS, WorkerFailed
from pages.ui import state
from pages.ui.checking import checks
from pages.ui.panels import Output, draw_source

LOOK_AGAIN = 0.5
"""Seconds between two looks for what Keras prints, while it is awaited."""


def draw_script(script: Script, t: Catalogue, *, place: str = "") -> None:
    """Draw a script and what it prints; while Keras has not run it, look again and then draw the page with it.

    Where a page may show one script more than once, each needs a name for its `place`.
    """
    future = checks().script(script.source)
    waits = not future.done()

    def draw() -> None:
        if waits and future.done():
            state.run_again()
        key = f"script_{script.name}{place}"
        draw_source(script.source, t, label=t("lessons.script"), key=key, output=_output(future, t))

    st.fragment(draw, run_every=LOOK_AGAIN if waits else None)()


def _output(future: Future[Shown], t: Catalogue) -> Output:
    if not future.done():
        return Output("waits", t("lessons.running"), "")
    try:
        shown = future.result()
    except CancelledError:
        return Output("waits", t("lessons.running"), "")
    except WorkerFailed as failure:
        reason = t(f"badge.{failure.reason}", detail=failure.detail, seconds=f"{TASK_SECONDS:g}")
        return Output("raises", t("lessons.not_run", reason=reason), "")
    if shown.error is None:
        return Output("prints", t("lessons.prints"), shown.printed.rstrip("\n"))
    return Output("raises", t("lessons.raises"), shown.printed + shown.error)
