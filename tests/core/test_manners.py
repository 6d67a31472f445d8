"""When the bot stays quiet."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.addressing import Said, answered_line, named
from core.case import Case
from core.conversation import Author, Line, Message, Thread
from core.manners import Manners
from core.settings import MannersSettings
from tests.core.rig import rig
from tests.fakes.model import ScriptedModel, says

_NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_PLACE = Thread("t1", "memory", "C1", "1")


class Nothing:
    """A place without conversations."""

    async def find(self, thread: Thread) -> Case | None:
        return None

    async def lines(self, case_id: str, *, limit: int) -> list[Line]:
        return []

    async def count_of_author(self, tenant: str, platform: str, author_id: str, *, since: datetime) -> int:
        return 0


def _message(text: str = "hello", *, by: str = "U1", is_bot: bool = False) -> Message:
    return Message("1", _PLACE, Author(by, by, is_bot), text, _NOW)


async def test_a_bot_that_nobody_named_is_never_answered() -> None:
    assert await Manners(MannersSettings(), Nothing()).judge(_message(is_bot=True), now=_NOW) == "bot"


async def test_two_bots_in_a_thread_stop_within_their_budget_and_may_speak_again_later() -> None:
    manners = Manners(MannersSettings(bots=("B1",), bot_exchanges_per_hour=3), Nothing())
    verdicts = [await manners.judge(_message(by="B1", is_bot=True), now=_NOW) for _ in range(50)]
    assert verdicts == ["answer"] * 3 + ["bots_enough"] * 47
    assert await manners.judge(_message(by="B1", is_bot=True), now=_NOW + timedelta(hours=2)) == "answer"


async def test_a_restart_is_no_fresh_start_for_two_bots(tmp_path: Path) -> None:
    settings = MannersSettings(bots=("B1",), bot_exchanges_per_hour=2)
    async with rig(tmp_path, ScriptedModel(says("Hello."), says("Hello again.")), manners=settings) as core:
        bot = Author("B1", "Other bot", is_bot=True)
        for n in range(2):
            assert await core.reception.receive(replace(core.message(n, f"ping {n}"), author=bot))
            await core.settled()
        again = Manners(settings, core.store.cases)
        message = replace(core.message(9, "ping"), author=bot)
        assert await again.judge(message, now=message.sent_at) == "bots_enough"
        assert await again.judge(message, now=message.sent_at + timedelta(hours=2)) == "answer"


async def test_one_person_cannot_use_up_the_day_of_all() -> None:
    manners = Manners(MannersSettings(messages_per_day=5), Nothing())
    verdicts = [await manners.judge(_message(), now=_NOW) for _ in range(8)]
    assert verdicts == ["answer"] * 5 + ["day_full_first", "day_full", "day_full"]
    assert await manners.judge(_message(by="U2"), now=_NOW) == "answer"
    assert await manners.judge(_message(), now=_NOW + timedelta(days=1)) == "answer"


async def test_a_restart_does_not_begin_anybodys_day_anew(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(*[says("Here it is.")] * 3)) as core:
        for n in range(3):
            assert await core.says(f"Where is my parcel number {n}?")
            await core.settled()
        again = Manners(MannersSettings(messages_per_day=4), core.store.cases)
        message = core.message(99, "And the next one?")
        verdicts = [await again.judge(message, now=message.sent_at) for _ in range(3)]
        assert verdicts == ["answer", "day_full_first", "day_full"]


async def test_a_second_bare_thanks_is_not_answered_and_a_question_after_it_is(tmp_path: Path) -> None:
    model = ScriptedModel(says("It was delivered."), says("You are welcome."), says("On Monday."))
    async with rig(tmp_path, model) as core:
        await core.says("Where is my parcel?")
        await core.settled()
        await core.says("Thanks!")
        await core.settled()
        assert not await core.says("thank you so much 🙏")
        await core.settled()
        assert len(core.texts) == 2
        assert await core.says("Thanks, but when exactly?")
        await core.settled()
        assert len(core.texts) == 3


async def test_who_writes_all_day_is_told_once(tmp_path: Path) -> None:
    model = ScriptedModel(says("One."), says("Two."))
    async with rig(tmp_path, model, manners=MannersSettings(messages_per_day=2)) as core:
        for n in range(6):
            await core.says(f"question {n}")
            await core.settled()
        assert len(core.texts) == 3
        assert sum("for one person today" in text for text in core.texts) == 1


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ann: look here", "ann"),
        ("ann, look here", "ann"),
        ("@ann look here", "ann"),
        ("thanks bert", "bert"),
        ("an order of annual size", ""),
        ("hello all", ""),
    ],
)
def test_a_name_calls_a_person(text: str, name: str) -> None:
    assert named(text, ["ann", "bert"]) == name


def test_lines_of_a_busy_channel_find_what_they_answer() -> None:
    lines = [
        Said("ann", "how do I reset my router?"),
        Said("cleo", "my parcel is late"),
        Said("bert", "ann: hold the button"),
        Said("ann", "for how long?"),
        Said("cleo", "still nothing"),
        Said("dora", "hi, can someone help me with an invoice?"),
    ]
    assert [answered_line(lines, at) for at in range(2, 6)] == [0, 2, 1, 5]
