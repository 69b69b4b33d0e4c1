"""Entry: ``streamlit run app.py``.

The main script lies in ``pages/_ui`` and not here, because a folder ``pages`` beside the main
script makes Streamlit run a page directly, past the shell, when the first request after a start
is a deep link.
"""

import contextlib
import gc
from collections.abc import AsyncIterator

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
]


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


class SecurityHeaders:
    """Nobody may frame the app, guess at its content types, or learn its addresses."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        await self.app(scope, receive, with_headers)


app = st.App(
    "pages/_ui/shell.py",
    lifespan=lifespan,
    routes=[Route("/readyz", ready)],
    middleware=[Middleware(SecurityHeaders)],
)
