"""The server may have as many files open as the system lets it."""

from __future__ import annotations

import resource

import pytest

from pages.ui.server.open_files import ENOUGH, WITHOUT_LIMIT, raise_open_files


@pytest.mark.parametrize(
    ("platform", "soft", "hard", "raised"),
    [
        ("linux", 1024, 524_288, ENOUGH),
        ("linux", 1024, 4096, 4096),
        ("linux", 256, 256, 256),
        ("linux", 100_000, 524_288, 100_000),
        ("linux", 1024, resource.RLIM_INFINITY, ENOUGH),
        ("linux", resource.RLIM_INFINITY, resource.RLIM_INFINITY, ENOUGH),
        ("darwin", 256, resource.RLIM_INFINITY, 10_240),
        ("win32", 0, 0, WITHOUT_LIMIT),
    ],
)
def test_the_soft_limit_is_raised_as_far_as_the_system_lets(
    monkeypatch: pytest.MonkeyPatch, platform: str, soft: int, hard: int, raised: int
) -> None:
    limits = [(soft, hard)]
    monkeypatch.setattr("sys.platform", platform)
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, given: limits.append(given))
    assert raise_open_files() == raised
    unlimited = soft == resource.RLIM_INFINITY
    assert limits[-1] == ((soft, hard) if platform == "win32" or unlimited or soft == raised else (raised, hard))
