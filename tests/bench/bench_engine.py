"""Speed and memory of the NumPy engine beside Keras: `python -m tests.bench.bench_engine`.

NumPy runs on one BLAS thread, TensorFlow on its default threads. The contenders take turns within one run,
and every figure is a median over the turns. In its turn a contender is called twice and the second call
counts, so that all are measured warm; the lines "straight after the other" time the first call instead.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is imported, as the next one is
os.environ.pop("OPENBLAS_CORETYPE", None)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from lstm_core.experiment import Experiment
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.initializers import initial_weights
from lstm_core.layers.rnn import run_recurrent
from lstm_core.layers.trace import Trace
from lstm_core.layers.weights import Weights
from lstm_core.run import run_experiment
from tests.bench.table import Figure, at_least, at_most, print_table


class Size(NamedTuple):
    batch: int
    steps: int
    features: int
    units: int

    def __str__(self) -> str:
        return f"B={self.batch} T={self.steps} F={self.features} U={self.units}"


SMALL = Size(batch=1, steps=10, features=4, units=8)
LARGE = Size(batch=32, steps=100, features=32, units=128)
LSTM = LayerArguments()
OTHER_CELLS = {
    "GRU": LayerArguments(cell="GRU"),
    "GRU(reset_after=False)": LayerArguments(cell="GRU", reset_after=False),
    "SimpleRNN": LayerArguments(cell="SimpleRNN"),
}


def medians(contenders: Mapping[str, Callable[[], object]], rounds: int, *, warm: bool = True) -> dict[str, float]:
    """Seconds per call of each contender; see the top of this file for how they take turns."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, call in contenders.items():
            if warm:
                call()
            start = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def experiment(size: Size, layer: LayerArguments = LSTM) -> tuple[np.ndarray, Weights]:
    x = np.random.default_rng(0).standard_normal((size.batch, size.steps, size.features)).astype(np.float32)
    return x, initial_weights(layer.spec, features=size.features, units=size.units, seed=0)


def keras_contenders(
    x: np.ndarray, weights: Weights, arguments: LayerArguments = LSTM
) -> dict[str, Callable[[], object]]:
    """The same layer, sequence and states returned, under a tf.function and in a model; both called once."""
    import keras
    import tensorflow as tf

    own = arguments.of("cell") | {"units": weights.units}
    layer = getattr(keras.layers, arguments.cell)(**own, return_sequences=True, return_state=True)
    inputs = keras.Input(x.shape[1:])
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights([weights.kernel, weights.recurrent_kernel, weights.bias])
    function = tf.function(lambda tensor: layer(tensor))
    tensor = tf.constant(x)
    sequence, *states = (np.asarray(output) for output in function(tensor))
    trace = run_recurrent(x, weights, arguments)
    np.testing.assert_allclose(trace["h"].transpose(1, 0, 2), sequence, rtol=0, atol=2e-6)
    for state, expected in zip(trace.end, states, strict=True):
        np.testing.assert_allclose(state, expected, rtol=1e-6, atol=2e-6)
    model.predict(x, verbose=0)
    return {
        "tf.function": lambda: function(tensor),
        "predict": lambda: model.predict(x, verbose=0),
    }


def product_contenders(x: np.ndarray, weights: Weights) -> dict[str, Callable[[], object]]:
    """The layer's matrix products and nothing else, into arrays made beforehand, grouped in two ways."""
    batch, steps, features = x.shape
    rows = features + 1 + weights.units
    rng = np.random.default_rng(1)
    x_rows = np.ascontiguousarray(x.transpose(1, 0, 2)).reshape(steps * batch, features)
    from_x = np.empty((steps * batch, 4 * weights.units), np.float32)
    h = rng.standard_normal((batch, weights.units)).astype(np.float32)
    from_h = np.empty((batch, 4 * weights.units), np.float32)
    stacked = rng.standard_normal((4 * weights.units, rows)).astype(np.float32)
    x_1_h = rng.standard_normal((rows, batch)).astype(np.float32)
    z = np.empty((steps, 4 * weights.units, batch), np.float32)

    def apart() -> None:
        """One input product up front, one recurrent product a step."""
        np.dot(x_rows, weights.kernel, from_x)
        for _ in range(steps):
            np.dot(h, weights.recurrent_kernel, from_h)

    def together() -> None:
        """One product a step of kernel, bias and recurrent kernel stacked: the engine's own."""
        for z_t in z:
            np.dot(stacked, x_1_h, z_t)

    return {"products apart": apart, "products together": together}


def small_figures(rounds: int = 300) -> list[Figure]:
    x, weights = experiment(SMALL)
    keras = keras_contenders(x, weights)

    def trace() -> Trace:
        return run_recurrent(x, weights)

    function = {"trace": trace, "tf.function": keras["tf.function"]}
    predict = {"trace": trace, "predict": keras["predict"]}
    warm, cold = medians(function, rounds), medians(function, rounds, warm=False)
    warm_predict, cold_predict = (medians(predict, rounds // 10, warm=warm) for warm in (True, False))
    return [
        _ratio(f"{SMALL}: full trace, faster than Keras's layer in a warm `tf.function`", warm, "tf.function", 6),
        _ratio("the same, straight after the other", cold, "tf.function", None),
        _ratio(f"{SMALL}: the same against a warm `model.predict`", warm_predict, "predict", 500),
        _ratio("the same, straight after the other", cold_predict, "predict", None),
    ]


def large_figures(rounds: int = 60) -> list[Figure]:
    x, weights = experiment(LARGE)
    function = keras_contenders(x, weights)["tf.function"]
    contenders = {"trace": lambda: run_recurrent(x, weights), "tf.function": function}
    contenders |= product_contenders(x, weights)
    seconds = medians(contenders, rounds)
    quickest = min(seconds["products apart"], seconds["products together"])
    return [
        _ratio(f"{LARGE}: full trace, faster than a warm `tf.function`", seconds, "tf.function", 1),
        at_least(
            "the same, share of the speed of its matrix products alone",
            100 * quickest / seconds["trace"],
            55,
            f"{quickest * 1e3:.2f} ms of {seconds['trace'] * 1e3:.2f} ms",
            unit=" %",
        ),
    ]


def cell_figures(size: Size, rounds: int, target: float) -> list[Figure]:
    """The other cells' full traces against their layers in a warm `tf.function`."""
    found = []
    for name, layer in OTHER_CELLS.items():
        x, weights = experiment(size, layer)
        function = keras_contenders(x, weights, layer)["tf.function"]
        contenders = {"trace": partial(run_recurrent, x, weights, layer), "tf.function": function}
        found.append(_ratio(f"{name}, {size}: the same", medians(contenders, rounds), "tf.function", target))
    return found


def model_figures(rounds: int = 100) -> list[Figure]:
    """A model of two LSTMs beside one of them, each given as many features as it has units; weights, data and all."""
    found = []
    for steps, units in ((10, 8), (100, 64)):
        one = LayerArguments(units=units, return_sequences=True)
        runs = {
            count: partial(
                run_experiment,
                Experiment(preset="noise", timesteps=steps, features=units, layers=(one,) * count),
            )
            for count in (1, 2)
        }
        seconds = medians({str(count): run for count, run in runs.items()}, rounds)
        detail = f"{seconds['2'] * 1e6:.0f} us against {seconds['1'] * 1e6:.0f} us"
        what = f"a model of two LSTM({units}), B=1 T={steps}: time of one"
        found.append(at_most(what, seconds["2"] / seconds["1"], 2.1, detail, unit="x"))
    return found


def memory_figure() -> Figure:
    """Peak of one call over the arrays that make the trace."""
    x, weights = experiment(LARGE)
    run_recurrent(x, weights)
    tracemalloc.start()
    trace = run_recurrent(x, weights)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    own = sum(array.nbytes for array in (*trace.quantities.values(), *trace.start.values()))
    own += trace.inputs.nbytes + trace.time_index.nbytes
    return at_most("memory over the trace's own arrays", peak / own, 1.1, f"{peak / 1e6:.2f} MB", unit="x")


def _ratio(what: str, seconds: Mapping[str, float], other: str, target: float | None) -> Figure:
    detail = f"{seconds['trace'] * 1e6:.0f} us against {seconds[other] * 1e6:.0f} us"
    return at_least(what, seconds[other] / seconds["trace"], target, detail)


def figures() -> list[Figure]:
    """Measure all lines."""
    return [
        *small_figures(),
        *large_figures(),
        *cell_figures(SMALL, rounds=300, target=5),
        *cell_figures(LARGE, rounds=30, target=1),
        *model_figures(),
        memory_figure(),
    ]


if __name__ == "__main__":
    sys.exit(print_table(figures()))
