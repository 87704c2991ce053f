"""What Python holds on to though nobody needs it: looked for seldom while pages are used, and given back as they close.

A page that is closed in the middle leaves its run in a cycle, up to 14 MB of arrays in a handful of objects.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

GARBAGE_EVERY = (6_000, 20, 50)
"""New objects after which Python looks for unneeded cycles; the 700 it begins with cost 0.4 to 0.7 ms of a change."""

LARGE_ARRAY = 512 * 1024
"""Bytes from which an array's memory is the system's again as soon as nobody needs it."""
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h


def keep_large_arrays_apart() -> None:
    """Let glibc ask the system for each large array by itself, so that its memory goes back when the array goes.

    Otherwise it learns from the first ones to keep what it has, in pools of each thread, between small things.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(_M_MMAP_THRESHOLD, LARGE_ARRAY)
            mallopt(_M_ARENA_MAX, 2)


def spare_collecting() -> None:
    """Leave out what is there by now when Python looks for garbage, and let it look less often."""
    gc.freeze()
    gc.set_threshold(*GARBAGE_EVERY)


def give_back() -> None:
    """Collect all cycles, and give the memory that is free back to the system, where it can be asked to take it."""
    gc.collect()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
