"""What bytes are when their beginning says that they are no picture, as a line for the customer."""

from adapters.vision.stills import is_available, is_video

_SEND = "Please send a PNG or JPEG."
_NOT = "this is not a picture (it looks like {kind}). " + _SEND
_VIDEO = "I cannot watch videos here. Please send a screenshot of the moment that matters."
_SOUND = "I cannot listen to recordings. Please write what it says."

_LOOKS_LIKE = (
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document"),
    (b"Rar!\x1a\x07", "an archive"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"\x1f\x8b", "an archive"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"#!", "a program"),
    (b"<svg", "an SVG drawing"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<head", "a web page"),
    (b"<body", "a web page"),
    (b"<script", "a web page"),
    (b"<?php", "a program"),
    (b"<?xml", "an XML document"),
    (b"<!--", "a web page"),
    (b"%!ps", "a PostScript document"),
    (b"{", "a text file"),
    (b"[{", "a text file"),
)


def other_kind(content: bytes) -> str:
    """The line; empty for a picture, a PDF, a video where it can be opened, and for what only a decoder can tell."""
    if is_video(content):
        return "" if is_available() else _VIDEO
    if content[:3] == b"ID3" or content[:4] in (b"OggS", b"fLaC") or content[8:12] == b"WAVE":
        return _SOUND
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n\0").lower()
    kind = next((name for mark, name in _LOOKS_LIKE if start.startswith(mark.lower())), "")
    if kind == "an XML document" and b"<svg" in content[:4_096].lower():
        kind = "an SVG drawing"
    return _NOT.format(kind=kind) if kind else ""
