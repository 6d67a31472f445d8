"""Cases change hands by compare-and-set."""

import asyncio

from adapters.storage.store import Store
from core.case import queue
from core.conversation import Line, Thread
from core.reply import Post
from tests.adapters.storage.scene import NOW, STAFF, THREAD, message, moves
from tests.fakes.clock import StillClock

CARD = ((STAFF, Post("Please take this one.", kind="card")),)


async def test_a_thread_has_one_open_case_however_many_ask_for_it(store: Store) -> None:
    opened = await asyncio.gather(*(store.cases.open(message(), "c-1") for _ in range(10)))
    assert len({case.id for case in opened}) == 1
    case = opened[0]
    assert await store.cases.find(THREAD) == case
    assert await store.cases.get(case.id) == case
    assert (case.author_id, case.customer_id, case.owner, case.version) == ("u1", "c-1", "ai", 1)


async def test_a_case_id_is_short_enough_to_be_read_aloud(store: Store) -> None:
    case = await store.cases.open(message(), "c-1")
    assert case.id[:2] == "C-"
    assert len(case.id) == 8
    assert not set(case.id[2:]) & set("ILOU")


async def test_the_first_to_move_a_case_wins_and_the_second_leaves_no_trace(store: Store) -> None:
    case = await store.cases.open(message(), "c-1")
    tried = await asyncio.gather(
        *(moves(store, case, "claim", by=f"human:s{n}", note=f"s{n} takes over.", posts=CARD) for n in range(5))
    )
    moved = [each for each in tried if each]
    assert len(moved) == 1
    assert moved[0].version == 2
    assert await store.cases.get(case.id) == moved[0]
    assert len(await store.cases.lines(case.id, limit=9)) == 1
    assert len(await store.desk.posts(STAFF, after=0, limit=9)) == 1


async def test_moving_a_case_with_several_cards_posts_each(store: Store) -> None:
    case = await store.cases.open(message(), "c-1")
    cards = (*CARD, (Thread("t1", "discord", "9"), Post("Please take this one.", kind="card")))
    moved = await moves(store, case, "hand_over", to=queue(3), note="Over to people.", posts=cards)
    assert moved is not None
    assert not moved.is_with_ai
    assert len(await store.outbox.due(["slack", "discord"], limit=9)) == 2
    assert await store.outbox.rewrite(f"card:{case.id}:2:1", Post("Taken.")) is not None


async def test_a_person_who_answers_owns_the_case_and_the_customer_gets_the_words(store: Store) -> None:
    case = await store.cases.open(message(), "c-1")
    post = Post("I am on it.", kind="relay", footer="Sam")
    line = Line("person", "Sam", "I am on it.", NOW)
    spoken = await moves(store, case, "speak", lines=(line,), posts=((THREAD, post),))
    assert spoken is not None
    assert spoken.owner == "human:s1"
    assert await moves(store, case, "speak", by="human:s2", posts=((THREAD, post),)) is None
    assert [(line.speaker, line.text) for line in await store.cases.lines(case.id, limit=9)] == [
        ("person", "I am on it.")
    ]
    assert [each.thread for each in await store.outbox.due(["slack"], limit=9)] == [THREAD]


async def test_a_person_sees_their_own_open_cases_the_newest_first(store: Store, clock: StillClock) -> None:
    first = await store.cases.open(message(), "c-1")
    clock.move(minutes=1)
    second = await store.cases.open(message(thread=Thread("t1", "slack", "C2")), "c-1")
    await store.cases.open(message(thread=Thread("t2", "slack", "C2")), "c-1")
    assert await store.cases.of_author("t1", "slack", "u1") == [second, first]
    await moves(store, second, "resolve", note="Solved.")
    assert await store.cases.of_author("t1", "slack", "u1") == [first]


async def test_whose_case_it_is_gets_written_down_once_it_is_known(store: Store) -> None:
    assert (await store.cases.open(message(), "")).customer_id == ""
    assert (await store.cases.open(message(), "c-1")).customer_id == "c-1"
    assert (await store.cases.open(message(), "c-2")).customer_id == "c-1"
