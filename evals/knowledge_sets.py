"""Question sets with known right passages, read into the product's own values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.knowledge import ANYBODY, EVERYBODY, Audience, Inquiry, Passage, Reader, Said
from evals.sets import Folders, Record, matching, records, table

QUERY_FILES = ("queries*.jsonl", "part_*.jsonl", "fold*.jsonl", "train.jsonl", "val.jsonl", "test.jsonl")
TASK_FILES = ("tasks*.jsonl", "tasks*.json", *QUERY_FILES)
_OURS = ("agent", "assistant", "bot")


@dataclass(frozen=True, slots=True)
class Case:
    """A question, the passages that answer it, and what must not be split between learning and scoring."""

    id: str
    inquiry: Inquiry
    right: frozenset[str]
    group: str
    label: str = ""
    """For sets that say whether it can be answered at all."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Collections and the questions put to them."""

    name: str
    passages: tuple[Passage, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a set is laid out on disk."""

    name: str
    queries: tuple[str, ...]
    corpus: tuple[str, ...]
    qrels: tuple[str, ...]
    group: str
    """The field by which questions belong together; empty: each stands alone."""
    parent: str = ""
    """The field of a passage that names its document; empty: told by its id."""
    tenant: str = ""
    """The field of questions and passages that names the collection they belong to; empty: there is one."""


SHAPES = (
    Shape("doc2dial_val", QUERY_FILES, ("corpus_passages*.jsonl",), ("qrels_passages*.tsv",), "domain", "doc"),
    Shape("tau3_banking_kb", QUERY_FILES, ("corpus*.jsonl",), ("qrels*.tsv",), ""),
    Shape("stackfaq", QUERY_FILES, ("corpus*.jsonl",), ("qrels*.tsv",), "faq", "id"),
    Shape("mtrag_un", TASK_FILES, ("corpus*.jsonl",), ("qrels*.tsv",), "collection", "title", "collection"),
)


def read_set(folders: Folders, shape: Shape, *, is_learned: bool) -> QuestionSet | None:
    """A set of the folder to learn from or to score; None where it has no questions."""
    folder = folders.learned if is_learned else folders.scored
    rows = list(records(_first(folder / shape.name, shape.queries)))
    judged = _judged(folder / shape.name, shape, rows)
    cases = tuple(_case(row, judged.get(str(row["id"]), frozenset()), shape) for row in rows if "text" in row)
    if not cases:
        return None
    corpus = matching(folder / shape.name, shape.corpus) or folders.lent(shape.name, *shape.corpus)
    passages = {each.id: each for each in (_passage(row, shape) for row in records(corpus))}
    if any(each not in passages for case in cases for each in case.right):
        more = matching(folders.learned / shape.name, shape.corpus)
        passages = {each.id: each for each in (_passage(row, shape) for row in records(more))} | passages
    found = QuestionSet(shape.name, tuple(passages.values()), cases)
    readers = {each.inquiry.reader for each in cases}
    are_apart = all(any(each.audience.admits(reader) for each in found.passages) for reader in readers)
    return found if are_apart else pooled(found)


def pooled(questions: QuestionSet) -> QuestionSet:
    """The same with all collections in one, read by everybody."""
    return replace(
        questions,
        passages=tuple(replace(each, audience=EVERYBODY) for each in questions.passages),
        cases=tuple(replace(each, inquiry=replace(each.inquiry, reader=ANYBODY)) for each in questions.cases),
    )


def _first(folder: Path, patterns: Sequence[str]) -> list[Path]:
    return next(filter(None, (matching(folder, (pattern,)) for pattern in patterns)), list[Path]())


def _judged(folder: Path, shape: Shape, rows: Sequence[Record]) -> dict[str, frozenset[str]]:
    judged: dict[str, set[str]] = {str(row["id"]): set(row.get("gold") or ()) for row in rows if "id" in row}
    for path in matching(folder, shape.qrels):
        for row in table(path):
            if float(row.get("score") or 1) > 0:
                judged.setdefault(row["query-id"], set()).add(row["corpus-id"])
    return {key: frozenset(each) for key, each in judged.items()}


def _case(row: Record, right: frozenset[str], shape: Shape) -> Case:
    before = tuple(Said(str(each["text"]), each.get("role") in _OURS) for each in row.get("history") or ())
    group = str(row.get(shape.group) or row["id"]) if shape.group else str(row["id"])
    reader = Reader(str(row.get(shape.tenant, "")))
    return Case(
        str(row["id"]), Inquiry(str(row["text"]), before, reader), right, group, str(row.get("answerability") or "")
    )


def _passage(row: Record, shape: Shape) -> Passage:
    key = str(row["id"])
    parent = str(row.get(shape.parent) or key) if shape.parent else re.sub(r"_\d+$", "", key)
    if shape.parent == "title":
        parent = f"{row.get('collection', '')}/{parent}"
    audience = Audience((str(row[shape.tenant]),)) if row.get(shape.tenant) else EVERYBODY
    return Passage(key, f"{parent}#{key}", str(row.get("title") or ""), str(row.get("text") or ""), audience)
