"""From nothing to the first page: ``python -m tests.benchmarks.start``.

A new server each time, with an open browser waiting: first on an empty folder, where the sample
company is made, then on the folder as it was left. "finding" is when the page's sentence can be
read, "settled" when nothing is left to compute or draw.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from tests.serving import browsing, serving, settle

GOAL = 8.0
"""Seconds to the first rendered page."""


def started(browser: Browser, folder: Path) -> tuple[float, float]:
    """Seconds from the start of the server to the finding, and until the page is settled."""
    context = browser.new_context(locale="en-US")
    page = context.new_page()
    begin = time.monotonic()
    with serving(folder) as server:
        page.goto(server.url + "/?lang=en")
        page.locator("h1").wait_for(timeout=60_000)
        finding = time.monotonic() - begin
        settle(page)
        settled = time.monotonic() - begin
        context.close()
    return finding, settled


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    times: dict[str, list[tuple[float, float]]] = {"empty folder": [], "as it was left": []}
    with browsing() as browser:
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                for name in times:
                    times[name].append(started(browser, Path(folder)))
    missed = False
    print(f"{'start on':<16}{'finding s':>10}{'settled s':>10}   goal {GOAL:.0f} s")
    for name, pairs in times.items():
        finding, settled = (statistics.median(values) for values in zip(*pairs, strict=True))
        missed |= finding > GOAL
        print(f"{name:<16}{finding:>10.1f}{settled:>10.1f}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
