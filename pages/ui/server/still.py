"""The picture that stands in the first HTML of the first page, still, until the app is up."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from lstm_core.assets import ASSETS, asset
from pages.ui.server.plotly_asset import address

THEMES = ("light", "dark")
WINDOWS = ("wide", "phone")
_DARK, _PHONE = "(prefers-color-scheme: dark)", "(max-width: 767px)"


def path_of(language: str, theme: str, window: str) -> Path:
    """Return where the picture for a language, theme and window is kept; `make still` draws all from the app."""
    return ASSETS / "page" / "still" / f"{language}-{theme}-{window}.svg"


def still_html(language: str) -> str:
    """Return what shows the picture where the app will draw it: the one for the browser's theme and window."""
    chosen = {
        ("dark", "phone"): f"{_DARK} and {_PHONE}",
        ("light", "phone"): _PHONE,
        ("dark", "wide"): _DARK,
    }
    sources = [
        f'<source media="{media}" srcset="{_address(language, theme, window)}" />'
        for (theme, window), media in chosen.items()
    ]
    img = f'<img src="{_address(language, "light", "wide")}" alt="" />'
    picture = f"<picture>{''.join(sources)}{img}</picture>"
    return f'<style>{asset("page/still.css")}</style><div id="lens-still" aria-hidden="true">{picture}</div>'


@cache
def stills() -> dict[str, bytes]:
    """Return every picture by the path under which it is served; another picture has another."""
    return {_address(*names): picture for names, picture in _pictures().items()}


@cache
def _pictures() -> dict[tuple[str, str, str], bytes]:
    files = sorted(path_of("en", "light", "wide").parent.glob("*.svg"))
    return {tuple(file.stem.split("-")): file.read_bytes() for file in files}  # type: ignore[misc]


def _address(language: str, theme: str, window: str) -> str:
    digest = sha256(_pictures()[language, theme, window]).hexdigest()[:16]
    return address(f"still-{language}-{theme}-{window}-{digest}.svg")
