"""All the files that wait: what loading them would do and lacks, and the loading itself."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
import streamlit as st

from data.aliases import AliasProposal, proposals_among
from data.ingest import Receipt, check, commit
from pages._ui import names, session
from pages._ui.blocks import table
from pages._ui.card import card
from pages._ui.notes import bullets, caution
from pages._ui.pending import Pending, as_wanted, discard, pending, wanted
from pages._ui.text import Text, plain

COUNTS = ("rows_new", "rows_changed", "rows_same", "rows_rejected")


def waiting(t: Text) -> None:
    """The files that wait, each with what can be mended, and what loading them will do."""
    changed = [each for each in pending().values() if each.changed]
    if changed:
        with st.spinner(t.md("data.seconds", file=changed[0].file), show_time=True):
            for each in changed:
                each.renew()
    receipts, alike = _counted(t)
    for name, each in list(pending().items()):
        card(name, each, receipts.get(name), t)
    _summary(receipts, t)
    names.to_settle_on_loading(alike, t)
    files = wanted()
    with st.container(horizontal=True):
        # Pressed in this run and not in a callback, so that the page can say what it is doing.
        pressed = files and st.button(t("data.load", count=len(files)), type="primary", key="load")
        st.button(t("data.discard"), on_click=discard, key="discard")
    if pressed:
        with st.spinner(t("data.loading", count=len(files)), show_time=True):
            _load(files, alike)
        st.rerun()


def _load(files: Sequence[tuple[str, Pending]], alike: Sequence[AliasProposal]) -> None:
    """Take in files, all of them or none. Whoever leaves the page meanwhile finds them loaded."""
    receipts = commit(
        session.warehouse(),
        [as_wanted(each) for _, each in files],
        by=session.user(),
        at=session.now(),
        as_of=[each.day for _, each in files],
    )
    st.session_state["receipts"] = receipts
    for name, _ in files:
        del pending()[name]
    for one in alike:
        if one in names.answers():
            names.settle(one, names.answers().pop(one))
    session.forget_scope()


def loaded(t: Text) -> None:
    """What became of the files that were loaded last."""
    receipts: list[Receipt] = st.session_state.get("receipts", [])
    if not receipts:
        return
    st.success(
        t(
            "data.loaded",
            new=sum(one.rows_new for one in receipts),
            changed=sum(one.rows_changed for one in receipts),
            same=sum(one.rows_same for one in receipts),
            rejected=sum(one.rows_rejected for one in receipts),
        )
    )
    told = [t.md("data.already_file", file=one.file) for one in receipts if _known(one)]
    told += [
        f"**{plain(one.file)}** · {caution(each, t)}"
        for one in receipts
        for each in one.cautions
        if each.code == "older_rows_kept_out"
    ]
    if told:
        st.markdown(bullets(told))


def _known(one: Receipt) -> bool:
    return one.status == "already_loaded"


def _counted(t: Text) -> tuple[dict[str, Receipt], list[AliasProposal]]:
    """What loading would do, by the name of each file, and names alike in the files.

    It is counted again only after a change. Large files are left out: counting them is
    loading them.
    """
    files = [(name, each) for name, each in wanted() if each.review and not each.review.large]
    now = [(each.review, each.is_full, each.day) for _, each in files]
    of = (session.workspace(), session.data_version())
    known_of, known, receipts, alike = st.session_state.get("counted", (None, [], [], []))
    same = of == known_of and len(now) == len(known)
    if not (same and all(a[0] is b[0] and a[1:] == b[1:] for a, b in zip(now, known, strict=True))):
        with st.spinner(t("data.counting"), show_time=True):
            reviews = [as_wanted(each) for _, each in files]
            days = [each.day for _, each in files]
            receipts = check(session.warehouse(), reviews, at=session.now(), as_of=days)
            alike = proposals_among(reviews, at=session.now())
        st.session_state["counted"] = (of, now, receipts, alike)
    found = {name: receipt for (name, _), receipt in zip(files, receipts, strict=True)}
    return found, alike


def _summary(receipts: Mapping[str, Receipt], t: Text) -> None:
    """All files side by side, and what they do not cover."""
    files = wanted()
    headings = {name: t(f"upload.{name}") for name in ("file", *COUNTS)}
    if len(files) > 1:
        rows = [
            {"file": each.file}
            | {
                count: f"{getattr(receipts[name], count):,}" if name in receipts else "–"
                for count in COUNTS
            }
            for name, each in files
        ]
        st.markdown(f"**{t('data.preview')}**")
        table(pd.DataFrame(rows), headings, key="preview", right=COUNTS)
    if lacking := [*_lacking(files, t)]:
        st.markdown(t("data.lacking") + "\n" + bullets(lacking))


def _lacking(files: Sequence[tuple[str, Pending]], t: Text) -> Iterator[str]:
    """What the files do not have, and what that switches off (markdown)."""
    for _, each in files:
        review = each.review
        assert review
        for column in review.lacking:
            told = t(f"lacks.{review.recognition.entity}_{column}")
            yield f"**{plain(each.file)}** · {told}"
