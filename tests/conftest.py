"""Settings of all tests: quiet and repeatable; two groups of browser tests; the largest differences told at the end."""

import gc
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when TensorFlow is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy is imported
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # one core for the tests against Keras,
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")  # the other for the browser


import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

slow = [HealthCheck.too_slow]  # on a busy machine drawing takes its time
settings.register_profile("lens", deadline=None, derandomize=True, print_blob=True, suppress_health_check=slow)
settings.load_profile("lens")

pytest_plugins = ["tests.parity.summary"]

LARGEST = "largest difference: "  # record_property(LARGEST + what, value)

collect_ignore = ["bench", "browser/without_tensorflow", "browser/wrong_keras"]


class BrowserTogether(LoadScopeScheduling):
    """Gives the browser tests to processes in two groups, which share a server and a browser, and other files singly.

    In one group, one process would still be busy with it long after the other had nothing left to do.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        if not path.startswith("tests/browser/"):
            return path
        return "browser: lens and lessons" if path.startswith("tests/browser/test_le") else "browser: all else"


@pytest.hookimpl(optionalhook=True)  # without xdist nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> BrowserTogether:
    """Distribute the tests over `pytest -n 2`; pytest 9 no longer shows xdist the groups that it marks itself."""
    return BrowserTogether(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a browser test that fails run once more, and nothing else: what passes then is named at the end."""
    for item in items:
        if item.nodeid.startswith("tests/browser/"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish() -> None:
    """Leave out the thousands of tests that were collected when Python looks for garbage: each look took 0.2 s."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the largest of each difference that the tests recorded, and what passed only when it ran once more."""
    failed = {report.nodeid for how in ("failed", "error") for report in terminalreporter.stats.get(how, [])}
    unsteady = sorted({report.nodeid for report in terminalreporter.stats.get("rerun", [])} - failed)
    if unsteady:
        terminalreporter.section("UNSTEADY: failed, then passed when run once more. To be put right", sep="!", red=True)
        for nodeid in unsteady:
            terminalreporter.write_line(f"UNSTEADY {nodeid}", red=True, bold=True)
    largest: dict[str, float] = {}
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        for name, value in getattr(report, "user_properties", []):
            if name.startswith(LARGEST):
                largest[name] = max(value, largest.get(name, 0.0))
    for name, value in sorted(largest.items()):
        terminalreporter.write_line(f"{name.capitalize()}: {value:.1e}")
