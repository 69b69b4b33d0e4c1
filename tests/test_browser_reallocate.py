"""From a plan to the CRM and back in a real browser: decide, hand back, check off."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from analytics.rules import RuleSet
from analytics.ruling import save_rules
from data.formats import formats
from data.readers import read_table
from data.synthetic import sample_company
from data.warehouse import Warehouse
from data.workspaces import load_sample
from pages._ui.text import Text
from tests.serving import CHROMIUM, Server, browsing, serving, settle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.xdist_group("browser"),
]

MOVES = 8
AT = datetime(2026, 8, 14)  # noqa: DTZ001
T = Text("en")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app over the sample company's files as one's own, and rules that allow few moves."""
    folder = tmp_path_factory.mktemp("workspaces")
    mine = Warehouse(folder / "mine.duckdb")
    load_sample(mine)
    save_rules(mine, RuleSet(max_moves=MOVES), why="no room for more", by="ann", at=AT)
    mine.close()
    with serving(folder) as started:
        yield started


def go(page, server: Server, name: str) -> None:
    page.goto(f"{server.url}/{name}?lang=en&workspace=mine")
    settle(page, 120)


def taken(page, button: str) -> tuple[str, bytes]:
    """Name and content of the file behind a button."""
    with page.expect_download() as download:
        page.locator(f".st-key-{button}-moves button").click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def downloaded(page, crm: str) -> dict[str, str]:
    """Id to new owner in the file for a CRM."""
    box = page.get_by_role("combobox", name=T("handback.crm"))
    box.click()
    box.fill(T(f"format.{crm}"))
    box.press("Enter")
    page.get_by_text(T(f"crmnote.{crm}")).wait_for()
    settle(page)
    name, content = taken(page, "changes")
    assert f"_{crm}_" in name
    wants = formats()[crm].owner_change
    table = read_table(content, name)
    fields = [wants.columns["opportunity"][header] for header in table.header]
    rows = [dict(zip(fields, row, strict=True)) for row in table.rows]
    return {row["item"]: row["owner"] for row in rows}


def after_export(folder: Path, owners: dict[str, str]) -> Path:
    """The company's opportunities a day later, with these owners."""
    tables = sample_company(seed=7).tables
    deals, reps = tables["opportunities"].copy(), tables["reps"].set_index("name")
    moved = deals["opportunity_id"].isin(owners)
    deals.loc[moved, "owner"] = deals.loc[moved, "opportunity_id"].map(owners)
    deals.loc[moved, "owner_id"] = deals.loc[moved, "owner"].map(reps["rep_id"])
    deals.loc[moved, "owner_email"] = deals.loc[moved, "owner"].map(reps["email"])
    file = folder / "opportunities_2026-08-15.csv"
    deals.to_csv(file, index=False)
    return file


def test_from_a_plan_to_the_crm_and_back(server, tmp_path):
    with browsing() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 1600}, locale="en-US")
        go(page, server, "reallocate")
        page.locator('[class*="st-key-decline-O"] button').click()
        page.get_by_text(T("decided.title"), exact=True).wait_for()
        settle(page)
        page.locator(".st-key-accept-all button").click()
        said = page.get_by_text(re.compile(r"Of \d+ accepted moves, 0 are carried out"))
        said.wait_for()
        settle(page)
        accepted = int(re.findall(r"\d+", said.inner_text())[0])
        assert 3 <= accepted < MOVES

        files = {
            crm: downloaded(page, crm)
            for crm in formats()
            if "opportunity" in formats()[crm].owner_change.columns
        }

        ours = files["evenhand"]
        assert len(ours) == accepted
        for crm, rows in files.items():
            assert {item.removeprefix(formats()[crm].id_prefix) for item in rows} == ours.keys()
        assert all("@" in owner for owner in files["hubspot"].values())
        assert not {*files["salesforce"].values()} & {*ours.values()}

        page.get_by_text(T("handback.more")).click()
        page.locator(".st-key-log-moves button").wait_for()
        settle(page)
        for button in ("back", "sheets", "tasks", "log"):
            assert len(taken(page, button)[1]) > 100

        done = [*ours][1:]
        go(page, server, "data")
        file = after_export(tmp_path, {item: ours[item] for item in done})
        page.locator('input[type="file"]').set_input_files(file)
        page.get_by_role("button", name="Load 1 files").click(timeout=60_000)
        page.get_by_text(re.compile(r"Loaded: ")).wait_for(timeout=60_000)
        go(page, server, "reallocate")

        page.get_by_text(f"Of {accepted} accepted moves, {accepted - 1} are carried out").wait_for()
        assert page.get_by_text("1 still have the old owner").is_visible()
        page.goto("about:blank")
