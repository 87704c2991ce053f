"""What one browser session holds: the experiment, the last refusal, what is pinned, the language.

`pages/ui/address.py` reads it from the URL and writes it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import streamlit as st

from lstm_core import text
from lstm_core.changes import let_go
from lstm_core.experiment import Experiment
from lstm_core.fields import FIELDS, field_named, field_parts
from lstm_core.holding import with_hold
from lstm_core.layers.arguments import ARGUMENTS, FLAGS, INITIALIZER_ARGUMENTS, LayerArguments
from lstm_core.layers.initializers import Chosen, chosen
from lstm_core.layers.model_weights import FIRST, Opened
from lstm_core.refusal import Refusal
from lstm_core.share.page_link import MARK, base_of
from lstm_core.writing import writes
from pages.ui.once import weights_once
from pages.ui.server.streamlit_context import runs_fragment

PLAYGROUND = "playground"
"""The first page."""
SESSION = "session"
"""Session key of the one `Session`: a look at Streamlit's state costs some 10 us, and a run asks forty times."""

PRESET_SHAPES = {
    "article": (3, 1),
    "impulse": (10, 1),
    "step": (8, 1),
    "ramp": (8, 1),
    "sine": (24, 1),
    "noise": (12, 3),
}
"""Timesteps and features that a preset begins with, so that what it is for is seen at once."""

INSIDE = (*FLAGS, "held")
"""The fields that are set within the playground's fragment alone, and change no weights."""
BIAS_FIELDS = ("use_bias", "unit_forget_bias", "bias_initializer")
"""Fields that set the forget gate's bias: the slider lets it go."""

KOREAN_SENTENCE = "나는 오늘 아침에 책을 조용히 읽었다"


@dataclass
class Session:
    """What one browser session holds."""

    page: str
    base: Experiment
    """What the page, or the example that was chosen, begins with."""
    experiment: Experiment
    """The last good one."""
    language: str
    language_chosen: bool = False
    """Whether the learner chose it, and links have to say it; else it is the browser's."""
    pinned: Experiment | None = None
    """What the experiment on screen is compared with."""
    notices: tuple[Refusal, ...] = ()
    """Why values of the link were replaced."""
    let_go: tuple[str, ...] = ()
    """The fields of what the last change could not keep."""
    refused: tuple[str, Refusal] | None = None
    """The field that the learner last set to something that cannot be, and why it cannot."""
    wished: Mapping[str, Any] = field(default_factory=dict)
    """The changes that were refused with it, by field."""
    whole: tuple[Experiment, Opened] | None = None
    """What the last run that drew all of its page has shown, and which layer; None while such a run is under way."""
    going_to: str | None = None
    """The page to open as soon as this run comes to `address.follow`."""
    opened: Opened = FIRST
    """Which layer the page shows, and which of its directions."""
    written: dict[str, str] = field(default_factory=dict)
    """The parameters that the URL had, or got, last."""


def session() -> Session:
    """Return what the session holds. Raises KeyError before `address.open_session`."""
    found: Session = st.session_state[SESSION]
    return found


def page_is_whole() -> None:
    """Note that this run has drawn all of its page: each control shows the experiment as it is now."""
    held = session()
    held.whole = held.experiment, opened()


def opened() -> Opened:
    """Return which layer the page shows; the nearest that is there."""
    held = session()
    places = held.experiment.places
    if held.opened not in places:
        held.opened = min(places, key=lambda place: abs(place.layer - held.opened.layer))
    return held.opened


def open_layer(place: Opened) -> None:
    """Show another layer; what was refused is let go, for its control shows another layer now."""
    held = session()
    held.opened, held.refused = place, None


def layer() -> LayerArguments:
    """Return the arguments of the layer that the page shows."""
    return experiment().layers[opened().layer - 1]


def seen() -> SimpleNamespace:
    """Return the experiment's fields as the controls show them: those of a layer are the opened one's."""
    return SimpleNamespace(**vars(experiment()) | vars(layer()))


def field_of(name: str) -> str:
    """Return which field of the experiment the control of this name sets: of a layer, the opened one's."""
    return field_named(name, opened().layer) if name in ARGUMENTS else name


def fill_widget(name: str) -> None:
    """Let a field's widget, which is about to be drawn, show the experiment; what was refused stays as it was typed."""
    held = session()
    if held.refused is None or held.refused[0] != name:
        value = _for_widget(name, held.experiment)
        if name in INITIALIZER_ARGUMENTS:
            used = chosen(getattr(layer(), name))
            value = used.name
            for argument, number in used.named.items():
                st.session_state[argument_key(name, argument)] = number
        st.session_state[widget_key(name)] = value


def embedded() -> bool:
    """Whether the page stands in a slide or a frame: its address says `embed=true`, which Streamlit keeps."""
    return bool(st.context.is_embedded)


def experiment() -> Experiment:
    """Return the last good experiment of the session."""
    return session().experiment


def replace(experiment: Experiment) -> None:
    """Put another experiment on screen in place of this one."""
    held = session()
    held.experiment, held.refused, held.let_go = experiment, None, ()


def rearrange(experiment: Experiment) -> None:
    """Put the same model with other layers on screen, and keep what of it found no place there."""
    held = session()
    lost = let_go(held.experiment, experiment)
    replace(experiment)
    held.let_go = lost


def pinned() -> Experiment | None:
    """Return the experiment that the one on screen is compared with, if one is pinned."""
    return session().pinned


def pin(experiment: Experiment | None) -> None:
    """Compare with this experiment from now on, or with none."""
    session().pinned = experiment


def refused() -> tuple[str, Refusal] | None:
    """Return the field that the learner last set to something that cannot be, and why it cannot."""
    return session().refused


def apply(name: str) -> None:
    """Take the value of a field's widget into the experiment; if it cannot stand, keep the last good one and why."""
    held = session()
    if _is_older(name):
        return
    value = _in_widget(name)
    if value == _for_widget(name, held.experiment):  # said again: nothing else follows from it
        if held.refused is not None and held.refused[0] == name:
            held.refused = None
        return
    value = tuple(value) if isinstance(value, list) else value
    changes: dict[str, Any] = {field_of(name): value}
    if name == "preset" and value in PRESET_SHAPES:
        changes["timesteps"], changes["features"] = PRESET_SHAPES[value]
    if name in BIAS_FIELDS:
        changes[field_of("forget_bias")] = None
    change(name, **changes)


def other_controls_change(name: str = "") -> bool:
    """Whether a control outside of the playground's fragment shows something else, but for that of the field `name`."""
    now, whole = experiment(), session().whole
    if whole is None:
        return True
    shown, place = whole
    if place != opened():
        return True
    others = now.differs_from(shown)
    if not writes(now) and not writes(shown):  # what a model writes on is outside of it
        others = {other for other in others if field_parts(other)[0] not in INSIDE}
    if others - {field_of(name)}:
        return True
    by_the_weights = bool(others) and name != "forget_bias"
    return by_the_weights and _for_widget("forget_bias", now) != _for_widget("forget_bias", shown)


def refuse(name: str, refusal: Refusal) -> None:
    """Keep why a change in the name of one field cannot be."""
    held = session()
    held.refused, held.wished = (name, refusal), {}


def change(name: str, **changes: Any) -> None:
    """Change the experiment in the name of one field, or keep why that is refused."""
    held = session()
    held.notices = ()
    try:
        changed = held.experiment.changed(**changes)
    except Refusal as refusal:
        held.refused, held.wished = (name, refusal), changes
        return
    held.let_go = let_go(held.experiment, changed, changes)
    held.experiment, held.refused = changed, None


def hold(told: object) -> None:
    """Hold a gate of the opened layer, or let it go, as a browser tells; what it cannot have meant is left."""
    held = with_hold(experiment(), opened(), told)
    if held is not None:
        change("held", held=held)


def mend(experiment: Experiment) -> None:
    """Put on screen what mends the refused change; controls that still show it are drawn again."""
    replace(experiment)
    session().whole = None


def beginning() -> Experiment:
    """Return the experiment that the page begins with, its sentence in the session's language."""
    held = session()
    korean = held.language == "ko" and held.base.preset == "words"
    return held.base.changed(sentence=KOREAN_SENTENCE) if korean else held.base


def start_again() -> None:
    """Forget the experiment; the page, the example and the language stay."""
    replace(beginning())


def choose_example(name: str) -> None:
    """Put another example on screen, as it begins, or what has learned nothing yet; what is pinned is let go."""
    held = session()
    held.base = base_of({MARK: name})
    held.pinned, held.notices, held.opened = None, (), FIRST
    replace(beginning())


def choose_language(language: str) -> None:
    """Show the page in this language from now on, and say so in the URL; another than the app speaks is no choice."""
    if language in text.LANGUAGES:
        held = session()
        held.language, held.language_chosen = language, True


def go_to(page: str | None) -> None:
    """Open another page, if one is named, as soon as this run of the script comes to `address.follow`."""
    session().going_to = page


def widget_key(name: str) -> str:
    """Return the session key of a field's widget."""
    return f"w_{name}"


def argument_key(name: str, argument: str) -> str:
    """Return the session key of the box of a number that a field's initializer takes."""
    return f"{widget_key(name)}_{argument}"


def _in_widget(name: str) -> Any:
    """Return what a field's widget holds: of an initializer, its name with the numbers in the boxes beneath, if they
    are its own.
    """
    value = st.session_state[widget_key(name)]
    if name not in INITIALIZER_ARGUMENTS:
        return value
    used = chosen(getattr(layer(), name))
    if value != used.name:
        return value
    return str(Chosen(value, tuple(st.session_state[argument_key(name, argument)] for argument in used.named)))


def _is_older(name: str) -> bool:
    """Whether a widget's value is what the browser showed before the last change.

    A look for Keras's answer brings the values of all widgets along, and may have been sent before the browser heard of
    a change. A learner's own change in the playground's sidebar is never told to one fragment alone.
    """
    return runs_fragment() and session().page == PLAYGROUND and name not in FLAGS


def _for_widget(name: str, experiment: Experiment) -> object:
    """Return a field's value as its widget takes it; the forget bias as it is where nobody set it, 0 without."""
    place = opened() if opened() in experiment.places else FIRST
    shown = experiment.layers[place.layer - 1]
    value = getattr(shown if name in ARGUMENTS else experiment, name)
    if name == "forget_bias" and value is None:
        bias = weights_once(experiment).of(place).bias
        if bias is None or not shown.has(name):
            return 0.0
        bounds = FIELDS[name].metadata  # given weights, or numbers set by hand, may lie beyond the slider's ends
        return min(max(float(bias[shown.units]), bounds["low"]), bounds["high"])
    return list(value) if isinstance(value, tuple) else value
