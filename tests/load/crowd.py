"""A class at work: learners who open the page and change one control after the other, and what each change took."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import ConnectionClosed

from tests.load.learner import Learner, Rerun, Value

APP_CORE, OTHER_CORE = 0, 1
"""The app's one process on one core; the learners, and the app's Keras process, on the other."""
OPENED_A_SECOND = 20
FLAGS = ("w_return_sequences", "w_return_state", "w_go_backwards", "w_stateful")


@dataclass
class Measured:
    """What a crowd met: every change in `reruns`; what went wrong, one line each."""

    reruns: list[Rerun] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    disconnects: int = 0
    seconds: float = 0.0

    @property
    def a_second(self) -> float:
        return len(self.reruns) / self.seconds

    def milliseconds(self, percent: int) -> float:
        """Return what so many percent of the changes stayed under."""
        return 1000 * statistics.quantiles([rerun.seconds for rerun in self.reruns], n=100)[percent - 1]

    def bytes_a_rerun(self) -> float:
        return statistics.mean(rerun.received for rerun in self.reruns)


class Playing:
    """A learner of the playground: flags most often, units and the forget gate's bias now and then."""

    def __init__(self, learner: Learner, seed: int) -> None:
        self._learner = learner
        self._random = random.Random(seed)

    async def open(self) -> None:
        await self._learner.open()
        await self._learner.change("group_weights", True)

    async def change(self) -> Rerun:
        key = self._random.choice(FLAGS * 2 + ("w_units", "w_forget_bias"))
        before, token = self._learner.value(key), self._learner.data("charts")["token"]
        if key in FLAGS:
            value: Value = not before
        elif key == "w_units":
            value = self._random.choice([units for units in (2, 3, 4, 5, 6) if units != before])
        else:
            value = self._random.choice([bias for bias in (-1.0, 0.0, 1.0, 2.0) if bias != before])
        return await self._learner.change(key, value, lambda: self._learner.data("charts")["token"] != token)


class PlainPlaying:
    """A learner of the plain app, which has the flags alone."""

    def __init__(self, learner: Learner, seed: int) -> None:
        self._learner = learner
        self._random = random.Random(seed)
        self._now = dict.fromkeys(("return_sequences", "return_state", "go_backwards", "unroll"), False)

    async def open(self) -> None:
        await self._learner.open()

    async def change(self) -> Rerun:
        key = self._random.choice(list(self._now))
        self._now[key] = not self._now[key]
        return await self._learner.change(key, self._now[key])


Way = Callable[[Learner, int], Playing | PlainPlaying]


async def crowd(url: str, learners: int, *, seconds: float, think: float, way: Way = Playing) -> Measured:
    """Let so many learners open the page one after the other; once all have, measure their changes for some seconds.

    Each thinks `think` seconds between two changes, on average and as it happens to be.
    """
    measured, opened = Measured(seconds=seconds), asyncio.Semaphore(0)
    begin = asyncio.Event()
    end = 0.0

    async def learn(number: int) -> None:
        pause = random.Random(-number)
        try:
            await asyncio.sleep(number / OPENED_A_SECOND)
            async with Learner(url) as learner:
                playing = way(learner, number)
                await playing.open()
                opened.release()
                await begin.wait()
                while True:
                    await asyncio.sleep(pause.expovariate(1 / think) if think else 0)
                    if asyncio.get_running_loop().time() > end:
                        break
                    measured.reruns.append(await playing.change())
                measured.errors += learner.exceptions()
        except (ConnectionClosed, ConnectionError) as lost:
            measured.disconnects += 1
            measured.errors.append(f"learner {number}: {lost!r}")
        except (TimeoutError, LookupError) as failure:
            measured.errors.append(f"learner {number}: {failure!r}; the page says {learner.exceptions()}")
        finally:
            opened.release()

    async with asyncio.timeout(seconds + learners / OPENED_A_SECOND + 120), asyncio.TaskGroup() as group:
        for number in range(1, learners + 1):
            group.create_task(learn(number))
        for _ in range(learners):
            await opened.acquire()
        end = asyncio.get_running_loop().time() + seconds
        begin.set()
    return measured


def pin(process: int, core: int) -> None:
    """Keep a process with all its threads on one core, and all that it starts from now on."""
    for thread in os.listdir(f"/proc/{process}/task"):
        os.sched_setaffinity(int(thread), {core})


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    threads = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]


def resident_megabytes(process: int) -> float:
    """Return the memory that a process holds."""
    with open(f"/proc/{process}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
