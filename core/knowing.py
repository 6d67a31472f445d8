"""Getting to know somebody in private, and going on afterwards with what they had asked."""

from collections.abc import Callable
from dataclasses import replace

from core import phrases
from core.case import Case
from core.conversation import Message, Thread
from core.doorkeeper import Caller, Doorkeeper
from core.identity import ChatUser, Step
from core.ports import Inbox, Outbox, Turns
from core.reply import Post, Press
from core.turn import InboxEvent

BLANKED = "(a verification code)"


class Knowing:
    """One a process."""

    def __init__(
        self,
        doorkeeper: Doorkeeper,
        *,
        inbox: Inbox,
        outbox: Outbox,
        turns: Turns,
        wake: Callable[[Thread], None],
        deliver: Callable[[], None],
    ) -> None:
        self._doorkeeper = doorkeeper
        self._inbox = inbox
        self._outbox = outbox
        self._turns = turns
        self._wake = wake
        self._deliver = deliver

    async def step(self, press: Press) -> Step:
        """See `core.ports.FrontDesk.verify`."""
        caller = Caller(ChatUser.of(press.presser_id, press.thread), press.presser_name, press.value)
        match press.action:
            case "verify_address":
                step = await self._doorkeeper.send_code(caller, press.text)
            case "verify_code":
                step = await self._doorkeeper.try_code(caller, press.text)
            case _:
                step = await self._doorkeeper.begin(caller, anew=press.action == "verify_again")
        return await self._gone_on(step, caller.user)

    async def heard(self, message: Message) -> bool:
        """Somebody wrote the code into the chat: it is used or refused, and goes to no transcript and no model."""
        caller = Caller(ChatUser.of(message.author.id, message.thread), message.author.name)
        step = await self._doorkeeper.heard(caller, message.text)
        if step is None:
            return False
        blank = replace(message, text=BLANKED, attachments=())
        await self._inbox.save(InboxEvent("message", message=blank, keys=message.all_keys))
        await self._inbox.strike(message.thread, message.id)
        step = await self._gone_on(step, caller.user)
        key = f"verified:{message.thread.key}:{message.id}"
        await self._outbox.put(message.thread, Post(step.line, kind="notice"), key=key)
        self._deliver()
        return True

    async def _gone_on(self, step: Step, user: ChatUser) -> Step:
        """Once somebody is known, what waited for it is answered in its place, without being asked again."""
        if not step.is_done:
            return step
        thread = await self._wished_again(step.turn_id or await self._turns.unproved(user), by=user.author_id)
        if thread is not None:
            self._wake(thread)
        return replace(step, line=f"{step.line} {phrases.GOING_ON if thread else phrases.ASK_AGAIN}")

    async def vouched(self, case: Case) -> bool:
        """Staff have said who wrote a case: what waited for that is answered now, and its author hears why.

        False when nothing waits, or people have the case.
        """
        waiting = await self._turns.unproved(ChatUser.of(case.author_id, case.thread))
        thread = await self._wished_again(waiting, by=case.author_id)
        if thread is None:
            return False
        await self._outbox.put(case.thread, Post(phrases.VOUCHED, kind="notice"), key=f"vouched:{waiting}")
        self._deliver()
        self._wake(thread)
        return True

    async def _wished_again(self, turn_id: str, *, by: str) -> Thread | None:
        """The thread that owes the answer once more; None where nothing does."""
        thread = await self._turns.again(turn_id, by=by) if turn_id else ""
        return thread if isinstance(thread, Thread) else None
