"""TensorFlow lives in one process of its own, and the app outlives whatever happens to it."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import numpy as np
import pytest

from lstm_core.keras_check import office, tasks, worker
from lstm_core.keras_check.messages import LayerCall
from lstm_core.keras_check.questions import WorkerFailed
from lstm_core.keras_check.worker import KerasWorker
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.initializers import initial_weights

PATIENCE = 90.0  # seconds to wait for what takes a few on an idle machine


@pytest.fixture(scope="module")
def shared() -> Iterator[KerasWorker]:
    """Give a worker that is left ready for the next test."""
    keras = KerasWorker()
    keras.start()
    yield keras
    keras.stop()


@pytest.fixture
def ready(shared: KerasWorker) -> KerasWorker:
    wait_for_state(shared, "ready")
    return shared


def wait_for_state(keras: KerasWorker, state: str) -> None:
    wait_until(lambda: keras.status().state == state)


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"


def failure(future: Future) -> WorkerFailed:
    with pytest.raises(WorkerFailed) as raised:
        future.result(PATIENCE)
    return raised.value


def test_who_asks_a_worker_that_was_stopped_is_told_so_at_once():
    keras = KerasWorker()
    waiting = keras.submit(os.getpid)
    keras.stop()
    assert failure(waiting).reason == failure(keras.submit(os.getpid)).reason == "stopped"


def test_keras_runs_in_another_process_and_tensorflow_is_never_imported_here():
    script = """
        import os, sys
        from lstm_core.keras_check import tasks
        from lstm_core.keras_check.worker import KerasWorker

        keras = KerasWorker()
        keras.start()
        assert keras.submit(os.getpid).result() != os.getpid()
        good = "import keras; output = keras.ops.ones((2, 1))"
        run = keras.submit(tasks.run_script, good).result()
        bad = "import tensorflow; tensorflow.reshape([1, 2], (3,))"
        error = keras.submit(tasks.run_script, bad).exception()
        assert error.reason == "error" and "InvalidArgumentError" in error.detail, error
        keras.stop()
        print(run.values["output"].tolist(), {"tensorflow", "keras", "streamlit"} & set(sys.modules))
    """
    printed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=PATIENCE
    )
    assert printed.stdout == "[[1.0], [1.0]] set()\n", printed.stderr


def test_starting_does_not_wait_and_the_versions_come_with_ready():
    keras = KerasWorker()
    try:
        before = time.monotonic()
        keras.start()
        assert time.monotonic() - before < 0.5
        assert keras.status().state == "starting"
        wait_for_state(keras, "ready")
        assert keras.status().versions.keras.startswith("3.")
        assert keras.status().reason is None
    finally:
        keras.stop()
    assert (keras.status().state, keras.status().reason) == ("unavailable", "stopped")
    assert failure(keras.submit(os.getpid)).reason == "stopped"


def test_a_worker_killed_at_work_fails_its_task_and_is_soon_ready_again(ready):
    pid = ready.submit(os.getpid).result(PATIENCE)
    running, queued = ready.submit(time.sleep, 60), ready.submit(os.getpid)
    wait_until(running.running)
    os.kill(pid, signal.SIGKILL)
    assert failure(running).reason == "killed"
    assert ready.status().state in ("restarting", "ready")
    assert queued.result(PATIENCE) != pid
    assert ready.status().state == "ready"


def test_a_worker_killed_while_idle_is_replaced_without_being_asked(ready):
    pid = ready.submit(os.getpid).result(PATIENCE)
    os.kill(pid, signal.SIGKILL)
    wait_for_state(ready, "restarting")
    assert ready.status().reason == "killed"
    wait_for_state(ready, "ready")
    assert ready.submit(os.getpid).result(PATIENCE) != pid


def test_a_hanging_task_ends_by_its_time_out_and_the_next_one_works(ready):
    pid = ready.submit(os.getpid).result(PATIENCE)
    hanging = failure(ready.submit(time.sleep, 600, timeout=0.3))
    assert (hanging.reason, hanging.detail) == ("timeout", "the task took longer than 0.3 s")
    assert ready.submit(os.getpid).result(PATIENCE) != pid
    assert not is_running(pid)


def test_a_process_without_memory_is_replaced(ready):
    pid = ready.submit(os.getpid).result(PATIENCE)
    assert failure(ready.submit(bytearray, 2**60)).reason == "memory"
    assert ready.submit(os.getpid).result(PATIENCE) != pid


def test_a_failing_task_says_why_and_the_process_lives_on(ready):
    pid = ready.submit(os.getpid).result(PATIENCE)
    wrong = failure(ready.submit(tasks.run_script, "import keras\nkeras.layers.LSTM(0)"))
    assert wrong.reason == "error"
    assert wrong.detail.startswith("ValueError: Received an invalid value for argument `units`")
    assert failure(ready.submit(lambda: None)).reason == "error"  # does not pickle
    assert ready.submit(os.getpid).result(PATIENCE) == pid


def test_a_superseded_task_is_skipped_and_a_running_one_is_left_to_run(ready):
    pid = ready.submit(os.getpid).result(PATIENCE)
    running, superseded = ready.submit(time.sleep, 0.3), ready.submit(time.sleep, 600)
    wait_until(running.running)
    assert superseded.cancel()
    assert not running.cancel()
    assert running.result(PATIENCE) is None
    assert ready.submit(os.getpid).result(PATIENCE) == pid


def test_many_sessions_ask_at_once_and_each_gets_its_own_answer(ready):
    answers: dict[int, list[int]] = {}

    def ask(session: int) -> None:
        answers[session] = [ready.submit(abs, -session - n).result(PATIENCE) for n in range(20)]

    sessions = [threading.Thread(target=ask, args=(number * 100,)) for number in range(8)]
    for thread in sessions:
        thread.start()
    for thread in sessions:
        thread.join(PATIENCE)
    assert answers == {number * 100: [number * 100 + n for n in range(20)] for number in range(8)}


def test_a_used_process_is_replaced_by_a_warm_one(monkeypatch):
    monkeypatch.setattr(worker, "TASKS_A_PROCESS", 3)  # the warm-up is the first
    keras = KerasWorker()
    keras.start()
    try:
        pids = [keras.submit(os.getpid).result(PATIENCE) for _ in range(4)]
        assert len(set(pids[:2])) == 1
        assert pids[2] != pids[0]
        loaded = keras.submit(tasks.run_script, "import sys\nprint('tensorflow' in sys.modules)")
        assert loaded.result(PATIENCE).printed == "True\n"
        assert keras.status().state == "ready"
    finally:
        keras.stop()


def refuse_processes(monkeypatch: pytest.MonkeyPatch, error: Exception) -> Callable[[], None]:
    """Let the machine give no process any more; return what makes it give them again."""

    def refuse(*_: object, **__: object) -> None:
        raise error

    pool = worker.ProcessPool
    monkeypatch.setattr(worker, "ProcessPool", refuse)
    return lambda: monkeypatch.setattr(worker, "ProcessPool", pool)


@pytest.mark.parametrize("error", [OSError(24, "Too many open files"), MemoryError(), RuntimeError("anything")])
def test_where_the_machine_gives_no_process_the_owner_lives_on_says_so_and_is_soon_back(monkeypatch, error):
    keras = KerasWorker()
    keras.start()
    try:
        pid = keras.submit(os.getpid).result(PATIENCE)
        give_again = refuse_processes(monkeypatch, error)
        os.kill(pid, signal.SIGKILL)
        wait_for_state(keras, "unavailable")
        assert keras.status().reason == "resources"
        assert type(error).__name__ in keras.status().detail
        asked_meanwhile = failure(keras.submit(os.getpid))
        assert asked_meanwhile.reason == "resources"
        assert keras.illness() is None
        monkeypatch.setattr(worker, "ILL_SECONDS", 0.0)
        assert type(error).__name__ in keras.illness()
        give_again()
        before = time.monotonic()
        wait_for_state(keras, "ready")
        assert time.monotonic() - before < worker.SOON_SECONDS + PATIENCE / 2
        assert keras.illness() is None
        assert keras.submit(os.getpid).result(PATIENCE) != pid
    finally:
        keras.stop()


def test_an_error_of_the_owners_own_fails_the_question_at_work_and_ends_nothing_else(monkeypatch, ready):
    weigh = office.weight
    monkeypatch.setattr(office, "weight", lambda answer: 1 // 0)
    assert failure(ready.submit(abs, -1)).reason == "resources"
    monkeypatch.setattr(office, "weight", weigh)
    wait_until(lambda: ready.submit(abs, -1).exception(PATIENCE) is None)
    assert ready.illness() is None


@pytest.mark.skipif(not os.path.exists("/proc"), reason="looks at processes through /proc")
def test_a_halted_process_ends_with_its_owner():
    keras = KerasWorker()
    keras.start()
    pid = keras.submit(os.getpid).result(PATIENCE)
    os.kill(pid, signal.SIGSTOP)
    keras.stop()
    wait_until(lambda: not is_running(pid))


def test_without_tensorflow_the_worker_is_unavailable_and_says_so(monkeypatch, tmp_path):
    # The worker process gets this process's sys.path, so there TensorFlow is as if not installed.
    (tmp_path / "tensorflow.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'tensorflow'\", name='tensorflow')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    keras = KerasWorker()
    keras.start()
    try:
        asked_early = failure(keras.submit(tasks.warm_up))
        assert (asked_early.reason, asked_early.detail) == ("not_installed", "No module named 'tensorflow'")
        status = keras.status()
        assert (status.state, status.reason, status.detail) == (
            "unavailable",
            "not_installed",
            "No module named 'tensorflow'",
        )
        before = time.monotonic()
        assert failure(keras.submit(os.getpid)).reason == "not_installed"
        assert time.monotonic() - before < 2.0  # no new attempt for each question
    finally:
        keras.stop()


def test_the_worker_process_is_polite_and_does_not_run_the_main_script(ready, tmp_path):
    assert ready.submit(os.nice, 0).result(PATIENCE) == min(os.nice(0) + 10, 19)
    script = tmp_path / "main_without_guard.py"
    script.write_text(
        "print('the main script runs', flush=True)\n"
        "from lstm_core.keras_check.tasks import run_script\n"
        "from lstm_core.keras_check.worker import KerasWorker\n"
        "keras = KerasWorker()\n"
        "keras.start()\n"
        "source = 'import sys; print(\"streamlit\" in sys.modules)'\n"
        "print(keras.submit(run_script, source).result().printed, end='')\n"
        "keras.stop()\n"
    )
    ran = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert (ran.stdout, ran.stderr) == ("the main script runs\nFalse\n", "")


@pytest.mark.skipif(not os.path.exists("/proc"), reason="looks at processes through /proc")
@pytest.mark.parametrize(("how", "busy"), [(signal.SIGTERM, True), (signal.SIGKILL, True), (signal.SIGINT, False)])
def test_the_worker_ends_with_its_parent(how, busy):
    script = """
        import os, signal, time
        from lstm_core.keras_check.worker import KerasWorker

        signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job inherits it ignored
        keras = KerasWorker()
        keras.start()
        print(keras.submit(os.getpid).result(), flush=True)
        if {busy}:
            running = keras.submit(time.sleep, 600)
        time.sleep(600)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script.format(busy=busy))],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        pid = int(parent.stdout.readline())
        time.sleep(0.5)  # let the busy one begin
        assert is_running(pid)
    finally:
        parent.send_signal(how)
        parent.stdout.close()
        parent.wait(PATIENCE)
    wait_until(lambda: not is_running(pid))


def test_the_largest_call_fits_into_its_time(ready):
    x = np.random.default_rng(0).normal(size=(32, 1000, 32)).astype(np.float32)
    call = LayerCall(x=x, weights=initial_weights(features=32, units=64), arguments=LayerArguments(units=64))
    (trace,) = ready.submit(tasks.trace_gates, call).result(PATIENCE)
    assert trace.quantities["h"].shape == (1000, 32, 64)
