"""A rule set as a file that people can keep, send and change by hand: JSON or TOML."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from analytics.rules import RANGES, Line, RuleSet
from analytics.spelling import nearest
from data.errors import SettingError

SETTINGS = {field.name: field.default for field in fields(RuleSet) if field.name != "lines"}
LINE_FIELDS = {field.name for field in fields(Line)}


def write_rules(rules: RuleSet) -> str:
    """The rule set as JSON, a setting a line."""
    return json.dumps(rules.to_dict(), ensure_ascii=False, indent=1)


def read_rules(content: bytes) -> RuleSet:
    """The rule set of a file; what it does not name has its default.

    Raises
    ------
    SettingError
        Something in it cannot be used. ``problem`` is ``syntax``, ``setting`` (a name that is no
        setting; ``near`` is one like it), ``type``, ``range``, ``line_field``, ``line_missing``,
        ``line_unknown`` or ``line_range``; ``at`` is the line of the file or the number of the
        rule's line, and ``setting`` and ``value`` what is wrong there.
    """
    stored = _parsed(content)
    lines = stored.pop("lines", [])
    if not isinstance(lines, list):
        raise _fault("type", setting="lines", value=lines)
    for name, value in stored.items():
        _check(name, value)
    return RuleSet(
        **stored, lines=tuple(_line(number, line) for number, line in enumerate(lines, 1))
    )


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _fault("syntax", at=1 + content[: error.start].count(b"\n")) from error
    try:
        stored = json.loads(text) if text.lstrip()[:1] in "{[" else tomllib.loads(text)
    except json.JSONDecodeError as error:
        raise _fault("syntax", at=error.lineno) from error
    except tomllib.TOMLDecodeError as error:
        # This Python tells the place in words only.
        _, told, place = str(error).rpartition("at line ")
        raise _fault("syntax", at=place.split(",")[0] if told else "?") from error
    if not isinstance(stored, dict):
        raise _fault("syntax", at=1)
    return stored


def _check(name: str, value: object) -> None:
    if name not in SETTINGS:
        raise _fault("setting", setting=name, near=nearest(name, SETTINGS) or "–")
    usual = SETTINGS[name]
    is_whole = isinstance(usual, int)
    if isinstance(value, bool) != isinstance(usual, bool) or not isinstance(
        value, int if is_whole else int | float
    ):
        raise _fault("type", setting=name, value=value)
    least, most = RANGES.get(name, (0, 1))
    if not least <= value <= most:
        raise _fault("range", setting=name, value=value, least=least, most=most)


def _line(number: int, given: object) -> Line:
    if not isinstance(given, Mapping):
        raise _fault("line_unknown", at=number, setting="kind", value=given)
    for name, value in given.items():
        wanted = (int, float, type(None)) if name == "number" else (str,)
        if name not in LINE_FIELDS or not isinstance(value, wanted) or isinstance(value, bool):
            raise _fault("line_field", at=number, setting=name, value=value)
    try:
        return Line(**{"kind": "", **given})
    except SettingError as error:
        problem, name = error.facts["problem"], error.facts["setting"]
        raise _fault(
            f"line_{problem}", at=number, setting=name, value=error.facts["value"]
        ) from error


def _fault(problem: str, **facts: object) -> SettingError:
    named = {"at": 0, "setting": "", "value": "", **facts}
    return SettingError(f"The file of rules: {problem} ({named}).", problem=problem, **named)
