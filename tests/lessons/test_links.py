"""Every page takes every link that the app can make: any experiment, in both languages, in a frame too.

The pages' scripts run as Streamlit runs them, without a browser. Keras draws the dropout masks; its other answers
are still awaited, as when a page has just been opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lstm_core.experiment import Experiment
from lstm_core.fields import Edit
from lstm_core.keras_check.masks import draw_masks
from lstm_core.keras_check.worker import KerasWorker
from lstm_core.layers.model_weights import FIRST, Opened
from lstm_core.layers.packed import pack
from lstm_core.lessons.registry import LESSONS
from lstm_core.share.link import DEFAULT, encode
from lstm_core.share.page_link import encode_page
from lstm_core.text import LANGUAGES, load
from pages.ui.keras import checking
from pages.ui.navigation import PAGES
from pages.ui.playground.control_table import FOLDED
from pages.ui.state import PLAYGROUND, SESSION
from tests.experiments import experiments, models

SHELL = Path(__file__).parents[2] / "pages" / "ui" / "navigation.py"
LESSON = {lesson.name: lesson for lesson in LESSONS}
LINKS = 8
"""Random links for each page, in each of `WAYS`, besides the extreme ones."""
WAYS = (("en", False), ("ko", True))
"""Language, and whether the page stands in a frame."""
NOISE = Experiment(preset="noise")
LONGEST = NOISE.changed(timesteps=1000, features=1, batch=2)
EXTREMES = {
    "one step": NOISE.changed(timesteps=1),
    "two steps": NOISE.changed(timesteps=2),
    "one word": Experiment(sentence="no"),
    "two steps of the article": Experiment(preset="article", timesteps=2, features=1),
    "the longest": LONGEST.changed(units=1, return_sequences=True),
    "the longest, all at once": LONGEST.changed(units=2, calls=8, stateful=True, return_state=True, go_backwards=True),
    "one of each": NOISE.changed(timesteps=1, features=1, units=1, batch=1),
    "the widest": NOISE.changed(timesteps=3, features=32, batch=32, units=64, return_sequences=True),
    "all masked": NOISE.changed(timesteps=3, mask="1-3", return_sequences=True, zero_output_for_mask=True),
    "one masked step": NOISE.changed(timesteps=1, mask="1", return_state=True),
    "masked by rows": NOISE.changed(timesteps=4, batch=3, mask="-; 1-4; 2", return_sequences=True),
    "eight calls": NOISE.changed(calls=8, stateful=True, reset_before=tuple(range(2, 9))),
    "numbers by hand": NOISE.changed(
        initial_state=True, edits=(Edit("h", 0, 3, -0.0), Edit("c", 0, 0, 1e6), Edit("kernel", 2, 15, -1e6))
    ),
    "given weights": NOISE.changed(given_weights=pack(NOISE.changed(weights_seed=3, units=64).weights()), units=64),
    "no bias": NOISE.changed(use_bias=False, units=1),
    "dropout": NOISE.changed(training=True, dropout=0.95, recurrent_dropout=0.95, batch=2),
    "dropout of one number": NOISE.changed(timesteps=1, features=1, units=1, training=True, dropout=0.95),
    "dropout in eight calls": NOISE.changed(training=True, recurrent_dropout=0.5, calls=8, stateful=True),
    "inf and nan": Experiment(activation="exponential", return_sequences=True, batch=2),
    "inf and nan from a given state": Experiment(
        recurrent_activation="exponential", initial_state=True, initial_h=30.0, initial_c=1.0, return_state=True
    ),
    "unrolled backwards": NOISE.changed(timesteps=5, unroll=True, go_backwards=True, mask="1", return_sequences=True),
}
SMALL = (
    {"timesteps": 1},
    {"timesteps": 2},
    {"units": 1},
    {"batch": 3},
    {"timesteps": 1, "units": 1, "batch": 2},
    {"timesteps": 2, "units": 1, "batch": 2},
)
"""Changes to what a page begins with, by a learner who makes it as small as can be."""


UNFOLDED = (
    *(f"group_{name}" for name in FOLDED),
    *("table_open", "all_values", "sizes_open", "hand_open_weights", "hand_open_states"),
)
"""Session keys of what begins closed on the playground."""


class Drawing(KerasWorker):
    """Draws dropout masks at once, in this process; what else is asked of it waits."""

    def submit(self, function: Callable[..., Any], *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if function is draw_masks:
            future.set_result(function(*args))
        return future


@pytest.fixture(scope="module", autouse=True)
def _drawing() -> Iterator[None]:
    checks = checking.Checks(Drawing())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "checks", lambda: checks)
        yield


class Visit:
    """A session of the app on one page, with all answers on it shown."""

    def __init__(self, page: str, language: str, *, embedded: bool) -> None:
        self.name = page
        self.base = DEFAULT if page == PLAYGROUND else LESSON[page].base
        self.language, self.embedded = language, embedded
        self.page = AppTest.from_file(SHELL, default_timeout=300)
        self.page.context["is_embedded"] = embedded
        self._run()
        if page != PLAYGROUND:
            self.page.switch_page(f"../{page}.py")
            self._run()
            self._show_answers()

    def open(self, experiment: Experiment, pinned: Experiment | None = None, place: Opened = FIRST) -> None:
        """Open the experiment's link, with all that goes into it; AssertionError if the page shows an exception."""
        if self.name == PLAYGROUND:
            link = encode_page(experiment, pinned=pinned)
        else:
            link = encode(experiment, self.base, pinned=pinned and encode(pinned, self.base))
        self.page.query_params.clear()
        self.page.query_params.update(link.parameters)
        if place != FIRST:
            self.page.query_params["layer"] = place.suffix[1:]
        self._run()
        if link.parameters and not link.left_out:
            held = self.page.session_state[SESSION]
            assert (held.experiment, held.opened) == (experiment, place)

    def unfold(self) -> None:
        """Open the sidebar's groups, and switch on all that is drawn only if it is asked for."""
        for name in UNFOLDED:
            self.page.session_state[name] = True

    def data(self, component: str) -> Any:
        """What the first component with this name draws; None if there is none."""
        elements = (element.proto for element in self.page if element.type == "bidi_component")
        return next((orjson.loads(e.bytes) for e in elements if e.component_name == component), None)

    def _show_answers(self) -> None:
        show = load(self.language)("lessons.show")
        while buttons := [button for button in self.page.button if button.label == show]:
            for button in buttons:
                button.click()
            self._run()

    def _run(self) -> None:
        self.page.query_params["lang"] = self.language
        self.page.run()
        link = {name: "".join(value) for name, value in self.page.query_params.items()}
        said = [error.message for error in self.page.exception]
        assert not said, f"/{self.name}?{link}{' embedded' if self.embedded else ''}: {said}"


@cache
def visit(page: str, language: str, *, embedded: bool = False) -> Visit:
    """The session in which one link after the other is opened on a page."""
    return Visit(page, language, embedded=embedded)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visit_is_to_the_page_it_names_in_its_language(language: str) -> None:
    t = load(language)
    assert visit(PLAYGROUND, language).data("lens_map")["title"] == t("lessons.title")
    for lesson in LESSON:
        assert visit(lesson, language).data("lens_lesson")["title"] == t(f"lessons.{lesson}.title")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("extreme", EXTREMES)
def test_a_page_takes_the_links_of_extreme_experiments(page: str, extreme: str) -> None:
    visit(page, "en").open(EXTREMES[extreme])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("changes", SMALL, ids=str)
def test_a_page_takes_its_own_sequence_and_layer_made_small(page: str, changes: dict[str, int]) -> None:
    opened = visit(page, "en")
    opened.open(opened.base.changed(**changes))


@pytest.mark.parametrize(("language", "embedded"), WAYS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_any_link(page: str, language: str, embedded: bool) -> None:
    @settings(max_examples=LINKS)
    @given(experiments(), st.none() | experiments())
    def take(experiment: Experiment, pinned: Experiment | None) -> None:
        visit(page, language, embedded=embedded).open(experiment, pinned)

    take()


@pytest.mark.parametrize(("language", "embedded"), WAYS)
def test_the_playground_takes_any_model_with_any_layer_opened_and_all_unfolded(language: str, embedded: bool) -> None:
    opened = Visit(PLAYGROUND, language, embedded=embedded)

    @settings(max_examples=LINKS)
    @given(models().flatmap(lambda one: st.tuples(st.just(one), st.sampled_from(one.places))), st.none() | models())
    def take(shown: tuple[Experiment, Opened], pinned: Experiment | None) -> None:
        opened.unfold()
        opened.open(shown[0], pinned, shown[1])

    take()
