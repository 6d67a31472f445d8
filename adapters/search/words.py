"""Finding passages by their words: SQLite's full-text index, in memory."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from core.knowledge import Passage

_STOP = frozenset(
    "a an and are as at be but by can could did do does for from had has have how i if in is it its just like me my "
    "no not of on or our please so tell than that the their them then there they this to too was we were what when "
    "where which who why will with would you your hi hello thanks thank want need get know der die das ich und ist "
    "ein eine le la les un une je et est el los una yo y es".split()
)
_RAREST = 6
"""Words of a question that are looked for; more cost time and find nothing better."""


@dataclass(frozen=True, slots=True)
class WordHit:
    """A passage by its place in the index; `share` of the question's words, weighed by rarity, occur in it."""

    row: int
    share: float


class WordIndex:
    """Built once; the same thread must use it throughout."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.execute(
            "CREATE VIRTUAL TABLE passage USING fts5(title, body, tokenize='porter unicode61 remove_diacritics 2')"
        )
        self._connection.execute("CREATE VIRTUAL TABLE terms USING fts5vocab('passage', 'instance')")
        self._connection.executemany(
            "INSERT INTO passage(rowid, title, body) VALUES (?, ?, ?)",
            [(row, each.title, each.text) for row, each in enumerate(passages)],
        )
        self._count = len(passages)

    def search(self, question: str, *, limit: int) -> list[WordHit]:
        """The best passages first. Any text is a question; one without content words finds nothing."""
        weights = {word: self._weight(word) for word in _words(question)}
        rare = sorted((word for word in weights if weights[word] > 0), key=weights.__getitem__, reverse=True)[:_RAREST]
        if not rare:
            return []
        sql = "SELECT rowid FROM passage WHERE passage MATCH ? ORDER BY bm25(passage, 4.0, 1.0) LIMIT ?"
        rows = [row for (row,) in self._connection.execute(sql, (" OR ".join(map(_quoted, rare)), limit))]
        whole = sum(weights[word] or self._most for word in weights)
        found = {word: self._rows_with(word, rows) for word in rare}
        shares = {row: sum(weights[word] for word in rare if row in found[word]) / whole for row in rows}
        return [WordHit(row, shares[row]) for row in rows]

    @property
    def _most(self) -> float:
        """The weight of a word that no passage has."""
        return float(self._count)

    def _weight(self, word: str) -> float:
        sql = "SELECT count(*) FROM passage WHERE passage MATCH ?"
        (count,) = self._connection.execute(sql, (_quoted(word),)).fetchone()
        return self._count / (count + 1.0) if count else 0.0

    def _rows_with(self, word: str, rows: Sequence[int]) -> set[int]:
        places = ",".join("?" * len(rows))
        sql = f"SELECT rowid FROM passage WHERE passage MATCH ? AND rowid IN ({places})"
        return {row for (row,) in self._connection.execute(sql, (_quoted(word), *rows))}


def _words(text: str) -> list[str]:
    found = re.findall(r"[^\W_]+", text.casefold())
    return [word for word in dict.fromkeys(found) if word not in _STOP and len(word) < 64][:40]


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
