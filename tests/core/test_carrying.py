"""Which files pass between the two sides, by their bytes."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.carrying import Carried, carried
from core.errors import AttachmentError


def office(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "<x/>")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("label.pdf", b"%PDF-1.4 text", "application/pdf"),
        ("orders.csv", "id;Größe\n1;2".encode(), "text/csv"),
        ("old.csv", "id;Größe\n1;2".encode("latin-1"), "text/csv"),
        ("crash.log", b"\x09at line 3\r\n", "text/plain"),
        ("a.docx", office("word/document.xml"), "application/vnd.openxmlformats-officedocument"),
        ("a.xlsx", office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument"),
    ],
)
def test_papers_text_and_plain_office_documents_pass(name: str, content: bytes, media_type: str) -> None:
    found = carried(name, content)
    assert found.name == name
    assert found.media_type.startswith(media_type)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", b"MZ\x90\x00"),
        ("run.txt", b"#!/bin/sh"),
        ("page.txt", b"\xef\xbb\xbf <!DOCTYPE html>"),
        ("label.pdf", b"%PDF-1.4 /OpenAction << /JavaScript (x) >>"),
        ("label.pdf", b"PK\x03\x04"),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("a.docx", office("xl/workbook.xml")),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.docm", office("word/document.xml")),
        ("a.zip", office("a.txt")),
        ("data.csv", b"a,b\0c"),
        ("noname", b"text"),
        ("empty.txt", b""),
    ],
)
def test_what_could_run_or_hides_what_it_is_stays_and_says_so(name: str, content: bytes) -> None:
    with pytest.raises(AttachmentError):
        carried(name, content)


@given(st.text(), st.binary(max_size=300))
def test_whatever_it_is_called_its_name_leads_nowhere(name: str, content: bytes) -> None:
    try:
        found = carried(name, content)
    except AttachmentError:
        return
    assert "/" not in found.name
    assert "\\" not in found.name
    assert not found.name.startswith(".")


def test_a_name_with_a_path_keeps_its_last_part() -> None:
    assert carried("..\\..\\etc\\a<b>.txt", b"x") == Carried("a_b_.txt", "text/plain")
