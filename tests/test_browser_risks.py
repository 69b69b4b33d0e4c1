"""A risk in a real browser: open it, agree on something, acknowledge, see what became of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.synthetic import sample_company
from pages._ui.text import Text
from tests.serving import CHROMIUM, Server, browsing, serving_sample, settle
from tests.test_browser_followup import choose, go

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.xdist_group("browser"),
]

T = Text("en")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving_sample(tmp_path_factory.mktemp("workspaces")) as started:
        yield started


def lost_since(folder: Path, name: str) -> Path:
    """The company's opportunities five days later: those of this name are lost."""
    deals = sample_company(seed=7).tables["opportunities"].copy()
    those = deals["name"].eq(name) & deals["closed_on"].isna()
    assert those.any()
    deals.loc[those, ["stage", "closed_on"]] = ["Lost", "2026-08-18"]
    file = folder / "opportunities_2026-08-19.csv"
    deals.to_csv(file, index=False)
    return file


def test_from_a_flag_to_what_became_of_it(server, tmp_path):
    with browsing() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 1900}, locale="en-US")
        go(page, server, "risks")
        choose(page, T("risks.filter_kind"), T("risk.stalled"))
        card = page.locator(".st-key-risk-card")
        heading = card.locator("strong").first.inner_text()
        name = " · ".join(heading.split(" · ")[:2])
        assert card.get_by_text(T("risk.stalled")).first.is_visible()

        card.get_by_role("button", name=T("follow.new")).click()
        settle(page)
        page.get_by_label(T("follow.action")).fill("ask the customer for a decision")
        page.get_by_role("button", name=T("follow.write")).click()
        page.get_by_text("Written down").wait_for()
        settle(page)

        go(page, server, "follow-up")
        note = page.locator(".st-key-follow-card")
        assert note.get_by_text("ask the customer for a decision").first.is_visible()
        note.get_by_role("button", name=T("followsay.acknowledge")).click()
        note.get_by_text("Acknowledged: ").wait_for()
        settle(page)

        go(page, server, "data")
        page.locator('input[type="file"]').set_input_files(lost_since(tmp_path, name))
        page.get_by_role("button", name="Load 1 files").click(timeout=60_000)
        page.get_by_text("Loaded: ").first.wait_for(timeout=60_000)
        go(page, server, "follow-up?as_of=2026-08-19")
        note.get_by_text("lost on 2026-08-18").wait_for()

        go(page, server, "risks?as_of=2026-08-19&risk_view=changes")
        page.get_by_text("the open pipeline went from").wait_for()
        page.goto("about:blank")
