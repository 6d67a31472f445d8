"""The composition: every part of the core, wired once, for any set of chats."""

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from adapters.storage.store import Store, open_store
from adapters.vision.check import PillowCheck
from adapters.vision.copying import PillowCopier
from bots.answerers import agent_or_quoter, in_order, learning_of
from bots.clock import SystemClock
from bots.knowledge import open_knowledge
from bots.known import Known, known
from bots.listening import open_voices
from bots.metered import caps, metered
from bots.minds import Minds, open_minds
from bots.records import open_records
from bots.running import running_until_closed
from bots.settings import Settings, variables
from bots.staff import rights_of
from bots.thinking import cheap
from bots.timely import Timely
from bots.toolshed import open_tools
from bots.triaging import first_pass, judge, recategorising
from core.advising import ADVISE
from core.alarm import Alarm
from core.approvals import EXPIRY
from core.callbacks import DUE, LATE
from core.callbacktool import with_callbacks
from core.caseworker import Caseworker
from core.courier import Courier
from core.deciding import Decided
from core.delegating import OVER
from core.effects import Effects
from core.enclosing import Enclosing
from core.gallery import Gallery
from core.gate import Gate
from core.handoff import Handover, StaffPlaces
from core.hearing import Ears
from core.helpful import Recalling
from core.identity import NativeMail
from core.intake import Intake
from core.mailbox import Mailbox
from core.measures import Measures
from core.membership import FencedChat, Membership
from core.onrecord import OnRecord
from core.ports import Chat
from core.preparing import Preparing
from core.promising import Promises, ZoneOf
from core.reception import Reception
from core.retention import Retention
from core.routing import Router, check_tools
from core.runner import TurnRunner
from core.signoff import WAITING
from core.staffroom import StaffRoom
from core.sureness import Sureness
from core.toolbox import Toolbox

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """A running process: give events to `front_desk`."""

    front_desk: Reception
    store: Store
    mailbox: Mailbox
    courier: Courier
    alarm: Alarm
    minds: Minds
    promises: Promises
    measures: Measures
    enclosing: Enclosing
    lines: tuple[str, ...]
    """What to tell whoever started it."""
    people: Known

    async def settle(self) -> None:
        """Wait until no turn is running and everything that is due was delivered once."""
        await self.mailbox.idle()
        await self.courier.drain()


@dataclass(frozen=True, slots=True)
class Plan:
    """What differs between processes."""

    chats: Sequence[Chat]
    database_url: str
    data_folder: Path
    staff_places: StaffPlaces
    customer: str = ""
    """Whom chat users play in the demo; empty: the default."""
    by_author: Mapping[str, str] = field(default_factory=dict[str, str])
    """Author ids that play somebody else in the demo."""
    mail: NativeMail | None = None
    """What a platform itself knows of its own members."""
    zone_of: ZoneOf | None = None
    """What a platform itself knows of where somebody lives."""
    opened: Callable[[Store], Awaitable[None]] | None = None
    """Told of the database before anything is sent."""
    stays: bool = True
    """The process stays for more than one question, so preparing for them pays."""
    drain_s: float = 20.0
    """How long running turns may take to end when the process is asked to stop."""


@asynccontextmanager
async def open_house(settings: Settings, plan: Plan) -> AsyncGenerator[House, None]:
    """Build everything, go on with what was waiting, and at the end let running turns finish or park them."""
    configuration, clock = settings.configuration, SystemClock()
    plan.data_folder.mkdir(parents=True, exist_ok=True)
    async with (
        open_minds(settings) as bare,
        open_store(plan.database_url, clock=clock, caps=caps(configuration)) as store,
        nullcontext(metered(bare, configuration, store.till, clock)) as minds,
        open_knowledge(settings, minds, plan.data_folder, clock, stays=plan.stays) as retriever,
        PillowCheck.open(configuration.images) as image_check,
        open_tools(configuration, variables()) as tools,
        open_records(settings, plan.data_folder) as records,
        open_voices(settings, store, {each.platform: each for each in plan.chats}, clock) as voices,
    ):
        people = known(
            settings,
            store,
            clock,
            customer=plan.customer,
            by_author=plan.by_author,
            records=records,
            mail=plan.mail,
        )
        membership = Membership(store.replicas, lambda: look())
        await membership.join()
        await store.till.expire()
        if plan.opened is not None:
            await plan.opened(store)
        chats: dict[str, Chat] = {chat.platform: FencedChat(chat, membership) for chat in plan.chats}
        gate = Gate()
        gallery = Gallery(
            chats=chats,
            image_check=image_check,
            eyes=minds.eyes,
            pictures=store.pictures,
            images=configuration.images,
        )
        reader = minds.reader if configuration.images.blur_for_staff else None
        enclosing = Enclosing(gallery, PillowCopier(), clock, reader)
        courier = Courier(
            store.outbox,
            chats,
            clock=clock,
            tell_staff=plan.staff_places,
            gate=gate,
            rooms=store.staff,
            fill=enclosing.filled,
            arrived=lambda case_id: adviser.arrived(case_id),
            living=membership.living,
        )
        caseworker = Caseworker(cases=store.cases, gate=gate, clock=clock, wake=courier.wake)
        timely = Timely(store, configuration.desk, caseworker, clock, courier.wake)
        handover = Handover(
            cases=store.cases,
            actions=store.actions,
            pictures=store.pictures,
            staff_places=plan.staff_places,
            caseworker=caseworker,
            times=timely.due_times(),
            can_vouch=people.doorkeeper.can_vouch,
            hides_private=configuration.images.blur_for_staff,
        )
        promises = timely.promises(handover, plan.zone_of)
        transcripts = timely.transcripts(hides_private=configuration.images.blur_for_staff)
        sorter = first_pass(configuration.triage, minds.embedder, plan.data_folder, await store.corrections.examples())
        staff_room = StaffRoom(
            side=store.staff,
            cases=store.cases,
            outbox=store.outbox,
            caseworker=caseworker,
            handover=handover,
            clock=clock,
            wake=courier.wake,
            alias=configuration.desk.alias,
            learning=learning_of(store, configuration.answers, clock),
            promises=promises,
            rota=timely.rota(lambda case: staff_room.redraw(case)),
            watch=store.watch,
            transcripts=transcripts,
            rights=(rights := rights_of(configuration)),
            recategorising=(corrections := recategorising(configuration.triage, store, sorter)),
            delegation=(delegation := timely.delegation(promises, lambda case: staff_room.redraw(case))),
        )
        sign_off = timely.sign_off(handover, staff_room)
        slowly = Alarm(store.timers)
        record = OnRecord(tools, plan.data_folder)
        adviser = timely.adviser(staff_room, retriever, cheap(settings, minds), slowly.wake, record)
        slowly.on(ADVISE, adviser.ring)
        effects = Effects(store.actions, configuration.approvals, clock, plan.data_folder)
        offered = with_callbacks(tools, promises, store.cases)
        check_tools(configuration.routing.rows, offered)
        toolbox = Toolbox(offered, effects, people.proofs)
        intake = Intake(gallery)
        agent = agent_or_quoter(settings, minds, toolbox, retriever, store.summaries)
        answerer = in_order(agent, settings, minds, toolbox, retriever, store, clock)
        runner = TurnRunner(
            turns=store.turns,
            outbox=store.outbox,
            chats=chats,
            courier=courier,
            answerer=answerer,
            preparing=Preparing(
                identity=people.identity,
                gallery=gallery,
                handover=handover,
                escalation=configuration.escalation,
                router=Router(configuration.routing.rows, configuration.routing.models),
                judge=judge(configuration.triage, minds, sorter),
                lookup=lambda inquiry: retriever.search(inquiry, limit=configuration.agent.passages),
            ),
            decided=Decided(store.actions, toolbox, people.identity),
            handover=handover,
            gate=gate,
            staff_room=staff_room,
            settings=configuration.agent,
            voices=voices,
        )
        mailbox = Mailbox(runner.run, living=membership.living)
        reception = Reception(
            inbox=store.inbox,
            turns=store.turns,
            cases=store.cases,
            actions=store.actions,
            outbox=store.outbox,
            feedback=store.feedback,
            identity=people.identity,
            mailbox=mailbox,
            runner=runner,
            courier=courier,
            handover=handover,
            staff_room=staff_room,
            intake=intake,
            answers=timely.answers(transcripts),
            approvals=configuration.approvals,
            pace=configuration.pace,
            manners=configuration.manners,
            clock=clock,
            doorkeeper=people.doorkeeper,
            rights=rights,
            sureness=Sureness(retriever, offered),
            sign_off=sign_off,
        )
        dispatcher = timely.dispatcher(handover, staff_room)
        ears = Ears(
            turns=store.turns,
            mailbox=mailbox,
            runner=runner,
            courier=courier,
            gate=gate,
            platforms=chats.keys(),
            taught=corrections.wake,
        )
        look = ears.looking(reception.resume)
        alarm = Alarm(store.timers)
        alarm.on(EXPIRY, reception.expire)
        alarm.on(DUE, promises.ring)
        alarm.on(LATE, promises.look)
        alarm.on(OVER, delegation.ring)
        alarm.on(WAITING, sign_off.ring)
        warmed = answerer if plan.stays else None
        follow_up = timely.follow_up()
        retention = Retention(kept=store.kept, settings=configuration.retention, clock=clock)
        running = (
            *(courier.run, alarm.run, membership.run, partial(store.bell.listen, ears.hear)),
            *(follow_up.run, dispatcher.run, retention.run, people.doorkeeper.run, slowly.run),
            *(sorter.warm_up, corrections.run, Recalling(store.feedback, retriever).run),
        )
        async with running_until_closed(mailbox, courier, running, membership, intake, warmed, drain_s=plan.drain_s):
            await reception.resume()
            yield House(
                reception,
                store,
                mailbox,
                courier,
                alarm,
                minds,
                promises,
                runner.measures,
                enclosing,
                minds.lines,
                people,
            )
