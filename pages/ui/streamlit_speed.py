"""Streamlit reads its settings anew for every run of a script; ours stay as they are, so they are read once.

It leans on Streamlit's internals: the version is pinned, and a test compares the messages.
"""

from __future__ import annotations

from functools import cache

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

_read_theme = app_session._populate_theme_msg


@cache
def _theme(section: str) -> CustomThemeConfig:
    message = CustomThemeConfig()
    _read_theme(message, section)
    return message


def _populate_theme(message: CustomThemeConfig, section: str = "theme") -> None:
    message.MergeFrom(_theme(section))


def remember_theme() -> None:
    """Read each section of the theme once: in every run it took a quarter of all that a flag costs the server."""
    app_session._populate_theme_msg = _populate_theme
