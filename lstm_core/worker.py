"""The owner of the one process in which TensorFlow runs: start, queue, time-out, recycle, restart.

The process pool is pebble's; this module adds what it leaves open: one task at a time, futures that can be
cancelled without killing the worker, a pool that is replaced when its process dies, and a status.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, InvalidStateError, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import spawn
from typing import Any, Literal, TypeVar, cast

from pebble import ProcessExpired, ProcessPool
from pebble.pool.process import WORKERS_NAME

from lstm_core.keras_values import LayerCall, Versions
from lstm_core.keras_worker import warm_up
from lstm_core.worker_process import TaskFailed, run_task, start_up

T = TypeVar("T")
State = Literal["starting", "ready", "restarting", "unavailable"]
Reason = Literal["killed", "timeout", "memory", "not_installed", "error", "stopped"]

TASK_SECONDS = float(os.environ.get("LSTM_LENS_TASK_SECONDS", "20"))
"""How long a task may run before its process is killed; slow machines and tests set it in the environment."""
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
CLOSE_SECONDS = 2.0
"""How long a pool may take to close."""
TROUBLES: tuple[Reason, ...] = ("killed", "timeout", "memory")
"""The reasons after which the process is replaced."""


class WorkerFailed(Exception):
    """A task that gave no result: `reason` as in `Reason`, `detail` in Python's words."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


_STOPPED = WorkerFailed("stopped", "the worker was stopped")


@dataclass(frozen=True)
class Status:
    """How the worker is: `versions` once it was ready, `reason` and `detail` once something went wrong."""

    state: State
    versions: Versions | None = None
    reason: Reason | None = None
    detail: str = ""


@dataclass(frozen=True, eq=False)
class _Job:
    future: Future[Any]
    function: Callable[..., Any]
    args: tuple[Any, ...]
    timeout: float


def time_limit(call: LayerCall) -> float:
    """Return the seconds that Keras's evidence for a call may take: more beyond 1000 steps in all."""
    steps: int = call.calls * call.x.shape[1]
    return TASK_SECONDS * max(1.0, steps / 1000)


class KerasWorker:
    """One process beside the app that runs `lstm_core.keras_worker`, and restarts when it has to.

    All methods can be called from any thread and none but `stop` waits.
    """

    def __init__(self) -> None:
        self._jobs: deque[_Job] = deque()
        self._jobs_changed = threading.Condition()
        self._running: Future[Any] | None = None
        self._status = Status("starting")
        self._stopped: Future[None] = Future()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._pool: ProcessPool | None = None

    def start(self, delay: float = 0.0) -> None:
        """Start the process in the background, once, after so many seconds."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, args=(delay,), name="keras-worker", daemon=True)
                self._thread.start()
                atexit.register(self.stop)  # before pebble's own exit, lest a dead pool be replaced

    def submit(self, function: Callable[..., T], *args: Any, timeout: float = TASK_SECONDS) -> Future[T]:
        """Queue `function(*args)` for the worker process; function and result must pickle.

        The future raises WorkerFailed if there is no result. Cancelling it works until the task has begun;
        a task that runs is left to run.
        """
        job = _Job(Future(), function, args, timeout)
        with self._jobs_changed:
            self._jobs.append(job)
            self._jobs_changed.notify()
        if self._stopped.done():
            self._refuse_queued(_STOPPED)
        return job.future

    def place(self, future: Future[Any]) -> int | None:
        """Return a submitted task's place in the line: 1 while it runs; None if it is not in it."""
        with self._jobs_changed:
            line = [job.future for job in self._jobs if not job.future.cancelled()]
            if self._running is not None and not self._running.done():
                line.insert(0, self._running)
        return line.index(future) + 1 if future in line else None

    def status(self) -> Status:
        """Return how the worker is now."""
        return self._status

    def stop(self) -> None:
        """End the process for good; what is queued or running fails with "stopped"."""
        with suppress(InvalidStateError):  # stopped before
            self._stopped.set_result(None)
        if self._thread is not None:
            self._thread.join()
        self._refuse_queued(_STOPPED)
        atexit.unregister(self.stop)

    def _serve(self, delay: float) -> None:
        """The thread's life: bring the process up, pass it one job at a time, replace it when it is lost."""
        wait([self._stopped], timeout=delay)
        attempts = 0
        while not self._stopped.done():
            failure = self._bring_up()
            if failure is None:
                attempts = 0
                failure = self._pass_jobs()
                if failure is not None:
                    self._status = Status("restarting", self._status.versions, failure.reason, failure.detail)
            else:
                attempts += 1
                self._status = Status("unavailable", None, failure.reason, failure.detail)
                lasting = failure.reason == "not_installed"
                self._wait_refusing(failure, RETRY_SECONDS if lasting else min(2.0**attempts, RETRY_SECONDS))
            self._drop_pool()
        self._status = Status("unavailable", None, _STOPPED.reason, _STOPPED.detail)

    def _bring_up(self) -> WorkerFailed | None:
        """Open a fresh pool and warm it up; return what went wrong, if anything."""
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPool(max_workers=1, initializer=start_up, context=context)
        try:
            versions = self._run(warm_up, (), START_SECONDS)
        except WorkerFailed as failure:
            return failure
        self._status = Status("ready", versions)
        return None

    def _pass_jobs(self) -> WorkerFailed | None:
        """Run queued jobs until the process is lost, and return how it was; None once it has done its share."""
        done = 1  # the warm-up
        while done < TASKS_A_PROCESS and not self._stopped.done():
            job = self._next_job()
            if job is None:
                if self._pool is None or not self._pool.active:
                    return WorkerFailed("killed", "the idle worker process ended")
                continue
            done += 1
            try:
                result = self._run(job.function, job.args, job.timeout)
            except WorkerFailed as failure:
                job.future.set_exception(failure)
                if failure.reason in TROUBLES:
                    return failure
            else:
                job.future.set_result(result)
        return None

    def _next_job(self) -> _Job | None:
        """Take the next job that nobody has cancelled; None if none comes for a moment."""
        with self._jobs_changed:
            self._running = None
            self._jobs_changed.wait_for(lambda: self._jobs, LOOK_SECONDS)
            while self._jobs:
                job = self._jobs.popleft()
                if job.future.set_running_or_notify_cancel():
                    self._running = job.future
                    return job
        return None

    def _run(self, function: Callable[..., T], args: tuple[Any, ...], timeout: float) -> T:
        """Run one task in the pool and wait for it; WorkerFailed whatever goes wrong."""
        assert self._pool is not None
        try:
            task = self._pool.schedule(run_task, (function, *args), timeout=timeout)
        except RuntimeError as error:  # the pool found its process dead
            raise WorkerFailed("killed", str(error)) from None
        # pebble counts a task's time from when the process takes it up; that it does so is watched here.
        limit = timeout + ANSWER_SECONDS
        wait([task, self._stopped], timeout=limit, return_when=FIRST_COMPLETED)
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
            raise WorkerFailed("error", f"{type(error).__name__}: {error}") from None

    def _drop_pool(self) -> None:
        """Kill the process and end the pool's threads; one that a half-sent message blocks is left behind."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            closing = threading.Thread(target=self._pool.join, daemon=True)
            closing.start()
            closing.join(CLOSE_SECONDS)
            self._pool = None

    def _wait_refusing(self, failure: WorkerFailed, seconds: float) -> None:
        """Let time pass before the next attempt; jobs that come meanwhile fail at once."""
        until = time.monotonic() + seconds
        while not self._stopped.done() and time.monotonic() < until:
            self._refuse_queued(failure)
            wait([self._stopped], timeout=LOOK_SECONDS)

    def _refuse_queued(self, failure: WorkerFailed) -> None:
        with self._jobs_changed:
            refused = list(self._jobs)
            self._jobs.clear()
        for job in refused:
            if job.future.set_running_or_notify_cancel():
                job.future.set_exception(failure)


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
