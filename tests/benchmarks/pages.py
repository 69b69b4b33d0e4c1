"""How much slower is each page than an empty one: ``python -m tests.benchmarks.pages``.

Both apps run side by side with the garbage collector frozen, driven in turn by the same
browser, so the ratios hold on a busy machine where the milliseconds do not. A time ends when
the script is done, every chart is drawn and two frames have passed.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.serving import browsing, serving, settle

PAGES = {"Overview": "", "Win rates": "win-rates", "Reallocate": "reallocate", "Data": "data"}
GOALS = {"unchanged": 2.0, "one chart": 2.5, "whole page": 6.0}

# Starts at the key or click that the browser sees, ends when nothing is left to draw.
WATCH = """
() => {
  const app = document.querySelector('[data-testid="stApp"]');
  window.__took = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('nothing ran')), 60000);
    let start = 0;
    const begin = () => { start = performance.now(); };
    addEventListener('keydown', begin, {capture: true, once: true});
    addEventListener('click', begin, {capture: true, once: true});
    const drawn = () => [...document.querySelectorAll('[data-testid="stPlotlyChart"]')]
      .every((chart) => chart.querySelector('.main-svg'))
      && !document.querySelector('[data-testid="stSkeleton"]');
    const finish = () => drawn()
      ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)))
      : requestAnimationFrame(finish);
    new MutationObserver((_, observer) => {
      // A short run starts and ends before the observer is told of it: only the end is seen.
      if (app.getAttribute('data-test-script-state') === 'notRunning') {
        observer.disconnect();
        finish();
      }
    }).observe(app, {attributes: true, attributeFilter: ['data-test-script-state']});
  });
}
"""


def timed(page: Page, act: Callable[[], None]) -> float:
    """Milliseconds from the act to the last frame it causes."""
    page.evaluate(WATCH)
    act()
    took = page.evaluate("() => window.__took")
    page.wait_for_timeout(150)
    return took


def other_rep(page: Page) -> float:
    """Choose the next person in the profile: one chart changes."""
    box = page.locator(".st-key-rep input")
    box.click()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(100)
    return timed(page, lambda: page.keyboard.press("Enter"))


def rerun(page: Page) -> float:
    """Run the page's script again with nothing changed: Streamlit's own key."""
    page.evaluate("() => document.activeElement.blur()")
    return timed(page, lambda: page.keyboard.press("r"))


def visit(page: Page, title: str) -> float:
    link = page.get_by_role("link", name=title, exact=True)
    return timed(page, lambda: link.click())


def measure(rounds: int) -> list[tuple[str, str, float, float]]:
    """Rows of (page, what, median milliseconds, ratio to the empty page's)."""
    times: dict[tuple[str, str], list[float]] = {}
    empty_script = Path(__file__).parent / "empty" / "app.py"
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as app,
        serving(Path(folder) / "none", empty_script) as nothing,
        browsing() as browser,
    ):
        # A window each: a tab in the background draws no frames.
        ours, empty = (
            browser.new_context(
                viewport={"width": 1360, "height": 900}, locale="en-US", reduced_motion="reduce"
            ).new_page()
            for _ in range(2)
        )
        empty.goto(nothing.url)
        settle(empty)

        def note(title: str, what: str, took: float) -> None:
            times.setdefault((title, what), []).append(took)

        for title, path in PAGES.items():
            ours.goto(f"{app.url}/{path}?lang=en")
            settle(ours)
            for _ in range(rounds):
                note("Empty", "unchanged", rerun(empty))
                note(title, "unchanged", rerun(ours))
                if title == "Win rates":
                    note(title, "one chart", other_rep(ours))
            away = "Data" if title != "Data" else "Win rates"
            for _ in range(rounds):
                visit(empty, "Two")
                note("Empty", "whole page", visit(empty, "One"))
                visit(ours, away)
                note(title, "whole page", visit(ours, title))
    medians = {key: statistics.median(values) for key, values in times.items()}
    return [
        (title, what, took, took / medians["Empty", "unchanged" if what == "one chart" else what])
        for (title, what), took in medians.items()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    rows = measure(parser.parse_args().rounds)
    missed = 0
    print(f"{'page':<12}{'rerun':<14}{'median ms':>10}{'x empty':>9}{'goal':>7}")
    for title, what, took, ratio in rows:
        missed += ratio > GOALS[what]
        mark = "" if ratio <= GOALS[what] else "  missed"
        print(f"{title:<12}{what:<14}{took:>10.0f}{ratio:>9.2f}{GOALS[what]:>7.1f}{mark}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
