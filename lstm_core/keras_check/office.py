"""The one office for everything that is asked of another process: who waits, whose turn it is, what is kept.

It knows neither what the questions are about nor the process that answers them: `lstm_core.keras_check.worker` takes
one `Job` after the other and brings its answer. All methods can be called from any thread, and none but `take` waits.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from lstm_core.keras_check.questions import PASSING, TROUBLES, Question, Reason, WorkerFailed, weight

MAX_SECONDS = 12.0
"""A question that is expected to take longer is not taken."""
MAX_WAITING = 1000
MAX_OF_ONE = 32
"""How many questions wait at most, and how many of one owner."""
WAITING_BYTES = KEPT_BYTES = 64 * 2**20
"""What the questions that wait may hold, and the answers that are kept."""
UNSEEN_SECONDS = 8.0
"""After so long an owner that nobody has heard of no longer waits."""
FETCHED_SECONDS = 30.0
"""An answer is kept so long for those who wait and have not fetched it yet, whatever it holds."""
RETRY_SECONDS = 3.0
"""After its failure a question is asked again, if at all, not before so long."""
TRIES = 2
"""A question that has cost its process so often is not asked again."""
FAILURES_KEPT = 4096
PATIENCE = 100.0
"""How many seconds others may wait longer for each second of work that they ask, or were given, more."""
HALF_LIFE = 60.0
"""Seconds in which half of what an owner was given is forgotten."""


@dataclass(eq=False)
class Job:
    """A question in the line, at work or answered: `owners` are those who have not had its answer yet."""

    question: Question
    turn: float
    owners: set[Hashable]
    future: Future[Any] = field(default_factory=Future)
    size: int = 0
    """Bytes of the answer."""
    ended: float = 0.0


class Office:
    """The line of questions, and the answers that are kept for those who ask the same.

    Whose turn it is: who came first, but that each second of work, asked now or given to this owner lately, weighs as
    much as `PATIENCE` seconds of waiting. So cheap questions go first, owners share evenly, and nobody waits for ever.
    """

    def __init__(self) -> None:
        self._waiting: dict[Hashable, Job] = {}
        self._running: Job | None = None
        self._ended: OrderedDict[Hashable, Job] = OrderedDict()
        self._failures: OrderedDict[Hashable, list[Reason]] = OrderedDict()
        self._kept_bytes = self._waiting_bytes = 0
        self._seen: dict[Hashable, float] = {}
        self._given: dict[Hashable, tuple[float, float]] = {}  # owner -> seconds of work, as of when
        self._places: dict[Future[Any], int] | None = None
        self._changed = threading.Condition()

    def ask(self, question: Question, owner: Hashable = None) -> Future[Any]:
        """Return the answer to a question, when it comes; the future raises `WorkerFailed` if there is none.

        The owner counts as waiting as long as it is `seen`; None stands for one that never leaves.
        A question that nobody waits for any more is dropped: its future is then cancelled, and it can be asked again.
        """
        with self._changed:
            self._seen[owner] = time.monotonic()
            ended = self._ended.get(question.key)
            if ended is not None and not self._may_be_asked_again(ended):
                ended.owners.discard(owner)
                self._ended.move_to_end(question.key)
                return ended.future
            job = self._running if self._running and self._running.question.key == question.key else None
            job = job or self._waiting.get(question.key)
            if job is not None and not job.future.cancelled():
                if owner not in job.owners:
                    job.owners.add(owner)
                    job.turn = min(job.turn, self._turn(question, owner))
                    self._places = None
                return job.future
            if (refusal := self._refusal(question, owner)) is not None:
                return _failed(refusal)
            job = Job(question, self._turn(question, owner), {owner})
            self._waiting[question.key] = job
            self._waiting_bytes += question.size
            self._places = None
            self._changed.notify()
            return job.future

    def give_up(self, future: Future[Any], owner: Hashable) -> None:
        """Let an owner wait no longer for an answer; what is at work is left to run."""
        with self._changed:
            for job in (*self._waiting.values(), *self._ended.values()):
                if job.future is future:
                    job.owners.discard(owner)
                    if not job.owners and not future.done():
                        self._drop(job)
                    break

    def seen(self, owner: Hashable) -> None:
        """Note that an owner is still there."""
        with self._changed:
            self._seen[owner] = time.monotonic()

    def place(self, future: Future[Any]) -> int | None:
        """Return a question's place in the line: 1 while it is at work; None if it does not wait."""
        with self._changed:
            if self._places is None:
                line = sorted(self._waiting.values(), key=lambda job: job.turn)
                futures = [job.future for job in (self._running, *line) if job is not None]
                self._places = {waiting: number for number, waiting in enumerate(futures, start=1)}
            return self._places.get(future)

    @property
    def waiting(self) -> int:
        """How many questions wait, the one at work among them."""
        with self._changed:
            return len(self._waiting) + (self._running is not None)

    @property
    def kept_bytes(self) -> int:
        """What the answers that are kept hold."""
        return self._kept_bytes

    def sweep(self) -> None:
        """Drop what nobody waits for any more."""
        now = time.monotonic()
        with self._changed:
            for job in list(self._waiting.values()):
                job.owners = {owner for owner in job.owners if self._is_there(owner, now)}
                if not job.owners:
                    self._drop(job)
            for owner in [owner for owner in self._seen if not self._is_there(owner, now)]:
                del self._seen[owner]
            for owner in [owner for owner in self._given if self._given_to(owner) < 1e-3]:
                del self._given[owner]
            self._make_room()

    def take(self, seconds: float) -> Job | None:
        """Return the job whose turn it is, to be ended by `answer` or `fail`; None if there is none for so long."""
        self.sweep()
        with self._changed:
            self._running = self._places = None
            self._changed.wait_for(lambda: self._waiting, seconds)
            while self._waiting:
                job = min(self._waiting.values(), key=lambda job: job.turn)
                self._remove(job)
                if job.future.set_running_or_notify_cancel():
                    self._running = job
                    return job
        return None

    def answer(self, job: Job, result: Any) -> None:
        """Bring a job's answer."""
        job.size = weight(result)
        job.future.set_result(result)
        self._keep(job)

    def fail(self, job: Job, failure: WorkerFailed) -> None:
        """Say why a job has no answer; where it has cost its process too often, that it will not be asked again."""
        key = job.question.key
        with self._changed:
            if failure.reason in TROUBLES:
                self._failures[key] = [*self._failures.pop(key, []), failure.reason]
                while len(self._failures) > FAILURES_KEPT:
                    self._failures.popitem(last=False)
                failure = self._given_up(key) or failure
        job.future.set_exception(failure)
        self._keep(job)

    def refuse_all(self, failure: WorkerFailed) -> None:
        """Let all that wait fail, since nobody can answer."""
        with self._changed:
            refused = list(self._waiting.values())
            for job in refused:
                self._remove(job)
        for job in refused:
            if job.future.set_running_or_notify_cancel():
                job.future.set_exception(failure)
                self._keep(job)

    def _refusal(self, question: Question, owner: Hashable) -> WorkerFailed | None:
        """Return why a question is not taken, if it is not."""
        if (given_up := self._given_up(question.key)) is not None:
            return given_up
        if question.seconds > MAX_SECONDS:
            return WorkerFailed("too_large", f"{question.seconds:.0f} s, at most {MAX_SECONDS:g} s")
        of_owner = sum(owner in job.owners for job in self._waiting.values())
        full = len(self._waiting) >= MAX_WAITING or self._waiting_bytes + question.size > WAITING_BYTES
        if full or (owner is not None and of_owner >= MAX_OF_ONE):
            return WorkerFailed("busy", f"{len(self._waiting)}")
        return None

    def _given_up(self, key: Hashable) -> WorkerFailed | None:
        reasons = self._failures.get(key, [])
        return WorkerFailed("given_up", reasons[-1]) if len(reasons) >= TRIES else None

    def _turn(self, question: Question, owner: Hashable) -> float:
        asked = 0.0
        if owner is not None:
            asked = sum(job.question.seconds for job in self._waiting.values() if owner in job.owners)
        return time.monotonic() + PATIENCE * (question.seconds + asked + self._given_to(owner))

    def _given_to(self, owner: Hashable) -> float:
        seconds, then = self._given.get(owner, (0.0, 0.0))
        return float(seconds * 0.5 ** ((time.monotonic() - then) / HALF_LIFE))

    def _is_there(self, owner: Hashable, now: float) -> bool:
        return owner is None or now - self._seen.get(owner, -UNSEEN_SECONDS) < UNSEEN_SECONDS

    def _may_be_asked_again(self, job: Job) -> bool:
        failure = job.future.exception()
        if failure is None:
            return False
        passing = isinstance(failure, WorkerFailed) and failure.reason in PASSING
        return passing and time.monotonic() - job.ended > RETRY_SECONDS

    def _keep(self, job: Job) -> None:
        """Keep what has ended for those who wait for it or will ask the same."""
        with self._changed:
            for owner in job.owners - {None}:
                given = self._given_to(owner) + job.question.seconds / len(job.owners)
                self._given[owner] = given, time.monotonic()
            job.ended = time.monotonic()
            self._forget(job.question.key)
            self._ended[job.question.key] = job
            self._kept_bytes += job.size
            self._make_room()
            if self._running is job:
                self._running = self._places = None

    def _make_room(self) -> None:
        """Forget the answers that were longest not asked for, but for those that somebody still waits for."""
        if self._kept_bytes <= KEPT_BYTES and len(self._ended) <= FAILURES_KEPT:
            return
        now = time.monotonic()
        for key, job in list(self._ended.items()):
            if self._kept_bytes <= KEPT_BYTES and len(self._ended) <= FAILURES_KEPT:
                break
            awaited = any(owner is not None and self._is_there(owner, now) for owner in job.owners)
            if not awaited or now - job.ended > FETCHED_SECONDS:
                self._forget(key)

    def _forget(self, key: Hashable) -> None:
        ended = self._ended.pop(key, None)
        if ended is not None:
            self._kept_bytes -= ended.size

    def _drop(self, job: Job) -> None:
        self._remove(job)
        job.future.cancel()

    def _remove(self, job: Job) -> None:
        self._places = None
        del self._waiting[job.question.key]
        self._waiting_bytes -= job.question.size


def _failed(failure: WorkerFailed) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(failure)
    return future
