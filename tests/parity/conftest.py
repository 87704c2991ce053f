"""Tell at the end of the run in how many configurations the engine was compared with Keras."""

import pytest

LARGEST = "largest difference: engine and keras,"  # printed by tests/conftest.py
CONFIGURATIONS = "configurations"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    recorded = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", [])
        if name == CONFIGURATIONS and report.when == "call"
    ]
    if recorded:
        terminalreporter.write_line(f"Configurations compared with Keras: {sum(recorded)}")
