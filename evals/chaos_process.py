"""A bot process that kills itself at a named point: `CHAOS_POINT=after_open CHAOS_NTH=5 CHAOS_PLATFORM=discord`.

The product knows nothing of this: the points are put around its ports from outside, in this process alone.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from itertools import count
from typing import Any

from adapters.discord.chat import DiscordChat
from adapters.discord.reply import DiscordReply
from adapters.models.fallback import FallbackModel
from adapters.slack.chat import SlackChat
from adapters.slack.reply import StreamReply
from adapters.storage.actions import StoredActions
from adapters.storage.inbox import StoredInbox
from adapters.storage.outbox import StoredOutbox
from adapters.storage.turns import StoredTurns
from bots import discord_bot, slack_bot
from core.toolbox import Toolbox

_IS_DISCORD = os.environ.get("CHAOS_PLATFORM") == "discord"

POINTS: dict[str, tuple[type[Any], str, bool]] = {
    "before_save": (StoredInbox, "save", False),
    "after_save_before_ack": (StoredInbox, "save", True),
    "before_begin": (StoredTurns, "begin", False),
    "after_begin": (StoredTurns, "begin", True),
    "before_open": (DiscordChat if _IS_DISCORD else SlackChat, "open_reply", False),
    "after_open_before_note": (StoredTurns, "opened", False),
    "after_note": (StoredTurns, "opened", True),
    "mid_stream": (DiscordReply if _IS_DISCORD else StreamReply, "show", True),
    "after_model_before_step": (StoredTurns, "keep_step", False),
    "after_step": (StoredTurns, "keep_step", True),
    "before_intent": (StoredActions, "intend", False),
    "after_intent_before_effect": (StoredActions, "intend", True),
    "after_effect_before_receipt": (StoredActions, "settle", False),
    "after_receipt": (StoredActions, "settle", True),
    "after_tool": (Toolbox, "run", True),
    "before_finish": (StoredTurns, "finish", False),
    "after_finish_before_final": (StoredTurns, "finish", True),
    "after_final_before_confirmed": (StoredOutbox, "delivered", False),
    "after_confirmed": (StoredOutbox, "delivered", True),
}
"""Name to: where, and whether after the call instead of before it."""
MID_MODEL = "mid_model"


def names() -> list[str]:
    """Every point, in the order of a turn."""
    return [*POINTS, MID_MODEL]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str, nth: int) -> None:
    """Put the point in place; the nth time it is passed is the last."""
    passed = count(1)
    if point == MID_MODEL:
        _arm_model(lambda: next(passed) == nth * 3)
        return
    where, name, is_after = POINTS[point]
    real = getattr(where, name)

    async def call(*arguments: Any, **options: Any) -> Any:
        if not is_after and next(passed) == nth:
            _die()
        result = await real(*arguments, **options)
        if is_after and next(passed) == nth:
            _die()
        return result

    setattr(where, name, call)


def _arm_model(is_last: Callable[[], bool]) -> None:
    real: Any = FallbackModel.stream

    async def stream(self: Any, request: Any) -> AsyncGenerator[Any, None]:
        async for event in real(self, request):
            yield event
            if is_last():
                _die()

    FallbackModel.stream = stream  # pyright: ignore[reportAttributeAccessIssue]


def main() -> int:
    """Run the process."""
    if point := os.environ.get("CHAOS_POINT"):
        arm(point, int(os.environ.get("CHAOS_NTH", "1")))
    return asyncio.run(discord_bot.run() if _IS_DISCORD else slack_bot.run())


if __name__ == "__main__":
    sys.exit(main())
