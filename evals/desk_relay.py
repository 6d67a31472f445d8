"""A scripted case across platforms: a customer on Discord, the team on Slack, over the real adapters and sockets.

`firstline run all` runs as a process of its own against stand-ins of both platforms and of a model. The customer asks
for a refund and for a person; staff claim, reply with a file, edit, delete, approve, resolve; the customer rates. Then
the map of the relay, the transcript and what stands on either platform have to be the same.
"""

import asyncio
import io
import tempfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from adapters.storage.store import open_store
from bots.clock import SystemClock
from core.conversation import Line
from core.staffside import Crossing
from evals.desk_parties import discord_text, parts, slack_text
from evals.scorecard import Row
from tests.bots.stage import STAFF, staged
from tests.servers import discord, slack

_WAIT_S = 60.0
_REPLIES = ("Hello, I am looking into it.", "A new one leaves today.", "Forget this line.")
_EDITED = "A new one leaves tomorrow."
_QUESTION, _CHANGED = "When wil it be here?", "When will it be here?"
_PIXELS = (320, 200)
Json = dict[str, Any]


@dataclass(slots=True)
class Shot:
    """What stood on both platforms after a step."""

    step: str
    discord: list[Json]
    slack: list[Json]


@dataclass(slots=True)
class Relayed:
    """What became of the case."""

    differences: list[str] = field(default_factory=list[str])
    crossings: int = 0
    shots: list[Shot] = field(default_factory=list[Shot])


class Case:
    """The script, step by step; each waits until the other side shows it."""

    def __init__(self, server: discord.DiscordSim, workspace: slack.SlackSim) -> None:
        self.server, self.workspace = server, workspace
        self.customer, self.sam = server.user(1), workspace.user(2)
        self.dm = server.dm(self.customer)
        self.shots: list[Shot] = []
        self.room = ""
        self.sent: list[Json] = []

    async def play(self) -> None:
        """The whole of it."""
        await self._opens()
        await self._claims()
        await self._replies()
        await self._asks_back()
        await self._approves()
        await self._ends()

    async def _opens(self) -> None:
        await self.server.say(self.customer, "I want a refund for order #88291. The item arrived damaged.")
        await self._slack(lambda: self._button("approve"))
        await self._shot("the customer asks on Discord; money waits for a person")
        await self.server.say(self.customer, "I want to talk to a person.")
        await self._slack(lambda: self._button("claim"))
        await self._slack(lambda: self._button("send_draft"))
        await self._shot("the case arrives on Slack, with its packet")

    async def _claims(self) -> None:
        action, card = self._button("claim")[0]
        self.room = str(card["ts"])
        await self.workspace.action(self.sam, action, card, STAFF)
        await self._slack(lambda: not self._button("claim"))
        await self._shot("staff claim it")

    async def _replies(self) -> None:
        content = io.BytesIO()
        Image.new("RGB", _PIXELS, "seagreen").save(content, "PNG")
        file = self.workspace.add_file("label.png", "image/png", content.getvalue(), self.sam)
        for n, text in enumerate(_REPLIES):
            said = self.workspace.say(
                self.sam, f"&gt;&gt; {text}", channel=STAFF, thread_ts=self.room, files=[file] if n == 0 else None
            )
            self.sent.append(said)
            await self._discord(lambda text=text: self._says(text))
        await self._discord(lambda: any(each.get("attachments") for each in self._on_discord()))
        await self._shot("staff reply, once with a file")
        self._change(self.sent[1], f"&gt;&gt; {_EDITED}")
        await self._discord(lambda: self._says(_EDITED))
        self._take_back(self.sent[2])
        await self._discord(lambda: not self._says(_REPLIES[2]))
        await self._shot("an edit edits, a deletion deletes")

    async def _asks_back(self) -> None:
        asked = await self.server.say(self.customer, _QUESTION)
        await self._slack(lambda: self._reads(_QUESTION))
        await self.server.change(asked, _CHANGED)
        await self._slack(lambda: self._reads(_CHANGED))
        await self._shot("the customer asks back, and mends a word")

    async def _approves(self) -> None:
        action, card = (await self._slack(lambda: self._button("approve_as")))[0]
        await self.workspace.action(self.sam, action, card, STAFF)
        view = await self._slack(lambda: list(self.workspace.views.values()))
        await self.workspace.submit(self.sam, view[-1]["id"], {"words": {"value": {"value": None}}})
        await self._discord(lambda: self._says("was started"))
        await self._shot("staff approve the refund, and it is carried out")

    async def _ends(self) -> None:
        self.workspace.say(self.sam, "resolve", channel=STAFF, thread_ts=self.room, mention=True)
        await self._press("confirm:yes:")
        await self._shot("staff resolve it; the customer is asked once")
        await self._press("rate:5:")
        comment = await self._discord(lambda: self._buttons("comment:5:"))
        asked = await self.server.press(self.customer, *comment[-1])
        form = await self._discord(lambda: asked.response)
        await self.server.submit(self.customer, form["data"]["custom_id"], {"words": "Quick and kind."}, self.dm)
        await self._slack(lambda: self._reads("Quick and kind."))
        await self._shot("the customer confirms, rates and comments")

    async def _press(self, begins: str) -> None:
        found = await self._discord(lambda: self._buttons(begins))
        await self.server.press(self.customer, *found[-1])

    async def _discord(self, there: Callable[[], Any]) -> Any:
        return await self.server.changes.until(there, timeout_s=_WAIT_S)

    async def _slack(self, there: Callable[[], Any]) -> Any:
        return await self.workspace.changes.until(there, timeout_s=_WAIT_S)

    async def _shot(self, step: str) -> None:
        self.shots.append(Shot(step, deepcopy(self._on_discord()), deepcopy(self._on_slack())))

    def _on_discord(self) -> list[Json]:
        return list(self.server.messages[self.dm].values())

    def _on_slack(self) -> list[Json]:
        return list(self.workspace.messages[STAFF].values())

    def _says(self, text: str) -> bool:
        return any(text in each["content"] for each in self._on_discord())

    def _reads(self, text: str) -> bool:
        return any(text in slack_text(each) for each in self._on_slack() if "bot_id" in each)

    def _button(self, action: str) -> list[tuple[Json, Json]]:
        """The buttons of an action in the staff channel, each with the message it stands on."""
        found: list[tuple[Json, Json]] = []
        for message in self._on_slack():
            for block in parts(message, "blocks"):
                for each in parts(block, "elements"):
                    if each.get("action_id") == f"firstline:{action}":
                        found.append(({"action_id": each["action_id"], "value": each["value"]}, message))
        return found

    def _buttons(self, begins: str) -> list[tuple[Json, str]]:
        return [
            (message, each["custom_id"])
            for message in self._on_discord()
            for row in parts(message, "components")
            for each in parts(row, "components")
            if str(each.get("custom_id")).startswith(f"firstline:{begins}")
        ]

    def _change(self, message: Json, text: str) -> None:
        before = dict(message)
        message |= {"text": text, "edited": {"user": self.sam, "ts": self.workspace.new_ts()}}
        self._tell("message_changed", message=dict(message), previous_message=before)

    def _take_back(self, message: Json) -> None:
        del self.workspace.messages[STAFF][message["ts"]]
        self._tell("message_deleted", deleted_ts=message["ts"], previous_message=message)

    def _tell(self, subtype: str, **more: Any) -> None:
        stamp = self.workspace.new_ts()
        event = {"type": "message", "channel": STAFF, "channel_type": "channel", "hidden": True}
        self.workspace.emit({**event, "subtype": subtype, "ts": stamp, "event_ts": stamp, **more})


def compared(case: Case, crossings: Sequence[Crossing], lines: Sequence[Line]) -> list[str]:
    """Each row of the map against what stands on the other side, and both against the transcript."""
    wrong: list[str] = []
    for each in crossings:
        channel, _, ids = each.ref.partition("/")
        held = case.server.messages if each.target.platform == "discord" else case.workspace.messages
        found = held.get(channel, {}).get(ids.split(",")[0])
        shown = "" if found is None else discord_text(found) if each.target.platform == "discord" else slack_text(found)
        if shown != each.text:
            wrong.append(f"{each.direction}: the map says {each.text!r}, {each.target.platform} shows {shown!r}")
    to_customer = [each for each in crossings if each.direction == "to_customer"]
    said = [line.text.removesuffix("\n(label.png)") for line in lines if line.speaker == "person"]
    if said != [each.text for each in to_customer if each.text]:
        wrong.append(f"the transcript has {said}")
    if said != [_REPLIES[0], _EDITED]:
        wrong.append(f"staff said {said}")
    sources = {each.source.rpartition(":")[2] for each in to_customer}
    if sources != {each["ts"] for each in case.sent}:
        wrong.append(f"the sources of the map are {sources}")
    theirs = [each.text for each in crossings if each.direction == "to_staff"]
    if len(theirs) != 1 or not theirs[0].endswith(_CHANGED):
        wrong.append(f"the customer's words crossed as {theirs}")
    files = [file for each in case.server.messages[case.dm].values() for file in parts(each, "attachments")]
    if [file["filename"] for file in files] != ["label.png"]:
        wrong.append(f"files: {files}")
    return wrong


async def relayed(folder: Path) -> Relayed:
    """Play the case in a process of its own and compare."""
    call = {"name": "initiate_refund", "arguments": {"order_id": "88291", "reason": "damaged"}}
    rules: list[Json] = [
        {"match": "refund", "on": "user", "times": 1, "reply": {"tool_calls": [call]}},
        {"on": "tool", "reply": {"text": "A colleague has to agree first."}},
        {"on": "user", "reply": {"text": "Wants the money back for a damaged item.\nA refund waits for approval."}},
    ]
    async with staged(folder, settings=f'[slack]\nstaff_channel = "{STAFF}"\n', rules=rules) as stage:
        case = Case(stage.server, stage.workspace)
        await case.play()
        await stage.service.stop()
    url = f"sqlite:///{folder / 'data' / 'firstline.sqlite3'}"
    async with open_store(url, clock=SystemClock()) as store:
        (found,) = {each.case_id for each in await store.ledger.events() if each.what == "hand_over"}
        crossings = await store.staff.of_case(found)
        lines = await store.cases.lines(found, limit=200)
    return Relayed(compared(case, crossings, lines), len(crossings), case.shots)


def rows() -> list[Row]:
    """One row: every pair of the map is the same on both sides."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            done = asyncio.run(relayed(Path(folder)))
    except (TimeoutError, ExceptionGroup) as error:
        return [Row("transcripts_equal", None, 1.0, note=f"the case did not come to its end: {error!r}")]
    note = f"{done.crossings} crossings of one case, Discord customer and Slack team, on the stand-ins"
    is_equal = bool(done.crossings) and not done.differences
    return [Row("transcripts_equal", float(is_equal), 1.0, note="; ".join([note, *done.differences]))]
