"""A session that is over leaves nothing: it is ended once its page has been away for too long, and its files go."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.ui.server import streamlit_sessions
from pages.ui.server.streamlit_sessions import share_loop, sweep_sessions


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


def test_all_sessions_have_one_event_loop_which_none_of_them_closes() -> None:
    class Opening:
        def __init__(self) -> None:
            self._script_event_loop = asyncio.new_event_loop()

    closed: list[asyncio.AbstractEventLoop] = []
    module = SimpleNamespace(AppSession=Opening, _close_script_event_loop=closed.append)
    share_loop(module)  # type: ignore[arg-type]
    loop, other = Opening()._script_event_loop, Opening()._script_event_loop
    assert loop is other
    own = asyncio.new_event_loop()
    for each in (loop, own):
        module._close_script_event_loop(each)
    assert closed == [own]
    assert not loop.is_closed()
    loop.close()
    own.close()


@pytest.mark.parametrize("known", ["AppSession", "_close_script_event_loop"])
def test_another_version_keeps_its_event_loops(known: str) -> None:
    class Other:
        pass

    made = vars(Other).get("__init__")
    module = SimpleNamespace(**{known: Other})
    share_loop(module)  # type: ignore[arg-type]
    assert vars(Other).get("__init__") is made
    assert vars(module) == {known: Other}


def test_another_version_whose_sessions_are_elsewhere_is_not_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    for inside in (SimpleNamespace(), SimpleNamespace(_session_mgr=SimpleNamespace(_session_storage=object()))):
        monkeypatch.setattr(streamlit_sessions.runtime, "exists", lambda: True)
        monkeypatch.setattr(streamlit_sessions.runtime, "get_instance", lambda inside=inside: inside)
        assert sweep_sessions() == frozenset()
