"""Staff say which customer somebody is; kept with their name, and what waited for it is answered by itself."""

from core import phrases
from core.case import Case
from core.casework import Actor
from core.conversation import Line
from core.doorkeeper import Doorkeeper
from core.identity import ChatUser
from core.knowing import Knowing
from core.ports import Cases, Clock


class Vouching:
    """One a process."""

    def __init__(self, doorkeeper: Doorkeeper, knowing: Knowing, *, cases: Cases, clock: Clock) -> None:
        self._doorkeeper = doorkeeper
        self._knowing = knowing
        self._cases = cases
        self._clock = clock

    async def vouch(self, case: Case, customer_id: str, by: Actor) -> str:
        """Somebody of staff says which customer wrote the case; the line is for them."""
        user, customer_id = ChatUser.of(case.author_id, case.thread), customer_id.strip()
        is_done, line = await self._doorkeeper.vouched(user, customer_id, by=by.owner)
        if not is_done:
            return line
        said = f"Internal note by {by.name}: vouched that the customer of this case is {customer_id}"
        await self._cases.note(case, Line("system", by.name, said, self._clock.now()))
        if not case.is_with_ai:
            return f"{line} {phrases.VOUCHED_LATER}"
        return f"{line} {phrases.VOUCHED_GOES_ON}" if await self._knowing.vouched(case) else line

    async def returned(self, case: Case) -> None:
        """The bot has the case again: if it is known by now who wrote it, what waited for that is answered."""
        if await self._doorkeeper.knows(ChatUser.of(case.author_id, case.thread)):
            await self._knowing.vouched(case)
