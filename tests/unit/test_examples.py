"""The examples: their tasks, what they say after each step, which unit follows what, and the links that hold them."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from lstm_core.examples import DEFAULT_EXAMPLE, UNTRAINED_EXAMPLES, example
from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.layers.arguments import LayerArguments
from lstm_core.layers.model_weights import Opened
from lstm_core.learned import headline, how_learned, says
from lstm_core.predictions import predictions, times
from lstm_core.refusal import Refusal
from lstm_core.run import run_experiment
from lstm_core.share.link import encode
from lstm_core.share.page_link import MARK, decode_page, encode_page, marked, unmarked
from lstm_core.tasks import passengers
from lstm_core.tasks.registry import TASKS
from lstm_core.tasks.trained import learned_by, trained
from lstm_core.text import LANGUAGES, load
from lstm_core.tracking import followers
from lstm_core.writing import writes, written

NAMES = tuple(UNTRAINED_EXAMPLES)
FIXTURE = Path(__file__).parents[1] / "fixtures" / "examples_of_version_2.json"


def said(name: str, text: str) -> list[float]:
    """What the example's model says after each step of a text: the first number."""
    found = predictions(run_experiment(example(name).changed(sentence=text)))
    assert found is not None
    return [float(one) for one in found[:, 0, 0]]


def test_every_task_has_an_example_and_trained_weights_of_its_shapes() -> None:
    assert set(NAMES) == set(TASKS)
    for name in NAMES:
        assert example(name).learned == name
        assert trained(name).shapes == example(name).tensor_shapes


@pytest.mark.parametrize("name", NAMES)
def test_a_task_reads_what_it_writes_and_encodes_as_many_numbers_as_it_says(name: str) -> None:
    task, rng = TASKS[name], np.random.default_rng(5)
    for _ in range(20):
        steps = task.sample(rng)
        assert task.read(task.text(steps)) == steps
        assert task.encode(steps).shape == (len(steps), task.features)
        for of in task.tracked.values():
            assert of(steps).shape == (len(steps),)
    x, y = task.draw(rng, 4)
    assert x.shape[0] == y.shape[0] == 4
    assert x.shape[2] == task.features
    assert y.shape[-1] == len(task.classes)
    assert (y.ndim == 3) == task.every_step


def test_the_counting_model_says_closed_where_there_are_as_many_b_as_a_and_nowhere_else() -> None:
    for count in range(1, 9):
        found = said("counting", "a" * count + "b" * count)
        assert [one > 0.5 for one in found] == [False] * (2 * count - 1) + [True]


def test_the_switch_says_which_pulse_came_last() -> None:
    found = said("switch", "A--B-A-BB--")
    assert [one > 0.5 for one in found] == [step == "B" for step in "AAABBAABBBB"]


@pytest.mark.parametrize(
    ("name", "review", "praises"),
    [
        ("reviews_en", "the film was very good", True),
        ("reviews_en", "the film was not very good", False),
        ("reviews_en", "this plot is never dull", True),
        ("reviews_ko", "이 영화는 재미있었다", True),
        ("reviews_ko", "이 영화는 재미있지 않았다", False),
        ("reviews_ko", "그 결말은 나쁘다고 할 수 없다", True),
    ],
)
def test_a_review_is_judged_with_its_negation(name: str, review: str, praises: bool) -> None:
    assert (said(name, review)[-1] > 0.5) == praises


def test_passengers_are_closer_than_the_simple_rules_on_the_years_that_it_was_not_trained_on() -> None:
    off = []
    for month in range(passengers.LEARNED, len(passengers.SERIES)):
        z = np.float32([said("passengers", passengers.window(month))[-1]])
        off.append(abs(float(passengers.thousands(z)[0]) - float(passengers.SERIES[month])))
    assert np.mean(off) == pytest.approx(trained("passengers").score, abs=0.01)
    assert np.mean(off) < min(passengers.simple_rules().values())


@pytest.mark.parametrize("name", ["counting", "switch", "reviews_en", "reviews_ko"])
def test_a_model_is_right_as_often_as_its_manifest_says(name: str) -> None:
    task, rng, right = TASKS[name], np.random.default_rng(77), []
    for _ in range(8):
        x, y = task.draw(rng, 8)
        for row, wanted in zip(x, y.reshape(8, -1), strict=True):
            text = task.text(
                tuple(next(s for s in _known(name) if np.array_equal(task.encode((s,))[0], one)) for one in row)
            )
            found = said(name, text)
            compared = zip(found, wanted, strict=True) if task.every_step else [(found[-1], wanted[-1])]
            right += [(one > 0.5) == (it > 0.5) for one, it in compared if it != 0.5]
    assert np.mean(right) >= trained(name).score - 0.02


def _known(name: str) -> tuple[str, ...]:
    return TASKS[name].words or {"counting": ("a", "b"), "switch": ("A", "B", "-")}[name]


def test_what_a_forward_model_says_after_a_step_is_what_it_says_of_a_sequence_that_ends_there() -> None:
    for name, text in (("counting", "aabb"), ("reviews_en", "the film was not good")):
        whole, steps = said(name, text), TASKS[name].read(text)
        for end in range(1, len(steps) + 1):
            assert said(name, TASKS[name].text(steps[:end]))[-1] == pytest.approx(whole[end - 1], abs=1e-6)


def test_what_a_bidirectional_model_says_after_a_step_is_of_the_beginning_alone() -> None:
    text = TASKS["reviews_ko"].opens_with
    whole, steps = said("reviews_ko", text), TASKS["reviews_ko"].read(text)
    for end in range(1, len(steps) + 1):
        assert said("reviews_ko", " ".join(steps[:end]))[-1] == pytest.approx(whole[end - 1], abs=1e-6)


def test_what_a_layer_says_that_reads_backward_stands_above_the_step_that_it_has_just_read() -> None:
    run = run_experiment(example("counting").changed(sentence="aaabbb", go_backwards=True))
    found, row = predictions(run), says(run, load("en"), row=0)
    assert found is not None
    assert row is not None
    assert [one and one["share"] for one in row["steps"]] == [float(one) for one in found[::-1, 0, 0]]


def test_the_only_thing_said_stands_above_the_last_step_that_was_read() -> None:
    run = run_experiment(example("passengers").changed(go_backwards=True))
    row = says(run, load("en"), row=0)
    assert row is not None
    assert run.last.prediction is not None
    assert [bool(one) for one in row["steps"]] == [True] + [False] * 11
    assert row["steps"][0] == {"text": f"{passengers.thousands(run.last.prediction[0])[0]:.0f}", "share": None}


def test_a_layer_below_one_that_turns_round_has_what_is_said_where_the_upper_one_reads_it() -> None:
    layers = (LayerArguments(return_sequences=True), LayerArguments(return_sequences=True, go_backwards=True))
    run = run_experiment(Experiment(sentence="a b c", layers=layers, head="dense"))
    assert times(run.open(Opened(1))).tolist() == times(run.open(Opened(2))).tolist() == [2, 1, 0]
    wrapped = run_experiment(Experiment(sentence="a b c", bidirectional=True, return_sequences=True, head="dense"))
    assert times(wrapped.open(Opened(1, True))).tolist() == [0, 1, 2]


def test_how_it_learned_says_when_the_example_is_another_by_now() -> None:
    t, counting = load("en"), example("counting")
    assert t("examples.how_changed") not in how_learned(counting.changed(sentence="ab"), t)
    assert t("examples.how_changed") in how_learned(counting.changed(edits=(Edit("bias", 0, 0, 0.5),)), t)
    assert how_learned(counting.changed(given_weights=""), t) == []
    assert any("25.7" in line and "35.9" in line for line in how_learned(example("passengers"), t))


def test_a_model_without_a_head_says_nothing() -> None:
    run = run_experiment(Experiment())
    assert predictions(run) is None
    assert says(run, load("en"), row=0) is None
    assert headline(run, load("en"), row=0) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_example_says_its_question_its_answer_and_what_its_memory_follows(name: str, language: str) -> None:
    t, run = load(language), run_experiment(example(name))
    found, row = headline(run, t, row=0), says(run, t, row=0)
    assert found is not None
    assert row is not None
    assert found["title"] == t(f"tasks.{name}.question")
    last = row["steps"][-1]
    assert last is not None
    assert last["text"] in found["said"]
    closest = max(followers(example(name)), key=lambda one: abs(one.r))
    assert f"{closest.r:.3f}".replace("-", "−") in found["said"]


def test_the_unit_that_follows_is_found_by_its_correlation_over_fresh_sequences() -> None:
    (found,) = followers(example("counting"))
    run = run_experiment(example("counting").changed(sentence="aaaaabbbbb"))
    c = run.trace.in_time_order("c")[:, 0, found.unit - 1]
    count = TASKS["counting"].tracked["count"](tuple("aaaaabbbbb"))
    assert found.follows
    assert np.corrcoef(c, count)[0, 1] == pytest.approx(found.r, abs=0.05)
    (fresh,) = followers(example("counting").changed(given_weights=""))
    assert abs(fresh.r) < abs(found.r)


def test_weights_are_an_examples_own_or_nobodys() -> None:
    counting = example("counting")
    assert counting.changed(units=3).learned == ""
    assert counting.changed(sentence="ab", return_state=True).learned == "counting"
    assert counting.changed(edits=(Edit("bias", 0, 0, 0.5),)).learned == "counting"
    assert learned_by(trained("switch").packed[:-4] + "AAAA") == ""


def test_what_a_task_does_not_know_is_named() -> None:
    with pytest.raises(Refusal) as raised:
        example("reviews_en").changed(sentence="the film was zany and good")
    assert (raised.value.code, raised.value.facts["given"]) == ("unknown_symbols", "zany and")
    with pytest.raises(Refusal, match="passengers_out_of_range"):
        example("passengers").changed(sentence="100 -5")
    with pytest.raises(Refusal, match="no_words"):
        example("counting").changed(sentence="  ")


def test_what_it_writes_is_the_likeliest_at_temperature_0_and_goes_on_from_the_states() -> None:
    letters = example("letters_en")
    text = TASKS["letters_en"].text(written(letters, 12, temperature=0.0, seed=3))
    for end in range(4):
        run = run_experiment(letters.changed(sentence=letters.sentence + text[:end]))
        found = predictions(run)
        assert found is not None
        assert TASKS["letters_en"].classes[int(found[-1, 0].argmax())] == text[end]
    assert written(letters, 12, temperature=1.5, seed=1) != written(letters, 12, temperature=1.5, seed=2)
    assert written(letters, 12, temperature=1.5, seed=1) == written(letters, 12, temperature=1.5, seed=1)


def test_only_a_model_that_reads_forward_and_knows_every_letter_writes() -> None:
    letters = example("letters_en")
    assert writes(letters)
    assert not writes(example("counting"))
    assert not writes(letters.changed(layers=(replace(letters.layer, bidirectional=True),)))
    assert written(letters.changed(head_units=3), 5, temperature=1.0, seed=0) == ()


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_the_whole_of_its_link_and_comes_back_from_it(name: str) -> None:
    assert encode_page(example(name)).parameters == {MARK: name}
    assert decode_page({MARK: name}).experiment == example(name)
    changed = example(name).changed(return_state=True, edits=(Edit("bias", 0, 0, 0.25),))
    assert decode_page(encode_page(changed).parameters) == (changed, (), None)


def test_a_pinned_example_comes_back_beside_another() -> None:
    link = encode_page(Experiment(units=3), pinned=example("letters_ko"))
    assert link.left_out == ()
    assert decode_page(link.parameters) == (Experiment(units=3), (), example("letters_ko"))


def test_a_link_of_version_1_differs_from_what_version_1_began_with() -> None:
    for parameters in ({"units": "8"}, {"step": "3"}, {"projector": "1"}, {"preset": "sine", "lang": "ko"}):
        opened = decode_page(parameters).experiment
        assert opened == decode_page(parameters | {MARK: "none"}).experiment
        assert encode(opened).parameters.items() <= parameters.items()
    for parameters in ({}, {"lang": "ko"}, {"embed": "true"}):
        assert decode_page(parameters).experiment == example(DEFAULT_EXAMPLE)


def test_a_mark_that_nothing_has_is_told() -> None:
    opened = decode_page({MARK: "chess", "units": "8"})
    assert opened.experiment == Experiment(units=8)
    assert [refusal.code for refusal in opened.refusals] == ["link_example"]


@pytest.mark.parametrize("parameters", [{}, {"units": "3"}, {"step": "2"}, {MARK: "none"}, {MARK: "switch", "a": "x"}])
def test_an_address_means_the_same_with_and_without_its_mark(parameters: dict[str, str]) -> None:
    assert marked(unmarked(marked(parameters))) == marked(parameters)


def test_shipped_weights_and_what_links_to_examples_show_never_change() -> None:
    """Links to an example hold its name, not its weights: so the file may never become another."""
    frozen = json.loads(FIXTURE.read_text(encoding="utf-8"))
    assert {name: sha256(trained(name).packed.encode()).hexdigest() for name in NAMES} == frozen["weights"]
    for query, kept in frozen["links"].items():
        opened = decode_page(dict(pair.split("=", 1) for pair in query.split("&")))
        run = run_experiment(opened.experiment)
        assert opened.refusals == ()
        assert run.last.prediction is not None
        assert run.last.prediction.ravel()[-1] == pytest.approx(kept, abs=1e-6)


def test_layers_are_of_keras_defaults_but_for_what_the_example_needs() -> None:
    (layer,) = example("counting").layers
    assert layer == LayerArguments(units=2, return_sequences=True)
