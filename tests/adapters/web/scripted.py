"""A desk with scripted answers that works on the real `WebChat`: it plays the core's part, no more.

It keeps cases, posts and approvals in memory, and streams what a message asks for by its words.
"""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from adapters.web.chat import WebChat
from core.asking import ASKED, Asked
from core.case import AI, Case, Handoff
from core.casework import SYSTEM, Act, Change, moved
from core.conversation import Author, Line, Message, Thread
from core.errors import AttachmentError, StoreError
from core.identity import Step
from core.modelling import Used
from core.platform import Listed
from core.ports import ReplyStream
from core.reply import (
    Button,
    Citation,
    Delivery,
    FindingMade,
    Notice,
    Post,
    Press,
    ReplyEnded,
    ReplyEvent,
    SourceCited,
    TextDelta,
    ToolFinished,
    ToolStarted,
)
from core.turn import Posted, TurnTrace

Breathe = Callable[[], Awaitable[None]]

FOOTER = "Demo shop · you are customer {customer} · Scripted answers, no model"
REFUND = (
    "I am sorry that your item arrived damaged. I checked **order #88291**: it was delivered on 12 November.\n\n"
    "A refund of **129.00 EUR** is above the limit I may decide on, so a colleague has to approve it first. "
    "You will hear from us here, there is nothing else you need to do."
)
ORDER = (
    "Your order **#88291** was delivered on 12 November at 14:10.\n\n"
    "| Item | Quantity | Price |\n|---|---|---|\n| Espresso machine | 1 | 129.00 EUR |\n"
)
PARCEL = (
    "Sorry about the wait. If tracking has not moved for **three working days**, we start a search with the "
    "carrier [1]. In the meantime:\n\n- check the tracking link in your confirmation,\n- ask your neighbours,\n"
    "- write to us with the order number.\n\nAfter ten days we send it again or refund it, as you like [2]."
)
SOURCES = (
    Citation(
        1,
        "Delivery › A parcel has not come",
        "knowledge/delivery.md",
        "When tracking shows no change for **three working days**, we open a search with the carrier.",
    ),
    Citation(
        2,
        "Delivery › Lost parcels",
        "knowledge/delivery.md",
        "A parcel that was not found after ten days counts as lost. The customer chooses: a new one, or the money.",
    ),
)


class ScriptedDesk:
    """Implements `FrontDesk`, `Desk` and `Cases` for one page."""

    def __init__(self, chat: WebChat, *, breathe: Breathe | None = None) -> None:
        self._chat = chat
        self._breathe = breathe or _at_once
        self._ids = itertools.count(1)
        self._group = asyncio.TaskGroup()
        self.posted: dict[int, Posted] = {}
        self.cases: dict[str, Case] = {}
        self.transcripts: dict[str, list[Line]] = {}
        self.messages: list[Message] = []
        self.presses: list[Press] = []
        self.pictures: list[bytes] = []
        self.is_broken = False
        self.gate = asyncio.Event()
        """Clear it, and answers stop in their middle until it is set."""
        self.gate.set()

    async def __aenter__(self) -> "ScriptedDesk":
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *failure: object) -> None:
        self.gate.set()
        await self._group.__aexit__(None, None, None)

    # FrontDesk

    async def receive(self, message: Message) -> bool:
        if self.is_broken:
            raise StoreError("the database is away")
        if any(message.id == each.id for each in self.messages):
            return False
        self.messages.append(message)
        case = await self.open(message, message.author.id.partition(".")[2])
        self.transcripts[case.id].append(
            Line("customer", message.author.name, message.text, message.sent_at, message_id=message.id)
        )
        self._group.create_task(self._answer(message, case) if case.is_with_ai else self._pass_on(message, case))
        return True

    async def edit(self, message: Message) -> bool:
        return False

    async def delete(self, place: Thread, message_id: str) -> bool:
        return False

    async def press(self, press: Press) -> str:
        self.presses.append(press)
        match press.action:
            case "approve" | "deny":
                return await self._decide(press)
            case "escalate":
                return await self._escalate(press)
            case "hand_back":
                return await self._hand_back(press)
            case "reply":
                case = self.cases[press.value]
                self.cases[case.id] = replace(case, owner=f"human:{press.presser_id}")
                await self._post(case.thread, Post(press.text, kind="relay", footer="Staff, a person of our team"))
                return ""
            case "feedback":
                return "Thank you, noted."
            case _:
                return "That is not there any more."

    async def form(self, press: Press) -> Asked | None:
        return ASKED.get(press.action)

    async def verify(self, press: Press) -> Step:
        self.presses.append(press)
        match press.action:
            case "verify_address":
                return Step("If that address is on file, a code is on its way to it.", "code")
            case "verify_code" if press.text == "246 810":
                return Step("Thank you, I know who you are now.", is_done=True)
            case "verify_code":
                return Step("That is not the code.", "code")
            case _:
                return Step("Which e-mail address do we have of you?", "address")

    async def status(self, author: Author, thread: Thread) -> str:
        mine = [case for case in self.cases.values() if case.author_id == author.id]
        return "\n".join(f"- **{case.id}**: {case.owner}" for case in mine) or "You have no open case."

    async def open_cases(self, author: Author, thread: Thread) -> list[Listed]:
        return [Listed(each.id, each.id, each.owner) for each in self.cases.values() if each.author_id == author.id]

    async def count_of_author(self, tenant: str, platform: str, author_id: str, *, since: datetime) -> int:
        return 0

    async def queue(self, place: Thread) -> list[Listed]:
        return []

    async def is_sure(self, message: Message) -> bool:
        """See `core.ports.FrontDesk`."""
        return False

    async def desk(self, place: Thread) -> list[Listed]:
        """See `core.ports.FrontDesk`."""
        return []

    async def is_ours(self, thread: Thread) -> bool:
        return await self.find(thread) is not None

    # Desk

    async def posts(self, thread: Thread, *, after: int, limit: int) -> list[Posted]:
        mine = [each for key, each in sorted(self.posted.items()) if key > after and each.delivery.thread == thread]
        return mine[:limit]

    async def trace(self, turn_or_case: str) -> list[TurnTrace]:
        if turn_or_case not in self.cases and not turn_or_case.startswith("T-"):
            return []
        tool = {"tool": "get_order_status", "by": "runtime", "state": "done", "said": "Delivered on 12 November."}
        refund = {"tool": "initiate_refund", "by": "model", "state": "waiting", "approval": "A-1"}
        now = datetime.now(UTC)
        return [
            TurnTrace(
                id="T-1",
                case_id=next(iter(self.cases)),
                state="done",
                outcome="answered",
                attempt=1,
                began_at=now,
                ended_at=now,
                steps=(
                    ("triage", json.dumps({"category": "refund", "sentiment": "upset", "urgency": "normal"})),
                    ("passages", json.dumps([{"title": "Returns › Damaged items", "score": 0.83, "strong": True}])),
                    ("tool", json.dumps(tool)),
                    ("tool", json.dumps(refund)),
                ),
                used=(Used("scripted", 812, 96),),
            )
        ]

    async def usage(self, case_id: str) -> tuple[int, int]:
        return 0, 0

    async def usage_of_day(self, day: date) -> tuple[int, int]:
        return 0, 0

    # Cases, as far as the page reads them

    async def find(self, thread: Thread) -> Case | None:
        return next((case for case in self.cases.values() if case.thread == thread), None)

    async def last(self, thread: Thread) -> Case | None:
        """See `core.ports.Cases`."""
        return await self.find(thread)

    async def get(self, case_id: str) -> Case | None:
        return self.cases.get(case_id)

    async def of_author(self, tenant: str, platform: str, author_id: str) -> list[Case]:
        return [case for case in self.cases.values() if case.author_id == author_id]

    async def open(self, message: Message, customer_id: str) -> Case:
        if known := await self.find(message.thread):
            return known
        case = Case(
            id=f"C-{len(self.cases) + 1}",
            thread=message.thread,
            customer_id=customer_id,
            author_id=message.author.id,
            owner=AI,
            version=1,
            state="open",
            opened_at=message.sent_at,
        )
        self.cases[case.id] = case
        self.transcripts[case.id] = []
        return case

    async def change(self, before: Case, change: Change, *, key: str = "") -> Case | None:
        self.cases[before.id] = change.after
        for thread, post in change.posts:
            await self._post(thread, post)
        return change.after

    async def _move(self, case: Case, act: Act, *posts: tuple[Thread, Post]) -> None:
        after = moved(case, act, SYSTEM, now=case.opened_at)
        await self.change(case, Change(act, after, SYSTEM, Handoff("customer_asked", "Asked for"), posts=posts))

    async def note(self, case: Case, line: Line) -> None:
        self.transcripts[case.id].append(line)

    async def lines(self, case_id: str, *, limit: int) -> list[Line]:
        return self.transcripts[case_id][-limit:]

    # The script

    async def _answer(self, message: Message, case: Case) -> None:
        delivery = Delivery(next(self._ids), message.thread, Post(""), answers=message)
        self.posted[delivery.id] = Posted(delivery, "open", datetime.now(UTC))
        stream = await self._chat.open_reply(delivery)
        words = message.text.lower()
        await self._look(message, stream)
        text, citations = f"You wrote: {message.text}", ()
        if "refund" in words:
            text = await self._refund(case, stream)
        elif "where" in words:
            await self._order(stream)
            text = ORDER
        elif "parcel" in words:
            text, citations = PARCEL, SOURCES
        await self._write(text, stream, citations)
        await stream.show(ReplyEnded(text, "answered"))
        buttons = (
            Button("feedback", "good:T-1", "👍 Helpful"),
            Button("feedback", "bad:T-1", "👎 Not helpful"),
            Button("escalate", case.id, "Talk to a person"),
        )
        footer = FOOTER.format(customer=case.customer_id)
        final = replace(delivery, post=Post(text, citations=citations, buttons=buttons, footer=footer))
        ref = await stream.close(final)
        self.posted[delivery.id] = Posted(replace(final, ref=ref), "sent", self.posted[delivery.id].at)

    async def _write(self, text: str, stream: ReplyStream, citations: tuple[Citation, ...]) -> None:
        for at in range(0, len(text), 6):
            if at > len(text) / 2:
                await self.gate.wait()
            await self._breathe()
            await stream.show(TextDelta(text[at : at + 6]))
        for each in citations:
            await stream.show(SourceCited(each))

    async def _look(self, message: Message, stream: ReplyStream) -> None:
        for each in message.attachments:
            await stream.show(Notice("Looking at the picture", kind="status"))
            await self._breathe()
            try:
                self.pictures.append(await self._chat.download(each, limit_bytes=10_000_000))
            except AttachmentError as error:
                await stream.show(Notice(str(error), kind="problem"))
            else:
                await stream.show(FindingMade(each.name, "A cracked water tank, severe damage.", False))

    async def _order(self, stream: ReplyStream) -> None:
        arguments = '{"order_id": "88291"}'
        await self._show(
            stream, ToolStarted("1", "get_order_status", "Looking up order #88291", arguments, by="runtime")
        )
        await self._show(stream, ToolFinished("1", "get_order_status", "done", "Delivered on 12 November."))

    async def _refund(self, case: Case, stream: ReplyStream) -> str:
        await self._order(stream)
        arguments = '{"order_id": "88291", "reason": "arrived damaged"}'
        await self._show(stream, ToolStarted("2", "initiate_refund", "Refunding order #88291", arguments))
        card = Post(
            "**Approval needed: Refunding order #88291** — **129.00 EUR**\n"
            "- order_id: 88291\n- reason: arrived damaged\n"
            f"- asked by: Dana Fields (customer {case.customer_id})\n- evidence: delivered on 12 November, one picture",
            kind="card",
            buttons=(Button("approve", "A-1", "Approve", "good"), Button("deny", "A-1", "Deny", "danger")),
            footer=f"Case {case.id} · approval A-1",
        )
        await self._post(self._chat.staff, card)
        waiting = ToolFinished("2", "initiate_refund", "waiting", "129.00 EUR, waits for approval.", approval_id="A-1")
        await self._show(stream, waiting)
        return REFUND

    async def _show(self, stream: ReplyStream, event: ReplyEvent) -> None:
        await stream.show(event)
        for _ in range(6):
            await self._breathe()

    async def _decide(self, press: Press) -> str:
        verdict = "Approved" if press.action == "approve" else "Denied"
        for key, posted in list(self.posted.items()):
            if any(each.value == press.value for each in posted.delivery.post.buttons):
                post = replace(
                    posted.delivery.post,
                    text=f"**{verdict}: Refunding order #88291** — 129.00 EUR\n- by: {press.presser_name}",
                    buttons=(),
                )
                self.posted[key] = replace(posted, delivery=replace(posted.delivery, post=post))
                await self._chat.deliver(self.posted[key].delivery)
        for case in self.cases.values():
            await self._post(case.thread, Post(f"{verdict}: your refund of **129.00 EUR** for order #88291."))
        return f"{verdict}. It is carried out now."

    async def _escalate(self, press: Press) -> str:
        case = await self.find(press.thread)
        if case is None:
            return "There is no case yet."
        lines = "\n".join(f"> **{line.name}:** {line.text}" for line in self.transcripts[case.id][-4:])
        card = Post(
            f"**Case {case.id} needs a person** (tier 3): The customer asks for a person.\n"
            f"**Customer:** {case.customer_id} on web\n**Last lines:**\n{lines}",
            kind="card",
            buttons=(Button("hand_back", case.id, "Return to bot"),),
            footer=f"Case {case.id} · reason customer_asked",
        )
        told = Post("A person of our team takes over. You can go on writing here.", kind="notice")
        await self._move(case, "hand_over", (case.thread, told), (self._chat.staff, card))
        return ""

    async def _hand_back(self, press: Press) -> str:
        case = self.cases[press.value]
        told = Post("You are talking to the assistant again.", kind="notice")
        await self._move(case, "hand_back", (case.thread, told))
        return f"Case {case.id} is back with the bot."

    async def _pass_on(self, message: Message, case: Case) -> None:
        text = f"**{message.author.name}** (case {case.id}): {message.text}"
        await self._post(self._chat.staff, Post(text, kind="relay"))

    async def _post(self, thread: Thread, post: Post) -> None:
        delivery = Delivery(next(self._ids), thread, post)
        ref = await self._chat.deliver(delivery)
        self.posted[delivery.id] = Posted(replace(delivery, ref=ref), "sent", datetime.now(UTC))


async def _at_once() -> None:
    await asyncio.sleep(0)
