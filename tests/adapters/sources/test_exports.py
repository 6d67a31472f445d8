"""Exports of help centres and tables of questions become passages with their title, address, language and day."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.sources.exports import faq_items, intercom_items, zendesk_items
from adapters.sources.reading import Item, Unreadable
from adapters.sources.settings import SourceSettings
from adapters.sources.syncing import read_whole
from core.knowledge import Passage
from core.library import SourceFailed

ZENDESK: dict[str, Any] = {
    "count": 3,
    "next_page": None,
    "articles": [
        {
            "id": 360001,
            "html_url": "https://help.example.com/hc/en-us/articles/360001",
            "title": "Returning a parcel",
            "locale": "en-us",
            "draft": False,
            "updated_at": "2026-03-02T09:00:00Z",
            "label_names": [],
            "body": "<p>Print the label.</p><h2>Without a printer</h2><p>Show the code at the counter.</p>",
        },
        {"id": 360002, "title": "Not ready", "locale": "en-us", "draft": True, "body": "<p>Draft.</p>"},
        {"id": 360003, "title": "Empty", "locale": "en-us", "draft": False, "body": None},
    ],
}
INTERCOM: dict[str, Any] = {
    "type": "list",
    "pages": {"type": "pages", "page": 1, "per_page": 25, "total_pages": 1},
    "total_count": 2,
    "data": [
        {
            "id": "101",
            "type": "article",
            "title": "Changing an address",
            "body": "<p>Open your orders.</p>",
            "state": "published",
            "default_locale": "en",
            "url": "https://help.example.com/en/articles/101",
            "updated_at": 1772442000,
            "translated_content": {
                "type": "article_translated_content",
                "en": {"type": "article_content", "title": "Changing an address", "body": "<p>Open your orders.</p>",
                       "state": "published", "url": "https://help.example.com/en/articles/101"},
                "de": {"type": "article_content", "title": "Adresse ändern", "body": "<p>Öffne deine Bestellungen.</p>",
                       "state": "published", "url": "https://help.example.com/de/articles/101"},
                "fr": {"type": "article_content", "title": "Adresse", "body": "<p>Brouillon.</p>", "state": "draft"},
            },
        },
        {"id": "102", "type": "article", "title": "Hidden", "body": "<p>Draft.</p>", "state": "draft"},
    ],
}  # fmt: skip


def passages(items: Iterator[Item]) -> list[Passage]:
    source = SourceSettings(at="x", name="s")
    return [each for item in items if not item.problem for each in read_whole(item, source, "h")[1]]


def kept(tmp_path: Path, told: object, *, name: str = "export.json") -> SourceSettings:
    (tmp_path / name).write_text(told if isinstance(told, str) else json.dumps(told), encoding="utf-8")
    return SourceSettings(at=str(tmp_path / name))


@pytest.mark.parametrize("told", [ZENDESK, [ZENDESK], ZENDESK["articles"]])
def test_zendesk_articles_are_read_without_drafts(tmp_path: Path, told: object) -> None:
    found = passages(zendesk_items(kept(tmp_path, told)))
    assert [each.text for each in found] == ["Print the label.", "Show the code at the counter."]
    assert [each.title for each in found] == ["Returning a parcel", "Returning a parcel › Without a printer"]
    assert {(each.language, each.changed) for each in found} == {("en", "2026-03-02")}
    assert all(each.source.startswith("https://help.example.com/hc/en-us/articles/360001") for each in found)


def test_an_empty_article_is_reported_and_no_other_is_lost(tmp_path: Path) -> None:
    items = list(zendesk_items(kept(tmp_path, ZENDESK)))
    assert [(each.place, each.problem) for each in items if each.problem] == [("360003", "it has no text")]


def test_pages_of_an_export_in_a_folder_are_one_source(tmp_path: Path) -> None:
    for n, article in enumerate(ZENDESK["articles"][:1] * 2):
        one = {**article, "id": n, "body": f"<p>Part {n}.</p>"}
        (tmp_path / f"page{n}.json").write_text(json.dumps({"articles": [one]}), encoding="utf-8")
    found = passages(zendesk_items(SourceSettings(at=str(tmp_path))))
    assert [each.text for each in found] == ["Part 0.", "Part 1."]


def test_every_published_translation_of_an_intercom_article_counts(tmp_path: Path) -> None:
    found = passages(intercom_items(kept(tmp_path, INTERCOM)))
    assert {(each.language, each.title, each.text) for each in found} == {
        ("en", "Changing an address", "Open your orders."),
        ("de", "Adresse ändern", "Öffne deine Bestellungen."),
    }
    assert {each.changed for each in found} == {"2026-03-02"}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("not json", "no JSON export"),
        ({"tickets": []}, "no list of articles"),
        ("[1, 2]", "no list of articles"),
        ("", "no JSON export"),
    ],
)
def test_a_file_that_is_no_such_export_is_refused_with_the_reason(tmp_path: Path, told: object, why: str) -> None:
    with pytest.raises(SourceFailed, match=why):
        list(zendesk_items(kept(tmp_path, told)))


@pytest.mark.parametrize(
    "table",
    [
        "question,answer,category\nHow long?,Three days.,Delivery\nWhere to?,,Delivery\n",
        "Frage;Antwort;Kategorie\nHow long?;Three days.;Delivery\n",
        '\ufeffquestion\tanswer\ttopic\n"How long?"\t"Three days."\tDelivery\n',
    ],
)
def test_a_table_of_questions_is_read_whatever_its_separator(tmp_path: Path, table: str) -> None:
    (found,) = passages(faq_items(kept(tmp_path, table, name="faq.csv")))
    assert found.title.endswith("Delivery › How long?")
    assert found.text == "Three days."


@pytest.mark.parametrize("table", ["", "a,b\n1,2\n", "question,answer\n,\n"])
def test_a_table_without_questions_and_answers_says_what_it_lacks(tmp_path: Path, table: str) -> None:
    with pytest.raises(Unreadable):
        passages(faq_items(kept(tmp_path, table, name="faq.csv")))
