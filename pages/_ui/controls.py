"""Boxes that show what is so and hand over what is chosen instead, before the page is made anew.

The browser knows an option by its words, so each language has a box of its own.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from pages._ui import session

T = TypeVar("T")


def select(
    label: str, options: Sequence[T], value: T, then: Callable[[T], None], key: str, **look: Any
) -> None:
    """A select box; ``look`` is what Streamlit's own takes."""
    key = f"{session.text().language}-{key}"
    st.session_state[key] = value
    st.selectbox(
        label, options, key=key, on_change=lambda: then(st.session_state[key]), **look
    )  # fmt: skip


def several(
    label: str,
    options: Sequence[T],
    values: Sequence[T],
    then: Callable[[list[T]], None],
    key: str,
    **look: Any,
) -> None:
    """A box for any number of options."""
    st.session_state[key] = list(values)
    st.multiselect(
        label, options, key=key, on_change=lambda: then(st.session_state[key]), **look
    )  # fmt: skip


def panels(
    label: str, names: dict[str, str], value: str | None, then: Callable[[Any], None], key: str
) -> None:
    """One row of names of which at most one is open; what is in it is made by who asks."""
    key = f"{session.text().language}-{key}"
    st.session_state[key] = value if value in names else None
    st.pills(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        on_change=lambda: then(st.session_state[key]),
        label_visibility="collapsed",
    )
