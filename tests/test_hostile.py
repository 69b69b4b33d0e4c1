"""Files made to break whoever reads them: each is answered, and whoever asked is alive."""

import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.errors import UserError
from data.readers import SourceTable
from data.sandbox import read_safely
from tests.hostile import CORPUS

# The answers are worked out once, so one worker has to do it.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Duplicate name"),
    pytest.mark.xdist_group("hostile"),
]

SECONDS = 15.0
MEMORY = 2_000_000_000

Answer = tuple[list[SourceTable | UserError], float]


def answered(name: str) -> Answer:
    content = CORPUS[name]()
    start = time.perf_counter()
    return read_safely(content, name), time.perf_counter() - start


@pytest.fixture(scope="module")
def answers() -> Iterator[dict[str, Answer]]:
    with ThreadPoolExecutor(2) as pool:
        yield dict(zip(CORPUS, pool.map(answered, CORPUS), strict=True))


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_a_table_or_an_error_that_can_be_mended(answers, name):
    found, seconds = answers[name]

    assert found
    assert seconds < SECONDS
    for one in found:
        if isinstance(one, SourceTable):
            assert all(len(row) == len(one.header) for row in one.rows)
            assert len(one.rows) == len(one.row_numbers)
        else:
            assert isinstance(one, UserError)


def test_no_child_has_more_memory_than_it_may(answers):
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 < MEMORY


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("corners.xlsx", "endless_sheet"),
        ("corner_in_the_middle.xlsx", "memory"),
        ("billion_laughs.xlsx", "entities"),
        ("outer_entity.xlsx", "entities"),
        ("entity_in_utf_16.xlsx", "entities"),
        ("part_twice.xlsx", "damaged_workbook"),
        ("sheets_65000_of_one_part.xlsx", "many_sheets"),
        ("columns_20000.csv", "many_columns"),
        ("every_line_opens_a_quote.csv", "broken_quotes"),
        ("members_10000.zip", "many_files"),
        ("overlapping_members.zip", "locked_archive"),
        ("encrypted.zip", "locked_archive"),
        ("zip_of_zips.zip", "zip"),
        ("spans.xls", "endless_sheet"),
    ],
)
def test_the_reason_says_what_is_wrong(answers, name, found):
    [problem] = answers[name][0]

    assert isinstance(problem, UserError)
    assert problem.facts == {"file": problem.facts["file"], "found": found}


def test_no_file_of_the_machine_is_shown(answers):
    shown = repr([answers[name] for name in ("outer_entity.xlsx", "link_outside.xlsx", "link.zip")])

    assert "root:" not in shown


def test_members_of_a_zip_have_names_that_lead_nowhere(answers):
    names = [one.file for one in answers["ways_out.zip"][0]]

    assert len(set(names)) == len(names) == 9
    assert not [name for name in names if ".." in name or "\\" in name or "\n" in name]


def test_there_are_enough_of_them():
    assert len(CORPUS) >= 50
