"""Large files are read another way, and must say the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from data import large as large_files
from data.errors import TooLargeError
from data.ingest import commit, undo
from data.review import review
from data.warehouse import Warehouse
from tests.files import AT, BASE, effect, rows, state

REFUSED = "select column_name, value, rule, record from rejections order by all"


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    opened = Warehouse()
    yield opened
    opened.close()


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as large."""
    monkeypatch.setattr(large_files, "LARGE", 1)


def loaded(warehouse: Warehouse, content: bytes, file: str = "deals.csv"):
    each = review(content, file, warehouse)
    [receipt] = commit(warehouse, [each], by="ann", at=AT)
    return each, receipt


DIRTY = (
    f"{BASE},amount,created_on,modified_at,owner_id\n"
    '1, Ann ,Won,"¥1,234.50",2026-01-05,2026-02-01 10:00:00,u1\n'
    "2,张三\u3000,Lost,n.v.,2026/1/6,2026年2月3日,\u00a0u2\n"
    "3,Bob,Ghosted,12万,soon,,u3\n"
    "1.5E+17,Bob,Won,5,2026-01-07,,u3\n"
    ",Bob,Won,5,2026-01-07,,u3\n"
    "5,Bob,Won,5,13/1/2026,,u3\n"
    "6,Eve,Won,7,2026-01-09,2026-02-01,u4\n"
    "6,Eve,Lost,7,2026-01-09,2026-01-01,u4\n"
    "7,Eve,Won\n"
    '8,"Eve, ""the"" one",Won,(5),2026-01-10,,u4\n'
    "9, ,  Won\u00a0, 5 , 2026/1/11 ,  ,{0A1B2C3D-0000-0000-0000-00000000000F}\n"
    "Grand Totals (8 records)\n"
)


def test_a_large_file_gives_the_rows_and_refusals_of_a_small_one(warehouse, monkeypatch):
    small = Warehouse()
    _, usual = loaded(small, DIRTY.encode())
    monkeypatch.setattr(large_files, "LARGE", 1)
    each, receipt = loaded(warehouse, DIRTY.encode())

    assert each.large
    assert state(warehouse) == state(small)
    assert effect(receipt) == effect(usual)
    assert receipt.rows_read == usual.rows_read
    assert [row for row in rows(warehouse, REFUSED) if row[2] != "ragged_row"] == [
        row for row in rows(small, REFUSED) if row[2] != "ragged_row"
    ]
    assert rows(warehouse, "select row_no, value from rejections where rule = 'ragged_row'") == [
        (10, "7,Eve,Won")
    ]
    small.close()


@pytest.mark.usefixtures("large")
def test_a_large_file_in_gb18030_comes_out_in_chinese(warehouse):
    text = f"{BASE}\n1,张三,赢单\n2,李四,输单\n"

    loaded(warehouse, text.encode("gb18030"))

    assert rows(warehouse, "select owner, outcome from raw_opportunities") == [
        ("张三", "won"),
        ("李四", "lost"),
    ]


@pytest.mark.usefixtures("large")
def test_a_stage_beyond_the_beginning_is_understood_too(warehouse, monkeypatch):
    monkeypatch.setattr(large_files, "HEAD", 60)
    lines = [f"{n},Ann,{'Won' if n % 2 else 'Talks'}" for n in range(50)]
    loaded(warehouse, "\n".join([BASE, *lines, "50,Ann,Lost", "51,Ann,Void", ""]).encode())

    assert rows(
        warehouse, "select outcome, count(*) from raw_opportunities group by 1 order by 1"
    ) == [("lost", 1), ("open", 25), ("void", 1), ("won", 25)]


@pytest.mark.usefixtures("large")
def test_a_second_large_export_changes_what_it_should(warehouse):
    loaded(warehouse, f"{BASE},amount\n1,Ann,Talks,5\n2,Bob,Talks,6\n".encode())

    _, receipt = loaded(
        warehouse, f"{BASE},amount\n1,Ann,Won,5\n2,Bob,Talks,6\n3,C,Won,1\n".encode()
    )
    _, again = loaded(warehouse, f"{BASE},amount\n1,Ann,Won,5\n2,Bob,Talks,6\n3,C,Won,1\n".encode())

    assert effect(receipt) == (1, 1, 1, 0)
    assert (again.status, effect(again)) == ("already_loaded", (0, 0, 3, 0))


@pytest.mark.usefixtures("large")
def test_what_a_large_file_had_refused_never_counts(warehouse):
    text = f"{BASE},amount,created_on\n1,Ann,Won,5,2026-01-05\n1,Bob,Won,6,2026-01-05\n"
    text += ",Cid,Won,7,2026-01-05\n3,Dan,,8,2026-01-05\n4,Eve,Won,9,2026-01-05\n"
    kept = [("1", "Bob"), ("4", "Eve")]
    said = "select opportunity_id, owner from said_opportunities"

    _, first = loaded(warehouse, text.encode())
    before = state(warehouse)
    _, second = loaded(warehouse, text.replace("Ann", "Zoe").replace("Eve", "Eva").encode())

    assert (effect(first), effect(second)) == ((2, 0, 0, 3), (0, 1, 1, 3))
    assert rows(warehouse, said) == sorted([*kept, ("1", "Bob"), ("4", "Eva")])
    undo(warehouse, second.upload_id, by="ann", at=AT)
    assert state(warehouse) == before
    assert rows(warehouse, said) == kept


@pytest.mark.usefixtures("large")
def test_a_file_on_disk_is_not_moved_and_nothing_is_left_behind(warehouse, tmp_path):
    path = tmp_path / "deals; drop table uploads.csv"
    path.write_text(f"{BASE}\n1,Ann,Won\n", "utf-8")

    commit(warehouse, [review(path, path.name, warehouse)], by="ann", at=AT)

    assert path.exists()
    assert list(Path(warehouse.incoming).iterdir()) == []


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    "text",
    [
        "Rep,Jan,Feb,Mar\nAnn,1,2,3\n",
        "owner,team,question,answer,asked_on\n,North,How is it?,4,2026-03-01\n",
    ],
)
def test_a_large_file_that_can_only_be_read_whole_is_refused(warehouse, text):
    each = review(text.encode(), "2026.csv", warehouse)

    assert isinstance(each.problem, TooLargeError)
    assert each.problem.facts["limit"] == 24
    assert each.recognition.entity in ("targets", "pulse")
    with pytest.raises(TooLargeError):
        commit(warehouse, [each], by="ann", at=AT)
    assert rows(warehouse, "select * from uploads") == []


cell = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters='",\n\r'),
    max_size=6,
) | st.text("0123456789+-.eE_$%/: T", max_size=10)


@settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example([("", "Won", text, "") for text in ("+1", "1e5", "1_000", "1.", "-.5", "1E+06", "+-1")])
@given(lines=st.lists(st.tuples(cell, cell, cell, cell), min_size=1, max_size=6))
def test_any_text_reads_the_same_either_way(lines):
    text = "\n".join(
        [f"{BASE},amount,created_on,x"]
        + [f"{n},{','.join(line)},." for n, line in enumerate(lines)]
    )
    small, big = Warehouse(), Warehouse()
    loaded(small, f"{text}\n".encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(large_files, "LARGE", 1)
        loaded(big, f"{text}\n".encode())

    assert state(big) == state(small)
    # The blanks around a refused value may be shown or not.
    told = REFUSED.replace("value,", "trim(value),")
    assert rows(big, told) == rows(small, told)
    small.close()
    big.close()
