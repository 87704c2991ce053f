"""Models at random: 2 to 4 layers, or one with something around it, small enough that Keras answers at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_core.experiment import Experiment
from lstm_core.layers.activations import ACTIVATIONS
from lstm_core.layers.arguments import LayerArguments
from lstm_core.refusal import Refusal
from tests.parity.cases import BOUNDED, EXPLODES

CELLS: tuple[dict[str, Any], ...] = (
    {"cell": "LSTM"},
    {"cell": "GRU"},
    {"cell": "GRU", "reset_after": False},
    {"cell": "SimpleRNN"},
)
MERGE_MODES = ("concat", "sum", "ave", "mul", "None")
_TAME = sorted(set(BOUNDED) | {"tanh"})
_OTHERS = sorted(set(ACTIVATIONS) - {EXPLODES})


def random_model(seed: int, *, lowest: int = 2) -> Experiment:
    """Draw a model of `lowest` to 4 layers; every argument, front, head, mask, state and call has its share."""
    draw = np.random.default_rng(seed)
    while True:
        try:
            return _drawn(draw, lowest)
        except Refusal:  # what Keras refuses, as a Bidirectional that keeps and returns its states
            continue


def _drawn(draw: np.random.Generator, lowest: int) -> Experiment:
    def maybe(share: float) -> bool:
        return bool(draw.random() < share)

    def one_of(*values: Any) -> Any:
        return values[int(draw.integers(len(values)))]

    number = max(lowest, one_of(1, 2, 2, 2, 3, 3, 4))
    head = one_of("none", "none", "dense")
    training = maybe(0.4)

    def rate() -> float:
        return float(one_of(0.0, 0.2, 0.6)) if training else 0.0

    def layer(place: int) -> LayerArguments:
        is_last, bidirectional = place == number, maybe(0.4)
        free = maybe(0.15)  # activations without bounds
        return LayerArguments(
            **one_of(*CELLS),
            return_sequences=not is_last or maybe(0.5),
            return_state=maybe(0.3),
            go_backwards=not bidirectional and maybe(0.2),
            stateful=maybe(0.3),
            units=int(draw.integers(1, 5)),
            activation=one_of(*_OTHERS) if free else one_of("tanh", "tanh", *_TAME),
            recurrent_activation=one_of("sigmoid", *BOUNDED),
            use_bias=maybe(0.8),
            unroll=maybe(0.1),
            zero_output_for_mask=maybe(0.3),
            dropout=rate(),
            recurrent_dropout=rate(),
            seed=int(draw.integers(1_000)),
            bias_initializer="random_normal",
            bidirectional=bidirectional,
            merge_mode=one_of(*(MERGE_MODES if is_last and head == "none" else MERGE_MODES[:-1])),
            dropout_after=rate(),
        )

    front = one_of("none", "none", "embedding", "masking")
    calls = one_of(1, 1, 1, 2, 3)
    batch, timesteps = int(draw.integers(1, 4)), int(draw.integers(1, 5))
    preset = one_of("words", "typed") if front == "embedding" else one_of("noise", "typed")
    features = 1 if front == "embedding" and preset == "typed" else int(draw.integers(1, 4))
    whole = draw.integers(0, 4, (batch, timesteps, features))
    rows = ["; ".join(" ".join(map(str, step)) for step in row) + ";" for row in whole.tolist()]
    experiment = Experiment(
        preset=preset,
        typed="\n\n".join(rows),
        sentence=" ".join(one_of("the", "cat", "sat", "책을", "_") for _ in range(timesteps)),
        batch=batch,
        timesteps=timesteps,
        features=features,
        data_seed=int(draw.integers(1_000)),
        front=front,
        input_dim=8,
        output_dim=int(draw.integers(1, 4)),
        mask_zero=maybe(0.6),
        mask_value=float(one_of(0.0, 1.0)),
        layers=tuple(map(layer, range(1, number + 1))),
        head=head,
        head_units=int(draw.integers(2, 4)),  # of one number Keras warns that its softmax is 1
        head_activation=one_of("linear", "sigmoid", "tanh", "relu", "softmax"),
        training=training,
        weights_seed=int(draw.integers(1_000)),
        initial_state=maybe(0.25),
        initial_h=0.5,
        initial_c=-0.25,
        calls=calls,
        reset_before=(2,) if calls > 1 and maybe(0.3) else (),
    )
    if not maybe(0.3):
        return experiment
    batch, timesteps, _ = experiment.shape
    masked = [np.flatnonzero(draw.random(timesteps) < 0.4) + 1 for _ in range(batch)]
    return experiment.changed(mask="; ".join(", ".join(map(str, row)) or "-" for row in masked))
