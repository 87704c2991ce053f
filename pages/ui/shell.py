"""The frame around every page: its title, its icon, its pages."""

import streamlit as st

PAGES = ("playground",)
SIDEBAR_WIDTH = 300  # pixels; on a phone the sidebar begins closed


def main() -> None:
    """Run the page that the address names."""
    st.set_page_config(
        page_title="LSTM Lens",
        layout="wide",
        initial_sidebar_state=SIDEBAR_WIDTH,
    )
    pages = [st.Page(f"../{name}.py", title=name.title(), default=name == PAGES[0]) for name in PAGES]
    st.navigation(pages, position="hidden").run()


if __name__ == "__main__":
    main()
