"""What a process does when another one rings, or has left a wish in the database."""

from collections.abc import Awaitable, Callable, Collection

from core.bell import Ring
from core.conversation import Thread
from core.courier import Courier
from core.gate import Gate
from core.mailbox import Mailbox
from core.ports import Turns
from core.runner import TurnRunner


def _nothing() -> None:
    return


class Ears:
    """Acts on what other processes ring; one a process."""

    def __init__(
        self,
        *,
        turns: Turns,
        mailbox: Mailbox,
        runner: TurnRunner,
        courier: Courier,
        gate: Gate,
        platforms: Collection[str],
        taught: Callable[[], None] = _nothing,
    ) -> None:
        self._turns = turns
        self._mailbox = mailbox
        self._runner = runner
        self._courier = courier
        self._gate = gate
        self._platforms = platforms
        self._taught = taught

    def hear(self, ring: Ring) -> None:
        """Act on one."""
        if ring.what == "post":
            if ring.place in self._platforms:
                self._courier.wake()
            return
        if ring.what == "taught":
            self._taught()
            return
        thread = Thread.from_key(ring.place)
        if thread.platform not in self._platforms:
            return
        match ring.what:
            case "work":
                self._mailbox.wake(thread)
            case "more":
                if not self._runner.merge(thread):
                    self._mailbox.wake(thread)
            case "taken":
                self._gate.hush(thread)
                self._runner.interrupt(thread, "taken", turn_id=ring.turn_id)
            case why:
                self._runner.interrupt(thread, why, turn_id=ring.turn_id)

    def looking(self, look: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        """A look that also finds wishes about our running turns, rung or not."""

        async def both() -> None:
            for ring in await self._turns.wishes():
                self.hear(ring)
            await look()

        return both
