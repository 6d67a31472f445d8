"""Drafts over the stand-ins of both platforms: what the customer and the team are shown, and what a press does."""

import asyncio
import random
from pathlib import Path

import pytest

from core import phrases
from evals.cases_people import People
from evals.cases_world import open_world

ROWS = [{"name": "look first", "then": {"tier": 2, "send": "draft"}}]


@pytest.mark.parametrize("platform", ["slack", "discord"])
async def test_a_draft_waits_in_the_staff_channel_and_goes_out_once_a_person_sends_it(
    platform: str, tmp_path: Path
) -> None:
    async with (
        asyncio.timeout(60),
        open_world(tmp_path, People(random.Random(3)), {"routing": {"rows": ROWS}}) as world,
    ):
        changes = world.slack.changes if platform == "slack" else world.discord.changes
        seat = world.seat(world.tenant(platform))
        await seat.say("How long may I send something back after it came?")
        await changes.until(lambda: any(phrases.DRAFTED in text for text in seat.shown()))
        await world.press_card(seat, "a reply waits for you", "send_held")
        await changes.until(lambda: len(seat.shown()) == 2)
        await world.house.settle()
        answer = seat.shown()[1]
        assert answer.startswith("I am not sure what you mean.")
        assert "before it was sent" in answer
        await changes.until(lambda: "the reply was sent" in "\n".join(world.staff_shown(seat.tenant)))
        card = "\n".join(world.staff_shown(seat.tenant))
        assert "a reply waits for you" not in card
