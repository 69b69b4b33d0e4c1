"""Entry: ``streamlit run app.py``.

The main script lies in ``pages/_ui`` and not here, because a folder ``pages`` beside the main
script makes Streamlit run a page directly, past the shell, when the first request after a start
is a deep link.
"""

import contextlib
import gc
from collections.abc import AsyncIterator

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


@contextlib.asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Import what every session needs, then take it out of the garbage collector's sight.

    Streamlit collects after every run of a script; walking the modules of four large libraries
    each time costs more than the run itself.
    """
    import pages._ui.preload  # noqa: F401

    gc.collect()
    gc.freeze()
    yield


async def ready(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ready")


app = st.App("pages/_ui/shell.py", lifespan=lifespan, routes=[Route("/readyz", ready)])
