"""The pictures of a turn: stored at once, looked at side by side, compared when that is what was asked."""

import asyncio
import json
import logging
import re
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from pydantic import JsonValue

from core import phrases
from core.conversation import Attachment, Message, Thread
from core.errors import AttachmentError, BotError
from core.evidence import Evidence
from core.finding import Finding
from core.guards import plain
from core.looking import finding_key
from core.modelling import Used
from core.ports import Chat, Pictures
from core.prices import NANOS
from core.prompt import Seen
from core.reply import FindingMade, Notice, ReplyEvent
from core.settings import ImageSettings
from core.turn import Turn, TurnRecord
from core.vision import CheckedImage, Eyes, ImageCheck

log = logging.getLogger(__name__)

_BYTES_PER_MB = 1_000_000
_COMPARES = re.compile(
    r"\b(which|compare\w*|difference|differ\w*|both|either|same|first|second|other one|before and after|welche\w*|"
    r"vergleich\w*|unterschied|beide|lequel|laquelle|compar\w+|les deux|cual|ambos|ambas|quale|entrambi)\b"
)
_ABOUT_PICTURES = re.compile(
    r"\b(picture|photo|image|screenshot|pic|box|parcel|foto|bild|paket|caja|imagen|carton|colis|scatola|immagine)s?\b"
)
_EARLIER = 4
_DAY = timedelta(hours=24)
_Sent = tuple[Message, Attachment]
_MARKS = str.maketrans({"<": "‹", ">": "›"})


@dataclass(slots=True)
class Shown:
    """What the pictures of a turn gave."""

    seen: list[Seen] = field(default_factory=list[Seen])
    problems: list[str] = field(default_factory=list[str])
    """Lines for the customer about files that could not be used."""
    texts: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Message id and finding, for the transcript."""
    findings: list[Finding] = field(default_factory=list[Finding])
    limits: str = ""
    """What could be made out of a picture at all, where that is not all there is to see."""


@dataclass(frozen=True, slots=True)
class _Looked:
    name: str
    message_id: str
    image: CheckedImage
    finding: Finding
    used: tuple[Used, ...]
    seconds: float
    is_known: bool


class Gallery:
    """Stores and looks at the pictures of customers."""

    def __init__(
        self,
        *,
        chats: Mapping[str, Chat],
        image_check: ImageCheck,
        eyes: Eyes,
        pictures: Pictures,
        images: ImageSettings,
    ) -> None:
        self._chats = chats
        self._check = image_check
        self._eyes = eyes
        self._pictures = pictures
        self._images = images
        self._storing: dict[tuple[str, str, str], asyncio.Task[CheckedImage | str]] = {}
        """What is being fetched: on arrival and for the turn it is the same fetch."""

    async def store(self, message: Message) -> list[CheckedImage | str]:
        """Fetch, check and keep the files of a message, or say in a line for the customer why not."""
        attachments = message.attachments[: self._images.per_message]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._stored(message, each)) for each in attachments]
        return [task.result() for task in tasks]

    async def kept(self, message: Message, attachment: Attachment) -> CheckedImage | str:
        """One file of a message as it was kept, fetched now if it was not; or a line why it cannot be had."""
        return await self._stored(message, attachment)

    async def content(self, place: Thread, attachment: Attachment) -> bytes:
        """A file of a message as its platform has it, whatever it is. Raises `AttachmentError`."""
        limit_bytes = int(self._images.limit_mb * _BYTES_PER_MB)
        if attachment.size_bytes > limit_bytes:
            raise AttachmentError(f"it is larger than {self._images.limit_mb:g} MB.")
        return await self._chats[place.platform].download(attachment, limit_bytes=limit_bytes)

    async def evidence(self, turn: Turn, author_id: str, into: Evidence) -> None:
        """What the pictures showed that somebody sent in the conversation of a turn, and the newest of them."""
        if not any(each.attachments for each in turn.messages) and not any(line.findings for line in turn.history):
            return
        into.findings = await self._pictures.findings(turn.thread, author_id)
        shown = await self._pictures.shown(turn.thread, limit=2 * _EARLIER)
        theirs = [replace(each, is_for_staff=True) for each in shown if each.author_id == author_id]
        into.pictures = tuple(theirs[-_EARLIER:])

    async def look(self, turn: Turn, record: TurnRecord, into: Shown) -> AsyncGenerator[ReplyEvent, None]:
        """Look at what came with the turn's messages, or again at earlier pictures that it asks about."""
        sent = [(message, each) for message in turn.messages for each in message.attachments]
        if not sent:
            async for event in self._look_again(turn, record, into):
                yield event
            return
        todo = await self._within_limits(turn, sent, into)
        if not todo:
            return
        names = ", ".join(attachment.name for _, attachment in todo[:3])
        yield Notice(f"Looking at {names}" if len(todo) < 4 else f"Looking at {len(todo)} pictures", kind="status")
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._one(message, each, turn.asked)) for message, each in todo]
        looked: list[_Looked] = []
        for task in tasks:
            result = task.result()
            if isinstance(result, str):
                into.problems.append(result)
                record.note("picture_refused", json.dumps({"why": result}, ensure_ascii=False))
                yield Notice(result, kind="problem")
                continue
            looked.append(result)
            yield self._take(result, record, into)
        if len(looked) == 1 and self._compares(turn):
            looked = [*await self._earlier(turn), *looked]
        async for event in self._compare(turn, looked, record, into):
            yield event

    async def _within_limits(self, turn: Turn, sent: Sequence[_Sent], into: Shown) -> Sequence[_Sent]:
        """What of it is looked at; what is not is said."""
        most, daily = self._images.per_turn, self._images.per_customer
        todo = list(sent[:most])
        if left := len(sent) - len(todo):
            into.problems.append(f"I look at {most} pictures at once; {left} more were left out.")
        if not daily:
            return todo
        since, ids = turn.began_at - _DAY, {message.id for message in turn.messages}
        for author_id in {message.author.id for message, _ in todo}:
            before = await self._pictures.count_of_author(
                turn.thread.tenant, turn.thread.platform, author_id, since=since, besides=ids
            )
            theirs = [each for each in todo if each[0].author.id == author_id]
            if over := theirs[max(0, daily - before) :]:
                todo = [each for each in todo if each not in over]
                into.problems.append(phrases.PICTURES_FULL.format(most=daily))
        return todo

    async def _stored(self, message: Message, attachment: Attachment) -> CheckedImage | str:
        key = (message.thread.key, message.id, attachment.id)
        if (task := self._storing.get(key)) is None:
            task = asyncio.create_task(self._fetched(message, attachment), name=f"picture {attachment.id}")
            self._storing[key] = task
            task.add_done_callback(lambda _: self._storing.pop(key, None))
        return await asyncio.shield(task)

    async def _fetched(self, message: Message, attachment: Attachment) -> CheckedImage | str:
        limit_bytes = int(self._images.limit_mb * _BYTES_PER_MB)
        if attachment.size_bytes > limit_bytes:
            return f"“{attachment.name}” is larger than {self._images.limit_mb:g} MB; please send a smaller picture."
        try:
            if (kept := await self._pictures.kept(message, attachment)) is not None:
                return kept
            content = await self._chats[message.thread.platform].download(attachment, limit_bytes=limit_bytes)
            image = await self._check.check(content)
            await self._pictures.keep(message, attachment, image)
        except AttachmentError as error:
            return f"“{attachment.name}”: {error}"
        except BotError as error:
            log.warning("picture not stored", extra={"post": message.id, "why": str(error)})
            return f"“{attachment.name}” could not be looked at just now."
        return image

    async def _one(self, message: Message, attachment: Attachment, question: str) -> "_Looked | str":
        image = await self._stored(message, attachment)
        return image if isinstance(image, str) else await self._looked(image, attachment.name, message.id, question)

    async def _looked(self, image: CheckedImage, name: str, message_id: str, question: str) -> "_Looked | str":
        began = time.monotonic()
        key = finding_key(self._eyes.name, question)
        try:
            if (known := await self._pictures.finding(image.sha256, key)) is not None:
                return _Looked(name, message_id, image, known, (), time.monotonic() - began, is_known=True)
            look = await self._eyes.look(image, question=question)
            await self._pictures.found(image.sha256, key, look.finding)
        except BotError as error:
            log.warning("picture not looked at", extra={"post": message_id, "why": str(error)})
            return f"“{name}” could not be looked at just now."
        return _Looked(name, message_id, image, look.finding, look.used, time.monotonic() - began, is_known=False)

    def _take(self, looked: _Looked, record: TurnRecord, into: Shown) -> FindingMade:
        text = as_quoted(looked.finding.as_data())
        record.used.extend(looked.used)
        if looked.finding.is_text_only and not into.limits:
            into.limits = looked.finding.summary
        into.seen.append(Seen(as_quoted(looked.name).replace('"', "”"), text, looked.finding.is_text_only))
        into.texts.append((looked.message_id, text))
        into.findings.append(looked.finding)
        record.note("picture", json.dumps(self._took(looked, text), ensure_ascii=False))
        return FindingMade(looked.name, text, looked.finding.is_text_only)

    def _took(self, looked: _Looked, text: str) -> dict[str, JsonValue]:
        """One picture in the trace: what it showed, and what it took in time, tokens and money."""
        costs = [each.nanos for each in looked.used if each.nanos is not None]
        return {
            "name": looked.name,
            "finding": text,
            "seconds": round(looked.seconds, 3),
            "requests": sum(each.requests for each in looked.used),
            "tokens": sum(each.input_tokens + each.output_tokens for each in looked.used),
            "money": sum(costs) / NANOS if costs else None,
            "by": looked.used[-1].model if looked.used else self._eyes.name,
            "known": looked.is_known,
        }

    def _compares(self, turn: Turn) -> bool:
        return _COMPARES.search(plain(turn.asked)) is not None

    async def _earlier(self, turn: Turn) -> list[_Looked]:
        """Pictures that came before in this case, as they were found then."""
        ours = {line.message_id for line in turn.history if line.findings}
        if not ours:
            return []
        kept = await self._pictures.of_thread(turn.thread, limit=_EARLIER)
        mine = [each for each in kept if each.message_id in ours]
        return [_Looked(each.name, each.message_id, each.image, Finding(), (), 0.0, is_known=True) for each in mine]

    async def _compare(
        self, turn: Turn, looked: Sequence[_Looked], record: TurnRecord, into: Shown
    ) -> AsyncGenerator[ReplyEvent, None]:
        if len(looked) < 2 or not self._compares(turn):
            return
        yield Notice(f"Comparing {len(looked)} pictures", kind="status")
        try:
            compared = await self._eyes.compare([each.image for each in looked], question=turn.asked)
        except BotError as error:
            log.warning("pictures not compared", extra={"turn": turn.id, "why": str(error)})
            return
        if compared is None:
            return
        record.used.extend(compared.used)
        told = compared.comparison
        names = [f"picture {n} ({looked[n - 1].name})" for n in told.pictures]
        parts = [told.answer, ", ".join(names), *(f"could not be told: {each}" for each in told.not_told)]
        text = "; ".join(part for part in parts if part)
        record.note("pictures_compared", json.dumps({"answer": text}, ensure_ascii=False))
        into.seen.append(Seen("all pictures, compared", as_quoted(text), is_text_only=False))

    async def _look_again(self, turn: Turn, record: TurnRecord, into: Shown) -> AsyncGenerator[ReplyEvent, None]:
        """A question about pictures that came earlier in the case, where there is something to look with."""
        asked = plain(turn.asked)
        if not (_ABOUT_PICTURES.search(asked) and any(line.findings for line in turn.history)):
            return
        if not (mine := await self._earlier(turn)):
            return
        yield Notice("Looking at the earlier picture" + "s" * (len(mine) > 1), kind="status")
        looked: list[_Looked] = []
        for each in mine:
            result = await self._looked(each.image, each.name, each.message_id, turn.asked)
            if isinstance(result, _Looked):
                looked.append(result)
                yield self._take(result, record, into)
        async for event in self._compare(turn, looked, record, into):
            yield event


def as_quoted(text: str) -> str:
    """Text of a picture that cannot end the quotation it is put into."""
    return text.translate(_MARKS)
