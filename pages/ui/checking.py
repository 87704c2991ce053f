"""Keras beside the page: the app's one worker, and what it was asked for each experiment."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import streamlit as st

from lstm_core import keras_worker
from lstm_core.experiment import Experiment
from lstm_core.keras_values import DropoutMasks, Evidence, Shown
from lstm_core.run import Run
from lstm_core.verify import Agreement, compare, evidence_task
from lstm_core.worker import TROUBLES, KerasWorker, WorkerFailed, time_limit
from pages.ui.answers import TICKET, answers
from pages.ui.shared import once

T = TypeVar("T")

MASKS_WAIT = 0.3
"""Seconds that a page with dropout waits for Keras's masks before it shows itself without dropout."""
REMEMBERED = 256
"""How many answers of Keras are kept for all sessions."""
AWAITED = "awaited"
"""Session key: what a page asked Keras besides its experiment, and has no answer to show yet."""
FIRST_PAGE_FIRST = 3.0
"""Seconds after the server's start before TensorFlow is loaded, which would take a core from the first page."""
RETRY_AFTER = 3.0
"""Seconds after its failure from which a question may be asked again."""


class Checks:
    """Questions to the worker, each asked once; answers are shared by all sessions.

    A question that failed (a process killed, a time-out) keeps its failure for a moment, then may be asked again.
    """

    def __init__(self, worker: KerasWorker) -> None:
        self.worker = worker
        self._asked: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._ended: WeakKeyDictionary[Future[Any], float] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def evidence(self, experiment: Experiment) -> Future[Evidence]:
        """Return Keras's numbers for an experiment, when they come."""

        def submit() -> Future[Evidence]:
            source, call = evidence_task(experiment)
            return self.worker.submit(keras_worker.gather, source, call, timeout=time_limit(call))

        return self._ask(experiment, submit)

    def masks(self, experiment: Experiment, calls: int | None = None) -> Future[tuple[DropoutMasks, ...]]:
        """Return the dropout masks that Keras draws for an experiment's calls, or for so many, when they come."""
        batch, _, features = experiment.shape
        rates = (experiment.dropout, experiment.recurrent_dropout)
        drawn = (batch, features, experiment.units, *rates, experiment.seed, calls or experiment.calls)
        return self._ask(drawn, lambda: self.worker.submit(keras_worker.draw_dropout_masks, *drawn))

    def script(self, source: str) -> Future[Shown]:
        """Return what a lesson's script prints when Keras runs it, when it comes."""
        return self._ask(source, lambda: self.worker.submit(keras_worker.show_script, source))

    def give_up(self, experiment: Experiment) -> None:
        """Take back a question that nobody needs answered any more, unless Keras is at it; asking again is allowed."""
        with self._lock:
            future = self._asked.get(experiment)
            if future is not None and future.cancel():
                del self._asked[experiment]

    def _ask(self, question: Hashable, submit: Callable[[], Future[T]]) -> Future[T]:
        with self._lock:
            future = self._asked.get(question)
            if future is None or (
                future.done() and future.exception() is not None and self._since(future) > RETRY_AFTER
            ):
                future = self._asked[question] = submit()
                future.add_done_callback(self._note_end)
            self._asked.move_to_end(question)
            while len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)
            return future

    def _note_end(self, future: Future[Any]) -> None:
        self._ended[future] = time.monotonic()

    def _since(self, future: Future[Any]) -> float:
        """Return the seconds since a future has ended."""
        now = time.monotonic()
        return now - self._ended.get(future, now)


_compare = once(compare)


@dataclass(frozen=True, eq=False)
class Asked:
    """What Keras has said of an experiment by now: nothing yet, its numbers, or why there are none."""

    chosen: Experiment
    masks: tuple[DropoutMasks, ...] | None
    evidence: Evidence | None
    failure: WorkerFailed | None
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
        return self.evidence is None and (self.failure is None or self.failure.reason in TROUBLES)

    def agreement(self, run: Run) -> Agreement | None:
        """Return how a run of the chosen experiment compares with Keras's numbers, if they are there."""
        return _compare(run, self.evidence) if self.evidence and run.experiment == self.chosen else None


def ask(experiment: Experiment, *, masks_wait: float = 0.0) -> Asked:
    """Ask Keras about a session's experiment, waiting at most this long for masks; `look` again for what comes later.

    What this session asked about another experiment before is taken back.
    """
    st.session_state[AWAITED] = []
    before: Experiment | None = st.session_state.get("asked_experiment")
    if before is not None and before != experiment:
        answers().forget(st.session_state.pop(TICKET, None))
        checks().give_up(before)
    st.session_state.asked_experiment = experiment
    return look(experiment, masks_wait=masks_wait)


def awaited(question: Future[T]) -> Future[T]:
    """Return a question whose answer this page shows: once it is there, the page is drawn with it."""
    if not question.done():
        st.session_state[AWAITED].append(question)
    return question


def look(experiment: Experiment, *, masks_wait: float = 0.0) -> Asked:
    """Return what Keras has said of an experiment by now, for any session."""
    masks, failure, pending = None, None, []
    if experiment.draws_dropout:
        drawn = checks().masks(experiment)
        masks, failure = answer(drawn, masks_wait)
        if masks is None and failure is None:
            pending.append(drawn)
    asked = checks().evidence(experiment)
    evidence, evidence_failure = answer(asked, 0)
    if evidence is None and evidence_failure is None:
        pending.append(asked)
    return Asked(experiment, masks, evidence, evidence_failure or failure, tuple(pending))


def answer(future: Future[T], seconds: float) -> tuple[T | None, WorkerFailed | None]:
    """Return what Keras answers within so many seconds, or why it cannot, or neither yet."""
    try:
        return future.result(timeout=seconds), None
    except (TimeoutError, CancelledError):
        return None, None
    except WorkerFailed as failure:
        return None, failure


@cache
def checks() -> Checks:
    """Return the app's one set of checks; the worker starts with the first call."""
    worker = KerasWorker()
    worker.start(delay=FIRST_PAGE_FIRST)
    return Checks(worker)
