"""LSTM Lens: `make run`, or `streamlit run app.py`."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: two threads only disturb each other here

import streamlit as st
from starlette.middleware import Middleware

from pages.ui.answers import AnswerRoute
from pages.ui.component_scripts import ComponentScripts
from pages.ui.first_html import FirstHtml
from pages.ui.garbage import keep_large_arrays_apart
from pages.ui.health import Health
from pages.ui.host_config import HostConfig
from pages.ui.lifespan import lifespan
from pages.ui.open_files import raise_open_files
from pages.ui.origins import ask_nobody
from pages.ui.plotly_asset import PlotlyAsset
from pages.ui.security import Security, headers
from pages.ui.streamlit_sessions import hold_no_files
from pages.ui.streamlit_speed import speed_up
from pages.ui.uploads import UploadQuota
from pages.ui.uvicorn_bounds import bound_uvicorn

keep_large_arrays_apart()
ask_nobody()
bound_uvicorn(raise_open_files())
hold_no_files()
speed_up()
app = st.App(
    "pages/ui/shell.py",
    lifespan=lifespan,
    middleware=[
        Middleware(Security, headers=headers()),
        Middleware(Health),
        Middleware(UploadQuota),
        Middleware(HostConfig),
        Middleware(PlotlyAsset),
        Middleware(ComponentScripts),
        Middleware(AnswerRoute),
        Middleware(FirstHtml),
    ],
)
