"""Whose run of a script this is: Streamlit tells it through what its own guides call internal."""

from __future__ import annotations

from streamlit.components.v2.bidi_component.state import BidiComponentResult
from streamlit.runtime.scriptrunner import get_script_run_ctx

ComponentResult = BidiComponentResult
"""What mounting a component returns; Streamlit exports no name for it."""


def session_id() -> str | None:
    """Return the name of the session that this run serves; None outside of a run."""
    context = get_script_run_ctx()
    return context.session_id if context is not None else None


def runs_fragment() -> bool:
    """Whether a fragment of the page runs, not all of it."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)
