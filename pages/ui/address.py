"""The page's address, which says the whole session: read when a page opens, written as the experiment changes."""

from __future__ import annotations

import re
from typing import NoReturn

import streamlit as st

from lstm_core import text
from lstm_core.experiment import Experiment
from lstm_core.layers.model_weights import FIRST, Opened
from lstm_core.refusal import Refusal
from lstm_core.share.link import DEFAULT, Link, decode, encode
from lstm_core.share.link import Opened as Decoded
from lstm_core.share.page_link import MARK, base_of, decode_page, encode_page, marked, says_fields, unmarked
from pages.ui import state
from pages.ui.server.streamlit_context import runs_fragment
from pages.ui.state import PLAYGROUND, SESSION, Session

LANGUAGE_PARAMETER = "lang"
LAYER_PARAMETER = "layer"
"""The layer that a link opens, `2`, or `2b` for its backward direction."""
_PLACE = re.compile("([1-4])(b?)")
_SHOWN = 40
LOOKING = ("step", "unit", "projector")
"""Parameters that the browser keeps in the URL by itself: how the page is looked at, no part of the experiment."""


def open_session(page: str = PLAYGROUND, base: Experiment = DEFAULT) -> text.Catalogue:
    """Read the URL into the session if someone changed it, and return the catalogue of the session's language.

    A lesson's `page` begins with `base`; the playground with the example that its URL is marked with.
    """
    held: Session | None = st.session_state.get(SESSION)
    query = _query(page)
    if held is None or held.page != page or held.written != query:
        held = st.session_state[SESSION] = _read(query, page, base, held)
        is_marked = page == PLAYGROUND and MARK in st.query_params  # then it means the same in every language
        if not is_marked and not says_fields(query):
            held.experiment = state.beginning()
    held.whole = None
    return text.load(held.language)


def close_session() -> Link:
    """Write the session into the URL where it differs from what stands there; return the link."""
    held = state.session()
    link = _link(held)
    place = state.opened()
    opens = {} if place == FIRST else {LAYER_PARAMETER: place.suffix[1:]}
    parameters = dict(link.parameters) | opens | language_parameter()
    if parameters != held.written:
        _write(parameters)
        held.written = parameters
    return link


def complete_page() -> None:
    """In a fragment: draw all of the page instead, where the controls outside of the fragment show another experiment.

    It may have been changed from within the fragment, or the run that was to draw the page did not come to its end.
    """
    if runs_fragment() and state.other_controls_change():
        run_again()


def run_again() -> NoReturn:
    """Draw the page again from a fragment, by the URL last written: the browser may not have had it when it asked."""
    held = state.session()
    if _query(held.page) != held.written:
        _write(held.written)
    st.rerun()


def follow(t: text.Catalogue) -> None:
    """Do what the page's head was asked for: open another page, or draw this one in another language."""
    held = state.session()
    going_to, held.going_to = held.going_to, None
    if going_to is not None:
        st.switch_page(st.session_state["pages"][going_to], query_params=language_parameter())
    if held.language != t.language:
        st.rerun()


def language_parameter() -> dict[str, str]:
    """Return what a link has to say of the language: nothing where the browser's own is shown."""
    held = state.session()
    return {LANGUAGE_PARAMETER: held.language} if held.language_chosen else {}


def _read(query: dict[str, str], page: str, base: Experiment, before: Session | None) -> Session:
    """Return the session of a URL; it keeps the language that was chosen `before` where the URL names none."""
    asked = query.get(LANGUAGE_PARAMETER)
    opened = decode_page(query) if page == PLAYGROUND else decode(query, base)
    place = _place(query.get(LAYER_PARAMETER, ""))
    if page != PLAYGROUND:
        opened = _of_one_lstm(opened)
    elif query.get(LAYER_PARAMETER) and place not in opened.experiment.places:
        opened = opened._replace(refusals=(*opened.refusals, _no_place(query[LAYER_PARAMETER], opened.experiment)))
    if before is not None and before.language_chosen and asked not in text.LANGUAGES:
        asked = before.language
    return Session(
        page=page,
        base=base_of(query) if page == PLAYGROUND else base,
        experiment=opened.experiment,
        language=text.pick(asked, st.context.locale),
        language_chosen=asked in text.LANGUAGES,
        pinned=opened.pinned,
        notices=opened.refusals,
        going_to=before.going_to if before else None,
        opened=place or FIRST,
        written=query,
    )


def _place(text: str) -> Opened | None:
    """Return the layer that a link opens; None where it names none."""
    found = _PLACE.fullmatch(text)
    return Opened(int(found[1]), bool(found[2])) if found else None


def _no_place(text: str, experiment: Experiment) -> Refusal:
    return Refusal("link_layer", given=text[:_SHOWN], layers=len(experiment.layers))


def _of_one_lstm(opened: Decoded) -> Decoded:
    """Return what a link opens in a lesson: the first layer by itself, as an LSTM; what is left out is told."""
    alone = opened.experiment.alone("LSTM")
    pinned = None if opened.pinned is None else opened.pinned.alone("LSTM")
    if (alone, pinned) == (opened.experiment, opened.pinned):
        return opened
    return Decoded(alone, (*opened.refusals, Refusal("link_one_lstm")), pinned)


def _write(parameters: dict[str, str]) -> None:
    asked = st.query_params.to_dict()
    parameters = parameters | {name: asked[name] for name in LOOKING if name in asked}
    st.query_params.from_dict(unmarked(parameters) if MARK in parameters else parameters)


def _query(page: str) -> dict[str, str]:
    asked = st.query_params.to_dict()
    asked = marked(asked) if page == PLAYGROUND else asked
    return {name: value for name, value in asked.items() if name not in LOOKING}


def _link(held: Session) -> Link:
    if held.page == PLAYGROUND:
        return encode_page(held.experiment, pinned=held.pinned)
    return encode(held.experiment, held.base, pinned=None if held.pinned is None else encode(held.pinned, held.base))
