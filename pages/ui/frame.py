"""The page's head: brand, the Keras badge, copy link, language, notices."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from lstm_core.text import Catalogue
from pages.ui import state

ASSETS = Path(__file__).parents[2] / "assets"


class Badge(NamedTuple):
    """What the head says about Keras: `state` is agrees, disagrees, waiting or unavailable."""

    state: str
    text: str
    detail: str


class Notice(NamedTuple):
    """A line under the head: `kind` is info, warning or error."""

    kind: str
    text: str


def component(name: str) -> ComponentRenderer:
    """Return a component of assets/frame: its HTML, CSS and JavaScript, in the page's own document."""
    files = {kind: (ASSETS / "frame" / f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")}
    return st.components.v2.component(f"lens_{name}", **files, isolate_styles=False)


_header = component("header")


def draw_header(t: Catalogue, badge: Badge, notices: list[Notice]) -> None:
    """Draw the head; choosing a language changes the session's."""
    _header(
        key="header",
        data={
            "language": t.language,
            "languageLabel": t("page.language"),
            "tagline": t("page.tagline"),
            "copy": t("page.copy_link"),
            "copied": t("page.copied"),
            "badge": badge._asdict(),
            "notices": [notice._asdict() for notice in notices],
        },
        on_language_change=_language_chosen,
    )


def _language_chosen() -> None:
    state.choose_language(st.session_state["header"].language)
