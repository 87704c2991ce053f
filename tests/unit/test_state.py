"""What a session holds: how a control's value changes the experiment, what is refused, what is drawn again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS, Edit
from lstm_core.layers.arguments import FLAGS, LayerArguments
from lstm_core.layers.model_weights import Opened
from lstm_core.layers.packed import pack
from lstm_core.lessons.registry import LESSONS
from lstm_core.model import with_layer
from lstm_core.refusal import Refusal
from lstm_core.sequences.numbers import PRESETS
from pages.ui import state
from pages.ui.server import streamlit_context
from pages.ui.state import BIAS_FIELDS, KOREAN_SENTENCE, PLAYGROUND, PRESET_SHAPES, SESSION, Session, widget_key

WORDS = Experiment()


class Browser:
    """As much of Streamlit as the session's state asks of it: the widgets' values, and whether a fragment runs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.state: dict[str, Any] = {}
        self.fragment = False
        monkeypatch.setattr(state.st, "session_state", self.state)
        monkeypatch.setattr(
            streamlit_context,
            "get_script_run_ctx",
            lambda: SimpleNamespace(fragment_ids_this_run=self.fragment and ["1"]),
        )

    def open(self, base: Experiment = WORDS, *, page: str = PLAYGROUND, language: str = "en") -> Session:
        held = self.state[SESSION] = Session(page=page, base=base, experiment=base, language=language)
        return held

    def set(self, name: str, value: object) -> None:
        """Set a field's widget, as a learner does."""
        self.state[widget_key(name)] = value
        state.apply(name)

    def shows(self, name: str) -> object:
        state.fill_widget(name)
        return self.state[widget_key(name)]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(monkeypatch)


def test_a_widget_shows_the_experiment_and_changes_it(browser: Browser) -> None:
    browser.open()
    assert browser.shows("units") == WORDS.units
    browser.set("units", 9)
    assert state.experiment() == WORDS.changed(units=9)
    assert browser.shows("units") == 9


@pytest.mark.parametrize("cell", FIELDS["cell"].metadata["choices"])
@pytest.mark.parametrize("field", FIELDS)
def test_every_control_has_something_to_show_of_every_cell_in_every_layer(
    browser: Browser, field: str, cell: str
) -> None:
    further = LayerArguments(cell=cell, units=3, bidirectional=True)
    held = browser.open(WORDS.changed(layers=(LayerArguments(cell=cell, units=3, return_sequences=True), further)))
    for place in held.experiment.places:
        state.open_layer(place)
        assert browser.shows(field) is not None


def test_an_initializer_of_the_second_layer_is_shown_and_changed_with_its_numbers(browser: Browser) -> None:
    second = LayerArguments(kernel_initializer="orthogonal(2.0)")
    browser.open(WORDS.changed(layers=(LayerArguments(return_sequences=True), second)))
    gain = state.argument_key("kernel_initializer", "gain")
    assert browser.shows("kernel_initializer") == "glorot_uniform"
    assert gain not in browser.state
    state.open_layer(Opened(2))
    assert browser.shows("kernel_initializer") == "orthogonal"
    assert browser.state[gain] == 2.0
    browser.state[gain] = 3.0
    browser.set("kernel_initializer", "orthogonal")
    first, second = state.experiment().layers
    assert (first.kernel_initializer, second.kernel_initializer) == ("glorot_uniform", "orthogonal(3.0)")


def test_another_layer_opened_within_the_fragment_is_shown_by_the_controls_outside_of_it(browser: Browser) -> None:
    layers = LayerArguments(return_sequences=True, bidirectional=True), LayerArguments()
    browser.open(WORDS.changed(layers=layers))
    state.page_is_whole()
    assert not state.other_controls_change()
    for place in (Opened(1, True), Opened(2)):
        state.open_layer(place)
        assert state.other_controls_change()
        state.page_is_whole()
        assert not state.other_controls_change()


def test_a_tuple_is_a_list_in_its_widget(browser: Browser) -> None:
    browser.open(WORDS.changed(calls=3))
    assert browser.shows("reset_before") == []
    browser.set("reset_before", [3, 2])
    assert state.experiment().reset_before == (2, 3)
    assert browser.shows("reset_before") == [2, 3]


def test_what_is_refused_stays_as_it_was_typed_and_the_last_good_experiment_with_it(browser: Browser) -> None:
    held = browser.open(Experiment(preset="typed"))
    browser.set("typed", "0.1 oops")
    name, refusal = state.refused() or ("", Refusal("none"))
    assert (name, refusal.code) == ("typed", "not_a_number")
    assert state.experiment() == held.base
    assert browser.shows("typed") == "0.1 oops"


def test_a_refusal_is_over_once_the_widget_says_what_holds(browser: Browser) -> None:
    held = browser.open(Experiment(preset="typed"))
    browser.set("typed", "0.1 oops")
    browser.set("units", held.base.units)  # another widget says again what it said
    assert state.refused() is not None
    browser.set("typed", held.base.typed)
    assert state.refused() is None
    assert state.experiment() == held.base


def test_another_change_that_stands_lets_the_refused_one_go(browser: Browser) -> None:
    browser.open(Experiment(preset="typed"))
    browser.set("typed", "0.1 oops")
    browser.set("units", 9)
    assert state.refused() is None
    assert browser.shows("typed") == Experiment().typed


def test_a_change_ends_what_is_said_of_the_link(browser: Browser) -> None:
    held = browser.open()
    held.notices = (Refusal("link_damaged"),)
    browser.set("units", WORDS.units)
    assert held.notices
    browser.set("units", 9)
    assert held.notices == ()


def test_what_a_change_cannot_keep_is_said_until_the_next_one(browser: Browser) -> None:
    held = browser.open(WORDS.changed(edits=(Edit("kernel", 0, 15, 0.5),)))
    browser.set("units", 2)
    assert (state.experiment().edits, held.let_go) == ((), ("edits",))
    browser.set("units", 3)
    assert held.let_go == ()


def test_imported_weights_that_no_longer_fit_are_said_and_those_taken_out_by_a_button_are_not(browser: Browser) -> None:
    given = WORDS.changed(given_weights=pack(WORDS.weights()))
    held = browser.open(given)
    browser.set("units", 2)
    assert held.let_go == ("given_weights",)
    held = browser.open(given)
    state.change("given_weights", given_weights="")
    assert held.let_go == ()


def test_what_an_added_layer_cannot_take_is_changed_and_said(browser: Browser) -> None:
    held = browser.open(Experiment(bidirectional=True, merge_mode="None", edits=(Edit("kernel", 0, 15, 0.5),)))
    state.rearrange(with_layer(state.experiment(), after=1))
    assert held.let_go == ("merge_mode",)
    assert len(state.experiment().edits) == 1


@pytest.mark.parametrize("preset", PRESET_SHAPES)
def test_a_preset_begins_in_the_shape_that_shows_what_it_is_for(browser: Browser, preset: str) -> None:
    browser.open(WORDS.changed(timesteps=5, features=2))
    browser.set("preset", preset)
    assert (state.experiment().preset, *state.experiment().shape[1:]) == (preset, *PRESET_SHAPES[preset])


def test_every_preset_without_a_shape_of_its_own_takes_it_from_what_is_typed(browser: Browser) -> None:
    assert set(PRESETS) - PRESET_SHAPES.keys() == {"words", "typed"}
    browser.open(Experiment(preset="noise", timesteps=5, features=2))
    browser.set("preset", "words")
    assert (state.experiment().timesteps, state.experiment().features) == (5, 2)


def test_a_preset_said_again_leaves_the_shape_as_the_learner_set_it(browser: Browser) -> None:
    chosen = browser.open(Experiment(preset="sine", timesteps=5, features=2)).experiment
    browser.set("preset", "sine")
    assert state.experiment() == chosen


@pytest.mark.parametrize(
    ("name", "value"), [("use_bias", False), ("unit_forget_bias", False), ("bias_initializer", "ones")]
)
def test_a_new_bias_lets_go_the_forget_bias_that_was_set(browser: Browser, name: str, value: object) -> None:
    assert name in BIAS_FIELDS
    browser.open(WORDS.changed(forget_bias=2.5))
    browser.set("units", 5)
    assert state.experiment().forget_bias == 2.5
    browser.set(name, value)
    assert state.experiment() == WORDS.changed(units=5, **{name: value})


def test_the_forget_bias_that_nobody_set_is_the_one_in_the_weights(browser: Browser) -> None:
    browser.open()
    assert browser.shows("forget_bias") == 1.0
    browser.set("forget_bias", 1.0)  # said again: nobody has set it
    assert state.experiment().forget_bias is None
    browser.set("unit_forget_bias", False)
    assert browser.shows("forget_bias") == 0.0
    browser.set("use_bias", False)
    assert browser.shows("forget_bias") == 0.0


def test_a_forget_bias_beyond_the_slider_stands_at_its_end(browser: Browser) -> None:
    high = FIELDS["forget_bias"].metadata["high"]
    browser.open(WORDS.changed(edits=(Edit("bias", 0, WORDS.units, 2 * high),)))
    assert browser.shows("forget_bias") == high


def test_other_controls_change_where_something_else_than_a_flag_or_the_named_field_does(browser: Browser) -> None:
    browser.open()
    assert state.other_controls_change()  # nothing is drawn yet
    state.page_is_whole()
    assert not state.other_controls_change()
    for flag in FLAGS:
        browser.set(flag, True)
    assert not state.other_controls_change()
    browser.set("units", 9)
    assert state.other_controls_change()
    assert not state.other_controls_change("units")
    state.page_is_whole()
    assert not state.other_controls_change()


def test_the_slider_of_the_forget_bias_changes_with_the_bias_in_the_weights(browser: Browser) -> None:
    browser.open()
    state.page_is_whole()
    browser.set("unit_forget_bias", False)
    assert state.other_controls_change("unit_forget_bias")
    state.page_is_whole()
    browser.set("forget_bias", 2.0)
    assert not state.other_controls_change("forget_bias")


def test_a_fragment_of_the_playground_takes_flags_alone(browser: Browser) -> None:
    browser.open()
    browser.fragment = True
    browser.set("units", 9)  # as the browser still shows it
    assert state.experiment() == WORDS
    browser.set("return_state", True)
    assert state.experiment() == WORDS.changed(return_state=True)


def test_a_fragment_of_a_lesson_takes_every_control(browser: Browser) -> None:
    browser.open(page=LESSONS[0].name)
    browser.fragment = True
    browser.set("units", 9)
    assert state.experiment().units == 9


def test_starting_again_keeps_page_language_and_what_is_pinned(browser: Browser) -> None:
    held = browser.open(Experiment(preset="typed"), language="ko")
    state.pin(WORDS)
    browser.set("units", 9)
    browser.set("typed", "oops")
    state.start_again()
    assert (state.experiment(), state.refused(), state.pinned()) == (held.base, None, WORDS)
    assert (held.page, held.language) == (PLAYGROUND, "ko")
    state.pin(None)
    assert state.pinned() is None


@pytest.mark.parametrize(
    ("base", "language", "sentence"),
    [
        (WORDS, "ko", KOREAN_SENTENCE),
        (WORDS, "en", WORDS.sentence),
        (Experiment(preset="ramp"), "ko", WORDS.sentence),
    ],
)
def test_a_page_of_words_begins_with_a_sentence_in_its_language(
    browser: Browser, base: Experiment, language: str, sentence: str
) -> None:
    browser.open(base, language=language)
    assert state.beginning() == base.changed(sentence=sentence)


@pytest.mark.parametrize(("asked", "shown"), [("ko", "ko"), ("/etc/x", "en"), ("", "en"), ("KO", "en")])
def test_a_language_that_the_app_does_not_speak_is_no_choice(browser: Browser, asked: str, shown: str) -> None:
    held = browser.open()
    state.choose_language(asked)
    assert (held.language, held.language_chosen) == (shown, asked == shown)


def test_a_mended_change_is_on_screen_with_nothing_refused_and_every_control_is_drawn_again(browser: Browser) -> None:
    held = browser.open(Experiment(bidirectional=True))
    state.page_is_whole()
    browser.set("go_backwards", True)
    assert held.wished == {"go_backwards": True}
    assert browser.shows("go_backwards") is True
    state.mend(held.experiment)
    assert state.refused() is None
    assert browser.shows("go_backwards") is False
    assert state.other_controls_change()
