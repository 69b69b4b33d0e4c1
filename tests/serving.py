"""A real server and a real browser, for browser tests, benchmarks and screenshots."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from data.warehouse import Warehouse
from data.workspaces import load_sample

ROOT = Path(__file__).parents[1]
CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)
IDLE = (
    '[data-testid="stApp"]'
    '[data-test-connection-state="CONNECTED"][data-test-script-state="notRunning"]'
)


class Server:
    """The app on a free port, with its workspaces in ``folder``."""

    def __init__(self, folder: Path, script: Path = ROOT / "app.py") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  closed with the process
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", str(script)),
                *("--server.port", str(self.port), "--server.headless", "true"),
            ],
            cwd=ROOT,
            env={**os.environ, "EVENHAND_DATA": str(folder)},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def wait(self, path: str = "/_stcore/health", seconds: float = 60) -> None:
        """Return once the server answers."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(self.url + path, timeout=2).read()
                return
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.05)
        raise RuntimeError(f"the server did not start:\n{self.log()}")

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)


@contextmanager
def serving(folder: Path, script: Path = ROOT / "app.py") -> Iterator[Server]:
    server = Server(folder, script)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


@contextmanager
def serving_sample(folder: Path) -> Iterator[Server]:
    """The app over the sample company's files as one's own."""
    mine = Warehouse(folder / "mine.duckdb")
    load_sample(mine)
    mine.close()
    with serving(folder) as server:
        yield server


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic"),
                *("--disable-background-networking", "--disable-component-update"),
                "--disable-sync",
            ],
        )
        try:
            yield browser
        finally:
            browser.close()


def settle(page: Page, seconds: float = 60) -> None:
    """Wait until the app has nothing left to do for this page."""
    page.wait_for_selector(IDLE, timeout=seconds * 1000)
    page.wait_for_function(
        '() => !document.querySelector(\'[data-testid="stSkeleton"], [data-stale="true"]\')',
        timeout=seconds * 1000,
    )


def visit(page: Page, name: str, section: str = "") -> None:
    """Go to a page by the navigation; ``section`` is the heading that it is under."""
    if section:
        page.get_by_test_id("stTopNavSection").filter(has_text=section).click()
        page.get_by_role("menuitem", name=name, exact=True).click()
    else:
        page.get_by_role("link", name=name, exact=True).click()
