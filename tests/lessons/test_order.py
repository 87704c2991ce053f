"""Lesson 6: order, masks and state between calls are Keras's own, and so is what the page says of them."""

import keras
import numpy as np
import pytest

from lstm_core.experiment import Experiment
from lstm_core.keras_check.messages import layer_call
from lstm_core.keras_check.tasks import run_layer, show_script
from lstm_core.layers.outputs import printed
from lstm_core.lessons import order
from lstm_core.lessons.lesson import comments
from lstm_core.lessons.order import BASE, Padding, padded, plain
from lstm_core.run import run_experiment

SAY = comments("order", "en")
PADDINGS = [
    Padding(side, masked, zero_output, begun)
    for side in ("right", "left")
    for masked, zero_output in ((True, False), (True, True), (False, False))
    for begun in (False, True)
]


def keras_layer(experiment: Experiment, **options):
    """The real layer with the weights of an experiment."""
    layer = keras.layers.LSTM(experiment.units, return_sequences=True, return_state=True, **options)
    weights = experiment.weights()
    layer.build((1, None, experiment.features))
    layer.set_weights([weights.kernel, weights.recurrent_kernel, weights.bias])
    return layer


def test_the_first_row_of_a_backwards_output_has_read_the_last_word_only() -> None:
    run = run_experiment(BASE)
    alone, _, _ = keras_layer(BASE)(BASE.data()[:, -1:])
    everything, state_h, _ = keras_layer(BASE, go_backwards=True)(BASE.data())
    np.testing.assert_allclose(run.outputs[0].array[0, 0], alone.numpy()[0, 0], atol=1e-6)
    np.testing.assert_allclose(run.outputs[0].array, everything.numpy(), atol=1e-6)
    np.testing.assert_allclose(run.outputs[0].array[0, -1], state_h.numpy()[0], atol=1e-6)


@pytest.mark.parametrize("padding", PADDINGS, ids=str)
def test_a_padded_batch_returns_what_keras_returns(padding: Padding) -> None:
    experiment = padded(BASE, padding)
    for found, expected in zip(run_experiment(experiment).outputs, run_layer(layer_call(experiment))[0], strict=True):
        np.testing.assert_allclose(found.array, expected, atol=1e-6)


@pytest.mark.parametrize("padding", PADDINGS, ids=str)
def test_how_far_padding_moves_the_state_is_how_far_keras_is_from_the_words_alone(padding: Padding) -> None:
    experiment = padded(BASE, padding)
    _, state_h, state_c = run_layer(layer_call(experiment))[0]
    words = BASE.data()[:, : -order.MISSING]
    begun = np.full((1, BASE.units), order.BEGUN if padding.begun else 0.0, np.float32)
    _, h, c = keras_layer(BASE)(words, initial_state=[begun, begun])
    expected = max(np.abs(state_h[1] - h.numpy()[0]).max(), np.abs(state_c[1] - c.numpy()[0]).max())
    found = order.moved_by_padding(run_experiment(experiment), padding)
    assert found == pytest.approx(expected, abs=1e-6)
    if padding.masked:
        assert found < 1e-6
    elif padding.side == "right":
        assert found > 0.1


def test_masked_steps_carry_both_states_and_a_leading_one_puts_out_zeros() -> None:
    right = run_experiment(padded(BASE, Padding())).trace
    assert (right["h"][4:, 1] == right["h"][3, 1]).all()
    assert (right["c"][4:, 1] == right["c"][3, 1]).all()
    left = run_experiment(padded(BASE, Padding("left", begun=True))).trace
    assert (left["h"][:2, 1] == order.BEGUN).all()
    assert not left.output[:2, 1].any()


@pytest.mark.parametrize(("stateful", "reset"), [(True, True), (True, False), (False, True)])
def test_calls_in_a_row_are_those_of_keras(stateful: bool, reset: bool) -> None:
    layer = keras_layer(BASE, stateful=stateful)
    starts = []
    for call, run in enumerate(order.calls(BASE, stateful=stateful, reset=reset), start=1):
        if stateful and reset and call == order.RESET:
            layer.reset_state()
        output, h, c = layer(BASE.data())
        np.testing.assert_allclose(run.trace["h"][:, 0], output.numpy()[0], atol=1e-6)
        np.testing.assert_allclose([run.trace["h"][-1], run.trace["c"][-1]], [h.numpy(), c.numpy()], atol=1e-6)
        starts.append(run.calls[-1].start)
    expected = ["zeros", "kept", "reset" if reset else "kept"] if stateful else ["zeros"] * 3
    assert starts == expected


def test_pieces_equal_one_call_exactly_in_keras_and_here() -> None:
    chunks = order.chunks(BASE)
    assert chunks.apart == 0
    source = next(script.source for script in order.scripts(BASE, SAY) if script.name == "chunks")
    assert show_script(source).printed == "0.0\n"


def test_the_scripts_print_the_numbers_of_the_pictures() -> None:
    padding = Padding("left", begun=True)
    scripts = {script.name: script.source for script in order.scripts(BASE, SAY, padding=padding)}
    output, state_h, _ = (tensor.array for tensor in run_experiment(BASE).outputs)
    said = [printed(output[0]), printed(output[0, ::-1]), printed(state_h[0])]
    assert show_script(scripts["backwards"]).printed.rstrip("\n") == "\n".join(said)
    output, h, c = (tensor.array[1] for tensor in run_experiment(padded(BASE, padding)).outputs)
    assert show_script(scripts["padding"]).printed.rstrip("\n") == f"{printed(output)}\n{printed(h)} {printed(c)}"
    lines = [
        " ".join([str(call), *(printed(run.trace[state][-1, 0]) for state in ("h", "c"))])
        for call, run in enumerate(order.calls(BASE, stateful=True, reset=True), start=1)
    ]
    assert show_script(scripts["calls"]).printed.rstrip("\n") == "\n".join(lines)


def test_a_bidirectional_layer_is_both_directions_the_backward_one_turned_round() -> None:
    source = next(script.source for script in order.scripts(BASE, SAY) if script.name == "both_ways")
    forward, backward = (
        run_experiment(plain(BASE).changed(go_backwards=back)).trace.output[:, 0] for back in (False, True)
    )
    merged = np.concatenate([forward, backward[::-1]], axis=-1)
    assert show_script(source).printed == f"{printed(merged)}\n0.0\n"


def test_long_and_batched_sequences_are_shown_by_their_beginning() -> None:
    long = BASE.changed(preset="noise", timesteps=50, batch=3, features=4)
    np.testing.assert_array_equal(plain(long).data(), long.data()[:1, : order.STEPS])
    assert [script.name for script in order.scripts(BASE.changed(sentence="cat"), SAY)] == [
        "backwards",
        "both_ways",
        "calls",
    ]
