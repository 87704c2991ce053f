"""`python -m pages.ui.server.dev`: the app for who works on it, started again as soon as one of its files changes."""

from __future__ import annotations

import os
import signal
import sys
import threading
from itertools import count

from pages.ui.server.serve import PORT, ROOT, USUAL_PORT, in_use

WATCHED = ("app.py", "pages", "lstm_core", "assets", ".streamlit")
KINDS = ("py", "js", "css", "html", "svg", "png", "toml")
TOGETHER_SECONDS = 0.3
"""Files that change within so short a time, as when an editor or git writes several, are one change."""


def main() -> None:
    """Run the app on one port until Ctrl+C; the browser's reload shows what the files say by then."""
    from watchdog.observers import Observer
    from watchdog.tricks import AutoRestartTrick

    os.chdir(ROOT)
    options = sys.argv[1:]
    if not any(option.startswith(PORT) for option in options):
        options.append(f"{PORT}={next(port for port in count(USUAL_PORT) if not in_use(port))}")
    server = AutoRestartTrick(
        [sys.executable, "-m", "pages.ui.server.serve", *options],
        patterns=[f"**/*.{kind}" for kind in KINDS],
        ignore_directories=True,
        debounce_interval=TOGETHER_SECONDS,
        restart_on_command_exit=False,  # what cannot start is told in the terminal, and waits for the next change
    )
    observer = Observer()
    for path in WATCHED:
        observer.schedule(server, path, recursive=True)
    ended = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: ended.set())
    server.start()
    observer.start()
    ended.wait()
    observer.stop()
    server.stop()


if __name__ == "__main__":
    main()
