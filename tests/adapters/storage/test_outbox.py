"""The outbox gives every post out until it was delivered, in order within a thread."""

from dataclasses import replace
from datetime import timedelta

from adapters.storage.store import Store
from core.conversation import Thread
from core.reply import Button, Citation, Delivery, Post
from tests.adapters.storage.scene import NOW, THREAD, begun, says
from tests.fakes.clock import StillClock

OTHER = Thread("t1", "slack", "C2")


async def put(store: Store, text: str, *, key: str | None = None, thread: Thread = THREAD) -> Delivery:
    delivery = await store.outbox.put(thread, Post(text), key=key or text)
    assert delivery is not None
    return delivery


async def due(store: Store, *, platforms: tuple[str, ...] = ("slack",), limit: int = 9) -> list[str]:
    return [each.post.text for each in await store.outbox.due(platforms, limit=limit)]


async def test_a_key_is_put_once(store: Store) -> None:
    await put(store, "Hello", key="k")
    assert await store.outbox.put(THREAD, Post("Hello again"), key="k") is None
    assert await due(store) == ["Hello"]


async def test_a_post_comes_back_whole(store: Store) -> None:
    post = Post(
        "Delivered [1]",
        "card",
        citations=(Citation(1, "Delivery", "delivery.md", "three days"),),
        buttons=(Button("approve", "A-1", "Approve", "good"),),
        footer="demo",
    )
    assert await store.outbox.put(THREAD, post, key="k") == (await store.outbox.due(["slack"], limit=9))[0]
    assert (await store.outbox.due(["slack"], limit=9))[0].post == post


async def test_rows_are_due_oldest_first_one_a_thread_and_only_of_the_platforms_asked_for(store: Store) -> None:
    await put(store, "first")
    await put(store, "second")
    await put(store, "elsewhere", thread=OTHER)
    await put(store, "discord", thread=Thread("t1", "discord", "7"))
    assert await due(store) == ["first", "elsewhere"]
    assert await due(store, limit=1) == ["first"]
    assert await due(store, platforms=("discord", "web")) == ["discord"]
    assert await due(store, platforms=()) == []


async def test_a_row_that_waits_for_its_next_try_holds_back_those_behind_it(store: Store, clock: StillClock) -> None:
    first = await put(store, "first")
    await put(store, "second")
    await put(store, "elsewhere", thread=OTHER)
    await store.outbox.failed(first, "slow down", retry_at=NOW + timedelta(seconds=30))
    assert await due(store) == ["elsewhere"]
    clock.move(seconds=30)
    assert await due(store) == ["first", "elsewhere"]
    assert (await store.outbox.due(["slack"], limit=1))[0].attempts == 1


async def test_a_row_that_was_given_up_lets_the_next_one_pass(store: Store) -> None:
    first = await put(store, "first")
    await put(store, "second")
    await store.outbox.failed(first, "the channel is gone", retry_at=None)
    assert await due(store) == ["second"]
    posts = await store.desk.posts(THREAD, after=0, limit=1)
    assert (posts[0].state, posts[0].why) == ("failed", "the channel is gone")


async def test_a_rewritten_row_is_due_again_as_an_edit_of_what_was_posted(store: Store) -> None:
    card = await put(store, "Approve?", key="card")
    await store.outbox.delivered(card, "ref-1")
    assert await due(store) == []
    rewritten = await store.outbox.rewrite("card", Post("Approved by Sam"))
    assert rewritten is not None
    assert (rewritten.ref, rewritten.nonce) == ("ref-1", card.nonce)
    assert await store.outbox.due(["slack"], limit=9) == [rewritten]


async def test_a_rewrite_while_the_row_is_being_delivered_is_not_lost(store: Store) -> None:
    card = await put(store, "Approve?", key="card")
    await store.outbox.rewrite("card", Post("Approved by Sam"))
    await store.outbox.delivered(card, "ref-1")
    (left,) = await store.outbox.due(["slack"], limit=9)
    assert (left.post.text, left.ref) == ("Approved by Sam", "ref-1")
    await store.outbox.delivered(left, "ref-1")
    assert await due(store) == []


async def test_a_failure_of_the_old_content_does_not_hold_back_a_rewrite(store: Store) -> None:
    card = await put(store, "Approve?", key="card")
    await store.outbox.rewrite("card", Post("Approved by Sam"))
    await store.outbox.failed(card, "too long", retry_at=None)
    assert await due(store) == ["Approved by Sam"]


async def test_a_failure_that_is_told_after_the_delivery_changes_nothing(store: Store) -> None:
    row = await put(store, "first")
    await store.outbox.delivered(row, "ref-1")
    await store.outbox.failed(row, "timed out", retry_at=NOW)
    assert await due(store) == []


async def test_neither_an_unknown_row_nor_an_answer_still_being_written_is_rewritten(store: Store) -> None:
    assert await store.outbox.rewrite("nothing", Post("x")) is None
    await says(store)
    turn = await begun(store)
    assert await store.outbox.rewrite(f"reply:{turn.id}", Post("x")) is None
    assert await due(store) == []


async def test_nonces_fit_the_platforms_and_differ_between_rows(store: Store) -> None:
    rows = [await put(store, str(number)) for number in range(20)]
    assert len({row.nonce for row in rows}) == 20
    assert all(0 < len(row.nonce) <= 25 for row in rows)
    assert (await store.outbox.due(["slack"], limit=1))[0] == replace(rows[0])
