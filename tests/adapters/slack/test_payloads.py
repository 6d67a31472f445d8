"""Payloads of the shapes that Slack's reference pages show, with all their fields and nulls, through signed HTTP.

The stand-in sends what we thought of; these are what Slack says it sends. Values are our own.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from tests.adapters.slack.rig import Rig, open_rig
from tests.adapters.slack.test_http import running_app, served
from tests.servers.slack import BOT, BOT_USER, PUBLIC_CHANNEL, SIGNING_SECRET, TEAM, sign

Json = dict[str, Any]
USER = "U0USER00001"
DM = "D0USER00001"


def envelope(event: Json, **more: Any) -> Json:
    """As the Events API wraps an event."""
    return {
        "token": "not-used-any-more",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "context_enterprise_id": None,
        "api_app_id": "A0BENCH01",
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{abs(hash(json.dumps(event))) % 10**9}",
        "event_time": 1_774_000_000,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-eyJldCI6Im1lc3NhZ2UifQ",
        **more,
    }


def message(**more: Any) -> Json:
    """A message event of a person."""
    return {
        "type": "message",
        "user": USER,
        "ts": "1774000000.000100",
        "client_msg_id": "b6a1c0de-0000-4000-8000-000000000001",
        "text": "Where is my parcel?",
        "team": TEAM,
        "blocks": [{"type": "rich_text", "block_id": "x1", "elements": []}],
        "channel": DM,
        "event_ts": "1774000000.000100",
        "channel_type": "im",
        **more,
    }


FILE: Json = {
    "id": "F0PARCEL01",
    "created": 1_774_000_000,
    "timestamp": 1_774_000_000,
    "name": "parcel.png",
    "title": "parcel.png",
    "mimetype": "image/png",
    "filetype": "png",
    "pretty_type": "PNG",
    "user": USER,
    "user_team": TEAM,
    "editable": False,
    "size": 12345,
    "mode": "hosted",
    "is_external": False,
    "external_type": "",
    "is_public": False,
    "public_url_shared": False,
    "display_as_bot": False,
    "username": "",
    "url_private": "https://files.slack.com/files-pri/T0BENCH01-F0PARCEL01/parcel.png",
    "url_private_download": "https://files.slack.com/files-pri/T0BENCH01-F0PARCEL01/download/parcel.png",
    "media_display_type": "unknown",
    "thumb_64": "https://files.slack.com/files-tmb/T0BENCH01-F0PARCEL01-0/parcel_64.png",
    "original_w": 800,
    "original_h": 600,
    "has_rich_preview": False,
    "file_access": "visible",
}
CONNECT_FILE: Json = {"id": "F0SHARED01", "created": 0, "mode": "file_access", "file_access": "check_file_info"}


@asynccontextmanager
async def slack(**more: Any) -> AsyncGenerator[tuple[Rig, "Sender"]]:
    async with (
        open_rig(mode="http", **more) as rig,
        served(rig) as url,
        running_app(rig.app, rig),
        aiohttp.ClientSession() as session,
    ):
        yield rig, Sender(session, url)


class Sender:
    """Slack's side of the address."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def event(self, event: Json, **more: Any) -> int:
        """Deliver an event; the status of the answer."""
        body = json.dumps(envelope(event, **more))
        return await self._post(body, "application/json")

    async def interaction(self, payload: Json) -> int:
        """Deliver a press or form."""
        return await self._post(urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded")

    async def _post(self, body: str, kind: str) -> int:
        headers = {"content-type": kind, **sign(body, SIGNING_SECRET)}
        async with self._session.post(self._url, data=body, headers=headers) as answer:
            return answer.status


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"subtype": None, "files": None, "thread_ts": None},
        {"subtype": "file_share", "files": [FILE], "upload": False},
        {"subtype": "file_share", "files": [CONNECT_FILE], "text": ""},
        {"subtype": "thread_broadcast", "thread_ts": "1773999999.000100", "root": {"ts": "1773999999.000100"}},
        {"app_context": {"entities": [{"type": "slack#/types/channel_id", "value": "C1", "team_id": TEAM}]}},
        {"assistant_thread": {"action_token": "1.2"}, "thread_ts": "1773999999.000100"},
        {"user_profile": {"avatar_hash": "", "name": "ann"}, "user_team": TEAM, "source_team": TEAM},
        {"edited": {"user": USER, "ts": "1774000001.000000"}, "attachments": None, "reactions": []},
    ],
    ids=lambda more: ",".join(more) or "plain",
)
async def test_every_kind_of_direct_message_reaches_the_desk(more: Json) -> None:
    async with slack() as (rig, sender):
        assert await sender.event(message(**more)) == 200
        await rig.desk.until(messages=1)
        [got] = rig.desk.messages
        assert (got.author.id, got.thread.channel, got.is_private) == (USER, DM, True)
        assert len(got.attachments) == len(more.get("files") or ())


async def test_a_mention_has_no_channel_type_and_comes_with_files_or_without() -> None:
    event = {
        "type": "app_mention",
        "user": USER,
        "text": f"<@{BOT_USER}> look",
        "ts": "1774000000.000200",
        "channel": PUBLIC_CHANNEL,
        "event_ts": "1774000000.000200",
        "files": [FILE],
    }
    async with slack() as (rig, sender):
        assert await sender.event(event) == 200
        await rig.desk.until(messages=1)
        assert [each.name for each in rig.desk.messages[0].attachments] == ["parcel.png"]
        assert rig.desk.messages[0].text == "look"


NOT_ANSWERED: list[Json] = [
    message(bot_id=BOT, user=BOT_USER, app_id="A0BENCH01", subtype=None),
    message(subtype="message_changed", user=None, hidden=True, message={"bot_id": BOT, "ts": "1"}),
    message(subtype="channel_join", inviter="U2"),
    message(subtype="bot_message", bot_id="B0STRANGER", user=None, username="deploys"),
    message(subtype="assistant_app_thread", bot_id=BOT, assistant_app_thread={"title": "", "title_blocks": []}),
    message(subtype="huddle_thread", user="USLACKBOT", no_notifications=True),
    {"type": "member_joined_channel", "user": USER, "channel": "C1", "channel_type": "C", "team": TEAM},
    {"type": "reaction_added", "user": USER, "reaction": "tada", "item_user": BOT_USER, "event_ts": "1.2",
     "item": {"type": "message", "channel": DM, "ts": "1.1"}},
    {"type": "app_context_changed", "context": {}},
    {"type": "agent_session_stopped", "channel": DM, "thread_ts": "1.1", "streaming_message_ts": [], "user": USER},
    {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": ["U2"]}},
    {"type": "app_home_opened", "user": USER, "channel": DM, "tab": "home", "event_ts": "1.2", "view": None},
    {"type": "something_new_of_next_year", "odd": {"a": [None, 1.5, {"b": []}]}},
]  # fmt: skip


@pytest.mark.parametrize(
    "event",
    NOT_ANSWERED,
    ids=lambda event: str(event.get("subtype") or event["type"]),
)  # fmt: skip
async def test_what_is_no_message_of_a_person_is_acknowledged_and_answered_by_nobody(event: Json) -> None:
    async with slack() as (rig, sender):
        assert await sender.event(event) == 200
        assert await sender.event(message(text="the end", ts="1774000009.000100")) == 200
        await rig.desk.until(messages=1)
        assert [each.text for each in rig.desk.messages] == ["the end"]
        assert rig.desk.presses == []


async def test_edits_and_deletions_name_the_message_inside() -> None:
    before = message()
    now = message(text="Where is order #88291?", edited={"user": USER, "ts": "1774000001.000000"})
    changed = {"type": "message", "hidden": True, "channel": DM, "channel_type": "im", "ts": "1774000001.000100"}
    async with slack() as (rig, sender):
        await sender.event(before)
        edit = {"subtype": "message_changed", "message": now, "previous_message": before}
        assert await sender.event(changed | edit) == 200
        gone = {"subtype": "message_deleted", "deleted_ts": before["ts"], "previous_message": now}
        assert await sender.event(changed | gone | {"ts": "1774000002.000100"}) == 200
        await rig.desk.until(changes=2)
        assert rig.desk.edits[0].text == "Where is order #88291?"
        assert rig.desk.deletes[0][1] == before["ts"]


PRESSED: Json = {
    "type": "block_actions",
    "user": {"id": USER, "username": "ann", "name": "ann", "team_id": TEAM},
    "api_app_id": "A0BENCH01",
    "token": "not-used-any-more",
    "container": {
        "type": "message",
        "message_ts": "1774000000.000300",
        "channel_id": DM,
        "is_ephemeral": False,
        "thread_ts": "1774000000.000100",
    },
    "trigger_id": "12.34.ab",
    "team": {"id": TEAM, "domain": "bench"},
    "enterprise": None,
    "is_enterprise_install": False,
    "channel": {"id": DM, "name": "directmessage"},
    "message": {
        "user": BOT_USER,
        "type": "message",
        "ts": "1774000000.000300",
        "bot_id": BOT,
        "app_id": "A0BENCH01",
        "text": "Well?",
        "team": TEAM,
        "blocks": [],
        "thread_ts": "1774000000.000100",
    },
    "state": {"values": {}},
    "response_url": "https://hooks.slack.com/actions/T0BENCH01/1/x",
}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"type": "button", "action_id": "firstline:escalate", "block_id": "b", "value": "C-1",
          "text": {"type": "plain_text", "text": "Talk to a person", "emoji": True}, "action_ts": "1.1"},
         ("escalate", "C-1")),
        ({"type": "feedback_buttons", "action_id": "firstline:feedback", "block_id": "b", "value": "good:t1",
          "text": {"type": "plain_text", "text": "Helpful", "emoji": True}, "action_ts": "1.1"},
         ("feedback", "good:t1")),
    ],
)  # fmt: skip
async def test_buttons_and_feedback_are_pressed(action: Json, expected: tuple[str, str]) -> None:
    async with slack() as (rig, sender):
        assert await sender.interaction(PRESSED | {"actions": [action]}) == 200
        await rig.desk.until(presses=1)
        [press] = rig.desk.presses
        assert (press.action, press.value) == expected
        assert (press.presser_id, press.thread.root) == (USER, "1774000000.000100")


async def test_a_form_is_sent_with_all_that_a_view_carries() -> None:
    values = {
        "detail": {"value": {"type": "plain_text_input", "value": "The cup arrived broken"}},
        "order": {"value": {"type": "plain_text_input", "value": None}},
        "call": {"value": {"type": "plain_text_input", "value": None}},
    }
    view: Json = {
        "id": "V0FORM0001",
        "team_id": TEAM,
        "type": "modal",
        "blocks": [],
        "private_metadata": "",
        "callback_id": "firstline_form",
        "state": {"values": values},
        "hash": "1.abc",
        "title": {"type": "plain_text", "text": "Ask for help", "emoji": True},
        "clear_on_close": False,
        "notify_on_close": False,
        "close": None,
        "submit": None,
        "previous_view_id": None,
        "root_view_id": "V0FORM0001",
        "app_id": "A0BENCH01",
        "external_id": "",
        "app_installed_team_id": TEAM,
        "bot_id": BOT,
    }
    sent = {key: PRESSED[key] for key in ("user", "api_app_id", "token", "trigger_id", "team", "enterprise")}
    payload: Json = {
        **sent,
        "type": "view_submission",
        "view": view,
        "response_urls": [],
        "is_enterprise_install": False,
    }
    async with slack() as (rig, sender):
        assert await sender.interaction(payload) == 200
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].text == "The cup arrived broken"


async def test_a_message_shortcut_carries_the_message_whose_menu_was_used() -> None:
    sent = {key: PRESSED[key] for key in ("user", "token", "trigger_id", "team", "enterprise", "channel")}
    payload = {
        **sent,
        "type": "message_action",
        "action_ts": "1774000003.000000",
        "callback_id": "firstline_ask",
        "message_ts": "1774000000.000100",
        "message": {"type": "message", "user": "U2", "ts": "1774000000.000100", "text": "It fails", "team": TEAM},
        "response_url": "https://hooks.slack.com/app/T0BENCH01/1/x",
        "is_enterprise_install": False,
    }
    async with slack() as (rig, sender):
        assert await sender.interaction(payload) == 200
        await rig.desk.until(messages=1)
        assert rig.desk.messages[0].text == "> It fails"
