"""The page's head: brand, the Keras badge, copy link, language, notices."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import streamlit as st

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


def asset(path: str) -> str:
    """Return a file of assets/ as text."""
    return (ASSETS / path).read_text(encoding="utf-8")


_header = st.components.v2.component(
    "lens_head",
    html=asset("frame/header.html"),
    css=asset("frame/header.css"),
    js=asset("frame/header.js"),
    isolate_styles=False,
)


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
