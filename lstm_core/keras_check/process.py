"""The inner end of the worker: what a process does first, and how a task fails there."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from lstm_core.keras_check.tasks import warm_up

T = TypeVar("T")

NICENESS = 10
"""How far the worker steps back, so that it never slows the page."""

OUT_OF_MEMORY = ("MemoryError", "ResourceExhaustedError")
"""What Python and TensorFlow raise where no memory is left; by name, since TensorFlow may be what is missing."""


class TaskFailed(Exception):
    """A task that failed inside the worker: `reason` "not_installed", "memory" or "error", and what Python said."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def start_up() -> None:
    """Prepare a fresh worker process: polite, quiet, gone when its parent is gone, and warm.

    A failing warm-up is silent here; the first task meets the same failure and can report it.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # nothing to tidy up, and TensorFlow may be hanging
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(Exception), _silent_stderr():
        warm_up()
    gc.collect()
    gc.freeze()  # what TensorFlow loaded stays: later collections need not look at it


def run_task(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Call the function; any exception becomes a TaskFailed, which the app's process can unpickle.

    An exception of TensorFlow's own would import TensorFlow there.
    """
    try:
        return function(*args, **kwargs)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        reason = "not_installed" if missing in ("keras", "tensorflow") else "error"
        raise TaskFailed(reason, str(error)) from None
    except Exception as error:
        if type(error).__name__ in OUT_OF_MEMORY:
            raise TaskFailed("memory", str(error)) from None
        raise TaskFailed("error", f"{type(error).__name__}: {error}") from None
    finally:
        gc.collect()  # Keras's layers are cycles that hold a run's tensors


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Drop what TensorFlow's libraries write while they are loaded, before their log level counts."""
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _end_with_parent() -> None:
    """Wait for the app's process to end, however it ends, and end this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
