"""A pytest plugin: tell at the end of the run in how many configurations engine and Keras were compared.

tests/conftest.py loads it (`pytest_plugins`), so that it is there under xdist too.
"""

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
