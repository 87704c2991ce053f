"""A page that waits for Keras is told when there is news, or after a moment; none once it shows something else."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Any

import pytest

from pages.ui import answers
from pages.ui.answers import OVER, Answers


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "LOOK_AGAIN", 0.2)


def test_the_answer_is_told_when_it_comes() -> None:
    question: Future[Any] = Future()
    waiting = Answers()
    ticket = waiting.expect([question], lambda: ({"done": question.done()}, ()))

    async def ask() -> answers.News:
        news = asyncio.create_task(waiting.news(ticket))
        await asyncio.sleep(0.01)
        assert not news.done()
        question.set_result(1)
        return await asyncio.wait_for(news, 0.15)

    assert asyncio.run(ask()) == {"done": True}


def test_without_an_answer_the_page_is_told_how_things_stand() -> None:
    first: Future[Any] = Future()
    second: Future[Any] = Future()
    waiting = Answers()
    ticket = waiting.expect([first], lambda: ({"place": 2}, (second,)))
    assert asyncio.run(waiting.news(ticket)) == {"place": 2}
    second.set_result(1)  # from now on this is what it waits for
    assert asyncio.run(asyncio.wait_for(waiting.news(ticket), 0.15)) == {"place": 2}


def test_a_page_that_shows_something_else_by_now_is_told_nothing() -> None:
    question: Future[Any] = Future()
    waiting = Answers()
    ticket = waiting.expect([question], lambda: ({"never": True}, ()))

    async def ask() -> answers.News:
        news = asyncio.create_task(waiting.news(ticket))
        await asyncio.sleep(0.01)
        waiting.forget(ticket)
        question.cancel()
        return await news

    assert asyncio.run(ask()) == OVER
    assert asyncio.run(waiting.news("unknown")) == OVER
