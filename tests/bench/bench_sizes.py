"""The largest experiments that can be asked for: what a change costs the server, and what it sends the browser.

`python -m tests.bench.bench_sizes`. A change is what a page run is, from the message to the end of the run. Its time is
what the server's process computes for it, so that other programs do not count: the median of several changes.
"""

import asyncio
import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import orjson

from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.share.link import encode
from tests.bench.table import Figure, at_most, print_table
from tests.browser.harness import Server, running_server
from tests.load.learner import Learner

MAX_MS, MAX_KB = 250.0, 500.0
CHANGES = 9
LAYER = LayerArguments(return_sequences=True)
WIDE = replace(LAYER, units=256)
BOTH_WAYS = replace(LAYER, units=32, bidirectional=True)
HEAD = {"head": "dense", "head_units": 256, "head_activation": "softmax"}


def noise(*layers: LayerArguments, timesteps: int, batch: int = 1, **more: object) -> Experiment:
    return Experiment(preset="noise", features=256, timesteps=timesteps, batch=batch, layers=layers, **more)


LARGEST = {
    "LSTM(256), T=1000 F=256": noise(WIDE, timesteps=1000),
    "GRU(256), T=1000 F=256": noise(replace(WIDE, cell="GRU"), timesteps=1000),
    "LSTM(256), T=36 B=32 F=256": noise(WIDE, timesteps=36, batch=32),
    "LSTM(64) as in version 1, T=1000": Experiment(preset="noise", timesteps=1000, features=3, units=64),
    "4 x LSTM(64) and Dense(256), T=1000 F=256": noise(*4 * (replace(LAYER, units=64),), timesteps=1000, **HEAD),
    "4 x Bidirectional(LSTM(32)) and Dense(256), T=1000": noise(*4 * (BOTH_WAYS,), timesteps=1000, **HEAD),
    "4 x Bidirectional(LSTM(256)) and Dense(256), T=146": noise(
        *4 * (replace(BOTH_WAYS, units=256),), timesteps=146, **HEAD
    ),
}
"""Time steps x batch rows x units of all layers as near to the bound as they come."""


class Change(NamedTuple):
    """What a change took of a core, and the bytes that the pictures got."""

    milliseconds: float
    kilobytes: float


def computed(process: int) -> float:
    """Return how many seconds a process has computed, in all of its threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


async def change(server: Server, experiment: Experiment) -> Change:
    """Change the sequence's seed several times."""
    async with Learner(server.url, urlencode(encode(experiment).parameters)) as learner:
        await learner.open()
        seconds = []
        for seed in range(1, CHANGES + 1):
            before = computed(server.process.pid)
            await learner.change("w_data_seed", seed, _is_another(learner, learner.data("charts")["token"]))
            seconds.append(computed(server.process.pid) - before)
        pictures = ["lens", "charts"] if experiment.is_plain else ["lens", "charts", "stack"]
        sent = sum(len(orjson.dumps(learner.data(key))) for key in pictures)
        return Change(1e3 * statistics.median(seconds), sent / 1e3)


def _is_another(learner: Learner, token: str) -> Callable[[], bool]:
    return lambda: learner.data("charts")["token"] != token


def figures() -> list[Figure]:
    """Measure all of them."""
    with running_server() as server:
        found = {name: asyncio.run(change(server, experiment)) for name, experiment in LARGEST.items()}
    for name, one in found.items():
        print(f"{name}: {one.milliseconds:.0f} ms, {one.kilobytes:.0f} kB", file=sys.stderr)
    slowest = max(found, key=lambda name: found[name].milliseconds)
    largest = max(found, key=lambda name: found[name].kilobytes)
    return [
        at_most(
            "largest experiments, what a change takes the server of one core",
            found[slowest].milliseconds,
            MAX_MS,
            slowest,
            unit=" ms",
        ),
        at_most("the same, data of all pictures", found[largest].kilobytes, MAX_KB, largest, unit=" kB"),
    ]


if __name__ == "__main__":
    sys.exit(print_table(figures()))
