"""What a session of Streamlit's holds beside its state: no open files of its own, and nothing once it is over.

It leans on Streamlit's internals: the version is pinned, and another one is left as it is.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import ModuleType
from typing import Any

from streamlit import runtime

from pages.ui.server.uploads import sweep_uploads


def hold_no_files() -> None:
    """Give all sessions one event loop for their scripts, where Streamlit opens one for each: three files a session.

    A script needs one to be there, and none of ours runs anything on it.
    """
    with suppress(ImportError):  # another version
        from streamlit.runtime import app_session

        share_loop(app_session)


def share_loop(module: ModuleType) -> None:
    """Do so in a module that is Streamlit's `app_session`; another one is left alone."""
    session = getattr(module, "AppSession", None)
    close = getattr(module, "_close_script_event_loop", None)
    if session is None or close is None:
        return
    shared = asyncio.new_event_loop()
    make = session.__init__

    def __init__(self: Any, *arguments: Any, **named: Any) -> None:
        make(self, *arguments, **named)
        if isinstance(getattr(self, "_script_event_loop", None), asyncio.AbstractEventLoop):
            self._script_event_loop.close()
            self._script_event_loop = shared

    def close_own(loop: asyncio.AbstractEventLoop) -> None:
        if loop is not shared:
            close(loop)

    session.__init__ = __init__
    module._close_script_event_loop = close_own  # type: ignore[attr-defined]


def sweep_sessions() -> frozenset[str]:
    """Let the sessions go whose pages have been away for too long, and the files of those that are over.

    Streamlit does so only when the next one leaves, or when Python happens to look for garbage.
    Return the sessions whose pages are open.
    """
    manager: Any = getattr(runtime.get_instance(), "_session_mgr", None) if runtime.exists() else None
    kept = getattr(getattr(manager, "_session_storage", None), "_cache", None)
    if kept is not None and hasattr(kept, "expire"):
        for _, left in kept.expire():
            left.session.shutdown()
    if hasattr(manager, "list_sessions") and hasattr(manager, "list_active_sessions"):
        sweep_uploads({known.session.id for known in manager.list_sessions()})
        return frozenset(active.session.id for active in manager.list_active_sessions())
    return frozenset()
