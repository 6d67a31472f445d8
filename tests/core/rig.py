"""A whole core over one real database, with a platform in memory and a scripted model."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from adapters.storage.store import Store, open_store
from bots.staff import staff_places
from core.advising import ADVISE, Adviser
from core.agent import Agent
from core.alarm import Alarm
from core.answering import Answerer
from core.answers import Answers
from core.approvals import EXPIRY
from core.callbacks import DUE, LATE
from core.case import Case
from core.caseworker import Caseworker
from core.categories import Categories
from core.conversation import Attachment, Author, Message, Thread
from core.courier import Courier
from core.deciding import Decided
from core.delegating import OVER, Delegation
from core.desksettings import DeskSettings
from core.dispatching import Dispatcher
from core.doorkeeper import Doorkeeper
from core.effects import Effects
from core.enclosing import Enclosing
from core.errors import AttachmentError, ToolRefused
from core.finding import Finding
from core.gallery import Gallery
from core.gate import Gate
from core.handoff import Handover
from core.hearing import Ears
from core.identity import LinkedIdentity, Proofs
from core.intake import Intake
from core.judging import Judge
from core.knowledge import Found, Hit, Inquiry, Passage
from core.learning import Learning
from core.leaving import Leaving
from core.mailbox import Mailbox
from core.metering import Meter
from core.modelling import Picture
from core.onrecord import OnRecord
from core.ports import Turns
from core.preparing import Preparing
from core.prices import PriceBook, PriceRow
from core.principal import DemoIdentity
from core.promising import Promises
from core.recategorising import Recategorising
from core.reception import Reception
from core.remembering import Memory
from core.reply import Press
from core.rights import Rights
from core.rota import Rota
from core.routing import Route, Router
from core.runner import TurnRunner
from core.settings import (
    AgentSettings,
    AnswerSettings,
    ApprovalSettings,
    BudgetSettings,
    EscalationSettings,
    IdentitySettings,
    ImageSettings,
    MannersSettings,
    PaceSettings,
    TriageSettings,
)
from core.signoff import WAITING, SignOff
from core.spending import caps_of
from core.staffroom import StaffRoom
from core.tables import Row
from core.teams import Teams
from core.timekeeping import DueTimes
from core.toolbox import Toolbox
from core.tools import Arguments, Money, Tool, ToolContext, ToolResult, tool
from core.transcripts import Transcripts
from core.vision import Box, CheckedImage, Compared, Eyes, ImageCheck, Look
from tests.fakes.chat import MemoryChat
from tests.fakes.clock import StillClock
from tests.fakes.model import ScriptedModel
from tests.fakes.records import Records

THREAD = Thread("t1", "memory", "room", "root")
STAFF = Thread("t1", "memory", "staff")
CUSTOMER = Author("u1", "Ada")


class OnePassage:
    """Finds the same passage for any question."""

    async def search(self, inquiry: Inquiry, *, limit: int) -> Found:
        passage = Passage("p1", "delivery.md", "Delivery", "Parcels arrive within three working days.")
        return Found((Hit(passage, 1.0, is_strong=True),))


class PlainPictures:
    """Every file that begins with `picture:` is one, and shows what comes after."""

    async def check(self, content: bytes) -> CheckedImage:
        if not content.startswith(b"picture:"):
            raise AttachmentError("this is not a picture.")
        return CheckedImage(hashlib.sha256(content).hexdigest(), Picture("image/png", content), 1, 1)

    name = "plain"

    async def look(self, image: CheckedImage, *, question: str) -> Look:
        return Look(Finding(summary=image.picture.content.removeprefix(b"picture:").decode()))

    async def compare(self, images: Sequence[CheckedImage], *, question: str) -> Compared | None:
        return None


class PlainCopies:
    """A copy is the same picture, marked."""

    async def copy(self, picture: Picture, *, long_side_px: int, blurred: Sequence[Box]) -> Picture:
        return Picture(picture.media_type, b"copy of " + picture.content)


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
    alarm: Alarm
    caseworker: Caseworker
    intake: Intake
    clock: StillClock
    promises: Promises
    dispatcher: Dispatcher
    paid: list[str]
    records: Records
    ears: Ears
    slowly: Alarm
    working: "asyncio.Task[None]"
    """The mailbox at work; cancelling it is what the end of a process does to turns that take too long."""
    count: int = 0

    async def mailed(self) -> None:
        """Wait until a code was sent."""
        async with asyncio.timeout(10):
            await self.records.came.wait()

    async def says(self, text: str, *, attachments: tuple[Attachment, ...] = (), keys: tuple[str, ...] = ()) -> bool:
        self.count += 1
        message = Message(str(self.count), THREAD, CUSTOMER, text, self.clock.now(), attachments, keys)
        return await self.reception.receive(message)

    def message(self, id: int, text: str) -> Message:
        """A message of the customer as it reads now."""
        return Message(str(id), THREAD, CUSTOMER, text, self.clock.now())

    async def settled(self) -> None:
        async with asyncio.timeout(10):
            await self.intake.settle()
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
        return [
            text
            for key in dict.fromkeys(self.chat.threads.values())
            if key.startswith(STAFF.key)
            for text in self.chat.texts(key)
        ]


@asynccontextmanager
async def rig(
    folder: Path,
    model: ScriptedModel,
    *,
    limit: str = "500",
    approvals: ApprovalSettings | None = None,
    agent: AgentSettings | None = None,
    pace: int = 0,
    budget: BudgetSettings | None = None,
    prices: Sequence[PriceRow] = (),
    chat: MemoryChat | None = None,
    more_tools: Sequence[Tool] = (),
    manners: MannersSettings | None = None,
    image_check: ImageCheck | None = None,
    eyes: Eyes | None = None,
    answering: Callable[[Answerer, Store], Answerer] | None = None,
    images: ImageSettings | None = None,
    desk: DeskSettings | None = None,
    customer: str = "cust-1",
    url: str = "",
    turns_of: Callable[[Store], Turns] = lambda store: store.turns,
    advice: ScriptedModel | None = None,
    lives_in: str = "",
    rows: tuple[Row[Route], ...] = (),
    language: Callable[[str], str] = lambda _: "",
) -> AsyncGenerator[Rig, None]:
    agreed = approvals or ApprovalSettings(limit=Decimal(limit))
    chat, clock, paid = chat or MemoryChat(), StillClock(), list[str]()
    agent, desk = agent or AgentSettings(), desk or DeskSettings()
    rights = Rights(desk.roles, desk.tenants)

    def places(thread: Thread) -> tuple[Thread, ...]:
        return staff_places({"memory": STAFF.channel}, rights)(thread) if desk.tenants else (STAFF,)

    caps = caps_of(budget or BudgetSettings(), PriceBook(prices).ceiling)
    async with open_store(url or f"sqlite:///{folder / 'case.sqlite3'}", clock=clock, caps=caps) as store:
        await store.replicas.join()
        meter = Meter(store.till, PriceBook(prices), clock, is_strict=bool(budget and budget.strict))
        metered = meter.chat(model, "chat")
        gate = Gate()
        gallery = Gallery(
            chats={"memory": chat},
            image_check=image_check or PlainPictures(),
            eyes=eyes or PlainPictures(),
            pictures=store.pictures,
            images=images or ImageSettings(),
        )
        enclosing = Enclosing(gallery, PlainCopies(), clock)
        courier = Courier(
            store.outbox,
            {"memory": chat},
            clock=clock,
            tell_staff=places,
            gate=gate,
            rooms=store.staff,
            fill=enclosing.filled,
            arrived=lambda case_id: adviser.arrived(case_id),
        )
        caseworker = Caseworker(cases=store.cases, gate=gate, clock=clock, wake=courier.wake)
        teams = Teams(desk)
        handover = Handover(
            cases=store.cases,
            actions=store.actions,
            pictures=store.pictures,
            staff_places=places,
            caseworker=caseworker,
            times=DueTimes(watch=store.watch, teams=teams, clock=clock),
            can_vouch=True,
        )

        async def zone_of_author(author_id: str, place: Thread) -> str:
            return lives_in

        promises = Promises(
            callbacks=store.callbacks,
            cases=store.cases,
            side=store.staff,
            outbox=store.outbox,
            caseworker=caseworker,
            handover=handover,
            settings=desk,
            clock=clock,
            wake=courier.wake,
            hours_of=lambda case: teams.of(case.tier, case.thread).hours,
            whom=teams.whom,
            zone_of_author=zone_of_author,
        )
        transcripts = Transcripts(
            cases=store.cases, watch=store.watch, alias="{name}, a person of our team", wake=courier.wake
        )

        async def redraw(case: Case) -> None:
            await staff_room.redraw(case)

        delegation = Delegation(
            caseworker=caseworker,
            cases=store.cases,
            duty=store.duty,
            teams=teams,
            timers=store.timers,
            settings=desk,
            rooms=lambda case: store.staff.rooms(case.id),
            waiting=promises.waiting,
            redraw=redraw,
            clock=clock,
        )
        leaving = Leaving(
            watch=store.watch,
            caseworker=caseworker,
            rooms=lambda case: store.staff.rooms(case.id),
            redraw=redraw,
            what=desk.away,
        )
        records = Records()
        doorkeeper = Doorkeeper(
            links=store.links,
            challenges=store.challenges,
            settings=IdentitySettings(),
            clock=clock,
            directory=records,
            sender=records,
        )
        staff_room = StaffRoom(
            side=store.staff,
            cases=store.cases,
            outbox=store.outbox,
            caseworker=caseworker,
            handover=handover,
            clock=clock,
            wake=courier.wake,
            alias="{name}, a person of our team",
            promises=promises,
            rota=Rota(duty=store.duty, settings=desk, clock=clock, left=leaving.left),
            watch=store.watch,
            transcripts=transcripts,
            delegation=delegation,
            rights=rights,
            learning=Learning(
                answers=store.answers, gaps=store.gaps, cases=store.cases, clock=clock, settings=AnswerSettings()
            ),
            recategorising=Recategorising(store.corrections, Categories(TriageSettings().rows)),
        )
        adviser = Adviser(
            cases=store.cases,
            actions=store.actions,
            watch=store.watch,
            retriever=OnePassage(),
            clock=clock,
            redraw=staff_room.redraw,
            timers=store.timers,
            wake=lambda: None,
            model=(lambda: advice) if advice else None,
            on_record=OnRecord(more_tools, folder).of,
        )
        staff_room.adviser = adviser
        sign_off = staff_room.sign_off = SignOff(
            held=store.held,
            cases=store.cases,
            outbox=store.outbox,
            handover=handover,
            clock=clock,
            wake=courier.wake,
            rooms=staff_room.relay.rooms,
            redraw=staff_room.redraw,
        )
        toolbox = Toolbox(
            [*shop(paid), *more_tools],
            Effects(store.actions, agreed, clock, folder),
            Proofs(can_verify=True),
        )
        identity = LinkedIdentity(store.links, clock, DemoIdentity(customer, clock.now(), {}))
        intake = Intake(gallery)
        preparing = Preparing(
            identity=identity,
            gallery=gallery,
            handover=handover,
            escalation=EscalationSettings(),
            router=Router(rows) if rows else None,
            judge=Judge(language=language),
        )
        answerer: Answerer = Agent(
            models=lambda work: metered,
            toolbox=toolbox,
            retriever=OnePassage(),
            settings=agent,
            memory=Memory(summaries=store.summaries, model=lambda: metered, limit_tokens=agent.conversation_tokens),
        )
        answerer = answering(answerer, store) if answering else answerer
        runner = TurnRunner(
            turns=turns_of(store),
            outbox=store.outbox,
            chats={"memory": chat},
            courier=courier,
            answerer=answerer,
            preparing=preparing,
            decided=Decided(store.actions, toolbox, identity),
            handover=handover,
            gate=gate,
            staff_room=staff_room,
            settings=agent,
        )
        mailbox = Mailbox(runner.run)
        reception = Reception(
            inbox=store.inbox,
            turns=store.turns,
            cases=store.cases,
            actions=store.actions,
            outbox=store.outbox,
            feedback=store.feedback,
            identity=identity,
            mailbox=mailbox,
            runner=runner,
            courier=courier,
            handover=handover,
            staff_room=staff_room,
            intake=intake,
            answers=Answers(
                side=store.staff,
                cases=store.cases,
                outbox=store.outbox,
                caseworker=caseworker,
                transcripts=transcripts,
                wake=courier.wake,
            ),
            approvals=agreed,
            pace=PaceSettings(messages_per_minute=pace),
            manners=manners or MannersSettings(),
            clock=clock,
            doorkeeper=doorkeeper,
            rights=rights,
            sign_off=sign_off,
        )
        dispatcher = Dispatcher(
            watch=store.watch,
            duty=store.duty,
            teams=teams,
            caseworker=caseworker,
            rooms=lambda case: store.staff.rooms(case.id),
            places=handover.places,
            redraw=staff_room.redraw,
            clock=clock,
            wake=courier.wake,
        )
        alarm = Alarm(store.timers)
        alarm.on(EXPIRY, reception.expire)
        alarm.on(DUE, promises.ring)
        alarm.on(LATE, promises.look)
        alarm.on(OVER, delegation.ring)
        alarm.on(WAITING, sign_off.ring)
        slowly = Alarm(store.timers)
        slowly.on(ADVISE, adviser.ring)
        ears = Ears(turns=store.turns, mailbox=mailbox, runner=runner, courier=courier, gate=gate, platforms={"memory"})
        async with asyncio.TaskGroup() as group:
            working = group.create_task(mailbox.run())
            listening = group.create_task(store.bell.listen(ears.hear))
            sending = group.create_task(doorkeeper.run())
            yield Rig(
                store,
                chat,
                model,
                reception,
                runner,
                mailbox,
                courier,
                alarm,
                caseworker,
                intake,
                clock,
                promises,
                dispatcher,
                paid,
                records=records,
                ears=ears,
                slowly=slowly,
                working=working,
            )
            mailbox.close()
            sending.cancel()
            listening.cancel()
            await intake.close()
    assert not model.scripts, "the model was asked less often than scripted"
