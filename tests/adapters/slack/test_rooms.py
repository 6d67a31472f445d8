"""Channels where people also talk to each other, guests of other organisations, and the queue on the Home tab."""

from dataclasses import replace
from typing import Any

from core.platform import Listed
from tests.adapters.slack.rig import Rig, open_rig
from tests.servers.slack import BOT_TOKEN, BOT_USER, HOME, PUBLIC_CHANNEL, TEAM, SlackSim

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


async def test_a_message_that_a_person_looks_at_is_quoted_and_an_odd_context_loses_no_message() -> None:
    async with open_rig(listens=True) as rig:
        seen = rig.sim.say(rig.sim.user(2), "The export fails since noon", channel=PUBLIC_CHANNEL)
        value = {"channel_id": PUBLIC_CHANNEL, "message_ts": seen["ts"]}
        entity = {"type": "slack#/types/message_context", "value": value, "team_id": TEAM}
        event = {"type": "message", "channel": rig.dm, "channel_type": "im", "user": rig.user}
        for n, context in enumerate(({"entities": [entity]}, {"entities": [{"type": 7}]}, ["odd"], None)):
            rig.sim.emit(event | {"text": f"{n}", "ts": f"12.{n}", "event_ts": f"12.{n}", "app_context": context})
            await rig.desk.until(messages=n + 1)
        told = "a message in a channel called #support: The export fails since noon"
        assert [(each.text, each.looking_at) for each in rig.desk.messages] == [
            ("0", told),
            ("1", ""),
            ("2", ""),
            ("3", ""),
        ]


async def test_the_older_assistant_view_tells_the_open_channel_too() -> None:
    async with open_rig(listens=True) as rig:
        stamp = rig.sim.open_assistant_thread(rig.user, announce=False)
        thread = {"user_id": rig.user, "channel_id": rig.dm, "thread_ts": stamp}
        for n, kind in enumerate(("assistant_thread_started", "assistant_thread_context_changed")):
            context = {"channel_id": PUBLIC_CHANNEL} if n == 0 else {}
            rig.sim.emit({"type": kind, "assistant_thread": thread | {"context": context}, "event_ts": f"1.{n}"})
            rig.sim.say(rig.user, "What is this about?", thread_ts=stamp)
            await rig.desk.until(messages=n + 1)
        assert [each.looking_at for each in rig.desk.messages] == ["a channel called #support", ""]


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


async def test_a_guests_stop_sign_in_the_staff_channel_is_not_of_staff_and_a_colleagues_is() -> None:
    async with open_rig(listens=True) as rig:
        root = rig.sim.say(rig.user, "a case", channel=_STAFF)
        guest = rig.sim.user(2)
        rig.sim.users[guest]["team_id"] = _GUEST_TEAM
        for user in (rig.user, guest):
            rig.sim.react(user, "octagonal_sign", _STAFF, root["ts"])
        await rig.desk.until(presses=2)
        assert {each.presser_id: each.is_staff_place for each in rig.desk.presses} == {rig.user: True, guest: False}


async def test_in_an_enterprise_grid_colleagues_of_other_workspaces_are_staff_and_guests_are_not() -> None:
    def in_grid(sim: SlackSim) -> None:
        sim.teams[BOT_TOKEN] = replace(HOME, enterprise="E0ORG")

    async with open_rig(listens=True, prepare=in_grid) as rig:
        colleague, guest = rig.sim.user(2), rig.sim.user(3)
        rig.sim.users[colleague] |= {"team_id": "T0SISTER", "enterprise_user": {"enterprise_id": "E0ORG"}}
        rig.sim.users[guest] |= {"team_id": _GUEST_TEAM, "enterprise_user": {"enterprise_id": "E0OTHER"}}
        root = rig.sim.say(rig.user, "a case", channel=_STAFF)
        event = {"type": "message", "channel": _STAFF, "channel_type": "channel", "thread_ts": root["ts"]}
        for n, user in enumerate((colleague, guest)):
            team = rig.sim.users[user]["team_id"]
            more = {"ts": f"12.{n}", "event_ts": f"12.{n}", "user": user, "user_team": team, "text": team}
            rig.sim.emit(event | more)
        await rig.desk.until(messages=1)
        assert await _settled(rig) == ["T0SISTER"]
        assert rig.desk.messages[0].is_staff_place
        await rig.sim.action(colleague, {"action_id": "firstline:approve", "value": "A-1"}, channel=_STAFF)
        await rig.sim.action(guest, {"action_id": "firstline:approve", "value": "A-1"}, channel=_STAFF)
        assert [each.is_staff_place for each in rig.desk.presses] == [True, False]


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
        title, _, first, second, *_ = await _home(rig, rig.user)
        assert title["text"]["text"] == "The queue: 1 to claim, 1 with somebody"
        assert first["accessory"]["value"] == "C-1"
        assert "accessory" not in second
        assert "C-1" not in str(await _home(rig, rig.sim.user(2)))


async def test_a_case_claimed_on_the_home_tab_is_claimed_as_staff_and_shows_at_once() -> None:
    async with open_rig(listens=True, prepare=_hire) as rig:
        rig.desk.queued = [Listed("C-1", "C-1", "**C-1** nobody", is_free=True)]
        _, _, case, *_ = await _home(rig, rig.user)
        rig.desk.queued = [Listed("C-1", "C-1", "**C-1** User1")]
        rig.sim.homes.pop(rig.user)
        await rig.sim.press_home(rig.user, case["accessory"])
        [press] = rig.desk.presses
        assert (press.action, press.value, press.is_staff_place, press.thread.channel) == ("claim", "C-1", True, _STAFF)
        assert "0 to claim, 1 with somebody" in str(await rig.sim.changes.until(lambda: rig.sim.homes.get(rig.user)))
        await rig.sim.press_home(rig.sim.user(2), case["accessory"])
        assert [each.is_staff_place for each in rig.desk.presses] == [True, False]


async def test_the_home_tab_shows_the_queues_of_every_desk_that_somebody_is_in_and_no_other() -> None:
    def two_desks(sim: SlackSim) -> None:
        _hire(sim)
        for channel, members in (("C0STAFF02", [sim.user(1), sim.user(2)]), ("C0STAFF03", [sim.user(3)])):
            sim.channels[channel] = {"id": channel, "name": channel.lower(), "members": members}
            sim.messages[channel] = {}

    async with open_rig(listens=True, prepare=two_desks, staff_channels=("C0STAFF02", "C0STAFF03")) as rig:
        rig.desk.queued = [Listed("C-1", "C-1", "**C-1** nobody", is_free=True)]
        shown = await _home(rig, rig.user)
        buttons = [each["accessory"] for each in shown if "accessory" in each]
        assert [each["action_id"].rpartition(":")[2] for each in buttons] == [_STAFF, "C0STAFF02"]
        await rig.sim.press_home(rig.user, buttons[1])
        assert (rig.desk.presses[0].thread.channel, rig.desk.presses[0].is_staff_place) == ("C0STAFF02", True)
        await rig.sim.press_home(rig.sim.user(2), buttons[0])
        assert not rig.desk.presses[1].is_staff_place
