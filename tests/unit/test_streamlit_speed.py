"""What Streamlit is spared gives what Streamlit gives by itself."""

from __future__ import annotations

import pytest
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

from pages.ui.server import streamlit_patches

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


@pytest.fixture
def spared(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in ((app_session, "_populate_theme_msg"), (SafeSessionState, "filtered_state")):
        monkeypatch.setattr(owner, name, getattr(owner, name))  # put back after the test
    streamlit_patches.speed_up()


@pytest.mark.parametrize("section", SECTIONS)
def test_the_theme_is_streamlits_own_reading_of_our_settings(spared: None, section: str) -> None:
    by_itself, again = CustomThemeConfig(), CustomThemeConfig()
    streamlit_patches._read_theme(by_itself, section)
    for message in (CustomThemeConfig(), again):
        app_session._populate_theme_msg(message, section)
        assert message == by_itself
    assert bool(by_itself.ListFields()) == (section != "theme.sidebar")


def test_the_state_is_looked_up_as_in_streamlits_copy(spared: None) -> None:
    inner = SessionState()
    state = SafeSessionState(inner, lambda: None)
    state["units"], state["typed"] = 4, None
    copy = inner.filtered_state
    looked = state.filtered_state
    assert copy == {"units": 4, "typed": None}
    assert dict(looked) == copy
    assert len(looked) == len(copy)
    for key in (*copy, "missing"):
        assert (key in looked) == (key in copy)
    with pytest.raises(KeyError):
        looked["missing"]
    state["units"] = 5
    assert looked["units"] == 5
