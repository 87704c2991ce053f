"""Mounts what the browser draws: a component of assets/ in the page's own document."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import streamlit as st

from lstm_core.assets import Parts, page_parts
from pages.ui.server.component_scripts import loader
from pages.ui.server.streamlit_context import ComponentResult


def component(name: str, parts: Parts) -> Callable[..., ComponentResult]:
    """Return a function that mounts a component in the page's own document: `mount(data, key=...)`.

    The data go as bytes of JSON, which Streamlit hands on without looking for DataFrames in them: that look would
    import pandas, 0.4 s on the first page. The script reads them with `JSON.parse(new TextDecoder().decode(data))`.
    """
    js = loader(name, **parts._asdict())
    mount = st.components.v2.component(f"lens_{name}", js=js, isolate_styles=False)
    return lambda data, **options: mount(data=orjson.dumps(data), **options)


def page_component(name: str) -> Callable[..., ComponentResult]:
    """Return the component of assets/page with this name."""
    return component(name, page_parts(name))
