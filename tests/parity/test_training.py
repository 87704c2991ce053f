"""Training against real Keras: gradients of every weight and of x by its own tape, and the loss step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lstm_core.examples import UNTRAINED_EXAMPLES
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.keras_check import tasks
from lstm_core.keras_check.masks import draw_masks, masks_task
from lstm_core.layers.activations import ACTIVATIONS
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.bidirectional import loses_seed
from lstm_core.layers.ends import HEAD_ACTIVATIONS
from lstm_core.layers.model_weights import model_weights
from lstm_core.run import front, model_called, run_experiment
from lstm_core.tasks.registry import TASKS
from lstm_core.tasks.task import Task
from lstm_core.tasks.trained import trained
from lstm_core.training.derivatives import DERIVATIVES
from lstm_core.training.head_loss import head_loss
from lstm_core.training.losses import CLIP, LOSSES, LOSSES_OF_SUMS, SEEN_THROUGH
from lstm_core.training.make_examples import FRESH_SEED, judged, training_of
from lstm_core.training.model_gradients import model_gradients
from lstm_core.training.trainer import Training, as_trained, call, train
from tests.parity.cases import EXPLODES
from tests.parity.random_models import random_model

CELLS = {
    "LSTM": {"cell": "LSTM"},
    "GRU": {"cell": "GRU"},
    "GRU, reset before": {"cell": "GRU", "reset_after": False},
    "SimpleRNN": {"cell": "SimpleRNN"},
}
KINKS = (-6.0, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0)


@pytest.fixture(scope="module")
def keras() -> Any:
    return tasks.load_keras()


def keras_model(keras: Any, experiment: Experiment) -> Any:
    """Build the model of an experiment, with its weights."""
    layers = keras.layers
    has_indices = experiment.front == "embedding"
    inputs = keras.Input((None,) if has_indices else (None, experiment.shape[2]))
    x = inputs
    if has_indices:
        x = layers.Embedding(experiment.input_dim, experiment.output_dim, mask_zero=experiment.mask_zero)(x)
    if experiment.front == "masking":
        x = layers.Masking(experiment.mask_value)(x)
    for arguments in experiment.layers:
        layer = getattr(layers, arguments.cell)(**arguments.of("cell", "loop", "flag") | {"return_state": False})
        if arguments.bidirectional:
            layer = layers.Bidirectional(layer, merge_mode=arguments.merge_mode)
            if loses_seed(arguments):
                for direction in (layer.forward_layer, layer.backward_layer):
                    direction.cell.seed_generator = keras.random.SeedGenerator(arguments.seed)
        x = layer(x)
        if arguments.dropout_after:
            x = layers.Dropout(arguments.dropout_after, seed=arguments.seed)(x)
    outputs = layers.Dense(experiment.head_units, activation=experiment.head_activation)(x)
    model = keras.Model(inputs, outputs)
    model.set_weights(list(experiment.model_weights().tensors.values()))
    return model


def target(experiment: Experiment, loss: str, shape: tuple[int, ...]) -> np.ndarray:
    rng = np.random.default_rng(0)
    if loss == "mean_squared_error":
        return rng.normal(size=shape).astype(np.float32)
    if loss == "binary_crossentropy":
        return rng.integers(0, 2, shape).astype(np.float32)
    return np.eye(shape[-1], dtype=np.float32)[rng.integers(0, shape[-1], shape[:-1])]


def difference(keras: Any, experiment: Experiment, loss: str) -> float:
    """Return the largest difference of loss and gradients, as a share of the largest number of each where over 1."""
    import tensorflow as tf

    weights = experiment.model_weights()
    masks = draw_masks(*masks_task(experiment))[0] if experiment.draws_dropout else None
    x, mask = front(experiment, weights)
    called = model_called(experiment, weights, x, mask, masks=masks)
    indices = experiment.indices() if experiment.front == "embedding" else None
    y = target(experiment, loss, called.prediction.shape)
    value, d_sums = head_loss(loss, experiment.head_activation, weights, called, y)
    ours = model_gradients(experiment, weights, called, d_sums, indices, masks)

    model = keras_model(keras, experiment)
    given = tf.convert_to_tensor(experiment.data() if indices is None else indices)
    with tf.GradientTape() as tape:
        tape.watch(given)
        its_value = keras.losses.get(loss)(y, model(given, training=experiment.training))
        its_value = tf.reduce_mean(its_value)
    sources = [variable.value for variable in model.trainable_variables]
    theirs = tape.gradient(its_value, sources if indices is not None else [*sources, given])
    pairs = list(zip(ours.weights.values(), map(tf.convert_to_tensor, theirs[: len(sources)]), strict=True))
    pairs += [] if indices is not None else [(ours.inputs, theirs[-1])]
    pairs += [(np.float32(value), its_value)]
    found = 0.0
    for mine, its in pairs:
        its = np.asarray(its)
        assert mine.shape == its.shape
        assert mine.dtype == np.float32
        assert np.isfinite(its).all()
        found = max(found, float(np.abs(mine - its).max(initial=0) / max(1, np.abs(its).max(initial=0))))
    return found


def learner(*layers: dict[str, Any], **fields: Any) -> Experiment:
    several = tuple(
        LayerArguments(**{"units": 3, "return_sequences": place < len(layers)} | own)
        for place, own in enumerate(layers, start=1)
    )
    given = {"preset": "noise", "batch": 3, "timesteps": 5, "features": 2, "head": "dense", "head_units": 2}
    return Experiment(**given | fields, layers=several)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_passes_back_what_keras_passes_back(keras: Any, cell: str, activation: str) -> None:
    own = CELLS[cell] | {"activation": activation, "bias_initializer": "random_normal"}
    steps = 2 if activation == EXPLODES else 5
    assert difference(keras, learner(own, timesteps=steps), "mean_squared_error") <= 2e-6
    if cell != "SimpleRNN":
        own = CELLS[cell] | {"recurrent_activation": activation}
        assert difference(keras, learner(own, timesteps=3), "mean_squared_error") <= 2e-6


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_derivative_is_tensorflows_at_kinks_too(keras: Any, activation: str) -> None:
    import tensorflow as tf

    z = tf.constant(sorted({*KINKS, *np.linspace(-7.03, 7.03, 201).tolist()}), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(z)
        a = keras.activations.get(activation)(z)
    theirs = tape.gradient(a, z).numpy()
    ours = DERIVATIVES[activation](z.numpy(), ACTIVATIONS[activation](z.numpy()))
    np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("merge_mode", ["concat", "sum", "ave", "mul"])
@pytest.mark.parametrize("every_step", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_two_directions_pass_back_through_their_merge(
    keras: Any, cell: str, merge_mode: str, every_step: bool, masked: bool
) -> None:
    own = CELLS[cell] | {"bidirectional": True, "merge_mode": merge_mode, "return_sequences": every_step}
    fields = {"front": "embedding", "preset": "typed", "typed": "0 3 0 2 0\n\n1 2 2 0 0\n\n0 0 0 0 0", "features": 1}
    experiment = learner(own, **(fields | {"mask_zero": True, "input_dim": 4, "output_dim": 2} if masked else {}))
    assert difference(keras, experiment, "mean_squared_error") <= 2e-6


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", HEAD_ACTIVATIONS)
@pytest.mark.parametrize("every_step", [False, True])
def test_every_head_and_loss_pass_back_what_keras_passes_back(
    keras: Any, loss: str, activation: str, every_step: bool
) -> None:
    if loss != "mean_squared_error" and activation not in SEEN_THROUGH:
        pytest.skip("what is said is no probability")
    experiment = learner({"return_sequences": every_step}, head_activation=activation)
    assert difference(keras, experiment, loss) <= 2e-6


@pytest.mark.parametrize("loss", LOSSES_OF_SUMS)
@pytest.mark.parametrize("activation", SEEN_THROUGH)
@pytest.mark.parametrize("front", ["none", "masking"])
def test_a_head_that_is_sure_and_wrong_still_learns_as_in_keras(
    keras: Any, loss: str, activation: str, front: str
) -> None:
    sure = tuple(Edit("head_kernel", row, 0, 800.0) for row in range(3))
    experiment = learner({}, head_activation=activation, front=front, edits=sure)
    prediction = run_experiment(experiment).last.prediction
    assert (np.minimum(prediction, 1 - prediction) < CLIP).any()
    assert difference(keras, experiment, loss) <= 2e-6


def trainable(seed: int) -> Experiment:
    """Return a random model with a head, as a training calls it."""
    drawn = random_model(seed, lowest=1)
    layers = tuple(
        replace(layer, stateful=False, merge_mode="sum" if layer.merge_mode == "None" else layer.merge_mode)
        for layer in drawn.layers
    )
    head = {"head": "dense", "head_units": 2}
    return drawn.changed(layers=layers, initial_state=False, mask="", calls=1, reset_before=(), **head)


@pytest.mark.parametrize("seed", range(150))
def test_a_model_at_random_passes_back_what_keras_passes_back(
    keras: Any, seed: int, record_property: Callable[[str, object], None]
) -> None:
    experiment = trainable(seed)
    loss = {"sigmoid": "binary_crossentropy", "softmax": "categorical_crossentropy"}
    found = difference(keras, experiment, loss.get(experiment.head_activation, "mean_squared_error"))
    record_property("largest difference", found)
    assert found <= 3e-6


# ---- loss curves ----


def curves(keras: Any, experiment: Experiment, task: Task, training: Training) -> tuple[list[float], list[float], Any]:
    """Return the losses of `train` and of Keras's `train_on_batch`, and Keras's model."""
    ours = [loss for loss, _ in train(experiment, task, training)]
    model = keras_model(keras, as_trained(experiment, task))
    optimizer = keras.optimizers.Adam(training.learning_rate, global_clipnorm=training.global_clipnorm)
    model.compile(optimizer, task.loss)
    rng = np.random.default_rng(training.data_seed)
    theirs = []
    for _ in range(training.steps):
        x, y = task.draw(rng, training.batch)
        model.reset_metrics()
        theirs.append(float(model.train_on_batch(x[:, :, 0] if experiment.front == "embedding" else x, y)))
    return ours, theirs, model


def of_task(name: str, *layers: dict[str, Any], **fields: Any) -> Experiment:
    """Return a model of these layers for a task."""
    task = TASKS[name]
    several = tuple(LayerArguments(**{"units": 4, "return_sequences": True} | own) for own in layers)
    return UNTRAINED_EXAMPLES[name].changed(
        layers=several, sentence=task.opens_with, head_units=len(task.classes), **fields
    )


CURVES = {
    "counting": (UNTRAINED_EXAMPLES["counting"], "counting", 300, 0.01),
    "switch": (UNTRAINED_EXAMPLES["switch"], "switch", 300, 0.01),
    "passengers": (UNTRAINED_EXAMPLES["passengers"], "passengers", 150, 0.01),
    "reviews": (UNTRAINED_EXAMPLES["reviews_en"].changed(weights_seed=3), "reviews_en", 300, 0.02),
    "Korean reviews": (UNTRAINED_EXAMPLES["reviews_ko"], "reviews_ko", 100, 0.02),
    "letters": (UNTRAINED_EXAMPLES["letters_en"], "letters_en", 20, 0.01),
    "GRU": (of_task("switch", {"cell": "GRU"}), "switch", 150, 0.01),
    "GRU, reset before": (of_task("switch", {"cell": "GRU", "reset_after": False}), "switch", 150, 0.01),
    "SimpleRNN": (of_task("switch", {"cell": "SimpleRNN"}), "switch", 100, 0.003),
    "two layers": (of_task("counting", {}, {"cell": "GRU"}), "counting", 150, 0.01),
    "Masking": (of_task("switch", {}, front="masking", mask_value=0.0), "switch", 150, 0.01),
    "mean squared error of a sigmoid": (of_task("passengers", {}, head_activation="sigmoid"), "passengers", 40, 0.01),
}


@pytest.mark.parametrize("name", CURVES)
def test_the_loss_of_each_step_is_keras_own(
    keras: Any, name: str, record_property: Callable[[str, object], None]
) -> None:
    experiment, task, steps, rate = CURVES[name]
    ours, theirs, _ = curves(keras, experiment, TASKS[task], Training(learning_rate=rate, steps=steps))
    largest = float(np.abs(np.subtract(ours, theirs)).max())
    record_property("largest difference", largest)
    assert largest <= 1e-5


def test_gradients_are_clipped_as_keras_clips_them(keras: Any) -> None:
    experiment = of_task("switch", {}, head_activation="linear")
    task = replace(TASKS["switch"], loss="mean_squared_error")
    unclipped, tight = (Training(learning_rate=0.02, global_clipnorm=norm, steps=60) for norm in (1e9, 0.001))
    ours, theirs, _ = curves(keras, experiment, task, unclipped)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
    clipped, theirs, _ = curves(keras, experiment, task, tight)
    np.testing.assert_allclose(clipped, theirs, rtol=0, atol=1e-5)
    assert np.abs(np.subtract(clipped, ours)).max() > 1e-5


def test_keras_learns_to_count_as_the_kept_weights_did(keras: Any) -> None:
    kept, task = trained("counting"), TASKS["counting"]
    experiment = UNTRAINED_EXAMPLES["counting"].changed(weights_seed=kept.weights_seed)
    *_, model = curves(keras, experiment, task, training_of(kept))
    learned = dict(zip(kept.tensors, model.get_weights(), strict=True))
    score, _ = judged(as_trained(experiment, task), model_weights(learned, experiment.layers), task)
    assert score == pytest.approx(kept.score, abs=0.005)
    batch = task.draw(np.random.default_rng(FRESH_SEED), 32)
    its_loss = model.evaluate(*batch, verbose=0)
    ours = experiment.changed(given_weights=kept.packed)
    called = call(ours, ours.model_weights(), batch).called
    our_loss = head_loss(task.loss, ours.head_activation, ours.model_weights(), called, batch.y).value
    assert its_loss == pytest.approx(our_loss, abs=0.002)
