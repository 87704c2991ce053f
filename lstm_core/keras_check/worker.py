"""The owner of the one process in which TensorFlow runs: start, time-out, recycle, restart. The line is the office's.

The process pool is pebble's; this module adds what it leaves open: one task at a time, a pool that is replaced when its
process dies, a thread that outlives whatever goes wrong, and a status.
"""

from __future__ import annotations

import atexit
import logging
import math
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import FIRST_COMPLETED, Future, InvalidStateError, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import spawn
from typing import Any, Literal, TypeVar, cast

from pebble import ProcessExpired, ProcessPool
from pebble.pool.process import WORKERS_NAME

from lstm_core.keras_check.messages import Versions
from lstm_core.keras_check.office import Office
from lstm_core.keras_check.process import TaskFailed, run_task, start_up
from lstm_core.keras_check.questions import TROUBLES, Question, Reason, WorkerFailed
from lstm_core.keras_check.tasks import warm_up

T = TypeVar("T")
State = Literal["starting", "ready", "restarting", "unavailable"]


def _seconds(given: str) -> float:
    """Return a time limit that the environment names.

    >>> _seconds("20")
    20.0
    >>> _seconds("nan")
    Traceback (most recent call last):
    ValueError: LSTM_LENS_TASK_SECONDS is 'nan'; expected seconds, a number above 0
    """
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise ValueError(f"LSTM_LENS_TASK_SECONDS is {given!r}; expected seconds, a number above 0")
    return seconds


TASK_SECONDS = _seconds(os.environ.get("LSTM_LENS_TASK_SECONDS", "20"))
"""How long a quick task may run before its process is killed; slow machines and tests set it in the environment."""
SLOWER = 3.0
"""How many times longer than expected a task may take on top of that."""
ANSWER_SECONDS = 4.0
"""How much longer a process may take to say so; one that hangs while idle never takes its next task up."""
START_SECONDS = 90.0
"""How long a fresh process may take to import TensorFlow and run one layer."""
TASKS_A_PROCESS = 500
"""After so many tasks, its warm-up among them, a fresh process takes over: each layer leaves some memory behind."""
LOOK_SECONDS = 0.2
"""How often an idle worker is looked at."""
RETRY_SECONDS = 60.0
"""The longest pause between two attempts to start, and the pause where TensorFlow is not installed."""
SOON_SECONDS = 1.0
"""The longest pause where the machine had no descriptor, memory or process left: it may have them again at once."""
CLOSE_SECONDS = 2.0
"""How long a pool may take to close."""
ILL_SECONDS = 60.0
"""After so long without what a process needs of the machine, the server counts as ill."""

_STOPPED = WorkerFailed("stopped", "the worker was stopped")


@dataclass(frozen=True)
class Status:
    """How the worker is: `versions` once it was ready, `reason` and `detail` once something went wrong."""

    state: State
    versions: Versions | None = None
    reason: Reason | None = None
    detail: str = ""


def time_limit(seconds: float) -> float:
    """Return after how many seconds a task's process is killed, if the task is expected to take so many."""
    return TASK_SECONDS + SLOWER * seconds


class KerasWorker:
    """One process beside the app that answers the questions of its `office`, and restarts when it has to.

    All methods can be called from any thread and none but `stop` waits.
    """

    def __init__(self) -> None:
        self.office = Office()
        self._status = Status("starting")
        self._stopped: Future[None] = Future()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pool: ProcessPool | None = None
        self._process: int | None = None
        self._failed_attempts = 0
        self._without_since: float | None = None

    def start(self, delay: float = 0.0) -> None:
        """Start the process in the background, once, after so many seconds."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, args=(delay,), name="keras-worker", daemon=True)
                self._thread.start()
                atexit.register(self.stop)  # before pebble's own exit, lest a dead pool be replaced

    def submit(self, function: Callable[..., T], *args: Any, timeout: float = TASK_SECONDS) -> Future[T]:
        """Ask for `function(*args)`, in nobody's name; function and result must pickle."""
        return self.ask(Question(object(), function, args, seconds=0.0, timeout=timeout))

    def ask(self, question: Question, owner: Hashable = None) -> Future[Any]:
        """Ask a question as `Office.ask` does; where the worker has been stopped, it fails at once."""
        future = self.office.ask(question, owner)
        if self._stopped.done():
            self.office.refuse_all(_STOPPED)
        return future

    def status(self) -> Status:
        """Return how the worker is now."""
        return self._status

    def illness(self) -> str | None:
        """Return why the worker answers nobody though TensorFlow may be there; None if that is not so.

        Either its thread has ended, or the machine has not given it what a process needs for `ILL_SECONDS`.
        """
        if self._thread is None or self._stopped.done():
            return None
        if not self._thread.is_alive():
            return "the thread that owns the Keras process has ended"
        since = self._without_since
        if since is None or time.monotonic() - since < ILL_SECONDS:
            return None
        return f"no Keras process for {time.monotonic() - since:.0f} s: {self._status.detail}"

    def stop(self) -> None:
        """End the process for good; what is queued or running fails with "stopped"."""
        with suppress(InvalidStateError):  # stopped before
            self._stopped.set_result(None)
        if self._thread is not None:
            self._thread.join()
        self.office.refuse_all(_STOPPED)
        atexit.unregister(self.stop)

    def _serve(self, delay: float) -> None:
        """Ask one question after the other until told to stop; nothing that happens ends the thread."""
        wait([self._stopped], timeout=delay)
        while not self._stopped.done():
            try:
                self._live()
            except Exception as error:
                logging.getLogger(__name__).exception("The owner of Keras's process met an error and goes on.")
                self._do_without(WorkerFailed("resources", _said(error)))
        self._status = Status("unavailable", None, _STOPPED.reason, _STOPPED.detail)

    def _live(self) -> None:
        """Bring the process up, pass it one job at a time until it has done its share or is lost, and end it."""
        try:
            failure = self._bring_up()
            if failure is None:
                self._failed_attempts, self._without_since = 0, None
                failure = self._pass_jobs()
                if failure is not None:
                    self._status = Status("restarting", self._status.versions, failure.reason, failure.detail)
            else:
                self._do_without(failure)
        finally:
            self._drop_pool()

    def _do_without(self, failure: WorkerFailed) -> None:
        """Say that there is no process, and let time pass before the next attempt."""
        self._failed_attempts += 1
        self._status = Status("unavailable", None, failure.reason, failure.detail)
        if failure.reason == "resources":
            self._without_since = self._without_since or time.monotonic()
        self._wait_refusing(failure, _pause(failure, self._failed_attempts))

    def _bring_up(self) -> WorkerFailed | None:
        """Open a fresh pool and warm it up; return what went wrong, if anything."""
        context = multiprocessing.get_context("spawn")
        try:
            self._pool = ProcessPool(max_workers=1, initializer=start_up, context=context)
            self._process = self._run(os.getpid, (), START_SECONDS)
            versions = self._run(warm_up, (), START_SECONDS)
        except WorkerFailed as failure:
            return failure
        except Exception as error:
            return WorkerFailed("resources", _said(error))
        self._status = Status("ready", versions)
        return None

    def _pass_jobs(self) -> WorkerFailed | None:
        """Run queued jobs until the process is lost, and return how it was; None once it has done its share."""
        done = 1  # the warm-up
        while done < TASKS_A_PROCESS and not self._stopped.done():
            job = self.office.take(LOOK_SECONDS)
            if job is None:
                if self._pool is None or not self._pool.active:
                    return WorkerFailed("killed", "the idle worker process ended")
                continue
            done += 1
            try:
                result = self._run(job.question.function, job.question.args, job.question.timeout)
                self.office.answer(job, result)
            except WorkerFailed as failure:
                self.office.fail(job, failure)
                if failure.reason in (*TROUBLES, "resources"):
                    return failure
            except Exception as error:
                self.office.fail(job, WorkerFailed("resources", _said(error)))
                raise
        return None

    def _run(self, function: Callable[..., T], args: tuple[Any, ...], timeout: float) -> T:
        """Run one task in the pool and wait for it; WorkerFailed whatever goes wrong."""
        assert self._pool is not None
        # pebble counts a task's time from when the process takes it up; that it does so is watched here.
        limit = timeout + ANSWER_SECONDS
        try:
            task = self._pool.schedule(run_task, (function, *args), timeout=timeout)
            wait([task, self._stopped], timeout=limit, return_when=FIRST_COMPLETED)
        except RuntimeError as error:  # the pool found its process dead, or could not start its threads
            raise WorkerFailed("resources" if "thread" in str(error) else "killed", str(error)) from None
        except (OSError, MemoryError) as error:
            raise WorkerFailed("resources", _said(error)) from None
        if self._stopped.done():
            raise _STOPPED
        if not task.done():
            raise WorkerFailed("timeout", f"the worker process did not answer in {limit:g} s")
        try:
            return cast(T, task.result())
        except TaskFailed as error:
            raise WorkerFailed(cast(Reason, error.reason), error.detail) from None
        except TimeoutError:
            raise WorkerFailed("timeout", f"the task took longer than {timeout:g} s") from None
        except (ProcessExpired, BrokenProcessPool) as error:
            raise WorkerFailed("killed", str(error)) from None
        except Exception as error:  # pebble hands back what could not be pickled
            raise WorkerFailed("error", _said(error)) from None

    def _drop_pool(self) -> None:
        """Kill the process and end the pool's threads; one that a half-sent message blocks is left behind."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        pool.stop()  # type: ignore[no-untyped-call]
        for child in multiprocessing.active_children():
            if child.pid == self._process:
                child.kill()  # a halted one hears nothing else
        closing = threading.Thread(target=pool.join, daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)

    def _wait_refusing(self, failure: WorkerFailed, seconds: float) -> None:
        """Let time pass before the next attempt; questions that come meanwhile fail at once."""
        until = time.monotonic() + seconds
        while not self._stopped.done() and time.monotonic() < until:
            self.office.refuse_all(failure)
            wait([self._stopped], timeout=LOOK_SECONDS)


def _pause(failure: WorkerFailed, attempts: int) -> float:
    """Return how long to wait before the next attempt to bring a process up."""
    if failure.reason == "not_installed":
        return RETRY_SECONDS
    return min(2.0**attempts, SOON_SECONDS if failure.reason == "resources" else RETRY_SECONDS)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


_preparation_data = spawn.get_preparation_data


def _preparation_data_without_main(name: str) -> dict[str, Any]:
    """As multiprocessing.spawn.get_preparation_data, but pebble's processes do not import the main script.

    multiprocessing has no option for that, and the main script is the server or, under Streamlit, the page.
    """
    data: dict[str, Any] = dict(_preparation_data(name))
    if name == WORKERS_NAME:
        data.pop("init_main_from_name", None)
        data.pop("init_main_from_path", None)
    return data


spawn.get_preparation_data = _preparation_data_without_main
