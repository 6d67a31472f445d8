"""Lines that one person alone reads, in a channel or thread."""

import logging

from adapters.slack.api import SlackApi
from adapters.slack.rendering import fallback, markdown_block
from core.errors import DeliveryError

log = logging.getLogger(__name__)


async def whisper(api: SlackApi, line: str, *, user: str, channel: str, root: str = "") -> None:
    """Say it to them where they are. A courtesy: what cannot be said is logged, and an empty line is none."""
    if not (line and channel):
        return
    try:
        await api.call(
            "chat.postEphemeral",
            channel=channel,
            user=user,
            thread_ts=root or None,
            text=fallback(line),
            blocks=markdown_block(line),
        )
    except DeliveryError as error:
        log.warning("a line for one person is not said", extra={"why": str(error)})
