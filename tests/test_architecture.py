"""The rules of the layers and of the SQL, checked."""

import ast
import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

ROOT = Path(__file__).parents[1]

# Files -> first words that no import of theirs may have.
RULES = {
    "data/**/*.py": {"streamlit", "sklearn", "scipy", "plotly", "analytics", "pages", "app"},
    "analytics/**/*.py": {"streamlit", "duckdb", "plotly", "pages", "app"},
    "pages/**/*.py": {"duckdb", "sklearn", "scipy", "app"},
}
# Of the analytics, these know the warehouse; all may raise the errors a person can mend.
KNOW_THE_WAREHOUSE = {
    "analytics/__main__.py",
    "analytics/aiming.py",
    "analytics/auditing.py",
    "analytics/cascading.py",
    "analytics/committing.py",
    "analytics/deciding.py",
    "analytics/delivering.py",
    "analytics/desk.py",
    "analytics/following.py",
    "analytics/meeting.py",
    "analytics/ruling.py",
    "analytics/standby.py",
    "analytics/watching.py",
    "analytics/work.py",
    "analytics/workflow.py",
}
SQL = sorted((ROOT / "data/sql").glob("*/*.sql"))
NOT_PORTABLE = (
    exp.Qualify,
    exp.Filter,
    exp.GenerateSeries,
    exp.ArgMax,
    exp.ArgMin,
    exp.Quantile,
    exp.PercentileCont,
    exp.PercentileDisc,
    exp.List,
    exp.ArrayAgg,
    exp.Median,
)


def imports(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("pattern", RULES)
def test_layers_only_look_down(pattern):
    files = list(ROOT.glob(pattern))
    offences = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in files
        for name in imports(file)
        if name.split(".")[0] in RULES[pattern]
    }

    assert files
    assert not offences


def test_only_workflow_and_command_line_touch_the_warehouse():
    touching = {
        file.relative_to(ROOT).as_posix()
        for file in ROOT.glob("analytics/**/*.py")
        for name in imports(file)
        if name.split(".")[0] == "data" and name != "data.errors"
    }

    assert touching == KNOW_THE_WAREHOUSE


def test_only_the_session_and_the_command_line_read_the_clock():
    clock = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time)\b")
    reading = {
        file.relative_to(ROOT).as_posix()
        for layer in ("data", "analytics", "pages")
        for file in (ROOT / layer).rglob("*.py")
        if clock.search(file.read_text("utf-8"))
    }

    assert reading == {"pages/_ui/session.py", "analytics/__main__.py"}


def test_modules_stay_readable():
    long = {
        file.relative_to(ROOT).as_posix(): lines
        for layer in ("data", "analytics", "pages")
        for file in (ROOT / layer).rglob("*.py")
        if (lines := len(file.read_text("utf-8").splitlines())) > 300
    }

    assert not long


@pytest.mark.parametrize("file", SQL, ids=lambda file: file.stem)
def test_sql_is_one_select_in_the_portable_subset(file):
    text = file.read_text("utf-8")
    [statement] = sqlglot.parse(text, read="duckdb")

    assert isinstance(statement, exp.Select | exp.Union)
    assert text.startswith("-- ")
    assert not list(statement.find_all(*NOT_PORTABLE))
    assert not re.search(r"\bgroup by all\b|\basof\b|\blist_\w+\(", text, re.IGNORECASE)
    assert not [join for join in statement.find_all(exp.Join) if join.args.get("method")]


@pytest.mark.parametrize("file", SQL, ids=lambda file: file.stem)
def test_sql_never_asks_what_day_it_is(file):
    text = file.read_text("utf-8").lower()

    assert not re.search(r"current_date|current_timestamp|\bnow\(|\btoday\(", text)


@pytest.mark.parametrize("file", SQL, ids=lambda file: file.stem)
def test_sql_survives_the_way_to_spark(file):
    spark = sqlglot.transpile(
        file.read_text("utf-8"),
        read="duckdb",
        write="spark",
        unsupported_level=sqlglot.ErrorLevel.RAISE,
    )

    assert len(spark) == 1
