"""Uploaded files are held up to a bound: a session's own make room, and all together are refused beyond it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.responses import Response
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.ui.server import uploads
from pages.ui.server.uploads import ALL_BYTES, SESSION_BYTES, UploadQuota, sweep_uploads

MEGABYTE = 1_000_000


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> MemoryUploadedFileManager:
    """Streamlit's own."""
    made = MemoryUploadedFileManager("/_stcore/upload_file")
    monkeypatch.setattr(uploads, "_manager", lambda: made)
    return made


async def put(quota: UploadQuota, path: str, size: int, *, said: bool = True) -> int:
    """The status of one upload."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-length", b"%d" % size)] if said else []
    scope = {"type": "http", "method": "PUT", "path": f"/_stcore/upload_file/{path}", "headers": headers}
    await quota(scope, None, send)
    return int(sent[0]["status"])


def quota_of(manager: MemoryUploadedFileManager, size: int, wait: asyncio.Event | None = None) -> UploadQuota:
    """The quota before a Streamlit that keeps files of this size."""

    async def keep(scope: Any, receive: Any, send: Any) -> None:
        if wait is not None:
            await wait.wait()
        *_, session, name = scope["path"].split("/")
        manager.add_file(session, UploadedFileRec(name, "a.csv", "text/csv", bytes(size)))
        await Response(status_code=204)(scope, receive, send)

    return UploadQuota(keep)


def test_a_sessions_oldest_files_make_room_for_its_next(manager: MemoryUploadedFileManager) -> None:
    quota = quota_of(manager, MEGABYTE)

    async def upload() -> list[int]:
        return [await put(quota, f"me/{number}", MEGABYTE) for number in range(300)]

    assert asyncio.run(upload()) == [204] * 300
    assert list(manager.file_storage["me"]) == [str(number) for number in range(280, 300)]


def test_what_a_session_sends_at_once_counts_too(manager: MemoryUploadedFileManager) -> None:
    async def upload() -> list[int]:
        wait = asyncio.Event()
        quota = quota_of(manager, MEGABYTE, wait)
        tasks = [asyncio.create_task(put(quota, f"me/{number}", MEGABYTE)) for number in range(300)]
        await asyncio.sleep(0)
        wait.set()
        statuses = await asyncio.gather(*tasks)
        assert quota.under_way == {}
        return statuses

    assert asyncio.run(upload()) == [204] * 20 + [413] * 280


def test_a_body_that_does_not_say_its_length_counts_as_the_longest(manager: MemoryUploadedFileManager) -> None:
    quota = quota_of(manager, 1)
    quota.under_way["me"] = SESSION_BYTES - MEGABYTE
    assert asyncio.run(put(quota, "me/1", 1, said=False)) == 413
    assert asyncio.run(put(quota, "me/1", 1)) == 204


def test_all_sessions_together_are_bounded_until_some_have_left(manager: MemoryUploadedFileManager) -> None:
    quota = quota_of(manager, MEGABYTE)

    async def upload() -> list[int]:
        return [await put(quota, f"{number}/1", MEGABYTE) for number in range(ALL_BYTES // MEGABYTE + 50)]

    assert asyncio.run(upload()) == [204] * 200 + [413] * 50
    sweep_uploads({"0", "1"})
    assert list(manager.file_storage) == ["0", "1"]
    assert asyncio.run(put(quota, "me/1", MEGABYTE)) == 204


def test_what_is_no_upload_passes(manager: MemoryUploadedFileManager) -> None:
    quota = quota_of(manager, 0)
    quota.under_way["me"] = SESSION_BYTES
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "DELETE", "path": "/_stcore/upload_file/me/1", "headers": []}
    asyncio.run(quota(scope, None, send))
    assert sent[0]["status"] == 204
