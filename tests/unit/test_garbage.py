"""What a closed page leaves in cycles is collected, and large arrays are the system's again as soon as they go."""

from __future__ import annotations

import gc
import subprocess
import sys
import textwrap
import weakref

import pytest

from pages.ui.server.garbage import LARGE_ARRAY, give_back


class Cycle:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.me = self


def test_what_holds_itself_is_let_go() -> None:
    gc.disable()
    try:
        left = weakref.ref(Cycle())
        assert left() is not None
        give_back()
        assert left() is None
    finally:
        gc.enable()


@pytest.mark.skipif(sys.platform != "linux", reason="looks at memory through /proc")
def test_large_arrays_between_small_ones_leave_no_memory_behind() -> None:
    script = f"""
        import numpy as np
        from pages.ui.server.garbage import keep_large_arrays_apart

        def held():
            with open("/proc/self/statm") as statm:
                return int(statm.read().split()[1]) * 4096 / 1e6

        keep_large_arrays_apart()
        before = held()
        kept = []
        for _ in range(10):
            large = [np.ones({LARGE_ARRAY} // 8 + 1) for _ in range(100)]
            kept.append([np.ones(2000) for _ in range(10)])
            del large
        print(held() - before)
    """
    ran = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True)
    assert float(ran.stdout) < 15, ran.stdout
