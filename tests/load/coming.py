"""A class that comes and goes: all open the page at once, and all leave, again and again."""

from __future__ import annotations

import asyncio
import os

from websockets.exceptions import WebSocketException

from tests.load.learner import Learner

FEW_FILES = ("sh", "-c", 'ulimit -n 256 && exec "$@"', "few-files")
"""What to run a server by that may have 256 files open and no more, as macOS gives a terminal."""


async def come_and_go(url: str, learners: int, rounds: int) -> list[str]:
    """Let so many learners open the page at once and leave, so many times; return what went wrong, one line each."""

    async def visit(number: int) -> str | None:
        try:
            async with Learner(url) as learner:
                await learner.open()
                return "\n".join(learner.exceptions()) or None
        except (OSError, TimeoutError, WebSocketException) as error:
            return f"learner {number}: {error!r}"

    errors: list[str] = []
    for _ in range(rounds):
        went = await asyncio.gather(*(visit(number) for number in range(learners)))
        errors += [error for error in went if error]
    return errors


def open_files(process: int) -> int:
    """Return how many files and connections a process has open."""
    return len(os.listdir(f"/proc/{process}/fd"))
