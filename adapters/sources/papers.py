"""PDF and DOCX files as sections of Markdown blocks."""

import io
import logging
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, cast

from docx import Document as open_docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from adapters.sources.reading import Reading, Section, Unreadable

_MOST_PAGES = 2_000
_MOST_INFLATED = 200_000_000
_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])-\n(?=[a-zà-ÿ])")
_BULLET = re.compile(r"^\s*[•▪●◦‣]\s*")
_SMALLEST_POINTS = 2.0
_WHITE = 0.99


def read_pdf(content: bytes) -> Reading:
    """The text of a PDF, each page under the chapter that it belongs to. Raises `Unreadable`."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with a file stands in the report
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("it is locked with a password")
        if len(reader.pages) > _MOST_PAGES:
            raise Unreadable(f"it has more than {_MOST_PAGES} pages")
        chapters, hidden = _chapters(reader), list[str]()
        sections: list[Section] = []
        for n, page in enumerate(reader.pages):
            path = (*chapters.get(n, ()), f"Page {n + 1}")
            sections.append(Section(path, list(_paragraphs(_seen(page, hidden)))))
        title = str(reader.metadata.title or "") if reader.metadata else ""
        changed = reader.metadata.modification_date if reader.metadata else None
    except Unreadable:
        raise
    except Exception as error:  # the parser meets files of any kind, and raises anything on some
        raise Unreadable(f"it is damaged ({_kind(error)})") from error
    if not any(each.blocks for each in sections):
        raise Unreadable("it holds no text, only pictures of pages")
    return Reading(
        tuple(sections), title=title.strip(), changed=f"{changed:%Y-%m-%d}" if changed else "", hidden=tuple(hidden)
    )


def _kind(error: Exception) -> str:
    return "PDF" if isinstance(error, PyPdfError) else type(error).__name__


def _chapters(reader: PdfReader) -> Mapping[int, tuple[str, ...]]:
    """The heading path of each page, from the outline; a chapter goes on until the next begins."""
    starts: dict[int, tuple[str, ...]] = {}

    def walk(nodes: list[Any], path: tuple[str, ...]) -> None:
        last = path
        for node in nodes:
            if isinstance(node, list):
                walk(node, last)  # pyright: ignore[reportUnknownArgumentType] - an outline nests lists in lists
                continue
            page = reader.get_destination_page_number(node)
            last = (*path, str(node.title).strip())
            if page is not None:
                starts.setdefault(page, last)

    walk(reader.outline, ())
    found: dict[int, tuple[str, ...]] = {}
    current: tuple[str, ...] = ()
    for n in range(len(reader.pages)):
        current = starts.get(n, current)
        found[n] = current
    return found


class _Unseen:
    """Follows how a page is drawn, and keeps what is drawn so that nobody sees it: in mode 3, or white."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._mode = 0
        self._is_white = False
        self._kept: list[tuple[int, bool]] = []

    def before(self, operator: bytes, operands: list[Any], _cm: Any, _tm: Any) -> None:
        """What pypdf calls before each operator of a page. Source: PDF 1.7, 8.6.8 and 9.3.6."""
        match operator:
            case b"Tr":
                self._mode = int(operands[0])
            case b"rg" | b"g":
                self._is_white = all(float(each) >= _WHITE for each in operands)
            case b"k":
                self._is_white = all(float(each) <= 1 - _WHITE for each in operands)
            case b"sc" | b"scn":
                self._is_white = False
            case b"q":
                self._kept.append((self._mode, self._is_white))
            case b"Q" if self._kept:
                self._mode, self._is_white = self._kept.pop()
            case b"Tj" | b"TJ" | b"'" | b'"' if self._is_white or self._mode in (3, 7):
                self.texts.append(_shown(operands))
            case _:
                pass


def _seen(page: Any, hidden: list[str]) -> str:
    """A page's text without what is drawn so that nobody sees it."""
    unseen = _Unseen()
    text = str(page.extract_text(visitor_operand_before=unseen.before) or "")
    for each in filter(None, (piece.strip() for piece in unseen.texts)):
        if each in text:
            text = text.replace(each, "", 1)
        hidden.append(each)
    return text


def _shown(operands: list[Any]) -> str:
    parts = cast("list[Any]", operands[0]) if operands and isinstance(operands[0], list) else operands[-1:]
    texts = (each.decode("latin-1") if isinstance(each, bytes) else each for each in parts)
    return "".join(each for each in texts if isinstance(each, str))


def _paragraphs(text: str) -> Iterator[str]:
    for block in re.split(r"\n\s*\n", _HYPHEN.sub("", text)):
        lines = [_BULLET.sub("- ", line).strip() for line in block.splitlines()]
        joined = "\n".join(line for line in lines if line)
        if joined:
            yield joined


def read_docx(content: bytes) -> Reading:
    """A Word document: headings, paragraphs, lists, tables. Raises `Unreadable`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(each.file_size for each in packed.infolist()) > _MOST_INFLATED:
                raise Unreadable("it unpacks to more than 200 MB")
        document = open_docx(io.BytesIO(content))
        hidden: list[str] = []
        sections = tuple(_docx_sections(document.iter_inner_content(), hidden))
        properties = document.core_properties
        title, changed = properties.title or "", properties.modified
    except Unreadable:
        raise
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise Unreadable("it is no Word document, or damaged") from error
    return Reading(sections, title=title, changed=f"{changed:%Y-%m-%d}" if changed else "", hidden=tuple(hidden))


def _docx_sections(blocks: Iterator[Paragraph | Table], hidden: list[str]) -> Iterator[Section]:
    path: list[tuple[int, str]] = []
    section = Section(())
    for block in blocks:
        if isinstance(block, Table):
            section.blocks.append(_docx_table(block))
            continue
        text = _docx_text(block, hidden)
        if not text:
            continue
        style = str(block.style.name if block.style else "")
        heading = re.match(r"Heading (\d)", style)
        if heading or style == "Title":
            yield section
            depth = int(heading[1]) if heading else 0
            path = [each for each in path if each[0] < depth] + [(depth, text)]
            section = Section(tuple(title for _, title in path))
        elif style.startswith("List"):
            mark = "1." if "Number" in style else "-"
            if section.blocks and section.blocks[-1].lstrip().startswith(mark):
                section.blocks[-1] += f"\n{mark} {text}"
            else:
                section.blocks.append(f"{mark} {text}")
        else:
            section.blocks.append(text)
    yield section


def _docx_text(paragraph: Paragraph, hidden: list[str]) -> str:
    shown: list[str] = []
    for run in paragraph.iter_inner_content():
        font = getattr(run, "font", None)
        color = str(font.color.rgb or "") if font is not None and font.color is not None else ""
        is_tiny = font is not None and font.size is not None and font.size.pt < _SMALLEST_POINTS
        if run.text.strip() and font is not None and (font.hidden or color == "FFFFFF" or is_tiny):
            hidden.append(run.text)
        else:
            shown.append(run.text)
    return "".join(shown).strip()


def _docx_table(table: Table) -> str:
    rows = [[" ".join(cell.text.split()).replace("|", "\\|") for cell in row.cells] for row in table.rows]
    if not rows:
        return ""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])
