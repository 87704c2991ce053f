"""Training without Keras: derivatives against differences, what is refused, and examples trained again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lstm_core.examples import UNTRAINED_EXAMPLES
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.activations import ACTIVATIONS
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.ends import HEAD_ACTIVATIONS
from lstm_core.tasks.registry import TASKS
from lstm_core.tasks.trained import trained
from lstm_core.training.derivatives import DERIVATIVES
from lstm_core.training.head_loss import head_loss
from lstm_core.training.make_examples import TRAININGS, made, training_of
from lstm_core.training.model_gradients import model_gradients
from lstm_core.training.optimizers import clipped
from lstm_core.training.trainer import Training, as_trained, call, train

KINKS = (-6.0, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0)


def test_every_activation_that_a_layer_can_have_has_its_derivative() -> None:
    assert set(DERIVATIVES) == set(ACTIVATIONS)
    assert set(HEAD_ACTIVATIONS) <= set(DERIVATIVES) | {"softmax"}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_derivative_is_the_slope_of_its_activation(name: str) -> None:
    z = np.linspace(-5.03, 5.03, 203)
    z = z[np.abs(z[:, None] - KINKS).min(axis=1) > 0.01]
    step = 1e-3
    activation = ACTIVATIONS[name]
    slope = (activation(z + step) - activation(z - step)) / (2 * step)  # float64: float32 would drown it in rounding
    given = z.astype(np.float32)
    found = DERIVATIVES[name](given, activation(given))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, slope, rtol=1e-4, atol=2e-4 if name == "gelu" else 2e-5)


BASE = UNTRAINED_EXAMPLES["switch"]
SWITCH = TASKS["switch"]


def layer(**own: object) -> dict[str, object]:
    return {"layers": (replace(BASE.layer, **own),)}


@pytest.mark.parametrize(
    ("experiment", "why"),
    [
        (BASE.changed(head="none"), "has no head"),
        (BASE.changed(training=True, **layer(dropout=0.2)), "draws dropout masks"),
        (BASE.changed(training=True, **layer(dropout_after=0.2)), "draws dropout masks"),
        (BASE.changed(**layer(stateful=True)), "is stateful"),
        (BASE.changed(initial_state=True), "is given an initial state"),
        (BASE.changed(mask="2"), "is given a mask"),
        (BASE.changed(head_units=2), "y has shape"),
    ],
)
def test_a_model_that_would_be_trained_otherwise_than_by_keras_is_refused(experiment: Experiment, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        next(train(experiment, SWITCH, Training()))


def test_an_unknown_loss_is_refused() -> None:
    with pytest.raises(ValueError, match="the loss is 'hinge'"):
        next(train(BASE, replace(SWITCH, loss="hinge"), Training()))  # type: ignore[arg-type]


def test_the_gradient_of_each_weight_is_the_slope_of_the_loss() -> None:
    model = as_trained(BASE.changed(layers=(LayerArguments(units=2),)), SWITCH)
    batch = SWITCH.draw(np.random.default_rng(0), 8)
    weights = model.model_weights()

    def loss_of(one: Experiment) -> float:
        return head_loss(
            SWITCH.loss, one.head_activation, one.model_weights(), call(one, one.model_weights(), batch).called, batch.y
        )[0]

    called = call(model, weights, batch).called
    _, d_sums = head_loss(SWITCH.loss, model.head_activation, weights, called, batch.y)
    found = model_gradients(model, weights, called, d_sums).weights
    assert list(found) == list(weights.tensors)
    for name, array in weights.tensors.items():
        for place in range(0, array.size, 5):
            row, column = divmod(place, array.shape[-1])
            value = float(array.ravel()[place])
            up, down = (
                loss_of(model.changed(edits=(Edit(name, row, column, value + step),))) for step in (0.01, -0.01)
            )
            assert found[name].ravel()[place] == pytest.approx((up - down) / 0.02, abs=2e-4), (name, row, column)


def test_clipping_shortens_all_gradients_alike() -> None:
    long = np.float32([30, 40])
    np.testing.assert_allclose(clipped(long, 5.0), [3, 4], rtol=1e-6)
    assert clipped(long, 50.5) is long


def test_training_again_gives_the_same_weights_to_the_bit() -> None:
    first, again = ([weights for _, weights in train(BASE, SWITCH, Training(steps=20))][-1] for _ in range(2))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(first.tensors.values(), again.tensors.values(), strict=True))


@pytest.mark.parametrize("name", TRAININGS)
def test_what_is_kept_of_an_example_says_how_it_is_trained(name: str) -> None:
    kept = trained(name)
    assert (kept.weights_seed, training_of(kept)) == TRAININGS[name]


@pytest.mark.parametrize(("name", "within"), [("switch", 0.005), ("counting", 0.005), ("passengers", 0.5)])
def test_training_an_example_again_learns_as_much(name: str, within: float) -> None:
    kept, again = trained(name), made(name)
    assert again.score == pytest.approx(kept.score, abs=within)
    assert again.baseline == kept.baseline
    assert again.loss == pytest.approx(kept.loss, abs=0.01)
    assert again.shapes == kept.shapes
