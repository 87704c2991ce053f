"""Experiments for tests: a strategy that draws any of them, small enough to run."""

from collections.abc import Mapping, Sequence

import numpy as np
from hypothesis import strategies as st

from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS, Edit
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.bidirectional import directions
from lstm_core.layers.ends import HEAD_ACTIVATIONS
from lstm_core.layers.initializers import INITIALIZERS, with_arguments
from lstm_core.layers.packed import pack
from lstm_core.layers.trace import DropoutMasks, LayerMasks
from lstm_core.run import Run, run_experiment
from lstm_core.sequences.numbers import PRESETS
from lstm_core.tasks.registry import TASKS

_SMALL = {
    "timesteps": 9,
    "features": 4,
    "batch": 3,
    "units": 5,
    "calls": 3,
    "input_dim": 9,
    "output_dim": 4,
    "head_units": 3,
}
_SMALL_TASKS = ("counting", "switch", "reviews_en", "reviews_ko", "passengers")
_PLAIN = {"front": "none", "head": "none", "bidirectional": False, "dropout_after": 0.0, "cell": "LSTM"}
"""What makes a model of one plain LSTM of an experiment."""
MASKS = ("", "1", "6", "1-2", "3", "1-6", "1, 4", "2-5", "1-6; -", "6; 1", "-; 3", "1-3; 4-6", "-; 1-6")
"""Masked steps of two rows of six steps: none, some, all, at either end."""
_FINITE = st.floats(-9, 9, width=32)


def _value(name: str) -> st.SearchStrategy[object]:
    field = FIELDS[name]
    bounds = field.metadata
    if "parsed_by" in bounds:
        return st.sampled_from((*bounds["choices"], *(_with_numbers(name) for name in bounds["choices"])))
    if "choices" in bounds:
        return st.sampled_from(bounds["choices"])
    if isinstance(field.default, bool):
        return st.booleans()
    if isinstance(field.default, int):
        return st.integers(bounds["low"], _SMALL.get(name, bounds["high"]))
    if field.default is None:
        return st.none() | _within(bounds)
    return _within(bounds)


def _with_numbers(initializer: str) -> str:
    """Return an initializer with arguments that are not Keras's defaults, if it takes any."""
    arguments = tuple(range(1, 1 + len(INITIALIZERS[initializer].arguments)))
    return str(with_arguments(initializer, (0.25 * number for number in arguments)))


def _within(bounds: Mapping[str, float]) -> st.SearchStrategy[float]:
    return st.floats(bounds["low"], bounds["high"]).filter(lambda value: value == 0 or abs(value) > 1e-40)


CELL_NAMES = FIELDS["cell"].metadata["choices"]


@st.composite
def experiments(draw: st.DrawFn, cells: Sequence[str] = ("LSTM",)) -> Experiment:
    """Any experiment of one of these cells: every field drawn, then masks, resets and edits that fit it."""
    plain = [
        name
        for name, f in FIELDS.items()
        if name not in ("preset", "cell", "reset_after")
        and ("choices" in f.metadata or "low" in f.metadata or isinstance(f.default, bool))
    ]
    values = {name: draw(_value(name)) for name in plain} | _PLAIN
    if cells != ("LSTM",):
        values |= {"cell": draw(st.sampled_from(cells)), "reset_after": draw(st.booleans())}
    values["sentence"] = " ".join(
        draw(st.lists(st.sampled_from(["a", "cat", "책을", "<b>", "~x", "&"]), min_size=1, max_size=9))
    )
    values["preset"] = draw(st.sampled_from((*PRESETS, *_SMALL_TASKS)))
    if values["preset"] in TASKS:
        task = TASKS[values["preset"]]
        values["sentence"] = task.text(task.sample(np.random.default_rng(draw(st.integers(0, 99)))))
    steps = draw(st.lists(st.lists(_FINITE, min_size=2, max_size=2), min_size=1, max_size=9))
    values["typed"] = "; ".join(" ".join(map(repr, step)) for step in steps) + ";"
    experiment = Experiment(**values)
    timesteps = experiment.shape[1]
    masked = draw(st.lists(st.integers(1, timesteps), max_size=4, unique=True))
    resets = draw(st.lists(st.integers(2, experiment.calls), max_size=2, unique=True)) if experiment.calls > 1 else []
    edits = []
    for tensor in ("kernel", "recurrent_kernel", "bias", "h", "c"):
        shape = experiment.tensor_shape(tensor)
        if shape and draw(st.booleans()):
            place = draw(st.tuples(st.integers(0, shape[0] - 1), st.integers(0, shape[1] - 1)))
            edits.append(Edit(tensor, *place, draw(_FINITE)))
    if draw(st.booleans()):  # weights from a file, here those of another seed
        other = experiment.changed(weights_seed=draw(st.integers(0, 9)), bias_initializer="random_normal")
        experiment = experiment.changed(given_weights=pack(other.weights()))
    return experiment.changed(mask=", ".join(map(str, masked)), reset_before=tuple(resets), edits=tuple(edits))


@st.composite
def models(draw: st.DrawFn) -> Experiment:
    """Any model of one to four layers, each plain or Bidirectional, with what may stand around them."""
    number, head = draw(st.integers(1, 4)), draw(st.sampled_from(("none", "dense")))
    training = draw(st.booleans())
    layers = []
    for k in range(1, number + 1):
        is_last, bidirectional = k == number, draw(st.booleans())
        modes = ("concat", "sum", "ave", "mul", *(("None",) if is_last and head == "none" else ()))
        flags = {name: draw(st.booleans()) for name in ("return_state", "stateful", "use_bias", "zero_output_for_mask")}
        merge_mode, rate = draw(st.sampled_from(modes)), st.sampled_from((0.0, 0.5))
        layer = LayerArguments(
            **flags | {"stateful": flags["stateful"] and not (bidirectional and flags["return_state"])},
            return_sequences=not is_last or draw(st.booleans()),
            go_backwards=not bidirectional and draw(st.booleans()),
            cell=draw(st.sampled_from(CELL_NAMES)),
            reset_after=draw(st.booleans()),
            units=draw(st.integers(1, 3)),
            unroll=draw(st.booleans()),
            dropout=draw(rate) if training else 0.0,
            bidirectional=bidirectional,
            merge_mode=merge_mode,
            dropout_after=0.0 if merge_mode == "None" else draw(rate),
        )
        layers.append(layer)
    front, calls = draw(st.sampled_from(("none", "embedding", "masking"))), draw(st.integers(1, 2))
    steps = draw(st.lists(st.integers(0, 2), min_size=1, max_size=5))
    words = draw(st.booleans())
    model = Experiment(
        preset="words" if words else "typed",
        sentence=" ".join("abc"[step] for step in steps),
        typed="\n\n".join([" ".join(map(str, steps))] * draw(st.integers(1, 2))).replace(" ", "; ") + ";",
        batch=draw(st.integers(1, 2)),
        front=front,
        input_dim=4,
        output_dim=2,
        mask_zero=draw(st.booleans()),
        layers=tuple(layers),
        head=head,
        head_units=draw(st.integers(1, 3)),
        head_activation=draw(st.sampled_from(tuple(HEAD_ACTIVATIONS))),
        training=training,
        weights_seed=draw(st.integers(0, 9)),
        initial_state=draw(st.booleans()),
        initial_h=0.5,
        initial_c=-0.25,
        calls=calls,
        reset_before=(2,) if calls > 1 and draw(st.booleans()) else (),
    )
    masked = [draw(st.lists(st.integers(1, len(steps)), max_size=5, unique=True)) for _ in range(model.shape[0])]
    given = "; ".join(", ".join(map(str, row)) or "-" for row in masked) if draw(st.booleans()) else ""
    edits = []
    for tensor, (*_, columns) in (model.tensor_shapes | model.state_shapes).items():
        if draw(st.booleans()):
            edits.append(Edit(tensor, 0, draw(st.integers(0, columns - 1)), draw(_FINITE)))
    return model.changed(mask=given, edits=tuple(edits))


def run_any(experiment: Experiment) -> Run:
    """Run an experiment; where it draws dropout, with masks such as Keras draws."""
    if not experiment.draws_dropout:
        return run_experiment(experiment)
    draw = np.random.default_rng(experiment.seed)
    batch, timesteps, _ = experiment.shape

    def mask(rate: float, *shape: int) -> np.ndarray | None:
        return (draw.random(shape) >= rate).astype(np.float32) / np.float32(1 - rate) if rate else None

    def of_layer(layer: LayerArguments, given: int, handed_on: int) -> LayerMasks:
        own = tuple(
            DropoutMasks(
                mask(one.dropout, 1, batch, given),
                mask(one.recurrent_dropout, len(one.spec.gates), batch, one.units),
            )
            for one in directions(layer)
        )
        steps = (timesteps,) if layer.return_sequences else ()
        return LayerMasks(own, mask(layer.dropout_after, batch, *steps, handed_on))

    layers = list(zip(experiment.layers, experiment.widths, experiment.widths[1:], strict=False))
    return run_experiment(experiment, [tuple(of_layer(*one) for one in layers) for _ in range(experiment.calls)])


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays hold the same numbers; nan is nan."""
    return bool(np.array_equal(one, other, equal_nan=True))
