"""How many files and connections the server may have open: as many as the system lets it."""

from __future__ import annotations

import sys

ENOUGH = 65_536
MAX_ON_MAC = 10_240
"""More than this macOS refuses, though it names no limit."""
WITHOUT_LIMIT = 512
"""What to reckon with where the system does not say, as on Windows."""


def raise_open_files() -> int:
    """Let this process open as many files as it may, up to `ENOUGH`; return how many those are."""
    if sys.platform == "win32":
        return WITHOUT_LIMIT
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MAX_ON_MAC if sys.platform == "darwin" else ENOUGH
    wanted = most if hard == resource.RLIM_INFINITY else min(hard, most)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return most if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
