"""The pictures of the lesson on order, masks and state: rows of steps made of runs, as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lstm_core.figures.timeline import lane, step, timeline
from lstm_core.layers.trace import Trace
from lstm_core.layers.weights import Float32Array
from lstm_core.lessons.order import MISSING, Chunks, Padding
from lstm_core.run import Run
from lstm_core.text import Catalogue

Picture = dict[str, Any]


@dataclass(frozen=True)
class Named:
    """The words of the lesson, and what the time steps of its sequence are called: word and number of each."""

    words: Catalogue
    labels: Sequence[str]
    steps: Sequence[str]

    def __call__(self, label: str, **facts: object) -> str:
        """Return the text `labels.<label>`."""
        return self.words(f"labels.{label}", **facts)

    def begins(self, trace: Trace, row: int = 0) -> Picture:
        """Return what a row of a trace begins with."""
        return step(self("begins"), "", {"h": trace.start["h"][row], "c": trace.start["c"][row]})

    def read(self, trace: Trace, first: int = 0) -> list[Picture]:
        """Return the steps of a trace that reads from step `first`, from 0, on."""
        return [step(self.labels[first + k], self.steps[first + k], _states(trace, k, 0)) for k in range(trace.steps)]


def order_picture(run: Run, named: Named) -> Picture:
    """H in the order of time, the output in the order in which it comes, and which is which."""
    trace, in_time = run.trace, run.trace.in_time_order("h")[:, 0]
    inside = [step(named.labels[k], named.steps[k], {"h": h}) for k, h in enumerate(in_time)]
    returned = [step("", f"[{k}]", {"h": output}) for k, output in enumerate(trace.output[:, 0])]
    way: Literal["left", "right"] = "left" if run.experiment.layer.go_backwards else "right"
    rows = [
        lane(named("inside"), inside, note=named("inside_note"), runs=way),
        lane(named("output"), returned, note=named("output_note"), runs="not"),
    ]
    links = [(0, int(time), place) for place, time in enumerate(trace.time_index)]
    return timeline(rows, label=named("order_picture"), links=links)


def masks_picture(run: Run, padding: Padding, named: Named) -> Picture:
    """Return a padded batch: h of the whole sequence, h and c of the padded one, and the output of that."""
    trace = run.trace
    length = trace.steps
    gap = 0 if padding.side == "right" else MISSING

    def padded(k: int, states: dict[str, Float32Array]) -> Picture:
        if 0 <= k - gap < length - MISSING:
            return step(named.labels[k - gap], named.steps[k], states)
        if padding.masked:
            return step(named("padding"), named("masked"), states, kind="masked")
        return step(named("padding"), named.steps[k], states, kind="padding")

    whole = [step(named.labels[k], named.steps[k], {"h": trace["h"][k, 0]}) for k in range(length)]
    inside = [padded(k, _states(trace, k, 1)) for k in range(length)]
    output = [padded(k, {"h": trace.output[k, 1]}) | {"label": "", "place": f"[{k}]"} for k in range(length)]
    note = named("masked_note" if padding.masked else "unmasked_note")
    rows = [
        lane(named("first_sequence"), whole, note=named("first_note"), start=named.begins(trace)),
        lane(named("second_sequence"), inside, note=note, start=named.begins(trace, 1)),
        lane(named("output_two"), output, runs="not"),
    ]
    return timeline(rows, label=named("masks_picture"))


def calls_picture(runs: Sequence[Run], named: Named) -> Picture:
    """Return calls in a row, each with what it begins with; wires where it goes on from the call before."""
    starts = [run.calls[-1].start for run in runs]
    notes = {"zeros": named("zeros"), "reset": named("was_reset")}
    rows = [
        lane(
            named("call", call=call),
            named.read(run.trace),
            note=notes.get(start) or named("kept", call=call - 1),
            start=named.begins(run.trace),
        )
        for call, (run, start) in enumerate(zip(runs, starts, strict=True), start=1)
    ]
    carries = [(k - 1, k, {"c": "", "h": ""}) for k, start in enumerate(starts) if start == "kept"]
    return timeline(rows, label=named("calls_picture"), carries=carries)


def chunks_picture(chunks: Chunks, named: Named) -> Picture:
    """One call and two calls on the same steps."""
    cut = chunks.first.steps
    pieces = [(named("whole"), chunks.whole, 0)]
    pieces += [(named("piece", call=1), chunks.first, 0), (named("piece", call=2), chunks.second, cut)]
    rows = [
        lane(
            title,
            named.read(trace, first),
            note=named("steps", first=first + 1, last=first + trace.steps),
            start=named.begins(trace),
        )
        for title, trace, first in pieces
    ]
    return timeline(rows, label=named("chunks_picture"), carries=[(1, 2, {"c": "", "h": ""})])


def _states(trace: Trace, k: int, row: int) -> dict[str, Float32Array]:
    return {"h": trace["h"][k, row], "c": trace["c"][k, row]}
