"""What Keras refuses: what it says to a refused change, ways to mend it, and mistakes that no control can make."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lstm_core.experiment import Experiment
from lstm_core.fields import field_parts
from lstm_core.keras_check import costs
from lstm_core.keras_check.refused import REFUSED, Refused, asked_for, message, refused_script
from lstm_core.layers.arguments import ARGUMENTS
from lstm_core.layers.bidirectional import directions
from lstm_core.lessons.lesson import Script
from lstm_core.mending import Mend, mends
from lstm_core.refusal import Refusal
from lstm_core.text import Catalogue
from pages.ui import state
from pages.ui.bring import use
from pages.ui.components.header import Notice
from pages.ui.keras import checking
from pages.ui.lessons.scripts import draw_script

MISTAKES = "mistakes"
"""Session key: whether the mistakes with states are shown."""


def draw_refused(t: Catalogue) -> None:
    """Draw why the last change was refused, what Keras says to it, as soon as it has, and a button for each way out."""
    refused, wished = state.refused(), state.session().wished
    with st.container():
        if refused is None:
            return
        experiment, (_, refusal) = state.experiment(), refused
        ways = mends(experiment, wished, refusal) if wished else ()
        with st.container(gap="small", key="refused"):
            said = Notice("warning", t("notice.kept", reason=t.refusal(refusal)))
            use.draw_notes([said], key="refused")
            if wished and refusal.code in REFUSED:
                st.markdown(_said(refused_script(refusal.code, asked_for(experiment, wished, refusal)), t))
            with st.container(horizontal=True, gap="small", key="mends"):
                for number, way in enumerate(ways):
                    st.button(
                        _label(way, refusal, experiment, t),
                        on_click=state.mend,
                        args=(way.experiment,),
                        key=f"mend_{number}",
                    )
                st.button(t("refused.leave"), on_click=state.mend, args=(experiment,), key="leave")


def _said(source: str, t: Catalogue) -> str:
    """Return what Keras raises for a script, or that this is not known, or not yet."""
    question = checking.awaited(checking.checks().script(Script("refused", source, raises=True), checking.me()))
    answered = checking.answer(question, 0)  # in two lines for mypy, as in `checking.look`
    result, failure = answered
    if failure is not None:
        return t("refused.not_asked")
    if result is None:
        return t("refused.asking")
    return t("refused.keras", message=f"```` {message(result)} ````")


def _label(way: Mend, refusal: Refusal, experiment: Experiment, t: Catalogue) -> str:
    if way.takes_out:
        return t(f"refused.without_{way.takes_out}", layer=refusal.facts["layer"])
    if way.settings.keys() <= {"preset", "front"}:
        return t("refused.words" if "preset" in way.settings else "refused.no_front")
    settings = ", ".join(f"`{field_parts(name)[0]}={_value(value)}`" for name, value in way.settings.items())
    of_layer = any(field_parts(name)[0] in ARGUMENTS for name in way.settings)
    if of_layer and len(experiment.layers) > 1:
        return t("refused.set_of_layer", settings=settings, layer=refusal.facts["layer"])
    return t("refused.set", settings=settings)


def _value(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) and value != "None" else str(value)


def draw_mistakes(t: Catalogue) -> None:
    """Draw what Keras says to mistakes with the states of the first layer, where it has some given or keeps them."""
    experiment = state.experiment()
    first = experiment.layers[0]
    with st.container():
        if not (experiment.initial_state or first.stateful) or not st.toggle(t("refused.mistakes"), key=MISTAKES):
            return
        right = len(directions(first)) * len(first.spec.state_names)
        asked = Refused((first,), experiment.shape)
        for name, given in (("fewer", right - 1), ("more", right + 1)):
            st.caption(t(f"refused.{name}_states", given=given, right=right))
            source = refused_script("initial_states", replace(asked, states=given))
            seconds = costs.OF_A_SCRIPT + costs.of_check(experiment)
            result = draw_script(Script(f"{name}_states", source, raises=True, seconds=seconds), t)
            if result is not None and result.error is None:
                st.caption(t("refused.nothing_said", right=right))
        st.caption(t("refused.no_batch"))
        stateful = replace(first, stateful=True, return_state=first.return_state and not first.bidirectional)
        source = refused_script("stateful_batch", replace(asked, layers=(stateful,)))
        draw_script(Script("no_batch", source, raises=True), t)
