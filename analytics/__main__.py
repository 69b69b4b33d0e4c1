"""The app's questions without the app: ``python -m analytics COMMAND --db FILE --json``.

Exit code 0: done. 2: something the caller can mend, said in one sentence on stderr. Anything
else is a bug.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from analytics import workflow
from analytics.desk import Desk
from analytics.exports import csv_bytes
from analytics.scope import PERIOD_KINDS, Period, Scope, default_as_of
from analytics.settings import ATTRIBUTES, SETTINGS
from data.errors import SettingError, UserError
from data.fiscal import first_month
from data.formats import formats
from data.ingest import check, commit
from data.mapping import Mapping
from data.review import Review, judge, look
from data.uploads import rejections
from data.warehouse import Warehouse
from data.workspaces import data_folder, load_sample

QUESTIONS = {
    "evidence": "Say whether reps differ, and what could have been found.",
    "winrates": "Print each rep's win rate by segment with its interval.",
    "recommend": "Print the moves worth making, or why to keep the owners.",
    "assign": "Print who should take what nobody has, and how other policies would do.",
    "audit": "Print what is wrong with who owns what, and how to mend it.",
    "contingency": "Print what is at stake if somebody or something is missing, and who covers.",
}

WEEKLY = {
    "goals": "Print attainment, pace and the chance of each target, and what in targets is wrong.",
    "forecast": "Print what the period brings, how sure that is, and how such forecasts did.",
    "flags": "Print what may go wrong, the gravest first, with its evidence.",
    "changes": "Print what became of the open pipeline since a day.",
}
"""The questions of a manager's week."""

REJECTED = ("file", "row_no", "column", "value", "rule", "record")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    # The matrices are small: a second thread costs more than it brings.
    threadpool_limits(1, user_api="blas")
    try:
        report = options.run(options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=1, default=str))
    else:
        print(_plain(report))
    return 2 if getattr(options, "refused", False) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analytics", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, meaning: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=meaning, description=meaning)
        made.set_defaults(run=run)
        made.add_argument("--db", type=Path, help="database file; default: the user's workspace")
        if name != "sample":
            made.add_argument("--as-of", type=_day, help="last day whose events count, YYYY-MM-DD")
        made.add_argument("--json", action="store_true", help="print JSON")
        return made

    made = command("sample", sample, "Write a sample company into a new database file.")
    made.add_argument("--seed", type=int, default=7)
    made.add_argument("--even", action="store_true", help="without differences between reps")
    made.add_argument(
        "--format",
        choices=formats(),
        default="evenhand",
        help="CRM whose export files it is read from",
    )
    made.add_argument("--language", choices=("en", "zh"), default="en", help="of those files")
    made.add_argument("--files", type=Path, metavar="FOLDER", help="keep those files there")
    made = command("ingest", ingest, "Take in CRM export files, all of them or none.")
    made.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    made.add_argument("--mapping", type=Path, help="TOML of a layout that is not known")
    made.add_argument("--dry-run", action="store_true", help="say what would be done, do nothing")
    made.add_argument("--keep-going", action="store_true", help="take the files that can be taken")
    made.add_argument("--full", action="store_true", help="the files have every record there is")
    made.add_argument("--rejections", type=Path, metavar="FILE", help="write what was refused, CSV")
    for name, meaning in (QUESTIONS | WEEKLY).items():
        made = command(name, partial(_answered, name), meaning)
        made.add_argument(
            "--by",
            choices=ATTRIBUTES,
            action="append",
            default=[],
            help="attribute to compare by; may be given several times",
        )
        made.add_argument("--team", default="", help="only this team's people and opportunities")
        made.add_argument(
            "--period", choices=PERIOD_KINDS, default="quarter", help="of goals and forecasts"
        )
        _add_own_options(name, made)
    return parser


def _add_own_options(name: str, made: argparse.ArgumentParser) -> None:
    """The options of one question, beside those of all."""
    if name in ("evidence", "recommend"):
        made.add_argument(
            "--shuffles",
            type=int,
            default=5,
            help="how often the same method is run on shuffled outcomes; 0 for never",
        )
    if name == "winrates":
        made.add_argument(
            "--with-open",
            action="store_true",
            help="of all that begin: won, lost and still open within a year, by rep",
        )
        made.add_argument(
            "--open",
            action="store_true",
            help="the chance of each open opportunity, given its age and stage",
        )
    if name == "recommend":
        made.add_argument("--max-moves", type=int, help="instead of what the rules say")
        made.add_argument("--across-teams", action="store_true", help="allow moves to other teams")
    elif name == "assign":
        made.add_argument(
            "--policy",
            default="evenhand",
            help="or round_robin, least_loaded, weighted, sticky",
        )
    elif name == "audit":
        made.add_argument(
            "--stage",
            action="append",
            default=[],
            help="only opportunities in this stage; may be given several times",
        )
        made.add_argument(
            "--together",
            choices=("account", "product"),
            default="account",
            help="what has one owner: an account, or an account's opportunities of one product",
        )
    elif name == "goals":
        made.add_argument("--kpi", default="revenue", help="measure, as files or goals name it")
        made.add_argument("--tier", choices=("base", "stretch", "challenge"), default="base")
    elif name == "forecast":
        made.add_argument("--next", action="store_true", help="the period after this one")
    elif name == "flags":
        made.add_argument("--snoozed", action="store_true", help="those put aside as well")
    elif name == "changes":
        made.add_argument("--since", type=_day, help="default: the export before the newest")
        made.add_argument("--due", action="store_true", help="only what is due in the period")
    elif name == "contingency":
        made.add_argument("--rep", help="who leaves")
        made.add_argument("--away-from", type=_day, help="or is away from this day")
        made.add_argument("--away-to", type=_day, help="to this one")
        made.add_argument("--segment", help="attribute=value whose win rate drops")
        made.add_argument("--drop", type=float, default=0.3, help="by this share of it")
        made.add_argument("--product", help="that stops")


def sample(options: argparse.Namespace) -> dict[str, Any]:
    path = options.db or data_folder() / "sample.duckdb"
    if path.exists():
        raise SettingError(f"{path} exists already; name a new file.", value=path)
    with closing(Warehouse(path)) as warehouse:
        files = load_sample(
            warehouse,
            seed=options.seed,
            effects=not options.even,
            format_name=options.format,
            language=options.language,
            folder=options.files,
        )
        kept = {"files": [str(each) for each in files]} if options.files else {}
        return {"db": str(path), **kept, "data_version": warehouse.data_version}


def ingest(options: argparse.Namespace) -> list[dict[str, Any]]:
    named = [*options.paths, *([options.mapping] if options.mapping else [])]
    if missing := [str(path) for path in named if not path.is_file()]:
        raise SettingError(f"There is no file {', '.join(missing)}.", value=missing)
    mapping = Mapping.from_toml(options.mapping.read_bytes()) if options.mapping else None
    at = datetime.now(UTC).replace(tzinfo=None)
    with closing(Warehouse(_database(options))) as warehouse:
        looked = [found for path in options.paths for found in _looked(path, warehouse, mapping)]
        good = [replace(one, is_full=options.full) for one in looked if isinstance(one, Review)]
        bad = [one for one in looked if isinstance(one, UserError)]
        bad += [one.problem for one in good if one.problem]
        good = [one for one in good if not one.problem]
        if bad and not (options.dry_run or options.keep_going):
            raise bad[0]
        if options.dry_run:
            receipts = check(warehouse, good, at=at, as_of=options.as_of)
            refused = [
                {"file": one.table.file, **asdict(rejection)}
                for one in good
                if one.typed
                for rejection in one.typed.rejections
            ]
        else:
            receipts = commit(warehouse, good, by="command line", at=at, as_of=options.as_of)
            taken = [receipt.upload_id for receipt in receipts]
            refused = rejections(warehouse, taken).to_dict("records")
        if options.rejections:
            rows = ([row[name] for name in REJECTED] for row in refused)
            options.rejections.write_bytes(csv_bytes(REJECTED, rows))
    for problem in bad:
        print(problem, file=sys.stderr)
    options.refused = bool(bad)
    taken_in = [asdict(receipt) for receipt in receipts]
    return [row | {"warnings": row.pop("cautions")} for row in taken_in] + [
        {"file": problem.facts.get("file"), "status": "refused", "problem": str(problem)}
        for problem in bad
    ]


def _looked(path: Path, warehouse: Warehouse, mapping: Mapping | None) -> list[Review | UserError]:
    """The tables of a file, by the mapping where it has the headers that it names."""
    found = look(path, path.name, warehouse)
    if not mapping:
        return found
    return [
        judge(one.table, warehouse, mapping, one.large)
        if isinstance(one, Review) and {*mapping.columns.values()} <= {*one.table.header}
        else one
        for one in found
    ]


def _answered(report: str, options: argparse.Namespace) -> Any:
    """The report of that name on the database that the options name."""
    # Only here: the models take two seconds to import, and taking in files needs none of them.
    from analytics import reports, weekly

    path = _database(options)
    if not path.is_file():
        raise SettingError(f"There is no database {path}; ingest files first.", value=path)
    with closing(Warehouse(path)) as warehouse:
        today = datetime.now(UTC).date()
        as_of = options.as_of or default_as_of(
            warehouse.newest_event(today), today, SETTINGS.stale_days
        )
        period = Period.containing(as_of, options.period, first_month(warehouse))
        scope = Scope(as_of, period, team=options.team, attributes=tuple(options.by))
        desk = Desk(warehouse, scope)
        if options.team and options.team not in (known := desk.ask(workflow.teams)):
            raise SettingError(
                f"There is no team {options.team}, only {', '.join(known)}.", value=options.team
            )
        return getattr(weekly if report in WEEKLY else reports, report)(desk, options)


def _database(options: argparse.Namespace) -> Path:
    return options.db or data_folder() / "mine.duckdb"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no date; write it as 2026-08-14") from None


def _plain(report: Any) -> str:
    """A report for people: a table of rows, or a line a fact and a table for each list of rows."""
    if isinstance(report, list):
        return pd.DataFrame(report).to_string(index=False, max_colwidth=60) if report else "none"
    return "\n".join(
        f"{name}:\n{_plain(value)}" if _is_rows(value) else f"{name}: {value}"
        for name, value in report.items()
    )


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


if __name__ == "__main__":
    sys.exit(main())
