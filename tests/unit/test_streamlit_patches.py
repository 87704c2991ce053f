"""What Streamlit is spared gives what Streamlit gives by itself, and another version of it is left as it is."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

from pages.ui.server.streamlit_patches import Looked, look_up_one_key, look_up_one_key_of


def test_the_state_is_looked_up_as_in_streamlits_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SafeSessionState, "filtered_state", SafeSessionState.filtered_state)  # put back after the test
    look_up_one_key()
    inner = SessionState()
    state = SafeSessionState(inner, lambda: None)
    state["units"], state["typed"] = 4, None
    copy = inner.filtered_state
    looked: Any = state.filtered_state
    assert isinstance(looked, Looked)
    assert copy == {"units": 4, "typed": None}
    assert dict(looked) == copy
    assert len(looked) == len(copy)
    for key in (*copy, "missing"):
        assert (key in looked) == (key in copy)
    with pytest.raises(KeyError):
        looked["missing"]
    state["units"] = 5
    assert looked["units"] == 5


def test_a_state_that_is_built_otherwise_is_left_as_it_is() -> None:
    class WithoutLock:
        _state: SessionState

        @property
        def filtered_state(self) -> dict[str, Any]:
            return {"units": 4}

    class WithMethod:
        _state: SessionState
        _lock: object

        def filtered_state(self) -> dict[str, Any]:
            return {"units": 4}

    for other in (WithoutLock, WithMethod):
        before = vars(other)["filtered_state"]
        look_up_one_key_of(other)
        assert vars(other)["filtered_state"] is before
