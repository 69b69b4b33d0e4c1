"""The pictures of the README, made anew: ``python -m tests.screenshots``."""

import tempfile
from pathlib import Path

from tests.serving import ROOT, browsing, serving, settle

PICTURES = {"winrates": "win-rates?lang=en", "reallocate": "reallocate?lang=zh"}


def main() -> None:
    target = ROOT / "docs"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        with browsing() as browser:
            for name, path in PICTURES.items():
                language = path[-2:]
                context = browser.new_context(
                    viewport={"width": 1180, "height": 900},
                    locale={"en": "en-US", "zh": "zh-CN"}[language],
                )
                page = context.new_page()
                page.goto(f"{server.url}/{path}")
                settle(page, 90)
                page.wait_for_timeout(1500)
                page.screenshot(path=target / f"{name}.png")
                context.close()


if __name__ == "__main__":
    main()
