# pyright: basic
"""A simulated Discord for tests and load runs: Gateway, REST, interactions, attachments.

It serves what a bot uses of Discord's API v10: the Gateway (HELLO, IDENTIFY, RESUME,
heartbeats, zlib-stream), messages, edits, threads, typing, reactions, slash commands,
buttons and modals with their callbacks and follow-ups, a CDN, rate-limit buckets with 429,
and a driver that makes simulated users speak to the bot and records when its answers
become visible. `tests/servers/README.md` has the command line, the driver's addresses and the records.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import secrets
import time
import zlib
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import WSMsgType, web

from tests.servers.running import Changes, listen, run
from tests.servers.turns import TAG, Load, Run, Turn, TurnLog, drive

Json = dict[str, Any]

EPOCH_MS = 1_420_070_400_000
APP = BOT_USER = "1000000000000000001"
GUILD = "1000000000000000002"
CHANNEL = "1000000000000000003"
OWNER = "1000000000000000004"
STAFF_CHANNEL = "1000000000000000005"
FORUM = "1000000000000000006"
BOT_ROLE = "1000000000000000007"
BOT_TOKEN = "bench-bot-token"
ALL_PERMISSIONS = str((1 << 53) - 1)

INTENT_GUILD_MESSAGES, INTENT_DIRECT_MESSAGES, INTENT_CONTENT = 1 << 9, 1 << 12, 1 << 15
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, REQUEST_MEMBERS = 0, 1, 2, 6, 7, 8
INVALID_SESSION, HELLO, HEARTBEAT_ACK = 9, 10, 11
DM, TEXT, PUBLIC_THREAD, PRIVATE_THREAD, FORUM_CHANNEL = 1, 0, 11, 12, 15
THREADS = (PUBLIC_THREAD, PRIVATE_THREAD)
COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5


class DiscordError(Exception):
    """A REST failure, with Discord's HTTP status and JSON error code."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.body = status, {"code": code, "message": message}


UNKNOWN_CHANNEL = (404, 10003, "Unknown Channel")
UNKNOWN_MESSAGE = (404, 10008, "Unknown Message")
UNKNOWN_WEBHOOK = (404, 10015, "Unknown Webhook")
UNKNOWN_INTERACTION = (404, 10062, "Unknown interaction")
ALREADY_ACKNOWLEDGED = (400, 40060, "Interaction has already been acknowledged.")
EMPTY_MESSAGE = (400, 50006, "Cannot send an empty message")
INVALID_FORM = (400, 50035, "Invalid Form Body")


@dataclass(slots=True)
class Config:
    """How the service behaves; each field can be set by `POST /_config`."""

    heartbeat_ms: int = 41_250
    echo_events: bool = True
    """Deliver the bot's own messages and edits to it as events, as Discord does."""
    rate_limits: bool = False
    rate_scale: float = 1.0
    """Multiplies the limits."""
    latency_s: float = 0.0
    """Added to every REST call."""
    interaction_timeout_s: float = 3.0
    refused_intents: int = 0
    """Privileged intents that the application has not switched on."""
    app_flags: int = 1 << 18 | 1 << 19
    permissions: str = ALL_PERMISSIONS
    """Of the bot in its server."""
    refused_connections: int = 0
    """How many of the next Gateway connections are refused."""
    failures: dict[str, int] = field(default_factory=dict)
    """Route (such as ``POST /channels/{channel}/messages``) to the HTTP status it answers with."""
    closed: list[str] = field(default_factory=list)
    """Direct messages whose user takes none from the bot."""


@dataclass(slots=True)
class Bucket:
    """A fixed window of requests, reported in the ``X-RateLimit-*`` headers."""

    limit: int
    window_s: float
    used: int = 0
    resets: float = 0.0

    def take(self, now: float) -> bool:
        if now >= self.resets:
            self.used, self.resets = 0, now + self.window_s
        if self.used >= self.limit:
            return False
        self.used += 1
        return True

    def headers(self, name: str, now: float) -> dict[str, str]:
        after = max(self.resets - now, 0.0)
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.limit - self.used),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": f"{zlib.crc32(name.encode()):08x}",
        }


@dataclass(slots=True)
class Session:
    """One Gateway session; it outlives its connection, so that it can be resumed."""

    id: str
    intents: int
    shard: tuple[int, int]
    seq: int = 0
    backlog: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=5_000))
    connection: Connection | None = None


class Connection:
    """One Gateway connection, compressed or not."""

    def __init__(self, ws: web.WebSocketResponse, compress: bool) -> None:
        self.ws = ws
        self._zlib = zlib.compressobj() if compress else None

    async def send(self, text: str) -> None:
        if self.ws.closed:
            return
        try:
            if self._zlib is None:
                await self.ws.send_str(text)
            else:
                data = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
                await self.ws.send_bytes(data)
        except ConnectionError:
            pass


@dataclass(slots=True)
class Interaction:
    """An interaction that the bot may answer."""

    id: str
    token: str
    kind: int
    channel: str
    conversation: str
    created: float
    tag: str | None = None
    answered: asyncio.Future[Json] | None = None
    response: Json | None = None
    """The callback that the bot sent."""
    original: str | None = None
    """The id of the original response's message."""
    loading: bool = False


@dataclass(slots=True)
class Counts:
    """What went in and out since the last reset."""

    calls: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    rate_limited: Counter[str] = field(default_factory=Counter)
    dispatched: Counter[str] = field(default_factory=Counter)
    identifies: int = 0
    resumes: int = 0
    heartbeats: int = 0

    def as_dict(self) -> Json:
        return {f.name: getattr(self, f.name) for f in fields(self)}


Handler = Callable[["DiscordSim", web.Request], Awaitable[Any]]
ROUTES: list[tuple[str, str, Handler]] = []


def route(verb: str, path: str) -> Callable[[Handler], Handler]:
    """Register a REST route below ``/api/v10``; the handler returns JSON, or None for 204."""

    def register(handler: Handler) -> Handler:
        ROUTES.append((verb, path, handler))
        return handler

    return register


class DiscordSim:
    """The service. In a test: ``async with serve(DiscordSim()) as url``, then `say`, `command`, …"""

    def __init__(self, config: Config | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.changes = Changes()
        self.clock = clock
        """Of the rate limits."""
        self.config = config or Config()
        self.url = ""
        self.log = TurnLog()
        self.runs: dict[str, Run] = {}
        self.counts = Counts()
        self.trace: deque[Json] = deque(maxlen=20_000)
        """The latest REST calls: route, body, time."""
        self.users: dict[str, Json] = {}
        self.channels: dict[str, Json] = {}
        self.messages: dict[str, dict[str, Json]] = {}
        self.commands: dict[str, Json] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.interactions: dict[str, Interaction] = {}
        self.sessions: dict[str, Session] = {}
        self.ready = asyncio.Event()
        self._roots: dict[str, str] = {}
        self._nonces: dict[tuple[str, str], Json] = {}
        self._buckets: dict[str, Bucket] = {}
        self.roles: dict[str, list[str]] = {}
        """Role ids by user."""
        self._faults: dict[str, deque[Any]] = {}
        self._counter = itertools.count()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.guilds = {GUILD: "Bench"}
        """Names of the servers that the bot is in, by id."""
        self.users[BOT_USER] = self._user(BOT_USER, "benchbot") | {"bot": True}
        self.users[OWNER] = self._user(OWNER, "owner")
        self._add_channel({"id": CHANNEL, "type": TEXT, "name": "support", "position": 0})
        self._add_channel({"id": STAFF_CHANNEL, "type": TEXT, "name": "staff", "position": 1})
        self._add_channel({"id": FORUM, "type": FORUM_CHANNEL, "name": "help", "position": 2, "available_tags": []})

    # ---- the service's things ----------------------------------------------------------

    def new_id(self) -> str:
        """A snowflake of now."""
        return str((int(time.time() * 1000) - EPOCH_MS) << 22 | next(self._counter) & 0x3FFFFF)

    @staticmethod
    def _user(user: str, name: str) -> Json:
        flags = {"avatar": None, "global_name": name.title(), "public_flags": 0, "avatar_decoration_data": None}
        return {"id": user, "username": name, "discriminator": "0"} | flags

    @staticmethod
    def _member() -> Json:
        return {
            "roles": [],
            "joined_at": "2024-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": None,
            "avatar": None,
            "premium_since": None,
            "pending": False,
            "communication_disabled_until": None,
        }

    def _add_channel(self, channel: Json) -> Json:
        if channel["type"] != DM:
            parent = self.channels.get(str(channel.get("parent_id")), {})
            extra = {"guild_id": parent.get("guild_id", GUILD), "nsfw": False, "topic": None, "parent_id": None}
            extra |= {"permission_overwrites": []}
            channel = extra | {"rate_limit_per_user": 0, "flags": 0, "last_message_id": None} | channel
        self.channels[channel["id"]] = channel
        self.messages[channel["id"]] = {}
        return channel

    def add_guild(self, guild: str, name: str) -> None:
        """One more server, before the bot connects."""
        self.guilds[guild] = name

    def add_room(self, channel: str, *, guild: str = GUILD) -> None:
        """A text channel of a server, before the bot connects; one that is there stays as it is."""
        if channel not in self.channels:
            self._add_channel({"id": channel, "type": TEXT, "name": "room", "position": 0, "guild_id": guild})

    def guild_at(self, channel: str) -> Json:
        """How an event of a channel names its server; nothing for direct messages."""
        found = self.channels[channel]
        return {} if found["type"] == DM else {"guild_id": found["guild_id"]}

    def user(self, index: int) -> str:
        """The id of simulated user `index`; made on first use, with a DM channel."""
        user = str(2_000_000_000_000_000_000 + index)
        if user not in self.users:
            self.users[user] = self._user(user, f"user{index}")
            self._add_channel({"id": self.dm(user), "type": DM, "recipients": [self.users[user]], "flags": 0})
        return user

    @staticmethod
    def dm(user: str) -> str:
        return str(int(user) + 500_000_000_000_000_000)

    def channel(self, channel: str) -> Json:
        if channel not in self.channels:
            raise DiscordError(*UNKNOWN_CHANNEL)
        return self.channels[channel]

    def find(self, channel: str, message: str) -> Json:
        self.channel(channel)
        if message not in self.messages[channel]:
            raise DiscordError(*UNKNOWN_MESSAGE)
        return self.messages[channel][message]

    def guild(self, guild: str = GUILD) -> Json:
        members = [self._member() | {"user": self.users[BOT_USER], "roles": [BOT_ROLE]}]
        everyone = {"id": guild, "name": "@everyone", "color": 0, "hoist": False, "position": 0, "flags": 0}
        everyone |= {"permissions": self.config.permissions, "managed": False, "mentionable": False}
        everyone["colors"] = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
        own = everyone | {
            "id": BOT_ROLE,
            "name": "benchbot",
            "position": 1,
            "managed": True,
            "tags": {"bot_id": BOT_USER},
        }
        in_guild = [c for c in self.channels.values() if c.get("guild_id") == guild]
        return {
            "id": guild,
            "name": self.guilds[guild],
            "owner_id": OWNER,
            "icon": None,
            "joined_at": "2024-01-01T00:00:00+00:00",
            "large": False,
            "unavailable": False,
            "member_count": len(self.users),
            "members": members,
            "roles": [everyone, own, *(everyone | {"id": r, "name": r} for rs in self.roles.values() for r in rs)],
            "channels": [c for c in in_guild if c["type"] not in THREADS],
            "threads": [c for c in in_guild if c["type"] in THREADS],
            "emojis": [],
            "stickers": [],
            "features": [],
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "preferred_locale": "en-US",
            "premium_tier": 0,
            "nsfw_level": 0,
            "mfa_level": 0,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "afk_channel_id": None,
            "afk_timeout": 300,
            "application_id": None,
            "max_members": 500_000,
        }

    def new_message(self, channel: str, author: str, body: Json) -> Json:
        """Store a message and return it (not yet delivered)."""
        message: Json = {
            "id": self.new_id(),
            "type": 0,
            "channel_id": channel,
            "author": self.users[author],
            "content": body.get("content") or "",
            "timestamp": datetime.now(UTC).isoformat(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": body.get("attachments") or [],
            "embeds": [{"type": "rich"} | e for e in body.get("embeds") or []],
            "components": number_components(body.get("components") or []),
            "pinned": False,
            "flags": body.get("flags") or 0,
        }
        content = message["content"]
        message["mention_roles"] = [BOT_ROLE] if f"<@&{BOT_ROLE}>" in content else []
        message["mentions"] = [u for key, u in self.users.items() if f"<@{key}>" in content] if "<@" in content else []
        if nonce := body.get("nonce"):
            message["nonce"] = nonce
        if reference := body.get("message_reference"):
            replied = self.messages.get(channel, {}).get(str(reference["message_id"]))
            if replied is None and reference.get("fail_if_not_exists", True):
                raise DiscordError(400, 50035, "Unknown message in reference")
            message |= {"type": 19, "referenced_message": replied}
            message["message_reference"] = {
                "type": 0,
                "channel_id": channel,
                "message_id": str(reference["message_id"]),
            }
        self.messages[channel][message["id"]] = message
        self.channels[channel]["last_message_id"] = message["id"]
        return message

    def conversation(self, message: Json) -> str:
        """What a turn is bound to: a DM, or the channel message that began the conversation."""
        channel = str(message["channel_id"])
        if self.channels[channel]["type"] == DM:
            return channel
        root = self._roots.get(channel)  # a thread begun on a message
        if root is None and (reference := message.get("message_reference")):
            root = self._roots.get(reference["message_id"], reference["message_id"])
        root = root or message["id"]
        self._roots[message["id"]] = root
        return root

    def visible(self, message: Json, conversation: str | None = None) -> None:
        """Tell the turn log what a bot message now shows."""
        if text := shown_text(message):
            self.log.seen(conversation or self.conversation(message), message["id"], text)

    # ---- Gateway -----------------------------------------------------------------------

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        if self.config.refused_connections:
            self.config.refused_connections -= 1
            raise web.HTTPServiceUnavailable
        compress = request.query.get("compress", "")
        if compress not in ("", "zlib-stream") or request.query.get("encoding", "json") != "json":
            raise web.HTTPBadRequest(text="only JSON, plain or zlib-stream")
        ws = web.WebSocketResponse(max_msg_size=0)
        await ws.prepare(request)
        connection = Connection(ws, bool(compress))
        await connection.send(json.dumps({"op": HELLO, "d": {"heartbeat_interval": self.config.heartbeat_ms}}))
        session: Session | None = None
        try:
            async for raw in ws:
                if raw.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    continue
                message = json.loads(raw.data)
                match message["op"], message.get("d"):
                    case (1, _):
                        self.counts.heartbeats += 1
                        await connection.send(json.dumps({"op": HEARTBEAT_ACK}))
                    case (2, data):
                        session = await self.identify(connection, data)
                        if session is None:
                            break
                    case (6, data):
                        session = await self.resume(connection, data) or session
                    case (8, data) if session:
                        await self.members_chunk(session, data)
        finally:
            if session and session.connection is connection:
                session.connection = None
            if not any(s.connection for s in self.sessions.values()):
                self.ready.clear()
        return ws

    async def identify(self, connection: Connection, data: Json) -> Session | None:
        self.counts.identifies += 1
        if str(data.get("token")).removeprefix("Bot ") != BOT_TOKEN:
            await connection.ws.close(code=4004, message=b"Authentication failed.")
            return None
        if int(data.get("intents") or 0) & self.config.refused_intents:
            await connection.ws.close(code=4014, message=b"Disallowed intent(s).")
            return None
        shard, shards = data.get("shard") or (0, 1)
        session = Session(secrets.token_hex(16), int(data.get("intents") or 0), (shard, shards), connection=connection)
        self.sessions[session.id] = session
        ours = [guild for guild in self.guilds if (int(guild) >> 22) % shards == shard]
        ready = {
            "v": 10,
            "user": self.users[BOT_USER] | {"verified": True, "mfa_enabled": True, "flags": 0, "email": None},
            "guilds": [{"id": guild, "unavailable": True} for guild in ours],
            "session_id": session.id,
            "resume_gateway_url": self.gateway_url,
            "shard": [shard, shards],
            "application": {"id": APP, "flags": 1 << 18 | 1 << 19},
        }
        await self.send(session, "READY", ready)
        for guild in ours:
            await self.send(session, "GUILD_CREATE", self.guild(guild))
        self.ready.set()
        self.changes.tell()
        return session

    async def resume(self, connection: Connection, data: Json) -> Session | None:
        session = self.sessions.get(data.get("session_id", ""))
        if session is None or data.get("seq") is None:
            await connection.send(json.dumps({"op": INVALID_SESSION, "d": False}))
            return None
        self.counts.resumes += 1
        session.connection = connection
        for seq, text in list(session.backlog):
            if seq > data["seq"]:
                await connection.send(text)
        await self.send(session, "RESUMED", {})
        self.ready.set()
        return session

    async def members_chunk(self, session: Session, data: Json) -> None:
        wanted = data.get("user_ids") or list(self.users)
        wanted = [wanted] if isinstance(wanted, str) else wanted
        members = [self._member() | {"user": self.users[u]} for u in map(str, wanted) if u in self.users]
        chunk = {"guild_id": data["guild_id"], "members": members, "chunk_index": 0, "chunk_count": 1, "not_found": []}
        await self.send(session, "GUILD_MEMBERS_CHUNK", chunk | {"nonce": data.get("nonce")})

    async def send(self, session: Session, event: str, data: Json) -> None:
        """Send one event to one session, or keep it until the session is resumed."""
        session.seq += 1
        text = json.dumps({"op": DISPATCH, "t": event, "s": session.seq, "d": data})
        session.backlog.append((session.seq, text))
        self.counts.dispatched[event] += 1
        if session.connection:
            await session.connection.send(text)

    async def dispatch(self, event: str, data: Json, *, private: bool = False) -> None:
        """Send an event to the session whose shard it belongs to."""
        for session in list(self.sessions.values()):
            shard, shards = session.shard
            if shard == (0 if private else (int(data.get("guild_id", GUILD)) >> 22) % shards):
                await self.send(session, event, data)

    async def dispatch_message(self, event: str, message: Json) -> None:
        """Deliver a message to the sessions that have the intents for it."""
        kind = self.channels[message["channel_id"]]["type"]
        private, message = kind == DM, message | {"channel_type": kind}
        if not private:
            message |= self.guild_at(message["channel_id"]) | {"member": self._member()}
        own = message["author"]["id"] == BOT_USER or any(u["id"] == BOT_USER for u in message["mentions"])
        for session in list(self.sessions.values()):
            if not session.intents & (INTENT_DIRECT_MESSAGES if private else INTENT_GUILD_MESSAGES):
                continue
            if session.shard[0] != (0 if private else (int(message["guild_id"]) >> 22) % session.shard[1]):
                continue
            blank = not (private or own or session.intents & INTENT_CONTENT)
            hidden = {"content": "", "embeds": [], "attachments": [], "components": []} if blank else {}
            await self.send(session, event, message | hidden)

    @property
    def gateway_url(self) -> str:
        """Where the Gateway is, for ``resume_gateway_url`` and the like."""
        return self.url.replace("http", "ws", 1) + "/gateway"

    async def disconnect(self, code: int = 0) -> int:
        """Ask every connection to reconnect (`code` 0), or close it with that code."""
        connections = [s.connection for s in self.sessions.values() if s.connection]
        for connection in connections:
            if code:
                await connection.ws.close(code=code)
            else:
                await connection.send(json.dumps({"op": RECONNECT, "d": None}))
        return len(connections)

    # ---- REST --------------------------------------------------------------------------

    def script(self, route: str, *faults: Any) -> None:
        """What the next calls of a route meet, each once: None (nothing), a status, (429, seconds),
        ("code", status, code), or `drop`.

        `drop`: the call is done, and its answer is lost with the connection.
        """
        self._faults[route] = deque(faults)

    async def meet_fault(self, fault: Any, request: web.Request, handler: Handler) -> web.Response:
        if fault == "drop":
            with suppress(DiscordError):
                await handler(self, request)
            assert request.transport is not None
            request.transport.abort()
            raise asyncio.CancelledError
        body: Json = {"code": 0, "message": "scripted failure"}
        if isinstance(fault, tuple) and fault[0] == "code":
            _, status, body["code"] = fault
            body |= {"retry_after": 0.5, "global": False} if status == 429 else {}
        else:
            status, wait = fault if isinstance(fault, tuple) else (fault, 0.5)
            body |= {"retry_after": wait, "global": False} if status == 429 else {}
        return as_json(body, status=status, headers={"Via": "1.1 bench"})

    def endpoint(self, verb: str, path: str, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        name = f"{verb} {path}"
        open_to_all = path.startswith(("/webhooks/", "/interactions/"))

        async def respond(request: web.Request) -> web.Response:
            self.counts.calls[name] += 1
            if self.config.latency_s:
                await asyncio.sleep(self.config.latency_s)
            headers: dict[str, str] = {}
            faults = self._faults.get(name)
            if faults and (fault := faults.popleft()) is not None:
                return await self.meet_fault(fault, request, handler)
            try:
                if status := self.config.failures.get(name):
                    return as_json({"code": 0, "message": "scripted failure"}, status=status)
                if not open_to_all and request.headers.get("authorization") != f"Bot {BOT_TOKEN}":
                    raise DiscordError(401, 0, "401: Unauthorized")
                if self.config.rate_limits and not path.startswith("/interactions/"):
                    headers, limited = self.check_rate(name, request)
                    if limited is not None:
                        return limited
                result = await handler(self, request)
            except DiscordError as error:
                self.counts.errors[f"{name}: {error}"] += 1
                return as_json(error.body, status=error.status, headers=headers)
            if result is None:
                return web.Response(status=204, headers=headers)
            return as_json(result, headers=headers)

        return respond

    def check_rate(self, name: str, request: web.Request) -> tuple[dict[str, str], web.Response | None]:
        """The bucket's headers, and the 429 when the bucket (or the global one) is spent."""
        major = request.match_info.get("channel") or request.match_info.get("token") or ""
        limit, window = 5, 5.0
        if name.startswith(("GET", "PUT /applications", "POST /applications")):
            limit = 50
        elif "/webhooks/" in name:
            window = 2.0
        now, scale = self.clock(), self.config.rate_scale
        every = self._buckets.setdefault("global", Bucket(max(1, int(50 * scale)), 1.0))
        bucket = self._buckets.setdefault(f"{name}:{major}", Bucket(max(1, int(limit * scale)), window))
        shared = not every.take(now)
        if not shared and bucket.take(now):
            return bucket.headers(name, now), None
        self.counts.rate_limited["global" if shared else name] += 1
        spent = every if shared else bucket
        wait = round(max(spent.resets - now, 0.001), 3)
        headers = bucket.headers(name, now) | {"Retry-After": str(int(wait) + 1), "Via": "1.1 bench"}
        headers["X-RateLimit-Scope"] = "global" if shared else "user"
        if shared:
            headers["X-RateLimit-Global"] = "true"
        body = {"message": "You are being rate limited.", "retry_after": wait, "global": shared}
        return headers, as_json(body, status=429, headers=headers)

    async def read(self, request: web.Request) -> Json:
        """A request's JSON, with the files of a multipart body stored as attachments."""
        if not request.content_type.startswith("multipart/"):
            body: Json = await request.json() if request.can_read_body else {}
        else:
            body, attachments = {}, []
            async for part in await request.multipart():
                if part.name == "payload_json":  # type: ignore[union-attr]
                    body = json.loads(await part.read())  # type: ignore[union-attr]
                else:
                    name = part.filename or "file"  # type: ignore[union-attr]
                    kind = part.headers.get("content-type", "application/octet-stream")  # type: ignore[union-attr]
                    attachments.append(self.add_file(name, kind, await part.read()))  # type: ignore[union-attr]
            body["attachments"] = attachments
        self.trace.append({"at": time.monotonic(), "route": f"{request.method} {request.path}", "body": body})
        return body

    def add_file(self, name: str, content_type: str, data: bytes) -> Json:
        """Put a file on the CDN; returns its attachment object, for `say(attachments=[…])`."""
        file = self.new_id()
        self.files[file] = (content_type, data)
        url = f"{self.url}/attachments/{CHANNEL}/{file}/{name}"
        return {
            "id": file,
            "filename": name,
            "size": len(data),
            "content_type": content_type,
            "url": url,
            "proxy_url": url,
        }

    async def cdn(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["file"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[1], content_type=found[0].partition(";")[0])

    # ---- users' doings -----------------------------------------------------------------

    async def say(
        self,
        user: str,
        text: str,
        *,
        channel: str | None = None,
        mention: bool = False,
        reply_to: str | None = None,
        attachments: list[Json] | None = None,
        **fields: Any,
    ) -> Json:
        """A user posts a message (in the DM with the bot by default); returns it. `fields` replace its own."""
        channel = channel or self.dm(user)
        body: Json = {"content": f"<@{BOT_USER}> {text}" if mention else text, "attachments": attachments}
        if reply_to:
            body["message_reference"] = {"message_id": reply_to}
        message = self.new_message(channel, user, body)
        message |= fields
        found = TAG.search(text)
        self.log.delivered(found[0] if found else None)
        await self.dispatch_message("MESSAGE_CREATE", message)
        return message

    async def react(self, user: str, emoji: str, message: Json) -> None:
        """A user puts a reaction on a message."""
        private = self.channels[message["channel_id"]]["type"] == DM
        event = {
            "user_id": user,
            "channel_id": message["channel_id"],
            "message_id": message["id"],
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
        }
        member = {} if private else {"member": self._member() | {"user": self.users[user]}}
        where = self.guild_at(message["channel_id"]) | member
        await self.dispatch("MESSAGE_REACTION_ADD", event | where, private=private)

    async def change(self, message: Json, text: str) -> None:
        """A user changes a message."""
        message |= {"content": text, "edited_timestamp": datetime.now(UTC).isoformat()}
        await self.dispatch_message("MESSAGE_UPDATE", message)

    async def take_back(self, message: Json) -> None:
        """A user deletes a message."""
        del self.messages[message["channel_id"]][message["id"]]
        private = self.channels[message["channel_id"]]["type"] == DM
        gone = {"id": message["id"], "channel_id": message["channel_id"]} | self.guild_at(message["channel_id"])
        await self.dispatch("MESSAGE_DELETE", gone, private=private)

    async def menu(self, user: str, name: str, message: Json) -> Interaction:
        """A user runs a command from a message's menu."""
        known = next(c for c in self.commands.values() if c["name"] == name)
        data = {"id": known["id"], "name": name, "type": 3, "target_id": message["id"]}
        data["resolved"] = {"messages": {message["id"]: message}}
        return await self.interact(user, COMMAND, data, message["channel_id"])

    async def open_thread(self, message: str, channel: str, *, announce: bool = True) -> Json:
        """A user begins a thread on a message; not announced: the bot does not hear of it."""
        return await _new_thread(self, channel, message, {"name": "talk"}, announce=announce)

    async def post(self, user: str, title: str, text: str, *, forum: str = FORUM, **fields: Any) -> Json:
        """A user posts in a forum; returns the thread."""
        thread = await _new_thread(self, forum, self.new_id(), {"name": title, **fields}, owner=user)
        message = self.new_message(thread["id"], user, {"content": text})
        # A post and the message that begins it have one id.
        del self.messages[thread["id"]][message["id"]]
        message["id"] = thread["id"]
        self.messages[thread["id"]][message["id"]] = message
        await self.dispatch_message("MESSAGE_CREATE", message)
        return thread

    async def interact(self, user: str, kind: int, data: Json, channel: str | None = None, **extra: Any) -> Interaction:
        """Deliver an interaction and wait for the bot's callback (`response`; None: too late)."""
        channel = channel or self.dm(user)
        tags = TAG.findall(json.dumps(data))
        key, conversation = self.new_id(), extra.pop("conversation", None)
        interaction = Interaction(
            id=key,
            token=secrets.token_hex(16),
            kind=kind,
            channel=channel,
            conversation=conversation or f"interaction:{key}",
            created=time.monotonic(),
            tag=tags[0] if tags else None,
            answered=asyncio.get_running_loop().create_future(),
        )
        if "message" in extra:  # a component's original response is the message it stands on
            interaction.original = extra["message"]["id"]
        self.interactions[interaction.token] = interaction
        where = self.channels[channel]
        private = where["type"] == DM
        person: Json = {"user": self.users[user]}
        if not private:
            member = self._member() | {"user": self.users[user], "permissions": ALL_PERMISSIONS}
            member["roles"] = self.roles.get(user, [])
            guild = where["guild_id"]
            person = {"member": member, "guild_id": guild, "guild": {"id": guild, "locale": "en-US", "features": []}}
        payload = {
            "id": interaction.id,
            "application_id": APP,
            "type": kind,
            "data": data,
            "token": interaction.token,
            "version": 1,
            "channel_id": channel,
            "channel": where,
            "locale": "en-US",
            "app_permissions": ALL_PERMISSIONS,
            "entitlements": [],
            "authorizing_integration_owners": {"0": where.get("guild_id", GUILD)},
            "context": 1 if private else 0,
            "attachment_size_limit": 10 * 2**20,
        }
        self.log.delivered(interaction.tag)
        await self.dispatch("INTERACTION_CREATE", payload | person | extra, private=private)
        assert interaction.answered is not None
        with suppress(TimeoutError):
            await asyncio.wait_for(interaction.answered, self.config.interaction_timeout_s)
        return interaction

    async def command(self, user: str, name: str, options: Json | None = None, **where: Any) -> Interaction:
        """A user runs a registered slash command, with options by name."""
        known = next((c for c in self.commands.values() if c["name"] == name), None)
        kinds = {str: 3, bool: 5, int: 4, float: 10}
        files = {v["id"]: v for v in (options or {}).values() if isinstance(v, dict)}
        given = [
            {"name": k, "type": 11, "value": v["id"]}
            if isinstance(v, dict)
            else {"name": k, "type": kinds[type(v)], "value": v}
            for k, v in (options or {}).items()
        ]
        data = {"id": known["id"] if known else self.new_id(), "name": name, "type": 1, "options": given}
        if files:
            data["resolved"] = {"attachments": files}
        return await self.interact(user, COMMAND, data, **where)

    async def press(self, user: str, message: Json, custom_id: str, kind: int = 2) -> Interaction:
        """A user presses a button (or with `kind` 3 uses a menu) of a message of the bot."""
        data = {"custom_id": custom_id, "component_type": kind, "id": 1}
        return await self.interact(
            user, COMPONENT, data, message["channel_id"], message=message, conversation=self.conversation(message)
        )

    async def type_into(self, user: str, name: str, option: str, typed: str, channel: str | None = None) -> Interaction:
        """A user types into an option of a command that offers something."""
        known = next(c for c in self.commands.values() if c["name"] == name)
        given = [{"name": option, "type": 3, "value": typed, "focused": True}]
        data = {"id": known["id"], "name": name, "type": 1, "options": given}
        return await self.interact(user, AUTOCOMPLETE, data, channel)

    async def submit_files(
        self, user: str, custom_id: str, values: Json, files: Json, channel: str | None = None
    ) -> Interaction:
        """A user submits a modal of labels; `files` are uploads by the inputs' custom ids."""
        parts: list[Json] = [
            {"type": 4, "id": 100 + n, "custom_id": k, "value": v} for n, (k, v) in enumerate(values.items())
        ]
        parts += [
            {"type": 19, "id": 200 + n, "custom_id": k, "values": [f["id"] for f in v]}
            for n, (k, v) in enumerate(files.items())
        ]
        labels = [{"type": 18, "id": n, "component": part} for n, part in enumerate(parts, 1)]
        resolved = {"attachments": {f["id"]: f for v in files.values() for f in v}}
        return await self.interact(
            user, MODAL, {"custom_id": custom_id, "components": labels, "resolved": resolved}, channel
        )

    async def submit(self, user: str, custom_id: str, values: Json, channel: str | None = None) -> Interaction:
        """A user submits a modal; `values` are texts by the inputs' custom ids."""
        rows = [
            {"type": 1, "id": n, "components": [{"type": 4, "id": 100 + n, "custom_id": k, "value": v}]}
            for n, (k, v) in enumerate(values.items(), 1)
        ]
        return await self.interact(user, MODAL, {"custom_id": custom_id, "components": rows}, channel)

    # ---- the driver --------------------------------------------------------------------

    async def speak(self, load: Load, replies: dict[int, str], i: int, n: int) -> Turn:
        """Send turn `n` of user `i` on the load's surface.

        Surfaces: `dm` (the default), `mention` (mentions in one channel; later turns of a
        thread are replies to the bot's answer), `command` (the load's slash command
        with its option ``question``).
        """
        user, surface = self.user(i), load.surface or "dm"
        turn = self.log.open(user, self.dm(user))
        text = load.text.replace("{tag}", turn.tag)
        turn.sent = time.monotonic()
        if surface == "dm":
            await self.say(user, text)
        elif surface == "mention":
            before = self.log.turns.get(replies.get(i, "")) if n % load.thread_turns else None
            reply_to = before.answer_ids[-1] if before and before.answer_ids else None
            message = await self.say(user, text, channel=CHANNEL, mention=True, reply_to=reply_to)
            self.log.rebind(turn, self.conversation(message))
            replies[i] = turn.tag
        elif surface == "command":
            where = f"interaction:{turn.tag}"
            self.log.rebind(turn, where)
            self.spawn(self.command(user, load.command, {"question": text}, conversation=where))
        else:
            raise ValueError(f"unknown surface: {surface}")
        return turn

    def spawn(self, work: Awaitable[Any]) -> None:
        """Run something beside the caller, and keep hold of it."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def start(self, load: Load) -> tuple[str, Run]:
        """Start a load; it goes on in the background."""
        run, replies = Run(load), dict[int, str]()
        key = f"run{self.new_id()}"
        self.runs[key] = run
        self.spawn(drive(run, lambda i, n: self.speak(load, replies, i, n)))
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
        """One user's doing: say, command, press, submit, file or disconnect."""
        args: Json = dict(await request.json())
        what, user = request.match_info["what"], self.user(int(args.pop("user", 0)))
        result: Any
        try:
            if what == "say":
                result = await self.say(user, **args)
            elif what in ("command", "press", "submit"):
                interaction: Interaction = await getattr(self, what)(user, **args)
                result = {"id": interaction.id, "response": interaction.response}
            elif what == "file":
                result = self.add_file(args["name"], args["content_type"], args["text"].encode())
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
            "sessions": sum(s.connection is not None for s in self.sessions.values()),
            "untagged_writes": self.log.untagged_writes,
            "commands": list(self.commands.values()),
        }
        if request.query.get("trace") == "1":
            stats["trace"] = list(self.trace)
        return web.json_response(stats)

    async def get_messages(self, request: web.Request) -> web.Response:
        return web.json_response(list(self.messages.get(request.match_info["channel"], {}).values()))

    async def post_config(self, request: web.Request) -> web.Response:
        body: Json = await request.json() if request.can_read_body else {}
        try:
            self.config = replace(self.config, **body)
        except TypeError as error:
            return web.json_response({"error": str(error)}, status=400)
        self._buckets.clear()
        return web.json_response(asdict(self.config))

    async def post_reset(self, request: web.Request) -> web.Response:
        """Forget messages, turns, counts and runs; keep sessions, commands and the config."""
        self.log, self.counts = TurnLog(), Counts()
        self.trace.clear()
        for store in (self.runs, self.interactions, self._roots, self._nonces, self._buckets):
            store.clear()
        for channel in self.messages.values():
            channel.clear()
        return web.json_response({"ok": True})

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 2**20, middlewares=[self.changes.middleware])
        for verb, path, handler in ROUTES:
            app.router.add_route(verb, r"/api/{version:v\d+}" + path, self.endpoint(verb, path, handler))
        app.add_routes(
            [
                web.get("/gateway", self.gateway),
                web.get("/gateway/", self.gateway),
                web.get("/attachments/{channel}/{file}/{name}", self.cdn),
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

    async def end(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        for session in self.sessions.values():
            if session.connection:
                await session.connection.ws.close()


# ---- helpers ---------------------------------------------------------------------------


def as_json(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON with the bare content type that Discord sends (discord.py compares it exactly)."""
    return web.Response(body=json.dumps(data).encode(), status=status, headers=headers, content_type="application/json")


def shown_text(message: Json) -> str:
    """The text that a message shows: its content, embeds and text components."""
    found: list[str] = [message.get("content") or ""]
    for embed in message.get("embeds") or []:
        found += [embed.get("title") or "", embed.get("description") or ""]
        found += [f.get("value") or "" for f in embed.get("fields") or []]

    def walk(components: list[Json]) -> None:
        for component in components:
            found.append(component.get("content") or "")
            walk(component.get("components") or [])

    walk(message.get("components") or [])
    return "\n".join(t for t in found if t.strip())


def number_components(components: list[Json]) -> list[Json]:
    """Give every component an id, as Discord does."""
    numbers = itertools.count(1)

    def walk(nodes: list[Json]) -> list[Json]:
        return [
            node
            | {"id": node.get("id") or next(numbers)}
            | ({"components": walk(node["components"])} if "components" in node else {})
            for node in nodes
        ]

    return walk(components)


def check_body(body: Json) -> None:
    """Discord's limits on a message."""
    embeds = body.get("embeds") or []
    if len(body.get("content") or "") > 2000 or len(embeds) > 10:
        raise DiscordError(*INVALID_FORM)
    if any(len(e.get("description") or "") > 4096 for e in embeds):
        raise DiscordError(*INVALID_FORM)
    filled = (body.get("content") or "").strip() or embeds or body.get("components") or body.get("attachments")
    if not (filled or body.get("sticker_ids") or body.get("poll")):
        raise DiscordError(*EMPTY_MESSAGE)


def apply_edit(message: Json, body: Json) -> None:
    for key in ("content", "embeds", "components", "attachments", "flags"):
        if key in body:
            message[key] = body[key] if body[key] is not None else type(message[key])()
    message["components"] = number_components(message["components"])
    message["edited_timestamp"] = datetime.now(UTC).isoformat()
    check_body(message)


# ---- REST routes -----------------------------------------------------------------------


@route("GET", "/gateway")
async def gateway(sim: DiscordSim, request: web.Request) -> Json:
    return {"url": sim.gateway_url}


@route("GET", "/gateway/bot")
async def gateway_bot(sim: DiscordSim, request: web.Request) -> Json:
    limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
    return {"url": sim.gateway_url, "shards": 1, "session_start_limit": limit}


@route("GET", "/users/@me")
async def me(sim: DiscordSim, request: web.Request) -> Json:
    return sim.users[BOT_USER] | {"verified": True, "mfa_enabled": True, "flags": 0, "email": None}


@route("GET", "/users/@me/guilds")
async def my_guilds(sim: DiscordSim, request: web.Request) -> list[Json]:
    about = {"icon": None, "owner": False, "permissions": sim.config.permissions, "features": []}
    after = int(request.query.get("after") or 0)
    return [{"id": key, "name": name} | about for key, name in sorted(sim.guilds.items()) if int(key) > after]


@route("GET", "/users/{user}")
async def get_user(sim: DiscordSim, request: web.Request) -> Json:
    user = sim.users.get(request.match_info["user"])
    if user is None:
        raise DiscordError(404, 10013, "Unknown User")
    return user


@route("GET", "/oauth2/applications/@me")
async def application(sim: DiscordSim, request: web.Request) -> Json:
    about = {"id": APP, "name": "benchbot", "icon": None, "description": "", "summary": "", "verify_key": "0" * 64}
    return about | {
        "bot_public": False,
        "bot_require_code_grant": False,
        "flags": sim.config.app_flags,
        "owner": sim.users[OWNER],
        "team": None,
    }


@route("GET", "/applications/@me")
async def application_me(sim: DiscordSim, request: web.Request) -> Json:
    about: Json = await application(sim, request)
    return about


@route("GET", "/guilds/{guild}")
async def get_guild(sim: DiscordSim, request: web.Request) -> Json:
    if request.match_info["guild"] not in sim.guilds:
        raise DiscordError(404, 10004, "Unknown Guild")
    return sim.guild(request.match_info["guild"])


@route("GET", "/guilds/{guild}/threads/active")
async def active_threads(sim: DiscordSim, request: web.Request) -> Json:
    guild = (await get_guild(sim, request))["id"]
    threads = [
        each | {"last_message_id": next(reversed(sim.messages.get(each["id"], {})), None)}
        for each in sim.channels.values()
        if each.get("guild_id") == guild and each.get("thread_metadata") and not each["thread_metadata"]["archived"]
    ]
    return {"threads": threads, "members": []}


@route("GET", "/guilds/{guild}/members/{user}")
async def get_member(sim: DiscordSim, request: web.Request) -> Json:
    return sim._member() | {"user": await get_user(sim, request)}


@route("POST", "/users/@me/channels")
async def open_dm(sim: DiscordSim, request: web.Request) -> Json:
    body = await sim.read(request)
    return sim.channel(sim.dm(str(body["recipient_id"])))


@route("GET", "/channels/{channel}")
async def get_channel(sim: DiscordSim, request: web.Request) -> Json:
    return sim.channel(request.match_info["channel"])


@route("PATCH", "/channels/{channel}")
async def edit_channel(sim: DiscordSim, request: web.Request) -> Json:
    channel = sim.channel(request.match_info["channel"])
    body = await sim.read(request)
    if (channel.get("thread_metadata") or {}).get("archived") and body.get("archived", True):
        raise DiscordError(400, 50083, "Thread is archived")
    tags = body.get("applied_tags", [])
    offered = {each["id"] for each in sim.channels.get(channel.get("parent_id") or "", {}).get("available_tags", [])}
    if len(tags) > 5 or not offered.issuperset(tags):
        raise DiscordError(*INVALID_FORM)
    meta = {k: body.pop(k) for k in ("archived", "locked", "auto_archive_duration") if k in body}
    channel.update(body)
    if "thread_metadata" in channel:
        channel["thread_metadata"].update(meta)
    kind = "THREAD_UPDATE" if channel["type"] in THREADS else "CHANNEL_UPDATE"
    await sim.dispatch(kind, channel)
    return channel


@route("POST", "/channels/{channel}/typing")
async def typing(sim: DiscordSim, request: web.Request) -> None:
    channel = request.match_info["channel"]
    is_dm = sim.channel(channel)["type"] == DM
    sim.log.signed(channel if is_dm else sim._roots.get(channel, channel))


@route("POST", "/channels/{channel}/messages")
async def create_message(sim: DiscordSim, request: web.Request) -> Json:
    channel = request.match_info["channel"]
    sim.channel(channel)
    if channel in sim.config.closed:
        raise DiscordError(403, 50007, "Cannot send messages to this user")
    body = await sim.read(request)
    check_body(body)
    once = (channel, str(body.get("nonce")))
    if body.get("enforce_nonce") and once in sim._nonces:
        return sim._nonces[once]
    message = sim.new_message(channel, BOT_USER, body)
    if body.get("enforce_nonce"):
        sim._nonces[once] = message
    sim.visible(message)
    if sim.config.echo_events:
        await sim.dispatch_message("MESSAGE_CREATE", message)
    return message


@route("GET", "/channels/{channel}/messages")
async def list_messages(sim: DiscordSim, request: web.Request) -> list[Json]:
    channel = request.match_info["channel"]
    sim.channel(channel)
    after, before = (int(request.query.get(k, d)) for k, d in (("after", 0), ("before", 1 << 64)))
    found = [m for m in sim.messages[channel].values() if after < int(m["id"]) < before]
    limit = int(request.query.get("limit", 50))
    chosen = found[:limit] if "after" in request.query else found[-limit:]
    return chosen[::-1]


@route("GET", "/channels/{channel}/messages/{message}")
async def get_message(sim: DiscordSim, request: web.Request) -> Json:
    return sim.find(request.match_info["channel"], request.match_info["message"])


@route("PATCH", "/channels/{channel}/messages/{message}")
async def edit_message(sim: DiscordSim, request: web.Request) -> Json:
    message = sim.find(request.match_info["channel"], request.match_info["message"])
    if message["author"]["id"] != BOT_USER:
        raise DiscordError(403, 50005, "Cannot edit a message authored by another user")
    apply_edit(message, await sim.read(request))
    sim.visible(message)
    if sim.config.echo_events:
        await sim.dispatch_message("MESSAGE_UPDATE", message)
    return message


@route("DELETE", "/channels/{channel}/messages/{message}")
async def delete_message(sim: DiscordSim, request: web.Request) -> None:
    message = sim.find(request.match_info["channel"], request.match_info["message"])
    del sim.messages[message["channel_id"]][message["id"]]
    private = sim.channels[message["channel_id"]]["type"] == DM
    gone = {"id": message["id"], "channel_id": message["channel_id"]} | sim.guild_at(message["channel_id"])
    await sim.dispatch("MESSAGE_DELETE", gone, private=private)


@route("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
async def add_reaction(sim: DiscordSim, request: web.Request) -> None:
    message = sim.find(request.match_info["channel"], request.match_info["message"])
    emoji = {"id": None, "name": request.match_info["emoji"]}
    if not any(r["emoji"] == emoji for r in message.setdefault("reactions", [])):
        message["reactions"].append({"emoji": emoji, "count": 1, "me": True, "me_burst": False})


@route("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
async def remove_reaction(sim: DiscordSim, request: web.Request) -> None:
    message = sim.find(request.match_info["channel"], request.match_info["message"])
    kept = [r for r in message.get("reactions", []) if r["emoji"]["name"] != request.match_info["emoji"]]
    message["reactions"] = kept


async def _new_thread(
    sim: DiscordSim, parent: str, thread: str, body: Json, *, owner: str = BOT_USER, announce: bool = True
) -> Json:
    meta = {"archived": False, "auto_archive_duration": body.get("auto_archive_duration", 1440), "locked": False}
    channel = sim._add_channel(
        {
            "id": thread,
            "type": body.get("type", PUBLIC_THREAD),
            "name": body.get("name", "thread"),
            "parent_id": parent,
            "owner_id": owner,
            "applied_tags": body.get("applied_tags", []),
            "member_count": 2,
            "message_count": 0,
            "total_message_sent": 0,
            "thread_metadata": meta | {"archive_timestamp": datetime.now(UTC).isoformat()},
            "member": {"id": thread, "user_id": BOT_USER, "join_timestamp": datetime.now(UTC).isoformat(), "flags": 0},
        }
    )
    if announce:
        await sim.dispatch("THREAD_CREATE", channel | {"newly_created": True})
    return channel


@route("POST", "/channels/{channel}/messages/{message}/threads")
async def thread_on_message(sim: DiscordSim, request: web.Request) -> Json:
    message = sim.find(request.match_info["channel"], request.match_info["message"])
    if message["id"] in sim.channels:
        raise DiscordError(400, 160004, "A thread has already been created for this message")
    thread = await _new_thread(sim, message["channel_id"], message["id"], await sim.read(request))
    sim._roots[thread["id"]] = sim._roots.get(str(message["id"]), str(message["id"]))
    return thread


@route("POST", "/channels/{channel}/threads")
async def thread_alone(sim: DiscordSim, request: web.Request) -> Json:
    sim.channel(request.match_info["channel"])
    return await _new_thread(sim, request.match_info["channel"], sim.new_id(), await sim.read(request))


@route("PUT", "/channels/{channel}/thread-members/{user}")
async def join_thread(sim: DiscordSim, request: web.Request) -> None:
    sim.channel(request.match_info["channel"])


# Application commands, global and of one guild.


def _command(sim: DiscordSim, body: Json) -> Json:
    known = next((c for c in sim.commands.values() if c["name"] == body["name"]), None)
    command = {"type": 1, "description": "", "options": []} | body
    command |= {"id": known["id"] if known else sim.new_id(), "application_id": APP, "version": sim.new_id()}
    command.setdefault("default_member_permissions", None)
    return command


async def put_commands(sim: DiscordSim, request: web.Request) -> list[Json]:
    bodies: Any = await sim.read(request)
    commands = [_command(sim, body) for body in bodies]
    sim.commands = {c["id"]: c for c in commands}
    return commands


async def get_commands(sim: DiscordSim, request: web.Request) -> list[Json]:
    return list(sim.commands.values())


async def post_command(sim: DiscordSim, request: web.Request) -> Json:
    command = _command(sim, await sim.read(request))
    sim.commands[command["id"]] = command
    return command


for _base in ("/applications/{app}/commands", "/applications/{app}/guilds/{guild}/commands"):
    route("PUT", _base)(put_commands)
    route("GET", _base)(get_commands)
    route("POST", _base)(post_command)


# Interactions: the callback, and the webhook for the original response and follow-ups.


@route("POST", "/interactions/{id}/{token}/callback")
async def callback(sim: DiscordSim, request: web.Request) -> Any:
    interaction = sim.interactions.get(request.match_info["token"])
    late = interaction and time.monotonic() - interaction.created > sim.config.interaction_timeout_s
    if interaction is None or late:
        raise DiscordError(*UNKNOWN_INTERACTION)
    if interaction.response is not None:
        raise DiscordError(*ALREADY_ACKNOWLEDGED)
    body = await sim.read(request)
    data = body.get("data") or {}
    message: Json | None = None
    if body["type"] in (4, 5):
        interaction.loading = body["type"] == 5
        if not interaction.loading:
            check_body(data | {"attachments": body.get("attachments") or data.get("attachments")})
        message = sim.new_message(interaction.channel, BOT_USER, data)
        if interaction.loading:
            message["flags"] |= 128
        interaction.original = message["id"]
        sim.visible(message, interaction.conversation)
    elif body["type"] == 7 and data:
        source = next((m for c in sim.messages.values() for m in c.values() if m["id"] == interaction.original), None)
        if source is not None:
            apply_edit(source, data)
            sim.visible(source, interaction.conversation)
    interaction.response = body
    sim.log.acked(interaction.tag)
    if interaction.answered and not interaction.answered.done():
        interaction.answered.set_result(body)
    if message and sim.config.echo_events and not message["flags"] & 64:
        await sim.dispatch_message("MESSAGE_CREATE", message)
    if not request.query.get("with_response"):
        return None
    about: Json = {"id": interaction.id, "type": interaction.kind}
    if message:
        about |= {"response_message_id": message["id"], "response_message_loading": interaction.loading}
        about["response_message_ephemeral"] = bool(message["flags"] & 64)
    resource: Json = {"type": body["type"]} | ({"message": message} if message else {})
    return {"interaction": about, "resource": resource}


def _webhook(sim: DiscordSim, request: web.Request) -> Interaction:
    interaction = sim.interactions.get(request.match_info["token"])
    if interaction is None or interaction.response is None:
        raise DiscordError(*UNKNOWN_WEBHOOK)
    return interaction


@route("POST", "/webhooks/{app}/{token}")
async def followup(sim: DiscordSim, request: web.Request) -> Json | None:
    interaction = _webhook(sim, request)
    body = await sim.read(request)
    check_body(body)
    if interaction.loading and interaction.original:
        message = sim.messages[interaction.channel][interaction.original]
        interaction.loading = False
        message["flags"] &= ~128
        apply_edit(message, body)
    else:
        message = sim.new_message(interaction.channel, BOT_USER, body)
    message |= {"webhook_id": APP, "application_id": APP}
    sim.visible(message, interaction.conversation)
    return message


def _webhook_message(sim: DiscordSim, request: web.Request) -> tuple[Interaction, Json]:
    interaction, wanted = _webhook(sim, request), request.match_info["message"]
    found = interaction.original if wanted == "@original" else wanted
    return interaction, sim.find(interaction.channel, found or "")


@route("GET", "/webhooks/{app}/{token}/messages/{message}")
async def get_response(sim: DiscordSim, request: web.Request) -> Json:
    return _webhook_message(sim, request)[1]


@route("PATCH", "/webhooks/{app}/{token}/messages/{message}")
async def edit_response(sim: DiscordSim, request: web.Request) -> Json:
    interaction, message = _webhook_message(sim, request)
    if message["id"] == interaction.original:
        interaction.loading = False
        message["flags"] &= ~128
    apply_edit(message, await sim.read(request))
    sim.visible(message, interaction.conversation)
    return message


@route("DELETE", "/webhooks/{app}/{token}/messages/{message}")
async def delete_response(sim: DiscordSim, request: web.Request) -> None:
    _, message = _webhook_message(sim, request)
    del sim.messages[message["channel_id"]][message["id"]]


# ---- running it ------------------------------------------------------------------------


@asynccontextmanager
async def serve(sim: DiscordSim, port: int = 0) -> AsyncIterator[str]:
    """Run the service in this event loop; yields its address, ``http://127.0.0.1:PORT``."""
    async with listen(sim.app(), port) as url:
        sim.url = url
        try:
            yield url
        finally:
            await sim.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8803)
    parser.add_argument("--config", type=json.loads, default={}, help="fields of Config, as JSON")
    args = parser.parse_args()
    unknown = set(args.config) - {f.name for f in fields(Config)}
    if unknown:
        parser.error(f"unknown config fields: {sorted(unknown)}")

    async def work() -> None:
        async with serve(DiscordSim(Config(**args.config)), args.port) as url:
            print(f"discord at {url}/api/v10", flush=True)
            await asyncio.Event().wait()

    run(work())


if __name__ == "__main__":
    main()
