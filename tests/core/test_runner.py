"""A turn from its message to its delivered reply, over a real database."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.storage.store import Store, open_store
from core import phrases
from core.agent import Agent
from core.budget import Budget
from core.conversation import Attachment, Author, Message, Thread
from core.courier import Courier
from core.deciding import Decided
from core.effects import Effects
from core.errors import DeliveryError, ModelCut, ModelError, ToolRefused
from core.handoff import Handover
from core.knowledge import Hit, Passage
from core.mailbox import Mailbox
from core.modelling import TextPiece
from core.preparing import Preparing
from core.principal import DemoIdentity
from core.reception import Reception
from core.reply import Press, ToolFinished, ToolStarted
from core.runner import TurnRunner
from core.settings import (
    AgentSettings,
    ApprovalSettings,
    BudgetSettings,
    EscalationSettings,
    ImageSettings,
    PaceSettings,
)
from core.toolbox import Toolbox
from core.tools import Arguments, Money, Tool, ToolContext, ToolResult, tool
from core.vision import CheckedImage, Finding
from tests.fakes.chat import MemoryChat
from tests.fakes.clock import StillClock
from tests.fakes.model import ScriptedModel, calls, says

THREAD = Thread("t1", "memory", "room", "root")
STAFF = Thread("t1", "memory", "staff")
CUSTOMER = Author("u1", "Ada")


class OnePassage:
    """Finds the same passage for any question."""

    async def search(self, question: str, *, limit: int) -> list[Hit]:
        passage = Passage("p1", "delivery.md", "Delivery", "Parcels arrive within three working days.")
        return [Hit(passage, 1.0, is_strong=True)]


class NoPictures:
    """No picture is ever readable here."""

    async def check(self, content: bytes) -> CheckedImage:
        raise AssertionError("no picture expected")

    async def look(self, image: CheckedImage, *, question: str) -> Finding:
        raise AssertionError("no picture expected")


def shop(paid: list[str]) -> list[Tool]:
    @tool(title="Looking up order #{order_id}", said=("order_id",))
    async def get_order_status(context: ToolContext, order_id: str) -> ToolResult:
        """Where an order is."""
        if order_id != "88291":
            raise ToolRefused(f"There is no order #{order_id} in your account.")
        return ToolResult("Order #88291 was delivered on Monday.", {"total": 129})

    def total(arguments: Arguments, facts: dict[str, ToolResult]) -> Money:
        return Money(Decimal(str(facts["get_order_status"].data["total"])), "EUR")

    @tool(
        title="Refund order #{order_id}",
        effect="money",
        said=("order_id",),
        asked_with=("refund",),
        needs=("get_order_status",),
        acts_on=("order_id",),
        amount=total,
    )
    async def initiate_refund(context: ToolContext, order_id: str, reason: str) -> ToolResult:
        """Pay an order back."""
        paid.append(context.key)
        return ToolResult(f"A refund for order #{order_id} was started.", reference="re-1")

    return [get_order_status, initiate_refund]


@dataclass
class Rig:
    """A whole core over one database."""

    store: Store
    chat: MemoryChat
    model: ScriptedModel
    reception: Reception
    runner: TurnRunner
    mailbox: Mailbox
    courier: Courier
    clock: StillClock
    paid: list[str]
    count: int = 0

    async def says(self, text: str, *, attachments: tuple[Attachment, ...] = (), keys: tuple[str, ...] = ()) -> bool:
        self.count += 1
        message = Message(str(self.count), THREAD, CUSTOMER, text, datetime(2026, 3, 2, tzinfo=UTC), attachments, keys)
        return await self.reception.receive(message)

    async def settled(self) -> None:
        async with asyncio.timeout(10):
            await self.mailbox.idle()
            await self.courier.drain()
            await self.mailbox.idle()
            await self.courier.drain()

    async def presses(self, action: str, value: str = "", *, by: str = "staff-1", text: str = "") -> str:
        is_staff = by.startswith("staff")
        place = STAFF if is_staff else THREAD
        press = Press(f"{action}{value}{by}", action, value, by, by.title(), place, is_staff, text)
        answer = await self.reception.press(press)
        await self.settled()
        return answer

    @property
    def texts(self) -> list[str]:
        return self.chat.texts(THREAD.key)

    @property
    def cards(self) -> list[str]:
        return self.chat.texts(STAFF.key)


@asynccontextmanager
async def rig(
    folder: Path,
    model: ScriptedModel,
    *,
    limit: str = "500",
    agent: AgentSettings | None = None,
    pace: int = 0,
    budget: BudgetSettings | None = None,
    chat: MemoryChat | None = None,
) -> AsyncGenerator[Rig, None]:
    chat, clock, paid = chat or MemoryChat(), StillClock(), list[str]()
    agent = agent or AgentSettings()
    async with open_store(f"sqlite:///{folder / 'case.sqlite3'}", clock=clock) as store:
        handover = Handover(cases=store.cases, actions=store.actions, staff_places=lambda thread: (STAFF,))
        courier = Courier(store.outbox, {"memory": chat}, clock=clock, tell_staff=lambda thread: (STAFF,))
        toolbox = Toolbox(shop(paid), Effects(store.actions, ApprovalSettings(limit=Decimal(limit)), clock, folder))
        identity = DemoIdentity("cust-1", clock.now(), {})
        preparing = Preparing(
            identity=identity,
            chats={"memory": chat},
            image_check=NoPictures(),
            eyes=NoPictures(),
            pictures=store.pictures,
            budget=Budget(store.desk, budget or BudgetSettings(), clock),
            handover=handover,
            images=ImageSettings(),
            escalation=EscalationSettings(),
        )
        answerer = Agent(models=lambda work: model, toolbox=toolbox, retriever=OnePassage(), settings=agent)
        runner = TurnRunner(
            turns=store.turns,
            outbox=store.outbox,
            chats={"memory": chat},
            courier=courier,
            answerer=answerer,
            preparing=preparing,
            decided=Decided(store.actions, toolbox),
            handover=handover,
            settings=agent,
        )
        mailbox = Mailbox(runner.run)
        reception = Reception(
            inbox=store.inbox,
            cases=store.cases,
            actions=store.actions,
            outbox=store.outbox,
            feedback=store.feedback,
            identity=identity,
            mailbox=mailbox,
            runner=runner,
            courier=courier,
            handover=handover,
            approvals=ApprovalSettings(limit=Decimal(limit)),
            pace=PaceSettings(messages_per_minute=pace),
            clock=clock,
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(mailbox.run())
            yield Rig(store, chat, model, reception, runner, mailbox, courier, clock, paid)
            mailbox.close()
    assert not model.scripts, "the model was asked less often than scripted"


async def test_a_question_is_answered_from_a_passage_with_its_source(tmp_path: Path) -> None:
    model = ScriptedModel(says("Parcels arrive within three working days [1]."))
    async with rig(tmp_path, model) as here:
        await here.says("When does it arrive?")
        await here.settled()
        assert here.texts == ["Parcels arrive within three working days [1]."]
        (reply,) = here.chat.closed
        assert [each.source for each in reply.post.citations] == ["delivery.md"]
        assert "Demo shop" in reply.post.footer
        assert [button.action for button in reply.post.buttons] == ["feedback", "feedback", "escalate"]


async def test_the_same_event_delivered_again_is_answered_once(tmp_path: Path) -> None:
    model = ScriptedModel(says("Hello."))
    async with rig(tmp_path, model) as here:
        assert await here.says("Hi", keys=("ev1",))
        here.count = 0
        assert not await here.says("Hi", keys=("ev2",))
        assert not await here.says("Hi", keys=("ev1",))
        await here.settled()
        assert here.texts == ["Hello."]


async def test_a_tool_is_called_and_its_result_goes_back_to_the_model(tmp_path: Path) -> None:
    model = ScriptedModel(calls("get_order_status", '{"order_id": "88291"}'), says("It was delivered on Monday."))
    async with rig(tmp_path, model) as here:
        await here.says("Where is my order #88291?")
        await here.settled()
        assert here.texts == ["It was delivered on Monday."]
        (first, second) = here.model.requests
        assert "delivered on Monday" in second.messages[-1].text
        assert [type(event) for event in here.chat.replies[0].events[:2]] == [ToolStarted, ToolFinished]
        assert first.messages[0] == second.messages[0]


async def test_an_invented_order_is_refused_and_the_model_is_told(tmp_path: Path) -> None:
    model = ScriptedModel(calls("get_order_status", '{"order_id": "12345"}'), says("Which order is it?"))
    async with rig(tmp_path, model) as here:
        await here.says("Where is my order?")
        await here.settled()
        assert here.texts == ["Which order is it?"]
        assert "never named order_id" in here.model.requests[1].messages[-1].text


async def test_broken_arguments_are_explained_so_that_the_model_can_correct_itself(tmp_path: Path) -> None:
    model = ScriptedModel(
        calls("get_order_status", '{"order": 88291}'),
        calls("get_order_status", "not json"),
        calls("get_order_status", '{"order_id": "88291"}'),
        says("Delivered."),
    )
    async with rig(tmp_path, model) as here:
        await here.says("Where is 88291?")
        await here.settled()
        assert here.texts == ["Delivered."]


async def test_a_refund_nobody_asked_for_is_never_started(tmp_path: Path) -> None:
    model = ScriptedModel(
        calls("initiate_refund", '{"order_id": "88291", "reason": "unhappy"}'), says("It was delivered on Monday.")
    )
    async with rig(tmp_path, model) as here:
        await here.says("Where is my order #88291?")
        await here.settled()
        assert here.paid == []


async def test_a_refund_above_the_limit_waits_for_a_person_and_is_paid_once(tmp_path: Path) -> None:
    model = ScriptedModel(
        calls("initiate_refund", '{"order_id": "88291", "reason": "damaged"}'), says("A colleague has to agree first.")
    )
    async with rig(tmp_path, model, limit="50") as here:
        await here.says("I want a refund for order #88291, it is damaged")
        await here.settled()
        assert here.paid == []
        (card,) = [post for post in here.chat.messages.values() if post.kind == "card"]
        approval = card.buttons[0].value
        assert await here.presses("approve", approval, by="u2") == phrases.NOT_ALLOWED
        assert here.paid == []
        assert "Approved" in await here.presses("approve", approval)
        assert len(here.paid) == 1
        assert "A refund for order #88291 was started." in here.texts[-1]
        assert "already" in await here.presses("deny", approval, by="staff-2")
        assert len(here.paid) == 1
        assert any(text.startswith("**Approved") for text in here.cards)


async def test_a_denied_refund_is_said_and_never_paid(tmp_path: Path) -> None:
    model = ScriptedModel(calls("initiate_refund", '{"order_id": "88291", "reason": "x"}'), says("Asked."))
    async with rig(tmp_path, model, limit="50") as here:
        await here.says("refund order 88291 please")
        await here.settled()
        (card,) = [post for post in here.chat.messages.values() if post.kind == "card"]
        await here.presses("deny", card.buttons[0].value)
        assert here.paid == []
        assert "did not approve" in here.texts[-1]


async def test_a_reworded_repeat_pays_once(tmp_path: Path) -> None:
    refund = calls("initiate_refund", '{"order_id": "88291", "reason": "damaged"}')
    again = calls("initiate_refund", '{"order_id": "#88291", "reason": "it is broken"}')
    model = ScriptedModel(refund, says("Done."), again, says("Done already."))
    async with rig(tmp_path, model) as here:
        await here.says("refund 88291")
        await here.settled()
        await here.says("please refund order #88291 now")
        await here.settled()
        assert len(here.paid) == 1


async def test_an_untrue_claim_never_reaches_the_final_text(tmp_path: Path) -> None:
    model = ScriptedModel(says("Good news. I've refunded your order. Bye."))
    async with rig(tmp_path, model) as here:
        await here.says("refund my order 88291")
        await here.settled()
        assert here.texts == [f"Good news. {phrases.CLAIM_WITHDRAWN} Bye."]


async def test_an_answer_that_breaks_off_is_asked_for_again_and_shown_once(tmp_path: Path) -> None:
    model = ScriptedModel([TextPiece("Parcels ar"), ModelCut("cut")], says("Parcels arrive soon."))
    async with rig(tmp_path, model) as here:
        await here.says("When?")
        await here.settled()
        assert here.texts == ["Parcels arrive soon."]


async def test_without_any_answering_model_a_person_gets_the_case(tmp_path: Path) -> None:
    model = ScriptedModel([ModelError("down")])
    async with rig(tmp_path, model) as here:
        await here.says("Hello?")
        await here.settled()
        assert here.texts == [phrases.NO_MODEL]
        assert any("needs a person" in card for card in here.cards)


async def test_asking_for_a_person_hands_over_without_a_model_and_the_bot_stays_silent(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        await here.says("I want to talk to a human, please")
        await here.settled()
        assert here.texts == [phrases.HANDED_OFF]
        await here.says("Are you there?")
        await here.settled()
        assert here.texts == [phrases.HANDED_OFF]
        assert any("Are you there?" in card for card in here.cards)


async def test_a_case_handed_back_is_answered_by_the_bot_again(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Hello again."))) as here:
        await here.presses("escalate", by="u1", text="I am stuck")
        case = await here.store.cases.find(THREAD)
        assert case is not None
        assert case.owner == "queue:3"
        assert await here.presses("hand_back", case.id, by="u1") == phrases.NOT_ALLOWED
        await here.presses("hand_back", case.id)
        await here.says("Hello?")
        await here.settled()
        assert here.texts[-1] == "Hello again."


async def test_a_person_answers_the_customer_and_owns_the_case(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel()) as here:
        await here.presses("escalate", by="u1")
        case = await here.store.cases.find(THREAD)
        assert case is not None
        await here.presses("reply", case.id, text="I am looking into it.")
        assert here.texts[-1] == "I am looking into it."
        owned = await here.store.cases.get(case.id)
        assert owned is not None
        assert owned.owner == "human:staff-1"


async def test_a_platform_that_refuses_live_replies_gets_one_whole_post(tmp_path: Path) -> None:
    chat = MemoryChat()
    chat.refuses_opening = True
    async with rig(tmp_path, ScriptedModel(says("Hello.")), chat=chat) as here:
        await here.says("Hi")
        await here.settled()
        assert here.texts == ["Hello."]


async def test_a_failed_final_write_is_tried_again_on_the_same_message(tmp_path: Path) -> None:
    chat = MemoryChat()
    chat.failures = [DeliveryError("503"), DeliveryError("503")]
    async with rig(tmp_path, ScriptedModel(says("Hello.")), chat=chat) as here:
        await here.says("Hi")
        await here.settled()
        here.clock.move(minutes=1)
        await here.courier.drain()
        here.clock.move(minutes=1)
        await here.courier.drain()
        assert here.texts == ["Hello."]


async def test_the_step_limit_ends_in_a_clear_line_and_a_person(tmp_path: Path) -> None:
    look = calls("get_order_status", '{"order_id": "88291"}')
    agent = AgentSettings(max_steps=2)
    async with rig(tmp_path, ScriptedModel(look, look), agent=agent) as here:
        await here.says("Where is 88291?")
        await here.settled()
        assert here.texts == [phrases.STEP_LIMIT]


async def test_a_spent_budget_goes_to_a_person_without_asking_a_model(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("One.")), budget=BudgetSettings(requests_per_case=1)) as here:
        await here.says("First")
        await here.settled()
        await here.says("Second")
        await here.settled()
        assert here.texts[-1] == phrases.BUDGET


async def test_a_small_models_reply_about_a_tool_is_the_tools_own_summary(tmp_path: Path) -> None:
    model = ScriptedModel(calls("get_order_status", '{"order_id": "88291"}'), is_small=True)
    async with rig(tmp_path, model) as here:
        await here.says("Where is my order #88291?")
        await here.settled()
        assert here.texts == ["Order #88291 was delivered on Monday."]


async def test_a_small_model_that_starts_an_unwanted_refund_only_looks_the_order_up(tmp_path: Path) -> None:
    model = ScriptedModel(calls("initiate_refund", '{"order_id": "88291", "reason": "?"}'), is_small=True)
    async with rig(tmp_path, model) as here:
        await here.says("Where is my order #88291?")
        await here.settled()
        assert here.paid == []
        assert here.texts == ["Order #88291 was delivered on Monday."]


async def test_somebody_who_floods_is_slowed_with_one_notice_and_nothing_is_lost(tmp_path: Path) -> None:
    async with rig(tmp_path, ScriptedModel(says("Hi."))) as here:
        await here.says("1")
        await here.settled()
    async with rig(tmp_path, ScriptedModel(says("Both.")), pace=1, chat=MemoryChat()) as here:
        here.count = 1
        await here.says("2")
        await here.says("3")
        await here.says("4")
        await here.settled()
        assert here.texts.count(phrases.PACE) == 1


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_message_is_met_with_a_question(tmp_path: Path, text: str) -> None:
    async def talk() -> list[str]:
        async with rig(tmp_path, ScriptedModel()) as here:
            await here.says(text.strip())
            await here.settled()
            return here.texts

    assert asyncio.run(talk()) == [phrases.NOT_UNDERSTOOD]
