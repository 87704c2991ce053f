"""Mounts boxes of code, each with a button that copies it."""

from __future__ import annotations

import inspect
from typing import NamedTuple

import streamlit as st

from lstm_core.code import codegen
from lstm_core.code.listing import code_box, folds
from lstm_core.experiment import Experiment
from lstm_core.lessons.lesson import Script
from lstm_core.text import Catalogue
from pages.ui.components.component import page_component
from pages.ui.once import once

CODE_KINDS = ("essential", "exact", "numpy")

_code = page_component("code")


class ScriptOutput(NamedTuple):
    """What stands under a script: `kind` is prints, raises or waits."""

    kind: str
    label: str
    text: str


def draw_code(experiment: Experiment, t: Catalogue, *, shown: bool) -> None:
    """Draw the Keras code of the experiment: essential, exact, or the step as the engine's readable form has it.

    `shown` is whether the page shows its numbers: without Keras's dropout masks it shows those without dropout.
    """
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="code_head"):
        st.subheader(t("code.title"), width="content")
        kind = st.segmented_control(
            t("code.kind"),
            CODE_KINDS,
            default=CODE_KINDS[0],
            required=True,
            format_func=lambda kind: t(f"code.{kind}"),
            key="code_kind",
            label_visibility="collapsed",
        )
    if kind == "exact" and not codegen.fits_page(experiment):
        st.caption(t("code.exact_long"))
        return
    note = t("code.exact_help_dropout" if kind == "exact" and not shown else f"code.{kind}_help")
    source = _source(experiment, kind, t)
    box = code_box(source, t, label=t("code.title"), folded=folds(source) if kind == "exact" else ())
    _code({**box, "note": note}, key="code")


@once
def _source(experiment: Experiment, kind: str, t: Catalogue) -> str:
    if kind == "numpy":
        return inspect.getsource(experiment.layer.spec.step)
    return (codegen.exact if kind == "exact" else codegen.essential)(experiment, t.section("code.comments").__getitem__)


def draw_source(source: str, t: Catalogue, *, label: str, key: str) -> None:
    """Draw code with a button that copies it."""
    _code(code_box(source, t, label=label), key=key)


def draw_listing(script: Script, t: Catalogue, *, label: str, key: str, output: ScriptOutput) -> None:
    """Draw a lesson's script beside what it printed; what it is about is marked, the data before it are folded away."""
    folded = folds(script.source, known=script.known, about=script.about)
    box = code_box(script.source, t, label=label, folded=folded, about=script.about)
    _code({**box, "output": output._asdict()}, key=key)
