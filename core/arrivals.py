"""Tells the team what became of words that went to a customer: that they arrived, or that they did not, and Retry."""

from collections.abc import Callable, Sequence

from core.conversation import Thread
from core.durable import Outbox
from core.errors import DeliveryError
from core.reply import Button, Delivery, Post
from core.staffside import StaffSide

SENT, ARRIVED, LOST = "→ customer", "→ customer · delivered", "⚠ not delivered: {why}"
"""Under a person's words in the room, as they leave, arrive, or do not."""
_MOST_ROOMS = 5


class Arrivals:
    """One per process; without a `side` there are no rooms."""

    def __init__(
        self, outbox: Outbox, side: StaffSide | None, places: Callable[[Thread], Sequence[Thread]] = lambda thread: ()
    ) -> None:
        self._outbox = outbox
        self._side = side
        self._places = places

    async def came(self, row: Delivery) -> None:
        """A row was delivered."""
        await self._mark(row, ARRIVED)

    async def lost(self, row: Delivery, error: DeliveryError, case_id: str) -> None:
        """A row was given up: said at once where its case is talked about."""
        await self._mark(row, LOST.format(why=error))
        where = ", ".join(part for part in (case_id and f"case {case_id}", row.thread.platform) if part)
        text = f"**A message did not reach the customer** ({where}): {error}"
        buttons: tuple[Button, ...] = ()
        if case_id and row.post.kind == "relay":
            # A person's words alone: an answer of the bot may be out of date, and the case somebody's by now.
            text += f"\n> {' '.join(row.post.text.split())[:200]}"
            buttons = (Button("retry", f"{row.id}:{case_id}", "Retry", "good"),)
        card = Post(text, kind="card", buttons=buttons)
        rooms = await self._side.rooms(case_id) if self._side and case_id else []
        for n, place in enumerate(rooms or self._places(row.thread)):
            if await self._outbox.put(place, card, key=_key(row.id, n)) is None:
                await self._outbox.rewrite(_key(row.id, n), card)

    async def again(self, row_id: int, thread: Thread, by: str) -> bool:
        """Deliver a row of this thread that was given up anew; False when there is none any more."""
        if self._side is None or not await self._side.retry(row_id, thread):
            return False
        told = Post(f"A message that had not reached the customer is sent again, by {by}.", kind="card")
        for n in range(_MOST_ROOMS):
            if await self._outbox.rewrite(_key(row_id, n), told) is None:
                break
        return True

    async def settle(self, source: str) -> None:
        """The mark of a message was put just now, and its copy may have been faster."""
        for each in await self._side.of_source(source) if self._side else ():
            if each.state == "sent" and each.direction == "to_customer":
                await self._outbox.rewrite(f"told:{source}", Post(ARRIVED, kind="notice"))

    async def _mark(self, row: Delivery, line: str) -> None:
        if self._side is None or row.post.kind != "relay":
            return
        crossing = await self._side.of_delivery(row.id)
        if crossing is not None and crossing.direction == "to_customer":
            await self._outbox.rewrite(f"told:{crossing.source}", Post(line, kind="notice"))


def _key(row_id: int, n: int) -> str:
    return f"undelivered:{row_id}:{n}"
