"""Takes a turn from its first row to its delivered reply.

The reply is opened empty and its id saved before any text is sent; the answer streams into it; the final
text becomes a row of the outbox in the transaction that checks that the case is still ours.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from contextlib import aclosing

from pydantic import JsonValue

from core import phrases
from core.answering import Answerer
from core.conversation import Thread
from core.courier import Courier
from core.deciding import Decided
from core.ending import Ending, fail
from core.errors import BudgetReached, DeliveryError, LostTurn, ModelError, StoreError
from core.gate import Gate, Voice
from core.guards import is_stop
from core.handoff import Handover
from core.journal import Journal
from core.mailbox import Ran
from core.measures import Measures
from core.metering import paying
from core.opening import Opening
from core.ports import Chat, Outbox, ReplyStream, Turns
from core.preparing import Preparing
from core.reply import Delivery, Post
from core.settings import AgentSettings
from core.speaking import in_tongue
from core.staffroom import StaffRoom
from core.tongues import language_of
from core.turn import Turn, TurnEnd, TurnRecord
from core.voices import Voices
from core.writing import Running, Writing

log = logging.getLogger(__name__)

_PARK_LIMIT_S = 5.0


class TurnRunner:
    """Runs turns; one instance a process."""

    def __init__(
        self,
        *,
        turns: Turns,
        outbox: Outbox,
        chats: Mapping[str, Chat],
        courier: Courier,
        answerer: Answerer,
        preparing: Preparing,
        decided: Decided,
        handover: Handover,
        gate: Gate,
        staff_room: StaffRoom,
        settings: AgentSettings,
        voices: Voices | None = None,
    ) -> None:
        self._turns = turns
        self._outbox = outbox
        self._chats = chats
        self._courier = courier
        self._preparing = preparing
        self._decided = decided
        self._writing = Writing(decided=decided, preparing=preparing, answerer=answerer)
        self._gate = gate
        self._staff_room = staff_room
        self._settings = settings
        self._voices = voices
        self._running: dict[str, Running] = {}
        self.measures = Measures()
        """What this process has done so far."""
        self._opening = Opening(turns=turns, outbox=outbox, chats=chats)
        self._ending = Ending(handover=handover, label=answerer.label)

    def interrupt(self, thread: Thread, why: str, *, turn_id: str = "") -> bool:
        """Stop the turn of a thread now: `taken` (people have the case), `stopped` (the customer said so) or
        `changed` (what it answers has changed: it begins anew in the same reply). With an id, only that turn.
        """
        running = self._running.get(thread.key)
        if running is None or (turn_id and running.turn.id != turn_id) or (running.why and why == "changed"):
            return False
        running.why = why
        if running.is_writing:
            running.scope.reschedule(asyncio.get_running_loop().time())
        return True

    def merge(self, thread: Thread) -> bool:
        """Something more came: a turn that has only just begun begins anew with it. False: it is the next one's."""
        running = self._running.get(thread.key)
        if running is None or running.shown or running.has_acted:
            return False
        age_s = asyncio.get_running_loop().time() - running.began_s
        return age_s < self._settings.merge_window_s and self.interrupt(thread, "changed")

    def may_stop(self, thread: Thread, author_id: str) -> bool:
        """The one whose message is being answered there."""
        running = self._running.get(thread.key)
        return running is not None and author_id in {each.author.id for each in running.turn.messages}

    async def run(self, thread: Thread) -> Ran:
        """One turn of a thread: everything that waited in it."""
        if thread.platform not in self._chats:
            return "nothing"
        try:
            async with self._gate.voice(thread) as voice:
                turn = await self._turns.begin(thread, history_lines=self._settings.history_lines)
                if turn is None:
                    return "nothing"
                record = TurnRecord(await self._preparing.principal(turn), journal=self._journal(turn))
                with paying(turn.tab):
                    if self._voices is not None:
                        turn = await self._voices.heard(turn, record)
                    await self._work(turn, record, voice)
        except Exception as error:
            if _is_lost(error):
                log.warning("turn lost to another replica", extra={"place": thread.key})
                return "nothing"
            # A turn begins here: what gets this far is a bug or a dead database; its rows wait for another look.
            log.exception("turn parked", extra={"place": thread.key})
            return "parked"
        return "done"

    async def _work(self, turn: Turn, record: TurnRecord, voice: Voice) -> None:
        if turn.attempt > self._settings.most_attempts:
            await self._give_up(turn, record, voice)
        elif turn.is_withdrawn:
            await self._withdraw(turn)
        elif turn.case.is_with_ai:
            await self._answer(turn, record, voice)
        else:
            await self._pass_on(turn, record)

    def _journal(self, turn: Turn) -> Journal:
        async def keep(key: str, result: JsonValue) -> None:
            await self._turns.keep_step(turn, key, result)

        return Journal(turn.steps, keep)

    async def _answer(self, turn: Turn, record: TurnRecord, voice: Voice) -> None:
        scene = self._preparing.scene(turn, record.principal)
        scope = asyncio.timeout(self._settings.turn_limit_s)
        running = Running(turn, scene, record, scope, voice, began_s=asyncio.get_running_loop().time())
        if turn.is_stopped or (len(turn.messages) > 1 and is_stop(turn.messages[-1].text)):
            running.why = "stopped"
        self._running[turn.thread.key] = running
        voice.when_hushed(lambda: self.interrupt(turn.thread, "taken"))
        if voice.is_hushed:
            running.why = "taken"
        try:
            async with asyncio.TaskGroup() as group:
                opening = group.create_task(self._opening.open(turn, voice))
                await self._write(running, opening)
                stream = await opening
            await self._end(running, stream)
            self._measure(running)
        except asyncio.CancelledError:
            await self._park(running)
            raise
        finally:
            self._running.pop(turn.thread.key, None)

    def _measure(self, running: Running) -> None:
        handoff, now = running.record.handoff, asyncio.get_running_loop().time()
        ended = running.why or (handoff.reason if handoff else "answered")
        self.measures.take(running.turn, running.record, ended=ended, turn_s=now - running.began_s)

    async def _park(self, running: Running) -> None:
        """The process ends: whoever else there is goes on at once, from the finished steps, in the same reply."""
        try:
            async with asyncio.timeout(_PARK_LIMIT_S):
                await self._turns.park(running.turn)
        except (StoreError, TimeoutError) as error:
            log.warning("turn not let go of", extra={"turn": running.turn.id, "why": str(error)})

    async def _write(self, running: Running, opening: "asyncio.Task[ReplyStream | None]") -> None:
        """Draw the answer as it comes; whatever goes wrong ends in a line and a hand-over, never in silence."""
        record = running.record
        try:
            async with running.writing(), aclosing(self._writing.events(running)) as events:
                async for event in events:
                    stream = await asyncio.shield(opening)
                    async with running.voice.speaking() as may_speak:
                        if not may_speak:
                            break
                        running.take(event)
                        if stream:
                            await stream.show(event)
        except TimeoutError:
            if not running.why:
                limit_s, waited_for = self._settings.turn_limit_s, running.waiting_for
                if not opening.done():
                    waited_for = "the chat platform, to open the reply"
                log.warning(
                    "turn reached its limit",
                    extra={"turn": running.turn.id, "limit_s": limit_s, "waited_for": waited_for},
                )
                line = f"{phrases.TIMED_OUT} {phrases.WAITED_FOR.format(what=waited_for)}"
                fail(running, line, f"The turn reached its limit of {limit_s:g} s while waiting for: {waited_for}.")
            record.note("stopped", f'"{running.why or "time limit"}"')
        except BudgetReached as error:
            record.note("budget", json.dumps({"reached": str(error)}))
            fail(running, phrases.BUDGET, f"Cap reached: {error}.", reason="budget")
        except ModelError as error:
            log.warning("no model answered", extra={"turn": running.turn.id, "why": str(error)})
            record.note("model_failed", "{}")
            fail(running, phrases.NO_MODEL, "No language model answered.")
        except Exception as error:  # noqa: BLE001  # logged there; whatever broke, the customer hears of it
            self._broke(running, error)

    def _broke(self, running: Running, error: Exception) -> None:
        if _is_lost(error):
            # It is refused once more where the turn ends, after the reply was looked after.
            log.info("a step was refused", extra={"turn": running.turn.id})
            return
        log.error("answering broke", exc_info=error, extra={"turn": running.turn.id})
        fail(running, phrases.FAILED, "The bot failed while answering.")

    async def _end(self, running: Running, stream: ReplyStream | None) -> None:
        turn = running.turn
        if running.why == "changed":
            self._opening.keep(turn, stream)
            await self._turns.release(turn, running.record)
            return
        async with self._courier.holding(turn.reply.id), running.voice.speaking():
            delivery = None
            if running.why != "taken":
                delivery = await self._turns.finish(turn, await self._ending.of(running), running.record)
            if delivery is None:
                delivery = await self._turns.cut(turn, running.shown, _told(phrases.TAKEN_OVER, turn, running.record))
            if delivery is not None and stream is not None:
                await self._close(stream, delivery)
        self._courier.wake()

    async def _give_up(self, turn: Turn, record: TurnRecord, voice: Voice) -> None:
        """The process ended in every attempt at this turn: a line for the customer, the case to people."""
        log.error("turn given up", extra={"turn": turn.id, "attempts": turn.attempt - 1})
        record.note("given_up", json.dumps({"attempts": turn.attempt - 1}))
        running = Running(turn, self._preparing.scene(turn, record.principal), record, asyncio.timeout(None), voice)
        fail(running, phrases.FAILED, f"The bot ended {turn.attempt - 1} times while it worked on this.")
        await self._end(running, None)

    async def _withdraw(self, turn: Turn) -> None:
        """The author took back everything that was asked, after a reply had been opened or not."""
        stream = self._opening.kept(turn)
        async with self._courier.holding(turn.reply.id):
            delivery = await self._turns.cut(turn, "", in_tongue(phrases.WITHDRAWN, language_of(turn.said)))
            if delivery is not None and stream is not None:
                await self._close(stream, delivery)
        self._courier.wake()

    async def _close(self, stream: ReplyStream, delivery: Delivery) -> None:
        try:
            ref = await stream.close(delivery)
        except DeliveryError as error:
            await self._courier.failed(delivery, error)
        else:
            await self._outbox.delivered(delivery, ref)

    async def _pass_on(self, turn: Turn, record: TurnRecord) -> None:
        """People own the case: what the customer writes goes to them, and the bot says nothing of its own."""
        lines: list[str] = []
        scene = self._preparing.scene(turn, record.principal)
        async with aclosing(self._decided.carry_out(turn.decisions, scene, record, lines)) as events:
            async for _ in events:
                pass
        for n, line in enumerate(lines):
            await self._outbox.put(turn.thread, Post(line, kind="notice"), key=f"decided:{turn.id}:{n}")
        for message in turn.messages:
            await self._staff_room.relay.customer_wrote(turn.case, message)
        if turn.reply.ref:
            # An earlier attempt had begun to write here before people took the case.
            await self._turns.cut(turn, "", _told(phrases.TAKEN_OVER, turn, record))
        else:
            await self._turns.finish(turn, TurnEnd(post=None, outcome="silent", transcript=""), record)
        self._courier.wake()


def _told(line: str, turn: Turn, record: TurnRecord) -> str:
    """A fixed line in the customer's language, judged or not."""
    return in_tongue(line, record.language or language_of(turn.said))


def _is_lost(error: BaseException) -> bool:
    inner: tuple[BaseException, ...] = getattr(error, "exceptions", ())
    return isinstance(error, LostTurn) or any(_is_lost(each) for each in inner)
