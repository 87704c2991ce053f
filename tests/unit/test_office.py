"""Whatever is asked of other processes: the line is bounded, fair and swept, and nothing awaited is lost."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Hashable
from concurrent.futures import Future
from typing import Any

import numpy as np
import pytest

from lstm_core.keras_check import office as module
from lstm_core.keras_check.office import (
    FETCHED_SECONDS,
    KEPT_BYTES,
    MAX_OF_ONE,
    MAX_SECONDS,
    MAX_WAITING,
    PATIENCE,
    RETRY_SECONDS,
    TRIES,
    UNSEEN_SECONDS,
    WAITING_BYTES,
    Office,
)
from lstm_core.keras_check.questions import Question, WorkerFailed, weight


class Clock:
    """Time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def office(clock: Clock) -> Office:
    return Office()


def asked(key: Hashable, seconds: float = 0.1, size: int = 0) -> Question:
    return Question(key, abs, (-1,), seconds, timeout=1.0, size=size)


def order(office: Office) -> list[Hashable]:
    """The keys of all that wait, in the order in which they are taken; each is answered at once."""
    keys = []
    while (job := office.take(0)) is not None:
        keys.append(job.question.key)
        office.answer(job, None)
    return keys


def reason(future: Future[Any]) -> str:
    failure = future.exception(timeout=0)
    assert isinstance(failure, WorkerFailed)
    return failure.reason


def test_the_same_question_is_asked_once_and_its_answer_is_everybodys(office: Office) -> None:
    first = office.ask(asked("same"), "ann")
    assert office.ask(asked("same"), "bob") is first
    job = office.take(0)
    assert job is not None
    assert office.ask(asked("same"), "cleo") is first  # while it is at work
    office.answer(job, 7)
    assert office.ask(asked("same"), "dan").result(0) == 7
    assert office.waiting == 0


def test_cheap_questions_come_first_and_a_dear_one_is_not_put_off_for_ever(office: Office, clock: Clock) -> None:
    office.ask(asked("dear", 10.0))
    office.ask(asked("cheap", 0.1))
    assert order(office) == ["cheap", "dear"]
    office.ask(asked("old and dear", 10.0))
    clock.now += 10 * PATIENCE
    office.ask(asked("new and cheap", 0.1))
    assert order(office) == ["old and dear", "new and cheap"]


def test_a_session_with_many_questions_does_not_keep_another_waiting(office: Office) -> None:
    for number in range(10):
        office.ask(asked(("many", number)), "ann")
    office.ask(asked("one"), "bob")
    assert order(office).index("one") <= 1


def test_who_was_given_much_lately_lets_others_go_first_and_it_is_forgotten(office: Office, clock: Clock) -> None:
    office.ask(asked("much", 10.0), "ann")
    assert order(office) == ["much"]
    office.ask(asked("ann's"), "ann")
    clock.now += 1
    office.ask(asked("bob's"), "bob")
    assert order(office) == ["bob's", "ann's"]
    clock.now += 20 * module.HALF_LIFE
    office.ask(asked("ann's next"), "ann")
    clock.now += 1
    office.ask(asked("bob's next"), "bob")
    assert order(office) == ["ann's next", "bob's next"]


def test_the_place_in_the_line_is_that_of_the_order_of_service(office: Office) -> None:
    running = office.ask(asked("running"))
    job = office.take(0)
    dear, cheap, cheaper = (office.ask(asked(seconds, seconds)) for seconds in (5.0, 1.0, 0.5))
    assert [office.place(future) for future in (running, dear, cheap, cheaper)] == [1, 4, 3, 2]
    office.give_up(cheap, None)
    assert [office.place(future) for future in (dear, cheap, cheaper)] == [3, None, 2]
    assert job is not None
    office.answer(job, None)
    assert [office.place(future) for future in (running, dear, cheaper)] == [None, 2, 1]


def test_a_question_is_dropped_when_the_last_who_waits_gives_it_up_and_not_before(office: Office) -> None:
    shared = office.ask(asked("shared"), "ann")
    office.ask(asked("shared"), "bob")
    office.give_up(shared, "ann")
    assert office.place(shared) == 1
    office.give_up(shared, "bob")
    assert shared.cancelled()
    assert office.take(0) is None
    assert not office.ask(asked("shared"), "ann").cancelled()  # it can be asked again


def test_a_question_of_a_session_that_has_gone_is_dropped(office: Office, clock: Clock) -> None:
    gone, there = office.ask(asked("gone"), "ann"), office.ask(asked("there"), "bob")
    clock.now += UNSEEN_SECONDS - 1
    office.seen("bob")
    clock.now += 2
    office.sweep()
    assert gone.cancelled()
    assert not there.cancelled()
    assert office.waiting == 1


def test_a_question_at_work_is_left_to_run_and_a_second_one_of_its_kind_is_not_begun(
    office: Office, clock: Clock
) -> None:
    future = office.ask(asked("long"), "ann")
    job = office.take(0)
    clock.now += 2 * UNSEEN_SECONDS
    office.sweep()
    assert office.ask(asked("long"), "bob") is future
    assert job is not None
    office.answer(job, "done")
    assert future.result(0) == "done"


def test_a_thousand_pages_that_went_leave_an_empty_line(office: Office, clock: Clock) -> None:
    for number in range(1100):
        office.ask(asked(number), f"page {number}")
    assert office.waiting == MAX_WAITING
    clock.now += 10
    office.sweep()
    assert office.waiting == 0


def test_the_line_is_bounded_in_number_for_one_and_for_all_and_in_bytes(office: Office) -> None:
    of_one = [office.ask(asked(("ann", number)), "ann") for number in range(MAX_OF_ONE + 1)]
    assert not any(future.done() for future in of_one[:-1])
    assert reason(of_one[-1]) == "busy"
    heavy = office.ask(asked("heavy", size=WAITING_BYTES - 10), "bob")
    assert not heavy.done()
    assert reason(office.ask(asked("too heavy", size=11), "cleo")) == "busy"
    office.give_up(heavy, "bob")
    assert not office.ask(asked("too heavy", size=11), "cleo").done()  # there is room again
    for number in range(MAX_WAITING):
        last = office.ask(asked(number), number)
    assert reason(last) == "busy"
    assert office.waiting == MAX_WAITING


def test_what_is_too_dear_is_refused_before_it_stands_in_line(office: Office) -> None:
    assert reason(office.ask(asked("dear", MAX_SECONDS + 0.1), "ann")) == "too_large"
    assert office.waiting == 0


def test_a_question_that_costs_its_process_is_asked_again_after_a_moment_and_not_a_third_time(
    office: Office, clock: Clock
) -> None:
    for _ in range(TRIES):
        future = office.ask(asked("poison"), "ann")
        job = office.take(0)
        assert job is not None
        office.fail(job, WorkerFailed("killed", ""))
        assert office.ask(asked("poison"), "bob") is future  # not at once
        clock.now += RETRY_SECONDS + 0.1
    failure = office.ask(asked("poison"), "ann").exception(0)
    assert isinstance(failure, WorkerFailed)
    assert (failure.reason, failure.detail) == ("given_up", "killed")
    clock.now += 1e6
    assert reason(office.ask(asked("poison"), "cleo")) == "given_up"
    assert office.take(0) is None


def test_a_question_refused_because_no_process_is_there_does_not_count_against_it(office: Office, clock: Clock) -> None:
    for _ in range(3):
        future = office.ask(asked("innocent"), "ann")
        office.refuse_all(WorkerFailed("killed", "at start"))
        assert reason(future) == "killed"
        clock.now += RETRY_SECONDS + 0.1
    office.ask(asked("innocent"), "ann")
    assert order(office) == ["innocent"]


def test_a_failure_that_lasts_is_not_asked_again(office: Office, clock: Clock) -> None:
    office.ask(asked("wrong"), "ann")
    job = office.take(0)
    assert job is not None
    office.fail(job, WorkerFailed("error", "ValueError"))
    clock.now += 10 * RETRY_SECONDS
    assert reason(office.ask(asked("wrong"), "ann")) == "error"


def answer(office: Office, key: Hashable, owner: Hashable, megabytes: int) -> None:
    office.ask(asked(key), owner)
    job = office.take(0)
    assert job is not None
    office.answer(job, np.zeros(megabytes * 2**20, np.uint8))


def test_answers_are_kept_by_bytes_those_longest_not_asked_for_go_first(office: Office, clock: Clock) -> None:
    for number in range(20):
        answer(office, number, "ann", 10)
        office.ask(asked(number), "ann").result(0)  # fetched
        clock.now += 1
    assert office.kept_bytes <= KEPT_BYTES
    assert office.ask(asked(19), "bob").done()
    assert not office.ask(asked(0), "bob").done()


def test_an_answer_that_is_awaited_is_not_evicted_until_it_is_fetched_or_its_owner_gone(
    office: Office, clock: Clock
) -> None:
    for number in range(20):
        answer(office, number, f"page {number}", 10)
    assert all(office.ask(asked(number), f"page {number}").done() for number in range(20))
    office.sweep()
    assert office.kept_bytes <= KEPT_BYTES
    for number in range(20, 40):
        answer(office, number, f"page {number}", 10)
    clock.now += UNSEEN_SECONDS + 0.1
    office.sweep()
    assert office.kept_bytes <= KEPT_BYTES
    for number in range(40, 60):
        answer(office, number, "ann", 10)
    clock.now += FETCHED_SECONDS + 0.1
    office.seen("ann")  # there still, and shows something else by now
    office.sweep()
    assert office.kept_bytes <= KEPT_BYTES


def test_who_asks_and_who_answers_at_once_lose_nothing() -> None:
    office, told = Office(), []
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            if (job := office.take(0.01)) is not None:
                office.answer(job, job.question.key)

    def learn(name: int) -> None:
        for number in range(50):
            key = (name % 3, number)  # others ask the same
            told.append(office.ask(asked(key, 0.0), name).result(20) == key)

    threads = [threading.Thread(target=learn, args=(name,)) for name in range(12)]
    serving = threading.Thread(target=serve)
    for thread in (serving, *threads):
        thread.start()
    for thread in threads:
        thread.join(30)
    stop.set()
    serving.join(30)
    assert told == [True] * 600
    assert office.waiting == 0


def test_the_bytes_of_an_answer_that_came_from_another_process_are_counted() -> None:
    arrived = pickle.loads(pickle.dumps({"h": (np.zeros((100, 50), np.float32), "text")}))
    assert 20_000 < weight(arrived) < 21_000
