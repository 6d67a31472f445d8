"""One app in several workspaces, installed by OAuth, against a stand-in with two of them."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from adapters.slack.several import SlackApps
from adapters.slack.workspaces import Workspaces
from core.conversation import Author, Message, Thread
from core.errors import DeliveryError
from core.installing import Installation
from core.reply import Delivery, Post
from core.staffside import ANY_TENANT
from tests.adapters.slack.rig import settings_for
from tests.fakes.desk import RecordingDesk
from tests.fakes.installations import KeptInstallations
from tests.servers.slack import BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, PUBLIC_CHANNEL, TEAM, Config, SlackSim, Team, serve

OTHER = Team("T0OTHER01", "Other & Co", "U0OTHERBOT", "B0OTHER01", "xoxb-other-secret")
CHANNEL, STAFF = "C0OTHER001", "C0OTHERSTAFF"
HOME_ROW = Installation("slack", TEAM, "Bench", BOT_TOKEN, "U1", datetime(2026, 1, 1, tzinfo=UTC))
OTHER_ROW = Installation("slack", OTHER.id, OTHER.name, OTHER.token, "U2", datetime(2026, 1, 2, tzinfo=UTC))


@dataclass(slots=True)
class Rig:
    """An app by HTTP, in as many workspaces as are kept."""

    sim: SlackSim
    desk: RecordingDesk
    workspaces: Workspaces
    kept: KeptInstallations
    url: str
    user: str
    """Of the other workspace."""

    async def install(self, team: Team, *, cookies: bool = True) -> tuple[int, str]:
        """Somebody agrees in their browser; the status and words of the last page."""
        self.sim.installing = team
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
            async with browser.get(f"{self.url}/slack/install", allow_redirects=False) as begun:
                consent, cookie = begun.headers["Location"], begun.cookies["slack-app-oauth-state"].value
            async with browser.get(consent, allow_redirects=False) as agreed:
                back = agreed.headers["Location"]
            headers = {"Cookie": f"slack-app-oauth-state={cookie}"} if cookies else {}
            async with browser.get(back, headers=headers) as page:
                return page.status, await page.text()

    def delivery(self, tenant: str, channel: str, text: str = "Hello") -> Delivery:
        return Delivery(id=1, thread=Thread(tenant, "slack", channel), post=Post(text), nonce="n1")

    async def is_listening(self, team: str) -> None:
        """Wait until a workspace's events are taken."""
        for _ in range(200):
            if await self._is_taken(team):
                return
        raise AssertionError(f"{team} is not listened to")

    async def _is_taken(self, team: str) -> bool:
        self.sim.config.retry_delays_s = ()
        channel = PUBLIC_CHANNEL if team == TEAM else CHANNEL
        event = {"type": "message", "subtype": "channel_join", "channel": channel, "user": "U1", "ts": "1.1"}
        payload = self.sim.event_payload(event)
        acked, *_ = await self.sim._deliver_http("events_api", payload, None, 0, "")  # pyright: ignore[reportPrivateUsage]
        return acked


@asynccontextmanager
async def rig(*rows: Installation, **more: Any) -> AsyncGenerator[Rig]:
    sim, desk, kept = SlackSim(Config(delivery="http", echo_events=False)), RecordingDesk(), KeptInstallations(*rows)
    user = sim.add_team(OTHER, CHANNEL, STAFF)
    for each in rows:
        if each.tenant == OTHER.id:
            sim.teams[OTHER.token] = OTHER
    async with serve(sim) as url:
        given = {
            "bot_token": SecretStr(""),
            "mode": "http",
            "client_id": CLIENT_ID,
            "client_secret": SecretStr(CLIENT_SECRET),
            "staff_channels": (STAFF,),
        }
        settings = settings_for(url, **{**given, **more})
        async with Workspaces(settings) as workspaces:
            await workspaces.use(kept)
            apps = SlackApps(workspaces, desk, None, kept)
            app = web.Application()
            app.add_routes(apps.routes())
            runner = web.AppRunner(app)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            own = f"http://127.0.0.1:{runner.addresses[0][1]}"
            sim.config.events_url = f"{own}/slack/events"
            sim.config.redirect_url = f"{own}/slack/oauth_redirect"
            async with asyncio.TaskGroup() as group:
                running = group.create_task(apps.run())
                built = Rig(sim, desk, workspaces, kept, own, user)
                for each in rows:
                    await built.is_listening(each.tenant)
                yield built
                running.cancel()
            await runner.cleanup()


async def test_a_workspace_that_installs_the_app_is_served_at_once() -> None:
    async with rig(HOME_ROW) as here:
        status, page = await here.install(OTHER)
        assert status == 200
        assert "Firstline is in Other &amp; Co now" in page
        await here.is_listening(OTHER.id)
        here.sim.say(here.user, "hello", channel=CHANNEL, mention=True)
        await here.desk.until(messages=1)
        assert here.desk.messages[0].thread.tenant == OTHER.id
        assert here.desk.messages[0].text == "hello"
        await here.workspaces.deliver(here.delivery(OTHER.id, CHANNEL))
        (said,) = (each for each in here.sim.messages[CHANNEL].values() if each.get("bot_id"))
        assert said["bot_id"] == OTHER.bot


async def test_each_workspace_is_answered_with_its_own_token_bot_and_names() -> None:
    async with rig(HOME_ROW, OTHER_ROW) as here:
        here.sim.say(here.sim.user(1), "from one", channel=PUBLIC_CHANNEL, mention=True)
        here.sim.say(here.user, "from the other", channel=CHANNEL, mention=True)
        await here.desk.until(messages=2)
        assert {(each.thread.tenant, each.text) for each in here.desk.messages} == {
            (TEAM, "from one"),
            (OTHER.id, "from the other"),
        }
        for tenant, channel, bot in ((TEAM, PUBLIC_CHANNEL, "B0BENCH01"), (OTHER.id, CHANNEL, OTHER.bot)):
            await here.workspaces.deliver(here.delivery(tenant, channel))
            assert [each["bot_id"] for each in here.sim.messages[channel].values() if each.get("bot_id")] == [bot]


async def test_one_workspace_at_its_limit_does_not_slow_the_other() -> None:
    async with rig(HOME_ROW, OTHER_ROW) as here:
        await here.workspaces.deliver(here.delivery(TEAM, PUBLIC_CHANNEL))
        one, other = here.workspaces.chats[TEAM].api.pace, here.workspaces.chats[OTHER.id].api.pace
        one.refused("chat.update", PUBLIC_CHANNEL, 30.0)
        assert (one.wait_s("chat.update") > 0, other.wait_s("chat.update")) == (True, 0.0)
        assert (one.used("chat.postMessage"), other.used("chat.postMessage")) == (1, 0)


async def test_buttons_and_commands_act_in_the_workspace_they_come_from() -> None:
    async with rig(HOME_ROW, OTHER_ROW) as here:
        await here.sim.action(here.user, {"action_id": "firstline:escalate", "value": "C-1"}, channel=CHANNEL)
        await here.sim.command(here.user, "/escalate", "please", channel=CHANNEL)
        assert [each.thread.tenant for each in here.desk.presses] == [OTHER.id, OTHER.id]


async def test_a_staff_channel_is_found_in_whatever_workspace_it_is() -> None:
    async with rig(HOME_ROW, OTHER_ROW) as here:
        for tenant in (ANY_TENANT, TEAM):
            ref = await here.workspaces.deliver(here.delivery(tenant, STAFF, "A case"))
            assert ref.startswith(STAFF)


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [OTHER.user]}}]
)
async def test_a_workspace_that_takes_the_app_out_is_left_and_its_token_is_gone(event: dict[str, Any]) -> None:
    async with rig(HOME_ROW, OTHER_ROW) as here:
        await here.sim.deliver("events_api", here.sim.event_payload(event, OTHER))
        assert [*here.workspaces.chats] == [TEAM]
        assert [each.tenant for each in await here.kept.all("slack")] == [TEAM]
        with pytest.raises(DeliveryError, match="not installed") as refused:
            await here.workspaces.deliver(here.delivery(OTHER.id, CHANNEL))
        assert refused.value.is_final


async def test_a_persons_own_revoked_token_changes_nothing() -> None:
    async with rig(HOME_ROW, OTHER_ROW) as here:
        event = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}
        await here.sim.deliver("events_api", here.sim.event_payload(event, OTHER))
        assert {*here.workspaces.chats} == {TEAM, OTHER.id}


async def test_what_another_replica_installed_or_changed_is_taken_over() -> None:
    async with rig(HOME_ROW) as here:
        here.sim.teams[OTHER.token] = OTHER
        await here.kept.keep(OTHER_ROW)
        await here.workspaces.refresh()
        await here.is_listening(OTHER.id)
        before = here.workspaces.chats[OTHER.id]
        await here.kept.keep(replace(OTHER_ROW, token="xoxb-newer"))
        await here.workspaces.refresh()
        assert here.workspaces.chats[OTHER.id] is not before
        assert here.workspaces.chats[OTHER.id].settings.bot_token.get_secret_value() == "xoxb-newer"


async def test_what_comes_before_another_replicas_installation_was_noticed_is_not_lost() -> None:
    async with rig(HOME_ROW) as here:
        here.sim.teams[OTHER.token] = OTHER
        await here.kept.keep(OTHER_ROW)
        here.sim.config.retry_delays_s = (0.0,) * 50
        here.sim.say(here.user, "hello", channel=CHANNEL, mention=True)
        await here.desk.until(messages=1)
        assert here.desk.messages[0].thread.tenant == OTHER.id


async def test_a_post_for_a_workspace_that_was_just_installed_elsewhere_is_delivered() -> None:
    async with rig(HOME_ROW) as here:
        here.sim.teams[OTHER.token] = OTHER
        await here.kept.keep(OTHER_ROW)
        assert (await here.workspaces.deliver(here.delivery(OTHER.id, CHANNEL))).startswith(CHANNEL)
        with pytest.raises(DeliveryError, match="invite the app there"):
            await here.workspaces.deliver(here.delivery(ANY_TENANT, "C0NOWHERE"))


async def test_the_workspace_of_the_bot_token_is_one_among_them() -> None:
    async with rig(OTHER_ROW, bot_token=SecretStr(BOT_TOKEN)) as here:
        assert {*here.workspaces.chats} == {TEAM, OTHER.id}
        await here.sim.deliver("events_api", here.sim.event_payload({"type": "app_uninstalled"}, OTHER))
        assert {*here.workspaces.chats} == {TEAM}


async def test_a_refused_token_of_one_workspace_leaves_the_others_alone() -> None:
    broken = replace(OTHER_ROW, tenant="T0BROKEN01", token="xoxb-broken")
    async with rig(HOME_ROW) as here:
        await here.kept.keep(broken)
        await here.workspaces.refresh()
        await here.is_listening(TEAM)
        here.sim.say(here.sim.user(1), "still here", channel=PUBLIC_CHANNEL, mention=True)
        await here.desk.until(messages=1)


async def test_an_event_of_a_workspace_that_is_not_ours_is_acknowledged_and_dropped() -> None:
    async with rig(HOME_ROW) as here:
        here.sim.say(here.user, "hello", channel=CHANNEL, mention=True)
        await here.is_listening(OTHER.id)
        assert here.desk.messages == []


async def test_a_page_that_was_not_begun_in_this_browser_installs_nothing() -> None:
    async with rig(HOME_ROW) as here:
        status, page = await here.install(OTHER, cookies=False)
        assert status == 400
        assert "not opened from the browser" in page
        assert [*here.kept.rows] == [("slack", TEAM)]


async def test_a_state_is_good_for_one_use() -> None:
    async with rig(HOME_ROW) as here:
        await here.kept.begin("known", until=datetime.now(UTC))
        headers = {"Cookie": "slack-app-oauth-state=known"}
        here.sim.codes["c1"] = here.sim.codes["c2"] = OTHER
        statuses: list[int] = []
        async with aiohttp.ClientSession() as browser:
            for code in ("c1", "c2"):
                back = f"{here.url}/slack/oauth_redirect?code={code}&state=known"
                async with browser.get(back, headers=headers) as page:
                    statuses.append(page.status)
        assert statuses == [200, 401]


async def test_who_says_no_and_who_is_not_invited_are_told_so() -> None:
    async with rig(HOME_ROW, workspaces=(TEAM,)) as here:
        status, page = await here.install(OTHER)
        assert (status, "not offered to your workspace" in page) == (403, True)
        assert [*here.kept.rows] == [("slack", TEAM)]
        async with (
            aiohttp.ClientSession() as browser,
            browser.get(f"{here.url}/slack/oauth_redirect?error=access_denied") as refused,
        ):
            assert "Nothing was installed" in await refused.text()


async def test_tokens_are_in_no_log_line_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with rig(HOME_ROW) as here:
        await here.install(OTHER)
        await here.is_listening(OTHER.id)
        here.sim.installing = OTHER
        await here.sim.deliver("events_api", here.sim.event_payload({"type": "app_uninstalled"}, OTHER))
    said = "\n".join(f"{each.getMessage()} {each.__dict__}" for each in caplog.records)
    assert OTHER.token not in said
    assert CLIENT_SECRET not in said
    assert OTHER.token not in repr(OTHER_ROW)


async def test_an_upload_is_opened_with_the_token_of_its_workspace() -> None:
    async with rig(HOME_ROW, OTHER_ROW) as here:
        file = here.sim.add_file("a.txt", "text/plain", b"hello", here.user)
        here.sim.say(here.user, "look", channel=CHANNEL, mention=True, files=[file])
        await here.desk.until(messages=1)
        (attachment,) = here.desk.messages[0].attachments
        assert await here.workspaces.download(attachment, limit_bytes=100) == b"hello"


async def test_a_reply_streams_in_the_workspace_that_asked() -> None:
    async with rig(HOME_ROW, OTHER_ROW) as here:
        said = here.sim.say(here.user, "hello", channel=CHANNEL, mention=True)
        thread = Thread(OTHER.id, "slack", CHANNEL, said["ts"])
        asked = Message(said["ts"], thread, Author(here.user, "Ann"), "hello", datetime.now(UTC))
        row = Delivery(id=2, thread=thread, post=Post("Hi Ann"), nonce="n2", answers=asked)
        stream = await here.workspaces.open_reply(row)
        await stream.close(row)
        start = next(each["args"] for each in here.sim.trace if each["method"] == "chat.startStream")
        assert start["recipient_team_id"] == OTHER.id
