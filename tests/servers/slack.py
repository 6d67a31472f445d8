# pyright: basic
"""A simulated Slack workspace for tests and load runs.

It serves the Web API (under ``/api/``), Socket Mode, signed Events API deliveries with
retries, slash commands, block actions, modals, files, per-method rate limits, and a driver
that makes simulated users speak to the bot and records when its answers become visible.
`tests/servers/README.md` has the command line, the driver's addresses and the records.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import secrets
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.servers.running import Changes, listen, run
from tests.servers.turns import TAG, Load, Run, Turn, TurnLog, drive

Json = dict[str, Any]

TEAM, APP, BOT_USER, BOT = "T0BENCH01", "A0BENCH01", "U0BENCHBOT", "B0BENCH01"
PUBLIC_CHANNEL = "C0SUPPORT1"
BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-bench", "xapp-bench", "bench-signing-secret"
CONFIG_TOKEN = "xoxe.xoxp-bench"
CLIENT_ID, CLIENT_SECRET = "123.456", "bench-client-secret"
_CLIENT = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
_TOKENS = {
    "apps.connections.open": APP_TOKEN,
    "apps.manifest.export": CONFIG_TOKEN,
    "oauth.v2.access": _CLIENT,
}
SCOPES = (
    "app_mentions:read,assistant:write,channels:history,channels:read,chat:write,commands,files:read,"
    "files:write,groups:history,im:history,im:read,im:write,reactions:read,reactions:write,team:read,users:read"
)

# Requests a minute that Slack's documentation promises for each tier. Methods not named below are taken
# as tier 3, and chat.postMessage as one a second per channel; its unpublished workspace limit is left out.
_TIER = {1: 1, 2: 20, 3: 50, 4: 100}
_METHOD_TIER = {
    "chat.startStream": 2,
    "chat.appendStream": 4,
    "chat.stopStream": 2,
    "chat.update": 3,
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "conversations.replies": 3,
    "conversations.history": 3,
    "conversations.list": 2,
    "conversations.open": 3,
    "users.info": 4,
    "files.info": 4,
    "views.open": 4,
    "views.update": 4,
    "views.publish": 4,
    "reactions.add": 3,
    "reactions.remove": 2,
    "apps.connections.open": 1,
}
_UNLIMITED = {"auth.test", "api.test", "apps.connections.open"}


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace, and the bot as it is installed there."""

    id: str
    name: str
    user: str
    bot: str
    token: str
    enterprise: str = ""


HOME = Team(TEAM, "Bench", BOT_USER, BOT, BOT_TOKEN)


class SlackError(Exception):
    """A Web API failure: answered as ``{"ok": false, "error": code}``."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.body = {"ok": False, "error": code, **extra}


class RateLimited(Exception):
    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(slots=True)
class Config:
    """How the workspace behaves; each field can be set by `POST /_config`."""

    delivery: str = "socket"
    """`socket` (Socket Mode) or `http` (requests to the bot's URLs below)."""
    events_url: str = ""
    commands_url: str = ""
    interactions_url: str = ""
    ack_timeout_s: float = 3.0
    retry_delays_s: tuple[float, ...] = (0.0, 60.0, 300.0)
    """Waits before each redelivery of an event that was not acknowledged."""
    echo_events: bool = True
    """Deliver the bot's own posts and edits to it as events, as Slack does."""
    scopes: str = SCOPES
    """What the bot token may do, as the header says it; refuses nothing."""
    manifest: dict[str, Any] = field(default_factory=dict)
    """What `apps.manifest.export` answers."""
    rate_limits: bool = False
    rate_scale: float = 1.0
    """Multiplies the documented limits."""
    latency_s: float = 0.0
    """Added to every Web API call."""
    redirect_url: str = ""
    """Where people come back to from the page that asks whether they want the app installed."""
    stream_lifetime_s: float = 300.0
    """Slack ends a stream by itself after some five minutes, appends or not."""
    closed: list[str] = field(default_factory=list)
    """Channels that nothing can be posted to."""
    failures: dict[str, str] = field(default_factory=dict)
    """Method name to the error code it answers with. `http_500` is a plain HTTP 500; `drop` cuts the connection
    before anything is done, `lost` after it was done."""


@dataclass(slots=True)
class Bucket:
    """A sliding one-minute (or one-second) window of requests."""

    limit: float
    window_s: float
    hits: deque[float] = field(default_factory=deque)

    def take(self, now: float) -> float:
        """0 when the request is allowed, else the seconds to wait."""
        while self.hits and self.hits[0] <= now - self.window_s:
            self.hits.popleft()
        if len(self.hits) < self.limit:
            self.hits.append(now)
            return 0.0
        return self.hits[0] + self.window_s - now


@dataclass(slots=True)
class Pending:
    """A delivered envelope that waits for its acknowledgement."""

    tag: str | None
    sent: float
    done: asyncio.Future[Any]


@dataclass(slots=True)
class Counts:
    """What went in and out since the last reset."""

    calls: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    rate_limited: Counter[str] = field(default_factory=Counter)
    envelopes: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    acks: int = 0
    unknown_acks: int = 0
    undelivered: int = 0

    def as_dict(self) -> Json:
        return {f.name: getattr(self, f.name) for f in fields(self)}


Method = Callable[["SlackSim", Json], Json]
METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    """Register a Web API method: it gets the call's arguments and returns the answer without ``ok``."""

    def register(function: Method) -> Method:
        METHODS[name] = function
        return function

    return register


class SlackSim:
    """The workspace. In a test: ``async with serve(SlackSim()) as url``, then `say`, `command`, …"""

    def __init__(self, config: Config | None = None) -> None:
        self.changes = Changes()
        self.config = config or Config()
        self.url = ""
        self.log = TurnLog()
        self.runs: dict[str, Run] = {}
        self.counts = Counts()
        self.trace: deque[Json] = deque(maxlen=20_000)
        """The latest Web API calls: method, arguments, time."""
        self.channels: dict[str, Json] = {}
        self.users: dict[str, Json] = {}
        self.messages: dict[str, dict[str, Json]] = {}
        self.held: list[tuple[Json, str | None]] = []
        """Events not delivered yet, with their tags."""
        self.threads: dict[tuple[str, str], list[str]] = {}
        self.files: dict[str, Json] = {}
        self.file_bytes: dict[str, bytes] = {}
        self.views: dict[str, Json] = {}
        self.usergroups: dict[str, list[str]] = {}
        self.homes: dict[str, Json] = {}
        self.assistant: dict[tuple[str, str], Json] = {}
        self.ephemeral: list[Json] = []
        self.responses: list[Json] = []
        self._response_uses: Counter[str] = Counter()
        self._triggers: dict[str, float] = {}
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._sockets: list[web.WebSocketResponse] = []
        self._next_socket = 0
        self._tickets: set[str] = set()
        self._pending: dict[str, Pending] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._http: aiohttp.ClientSession | None = None
        self._ids = itertools.count(1)
        self._last_ts = 0
        self.connected = asyncio.Event()
        self.teams: dict[str, Team] = {BOT_TOKEN: HOME}
        """Where the app is installed, by token."""
        self.acting = HOME
        """The workspace of the call that is being answered."""
        self.installing: Team | None = None
        """What the next one who agrees installs."""
        self.codes: dict[str, Team] = {}
        self._add_channel(PUBLIC_CHANNEL, {"name": "support", "is_channel": True})
        self.users[BOT_USER] = self._user(BOT_USER, "benchbot", is_bot=True)

    # ---- the workspace's things --------------------------------------------------------

    def new_ts(self) -> str:
        now = max(time.time_ns() // 1000, self._last_ts + 1)
        self._last_ts = now
        return f"{now // 1_000_000}.{now % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):09d}"

    def team_at(self, channel: str) -> Team:
        """The workspace of a channel."""
        team = self.channels.get(channel, {}).get("context_team_id", TEAM)
        return next((each for each in self.teams.values() if each.id == team), HOME)

    def add_team(self, team: Team, *channels: str) -> str:
        """Another workspace, with channels and one user; returns the user."""
        self.users[team.user] = self._user(team.user, "benchbot", is_bot=True) | {"team_id": team.id}
        user = f"U{team.id[1:]}ANN"
        self.users[user] = self._user(user, "ann") | {"team_id": team.id}
        for channel in channels:
            self._add_channel(channel, {"name": "help", "is_channel": True, "context_team_id": team.id})
        self._add_channel(self.dm(user), {"is_im": True, "user": user, "context_team_id": team.id})
        return user

    @staticmethod
    def _user(user: str, name: str, *, is_bot: bool = False) -> Json:
        profile = {"real_name": name.title(), "display_name": name, "email": f"{name}@example.com"}
        return {
            "id": user,
            "team_id": TEAM,
            "name": name,
            "real_name": name.title(),
            "locale": "en-US",
            "tz": "Europe/London",
            "tz_offset": 0,
            "deleted": False,
            "is_bot": is_bot,
            "is_app_user": False,
            "profile": profile | ({"bot_id": BOT, "api_app_id": APP} if is_bot else {}),
        }

    def add_channel(self, channel: str, *, team: str = TEAM) -> None:
        """A public channel of a workspace; one that is there stays as it is."""
        if channel not in self.channels:
            self._add_channel(channel, {"name": "room", "is_channel": True, "context_team_id": team})

    def _add_channel(self, channel: str, extra: Json) -> None:
        self.channels[channel] = {"id": channel, "created": 0, "is_archived": False, "context_team_id": TEAM} | extra
        self.messages[channel] = {}

    def user(self, index: int, team: Team = HOME) -> str:
        """The id of simulated user `index`; made on first use, with a DM channel, in a workspace."""
        user = f"U0USER{index:05d}"
        if user not in self.users:
            self.users[user] = self._user(user, f"user{index}") | {"team_id": team.id}
            self._add_channel(f"D0USER{index:05d}", {"is_im": True, "user": user, "context_team_id": team.id})
        return user

    def dm(self, user: str) -> str:
        return "D" + user[1:]

    def conversation(self, channel: str, thread_ts: str | None) -> str:
        """What a turn is bound to: a DM as a whole, or one thread of a channel."""
        if channel.startswith("D"):
            return channel
        return f"{channel}:{thread_ts}"

    def store(self, channel: str, message: Json) -> None:
        self.messages[channel][message["ts"]] = message
        if root := message.get("thread_ts"):
            self.threads.setdefault((channel, root), []).append(message["ts"])

    def find(self, channel: str, ts: str) -> Json:
        if channel not in self.messages:
            raise SlackError("channel_not_found")
        message = self.messages[channel].get(ts)
        if message is None:
            raise SlackError("message_not_found")
        return message

    def visible(self, channel: str, message: Json) -> None:
        """Tell the turn log what a bot message now shows."""
        text, blocks = message.get("text") or "", block_text(message.get("blocks") or [])
        if blocks:  # Slack shows a message's blocks in place of its text, but below a streamed text
            text = f"{text}\n{blocks}" if "streaming_state" in message else blocks
        if not text.strip():
            return
        where = self.conversation(channel, message.get("thread_ts") or message["ts"])
        self.log.seen(where, message["ts"], text, streaming=is_streaming(message))

    # ---- Web API -----------------------------------------------------------------------

    async def web_api(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        args = await read_args(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or args.pop("token", "")
        args.pop("token", None)
        self.counts.calls[name] += 1
        self.trace.append({"at": time.monotonic(), "method": name, "args": args})
        if self.config.latency_s:
            await asyncio.sleep(self.config.latency_s)
        try:
            if failure := self.config.failures.get(name):
                if failure == "http_500":
                    return web.Response(status=500, text="scripted failure")
                if failure == "drop":
                    return cut(request)
                if failure != "lost":
                    raise SlackError(failure)
            if not token:
                raise SlackError("not_authed")
            if wanted := _TOKENS.get(name):
                if token != wanted:
                    raise SlackError("invalid_auth")
            elif token not in self.teams:
                raise SlackError("invalid_auth")
            self.acting = self.teams.get(token, HOME)
            if self.team_of_call(args) not in ("", self.acting.id):
                raise SlackError("channel_not_found")
            if self.config.rate_limits:
                self.check_rate(name, args)
            function = METHODS.get(name)
            if function is None:
                raise SlackError("unknown_method", req_method=name)
            body = {"ok": True} | function(self, args)
            if self.config.failures.get(name) == "lost":
                return cut(request)
        except SlackError as error:
            self.counts.errors[f"{name}: {error}"] += 1
            body = error.body
        except RateLimited as limit:
            self.counts.rate_limited[name] += 1
            return web.json_response(
                {"ok": False, "error": "ratelimited"}, status=429, headers={"retry-after": str(limit.retry_after)}
            )
        return web.json_response(
            body, headers={"x-oauth-scopes": self.config.scopes, "x-slack-req-id": secrets.token_hex(8)}
        )

    def team_of_call(self, args: Json) -> str:
        """The workspace of the channel that a call is about."""
        channel = args.get("channel") or args.get("channel_id") or ""
        return str(self.channels.get(channel, {}).get("context_team_id", "")) if isinstance(channel, str) else ""

    async def consent(self, request: web.Request) -> web.Response:
        """The page on which somebody agrees that the app is installed; here they do at once."""
        if request.query.get("client_id") != CLIENT_ID or self.installing is None:
            raise web.HTTPBadRequest(text="no such app, or nobody installs it")
        code = secrets.token_hex(8)
        self.codes[code] = self.installing
        raise web.HTTPFound(f"{self.config.redirect_url}?{urlencode({'code': code, 'state': request.query['state']})}")

    def check_rate(self, name: str, args: Json) -> None:
        if name in _UNLIMITED:
            return
        if name == "chat.postMessage":
            key, limit, window = (name, str(args.get("channel"))), 1.0, 1.0
        else:
            key, limit, window = (name, self.acting.id), float(_TIER[_METHOD_TIER.get(name, 3)]), 60.0
        bucket = self._buckets.setdefault(key, Bucket(limit * self.config.rate_scale, window))
        if wait := bucket.take(time.monotonic()):
            raise RateLimited(int(wait) + 1)

    async def download(self, request: web.Request) -> web.Response:
        """``url_private``: needs the bot's token, and answers with a sign-in page without it."""
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.teams:
            return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")
        file = self.files.get(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound
        return web.Response(body=self.file_bytes[file["id"]], content_type=file["mimetype"])

    async def upload(self, request: web.Request) -> web.Response:
        """The address that ``files.getUploadURLExternal`` gave."""
        file = request.match_info["file"]
        if file not in self.files:
            raise web.HTTPNotFound
        if request.content_type.startswith("multipart/"):
            data = b"".join([await part.read() async for part in await request.multipart()])  # type: ignore[union-attr]
        else:
            data = await request.read()
        self.file_bytes[file] = data
        return web.Response(text=f"OK - {len(data)}")

    async def response_url(self, request: web.Request) -> web.Response:
        """The ``response_url`` of a command or an action: five uses."""
        key = request.match_info["key"]
        self._response_uses[key] += 1
        if self._response_uses[key] > 5:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        body = await request.json()
        self.responses.append({"key": key, "at": time.monotonic(), "body": body})
        channel, _, user = key.partition("-")
        text = body.get("text") or block_text(body.get("blocks") or [])
        self.log.seen(self.conversation(channel, user), f"response-{key}", text)
        return web.json_response({"ok": True})

    # ---- delivery ----------------------------------------------------------------------

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden
        self._tickets.discard(ticket)
        ws = web.WebSocketResponse(heartbeat=20.0)
        await ws.prepare(request)
        self._sockets.append(ws)
        self.changes.tell()
        info = {"app_id": APP}
        debug = {"host": "bench", "approximate_connection_time": 3600}
        await ws.send_json(
            {"type": "hello", "num_connections": len(self._sockets), "connection_info": info, "debug_info": debug}
        )
        self.connected.set()
        try:
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    self.on_ack(json.loads(message.data))
        finally:
            self._sockets.remove(ws)
            if not self._sockets:
                self.connected.clear()
        return ws

    def on_ack(self, data: Json) -> None:
        self.changes.tell()
        pending = self._pending.pop(data.get("envelope_id", ""), None)
        if pending is None:
            self.counts.unknown_acks += 1
            return
        self.counts.acks += 1
        self.log.acked(pending.tag)
        if not pending.done.done():
            pending.done.set_result(data.get("payload"))

    async def disconnect(self, reason: str = "refresh_requested") -> int:
        """Ask every Socket Mode client to reconnect, as Slack does now and then; close them."""
        sockets = list(self._sockets)
        for ws in sockets:
            await ws.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "bench"}})
            await ws.close()
        return len(sockets)

    async def deliver(self, kind: str, payload: Json, tag: str | None = None) -> Any:
        """Deliver one event, command or interaction; returns the acknowledgement's payload.

        Events that are not acknowledged in time are delivered again after each of the
        configured delays; commands and interactions are not. None when never acknowledged.
        """
        delays = self.config.retry_delays_s if kind == "events_api" else ()
        reason = ""
        for attempt, delay in enumerate((0.0, *delays)):
            if attempt:
                await asyncio.sleep(delay)
                self.counts.retries += 1
            self.counts.envelopes[kind] += 1
            self.log.delivered(tag)
            if self.config.delivery == "http":
                acked, reason, answer = await self._deliver_http(kind, payload, tag, attempt, reason)
            else:
                acked, reason, answer = await self._deliver_socket(kind, payload, tag, attempt, reason)
            if acked:
                return answer
        self.counts.undelivered += 1
        self.changes.tell()
        return None

    async def _deliver_socket(
        self, kind: str, payload: Json, tag: str | None, attempt: int, reason: str
    ) -> tuple[bool, str, Any]:
        if not self._sockets:
            try:
                await asyncio.wait_for(self.connected.wait(), self.config.ack_timeout_s)
            except TimeoutError:
                return False, "connection_failed", None
        envelope: Json = {
            "envelope_id": secrets.token_hex(16),
            "type": kind,
            "accepts_response_payload": kind != "events_api",
            "payload": payload,
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[envelope["envelope_id"]] = Pending(tag, time.monotonic(), done)
        self._next_socket = (self._next_socket + 1) % len(self._sockets)
        try:
            await self._sockets[self._next_socket].send_json(envelope)
            return True, "", await asyncio.wait_for(done, self.config.ack_timeout_s)
        except TimeoutError:
            return False, "timeout", None
        except ConnectionError:
            return False, "connection_failed", None

    async def _deliver_http(
        self, kind: str, payload: Json, tag: str | None, attempt: int, reason: str
    ) -> tuple[bool, str, Any]:
        assert self._http is not None
        if kind == "events_api":
            url, content_type, body = self.config.events_url, "application/json", json.dumps(payload)
        elif kind == "slash_commands":
            url, content_type, body = self.config.commands_url, "application/x-www-form-urlencoded", urlencode(payload)
        else:
            form = urlencode({"payload": json.dumps(payload)})
            url, content_type, body = self.config.interactions_url, "application/x-www-form-urlencoded", form
        url = url or self.config.events_url
        headers = {"content-type": content_type, **sign(body, SIGNING_SECRET)}
        if attempt:
            headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": reason}
        timeout = aiohttp.ClientTimeout(total=self.config.ack_timeout_s)
        try:
            async with self._http.post(url, data=body, headers=headers, timeout=timeout) as response:
                text = await response.text()
                if response.status >= 300 and response.headers.get("x-slack-no-retry") != "1":
                    return False, "http_error", None
        except TimeoutError:
            return False, "http_timeout", None
        except aiohttp.ClientError:
            return False, "connection_failed", None
        self.counts.acks += 1
        self.log.acked(tag)
        try:
            return True, "", json.loads(text)
        except ValueError:
            return True, "", {"text": text} if text else None

    def spawn(self, work: Awaitable[Any]) -> None:
        """Run something beside the caller, and keep hold of it."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def event_payload(self, event: Json, team: Team | None = None) -> Json:
        team = team or self.team_at(str(event.get("channel") or (event.get("item") or {}).get("channel") or ""))
        return {
            "token": "bench",
            "team_id": team.id,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": self.new_id("Ev"),
            "event_time": int(time.time()),
            "authorizations": [
                {
                    "enterprise_id": team.enterprise or None,
                    "team_id": team.id,
                    "user_id": team.user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": self.new_id("4-"),
        }

    def emit(self, event: Json, tag: str | None = None, team: Team | None = None) -> None:
        """Deliver an event without waiting for its acknowledgement."""
        self.spawn(self.deliver("events_api", self.event_payload(event, team), tag))

    def echo(self, channel: str, message: Json, subtype: str | None = None, previous: Json | None = None) -> None:
        """Deliver the bot's own write to it, as Slack does to apps that read the channel."""
        if not self.config.echo_events:
            return
        kind = "im" if channel.startswith("D") else "channel"
        ts = message["ts"] if subtype is None else self.new_ts()
        event: Json = {"type": "message", "channel": channel, "channel_type": kind, "event_ts": ts, "ts": ts}
        if subtype is None:
            event |= message
        else:
            event |= {"subtype": subtype, "hidden": True, "message": message, "previous_message": previous or message}
        self.emit(event)

    # ---- users' doings -----------------------------------------------------------------

    def say(
        self,
        user: str,
        text: str,
        *,
        channel: str | None = None,
        thread_ts: str | None = None,
        files: list[Json] | None = None,
        mention: bool = False,
        is_held: bool = False,
        shared: Json | None = None,
    ) -> Json:
        """A user posts a message (in the DM with the bot by default); returns it. Held: delivered by `let_go`."""
        channel = channel or self.dm(user)
        ts = self.new_ts()
        message: Json = {
            "type": "message",
            "client_msg_id": secrets.token_hex(16),
            "user": user,
            "team": self.team_at(channel).id,
            "text": f"<@{self.team_at(channel).user}> {text}" if mention else text,
            "ts": ts,
            "blocks": [rich_text(text, self.team_at(channel).user if mention else None)],
        }
        if thread_ts:
            message["thread_ts"] = thread_ts
        if files:
            message |= {"files": files, "subtype": "file_share", "upload": False}
            for each in files:
                places = each.setdefault("ims" if channel.startswith("D") else "channels", [])
                places.extend([channel] if channel not in places else [])
        if shared:
            # What the workspace makes of a message that somebody passes on.
            kept = {key: shared[key] for key in ("text", "ts", "files") if key in shared}
            message["attachments"] = [kept | {"is_share": True, "is_msg_unfurl": True, "author_id": shared["user"]}]
        self.store(channel, message)
        found = TAG.search(text)
        tag = found[0] if found else None
        where = {"channel": channel, "event_ts": ts}
        if is_held:
            self.held.append((message | where | {"channel_type": "im"}, tag))
            return message
        if mention:
            self.emit(message | where | {"type": "app_mention"}, tag)
        kind = "im" if channel.startswith("D") else "channel"
        self.emit(message | where | {"channel_type": kind}, None if mention else tag)
        return message

    def let_go(self) -> None:
        """Deliver what was held, the newest first."""
        while self.held:
            self.emit(*self.held.pop())

    def react(self, user: str, name: str, channel: str, ts: str) -> None:
        """A user puts a reaction on a message."""
        self.find(channel, ts).setdefault("reaction_users", {}).setdefault(name, []).append(user)
        item = {"type": "message", "channel": channel, "ts": ts}
        event = {"type": "reaction_added", "user": user, "reaction": name, "item": item, "event_ts": self.new_ts()}
        self.emit(event)

    def open_assistant_thread(self, user: str, *, announce: bool = True) -> str:
        """A user opens a thread with the assistant; returns the thread's ts."""
        channel, ts = self.dm(user), self.new_ts()
        root = {"type": "message", "subtype": "assistant_app_thread", "user": BOT_USER, "bot_id": BOT, "ts": ts}
        self.messages[channel][ts] = root | {"text": "New chat", "thread_ts": ts}
        self.threads[(channel, ts)] = [ts]
        if announce:
            thread = {"user_id": user, "context": {}, "channel_id": channel, "thread_ts": ts}
            self.emit({"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": ts})
        return ts

    def new_trigger(self) -> str:
        trigger = f"{next(self._ids)}.{secrets.token_hex(8)}"
        self._triggers[trigger] = time.monotonic()
        return trigger

    async def command(self, user: str, command: str, text: str = "", channel: str | None = None) -> Any:
        """A user runs a slash command; returns the acknowledgement's payload."""
        channel = channel or self.dm(user)
        found = TAG.search(text)
        payload = {
            "token": "bench",
            "team_id": self.team_at(channel).id,
            "team_domain": "bench",
            "channel_id": channel,
            "channel_name": self.channels[channel].get("name", "directmessage"),
            "user_id": user,
            "user_name": self.users[user]["name"],
            "command": command,
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": f"{self.url}/response/{channel}-{self.new_id(user)}",
            "trigger_id": self.new_trigger(),
        }
        answer = await self.deliver("slash_commands", payload, found[0] if found else None)
        if answer and answer.get("text"):
            self.log.seen(self.conversation(channel, user), payload["trigger_id"], answer["text"])
        return answer

    async def action(self, user: str, action: Json, message: Json | None = None, channel: str | None = None) -> Any:
        """A user presses a button (`action`: at least ``action_id``) on a message of the bot."""
        channel = channel or self.dm(user)
        pressed = {"type": "button", "block_id": "b", "action_ts": self.new_ts()} | action
        container = {"type": "message", "channel_id": channel}
        payload = self._interaction("block_actions", user) | {
            "team": {"id": self.team_at(channel).id, "domain": "bench"},
            "actions": [pressed],
            "channel": {"id": channel, "name": self.channels[channel].get("name", "directmessage")},
            "container": container | ({"message_ts": message["ts"]} if message else {}),
            "response_url": f"{self.url}/response/{channel}-{self.new_id(user)}",
            "state": {"values": {}},
        }
        return await self.deliver("interactive", payload | ({"message": message} if message else {}))

    async def press_home(self, user: str, button: Json) -> Any:
        """A user presses a button of their Home tab."""
        pressed = {"block_id": "b", "action_ts": self.new_ts()} | button
        payload = self._interaction("block_actions", user) | {
            "actions": [pressed],
            "container": {"type": "view", "view_id": f"V0HOME{user}"},
            "view": {"id": f"V0HOME{user}", "type": "home"},
        }
        return await self.deliver("interactive", payload)

    async def submit(self, user: str, view_id: str, values: Json) -> Any:
        """A user submits an open modal; `values` as in ``view.state.values``."""
        view = self.views[view_id]
        payload = self._interaction("view_submission", user) | {
            "view": view | {"state": {"values": values}},
            "response_urls": [],
        }
        return await self.deliver("interactive", payload)

    async def shortcut(self, user: str, callback_id: str, message: Json | None = None) -> Any:
        """A user runs a global shortcut, or with a message that message's shortcut."""
        kind = "message_action" if message else "shortcut"
        payload = self._interaction(kind, user) | {"callback_id": callback_id, "action_ts": self.new_ts()}
        if message:
            channel = self.dm(user)
            payload |= {"message": message, "message_ts": message["ts"], "channel": {"id": channel, "name": "dm"}}
        return await self.deliver("interactive", payload)

    def _interaction(self, kind: str, user: str) -> Json:
        return {
            "type": kind,
            "team": {"id": self.users[user].get("team_id", TEAM), "domain": "bench"},
            "user": {
                "id": user,
                "username": self.users[user]["name"],
                "name": self.users[user]["name"],
                "team_id": self.users[user].get("team_id", TEAM),
            },
            "api_app_id": APP,
            "token": "bench",
            "trigger_id": self.new_trigger(),
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def add_file(self, name: str, mimetype: str, data: bytes, user: str = BOT_USER) -> Json:
        """Put a file in the workspace; returns its object, for `say(files=[…])`."""
        file = self.new_id("F")
        self.file_bytes[file] = data
        self.files[file] = {
            "id": file,
            "name": name,
            "title": name,
            "mimetype": mimetype,
            "filetype": name.rpartition(".")[2],
            "size": len(data),
            "user": user,
            "mode": "hosted",
            "is_external": False,
            "file_access": "visible",
            "url_private": f"{self.url}/files-pri/{file}/{name}",
            "url_private_download": f"{self.url}/files-pri/{file}/download/{name}",
        }
        return self.files[file]

    # ---- the driver --------------------------------------------------------------------

    async def speak(self, load: Load, threads: dict[int, str], i: int, n: int) -> Turn:
        """Send turn `n` of user `i` on the load's surface.

        Surfaces: `assistant` (a thread of the DM with the bot; the default), `im` (the DM
        itself), `mention` (a channel thread that begins by mentioning the bot), `command`
        (the load's slash command).
        """
        user, surface = self.user(i), load.surface or "assistant"
        new_thread = n % load.thread_turns == 0
        channel = PUBLIC_CHANNEL if surface == "mention" else self.dm(user)
        if surface == "assistant" and new_thread:
            threads[i] = self.open_assistant_thread(user, announce=False)
        turn = self.log.open(user, self.conversation(channel, threads.get(i)))
        text = load.text.replace("{tag}", turn.tag)
        turn.sent = time.monotonic()
        if surface == "command":
            self.spawn(self.command(user, f"/{load.command}", text))
        elif surface == "mention":
            root = None if new_thread else threads[i]
            message = self.say(user, text, channel=channel, thread_ts=root, mention=new_thread)
            if new_thread:
                threads[i] = message["ts"]
                self.log.rebind(turn, self.conversation(channel, message["ts"]))
        elif surface in ("assistant", "im"):
            self.say(user, text, thread_ts=threads[i] if surface == "assistant" else None)
        else:
            raise ValueError(f"unknown surface: {surface}")
        return turn

    def start(self, load: Load) -> tuple[str, Run]:
        """Start a load; it goes on in the background."""
        run, threads = Run(load), dict[int, str]()
        key = self.new_id("run")
        self.runs[key] = run
        self.spawn(drive(run, lambda i, n: self.speak(load, threads, i, n)))
        return key, run

    async def post_run(self, request: web.Request) -> web.Response:
        try:
            key, _ = self.start(Load.from_dict(await request.json()))
        except (TypeError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response({"run": key})

    async def get_run(self, request: web.Request) -> web.Response:
        """A run's report; `?wait=SECONDS` waits for its end, `?turns=0` leaves the turns out."""
        run = self.runs.get(request.match_info["run"])
        if run is None:
            raise web.HTTPNotFound
        until = time.monotonic() + float(request.query.get("wait", 0))
        while run.ended is None and time.monotonic() < until:
            await asyncio.sleep(0.05)
        return web.json_response(run.report(self.log, turns=request.query.get("turns") != "0"))

    async def post_do(self, request: web.Request) -> web.Response:
        """One user's doing: say, command, action, submit, shortcut, thread, file or disconnect."""
        body: Json = await request.json()
        what, args = request.match_info["what"], dict(body)
        user = self.user(int(args.pop("user", 0)))
        result: Any
        try:
            if what == "say":
                result = self.say(user, **args)
            elif what in ("command", "action", "submit", "shortcut"):
                result = await getattr(self, what)(user, **args)
            elif what == "thread":
                result = self.open_assistant_thread(user, **args)
            elif what == "file":
                result = self.add_file(args["name"], args["mimetype"], args["text"].encode(), user)
            elif what == "disconnect":
                result = await self.disconnect(**args)
            else:
                raise web.HTTPNotFound
        except (TypeError, KeyError) as error:
            return web.json_response({"error": repr(error)}, status=400)
        return web.json_response({"result": result})

    async def get_stats(self, request: web.Request) -> web.Response:
        stats: Json = self.counts.as_dict() | {
            "api_calls": sum(self.counts.calls.values()),
            "sockets": len(self._sockets),
            "untagged_writes": self.log.untagged_writes,
        }
        if request.query.get("trace") == "1":
            stats["trace"] = list(self.trace)
        return web.json_response(stats)

    async def get_messages(self, request: web.Request) -> web.Response:
        channel = request.match_info["channel"]
        return web.json_response(list(self.messages.get(channel, {}).values()))

    async def post_config(self, request: web.Request) -> web.Response:
        body: Json = await request.json() if request.can_read_body else {}
        try:
            self.config = replace(self.config, **body)
        except TypeError as error:
            return web.json_response({"error": str(error)}, status=400)
        self._buckets.clear()
        return web.json_response(asdict(self.config))

    async def post_reset(self, request: web.Request) -> web.Response:
        """Forget messages, turns, counts and runs; keep the connections and the config."""
        self.log, self.counts = TurnLog(), Counts()
        for store in (
            self.runs,
            self.threads,
            self.assistant,
            self.views,
            self._buckets,
            self._triggers,
            self._pending,
        ):
            store.clear()
        for log in (self.trace, self.ephemeral, self.responses):
            log.clear()
        for channel in self.messages.values():
            channel.clear()
        return web.json_response({"ok": True})

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 2**20, middlewares=[self.changes.middleware])
        app.add_routes(
            [
                web.route("*", "/api/{method}", self.web_api),
                web.get("/oauth/v2/authorize", self.consent),
                web.get("/link", self.socket),
                web.get("/files-pri/{file}/{rest:.*}", self.download),
                web.post("/upload/{file}", self.upload),
                web.post("/response/{key}", self.response_url),
                web.post("/_driver/runs", self.post_run),
                web.get("/_driver/runs/{run}", self.get_run),
                web.post("/_driver/do/{what}", self.post_do),
                web.get("/_messages/{channel}", self.get_messages),
                web.get("/_stats", self.get_stats),
                web.post("/_config", self.post_config),
                web.post("/_reset", self.post_reset),
            ]
        )
        return app

    async def begin(self, url: str) -> None:
        self.url = url
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def end(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        for ws in list(self._sockets):
            await ws.close()
        if self._http is not None:
            await self._http.close()


# ---- helpers ---------------------------------------------------------------------------


def sign(body: str, secret: str, at: float | None = None) -> dict[str, str]:
    """The signature headers that Slack puts on its requests."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}


def rich_text(text: str, mention: str | None) -> Json:
    elements: list[Json] = [{"type": "user", "user_id": mention}] if mention else []
    elements.append({"type": "text", "text": f" {text}" if mention else text})
    return {"type": "rich_text", "block_id": "b", "elements": [{"type": "rich_text_section", "elements": elements}]}


def cut(request: web.Request) -> web.Response:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def is_streaming(message: Json) -> bool:
    return message.get("streaming_state") == "in_progress"


def block_text(blocks: list[Any]) -> str:
    """The text that blocks show, whatever their kind."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, list):
            for item in node:
                walk(item)
        elif isinstance(node, dict):
            for key, value in node.items():
                if key == "text" and isinstance(value, str):
                    found.append(value)
                elif isinstance(value, dict | list):
                    walk(value)

    walk(blocks)
    return "\n".join(found)


async def read_args(request: web.Request) -> Json:
    """A call's arguments from its query, form or JSON body; JSON inside form fields is decoded."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        if data := await request.read():
            args |= json.loads(data)
    elif request.method == "POST":
        args |= dict(await request.post())
    for key in ("blocks", "attachments", "metadata", "view", "chunks", "files", "prompts", "loading_messages"):
        if isinstance(args.get(key), str):
            try:
                args[key] = json.loads(args[key])
            except ValueError:
                raise web.HTTPBadRequest(text=f"{key} is not JSON") from None
    return args


def need(args: Json, *names: str) -> list[Any]:
    for name in names:
        if args.get(name) in (None, ""):
            raise SlackError(
                "invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required field: {name}"]}
            )
    return [args[name] for name in names]


def chunk_text(args: Json) -> str:
    text = args.get("markdown_text") or ""
    for chunk in args.get("chunks") or []:
        if chunk.get("type") == "markdown_text":
            text += chunk.get("text", "")
    if len(text) > 12_000:
        raise SlackError("msg_too_long")
    return text


def page(items: list[Json], args: Json, default: int = 100) -> Json:
    """One page of a listing, by `limit` and `cursor`."""
    limit, start = int(args.get("limit") or default), int(args.get("cursor") or 0)
    more = start + limit < len(items)
    return {
        "messages": items[start : start + limit],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + limit) if more else ""},
    }


# ---- Web API methods: the arguments in, the answer without "ok" out ---------------------


@method("api.test")
def api_test(sim: SlackSim, args: Json) -> Json:
    return {"args": args}


@method("auth.test")
def auth_test(sim: SlackSim, args: Json) -> Json:
    team = sim.acting
    return {
        "url": f"{sim.url}/",
        "team": team.name,
        "user": "benchbot",
        "team_id": team.id,
        "user_id": team.user,
        "bot_id": team.bot,
        "enterprise_id": team.enterprise or None,
        "is_enterprise_install": False,
    }


@method("oauth.v2.access")
def oauth_access(sim: SlackSim, args: Json) -> Json:
    (code,) = need(args, "code")
    team = sim.codes.pop(str(code), None)
    if team is None:
        raise SlackError("invalid_code")
    sim.teams[team.token] = team
    return {
        "app_id": APP,
        "authed_user": {"id": f"U{team.id[1:]}ANN"},
        "scope": SCOPES,
        "token_type": "bot",
        "access_token": team.token,
        "bot_user_id": team.user,
        "team": {"id": team.id, "name": team.name},
        "enterprise": {"id": team.enterprise, "name": "Org"} if team.enterprise else None,
        "is_enterprise_install": False,
    }


@method("apps.manifest.export")
def manifest_export(sim: SlackSim, args: Json) -> Json:
    need(args, "app_id")
    return {"manifest": sim.config.manifest}


@method("apps.connections.open")
def connections_open(sim: SlackSim, args: Json) -> Json:
    ticket = secrets.token_hex(8)
    sim._tickets.add(ticket)
    return {"url": f"{sim.url.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={APP}"}


def _post(sim: SlackSim, args: Json, extra: Json) -> Json:
    channel = args["channel"]
    if channel.startswith("U"):
        channel = sim.dm(channel)
    if channel not in sim.channels:
        raise SlackError("channel_not_found")
    message: Json = {
        "type": "message",
        "user": sim.acting.user,
        "bot_id": sim.acting.bot,
        "app_id": APP,
        "team": sim.acting.id,
        "ts": sim.new_ts(),
        "bot_profile": {"id": sim.acting.bot, "app_id": APP, "name": "benchbot", "team_id": sim.acting.id},
    } | extra
    for key in ("blocks", "attachments", "metadata", "thread_ts"):
        if args.get(key):
            message[key] = args[key]
    sim.store(channel, message)
    return message


@method("chat.postMessage")
def chat_post(sim: SlackSim, args: Json) -> Json:
    need(args, "channel")
    text = str(args.get("text") or args.get("markdown_text") or "")
    if not (text or args.get("blocks") or args.get("attachments")):
        raise SlackError("no_text")
    if len(args.get("markdown_text") or "") > 12_000:
        raise SlackError("msg_too_long")
    if len(args.get("blocks") or []) > 50:
        raise SlackError("invalid_blocks")
    if args["channel"] in sim.config.closed:
        raise SlackError("is_archived")
    message = _post(sim, args, {"text": text[:40_000]})
    channel = args["channel"] if not args["channel"].startswith("U") else sim.dm(args["channel"])
    sim.visible(channel, message)
    sim.echo(channel, message)
    return {"channel": channel, "ts": message["ts"], "message": message}


@method("chat.update")
def chat_update(sim: SlackSim, args: Json) -> Json:
    channel, ts = need(args, "channel", "ts")
    message = sim.find(channel, ts)
    if message.get("bot_id") != sim.acting.bot:
        raise SlackError("cant_update_message")
    if is_streaming(message):
        raise SlackError("streaming_state_conflict")
    text = str(args.get("text") or args.get("markdown_text") or "")
    if not (text or args.get("blocks") or args.get("attachments")):
        raise SlackError("no_text")
    if len(text) > (12_000 if args.get("markdown_text") else 4_000):
        raise SlackError("msg_too_long")
    previous = dict(message)
    message["text"] = text
    for key in ("blocks", "attachments", "metadata"):
        if key in args:
            message[key] = args[key]
    message["edited"] = {"user": BOT_USER, "ts": sim.new_ts()}
    sim.visible(channel, message)
    sim.echo(channel, message, "message_changed", previous)
    return {"channel": channel, "ts": ts, "text": text, "message": message}


@method("chat.delete")
def chat_delete(sim: SlackSim, args: Json) -> Json:
    channel, ts = need(args, "channel", "ts")
    message = sim.find(channel, ts)
    del sim.messages[channel][ts]
    if root := message.get("thread_ts"):
        sim.threads[(channel, root)].remove(ts)
    sim.echo(channel, message, "message_deleted")
    return {"channel": channel, "ts": ts}


@method("chat.postEphemeral")
def chat_ephemeral(sim: SlackSim, args: Json) -> Json:
    channel, user = need(args, "channel", "user")
    ts = sim.new_ts()
    sim.ephemeral.append({"channel": channel, "user": user, "ts": ts, "args": args})
    text = str(args.get("text") or block_text(args.get("blocks") or []))
    sim.log.seen(sim.conversation(channel, args.get("thread_ts")), ts, text)
    return {"message_ts": ts}


@method("chat.getPermalink")
def chat_permalink(sim: SlackSim, args: Json) -> Json:
    channel, ts = need(args, "channel", "message_ts")
    sim.find(channel, ts)
    return {"channel": channel, "permalink": f"{sim.url}/archives/{channel}/p{ts.replace('.', '')}"}


@method("chat.startStream")
def start_stream(sim: SlackSim, args: Json) -> Json:
    channel, thread_ts = need(args, "channel", "thread_ts")
    if channel not in sim.channels:
        raise SlackError("channel_not_found")
    if thread_ts not in sim.messages[channel]:
        raise SlackError("invalid_thread_ts")
    if not channel.startswith("D"):
        for name in ("recipient_team_id", "recipient_user_id"):
            if not args.get(name):
                raise SlackError(f"missing_{name}")
    message = _post(sim, args, {"text": chunk_text(args), "streaming_state": "in_progress"})
    sim.visible(channel, message)
    sim.echo(channel, message)
    return {"channel": channel, "ts": message["ts"]}


def _streamed(sim: SlackSim, args: Json) -> tuple[str, Json]:
    channel, ts = need(args, "channel", "ts")
    message = sim.find(channel, ts)
    if time.time() - float(ts) > sim.config.stream_lifetime_s:
        message["streaming_state"] = "completed"
    if not is_streaming(message):
        raise SlackError("message_not_in_streaming_state")
    message["text"] += chunk_text(args)
    return channel, message


@method("chat.appendStream")
def append_stream(sim: SlackSim, args: Json) -> Json:
    if not (args.get("markdown_text") or args.get("chunks")):
        raise SlackError("no_text")
    channel, message = _streamed(sim, args)
    sim.visible(channel, message)
    return {"channel": channel, "ts": message["ts"]}


@method("chat.stopStream")
def stop_stream(sim: SlackSim, args: Json) -> Json:
    channel, message = _streamed(sim, args)
    message["streaming_state"] = "completed"
    for key in ("blocks", "metadata"):
        if args.get(key):
            message[key] = args[key]
    sim.visible(channel, message)
    sim.echo(channel, message, "message_changed")
    return {"channel": channel, "ts": message["ts"], "message": message}


def _assistant(sim: SlackSim, args: Json, key: str, value: Any) -> Json:
    channel, thread_ts = need(args, "channel_id", "thread_ts")
    if channel not in sim.channels:
        raise SlackError("channel_not_found")
    sim.assistant.setdefault((channel, thread_ts), {})[key] = value
    return {}


@method("assistant.threads.setStatus")
def set_status(sim: SlackSim, args: Json) -> Json:
    told = _assistant(sim, args, "status", args.get("status", ""))
    if args.get("status"):
        sim.log.signed(sim.conversation(args["channel_id"], args["thread_ts"]))
    return told


@method("assistant.threads.setTitle")
def set_title(sim: SlackSim, args: Json) -> Json:
    return _assistant(sim, args, "title", need(args, "title")[0])


@method("assistant.threads.setSuggestedPrompts")
def set_prompts(sim: SlackSim, args: Json) -> Json:
    # In the agent view they hang on the conversation, and a thread would make the call fail.
    return _assistant(sim, {"thread_ts": "-"} | args, "prompts", need(args, "prompts")[0])


@method("agents.sessions.setStatus")
def session_status(sim: SlackSim, args: Json) -> Json:
    if args.get("status") not in ("processing", "active", "suspended", "closed"):
        raise SlackError("invalid_arguments")
    _assistant(sim, args, "session", args["status"])
    return _assistant(sim, args, "title", args.get("title", ""))


@method("conversations.replies")
def conversation_replies(sim: SlackSim, args: Json) -> Json:
    channel, ts = need(args, "channel", "ts")
    message = sim.find(channel, ts) if channel in sim.channels else None
    if message is None:
        raise SlackError("channel_not_found")
    root = message.get("thread_ts", ts)
    stamps = dict.fromkeys([root, *sim.threads.get((channel, root), [])])
    oldest, latest = args.get("oldest") or "0", args.get("latest") or "9"
    found = [sim.messages[channel][s] for s in stamps if s in sim.messages[channel]]
    return page([m for m in found if m["ts"] == root or oldest <= m["ts"] <= latest], args, 1000)


@method("conversations.history")
def conversation_history(sim: SlackSim, args: Json) -> Json:
    (channel,) = need(args, "channel")
    if channel not in sim.channels:
        raise SlackError("channel_not_found")
    oldest, latest = args.get("oldest") or "0", args.get("latest") or "9"
    inclusive = str(args.get("inclusive")).lower() in ("true", "1")
    found = [
        m
        for m in reversed(sim.messages[channel].values())
        if m.get("thread_ts") in (None, m["ts"])
        and (oldest < m["ts"] < latest or (inclusive and m["ts"] in (oldest, latest)))
    ]
    # A message with a thread says so.
    return page([{**m, "thread_ts": m["ts"]} if (channel, m["ts"]) in sim.threads else m for m in found], args)


@method("conversations.list")
def conversation_list(sim: SlackSim, args: Json) -> Json:
    """Direct conversations alone, each there since its first message."""
    if args.get("types") != "im":
        raise SlackError("invalid_types")
    found = [
        {**each, "created": int(float(next(iter(sim.messages[name]))))}
        for name, each in sim.channels.items()
        if each.get("is_im") and sim.messages.get(name)
    ]
    return {"channels": found, "response_metadata": {"next_cursor": ""}}


@method("conversations.open")
def conversation_open(sim: SlackSim, args: Json) -> Json:
    user = str(args.get("users") or "").split(",")[0]
    channel = args.get("channel") or sim.dm(user)
    if channel not in sim.channels:
        raise SlackError("user_not_found")
    return {"channel": sim.channels[channel], "no_op": True, "already_open": True}


@method("conversations.info")
def conversation_info(sim: SlackSim, args: Json) -> Json:
    (channel,) = need(args, "channel")
    if channel not in sim.channels:
        raise SlackError("channel_not_found")
    return {"channel": sim.channels[channel]}


@method("conversations.join")
def conversation_join(sim: SlackSim, args: Json) -> Json:
    return conversation_info(sim, args)


@method("conversations.members")
def conversation_members(sim: SlackSim, args: Json) -> Json:
    channel = conversation_info(sim, args)["channel"]
    members = (
        [channel["user"], BOT_USER]
        if channel.get("is_im")
        else channel.get("members", [u for u, each in sim.users.items() if each["team_id"] == sim.acting.id])
    )
    return {"members": members, "response_metadata": {"next_cursor": ""}}


@method("users.info")
def user_info(sim: SlackSim, args: Json) -> Json:
    (user,) = need(args, "user")
    if user not in sim.users:
        raise SlackError("user_not_found")
    return {"user": sim.users[user]}


@method("users.list")
def user_list(sim: SlackSim, args: Json) -> Json:
    found = [each for each in sim.users.values() if each["team_id"] == sim.acting.id]
    return {"members": found, "response_metadata": {"next_cursor": ""}}


@method("bots.info")
def bot_info(sim: SlackSim, args: Json) -> Json:
    return {"bot": {"id": BOT, "app_id": APP, "user_id": BOT_USER, "name": "benchbot", "deleted": False}}


@method("team.info")
def team_info(sim: SlackSim, args: Json) -> Json:
    about = {"id": sim.acting.id, "name": sim.acting.name}
    return {"team": about | {"domain": "bench", "email_domain": "example.com"}}


@method("files.info")
def file_info(sim: SlackSim, args: Json) -> Json:
    (file,) = need(args, "file")
    if file not in sim.files:
        raise SlackError("file_not_found")
    return {"file": sim.files[file]}


@method("files.delete")
def file_delete(sim: SlackSim, args: Json) -> Json:
    (file,) = need(args, "file")
    if sim.files.pop(file, None) is None:
        raise SlackError("file_not_found")
    return {}


@method("files.getUploadURLExternal")
def file_upload_url(sim: SlackSim, args: Json) -> Json:
    name, _ = need(args, "filename", "length")
    file = sim.add_file(str(name), "application/octet-stream", b"")["id"]
    return {"upload_url": f"{sim.url}/upload/{file}", "file_id": file}


@method("files.completeUploadExternal")
def file_upload_complete(sim: SlackSim, args: Json) -> Json:
    (given,) = need(args, "files")
    found = [
        sim.files[f["id"]]
        | {"size": len(sim.file_bytes[f["id"]]), "title": f.get("title") or sim.files[f["id"]]["title"]}
        for f in given
        if f["id"] in sim.files
    ]
    if args.get("channel_id"):
        text = args.get("initial_comment") or ""
        message = _post(sim, args | {"channel": args["channel_id"]}, {"text": text, "files": found})
        sim.visible(args["channel_id"], message)
        sim.echo(args["channel_id"], message)
    return {"files": found}


def _view(sim: SlackSim, args: Json, view_id: str | None = None) -> Json:
    (view,) = need(args, "view")
    view_id = view_id or sim.new_id("V")
    sim.views[view_id] = view | {
        "id": view_id,
        "team_id": sim.acting.id,
        "app_id": APP,
        "bot_id": sim.acting.bot,
        "hash": secrets.token_hex(6),
        "root_view_id": view_id,
        "state": {"values": {}},
    }
    return {"view": sim.views[view_id]}


def _use_trigger(sim: SlackSim, args: Json) -> None:
    (trigger,) = need(args, "trigger_id")
    made = sim._triggers.pop(trigger, None)
    if made is None:
        raise SlackError("invalid_trigger_id")
    if time.monotonic() - made > 3.0:
        raise SlackError("expired_trigger_id")


@method("views.open")
def view_open(sim: SlackSim, args: Json) -> Json:
    _use_trigger(sim, args)
    return _view(sim, args)


@method("views.push")
def view_push(sim: SlackSim, args: Json) -> Json:
    _use_trigger(sim, args)
    return _view(sim, args)


@method("views.update")
def view_update(sim: SlackSim, args: Json) -> Json:
    if args.get("view_id") not in sim.views:
        raise SlackError("not_found")
    return _view(sim, args, args["view_id"])


@method("views.publish")
def view_publish(sim: SlackSim, args: Json) -> Json:
    (user,) = need(args, "user_id")
    sim.homes[user] = args["view"]
    return _view(sim, args)


def _reactions(sim: SlackSim, args: Json) -> tuple[str, list[str]]:
    channel, ts, name = need(args, "channel", "timestamp", "name")
    message = sim.find(channel, ts)
    users = message.setdefault("reaction_users", {}).setdefault(name, [])
    return name, users


@method("usergroups.users.list")
def usergroup_users(sim: SlackSim, args: Json) -> Json:
    group = str(args.get("usergroup", ""))
    if group not in sim.usergroups:
        raise SlackError("no_such_subteam")
    return {"users": sim.usergroups[group]}


@method("reactions.add")
def reaction_add(sim: SlackSim, args: Json) -> Json:
    _, users = _reactions(sim, args)
    if BOT_USER in users:
        raise SlackError("already_reacted")
    users.append(BOT_USER)
    return {}


@method("reactions.remove")
def reaction_remove(sim: SlackSim, args: Json) -> Json:
    _, users = _reactions(sim, args)
    if BOT_USER not in users:
        raise SlackError("no_reaction")
    users.remove(BOT_USER)
    return {}


@method("reactions.get")
def reaction_get(sim: SlackSim, args: Json) -> Json:
    channel, ts = need(args, "channel", "timestamp")
    message = sim.find(channel, ts)
    found = message.get("reaction_users", {}).items()
    reactions = [{"name": name, "users": users, "count": len(users)} for name, users in found if users]
    return {"type": "message", "channel": channel, "message": message | {"reactions": reactions}}


# ---- running it ------------------------------------------------------------------------


def environment(url: str) -> dict[str, str]:
    """What a process has to know of the workspace that is served there."""
    return {
        "SLACK_API_URL": f"{url}/api/",
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    }


@asynccontextmanager
async def serve(sim: SlackSim, port: int = 0) -> AsyncIterator[str]:
    """Run the workspace in this event loop; yields its address, ``http://127.0.0.1:PORT``."""
    async with listen(sim.app(), port) as url:
        await sim.begin(url)
        try:
            yield url
        finally:
            await sim.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8802)
    parser.add_argument("--config", type=json.loads, default={}, help="fields of Config, as JSON")
    args = parser.parse_args()
    unknown = set(args.config) - {f.name for f in fields(Config)}
    if unknown:
        parser.error(f"unknown config fields: {sorted(unknown)}")

    async def work() -> None:
        async with serve(SlackSim(Config(**args.config)), args.port) as url:
            print(f"slack at {url}/api/", flush=True)
            await asyncio.Event().wait()

    run(work())


if __name__ == "__main__":
    main()
