"""What one browser session holds: the experiment, the last refusal, the language; and the URL that says it all."""

from __future__ import annotations

from typing import Any, NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lstm_core import text
from lstm_core.code.codegen import FLAGS
from lstm_core.experiment import FIELDS, Experiment
from lstm_core.refusal import Refusal
from lstm_core.share.link import DEFAULT, Link, decode, encode
from pages.ui.once import weights_once

PLAYGROUND = "playground"
"""The first page."""

LANGUAGE_PARAMETER = "lang"
LOOKING = ("step", "unit", "projector")
"""Parameters that the browser keeps in the URL by itself: how the page is looked at, no part of the experiment."""

PRESET_SHAPES = {
    "article": (3, 1),
    "impulse": (10, 1),
    "step": (8, 1),
    "ramp": (8, 1),
    "sine": (24, 1),
    "noise": (12, 3),
}
"""Timesteps and features that a preset begins with, so that what it is for is seen at once."""

BIAS_FIELDS = ("use_bias", "unit_forget_bias", "bias_initializer")
"""Fields that decide the forget gate's bias anew: the slider lets it go."""

KOREAN_SENTENCE = "나는 오늘 아침에 책을 조용히 읽었다"


def open_session(page: str = PLAYGROUND, base: Experiment = DEFAULT) -> text.Catalogue:
    """Read the URL into the session if someone changed it, and return the catalogue of the session's language.

    `page` begins with `base` and writes into the URL where the experiment differs from it.
    """
    state = st.session_state
    query = _query()
    if state.get("page") != page or query != state.written:
        asked = query.get(LANGUAGE_PARAMETER)
        if asked in text.LANGUAGES or not state.get("language_chosen"):
            state.language_chosen = asked in text.LANGUAGES
            state.language = text.pick(asked, st.context.locale)
        state.page, state.base = page, base
        opened = decode(query, base)
        state.experiment, state.notices, state.pinned = opened.experiment, opened.refusals, opened.pinned
        if not query.keys() & FIELDS.keys():
            state.experiment = beginning()
        state.refused = None
        state.written = query
    state.whole = None
    return text.load(state.language)


def page_is_whole() -> None:
    """Note that this run has drawn all of its page: each control shows the experiment as it is now."""
    st.session_state.whole = st.session_state.experiment


def complete_page() -> None:
    """In a fragment: draw all of the page instead, where the controls outside of the fragment show another experiment.

    It may have been changed from within the fragment, or the run that was to draw the page did not come to its end.
    """
    if runs_alone() and other_controls_change():
        run_again()


def runs_alone() -> bool:
    """Whether a fragment of the page runs, not all of it."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)


def fill_widget(name: str) -> None:
    """Let a field's widget, which is about to be drawn, show the experiment; what was refused stays as it was typed."""
    state = st.session_state
    if state.refused is None or state.refused[0] != name:
        state[widget_key(name)] = _for_widget(name, state.experiment)


def close_session() -> Link:
    """Write the session into the URL where it differs from what stands there; return the link."""
    state = st.session_state
    link = encode(state.experiment, state.base, pinned=state.pinned)
    parameters = dict(link.parameters) | language_parameter()
    if parameters != state.written:
        _write_url(parameters)
        state.written = parameters
    return link


def run_again() -> NoReturn:
    """Draw the page anew from a fragment, by the URL last written: the browser may not have had it when it asked."""
    written: dict[str, str] = st.session_state.written
    if _query() != written:
        _write_url(written)
    st.rerun()


def language_parameter() -> dict[str, str]:
    """Return what a link has to say of the language: nothing where the browser's own is shown."""
    state = st.session_state
    return {LANGUAGE_PARAMETER: state.language} if state.language_chosen else {}


def embedded() -> bool:
    """Whether the page stands in a slide or a frame: its address says `embed=true`, which Streamlit keeps."""
    return bool(st.context.is_embedded)


def experiment() -> Experiment:
    """Return the last good experiment of the session."""
    chosen: Experiment = st.session_state.experiment
    return chosen


def replace(experiment: Experiment) -> None:
    """Put another experiment on screen in place of this one."""
    st.session_state.experiment, st.session_state.refused = experiment, None


def pinned() -> Experiment | None:
    """Return the experiment that the one on screen is compared with, if one is pinned."""
    found: Experiment | None = st.session_state.pinned
    return found


def pin(experiment: Experiment | None) -> None:
    """Compare with this experiment from now on, or with none."""
    st.session_state.pinned = experiment


def refused() -> tuple[str, Refusal] | None:
    """Return the field that the learner last set to something that cannot be, and why it cannot."""
    found: tuple[str, Refusal] | None = st.session_state.refused
    return found


def apply(name: str) -> None:
    """Take the value of a field's widget into the experiment; if it cannot stand, keep the last good one and why."""
    state = st.session_state
    value = state[widget_key(name)]
    if _is_older(name):
        return
    if value == _for_widget(name, state.experiment):
        if state.refused is not None and state.refused[0] == name:
            state.refused = None
        return
    value = tuple(value) if isinstance(value, list) else value
    changes: dict[str, Any] = {name: value}
    another = value != getattr(experiment(), name)  # a widget may also say again what the page has set in it
    if another and name == "preset" and value in PRESET_SHAPES:
        changes["timesteps"], changes["features"] = PRESET_SHAPES[value]
    if another and name in BIAS_FIELDS:
        changes["forget_bias"] = None
    change(name, **changes)


def other_controls_change(name: str = "") -> bool:
    """Whether a control outside of the playground's fragment shows something else, but for that of the field `name`."""
    now, shown = experiment(), st.session_state.whole
    if shown is None or now.differs_from(shown) - {name, *FLAGS}:
        return True
    return name != "forget_bias" and _for_widget("forget_bias", now) != _for_widget("forget_bias", shown)


def change(name: str, **changes: Any) -> None:
    """Change the experiment in the name of one field, or keep why that is refused."""
    state = st.session_state
    state.notices = ()
    try:
        state.experiment, state.refused = state.experiment.changed(**changes), None
    except Refusal as refusal:
        state.refused = (name, refusal)


def beginning() -> Experiment:
    """Return the experiment that the page begins with, its sentence in the session's language."""
    base: Experiment = st.session_state.base
    korean = st.session_state.language == "ko" and base.preset == "words"
    return base.changed(sentence=KOREAN_SENTENCE) if korean else base


def start_again() -> None:
    """Forget the experiment; the page and the language stay."""
    replace(beginning())


def choose_language(language: str) -> None:
    """Show the page in this language from now on, and say so in the URL; another than the app speaks is no choice."""
    if language not in text.LANGUAGES:
        return
    st.session_state.language, st.session_state.language_chosen = language, True


def go_to(page: str | None) -> None:
    """Open another page, if one is named, as soon as this run of the script comes to `follow`."""
    st.session_state.going_to = page


def follow(t: text.Catalogue) -> None:
    """Do what the page's head was asked for: open another page, or draw this one in another language."""
    going_to = st.session_state.pop("going_to", None)
    if going_to is not None:
        st.switch_page(st.session_state.pages[going_to], query_params=language_parameter())
    if st.session_state.language != t.language:
        st.rerun()


def widget_key(name: str) -> str:
    """Return the session key of a field's widget."""
    return f"w_{name}"


def _is_older(name: str) -> bool:
    """Whether a widget's value is what the browser showed before the last change.

    A look for Keras's answer brings the values of all widgets along, and may have been sent before the browser heard of
    a change. A learner's own change in the playground's sidebar is never told to one fragment alone.
    """
    return runs_alone() and st.session_state.page == PLAYGROUND and name not in FLAGS


def _write_url(parameters: dict[str, str]) -> None:
    asked = st.query_params.to_dict()
    st.query_params.from_dict(parameters | {name: asked[name] for name in LOOKING if name in asked})


def _query() -> dict[str, str]:
    return {name: value for name, value in st.query_params.to_dict().items() if name not in LOOKING}


def _for_widget(name: str, experiment: Experiment) -> object:
    """Return a field's value as its widget takes it; the forget bias as it is where nobody set it."""
    value = getattr(experiment, name)
    if name == "forget_bias" and value is None:
        bias = weights_once(experiment).bias
        bounds = FIELDS[name].metadata  # given weights, or numbers set by hand, may lie beyond the slider's ends
        return 0.0 if bias is None else min(max(float(bias[experiment.units]), bounds["low"]), bounds["high"])
    return list(value) if isinstance(value, tuple) else value
