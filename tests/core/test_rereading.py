"""A second model can take a citation away where its passage does not say it; it can add none."""

import json
from collections.abc import AsyncGenerator

import pytest

from core.errors import ModelError
from core.knowledge import Hit, Passage
from core.modelling import ModelEvent, ModelProfile, ModelRequest, TextPiece
from core.rereading import reread
from core.turn import TurnRecord
from tests.adapters.storage.scene import PRINCIPAL

HITS = [
    Hit(Passage("a", "a.md", "Returns", "Unused items may be returned."), 1.0, is_strong=True),
    Hit(Passage("b", "b.md", "Cards", "Gift cards are valid for three years."), 1.0, is_strong=True),
]
ANSWER = "You can return it. [1] Gift cards never expire [2]. As [1] says, keep it unused."


class Reader:
    """Answers one thing to everything."""

    def __init__(self, says: str = "", *, fails: bool = False) -> None:
        self.requests: list[ModelRequest] = []
        self._says = says
        self._fails = fails

    @property
    def profile(self) -> ModelProfile:
        return ModelProfile("reader", "reader")

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.requests.append(request)
        if self._fails:
            raise ModelError("down")
        yield TextPiece(self._says)


async def test_marks_that_the_model_refuses_go_and_nothing_else() -> None:
    reader = Reader('{"unsupported": [2, 99]}')
    text, gone = await reread(ANSWER, HITS, reader, TurnRecord(PRINCIPAL))
    assert text == "You can return it. [1] Gift cards never expire. As [1] says, keep it unused."
    assert gone == {2}
    told = json.loads(reader.requests[0].messages[1].text)
    assert [(each["pair"], each["statement"]) for each in told] == [
        (1, "You can return it."),
        (2, "Gift cards never expire."),
        (3, "As says, keep it unused."),
    ]


@pytest.mark.parametrize("reader", [Reader("no JSON"), Reader(fails=True), Reader('{"unsupported": []}')])
async def test_a_reader_that_refuses_nothing_or_does_not_answer_changes_nothing(reader: Reader) -> None:
    assert await reread(ANSWER, HITS, reader, TurnRecord(PRINCIPAL)) == (ANSWER, frozenset())


async def test_without_marks_nobody_is_asked() -> None:
    reader = Reader()
    assert await reread("Hello.", HITS, reader, TurnRecord(PRINCIPAL)) == ("Hello.", frozenset())
    assert reader.requests == []
