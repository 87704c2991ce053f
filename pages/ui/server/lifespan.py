"""What lives as long as the server: the Keras worker, and the modules that the first page needs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pages.ui.keras.checking import checks
from pages.ui.keras.news import answers
from pages.ui.server.garbage import give_back, spare_collecting
from pages.ui.server.streamlit_sessions import sweep_sessions

SWEEP_SECONDS = 1.0
BETWEEN_COLLECTIONS = 4.0
"""The server answers nobody while it collects, some 10 to 100 ms."""


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[None]:
    """Start the worker as the server starts, and end it with the server."""
    worker = checks().worker
    threading.Thread(target=_import_pages, daemon=True).start()
    sweeping = asyncio.create_task(_sweep())
    yield
    sweeping.cancel()
    worker.stop()


async def _sweep() -> None:
    """Let go, again and again, what pages held that have gone."""
    were_open: frozenset[str] = frozenset()
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        answers().sweep()
        checks().worker.office.sweep()
        are_open = sweep_sessions()
        if were_open - are_open:
            give_back()
            await asyncio.sleep(BETWEEN_COLLECTIONS)
        were_open = are_open


def _import_pages() -> None:
    """Import what the first page needs while the first browser still loads Streamlit's scripts."""
    from pages.ui import head  # noqa: F401
    from pages.ui.playground import (
        controls,  # noqa: F401
        panels,  # noqa: F401
        pictures,  # noqa: F401
    )

    spare_collecting()
