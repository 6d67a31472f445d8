"""A case's transcript as a document: whole for the team, redacted for its customer, each with a hash of its lines."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from core import phrases
from core.case import Case
from core.conversation import Line, Thread
from core.duty import Watch
from core.guards import plain
from core.papers import without_private
from core.ports import Cases
from core.redaction import masked
from core.reply import Button, Post

_MOST_LINES = 5_000
_WISH = frozenset({"transcript", "transcript please", "my transcript", "send me the transcript"})

Audience = Literal["customer", "staff"]


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy. The hash is of `body` in UTF-8, exactly as it stands between the fences."""

    case_id: str
    audience: Audience
    body: str

    @property
    def sha256(self) -> str:
        """Tells this copy from any other."""
        return hashlib.sha256(self.body.encode()).hexdigest()

    @property
    def post(self) -> Post:
        """The copy for a chat."""
        longest = max((len(run) for run in re.findall(r"`+", self.body)), default=0)
        fence = "`" * max(3, longest + 1)
        whose = "your copy, without internal notes" if self.audience == "customer" else "whole, for the team"
        text = f"**Transcript of case {self.case_id}** ({whose})\n\n{fence}\n{self.body}\n{fence}"
        return Post(text, kind="notice", footer=f"SHA-256 of these lines: {self.sha256}")


def wants_transcript(text: str) -> bool:
    """The customer asks for the transcript, and says nothing else."""
    return " ".join(re.findall(r"[\w']+", plain(text))) in _WISH


def transcript_button(case: Case) -> Button:
    """For where a case has ended."""
    return Button("transcript", case.id, phrases.GIVE_TRANSCRIPT)


def copy_of(case: Case, lines: Sequence[Line], audience: Audience, *, alias: str, hides_private: bool = True) -> Copy:
    """Pure. A customer's copy holds what they could see: no notes, aliases for people, contacts and cards masked. The
    team reads of pictures no account and no address, if these are hidden.
    """
    if audience == "staff":
        told = [_line(each, each.name or each.speaker, each.text) for each in lines]
        seen = map(without_private, lines) if hides_private else lines
        told += [f"    picture: {' '.join(found.split())}" for each in seen for found in each.findings]
    else:
        seen = [each for each in lines if each.speaker != "system" and each.text]
        told = [_line(each, _shown_name(each, alias), masked(each.text)) for each in seen]
    return Copy(case.id, audience, "\n".join(told) or "(nothing was said)")


def _line(line: Line, name: str, text: str) -> str:
    return f"{line.at:%Y-%m-%d %H:%M:%S} UTC  {name}: {text.strip()}"


def _shown_name(line: Line, alias: str) -> str:
    match line.speaker:
        case "person":
            return alias.format(name=line.name)
        case "bot":
            return "Bot"
        case _:
            return line.name or "Customer"


class Transcripts:
    """Gives copies to whoever may have them. `wake` has them delivered."""

    def __init__(
        self, *, cases: Cases, watch: Watch, alias: str, wake: Callable[[], None], hides_private: bool = True
    ) -> None:
        self._hides_private = hides_private
        self._cases = cases
        self._watch = watch
        self._alias = alias
        self._wake = wake

    async def copy(self, case: Case, audience: Audience) -> Copy:
        """The copy as of now."""
        lines = await self._cases.lines(case.id, limit=_MOST_LINES)
        return copy_of(case, lines, audience, alias=self._alias, hides_private=self._hides_private)

    async def give(self, case: Case, audience: Audience, place: Thread, *, by: str) -> str:
        """Post a copy, the same one once a place; the line is for whoever asked."""
        copy = await self.copy(case, audience)
        detail = {"audience": audience, "sha256": copy.sha256, "for": by, "reason": f"{audience} copy, {copy.sha256}"}
        key = f"transcript:{place.key}:{case.id}:{copy.sha256[:16]}"
        is_new = await self._watch.once(key, case.id, "transcript", detail, [(place, copy.post)])
        self._wake()
        return phrases.TRANSCRIPT if is_new else phrases.TRANSCRIPT_AGAIN
