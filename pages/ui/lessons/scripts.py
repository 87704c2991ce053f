"""Scripts of a lesson, each beside what Keras prints when the worker runs it."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future

from lstm_core.keras_check.messages import ScriptResult
from lstm_core.keras_check.questions import WorkerFailed
from lstm_core.keras_check.worker import time_limit
from lstm_core.lessons.lesson import Script
from lstm_core.text import Catalogue
from pages.ui.components.code import ScriptOutput, draw_listing
from pages.ui.keras.checking import answer, awaited, checks, me


def draw_script(script: Script, t: Catalogue, *, place: str = "") -> ScriptResult | None:
    """Draw a script and what it prints; once Keras has run it, the page is drawn with that. Return it, if it is there.

    Where a page may show one script more than once, each needs a name for its `place`.
    """
    future = awaited(checks().script(script, me()))
    key = f"script_{script.name}{place}"
    draw_listing(script, t, label=t("lessons.script"), key=key, output=_output(script, future, t))
    return answer(future, 0)[0]


def _output(script: Script, future: Future[ScriptResult], t: Catalogue) -> ScriptOutput:
    if not future.done():
        return ScriptOutput("waits", t("lessons.running"), "")
    try:
        shown = future.result()
    except CancelledError:
        return ScriptOutput("waits", t("lessons.running"), "")
    except WorkerFailed as failure:
        if failure.reason == "given_up":
            return ScriptOutput("raises", t("lessons.not_run", reason=t("lessons.given_up")), "")
        reason = t(f"badge.{failure.reason}", detail=failure.detail, seconds=f"{time_limit(script.seconds):.0f}")
        return ScriptOutput("raises", t("lessons.not_run", reason=reason), "")
    if shown.error is None:
        return ScriptOutput("prints", t("lessons.prints"), shown.printed.rstrip("\n"))
    return ScriptOutput("raises", t("lessons.raises"), shown.printed + shown.error)
