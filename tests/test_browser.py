"""The real flows in a real browser: deep link, language, upload, decision, restart."""

import csv
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.serving import CHROMIUM, Server, browsing, serving, settle, visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.xdist_group("browser"),
]

SAMPLES = Path(os.environ.get("EVENHAND_SAMPLES", Path(__file__).parents[2] / "shared" / "samples"))
# Streamlit asks for these under the page's address first when a deep link is loaded.
PROBES = re.compile(r"/(_stcore/(health|host-config))$")


@pytest.fixture(scope="module")
def browser() -> Iterator:
    with browsing() as opened:
        yield opened


@pytest.fixture
def page(browser) -> Iterator:
    """A page that fails the test on any outside request and on any error it logs."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="en-US", reduced_motion="reduce"
    )
    opened = context.new_page()
    outside, errors, missing = [], [], []
    opened.on(
        "request",
        lambda request: (
            None
            if request.url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))
            else outside.append(request.url)
        ),
    )
    opened.on(
        "response",
        lambda answer: (
            missing.append(answer.url)
            if answer.status >= 400 and not PROBES.search(answer.url)
            else None
        ),
    )
    opened.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if message.type == "error" and "404" not in message.text
            else None
        ),
    )
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert (outside, missing, errors) == ([], [], [])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspaces")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with serving(folder) as started:
        yield started


@contextmanager
def fresh_server(page, folder: Path) -> Iterator[Server]:
    """A server of its own; the page leaves before it stops, so that nothing is asked of it then."""
    with serving(folder) as started:
        yield started
        page.goto("about:blank")


def heading(page) -> str:
    return page.locator("h1").first.inner_text()


def test_a_fresh_server_answers_a_deep_link_through_the_shell(page, tmp_path):
    with fresh_server(page, tmp_path) as fresh:
        page.goto(f"{fresh.url}/win-rates?lang=zh")
        settle(page, 90)

        assert heading(page) == "赢单率"
        assert page.get_by_text("示例公司").first.is_visible()


def test_one_click_changes_every_word(page, server):
    page.goto(f"{server.url}/?lang=en")
    settle(page, 90)
    assert heading(page) == "Overview"

    page.get_by_role("radio", name="中文").or_(
        page.get_by_role("button", name="中文")
    ).first.click()
    page.locator("h1", has_text="总览").wait_for()
    settle(page)

    words = page.locator('[data-testid="stMain"]').inner_text()
    assert "lang=zh" in page.url
    assert not re.findall(r"\b(Target|Win rate|Overview|Workspace|As of|opportunities)\b", words)


def press(page, name: str) -> None:
    """One of the words in a row of which one is chosen."""
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name)).first.click()


def test_every_page_outlives_a_change_of_language_and_back(page, server):
    page.goto(f"{server.url}/?lang=zh")
    settle(page, 90)
    for here, there in ((("赢单率", "人员"), ("Reallocate", "Work")), (("数据",), ("Overview",))):
        visit(page, *here)
        page.locator("h1", has_text=here[0]).wait_for()
        settle(page)
        press(page, "English")
        visit(page, *there)
        page.locator("h1", has_text=there[0]).wait_for()
        settle(page)
        assert "Sample company" in page.locator(".st-key-scope-box").inner_text()
        press(page, "中文")
        page.locator(".st-key-scope-box", has_text="示例公司").wait_for()
        settle(page)
        assert page.get_by_text("这里出现了不该发生的错误").count() == 0


def test_another_period_and_workspace_are_chosen_in_the_bar(page, server):
    page.goto(f"{server.url}/?lang=en")
    settle(page, 90)
    choose(page, ".st-key-period-en input", "Year")
    page.locator(".st-key-scope-box", has_text="· 2026 ·").wait_for()
    settle(page)
    choose(page, ".st-key-workspace-en input", "Sample without differences")
    page.locator(".st-key-scope-box", has_text="Sample without differences").wait_for(
        timeout=60_000
    )
    settle(page, 90)

    assert "workspace=sample_even" in page.url
    assert "period=year" in page.url


def choose(page, box: str, option: str) -> None:
    """An option of a box in the bar, which closes itself after each choice."""
    page.locator(".st-key-scope-box button").first.click()
    page.locator(box).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_picture_and_a_person_have_an_address_and_come_back(page, server):
    page.goto(f"{server.url}/win-rates?lang=en")
    settle(page, 90)
    press(page, "Ranking")
    page.get_by_text("the place is not known").wait_for()
    settle(page)
    assert "view=ranking" in page.url

    people = page.get_by_role("combobox", name="One person in detail")
    people.click()
    people.press_sequentially("李薇")
    page.get_by_role("option", name="李薇", exact=True).click()
    page.locator("h1", has_text="Rep profile").wait_for()
    settle(page, 90)
    page.reload()
    settle(page, 90)
    assert page.get_by_text("less evidence of wins for 李薇").is_visible()

    visit(page, "Win rates", "People")
    page.locator("h1", has_text="Win rates").wait_for()
    settle(page)
    assert page.get_by_text("cells can be told from the average").is_visible()


def test_an_accepted_move_survives_a_restart(page, folder, tmp_path):
    with fresh_server(page, tmp_path) as first:
        page.goto(f"{first.url}/reallocate?lang=en")
        settle(page, 90)
        page.locator('[class*="st-key-accept-O"] button').click()
        page.get_by_text("17 of 20 moves are undecided").wait_for()
        choose_move(page, row=0)
        page.locator(".st-key-move").get_by_text("Accepted").wait_for()

    with fresh_server(page, tmp_path) as second:
        page.goto(f"{second.url}/reallocate?lang=en")
        settle(page, 90)

        assert page.get_by_text("17 of 20 moves are undecided").is_visible()
        choose_move(page, row=0)
        page.locator(".st-key-move").get_by_text("Accepted").wait_for()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download 1 owner changes").click()
        with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
            [row] = csv.DictReader(file)
        assert row["opportunity_id"]
        assert row["owner"]


def choose_move(page, row: int) -> None:
    """Click on the circle of a row; the table is a picture to the browser, 35 pixels a row."""
    page.locator(".st-key-moves").click(position={"x": 16, "y": 35 * row + 52})


def upload(page, server: Server, paths: list[Path]) -> None:
    page.goto(f"{server.url}/data?lang=en&workspace=mine")
    settle(page, 90)
    page.locator('input[type="file"]').set_input_files(paths)
    page.get_by_role("button", name=re.compile("Load 4 files")).click(timeout=60_000)
    page.get_by_text(re.compile(r"Loaded: [\d,]+ new")).wait_for(timeout=60_000)
    settle(page)


def test_a_wrong_encoding_is_seen_and_changed_before_anything_is_loaded(page, tmp_path):
    deals = "商机编号,负责人,销售阶段,商机金额\n1,张伟,赢单,100\n2,王芳,试点中,200\n"
    file = tmp_path / "商机.csv"
    file.write_bytes(deals.encode("gb18030"))
    with fresh_server(page, tmp_path / "data") as fresh:
        page.goto(f"{fresh.url}/data?lang=en&workspace=mine")
        settle(page, 90)
        page.locator('input[type="file"]').set_input_files(file)
        page.get_by_text("Reading: GB18030, header in line 1").click(timeout=60_000)
        say(page, "Encoding", "CP1252")
        page.get_by_text("is not known").first.wait_for()
        say(page, "Encoding", "GB18030")
        page.get_by_text("Stages: 1 unknown").click()
        say(page, "试点中 (1)", "won")
        page.get_by_text("with your changes").wait_for()
        page.get_by_role("button", name="Load 1 files").click()
        page.get_by_text("Loaded: 2 new").wait_for(timeout=60_000)
        settle(page)

        assert page.get_by_text("2 opportunities: 2 won").is_visible()


def say(page, label: str, option: str) -> None:
    """Another option of a box in the review of a file."""
    settle(page)
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def keeps_the_owners(page, server: Server) -> None:
    page.goto(f"{server.url}/reallocate?lang=en&workspace=mine")
    settle(page, 90)
    assert page.get_by_text("Keep the owners.").first.is_visible()
    assert page.get_by_text("no evidence that reps differ").first.is_visible()


@pytest.mark.skipif(not (SAMPLES / "maven").is_dir(), reason="the public sample is not here")
def test_the_four_files_of_maven_give_no_evidence_for_moving_anything(page, tmp_path):
    with fresh_server(page, tmp_path) as fresh:
        upload(page, fresh, sorted((SAMPLES / "maven").glob("*.csv")))

        assert page.get_by_text("GTXPro").first.is_visible()
        keeps_the_owners(page, fresh)


def test_four_files_of_a_company_without_differences_do_the_same(page, tmp_path):
    files = maven_like(tmp_path / "files")
    with fresh_server(page, tmp_path / "data") as fresh:
        upload(page, fresh, files)
        keeps_the_owners(page, fresh)


def maven_like(folder: Path) -> list[Path]:
    """Four files in Maven's layout, cut from the company whose reps do not differ."""
    from data.synthetic import sample_company

    tables = sample_company(effects=False).tables
    deals = tables["opportunities"]
    stages = deals["stage"].where(deals["stage"].isin(["Won", "Lost"]), "Engaging")
    written = {
        "sales_pipeline": deals.assign(
            sales_agent=deals["owner"],
            deal_stage=stages,
            engage_date=deals["created_on"],
            close_date=deals["closed_on"],
            close_value=deals["amount"],
        )[
            ["opportunity_id", "sales_agent", "product", "account", "deal_stage"]
            + ["engage_date", "close_date", "close_value"]
        ],
        "accounts": tables["accounts"].assign(
            year_established=1990, office_location=tables["accounts"]["region"], subsidiary_of=""
        )[
            ["account", "sector", "year_established", "revenue", "employees"]
            + ["office_location", "subsidiary_of"]
        ],
        "products": tables["products"].rename(
            columns={"family": "series", "list_price": "sales_price"}
        )[["product", "series", "sales_price"]],
        "sales_teams": tables["reps"].assign(
            sales_agent=tables["reps"]["name"], regional_office=tables["reps"]["team"]
        )[["sales_agent", "manager", "regional_office"]],
    }
    folder.mkdir()
    for name, frame in written.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    return sorted(folder.glob("*.csv"))
