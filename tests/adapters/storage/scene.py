"""People, messages and turns for tests of the store."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from adapters.storage.store import Store
from core.actions import Action, Approval
from core.case import Case, Handoff
from core.casework import Act, Actor, Change, moved
from core.conversation import Author, Line, Message, Thread
from core.modelling import Used
from core.principal import Principal
from core.reply import Delivery, Post
from core.tools import Money
from core.turn import InboxEvent, Turn, TurnEnd, TurnRecord

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
THREAD = Thread("t1", "slack", "C1", "1.0")
STAFF = Thread("t1", "slack", "STAFF")
CUSTOMER = Author("u1", "Ada")
WHY = Handoff("urgent", "Data was lost.", tier=3)
PRINCIPAL = Principal("customer", "t1", "slack", "u1", "Ada", customer_id="c-1")


def message(text: str = "Where is my order?", *, id: str = "1.0", thread: Thread = THREAD, keys: tuple[str, ...] = ()):
    """What the customer posted."""
    return Message(id, thread, CUSTOMER, text, NOW, keys=keys)


async def says(store: Store, text: str = "Where is my order?", *, id: str = "1.0", thread: Thread = THREAD) -> bool:
    """The customer posts something."""
    return await store.inbox.save(InboxEvent("message", message(text, id=id, thread=thread)))


async def begun(store: Store, thread: Thread = THREAD) -> Turn:
    """A turn of the thread that certainly owes one."""
    turn = await store.turns.begin(thread, history_lines=40)
    assert turn is not None
    return turn


async def moves(
    store: Store,
    case: Case,
    act: Act,
    *,
    by: str = "human:s1",
    to: str = "",
    why: Handoff = WHY,
    note: str = "",
    lines: tuple[Line, ...] = (),
    posts: tuple[tuple[Thread, Post], ...] = (),
) -> Case | None:
    """Somebody moves a case; None when it was changed first."""
    actor = Actor(by, by.partition(":")[2].title())
    after = moved(case, act, actor, now=NOW, to=to)
    return await store.cases.change(case, Change(act, after, actor, why, note, lines, posts))


def record(*, tokens: int = 10) -> TurnRecord:
    """What happened in a turn that asked a model once."""
    made = TurnRecord(PRINCIPAL)
    made.note("triage", '{"urgency": "normal"}')
    made.used.append(Used("model-a", tokens, 5))
    return made


def answer(text: str = "It was delivered.") -> TurnEnd:
    """A plain answer."""
    return TurnEnd(Post(text), "answered", text)


async def answered(store: Store, text: str = "It was delivered.", thread: Thread = THREAD) -> Delivery:
    """Take the waiting turn to its finished answer."""
    turn = await begun(store, thread)
    await store.turns.opened(turn, f"ref-{turn.id}")
    delivery = await store.turns.finish(turn, answer(text), record())
    assert delivery is not None
    return delivery


def refund(
    *,
    key: str = "refund:88291",
    state: str = "intended",
    turn_id: str = "T-1",
    case_id: str = "C-1",
    amount: str = "80",
) -> Action:
    """A wish to pay money back."""
    assert state in ("intended", "proposed")
    return Action(
        key=key,
        tool="initiate_refund",
        arguments={"order_id": "88291", "amount": amount},
        case_id=case_id,
        turn_id=turn_id,
        thread=THREAD,
        customer_id="c-1",
        author_id="u1",
        title="Refund of order #88291",
        state=state,
        created_at=NOW,
        money=Money(Decimal(amount), "EUR"),
    )


def approval(id: str = "A-1", *, key: str = "refund:88291", hours: float = 72) -> Approval:
    """What the refund waits for."""
    return Approval(id, key, "pending", "It arrived damaged.", NOW + timedelta(hours=hours))
