"""Bytes to text: which encoding a file is in, decided by what the text then looks like.

Detectors fail on just the files we get: short, mostly ASCII, a few Chinese names in GBK.
"""

import codecs
import itertools
import re
from collections.abc import Callable

from data.errors import SettingError

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LOOKED_AT = 20_000
"""Characters beyond ASCII that are looked at; more change no verdict and cost seconds."""


def decode(content: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file and the encoding it is in.

    Bytes that the encoding does not know become U+FFFD: a wrong choice must show on the
    screen and be changeable there.

    Parameters
    ----------
    encoding
        What the user chose; detected when None.

    Raises
    ------
    SettingError
        No such encoding.
    """
    encoding = encoding or detected(content)
    try:
        return content.decode(encoding, errors="replace").lstrip("\ufeff"), encoding
    except LookupError as error:
        raise SettingError(f"{encoding} is no encoding.", value=encoding) from error


def detected(content: bytes) -> str:
    """The encoding of a text: mark, NULs, strict UTF-8, then the likelier of two Chinese ones."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return encoding
    head = content[:4000]
    if head.count(0) > len(head) * 0.2:
        return "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
    try:
        content.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        # A file cut off in the middle of a character is still UTF-8.
        if error.start >= len(content) - 3 and error.reason.startswith("unexpected end"):
            return "utf-8"
    score, encoding = max(
        (_share(content, "gb18030", _is_common_in_gbk), "gb18030"),
        (_share(content, "big5", _is_common_in_big5), "big5"),
    )
    return encoding if score >= 0.6 else "cp1252"


def _share(content: bytes, encoding: str, is_common: Callable[[str], bool]) -> float:
    """The share of characters beyond ASCII that are common ones; 0 where decoding fails."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    found = re.finditer(r"[^\x00-\x7f]", text)
    common = [is_common(match.group()) for match in itertools.islice(found, LOOKED_AT)]
    return sum(common) / len(common) if common else 0.0


def _is_common_in_gbk(character: str) -> bool:
    if character in "，。（）、：；“”‘’！？《》【】￥·—…％＋－／":
        return True
    try:
        return 0xB0 <= character.encode("gb2312")[0] <= 0xD7
    except UnicodeEncodeError:
        return False


def _is_common_in_big5(character: str) -> bool:
    if character in "，。（）、：；「」！？《》—…":
        return True
    try:
        return 0xA4 <= character.encode("big5")[0] <= 0xC6
    except UnicodeEncodeError:
        return False
