"""From bytes to a reading, by form."""

from pathlib import PurePosixPath

from adapters.sources.markdown import read_markdown
from adapters.sources.reading import Item, Reading, Section, Unreadable

_NEEDS_EXTRA = "install the extra `sources` to read it: pip install 'firstline[sources]'"


def read(item: Item) -> Reading:
    """Read an item whole. Raises `Unreadable`; nothing of a document that cannot be read is kept."""
    match item.form:
        case "markdown":
            return read_markdown(_text(item.content), name=item.place)
        case "text":
            blocks = [each.strip() for each in _text(item.content).replace("\r\n", "\n").split("\n\n")]
            return Reading((Section((PurePosixPath(item.place).stem,), [each for each in blocks if each]),))
        case "faq":
            from adapters.sources.exports import read_faq

            return read_faq(item.content)
        case _:
            return _with_parsers(item)


def _with_parsers(item: Item) -> Reading:
    try:
        if item.form == "html":
            from adapters.sources.html import read_html

            return read_html(item.content, name=item.shown or item.place)
        from adapters.sources.papers import read_docx, read_pdf
    except ModuleNotFoundError as error:
        raise Unreadable(_NEEDS_EXTRA) from error
    return read_pdf(item.content) if item.form == "pdf" else read_docx(item.content)


def _text(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("it is not UTF-8 text") from error
    if "\0" in text:
        raise Unreadable("it is no text but binary")
    return text
