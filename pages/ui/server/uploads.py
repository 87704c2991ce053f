"""How much of uploaded files the server holds: of one session, and of all together.

Streamlit bounds each file and keeps all of a session's until it is over; where its files are, is its inside.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from streamlit import config, runtime

from pages.ui.server.security import UPLOADS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

SESSION_BYTES, ALL_BYTES = 20_000_000, 200_000_000
UNSAID = 2 * 1024**2
"""What a body may have at most that does not say its length: Streamlit reads no more."""

Files = dict[str, dict[str, Any]]
"""By session and by file; each file has its `data`."""


class UploadQuota:
    """Middleware: a session's oldest files make room for its next one; 413 where all together hold too much."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        base = (config.get_option("server.baseUrlPath") or "").strip("/")
        self.prefix = f"/{base}/{UPLOADS}/" if base else f"/{UPLOADS}/"
        self.under_way: defaultdict[str, int] = defaultdict(int)
        """Bytes that are being sent just now, by session."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or not scope["path"].startswith(self.prefix):
            await self.app(scope, receive, send)
            return
        session = scope["path"].removeprefix(self.prefix).partition("/")[0]
        size = announced(Headers(scope=scope))
        if not self._is_room(session, size):
            await PlainTextResponse("Too many files at once: try again in a minute.", 413)(scope, receive, send)
            return
        self.under_way[session] += size
        try:
            await self.app(scope, receive, send)
        finally:
            self.under_way[session] -= size
            if not self.under_way[session]:
                del self.under_way[session]

    def _is_room(self, session: str, size: int) -> bool:
        """Whether so many bytes more may come, once what the session has no more use for has gone."""
        coming = self.under_way.get(session, 0) + size
        if coming > SESSION_BYTES:
            return False
        files = held()
        over = coming + bytes_of(files.get(session, {})) - SESSION_BYTES
        for name, file in list(files.get(session, {}).items()):
            if over <= 0:
                break
            over -= len(file.data)
            _manager().remove_file(session, name)
        everything = sum(map(bytes_of, files.values())) + sum(self.under_way.values()) + size
        return everything <= ALL_BYTES


def announced(headers: Headers) -> int:
    """Return the bytes that a body says it has."""
    said = headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else UNSAID


def bytes_of(files: Mapping[str, Any]) -> int:
    return sum(len(file.data) for file in files.values())


def held() -> Files:
    """All uploaded files; none where Streamlit keeps them elsewhere."""
    return getattr(_manager(), "file_storage", {})


def sweep_uploads(sessions: set[str]) -> None:
    """Let the files go of all sessions but these."""
    for session in set(held()) - sessions:
        _manager().remove_session_files(session)


def _manager() -> Any:
    return getattr(runtime.get_instance(), "uploaded_file_mgr", None) if runtime.exists() else None
