"""Proving who one is on Discord: messages and forms that only their user sees."""

from typing import Any

from core.identity import Step
from core.reply import Button, Post
from tests.adapters.discord.rig import Rig, open_rig


async def _shown(rig: Rig, count: int) -> dict[str, Any]:
    """The so-manieth private answer."""
    answers = await rig.sim.changes.until(
        lambda: [body for route, body in rig.calls("PATCH") if "/webhooks/" in route][count - 1 :]
    )
    return answers[0]


async def test_a_press_leads_in_private_from_address_to_code_to_an_end() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.steps = [
            Step("Which address?", "address"),
            Step("A code is on its way.", "code"),
            Step("I know who you are now.", is_done=True),
        ]
        thread = (await rig.asked(channel=rig.dm)).thread
        ask = rig.delivery(Post("Who?", buttons=(Button("verify", "T-7", "Verify it's me"),)), thread=thread)
        message = rig.message(await rig.chat.deliver(ask))
        pressed = await rig.sim.press(rig.user, message, "firstline:verify:T-7")
        assert pressed.response == {"type": 5, "data": {"flags": 64}}, "for the presser alone"
        assert "Enter my e-mail address" in str(await _shown(rig, 1))
        opened = await rig.sim.press(rig.user, message, "firstline:verify_address:T-7")
        assert opened.response is not None
        assert opened.response["type"] == 9, "a form"
        await rig.sim.submit(rig.user, "firstline:verify_address:T-7", {"value": "ada@example.com"}, rig.dm)
        shown = str(await _shown(rig, 2))
        assert "A code is on its way." in shown
        assert "firstline:verify_again:T-7" in shown
        await rig.sim.submit(rig.user, "firstline:verify_code:T-7", {"value": "246 810"}, rig.dm)
        assert "I know who you are now." in str(await _shown(rig, 3))
        told = [(press.action, press.text, press.value) for press in rig.desk.presses]
        assert told == [
            ("verify", "", "T-7"),
            ("verify_address", "ada@example.com", "T-7"),
            ("verify_code", "246 810", "T-7"),
        ]
