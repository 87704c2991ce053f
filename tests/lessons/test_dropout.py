"""Dropout: a mask for each sample, none over time, none without training, another in the next call."""

import numpy as np
import pytest
from streamlit.delta_generator import DeltaGenerator

from lstm_core import text
from lstm_core.code.codegen import essential
from lstm_core.keras_check.messages import layer_call
from lstm_core.keras_check.tasks import draw_dropout_masks, run_layer, show_script
from lstm_core.layers.trace import of_first_layer
from lstm_core.lessons import dropout
from lstm_core.lessons.lesson import comments, words
from lstm_core.lessons.registry import lesson_named
from lstm_core.run import run_experiment
from pages.ui.keras.checking import Asked
from pages.ui.lessons import dropout as parts
from pages.ui.lessons.page import LessonPage
from tests.lessons.modules import masks_of


def test_a_dropped_feature_is_gone_at_every_step_and_a_kept_one_is_scaled_up() -> None:
    run = run_experiment(dropout.BASE, masks_of(dropout.BASE))
    left, x = dropout.dropped_input(run), run.trace.inputs[0].T
    factors = left / x
    assert np.allclose(factors, factors[:, :1])
    assert set(np.unique(factors.round(6))) == {0.0, 2.0}


@pytest.mark.parametrize(("recurrent", "count"), [(0.0, 1), (0.3, 4)])
def test_there_is_one_mask_for_all_gates_or_with_recurrent_dropout_one_for_each(recurrent: float, count: int) -> None:
    run = run_experiment(*with_masks(recurrent_dropout=recurrent))
    assert run.trace.dropout_mask is not None
    assert run.trace.dropout_mask.shape == (count, 3, 4)


def with_masks(**changes: object):
    experiment = dropout.BASE.changed(**changes)
    return experiment, masks_of(experiment)


def test_without_training_the_layer_is_one_without_dropout_in_keras_too() -> None:
    off, none = dropout.not_training(dropout.BASE), dropout.without_dropout(dropout.BASE)
    assert np.array_equal(off.trace["h"], none.trace["h"])
    ((keras_off,),), ((keras_none,),) = (run_layer(layer_call(run.experiment)) for run in (off, none))
    assert np.array_equal(keras_off, keras_none)


def test_two_calls_draw_two_masks() -> None:
    assert not dropout.same_rows(draw_dropout_masks(3, 4, 3, 0.5, 0.0, seed=1, calls=2))


def test_keras_cell_keeps_its_mask_within_a_call_and_draws_another_after_it() -> None:
    shown = show_script(dropout.masks_script(dropout.BASE, comments("dropout", "en")).source)
    first, then = shown.printed.split("True\n")
    assert shown.error is None
    assert first != then
    assert set(first.replace("[", " ").replace("]", " ").split()) == {"0.", "2."}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("rates", [(0.0, 0.0), (0.5, 0.0), (0.0, 0.3), (0.5, 0.3)], ids=str)
def test_code_says_that_dropout_is_active_only_where_a_call_drops_something(
    rates: tuple[float, float], training: bool
) -> None:
    experiment = dropout.BASE.changed(dropout=rates[0], recurrent_dropout=rates[1], training=training)
    say = comments("dropout", "en")
    for source in (dropout.scripts(experiment, say)[1].source, essential(experiment, say)):
        assert ("training=True" in source) == training
        assert ("dropout is active" in source) == (training and max(rates) > 0)


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize(("rate", "drawn"), [(0.0, 0.5), (0.25, 0.25)])
def test_what_is_said_of_the_code_has_its_rate_and_no_state_that_a_learner_can_switch(
    rate: float, drawn: float, language: str
) -> None:
    experiment = dropout.BASE.changed(dropout=rate)
    said = words("dropout", language)("text.code", rate=dropout.drawn_rate(experiment))
    assert str(drawn) in said
    assert f"dropout={drawn}," in dropout.masks_script(experiment, comments("dropout", language)).source
    assert "training" not in said
    assert "학습" not in said


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("rate", [0.0, 0.25])
def test_two_calls_at_another_rate_than_the_page_has_say_so(rate: float, training: bool) -> None:
    experiment = dropout.BASE.changed(dropout=rate, training=training)
    drawn = draw_dropout_masks(3, 4, 3, dropout.drawn_rate(experiment), 0.0, seed=1, calls=2)
    for masks, last in ((drawn, "calls"), (drawn[:1] * 2, "same_masks")):
        said = dropout.told_calls(experiment, masks)
        assert said == [*([] if rate else [("other_rate", {"rate": 0.5})]), (last, {})]


@pytest.mark.parametrize("recurrent", [0.0, 0.3])
@pytest.mark.parametrize(
    ("rate", "training", "why"),
    [
        (0.0, True, "rate_0"),
        (0.0, False, "rate_0"),
        (0.5, False, "not_training"),
        (0.5, True, "masks_awaited"),
    ],
)
def test_where_no_masks_are_shown_the_reason_is_the_true_one(
    rate: float, recurrent: float, training: bool, why: str
) -> None:
    experiment = dropout.BASE.changed(dropout=rate, recurrent_dropout=recurrent, training=training)
    masks = masks_of(experiment)
    drawn = masks is not None and of_first_layer(masks)[0].dropout is not None
    assert drawn == (why == "masks_awaited")  # Keras draws some, so that they can only be on their way
    assert dropout.why_no_masks(experiment) == why


def test_while_keras_draws_its_masks_the_page_does_not_say_that_training_is_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    monkeypatch.setattr(parts, "say", lambda _, block: said.append(block))
    asked = Asked(dropout.BASE, None, None, None, None, ())
    run = run_experiment(asked.shown)
    lesson = lesson_named("dropout")
    catalogues = text.load("en"), words("dropout", "en")
    parts.draw_dropout(LessonPage(lesson, *catalogues, DeltaGenerator(), asked, run))
    assert said == ["masks_awaited"]
