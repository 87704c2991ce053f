"""Keras beside the page: what it is asked for each experiment, in whose name, and what it has said by now."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any, TypeVar

import streamlit as st

from lstm_core.experiment import Experiment
from lstm_core.keras_check import costs, tasks
from lstm_core.keras_check.agreement import Agreement
from lstm_core.keras_check.check import check
from lstm_core.keras_check.masks import draw_masks, masks_task
from lstm_core.keras_check.messages import ScriptResult
from lstm_core.keras_check.questions import PASSING, Question, WorkerFailed
from lstm_core.keras_check.worker import KerasWorker, time_limit
from lstm_core.layers.trace import Masks
from lstm_core.lessons.lesson import Script
from pages.ui.keras.news import TICKET, answers
from pages.ui.server.streamlit_context import session_id

T = TypeVar("T")

MASKS_WAIT = 0.3
"""Seconds that a page with dropout waits for Keras's masks before it shows itself without dropout."""
AWAITED = "awaited"
"""Session key: what a page asked Keras besides its experiment, and has no answer to show yet."""
AGAIN = "again"
"""Session key: whether something else besides was refused for the moment, and can be asked again soon."""
ASKED, BEFORE = "asked", "asked_before"
"""Session keys: the questions without an answer that this run of the page has asked, and those of runs before."""
FIRST_PAGE_FIRST = 3.0
"""Seconds after the server's start before TensorFlow is loaded, which would take a core from the first page."""


class Checks:
    """The questions of pages to the worker's office, each in the name of a session; answers are shared by all."""

    def __init__(self, worker: KerasWorker) -> None:
        self.worker = worker

    def agreement(self, experiment: Experiment, owner: Hashable) -> Future[Agreement]:
        """Return how far Keras's numbers are from the page's for an experiment, when it is known."""
        size = len(experiment.typed) + len(experiment.given_weights)
        return self._ask(check, (experiment,), costs.of_check(experiment), owner, size)

    def masks(self, experiment: Experiment, owner: Hashable, calls: int | None = None) -> Future[tuple[Masks, ...]]:
        """Return the dropout masks that Keras draws for an experiment's calls, or for so many, when they come."""
        seconds = costs.of_masks(calls or experiment.calls)
        return self._ask(draw_masks, masks_task(experiment, calls), seconds, owner)

    def script(self, script: Script, owner: Hashable) -> Future[ScriptResult]:
        """Return what a lesson's script prints when Keras runs it, when it comes."""
        return self._ask(tasks.show_script, (script.source,), script.seconds, owner, len(script.source))

    def _ask(self, function: Any, args: tuple[Any, ...], seconds: float, owner: Hashable, size: int = 0) -> Future[Any]:
        key = blake2b(f"{function.__name__}{args!r}".encode(), digest_size=16).digest()
        return self.worker.ask(Question(key, function, args, seconds, time_limit(seconds), size), owner)


@dataclass(frozen=True, eq=False)
class Asked:
    """What Keras has said of an experiment by now: nothing yet, how far its numbers are, or why that is not known."""

    chosen: Experiment
    masks: tuple[Masks, ...] | None
    no_masks: WorkerFailed | None
    checked: Agreement | None
    not_checked: WorkerFailed | None
    pending: tuple[Future[Any], ...]
    """The questions that had no answer."""

    @property
    def shown(self) -> Experiment:
        """The experiment that can be shown now: without dropout as long as Keras's masks are not there."""
        needs_masks = self.chosen.draws_dropout and self.masks is None
        return self.chosen.changed(training=False) if needs_masks else self.chosen

    @property
    def waits(self) -> bool:
        """Whether an answer may still come."""
        failures = (self.no_masks, self.not_checked)
        return bool(self.pending) or any(failure and failure.reason in PASSING for failure in failures)

    @property
    def agreement(self) -> Agreement | None:
        """How what is shown compares with Keras's numbers, if that is known."""
        return self.checked if self.shown == self.chosen else None


def ask(experiment: Experiment, *, masks_wait: float = 0.0) -> Asked:
    """Ask Keras about a session's experiment, waiting at most so long for masks; `look` again for what comes later."""
    state = st.session_state
    state[BEFORE] = (*state.get(BEFORE, ()), *state.get(ASKED, ()))
    state[AWAITED], state[AGAIN] = [], False
    answers().forget(state.pop(TICKET, None))
    asked = look(experiment, me(), masks_wait=masks_wait)
    state[ASKED] = list(asked.pending)
    return asked


def awaited(question: Future[T]) -> Future[T]:
    """Return a question whose answer this page shows: once it is there, the page is drawn with it."""
    if not question.done():
        st.session_state[AWAITED].append(question)
        st.session_state[ASKED].append(question)
    elif not question.cancelled() and isinstance(failure := question.exception(), WorkerFailed):
        st.session_state[AGAIN] |= failure.reason in PASSING
    return question


def let_go() -> None:
    """At the end of a run, take back what earlier ones asked and this one no longer needs."""
    state = st.session_state
    for question in state.pop(BEFORE, ()):
        if question not in state[ASKED]:
            checks().worker.office.give_up(question, me())


def look(experiment: Experiment, owner: Hashable, *, masks_wait: float = 0.0) -> Asked:
    """Return what Keras has said of an experiment by now, for any session; what it has not been asked it is asked."""
    masks: tuple[Masks, ...] | None = None
    no_masks: WorkerFailed | None = None
    pending: list[Future[Any]] = []
    if experiment.draws_dropout:
        drawn = checks().masks(experiment, owner)
        answered = answer(drawn, masks_wait)  # in two lines: mypy takes one for a question that answers with None
        masks, no_masks = answered
        if masks is None and no_masks is None:
            pending.append(drawn)
    asked = checks().agreement(experiment, owner)
    verdict = answer(asked, 0)
    checked, not_checked = verdict
    if checked is None and not_checked is None:
        pending.append(asked)
    return Asked(experiment, masks, no_masks, checked, not_checked, tuple(pending))


def answer(future: Future[T], seconds: float) -> tuple[T | None, WorkerFailed | None]:
    """Return what Keras answers within so many seconds, or why it cannot, or neither yet."""
    try:
        return future.result(timeout=seconds), None
    except (TimeoutError, CancelledError):
        return None, None
    except WorkerFailed as failure:
        return None, failure


def place(questions: Sequence[Future[Any]]) -> int:
    """Return the place in the line of the question that comes first."""
    office = checks().worker.office
    return min((office.place(question) or 1 for question in questions), default=1)


def me() -> str:
    """Return the name in which this session asks."""
    return session_id() or "nobody"


@cache
def checks() -> Checks:
    """Return the app's one set of checks; the worker starts with the first call."""
    worker = KerasWorker()
    worker.start(delay=FIRST_PAGE_FIRST)
    return Checks(worker)
