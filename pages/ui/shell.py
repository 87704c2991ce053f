"""The frame around every page: its title, its icon, its pages."""

import streamlit as st

from lstm_core.lessons.registry import LESSONS
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
    pages = {name: st.Page(f"../{name}.py", title=name.title(), default=name == PLAYGROUND) for name in PAGES}
    st.session_state.pages = pages
    st.navigation(list(pages.values()), position="hidden").run()


if __name__ == "__main__":
    main()
