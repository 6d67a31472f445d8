"""What rings by itself: handlers, their failures, and approvals that run out."""

from datetime import timedelta
from pathlib import Path

from core.timers import Timer
from tests.core.rig import rig
from tests.fakes.model import ScriptedModel, calls, says

REFUND = calls("initiate_refund", '{"order_id": "88291", "reason": "damaged"}')


async def test_an_approval_nobody_gives_is_closed_and_both_sides_are_told(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(REFUND, says("Asked.")), limit="50") as here:
        await here.says("I want a refund for order #88291, it is damaged")
        await here.settled()
        (card,) = [post for post in here.chat.messages.values() if post.kind == "card"]
        here.clock.move(hours=71)
        assert await here.alarm.ring() == 0
        here.clock.move(hours=1)
        assert await here.alarm.ring() == 1
        await here.settled()
        assert "Nobody of our team decided in time" in here.texts[-1]
        (closed,) = here.cards
        assert closed.startswith("**Expired: Refund order #88291")
        assert "expired" in await here.presses("approve", card.buttons[0].value)
        assert await here.alarm.ring() == 0
        assert here.paid == []
        assert sum("decided in time" in text for text in here.texts) == 1


async def test_what_has_run_out_can_be_asked_for_anew(tmp_path: Path) -> None:
    model = ScriptedModel(REFUND, says("Asked."), REFUND, says("Asked again."))
    async with rig(tmp_path, model, limit="50") as here:
        await here.says("refund order 88291 please")
        await here.settled()
        here.clock.move(hours=72)
        await here.alarm.ring()
        await here.settled()
        await here.says("then refund order 88291 again")
        await here.settled()
        newest = [post for post in here.chat.messages.values() if post.kind == "card"][-1]
        await here.presses("approve", newest.buttons[0].value)
        assert len(here.paid) == 1


async def test_an_approval_that_was_given_never_runs_out(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(REFUND, says("Asked.")), limit="50") as here:
        await here.says("refund order 88291 please")
        await here.settled()
        (card,) = [post for post in here.chat.messages.values() if post.kind == "card"]
        await here.presses("approve", card.buttons[0].value)
        here.clock.move(hours=100)
        assert await here.alarm.ring() == 0
        assert len(here.paid) == 1


async def test_a_handler_that_breaks_is_rung_again_and_holds_up_no_other(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        rung: list[str] = []

        async def breaks_once(timer: Timer) -> None:
            rung.append(timer.id)
            if rung == ["odd"]:
                raise ValueError("broken")

        here.alarm.on("note", breaks_once)
        now = here.clock.now()
        await here.store.timers.set(Timer("odd", "note", now))
        await here.store.timers.set(Timer("even", "note", now + timedelta(seconds=1)))
        await here.alarm.ring()
        here.clock.move(seconds=5)
        await here.alarm.ring()
        assert rung == ["odd", "even"]
        here.clock.move(minutes=2)
        await here.alarm.ring()
        await here.alarm.ring()
        assert rung == ["odd", "even", "odd"]
