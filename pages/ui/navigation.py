"""The frame around every page: its title, its icon, its pages."""

import streamlit as st

from lstm_core.lessons.registry import LESSONS
from lstm_core.text import load
from pages.ui import state
from pages.ui.components.header import draw_connection
from pages.ui.state import PLAYGROUND

PAGES = (PLAYGROUND, *(lesson.name for lesson in LESSONS))
SIDEBAR_WIDTH = 300  # pixels; on a phone the sidebar begins closed


def main() -> None:
    """Run the page that the address names."""
    st.set_page_config(
        page_title="LSTM Lens",
        layout="wide",
        initial_sidebar_state=SIDEBAR_WIDTH,
    )
    pages = {name: st.Page(f"../{name}.py", url_path=name) for name in PAGES if name != PLAYGROUND}
    pages[PLAYGROUND] = st.Page(f"../{PLAYGROUND}.py", url_path="first", default=True)
    st.session_state.pages = pages
    named = st.Page(f"../{PLAYGROUND}.py", url_path=PLAYGROUND)  # the first page's other address
    outside = st.container()  # before the page, so that no page's elements have their places from it
    st.navigation([*pages.values(), named], position="hidden").run()
    with outside:
        draw_connection(load(state.session().language))
    state.page_is_whole()


if __name__ == "__main__":
    main()
