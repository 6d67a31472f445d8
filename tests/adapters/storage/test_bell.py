"""Two processes over one PostgreSQL hear of each other at once: what is pressed at one ends what the other does."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from adapters.storage.bell import CHANNEL
from adapters.storage.postgres import PostgresDatabase, postgres_engine
from core import phrases
from core.bell import Ring
from core.case import Handoff
from core.casework import staff_actor
from core.caseworker import Step
from core.errors import StoreError
from core.modelling import TextPiece
from core.reply import Post
from core.settings import AgentSettings
from tests.core.rig import CUSTOMER, STAFF, THREAD, Rig, rig
from tests.fakes.chat import MemoryChat
from tests.fakes.clock import StillClock
from tests.fakes.model import ScriptedModel, says
from tests.servers.postgres import fresh_database

pytestmark = pytest.mark.postgres


@pytest.fixture
def url(postgres: str) -> Generator[str]:
    with fresh_database(postgres) as made:
        yield made


@dataclass
class Two:
    """Two processes; the first is in the middle of an answer in which it was held up after a word."""

    first: Rig
    second: Rig
    heard: list[Ring]
    """By the first."""
    rung: asyncio.Condition

    async def hears(self, what: Callable[[Ring], bool]) -> None:
        async with asyncio.timeout(5), self.rung:
            await self.rung.wait_for(lambda: any(map(what, self.heard)))

    async def settled(self) -> None:
        await self.first.settled()
        await self.second.settled()


@pytest.fixture
async def two(url: str, tmp_path: Path) -> AsyncGenerator[Two]:
    chat = MemoryChat()
    busy = ScriptedModel([TextPiece("It ")], says("They both are here."), holds=True)
    # A message that comes meanwhile is not merged here by age alone.
    settings = AgentSettings(merge_window_s=600)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(rig(tmp_path, busy, url=url, chat=chat, agent=settings))
        second = await stack.enter_async_context(rig(tmp_path, ScriptedModel(), url=url, chat=chat, agent=settings))
        pair = Two(first, second, [], asyncio.Condition())
        hear = first.ears.hear

        def keep(ring: Ring) -> None:
            pair.heard.append(ring)
            hear(ring)

            async def tell() -> None:
                async with pair.rung:
                    pair.rung.notify_all()

            group.create_task(tell())

        async with asyncio.TaskGroup() as group:
            listening = group.create_task(first.store.bell.listen(keep))
            await first.says("Where is my parcel?")
            await chat.until(lambda: first.texts == ["It "])
            second.count = first.count
            try:
                yield pair
            finally:
                busy.release()
                listening.cancel()
        # Which of the two goes on with an answer that begins anew is anybody's guess.
        for each in (first, second):
            each.model.scripts.clear()


async def test_stop_pressed_at_another_process_ends_the_answer(two: Two) -> None:
    assert await two.second.presses("stop", by=CUSTOMER.id) == ""
    await two.first.settled()
    (text,) = two.first.texts
    assert phrases.STOPPED in text


async def test_somebody_elses_stop_ends_nothing(two: Two) -> None:
    assert await two.second.presses("stop", by="u2") == phrases.NOTHING_TO_STOP
    assert two.first.texts == ["It "]
    assert await two.second.store.turns.stop(THREAD, by="")
    await two.first.settled()


async def test_stop_written_to_another_process_ends_the_answer(two: Two) -> None:
    await two.second.says("stop")
    await two.settled()
    (text,) = two.first.texts
    assert phrases.STOPPED in text
    assert await two.first.store.inbox.waiting() == []


async def test_a_take_over_recorded_by_another_process_cuts_the_answer(two: Two) -> None:
    case = (await two.second.store.cases.of_author("t1", "memory", CUSTOMER.id))[0]
    by = staff_actor("staff-1", "Sam")
    assert not isinstance(await two.second.caseworker.act(case, Step("claim", by, Handoff("claim", ""))), str)
    await two.settled()
    (text,) = two.first.texts
    assert phrases.TAKEN_OVER in text


async def test_an_edit_that_another_process_hears_of_begins_the_answer_anew(two: Two) -> None:
    first, second = two.first, two.second
    second.model.scripts.append(says("They both are here."))
    assert await second.reception.edit(second.message(1, "Where are both my parcels?"))
    await two.hears(lambda ring: ring.what == "changed")
    first.model.release()
    await two.settled()
    assert first.texts == ["They both are here."]
    asked = [*first.model.requests, *second.model.requests][-1].messages[-1].text
    assert "both my parcels" in asked


async def test_a_line_that_comes_to_another_process_is_told_to_the_one_that_answers(two: Two) -> None:
    two.second.model.scripts.append(says("They both are here."))
    await two.second.says("and the other one?")
    await two.hears(lambda ring: ring.what == "more")
    two.first.model.release()
    await two.settled()
    assert two.first.texts == ["It", "They both are here."]


async def test_a_post_for_a_platform_is_told_to_those_that_serve_it(two: Two) -> None:
    elsewhere = replace(STAFF, platform="elsewhere")
    await two.second.store.outbox.put(elsewhere, Post("Hello"), key="hello")
    await two.hears(lambda ring: (ring.what, ring.place) == ("post", "elsewhere"))
    assert await two.second.store.turns.stop(THREAD, by="")
    await two.settled()


async def test_a_correction_is_told_to_all_who_learn(two: Two) -> None:
    case = await two.first.store.cases.find(THREAD)
    assert case is not None
    await two.second.store.corrections.keep(case.id, "billing", by="human:u-staff")
    await two.hears(lambda ring: (ring.what, ring.place) == ("taught", case.id))


async def test_a_wish_that_nobody_heard_is_found_at_the_next_look(two: Two) -> None:
    await two.second.store.turns.stop(THREAD, by="")
    looked: list[bool] = []

    async def look() -> None:
        looked.append(True)

    await two.first.ears.looking(look)()
    await two.settled()
    assert looked == [True]
    assert phrases.STOPPED in two.first.texts[0]


async def test_a_turn_parked_at_the_end_of_a_process_goes_on_elsewhere_at_once_and_counts_as_no_attempt(
    two: Two,
) -> None:
    two.second.model.scripts.append(says("It is on its way."))
    two.first.working.cancel()
    await two.first.chat.until(lambda: two.first.texts == ["It is on its way."])
    await two.second.settled()
    case = (await two.second.store.cases.of_author("t1", "memory", CUSTOMER.id))[0]
    (trace,) = await two.second.store.desk.trace(case.id)
    assert (trace.attempt, trace.outcome) == (1, "answered")


async def test_words_that_nobody_knows_are_not_heard(two: Two) -> None:
    def shout(connection: Connection) -> None:
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}, 'a newer version'")

    await two.second.store.database.write(shout)
    assert await two.second.store.turns.stop(THREAD, by="")
    await two.hears(lambda ring: ring.what == "stopped")
    await two.settled()
    assert {ring.what for ring in two.heard} <= {"stopped"}


async def test_a_server_that_is_away_is_told_of_so_that_the_bell_is_tried_again(clock: StillClock) -> None:
    # Nobody listens on the port of a socket that only was bound.
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        await _is_told_of(f"postgresql://firstline@127.0.0.1:{bound.getsockname()[1]}/postgres", clock)


async def _is_told_of(url: str, clock: StillClock) -> None:
    engine = postgres_engine(url)
    database = PostgresDatabase(engine, clock)
    try:
        with pytest.raises(StoreError):
            await asyncio.to_thread(database.listening, CHANNEL)
    finally:
        await database.close()
