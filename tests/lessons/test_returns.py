"""The four figures of the article, digit for digit, and what differs between the four cases: only what comes back."""

import numpy as np
import pytest

from lstm_core.keras_check.tasks import show_script
from lstm_core.lessons import returns
from lstm_core.lessons.article import BIAS, CASES, Case
from lstm_core.lessons.lesson import comments
from lstm_core.lessons.registry import lesson_named
from lstm_core.run import run_experiment

SAY = comments("returns", "en")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_keras_prints_the_figures_of_the_article_digit_for_digit(case: Case) -> None:
    shown = show_script(returns.article_script(case, SAY).source)
    assert shown.error is None
    assert shown.printed.split() == " ".join(case.printed).split()
    assert [str(output.array) for output in run_experiment(case.experiment()).outputs] == list(case.printed)


def test_the_figures_are_those_of_the_article() -> None:
    assert [" ".join(" ".join(case.printed).split()) for case in CASES] == [
        "[[0.04836999]]",
        "[[[0.01184901] [0.03267556] [0.05920978]]]",
        "[[0.00329698]] [[0.00329698]] [[0.00614673]]",
        "[[[0.01530219] [0.04227088] [0.07738266]]] [[0.07738266]] [[0.14669698]]",
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_fitted_weights_could_be_drawn_by_keras_default_initializers(case: Case) -> None:
    weights = case.experiment().weights()
    assert np.abs(weights.kernel).max() <= np.sqrt(6 / 5)
    assert np.linalg.norm(weights.recurrent_kernel) == pytest.approx(1, abs=1e-6)
    assert weights.bias is not None
    assert weights.bias.tolist() == list(BIAS)


def test_in_all_four_cases_the_same_happens_inside() -> None:
    runs = returns.cases(lesson_named("returns").base)
    for run in runs[1:]:
        assert np.array_equal(run.trace["h"], runs[0].trace["h"])
        assert np.array_equal(run.trace["c"], runs[0].trace["c"])
    assert [len(run.outputs) for run in runs] == [1, 1, 3, 3]


def test_a_mask_makes_the_last_output_and_state_h_differ() -> None:
    base = lesson_named("returns").base
    run = run_experiment(base.changed(mask="3", zero_output_for_mask=True))
    assert not np.array_equal(returns.last_output(run), run.trace["h"][-1, 0])
    assert returns.twice_question(run).answer == "different"
    assert returns.twice_question(run_experiment(base)).answer == "same"


def test_the_cell_of_ones_own_hands_out_every_c_of_our_trace() -> None:
    base = lesson_named("returns").base
    shown = show_script(returns.every_c_script(base, SAY).source)
    trace = run_experiment(base).trace
    both = np.concatenate([trace["h"][:, 0], trace["c"][:, 0]], axis=1)
    printed = [float(number) for number in shown.printed.replace("[", " ").replace("]", " ").split()]
    np.testing.assert_allclose(printed, both.ravel(), atol=6e-5)
