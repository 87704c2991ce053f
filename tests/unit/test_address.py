"""The page's address says the session: read where somebody changed it, written where the experiment did."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lstm_core.examples import DEFAULT_EXAMPLE, NOTHING_YET, example
from lstm_core.experiment import Experiment
from lstm_core.lessons.registry import LESSONS
from lstm_core.share.page_link import MARK
from lstm_core.text import LANGUAGES, load
from pages.ui import address, state
from pages.ui.address import LOOKING
from pages.ui.server import streamlit_context
from pages.ui.state import KOREAN_SENTENCE, PLAYGROUND

LESSON = next(lesson for lesson in LESSONS if lesson.base != Experiment())
EN, KO = load("en"), load("ko")


class Redrawn(Exception):
    """The script is run again from its beginning."""


class Query(dict[str, str]):
    """As much of `st.query_params` as is asked of it."""

    times_written = 0

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, parameters: dict[str, str]) -> None:
        self.times_written += 1
        self.clear()
        self.update(parameters)


class Browser:
    """As much of Streamlit as the address asks of it: a URL, a language, which run it is, and which page comes next."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.url = Query({MARK: NOTHING_YET})
        self.context = SimpleNamespace(locale="en-US", is_embedded=False)
        self.fragment = False
        self.opened: tuple[str, dict[str, str]] | None = None
        session: dict[str, Any] = {"pages": {LESSON.name: f"{LESSON.name}.py", PLAYGROUND: "playground.py"}}
        for name, value in {
            "query_params": self.url,
            "session_state": session,
            "context": self.context,
            "rerun": self._rerun,
            "switch_page": self._switch_page,
        }.items():
            monkeypatch.setattr(address.st, name, value)
        monkeypatch.setattr(
            streamlit_context,
            "get_script_run_ctx",
            lambda: SimpleNamespace(fragment_ids_this_run=self.fragment and ["1"]),
        )

    def _rerun(self) -> None:
        raise Redrawn

    def _switch_page(self, page: str, *, query_params: dict[str, str]) -> None:
        self.opened = (page, query_params)
        raise Redrawn


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Browser:
    return Browser(monkeypatch)


def test_an_address_is_read_as_the_page_opens(browser: Browser) -> None:
    browser.url.update(units="9", return_state="1", dropout="lots", a="units=2", lang="ko")
    assert address.open_session() is KO
    held = state.session()
    assert held.experiment == Experiment(units=9, return_state=True)
    assert held.pinned == Experiment(units=2)
    assert [refusal.code for refusal in held.notices] == ["not_a_number"]
    assert (held.page, held.base, held.language, held.language_chosen) == (PLAYGROUND, Experiment(), "ko", True)


def test_an_address_that_says_nothing_is_the_first_example_and_stays_bare(browser: Browser) -> None:
    browser.url.clear()
    browser.url["lang"] = "ko"
    address.open_session()
    assert state.experiment() == state.beginning() == example(DEFAULT_EXAMPLE)
    assert address.close_session().parameters == {MARK: DEFAULT_EXAMPLE}
    assert browser.url == {"lang": "ko"}
    assert browser.url.times_written == 0
    state.change("sentence", sentence="ab")
    address.close_session()
    assert browser.url == {MARK: DEFAULT_EXAMPLE, "sentence": "ab", "lang": "ko"}


def test_a_step_alone_is_an_address_of_version_1_in_the_language_of_the_page(browser: Browser) -> None:
    browser.url.clear()
    browser.url.update(lang="ko", step="3")
    address.open_session()
    assert state.experiment() == Experiment(sentence=KOREAN_SENTENCE)


def test_a_marked_address_means_the_same_in_every_language(browser: Browser) -> None:
    browser.url["lang"] = "ko"
    address.open_session()
    assert state.experiment() == Experiment()


def test_an_example_that_is_chosen_is_what_the_page_begins_with_again(browser: Browser) -> None:
    address.open_session()
    state.pin(Experiment(units=2))
    state.choose_example("switch")
    state.change("units", units=3)
    assert (state.experiment().learned, state.session().let_go, state.pinned()) == ("", ("trained",), None)
    state.start_again()
    assert state.experiment() == example("switch")
    address.close_session()
    assert browser.url == {MARK: "switch"}
    state.choose_example(NOTHING_YET)
    assert state.experiment() == Experiment()
    address.close_session()
    assert browser.url == {MARK: NOTHING_YET}


def test_an_address_that_says_no_more_than_a_second_layer_has_it(browser: Browser) -> None:
    browser.url["cell.2"] = "GRU"
    address.open_session()
    first, second = state.experiment().layers
    assert (first.return_sequences, second.cell) == (True, "GRU")
    assert [refusal.code for refusal in state.session().notices] == ["needs_sequences"]


def test_an_address_that_is_as_it_was_written_leaves_the_session_alone(browser: Browser) -> None:
    address.open_session()
    state.change("units", units=9)
    address.close_session()
    assert browser.url == {"units": "9"}
    state.change("typed", preset="typed", typed="oops")
    state.page_is_whole()
    address.open_session()
    assert state.experiment() == Experiment(units=9)
    assert state.refused() is not None
    assert state.session().whole is None  # this run has drawn nothing yet


def test_an_address_that_somebody_changed_is_read_again(browser: Browser) -> None:
    address.open_session()
    state.change("typed", preset="typed", typed="oops")
    browser.url["units"] = "5"
    address.open_session()
    assert (state.experiment(), state.refused()) == (Experiment(units=5), None)


def test_another_page_begins_with_its_own_experiment(browser: Browser) -> None:
    address.open_session()
    state.change("units", units=9)
    address.close_session()
    browser.url.clear()
    address.open_session(LESSON.name, LESSON.base)
    assert state.experiment() == LESSON.base
    address.close_session()
    assert browser.url == {}


def test_the_address_is_written_only_where_it_says_something_else(browser: Browser) -> None:
    address.open_session()
    assert address.close_session().parameters == {MARK: NOTHING_YET}
    assert browser.url.times_written == 0
    state.change("units", units=9)
    state.pin(Experiment(units=2))
    address.close_session()
    address.close_session()
    assert browser.url == {"units": "9", "a": "units=2"}
    assert browser.url.times_written == 1


def test_how_the_page_is_looked_at_is_no_part_of_the_session_and_stays_in_the_address(browser: Browser) -> None:
    looking = dict.fromkeys(LOOKING, "1")
    browser.url.update(looking)
    address.open_session()
    assert state.session().written == {MARK: NOTHING_YET}
    state.change("units", units=9)
    address.close_session()
    assert browser.url == looking | {"units": "9"}


@pytest.mark.parametrize(("locale", "language"), [("ko-KR", "ko"), ("de-DE", "en"), (None, "en")])
def test_the_language_is_the_browsers_until_one_is_chosen(browser: Browser, locale: str, language: str) -> None:
    browser.context.locale = locale
    assert address.open_session() is load(language)
    assert address.language_parameter() == {}
    state.choose_language("ko")
    assert address.language_parameter() == {"lang": "ko"}


def test_a_language_once_chosen_holds_for_addresses_that_name_none(browser: Browser) -> None:
    browser.url["lang"] = "ko"
    address.open_session()
    browser.url.clear()
    assert address.open_session(LESSON.name, LESSON.base) is KO
    assert address.language_parameter() == {"lang": "ko"}
    browser.url["lang"] = "en"
    assert address.open_session(LESSON.name, LESSON.base) is EN


def test_a_language_that_the_app_does_not_speak_is_the_browsers_and_leaves_the_address(browser: Browser) -> None:
    browser.url["lang"] = "xx"
    assert address.open_session() is EN
    address.close_session()
    assert browser.url == {MARK: NOTHING_YET}


def test_another_language_draws_the_page_again_and_is_written(browser: Browser) -> None:
    t = address.open_session()
    address.follow(t)
    state.choose_language("ko")
    with pytest.raises(Redrawn):
        address.follow(t)
    address.close_session()
    assert browser.url == {MARK: NOTHING_YET, "lang": "ko"}


def test_another_page_is_opened_once_in_the_language_that_was_chosen(browser: Browser) -> None:
    browser.url["lang"] = "ko"
    t = address.open_session()
    state.go_to(LESSON.name)
    with pytest.raises(Redrawn):
        address.follow(t)
    assert browser.opened == (f"{LESSON.name}.py", {"lang": "ko"})
    address.follow(t)


def test_a_page_asked_for_is_opened_though_the_address_has_changed_meanwhile(browser: Browser) -> None:
    address.open_session()
    state.go_to(LESSON.name)
    browser.url["units"] = "5"
    t = address.open_session()
    with pytest.raises(Redrawn):
        address.follow(t)
    assert browser.opened == (f"{LESSON.name}.py", {})


def test_a_fragment_draws_all_of_the_page_where_controls_outside_show_another_experiment(browser: Browser) -> None:
    address.open_session()
    state.page_is_whole()
    browser.fragment = True
    state.change("return_state", return_state=True)
    address.complete_page()
    state.change("units", units=9)
    with pytest.raises(Redrawn):
        address.complete_page()
    browser.fragment = False
    address.complete_page()


def test_a_page_drawn_again_from_a_fragment_goes_by_the_address_last_written(browser: Browser) -> None:
    address.open_session()
    state.change("units", units=9)
    address.close_session()
    browser.url.clear()  # the browser had not heard of it when it asked
    browser.url["step"] = "2"
    with pytest.raises(Redrawn):
        address.run_again()
    assert browser.url == {"units": "9", "step": "2"}


@pytest.mark.parametrize(("asked", "opened"), [("2", (2, False)), ("1", (1, False)), ("", (1, False))])
def test_a_link_opens_the_layer_that_it_names(browser: Browser, asked: str, opened: tuple[int, bool]) -> None:
    browser.url.update({"return_sequences": "1", "cell.2": "GRU", "layer": asked})
    address.open_session()
    assert (state.opened(), state.session().notices) == (opened, ())


@pytest.mark.parametrize("asked", ["9b", "3", "2b", "x", "1" * 99])
def test_a_layer_that_is_not_there_is_not_opened_and_is_told(browser: Browser, asked: str) -> None:
    browser.url.update({"return_sequences": "1", "cell.2": "GRU", "layer": asked})
    address.open_session()
    (refusal,) = state.session().notices
    assert state.opened() in state.experiment().places
    for language in LANGUAGES:
        said = load(language).refusal(refusal)
        assert f"layer={asked[:40]}" in said
        assert len(said) < 120
