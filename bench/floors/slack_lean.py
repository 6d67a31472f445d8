"""The least that a streaming Slack bot on slack-bolt does: no history, no store, nothing kept."""

import asyncio
import os
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bench.floors.lean import client as model_client
from bench.floors.lean import deltas

FLUSH_CHARS = 256


Json = dict[str, Any]


async def main() -> None:
    """Answer until ended."""
    # slack_sdk opens a connection for every call unless it is given a session.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        slack = AsyncWebClient(
            token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"], session=session
        )
        bolt: Any = AsyncApp(client=slack)
        model = model_client()

        async def on_message(event: Json, client: Any) -> None:
            if "bot_id" in event or "subtype" in event:
                return
            channel, thread_ts = event["channel"], event.get("thread_ts", event["ts"])
            ts, buffer = "", ""
            async for piece in deltas(model, event["text"]):
                buffer += piece
                if not ts and buffer:
                    started = await client.chat_startStream(channel=channel, thread_ts=thread_ts, markdown_text=buffer)
                    ts, buffer = str(started["ts"]), ""
                elif len(buffer) >= FLUSH_CHARS:
                    await client.chat_appendStream(channel=channel, ts=ts, markdown_text=buffer)
                    buffer = ""
            await client.chat_stopStream(channel=channel, ts=ts, markdown_text=buffer or None)

        bolt.event("message")(on_message)
        handler: Any = AsyncSocketModeHandler(bolt, os.environ["SLACK_APP_TOKEN"])
        await handler.start_async()


if __name__ == "__main__":
    asyncio.run(main())
