"""The controls of the page Rules: numbers, lines, saving, versions, and the file."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.rulefile import read_rules, write_rules
from analytics.rules import (
    CAPACITY_OF,
    LINE_KINDS,
    LINE_RANGES,
    RANGES,
    LineKind,
    RuleSet,
)
from analytics.ruling import rule_versions, save_rules
from analytics.spelling import SUBJECTS
from data.errors import SettingError
from pages._ui import session
from pages._ui.blocks import table, uploader_words
from pages._ui.draft import COLUMNS, Draft, as_percent, as_share, begin_anew, rows_of
from pages._ui.rulewords import (
    ATTRIBUTES,
    SHARES,
    attribute_words,
    change_words,
    changes_words,
    heading_words,
)
from pages._ui.text import Text, plain

GROUPS = {
    "plan": ("max_moves", "not_back", "across_teams", "accounts_together"),
    "room": ("items", "hours_share", "ramp_weeks", "leave_days", "overload_weight"),
    "handover": ("hand_over_customer", "hand_over_new"),
    "fair": ("band", "band_weight", "goal_weight"),
    "fresh": ("explore",),
    "proof": ("hold_out", "two_person"),
}
"""The settings, in the groups in which they are shown."""

MOST_CHOICES = 1000
"""Names up to which they can be chosen from; more are typed."""


def show_numbers(draft: Draft, t: Text) -> None:
    """A control for every setting, shares in percent."""
    for group, names in GROUPS.items():
        st.markdown(f"##### {t(f'rulegroup.{group}')}")
        st.caption(t(f"rulegroup.{group}_help"))
        with st.grid(columns="auto", min_column_width=240, gap="medium"):
            for name in names:
                _number(draft, name, t)
    if not draft.numbers["hold_out"]:
        st.warning(t("rules.no_hold_out"), icon=":material/visibility_off:")


def _number(draft: Draft, name: str, t: Text) -> None:
    key, now = f"rule-{name}", draft.numbers[name]
    label, explained = t(f"rulename.{name}"), t(f"rulehelp.{name}")

    def keep() -> None:
        said = st.session_state[key]
        draft.numbers[name] = as_share(said) if name in SHARES else said

    if isinstance(now, bool):
        st.session_state[key] = now
        st.toggle(label, key=key, help=explained, on_change=keep)
        return
    look: dict[str, Any] = {"step": 1}
    least, most = RANGES[name]
    if name in SHARES:
        least, most, now = (as_percent(share) for share in (least, most, now))
        label, look = t("rules.in_percent", name=label), {"step": 1.0, "format": "%g"}
    elif isinstance(now, float):
        look = {"step": 0.1, "format": "%g"}
    kind = type(now)
    st.session_state[key] = now
    st.number_input(label, kind(least), kind(most), key=key, help=explained, on_change=keep, **look)


def show_missing(missing: pd.DataFrame, t: Text) -> None:
    """Who gets nothing new just now, or less, by the calendar."""
    said = [
        t(f"absence.{row.why_not}", rep=row.rep, until=f"{row.until:%Y-%m-%d}")
        if row.why_not
        else t("absence.ramp", rep=row.rep, share=t.rate(row.ramp))
        for row in missing.itertuples()
    ]
    if said:
        st.caption(t.md("rules.missing", people=t.names(said, 8)))


def show_lines(
    draft: Draft, known: Mapping[str, tuple[str, ...]], items: Mapping[str, str], t: Text
) -> None:
    """The lines of the chosen kind as a table to write in."""
    state, key = st.session_state, f"{t.language}-rules-kind"
    st.subheader(t("rules.lines"), anchor=False)
    kind: LineKind = state.get("rules-kind", LINE_KINDS[0])
    state[key] = kind

    def change() -> None:
        draft.settle()
        state["rules-kind"] = state[key]

    counts = {one: sum(any(row.values()) for row in rows) for one, rows in draft.edited.items()}
    st.segmented_control(
        t("rules.kind"),
        LINE_KINDS,
        format_func=lambda one: (
            t("rules.kind_count", kind=t(f"linekind.{one}"), count=counts[one])
            if counts[one]
            else t(f"linekind.{one}")
        ),
        required=True,
        key=key,
        on_change=change,
        label_visibility="collapsed",
    )
    st.caption(t(f"linehelp.{kind}"))
    columns = COLUMNS[kind]
    begun = pd.DataFrame(draft.rows[kind], columns=list(columns))
    for name in columns:
        begun[name] = begun[name].astype("Float64" if name == "number" else "string")
    edited = st.data_editor(
        begun,
        num_rows="dynamic",
        hide_index=True,
        column_config={
            name: _column(kind, name, begun[name].dropna(), known, items, t) for name in columns
        },
        key=f"rules-lines-{kind}-{draft.epoch}-{t.language}",
    )
    draft.edited[kind] = rows_of(edited)


def _column(
    kind: LineKind,
    name: str,
    held: Iterable[Any],
    known: Mapping[str, tuple[str, ...]],
    items: Mapping[str, str],
    t: Text,
) -> Any:
    """How a column of a kind of lines is written in: a number, a choice, or text."""
    heading = heading_words(kind, name, t)
    if name == "number":
        least, most = LINE_RANGES[kind]
        scale = 100 if kind == "hand_over" else 1
        return st.column_config.NumberColumn(
            heading, min_value=least * scale, max_value=most * scale, format="%g"
        )
    words: Mapping[str, str] = {}
    if name == "subject" and kind == "lock":
        words = {item: f"{called} ({item})" for item, called in items.items()}
    elif name == "field" and kind == "capacity":
        words = {one: t(f"capacityof.{one}") for one in CAPACITY_OF}
    elif name == "field":
        words = {one: attribute_words(one, t) for one in ATTRIBUTES}
    elif name == "subject" and kind == "requires":
        words = {value: value for one in ATTRIBUTES for value in known.get(one, ())}
    elif name in ("rep", "skill"):
        words = {one: one for one in known[name]}
    elif name == "subject":
        words = {one: one for one in known[SUBJECTS[kind]]}
    if not words or len(words) > MOST_CHOICES:
        return st.column_config.TextColumn(heading, max_chars=200)
    options = list(dict.fromkeys([*words, *map(str, held)]))
    return st.column_config.SelectboxColumn(
        heading, options=options, format_func=lambda one: words.get(str(one), str(one))
    )


def show_saving(draft: Draft, names: Mapping[str, str], whole: bool, t: Text) -> None:
    """What will change, why, and the button that makes it the rules from now on."""
    changes = draft.changes()
    st.subheader(t("rules.saving"), anchor=False)
    if changes:
        said = "\n".join(f"- {plain(change_words(change, names, t))}" for change in changes)
        st.markdown(f"{t('rules.will_change')}\n\n{said}")
    else:
        st.caption(t("rules.nothing_changed"))
    if said := st.session_state.pop("rules-said", ""):
        st.info(t(said), icon=":material/info:")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t("rules.why"), key="rules-why", placeholder=t("rules.why_example"))
        st.button(
            t("rules.save"),
            key="rules-save",
            type="primary",
            disabled=not (changes and whole),
            on_click=save,
            args=(draft,),
        )
        st.button(
            t("rules.discard"),
            key="rules-discard",
            disabled=not changes and whole,
            on_click=begin_anew,
        )


def save(draft: Draft) -> None:
    """Save the draft as a new version, unless a reason lacks or somebody else was first."""
    state = st.session_state
    if len(rule_versions(session.desk())) != draft.of[1]:
        state["rules-said"] = "rules.overtaken"
    elif not state["rules-why"].strip():
        state["rules-said"] = "rules.why_needed"
    else:
        _store(draft.rules(), state["rules-why"])
        state["rules-why"] = ""


def _store(rules: RuleSet, why: str) -> None:
    save_rules(session.warehouse(), rules, why, session.user(), session.now())
    begin_anew()
    st.session_state["rules-said"] = "rules.saved"


def show_versions(versions: pd.DataFrame, names: Mapping[str, str], t: Text) -> None:
    """Who changed what and why, newest first, and the way back."""
    st.subheader(t("rules.versions"), anchor=False)
    if versions.empty:
        st.caption(t("rules.no_versions"))
        return
    newest_first = versions.iloc[::-1]
    rows = newest_first.assign(
        at=newest_first["at"].dt.strftime("%Y-%m-%d %H:%M"),
        changes=[changes_words(changes, names, t) for changes in newest_first["changes"]],
    )
    shown = ("version", "at", "by", "why", "changes")
    table(rows, {name: t(f"rules.of_{name}") for name in shown}, key="rules-versions")
    if len(versions) < 2:
        return
    earlier = newest_first["version"].tolist()[1:]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.selectbox(t("rules.earlier"), earlier, key="rules-earlier", width=160)
        st.button(
            t("rules.back"),
            key="rules-back",
            on_click=go_back,
            args=(versions.set_index("version").at[number, "rules"], number, t),
            help=t("rules.back_help"),
        )


def go_back(rules: RuleSet, number: int, t: Text) -> None:
    """Make an earlier version the rules again, as a new version."""
    _store(rules, t("rules.back_why", number=number))


def show_file(draft: Draft, t: Text) -> None:
    """The rules as a file, and rules from a file."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            t("rules.download"),
            write_rules(draft.rules()),
            "rules.json",
            "application/json",
            key="rules-download",
            on_click="ignore",
        )
    uploader_words(t)
    st.file_uploader(
        t("rules.upload"),
        ["json", "toml"],
        key=f"rules-file-{draft.epoch}",
        on_change=take_file,
        args=(draft,),
        help=t("rules.upload_help"),
    )
    if facts := st.session_state.get("rules-file-fault"):
        st.error(t.md(f"rulefile.{facts['problem']}", **facts), icon=":material/error:")


def take_file(draft: Draft) -> None:
    """Prepare the rules of the file, or say what is wrong in it."""
    state = st.session_state
    state["rules-file-fault"] = None
    if (file := state[f"rules-file-{draft.epoch}"]) is None:
        return
    try:
        draft.take(read_rules(file.getvalue()))
    except SettingError as error:
        state["rules-file-fault"] = error.facts
