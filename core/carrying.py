"""Files other than pictures that pass between the two sides: which kinds do, judged by their bytes and not their names.

Passed on are papers and data that people read: PDF, text, tables, office documents without macros. What could run on
the other side, or hides what it is, stays where it is, and the line says so.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.errors import AttachmentError

_TEXTS = {
    ".txt": "text/plain", ".log": "text/plain", ".md": "text/markdown", ".csv": "text/csv", ".tsv":
    "text/tab-separated-values", ".json": "application/json", ".ics": "text/calendar", ".eml": "message/rfc822",
}  # fmt: skip
_OFFICE = {
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "word/"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xl/"),
    ".pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "ppt/"),
}
_PDF = ".pdf"
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".heif", ".avif", ".bmp", ".tif", ".tiff"})
_ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa", b"\xca\xfe\xba\xbe", b"#!")
_PAGES = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?php")
_MOST_ENTRIES, _MOST_UNPACKED = 2_000, 200_000_000
_NAME = re.compile(r"[^\w .()+@-]+")
_PASSED = "PDF, text, tables and office documents without macros"


@dataclass(frozen=True, slots=True)
class Carried:
    """A file as it may be passed on."""

    name: str
    media_type: str


def is_picture(name: str, media_type: str) -> bool:
    """Sent as a picture, so looked at as one."""
    return media_type.startswith("image/") or _ending(name) in PICTURES


def is_paper(name: str, media_type: str) -> bool:
    """Sent as a PDF."""
    return media_type == "application/pdf" or _ending(name) == _PDF


def carried(name: str, content: bytes) -> Carried:
    """How a file is passed on. Raises `AttachmentError` with a line for both sides where it is not."""
    ending = _ending(name)
    safe = _NAME.sub("_", PurePosixPath(name.replace("\\", "/")).name).strip(" .")[:120] or "file"
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not content:
        raise AttachmentError("it is empty.")
    if any(content.startswith(each) for each in _PROGRAMS):
        raise _blocked("a program")
    if any(head.startswith(each) for each in _PAGES):
        raise _blocked("a web page or a script")
    if content.startswith(b"%PDF-") and ending == _PDF:
        return Carried(safe, _paper(content))
    if ending in _OFFICE:
        return Carried(safe, _document(content, *_OFFICE[ending]))
    if ending in _TEXTS and _is_text(content):
        return Carried(safe, _TEXTS[ending])
    raise _blocked(f"{ending[1:].upper()}" if ending else "of an unknown kind")


def _paper(content: bytes) -> str:
    if _ACTIVE_PDF.search(content):
        raise _blocked("a PDF that carries programs or other files")
    return "application/pdf"


def _document(content: bytes, media_type: str, folder: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise _blocked("not the office document that its name says") from None
    names = [each.filename.lower() for each in entries]
    if "[content_types].xml" not in names or not any(each.startswith(folder) for each in names):
        raise _blocked("not the office document that its name says")
    if len(entries) > _MOST_ENTRIES or sum(each.file_size for each in entries) > _MOST_UNPACKED:
        raise _blocked("too large once it is unpacked")
    if any("vbaproject" in each or "/embeddings/" in each or "/activex/" in each for each in names):
        raise _blocked("an office document with macros or other files in it")
    return media_type


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        # Older tables and logs: one byte a letter, and no control characters but those that lay text out.
        return not any(byte < 32 and byte not in (9, 10, 12, 13) for byte in content)
    return True


def _ending(name: str) -> str:
    return PurePosixPath(name.lower().replace("\\", "/")).suffix


def _blocked(kind: str) -> AttachmentError:
    return AttachmentError(f"it is {kind}, which is not passed on; what is: {_PASSED}.")
