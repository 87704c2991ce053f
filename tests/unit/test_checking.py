"""A question to Keras is asked once; one that failed is asked again, but not before a moment after its failure."""

from concurrent.futures import Future
from typing import Any

import pytest

from lstm_core.keras_values import Shown
from pages.ui import checking


class SlowWorker:
    """Takes questions and answers none."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        return Future()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(checking.time, "monotonic", lambda: now[0])
    return now


def test_a_question_that_takes_long_to_fail_keeps_its_failure_for_a_moment(clock: list[float]) -> None:
    checks = checking.Checks(SlowWorker())  # type: ignore[arg-type]
    first = checks.script("print(1)")
    clock[0] += 10 * checking.RETRY_AFTER
    first.set_exception(TimeoutError())
    assert checks.script("print(1)") is first
    clock[0] += checking.RETRY_AFTER + 0.1
    second = checks.script("print(1)")
    assert second is not first
    second.set_result(Shown("1\n", None))
    clock[0] += 10 * checking.RETRY_AFTER
    assert checks.script("print(1)") is second
