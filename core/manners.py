"""When it is better to say nothing: other bots, a second goodbye, somebody who writes all day.

Only decides. What is not answered is logged by whoever asks; what a flooding person gets is one friendly line.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from core.case import Case
from core.closing import is_farewell
from core.conversation import Line, Message, Thread
from core.settings import MannersSettings

Verdict = Literal["answer", "bot", "bots_enough", "said_goodbye", "day_full_first", "day_full"]
"""`answer`, or why not. `day_full_first`: tell the person once; `day_full`: they were told."""

_HOUR = timedelta(hours=1)
_LINES = 8


class Transcripts(Protocol):
    """Where a conversation stands; `core.ports.Cases` is one."""

    async def find(self, thread: Thread) -> Case | None:
        """The open case of a thread."""
        ...

    async def lines(self, case_id: str, *, limit: int) -> list[Line]:
        """The newest lines of its transcript, oldest first."""
        ...

    async def count_of_author(self, tenant: str, platform: str, author_id: str, *, since: datetime) -> int:
        """How many messages of a person we took in since then."""
        ...


@dataclass(slots=True)
class _Day:
    """How much one person wrote on one day."""

    date: str
    count: int = 0


class Manners:
    """Judges each message before an answer is owed for it."""

    def __init__(self, settings: MannersSettings, transcripts: Transcripts) -> None:
        self._settings = settings
        self._transcripts = transcripts
        self._exchanges: dict[tuple[str, str], deque[datetime]] = {}
        self._days: dict[str, _Day] = {}
        self._first_date = ""
        """The day this process began in: what was written before it is counted in the transcripts, once a person."""

    async def judge(self, message: Message, *, now: datetime) -> Verdict:
        """Whether to answer. Counts the message."""
        if message.author.is_bot:
            return await self._judge_bot(message, now)
        if await self._is_second_goodbye(message):
            return "said_goodbye"
        return await self._judge_day(message, now)

    async def _judge_bot(self, message: Message, now: datetime) -> Verdict:
        """Two bots that answer each other stop; a bot that is not named is never answered."""
        if message.author.id not in self._settings.bots:
            return "bot"
        pair = (message.thread.key, message.author.id)
        times = self._exchanges.setdefault(pair, deque())
        while times and times[0] <= now - _HOUR:
            times.popleft()
        # What was kept counts too: a restart, or another replica, is no fresh start for the two.
        if max(len(times), await self._kept_of(message, now)) >= self._settings.bot_exchanges_per_hour:
            return "bots_enough"
        times.append(now)
        return "answer"

    async def _kept_of(self, message: Message, now: datetime) -> int:
        case = await self._transcripts.find(message.thread)
        if case is None:
            return 0
        most = self._settings.bot_exchanges_per_hour * 4
        lines = await self._transcripts.lines(case.id, limit=most)
        return sum(line.author_id == message.author.id and line.at > now - _HOUR for line in lines)

    async def _is_second_goodbye(self, message: Message) -> bool:
        """A bare thanks was answered already, and only thanks came since. People who have the case see it all."""
        if message.attachments or not is_farewell(message.text):
            return False
        case = await self._transcripts.find(message.thread)
        if case is None or not case.is_with_ai:
            return False
        lines = await self._transcripts.lines(case.id, limit=_LINES)
        said = [line for line in lines if line.speaker in ("customer", "bot")]
        if len(said) < 2 or said[-1].speaker != "bot":
            return False
        last = next((line for line in reversed(said) if line.speaker == "customer"), None)
        return last is not None and is_farewell(last.text)

    async def _judge_day(self, message: Message, now: datetime) -> Verdict:
        """One person's share of the day, so that all others have theirs."""
        most = self._settings.messages_per_day
        if not most:
            return "answer"
        date = f"{now:%Y-%m-%d}"
        person = f"{message.thread.platform}:{message.thread.tenant}:{message.author.id}"
        day = self._days.get(person)
        if day is None or day.date != date:
            self._days = {each: known for each, known in self._days.items() if known.date == date}
            before = await self._earlier(message, now)
            day = self._days[person] = _Day(date, before)
        day.count += 1
        if day.count <= most:
            return "answer"
        return "day_full_first" if day.count == most + 1 else "day_full"

    async def _earlier(self, message: Message, now: datetime) -> int:
        """What the person wrote on this day before this process was there; those over the limit were not kept."""
        date = f"{now:%Y-%m-%d}"
        self._first_date = self._first_date or date
        if date != self._first_date:
            return 0
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        thread = message.thread
        return await self._transcripts.count_of_author(
            thread.tenant, thread.platform, message.author.id, since=midnight
        )
