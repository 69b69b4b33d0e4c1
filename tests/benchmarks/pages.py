"""How much slower is each page than an empty one: ``python -m tests.benchmarks.pages``.

Both apps run side by side with the garbage collector frozen, driven in turn by the same
browser, so the ratios hold on a busy machine where the milliseconds do not. A time starts at
the key or click that the browser sees and ends two frames after the last change of the page
by a run of its script, with every chart drawn.
"""

import argparse
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.serving import browsing, serving, settle

PAGES = ("Overview", "Win rates", "Rep profile", "Reallocate", "Data")
SECTIONS = {"Win rates": "People", "Rep profile": "People", "Reallocate": "Work"}
"""Headings that pages of the app are under in the navigation."""
GOALS = {"unchanged": 2.0, "one chart": 2.5, "whole page": 6.0}
EMPTY = Path(__file__).parent / "empty" / "app.py"

# Counts the ends of runs. The state the page shows cannot tell: a run that starts and ends
# between two renderings leaves no trace in it. Bytes 74 0 are a ``session_status_changed`` with
# nothing in it, so no script runs any more: the last message of every run.
COUNT_RUNS = """
  window.runs = 0;
  window.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address);
      this.addEventListener('message', ({data}) => {
        runs += data.byteLength === 2 && new Uint8Array(data)[0] === 74;
      });
    }
  };
"""

WATCH = """
() => {
  const before = runs;
  const done = () => runs > before
    && document.querySelector('[data-test-script-state="notRunning"]')
    && !document.querySelector('[data-testid="stSkeleton"]')
    && [...document.querySelectorAll('[data-testid="stPlotlyChart"]')]
      .every((chart) => chart.querySelector('.main-svg'));
  window.took = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`${runs - before} runs, and not done`)), 20000);
    let start, end, changed = false, still = 0;
    const begin = () => { start = performance.now(); };
    addEventListener('keydown', begin, {capture: true, once: true});
    addEventListener('click', begin, {capture: true, once: true});
    const observer = new MutationObserver(() => { changed = true; });
    observer.observe(document, {
      subtree: true, childList: true, characterData: true, attributeFilter: ['data-stale'],
    });
    const frame = () => {
      still = changed || !done() ? 0 : still + 1;
      changed = false;
      if (still === 1) end = performance.now();
      if (still < 6) return requestAnimationFrame(frame);
      observer.disconnect();
      resolve(end - start);
    };
    requestAnimationFrame(frame);
  });
}
"""


def timed(page: Page, act: Callable[[], None]) -> float:
    """Milliseconds from the act to the last frame it causes."""
    page.evaluate(WATCH)
    act()
    took = page.evaluate("() => window.took")
    page.wait_for_timeout(150)
    return took


def rerun(page: Page) -> float:
    """Run the page's script again with nothing changed: Streamlit's own key."""
    page.evaluate("() => document.activeElement.blur()")
    return timed(page, lambda: page.keyboard.press("r"))


def other_picture(page: Page) -> float:
    """From the ranking to the segments, or back: one chart changes."""
    control = page.locator(".st-key-view-en")
    ranking, segments = (
        control.get_by_role("radio", name=name).or_(control.get_by_role("button", name=name)).first
        for name in ("Ranking", "Segments")
    )
    shown = page.get_by_text("the place is not known").count()
    return timed(page, lambda: (segments if shown else ranking).click())


def visit(page: Page, title: str) -> float:
    """Time to another page; its heading in the navigation is open before the clock starts."""
    link = page.get_by_role("link", name=title, exact=True)
    if section := SECTIONS.get(title):
        page.get_by_test_id("stTopNavSection").filter(has_text=section).click()
        link = page.get_by_role("menuitem", name=title, exact=True)
        link.wait_for()
    return timed(page, lambda: link.click())


def opened(browser: Browser, url: str) -> Page:
    """The app in a window of its own: a tab in the background draws no frames."""
    context = browser.new_context(
        viewport={"width": 1360, "height": 900}, locale="en-US", reduced_motion="reduce"
    )
    context.set_default_timeout(20_000)
    context.add_init_script(COUNT_RUNS)
    page = context.new_page()
    page.goto(url)
    settle(page)
    return page


def measure(rounds: int, folder: Path) -> dict[tuple[str, str], float]:
    """Median milliseconds by (page, what), ``Empty`` being the yardstick."""
    times: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    with (
        serving(folder) as app,
        serving(folder, EMPTY) as nothing,
        browsing() as browser,
    ):
        ours, empty = opened(browser, f"{app.url}/?lang=en"), opened(browser, nothing.url)
        for title in [*PAGES[1:], *PAGES, PAGES[0]]:
            # Twice through: what each page needs is loaded and worked out before it is timed.
            visit(ours, title)
        for title in PAGES:
            away = PAGES[PAGES.index(title) - 1]
            for _ in range(rounds):
                visit(empty, "Two")
                times["Empty", "whole page"].append(visit(empty, "One"))
                visit(ours, away)
                times[title, "whole page"].append(visit(ours, title))
            for _ in range(rounds):
                times["Empty", "unchanged"].append(rerun(empty))
                times[title, "unchanged"].append(rerun(ours))
                if title == "Win rates":
                    times[title, "one chart"].append(other_picture(ours))
    return {key: statistics.median(took) for key, took in times.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        medians = measure(rounds, Path(os.environ.get("EVENHAND_DATA", folder)))
    missed = 0
    print(f"{'page':<12}{'rerun':<14}{'median ms':>10}{'x empty':>9}{'goal':>7}")
    for (title, what), took in medians.items():
        ratio = took / medians["Empty", "whole page" if what == "whole page" else "unchanged"]
        missed += ratio > GOALS[what]
        mark = "" if ratio <= GOALS[what] else "  missed"
        print(f"{title:<12}{what:<14}{took:>10.0f}{ratio:>9.2f}{GOALS[what]:>7.1f}{mark}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
