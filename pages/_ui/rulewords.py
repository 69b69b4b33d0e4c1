"""Rules, their changes and their contradictions in sentences."""

from collections.abc import Iterable, Mapping
from typing import Any

from analytics.conflicts import Conflict
from analytics.rules import Change, Line, LineKind
from pages._ui.draft import Fault
from pages._ui.text import Text

SHARES = (
    "hours_share",
    "hand_over_customer",
    "hand_over_new",
    "band",
    "band_weight",
    "goal_weight",
    "explore",
    "hold_out",
)
"""Settings that are shown in percent."""


def value_words(name: str, value: object, t: Text) -> str:
    """A setting's value as people read it."""
    if isinstance(value, bool):
        return t("rules.yes" if value else "rules.no")
    if name == "items" and not value:
        return t("rules.automatic")
    return percent(float(str(value))) if name in SHARES else f"{value:g}"


def percent(share: float) -> str:
    return f"{round(share * 100, 2):g} %"


def heading_words(kind: LineKind, name: str, t: Text) -> str:
    """The heading of a column of the lines of a kind."""
    if name == "subject":
        return t(f"linesubject.{kind}")
    return t(f"linenumber.{kind}") if name == "number" else t(f"rulefield.{name}")


def line_words(line: Line, names: Mapping[str, str], t: Text) -> str:
    """A line as a sentence (plain text); ``names`` are those of open work by its id."""
    number = line.number or 0.0
    called = line.subject
    if line.kind == "lock" and line.subject in names:
        called = f"{names[line.subject]} ({line.subject})"
    of = line.field
    if line.kind == "capacity":
        of = t(f"capacityof.{line.field}")
    elif line.kind == "requires":
        of = attribute_words(line.field, t)
    return t(
        f"line.{line.kind}",
        rep=line.rep or t("rules.everybody"),
        subject=called,
        field=of,
        skill=line.skill,
        number=percent(number) if line.kind == "hand_over" else f"{number:g}",
    )


ATTRIBUTES = ("product", "sector", "source", "business", "size_band", "region", "stage", "kind")
"""Attributes of work that can need a skill."""


def attribute_words(name: str, t: Text) -> str:
    return t(f"ruleattribute.{name}") if name in ATTRIBUTES else name


def change_words(change: Change, names: Mapping[str, str], t: Text) -> str:
    """What a change does, as plain text."""
    before, after = change.before, change.after
    if change.setting != "line":
        return t(
            "rulechange.number",
            name=t(f"rulename.{change.setting}"),
            before=value_words(change.setting, before, t),
            after=value_words(change.setting, after, t),
        )
    if before is None:
        return t("rulechange.added", line=line_words(after, names, t))
    if after is None:
        return t("rulechange.dropped", line=line_words(before, names, t))
    return t(
        "rulechange.replaced",
        before=line_words(before, names, t),
        after=line_words(after, names, t),
    )


def changes_words(changes: Iterable[Change], names: Mapping[str, str], t: Text) -> str:
    return t("list.comma").join(change_words(change, names, t) for change in changes)


def conflict_words(conflict: Conflict, names: Mapping[str, str], t: Text) -> str:
    """What does not fit (markdown)."""
    facts: dict[str, Any] = dict(conflict.facts)
    said = {
        name: line_words(value, names, t) if isinstance(value, Line) else value
        for name, value in facts.items()
    }
    if "value" in said and isinstance(facts["value"], float):
        said["value"] = t.money(facts["value"])
    for name in ("limit", "load", "best"):
        if name in said:
            said[name] = f"{facts[name]:.3g}"
    if "field" in said:
        said["field"] = t(f"capacityof.{facts['field']}")
    owners = [*facts.get("owners", ()), *([t("rules.nobody")] if facts.get("unowned") else [])]
    said["owners"] = t.names(owners, 3) or t("rules.nobody")
    said["items"] = t.names([names.get(item, item) for item in facts.get("items", ())], 3)
    where = [facts.get("team"), facts.get("region")]
    said["where"] = t("list.comma").join(place for place in where if place) or t("rules.anywhere")
    said["regions"] = t.names(facts.get("regions", ()), 3)
    said["near"] = facts.get("near") or "–"
    said["whose"] = facts.get("team") or t("rules.all_people")
    return t.md(f"conflict.{conflict.kind}", **said)


def fault_words(fault: Fault, t: Text) -> str:
    """What is wrong in a row (markdown)."""
    return t.md(
        f"fault.{fault.problem}",
        kind=t(f"linekind.{fault.kind}"),
        row=fault.row,
        field=heading_words(fault.kind, fault.field, t),
        value="" if fault.value is None else fault.value,
    )
