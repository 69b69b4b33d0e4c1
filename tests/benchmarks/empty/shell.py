"""Main script of the empty app."""

import streamlit as st


def one() -> None:
    st.text("one")


def two() -> None:
    st.text("two")


st.set_page_config("Empty", page_icon="⚖️", layout="wide")
st.navigation(
    [st.Page(one, title="One", default=True), st.Page(two, title="Two")], position="top"
).run()
