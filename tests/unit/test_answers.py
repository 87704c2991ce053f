"""A page that waits for Keras is told when there is news, or after a moment; none once it shows something else."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest

from pages.ui.keras import news
from pages.ui.keras.news import OVER, Answers


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "LOOK_AGAIN", 0.2)


def test_the_answer_is_told_when_it_comes() -> None:
    question: Future[Any] = Future()
    waiting = Answers()
    ticket = waiting.expect([question], lambda: ({"done": question.done(), "waits": False}, ()))

    async def ask() -> news.News:
        news = asyncio.create_task(waiting.news(ticket))
        await asyncio.sleep(0.01)
        assert not news.done()
        question.set_result(1)
        return await asyncio.wait_for(news, 0.15)

    assert asyncio.run(ask()) == {"done": True, "waits": False}
    assert len(waiting) == 0  # nothing is kept of it
    assert asyncio.run(waiting.news(ticket)) == OVER


def test_without_an_answer_the_page_is_told_how_things_stand() -> None:
    first: Future[Any] = Future()
    second: Future[Any] = Future()
    waiting = Answers()
    news = {"place": 2, "waits": True}
    ticket = waiting.expect([first], lambda: (news, (second,)))
    assert asyncio.run(waiting.news(ticket)) == news
    second.set_result(1)  # from now on this is what it waits for
    assert asyncio.run(asyncio.wait_for(waiting.news(ticket), 0.15)) == news


def test_a_page_that_shows_something_else_by_now_is_told_nothing() -> None:
    question: Future[Any] = Future()
    waiting = Answers()
    ticket = waiting.expect([question], lambda: ({"waits": True}, ()))

    async def ask() -> news.News:
        news = asyncio.create_task(waiting.news(ticket))
        await asyncio.sleep(0.01)
        waiting.forget(ticket)
        question.cancel()
        return await news

    assert asyncio.run(ask()) == OVER
    assert asyncio.run(waiting.news("unknown")) == OVER


def test_a_page_that_does_not_ask_for_long_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(news, "time", SimpleNamespace(monotonic=lambda: now[0]))
    waiting = Answers()
    gone, there = (waiting.expect([Future()], lambda: ({"waits": True}, ())) for _ in range(2))
    now[0] += news.UNSEEN_SECONDS - 1
    asyncio.run(waiting.news(there))
    now[0] += 2
    waiting.sweep()
    assert len(waiting) == 1
    assert asyncio.run(waiting.news(gone)) == OVER
    assert asyncio.run(waiting.news(there)) != OVER
