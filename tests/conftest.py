"""Settings of all tests: quiet and repeatable; one browser; the largest differences told at the end."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when TensorFlow is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when NumPy is imported

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("lens", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("lens")

pytest_plugins = ["tests.parity.summary"]

HERE = Path(__file__).parent
LARGEST = "largest difference: "  # record_property(LARGEST + what, value)

collect_ignore = ["bench", "browser/without_tensorflow", "browser/wrong_keras"]


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the browser tests together, so that they share one server and one browser."""
    for item in items:
        if HERE / "browser" in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the largest of each difference that the tests recorded."""
    largest: dict[str, float] = {}
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        for name, value in getattr(report, "user_properties", []):
            if name.startswith(LARGEST):
                largest[name] = max(value, largest.get(name, 0.0))
    for name, value in sorted(largest.items()):
        terminalreporter.write_line(f"{name.capitalize()}: {value:.1e}")
