"""The yardstick of the page benchmark: two pages that show one line, served like the app."""

import contextlib
import gc

import streamlit as st


@contextlib.asynccontextmanager
async def lifespan(_):
    import pages._ui.preload  # noqa: F401  the same modules are loaded as in the app

    gc.collect()
    gc.freeze()
    yield


app = st.App("shell.py", lifespan=lifespan)
