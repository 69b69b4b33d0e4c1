"""The four files of the Maven sample company: a small copy with its traps, and the real ones."""

from collections.abc import Iterator
from datetime import date

import pytest

from data.ingest import commit
from data.review import review
from data.warehouse import Warehouse
from tests.files import AT, SAMPLES, effect, rows


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    opened = Warehouse()
    yield opened
    opened.close()


PIPELINE = """\
opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
1C1I7A6R,Moses Frase,GTX Plus Basic,Cancity,Won,10/20/2016,3/1/2017,1054
Z063OYW0,Darcel Schlecht,GTXPro,Isdom,Won,10/25/2016,3/11/2017,4514
1E5AAAAA,Moses Frase,MG Special,,Lost,10/25/2016,12/31/2017,0
AAAA0001,Zane Levy,GTXPro,,Engaging,1/31/2017,,
AAAA0002,Zane Levy,MG Special,Acme Corporation,Prospecting,,,
"""


ACCOUNTS = """account,sector,year_established,revenue,employees,office_location,subsidiary_of
Acme Corporation,technolgy,1996,1100.04,2822,United States,
Cancity,retail,2001,718.62,2448,Philipines,Acme Corporation
"""


PRODUCTS = "product,series,sales_price\nGTX Basic,GTX,550\nGTX Pro,GTX,4821\nMG Special,MG,55\n"


TEAMS = """sales_agent,manager,regional_office
Moses Frase,Dustin Brinkmann,Central
Darcel Schlecht,Dustin Brinkmann,Central
"""


def test_the_four_maven_files_load_with_their_traps(warehouse):
    files = {
        "sales_pipeline.csv": PIPELINE,
        "accounts.csv": ACCOUNTS,
        "products.csv": PRODUCTS,
        "sales_teams.csv": TEAMS,
    }
    reviews = [review(text.encode(), file, warehouse) for file, text in files.items()]

    receipts = commit(warehouse, reviews, by="ann", at=AT)

    assert [(one.format, one.entity, effect(one)) for one in receipts] == [
        ("maven", "opportunities", (5, 0, 0, 0)),
        ("maven", "accounts", (2, 0, 0, 0)),
        ("maven", "products", (3, 0, 0, 0)),
        ("maven", "reps", (2, 0, 0, 0)),
    ]
    assert receipts[0].as_of == date(2017, 12, 31)
    assert rows(
        warehouse,
        "select opportunity_id, product, account_id, outcome, amount, created_on, close_date "
        "from raw_opportunities",
    ) == [
        *(
            (
                "1C1I7A6R",
                "GTX Plus Basic",
                "Cancity",
                "won",
                1054,
                date(2016, 10, 20),
                date(2017, 3, 1),
            ),
            ("1E5AAAAA", "MG Special", None, "lost", 0, date(2016, 10, 25), date(2017, 12, 31)),
            ("AAAA0001", "GTXPro", None, "open", None, date(2017, 1, 31), None),
            ("AAAA0002", "MG Special", "Acme Corporation", "open", None, None, None),
            ("Z063OYW0", "GTXPro", "Isdom", "won", 4514, date(2016, 10, 25), date(2017, 3, 11)),
        )
    ]
    assert rows(warehouse, "select rep_id, team, manager from raw_reps")[0] == (
        "Darcel Schlecht",
        "Central",
        "Dustin Brinkmann",
    )


@pytest.mark.skipif(not (SAMPLES / "maven").is_dir(), reason="no samples")
def test_the_real_maven_files_load_whole(warehouse):
    reviews = [
        review(path.read_bytes(), path.name, warehouse)
        for path in sorted((SAMPLES / "maven").glob("*.csv"))
    ]

    receipts = commit(warehouse, reviews, by="ann", at=AT)

    assert {one.entity: one.rows_new for one in receipts} == {
        "accounts": 85,
        "products": 7,
        "opportunities": 8800,
        "reps": 35,
    }
    assert sum(one.rows_rejected for one in receipts) == 0
    assert rows(
        warehouse,
        "select outcome, count(*), sum(amount) from raw_opportunities group by 1",
    ) == [("lost", 2473, 0), ("open", 2089, None), ("won", 4238, 10005534)]
    assert rows(
        warehouse,
        "select count(*) filter (account is null), count(*) filter (created_on is null), "
        "max(close_date) from raw_opportunities",
    ) == [(1425, 500, date(2017, 12, 31))]
