"""Where workspaces live, what the sample ones hold, and what has been uploaded."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data import workspaces
from data.ingest import undo
from data.synthetic import Company, sample_company
from data.uploads import uploads
from data.warehouse import Warehouse
from data.workspaces import WORKSPACES, data_folder, load_sample, open_workspace
from tests.files import AT, BASE, load, rows

ENTITIES = ("accounts", "opportunities", "reps")


@pytest.fixture(scope="module")
def small_company() -> Company:
    """The newest two hundred opportunities of the sample, and the tables they need."""
    company = sample_company()
    tables = {name: company.tables[name] for name in ENTITIES}
    tables["opportunities"] = tables["opportunities"].tail(200)
    return replace(company, tables=tables)


@pytest.fixture
def made(small_company: Company, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What every sample company was asked for; each is the small one."""
    asked: list[dict[str, Any]] = []

    def make(**wishes: Any) -> Company:
        asked.append(wishes)
        return small_company

    monkeypatch.setattr(workspaces, "sample_company", make)
    return asked


def opened(name: str, folder: Path, look: Callable[[Warehouse], Any]) -> Any:
    """What is seen in a workspace, opened and closed for it."""
    store = open_workspace(name, folder)
    try:
        return look(store)
    finally:
        store.close()


# The folder


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {"EVENHAND_DATA": "/srv/evenhand"}, Path("/srv/evenhand")),
        ("win32", {"EVENHAND_DATA": "~/books"}, Path.home() / "books"),
        ("linux", {}, Path.home() / ".local" / "share" / "evenhand"),
        ("linux", {"XDG_DATA_HOME": "/xdg"}, Path("/xdg/evenhand")),
        ("linux", {"EVENHAND_DATA": "", "XDG_DATA_HOME": "/xdg"}, Path("/xdg/evenhand")),
        ("win32", {"LOCALAPPDATA": "/appdata"}, Path("/appdata/evenhand")),
        ("darwin", {}, Path.home() / "Library" / "Application Support" / "evenhand"),
    ],
)
def test_the_folder_is_the_chosen_one_or_the_place_of_the_system(
    monkeypatch, platform, environment, folder
):
    monkeypatch.setattr(sys, "platform", platform)

    assert data_folder(environment) == folder


# The workspaces


def test_the_sample_is_made_when_it_is_opened_for_the_first_time_and_kept(tmp_path, made):
    first, again = (
        opened("sample", tmp_path, lambda store: (store.data_version, rows(store, COUNTS)))
        for _ in range(2)
    )

    assert first == again == (1, [("accounts", 400), ("opportunities", 200), ("reps", 26)])
    assert made == [{"seed": 7, "effects": True}]
    assert [path.name for path in tmp_path.iterdir()] == ["sample.duckdb"]


COUNTS = " union all ".join(f"select '{name}', count(*) from raw_{name}" for name in ENTITIES)


def test_the_even_sample_is_the_company_whose_reps_do_not_differ(tmp_path, made):
    assert opened("sample_even", tmp_path, lambda store: store.data_version) == 1

    assert made == [{"seed": 7, "effects": False}]


def test_the_workspace_of_the_user_is_empty(tmp_path, made):
    assert opened("mine", tmp_path, lambda store: store.data_version) == 0

    assert made == []


def test_a_sample_that_could_not_be_made_is_made_next_time(tmp_path, made, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(workspaces, "commit", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            open_workspace("sample", tmp_path)

    assert opened("sample", tmp_path, lambda store: store.data_version) == 1


def test_the_folder_is_made_with_the_workspace(tmp_path):
    opened("mine", tmp_path / "new" / "folder", lambda store: None)

    assert (tmp_path / "new" / "folder" / "mine.duckdb").is_file()


@pytest.mark.parametrize("name", ["theirs", "", "../mine"])
def test_there_is_no_other_workspace(tmp_path, name):
    with pytest.raises(ValueError, match="workspace must be one of"):
        open_workspace(name, tmp_path)

    assert list(tmp_path.iterdir()) == []
    assert name not in WORKSPACES


def test_the_sample_goes_through_the_import_as_files_do(made, small_company):
    store = Warehouse()
    load_sample(store, seed=3)

    past = uploads(store).set_index("file")

    assert made == [{"seed": 3, "effects": True}]
    assert set(past.index) == {f"{name}.csv" for name in ENTITIES}
    assert set(past["as_of"].dt.date) == {small_company.as_of}
    assert set(past["rows_rejected"]) == {0}
    assert past.loc["opportunities.csv", "rows_new"] == 200


# Uploads


def test_uploads_are_listed_newest_first_the_undone_ones_included():
    store = Warehouse()
    assert uploads(store).empty
    load(store, f"{BASE}\n1,Ann,Won", file="old.csv")
    load(store, f"{BASE},amount\n2,Ann,Won,100\n3,Ann,,5", file="new.csv")
    undo(store, 1, by="bob", at=AT)

    past = uploads(store)

    assert past["upload_id"].tolist() == [2, 1]
    assert past["file"].tolist() == ["new.csv", "old.csv"]
    assert past[["rows_read", "rows_new", "rows_rejected"]].values.tolist() == [
        [2, 1, 1],
        [1, 1, 0],
    ]
    assert past["undone_at"].isna().tolist() == [True, False]
    assert past.loc[1, "undone_by"] == "bob"
    assert past.loc[1, "uploaded_at"] == AT
    assert "mapping" not in past


def test_a_file_taken_in_again_is_no_second_upload():
    store = Warehouse()
    for _ in range(2):
        load(store, f"{BASE}\n1,Ann,Won")

    assert len(uploads(store)) == 1
