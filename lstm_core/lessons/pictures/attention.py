"""The picture of attention over time, as plain data: h of every step, its score and weight, and the context."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from lstm_core.figures.theme import QUANTITY_COLOURS, colour_scale
from lstm_core.figures.timeline import lane, step, timeline
from lstm_core.layers.trace import Trace
from lstm_core.layers.weights import Float32Array
from lstm_core.lessons.attention import DECODER_STEPS, HANDED, Attention, decoder_trace
from lstm_core.run import Run
from lstm_core.text import Catalogue


def attention_picture(
    found: Attention, *, labels: Sequence[str], times: Iterable[int], scale: float, text: Mapping[str, str]
) -> dict[str, Any]:
    """Return the picture of one query's attention; `labels` name the steps, `times` number them, `text` has its words.

    >>> from lstm_core.lessons.attention import attend
    >>> found = attend(np.float32([1]), np.float32([[0.5], [0.25]]))
    >>> picture = attention_picture(found, labels=["a", "b"], times=[1, 2], scale=1.0, text={})
    >>> picture["values"], picture["scores"], picture["largest"]
    ([[0.5], [0.25]], [0.5, 0.25], 0)
    """
    shades = colour_scale("h", np.vstack([found.values, found.query[None]]))
    return {
        "labels": list(labels),
        "times": [int(time) for time in times],
        "query": found.query.tolist(),
        "values": found.values.tolist(),
        "scores": found.scores.tolist(),
        "weights": found.weights.tolist(),
        "context": found.context.tolist(),
        "largest": found.largest,
        "scale": scale,
        "colour": QUANTITY_COLOURS["h"],
        "shades": shades.drawn(),
        "text": dict(text),
    }


def handover_picture(
    run: Run, handed: str, words: Catalogue, *, labels: Sequence[str], steps: Sequence[str]
) -> dict[str, Any]:
    """Return the encoder above, the decoder below, and a wire for each state handed on (`handed` of `HANDED`)."""
    trace, decoder, sent = run.trace, decoder_trace(run, handed), HANDED[handed]
    batch, units = trace.start["h"].shape

    def states(trace: Trace, k: int) -> dict[str, Float32Array]:
        return {name: trace[name][k, 0] for name in trace.spec.state_names}

    def begun(trace: Trace, label: str) -> dict[str, Any]:
        return step(words(f"labels.{label}"), "", {name: state[0] for name, state in trace.start.items()})

    start, given = begun(trace, "begins"), begun(decoder, "given" if sent else "zeros")
    read = [step(labels[k], steps[k], states(trace, k)) for k in range(trace.steps)]
    written = [step("0", words("labels.step", step=k + 1), states(decoder, k)) for k in range(DECODER_STEPS)]
    rows = [
        lane(words("labels.encoder"), read, note=words("labels.encoder_note"), start=start),
        lane(words("labels.decoder"), written, note=words("labels.decoder_note", count=len(sent)), start=given),
    ]
    wires = {name: f"state_{name} ({batch}, {units})" for name in sent}
    return timeline(rows, label=words("labels.handover"), carries=[(0, 1, wires)])
