"""What crosses between a customer and the rooms of their case: words, files, edits, deletions, and how it arrived."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core import phrases
from core.arrivals import Arrivals
from core.case import Case, Handoff
from core.casework import Actor
from core.caseworker import Caseworker, Posts, Step
from core.conversation import Line, Message, Thread, place_key
from core.handoff import StaffPlaces
from core.orders import MARKS, Order
from core.ports import Cases, Clock, Outbox
from core.reply import Post, Press, enclosed_in
from core.staffside import Crossing, Direction, StaffSide, copy_key


class Relay:
    """One per process."""

    def __init__(
        self,
        *,
        side: StaffSide,
        cases: Cases,
        outbox: Outbox,
        caseworker: Caseworker,
        places: StaffPlaces,
        clock: Clock,
        wake: Callable[[], None],
        alias: str,
    ) -> None:
        self._side = side
        self._cases = cases
        self._outbox = outbox
        self._caseworker = caseworker
        self._places = places
        self._clock = clock
        self._wake = wake
        self._alias = alias
        self._arrivals = Arrivals(outbox, side)

    async def rooms(self, case: Case) -> Sequence[Thread]:
        """Where the team talks about a case; the staff places while there is no room yet."""
        return await self._side.rooms(case.id) or self._places(case.thread)

    async def customer_wrote(self, case: Case, message: Message) -> None:
        """Carry a customer's message to every room of the case."""
        source = place_key(message.thread, message.id)
        for room in await self.rooms(case):
            enclosed = enclosed_in(message, is_for_staff=True)
            post = Post(_quoted(case, message), kind="relay", enclosed=enclosed)
            await self._side.cross(_crossing(case, "to_staff", source, room, f"customer:{message.author.id}"), post)
        self._wake()

    async def edited(self, message: Message) -> bool:
        """A message that had crossed reads otherwise now; False when it never crossed."""
        source = place_key(message.thread, message.id)
        crossings = await self._side.of_source(source)
        for each in crossings:
            case = await self._cases.get(each.case_id)
            if case is None:
                continue
            if each.direction == "to_staff":
                post = Post(_quoted(case, message), kind="relay", footer="edited")
            else:
                text = MARKS.sub("", message.text, count=1).strip()
                post = replace(
                    self._spoken(text, case.owner_name), footer=f"{self._alias.format(name=case.owner_name)} · edited"
                )
                await self._side.relabel(source, text)
            await self._outbox.rewrite(each.outbox_key, post)
        self._wake()
        return bool(crossings)

    async def deleted(self, place: Thread, message_id: str) -> bool:
        """A message that had crossed was taken back: so is its copy."""
        source = place_key(place, message_id)
        crossings = await self._side.of_source(source)
        for each in crossings:
            await self._outbox.rewrite(each.outbox_key, Post("", kind="gone"))
            if each.direction == "to_customer":
                await self._side.relabel(source, "")
        self._wake()
        return bool(crossings)

    async def reply(self, case: Case, order: Order, by: Actor, source: str) -> Case | str:
        """A person's words go to the customer, and the case is theirs; or why not."""
        text = order.text
        if not (text or order.enclosed):
            return "There is nothing to send: write the words after the mark."
        names = [f"({each.attachment.name})" for each in order.enclosed]
        line = Line("person", by.name, "\n".join([text, *names]).strip(), self._clock.now(), message_id=source)
        why = Handoff("answered", f"{by.name} answers the customer.")
        crossing = _crossing(case, "to_customer", source, case.thread, by.owner)
        step = Step("speak", by, why, lines=(line,), crossings=(crossing,))

        async def posts(after: Case) -> Posts:
            return [(after.thread, replace(self._spoken(text, by.name), enclosed=order.enclosed))]

        return await self._caseworker.act(case, step, posts)

    async def retry(self, press: Press) -> str:
        """Words of a person that did not reach the customer, once more."""
        row_id, _, case_id = press.value.partition(":")
        case = await self._cases.get(case_id)
        if case is None or not press.is_staff_place or not row_id.isdigit():
            return phrases.NOT_FOUND
        is_sent = await self._arrivals.again(int(row_id), case.thread, press.presser_name)
        self._wake()
        return "It is sent again now." if is_sent else "That was sent again already."

    async def settle(self, source: str) -> None:
        """The mark under a message was put just now, and its copy may have been faster."""
        await self._arrivals.settle(source)
        self._wake()

    def _spoken(self, text: str, name: str) -> Post:
        return Post(text, kind="relay", footer=self._alias.format(name=name))


def _crossing(case: Case, direction: Direction, source: str, target: Thread, by: str) -> Crossing:
    return Crossing(case.id, direction, source, target, copy_key(direction, source, target), by)


def _quoted(case: Case, message: Message) -> str:
    files = "".join(f"\n(file: {each.name})" for each in message.attachments)
    return f"**{message.author.name}** (case {case.id}): {message.text}{files}"
