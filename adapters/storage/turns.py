"""Turns kept in the database."""

from functools import partial
from typing import Literal

from pydantic import JsonValue

from adapters.storage.again import answer_again, find_unproved, stop_turn
from adapters.storage.begin import begin_turn
from adapters.storage.bell import wishes_of
from adapters.storage.database import Database
from adapters.storage.end import cut_turn, finish_turn
from adapters.storage.holding import note_opened, park_turn, release_turn
from adapters.storage.steps import keep_step
from core.bell import Ring
from core.conversation import Thread
from core.identity import ChatUser
from core.reply import Delivery
from core.spending import Caps
from core.turn import Turn, TurnEnd, TurnRecord


class StoredTurns:
    """The `Turns` port over a database."""

    def __init__(self, database: Database, caps: Caps | None = None) -> None:
        self._database = database
        self._caps = caps or Caps()

    async def begin(self, thread: Thread, *, history_lines: int) -> Turn | None:
        """Everything that waits in this thread as one turn; None when nothing does.

        While people own the case, `reply.id` is 0: nothing is to be opened.
        """
        now, me = self._database.now(), self._database.replica_id
        return await self._database.write(
            lambda connection: begin_turn(
                connection, thread, history_lines=history_lines, now=now, me=me, caps=self._caps
            )
        )

    async def opened(self, turn: Turn, ref: str) -> None:
        """Checkpoint the platform's id of the reply."""

        await self._database.write(partial(note_opened, held=turn, ref=ref))

    async def release(self, turn: Turn, record: TurnRecord) -> None:
        """Let go of a turn, so that it begins anew at once; counts as no attempt."""
        await self._database.write(partial(release_turn, held=turn, record=record))

    async def park(self, turn: Turn) -> None:
        """Let go of a turn because this process ends; another one begins it anew at once."""
        await self._database.write(partial(park_turn, held=turn))

    async def stop(self, thread: Thread, *, by: str) -> bool:
        """Ask whoever works on the turn of a thread to end it."""
        return await self._database.write(partial(stop_turn, thread=thread, by=by))

    async def wishes(self) -> list[Ring]:
        """What is wished of the turns that we work on."""
        return await self._database.read(partial(wishes_of, me=self._database.replica_id))

    async def again(self, turn_id: str, *, by: str) -> Thread | Literal["already", "late", "unknown"]:
        """Owe the newest answer of a thread once more."""
        return await self._database.write(partial(answer_again, turn_id=turn_id, by=by, now=self._database.now()))

    async def unproved(self, user: ChatUser) -> str:
        """The newest turn of theirs that waits to know who they are."""
        return await self._database.read(partial(find_unproved, user=user))

    async def keep_step(self, turn: Turn, key: str, result: JsonValue) -> None:
        """Save a finished model or tool step."""
        now = self._database.now()
        await self._database.write(lambda connection: keep_step(connection, turn, key, result, now=now))

    async def finish(self, turn: Turn, end: TurnEnd, record: TurnRecord) -> Delivery | None:
        """Save all that the turn led to; the row of its answer, due, or None when it may not be sent."""
        return await self._database.write(
            partial(
                finish_turn,
                turn=turn,
                end=end,
                record=record,
                now=self._database.now(),
            )
        )

    async def cut(self, turn: Turn, shown: str, line: str) -> Delivery | None:
        """End a turn whose case changed hands; the row to deliver, or None when nothing was opened."""
        return await self._database.write(
            partial(cut_turn, turn=turn, shown=shown, line=line, now=self._database.now())
        )
