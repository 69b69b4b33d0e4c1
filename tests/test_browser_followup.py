"""A follow-up in a real browser: write it, acknowledge it, upload a newer export, see what came."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.synthetic import sample_company
from pages._ui.text import Text
from tests.serving import CHROMIUM, Server, browsing, serving_sample, settle

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


def go(page, server: Server, address: str) -> None:
    page.goto(f"{server.url}/{address}{'&' if '?' in address else '?'}lang=en&workspace=mine")
    settle(page, 120)


def choose(page, label: str, words: str) -> None:
    """Choose what has these words in the select box with this label."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(words)
    page.get_by_role("option", name=words).first.click()
    settle(page)


def next_export(folder: Path) -> tuple[Path, str, str]:
    """The company's opportunities five days later: the most valuable open one is won.

    Returns the file, and its name and owner.
    """
    deals = sample_company(seed=7).tables["opportunities"].copy()
    still = deals[deals["closed_on"].isna() & deals["owner"].notna()]
    row = still["amount"].astype(float).idxmax()
    deals.loc[row, ["stage", "closed_on"]] = ["Won", "2026-08-18"]
    if "expected_on" in deals:
        deals.loc[row, "expected_on"] = None
    file = folder / "opportunities_2026-08-19.csv"
    deals.to_csv(file, index=False)
    return file, str(deals.at[row, "opportunity_id"]), str(deals.at[row, "owner"])


def test_from_a_note_to_what_became_of_it(server, tmp_path):
    file, item, owner = next_export(tmp_path)
    with browsing() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 1800}, locale="en-US")
        go(page, server, "follow-up")
        page.locator(".st-key-follow-new summary").click()
        settle(page)
        choose(page, T("follow.unit_kind"), T("followunit.opportunity"))
        choose(page, T("follow.opportunity"), item)
        page.get_by_label(T("follow.note")).fill("the customer waits for our offer")
        page.get_by_label(T("follow.action")).fill("send the offer by Friday")
        page.get_by_role("button", name=T("follow.write")).click()
        page.get_by_text("Written down").wait_for()
        settle(page)

        card = page.locator(".st-key-follow-card")
        assert card.get_by_text("send the offer by Friday").first.is_visible()
        assert card.get_by_text("No newer data yet").is_visible()
        speaker = card.get_by_role("combobox", name=T("follow.speaks"))
        assert speaker.input_value() == owner or owner in card.inner_text()
        card.get_by_role("button", name=T("followsay.acknowledge")).click()
        card.get_by_text(f"Acknowledged: {owner}").wait_for()
        settle(page)

        go(page, server, "data")
        page.locator('input[type="file"]').set_input_files(file)
        page.get_by_role("button", name="Load 1 files").click(timeout=60_000)
        page.get_by_text("Loaded: ").first.wait_for(timeout=60_000)
        go(page, server, "follow-up?as_of=2026-08-19")

        card.get_by_text("won on 2026-08-18").wait_for()
        assert card.get_by_text(T("follow.no_proof")).is_visible()
        card.get_by_role("button", name=T("followsay.done"), exact=True).click()
        said = T("follow.finding_closed", count=1, moved=1, clear=0)
        page.get_by_text(said).wait_for()
        page.goto("about:blank")
