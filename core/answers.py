"""What customers say at the end of a case: whether it is solved, how it was, and that they want its transcript."""

import hashlib
from collections.abc import Callable

from core import phrases
from core.case import Case, Handoff
from core.casework import Actor
from core.caseworker import Caseworker, Posts, Step
from core.conversation import Message
from core.ports import Cases, Outbox
from core.reply import Button, Post, Press
from core.staffside import StaffSide
from core.transcripts import Transcripts, transcript_button, wants_transcript

_SCORES = ("1", "2", "3", "4", "5")


class Answers:
    """One per process."""

    def __init__(
        self,
        *,
        side: StaffSide,
        cases: Cases,
        outbox: Outbox,
        caseworker: Caseworker,
        transcripts: Transcripts,
        wake: Callable[[], None],
    ) -> None:
        self._side = side
        self._cases = cases
        self._outbox = outbox
        self._caseworker = caseworker
        self._transcripts = transcripts
        self._wake = wake

    async def heard(self, message: Message) -> bool:
        """A customer who writes `transcript`, and nothing else, gets it; False for everything else."""
        if not wants_transcript(message.text):
            return False
        case = await self._cases.last(message.thread)
        if case is None:
            theirs = await self._cases.of_author(message.thread.tenant, message.thread.platform, message.author.id)
            case = theirs[0] if theirs else None
        if case is None or case.author_id != message.author.id:
            return False
        await self._transcripts.give(case, "customer", message.thread, by=f"customer:{message.author.id}")
        return True

    async def press(self, press: Press) -> str:
        """One of the buttons at the end of a case; the line is for the presser alone."""
        match press.action:
            case "confirm":
                return await self.confirm(press)
            case "rate":
                return await self.rate(press)
            case "comment":
                return await self.comment(press)
            case _:
                return await self.transcript(press)

    async def transcript(self, press: Press) -> str:
        """The button: the team gets all of it, the customer their copy."""
        case = await self._cases.get(press.value)
        if case is None or not (press.is_staff_place or case.author_id == press.presser_id):
            return phrases.NOT_FOUND
        if press.is_staff_place:
            rooms = await self._side.rooms(case.id)
            place = rooms[0] if rooms else press.thread
            return await self._transcripts.give(case, "staff", place, by=f"human:{press.presser_id}")
        return await self._transcripts.give(case, "customer", case.thread, by=f"customer:{press.presser_id}")

    async def confirm(self, press: Press) -> str:
        """Yes: confirmed, and a rating is asked for. Not yet: it goes on with whoever had it."""
        verdict, _, case_id = press.value.partition(":")
        case = await self._cases.get(case_id)
        if case is None or case.author_id != press.presser_id:
            return phrases.NOT_FOUND
        by = Actor(f"customer:{press.presser_id}", press.presser_name)
        act = "confirm" if verdict == "yes" else "reopen"
        why = Handoff(act, "The customer says that it is solved." if act == "confirm" else "Not solved yet.")

        async def posts(after: Case) -> Posts:
            if act == "confirm":
                return [(after.thread, rating_question(after))]
            rooms = await self._side.rooms(after.id)
            return [
                (room, Post(f"The customer says it is not solved yet ({after.id}).", kind="notice")) for room in rooms
            ]

        key = _rating_key(case) if act == "confirm" else ""
        done = await self._caseworker.act(case, Step(act, by, why, key=key), posts)
        if isinstance(done, str):
            return done
        return phrases.GLAD if act == "confirm" else phrases.TEAM_GOES_ON

    async def rate(self, press: Press) -> str:
        """One to five; what it was asked in then shows the stars, and offers to say more."""
        score, case = await self._rated(press)
        if case is None:
            return phrases.NOT_FOUND
        await self._side.rate(case.id, int(score), press.text, by=press.presser_id, resolved_by=case.owner)
        await self._outbox.rewrite(f"{_rating_key(case)}:0", rated(case, int(score)))
        await self._tell_team(case, score, press.text)
        return phrases.RATING_TAKEN

    async def comment(self, press: Press) -> str:
        """Words to a rating, typed into a form."""
        score, case = await self._rated(press)
        if case is None:
            return phrases.NOT_FOUND
        if not press.text.strip():
            return "There was nothing in it."
        await self._side.rate(case.id, int(score), press.text.strip(), by=press.presser_id, resolved_by=case.owner)
        await self._tell_team(case, score, press.text.strip())
        return phrases.COMMENTED

    async def _rated(self, press: Press) -> tuple[str, Case | None]:
        """The score and the case of a press; no case when they are not the presser's to rate."""
        score, _, case_id = press.value.partition(":")
        case = await self._cases.get(case_id)
        is_theirs = case is not None and case.author_id == press.presser_id and score in _SCORES
        return score, case if is_theirs else None

    async def _tell_team(self, case: Case, score: str, comment: str) -> None:
        words = f": {comment}" if comment else "."
        text = f"The customer rated case {case.id} {stars(int(score))}{words}"
        told = hashlib.sha256(text.encode()).hexdigest()[:16]
        for room in await self._side.rooms(case.id):
            await self._outbox.put(room, Post(text, kind="relay"), key=f"rated:{case.id}:{told}:{room.key}")
        self._wake()


def stars(score: int) -> str:
    """A score as people read it."""
    return "★" * score + "☆" * (5 - score)


def rating_question(case: Case) -> Post:
    """How it was, from one to five."""
    buttons = tuple(Button("rate", f"{n}:{case.id}", "★" * n) for n in range(1, 6))
    return Post(phrases.ASK_RATING, kind="notice", buttons=(*buttons, transcript_button(case)), marks_solved=True)


def rated(case: Case, score: int) -> Post:
    """The question once it is answered. The stars stay, so that a slip can be mended."""
    again = tuple(Button("rate", f"{n}:{case.id}", "★" * n) for n in range(1, 6) if n != score)
    comment = Button("comment", f"{score}:{case.id}", phrases.ADD_COMMENT, "good")
    text = phrases.RATED.format(stars=stars(score))
    return Post(text, kind="notice", buttons=(comment, *again, transcript_button(case)))


def _rating_key(case: Case) -> str:
    return f"rating:{case.id}"
