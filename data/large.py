"""Texts too large to be looked at whole: brought to disk, in UTF-8, under a name of ours."""

import codecs
import hashlib
import io
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from data.decoding import decode
from data.formats import BLANK

LARGE = 24_000_000
"""Bytes from which a text is read this way."""

HEAD = 2_000_000
"""Bytes at the beginning that are looked at."""

BLOCK = 1 << 20

READ_WHOLE = ("targets", "pulse")
"""Entities no row of which is understood without the others, so that none can be large."""

ARCHIVES = (b"PK", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")

_RARE_BLANKS = frozenset(blank for blank in BLANK if blank > "~")


@dataclass(frozen=True)
class LargeFile:
    """A text on disk under a name of ours, in UTF-8.

    ``encoding`` is what it came in; ``blanks`` are those beyond ASCII that it has anywhere.
    """

    path: Path
    sha256: str
    size: int
    encoding: str
    blanks: frozenset[str]


def taken(content: bytes | Path, folder: Path, encoding: str | None = None) -> LargeFile | None:
    """A text too large to be looked at whole, brought to where the warehouse can read it.

    Returns
    -------
    None for whatever is small, or no text.
    """
    with content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size < LARGE or file.read(HEAD).startswith(ARCHIVES):
            return None
        file.seek(0)
        digest, encoding, blanks = _examined(file, encoding)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{digest}.csv"
        path.unlink(missing_ok=True)
        file.seek(0)
        if encoding not in ("utf-8", "utf-8-sig"):
            decoder = codecs.getincrementaldecoder(encoding)("replace")
            with path.open("w", encoding="utf-8", newline="") as copy:
                while block := file.read(BLOCK):
                    copy.write(decoder.decode(block))
        elif not (isinstance(content, Path) and _linked(content, path)):
            with path.open("wb") as copy_:
                shutil.copyfileobj(file, copy_)
    return LargeFile(path, digest, size, encoding, blanks)


def _linked(source: Path, path: Path) -> bool:
    with suppress(OSError):
        os.link(source, path)
    return path.exists()


def _examined(file: BinaryIO, encoding: str | None) -> tuple[str, str, frozenset[str]]:
    """Fingerprint, encoding and rare blanks of a file, in one reading of it."""
    if not encoding and (found := decode(file.read(HEAD))[1]) != "utf-8":
        encoding = found
    file.seek(0)
    digest, blanks = hashlib.sha256(), set[str]()
    decoder = codecs.getincrementaldecoder(encoding or "utf-8")("replace" if encoding else "strict")
    while block := file.read(BLOCK):
        digest.update(block)
        if block.isascii() and not decoder.getstate()[0]:
            continue
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError:
            encoding = decode(block)[1]
            decoder = codecs.getincrementaldecoder(encoding)("replace")
            text = decoder.decode(block)
        blanks.update(blank for blank in _RARE_BLANKS if blank in text)
    return digest.hexdigest(), encoding or "utf-8", frozenset(blanks)


def head(source: Path) -> bytes:
    """The beginning of a file, up to the end of a line."""
    with source.open("rb") as file:
        content = file.read(HEAD)
    return content[: content.rfind(b"\n") + 1] or content
