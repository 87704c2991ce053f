"""The tab for weights: an `.npz` file from the learner's own model, checked before it is read."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from lstm_core.layers.packed import pack
from lstm_core.layers.spec import STATES
from lstm_core.refusal import Refusal
from lstm_core.share.weights_file import WeightsFile, read_npz, snippet
from lstm_core.text import Catalogue
from pages.ui import state
from pages.ui.bring import use
from pages.ui.components.code import draw_source
from pages.ui.components.header import Notice

KEY = "bring_weights"
OWN_FEATURES = ("typed",)
"""Sequences whose features are what they are; all others take as many as the weights want."""


def draw(t: Catalogue) -> None:
    """Draw the tab: the file, what was found in it or why it is refused, and how to make one."""
    st.caption(t("bring.weights.help"))
    file = st.file_uploader(t("bring.weights.file"), type="npz", key=f"{KEY}_file")
    if file:
        try:
            _draw_found(read_npz(file.getvalue()), t)
        except Refusal as refusal:
            use.draw_refusal(refusal, t, key=KEY)
    st.caption(t("bring.weights.snippet"))
    draw_source(snippet(t("bring.weights.layer_name")), t, label=t("bring.weights.snippet"), key=f"{KEY}_snippet")


def draw_origin(t: Catalogue) -> None:
    """Say that the weights come from a file, where they do, and offer the seeded ones again."""
    experiment = state.experiment()
    if not experiment.given_weights:
        return
    learned = experiment.learned
    said = t("examples.weights_trained", task=t(f"tasks.{learned}.name")) if learned else t("bring.weights.given")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="given"):
        st.caption(said, width="content")
        st.button(
            t("examples.fresh_weights" if learned else "bring.weights.seeded"),
            on_click=partial(state.change, "given_weights", given_weights=""),
            key="weights_seeded",
        )


def _draw_found(found: WeightsFile, t: Catalogue) -> None:
    weights, experiment = found.weights, state.experiment().alone("LSTM")
    features = experiment.shape[2]
    said = [
        t(
            "bring.weights.found",
            names=", ".join(found.used),
            units=weights.units,
            features=weights.features,
            parameters=weights.parameters,
        )
    ]
    if weights.bias is None:
        said.append(t("bring.weights.no_bias"))
    if set(found.dtypes) != {"float32"}:
        said.append(t("bring.weights.converted", dtypes=", ".join(sorted(set(found.dtypes)))))
    if found.unused:
        said.append(t("bring.weights.unused", count=len(found.unused)))
    changes: dict[str, Any] = {"layers": experiment.layers, "front": experiment.front, "head": experiment.head}
    changes |= {"units": weights.units, "use_bias": weights.bias is not None}
    if features != weights.features:
        if experiment.preset in OWN_FEATURES or experiment.task is not None:
            raise Refusal("weights_features", given=weights.features, features=features)
        changes["features"] = weights.features
        said.append(t("bring.weights.features", features=weights.features))
    use.draw_notes([Notice("info", " ".join(said))], key=f"{KEY}_found")
    use.draw_use(
        t,
        name="given_weights",
        key=KEY,
        given_weights=pack(weights),
        forget_bias=None,
        edits=tuple(edit for edit in experiment.edits if edit.tensor in STATES),
        **changes,
    )
