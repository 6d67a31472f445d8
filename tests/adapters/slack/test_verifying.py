"""Proving who one is on Slack: a form of steps that only its user sees."""

from core.identity import Step
from core.reply import Button, Post
from tests.adapters.slack.rig import open_rig


async def test_a_press_opens_a_form_that_goes_from_address_to_code_to_an_end() -> None:
    async with open_rig(listens=True) as rig:
        rig.desk.steps = [
            Step("Which [address](https://a.example/x)?", "address"),
            Step("A code is on its way.", "code"),
            Step("Which address?", "address"),
            Step("That is not the code.", "code"),
            Step("I know who you are now.", is_done=True),
        ]
        ref = await rig.chat.deliver(rig.delivery(Post("Who?", buttons=(Button("verify", "T-7", "Verify it's me"),))))
        message = rig.message(ref)
        action = {"type": "button", "action_id": "firstline:verify", "value": "T-7"}
        await rig.sim.action(rig.user, action, message)
        view_id = await rig.sim.changes.until(lambda: next(iter(rig.sim.views), None))
        assert "<https://a.example/x|address>" in str(rig.sim.views[view_id])
        told = await rig.sim.submit(rig.user, view_id, {"address": {"value": {"value": " ada@example.com "}}})
        assert told["response_action"] == "update"
        assert "A code is on its way." in str(told["view"])
        assert "verify_again" in str(told["view"])
        assert (rig.desk.presses[1].action, rig.desk.presses[1].text) == ("verify_address", "ada@example.com")
        assert {press.value for press in rig.desk.presses} == {"T-7"}
        assert {(press.presser_id, press.thread.tenant) for press in rig.desk.presses} == {
            (rig.user, rig.desk.presses[0].thread.tenant)
        }
