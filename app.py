"""LSTM Lens: `make run`, or `streamlit run app.py`."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: two threads only disturb each other here

import streamlit as st
from starlette.middleware import Middleware

from pages.ui.keras.news import answer_route
from pages.ui.server.component_scripts import ComponentScripts
from pages.ui.server.first_html import FirstHtml
from pages.ui.server.garbage import keep_large_arrays_apart
from pages.ui.server.health import Health
from pages.ui.server.host_config import HostConfig
from pages.ui.server.lifespan import lifespan
from pages.ui.server.open_files import raise_open_files
from pages.ui.server.origins import ask_nobody
from pages.ui.server.plotly_asset import PlotlyAsset
from pages.ui.server.security import Security, headers
from pages.ui.server.streamlit_patches import look_up_one_key
from pages.ui.server.streamlit_sessions import hold_no_files
from pages.ui.server.uploads import UploadQuota
from pages.ui.server.uvicorn_bounds import bound_uvicorn

keep_large_arrays_apart()
ask_nobody()
bound_uvicorn(raise_open_files())
hold_no_files()
look_up_one_key()
app = st.App(
    "pages/ui/navigation.py",
    lifespan=lifespan,
    routes=[answer_route()],
    middleware=[
        Middleware(Security, headers=headers()),
        Middleware(Health),
        Middleware(UploadQuota),
        Middleware(HostConfig),
        Middleware(PlotlyAsset),
        Middleware(ComponentScripts),
        Middleware(FirstHtml),
    ],
)
