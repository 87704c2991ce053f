"""What crowds and large experiments leave of a server: `python -m tests.bench.bench_bounded`.

Where this machine lets us, the server has 1 GiB of memory and no more, as in compose.yaml.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lstm_core.code.parse import read_code
from lstm_core.experiment import Experiment
from lstm_core.refusal import Refusal
from tests.bench.bench_load import pinned_server, told
from tests.bench.table import Figure, at_least, at_most, print_table
from tests.browser.harness import Server, running_server
from tests.load.coming import FEW_FILES, come_and_go
from tests.load.crowd import Measured, crowd, resident_megabytes
from tests.load.crowding import (
    AS_DEPLOYED,
    DEAREST,
    TEN_LARGEST,
    descriptors,
    is_decided,
    keras_process,
    open_all,
    open_and_leave,
    seconds_to_come_back,
    seconds_until_nobody_waits,
    with_dropout,
    with_noise,
)
from tests.load.learner import Learner, Value
from tests.unit.bombs import BOMBS

CHANGES = 500
SECONDS = 20.0
PASTES_APART = 1.0
SEVERAL = "preset=noise&timesteps=200&batch=16&units=64"
"""The size that README speaks of."""
CONTROLS = ("w_return_sequences", "w_return_state", "w_go_backwards", "w_stateful", "w_data_seed")
LIMIT = 2**30
COLLECTED = 10.0
"""Seconds after which the server has collected what closed pages leave."""
CGROUPS = Path("/sys/fs/cgroup")


@contextmanager
def one_gibibyte() -> Iterator[Path | None]:
    """A group of processes that may hold 1 GiB together, if one can be made here (as root, by cgroups)."""
    first = (CGROUPS / "memory").is_dir()  # version 1 of cgroups
    group = (CGROUPS / "memory" if first else CGROUPS) / "lens-bench"
    try:
        group.mkdir()
        (group / ("memory.limit_in_bytes" if first else "memory.max")).write_text(str(LIMIT))
    except OSError:
        yield None
        return
    yield group
    group.rmdir()


def total_megabytes(server: Server) -> float:
    """Return the memory that the server and its Keras process hold."""
    return sum(map(resident_megabytes, (server.process.pid, keras_process(server))))


async def change(url: str, changes: int, settled: Server) -> tuple[float, float]:
    """Let one learner change flags and seeds; return the server's growth in MB, and the most that all of it held."""
    choose = random.Random(1)
    async with Learner(url, SEVERAL) as learner:
        await learner.open()
        await learner.until(lambda: is_decided(learner))
        before, most = resident_megabytes(settled.process.pid), total_megabytes(settled)
        now: dict[str, Value] = dict.fromkeys(CONTROLS, False) | {"w_data_seed": 0.0}
        for number in range(1, changes + 1):
            key = choose.choice(CONTROLS)
            now[key] = float(number) if key == "w_data_seed" else not now[key]
            token = learner.data("charts")["token"]
            await learner.change(key, now[key], lambda token=token: learner.data("charts")["token"] != token)
            if number % 5 == 0:
                await learner.until(lambda: is_decided(learner))
                most = max(most, total_megabytes(settled))
        assert learner.exceptions() == []
    return resident_megabytes(settled.process.pid) - before, most


def memory_figures() -> list[Figure]:
    """Measure what large experiments leave behind."""
    with one_gibibyte() as group, running_server(env=AS_DEPLOYED) as server:
        if group is not None:
            (group / "cgroup.procs").write_text(str(server.process.pid))
        asyncio.run(open_all(server.url, [SEVERAL], seconds=120))
        growth, most = asyncio.run(change(server.url, CHANGES, server))
        asyncio.run(open_all(server.url, ["calls=2"], seconds=120))  # it brings pandas in, 40 MB
        before = resident_megabytes(server.process.pid)
        asyncio.run(open_all(server.url, TEN_LARGEST, seconds=300, shown=is_decided))
        time.sleep(COLLECTED)
        left = resident_megabytes(server.process.pid) - before
        alive, limited = float(server.process.poll() is None), "in 1 GiB" if group else "no limit here"
    return [
        at_least(f"1 learner, 200 x 16 x 64, {CHANGES} changes: server alive", alive, 1, limited, unit=""),
        at_most("the same: the server's growth", growth, 60, f"with Keras at most {most:.0f} MB", unit=" MB"),
        at_most("10 of the largest links, open together: growth once they are closed", left, 60, unit=" MB"),
    ]


def crowd_figures() -> list[Figure]:
    """Measure how crowds are served that ask much of Keras."""
    with running_server(env=AS_DEPLOYED) as server:
        dropout = asyncio.run(open_all(server.url, with_dropout(150), seconds=120))
        noise = asyncio.run(open_all(server.url, with_noise(300), seconds=300))
        left = seconds_until_nobody_waits(server.url, 60)
        asyncio.run(open_and_leave(server.url, with_noise(1100)))
        empty = seconds_until_nobody_waits(server.url, 60)
    with running_server(env=AS_DEPLOYED) as server:
        asyncio.run(open_all(server.url, [""], seconds=120))
        worker, begin = keras_process(server), time.monotonic()
        for _ in range(3):
            asyncio.run(open_all(server.url, [*DEAREST, "units=3"], seconds=120, shown=is_decided))
        dearest, ended = time.monotonic() - begin, float(keras_process(server) != worker)
        back = seconds_to_come_back(server, without=6, most=60)
    return [
        at_least("150 learners with dropout while Keras starts: served", dropout.learners, 150, unit=""),
        at_most("the same: until the last was", dropout.seconds, 30, unit=" s"),
        at_least("300 pages of T=100 B=2 U=16: served", noise.learners, 300, f"{noise.seconds:.0f} s", unit=""),
        at_most("the same: until nobody waits once all have gone", left, 10, unit=" s"),
        at_most("1,100 pages opened and left: until nobody waits", empty, 10, unit=" s"),
        at_most("the largest links, three times: processes ended", ended, 0, f"{dearest:.0f} s", unit=""),
        at_most("no descriptors while Keras is replaced: back after", back, 10, unit=" s"),
    ]


def is_refused(source: str) -> bool:
    """Whether code that is pasted is refused."""
    try:
        read_code(source, Experiment())
    except Refusal:
        return True
    return False


async def paste_again_and_again(url: str, sources: Sequence[str]) -> None:
    """Paste one source after the other into the dialog, until cancelled; each is refused."""
    async with Learner(url) as learner:
        await learner.open()
        await learner.press("bring_open")
        await learner.change("bring_tabs", "Code")
        for source in itertools.cycle(sources):
            await learner.change("bring_code_text", source)
            await learner.press("bring_code_read")
            assert learner.data("bring_code_note"), source[:80]
            await asyncio.sleep(PASTES_APART)


async def beside_pastes(url: str, sources: Sequence[str]) -> tuple[Measured, Measured]:
    """Measure one learner's changes, alone and beside another who pastes."""
    alone = await crowd(url, 1, seconds=SECONDS, think=0.1)
    pasting = asyncio.create_task(paste_again_and_again(url, sources))
    beside = await crowd(url, 1, seconds=SECONDS, think=0.1)
    assert not pasting.done(), pasting
    pasting.cancel()
    return alone, beside


def paste_figures() -> list[Figure]:
    """Measure what a learner notices of another who pastes, again and again, what is dearest to read."""
    bombs = list(filter(is_refused, BOMBS.values()))  # what is read closes the dialog
    with pinned_server() as server:
        alone, beside = asyncio.run(beside_pastes(server.url, bombs))
    more = beside.milliseconds(95) - alone.milliseconds(95)
    detail = f"{len(bombs)} sources; {told(beside)}"
    return [at_most("a change beside another's pastes of up to 300 kB: p95, more", more, 20, detail, unit=" ms")]


def descriptor_figures() -> list[Figure]:
    """Measure a class that comes and goes where few files may be open."""
    with running_server(run_by=FEW_FILES) as server:
        errors = asyncio.run(come_and_go(server.url, 40, 500))
    print(*errors[:3], sep="\n", file=sys.stderr)
    return [at_most("256 files, 40 learners come and go 500 times: errors", len(errors), 0, unit="")]


def figures() -> list[Figure]:
    """Measure all of it."""
    gc.collect()
    with descriptors(8192):
        return [*crowd_figures(), *memory_figures(), *paste_figures(), *descriptor_figures()]


if __name__ == "__main__":
    sys.exit(print_table(figures()))
