"""What became of words to a customer stands under them in the room; what did not arrive can be sent again."""

from pathlib import Path

from core import phrases
from core.errors import DeliveryError
from core.reply import Button, Delivery, Press
from tests.core.rig import STAFF, THREAD, Rig, rig
from tests.core.test_staffroom import escalated, room_texts, typed
from tests.fakes.chat import MemoryChat
from tests.fakes.model import ScriptedModel


class LeftChat(MemoryChat):
    """The customer may have left."""

    has_left = False

    async def deliver(self, delivery: Delivery) -> str:
        if self.has_left and delivery.thread == THREAD:
            raise DeliveryError("this person takes no direct messages from me", is_final=True)
        return await super().deliver(delivery)


def retry(here: Rig) -> Button:
    return next(
        each for post in reversed(here.chat.messages.values()) for each in post.buttons if each.action == "retry"
    )


async def test_words_that_arrived_say_so(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        _, room = await escalated(here)
        await typed(here, room, ">> Two days.")
        assert room_texts(here, room)[-1] == "→ customer · delivered"


async def test_a_customer_who_left_is_said_at_once_in_the_room_and_retry_sends_once(tmp_path: Path) -> None:
    chat = LeftChat()
    async with rig(tmp_path, ScriptedModel(), chat=chat) as here:
        case, room = await escalated(here)
        chat.has_left = True
        await typed(here, room, ">> Two days.")
        told = room_texts(here, room)
        assert "⚠ not delivered: this person takes no direct messages from me" in told
        assert told[-1].startswith(f"**A message did not reach the customer** (case {case.id}, memory)")
        assert told[-1].endswith("> Two days.")
        again = retry(here)
        assert await here.presses("retry", again.value) == "It is sent again now."
        assert any("did not reach" in each for each in room_texts(here, room)), "it failed again, and says so again"
        chat.has_left = False
        assert await here.presses("retry", retry(here).value) == "It is sent again now."
        assert here.texts.count("Two days.") == 1
        assert "→ customer · delivered" in room_texts(here, room)
        assert await here.presses("retry", again.value) == "That was sent again already."
        assert here.texts.count("Two days.") == 1


async def test_only_the_team_sends_again_and_only_what_belongs_to_that_case(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        case, _ = await escalated(here)
        customer = Press("k", "retry", f"1:{case.id}", "u1", "Ada", THREAD)
        assert await here.reception.press(customer) == phrases.NOT_FOUND
        for value in (f"x:{case.id}", "1:C-NONE", "1"):
            press = Press("k", "retry", value, "staff-1", "Sam", STAFF, True)
            assert await here.reception.press(press) == phrases.NOT_FOUND
        assert await here.presses("retry", f"999:{case.id}") == "That was sent again already."
