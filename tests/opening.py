"""A page of the app over a folder of workspaces, opened without a browser."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

SHELL = Path(__file__).parents[1] / "pages" / "_ui" / "shell.py"


def opened(page: str, **address: str) -> AppTest:
    """The page with this script, over the user's own workspace; it must show no error."""
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    for name, value in ({"workspace": "mine", "lang": "en"} | address).items():
        app.query_params[name] = value
    app.run()
    app.switch_page(f"../{page}.py").run()
    assert not app.exception, app.exception
    assert not app.error, app.error
    return app
