"""What Evenhand stores of a CRM: entities and their columns.

A contract is the whole truth about an entity: its table in the warehouse is made from it,
the mapping screen lists its columns, and ``clean`` checks values against its types. Names of
people, accounts and products are kept as the CRM wrote them; who they refer to is worked out
in ``sql/staging``.
"""

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "number", "money", "date", "time", "flag"]

SQL_TYPES: dict[Type, str] = {
    "text": "VARCHAR",
    "number": "DOUBLE",
    "money": "DECIMAL(18, 2)",
    "date": "DATE",
    "time": "TIMESTAMP",
    "flag": "BOOLEAN",
}

OUTCOMES = ("won", "lost", "open", "void")
"""What a stage or status means. ``void`` (invalid, duplicate, cancelled) counts nowhere."""


@dataclass(frozen=True)
class Column:
    """One column of an entity.

    ``falls_back`` names the column whose value is taken where this one is not mapped, so a
    file that knows people only by name still has a key, and one with a status alone a stage.
    ``derived`` columns are worked out in ``clean`` and never mapped by a person.
    """

    name: str
    type: Type
    meaning: str
    required: bool = False
    unit: str = ""
    falls_back: str = ""
    derived: bool = False


@dataclass(frozen=True)
class Contract:
    """An entity: the table ``raw_<name>``, its key, and its columns.

    ``composed`` names the columns that together stand in for the key where a file has no ids:
    all of them but the last are needed, and the last joins in where the file has it.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    composed: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)

    @property
    def mapped(self) -> tuple[Column, ...]:
        """The columns a file can be mapped to."""
        return tuple(column for column in self.columns if not column.derived)

    def has(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


OPPORTUNITIES = Contract(
    "opportunities",
    key=("opportunity_id",),
    composed=("name", "account", "owner", "created_on"),
    columns=(
        Column("opportunity_id", "text", "id of the opportunity in the CRM", required=True),
        Column("name", "text", "name of the opportunity"),
        Column("account_id", "text", "id of the account", falls_back="account"),
        Column("account", "text", "name of the account"),
        Column("owner_id", "text", "id of the owner", falls_back="owner"),
        Column("owner", "text", "name of the owner", required=True),
        Column("owner_email", "text", "mail address of the owner"),
        Column("product", "text", "product or product line"),
        Column("sector", "text", "sector of the customer, where the file itself has it"),
        Column("region", "text", "region of the customer, where the file itself has it"),
        Column("source", "text", "where the lead came from"),
        Column("kind", "text", "new or existing business"),
        Column("pipeline", "text", "pipeline, where the CRM has several with stages of their own"),
        Column("stage", "text", "stage, as the CRM names it", required=True, falls_back="status"),
        Column("status", "text", "won, lost or open, where the CRM has it beside the stage"),
        Column("is_won", "flag", "won, where the CRM has it as a yes or no"),
        Column("is_closed", "flag", "closed, where the CRM has it as a yes or no"),
        Column("outcome", "text", "won, lost, open or void", derived=True),
        Column("amount", "money", "amount of the opportunity", unit="currency"),
        Column("currency", "text", "currency of the amount, ISO code"),
        Column("created_on", "date", "day the engagement began"),
        Column("close_date", "date", "actual close when closed, expected close when open"),
        Column("closed_on", "date", "actual close, where the CRM keeps it apart"),
        Column("expected_on", "date", "expected close, where the CRM keeps it apart"),
        Column("modified_at", "time", "last change of the record"),
        Column("next_step", "text", "next step"),
        Column("loss_reason", "text", "why it was lost"),
    ),
)

LEADS = Contract(
    "leads",
    key=("lead_id",),
    columns=(
        Column("lead_id", "text", "id of the lead in the CRM", required=True),
        Column("name", "text", "name of the lead"),
        Column("account", "text", "company, as the lead names it"),
        Column("owner_id", "text", "id of the owner", falls_back="owner"),
        Column("owner", "text", "name of the owner", required=True),
        Column("owner_email", "text", "mail address of the owner"),
        Column("sector", "text", "sector or industry"),
        Column("region", "text", "region, province or country"),
        Column("source", "text", "where the lead came from"),
        Column("status", "text", "status, as the CRM names it"),
        Column("converted", "flag", "became an opportunity or account"),
        Column("converted_opportunity_id", "text", "opportunity it became"),
        Column("created_on", "date", "day it came in"),
        Column("modified_at", "time", "last change of the record"),
    ),
)

ACCOUNTS = Contract(
    "accounts",
    key=("account_id",),
    columns=(
        Column("account_id", "text", "id of the account in the CRM", falls_back="account"),
        Column("account", "text", "name of the account", required=True),
        Column("sector", "text", "sector or industry"),
        Column("region", "text", "region, province or country"),
        Column("employees", "number", "size of the account", unit="people"),
        Column("revenue", "number", "revenue of the account", unit="as exported"),
        Column("owner", "text", "name of the owner"),
        Column("parent", "text", "account it belongs to"),
    ),
)

CONTACTS = Contract(
    # Names, phones and mail addresses of contacts are personal data that nothing here needs.
    "contacts",
    key=("contact_id",),
    columns=(
        Column("contact_id", "text", "id of the contact in the CRM", required=True),
        Column("account_id", "text", "id of the account", falls_back="account"),
        Column("account", "text", "name of the account"),
        Column("owner", "text", "name of the owner"),
    ),
)

PRODUCTS = Contract(
    "products",
    key=("product",),
    columns=(
        Column("product", "text", "name of the product", required=True),
        Column("family", "text", "series or family"),
        Column("list_price", "money", "list price", unit="currency"),
    ),
)

REPS = Contract(
    "reps",
    key=("rep_id",),
    columns=(
        Column("rep_id", "text", "id of the person in the CRM", falls_back="name"),
        Column("name", "text", "name of the person", required=True, falls_back="email"),
        Column("email", "text", "mail address"),
        Column("team", "text", "team"),
        Column("manager", "text", "name of the manager"),
        Column("region", "text", "region or office"),
        Column("active", "flag", "still works here"),
        Column("started_on", "date", "first day"),
        Column("left_on", "date", "last day"),
        Column("weekly_hours", "number", "contracted hours", unit="hours a week"),
    ),
)

TARGETS = Contract(
    "targets",
    key=("unit_kind", "unit", "period", "period_start", "kpi", "tier"),
    columns=(
        Column("unit_kind", "text", "rep, team, region or company", required=True),
        Column("unit", "text", "whose target it is", required=True),
        Column("period", "text", "year, quarter, month or week", required=True),
        Column("period_start", "date", "first day of the period", required=True),
        Column("kpi", "text", "what is measured, such as revenue or deals", required=True),
        Column("tier", "text", "base, stretch or challenge"),
        Column("amount", "money", "the target", required=True, unit="currency or count"),
        Column("currency", "text", "currency of the amount, ISO code"),
    ),
)

TASKS = Contract(
    "tasks",
    key=("task_id",),
    columns=(
        Column("task_id", "text", "id of the task", required=True),
        Column("subject", "text", "what is to be done"),
        Column("owner", "text", "name of the person", required=True),
        Column("opportunity_id", "text", "opportunity it belongs to"),
        Column("account", "text", "account it belongs to"),
        Column("importance", "text", "high, normal or low"),
        Column("status", "text", "status, as the CRM names it"),
        Column("due_on", "date", "due day"),
        Column("done_on", "date", "day it was done"),
        Column("created_on", "date", "day it was written down"),
        Column("modified_at", "time", "last change of the record"),
    ),
)

ACTIVITIES = Contract(
    "activities",
    key=("activity_id",),
    columns=(
        Column("activity_id", "text", "id of the activity", required=True),
        Column("owner", "text", "name of the person", required=True),
        Column("opportunity_id", "text", "opportunity it belongs to"),
        Column("account", "text", "account it belongs to"),
        Column("kind", "text", "call, meeting, mail, visit"),
        Column("happened_on", "date", "day it happened", required=True),
        Column("hours", "number", "time it took", unit="hours"),
    ),
)

LEAVE = Contract(
    "leave",
    key=("owner", "starts_on"),
    columns=(
        Column("owner", "text", "name of the person", required=True),
        Column("starts_on", "date", "first day away", required=True),
        Column("ends_on", "date", "last day away", required=True),
        Column("kind", "text", "holiday, illness, parental, training"),
    ),
)

SKILLS = Contract(
    "skills",
    key=("owner", "skill"),
    columns=(
        Column("owner", "text", "name of the person", required=True),
        Column("skill", "text", "product, sector or ability", required=True),
        Column("level", "number", "1 beginner to 5 expert", required=True, unit="1-5"),
        Column("rated_on", "date", "day of the rating"),
    ),
)

PULSE = Contract(
    "pulse",
    # Two anonymous answers of one team may be alike in everything else.
    key=("owner", "team", "question", "asked_on", "nth"),
    columns=(
        Column("owner", "text", "who answered; empty where anonymous"),
        Column("team", "text", "team of who answered"),
        Column("question", "text", "the question", required=True),
        Column("answer", "number", "1 not at all to 5 fully", required=True, unit="1-5"),
        Column("asked_on", "date", "day of the question", required=True),
        Column("nth", "number", "number among the answers alike in the rest", derived=True),
    ),
)

RATES = Contract(
    "rates",
    key=("currency", "per", "valid_from"),
    columns=(
        Column("currency", "text", "currency, ISO code", required=True),
        Column("per", "text", "base currency, ISO code", required=True),
        Column("rate", "number", "what one of the currency is in the base", required=True),
        Column("valid_from", "date", "first day of the rate; empty where it holds always"),
    ),
)

MEASURES = Contract(
    "measures",
    key=("owner", "kpi", "measured_on"),
    columns=(
        Column("owner", "text", "whose figure it is; empty: the company's"),
        Column("kpi", "text", "what is measured, such as satisfaction", required=True),
        Column("measured_on", "date", "day of the figure", required=True),
        Column("value", "number", "the figure", required=True, unit="as exported"),
        Column("n", "number", "how many it is an average of"),
        Column("how", "text", "sum or mean; empty: by the name of what is measured"),
    ),
)

CONTRACTS: dict[str, Contract] = {
    contract.name: contract
    for contract in (
        OPPORTUNITIES, LEADS, ACCOUNTS, CONTACTS, PRODUCTS, REPS, TARGETS, TASKS, ACTIVITIES,
        LEAVE, SKILLS, PULSE, RATES, MEASURES,
    )
}  # fmt: skip
