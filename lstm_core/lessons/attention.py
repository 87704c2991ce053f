"""Lesson 7, attention: what every h is for, and the last h and c handed to a second LSTM."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lstm_core.code.codegen import called
from lstm_core.code.statements import PRINT_OPTIONS, Say
from lstm_core.experiment import Experiment
from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.rnn import run_recurrent
from lstm_core.layers.spec import LSTM
from lstm_core.layers.trace import Trace
from lstm_core.layers.weights import Weights
from lstm_core.lessons.lesson import Question, Script
from lstm_core.run import Run

Array = NDArray[np.float32]

BASE = Experiment(
    units=2,
    features=2,
    kernel_initializer="he_uniform",
    weights_seed=35,
    data_seed=5,
    return_sequences=True,
    return_state=True,
)
"""Weights with which the h of the sentence differ well, and the last h is not the longest, in both languages."""

DECODER_STEPS = 3
DECODER_SEED = 100
"""How far the decoder's seed is from the encoder's."""
HANDED: dict[str, tuple[str, ...]] = {"both": LSTM.state_names, "h": ("h",), "nothing": ()}
"""What can be handed to the decoder: the states that each choice names."""
_MASKED = np.float32(1e9)


@dataclass(frozen=True, eq=False)
class Attention:
    """One query's attention over T values of U units, all float32, in the order in which the layer returns them."""

    query: Array  # (U,)
    values: Array  # (T, U)
    scores: Array  # (T,) after the scale, before softmax
    weights: Array  # (T,) their sum is 1
    context: Array  # (U,) the mean of the values by these weights

    @property
    def largest(self) -> int:
        """The place, from 0, of the largest weight; the first of equal ones."""
        return int(self.weights.argmax())


def attend(query: Array, values: Array, *, scale: float = 1.0, used: NDArray[np.bool_] | None = None) -> Attention:
    """Return dot-product attention of `query` (U,) over `values` (T, U); values that are not `used` (T,) get no weight.

    Source: keras/src/layers/attention/attention.py; `scale` is the number that `use_scale=True` learns.

    >>> found = attend(np.float32([1, 0]), np.float32([[0, 5], [0, 7]]))
    >>> found.weights.tolist(), found.context.tolist()  # both scores are 0: the plain mean
    ([0.5, 0.5], [0.0, 6.0])
    """
    with np.errstate(over="ignore", invalid="ignore"):  # unbounded activations may reach inf, as in Keras
        scores = (values @ query) * np.float32(scale)
        if used is not None:
            scores = np.where(used, scores, scores - _MASKED)
        powers = np.exp(scores - scores.max())
        weights = powers / powers.sum()
        return Attention(query, values, scores, weights, weights @ values)


def attention_over(run: Run, *, scale: float = 1.0, row: int = 0) -> Attention:
    """Return the attention of a run's last h over the h of all steps, for one batch row.

    A mask goes on to `keras.layers.Attention` in time order even where the output is in the order of processing.
    """
    trace = run.trace
    used = None if trace.mask is None else trace.mask[row]
    return attend(trace["h"][-1, row], trace.output[:, row], scale=scale, used=used)


def decoder_weights(experiment: Experiment) -> Weights:
    """Return the weights of the second LSTM: as many units and features, default initializers, seeds of its own."""
    _, _, features = experiment.shape
    return initial_weights(features=features, units=experiment.layer.units, seed=experiment.weights_seed + DECODER_SEED)


def decoder_trace(run: Run, handed: str) -> Trace:
    """Return what the decoder makes of zeros, begun with the run's last states, as far as `handed` (of `HANDED`)."""
    experiment = run.experiment
    batch, _, features = experiment.shape
    last = {"h": run.trace["h"][-1], "c": run.trace["c"][-1]}
    state = [last[name] if name in HANDED[handed] else np.zeros_like(last[name]) for name in LSTM.state_names]
    zeros = np.zeros((batch, DECODER_STEPS, features), np.float32)
    return run_recurrent(zeros, decoder_weights(experiment), initial_state=state)


def shape_question(experiment: Experiment) -> Question:
    """Ask: what is the shape of the context? One row for each query, as long as a value."""
    batch, timesteps, _ = experiment.shape
    facts = {"batch": batch, "timesteps": timesteps, "units": experiment.layer.units}
    return Question("shape", ("per_value", "per_query", "weights"), "per_query", facts)


def largest_question(run: Run) -> Question:
    """Which step gets the largest weight? Computed: it need not be the last, whose h is the query itself."""
    found = attention_over(run)
    last = len(found.weights) - 1
    answer = "last" if found.largest == last else "first" if found.largest == 0 else "between"
    facts = {
        "timesteps": last + 1,
        "own": found.scores[-1],
        "opening": found.scores[0],
        "most": found.scores[found.largest],
        "step": run.trace.time_index[found.largest] + 1,
    }
    return Question("largest", ("last", "first", "between"), answer, facts)


def handed_question(experiment: Experiment) -> Question:
    """How many tensors are an LSTM's whole state? Two, however long the sentence."""
    batch, timesteps, _ = experiment.shape
    facts = {"batch": batch, "timesteps": timesteps, "units": experiment.layer.units}
    return Question("handed", ("one", "two", "every"), "two", facts)


def questions(run: Run) -> tuple[Question, ...]:
    """Return all that this lesson asks."""
    return shape_question(run.experiment), largest_question(run), handed_question(run.experiment)


def attention_script(experiment: Experiment, say: Say, *, scale: float) -> Script:
    """Return the script that prints Keras's weights and context for the sentence on screen."""
    scaled = [f"attention.set_weights([np.array({scale:.1f})])  # {say('scale')}"] if scale != 1 else []
    lines = [
        called(_returning_all(experiment), say, seeded=True),
        f"query = state_h[:, None, :]  # {say('query')}",
        f"attention = keras.layers.Attention({'use_scale=True' if scaled else ''})",
        *(["attention.build([query.shape, output.shape])", *scaled] if scaled else []),
        "context, weights = attention([query, output], return_attention_scores=True)",
        "",
        PRINT_OPTIONS,
        "print(weights.shape, context.shape)",
        "print(weights.numpy())",
        "print(context.numpy())",
    ]
    return Script(
        "attention", "\n".join(lines) + "\n", about=("query = ", "keras.layers.Attention(", "attention([query")
    )


def handover_script(experiment: Experiment, say: Say) -> Script:
    """Return the script that hands the last h and c to a second LSTM, only h, and nothing."""
    batch, _, features = experiment.shape
    seed = experiment.weights_seed + DECODER_SEED
    lines = [
        called(_returning_all(experiment), say, seeded=True),
        f"# {say('decoder')}",
        "decoder = keras.layers.LSTM(",
        f"    {experiment.layer.units},",
        "    return_sequences=True,",
        f"    kernel_initializer=keras.initializers.GlorotUniform(seed={seed}),",
        f"    recurrent_initializer=keras.initializers.Orthogonal(seed={seed + 1}),",
        ")",
        f'zeros = np.zeros(({batch}, {DECODER_STEPS}, {features}), dtype="float32")',
        "",
        PRINT_OPTIONS,
        "print(decoder(zeros, initial_state=[state_h, state_c]).numpy())",
        f"print(decoder(zeros, initial_state=[state_h, 0 * state_c]).numpy())  # {say('forgotten')}",
        f"print(decoder(zeros).numpy())  # {say('nothing')}",
    ]
    return Script("handover", "\n".join(lines) + "\n", about=("decoder(zeros",))


def scripts(experiment: Experiment, say: Say, *, scale: float = 1.0) -> tuple[Script, ...]:
    """Return the code of this lesson: attention with the scores times `scale`, and encoder to decoder."""
    return attention_script(experiment, say, scale=scale), handover_script(experiment, say)


def _returning_all(experiment: Experiment) -> Experiment:
    return experiment.changed(return_sequences=True, return_state=True)
