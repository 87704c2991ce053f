"""What a session of Streamlit's holds beside its state: no open files of its own, and nothing once it is over.

It leans on Streamlit's internals: the version is pinned, and another one is left as it is.
"""

from __future__ import annotations

import asyncio
from typing import Any

from streamlit import runtime
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession

from pages.ui.server.uploads import sweep_uploads


def hold_no_files() -> None:
    """Give all sessions one event loop for their scripts, where Streamlit opens one for each: three files a session.

    A script needs one to be there, and none of ours runs anything on it.
    """
    if not hasattr(app_session, "_close_script_event_loop"):
        return
    shared = asyncio.new_event_loop()
    make, close = AppSession.__init__, app_session._close_script_event_loop

    def __init__(self: AppSession, *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        if isinstance(getattr(self, "_script_event_loop", None), asyncio.AbstractEventLoop):
            self._script_event_loop.close()
            self._script_event_loop = shared

    def close_own(loop: asyncio.AbstractEventLoop) -> None:
        if loop is not shared:
            close(loop)

    AppSession.__init__ = __init__  # type: ignore[method-assign]
    app_session._close_script_event_loop = close_own


def sweep_sessions() -> frozenset[str]:
    """Let the sessions go whose pages have been away for too long, and the files of those that are over.

    Streamlit does so only when the next one leaves, or when Python happens to look for garbage.
    Return the sessions whose pages are open.
    """
    manager = getattr(runtime.get_instance(), "_session_mgr", None) if runtime.exists() else None
    kept = getattr(getattr(manager, "_session_storage", None), "_cache", None)
    if kept is not None and hasattr(kept, "expire"):
        for _, left in kept.expire():
            left.session.shutdown()
    if manager is not None:
        sweep_uploads({known.session.id for known in manager.list_sessions()})
        return frozenset(active.session.id for active in manager.list_active_sessions())
    return frozenset()
