"""Channels where people also talk to each other, guests of other organisations, and the queue on the Home tab."""

from typing import Any

from core.platform import Listed
from tests.adapters.slack.rig import Rig, open_rig
from tests.servers.slack import BOT_USER, PUBLIC_CHANNEL, TEAM, SlackSim

_STAFF = "C0STAFF01"
_GUEST_TEAM = "T0ELSEWHERE"


async def _settled(rig: Rig) -> list[str]:
    """Events come in order, so after this one all are in."""
    rig.sim.say(rig.user, "the end")
    await rig.desk.until(messages=len(rig.desk.messages) + 1)
    return [message.text for message in rig.desk.messages if message.text != "the end"]


async def test_in_a_busy_channel_only_what_asks_the_room_or_calls_the_bot_is_answered() -> None:
    async with open_rig(listens=True, busy_channels=(PUBLIC_CHANNEL,)) as rig:
        ann, ben = rig.sim.user(2), rig.sim.user(3)
        rig.sim.say(ann, "How do I export my invoices?", channel=PUBLIC_CHANNEL)
        await rig.desk.until(messages=1)
        rig.sim.say(ben, f"<@{ann}> did you look under Billing?", channel=PUBLIC_CHANNEL)
        rig.sim.say(ann, "yes, there is nothing there", channel=PUBLIC_CHANNEL)
        rig.sim.say(ben, "good morning all", channel=PUBLIC_CHANNEL)
        rig.sim.say(ben, "and what about refunds?", channel=PUBLIC_CHANNEL, mention=True)
        await rig.desk.until(messages=2)
        assert await _settled(rig) == ["How do I export my invoices?", "and what about refunds?"]


async def test_a_thread_of_ours_in_a_busy_channel_goes_on_without_a_mention() -> None:
    async with open_rig(listens=True, busy_channels=(PUBLIC_CHANNEL,)) as rig:
        asked = rig.sim.say(rig.user, "How long is delivery?", channel=PUBLIC_CHANNEL)
        await rig.desk.until(messages=1)
        rig.sim.say(rig.user, "to Norway", channel=PUBLIC_CHANNEL, thread_ts=asked["ts"])
        await rig.desk.until(messages=2)
        assert rig.desk.messages[1].thread.root == asked["ts"]


async def test_in_a_confident_channel_nobody_asked_us_unless_we_are_mentioned() -> None:
    async with open_rig(listens=True, confident_channels=(PUBLIC_CHANNEL,)) as rig:
        asked = rig.sim.say(rig.user, "How long is delivery?", channel=PUBLIC_CHANNEL)
        rig.sim.say(rig.user, "How long is delivery?", channel=PUBLIC_CHANNEL, mention=True)
        rig.sim.say(rig.user, "to Norway", channel=PUBLIC_CHANNEL, thread_ts=asked["ts"])
        rig.sim.say(rig.user, "How long is delivery?")
        await rig.desk.until(messages=4)
        assert [message.only_if_sure for message in rig.desk.messages] == [True, False, False, False]


async def test_what_a_person_looks_at_comes_with_their_direct_messages_alone() -> None:
    async with open_rig(listens=True, support_channels=(PUBLIC_CHANNEL,)) as rig:
        entity = {"type": "slack#/types/channel_id", "value": PUBLIC_CHANNEL, "team_id": TEAM}
        rig.sim.emit({"type": "app_context_changed", "user": rig.user, "context": {"entities": [entity]}})
        rig.sim.say(rig.user, "What is this about?")
        await rig.desk.until(messages=1)
        rig.sim.say(rig.user, "And here?", channel=PUBLIC_CHANNEL)
        await rig.desk.until(messages=2)
        rig.sim.emit({"type": "app_context_changed", "user": rig.user, "context": {}})
        rig.sim.say(rig.user, "And now?")
        await rig.desk.until(messages=3)
        name = rig.sim.channels[PUBLIC_CHANNEL]["name"]
        assert [each.looking_at for each in rig.desk.messages] == [f"a channel called #{name}", "", ""]


async def test_a_guest_of_another_organisation_is_never_staff() -> None:
    async with open_rig(listens=True) as rig:
        root = rig.sim.say(rig.user, "a case", channel=_STAFF)
        event = {"type": "message", "channel": _STAFF, "channel_type": "channel", "thread_ts": root["ts"]}
        for n, team in enumerate((TEAM, _GUEST_TEAM)):
            more = {"ts": f"12.{n}", "event_ts": f"12.{n}", "user": rig.user, "user_team": team, "text": team}
            rig.sim.emit(event | more)
        await rig.desk.until(messages=1)
        assert await _settled(rig) == [TEAM]
        assert rig.desk.messages[0].is_staff_place
        rig.sim.users[rig.user]["team_id"] = _GUEST_TEAM
        await rig.sim.action(rig.user, {"action_id": "firstline:approve", "value": "A-1"}, channel=_STAFF)
        await rig.desk.until(presses=1)
        assert not rig.desk.presses[0].is_staff_place


def _hire(sim: SlackSim) -> None:
    sim.channels[_STAFF]["members"] = [sim.user(1), BOT_USER]


async def _home(rig: Rig, user: str) -> list[dict[str, Any]]:
    rig.sim.homes.pop(user, None)
    rig.sim.emit({"type": "app_home_opened", "user": user, "channel": rig.dm, "tab": "home", "event_ts": "1.0"})
    shown: dict[str, Any] = await rig.sim.changes.until(lambda: rig.sim.homes.get(user))
    return shown["blocks"]


async def test_staff_see_the_queue_on_their_home_tab_and_customers_do_not() -> None:
    async with open_rig(listens=True, prepare=_hire) as rig:
        rig.desk.queued = [Listed("C-1", "C-1", "**C-1** nobody", is_free=True), Listed("C-2", "C-2", "**C-2** Ben")]
        title, first, second, *_ = await _home(rig, rig.user)
        assert title["text"]["text"] == "The queue: 1 to claim, 1 with somebody"
        assert first["accessory"]["value"] == "C-1"
        assert "accessory" not in second
        assert "C-1" not in str(await _home(rig, rig.sim.user(2)))


async def test_a_case_claimed_on_the_home_tab_is_claimed_as_staff_and_shows_at_once() -> None:
    async with open_rig(listens=True, prepare=_hire) as rig:
        rig.desk.queued = [Listed("C-1", "C-1", "**C-1** nobody", is_free=True)]
        _, case, *_ = await _home(rig, rig.user)
        rig.desk.queued = [Listed("C-1", "C-1", "**C-1** User1")]
        rig.sim.homes.pop(rig.user)
        await rig.sim.press_home(rig.user, case["accessory"])
        [press] = rig.desk.presses
        assert (press.action, press.value, press.is_staff_place, press.thread.channel) == ("claim", "C-1", True, _STAFF)
        assert "0 to claim, 1 with somebody" in str(await rig.sim.changes.until(lambda: rig.sim.homes.get(rig.user)))
        await rig.sim.press_home(rig.sim.user(2), case["accessory"])
        assert [each.is_staff_place for each in rig.desk.presses] == [True, False]
