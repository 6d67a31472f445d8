"""Exports of help centres (Zendesk, Intercom) and tables of questions and answers (CSV)."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from adapters.sources.reading import Item, Reading, Section, Unreadable
from adapters.sources.settings import SourceSettings
from core.library import SourceFailed

Json = dict[str, Any]
_LIMIT_BYTES = 200_000_000
_QUESTIONS = ("question", "questions", "q", "frage", "title", "pregunta", "domanda")
_ANSWERS = ("answer", "answers", "a", "antwort", "body", "respuesta", "reponse", "réponse", "risposta")
_TOPICS = ("category", "topic", "section", "kategorie", "thema")
_LANGUAGES = ("language", "locale", "lang", "sprache")
_DAYS = ("updated", "updated_at", "changed", "date")


def zendesk_items(source: SourceSettings) -> Iterator[Item]:
    """Articles of `GET /api/v2/help_center/articles.json`, one page or several, drafts left out."""
    for article in _rows(source, "articles"):
        if article.get("draft"):
            continue
        place = str(article.get("id") or article.get("url") or "")
        yield _page(
            place or str(article.get("title")),
            str(article.get("body") or ""),
            shown=str(article.get("html_url") or ""),
            title=str(article.get("title") or article.get("name") or ""),
            language=str(article.get("locale") or ""),
            changed=str(article.get("updated_at") or "")[:10],
        )


def intercom_items(source: SourceSettings) -> Iterator[Item]:
    """Articles of `GET /articles`, one page or several, unpublished ones left out; each translation counts."""
    for article in _rows(source, "data"):
        told: Json = article.get("translated_content") or {}
        translated: Json = {key: each for key, each in told.items() if isinstance(each, dict)}
        default = str(article.get("default_locale") or "")
        versions: Json = translated or {default: article}
        for locale, text in versions.items():
            if str(text.get("state") or article.get("state") or "published") != "published":
                continue
            yield _page(
                f"{article.get('id')}/{locale}" if locale else str(article.get("id")),
                str(text.get("body") or ""),
                shown=str(text.get("url") or article.get("url") or ""),
                title=str(text.get("title") or ""),
                language=locale,
                changed=_day(text.get("updated_at") or article.get("updated_at")),
            )


def _page(place: str, body: str, *, shown: str, title: str, language: str, changed: str) -> Item:
    if not body.strip():
        return Item(place, shown=shown, title=title, problem="it has no text")
    content = f"<body>{body}</body>".encode()
    return Item(place, content, "html", shown or f"article {place}", title, language.split("-")[0], changed)


def _day(value: object) -> str:
    if isinstance(value, int | float):
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d}"
    return str(value or "")[:10]


def _rows(source: SourceSettings, key: str) -> Iterator[Json]:
    root = Path(source.at).expanduser()
    files = sorted(root.rglob("*.json")) if root.is_dir() else [root]
    if not files:
        raise SourceFailed(f"{root} holds no .json file: check `at`")
    for file in files:
        try:
            if file.stat().st_size > _LIMIT_BYTES:
                raise SourceFailed(f"{file.name} is larger than {_LIMIT_BYTES // 1_000_000} MB: export it in parts")
            text = file.read_text(encoding="utf-8-sig")
            yield from _articles(_parsed(text), key, file)
        except OSError as error:
            raise SourceFailed(f"{file} cannot be opened ({error.strerror}): check `at`") from error
        except ValueError as error:
            raise SourceFailed(f"{file.name} is no JSON export: {type(error).__name__}") from error


def _parsed(text: str) -> Any:
    if not text.strip():
        raise ValueError("an empty file")
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def _articles(value: Any, key: str, file: Path) -> Iterator[Json]:
    """Articles in a page, in a list of pages, or as a plain list."""
    rows: list[Any] = _list(_dict(value).get(key)) or _list(value)
    if any(not isinstance(each, dict) for each in rows) or not (rows or key in _dict(value)):
        raise SourceFailed(f"{file.name} holds no list of {key}: is it the export of another system?")
    for each in map(_dict, rows):
        if key in each:
            yield from _articles(each, key, file)
        elif each:
            yield each


def _dict(value: Any) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def faq_items(source: SourceSettings) -> Iterator[Item]:
    """A table as one document, whose rows are its sections."""
    path = Path(source.at).expanduser()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceFailed(f"{path} cannot be opened ({error.strerror}): check `at`") from error
    yield Item(path.name, content, "faq", title=path.stem)


def read_faq(content: bytes) -> Reading:
    """Rows of question and answer, found by the names of the columns. Raises `Unreadable`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    try:
        dialect = csv.Sniffer().sniff(text[:8_000], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), dialect, strict=False))
    except csv.Error as error:
        raise Unreadable(f"the table is damaged: {error}") from error
    if not rows:
        raise Unreadable("the table is empty")
    names = [each.strip().lower() for each in rows[0]]
    question, answer = _column(names, _QUESTIONS), _column(names, _ANSWERS)
    if question is None or answer is None:
        raise Unreadable(f"the table needs columns `question` and `answer`; it has {', '.join(names)}")
    topic, language, day = _column(names, _TOPICS), _column(names, _LANGUAGES), _column(names, _DAYS)
    sections = [
        Section(tuple(filter(None, (_cell(row, topic), _cell(row, question)))), [_cell(row, answer)])
        for row in rows[1:]
        if _cell(row, question) and _cell(row, answer)
    ]
    if not sections:
        raise Unreadable("no row of the table has both a question and an answer")
    languages = {_cell(row, language) for row in rows[1:] if _cell(row, language)}
    days = [_cell(row, day) for row in rows[1:] if _cell(row, day)]
    return Reading(
        tuple(sections), language=languages.pop() if len(languages) == 1 else "", changed=max(days, default="")[:10]
    )


def _column(names: list[str], known: tuple[str, ...]) -> int | None:
    return next((names.index(each) for each in known if each in names), None)


def _cell(row: list[str], at: int | None) -> str:
    return row[at].strip() if at is not None and at < len(row) else ""
