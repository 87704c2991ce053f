"""What Streamlit does anew in every run of a script, though here it is always the same: done once.

It leans on Streamlit's internals: the version is pinned, and tests compare with what Streamlit does by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.state.safe_session_state import SafeSessionState

_read_theme = app_session._populate_theme_msg
_all_of: Any = SafeSessionState.__dict__["filtered_state"].fget


@cache
def _theme(section: str) -> CustomThemeConfig:
    message = CustomThemeConfig()
    _read_theme(message, section)
    return message


def _populate_theme(message: CustomThemeConfig, section: str = "theme") -> None:
    message.MergeFrom(_theme(section))


class Looked(Mapping[str, Any]):
    """The session's state, looked up when asked: most widgets ask for one key, and had all of them copied for it."""

    def __init__(self, safe: SafeSessionState) -> None:
        self._safe = safe

    def __contains__(self, key: object) -> bool:
        with self._safe._lock:
            return key in self._safe._state

    def __getitem__(self, key: str) -> Any:
        with self._safe._lock:
            return self._safe._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_all_of(self._safe))

    def __len__(self) -> int:
        return len(_all_of(self._safe))


def speed_up() -> None:
    """Read the theme once, and look up one key where one is asked for."""
    app_session._populate_theme_msg = _populate_theme  # type: ignore[assignment]
    SafeSessionState.filtered_state = property(Looked)  # type: ignore[assignment,method-assign]
