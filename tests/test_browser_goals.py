"""A goal in a real browser: set it, divide it, change one part, approve it, and see it count."""

from collections.abc import Iterator
from datetime import date

import pytest

from analytics.aiming import attainment
from analytics.desk import Desk
from analytics.scope import Period, Scope
from data.warehouse import Warehouse
from data.workspaces import load_sample
from pages._ui.text import Text
from tests.serving import CHROMIUM, Server, browsing, serving, settle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.xdist_group("browser"),
]

T = Text("en")
AS_OF = date(2026, 8, 14)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    """The sample company's files as one's own."""
    path = tmp_path_factory.mktemp("workspaces")
    mine = Warehouse(path / "mine.duckdb")
    load_sample(mine)
    mine.close()
    return path


@pytest.fixture
def server(folder) -> Iterator[Server]:
    with serving(folder) as started:
        yield started


def press(page, key: str) -> None:
    page.locator(f".st-key-{key} button").first.click()
    page.wait_for_timeout(300)
    settle(page)


def write(page, key: str, text: str) -> None:
    box = page.locator(f".st-key-{key} input")
    box.fill(text)
    box.press("Enter")
    page.wait_for_timeout(300)
    settle(page)


def view(page, name: str) -> None:
    page.get_by_role("radio", name=T(f"goals.view_{name}")).or_(
        page.get_by_role("button", name=T(f"goals.view_{name}"))
    ).first.click()
    page.wait_for_timeout(300)
    settle(page)


def test_a_goal_from_its_total_to_attainment(server, folder):
    with browsing() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 1800}, locale="en-US")
        page.goto(f"{server.url}/goals?lang=en&workspace=mine")
        settle(page, 120)
        view(page, "set")
        write(page, "goal-total-revenue", "60000000")
        page.get_by_text("For the company, 60.0M would be reached with").wait_for()
        press(page, "goal-propose")
        page.get_by_text(T("agree.ask"), exact=True).click()
        page.locator(".st-key-change-why input").wait_for()
        settle(page)
        page.locator('[class*="st-key-change-"] input[type="number"]').fill("1000000")
        write(page, "change-why", "back from leave in August")
        press(page, "change-send")
        page.get_by_role("button", name=T("agree.answer_approved")).click()
        page.get_by_text("What is to become of it?").wait_for()
        settle(page)
        press(page, "goal-reserve")
        page.get_by_text("than the target of the company").first.wait_for()
        press(page, "goal-approve")
        page.get_by_text("Approved:").wait_for()
        view(page, "course")
        page.get_by_text("target of 60.0M").or_(page.get_by_text("of 60.0M")).first.wait_for()
        page.goto(f"{server.url}/?lang=en&workspace=mine")
        settle(page, 120)
        page.get_by_text("of 60.0M").first.wait_for()
        page.goto("about:blank")
    server.stop()

    mine = Warehouse(folder / "mine.duckdb")
    rows = Desk(mine, Scope(AS_OF, Period.containing(AS_OF))).ask(attainment)
    mine.close()
    company = rows[rows["unit_kind"] == "company"].iloc[0]
    people = rows[rows["unit_kind"] == "rep"]
    assert (company["target"], company["source"]) == (60_000_000, "here")
    assert (people["target"] == 1_000_000).sum() == 1
    assert people["target"].sum() != 60_000_000
