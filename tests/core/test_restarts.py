"""A process that dies at any point goes on from the last finished step, in the same message."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from adapters.storage.store import Store
from adapters.storage.tables import outbox, turn
from adapters.storage.turns import StoredTurns
from core import phrases
from core.modelling import TextPiece
from core.reply import Delivery, Post
from core.settings import AgentSettings
from core.turn import Turn
from tests.core.rig import Rig, rig
from tests.fakes.chat import MemoryChat, MemoryReply
from tests.fakes.model import ScriptedModel, calls, says

LOOK = calls("get_order_status", '{"order_id": "88291"}')
REFUND = calls("initiate_refund", '{"order_id": "88291", "reason": "damaged"}')


class Killed(Exception):
    """Stands for the end of the process."""


class UnparkedTurns(StoredTurns):
    """A process that is killed lets go of nothing; here it is only cancelled, so that is made up for."""

    @classmethod
    def of(cls, store: Store) -> "UnparkedTurns":
        return cls(store.database)

    async def park(self, turn: Turn) -> None:
        """Nobody is there to do it."""


class DyingChat(MemoryChat):
    """Opens a reply and does not live to tell its id."""

    async def open_reply(self, delivery: Delivery) -> MemoryReply:
        await super().open_reply(delivery)
        raise Killed


async def dies(
    folder: Path, chat: MemoryChat, model: ScriptedModel, words: str, when: Callable[[Rig], bool], limit: int = 4
) -> None:
    """Ask, and end the process when something is seen in the chat."""

    async def live() -> None:
        async with rig(
            folder, model, chat=chat, agent=AgentSettings(most_attempts=limit), turns_of=UnparkedTurns.of
        ) as here:
            if words:
                await here.says(words)
            else:
                await here.reception.resume()
            await here.chat.until(lambda: when(here))
            raise Killed

    with pytest.RaisesGroup(Killed, allow_unwrapped=True, flatten_subgroups=True):
        await live()


async def test_finished_model_calls_and_tools_are_not_made_again(tmp_path: Path) -> None:
    chat = MemoryChat()
    model = ScriptedModel(LOOK, [TextPiece("It was ")], holds=True)
    model.hold_from(2)
    await dies(tmp_path, chat, model, "Where is order 88291?", lambda here: "It was " in here.texts)
    second = ScriptedModel(says("It was delivered on Monday."))
    async with rig(tmp_path, second, chat=chat) as here:
        await here.reception.resume()
        await here.settled()
        assert here.texts == ["It was delivered on Monday."]
        assert "delivered on Monday" in second.requests[0].messages[-1].text
        case = (await here.store.cases.of_author("t1", "memory", "u1"))[0]
        assert (await here.store.desk.usage(case.id))[0] == 2


async def test_a_refund_made_before_the_crash_is_told_and_not_made_again(tmp_path: Path) -> None:
    chat = MemoryChat()
    model = ScriptedModel(REFUND, [TextPiece("The refund ")], holds=True)
    model.hold_from(2)
    await dies(tmp_path, chat, model, "please refund order 88291", lambda here: "The refund " in here.texts)
    second = ScriptedModel(says("A refund was started."))
    async with rig(tmp_path, second, chat=chat) as here:
        await here.reception.resume()
        await here.settled()
        assert here.paid == []
        assert here.texts == ["A refund was started."]
        assert "already" not in second.requests[0].messages[-1].text


class SlowChat(MemoryChat):
    """Opens a reply, and its answer to us comes too late the first time."""

    is_slow = True

    async def open_reply(self, delivery: Delivery) -> MemoryReply:
        opened = await super().open_reply(delivery)
        if self.is_slow:
            self.is_slow = False
            raise TimeoutError
        return opened


async def test_a_reply_that_was_opened_too_late_to_be_told_of_is_found_and_not_posted_twice(tmp_path: Path) -> None:
    chat = SlowChat()
    async with rig(tmp_path, ScriptedModel(says("Hello.")), chat=chat) as here:
        await here.says("Hi")
        await here.settled()
        assert here.texts == ["Hello."]


class OvertakenChat(MemoryChat):
    """Opens a reply so late that another process has taken the turn over meanwhile, and answers in its own."""

    def __init__(self) -> None:
        super().__init__()
        self.taken_over: Callable[[Delivery], Awaitable[None]] | None = None

    async def open_reply(self, delivery: Delivery) -> MemoryReply:
        opened = await super().open_reply(delivery)
        if self.taken_over is not None:
            await self.taken_over(delivery)
        return opened


@pytest.mark.parametrize("is_same", [False, True])
async def test_a_reply_opened_after_another_process_took_over_is_taken_back_unless_that_one_writes_in_it(
    tmp_path: Path, *, is_same: bool
) -> None:
    chat = OvertakenChat()
    async with rig(tmp_path, ScriptedModel(says("Hello.")), chat=chat) as here:

        async def taken_over(delivery: Delivery) -> None:
            (mine,) = chat.messages

            def work(connection: Connection) -> None:
                connection.execute(update(turn).values(fence=turn.c.fence + 1))
                connection.execute(update(outbox).values(ref=mine if is_same else "another"))

            await here.store.database.write(work)

        chat.taken_over = taken_over
        await here.says("Hi")
        await here.settled()
        assert list(chat.messages.values()) == ([Post("")] if is_same else [])


async def test_steps_over_other_words_are_not_reused(tmp_path: Path) -> None:
    chat = MemoryChat()
    model = ScriptedModel(LOOK, [TextPiece("It was ")], holds=True)
    model.hold_from(2)
    await dies(tmp_path, chat, model, "Where is order 88291?", lambda here: "It was " in here.texts)
    async with rig(tmp_path, ScriptedModel(says("Never mind then.")), chat=chat) as here:
        here.count = 1
        await here.says("Never mind")
        await here.settled()
        assert here.texts == ["Never mind then."]


async def test_a_reply_whose_id_was_not_saved_is_found_again(tmp_path: Path) -> None:
    chat = DyingChat()
    async with rig(tmp_path, ScriptedModel(), chat=chat) as here:
        await here.says("Hi")
        await here.settled()
    saved = MemoryChat()
    saved.messages, saved.threads, saved.nonces = chat.messages, chat.threads, chat.nonces
    async with rig(tmp_path, ScriptedModel(says("Hello.")), chat=saved) as here:
        await here.reception.resume()
        await here.settled()
        assert here.texts == ["Hello."]


async def test_a_turn_that_keeps_ending_the_process_goes_to_a_person(tmp_path: Path) -> None:
    chat = MemoryChat()
    for number in range(2):
        model = ScriptedModel([TextPiece("Half ")], holds=True)
        seen = number + 1
        await dies(
            tmp_path,
            chat,
            model,
            "" if number else "Poison",
            lambda here, seen=seen: "Half " in here.texts and len(here.chat.replies) == seen,
            limit=2,
        )
    async with rig(tmp_path, ScriptedModel(), chat=chat, agent=AgentSettings(most_attempts=2)) as here:
        await here.reception.resume()
        await here.settled()
        assert here.texts == [phrases.FAILED]
        assert any("ended 2 times" in card for card in here.cards)
        assert await here.store.inbox.waiting() == []
