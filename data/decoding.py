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
SAMPLE = 1 << 18
"""Bytes that are looked at, from the first line on that is not UTF-8."""

LOOKED_AT = 20_000
"""Characters beyond ASCII that are looked at; more change no verdict and cost seconds."""

NUL_SHARE = 0.05
"""NULs among the first bytes of UTF-16: even Chinese text has commas and line ends."""


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
    encoding = encoding or _marked(content)
    if encoding is None:
        try:
            return content.decode("utf-8"), "utf-8"
        except UnicodeDecodeError as error:
            encoding = _likeliest(content, error)
    try:
        return content.decode(encoding, errors="replace").lstrip("\ufeff"), encoding
    # Python also calls things encodings that make no text of bytes.
    except (LookupError, ValueError, AttributeError, TypeError) as error:
        raise SettingError(f"{encoding} is no encoding.", value=encoding) from error


def _marked(content: bytes) -> str | None:
    """The encoding that a mark at the beginning names, or NULs in every other byte."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return encoding
    head = content[:4000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even + odd > NUL_SHARE * len(head):
        encoding = "utf-16-le" if odd > even else "utf-16-be"
        # A text with NULs in it makes signs from all over, hardly a comma or a line end.
        if not set(",;\t\n").isdisjoint(head.decode(encoding, errors="ignore")):
            return encoding
    return None


def _likeliest(content: bytes, error: UnicodeDecodeError) -> str:
    """UTF-8 with a few damaged bytes, one of two Chinese encodings, or the Western one."""
    start = content.rfind(b"\n", 0, error.start) + 1
    sample = content[start : start + SAMPLE]
    intact = content[max(start - SAMPLE, 0) : start + SAMPLE].decode("utf-8", errors="replace")
    damaged = intact.count("\ufffd")
    # Also where a file is cut off in the middle of a character.
    if sum(1 for _ in re.finditer(r"[^\x00-\x7f\ufffd]", intact)) > 10 * damaged:
        return "utf-8"
    if error.start >= len(content) - 3 and error.reason.startswith("unexpected end"):
        return "utf-8"
    score, encoding = max(
        (_share(sample, "gb18030", _is_common_in_gbk), "gb18030"),
        (_share(sample, "big5", _is_common_in_big5), "big5"),
    )
    return encoding if score >= 0.6 else "cp1252"


def _share(sample: bytes, encoding: str, is_common: Callable[[str], bool]) -> float:
    """The share of characters beyond ASCII that are common ones; 0 where decoding fails."""
    try:
        # Not final: the sample may end within a character.
        text = codecs.getincrementaldecoder(encoding)("strict").decode(sample)
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
