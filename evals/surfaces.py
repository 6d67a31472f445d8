"""One answer on a stand-in of a platform, through the real client library, while the platform misbehaves."""

import inspect
import json
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

from core.errors import DeliveryError
from core.mentions import pings
from core.ports import ReplyStream
from core.reply import Delivery, Post, ReplyEnded, TextDelta

_ATTEMPTS = 12
_PIECE_S = 0.03
"""Seconds of the clock that each piece of the model takes."""


@dataclass(frozen=True, slots=True)
class Surface:
    """A platform and how it may misbehave: fault name to what fails how."""

    name: str
    rig: str
    limit_chars: int
    faults: Mapping[str, Mapping[str, Any]]
    uncounted: tuple[str, ...] = ()
    """Calls that are no part of a reply."""


SLACK = Surface(
    "slack",
    "tests.adapters.slack.rig",
    12_000,
    {
        "none": {},
        "append refused for pace": {"chat.appendStream": "ratelimited"},
        "append fails": {"chat.appendStream": "http_500"},
        "append loses its answer": {"chat.appendStream": "lost"},
        "append cut off": {"chat.appendStream": "drop"},
        "stream closed early": {"expiry": -1},
        "stop refused for pace": {"chat.stopStream": "ratelimited"},
        "stop fails": {"chat.stopStream": "http_500"},
        "stop loses its answer": {"chat.stopStream": "lost"},
        "start refused for pace": {"chat.startStream": "ratelimited"},
        "start fails": {"chat.startStream": "http_500"},
        "edit fails": {"expiry": -1, "chat.update": "http_500"},
        "post loses its answer": {"chat.startStream": "ratelimited", "chat.postMessage": "lost"},
    },
)
DISCORD = Surface(
    "discord",
    "tests.adapters.discord.rig",
    2_000,
    {
        "none": {},
        "edits fail": {"PATCH /channels/{channel}/messages/{message}": 500},
        "posts fail": {"POST /channels/{channel}/messages": 500},
        "edits refused": {"PATCH /channels/{channel}/messages/{message}": 502},
    },
)


@dataclass(slots=True)
class Shown:
    """What became of one answer."""

    texts: list[str]
    """Its messages, in order, as they stand at the end."""
    calls: int
    first_ms: float | None
    """From the model's first piece to text on the platform; None with a fault."""
    others: int
    """Messages of ours beside those of the reply."""
    too_long: int
    pings: int
    problems: list[str] = field(default_factory=list[str])


def rig_of(surface: Surface) -> AbstractAsyncContextManager[Any] | None:
    """A platform's stand-in with the adapter; None where there is none yet."""
    try:
        return import_module(surface.rig).open_rig()
    except ModuleNotFoundError:
        return None


async def answer(
    surface: Surface, rig: Any, text: str, pieces: Sequence[str], fault: str, dice: random.Random
) -> Shown:
    """Write one answer while a fault comes and goes, and let the outbox do what it does until it is delivered."""
    asked = rig.asked()
    asked = await asked if inspect.isawaitable(asked) else asked
    row = rig.delivery(Post(text), answers=asked)
    rig.sim.trace.clear()
    before = _ours(rig)
    first_ms: float | None = None
    begins, lasts = dice.randint(0, len(pieces)), dice.choice([1, 20, 10_000])
    stream = await _opened(
        rig, row, surface.faults[fault] if begins == 0 or "start" in fault or "post" in fault else {}
    )
    if stream is not None:
        for n, piece in enumerate(pieces):
            _set(rig, surface.faults[fault] if begins <= n < begins + lasts else {})
            rig.clock.at += _PIECE_S
            began = time.perf_counter()
            await stream.show(TextDelta(piece))
            if first_ms is None and piece.strip():
                first_ms = (time.perf_counter() - began) * 1000
        _set(rig, surface.faults[fault] if lasts > 20 else {})
        await stream.show(ReplyEnded(text, "answered"))
    ref = await _delivered(rig, row, stream, surface.faults[fault])
    texts = [rig.body(ref, n) for n in range(ref.count(",") + 1)]
    sent = [json.dumps(each, ensure_ascii=False) for each in rig.sim.trace]
    return Shown(
        texts,
        len(rig.sim.trace),
        first_ms if fault == "none" else None,
        _ours(rig) - before - len(texts),
        sum(len(each) > surface.limit_chars for each in texts),
        sum(len(pings(each)) for each in [*texts, *sent]),
    )


def _ours(rig: Any) -> int:
    """Messages of the bot anywhere."""
    return sum(
        1
        for channel in rig.sim.messages.values()
        for each in channel.values()
        if "bot_id" in each or '"bot": true' in json.dumps(each.get("author"))
    )


def _set(rig: Any, fault: Mapping[str, Any]) -> None:
    config = rig.sim.config
    config.failures = {key: value for key, value in fault.items() if key != "expiry"}
    if hasattr(config, "stream_lifetime_s"):
        config.stream_lifetime_s = fault.get("expiry", 300.0)


async def _opened(rig: Any, row: Delivery, fault: Mapping[str, Any]) -> ReplyStream | None:
    _set(rig, fault)
    try:
        return await rig.chat.open_reply(row)
    except DeliveryError:
        return None


async def _delivered(rig: Any, row: Delivery, stream: ReplyStream | None, fault: Mapping[str, Any]) -> str:
    """As the outbox does it: close, then deliver again and again, each time a while later."""
    ref = ""
    if stream is not None:
        ref = stream.ref
        try:
            return await stream.close(row)
        except DeliveryError:
            pass
    for attempt in range(_ATTEMPTS):
        _set(rig, fault if attempt < 2 and stream is None else {})
        rig.clock.at += 61
        try:
            return await rig.chat.deliver(replace(row, ref=ref, attempts=attempt + 1))
        except DeliveryError:
            continue
    raise RuntimeError(f"not delivered under {dict(fault)}")
