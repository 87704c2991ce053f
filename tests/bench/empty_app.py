"""A Streamlit page with nothing in it but a word: what the time to the first page is measured against."""

import streamlit as st

st.write("empty")
