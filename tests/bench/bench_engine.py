"""Speed and memory of the NumPy engine beside Keras: `python -m tests.bench.bench_engine`.

NumPy runs on one BLAS thread, TensorFlow on its default threads. The contenders take turns within one run,
and every figure is a median over the turns. In its turn a contender is called twice and the second call
counts, so that all are measured warm; the lines "straight after the other" time the first call instead.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is imported, as the next one is
os.environ.pop("OPENBLAS_CORETYPE", None)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_info

from lstm_core.engine import QUANTITIES, Trace, run_lstm
from lstm_core.weights import Weights, initial_weights


class Size(NamedTuple):
    batch: int
    steps: int
    features: int
    units: int

    def __str__(self) -> str:
        return f"B={self.batch} T={self.steps} F={self.features} U={self.units}"


SMALL = Size(batch=1, steps=10, features=4, units=8)
LARGE = Size(batch=32, steps=100, features=32, units=128)


class Figure(NamedTuple):
    """One line of the table; a `target` of None means that the line is for information."""

    what: str
    detail: str
    value: float
    target: float | None
    at_most: bool = False
    unit: str = "x"

    @property
    def reached(self) -> bool | None:
        if self.target is None:
            return None
        return self.value <= self.target if self.at_most else self.value >= self.target


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


def experiment(size: Size) -> tuple[np.ndarray, Weights]:
    x = np.random.default_rng(0).standard_normal((size.batch, size.steps, size.features)).astype(np.float32)
    return x, initial_weights(features=size.features, units=size.units, seed=0)


def keras_contenders(x: np.ndarray, weights: Weights) -> dict[str, Callable[[], object]]:
    """The same layer, sequence and states returned, under a tf.function and in a model; both called once."""
    import keras
    import tensorflow as tf

    layer = keras.layers.LSTM(weights.units, return_sequences=True, return_state=True)
    inputs = keras.Input(x.shape[1:])
    model = keras.Model(inputs, layer(inputs))
    layer.set_weights([weights.kernel, weights.recurrent_kernel, weights.bias])
    function = tf.function(lambda tensor: layer(tensor))
    tensor = tf.constant(x)
    sequence, _, state_c = (np.asarray(output) for output in function(tensor))
    trace = run_lstm(x, weights)
    np.testing.assert_allclose(trace.h.transpose(1, 0, 2), sequence, rtol=0, atol=1e-6)
    np.testing.assert_allclose(trace.c[-1], state_c, rtol=1e-6, atol=1e-6)
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
        return run_lstm(x, weights)

    function = {"trace": trace, "tf.function": keras["tf.function"]}
    predict = {"trace": trace, "predict": keras["predict"]}
    warm, cold = medians(function, rounds), medians(function, rounds, warm=False)
    warm_predict, cold_predict = (medians(predict, rounds // 10, warm=warm) for warm in (True, False))
    return [
        _ratio("faster than warm tf.function", SMALL, warm, "tf.function", 6),
        _ratio("  straight after the other", SMALL, cold, "tf.function", None),
        _ratio("faster than warm model.predict", SMALL, warm_predict, "predict", 500),
        _ratio("  straight after the other", SMALL, cold_predict, "predict", None),
    ]


def large_figures(rounds: int = 60) -> list[Figure]:
    x, weights = experiment(LARGE)
    function = keras_contenders(x, weights)["tf.function"]
    contenders = {"trace": lambda: run_lstm(x, weights), "tf.function": function}
    contenders |= product_contenders(x, weights)
    seconds = medians(contenders, rounds)
    quickest = min(seconds["products apart"], seconds["products together"])
    return [
        _ratio("faster than warm tf.function", LARGE, seconds, "tf.function", 1),
        Figure(
            "speed of its matrix products alone",
            f"{LARGE}: {quickest * 1e3:.2f} ms of {seconds['trace'] * 1e3:.2f} ms",
            100 * quickest / seconds["trace"],
            55,
            unit=" %",
        ),
    ]


def memory_figure() -> Figure:
    """Peak of one call over the arrays that make the trace."""
    x, weights = experiment(LARGE)
    run_lstm(x, weights)
    tracemalloc.start()
    trace = run_lstm(x, weights)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    own = sum(getattr(trace, name).nbytes for name in (*QUANTITIES, "inputs", "h0", "c0", "time_index"))
    return Figure("peak memory over the trace's arrays", f"{LARGE}: {peak / 1e6:.2f} MB", peak / own, 1.1, at_most=True)


def _ratio(what: str, size: Size, seconds: Mapping[str, float], other: str, target: float | None) -> Figure:
    detail = f"{size}: {seconds['trace'] * 1e6:.0f} us against {seconds[other] * 1e6:.0f} us"
    return Figure(what, detail, seconds[other] / seconds["trace"], target)


def machine() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    blas = threadpool_info()[0]
    return (
        f"{names[0] if names else platform.processor()}, {os.cpu_count()} cores; NumPy {np.__version__} with "
        f"{blas['internal_api']} {blas['version']}, BLAS threads: {blas['num_threads']}"
    )


def main() -> int:
    """Print the table, and return the exit code: 0 if every target is reached."""
    print(machine())
    figures = [*small_figures(), *large_figures(), memory_figure()]
    print(f"{'figure':36} {'measured':>10} {'target':>10}  reached")
    for figure in figures:
        bound = "<=" if figure.at_most else ">="
        target = "" if figure.target is None else f"{bound} {figure.target:g}{figure.unit}"
        reached = {True: "yes", False: "NO", None: ""}[figure.reached]
        print(f"{figure.what:36} {figure.value:>8.2f}{figure.unit:2} {target:>10}  {reached:8} {figure.detail}")
    return 0 if all(figure.reached is not False for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
