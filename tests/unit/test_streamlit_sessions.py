"""A session that is over leaves nothing: it is ended once its page has been away for too long, and its files go."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.ui.server import streamlit_sessions
from pages.ui.server.streamlit_sessions import sweep_sessions


class Session:
    """As much of a session of Streamlit's as is asked of it."""

    def __init__(self, name: str) -> None:
        self.id = name
        self.over = False

    def shutdown(self) -> None:
        self.over = True


def test_who_has_been_away_for_too_long_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    files, kept, gone = MemoryUploadedFileManager(""), MemorySessionStorage(), MemorySessionStorage(ttl_seconds=0)
    here, left = Session("here"), Session("left")
    for session in (here, left):
        files.add_file(session.id, UploadedFileRec("1", "a.csv", "text/csv", b"1"))
    kept.save(SessionInfo(None, here))  # type: ignore[arg-type]
    gone.save(SessionInfo(None, left))  # type: ignore[arg-type]

    def sweep(storage: Any) -> None:
        manager = SimpleNamespace(_session_storage=storage, list_sessions=kept.list, list_active_sessions=kept.list)
        running = SimpleNamespace(_session_mgr=manager, uploaded_file_mgr=files)
        monkeypatch.setattr(streamlit_sessions.runtime, "exists", lambda: True)
        monkeypatch.setattr(streamlit_sessions.runtime, "get_instance", lambda: running)
        assert sweep_sessions() == {"here"}

    sweep(kept)
    assert not here.over
    sweep(gone)
    assert left.over
    assert list(files.file_storage) == ["here"]
