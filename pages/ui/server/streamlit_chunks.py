"""The parts of Streamlit's own script that the pictures will ask for, so that a page can announce them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import streamlit

SCRIPTS = Path(streamlit.__file__).parent / "static" / "static" / "js"
WIDGETS = ("BidiComponent",)
"""What the pictures wait for. No more: proxies refuse heads of 4 kB."""
IMPORT = re.compile(r'(?:from|import)"\./([\w.-]+\.js)"')


@cache
def chunks() -> tuple[str, ...]:
    """Return the file names of all that draws `WIDGETS`, but for what Streamlit's page names by itself.

    None where another version of Streamlit is built in another way.
    """
    page = SCRIPTS.parents[1] / "index.html"
    named = set(re.findall(r"static/js/([\w.-]+\.js)", page.read_text("utf-8"))) if page.is_file() else set()
    found: dict[str, None] = {}
    wanted = [path.name for widget in WIDGETS for path in SCRIPTS.glob(f"{widget}.*.js")]
    while wanted:
        name = wanted.pop(0)
        if name not in named and name not in found and (SCRIPTS / name).is_file():
            found[name] = None
            wanted += IMPORT.findall((SCRIPTS / name).read_text("utf-8"))
    return tuple(found)
