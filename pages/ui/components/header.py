"""The page's head: brand, the Keras badge, copy link, language, notices."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple
from urllib.parse import urlencode

import streamlit as st

from lstm_core.assets import asset
from lstm_core.lessons.registry import LESSONS
from lstm_core.share.page_link import MARK
from lstm_core.text import Catalogue
from pages.ui import address, state
from pages.ui.components.component import page_component
from pages.ui.keras.news import News


class Badge(NamedTuple):
    """What the head says about Keras: `state` is agrees, disagrees, waiting or unavailable."""

    state: str
    text: str
    detail: str


class Notice(NamedTuple):
    """A line under the head: `kind` is info, warning or error."""

    kind: str
    text: str


_header = page_component("header")


def draw_header(t: Catalogue, news: News, answer: str | None, *, on_take: Callable[[str | None], None]) -> None:
    """Draw the head: the badge and the notices of `news`, later ones from the address of the answer.

    Choosing a language changes the session's. `on_take` is told the page's address.
    """
    _header(
        {
            "page": state.session().page,
            "mark": state.session().written.get(MARK, ""),
            "icon": asset("page/icon.svg"),
            "language": t.language,
            "languageLabel": t("page.language"),
            "tagline": t("page.tagline"),
            "copy": t("page.copy_link"),
            "copied": t("page.copied"),
            "take": t("take.open"),
            "embedded": state.embedded(),
            "whole": t("page.whole"),
            "project": t("page.project"),
            "pages": page_links(t),
            "news": news,
            "answer": answer,
        },
        key="header",
        on_redraw_change=lambda: None,
        on_language_change=_language_chosen,
        on_page_change=lambda: state.go_to(_told("header", "page")),
        on_take_change=lambda: on_take(_told("header", "take")),
    )


def page_links(t: Catalogue) -> dict[str, object]:
    """Return what leads from page to page: the playground, and every lesson with its number, title and idea."""
    return _page_links(t, urlencode(address.language_parameter()), state.session().page)


@cache
def _page_links(t: Catalogue, language: str, page: str) -> dict[str, object]:
    query = f"?{language}" if language else ""

    def link(name: str, label: str, idea: str = "") -> dict[str, object]:
        path = "." if name == state.PLAYGROUND else name
        here = page == name
        return {"name": name, "label": label, "idea": idea, "href": f"{path}{query}", "here": here}

    return {
        "label": t("lessons.pages"),
        "menu": t("lessons.menu"),
        "playground": link(state.PLAYGROUND, t("lessons.playground")),
        "lessons": [
            link(lesson.name, t(f"lessons.{lesson.name}.title"), t(f"lessons.{lesson.name}.idea")) for lesson in LESSONS
        ],
    }


_map = page_component("map")


def draw_map(t: Catalogue) -> None:
    """Draw the map of all lessons, each a link."""
    _map(
        {"title": t("lessons.title"), "help": t("lessons.help"), **page_links(t)},
        key="map",
        on_page_change=lambda: state.go_to(_told("map", "page")),
    )


_connection = page_component("connection")


def draw_connection(t: Catalogue) -> None:
    """Say so while the server is away; once it is back, run the page's script. Must stand outside of all fragments."""
    _connection({"lost": t("page.connection_lost")}, key="connection", on_found_change=lambda: None)


def _language_chosen() -> None:
    if (language := _told("header", "language")) is not None:
        state.choose_language(language)


def _told(component: str, trigger: str) -> str | None:
    """Return what a component's trigger tells; nothing where its page has gone meanwhile, and its state with it."""
    return getattr(st.session_state.get(component), trigger, None)
