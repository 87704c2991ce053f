"""The dialog that hands an experiment out: code, numbers, the link. What it offers is made when it is asked for."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_core.assets import parts
from lstm_core.experiment import Experiment
from lstm_core.keras_check.agreement import Agreement
from lstm_core.run import Run
from lstm_core.share import exports
from lstm_core.share.handout import MAX_TITLE, handout
from lstm_core.share.qr import qr_image
from lstm_core.text import Catalogue
from pages.ui import state
from pages.ui.components.component import component, page_component
from pages.ui.playground.pictures import shown_row

ADDRESS = "take_address"
"""Session key: the page's address in the browser while the dialog is open."""
BUTTON_WIDTH = 190
ONLY_HERE = ("localhost", "127.0.0.1", "::1")

_qr = page_component("qr")
_give = component("given", parts("page/given", css=()))


def ask(address: str | None) -> None:
    """Open the dialog with the next drawing of the page's head; `address` is the page's, with step and unit."""
    if address is not None:
        st.session_state[ADDRESS] = address


def draw_if_open(run: Run, agreement: Agreement | None, t: Catalogue) -> None:
    """Draw the dialog with the page from the click that asks for it until it is closed."""
    if ADDRESS in st.session_state:
        st.dialog(t("take.title"), width="large", on_dismiss=_close)(_draw)(run, agreement, t)


def _close() -> None:
    st.session_state.pop(ADDRESS, None)


def _draw(run: Run, agreement: Agreement | None, t: Catalogue) -> None:
    if ADDRESS not in st.session_state:
        return  # it was closed while a click in it was on its way
    chosen = state.experiment()  # as the code on the page; the run is without dropout while Keras's masks are awaited
    left, right = st.columns([8, 7], gap="large")
    with left:
        _draw_files(run, chosen, t)
    with right:
        _head("link", t)
        _draw_link(t)
        _head("page", t)
        _draw_handout(run, agreement, t)


def _draw_files(run: Run, chosen: Experiment, t: Catalogue) -> None:
    _head("code", t)
    _offer("script", "lstm_lens.py", "text/x-python", t, lambda: exports.script(chosen, t))
    _offer("notebook", "lstm_lens.ipynb", "application/x-ipynb+json", t, lambda: exports.notebook(chosen, t))
    _head("numbers", t)
    if exports.table_rows(run) <= exports.MAX_ROWS:
        columns = ", ".join(exports.columns(run.experiment))
        _offer("table", "lstm_lens.csv", "text/csv", t, lambda: exports.table(run), columns=columns)
    else:
        st.caption(t("take.table_too_long", rows=f"{exports.table_rows(run):,}"))
    _offer("arrays", "lstm_lens.npz", "application/octet-stream", t, lambda: exports.arrays(run))
    _head("images", t)
    st.caption(t("take.images"))


def _head(group: str, t: Catalogue) -> None:
    st.markdown("**" + t(f"take.groups.{group}") + "**")


def _offer(name: str, file: str, kind: str, t: Catalogue, make: Callable[[], str | bytes], **facts: str) -> None:
    """Draw a button that makes and gives a file, and what the file is."""
    with _row():
        st.download_button(
            t(f"take.{name}.label"),
            data=make,
            file_name=file,
            mime=kind,
            on_click="ignore",
            key=f"take_{name}",
            width=BUTTON_WIDTH,
            type="primary" if name == "script" else "secondary",
        )
        _caption(t(f"take.{name}.help", **facts))


def _row() -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", gap="small")


def _caption(text: str) -> None:
    with st.container(width="stretch"):
        st.caption(text)


def _draw_handout(run: Run, agreement: Agreement | None, t: Catalogue) -> None:
    """Draw the handout's title and its button; its picture opens at the step that the page's address names.

    Title and click come together, as a form: a download button would still have the title before.
    """
    with st.form("take_handout", border=False):
        title = st.text_input(t("take.handout.title"), max_chars=MAX_TITLE, key="take_title")
        with _row():
            asked = st.form_submit_button(t("take.handout.label"), width=BUTTON_WIDTH)
            _caption(t("take.handout.help"))
    if asked:
        step = parse_qs(urlsplit(st.session_state[ADDRESS]).query).get("step", [""])[0]
        opens_at = int(step) if step.isdecimal() else None
        made = handout(run, t, title=title, row=shown_row(run.experiment), opens_at=opens_at, agreement=agreement)
        given = {"id": secrets.token_hex(8), "name": "lstm_lens.html", "kind": "text/html", "text": made}
        _give(given, key="take_given")


def _draw_link(t: Catalogue) -> None:
    """Draw the page's address as a QR code, with all that the address holds."""
    address: str = st.session_state[ADDRESS]
    image = qr_image(address)
    if image is None:
        st.caption(t("take.qr.too_long"))
        return
    with st.container(horizontal=True, gap="small"):
        with st.container(width=BUTTON_WIDTH):
            _qr({"image": image, "label": t("take.qr.label")}, key="take_qr")
        with st.container(width="stretch"):
            st.caption(t("take.qr.only_here" if urlsplit(address).hostname in ONLY_HERE else "take.qr.help"))
