"""The pictures of the README, made anew: ``python -m tests.screenshots``."""

import tempfile
from pathlib import Path

from tests.serving import ROOT, browsing, serving, settle

PICTURES = {"winrates": "win-rates?lang=en", "reallocate": "reallocate?lang=zh"}


def main() -> None:
    target = ROOT / "docs"
    target.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as server,
        browsing() as browser,
    ):
        for name, path in PICTURES.items():
            page = browser.new_page(viewport={"width": 1180, "height": 900})
            page.goto(f"{server.url}/{path}")
            settle(page, 90)
            page.wait_for_timeout(1500)
            page.screenshot(path=target / f"{name}.png")
            page.close()


if __name__ == "__main__":
    main()
