"""Lesson 7: attention and the handed states are Keras's own, to float32 rounding."""

import keras
import numpy as np
import pytest

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.keras_check.tasks import show_script
from lstm_core.layers.outputs import printed
from lstm_core.lessons import attention
from lstm_core.lessons.attention import BASE, HANDED, attend, attention_over, decoder_trace
from lstm_core.lessons.lesson import comments
from lstm_core.run import run_experiment

KOREAN = "나는 오늘 아침에 책을 조용히 읽었다"
SAY = comments("attention", "en")
EXPERIMENTS = {
    "base": BASE,
    "korean": BASE.changed(sentence=KOREAN),
    "more units": BASE.changed(units=5, features=3, batch=2),
    "masked": BASE.changed(mask="2, 5"),
    "backwards and masked": BASE.changed(go_backwards=True, mask="1-2"),
    "by hand": BASE.changed(edits=(Edit("kernel", 0, 1, 3.0),)),
}


def keras_returns(experiment: Experiment):
    """Output, state_h and state_c of the real layer, its mask on the output."""
    layer = keras.layers.LSTM(
        experiment.units, return_sequences=True, return_state=True, go_backwards=experiment.go_backwards
    )
    weights, mask = experiment.weights(), experiment.step_mask()
    layer.build(experiment.data().shape)
    layer.set_weights([weights.kernel, weights.recurrent_kernel, weights.bias])
    return layer(experiment.data(), mask=mask)


@pytest.mark.parametrize("scale", [1.0, 7.0])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_weights_and_context_are_those_of_keras_attention(name: str, scale: float) -> None:
    experiment = EXPERIMENTS[name]
    output, state_h, _ = keras_returns(experiment)
    layer = keras.layers.Attention(use_scale=True)
    query = state_h[:, None, :]
    layer.build([query.shape, output.shape])
    layer.set_weights([np.array(scale)])
    context, weights = layer([query, output], return_attention_scores=True)
    run = run_experiment(experiment)
    for row in range(experiment.batch):
        found = attention_over(run, scale=scale, row=row)
        np.testing.assert_allclose(found.weights, weights.numpy()[row, 0], atol=1e-6)
        np.testing.assert_allclose(found.context, context.numpy()[row, 0], atol=1e-6)


def test_a_known_softmax_by_hand() -> None:
    found = attend(np.float32([2]), np.float32([[0], [np.log(3) / 2]]))
    np.testing.assert_allclose(found.weights, [0.25, 0.75], atol=1e-6)  # powers 1 and 3


def test_a_masked_step_has_no_weight() -> None:
    weights = attention_over(run_experiment(EXPERIMENTS["masked"])).weights
    assert weights[[1, 4]].tolist() == [0, 0]
    assert np.isclose(weights.sum(), 1)


@pytest.mark.parametrize("name", ["base", "korean"])
def test_the_last_h_is_not_the_most_like_itself_in_this_lesson(name: str) -> None:
    run = run_experiment(EXPERIMENTS[name])
    scores = [float(run.trace["h"][-1, 0] @ h) for h in run.trace["h"][:, 0]]
    question = attention.largest_question(run)
    assert 0 < int(np.argmax(scores)) < 5
    assert question.answer == "between"
    assert question.facts["step"] == int(np.argmax(scores)) + 1


def test_with_one_step_the_last_is_the_largest() -> None:
    assert attention.largest_question(run_experiment(BASE.changed(sentence="cat"))).answer == "last"


@pytest.mark.parametrize("handed", HANDED)
def test_the_decoder_is_the_one_that_the_script_makes(handed: str) -> None:
    _, state_h, state_c = keras_returns(BASE)
    seed = BASE.weights_seed + attention.DECODER_SEED
    decoder = keras.layers.LSTM(
        BASE.units,
        return_sequences=True,
        kernel_initializer=keras.initializers.GlorotUniform(seed=seed),
        recurrent_initializer=keras.initializers.Orthogonal(seed=seed + 1),
    )
    state = {"both": [state_h, state_c], "h": [state_h, 0 * state_c], "nothing": None}[handed]
    expected = decoder(np.zeros((1, attention.DECODER_STEPS, BASE.features), np.float32), initial_state=state)
    found = decoder_trace(run_experiment(BASE), handed)["h"][:, 0]
    np.testing.assert_allclose(found, expected.numpy()[0], atol=1e-6)


def test_without_the_states_the_decoder_stays_silent() -> None:
    run = run_experiment(BASE)
    assert not decoder_trace(run, "nothing")["h"].any()
    assert np.abs(decoder_trace(run, "both")["h"][0] - decoder_trace(run, "h")["h"][0]).max() > 0.1


@pytest.mark.parametrize("scale", [1.0, 12.0])
@pytest.mark.parametrize("name", ["base", "by hand"])
def test_the_attention_script_prints_the_numbers_of_the_picture(name: str, scale: float) -> None:
    experiment = EXPERIMENTS[name]
    script, _ = attention.scripts(experiment, SAY, scale=scale)
    shown = show_script(script.source)
    found = attention_over(run_experiment(experiment), scale=scale)
    assert shown.error is None
    expected = ["(1, 1, 6) (1, 1, 2)", printed(found.weights[None, None]), printed(found.context[None, None])]
    assert shown.printed.rstrip("\n") == "\n".join(expected)


def test_the_handover_script_prints_the_decoder_of_the_picture() -> None:
    _, script = attention.scripts(BASE, SAY)
    run = run_experiment(BASE)
    traces = [decoder_trace(run, handed)["h"].transpose(1, 0, 2) for handed in HANDED]
    assert show_script(script.source).printed.rstrip("\n") == "\n".join(printed(trace) for trace in traces)
