"""A turn: one answer owed, from the messages it covers to the reply it ended in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from pydantic import JsonValue

from core.case import Case, Handoff
from core.conversation import Line, Message, Thread
from core.journal import Journal
from core.modelling import Used
from core.passedon import own_words
from core.past import Past
from core.principal import Known, Principal
from core.reply import Delivery, Post
from core.spending import Account, Tab
from core.timers import Timer

UNPROVED = "unproved"
"""The step of a trace that says that something was refused because it is not known well enough who asks."""
_LATE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class InboxEvent:
    """Something that a thread owes an answer to: a message, a decision about an action, or a wish for
    another answer."""

    kind: Literal["message", "decision", "again"]
    message: Message | None = None
    action_key: str = ""
    keys: tuple[str, ...] = ()
    turn_id: str = ""
    """The turn whose answer is wanted anew."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a message that its author edited or deleted."""

    thread: Thread
    state: Literal["waiting", "running", "answered"]
    """`waiting`: no turn had begun with it. `running`: one has to begin anew. `answered`: it was too late."""
    case_id: str = ""
    message: Message | None = None
    """As it is now."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a channel or thread was read."""

    place: Thread
    position: str
    """The platform's id of the newest message that we have."""
    is_direct: bool = False
    """The conversation of one person with the bot."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What has to be answered now, with all that is known."""

    id: str
    """The same after a crash: the turn goes on in the same reply."""
    thread: Thread
    case: Case
    messages: tuple[Message, ...]
    """New ones, oldest first; empty when only decisions came."""
    decisions: tuple[str, ...]
    """Keys of actions that were approved or denied."""
    history: tuple[Line, ...]
    """The case so far without the new messages, oldest first."""
    reply: Delivery
    """The outbox row of the answer, still open; its `ref` is set when an earlier attempt had opened it."""
    attempt: int
    """How often it was begun, not counting those times when we let go of it ourselves."""
    began_at: datetime
    fence: int = 0
    """Whoever holds the turn with this number may move it; it counts up each time the turn is begun."""
    redoes: str = ""
    """The turn whose answer this one replaces, in the same message."""
    covers: str = ""
    """Tells the messages and decisions that it answers from any others."""
    is_stopped: bool = False
    """Its author wanted it to end, and the process that worked on it did not live to see that."""
    may_confirm: bool = True
    """False: nothing waits for the customer of the case to agree to it."""
    steps: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """What earlier attempts had finished, by key; empty when what is asked has changed since."""
    past: Past = field(default_factory=Past)
    """What is known of a long case beyond `history`."""
    known: Known | None = None
    """Which customer its author is linked to; None: not read."""
    tab: Tab = field(default_factory=lambda: Tab(Account()))
    """What it may spend on models, and what it has spent."""

    @property
    def is_withdrawn(self) -> bool:
        """Everything it was to answer was taken back."""
        return not (self.messages or self.decisions)

    @property
    def is_late(self) -> bool:
        """The customer has waited for so long that we owe them an apology."""
        waited_since = min((message.sent_at for message in self.messages), default=self.began_at)
        return not self.redoes and self.began_at - waited_since > _LATE

    @property
    def said(self) -> str:
        """All the customer's own words in this case, for checks on what was asked and named."""
        kept = (*((self.past.root,) if self.past.root else ()), *self.past.middle, *self.history)
        old = [line.text for line in kept if line.speaker == "customer"]
        return "\n".join([*old, *(message.text for message in self.messages)])

    @property
    def remembered(self) -> str:
        """What numbers may be said back from: the customer's own words, and the notes of those no longer at hand."""
        return f"{self.said}\n{self.past.summary.text}" if self.past.summary else self.said

    def words_of(self, author_id: str) -> tuple[str, ...]:
        """What one person wrote in this case, message by message, without what they quote or pass on; what nobody knows
        the author of is nobody's.
        """
        said = (line.text for line in self.history if line.speaker == "customer" and line.author_id == author_id)
        old = (own for each in said if (own := own_words(each)))
        return (*old, *self.new_words_of(author_id)) if author_id else ()

    def new_words_of(self, author_id: str) -> tuple[str, ...]:
        """What of the new messages one person wrote."""
        said = (own_words(each.text) for each in self.messages if each.author.id == author_id)
        return tuple(each for each in said if each)

    def others_than(self, author_id: str) -> bool:
        """Somebody else wrote here too, staff and ourselves aside."""
        return any(each.author.id != author_id for each in self.messages) or any(
            line.speaker == "customer" and line.author_id != author_id for line in self.history
        )

    @property
    def spoken(self) -> str:
        """The new words, each with who said it where more than one customer is in the conversation."""
        names = {line.name for line in self.history if line.speaker == "customer"}
        names.update(message.author.name for message in self.messages)
        if len(names) < 2:
            return self.asked
        return "\n".join(f"{each.author.name}: {each.text}" for each in self.messages if each.text)

    @property
    def asked(self) -> str:
        """The new words of this turn."""
        return "\n".join(message.text for message in self.messages if message.text)


@dataclass(slots=True)
class TurnRecord:
    """What happened in a turn, gathered while it runs: the trace that explains it afterwards."""

    principal: Principal
    steps: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Kind and a line of JSON each, in order."""
    used: list[Used] = field(default_factory=list[Used])
    receipts: list[str] = field(default_factory=list[str])
    handoff: Handoff | None = None
    language: str = ""
    """ISO 639-1, of what was asked; empty where it does not tell."""
    lacks: str = ""
    """Something was refused because it is not known well enough who asks."""
    mark: str = ""
    """Who vouches for the answer, in place of the model's name."""
    journal: Journal = field(default_factory=Journal)
    timings: dict[str, float] = field(default_factory=dict[str, float])
    """Seconds: of `prepare`, `triage` and `retrieval`, and from the turn's beginning to its `first_word`."""

    def note(self, kind: str, line: str) -> None:
        """Add one step to the trace."""
        self.steps.append((kind, line))


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """How a turn ends; saved in one transaction with the outbox row of its answer."""

    post: Post | None
    """The final answer; None when the bot stays silent because people own the case."""
    outcome: Literal["answered", "handed_off", "silent", "failed"]
    transcript: str
    """What the history keeps as our words."""
    handoff: Handoff | None = None
    staff_posts: tuple[tuple[Thread, Post], ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    """Message id and what a picture of it showed."""
    held: Post | None = None
    """The answer, where a person has to look at it before it is sent."""
    timers: tuple[Timer, ...] = ()
    """What is set with it."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A row of the outbox as a desk shows it."""

    delivery: Delivery
    state: Literal["open", "held", "due", "sent", "failed", "void"]
    """open: the answer is being written. held: it waits for a person of the team. void: closed without ever having
    been shown."""
    at: datetime
    why: str = ""
    """Why the last attempt to deliver it failed."""


@dataclass(frozen=True, slots=True)
class TurnTrace:
    """What happened in a turn, read back to explain it."""

    id: str
    case_id: str
    state: Literal["running", "done", "cut"]
    outcome: str
    attempt: int
    began_at: datetime
    ended_at: datetime | None
    steps: tuple[tuple[str, str], ...]
    used: tuple[Used, ...]
